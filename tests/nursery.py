"""
A nursery: a process that has imported everything and forks others, so that each of many need not import it again.

It has no threads of its own when it forks. `Nursery` is the side of whoever wants lives, `foster` that of the nursery.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DRAINED, STUCK = 0, 3  # how a life may end by itself


class Nursery:
    """Starts lives, one after the other, in forks of *module*. Use several for several at once."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")},
        )

    def live(self, life: Any) -> int:
        """Live *life*, a dataclass, to its end; the exit status, negative for a signal."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(life)) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)


def foster(live: Callable[[dict[str, Any]], int]) -> None:
    """In the nursery: read lives, a line each, and *live* each in a process of its own; ends with its input."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(live(json.loads(line)))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
