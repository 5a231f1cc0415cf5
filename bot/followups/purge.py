"""What is removed of follow-ups and promises, on request or when its time is over."""

from bot.storage.database import Database
from bot.storage.purge import Removed, remove_deliveries


class FollowUpPurge:
    """Removes follow-ups with their logs, promises and messages, over all teams."""

    def customer(self, database: Database, name: str, removed: Removed) -> None:
        """All follow-ups of a customer."""
        for row in database.rows("SELECT team_id, number, customer FROM followups WHERE customer IS NOT NULL"):
            if row["customer"].casefold() == name:
                _remove(database, row["team_id"], row["number"], removed)

    def user(self, database: Database, user: str, removed: Removed) -> None:
        """Those that a person made or owns."""
        sql = "SELECT team_id, number FROM followups WHERE owner = :who OR maker = :who"
        for row in database.rows(sql, {"who": user}):
            _remove(database, row["team_id"], row["number"], removed)

    def ended_before(self, database: Database, before: str, removed: Removed) -> None:
        """Those that are done or cancelled."""
        for row in database.rows("SELECT team_id, number FROM followups WHERE closed_at < :at", {"at": before}):
            _remove(database, row["team_id"], row["number"], removed)


def _remove(database: Database, team_id: str, number: int, removed: Removed) -> None:
    row = {"team": team_id, "number": number}
    database.execute("DELETE FROM promises WHERE team_id = :team AND number = :number", row)
    database.execute("DELETE FROM followup_log WHERE team_id = :team AND number = :number", row)
    remove_deliveries(database, team_id, f"F{number}", removed)
    removed["follow-ups"] += database.execute("DELETE FROM followups WHERE team_id = :team AND number = :number", row)
