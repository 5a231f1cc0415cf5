"""
The whole suite on a machine that is busy with something else: `make test-busy`.

Four processes burn the processors while the tests run three times in a row, in a random order, twice three at once and
once one after the other; then once more at the lowest priority, beside one process of the usual: beside four of those
it would get a hundredth of two processors, and take a day. It ends with 1 where any of it failed.
"""

import contextlib
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator

RUNS = ((3, 0, 4), (3, 0, 4), (1, 0, 4), (3, 19, 1))  # how many tests at once, how nice, beside how many


def _burn() -> None:
    while True:
        pass


@contextlib.contextmanager
def busy(how_many: int) -> Iterator[None]:
    """Keep the processors busy meanwhile."""
    burners = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(how_many)]
    for one in burners:
        one.start()
    try:
        yield
    finally:
        for one in burners:
            one.kill()


def main() -> None:
    failed = 0
    for at_once, nice, beside in RUNS:
        began = time.monotonic()
        niceness = ["nice", "-n", str(nice)] if nice else []
        with busy(beside):
            ended = subprocess.run(
                [*niceness, sys.executable, "-m", "pytest", "-n", str(at_once), *sys.argv[1:]],
                check=False,
                env=os.environ,
            )
        failed += bool(ended.returncode)
        took_s = time.monotonic() - began
        print(f"{at_once} at once, nice {nice}, beside {beside}: {ended.returncode} after {took_s:.0f} s", flush=True)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
