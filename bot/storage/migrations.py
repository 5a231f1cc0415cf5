"""
The schema, step by step. A step that was released never changes; a new one is added at the end.

Every table has `team_id`, so that workspaces never see each other's rows. Times are UTC in ISO 8601.
"""

from sqlite_utils import Database as SqliteUtils
from sqlite_utils import Migrations

APPLICATION_ID = 0x70756768  # "pugh" in ASCII: marks a file as ours
MIGRATIONS = Migrations("toughcustomer")


def known() -> frozenset[str]:
    """The names of all steps that this program has."""
    return frozenset(step.name for step in MIGRATIONS._migrations)


@MIGRATIONS()
def m001_inbox(db: SqliteUtils) -> None:
    """Events, kept before they are acknowledged. *subject* is ``channel:ts`` of the message a person wrote."""
    db.conn.execute(
        """
        CREATE TABLE inbox (
            team_id TEXT NOT NULL,
            event_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT,
            received_at TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('received', 'working', 'done')),
            payload TEXT,
            PRIMARY KEY (team_id, event_id)
        ) WITHOUT ROWID
        """
    )
    db.conn.execute("CREATE UNIQUE INDEX inbox_subject ON inbox (team_id, subject) WHERE subject IS NOT NULL")
    db.conn.execute("CREATE INDEX inbox_open ON inbox (state, received_at) WHERE state <> 'done'")
    db.conn.execute("CREATE INDEX inbox_received_at ON inbox (received_at)")


@MIGRATIONS()
def m002_thumbs(db: SqliteUtils) -> None:
    """What people thought of a card. *answer* is a random token, so that a changed mind replaces the first one."""
    db.conn.execute(
        """
        CREATE TABLE thumbs (
            team_id TEXT NOT NULL,
            answer TEXT NOT NULL,
            card_id TEXT NOT NULL,
            helped INTEGER NOT NULL CHECK (helped IN (0, 1)),
            example TEXT,
            words TEXT,
            created_at TEXT NOT NULL,
            PRIMARY KEY (team_id, answer, card_id)
        ) WITHOUT ROWID
        """
    )
    db.conn.execute("CREATE INDEX thumbs_card ON thumbs (team_id, card_id)")
