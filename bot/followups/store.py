"""Rows of `followups` and of their log: SQL in, values out."""

import io
import secrets
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.clock import instant, stamp
from bot.customers.names import name_key
from bot.delivery.set_aside import SetAside
from bot.followups.model import FollowUp, FollowUpState, LocalTime, NewFollowUp
from bot.storage.database import Database, Row
from bot.storage.marks import counted_from
from bot.storage.numbers import next_number

_OPEN = "('waiting', 'due')"
_FIRED_AT_ONCE = 200
_KIND = "follow-up"  # what is set aside


@dataclass(frozen=True, slots=True)
class FollowUpLogEntry:
    """One line of a follow-up's log: *who* did *what* at *at*."""

    at: datetime
    who: str
    what: str
    detail: str


class FollowUpStore:
    """
    The follow-ups of one team. Every method raises StorageUnavailable where nothing can be stored.

    Rows that cannot be read are left out, and go to *set_aside*; without it they raise.
    """

    def __init__(self, database: Database, team_id: str, set_aside: SetAside | None = None) -> None:
        self._database = database
        self._team_id = team_id
        self._set_aside = set_aside
        self.transaction = database.transaction

    def add(self, wanted: NewFollowUp, maker: str, now: datetime) -> FollowUp:
        """Keep *wanted*, under the next number. To be called in a transaction."""
        number, token = next_number(self._database, self._team_id, "followup"), secrets.token_hex(4)
        self._database.execute(
            """
            INSERT INTO followups (team_id, number, customer, name, text, owner, maker, channel, thread_ts, private,
                due_at, wall, zone, rule, promise, made_at, token)
            VALUES (:team_id, :number, :customer, :name, :text, :owner, :maker, :channel, :thread_ts, :private,
                :due_at, :wall, :zone, :rule, :promise, :now, :token)
            """,
            {**self._columns(wanted), "number": number, "maker": maker, "now": stamp(now), "token": token},
        )
        self.log(number, maker, "made", stamp(wanted.due.at), now)
        return FollowUp(number, wanted, maker, FollowUpState.WAITING, 1, now, token=token)

    def get(self, number: int) -> FollowUp | None:
        """The follow-up of that number."""
        rows = self._select("number = :number", number=number)
        return rows[0] if rows else None

    def replace(self, follow_up: FollowUp, wanted: NewFollowUp) -> bool:
        """Change it to *wanted*, to be reminded of anew; False if it is closed or was changed meanwhile."""
        return (
            self._database.execute(
                f"""
            UPDATE followups SET customer = :customer, name = :name, text = :text, owner = :owner, channel = :channel,
                thread_ts = :thread_ts, private = :private, due_at = :due_at, wall = :wall, zone = :zone, rule = :rule,
                state = 'waiting', occurrence = CASE WHEN occurrence < :from THEN :from ELSE occurrence END + 1
            WHERE team_id = :team_id AND number = :number AND occurrence = :occurrence AND state IN {_OPEN}
            """,  # noqa: S608 - a constant of ours
                {
                    **self._columns(wanted),
                    "number": follow_up.number,
                    "occurrence": follow_up.occurrence,
                    "from": self._counted_from(),
                },
            )
            == 1
        )

    def times_given(self, number: int) -> int:
        """How often it was given to somebody; no such number was used before."""
        given = sum(entry.what == "reassigned" for entry in self.entries(number))
        return self._counted_from() + given

    def _counted_from(self) -> int:
        return counted_from(self._database, self._team_id)

    def give_to(self, number: int, owner: str, channel: str) -> bool:
        """Make *owner* responsible, and have it come back in *channel*; False if it is closed."""
        return self._update(number, "owner = :owner, channel = :channel", owner=owner, channel=channel)

    def close(self, number: int, state: FollowUpState, by: str, now: datetime) -> bool:
        """End it as *state*; False if it is closed already."""
        return self._update(
            number, "state = :state, closed_at = :now, closed_by = :by", state=str(state), by=by, now=stamp(now)
        )

    def reopen(self, number: int, state: FollowUpState) -> bool:
        """Take its end back; False if it has not ended."""
        changed = self._database.execute(
            "UPDATE followups SET state = :state, closed_at = NULL, closed_by = NULL "
            "WHERE team_id = :team_id AND number = :number AND state NOT IN ('waiting', 'due')",
            {"team_id": self._team_id, "number": number, "state": str(state)},
        )
        return changed == 1

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

    def fall_due(self, numbers: Sequence[int]) -> None:
        """Their time has come."""
        self._database.execute_each(
            "UPDATE followups SET state = 'due' WHERE team_id = :team_id AND number = :number AND state = 'waiting'",
            [{"team_id": self._team_id, "number": number} for number in numbers],
        )

    def is_due(self, now: datetime) -> bool:
        """Whether the time of any has come at *now*."""
        next_due = self.next_due()
        return next_due is not None and next_due <= now

    def due(self, now: datetime) -> list[FollowUp]:
        """Those whose time has come at *now*, the earliest first; a few hundred at the most."""
        rows = self._database.rows(
            f"""
            SELECT * FROM followups WHERE state = 'waiting' AND due_at <= :now AND team_id = :team_id {self._sound()}
            ORDER BY due_at LIMIT {_FIRED_AT_ONCE}
            """,  # noqa: S608 - a constant of ours
            {"now": stamp(now), "team_id": self._team_id},
        )
        return self._read(rows)

    def next_due(self) -> datetime | None:
        """When the next one is due."""
        try:
            return self._first_due()
        except (ValueError, TypeError):  # a time that is none: find out whose
            self._select(f"state = 'waiting' {self._sound()}")
            return self._first_due()

    def _first_due(self) -> datetime | None:
        waiting = f"FROM followups WHERE team_id = :team_id AND state = 'waiting' {self._sound()}"
        return first_time(self._database, "due_at", waiting, {"team_id": self._team_id})

    def is_set_aside(self, number: int) -> bool:
        """Whether it is there, and cannot be read."""
        return self._set_aside is not None and f"F{number}" in self._set_aside.keys(_KIND)

    def open_of(self, owner: str) -> list[FollowUp]:
        """The open ones of *owner*."""
        return self._select(f"owner = :owner AND state IN {_OPEN}", owner=owner)

    def open_in(self, channel: str) -> list[FollowUp]:
        """The open ones of *channel*."""
        return self._select(f"channel = :channel AND state IN {_OPEN}", channel=channel)

    def open_for(self, customer: str) -> list[FollowUp]:
        """The open ones about *customer*, however it is capitalised."""
        return self._select(f"name = :name AND name IS NOT NULL AND state IN {_OPEN}", name=name_key(customer))

    def is_known(self, customer: str) -> bool:
        """Whether one was ever made about *customer*, however it is capitalised."""
        return bool(
            self._database.rows(
                "SELECT 1 FROM followups WHERE team_id = :team_id AND name = :name AND name IS NOT NULL LIMIT 1",
                {"team_id": self._team_id, "name": name_key(customer)},
            )
        )

    def is_public(self, customer: str) -> bool:
        """Whether *customer* is named by one that was made where everybody may read."""
        return bool(
            self._database.rows(
                "SELECT 1 FROM followups WHERE team_id = :team_id AND name = :name AND name IS NOT NULL "
                "AND private = 0 LIMIT 1",
                {"team_id": self._team_id, "name": name_key(customer)},
            )
        )

    def customers(self) -> list[str]:
        """Every customer that was ever named, in one of its spellings; each costs one look into an index."""
        rows = self._database.rows(
            """
            WITH RECURSIVE known (name) AS (
                SELECT MIN(name) FROM followups WHERE team_id = :team_id AND name IS NOT NULL
                UNION ALL
                SELECT (SELECT MIN(name) FROM followups
                        WHERE team_id = :team_id AND name IS NOT NULL AND name > known.name)
                FROM known WHERE known.name IS NOT NULL
            )
            SELECT (SELECT MIN(customer) FROM followups
                    WHERE team_id = :team_id AND followups.name = known.name AND followups.name IS NOT NULL) AS customer
            FROM known WHERE name IS NOT NULL
            """,
            {"team_id": self._team_id},
        )
        return [row["customer"] for row in rows]

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
                self._leave_out("follow-up log", row["id"], error, about=f"F{number}")
        return found

    def _columns(self, wanted: NewFollowUp) -> dict[str, Any]:
        return {
            "team_id": self._team_id,
            "customer": wanted.customer,
            "name": name_key(wanted.customer) if wanted.customer else None,
            "text": wanted.text,
            "owner": wanted.owner,
            "channel": wanted.channel,
            "thread_ts": wanted.thread_ts,
            "private": int(wanted.private),
            "due_at": stamp(wanted.due.at),
            "wall": wanted.due.wall.isoformat(timespec="milliseconds"),
            "zone": wanted.due.zone.key,
            "rule": wanted.rule,
            "promise": int(wanted.promise),
        }

    def _select(self, where: str, **values: Any) -> list[FollowUp]:
        rows: Sequence[Row] = self._database.rows(
            f"SELECT * FROM followups WHERE team_id = :team_id AND {where} ORDER BY due_at, number",  # noqa: S608
            {"team_id": self._team_id, **values},
        )
        return self._read(rows)

    def _read(self, rows: Iterable[Row]) -> list[FollowUp]:
        found = []
        for row in rows:
            try:
                found.append(_follow_up(row))
            except Exception as error:  # noqa: BLE001 - whatever is wrong with a row, the others are read
                self._leave_out(_KIND, f"F{row['number']}", error, people=(row["owner"],))
        return found

    def _leave_out(self, kind: str, key: object, error: Exception, people: Iterable[str] = (), about: str = "") -> None:
        if self._set_aside is None:
            raise error
        self._set_aside.put(kind, key, error, datetime.now(UTC), people, about=about)

    def _sound(self) -> str:
        """SQL that leaves out what is set aside."""
        return self._set_aside.clause(_KIND, "'F' || number", ":team_id") if self._set_aside else ""

    def _update(self, number: int, assignments: str, **values: Any) -> bool:
        changed = self._database.execute(
            f"UPDATE followups SET {assignments} WHERE team_id = :team_id AND number = :number AND state IN {_OPEN}",  # noqa: S608
            {"team_id": self._team_id, "number": number, **values},
        )
        return changed == 1


