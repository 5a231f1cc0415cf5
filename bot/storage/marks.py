"""Marks: single values that the bot keeps for itself, such as until when it has heard all events."""

from bot.storage.database import Database


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

    def set(self, name: str, value: str) -> None:
        """Set it."""
        self._database.execute(
            "INSERT INTO marks (team_id, name, value) VALUES (:team, :name, :value) "
            "ON CONFLICT (team_id, name) DO UPDATE SET value = excluded.value",
            {"team": self._team_id, "name": name, "value": value},
        )
