"""What pages, on labelled threads: precision, recall, false pages, and time. `make bench-criteria`."""

import sys
import time
from pathlib import Path

from bot.config import shipped_playbooks
from bot.escalations.detection.labelled import OURS, LabelledThread, firm_rows, thread_of
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.playbook import load

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
SETS = (OURS / "escalation_threads.jsonl", OURS / "escalation_unseen.jsonl", SHARED / "escalation_dev.jsonl")


def threads(path: Path) -> list[LabelledThread]:
    """The firm threads of *path*; none where it is not there."""
    return [thread_of(row) for row in firm_rows(path)] if path.is_file() else []


LONG_BAR_MS = 250.0  # that long, nobody else is answered


def main() -> None:
    criteria = load(shipped_playbooks()).criteria
    took: list[float] = []

    def pages(thread: LabelledThread) -> bool:
        began = time.perf_counter()
        page = criteria.read(thread.said).page
        took.append((time.perf_counter() - began) * 1000 / len(thread.said))
        return page

    for path in SETS:
        found = [(one.pages, pages(one)) for one in threads(path)]
        if found:
            right = sum(wanted and paged for wanted, paged in found)
            precision = right / max(1, sum(paged for _, paged in found))
            recall = right / max(1, sum(wanted for wanted, _ in found))
            sys.stdout.write(f"{path.stem}: {len(found)} threads, precision {precision:.3f}, recall {recall:.3f}\n")
    ordinary = threads(SHARED / "escalation_ordinary_dev.jsonl")
    if ordinary:
        wrong = sum(pages(one) for one in ordinary)
        sys.stdout.write(f"ordinary: {wrong} false pages in {len(ordinary)} messages\n")
    ordered = sorted(took)
    sys.stdout.write(
        f"per message: p50 {ordered[len(took) // 2]:.2f} ms, p99 {ordered[int(len(took) * 0.99)]:.2f} ms\n"
    )
    words = [Utterance("mia", Role.REP, "they may cancel the contract or not, we wait for the invoice again. " * 15)]
    long = [Utterance("mia", Role.REP, words[0].text * 40)]
    for what, thread in (("200 words", words), (f"{len(long[0].text):,} characters", long)):
        times = []
        for _ in range(50):
            began = time.perf_counter()
            criteria.read(thread)
            times.append((time.perf_counter() - began) * 1000)
        sys.stdout.write(f"{what}: p50 {sorted(times)[25]:.1f} ms, slowest of 50 {max(times):.1f} ms\n")
        if sorted(times)[25] > LONG_BAR_MS:
            sys.exit(f"missed: {what}, bar {LONG_BAR_MS:.0f} ms")


if __name__ == "__main__":
    main()
