"""
What is offered as a promise, and what is read as the end of a reminder: precision, recall, and time.

`python -m tests.bench.promises [FOLDER]`. FOLDER may hold others' rows, as `promises*.jsonl` with the fields of ours,
or threads as `escalation_*.jsonl`: what is offered there is counted, and printed with --wrong, since nobody has
labelled it. It exits with 1 where a bar is missed.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.followups.said.ended import says_answered, says_done
from bot.followups.said.promising import SaidPromise, commits, promised

DATA = Path(__file__).resolve().parents[1] / "data"
NOW, ZONE, LOCALE = datetime(2026, 11, 24, 11, 0, tzinfo=UTC), ZoneInfo("Europe/Berlin"), "en-GB"
PRECISION_BAR, BAR_MS, QUIET_BAR_MS = 0.9, 5.0, 1.0
OURS = ("rep", "colleague", "manager")
Row = dict[str, Any]


def rows(path: Path) -> list[Row]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def offered(text: str) -> SaidPromise | None:
    """What is offered of *text*, on a Tuesday at noon in Berlin."""
    return promised(text, NOW, ZONE, LOCALE, ())


def score(name: str, found: Iterable[tuple[str, bool, bool]], *, wrong: bool) -> float:
    """Print precision and recall of *found* (text, wanted, given); the precision."""
    found = list(found)
    right = sum(wanted and given for _, wanted, given in found)
    given, wanted = sum(one[2] for one in found), sum(one[1] for one in found)
    precision = right / max(1, given)
    print(
        f"{name}: {len(found)} rows, precision {precision:.3f} ({right}/{given}), "
        f"recall {right / max(1, wanted):.3f} ({right}/{wanted})"
    )
    for text, is_one, was in found if wrong else ():
        if is_one != was:
            print(f"  {'missed' if is_one else 'false '}  {text}")
    return precision


def _others(folder: Path, *, wrong: bool) -> None:
    for path in sorted(folder.glob("promises*.jsonl")):
        score(
            path.stem,
            ((row["text"], row["promise"], offered(row["text"]) is not None) for row in rows(path)),
            wrong=wrong,
        )
    for path in sorted(folder.glob("escalation_*.jsonl")):
        said = [one["text"] for row in rows(path) for one in row["messages"] if one.get("role") in OURS]
        shown = [(text, found) for text in dict.fromkeys(said) if (found := offered(text))]
        print(f"{path.stem}: {len(shown)} offered of {len(said)} messages")
        for text, promise in shown if wrong else ():
            print(f"  {promise.what!r}  {text}")


def _times() -> bool:
    """Print how long it takes; whether a bar is missed."""
    texts = [row["text"] for row in rows(DATA / "promises.jsonl")]
    threads = rows(DATA / "escalation_threads.jsonl")
    texts += [one["text"] for row in threads for one in row["messages"] if one.get("role") in OURS]
    missed = False
    judges: tuple[tuple[str, Callable[[str], bool], float], ...] = (
        ("without a word that commits", lambda text: not commits(text), QUIET_BAR_MS),
        ("with one", commits, BAR_MS),
    )
    offered(texts[0])
    for name, fits, bar in judges:
        took = sorted(_took_ms(text) for text in texts if fits(text))
        p99 = took[int(len(took) * 0.99)]
        print(
            f"{name}: {len(took)} messages, p50 {took[len(took) // 2]:.2f} ms, p99 {p99:.2f} ms of processor time "
            f"(bar {bar:.0f} ms)"
        )
        missed = missed or p99 > bar
    return missed


def _took_ms(text: str) -> float:
    began = time.process_time()
    offered(text)
    return (time.process_time() - began) * 1000


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", nargs="?", type=Path)
    asked.add_argument("--wrong", action="store_true")
    given = asked.parse_args()
    ours = rows(DATA / "promises.jsonl")
    read = [(row["hand"], (row["text"], row["promise"], offered(row["text"]) is not None)) for row in ours]
    for hand in dict.fromkeys(hand for hand, _ in read):
        score(hand, (one for name, one in read if name == hand), wrong=given.wrong)
    precision = score("all hands", (one for _, one in read), wrong=False)
    ends = rows(DATA / "said_done.jsonl")
    for field, judge in (("done", says_done), ("answered", says_answered)):
        score(field, ((row["text"], row[field], judge(row["text"])) for row in ends), wrong=given.wrong)
    if given.folder:
        _others(given.folder, wrong=given.wrong)
    sys.exit(_times() or precision < PRECISION_BAR)


if __name__ == "__main__":
    main()
