"""
How well and how fast cards are found: `python -m tests.bench.search` prints the tables of the README.

One core. It exits with 1 where a bar is missed. Rows: `tests/data/situations.jsonl`, or the files given as arguments.
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from bot.config import shipped_playbooks
from bot.tactics.playbook.watcher import PlaybookWatcher
from tests.tactics.rows import OWN, measure, read

LONGEST_S = 1.0  # for a text without spaces, however long


def percentile(values: list[float], share: float) -> float:
    """The value below which *share* of *values* lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    both, words = PlaybookWatcher(shipped_playbooks()), PlaybookWatcher(shipped_playbooks(), semantic=False)
    for path in [Path(name) for name in sys.argv[1:]] or [OWN]:
        rows = read(path)
        print(f"{path.name}: {len(rows)} rows\n")
        print("| search | hit@1 | hit@3 | hit@3 of pasted, story, indirect | gate right |")
        print("|---|---|---|---|---|")
        for name, library, gated in (
            ("words and meaning, gate on", both, True),
            ("words and meaning, gate off", both, False),
            ("words alone, gate on", words, True),
            ("words alone, gate off", words, False),
        ):
            figures = measure(library.active.search.find, rows, gated=gated)
            gate = f"{figures.gate:.3f}" if gated else "–"
            print(f"| {name} | {figures.hit1:.3f} | {figures.hit3:.3f} | {figures.hard:.3f} | {gate} |")
        print()
        for name, library in (("words and meaning", both), ("words alone", words)):
            times = []
            for row in rows:
                started = time.perf_counter()
                library.active.search.find(row.text)
                times.append((time.perf_counter() - started) * 1000)
            print(f"{name}: p50 {percentile(times, 0.5):.1f} ms, p99 {percentile(times, 0.99):.1f} ms a search")
    missed = []
    for text in ("客户对我大喊大叫要见我的经理" * 300, "https://x/" + "aB3dE5" * 1000, "x" * 40_000):
        started = time.perf_counter()
        both.active.search.find(text)
        if (took := time.perf_counter() - started) > LONGEST_S:
            missed.append(f"{text[:20]}…: {took:.2f} s, bar {LONGEST_S:.0f} s")
    for name, options in (("words and meaning", []), ("words alone", ["--words-only"])):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "bot", "find", *options, "he wants my boss"], stdout=subprocess.DEVNULL, check=True
        )
        print(f"{name}: {time.perf_counter() - started:.2f} s from start to first answer")
    print(json.dumps({"peak_rss_mb_of_children": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024}))
    for bar in missed:
        print(f"missed: {bar}")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
