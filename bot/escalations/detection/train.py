"""
Fits the classifier: ``python -m bot.escalations.detection.train [--rows DIR] [--into FILE]``, in a checkout.

It learns from the threads that we wrote (`tests/data/escalation_*.jsonl`), from the examples of the shipped
`escalation.yaml`, and from others' texts in the folder DIR, which the repository does not hold: of those it has source,
id, checksum and our labels. Fitting is all that scikit-learn is needed for.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from bot.config import shipped_playbooks
from bot.escalations.detection.classifier import PLACES, SHIPPED, counted_places, weighed
from bot.escalations.detection.sentences import Role, Utterance, sentences
from bot.escalations.playbook import NAME, example

OURS = Path(__file__).resolve().parents[3] / "tests" / "data"
LABELS = OURS / "escalation_others.jsonl"  # of texts that are not in the repository
ORDINARY = "escalation_ordinary_dev.jsonl"  # messages in which nothing is wrong
GIVEN = ("escalation_dev.jsonl", "escalation_real_more.jsonl", ORDINARY)  # what DIR must hold
_STRENGTH = 8.0  # how closely it is fitted: scikit-learn's C
_SMALLEST = 0.02  # weights below it are left out, so that the file stays small
_ONLY_WITH_TROUBLE = "high-value"  # no words speak for it


@dataclass(frozen=True)
class LabelledThread:
    """A thread, whether it pages, and the criteria that hold in it. *hand* tells who wrote it, where that is known."""

    said: Sequence[Utterance]
    pages: bool
    criteria: frozenset[str]
    hand: str = ""


def thread_of(row: dict[str, Any], labels: dict[str, Any] | None = None) -> LabelledThread:
    """A line of a file of threads, with its own labels or with *labels*."""
    said = [
        Utterance(one.get("author", ""), Role(one.get("role") or "unknown"), one["text"]) for one in row["messages"]
    ]
    known = labels or row
    return LabelledThread(said, bool(known.get("should_page")), frozenset(known.get("criteria") or ()), row["id"][:2])


def checksum(row: dict[str, Any]) -> str:
    """SHA-256 of the texts of a row's messages, a line each, in hexadecimal digits."""
    return hashlib.sha256("\n".join(one["text"].strip() for one in row["messages"]).encode()).hexdigest()


def firm_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of *path* that two careful people label alike."""
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in found if not row.get("doubtful")]


def ours(without: frozenset[str] = frozenset()) -> Iterator[LabelledThread]:
    """What we wrote: the threads of `tests/data`, but for the files of those names, and the criteria's examples."""
    for path in sorted(OURS.glob("escalation_*.jsonl")):
        if path != LABELS and path.name not in without:
            yield from (thread_of(row) for row in firm_rows(path))
    for criterion in yaml.safe_load((shipped_playbooks() / NAME).read_text(encoding="utf-8"))["criteria"]:
        for key, pages in (("must_match", True), ("must_not_match", False)):
            for text in criterion.get(key) or ():
                yield LabelledThread(example(str(text)), pages, frozenset([criterion["id"]] if pages else ()))


def others(folder: Path, without: frozenset[str] = frozenset(), *, labelled: Path = LABELS) -> Iterator[LabelledThread]:
    """Others' texts in *folder*: its own rows, and those whose labels are in the file *labelled*, by their checksum."""
    labels = {row["sha256"]: row for row in firm_rows(labelled)}
    for path in sorted(folder.glob("escalation_*.jsonl")):
        for row in firm_rows(path):
            if path.name in GIVEN and path.name not in without:
                yield thread_of(row)
            elif known := labels.get(checksum(row)):
                yield thread_of(row, known)


def fit(given: Sequence[LabelledThread], into: Path) -> None:
    """Fit *given* and write the weights to the file *into*. Raises ImportError where scikit-learn is not installed."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    counted = [counted_places(sentences(one.said), [said.role for said in one.said]) for one in given]
    seen = np.zeros(PLACES)
    for halves in counted:
        for places, _ in halves:
            seen[places] += 1
    rarity = np.where(seen >= 2, np.log((1 + len(given)) / (1 + seen)) + 1, 0.0)

    def half(which: int) -> Any:
        data, columns, ends = [], [], [0]
        for one in counted:
            places, counts = one[which]
            data.append(weighed(places, counts, rarity))
            columns.append(places)
            ends.append(ends[-1] + len(places))
        return csr_matrix((np.concatenate(data), np.concatenate(columns), ends), (len(given), PLACES))

    matrix = (half(0) + half(1)).tocsr()

    def weights_for(wanted: Iterable[bool]) -> tuple[NDArray[np.float64], float]:
        model = LogisticRegression(C=_STRENGTH, max_iter=500).fit(matrix, list(wanted))
        weights = model.coef_[0]
        return np.where(np.abs(weights) < _SMALLEST, 0, weights), float(model.intercept_[0])

    weights, bias = weights_for(one.pages for one in given)
    names = sorted({name for one in given for name in one.criteria} - {_ONLY_WITH_TROUBLE})
    of_criteria = [weights_for(name in one.criteria for one in given)[0] for name in names]
    with into.open("wb") as file:  # by itself numpy would write to another name
        np.savez_compressed(
            file,
            rarity=rarity.astype(np.float16),
            weights=weights.astype(np.float16),
            bias=bias,
            criteria=np.array(names),
            of_criteria=np.array(of_criteria, dtype=np.float16),
        )


def main(arguments: Sequence[str] | None = None) -> str:
    """Fit what *arguments* ask for; gives what to say of it, or ends with a sentence where it cannot be done."""
    asked = argparse.ArgumentParser(
        prog="python -m bot.escalations.detection.train", description="Fits the classifier."
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
    try:
        fit([*written, *rows], given.into)
    except ImportError as error:
        sys.exit(f"{error.name} is not installed: pip install scikit-learn")
    size = given.into.stat().st_size / 1e6
    said = f"{given.into.name}, {size:.1f} MB: fitted on {len(written):,} threads that we wrote"
    if rows:
        return f"{said} and {len(rows):,} of others."
    return f"{said} alone. Without others' ordinary messages it pages far too often: give their folder with --rows DIR."


if __name__ == "__main__":
    sys.stdout.write(main() + "\n")
