"""Rows of `followups` and of their log: SQL in, values out."""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.clock import stamp
from bot.customers.names import name_key
from bot.delivery.set_aside import SetAside
from bot.followups.follow_up_log import FollowUpLog
from bot.followups.follow_up_rows import first_time, local_text, read_follow_up
from bot.followups.model import FollowUp, FollowUpState, Hint, LocalTime, NewFollowUp, Offer, Seeking
from bot.storage.database import Database, Row
from bot.storage.numbers import next_number

_OPEN = "('waiting', 'due')"
_FIRED_AT_ONCE = 200
_KIND = "follow-up"  # what is set aside


class FollowUpStore(FollowUpLog):
    """
    The follow-ups of one team. Every method raises StorageUnavailable where nothing can be stored.

    Rows that cannot be read are left out, and go to *set_aside*; without it they raise.
    """

    def __init__(self, database: Database, team_id: str, set_aside: SetAside | None = None) -> None:
        super().__init__(database, team_id, set_aside)
        self.transaction = database.transaction

    def add(self, wanted: NewFollowUp, maker: str, now: datetime) -> FollowUp:
        """Keep *wanted*, under the next number. To be called in a transaction."""
        number, token = next_number(self._database, self._team_id, "followup"), secrets.token_hex(4)
        self._database.execute(
            """
            INSERT INTO followups (team_id, number, customer, name, text, owner, maker, channel, thread_ts, private,
                due_at, wall, zone, rule, starts, planned, holidays, promise, made_at, token)
            VALUES (:team_id, :number, :customer, :name, :text, :owner, :maker, :channel, :thread_ts, :private,
                :due_at, :wall, :zone, :rule, :starts, :planned, :holidays, :promise, :now, :token)
            """,
            {**self._columns(wanted), "number": number, "maker": maker, "now": stamp(now), "token": token},
        )
        self.log(number, maker, "made", stamp(wanted.due.at), now)
        planned = wanted.series.starts if wanted.series else None
        return FollowUp(number, wanted, maker, FollowUpState.WAITING, 1, now, token=token, planned=planned)

    def get(self, number: int) -> FollowUp | None:
        """The follow-up of that number."""
        rows = self._select("number = :number", number=number)
        return rows[0] if rows else None

    def replace(self, follow_up: FollowUp, wanted: NewFollowUp, *, planned: datetime | None = None) -> bool:
        """
        Change it to *wanted*, to be reminded of anew; False if it is closed or was changed meanwhile.

        *planned*: which time of its series the next occurrence is; without it, the first.
        """
        columns = self._columns(wanted)
        return (
            self._database.execute(
                f"""
            UPDATE followups SET customer = :customer, name = :name, text = :text, owner = :owner, channel = :channel,
                thread_ts = :thread_ts, private = :private, due_at = :due_at, wall = :wall, zone = :zone, rule = :rule,
                starts = :starts, planned = :planned, holidays = :holidays, missed = :missed, next_at = NULL,
                hint = NULL,
                state = 'waiting', occurrence = CASE WHEN occurrence < :from THEN :from ELSE occurrence END + 1
            WHERE team_id = :team_id AND number = :number AND occurrence = :occurrence AND state IN {_OPEN}
            """,  # noqa: S608 - a constant of ours
                {
                    **columns,
                    "planned": local_text(planned) if planned else columns["planned"],
                    "missed": follow_up.missed if planned and planned == follow_up.planned else 0,
                    "number": follow_up.number,
                    "occurrence": follow_up.occurrence,
                    "from": self.counted_from(),
                },
            )
            == 1
        )

    def go_on(self, one: FollowUp, before: FollowUp) -> bool:
        """
        Keep *one*, which recurs, as its series has gone on since it was *before*; False if somebody changed it since.

        Nobody's hint that it is done holds for another occurrence.
        """
        changed = self._database.execute(
            f"""
            UPDATE followups SET state = :state, due_at = :due_at, wall = :wall, planned = :planned, next_at = :next_at,
                missed = :missed, paused_at = :paused_at, occurrence = :occurrence,
                hint = CASE WHEN occurrence = :occurrence THEN hint END
            WHERE team_id = :team_id AND number = :number AND occurrence = :before AND state IN {_OPEN}
            """,  # noqa: S608 - a constant of ours
            {
                "team_id": self._team_id,
                "number": one.number,
                "before": before.occurrence,
                "state": str(one.state),
                "due_at": stamp(one.wanted.due.at),
                "wall": local_text(one.wanted.due.wall),
                "planned": local_text(one.planned) if one.planned else None,
                "next_at": stamp(one.next_at) if one.next_at else None,
                "missed": one.missed,
                "paused_at": stamp(one.paused_at) if one.paused_at else None,
                "occurrence": one.occurrence,
            },
        )
        return changed == 1

    def numbered(self, one: FollowUp, before: FollowUp) -> FollowUp:
        """*one* with a number for its occurrence that none of its reminders had, where it is another than *before*."""
        if one.occurrence == before.occurrence:
            return one
        sql = "SELECT MAX(occurrence) AS last FROM occurrences WHERE team_id = :team_id AND number = :number"
        rows = self._database.rows(sql, {"team_id": self._team_id, "number": one.number})
        return replace(one, occurrence=max(one.occurrence, int(rows[0]["last"] or 0) + 1))

    def offer(self, number: int, offer: Offer | None) -> bool:
        """Note that somebody is asked to take it over, or that nobody is any more; False if it is closed."""
        return self._update(
            number, "offered_to = :to, offered_by = :by", to=offer.to if offer else None, by=offer.by if offer else None
        )

    def offered_to(self, user: str) -> list[FollowUp]:
        """The open ones that *user* is asked to take over."""
        return self._select(f"offered_to = :user AND offered_to IS NOT NULL AND state IN {_OPEN}", user=user)

    def hint(self, number: int, hint: Hint) -> bool:
        """Note a reason to ask whether it is done; False if it is closed."""
        written = json.dumps({"what": hint.what, "who": hint.who, "at": stamp(hint.at)})
        return self._update(number, "hint = :hint", hint=written)

    def seek(self, number: int, seeking: Seeking | None) -> bool:
        """Note that somebody else is asked to take it, or no longer; False if it is closed."""
        until = stamp(seeking.until) if seeking and seeking.until else None
        return self._update(number, "seeking = :why", why=json.dumps([seeking.gone, until]) if seeking else None)

    def has_open_in_thread(self, channel: str, thread_ts: str) -> bool:
        """Whether any open one was made in that thread."""
        where = f"channel = :channel AND thread_ts = :thread AND thread_ts IS NOT NULL AND state IN {_OPEN}"
        sql = f"SELECT 1 FROM followups WHERE team_id = :team_id AND {where} LIMIT 1"  # noqa: S608 - constants of ours
        return bool(self._database.rows(sql, {"team_id": self._team_id, "channel": channel, "thread": thread_ts}))

    def open_in_thread(self, channel: str, thread_ts: str) -> list[FollowUp]:
        """The open ones that were made in a thread."""
        where = f"channel = :channel AND thread_ts = :thread AND thread_ts IS NOT NULL AND state IN {_OPEN}"
        return self._select(where, channel=channel, thread=thread_ts)

    def waiting_after(self, number: int, count: int) -> list[FollowUp]:
        """The next *count* open ones of a higher number, in the order of their numbers."""
        rows = self._database.rows(
            f"SELECT * FROM followups WHERE team_id = :team_id AND number > :number AND state IN {_OPEN} "  # noqa: S608
            "ORDER BY number LIMIT :count",
            {"team_id": self._team_id, "number": number, "count": count},
        )
        return self._read(rows)

    def move(self, number: int, due: LocalTime, next_at: datetime | None) -> None:
        """It is due at another instant, since its zone's rules have changed: its local time stays."""
        self._update(
            number,
            "due_at = :due_at, next_at = :next_at",
            due_at=stamp(due.at),
            next_at=stamp(next_at) if next_at else None,
        )

    def give_to(self, number: int, owner: str, channel: str) -> bool:
        """Make *owner* responsible, and have it come back in *channel*; False if it is closed."""
        moved = "thread_ts = CASE WHEN channel = :channel THEN thread_ts END"
        return self._update(
            number, f"{moved}, owner = :owner, channel = :channel, seeking = NULL", owner=owner, channel=channel
        )

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
            SELECT * FROM followups
            WHERE state = 'waiting' AND paused_at IS NULL AND due_at <= :now AND team_id = :team_id {self._sound()}
            ORDER BY due_at LIMIT {_FIRED_AT_ONCE}
            """,  # noqa: S608 - a constant of ours
            {"now": stamp(now), "team_id": self._team_id},
        )
        return self._read(rows)

    def owners_of_due(self, until: datetime, most: int) -> list[str]:
        """The owners of what falls due before *until*, in channels; *most* at the most."""
        rows = self._database.rows(
            "SELECT owner FROM followups WHERE state = 'waiting' AND paused_at IS NULL AND due_at <= :until "
            "AND team_id = :team_id AND channel NOT LIKE '@%' UNION "
            "SELECT owner FROM followups WHERE state = 'due' AND next_at IS NOT NULL AND next_at <= :until "
            "AND team_id = :team_id AND channel NOT LIKE '@%' LIMIT :most",
            {"team_id": self._team_id, "until": stamp(until), "most": most},
        )
        return [str(row["owner"]) for row in rows]

    def due_again(self, now: datetime) -> list[FollowUp]:
        """Those that nobody has done, and whose next time has come at *now*."""
        rows = self._database.rows(
            f"""
            SELECT * FROM followups
            WHERE state = 'due' AND next_at IS NOT NULL AND next_at <= :now AND team_id = :team_id {self._sound()}
            ORDER BY next_at LIMIT {_FIRED_AT_ONCE}
            """,  # noqa: S608 - a constant of ours
            {"now": stamp(now), "team_id": self._team_id},
        )
        return self._read(rows)

    def next_due(self) -> datetime | None:
        """When the next one is due."""
        try:
            return self._first_due()
        except (ValueError, TypeError):  # a time that is none: find out whose
            self._select(f"state IN {_OPEN} {self._sound()}")
            return self._first_due()

    def _first_due(self) -> datetime | None:
        team = {"team_id": self._team_id}
        waiting = f"FROM followups WHERE team_id = :team_id AND state = 'waiting' AND paused_at IS NULL {self._sound()}"
        again = f"FROM followups WHERE team_id = :team_id AND state = 'due' AND next_at IS NOT NULL {self._sound()}"
        first = first_time(self._database, "due_at", waiting, team), first_time(self._database, "next_at", again, team)
        return min((at for at in first if at is not None), default=None)

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
            "wall": local_text(wanted.due.wall),
            "zone": wanted.due.zone.key,
            "rule": wanted.series.rule if wanted.series else None,
            "starts": local_text(wanted.series.starts) if wanted.series else None,
            "planned": local_text(wanted.series.starts) if wanted.series else None,
            "holidays": wanted.series.holidays if wanted.series else "",
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
                found.append(read_follow_up(row))
            except Exception as error:  # noqa: BLE001 - whatever is wrong with a row, the others are read
                self.leave_out(_KIND, f"F{row['number']}", error, people=(row["owner"],))
        return found

    def _sound(self) -> str:
        """SQL that leaves out what is set aside."""
        return self._set_aside.clause(_KIND, "'F' || number", ":team_id") if self._set_aside else ""

    def _update(self, number: int, assignments: str, **values: Any) -> bool:
        changed = self._database.execute(
            f"UPDATE followups SET {assignments} WHERE team_id = :team_id AND number = :number AND state IN {_OPEN}",  # noqa: S608
            {"team_id": self._team_id, "number": number, **values},
        )
        return changed == 1
