"""
How dates are read: how many right, asked about and silently wrong, and how long it takes.

`make bench-dates`. It exits with 1 where a bar is missed.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from bot.followups.dates.questions import NotUnderstood
from bot.followups.dates.reader import read
from tests.followups import test_what_is_asked as reported
from tests.followups.test_dates import DATA, DEV, rows, verdict

BAR_MS, LONG_BAR_MS = 3.0, 20.0
LONG = {
    "plain words": "The customer wants 3 seats at the new price and says that the last offer by Dana beat ours; ",
    "numbers": "at 3 of 4 5/3 12 ",
    "names": "Ruby Tuesday and Tom of Noon Bank ask Jan 3 questions ",
}


def main() -> None:
    """Print the figures."""
    took: list[float] = []
    sets: dict[str, list[dict[str, Any]]] = {}
    for kind in ("usual", "rare"):
        sets[kind] = [row for row in rows(DATA) if row["kind"] == kind]
    sets["settled"] = rows(DEV)
    for name, phrases in sets.items():
        _score(name, phrases, verdict, took)
    for hand in sorted({row["hand"] for row in reported.REPORTED}):
        _score(
            f"reported, hand {hand}", [row for row in reported.REPORTED if row["hand"] == hand], reported.verdict, took
        )
    ordered = sorted(took)
    p99 = ordered[int(len(took) * 0.99)]
    sys.stdout.write(f"p50 {ordered[len(took) // 2]:.2f} ms, p99 {p99:.2f} ms (bar {BAR_MS:.0f} ms)\n")
    longest = 0.0
    for name, words in LONG.items():
        spent = min(_time(f"friday 3pm {words * 400}"[:3000]) for _ in range(5))
        longest = max(longest, spent)
        sys.stdout.write(f"3,000 characters of {name}: {spent:.1f} ms (bar {LONG_BAR_MS:.0f} ms)\n")
    sys.exit(p99 > BAR_MS or longest > LONG_BAR_MS)


def _score(name: str, phrases: list[dict[str, Any]], judge: Callable[[dict[str, Any]], str], took: list[float]) -> None:
    found: Counter[str] = Counter()
    for row in phrases:
        began = time.perf_counter()
        found[judge(row)] += 1
        took.append((time.perf_counter() - began) * 1000)
    shares = ", ".join(f"{one} {found[one] / len(phrases):.1%}" for one in ("right", "asked", "wrong"))
    sys.stdout.write(f"{name}: {len(phrases)} phrases, {shares}\n")


def _time(text: str) -> float:
    began = time.perf_counter()
    with suppress(NotUnderstood):
        read(text, reported.NOW, ZoneInfo("Europe/Berlin"), "en-GB")
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
