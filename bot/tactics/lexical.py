"""
The half of the search that knows words: complement naive Bayes over the example phrases, in plain Python.

After Rennie et al., "Tackling the Poor Assumptions of Naive Bayes Text Classifiers" (2003): each class is judged by how
much rarer a feature is in all the *other* classes, which suits classes of very unequal size. Features are words, pairs
of neighbouring words, and four-letter pieces of words, which catch typos and endings without a stemmer.
"""

import math
import re
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

VERSION = 1  # to be raised when the same phrases would be learnt differently

_WORD = re.compile(r"[^\W_]+")
_TYPED = re.compile(r"[^\W_]+(?:['’`´][^\W_]+)*")
_APOSTROPHES = str.maketrans("", "", "'’`´")
_PIECE = 4
_SMOOTHING = 1.0
_ODDS_SMOOTHING = 0.3
_HEAD, _TAIL = 40, 20
_COMMON = 0.04  # a word in more than this share of the phrases explains nothing to a person


def condensed(text: str) -> str:
    """*text* with single spaces, and without its middle if it is long: stories begin and end with what matters."""
    words = text.split()
    return " ".join(words if len(words) <= _HEAD + _TAIL else words[:_HEAD] + words[-_TAIL:])


def words(text: str) -> list[str]:
    """The words of *text*, in lower case, without apostrophes ("don't" is "dont", as people type it)."""
    return _WORD.findall(text.lower().translate(_APOSTROPHES))


def features(text: str) -> list[str]:
    """What *text* is judged by: words and "pairs of" them as often as they stand there, and "#piec"es of words once."""
    found = words(condensed(text))
    pairs = [f"{one} {two}" for one, two in pairwise(found)]
    return [*found, *pairs, *dict.fromkeys(chain.from_iterable(map(_pieces, found)))]


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[str, ...]:
    bounded = f"^{word}$"
    return tuple(f"#{bounded[at : at + _PIECE]}" for at in range(len(bounded) - _PIECE + 1))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """
    What was learnt, in flat arrays, since dicts of dicts take 60 MB.

    *features* and *seen* (in how many phrases each is) go together, as do *off_topic* and *off_counts*. The classes
    that have feature *i*, and what each gains by it, stand in *numbers* and *gains*, from ``ends[i - 1]`` to
    ``ends[i]``.
    *phrases* and *off_topics* are counts of texts.
    """

    features: list[str]
    seen: "array[int]"
    ends: "array[int]"
    numbers: "array[int]"
    gains: "array[float]"
    class_terms: "array[float]"
    off_topic: list[str]
    off_counts: "array[int]"
    phrases: int
    off_topics: int


