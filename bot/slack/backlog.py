"""The backlog of events: how many wait in the inbox, for how long, and which are dead."""

from datetime import timedelta

from bot.clock import Clock, instant, stamp
from bot.storage.database import Database
from bot.storage.marks import RESTORED

_WAITS_TOO_LONG = timedelta(seconds=60)


class EventBacklog:
    """What is not done in the inbox of one team."""

    def __init__(self, database: Database, clock: Clock, team_id: str) -> None:
        self._database = database
        self._clock = clock
        self._team_id = team_id

    def counts(self) -> dict[str, int]:
        """How many events are not done, by state: received, working, dead."""
        rows = self._database.rows(
            "SELECT state, COUNT(*) AS n FROM inbox WHERE team_id = :team AND state <> 'done' GROUP BY state",
            {"team": self._team_id},
        )
        return {row["state"]: row["n"] for row in rows}

    def what_waits(self) -> str | None:
        """For the health report: events that should have been read a minute ago."""
        now = self._clock.now()
        waiting, first = 0, ""
        for state in ("received", "working"):
            # "<> 'done'" as well: only then SQLite takes the index of those that are not done
            rows = self._database.rows(
                """
                SELECT COUNT(*) AS n, MIN(received_at) AS first FROM inbox
                WHERE team_id = :team AND state = :state AND state <> 'done' AND received_at < :before
                    AND (not_before IS NULL OR not_before < :before)
                """,
                {"team": self._team_id, "state": state, "before": stamp(now - _WAITS_TOO_LONG)},
            )
            waiting += rows[0]["n"]
            first = min(filter(None, (first, rows[0]["first"])), default="")
        if not waiting:
            return None
        return f"{waiting} events wait, the oldest for {(now - instant(first)).total_seconds():.0f} s"

    def what_is_dead(self) -> str | None:
        """For the health report: events that could not be read however often it was tried."""
        rows = self._database.rows(
            "SELECT COUNT(*) AS n FROM inbox WHERE team_id = :team AND state = 'dead' AND state <> 'done' "
            "AND (trouble IS NULL OR trouble <> :restored)",  # those were read after the backup was made
            {"team": self._team_id, "restored": RESTORED},
        )
        dead = rows[0]["n"]
        return f"{dead} events could not be read and are tried no more" if dead else None
