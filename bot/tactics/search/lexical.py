"""
Lexical search: complement naive Bayes over the example phrases.

After Rennie et al., "Tackling the Poor Assumptions of Naive Bayes Text Classifiers" (2003): each class is judged by how
much rarer a feature is in all the *other* classes, which suits classes of very unequal size. Features are words, pairs
of neighbouring words, and four-letter pieces of words, which catch typos and endings without a stemmer.
"""

import math
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from struct import unpack
from zlib import crc32

VERSION = 7  # to be raised when the same phrases would be learnt differently

_WORD = re.compile(r"[^\W_]+")
_MARKS = "'’`´"
_APOSTROPHES = str.maketrans("", "", _MARKS)
_TYPED = re.compile(rf"[^\W_]+(?:[{_MARKS}][^\W_]+)*")
_PIECE = 4
_SMOOTHING = 1.0
_ODDS_SMOOTHING = 0.3
_HEAD, _TAIL = 40, 20  # words
_LONGEST_TEXT, _LONGEST_WORD = 900, 60  # characters: some languages have no spaces, and neither has a link
_LEAST_GAIN = 0.03  # of a feature for a class; smaller ones are many, and change nothing
_BALANCE = 0.3  # how far classes with many phrases are held back: 0 not at all, 1 until all weigh the same
_MOST_WORDS = 3
_FEW = 3  # classes that gain by a feature: more are kept as one row
_LANE = 4  # bytes for a class in such a row: room for all features of the longest text
_UNIT = 2.0**-10
_EXPLAINS_NOTHING = frozenset(  # to a person, however much it tells
    """
    after again already also another any anything because been before being came can come could day days
    did didnt does doesnt doing done dont each even ever every from gave get gets getting give given
    gives giving goes going gone got had has have having hours hrs into just keeps last later like liked
    made make makes many min minutes month months more most much must never next nothing now once one
    only other our over said say saying says send sent should since some someone something still
    take taking than that the their them then there they thing things this time today told tomorrow too
    two until very want wants was week weeks went were what when where which who why will with would
    year years yesterday yet you your
    """.split()  # noqa: SIM905
)
_COMMON = 0.04  # a word in more than this share of the phrases explains nothing to a person


def condensed(text: str, head: int = _HEAD, tail: int = _TAIL) -> str:
    """
    *text* with single spaces, and without its middle if it is long: stories begin and end with what matters.

    *head* and *tail* are how many words are kept of each.
    """
    if len(text) > _LONGEST_TEXT:
        text = f"{text[: _LONGEST_TEXT * 2 // 3]} {text[-_LONGEST_TEXT // 3 :]}"
    text = text.encode("utf-8", "replace").decode()  # half a character, as JSON may hold, is none
    words = [word[:_LONGEST_WORD] for word in text.split()]
    return " ".join(words if len(words) <= head + tail else words[:head] + words[-tail:])


def words(text: str) -> list[str]:
    """The words of *text*, in lower case, without apostrophes ("don't" is "dont", as people type it)."""
    return _WORD.findall(text.lower().translate(_APOSTROPHES))


