"""
Fits what is learnt: ``python -m bot.escalations.detection.train [--rows DIR] [--into FILE]``, in a checkout.

Everything that has to be chosen beside the weights (how the models' figures are put together, from which figure on a
thread pages) is chosen on threads whose writers, or sources, were left out of the models. Fitting is all that
scikit-learn is needed for. The same rows give the same file, byte for byte.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.config import shipped_playbooks
from bot.escalations.detection import classifier as judge
from bot.escalations.detection.classifier import NOTHING, SHIPPED, Framed, ModelFigures, endings, windows
from bot.escalations.detection.clause_features import (
    PLACES,
    Bag,
    Clause,
    clauses_by_message,
    of_clauses,
    of_messages,
    vectors,
)
from bot.escalations.detection.criteria import Criteria, framed_by
from bot.escalations.detection.labelled import FRAMES_TUNED_ON, GIVEN, OURS, LabelledThread, others, ours
from bot.escalations.detection.sentences import Sentence, Utterance
from bot.escalations.playbook import load

FOLDS = 8
_CLAUSES_C, _MESSAGES_C, _STACK_C = 4.0, 10.0, 1.0  # how closely each is fitted: scikit-learn's C
_SMALLEST = 3  # of 127: weights below it are left out, so that the file stays small
_QUIET = "rep-overwhelmed"  # never pages
_ONLY_WITH_TROUBLE = "high-value"  # no words speak for it
_MOST_ORDINARY = 0.0011  # false pages among ordinary messages
_PRECISION = {"usual": 0.80, "strict": 0.90}  # of pages on threads of writers who were left out
# how often a thread counts: most of what is said is ordinary, and the file's own examples must hold
_COUNTS = {"ordinary": 4.0, "chatter": 2.0, "examples": 12.0}
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass
class Reading:
    """A labelled thread as the models see it: *rows* are the numbers of its clauses among all clauses."""

    one: LabelledThread
    thread: Sequence[Utterance]
    read: list[Sentence]
    framed: Framed
    clauses: list[Clause]
    bags: list[Bag]
    rows: range
    marks: NDArray[np.int8]  # for each clause and column: 1 speaks for it, 0 does not, -1 nobody knows
    windows: list[Bag]
    whole: int  # so many of the windows are learnt from; the rest are endings of the thread


class Fit:
    """All that is fitted, from *given* threads."""

    def __init__(self, given: Sequence[LabelledThread]) -> None:
        shipped = load(shipped_playbooks(), trying=False).criteria
        playbook = Criteria(shipped.all, shipped.rules)  # without what was learnt before
        known = {one.id for one in playbook.all}
        self.names = sorted({name for one in given for name in one.criteria & known} - {_ONLY_WITH_TROUBLE})
        self._playbook = playbook
        self.readings: list[Reading] = []
        count = 0
        for one in given:
            self.readings.append(self._read(one, count))
            count += len(self.readings[-1].bags)
        self.pages = np.array([one.one.pages for one in self.readings])
        self._counts = np.array([_COUNTS.get(one.one.hand, _COUNTS.get(one.one.style, 1.0)) for one in self.readings])
        self.folds = folds([one.one.hand for one in self.readings])
        self._owner = np.repeat(np.arange(len(self.readings)), [len(one.bags) for one in self.readings])
        self._marks = np.concatenate([one.marks for one in self.readings])
        bags = [bag for one in self.readings for bag in one.windows]
        self._whole = np.array([at < one.whole for one in self.readings for at in range(len(one.windows))])
        self._window_owner = np.repeat(np.arange(len(self.readings)), [len(one.windows) for one in self.readings])
        self._clauses, self.clause_rarity = _matrix([bag for one in self.readings for bag in one.bags])
        self._windows, self.window_rarity = _matrix(bags)

    def _read(self, one: LabelledThread, count: int) -> Reading:
        guarded = self._playbook.guarded(one.said)
        thread, read, framed = guarded.thread, guarded.written(), framed_by(guarded)
        cut, roles = clauses_by_message(read), [said.role for said in thread]
        there = [clause for of_one in cut.values() for clause in of_one]
        bags = [bag for message, of_one in cut.items() for bag in of_clauses(read, of_one, roles[message])]
        marks = [self._marked(one, _typed(thread, read, clause)) for clause in there]
        table = np.array(marks, dtype=np.int8).reshape(len(bags), len(self.names) + 1)
        whole, parts = windows(sorted(cut)), endings(sorted(cut))
        judged = [of_messages([one for one in read if one.message in part], roles) for part in (*whole, *parts)]
        rows = range(count, count + len(bags))
        return Reading(one, thread, read, framed, there, bags, rows, table, judged, len(whole))

    def _marked(self, one: LabelledThread, words: str) -> NDArray[np.int8]:
        marks = np.zeros(len(self.names) + 1, dtype=np.int8)
        shown = False
        for column, name in enumerate(self.names):
            if name in one.criteria:
                is_it = _shows(words, one.evidence.get(name, ""))
                marks[column] = 1 if is_it else -1
                shown |= is_it and name != _QUIET
            elif name in one.unlabelled and one.pages:
                marks[column] = -1
        if one.pages:
            marks[-1] = 1 if shown else -1
        return marks

    def models(self, left_out: int | None = None) -> tuple[Any, Any]:
        """The clauses' columns and the messages' one, fitted without the fold *left_out*."""
        kept = np.ones(len(self.folds), bool) if left_out is None else self.folds != left_out
        inside = kept[self._owner]
        columns = []
        for column in range(len(self.names) + 1):
            mark = self._marks[:, column]
            chosen = inside & (mark >= 0)
            columns.append(_fitted(self._clauses[chosen], mark[chosen], _CLAUSES_C, self._counts[self._owner][chosen]))
        return columns, self._messages(kept)

    def _messages(self, inside: Bools) -> tuple[Floats, float]:
        """The messages' column, fitted on the threads *inside*."""
        there = inside[self._window_owner] & self._whole
        pages, counts = self.pages[self._window_owner], self._counts[self._window_owner]
        return _fitted(self._windows[there], pages[there], _MESSAGES_C, counts[there])

    def messages_of(self, inside: Bools) -> Floats:
        """The figure of each thread by the messages' model, fitted on the threads *inside*."""
        weights, bias = self._messages(inside)
        return self._highest(self._windows @ weights + bias)

    def _highest(self, figures: Floats) -> Floats:
        """The highest of the *figures* of each thread's windows."""
        highest = np.full(len(self.readings), NOTHING)
        np.maximum.at(highest, self._window_owner, figures)
        return highest

    def left_out(self) -> list[ModelFigures]:
        """What the models say of each thread that were fitted without its writer's."""
        table = np.zeros((len(self._owner), len(self.names) + 1))
        judged = np.full(len(self._window_owner), NOTHING)
        for fold in range(FOLDS):
            columns, messages = self.models(fold)
            mine = self.folds[self._owner] == fold
            for column, (weights, bias) in enumerate(columns):
                table[mine, column] = self._clauses[mine] @ weights + bias
            there = self.folds[self._window_owner] == fold
            judged[there] = self._windows[there] @ messages[0] + messages[1]
        highest = self._highest(judged)
        return [
            ModelFigures(
                one.clauses, table[one.rows.start : one.rows.stop], float(highest[number]) if one.read else NOTHING
            )
            for number, one in enumerate(self.readings)
        ]


