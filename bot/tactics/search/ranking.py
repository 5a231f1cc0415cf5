"""
Ranking: the scores of words and of meanings together, how sure that is, and a gate that says when no card fits.

The halves rank all cards; their scores are put on one scale per text and added, and the sums made into shares, which
are right as often as they say. A gate, learnt from the examples on one side and the off-topic texts on the other,
decides whether there is an answer at all. The constants were fitted to texts of hands left out of the learning;
`make bench` measures what comes of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.tactics.model import Card, FitLevel, Found, Match, Playbook
from bot.tactics.search.build import lexical
from bot.tactics.search.card_names import named_exactly
from bot.tactics.search.lexical import KnownFeatures, as_typed, condensed, words
from bot.tactics.search.phrases import all_phrases, labelled_phrases
from bot.tactics.search.said import said

if TYPE_CHECKING:  # numpy and the model come with the extra `semantic` only
    from bot.tactics.search.models import Embedder
    from bot.tactics.search.semantic import Semantic
    from bot.tactics.search.vectors import VectorCache

MOST = 3
SURE = 0.65  # the share from which the first card is opened: right about nine times in ten, on difficult customers
SURE_IF_CAREFUL = 0.8  # below it, a careful card does not even stand first
_LEXICAL_SHARE = 0.6
_HINGE_SHARE = 0.6
_NEIGHBOURS_SHARE = 0.4
_SHARPNESS = 1.05
_LEXICAL_SHARPNESS = 1.4
_AHEAD = 0.3  # what speaks for a card besides the search: as much as a third of one standard deviation
_AHEAD_AT_THE_GATE = 1.0
_EVEN = -0.5  # where the gate stands when it is as likely as not that any card fits
_ASTRAY = 0.8  # the share of another card from which an example pulls towards that one
_NAMED = 9.0  # by how much a card that was named outright leads the others: no doubt is left

_FURTHEST = 500.0  # an exponent that still is a number
_FEWEST_OFF_TOPIC = 100  # texts of no card, below which words alone cannot tell what fits none

# The gates: what is above nought is answered.
_LEXICAL_GATE = 1.2
_OPEN = 3.0  # where nothing can be told


@dataclass(frozen=True, slots=True)
class _AnswerGate:
    """A logistic one: what speaks for an answer, each with its weight."""

    margin: float  # of the likeliest card over "no card", by meaning
    odds: float  # by words
    nearer: float  # of the nearest example over the nearest off-topic text, as cosines
    constant: float

    def score(self, margin: float, odds: float, nearer: float) -> float:
        return self.margin * margin + self.odds * max(odds, 0.0) + self.nearer * nearer + self.constant


_GATE = _AnswerGate(margin=0.318, odds=0.331, nearer=53.9, constant=-1.49)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An example that is like a text, with the ids of its cards; none for an off-topic one. *likeness* is a cosine."""

    text: str
    cards: tuple[str, ...]
    likeness: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    What each half makes of a text, for those who keep the playbooks: card id to share, best first.

    *gate* is above 0 where there is an answer. *nearest* are the examples that are most like it.
    """

    by_words: tuple[tuple[str, float], ...]
    by_meaning: tuple[tuple[str, float], ...]
    gate: float
    nearest: tuple[Neighbour, ...]


class CardSearch:
    """
    Searches one playbook; made anew when it changes. Safe to call from several threads.

    With *embedder* None the lexical half works alone; unless *patient*, also where learning the meanings of new phrases
    would take long.
    """

    def __init__(
        self,
        playbook: Playbook,
        embedder: "Embedder | None" = None,
        cache: "VectorCache | None" = None,
        *,
        patient: bool = True,
    ) -> None:
        self._playbook = playbook
        self._cards = tuple(playbook.cards.values())
        self._numbers = {card.id: number for number, card in enumerate(self._cards)}
        learnt = labelled_phrases(playbook)
        self._careful = frozenset(number for number, card in enumerate(self._cards) if card.careful)
        self._lexical = lexical(learnt, playbook.off_topic, len(self._cards))
        self._phrases: list[str] = []
        self._semantic: Semantic | None = None
        if embedder is not None and cache is not None:
            from bot.tactics.search.semantic import learnt as learnt_meanings

            labelled = all_phrases(playbook)
            self._phrases = list(labelled)
            self._semantic = learnt_meanings(
                labelled, len(self._cards), self._lexical.lexicon, embedder, cache, patient=patient
            )

    @property
    def is_quick(self) -> bool:
        """Whether the next search begins at once; False while others wait for the embedding model."""
        return self._semantic is None or self._semantic.is_free

    @property
    def is_semantic(self) -> bool:
        """False where only words are compared, not meanings."""
        return self._semantic is not None

    def find(self, text: str, most: int = MOST, ahead: Sequence[str] = ()) -> Found:
        """
        The *most* cards that fit *text* best, best first. None at all for a text without words, such as emoji.

        *ahead* are ids of cards that something else speaks for; those the playbook does not have are passed over.
        """
        text = said(text)
        if not any(map(str.isalnum, text)):
            return Found((), FitLevel.NONE)
        read = self._read(text)
        combined = read.combined()
        known = {self._numbers[one] for one in ahead if one in self._numbers}
        for number in known:
            combined[number] += _AHEAD
        gate = read.gate + (_AHEAD_AT_THE_GATE if known else 0.0)
        any_fits = 1 / (1 + math.exp(min(_EVEN - gate, _FURTHEST)))
        named = named_exactly(text, self._playbook)
        if named is not None:
            any_fits = 1.0
            combined[self._numbers[named.id]] = max(combined) + _NAMED
        elif self._careful:
            self._hold_back(combined, any_fits)
        shares = _shares(combined, self._sharpness)
        ranked = _best(shares, most)
        telling = self._lexical.telling_words(read.features, ranked[0])
        matches = tuple(Match(self._cards[number], round(any_fits * shares[number], 4)) for number in ranked)
        agreed = named is not None or read.agrees_on(ranked[0])
        fit = FitLevel.NONE if gate <= 0 and not named else self._fit(matches[0], agreed=agreed)
        return Found(matches, fit, as_typed(telling, text))

    def evidence(self, text: str, most: int = MOST) -> Evidence:
        """What each half makes of *text*: the *most* likeliest cards, and the gate."""
        read = self._read(said(text))

        def likeliest(scores: list[float]) -> tuple[tuple[str, float], ...]:
            shares = _shares(scores, self._sharpness)
            return tuple((self._cards[number].id, shares[number]) for number in _best(shares, most))

        by_meaning = likeliest(read.by_meaning) if read.by_meaning else ()
        return Evidence(likeliest(read.by_words), by_meaning, read.gate, self.nearest(text))

    def astray(self, texts: Sequence[str]) -> list[tuple[str, Card]]:
        """Those of the examples *texts* that the search, though it knows them, reads as another card's, and which."""
        found = []
        for text in texts:
            best = next(iter(self.find(text).matches), None)
            if best is not None and best.share >= _ASTRAY and text not in best.card.examples:
                found.append((text, best.card))
        return found

    def nearest(self, text: str, most: int = 6) -> tuple[Neighbour, ...]:
        """The *most* examples that are most like *text* by meaning, of any card and of none; nothing by words alone."""
        if self._semantic is None:
            return ()
        found = self._semantic.nearest_of_all(self._semantic.embed(said(text)), most)
        return tuple(
            Neighbour(
                self._phrases[row], tuple(self._cards[n].id for n in labels if n < len(self._cards)), round(likeness, 3)
            )
            for row, labels, likeness in found
        )

    @property
    def _sharpness(self) -> float:
        return _SHARPNESS if self._semantic is not None else _LEXICAL_SHARPNESS

    def _read(self, text: str) -> "_TextScores":
        features = self._lexical.read(text)
        by_words, odds = _standard(self._lexical.scores(features)), self._lexical.odds(features)
        if self._semantic is None:
            gate = odds - _LEXICAL_GATE if len(self._playbook.off_topic) >= _FEWEST_OFF_TOPIC else _OPEN
            return _TextScores(features, by_words, [], [], [], gate)
        judged = self._semantic.judge(self._semantic.embed(text))
        gate = _GATE.score(max(judged.classes) - judged.off_topic, odds, judged.nearer)
        by_hinge = self._semantic.by_hinge(self._lexical.lexicon, features.rows)
        meaning = (_standard(judged.classes), _standard(judged.neighbours))
        return _TextScores(features, by_words, *meaning, _standard(by_hinge), gate)

    def _hold_back(self, combined: list[float], any_fits: float) -> None:
        """Let no careful card stand before the best of the others, unless it has a good share."""
        first = max(range(len(combined)), key=combined.__getitem__)
        if first not in self._careful:
            return
        others = [score for number, score in enumerate(combined) if number not in self._careful]
        if others and any_fits * _shares(combined, self._sharpness)[first] < SURE_IF_CAREFUL:
            below = max(others) - 1e-6
            for number in self._careful:
                combined[number] = min(combined[number], below)

    def _fit(self, best: Match, *, agreed: bool) -> FitLevel:
        enough = best.share >= (SURE_IF_CAREFUL if best.card.careful else SURE)
        return FitLevel.SURE if enough and agreed else FitLevel.UNSURE

    def why(self, text: str, card: Card) -> tuple[str, ...]:
        """What in *text* spoke for *card*: its strongest words, or else the example phrase that it is like."""
        return self.telling(text, card) or (self.example(text, card),)

    def telling(self, text: str, card: Card) -> tuple[str, ...]:
        """The words of *text* that speak most for *card*; perhaps none."""
        text, number = said(text), self._numbers.get(card.id)
        telling = self._lexical.telling_words(self._lexical.read(text), number) if number is not None else ()
        return as_typed(telling, text)

    def example(self, text: str, card: Card) -> str:
        """The example of *card* that is most like *text*, by meaning where that is known, else by its words."""
        text = said(text)
        if self._semantic is not None and card.id in self._numbers:
            nearest = self._semantic.nearest(self._semantic.embed(text), self._numbers[card.id])
            if self._phrases[nearest] in card.examples:
                return self._phrases[nearest]
        wanted = frozenset(words(condensed(text)))
        return max(card.examples, key=lambda example: _overlap(wanted, frozenset(words(example))))


