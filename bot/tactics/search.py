"""
From what is happening to the cards that fit: words and meanings together, and the honesty to say "none".

The two halves rank all cards; their scores are put on one scale per text and added. A gate, learnt from the examples on
one side and the off-topic texts on the other, decides whether the best is an answer or only a guess.
"""

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.tactics.learnt import lexical
from bot.tactics.lexical import condensed, words
from bot.tactics.model import Found, Match, Playbook
from bot.tactics.names import named_exactly
from bot.tactics.phrases import labelled_phrases

if TYPE_CHECKING:  # numpy comes with the extra `semantic` only
    from bot.tactics.semantic import Semantic
    from bot.tactics.vectors import Embedder, Matrix, VectorCache

MOST = 3
_EMOJI = re.compile(r":[a-z+-][a-z0-9_+'-]*:")  # as Slack writes them
_LEXICAL_SHARE = 0.6
_SHARPNESS = 1.5
_NAMED = 1.0  # by how much a card that was named outright leads the others

# Where the gate stands: about 99 in 100 examples are let through when they are held out of the learning (five-fold).
_LEXICAL_GATE = 1.2
_GATE = 3.5


class CardSearch:
    """
    Searches one playbook; made anew when it changes. Safe to call from several threads.

    With *embedder* None the lexical half works alone.
    """

    def __init__(
        self, playbook: Playbook, embedder: "Embedder | None" = None, cache: "VectorCache | None" = None
    ) -> None:
        self._playbook = playbook
        self._cards = tuple(playbook.cards.values())
        learnt = labelled_phrases(playbook)
        self._phrases = [phrase for phrase, _ in learnt]
        self._examples = [frozenset(card.examples) for card in self._cards]
        self._lexical = lexical(learnt, playbook.off_topic, len(self._cards))
        self._semantic: Semantic | None = None
        if embedder is not None and cache is not None:
            from bot.tactics import semantic

            vectors = cache.matrix([*self._phrases, *playbook.off_topic], embedder)
            labels = [number for _, number in learnt] + [len(self._cards)] * len(playbook.off_topic)
            self._semantic = semantic.Semantic(vectors, labels, len(self._cards), embedder)

    @property
    def is_semantic(self) -> bool:
        """False where only words are compared, not meanings."""
        return self._semantic is not None

    def find(self, text: str, most: int = MOST) -> Found:
        """The *most* cards that fit *text* best, best first. None at all for a text without words, such as emoji."""
        text = _EMOJI.sub(" ", text)
        if not any(character.isalnum() for character in text):
            return Found((), fits=False)
        combined = _standard(self._lexical.scores(text))
        odds = self._lexical.odds(text)
        fits = odds > _LEXICAL_GATE
        vector = None
        if self._semantic is not None:
            vector = self._semantic.embed(text)
            meanings, off_topic = self._semantic.scores(vector)
            combined = [m + _LEXICAL_SHARE * w for m, w in zip(_standard(meanings), combined, strict=True)]
            fits = max(meanings) - off_topic + max(odds, 0.0) > _GATE
        if (named := named_exactly(text, self._playbook.cards)) is not None:
            fits = True
            combined[self._cards.index(named)] = max(combined) + _NAMED
        ranked = sorted(range(len(self._cards)), key=lambda number: -combined[number])[:most]
        shares = _shares([combined[number] for number in ranked], combined)
        matches = []
        for number, share in zip(ranked, shares, strict=True):
            example = self._nearest_example(text, vector, number)
            why = self._lexical.telling_words(text, number) or (example,)
            matches.append(Match(self._cards[number], share, why, example))
        return Found(tuple(matches), fits=fits)

    def _nearest_example(self, text: str, vector: "Matrix | None", number: int) -> str:
        """The example of the card that is most like *text*, by meaning where that is known, else by its words."""
        card = self._cards[number]
        if vector is not None and self._semantic is not None:
            nearest = self._phrases[self._semantic.nearest(vector, number)]
            if nearest in self._examples[number]:
                return nearest
        wanted = frozenset(words(condensed(text)))
        return max(card.examples, key=lambda example: _overlap(wanted, frozenset(words(example))))


def _standard(scores: Sequence[float]) -> list[float]:
    """*scores* with mean 0 and deviation 1, so that two kinds of score can be added."""
    mean = sum(scores) / len(scores)
    deviation = math.sqrt(sum((score - mean) ** 2 for score in scores) / len(scores))
    return [(score - mean) / deviation for score in scores] if deviation > 1e-12 else [0.0] * len(scores)


def _shares(chosen: Sequence[float], everything: Sequence[float]) -> list[float]:
    """Each chosen score as a share of all (softmax): how far it stands out, from 0 to 1."""
    top = max(everything)
    total = sum(math.exp(_SHARPNESS * (score - top)) for score in everything)
    return [round(math.exp(_SHARPNESS * (score - top)) / total, 4) for score in chosen]


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / math.sqrt(len(other)) if other else 0.0