@dataclass
class Stack:
    """How the figures are put together; *left_out* is the page's figure of each thread whose writer was left out."""

    page: Floats
    criteria: dict[str, Floats]
    thresholds: dict[str, float]
    left_out: Floats
    criteria_left_out: Floats


def stacked(fit: Fit, figures: Sequence[ModelFigures]) -> Stack:
    """
    Fit the stack on *figures* of threads that were left out.

    Threads on which frames were tuned are no judges of frames, and so stand aside.
    """
    judges = np.array([not one.one.file.startswith(FRAMES_TUNED_ON) for one in fit.readings])
    inputs = np.array(
        [
            judge.inputs_of_page(found, one.framed, one.thread, one.read)
            for found, one in zip(figures, fit.readings, strict=True)
        ]
    )
    page, left_out = _crossed(inputs, fit.pages, fit.folds, judges)
    criteria, columns = {}, []
    of_criteria = np.array(
        [
            judge.inputs_of_criteria(found, one.framed, fit.names)
            for found, one in zip(figures, fit.readings, strict=True)
        ]
    )
    for number, name in enumerate(fit.names):
        there = of_criteria[:, number]
        holds = np.array([name in one.one.criteria for one in fit.readings])
        known = judges & np.array([name not in one.one.unlabelled or not one.one.pages for one in fit.readings])
        weights, odds = _crossed(there, holds, fit.folds, known)
        threshold = _best_f1(odds[known], holds[known])
        weights[-1] -= threshold
        criteria[name] = weights
        columns.append(odds - threshold)
    ordinary = np.array([one.one.style == "ordinary" for one in fit.readings])
    thresholds = {
        name: _threshold(left_out, fit.pages, judges & ~ordinary, ordinary, wanted)
        for name, wanted in _PRECISION.items()
    }
    return Stack(page, criteria, thresholds, left_out, np.stack(columns, axis=1))


