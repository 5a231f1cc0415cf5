"""Lateness: which messages should have been sent by now, are under way for too long, or are in doubt for too long."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.clock import Clock, instant, stamp
from bot.delivery.outbox import Outbox
from bot.slack.health import joined
from bot.storage.database import Row

_URGENT_LATE = timedelta(seconds=60)
_LATE = timedelta(minutes=10)
_IN_DOUBT_TOO_LONG = timedelta(minutes=10)
_NAMED = 5  # ids in one reason


class Lateness:
    """
    What is late in *outbox*.

    A call to Slack may take *timeout*, for each read; *refused* tells why Slack takes no messages, if it takes none.
    """

    def __init__(
        self, outbox: Outbox, clock: Clock, timeout: timedelta, refused: Callable[[], str | None] = lambda: None
    ) -> None:
        self._database = outbox.database
        self._team_id = outbox.team_id
        self._clock = clock
        self._under_way_too_long = timeout * 3
        self._refused = refused

    def what_is_late(self) -> str | None:
        """For the health report: urgent ones after a minute, others after ten while Slack takes any."""
        found = [self._unsent(_URGENT_LATE, "urgent message", "urgent = 1")]
        if not self._refused():
            found.append(self._unsent(_LATE, "message", "urgent = 0"))
        return joined(*found)

    def what_is_stuck(self) -> str | None:
        """For the health report: calls that do not come back, and messages that stay in doubt."""
        return joined(
            self._since("claimed", "claimed_at", self._under_way_too_long, "is about to be sent"),
            self._since("sending", "sending_at", self._under_way_too_long, "is being sent"),
            self._since("in_doubt", "sending_at", _IN_DOUBT_TOO_LONG, "is in doubt"),
        )

    def oldest(self) -> timedelta:
        """For how long the oldest message that is not sent has been in the outbox; 0 where there is none."""
        rows = self._database.rows(
            "SELECT MIN(planned_at) AS at FROM outbox WHERE team_id = :team AND state = 'pending'",
            {"team": self._team_id},
        )
        return max(timedelta(), self._clock.now() - instant(rows[0]["at"])) if rows[0]["at"] else timedelta()

    def redraws(self) -> int:
        """About how many things messages are to be drawn anew."""
        rows = self._database.rows("SELECT COUNT(*) AS n FROM redraws WHERE team_id = :team", {"team": self._team_id})
        return int(rows[0]["n"])

    def _unsent(self, after: timedelta, what: str, where: str) -> str | None:
        now = self._clock.now()
        rows = self._rows(f"state = 'pending' AND {where} AND planned_at < :before", "planned_at", now - after)
        return f"{what} {_named(rows, now)} waits to be sent" if rows else None

    def _since(self, state: str, column: str, after: timedelta, what: str) -> str | None:
        now = self._clock.now()
        # the whole list as well: only then SQLite takes the index of those that are not sent yet
        where = f"state IN ('claimed', 'sending', 'in_doubt', 'held', 'failed') AND state = '{state}'"
        rows = self._rows(f"{where} AND {column} < :before", column, now - after)
        return f"message {_named(rows, now)} {what}" if rows else None

    def _rows(self, where: str, since: str, before: datetime) -> list[Row]:
        return self._database.rows(
            f"SELECT subject, {since} AS since FROM outbox WHERE team_id = :team AND {where} "  # noqa: S608 - ours
            f"ORDER BY {since} LIMIT {_NAMED + 1}",
            {"team": self._team_id, "before": stamp(before)},
        )


def _named(rows: list[Row], now: datetime) -> str:
    names = ", ".join(dict.fromkeys(row["subject"] for row in rows[:_NAMED]))
    more = " and others" if len(rows) > _NAMED else ""
    return f"{names}{more} (the oldest for {(now - instant(rows[0]['since'])).total_seconds():.0f} s)"
