"""
How well and how fast cards are found: `python -m tests.bench.search` prints what `docs/search.md` is made of.

One core. It exits with 1 where a bar is missed. Rows: `tests/data/situations*.jsonl`, and the files given as arguments.
Over all of them together it prints how often a card is right that has a share of .1 to .2, of .2 to .3 and so on, and
with `--draw` draws that as `docs/search-shares.svg`.
"""

import json
import math
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from bot.config import shipped_playbooks
from bot.tactics.playbook.watcher import PlaybookWatcher
from tests.bench.figures import beside, note
from tests.tactics.rows import DATA, OWN, STRANGERS, Bin, Row, calibration, measure, read

LONGEST_S = 1.0  # for a text without spaces, however long
FURTHEST = 0.1  # a bin may be off by so much, and by two standard errors of its own
FEWEST = 20  # answers in a bin that says anything
DRAWN = DATA.parents[1] / "docs" / "search-shares.svg"


_TIMES = """
import json, os, time
from bot.config import shipped_playbooks
from bot.tactics.playbook.watcher import PlaybookWatcher
from tests.tactics.rows import OWN, read
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
find, times = PlaybookWatcher(shipped_playbooks()).active.search.find, []
for row in read(OWN):
    started = time.perf_counter()
    find(row.text)
    times.append((time.perf_counter() - started) * 1000)
print(json.dumps(times))
"""  # what the build beside takes, by its own code


def percentile(values: list[float], share: float) -> float:
    """The value below which *share* of *values* lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def figures_of(rows: list[Row], both: PlaybookWatcher, words: PlaybookWatcher, title: str = "") -> None:
    """The table of one set of rows."""
    print("| search | hit@1 | hit@3 | of pasted, story, indirect | gate right | silent | opened | of no use | exit |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, library, gated in (
        ("words and meaning, gate on", both, True),
        ("words and meaning, gate off", both, False),
        ("words alone, gate on", words, True),
        ("words alone, gate off", words, False),
    ):
        it = measure(library.active.search.find, rows, gated=gated)
        if title and gated and library is both:
            note(f"a right card among three, {title}", it.hit3)
        print(f"| {name} | {it.hit1:.3f} | {it.hit3:.3f} | {it.hard:.3f} |", end="")
        if gated:
            print(f" {it.gate:.3f} | {it.silent:.3f} | {it.opened:.2f} | {it.wrong:.3f} | {it.exits:.3f} |")
        else:
            print(" – | – | – | – | – |")


def shares(rows: list[Row], library: PlaybookWatcher) -> tuple[list[Bin], list[str]]:
    """How right the shares are, printed; and the bins that are off by more than they may."""
    bins, missed = calibration(library.active.search.find, rows), []
    print("\n| share | answers | said | right |\n|---|---|---|---|")
    for number, one in enumerate(bins):
        print(f"| .{number}–{(number + 1) / 10:.1f} | {one.count} | {one.said:.2f} | {one.right:.2f} |")
        error = 2 * math.sqrt(one.said * (1 - one.said) / one.count) if one.count else 0.0
        if one.count >= FEWEST and abs(one.said - one.right) > FURTHEST + error:
            missed.append(f"shares of .{number}: said {one.said:.2f}, right {one.right:.2f}")
    count = sum(one.count for one in bins)
    off = sum(one.count * abs(one.said - one.right) for one in bins) / count
    print(f"\noff by {off:.3f} on average, over {count} answers")
    return bins, missed


def draw(bins: list[Bin]) -> str:
    """A picture of *bins*: what was said across, what was right up, and a dot as large as there were answers."""
    side, edge = 320, 40

    def place(across: float, up: float) -> tuple[float, float]:
        return edge + across * side, edge + (1 - up) * side

    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400" font-family="sans-serif" font-size="12">',
        '<rect width="400" height="400" fill="#fff"/>',
        f'<path d="M{edge} {edge}V{edge + side}H{edge + side}" fill="none" stroke="#555"/>',
        f'<path d="M{edge} {edge + side}L{edge + side} {edge}" stroke="#aaa" stroke-dasharray="4 4"/>',
    ]
    for tenth in range(0, 11, 2):
        x, y = place(tenth / 10, tenth / 10)
        lines.append(f'<text x="{x:.0f}" y="{edge + side + 16}" text-anchor="middle">{tenth / 10:.1f}</text>')
        lines.append(f'<text x="{edge - 6}" y="{y + 4:.0f}" text-anchor="end">{tenth / 10:.1f}</text>')
    for one in bins:
        if one.count:
            x, y = place(one.said, one.right)
            size = 3 + math.sqrt(one.count) / 2
            lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="#1264a3" fill-opacity=".7"/>')
    lines.append(f'<text x="{edge + side / 2}" y="{edge + side + 32}" text-anchor="middle">share that was said</text>')
    lines.append(f'<text x="{edge}" y="{edge - 12}">how often the first card was right</text>')
    return "\n".join([*lines, "</svg>", ""])


def main() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    both, words = PlaybookWatcher(shipped_playbooks()), PlaybookWatcher(shipped_playbooks(), semantic=False)
    all_rows, missed = [], []
    for path in [OWN, STRANGERS, *(Path(name) for name in sys.argv[1:] if not name.startswith("--"))]:
        of_file = read(path)
        all_rows += of_file
        hands = sorted({row.hand for row in of_file if row.hand}) if path == STRANGERS else [""]
        for hand in hands:
            rows = [row for row in of_file if not hand or row.hand == hand]
            print(f"\n{path.name} {hand}: {len(rows)} rows\n")
            figures_of(rows, both, words, hand or "older rows")
    bins, off = shares(all_rows, both)
    missed += off
    if "--draw" in sys.argv:
        DRAWN.write_text(draw(bins), encoding="utf-8")
    print()
    for name, library in (("words and meaning", both), ("words alone", words)):
        times = []
        for row in read(OWN):
            started = time.perf_counter()
            library.active.search.find(row.text)
            times.append((time.perf_counter() - started) * 1000)
        print(f"{name}: p50 {percentile(times, 0.5):.1f} ms, p99 {percentile(times, 0.99):.1f} ms a search")
        note(f"one search by {name}, median, ms", percentile(times, 0.5))
        note(f"one search by {name}, p99, ms", percentile(times, 0.99))
        if name == "words and meaning" and (other := beside()):
            before = json.loads(
                subprocess.check_output(
                    [sys.executable, "-c", _TIMES], cwd=other, text=True, env={**os.environ, "PYTHONPATH": str(other)}
                )
            )
            note("one search, median / the build beside", percentile(times, 0.5) / percentile(before, 0.5), 0.25)
            note("one search, p99 / the build beside", percentile(times, 0.99) / percentile(before, 0.99), 0.5)
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
