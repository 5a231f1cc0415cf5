"""The log of follow-ups: who did what to each, and when. Rows of `followup_log`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.clock import instant, stamp
from bot.delivery.set_aside import SetAside
from bot.storage.database import Database
from bot.storage.marks import counted_from


@dataclass(frozen=True, slots=True)
class FollowUpLogEntry:
    """One line of a follow-up's log: *who* did *what* at *at*."""

    at: datetime
    who: str
    what: str
    detail: str


class FollowUpLog:
    """The log of one team. Lines that cannot be read are left out, and go to *set_aside*; without it they raise."""

    def __init__(self, database: Database, team_id: str, set_aside: SetAside | None = None) -> None:
        self._database = database
        self._team_id = team_id
        self._set_aside = set_aside

    def turns(self, number: int) -> int:
        """A number that grows with each line of its log: none was used before."""
        sql = "SELECT MAX(id) AS last FROM followup_log WHERE team_id = :team_id AND number = :number"
        rows = self._database.rows(sql, {"team_id": self._team_id, "number": number})
        return self.counted_from() + int(rows[0]["last"] or 0)

    def counted_from(self) -> int:
        """What is counted for one follow-up goes on above this."""
        return counted_from(self._database, self._team_id)

    def last_entry(self, who: str, since: datetime) -> tuple[int, FollowUpLogEntry] | None:
        """What *who* did last to any follow-up, not before *since*, and to which."""
        rows = self._database.rows(
            "SELECT * FROM followup_log WHERE team_id = :team_id AND id > (SELECT MAX(id) FROM followup_log) - 5000 "
            "AND who = :who AND at >= :since ORDER BY id DESC LIMIT 1",
            {"team_id": self._team_id, "who": who, "since": stamp(since)},
        )
        if not rows:
            return None
        row = rows[0]
        return row["number"], FollowUpLogEntry(instant(row["at"]), row["who"], row["what"], row["detail"] or "")

    def log(self, number: int, who: str, what: str, detail: str, now: datetime) -> None:
        """Remember that *who* did *what*; "" for the bot itself."""
        self._database.execute(
            """
            INSERT INTO followup_log (team_id, number, at, who, what, detail)
            VALUES (:team_id, :number, :at, :who, :what, :detail)
            """,
            {"team_id": self._team_id, "number": number, "at": stamp(now), "who": who, "what": what, "detail": detail},
        )

    def entries(self, number: int) -> list[FollowUpLogEntry]:
        """The log of that follow-up, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM followup_log WHERE team_id = :team_id AND number = :number ORDER BY id",
            {"team_id": self._team_id, "number": number},
        )
        found = []
        for row in rows:
            try:
                found.append(FollowUpLogEntry(instant(row["at"]), row["who"], row["what"], row["detail"] or ""))
            except (ValueError, TypeError) as error:
                self.leave_out("follow-up log", row["id"], error, about=f"F{number}")
        return found

    def leave_out(self, kind: str, key: object, error: Exception, people: Iterable[str] = (), about: str = "") -> None:
        """Set aside what cannot be read; raises *error* where nothing can be set aside."""
        if self._set_aside is None:
            raise error
        self._set_aside.put(kind, key, error, datetime.now(UTC), people, about=about)
