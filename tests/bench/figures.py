"""
One figure of a benchmark: its value, its bar, and the table of all of them.

Each part of `make bench` notes its figures as lines of JSON; `tests/bench/__main__.py` gathers them.
"""

import json
import multiprocessing
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

LAST = Path(__file__).resolve().parents[2] / "docs" / "figures.json"  # those of the last release, by name
_MARK = "figure: "


@dataclass(frozen=True, slots=True)
class Figure:
    """*bar* is the most it may be, or with *at_least* the least; None: it has none."""

    name: str
    value: float
    bar: float | None = None
    at_least: bool = False

    @property
    def is_missed(self) -> bool:
        """Whether it is beyond its bar."""
        if self.bar is None:
            return False
        return self.value < self.bar if self.at_least else self.value > self.bar


def note(name: str, value: float, bar: float | None = None, *, at_least: bool = False) -> None:
    """Note a figure for the table."""
    print(f"{_MARK}{json.dumps(asdict(Figure(name, round(float(value), 4), bar, at_least)))}", flush=True)


def noted(line: str) -> Figure | None:
    """The figure in a line of a part's output, if it is one."""
    return Figure(**json.loads(line.removeprefix(_MARK))) if line.startswith(_MARK) else None


def table(figures: list[Figure], last: dict[str, float]) -> Iterator[str]:
    """All *figures* beside their bars and those of the *last* release, in Markdown."""
    yield "| figure | today | bar | last release | |"
    yield "|---|---|---|---|---|"
    for one in figures:
        bar = "–" if one.bar is None else f"{'≥' if one.at_least else '≤'} {one.bar:g}"
        before = f"{last[one.name]:g}" if one.name in last else "–"
        yield f"| {one.name} | {one.value:g} | {bar} | {before} | {'missed' if one.is_missed else ''} |"


def rss_mb(pid: int) -> float:
    """What the running process *pid* holds in memory, in MB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


def _burn(until: float) -> None:
    while time.monotonic() < until and os.getppid() != 1:
        sum(range(10_000))


@contextmanager
def one_core_burnt(*, really: bool, longest_s: float = 3600.0) -> Iterator[None]:
    """A second process that keeps one core busy meanwhile; it ends by itself, too."""
    process = multiprocessing.get_context("spawn").Process(
        target=_burn, args=(time.monotonic() + longest_s,), daemon=True
    )
    if really:
        process.start()
    try:
        yield
    finally:
        if really:
            process.kill()
            process.join()


def beside() -> Path | None:
    """Another build's checkout, which is measured in the same run: `BESIDE`."""
    named = os.environ.get("BESIDE")
    if named and not (Path(named) / "bot").is_dir():
        sys.exit(f"BESIDE is {named}, where there is no checkout of toughcustomer: give the folder with bot/ in it.")
    return Path(named).resolve() if named else None
