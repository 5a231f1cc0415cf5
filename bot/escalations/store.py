"""Rows of cases and settings: SQL in, values out."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.clock import instant, stamp
from bot.customers.names import name_key
from bot.delivery.set_aside import SetAside
from bot.errors import UserError
from bot.escalations.model import Case, CaseState, Roster, Trigger
from bot.escalations.page_store import PageStore
from bot.escalations.policy import Policy, Step
from bot.storage.database import Database, Row
from bot.storage.numbers import next_number

_KIND = "case"  # of what is set aside


class CaseStore(PageStore):
    """
    The cases of one team, and the threads that they are about. Every method raises StorageUnavailable.

    Rows that cannot be read are left out, and go to *set_aside*; without it they raise.
    """

    def __init__(self, database: Database, team_id: str, set_aside: SetAside | None = None) -> None:
        super().__init__(database, team_id)
        self._set_aside = set_aside

    # cases

    def add(self, case: Case) -> Case:
        """Keep *case* under the next number. To be called in a transaction."""
        number = next_number(self._database, self._team_id, "case")
        self._do(
            """
            INSERT INTO cases (team_id, number, channel, thread_ts, private, customer, name, owner, asked_by, policy, met, muted,
                state, step, tries, due_at, read_from, opened_at, token, home, card)
            VALUES (:team, :number, :channel, :thread_ts, :private, :customer, :name, :owner, :asked_by, :policy, :met, :muted,
                :state, 0, 0, :due_at, :read_from, :opened_at, :token, :home, :card)
            """,
            number=number, channel=case.channel, thread_ts=case.thread_ts, private=int(case.private),
            customer=case.customer, name=_folded(case.customer), owner=case.owner, asked_by=case.asked_by, policy=_roster_json(case.roster),
            met=_met_json(case.met), muted=json.dumps(sorted(case.muted)), state=str(case.state), due_at=_stamp(case.due_at), read_from=case.read_from,
            opened_at=stamp(case.opened_at), token=secrets.token_hex(4), home=case.home, card=case.card,
        )  # fmt: skip
        kept = self.get(number)
        assert kept is not None
        return kept

    def change(self, number: int, only_if: Sequence[CaseState] = (), **values: Any) -> bool:
        """Set columns of a case that is in one of the states *only_if*; False if it is not."""
        columns = {
            name: _met_json(value) if name == "met"
            else json.dumps(sorted(value)) if name == "muted"
            else stamp(value) if isinstance(value, datetime)
            else str(value) if isinstance(value, CaseState)
            else _roster_json(value) if isinstance(value, Roster)
            else value
            for name, value in values.items()
        }  # fmt: skip
        if "customer" in columns:
            columns["name"] = _folded(columns["customer"])
        states = ", ".join(f"'{state}'" for state in only_if) or "state"
        assignments = ", ".join(f"{name} = :{name}" for name in columns)
        sql = f"UPDATE cases SET {assignments} WHERE team_id = :team AND number = :n AND state IN ({states})"  # noqa: S608
        return self._do(sql, n=number, **columns) == 1

    def get(self, number: int) -> Case | None:
        """The case of that number."""
        rows = self._cases("team_id = :team AND number = :number", number=number)
        return rows[0] if rows else None

    def known(self, number: int) -> Case:
        """The case of that number. Raises UserError if there is none."""
        case = self.get(number)
        if case is None and self._set_aside is not None and f"E{number}" in self._set_aside.keys(_KIND):
            raise UserError(f"I cannot read E{number} from my database. Whoever runs me has been told.")
        if case is None:
            raise UserError(f"There is no E{number}. It may have been purged, or belongs to another workspace.")
        return case

    def open_at(self, channel: str, thread_ts: str) -> Case | None:
        """The open case of a thread."""
        rows = self._cases("team_id = :team AND channel = :channel AND thread_ts = :thread AND state <> 'closed'", channel=channel, thread=thread_ts)  # fmt: skip
        return rows[0] if rows else None

    def joined_at(self, channel: str, thread_ts: str) -> Case | None:
        """The open case, living elsewhere, that a thread has joined."""
        rows = self._cases(
            """
            team_id = :team AND state <> 'closed' AND number = (SELECT joined FROM watched
                WHERE watched.team_id = :team AND watched.channel = :channel AND watched.thread_ts = :thread)
            """,
            channel=channel, thread=thread_ts,
        )  # fmt: skip
        return rows[0] if rows else None

    def case_at(self, channel: str, thread_ts: str) -> Case | None:
        """The open case that a thread belongs to: its own, or the one that it has joined."""
        return self.open_at(channel, thread_ts) or self.joined_at(channel, thread_ts)

    def last_at(self, channel: str, thread_ts: str) -> Case | None:
        """The last case of a thread, open or not."""
        rows = self._cases(
            "team_id = :team AND channel = :channel AND thread_ts = :thread", channel=channel, thread=thread_ts
        )
        return rows[-1] if rows else None

    def all_open(self) -> list[Case]:
        """All open cases."""
        return self._cases("team_id = :team AND state <> 'closed'")

    def about(self, customer: str) -> list[Case]:
        """All cases of *customer*, however it is capitalised."""
        return self._cases("team_id = :team AND name = :name", name=_folded(customer))

    def open_about(self, customer: str) -> list[Case]:
        """The open cases of *customer*, the oldest first."""
        return self._cases("team_id = :team AND name = :name AND state <> 'closed'", name=_folded(customer))

    def customers(self) -> list[str]:
        """Every customer that a case was about, in one of its spellings; each costs one look into an index."""
        rows = self._rows(
            """
            WITH RECURSIVE known (name) AS (
                SELECT MIN(name) FROM cases WHERE team_id = :team AND name IS NOT NULL
                UNION ALL
                SELECT (SELECT MIN(name) FROM cases WHERE team_id = :team AND name IS NOT NULL AND name > known.name)
                FROM known WHERE known.name IS NOT NULL
            )
            SELECT (SELECT MIN(customer) FROM cases
                    WHERE team_id = :team AND cases.name = known.name AND cases.name IS NOT NULL) AS customer
            FROM known WHERE name IS NOT NULL
            """
        )
        return [row["customer"] for row in rows]

    def unplaced(self) -> list[Case]:
        """Those whose thread has not begun."""
        return self._cases("team_id = :team AND thread_ts = ''")

    def due(self, now: datetime) -> list[Case]:
        """Those whose time has come."""
        where = f"team_id = :team AND due_at IS NOT NULL AND due_at <= :now {self._sound()}"
        return self._cases(where, now=stamp(now))

    def next_due(self) -> datetime | None:
        """When the next one goes on."""
        try:
            return self._first_due()
        except (ValueError, TypeError):  # a time that is none: find out whose
            self._cases(f"team_id = :team AND due_at IS NOT NULL {self._sound()}")
            return self._first_due()

    def _first_due(self) -> datetime | None:
        sql = f"SELECT MIN(due_at) AS at FROM cases WHERE team_id = :team AND due_at IS NOT NULL {self._sound()}"  # noqa: S608
        at = self._rows(sql)[0]["at"]
        return instant(at) if at else None

    def put_aside(self, number: int, error: Exception) -> None:
        """That case cannot be gone on with: leave it alone until the next start, and tell."""
        if self._set_aside is None:
            raise error
        self._set_aside.put(_KIND, f"E{number}", error, datetime.now(UTC))

    def _sound(self) -> str:
        """SQL that leaves out what is set aside."""
        return self._set_aside.clause(_KIND, "'E' || number") if self._set_aside else ""

    # settings

    def setting(self, name: str) -> Any:
        """What was set under *name*; None if nothing was, or it cannot be read."""
        rows = self._rows("SELECT value FROM settings WHERE team_id = :team AND name = :name", name=name)
        try:
            return json.loads(rows[0]["value"]) if rows else None
        except ValueError as error:
            self.setting_aside(name, error)
            return None

    def setting_aside(self, name: str, error: Exception) -> None:
        """What was set under *name* cannot be read: the playbook holds until it is set again, and admins hear of it."""
        if self._set_aside is None:
            raise error
        self._set_aside.put("setting", name, error, datetime.now(UTC))

    def set(self, name: str, value: Any) -> None:
        """Keep *value* under *name*."""
        self._do("INSERT INTO settings (team_id, name, value) VALUES (:team, :name, :value) "
            "ON CONFLICT (team_id, name) DO UPDATE SET value = excluded.value",
            name=name, value=json.dumps(value))  # fmt: skip

    def _cases(self, where: str, **values: Any) -> list[Case]:
        # sorted here: asked for in the order of their numbers, SQLite reads all cases of the team
        rows = self._rows(f"SELECT * FROM cases WHERE {where}", **values)  # noqa: S608
        found = []
        for row in sorted(rows, key=lambda row: int(row["number"])):
            try:
                found.append(_case(row))
            except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
                self.put_aside(row["number"], error)
        return found


def _stamp(at: datetime | None) -> str | None:
    return stamp(at) if at else None


def _folded(customer: str | None) -> str | None:
    return name_key(customer) if customer else None


def _trigger(kept: dict[str, Any]) -> Trigger:
    return Trigger(**{**kept, "because": tuple(kept.get("because", ()))})


def _met_json(met: Sequence[Trigger]) -> str:
    return json.dumps([asdict(one) for one in met])


def _roster_json(roster: Roster) -> str:
    return json.dumps(
        {"policy": {**roster.policy.to_json(), "chain": [], "channels": {}}, "steps": _steps_json(roster.steps),
         "named": _steps_json(roster.named), "zones": dict(roster.zones)}
    )  # fmt: skip


def _steps_json(steps: Sequence[Step]) -> list[dict[str, Any]]:
    return [{"who": list(step.who), "wait": step.wait.total_seconds()} for step in steps]


def _roster(text: str) -> Roster:
    found = json.loads(text)
    return Roster(
        Policy.read(found["policy"]), _steps(found["steps"]), found["zones"], _steps(found.get("named") or ())
    )


def _steps(kept: Sequence[dict[str, Any]]) -> tuple[Step, ...]:
    return tuple(Step(tuple(step["who"]), timedelta(seconds=step["wait"])) for step in kept)


def _case(row: Row) -> Case:
    def at(name: str) -> datetime | None:
        return instant(row[name]) if row[name] else None

    return Case(
        number=row["number"], channel=row["channel"], thread_ts=row["thread_ts"], private=bool(row["private"]),
        customer=row["customer"], owner=row["owner"], asked_by=row["asked_by"], roster=_roster(row["policy"]),
        met=tuple(_trigger(one) for one in json.loads(row["met"])), muted=frozenset(json.loads(row["muted"])),
        state=CaseState(row["state"]), step=row["step"], tries=row["tries"], due_at=at("due_at"),
        opened_at=instant(row["opened_at"]), taken_by=row["taken_by"], taken_until=at("taken_until"),
        read_from=row["read_from"], closed_at=at("closed_at"), closed_by=row["closed_by"], outcome=row["outcome"],
        cause=row["cause"], token=row["token"], home=row["home"], card=row["card"], line=row["line"],
    )  # fmt: skip
