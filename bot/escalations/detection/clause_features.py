"""
What the model sees of a thread: the features of each clause, and those of a few messages together.

A feature is a short text: words in their order, words under a negation or an "if", words with who said them, words of
the clause before and after, pieces of words. Each kind is weighed by how rare its features are (TF-IDF with damped
counts), has length one, and is hashed into places.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.escalations.detection.sentences import NEGATION, Role, Sentence

PLACES = 1 << 17
WEIGHT = {"words": 1.0, "pieces": 0.6, "scope": 0.6, "role": 1.6, "near": 0.5}  # how much each kind counts
_KINDS = {kind: number for number, kind in enumerate(WEIGHT)}
_WEIGHTS = np.array(list(WEIGHT.values()))
_LONGEST_CLAUSE = 28  # words: a longer sentence is cut where its clauses end
_SHORTEST_CLAUSE = 8
_LONGEST_WORD = 24
_REACH = 5  # words behind a negation that it concerns
COMMON = frozenset(
    """
        the a an of to in on at for with by and or is are was were be been am it this that these those as so do does did
        have has had 's 'm 're 've 'll 'd will would can could my our your their his her its i we you he she they me us
        them him there here from then than just also very really too all any some
    """.split()
)

Bag = dict[str, list[str]]  # features by their kind


@dataclass(frozen=True, slots=True)
class Clause:
    """Words *start* to *end* of sentence *sentence*."""

    sentence: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Vectors:
    """Sparse rows: for each entry its *row*, its *place* and its *value*."""

    row: NDArray[np.int64]
    place: NDArray[np.int64]
    value: NDArray[np.float64]


def clauses(read: Sequence[Sentence]) -> list[Clause]:
    """The clauses of the sentences *read*: a sentence is one, unless it is long."""
    found = []
    for number, sentence in enumerate(read):
        start, words = 0, len(sentence.words)
        if words > _LONGEST_CLAUSE:
            for at in range(1, words):
                ends = sentence.clauses[at] != sentence.clauses[at - 1]
                if ends and at - start >= _SHORTEST_CLAUSE and words - at >= _SHORTEST_CLAUSE // 2:
                    found.append(Clause(number, start, at))
                    start = at
        found.append(Clause(number, start, words))
    return found


def by_message(read: Sequence[Sentence]) -> dict[int, list[Sentence]]:
    """The sentences *read* by the message that they stand in."""
    found: dict[int, list[Sentence]] = {}
    for sentence in read:
        found.setdefault(sentence.message, []).append(sentence)
    return found


def clauses_by_message(read: Sequence[Sentence]) -> dict[int, list[Clause]]:
    """The clauses of the sentences *read* by the message that they stand in."""
    found: dict[int, list[Clause]] = {}
    for clause in clauses(read):
        found.setdefault(read[clause.sentence].message, []).append(clause)
    return found


def of_clauses(read: Sequence[Sentence], cut: Sequence[Clause], role: Role) -> list[Bag]:
    """The features of each of *cut*, the clauses of one message among those of *read*, said by somebody in *role*."""
    bags = []
    as_words = {clause.sentence: _words(read[clause.sentence]) for clause in cut}
    for number, clause in enumerate(cut):
        sentence = read[clause.sentence]
        words = as_words[clause.sentence][clause.start : clause.end]
        spoken = ["<s>", *words, f"<{sentence.ending}>"]
        near = []
        for other, mark in ((number - 1, "before"), (number + 1, "after")):
            if 0 <= other < len(cut):
                neighbour = as_words[cut[other].sentence][cut[other].start : cut[other].end]
                near += [f"{mark} {word}" for word in neighbour]
        bags.append(
            {
                "words": list(_runs(spoken)),
                "scope": _scoped(sentence, clause.start, clause.end),
                "role": _by_role(words, role),
                "near": near,
            }
        )
    return bags


def of_messages(read: Sequence[Sentence], roles: Sequence[Role]) -> Bag:
    """The features of some messages together, whose sentences are *read*; *roles* by message."""
    bag: Bag = {"words": [], "pieces": [], "scope": [], "role": []}
    for message, said in by_message(read).items():
        spoken = [f"<{roles[message]}>"]
        for sentence in said:
            words = _words(sentence)
            spoken += words if sentence.ending == "." else [*words, f"<{sentence.ending}>"]
            bag["scope"] += _scoped(sentence, 0, len(words))
            bag["role"] += _by_role(words, roles[message])
            bag["pieces"] += sentence.words
        bag["words"] += _runs(spoken)
    return bag


def vectors(bags: Sequence[Bag], rarity: NDArray[np.float32]) -> Vectors:
    """The rows of *bags*, weighed by *rarity* (by place); a place that is not known, of rarity 0, counts nothing."""
    places: list[int] = []
    groups: list[int] = []
    sizes: list[int] = []
    for row, bag in enumerate(bags):
        for kind, features in bag.items():
            before = len(places)
            if kind == "pieces":
                for word in features:
                    places += _pieces(word)
            else:
                places += [place(kind, feature) for feature in features]
            groups.append(row * len(_KINDS) + _KINDS[kind])
            sizes.append(len(places) - before)
    keys = np.repeat(np.array(groups, dtype=np.int64), sizes) * PLACES + np.array(places, dtype=np.int64)
    keys, counts = np.unique(keys, return_counts=True)
    group, there = np.divmod(keys, PLACES)
    of_row, of_kind = np.divmod(group, len(_KINDS))
    value: NDArray[np.float64] = (1 + np.log(counts)) * rarity[there].astype(np.float64)
    length = np.sqrt(np.bincount(group, value * value, minlength=1))[group]
    return Vectors(of_row, there, value * _WEIGHTS[of_kind] / np.where(length > 0, length, 1))


def _words(sentence: Sentence) -> list[str]:
    return ["#" if word[0].isdigit() else word[:_LONGEST_WORD] for word in sentence.words]


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Words, pairs and threes of them."""
    last = len(words)
    for at, word in enumerate(words):
        yield word
        if at + 1 < last:
            yield f"{word} {words[at + 1]}"
        if at + 2 < last:
            yield f"{word} {words[at + 1]} {words[at + 2]}"


def _scoped(sentence: Sentence, start: int, end: int) -> list[str]:
    """The words that are denied ("!"), under an "if" ("?") or quoted ('"')."""
    found = []
    denied = -1
    for at in range(start, end):
        word = sentence.words[at]
        if word in NEGATION:
            denied = at
        if word in COMMON:
            continue
        is_denied = 0 <= denied != at and at - denied <= _REACH and sentence.clauses[at] == sentence.clauses[denied]
        mark = "!" * is_denied + "?" * sentence.hypothetical[at] + '"' * sentence.quoted[at]
        if mark:
            found.append(f"{mark} {word[:_LONGEST_WORD]}")
    return found


def _by_role(words: Sequence[str], role: Role) -> list[str]:
    """Words and pairs of them, with who says them."""
    alone = [f"{role}: {word}" for word in words if word not in COMMON]
    return alone + [f"{role}: {word} {after}" for word, after in pairwise(words)]


@lru_cache(maxsize=100_000)
def place(kind: str, feature: str) -> int:
    """Where a feature has its place."""
    return crc32(f"{kind} {feature}".encode()) % PLACES


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[int, ...]:
    padded = f" {word} "
    return tuple(
        crc32(b"#" + padded[at : at + length].encode()) % PLACES
        for length in (3, 4, 5)
        for at in range(max(1, len(padded) - length + 1))
    )