def as_typed(found: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Words of *text* with their apostrophes again, where they had some: "dont" as "don't"."""
    if not any(mark in text for mark in _MARKS):
        return found
    typed = {token.translate(_APOSTROPHES): token for token in _TYPED.findall(text.lower())}
    return tuple(typed.get(word, word) for word in found)


def features(text: str) -> list[str]:
    """What *text* is judged by, each once: words, "pairs of" them, and "#piec"es of words. In the order of the text."""
    found = words(condensed(text))
    pairs = [f"{one} {two}" for one, two in pairwise(found)]
    return list(dict.fromkeys(chain(found, pairs, chain.from_iterable(map(_pieces, found)))))


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[str, ...]:
    bounded = f"^{word}$"
    return tuple(f"#{bounded[at : at + _PIECE]}" for at in range(len(bounded) - _PIECE + 1))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """
    What was learnt, in flat arrays: as objects of Python's it would take a hundred megabytes.

    Features are known by a checksum: *checks* holds one for each, in the order of the rest, and *slots* is the hash
    table over them, with one more than the feature's place, or 0. *rarity* is 0 for a feature of off-topic texts only.

    The classes that gain by feature *i*, and how much, stand in *numbers* and *gains* from ``ends[i]`` to
    ``ends[i + 1]``; those of a feature by which many gain stand in *wide* instead, as its row ``widths[i] - 1``: one
    whole number of a few bytes for each class, in units of `_UNIT`. *common* is the rarity below which a word explains
    nothing.
    """

    checks: "array[int]"
    slots: "array[int]"
    rarity: "array[float]"
    odds: "array[float]"
    ends: "array[int]"
    numbers: "array[int]"
    gains: "array[float]"
    widths: "array[int]"
    wide: "array[int]"
    class_terms: "array[float]"
    common: float


@dataclass(frozen=True, slots=True)
class KnownFeatures:
    """
    A text as the lexical half sees it, made once by `Lexical.read` and judged several ways.

    *rows* are the places of its known features, those of *words* first and in their order.
    """

    rows: list[int]
    words: list[str]


class Lexical:
    """
    Judges texts by a *lexicon*, which `learn` makes.

    Plain Python throughout: an array library answers one text hardly faster, and lets go of the interpreter's lock in
    each call, which costs far more when many ask at once.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._mask = len(lexicon.slots) - 1
        self._wide = memoryview(lexicon.wide)
        self._classes = len(lexicon.class_terms)

    def read(self, text: str) -> KnownFeatures:
        """*text*, ready to be judged."""
        slots, checks, mask = self.lexicon.slots, self.lexicon.checks, self._mask
        rows, known = [], []
        for feature in features(text):
            check = crc32(feature.encode())
            slot = check & mask
            while (row := slots[slot]) and checks[row - 1] != check:
                slot = (slot + 1) & mask
            if row:
                rows.append(row - 1)
                if feature[0] != "#" and " " not in feature:
                    known.append(feature)
        return KnownFeatures(rows, known)

    def scores(self, reading: KnownFeatures) -> list[float]:
        """How much speaks for each class, by class number; comparable within one text only."""
        lexicon, wide, width, read = self.lexicon, self._wide, self._classes * _LANE, int.from_bytes
        ends, numbers, gains, widths = lexicon.ends, lexicon.numbers, lexicon.gains, lexicon.widths
        together = 0  # rows are added as wholes, which is fifty additions in one; no class overflows into the next
        few = []
        for row in reading.rows:
            if at := widths[row]:
                together += read(wide[(at - 1) * width : at * width], "little")
            else:
                few.append(row)
        lanes = together.to_bytes(width, "little")
        scores = [total * _UNIT for total in unpack(f"<{self._classes}I", lanes)]
        for row in few:
            for at in range(ends[row], ends[row + 1]):
                scores[numbers[at]] += gains[at]
        rarities = [lexicon.rarity[row] for row in reading.rows]
        length = math.hypot(*rarities) or 1.0
        mass = sum(rarities) / length
        return [score / length + mass * term for score, term in zip(scores, lexicon.class_terms, strict=True)]

    def _gain(self, row: int, number: int) -> float:
        """How much class *number* gains by that feature."""
        lexicon = self.lexicon
        if at := lexicon.widths[row]:
            begin = ((at - 1) * self._classes + number) * _LANE
            return int.from_bytes(self._wide[begin : begin + _LANE], "little") * _UNIT
        places = range(lexicon.ends[row], lexicon.ends[row + 1])
        return next((lexicon.gains[at] for at in places if lexicon.numbers[at] == number), 0.0)

    def odds(self, reading: KnownFeatures) -> float:
        """How much the text looks like a phrase of any class rather than like one of none: 0 is undecided."""
        count = len(reading.rows)
        return sum(map(self.lexicon.odds.__getitem__, reading.rows)) / math.sqrt(count) if count else -math.inf

    def telling_words(self, reading: KnownFeatures, number: int) -> tuple[str, ...]:
        """The words of the text that speak most for class *number*, in lower case, strongest first; perhaps none."""
        lexicon = self.lexicon
        gains: dict[str, float] = {}
        for word, row in zip(reading.words, reading.rows, strict=False):
            if (
                len(word) > 2
                and word.isalpha()
                and word not in _EXPLAINS_NOTHING
                and lexicon.rarity[row] > lexicon.common
            ):
                gains[word] = self._gain(row, number)
        strongest = sorted(gains, key=lambda word: -gains[word])[:_MOST_WORDS]
        least = max(gains[strongest[0]] / 2, _LEAST_GAIN) if strongest else 0.0
        return tuple(word for word in strongest if gains[word] >= least)


def learn(phrases: Sequence[tuple[str, int]], off_topic: Sequence[str], classes: int) -> Lexicon:
    """
    Learn from *phrases*, pairs of text and class number, and from *off_topic*, texts of no class.

    *classes* is the number of classes, at most 65,535; each must have a phrase.
    """
    found = [features(text) for text, _ in phrases]
    seen = Counter(chain.from_iterable(found))
    off_seen = Counter(chain.from_iterable(features(text) for text in off_topic))
    # a pair or piece that stands in one phrase only tells nothing of others, and two in three are such
    kept = [feature for feature, n in seen.items() if n > 1 or not (" " in feature or feature[0] == "#")]
    kept += [feature for feature, n in off_seen.items() if n > 1 and feature not in seen]
    by_check = {crc32(feature.encode()): feature for feature in reversed(kept)}  # of two that are alike, the first
    kept, checks = list(reversed(by_check.values())), array("I", reversed(by_check))
    known = sum(feature in seen for feature in kept)
    rarity = array("f", (_rarity(seen[feature], len(phrases)) if feature in seen else 0.0 for feature in kept))
    masses = _masses(found, [number for _, number in phrases], classes, {f: r for r, f in enumerate(kept)}, rarity)
    ends, numbers, gains = array("I", [0]), array("H"), array("f")
    widths, wide = array("I"), bytearray()
    for row in range(len(kept)):
        gaining = list(_gains(masses[row * classes : (row + 1) * classes], rarity[row]))
        if len(gaining) > _FEW:
            amounts = dict(gaining)
            wide += b"".join(round(amounts.get(n, 0.0) / _UNIT).to_bytes(_LANE, "little") for n in range(classes))
            widths.append(len(wide) // (classes * _LANE))
        else:
            widths.append(0)
            numbers.extend(number for number, _ in gaining)
            gains.extend(gain for _, gain in gaining)
        ends.append(len(numbers))
    by_class = [sum(masses[number::classes]) for number in range(classes)]
    total = sum(by_class) + _SMOOTHING * known
    shares = (_log_share(seen[f], len(phrases)) - _log_share(off_seen[f], len(off_topic)) for f in kept)
    return Lexicon(
        checks=checks,
        slots=_slots(checks),
        rarity=rarity,
        odds=array("f", shares),
        ends=ends,
        numbers=numbers,
        gains=gains,
        widths=widths,
        wide=array("B", wide),
        class_terms=array("d", (math.log(total - mass) for mass in by_class)),
        common=_rarity(int(_COMMON * len(phrases)), len(phrases)),
    )


def _slots(checks: Sequence[int]) -> "array[int]":
    """The hash table over *checks*, all different: at least twice as large as it must be, probed in steps of one."""
    size = 1 << (2 * len(checks)).bit_length()
    slots = array("I", bytes(4 * size))
    for row, check in enumerate(checks):
        slot = check & (size - 1)
        while slots[slot]:
            slot = (slot + 1) & (size - 1)
        slots[slot] = row + 1
    return slots


def _masses(
    found: Sequence[list[str]], numbers: Sequence[int], classes: int, rows: Mapping[str, int], rarity: "array[float]"
) -> "array[float]":
    """How much of each feature each class has: row by row, *classes* to a row."""
    weights = _weights(numbers, classes)
    masses = array("d", bytes(8 * len(rows) * classes))
    for one, number in zip(found, numbers, strict=True):
        known = [rows[feature] for feature in one if feature in rows]
        length = math.hypot(*map(rarity.__getitem__, known)) or 1.0
        for row in known:
            masses[row * classes + number] += weights[number] * rarity[row] / length
    return masses


def _weights(numbers: Sequence[int], classes: int) -> list[float]:
    """What a phrase of each class counts: a class with many phrases would lean all texts towards itself."""
    sizes = Counter(numbers)
    usual = sorted(sizes.values())[len(sizes) // 2]
    return [(usual / max(sizes[number], 1)) ** _BALANCE for number in range(classes)]


def _gains(masses: "array[float]", rarity: float) -> Iterator[tuple[int, float]]:
    """Which class gains how much by a feature, over one that has it not; what is next to nothing is left out."""
    everywhere = sum(masses) + _SMOOTHING
    if everywhere > _SMOOTHING:
        for number, mass in enumerate(masses):
            if mass and (gain := math.log(everywhere / (everywhere - mass))) > _LEAST_GAIN:
                yield number, gain * rarity


def _rarity(count: int, phrases: int) -> float:
    """The inverse document frequency."""
    return math.log((1 + phrases) / (1 + count)) + 1


def _log_share(count: int, of: int) -> float:
    """The logarithm of a feature's share of so many texts, smoothed."""
    return math.log((count + _ODDS_SMOOTHING) / (of + 2 * _ODDS_SMOOTHING))