def folds(hands: Sequence[str]) -> NDArray[np.int64]:
    """A fold for each thread: all of one writer in one fold, the folds about as large as one another."""
    sizes: dict[str, int] = {}
    for hand in hands:
        sizes[hand] = sizes.get(hand, 0) + 1
    filled = [0] * FOLDS
    chosen = {}
    for hand in sorted(sizes, key=lambda one: (-sizes[one], one)):
        chosen[hand] = filled.index(min(filled))
        filled[chosen[hand]] += sizes[hand]
    return np.array([chosen[hand] for hand in hands])


def write(fit: Fit, stack: Stack, into: Path, fitted_on: str) -> None:
    """Fit on all threads, and write what ships to the file *into*."""
    columns, messages = fit.models()
    told = {
        "fitted_on": fitted_on,
        "thresholds": {name: round(value, 4) for name, value in stack.thresholds.items()},
        "page": [round(float(one), 5) for one in stack.page],
        "criteria": {name: [round(float(one), 5) for one in numbers] for name, numbers in stack.criteria.items()},
    }
    with into.open("wb") as file:  # by itself numpy would write to another name
        np.savez_compressed(
            file,
            criteria=np.array(fit.names),
            stack=np.array(json.dumps(told, ensure_ascii=False)),
            **_packed("clauses", fit.clause_rarity, columns),
            **_packed("messages", fit.window_rarity, [messages]),
        )


def _packed(name: str, rarity: Floats, columns: Sequence[tuple[Floats, float]]) -> dict[str, Any]:
    scales = [max(float(np.abs(weights).max()), 1e-9) / 127 for weights, _ in columns]
    whole = [np.rint(weights / scale) for (weights, _), scale in zip(columns, scales, strict=True)]
    return {
        f"{name}_rarity": rarity.astype(np.float16),
        f"{name}_weights": np.array([np.where(np.abs(one) < _SMALLEST, 0, one) for one in whole], dtype=np.int8),
        f"{name}_scale": np.array(scales, dtype=np.float32),
        f"{name}_bias": np.array([bias for _, bias in columns], dtype=np.float32),
    }


def _matrix(bags: Sequence[Bag]) -> tuple[Any, Floats]:
    """The rows of *bags*, and how rare each place is; a place that only one of them has says nothing."""
    from scipy.sparse import csr_matrix

    alike = np.ones(PLACES, dtype=np.float32)
    seen = np.zeros(PLACES)
    for bag in bags:
        seen[vectors([bag], alike).place] += 1  # once for each kind that has it: kinds hardly ever share a place
    rarity = np.where(seen >= 2, np.log((1 + len(bags)) / (1 + seen)) + 1, 0.0)
    found = [vectors([bag], rarity.astype(np.float16).astype(np.float32)) for bag in bags]
    ends = np.cumsum([0, *(len(one.place) for one in found)])
    places = np.concatenate([one.place for one in found])
    values = np.concatenate([one.value for one in found])
    return csr_matrix((values, places, ends), (len(bags), PLACES)), rarity


def _fitted(rows: Any, wanted: Any, strength: float, counts: Floats) -> tuple[Floats, float]:
    """Weights by place, and the bias; each row counts as often as *counts* says."""
    from sklearn.linear_model import LogisticRegression

    there = np.flatnonzero(np.bincount(rows.indices, minlength=PLACES))
    model = LogisticRegression(C=strength, max_iter=300, solver="liblinear")
    model.fit(rows[:, there], np.asarray(wanted) > 0, sample_weight=counts)
    weights = np.zeros(PLACES)
    weights[there] = model.coef_[0]
    return weights, float(model.intercept_[0])


def _crossed(inputs: Floats, wanted: Bools, of_fold: NDArray[np.int64], judges: Bools) -> tuple[Floats, Floats]:
    """Weights for *inputs* and a one behind them; and the log-odds of each row, by weights fitted without its fold."""
    odds = np.zeros(len(inputs))
    for fold in range(FOLDS):
        inside = judges & (of_fold != fold)
        weights = _line(inputs[inside], wanted[inside])
        mine = of_fold == fold
        odds[mine] = inputs[mine] @ weights[:-1] + weights[-1]
    return _line(inputs[judges], wanted[judges]), odds


