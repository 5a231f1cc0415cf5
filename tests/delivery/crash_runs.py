"""
Crash runs: processes that deliver, ended by SIGKILL wherever a test wants it.

Each is a real process with a real database, on the real clock, forked by a fork server.
"""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fork_server import DRAINED, STUCK, serve_forks


@dataclass(frozen=True)
class CrashRun:
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
    within: float = 600.0


def main() -> None:
    from slack_sdk import WebClient  # noqa: F401 - imported here once for all runs

    import bot.delivery.sender
    import bot.delivery.transport
    import bot.followups.service  # noqa: F401

    serve_forks(lambda given: _run(CrashRun(**given)))


def _run(run: CrashRun) -> int:
    from datetime import timedelta

    from bot.clock import SystemClock
    from bot.demo_seed import TEAM_ID
    from bot.slack.bolt import client_for, reading_client_for
    from bot.storage.sqlite import open_database
    from tests.delivering import delivering
    from tests.delivery import mutants

    def failpoint(name: str) -> None:
        if name == run.failpoint:
            os.kill(os.getpid(), signal.SIGKILL)

    timeout = timedelta(seconds=run.timeout)
    client = client_for(run.token, run.api_url, timeout)
    reader = reading_client_for(run.token, run.api_url, timeout)
    parts: dict[str, Any] = mutants.parts(run.mutant)
    database = open_database(Path(run.database))
    _, sender = delivering(
        database,
        TEAM_ID,
        SystemClock(),
        client,
        reader,
        settle=parts.pop("settle", timeout + timedelta(seconds=run.settle)),
        join=False,
        failpoint=failpoint,
        **parts,
    )
    sender.start()
    deadline = time.monotonic() + run.within
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
