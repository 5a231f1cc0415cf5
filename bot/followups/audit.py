"""The self-audit of follow-ups and promises: every open one comes back by itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.audit import PATIENCE, AuditFinding, RowLooks
from bot.clock import stamp
from bot.storage.database import Database

_LOOKED_AT_FOR = timedelta(days=1)  # after their time: a reminder that was not there in the first minute never comes


class FollowUpAudit:
    """What is wrong with the follow-ups of one team."""

    def __init__(self, database: Database, team_id: str) -> None:
        self._rows = RowLooks(database, team_id, "F")

    def look(self, now: datetime) -> Iterator[AuditFinding]:
        """All that should have come back by *now*."""
        before = stamp(now - PATIENCE)
        yield from self._rows.find(
            "SELECT number FROM followups "
            "WHERE team_id = :team AND state = 'waiting' AND paused_at IS NULL AND due_at < :before",
            "its time is over, and it was not put due",
            before=before,
        )
        yield from self._rows.find(
            "SELECT number FROM followups "
            "WHERE team_id = :team AND state = 'due' AND next_at IS NOT NULL AND next_at < :before",
            "its next occurrence is over, and it did not come",
            before=before,
        )
        yield from self._rows.find(
            """
            SELECT number FROM followups
            WHERE team_id = :team AND state = 'due' AND due_at > :after AND NOT EXISTS (
                SELECT 1 FROM outbox WHERE outbox.team_id = :team AND outbox.key =
                    'F' || followups.number || ':' || followups.occurrence || ':' || substr(followups.wall, 1, 10))
            """,
            "is due, and there is no reminder of it",
            after=stamp(now - _LOOKED_AT_FOR),
        )
        yield from self._rows.find(
            """
            SELECT number FROM followups
            WHERE team_id = :team AND promise = 1 AND state IN ('waiting', 'due') AND paused_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM promises WHERE promises.team_id = :team AND promises.number = followups.number
                AND (promises.next_at IS NOT NULL OR promises.broken_at IS NOT NULL))
            """,
            "is promised, and nobody watches its time",
        )
        yield from self._rows.find(
            "SELECT number FROM promises WHERE team_id = :team AND next_at IS NOT NULL AND next_at < :before",
            "is promised, and nobody was warned or told when its time came",
            before=before,
        )
        yield from self._rows.find(
            """
            SELECT number FROM promises
            WHERE team_id = :team AND broken_at IS NOT NULL AND reported = 0 AND broken_at < :before
            """,
            "is a broken promise that nobody has heard of",
            before=before,
        )
