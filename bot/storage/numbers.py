"""The numbers that people call things by, F12 or E7: counted for each team and kind, and never given twice."""

from datetime import UTC, datetime

from bot.storage import quarantine
from bot.storage.database import Database

_COUNTED = {"followup": "followups", "case": "cases"}
_LEAP = 1000  # over what may have been given and purged since


def next_number(database: Database, team_id: str, kind: str) -> int:
    """
    The next number of *kind*. To be called in the transaction that uses it. Raises StorageUnavailable.

    The numbers of the team "" are where teams begin that a restored backup knew nothing of.
    Where the counter cannot be read, it goes on far above all that is there, and the quarantine says so.
    """
    key = {"team": team_id, "kind": kind}
    kept = database.rows("SELECT last FROM numbers WHERE team_id = :team AND kind = :kind", key)
    if kept and not isinstance(kept[0]["last"], int):
        sql = f"SELECT MAX(number) AS last FROM {_COUNTED[kind]} WHERE team_id = :team"  # noqa: S608 - one of ours
        last = (database.rows(sql, key)[0]["last"] or 0) + _LEAP
        database.execute(
            "UPDATE numbers SET last = :last WHERE team_id = :team AND kind = :kind", {**key, "last": last}
        )
        quarantine.put(database, team_id, "counter", kind, f"went on from {last}", datetime.now(UTC))
    rows = database.rows(
        """
        INSERT INTO numbers (team_id, kind, last) VALUES (
            :team, :kind, 1 + COALESCE((SELECT last FROM numbers WHERE team_id = '' AND kind = :kind), 0)
        )
        ON CONFLICT (team_id, kind) DO UPDATE SET last = numbers.last + 1
        RETURNING last
        """,
        key,
    )
    return int(rows[0]["last"])