class Lexical:
    """Judges texts by a *lexicon*. Make one with `learn`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._numbers, self._gains = lexicon.numbers, lexicon.gains
        self._where = dict(zip(lexicon.features, pairwise((0, *lexicon.ends)), strict=True))
        self._seen = dict(zip(lexicon.features, lexicon.seen, strict=True))
        self._rarity = _rarities(self._seen, lexicon.phrases)
        self._off_topic = dict(zip(lexicon.off_topic, lexicon.off_counts, strict=True))

    @classmethod
    def learn(cls, phrases: Sequence[tuple[str, int]], off_topic: Sequence[str], classes: int) -> "Lexical":
        """
        Learn from *phrases*, pairs of text and class number, and from *off_topic*, texts of no class.

        *classes* is the number of classes, at most 65,535; each must have a phrase.
        """
        found = [features(text) for text, _ in phrases]
        counts: Counter[str] = Counter()
        for one in found:
            counts.update(dict.fromkeys(one, 1))
        # a pair or piece that stands in one phrase only tells nothing of others, and two in three are such
        seen = {f: n for f, n in counts.items() if n > 1 or not (" " in f or f[0] == "#")}
        off = Counter(feature for text in off_topic for feature in dict.fromkeys(features(text)))
        off_seen = {f: n for f, n in off.items() if n > 1 or f in seen}
        masses = _masses(found, [number for _, number in phrases], classes, _rarities(seen, len(phrases)))
        return cls(_lexicon(masses, seen, off_seen, len(phrases), len(off_topic)))

    def scores(self, text: str) -> list[float]:
        """How much speaks for each class, by class number; comparable within one text only."""
        weighted = self._weighted(features(text))
        total = sum(weighted.values())
        scores = [total * term for term in self.lexicon.class_terms]
        for feature, weight in weighted.items():
            begin, end = self._where[feature]
            for number, gain in zip(self._numbers[begin:end], self._gains[begin:end], strict=True):
                scores[number] += weight * gain
        return scores

    def odds(self, text: str) -> float:
        """How much *text* looks like a phrase of any class rather than like one of none: 0 is undecided."""
        total, counted = 0.0, 0
        for feature in dict.fromkeys(features(text)):
            here, there = self._seen.get(feature, 0), self._off_topic.get(feature, 0)
            if here or there:
                counted += 1
                total += math.log((here + _ODDS_SMOOTHING) / (self.lexicon.phrases + 2 * _ODDS_SMOOTHING))
                total -= math.log((there + _ODDS_SMOOTHING) / (self.lexicon.off_topics + 2 * _ODDS_SMOOTHING))
        return total / math.sqrt(counted) if counted else -math.inf

    def telling_words(self, text: str, number: int, most: int = 3) -> tuple[str, ...]:
        """The words of *text* that speak most for class *number*, as they were typed in lower case, strongest first."""
        gains: dict[str, float] = {}
        for word, weight in self._weighted(words(condensed(text))).items():
            begin, end = self._where[word]
            own = [
                gain for n, gain in zip(self._numbers[begin:end], self._gains[begin:end], strict=True) if n == number
            ]
            if own and len(word) > 2 and self._seen[word] <= _COMMON * self.lexicon.phrases:
                gains[word] = weight * own[0]
        strongest = sorted(gains, key=lambda word: -gains[word])[:most]
        typed = {token.lower().translate(_APOSTROPHES): token.lower() for token in _TYPED.findall(text)}
        return tuple(typed.get(word, word) for word in strongest if gains[word] >= gains[strongest[0]] / 2)

    def _weighted(self, found: list[str]) -> dict[str, float]:
        """TF-IDF with damped counts, of unit length; features that no phrase has are left out."""
        weights, length = _weights(found, self._rarity)
        return {feature: weight / length for feature, weight in weights.items()}


def _rarities(seen: Mapping[str, int], phrases: int) -> dict[str, float]:
    """The inverse document frequency of each feature."""
    return {feature: math.log((1 + phrases) / (1 + count)) + 1 for feature, count in seen.items()}


def _weights(found: list[str], rarities: Mapping[str, float]) -> tuple[dict[str, float], float]:
    """The weight of each known feature of one text, and the length to divide them by."""
    weights = {feature: rarities[feature] for feature in found if feature in rarities}
    if len(set(found)) < len(found):
        for feature, count in Counter(found).items():
            if count > 1 and feature in weights:
                weights[feature] *= 1 + math.log(count)
    return weights, math.hypot(*weights.values()) or 1.0


def _masses(
    found: list[list[str]], numbers: list[int], classes: int, rarities: Mapping[str, float]
) -> list[dict[str, float]]:
    """How much of each feature each class has, by class number."""
    masses: list[dict[str, float]] = [{} for _ in range(classes)]
    for one, number in zip(found, numbers, strict=True):
        mass = masses[number]
        weights, length = _weights(one, rarities)
        for feature, weight in weights.items():
            mass[feature] = mass.get(feature, 0.0) + weight / length
    return masses


def _lexicon(
    masses: list[dict[str, float]], seen: dict[str, int], off_seen: dict[str, int], phrases: int, off_topics: int
) -> Lexicon:
    held: dict[str, list[tuple[int, float]]] = {feature: [] for feature in seen}
    for number, mass in enumerate(masses):
        for feature, own in mass.items():
            held[feature].append((number, own))
    ends, numbers, gains = array("I"), array("H"), array("f")
    for holders in held.values():
        everywhere = sum(own for _, own in holders) + _SMOOTHING
        numbers.extend(number for number, _ in holders)
        gains.extend(math.log(everywhere / (everywhere - own)) for _, own in holders)
        ends.append(len(numbers))
    class_mass = [sum(mass.values()) for mass in masses]
    total, smoothing = sum(class_mass), _SMOOTHING * len(seen)
    return Lexicon(
        features=list(seen),
        seen=array("I", seen.values()),
        ends=ends,
        numbers=numbers,
        gains=gains,
        class_terms=array("d", (math.log(total - own + smoothing) for own in class_mass)),
        off_topic=list(off_seen),
        off_counts=array("I", off_seen.values()),
        phrases=phrases,
        off_topics=off_topics,
    )
