"""
What was learnt from labelled threads: how much a thread needs the manager, for which reason, and which clause says so.

Linear models, so that a page can be explained. One of *clauses*: for each criterion and for any of them, how much one
clause speaks for it. One of *messages*: how much a few messages together need the manager, whatever the reason. A *stack*
puts their figures and the frames of `escalation.yaml` together into one figure for the page and one for each criterion.
They were fitted by `train.py` and ship as `weights.npz`.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.escalations.detection.clause_features import (
    Bag,
    Clause,
    by_message,
    clauses_by_message,
    of_clauses,
    of_messages,
    place,
    vectors,
)
from bot.escalations.detection.sentences import Role, Sentence, Utterance

SHIPPED = Path(__file__).with_name("weights.npz")
ANY = "any"  # the column for any criterion
WINDOW = 6  # messages that are judged together: about as many as the threads had that it learnt from
NOTHING = -6.0  # log-odds where there is nothing to judge
_FEW = 2.5  # log of a dozen words: with fewer there is less to judge by, and more do not matter
_REMEMBERED = 5_000  # messages, windows, words
Table = NDArray[np.float64]
V = TypeVar("V")


def fingerprint(path: Path = SHIPPED) -> str:
    """What tells what was learnt from anything else that could have been; empty where nothing was."""
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    except FileNotFoundError:
        return ""


@dataclass(frozen=True, slots=True)
class Framed:
    """
    What the frames of the file found in a thread.

    The criteria whose frames were found, *strong*, and *weak* which are not enough alone; and, for each sentence that was
    written, whether a guard finds it *doubtful*.
    """

    strong: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()
    doubtful: Sequence[bool] = ()


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """
    What the two models say of a thread, all in log-odds.

    *clauses* are those that were judged, *table* their figures, a row for each and a column for each criterion and for
    any; *messages* is the highest figure of a few messages together.
    """

    clauses: Sequence[Clause]
    table: Table
    messages: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """
    *page* and *criteria* in log-odds above their thresholds: from 0 on they hold.

    *best* is the clause that speaks most for a criterion; there is none where nobody says anything.
    """

    page: float
    criteria: Mapping[str, float]
    best: Mapping[str, Clause]


class Linear:
    """Columns of weights in whole numbers, each with a scale and a bias, and how rare each place is."""

    def __init__(self, stored: Mapping[str, Any], name: str) -> None:
        self.rarity = stored[f"{name}_rarity"].astype(np.float32)
        self._weights = stored[f"{name}_weights"]
        self._scale = stored[f"{name}_scale"].astype(np.float64)
        self._bias = stored[f"{name}_bias"].astype(np.float64)

    def figures(self, bags: Sequence[Bag]) -> Table:
        """A row of log-odds for each of *bags*, a column for each of the model's."""
        found = vectors(bags, self.rarity)
        parts = self._weights[:, found.place] * found.value
        rows = np.stack([np.bincount(found.row, part, minlength=len(bags)) for part in parts], axis=1)
        return np.asarray(rows * self._scale + self._bias)

    def worth(self, feature: str, kind: str) -> float:
        """How much one feature speaks for the first column, wherever it stands."""
        there = place(kind, feature)
        return float(self._weights[0, there]) * float(self._scale[0]) * float(self.rarity[there])

    def of(self, bag: Bag, column: int) -> dict[str, float]:
        """How much each feature of *bag* adds to that column's figure, by its kind and its text."""
        found = {}
        whole = vectors([bag], self.rarity)
        by_place = dict(zip(whole.place.tolist(), whole.value.tolist(), strict=True))
        for kind, features in bag.items():
            for feature in set(features) if kind != "pieces" else ():
                there = place(kind, feature)
                weight = float(self._weights[column, there]) * float(self._scale[column])
                found[f"{kind} {feature}"] = by_place.get(there, 0.0) * weight
        return found


