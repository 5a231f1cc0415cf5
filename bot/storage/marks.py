"""
What a restored backup leaves in the database, so that nothing of the time that it does not know is repeated.

Marks of the team "" hold for teams that the backup knew nothing of.
"""

from bot.storage.database import Database

EPOCH = "epoch"  # how often this database was restored from a backup
RESTORED_AT = "restored_at"  # when it last was, as `stamp` writes it
_COUNTED_MEANWHILE = 1_000


def counted_from(database: Database, team_id: str) -> int:
    """What is counted for one thing (its reminders, its pages) goes on above this; 0 if nothing was ever restored."""
    return _COUNTED_MEANWHILE * max((int(value) for value in _values(database, team_id, EPOCH)), default=0)


def restored_at(database: Database, team_id: str) -> str:
    """When the database was last restored from a backup, as `stamp` writes it; "" if it never was."""
    return max(_values(database, team_id, RESTORED_AT), default="")


def _values(database: Database, team_id: str, name: str) -> list[str]:
    sql = "SELECT value FROM marks WHERE team_id IN (:team, '') AND name = :name"
    return [str(row["value"]) for row in database.rows(sql, {"team": team_id, "name": name})]
