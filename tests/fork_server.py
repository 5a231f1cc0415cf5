"""
A fork server: a process that has imported everything and forks others, so that none of them imports it again.

It has no threads of its own when it forks. `ForkServer` is the side of whoever wants processes, `serve_forks` its own.
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
DRAINED, STUCK = 0, 3  # how a forked process may end by itself


class ForkServer:
    """Forks of *module*, one after the other. Use several for several at once."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")},
        )

    def run(self, given: Any) -> int:
        """Fork a process for *given*, a dataclass, and wait for its end; the exit status, negative for a signal."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(given)) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)


def serve_forks(run: Callable[[dict[str, Any]], int]) -> None:
    """In the fork server: for each line of the input *run* what it holds in a process of its own."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(run(json.loads(line)))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
