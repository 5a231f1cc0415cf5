"""
Lives of a delivering process, ended by SIGKILL wherever a test wants it.

A life is a real process with a real database, on the real clock. To spare each of hundreds the time of importing, a
nursery process that has imported everything forks them; it has no threads of its own when it does.
"""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DRAINED, STUCK = 0, 3


@dataclass(frozen=True)
class Life:
    """
    What one process is given. It ends itself at *failpoint*, or when nothing is left to do (DRAINED).

    *mutant* names something to break in it; all durations are seconds.
    """

    database: str
    api_url: str
    token: str
    failpoint: str = ""
    mutant: str = ""
    timeout: float = 0.5
    settle: float = 0.4
    within: float = 25.0


class Nursery:
    """Starts lives, one after the other. Use several for several at once."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.delivery.lives"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")},
        )

    def live(self, life: Life) -> int:
        """Live *life* to its end; the exit status, negative for a signal."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(life)) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)


def main() -> None:
    from slack_sdk import WebClient  # noqa: F401 - imported here once for all lives

    import bot.delivery.sender
    import bot.delivery.wire
    import bot.followups.service  # noqa: F401

    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(_live(Life(**json.loads(line))))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _live(life: Life) -> int:
    from datetime import timedelta

    from bot.app import delivering
    from bot.clock import SystemClock
    from bot.emulator.seed import TEAM_ID
    from bot.slack.bolt import client_for, reading_client_for
    from bot.storage.sqlite import open_database
    from tests.delivery import mutants

    def failpoint(name: str) -> None:
        if name == life.failpoint:
            os.kill(os.getpid(), signal.SIGKILL)

    timeout = timedelta(seconds=life.timeout)
    client = client_for(life.token, life.api_url, timeout)
    reader = reading_client_for(life.token, life.api_url, timeout)
    parts: dict[str, Any] = mutants.parts(life.mutant)
    database = open_database(Path(life.database))
    _, sender = delivering(
        database,
        TEAM_ID,
        SystemClock(),
        client,
        reader,
        settle=parts.pop("settle", timeout + timedelta(seconds=life.settle)),
        join=False,
        failpoint=failpoint,
        **parts,
    )
    sender.start()
    deadline = time.monotonic() + life.within
    while time.monotonic() < deadline:
        rows = database.rows(
            """
            SELECT (SELECT COUNT(*) FROM followups WHERE state = 'waiting')
                 + (SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'claimed', 'sending', 'in_doubt')) AS n
            """
        )
        if rows[0]["n"] == 0:
            sender.stop(1.0)
            return DRAINED
        time.sleep(0.02)
    return STUCK


if __name__ == "__main__":
    main()
