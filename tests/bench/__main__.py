"""
All benchmarks: `make bench` prints one table, with each figure's bar and that of the last release.

    BESIDE=FOLDER   measures another build's checkout in the same run, where a bar is a share of it
    BURN=1          with a second process that burns one core
    PARTS="a b"     only these parts
    RELEASE=1       keeps the figures in docs/figures.json, for the next release to be compared with

It exits with 1 where a bar is missed. A quarter of an hour on two cores.
"""

import json
import os
import subprocess
import sys

from tests.bench.figures import LAST, Figure, noted, one_core_burnt, table

PARTS = ("start", "search", "commands", "pages", "speed", "home", "delivery", "timers")


def run(part: str) -> list[Figure]:
    """The figures of one part, whose other lines are shown as they come."""
    print(f"\n## {part}\n", flush=True)
    arguments = ["--few"] if part == "timers" else []
    command = [sys.executable, "-m", f"tests.bench.{part}", *arguments]
    found = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if figure := noted(line):
                found.append(figure)
            else:
                print(line, end="", flush=True)
    return found


def main() -> int:
    parts = os.environ.get("PARTS", "").split() or PARTS
    last = json.loads(LAST.read_text(encoding="utf-8")) if LAST.exists() else {}
    with one_core_burnt(really=bool(os.environ.get("BURN"))):
        figures = [figure for part in parts for figure in run(part)]
    print("\n## all\n")
    for line in table(figures, last):
        print(line)
    if os.environ.get("RELEASE"):
        LAST.write_text(json.dumps({one.name: one.value for one in figures}, indent=1) + "\n", encoding="utf-8")
    missed = [one.name for one in figures if one.is_missed]
    print(f"\n{len(missed)} bars missed{': ' if missed else ''}{'; '.join(missed)}")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