def _line(inputs: Floats, wanted: Bools) -> Floats:
    from sklearn.linear_model import LogisticRegression

    middle, spread = inputs.mean(axis=0), inputs.std(axis=0) + 1e-9
    model = LogisticRegression(C=_STACK_C, max_iter=1000).fit((inputs - middle) / spread, wanted)
    weights = model.coef_[0] / spread
    return np.append(weights, model.intercept_[0] - weights @ middle)


def _best_f1(odds: Floats, holds: Bools) -> float:
    order = np.argsort(-odds, kind="stable")
    right = np.cumsum(holds[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + max(1, int(holds.sum())))
    return float(odds[order[int(np.argmax(f1))]])


def _threshold(odds: Floats, pages: Bools, judges: Bools, ordinary: Bools, wanted: float) -> float:
    """The lowest figure from which on pages are as precise as *wanted*, and ordinary messages hardly ever page."""
    order = np.argsort(-odds[judges], kind="stable")
    sorted_odds, right = odds[judges][order], np.cumsum(pages[judges][order])
    precise = right / np.arange(1, len(order) + 1) >= wanted
    precise[: min(50, len(order))] = True  # too few to say
    lowest = sorted_odds[int(np.flatnonzero(precise).max())]
    quiet = np.sort(odds[ordinary])[::-1]
    allowed = int(len(quiet) * _MOST_ORDINARY)
    return float(max(lowest, quiet[allowed] + 1e-4 if len(quiet) else lowest))


def _typed(thread: Sequence[Utterance], read: Sequence[Sentence], clause: Clause) -> str:
    sentence = read[clause.sentence]
    return thread[sentence.message].text[sentence.starts[clause.start] : sentence.ends[clause.end - 1]]


def _shows(words: str, evidence: str) -> bool:
    """Whether a clause holds the evidence, or a good part of it."""
    said, shown = words.lower().split(), evidence.lower().split()
    if not shown:
        return False
    if " ".join(shown) in " ".join(said) or " ".join(said) in " ".join(shown):
        return True
    runs = set(zip(shown, shown[1:], shown[2:], strict=False))
    return not runs.isdisjoint(zip(said, said[1:], said[2:], strict=False))


def told_of(written: Sequence[LabelledThread], rows: Sequence[LabelledThread]) -> str:
    """What the weights are fitted on, in words."""
    said = f"{len(written):,} threads that we wrote"
    return f"{said} and {len(rows):,} of others" if rows else f"{said} alone"


def main(arguments: Sequence[str] | None = None) -> str:
    """Fit what *arguments* ask for; gives what to say of it, or ends with a sentence where it cannot be done."""
    asked = argparse.ArgumentParser(
        prog="python -m bot.escalations.detection.train", description="Fits what is learnt."
    )
    asked.add_argument("--rows", type=Path, metavar="DIR", help=f"the folder with {', '.join(GIVEN)}")
    asked.add_argument("--into", type=Path, metavar="FILE", default=SHIPPED, help="where the weights go")
    given = asked.parse_args(arguments)
    if not OURS.is_dir():
        sys.exit(f"There is no {OURS}: what we wrote comes with the repository only. Fit in a checkout.")
    if given.rows and (missing := [name for name in GIVEN if not (given.rows / name).is_file()]):
        sys.exit(f"{given.rows} holds no {' and no '.join(missing)}. Give the folder that does, or leave --rows out.")
    written = list(ours())
    rows = list(others(given.rows)) if given.rows else []
    fitted_on = told_of(written, rows)
    try:
        fit_into([*written, *rows], given.into, fitted_on)
    except ImportError as error:
        sys.exit(f"{error.name} is not installed: pip install scikit-learn")
    said = f"{given.into.name}, {given.into.stat().st_size / 1e6:.1f} MB: fitted on {fitted_on}"
    if rows:
        return f"{said}."
    return f"{said}. Without others' texts it hears less, and nobody looked at ordinary messages: give their folder with --rows DIR."


def fit_into(given: Iterable[LabelledThread], into: Path, fitted_on: str) -> Stack:
    """Fit *given* and write it to *into*. Raises ImportError where scikit-learn is not installed."""
    fit = Fit(list(given))
    stack = stacked(fit, fit.left_out())
    write(fit, stack, into, fitted_on)
    return stack


if __name__ == "__main__":
    sys.stdout.write(main() + "\n")
