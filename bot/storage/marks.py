"""
Marks: single values that the bot keeps for itself, such as until when it has heard all events.

Among them is what a restored backup leaves, so that nothing of the time that it does not know is repeated; such marks
of the team "" hold for teams that the backup knew nothing of.
"""

from bot.storage.database import Database

EPOCH = "epoch"  # how often this database was restored from a backup
RESTORED = "restored"  # the trouble of messages and events of which a restored backup knows only half
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


class Marks:
    """The marks of one team. Every method raises StorageUnavailable where nothing can be read or stored."""

    def __init__(self, database: Database, team_id: str) -> None:
        self._database = database
        self._team_id = team_id

    def get(self, name: str) -> str | None:
        """The mark of that name; None if it was never set."""
        rows = self._database.rows(
            "SELECT value FROM marks WHERE team_id = :team AND name = :name", {"team": self._team_id, "name": name}
        )
        return str(rows[0]["value"]) if rows else None

    def restored_at(self) -> str:
        """When the database was last restored from a backup, as `stamp` writes it; "" if it never was."""
        return restored_at(self._database, self._team_id)

    def set(self, name: str, value: str) -> None:
        """Set it."""
        self._database.execute(
            "INSERT INTO marks (team_id, name, value) VALUES (:team, :name, :value) "
            "ON CONFLICT (team_id, name) DO UPDATE SET value = excluded.value",
            {"team": self._team_id, "name": name, "value": value},
        )
