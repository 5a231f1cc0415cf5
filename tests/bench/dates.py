"""
How dates are read: how many right, asked about and silently wrong, and how long it takes.

`make bench-dates`. It exits with 1 where a bar is missed.
"""

import sys
import time
from collections import Counter

from tests.followups.test_dates import DATA, DEV, rows, verdict

BAR_MS = 5.0


def main() -> None:
    took: list[float] = []
    sets = {kind: [row for row in rows(DATA) if row["kind"] == kind] for kind in ("usual", "rare")}
    sets["settled"] = rows(DEV)
    for kind, phrases in sets.items():
        found: Counter[str] = Counter()
        for row in phrases:
            began = time.perf_counter()
            found[verdict(row)] += 1
            took.append((time.perf_counter() - began) * 1000)
        shares = ", ".join(f"{name} {found[name] / len(phrases):.1%}" for name in ("right", "asked", "wrong"))
        sys.stdout.write(f"{kind}: {len(phrases)} phrases, {shares}\n")
    ordered = sorted(took)
    p99 = ordered[int(len(took) * 0.99)]
    sys.stdout.write(f"p50 {ordered[len(took) // 2]:.2f} ms, p99 {p99:.2f} ms (bar {BAR_MS:.0f} ms)\n")
    sys.exit(p99 > BAR_MS)


if __name__ == "__main__":
    main()
