"""
What was learnt from labelled threads: how much a thread needs the manager, for which reason, and which clause says so.

Linear models, so that a page can be explained. One of *clauses*: for each criterion and for any of them, how much one
clause speaks for it. One of *messages*: how much a few messages together need the manager, whatever the reason. A *stack*
puts their figures and the frames of `escalation.yaml` together into one figure for the page and one for each criterion.
They were fitted by `train.py` and ship as `weights.npz`.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.escalations.detection.clause_features import Bag, Clause, clauses, of_clauses, of_messages, place, vectors
from bot.escalations.detection.sentences import Role, Sentence, Utterance

SHIPPED = Path(__file__).with_name("weights.npz")
ANY = "any"  # the column for any criterion
WINDOW = 6  # messages that are judged together: about as many as the threads had that it learnt from
NOTHING = -6.0  # log-odds where there is nothing to judge
PAGE_INPUTS = (
    "clause", "next clause", "messages", "criterion", "next criterion", "few words", "said", "all by customers",
    "frame", "frames", "weak frame", "doubtful", "clause doubtful", "frame in few words", "clause in few words",
    "messages in few words",
)  # fmt: skip
CRITERION_INPUTS = ("clause", "lead", "messages", "frame", "weak frame")
_FEW = 2.5  # log of a dozen words: with fewer there is less to judge by, and more do not matter
_REMEMBERED = 5_000  # messages, windows, words
Table = NDArray[np.float64]


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
            name: float(self._criteria[name] @ (*inputs_of_criterion(figures, framed, number, name), 1.0))
            for number, name in enumerate(self.names)
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
        cut: list[Clause] = []
        rows: list[Table] = []
        by_message: dict[int, list[Sentence]] = {}
        before = 0
        for message, group in groupby(read, key=lambda one: one.message):
            said = by_message[message] = list(group)
            there = clauses(said)
            rows.append(self._of_message(said, there, thread[message].role))
            cut += [Clause(before + one.sentence, one.start, one.end) for one in there]
            before += len(said)
        table = np.concatenate(rows) if rows else np.zeros((0, len(self.names) + 1))
        return ModelFigures(cut, table, self._of_windows(thread, by_message))

    def _of_message(self, said: Sequence[Sentence], cut: Sequence[Clause], role: Role) -> Table:
        key = role, _written(said)
        if key not in self._known_clauses:
            _make_room(self._known_clauses)
            self._known_clauses[key] = self._clauses.figures(of_clauses(said, cut, role))
        return self._known_clauses[key]

    def _of_windows(self, thread: Sequence[Utterance], by_message: Mapping[int, Sequence[Sentence]]) -> float:
        roles = [one.role for one in thread]
        there = sorted(by_message)
        highest = NOTHING
        for window in (*windows(there), *endings(there)):
            said = [one for message in window for one in by_message[message]]
            if not said:
                continue
            key = tuple((roles[message], _written(by_message[message])) for message in window)
            if key not in self._known_messages:
                _make_room(self._known_messages)
                self._known_messages[key] = float(self._messages.figures([of_messages(said, roles)])[0, 0])
            highest = max(highest, self._known_messages[key])
        return highest

    def worth(self, word: str) -> float:
        """How much a word alone speaks for a page."""
        if word not in self._known_words:
            _make_room(self._known_words)
            self._known_words[word] = self._messages.worth(word, "words")
        return self._known_words[word]

    def reasons(
        self, thread: Sequence[Utterance], read: Sequence[Sentence], clause: Clause, name: str, most: int
    ) -> list[str]:
        """The features of *clause* and its thread that speak most for criterion *name*, strongest first: kind and text."""
        message = read[clause.sentence].message
        first = next(at for at, one in enumerate(read) if one.message == message)
        said = [one for one in read if one.message == message]
        cut = clauses(said)
        number = cut.index(Clause(clause.sentence - first, clause.start, clause.end))
        bag = of_clauses(said, cut, thread[message].role)[number]
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
    """What the stack weighs for the page, in the order of PAGE_INPUTS."""
    best, second = _two_highest(figures.table[:, -1])
    of_criteria = figures.table[:, :-1].max(axis=0) if len(figures.table) else np.array([NOTHING])
    criterion, other = _two_highest(of_criteria)
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


def inputs_of_criterion(figures: ModelFigures, framed: Framed, number: int, name: str) -> list[float]:
    """What the stack weighs for criterion *name*, the column *number*, in the order of CRITERION_INPUTS."""
    if not len(figures.table):
        return [NOTHING, 0.0, figures.messages, float(name in framed.strong), float(name in framed.weak)]
    highest = figures.table[:, :-1].max(axis=0)
    others = np.delete(highest, number)
    lead = float(highest[number] - (others.max() if len(others) else NOTHING))
    return [
        float(highest[number]), lead, figures.messages,
        float(name in framed.strong), float(name in framed.weak),
    ]  # fmt: skip


def _two_highest(column: Table) -> tuple[float, float]:
    ordered = sorted((float(one) for one in column), reverse=True)
    return (*ordered, NOTHING, NOTHING)[0], (*ordered, NOTHING, NOTHING)[1]


def _written(said: Sequence[Sentence]) -> tuple[Any, ...]:
    """All of sentences that a feature can depend on."""
    return tuple(
        (tuple(one.words), one.ending, tuple(one.clauses), tuple(one.hypothetical), tuple(one.quoted)) for one in said
    )


def _make_room(known: dict[Any, Any]) -> None:
    if len(known) >= _REMEMBERED:  # a thread is read again at each message
        known.clear()
