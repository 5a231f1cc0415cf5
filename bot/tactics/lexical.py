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
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

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
    """What *text* is judged by, with repetitions: words, "pairs of" them, and "#piec" for each piece of a word."""
    found = words(condensed(text))
    pairs = [f"{one} {two}" for one, two in pairwise(found)]
    return [*found, *pairs, *(piece for word in set(found) for piece in _pieces(word))]


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[str, ...]:
    bounded = f"^{word}$"
    return tuple(f"#{bounded[at : at + _PIECE]}" for at in range(len(bounded) - _PIECE + 1))


class Lexical:
    """
    Learns from *phrases*, pairs of text and class number, and from *off_topic*, texts of no class.

    *classes* is the number of classes, at most 65,535; each must have a phrase.
    """

    def __init__(self, phrases: Sequence[tuple[str, int]], off_topic: Sequence[str], classes: int) -> None:
        found = [features(text) for text, _ in phrases]
        self._classes = classes
        self._phrases = len(phrases)
        seen: Counter[str] = Counter()
        for one in found:
            seen.update(set(one))
        # a pair or piece that stands in one phrase only tells nothing of others, and two in three are such
        self._seen = {f: n for f, n in seen.items() if n > 1 or not (" " in f or f[0] == "#")}
        self._rarity = {f: math.log((1 + self._phrases) / (1 + n)) + 1 for f, n in self._seen.items()}
        off = Counter(feature for text in off_topic for feature in set(features(text)))
        self._off_topic = {f: n for f, n in off.items() if n > 1 or f in self._seen}
        self._off_topics = len(off_topic)
        self._learn(found, [number for _, number in phrases])

    def _learn(self, found: list[list[str]], numbers: list[int]) -> None:
        mass: dict[str, dict[int, float]] = {}
        class_mass = [0.0] * self._classes
        for one, number in zip(found, numbers, strict=True):
            for feature, weight in self._weighted(one).items():
                per_class = mass.setdefault(feature, {})
                per_class[number] = per_class.get(number, 0.0) + weight
                class_mass[number] += weight
        total = sum(class_mass)
        self._class_terms = [math.log(total - own + _SMOOTHING * len(mass)) for own in class_mass]
        # What a class gains by a feature over a class that has it not; flat arrays, since dicts of dicts take 60 MB.
        self._numbers, self._gains = array("H"), array("f")
        self._where: dict[str, tuple[int, int]] = {}
        for feature, per_class in mass.items():
            everywhere = sum(per_class.values()) + _SMOOTHING
            begin = len(self._numbers)
            for number, own in per_class.items():
                self._numbers.append(number)
                self._gains.append(math.log(everywhere / (everywhere - own)))
            self._where[feature] = (begin, len(self._numbers))

    def scores(self, text: str) -> list[float]:
        """How much speaks for each class, by class number; comparable within one text only."""
        weighted = self._weighted(features(text))
        total = sum(weighted.values())
        scores = [total * term for term in self._class_terms]
        for feature, weight in weighted.items():
            begin, end = self._where[feature]
            for number, gain in zip(self._numbers[begin:end], self._gains[begin:end], strict=True):
                scores[number] += weight * gain
        return scores

    def odds(self, text: str) -> float:
        """How much *text* looks like a phrase of any class rather than like one of none: 0 is undecided."""
        total, counted = 0.0, 0
        for feature in set(features(text)):
            here, there = self._seen.get(feature, 0), self._off_topic.get(feature, 0)
            if here or there:
                counted += 1
                total += math.log((here + _ODDS_SMOOTHING) / (self._phrases + 2 * _ODDS_SMOOTHING))
                total -= math.log((there + _ODDS_SMOOTHING) / (self._off_topics + 2 * _ODDS_SMOOTHING))
        return total / math.sqrt(counted) if counted else -math.inf

    def telling_words(self, text: str, number: int, most: int = 3) -> tuple[str, ...]:
        """The words of *text* that speak most for class *number*, as they were typed in lower case, strongest first."""
        gains: dict[str, float] = {}
        for word, weight in self._weighted(words(condensed(text))).items():
            begin, end = self._where[word]
            own = [
                gain for n, gain in zip(self._numbers[begin:end], self._gains[begin:end], strict=True) if n == number
            ]
            if own and len(word) > 2 and self._seen[word] <= _COMMON * self._phrases:
                gains[word] = weight * own[0]
        strongest = sorted(gains, key=lambda word: -gains[word])[:most]
        typed = {token.lower().translate(_APOSTROPHES): token.lower() for token in _TYPED.findall(text)}
        return tuple(typed.get(word, word) for word in strongest if gains[word] >= gains[strongest[0]] / 2)

    def _weighted(self, found: list[str]) -> dict[str, float]:
        """TF-IDF with damped counts, of unit length; features that no phrase has are left out."""
        rarities = self._rarity
        weights = {feature: rarities[feature] for feature in found if feature in rarities}
        if len(weights) < len(found):
            for feature, count in Counter(found).items():
                if count > 1 and feature in weights:
                    weights[feature] *= 1 + math.log(count)
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {feature: weight / length for feature, weight in weights.items()}