class Classifier:
    """What stands in a file that `train.py` wrote. Raises OSError, KeyError or ValueError where it cannot be read."""

    def __init__(self, path: Path = SHIPPED) -> None:
        with np.load(path) as stored:
            self.names: tuple[str, ...] = tuple(str(name) for name in stored["criteria"])
            self._clauses = Linear(stored, "clauses")
            self._messages = Linear(stored, "messages")
            told = json.loads(str(stored["stack"]))
        self.fitted_on: str = told["fitted_on"]
        self.thresholds: Mapping[str, float] = told["thresholds"]
        self._page = np.array(told["page"])
        self._criteria = {name: np.array(numbers) for name, numbers in told["criteria"].items()}
        self._known_clauses: dict[Any, Table] = {}
        self._known_messages: dict[Any, float] = {}
        self._known_words: dict[str, float] = {}

    def judge(
        self, thread: Sequence[Utterance], read: Sequence[Sentence], framed: Framed, sensitivity: str = "usual"
    ) -> Judgement:
        """What holds in *thread*, of which the sentences *read* count, at that *sensitivity*, a key of *thresholds*."""
        figures = self.figures(thread, read)
        page = inputs_of_page(figures, framed, thread, read)
        odds = {
            name: float(self._criteria[name] @ (*inputs, 1.0))
            for name, inputs in zip(self.names, inputs_of_criteria(figures, framed, self.names), strict=True)
        }
        best = {}
        if figures.clauses:
            best = {
                name: figures.clauses[int(np.argmax(figures.table[:, number]))]
                for number, name in enumerate((*self.names, ANY))
            }
        return Judgement(float(self._page @ (*page, 1.0)) - self.thresholds[sensitivity], odds, best)

    def figures(self, thread: Sequence[Utterance], read: Sequence[Sentence]) -> ModelFigures:
        """What both models say."""
        cut = clauses_by_message(read)
        rows = [self._of_message(read, there, thread[message].role) for message, there in cut.items()]
        table = np.concatenate(rows) if rows else np.zeros((0, len(self.names) + 1))
        return ModelFigures(
            [clause for there in cut.values() for clause in there], table, self._of_windows(thread, read)
        )

    def _of_message(self, read: Sequence[Sentence], cut: Sequence[Clause], role: Role) -> Table:
        said = [read[number] for number in dict.fromkeys(clause.sentence for clause in cut)]
        key = role, _written(said)
        return _known(self._known_clauses, key, lambda: self._clauses.figures(of_clauses(read, cut, role)))

    def _of_windows(self, thread: Sequence[Utterance], read: Sequence[Sentence]) -> float:
        roles, said = [one.role for one in thread], by_message(read)
        written = {message: (roles[message], _written(there)) for message, there in said.items()}

        def figure(window: Sequence[int]) -> float:
            together = [one for message in window for one in said[message]]
            return float(self._messages.figures([of_messages(together, roles)])[0, 0])

        judged = (*windows(sorted(said)), *endings(sorted(said))) if said else ()
        found = [
            _known(self._known_messages, tuple(written[message] for message in window), partial(figure, window))
            for window in judged
        ]
        return max(found, default=NOTHING)

    def worth(self, word: str) -> float:
        """How much a word alone speaks for a page."""
        return _known(self._known_words, word, lambda: self._messages.worth(word, "words"))

    def reasons(
        self, thread: Sequence[Utterance], read: Sequence[Sentence], clause: Clause, name: str, most: int
    ) -> list[str]:
        """The features of *clause* and its thread that speak most for criterion *name*, strongest first: kind and text."""
        message = read[clause.sentence].message
        cut, said = clauses_by_message(read)[message], by_message(read)[message]
        bag = of_clauses(read, cut, thread[message].role)[cut.index(clause)]
        found = self._clauses.of(bag, self.names.index(name))
        for feature, adds in self._messages.of(of_messages(said, [one.role for one in thread]), 0).items():
            found[feature] = found.get(feature, 0.0) + adds
        ordered = sorted(found, key=lambda feature: (-found[feature], feature))
        return [feature for feature in ordered[:most] if found[feature] > 0]


def windows(messages: Sequence[int]) -> list[Sequence[int]]:
    """The *messages* that are judged together."""
    return [messages[first : first + WINDOW] for first in range(max(1, len(messages) - WINDOW + 1))]


def endings(messages: Sequence[int]) -> list[Sequence[int]]:
    """The last few *messages*, fewer and fewer of them, so that idle talk before them does not drown the last."""
    return [messages[-count:] for count in range(1, min(WINDOW, len(messages)))]


def inputs_of_page(
    figures: ModelFigures, framed: Framed, thread: Sequence[Utterance], read: Sequence[Sentence]
) -> list[float]:
    """
    What the stack weighs for the page.

    The best clause and the next, the messages, the best criterion and the next, how few words there are, how many
    messages, whether all are customers'; whether a frame is found, several, a weak one; how much is doubtful, and whether
    the best clause is; then, where there are few words, the frame, the clause and the messages once more.
    """
    best, second = _two_highest(figures.table[:, -1])
    criterion, other = _two_highest(_by_criterion(figures, figures.table.shape[1] - 1))
    best_at = figures.clauses[int(np.argmax(figures.table[:, -1]))].sentence if figures.clauses else 0
    words = min(math.log1p(sum(len(one.words) for one in read)), _FEW)
    in_few = float(words < _FEW)
    return [
        best, second, figures.messages, criterion, other, words, math.log(min(max(1, len(thread)), WINDOW)),
        float(all(one.role in (Role.CUSTOMER, Role.UNKNOWN) for one in thread)),
        float(len(framed.strong) > 0), float(len(framed.strong) > 1), float(len(framed.weak - framed.strong) > 0),
        sum(framed.doubtful) / max(1, len(framed.doubtful)), float(bool(figures.clauses) and framed.doubtful[best_at]),
        in_few * (len(framed.strong) > 0), in_few * best, in_few * figures.messages,
    ]  # fmt: skip


def inputs_of_criteria(figures: ModelFigures, framed: Framed, names: Sequence[str]) -> list[list[float]]:
    """
    What the stack weighs for each of the criteria *names*, which are the columns.

    The best clause for it, and its lead over those for others; the messages; whether a strong, a weak frame is found.
    """
    highest = _by_criterion(figures, len(names))
    found = []
    for number, name in enumerate(names):
        others = np.delete(highest, number)
        lead = float(highest[number] - (others.max() if len(others) else NOTHING))
        framing = [float(name in framed.strong), float(name in framed.weak)]
        found.append([float(highest[number]), lead, figures.messages, *framing])
    return found


def _by_criterion(figures: ModelFigures, columns: int) -> Table:
    """The best clause's figure for each criterion."""
    return np.asarray(figures.table[:, :-1].max(axis=0)) if len(figures.table) else np.full(columns, NOTHING)


def _two_highest(column: Table) -> tuple[float, float]:
    ordered = sorted((float(one) for one in column), reverse=True)
    return (*ordered, NOTHING, NOTHING)[0], (*ordered, NOTHING, NOTHING)[1]


def _written(said: Sequence[Sentence]) -> tuple[Any, ...]:
    """All of sentences that a feature can depend on."""
    return tuple(
        (tuple(one.words), one.ending, tuple(one.clauses), tuple(one.hypothetical), tuple(one.quoted)) for one in said
    )


def _known(known: dict[Any, V], key: Any, work: Callable[[], V]) -> V:
    """What *work* gives, remembered under *key*: a thread is read again at each message."""
    if key not in known:
        if len(known) >= _REMEMBERED:
            known.clear()
        known[key] = work()
    return known[key]
