"""How promises ended: kept, late or broken, by whose they were and which customer was told of them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.clock import stamp
from bot.customers.names import name_key
from bot.followups.model import FollowUp
from bot.storage.database import Database


class PromiseEnd(StrEnum):
    """How one ended: done in time, done once it counted as broken, or not done."""

    KEPT = "kept"
    LATE = "late"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class PromiseRecord:
    """How many promises were kept, late and broken, as far back as they are kept."""

    kept: int = 0
    late: int = 0
    broken: int = 0

    def __bool__(self) -> bool:
        return bool(self.kept or self.late or self.broken)

    def __str__(self) -> str:
        counted = ((self.kept, "kept"), (self.late, "late"), (self.broken, "broken"))
        return ", ".join(f"{count} {how}" for count, how in counted if count)


def occurrence_of(one: FollowUp) -> str:
    """Which of its occurrences a promise is; "" where it does not recur."""
    return one.planned.isoformat() if one.planned is not None else ""


class PromiseEnds:
    """
    How the promises of one team ended, each occurrence of those that recur by itself.

    Every method raises StorageUnavailable where nothing can be read or stored.
    """

    def __init__(self, database: Database, team_id: str) -> None:
        self._database = database
        self._team_id = team_id

    def end(self, one: FollowUp, how: PromiseEnd, now: datetime, planned: str | None = None) -> None:
        """*one* ended; with *planned* that occurrence of it. What was said of it before is replaced."""
        self._database.execute(
            """
            INSERT INTO promise_ends (team_id, number, planned, how, owner, name, channel, at)
            VALUES (:team, :number, :planned, :how, :owner, :name, :channel, :at)
            ON CONFLICT (team_id, number, planned) DO UPDATE SET how = excluded.how, at = excluded.at
            """,
            {
                **self._key(one),
                "planned": occurrence_of(one) if planned is None else planned,
                "how": str(how),
                "owner": one.wanted.owner,
                "name": name_key(one.wanted.customer) if one.wanted.customer else None,
                "channel": one.wanted.channel,
                "at": stamp(now),
            },
        )

    def was_broken(self, one: FollowUp) -> bool:
        """Whether the present occurrence of *one* counts as broken."""
        sql = "SELECT how FROM promise_ends WHERE team_id = :team AND number = :number AND planned = :planned"
        return any(row["how"] == PromiseEnd.BROKEN for row in self._database.rows(sql, self._key(one)))

    def not_kept_after_all(self, one: FollowUp) -> None:
        """That *one* was kept is taken back; where it was late, it is broken again."""
        where = "WHERE team_id = :team AND number = :number AND planned = :planned AND how ="
        self._database.execute(f"UPDATE promise_ends SET how = 'broken' {where} 'late'", self._key(one))  # noqa: S608
        self._database.execute(f"DELETE FROM promise_ends {where} 'kept'", self._key(one))  # noqa: S608

    def record_of(self, owner: str) -> PromiseRecord:
        """How those of *owner* ended."""
        return self._record("owner = :owner", lambda _: True, owner=owner)

    def record_for(self, customer: str, may_be_told: Callable[[str], bool]) -> PromiseRecord:
        """How those to *customer* ended, however it is written, that were made in channels that *may_be_told* of."""
        return self._record("name = :name AND name IS NOT NULL", may_be_told, name=name_key(customer))

    def _record(self, where: str, may_be_told: Callable[[str], bool], **values: object) -> PromiseRecord:
        sql = f"""
            SELECT how, channel, COUNT(*) AS n FROM promise_ends WHERE team_id = :team AND {where} GROUP BY how, channel
        """  # noqa: S608 - constants of ours
        counted = Counter[str]()
        for row in self._database.rows(sql, {"team": self._team_id, **values}):
            counted[row["how"]] += row["n"] if may_be_told(row["channel"]) else 0
        return PromiseRecord(**counted)

    def _key(self, one: FollowUp) -> dict[str, object]:
        return {"team": self._team_id, "number": one.number, "planned": occurrence_of(one)}
