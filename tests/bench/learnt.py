"""
The criteria on threads that they have not learnt from: `make bench-learnt`, with others' texts `ROWS=DIR`.

Each writer's twins are left out in turn, and half of the ordinary messages. The frames have seen none of the twins when
these were written, and were not changed for them.
"""

import sys
import tempfile
from pathlib import Path

from bot.config import shipped_playbooks
from bot.escalations.detection.classifier import Classifier
from bot.escalations.detection.criteria import Criteria
from bot.escalations.detection.train import ORDINARY, OURS, LabelledThread, firm_rows, fit, others, ours, thread_of
from bot.escalations.playbook import load

TWINS = OURS / "escalation_twins.jsonl"


def fitted(given: list[LabelledThread], folder: Path) -> Criteria:
    """The shipped criteria, with what was learnt from *given*."""
    shipped = load(shipped_playbooks()).criteria
    fit(given, folder / "weights.npz")
    return Criteria(shipped.all, shipped.rules, shipped.high_value, Classifier(folder / "weights.npz"))


def by_writer(folder: Path, given: list[LabelledThread]) -> None:
    """Print precision and recall of the page for each style, the writer's own threads left out."""
    twins = [thread_of(row) for row in firm_rows(TWINS)]
    counts: dict[str, list[int]] = {}
    for hand in sorted({one.hand for one in twins}):
        criteria = fitted([*given, *(one for one in twins if one.hand != hand)], folder)
        paged = [(one.pages, criteria.read(one.said).page) for one in twins if one.hand == hand]
        count = counts.setdefault("sales" if hand[0] == "s" else "real style", [0, 0, 0])
        count[0] += sum(page and wanted for wanted, page in paged)
        count[1] += sum(page for _, page in paged)
        count[2] += sum(wanted for wanted, _ in paged)
    for style, (right, in_all, wanted) in counts.items():
        shown = f"precision {right / in_all:.3f}, recall {right / wanted:.3f}"
        sys.stdout.write(f"{style}, the writer's threads left out: {shown}\n")


def on_ordinary(folder: Path, rows: Path) -> None:
    """Print how many ordinary messages page, of the half that was left out."""
    ordinary = [thread_of(row) for row in firm_rows(rows / ORDINARY)]
    criteria = fitted([*ours(), *others(rows, frozenset({ORDINARY})), *ordinary[::2]], folder)
    wrong = sum(criteria.read(one.said).page for one in ordinary[1::2])
    sys.stdout.write(f"ordinary, left out: {wrong} false pages in {len(ordinary[1::2])} messages\n")


def main() -> None:
    rows = Path(sys.argv[1]) if sys.argv[1:] else None
    without = frozenset({TWINS.name})
    with tempfile.TemporaryDirectory() as folder:
        by_writer(Path(folder), [*ours(without), *(others(rows) if rows else ())])
        if rows:
            on_ordinary(Path(folder), rows)
        else:
            sys.stdout.write("Fitted on what we wrote alone; with others' ordinary messages it pages far less.\n")


if __name__ == "__main__":
    main()
