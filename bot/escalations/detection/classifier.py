"""
A classifier trained on labelled threads: how likely one needs the manager, and which words say so.

A logistic regression on words, pairs and threes of them, and pieces of words, each weighed by how rare it is (TF-IDF),
in hashed places. The frames of `escalation.yaml` find what somebody wrote down; this knows the wordings that nobody
did, and doubts what only looks like trouble. It was fitted by `train.py` and ships as `weights.npz`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.escalations.detection.sentences import Role, Sentence, Utterance

SHIPPED = Path(__file__).with_name("weights.npz")
PLACES = 1 << 17
PAGE_ALONE = 0.64  # from here on it pages without a match
CONFIRM = 0.45  # from here on it confirms a weak match
VETO = 0.22  # below, it downgrades a match
WINDOW = 4  # messages that are judged together: about as many as the threads had that it learnt from
_LONGEST_WORD = 24
_REMEMBERED = 5_000
_DIRECT = 0.15  # log-odds: what customers say themselves counts for more than what is told of them
_Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Score:
    """*probability* that the messages from *first* to *last* need the manager, 0 to 1."""

    probability: float
    first: int
    last: int


class Classifier:
    """What stands in a file that `train.py` wrote. Raises OSError or ValueError where it cannot be read."""

    def __init__(self, path: Path = SHIPPED) -> None:
        with np.load(path) as stored:
            self._rarity = stored["rarity"].astype(np.float32)
            self._weights = stored["weights"].astype(np.float32)
            self._bias = float(stored["bias"])
            self._criteria = [str(name) for name in stored["criteria"]]
            self._of_criteria = stored["of_criteria"].astype(np.float32)
        self._known: dict[tuple[Utterance, ...], float] = {}

    def judge(self, thread: Sequence[Utterance], read: Sequence[Sentence]) -> list[Score]:
        """How likely each few messages of *thread*, whose sentences are *read*, need the manager."""
        last = max(0, len(thread) - WINDOW)
        return [self._judged(thread, read, first, min(first + WINDOW, len(thread)) - 1) for first in range(last + 1)]

    def criterion(self, sentence: Sentence, among: Sequence[str]) -> tuple[str, float] | None:
        """The criterion of *among* for which *sentence* speaks most, and how much; None where none is known."""
        values, places = self._vector([sentence], ())
        known = [number for number, name in enumerate(self._criteria) if name in among]
        if not known or not len(places):
            return None
        scores = self._of_criteria[known][:, places] @ values
        best = int(np.argmax(scores))
        return self._criteria[known[best]], float(scores[best])

    def _judged(self, thread: Sequence[Utterance], read: Sequence[Sentence], first: int, last: int) -> Score:
        part = tuple(thread[first : last + 1])
        known = self._known.get(part)
        if known is None:
            there = [one for one in read if first <= one.message <= last]
            values, places = self._vector(there, [one.role for one in thread])
            odds = self._bias + float(self._weights[places] @ values)
            odds += _DIRECT * all(one.role is Role.CUSTOMER for one in part)
            known = float(1 / (1 + np.exp(-odds)))
            if len(self._known) >= _REMEMBERED:  # a thread is read again at each message
                self._known.clear()
            self._known[part] = known
        return Score(known, first, last)

    def _vector(self, read: Sequence[Sentence], roles: Sequence[Role]) -> tuple[NDArray[np.float32], _Places]:
        """Values and places of all that is there; each half, words and pieces, is of length one."""
        halves = counted_places(read, roles)
        values = [weighed(places, counts, self._rarity) for places, counts in halves]
        return np.concatenate(values).astype(np.float32), np.concatenate([places for places, _ in halves])


def counted_places(read: Sequence[Sentence], roles: Sequence[Role]) -> list[tuple[_Places, NDArray[np.float64]]]:
    """Where the words, and the pieces of words, of *read* stand, and how often: the two halves of a vector."""
    words: list[int] = []
    pieces: list[_Places] = []
    for tokens in _messages(read, roles):
        for at, token in enumerate(tokens):
            words.append(_place(token))
            if at + 1 < len(tokens):
                words.append(_place(f"{token} {tokens[at + 1]}"))
            if at + 2 < len(tokens):
                words.append(_place(f"{token} {tokens[at + 1]} {tokens[at + 2]}"))
            if not token.startswith("<"):
                pieces.append(_pieces(token))
    halves = (np.array(words, dtype=np.int64), np.concatenate(pieces) if pieces else np.array([], dtype=np.int64))
    return [_counted(half) for half in halves]


def weighed(places: _Places, counts: NDArray[np.float64], rarity: NDArray[Any]) -> NDArray[np.float64]:
    """The values of one half of a vector, which is of length one: TF-IDF with damped counts."""
    values: NDArray[np.float64] = (1 + np.log(counts)) * rarity[places]
    return values / (float(np.sqrt(values @ values)) or 1.0)


def _counted(places: _Places) -> tuple[_Places, NDArray[np.float64]]:
    found, counts = np.unique(places, return_counts=True)
    return found, counts.astype(np.float64)


def _messages(read: Sequence[Sentence], roles: Sequence[Role]) -> Iterable[list[str]]:
    """The words of each message, led by who speaks, and with the ends of what is asked or shouted."""
    by_message: dict[int, list[str]] = {}
    for sentence in read:
        lead = [f"<{roles[sentence.message]}>"] if sentence.message < len(roles) else []
        tokens = by_message.setdefault(sentence.message, lead)
        tokens.extend(word[:_LONGEST_WORD] for word in sentence.words)
        if sentence.ending in ("?", "!!", "!"):
            tokens.append(f"<{sentence.ending}>")
    return by_message.values()


@lru_cache(maxsize=50_000)
def _place(text: str) -> int:
    return crc32(text.encode()) % PLACES


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> _Places:
    padded = f" {word} "
    found = [
        crc32(b"#" + padded[at : at + length].encode()) % PLACES
        for length in (3, 4, 5)
        for at in range(max(1, len(padded) - length + 1))
    ]
    return np.array(found, dtype=np.int64)
