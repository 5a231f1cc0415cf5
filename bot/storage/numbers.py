"""The numbers that people call things by, F12 or E7: counted for each team and kind, and never given twice."""

from bot.storage.database import Database


def next_number(database: Database, team_id: str, kind: str) -> int:
    """
    The next number of *kind*. To be called in the transaction that uses it. Raises StorageUnavailable.

    The numbers of the team "" are where teams begin that a restored backup knew nothing of.
    """
    rows = database.rows(
        """
        INSERT INTO numbers (team_id, kind, last) VALUES (
            :team, :kind, 1 + COALESCE((SELECT last FROM numbers WHERE team_id = '' AND kind = :kind), 0)
        )
        ON CONFLICT (team_id, kind) DO UPDATE SET last = numbers.last + 1
        RETURNING last
        """,
        {"team": team_id, "kind": kind},
    )
    return int(rows[0]["last"])