@dataclass(frozen=True, slots=True)
class _TextScores:
    """A text as the halves see it, each list by card number and on the scale of `_standard`; empty without meaning."""

    features: KnownFeatures
    by_words: list[float]
    by_meaning: list[float]
    by_neighbours: list[float]
    by_hinge: list[float]
    gate: float

    def agrees_on(self, number: int) -> bool:
        """Whether both halves have that card among their first few: where one has not, every third answer is wrong."""
        return not self.by_meaning or (_is_among(self.by_meaning, number) and _is_among(self.by_words, number))

    def combined(self) -> list[float]:
        if not self.by_meaning:
            return list(self.by_words)
        parts = zip(self.by_meaning, self.by_words, self.by_neighbours, self.by_hinge, strict=True)
        return [m + _LEXICAL_SHARE * w + _NEIGHBOURS_SHARE * n + _HINGE_SHARE * h for m, w, n, h in parts]


def _is_among(scores: list[float], number: int) -> bool:
    """Whether the score of *number* is one of the highest few."""
    return sum(score > scores[number] for score in scores) < MOST


def _standard(scores: list[float]) -> list[float]:
    """*scores* with mean 0 and deviation 1, so that two kinds of score can be added."""
    mean = sum(scores) / len(scores)
    centred = [score - mean for score in scores]
    deviation = math.hypot(*centred) / math.sqrt(len(scores))
    return [score / deviation for score in centred] if deviation > 1e-12 else centred


def _shares(scores: list[float], sharpness: float) -> list[float]:
    """*scores* as shares that add up to 1 (softmax): how far each stands out."""
    top = max(scores)
    raised = [math.exp(sharpness * (score - top)) for score in scores]
    total = sum(raised)
    return [one / total for one in raised]


def _best(shares: list[float], most: int) -> list[int]:
    """The places of the largest of *shares*, the largest first."""
    return sorted(range(len(shares)), key=lambda number: -shares[number])[:most]


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / math.sqrt(len(other)) if other else 0.0
