"""The self-audit of cases: every open one goes on by itself."""

from collections.abc import Iterator
from datetime import datetime

from bot.audit import PATIENCE, AuditFinding, RowLooks
from bot.clock import stamp
from bot.storage.database import Database


class CaseAudit:
    """What is wrong with the cases of one team."""

    def __init__(self, database: Database, team_id: str) -> None:
        self._database = database
        self._team_id = team_id
        self._rows = RowLooks(database, team_id, "E")

    def look(self, now: datetime) -> Iterator[AuditFinding]:
        """All that should have gone on by *now*."""
        # whoever has it has written in the thread since: then nothing is to happen when their time is over
        yield from self._rows.find(
            """
            SELECT number FROM cases
            WHERE team_id = :team AND state <> 'closed' AND state IN ('paging', 'acknowledged') AND due_at IS NULL
            AND (state = 'paging' OR taken_until IS NULL OR taken_until > :now)
            """,
            "has no next step",
            now=stamp(now),
        )
        yield from self._rows.find(
            "SELECT number FROM cases WHERE team_id = :team AND due_at IS NOT NULL AND due_at < :before",
            "has not gone on when its time came",
            before=stamp(now - PATIENCE),
        )
        yield from self._rows.find(
            """
            SELECT number FROM cases
            WHERE team_id = :team AND thread_ts = '' AND state <> 'closed' AND NOT EXISTS (
                SELECT 1 FROM outbox WHERE outbox.team_id = :team AND outbox.subject = 'E' || cases.number
                AND outbox.kind = 'root' AND outbox.recipient IS NULL
                AND outbox.state IN ('pending', 'claimed', 'sending', 'in_doubt', 'sent'))
            """,
            "has no thread, and no message that begins one is on its way",
        )

    def counts(self) -> dict[tuple[str, ...], float]:
        """How many cases are open, by state."""
        rows = self._database.rows(
            "SELECT state, COUNT(*) AS n FROM cases WHERE team_id = :team AND state <> 'closed' GROUP BY state",
            {"team": self._team_id},
        )
        return {(row["state"],): row["n"] for row in rows}
