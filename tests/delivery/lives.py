"""
Lives of a delivering process, ended by SIGKILL wherever a test wants it.

A life is a real process with a real database, on the real clock. To spare each of hundreds the time of importing, a
nursery process that has imported everything forks them; it has no threads of its own when it does.
"""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.nursery import DRAINED, STUCK, foster


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
    within: float = 600.0


def main() -> None:
    from slack_sdk import WebClient  # noqa: F401 - imported here once for all lives

    import bot.delivery.sender
    import bot.delivery.transport
    import bot.followups.service  # noqa: F401

    foster(lambda life: _live(Life(**life)))


def _live(life: Life) -> int:
    from datetime import timedelta

    from bot.clock import SystemClock
    from bot.demo_seed import TEAM_ID
    from bot.slack.bolt import client_for, reading_client_for
    from bot.storage.sqlite import open_database
    from tests.delivering import delivering
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
