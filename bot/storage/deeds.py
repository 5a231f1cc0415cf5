"""
Deeds: what was done because of one message, window or press, so that what is begun again is not done again.

The cause is Slack's own name for it: ``channel:ts`` of a message, the id of a view.
"""

from datetime import datetime

from bot.clock import stamp
from bot.storage.database import Database


class Deeds:
    """The deeds of one team. Every method raises StorageUnavailable where nothing can be stored."""

    def __init__(self, database: Database, team_id: str) -> None:
        self._database = database
        self._team_id = team_id

    def done(self, cause: str) -> int | None:
        """The number of what was made because of *cause*; None if nothing was, or there is no *cause*."""
        if not cause:
            return None
        rows = self._database.rows(
            "SELECT subject FROM deeds WHERE team_id = :team AND cause = :cause",
            {"team": self._team_id, "cause": cause},
        )
        subject = str(rows[0]["subject"]) if rows else ""
        return int(subject[1:]) if subject[1:].isdigit() else None

    def note(self, cause: str, subject: str, now: datetime) -> None:
        """*subject* (such as F12) was made because of *cause*. To be called in the transaction that makes it."""
        if not cause:
            return
        self._database.execute(
            "INSERT INTO deeds (team_id, cause, subject, at) VALUES (:team, :cause, :subject, :at) "
            "ON CONFLICT (team_id, cause) DO NOTHING",
            {"team": self._team_id, "cause": cause, "subject": subject, "at": stamp(now)},
        )