def first_time(database: Database, column: str, source: str, values: Row) -> datetime | None:
    """
    The first time in *column* of *source*, which is SQL from its FROM on; None if there is none.

    Raises ValueError or TypeError where the first or the last is none that can be read.
    """
    sql = f"SELECT (SELECT MIN({column}) {source}) AS first, (SELECT MAX({column}) {source}) AS last"
    row = database.rows(sql, values)[0]
    if row["first"] is None:
        return None
    instant(row["last"])
    return instant(row["first"])


def _follow_up(row: Row) -> FollowUp:
    wanted = NewFollowUp(
        text=row["text"],
        owner=row["owner"],
        due=_local_time(row),
        channel=row["channel"],
        customer=row["customer"],
        thread_ts=row["thread_ts"],
        private=bool(row["private"]),
        rule=row["rule"],
        promise=bool(row["promise"]),
    )
    return FollowUp(
        number=row["number"],
        wanted=wanted,
        maker=row["maker"],
        state=FollowUpState(row["state"]),
        occurrence=row["occurrence"],
        made_at=instant(row["made_at"]),
        closed_at=instant(row["closed_at"]) if row["closed_at"] else None,
        closed_by=row["closed_by"],
        token=row["token"],
    )


def _local_time(row: Row) -> LocalTime:
    """When it is due. Its instant is known, so a zone that this machine does not know is taken as an offset."""
    at, wall = instant(row["due_at"]), datetime.fromisoformat(row["wall"])
    try:
        zone = ZoneInfo(row["zone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = fixed_zone(str(row["zone"]), wall - at.replace(tzinfo=None))
    return LocalTime(at, wall, zone)


def fixed_zone(key: str, offset: timedelta) -> ZoneInfo:
    """A zone of the name *key* whose clocks are always ahead of UTC by *offset*."""
    ahead = max(-86_399, min(86_399, round(offset.total_seconds())))
    header = b"TZif" + bytes(16) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    return ZoneInfo.from_file(io.BytesIO(header + struct.pack(">lbb", ahead, 0, 0) + b"LMT\0"), key=key)
