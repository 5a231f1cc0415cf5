"""What people chose for themselves: single values by person and name."""

from bot.storage.database import Database

COUNTRY = "country"  # whose holidays are skipped, such as "DE-BY"
MORNING = "morning"  # "on": a list of the day, each morning
HOME = "home"  # the day that the Home tab shows, once it was looked at; it is kept up to date


class Preferences:
    """The preferences of one team's people. Every method raises StorageUnavailable where nothing can be stored."""

    def __init__(self, database: Database, team_id: str) -> None:
        self._database = database
        self._team_id = team_id

    def get(self, user: str, name: str) -> str | None:
        """What *user* chose; None if nothing."""
        rows = self._database.rows(
            "SELECT value FROM preferences WHERE team_id = :team AND user = :user AND name = :name",
            {"team": self._team_id, "user": user, "name": name},
        )
        return str(rows[0]["value"]) if rows else None

    def set(self, user: str, name: str, value: str) -> None:
        """*user* chose *value*; with "" nothing is kept."""
        key = {"team": self._team_id, "user": user, "name": name}
        if not value:
            self._database.execute(
                "DELETE FROM preferences WHERE team_id = :team AND user = :user AND name = :name", key
            )
            return
        self._database.execute(
            "INSERT INTO preferences (team_id, user, name, value) VALUES (:team, :user, :name, :value) "
            "ON CONFLICT (team_id, user, name) DO UPDATE SET value = excluded.value",
            {**key, "value": value},
        )

    def people(self, name: str) -> dict[str, str]:
        """What everybody chose who chose anything for *name*, by person."""
        rows = self._database.rows(
            "SELECT user, value FROM preferences WHERE team_id = :team AND name = :name",
            {"team": self._team_id, "name": name},
        )
        return {str(row["user"]): str(row["value"]) for row in rows}
