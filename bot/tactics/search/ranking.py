"""
Ranking: lexical and semantic scores together, and a gate that says when no card fits.

The two halves rank all cards; their scores are put on one scale per text and added. A gate, learnt from the examples on
one side and the off-topic texts on the other, decides whether the best is an answer or only a guess.
"""

import math
import re
from typing import TYPE_CHECKING

from bot.tactics.model import Card, Found, Match, Playbook
from bot.tactics.search.build import lexical
from bot.tactics.search.lexical import as_typed, condensed, words
from bot.tactics.search.names import named_exactly
from bot.tactics.search.phrases import labelled_phrases

if TYPE_CHECKING:  # numpy and the model come with the extra `semantic` only
    from bot.tactics.search.semantic import Semantic
    from bot.tactics.search.vectors import Embedder, VectorCache

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
        self._numbers = {card.id: number for number, card in enumerate(self._cards)}
        learnt = labelled_phrases(playbook)
        self._phrases = [phrase for phrase, _ in learnt]
        self._lexical = lexical(learnt, playbook.off_topic, len(self._cards))
        self._semantic: Semantic | None = None
        if embedder is not None and cache is not None:
            from bot.tactics.search import semantic

            vectors = cache.matrix([*self._phrases, *playbook.off_topic], embedder)
            labels = [number for _, number in learnt] + [len(self._cards)] * len(playbook.off_topic)
            self._semantic = semantic.Semantic(vectors, labels, len(self._cards), embedder)

    @property
    def is_quick(self) -> bool:
        """Whether the next search begins at once; False while others wait for the embedding model."""
        return self._semantic is None or self._semantic.is_free

    @property
    def is_semantic(self) -> bool:
        """False where only words are compared, not meanings."""
        return self._semantic is not None

    def find(self, text: str, most: int = MOST) -> Found:
        """The *most* cards that fit *text* best, best first. None at all for a text without words, such as emoji."""
        text = _EMOJI.sub(" ", text) if ":" in text else text
        if not any(map(str.isalnum, text)):
            return Found((), fits=False)
        reading = self._lexical.read(text)
        by_words = _standard(self._lexical.scores(reading))
        odds = self._lexical.odds(reading)
        if self._semantic is None:
            combined, fits = by_words, odds > _LEXICAL_GATE
        else:
            meanings, off_topic = self._semantic.scores(self._semantic.embed(text))
            combined = [m + _LEXICAL_SHARE * w for m, w in zip(_standard(meanings), by_words, strict=True)]
            fits = max(meanings) - off_topic + max(odds, 0.0) > _GATE
        if (named := named_exactly(text, self._playbook)) is not None:
            fits = True
            combined[self._numbers[named.id]] = max(combined) + _NAMED
        ranked = sorted(range(len(combined)), key=lambda number: -combined[number])[:most]
        shares = _shares(combined, ranked)
        telling = self._lexical.telling_words(reading, ranked[0])
        matches = tuple(Match(self._cards[n], share) for n, share in zip(ranked, shares, strict=True))
        return Found(matches, fits=fits, words=as_typed(telling, text))

    def why(self, text: str, card: Card) -> tuple[str, ...]:
        """What in *text* spoke for *card*: its strongest words, or else the example phrase that it is like."""
        number = self._numbers.get(card.id)
        telling = self._lexical.telling_words(self._lexical.read(text), number) if number is not None else ()
        return as_typed(telling, text) or (self.example(text, card),)

    def example(self, text: str, card: Card) -> str:
        """The example of *card* that is most like *text*, by meaning where that is known, else by its words."""
        if self._semantic is not None and card.id in self._numbers:
            nearest = self._semantic.nearest(self._semantic.embed(text), self._numbers[card.id])
            if self._phrases[nearest] in card.examples:
                return self._phrases[nearest]
        wanted = frozenset(words(condensed(text)))
        return max(card.examples, key=lambda example: _overlap(wanted, frozenset(words(example))))


def _standard(scores: list[float]) -> list[float]:
    """*scores* with mean 0 and deviation 1, so that two kinds of score can be added."""
    mean = sum(scores) / len(scores)
    centred = [score - mean for score in scores]
    deviation = math.hypot(*centred) / math.sqrt(len(scores))
    return [score / deviation for score in centred] if deviation > 1e-12 else centred


def _shares(combined: list[float], chosen: list[int]) -> list[float]:
    """The chosen scores as shares of all (softmax): how far each stands out, from 0 to 1."""
    top = max(combined)
    raised = [math.exp(_SHARPNESS * (score - top)) for score in combined]
    total = sum(raised)
    return [round(raised[number] / total, 4) for number in chosen]


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / math.sqrt(len(other)) if other else 0.0
