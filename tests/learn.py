"""
Fits what the criteria have learnt: `make learn-criteria` after a change of the labelled threads.

It learns from the threads of `tests/data`, the examples of `playbooks/escalation.yaml` and, where they lie beside the
project, the shared examples and ordinary messages. `--left-out` measures on what it did not learn from. scikit-learn
is only needed here, and is not installed otherwise.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.config import shipped_playbooks
from bot.escalations.detection.classifier import PLACES, SHIPPED, Classifier, counted_places, weighed
from bot.escalations.detection.criteria import Criteria
from bot.escalations.detection.sentences import Role, Utterance, sentences
from bot.escalations.playbook import NAME, example, load

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
ORDINARY = SHARED / "escalation_ordinary_dev.jsonl"
TWINS = ROOT / "tests" / "data" / "escalation_twins.jsonl"
OWN = sorted((ROOT / "tests" / "data").glob("escalation_*.jsonl"))
_STRENGTH = 8.0  # how closely it is fitted (scikit-learn's C)
_SMALLEST = 0.02  # weights below it are left out, so that the file stays small
Row = tuple[list[Utterance], bool, frozenset[str]]  # the thread, whether it pages, its criteria


def rows(without: frozenset[str] = frozenset()) -> Iterator[Row]:
    """All that there is to learn from, but for the files of those names."""
    for path in (*OWN, SHARED / "escalation_dev.jsonl", ORDINARY):
        if path.name in without or not path.is_file():
            continue
        for line in path.read_text().splitlines():
            row = json.loads(line)
            if not row.get("doubtful"):
                said = [
                    Utterance(one.get("author", ""), Role(one.get("role") or "unknown"), one["text"])
                    for one in row["messages"]
                ]
                yield said, bool(row.get("should_page")), frozenset(row.get("criteria") or ())
    for criterion in yaml.safe_load((shipped_playbooks() / NAME).read_text())["criteria"]:
        for key, pages in (("must_match", True), ("must_not_match", False)):
            for text in criterion.get(key) or ():
                yield example(str(text)), pages, frozenset([criterion["id"]] if pages else ())


def _row(row: dict[str, Any]) -> Row:
    return _said(row["messages"]), bool(row.get("should_page")), frozenset(row.get("criteria") or ())


def _said(messages: list[dict[str, str]]) -> list[Utterance]:
    return [Utterance(one.get("author", ""), Role(one.get("role") or "unknown"), one["text"]) for one in messages]


def fit(given: list[Row], path: Path) -> None:
    """Fit *given* and write what was learnt to *path*."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    counted = [counted_places(sentences(said), [one.role for one in said]) for said, _, _ in given]
    seen = np.zeros(PLACES)
    for halves in counted:
        for places, _ in halves:
            seen[places] += 1
    rarity = np.where(seen >= 2, np.log((1 + len(given)) / (1 + seen)) + 1, 0.0)
    halves = []
    for half in range(2):
        data, columns, ends = [], [], [0]
        for one in counted:
            places, counts = one[half]
            data.append(weighed(places, counts, rarity))
            columns.append(places)
            ends.append(ends[-1] + len(places))
        halves.append(csr_matrix((np.concatenate(data), np.concatenate(columns), ends), (len(given), PLACES)))
    matrix = (halves[0] + halves[1]).tocsr()

    def fitted(wanted: list[bool]) -> tuple[np.ndarray, float]:
        model = LogisticRegression(C=_STRENGTH, max_iter=500).fit(matrix, wanted)
        weights = model.coef_[0]
        return np.where(np.abs(weights) < _SMALLEST, 0, weights), float(model.intercept_[0])

    weights, bias = fitted([pages for _, pages, _ in given])
    names = sorted({name for _, _, criteria in given for name in criteria} - {"high-value"})
    of_criteria = [fitted([name in criteria for _, _, criteria in given])[0] for name in names]
    np.savez_compressed(
        path,
        rarity=rarity.astype(np.float16),
        weights=weights.astype(np.float16),
        bias=bias,
        criteria=np.array(names),
        of_criteria=np.array(of_criteria, dtype=np.float16),
    )


def left_out() -> None:
    """
    Measure on what was not learnt: each writer's twins in turn, and half of the ordinary messages.

    The frames have seen none of the twins when these were written, and were not changed for them.
    """
    shipped = load(shipped_playbooks()).criteria

    def judged_by(path: Path) -> Criteria:
        return Criteria(shipped.all, shipped.rules, shipped.high_value, Classifier(path))

    twins = [json.loads(line) for line in TWINS.read_text().splitlines()]
    firm = [row for row in twins if not row.get("doubtful")]
    hands = sorted({row["id"][:2] for row in firm})
    others = list(rows(frozenset({TWINS.name})))
    totals: dict[str, list[int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.npz"
        for hand in hands:
            fit([*others, *(_row(row) for row in firm if not row["id"].startswith(hand))], path)
            criteria = judged_by(path)
            paged = [(_row(row), criteria.read(_row(row)[0]).page) for row in firm if row["id"].startswith(hand)]
            counts = totals.setdefault("sales" if hand[0] == "s" else "real style", [0, 0, 0])
            counts[0] += sum(page and row[1] for row, page in paged)
            counts[1] += sum(page for _, page in paged)
            counts[2] += sum(row[1] for row, _ in paged)
        ordinary = [_row(json.loads(line)) for line in ORDINARY.read_text().splitlines()]
        fit([*rows(frozenset({ORDINARY.name})), *ordinary[::2]], path)
        criteria = judged_by(path)
        wrong = sum(criteria.read(said).page for said, _, _ in ordinary[1::2])
    for style, (right, paged_in_all, wanted) in totals.items():
        shown = f"precision {right / paged_in_all:.3f}, recall {right / wanted:.3f}"
        print(f"{style}, the writer's threads left out: {shown}")
    print(f"ordinary, left out: {wrong} false pages in {len(ordinary[1::2])} messages")


def main() -> None:
    if not SHARED.is_dir():
        sys.exit("The shared examples are not beside the project; without ordinary messages it would page too often.")
    if sys.argv[1:] == ["--left-out"]:
        left_out()
        return
    given = list(rows())
    fit(given, SHIPPED)
    size = SHIPPED.stat().st_size / 1e6
    print(f"{len(given):,} threads, {sum(pages for _, pages, _ in given)} of them page; {size:.1f} MB")


if __name__ == "__main__":
    main()
