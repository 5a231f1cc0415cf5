"""
What a restored backup has to be told before a bot runs on it: that time has passed which it knows nothing of.

In that time ids were given, messages posted and pages answered. So ids go on far above, what is overdue is looked for
before it would be posted, and whoever may have answered meanwhile is not paged at once.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import instant, stamp
from bot.storage.before_opening import tables_of
from bot.storage.marks import EPOCH, RESTORED, RESTORED_AT

_LETTERS = {"followup": "F", "case": "E"}
_WAIT = timedelta(minutes=10)  # for a case that tells none
_GRACE = timedelta(minutes=15)  # what a promise is given once more
_TIMES = {
    "inbox": ("received_at",),
    "thumbs": ("created_at",),
    "outbox": ("planned_at", "sending_at", "sent_at"),
    "followups": ("made_at", "closed_at"),
    "followup_log": ("at",),
    "cases": ("opened_at", "closed_at"),
    "case_log": ("at",),
    "thread_messages": ("at",),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """How far a database had counted: the last number by team and kind, and how often it had been restored."""

    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """From when a backup was, what is open in it, and what was done so that a bot may run on it."""

    as_of: datetime | None
    cases: int
    follow_ups: int
    in_doubt: int
    postponed: int
    events: int
    first_ids: tuple[str, ...]


def counted(path: Path) -> Counted:
    """How far the database at *path* had counted; nothing where that cannot be read."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        return _counted(connection)
    except sqlite3.Error:
        return Counted()
    finally:
        connection.close()


def begin_after(connection: sqlite3.Connection, before: Counted, now: datetime) -> Begun:
    """
    Write down at *now*, in one transaction, that the database was restored; *before*: how far the lost one had counted.

    Raises sqlite3.Error.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        as_of = _newest(connection)
        known, teams = _counted(connection), _teams(connection) | {team for team, _ in before.numbers}
        numbers = _raise_numbers(connection, teams, known, before)
        _mark(connection, teams, max(known.epoch, before.epoch) + 1, now)
        at = {"now": stamp(now)}
        in_doubt = connection.execute(
            """
            UPDATE outbox SET state = 'in_doubt', owner = NULL, verify_at = :now, verifications = 0, unreadable = 0,
                doubt_until = :now, trouble = :restored
            WHERE state IN ('claimed', 'sending', 'in_doubt') OR (state = 'pending' AND due_at <= :now)
            """,
            {**at, "restored": RESTORED},
        ).rowcount
        events = connection.execute(
            "UPDATE inbox SET state = 'dead', trouble = :restored WHERE state IN ('received', 'working')",
            {"restored": RESTORED},
        ).rowcount
        later = stamp(now + _GRACE)
        promises = connection.execute(
            "UPDATE promises SET next_at = :later WHERE next_at <= :now", {**at, "later": later}
        ).rowcount
        begun = Begun(
            as_of=as_of,
            cases=_count(connection, "SELECT COUNT(*) FROM cases WHERE state <> 'closed'"),
            follow_ups=_count(connection, "SELECT COUNT(*) FROM followups WHERE state IN ('waiting', 'due')"),
            in_doubt=in_doubt,
            postponed=promises + _wait_once_more(connection, now),
            events=events,
            first_ids=tuple(f"{_LETTERS[kind]}{numbers[kind] + 1}" for kind in _LETTERS),
        )
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
    return begun


def _counted(connection: sqlite3.Connection) -> Counted:
    numbers = {(team, kind): last for team, kind, last in connection.execute("SELECT * FROM numbers")}
    epochs = [int(row[0]) for row in connection.execute("SELECT value FROM marks WHERE name = ?", (EPOCH,))]
    return Counted(numbers, max(epochs, default=0))


def _raise_numbers(connection: sqlite3.Connection, teams: set[str], known: Counted, before: Counted) -> dict[str, int]:
    """Let every team count on far above; returns the highest by kind. The team "" is any that is not known yet."""
    kinds = {*_LETTERS, *(kind for _, kind in known.numbers), *(kind for _, kind in before.numbers)}
    highest: dict[str, int] = {}
    for team in teams:
        for kind in kinds:
            last = max(known.numbers.get((team, kind), 0), before.numbers.get((team, kind), 0))
            raised = (last // 1_000 + 2) * 1_000
            highest[kind] = max(raised, highest.get(kind, 0))
            connection.execute(
                "INSERT INTO numbers (team_id, kind, last) VALUES (?, ?, ?) "
                "ON CONFLICT (team_id, kind) DO UPDATE SET last = excluded.last",
                (team, kind, raised),
            )
    return highest


def _mark(connection: sqlite3.Connection, teams: set[str], epoch: int, now: datetime) -> None:
    for team in teams:
        for name, value in ((EPOCH, str(epoch)), (RESTORED_AT, stamp(now))):
            connection.execute(
                "INSERT INTO marks (team_id, name, value) VALUES (?, ?, ?) "
                "ON CONFLICT (team_id, name) DO UPDATE SET value = excluded.value",
                (team, name, value),
            )


def _wait_once_more(connection: sqlite3.Connection, now: datetime) -> int:
    """Give the people of each case that is due now the wait of their step; returns how many cases."""
    due = connection.execute(
        "SELECT team_id, number, step, policy FROM cases WHERE state <> 'closed' AND due_at <= ?", (stamp(now),)
    ).fetchall()
    for team, number, step, policy in due:
        steps = json.loads(policy).get("steps") or []
        wait = timedelta(seconds=steps[min(step, len(steps) - 1)]["wait"]) if steps else _WAIT
        connection.execute(
            "UPDATE cases SET due_at = ? WHERE team_id = ? AND number = ?", (stamp(now + wait), team, number)
        )
        connection.execute(
            "INSERT INTO case_log (team_id, number, at, who, what, detail) VALUES (?, ?, ?, '', ?, '')",
            (team, number, stamp(now), "restored from a backup"),
        )
    return len(due)


def _teams(connection: sqlite3.Connection) -> set[str]:
    """Every team that has rows, and "" for those that have none yet."""
    with_team = [one for one in tables_of(connection) if "team_id" in _columns(connection, one)]
    return {""}.union(
        *({team for (team,) in connection.execute(f'SELECT DISTINCT team_id FROM "{one}"')} for one in with_team)  # noqa: S608
    )


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]


def _newest(connection: sqlite3.Connection) -> datetime | None:
    """The time of the newest row."""
    return max(_times(connection), default=None)


def _times(connection: sqlite3.Connection) -> Iterator[datetime]:
    for table, columns in _TIMES.items():
        for column in columns:
            newest = connection.execute(f"SELECT MAX({column}) FROM {table}").fetchone()[0]  # noqa: S608 - ours
            try:
                found = instant(newest) if newest else None
            except ValueError:
                continue
            if found:
                yield found if found.tzinfo else found.replace(tzinfo=UTC)


def _count(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])
