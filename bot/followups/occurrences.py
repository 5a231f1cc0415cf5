"""Occurrences of recurring follow-ups that are over, each by the key of its reminder: how its message is to look."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.clock import instant, stamp
from bot.followups.follow_up_rows import local_text
from bot.followups.model import FollowUp, LocalTime
from bot.storage.database import Database, Row


class OccurrenceEnd(StrEnum):
    """What became of one: done, not pressed until the next came, put off, stopped with its series, or ended with it."""

    DONE = "done"
    MISSED = "missed"
    SNOOZED = "snoozed"
    PAUSED = "paused"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class PastOccurrence:
    """
    One that is over: *who* ended it ("": the bot) at *at*, or put it off *until*.

    It came at *due* (UTC), by its rule at *planned* (local).
    """

    key: str
    occurrence: int
    how: OccurrenceEnd
    who: str
    at: datetime
    due: datetime
    wall: datetime
    planned: datetime
    missed: int
    until: datetime | None = None

    def before(self, one: FollowUp) -> FollowUp:
        """*one* as it was when this was its occurrence."""
        due = LocalTime(self.due, self.wall, one.wanted.due.zone)
        wanted = replace(one.wanted, due=due)
        return replace(
            one, wanted=wanted, occurrence=self.occurrence, planned=self.planned, missed=self.missed, next_at=None
        )


class Occurrences:
    """The past occurrences of one team. Every method raises StorageUnavailable where nothing can be read or stored."""

    def __init__(self, database: Database, team_id: str) -> None:
        self._database = database
        self._team_id = team_id

    def end(self, one: FollowUp, how: OccurrenceEnd, who: str, now: datetime, until: datetime | None = None) -> None:
        """
        The present occurrence of *one*, which recurs, is over, or put off *until* then.

        To be called in the transaction that goes on.
        """
        if one.planned is None:
            return
        self._database.execute(
            """
            INSERT INTO occurrences (
                team_id, key, number, occurrence, state, who, at, until, due_at, wall, planned, missed
            ) VALUES (:team, :key, :number, :occurrence, :state, :who, :at, :until, :due_at, :wall, :planned, :missed)
            ON CONFLICT (team_id, key) DO UPDATE SET state = excluded.state, who = excluded.who, at = excluded.at,
                until = excluded.until
            """,
            {
                "team": self._team_id,
                "key": one.key,
                "number": one.number,
                "occurrence": one.occurrence,
                "state": str(how),
                "who": who,
                "at": stamp(now),
                "until": stamp(until) if until else None,
                "due_at": stamp(one.wanted.due.at),
                "wall": local_text(one.wanted.due.wall),
                "planned": local_text(one.planned),
                "missed": one.missed,
            },
        )

    def of(self, key: str) -> PastOccurrence | None:
        """The one whose reminder had that key, if it is over."""
        return self._first("key = :key", key=key)

    def last_of(self, number: int) -> PastOccurrence | None:
        """The last one of that follow-up that was done, missed, put off or paused."""
        return self._first("number = :number AND state <> 'over' ORDER BY occurrence DESC LIMIT 1", number=number)

    def take_back(self, past: PastOccurrence) -> None:
        """It is not over after all."""
        self._database.execute(
            "DELETE FROM occurrences WHERE team_id = :team AND key = :key", {"team": self._team_id, "key": past.key}
        )

    def _first(self, where: str, **values: object) -> PastOccurrence | None:
        sql = f"SELECT * FROM occurrences WHERE team_id = :team AND {where}"  # noqa: S608 - constants of ours
        rows = self._database.rows(sql, {"team": self._team_id, **values})
        return _past(rows[0]) if rows else None


def _past(row: Row) -> PastOccurrence:
    return PastOccurrence(
        row["key"],
        row["occurrence"],
        OccurrenceEnd(row["state"]),
        row["who"],
        instant(row["at"]),
        instant(row["due_at"]),
        datetime.fromisoformat(row["wall"]),
        datetime.fromisoformat(row["planned"]),
        row["missed"],
        instant(row["until"]) if row["until"] else None,
    )
