"""
What RETENTION and `purge` cost a running bot: `make bench-retire`, some minutes.

The bars: the hourly look with nothing to remove takes 10 ms at the most, a transaction 50 ms, and the names of
customers are there within 10 ms. It exits with 1 where one is missed; the bars are for two quiet cores.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import stamp
from bot.escalations.store import CaseStore
from bot.features import shipped
from bot.followups.store import FollowUpStore
from bot.storage.purge import purge_customer, purge_user, retire
from bot.storage.sqlite import SqliteDatabase, open_database

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PARTS = [one.purge for one in shipped() if one.purge]
KEPT = timedelta(days=180)
CUSTOMERS = 2_000
POLICY = '{"policy": {}, "steps": [{"who": ["U1"], "wait": 600}], "zones": {"U1": "UTC"}, "outsiders": []}'
MET = '[{"criterion": "asked", "means": "Asked for", "evidence": "they left", "urgent": true, "known": true}]'
BODY = '{"text": "Acme needs you", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "they left"}}]}'


class Measured:
    """A database that notes how long each of its outermost transactions held it."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database
        self.held_ms: list[float] = []
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._depth += 1
        began = time.perf_counter()
        try:
            with self._database.transaction():
                yield
        finally:
            self._depth -= 1
            if not self._depth:
                self.held_ms.append((time.perf_counter() - began) * 1000)

    def __getattr__(self, name: str) -> object:
        return getattr(self._database, name)


def fill(database: SqliteDatabase, first: int, count: int, at: datetime, *, state: str = "closed") -> None:
    """*count* cases and follow-ups with their messages, which ended at *at*."""
    when, connection = stamp(at), database._connection
    closed = when if state == "closed" else None
    numbers = range(first, first + count)
    names = [f"Customer {number % CUSTOMERS}" for number in numbers]
    with database.transaction():
        connection.executemany(
            "INSERT INTO cases (team_id, number, channel, thread_ts, customer, name, owner, policy, met, state,"
            " opened_at, closed_at) VALUES ('T1', ?, 'C1', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(number, f"{number}.1", name, name.casefold(), f"U{number % 500}", POLICY, MET, state, when, closed)
             for number, name in zip(numbers, names, strict=True)],
        )  # fmt: skip
        connection.executemany(
            "INSERT INTO watched (team_id, channel, thread_ts, began_at) VALUES ('T1', 'C1', ?, ?)",
            [(f"{number}.1", when) for number in numbers],
        )
        connection.executemany(
            "INSERT INTO thread_messages (team_id, channel, thread_ts, ts, author, role, text, at)"
            " VALUES ('T1', 'C1', ?, ?, ?, 'rep', ?, ?)",
            [(f"{number}.1", f"{number}.{said}", f"U{number % 500}", f"{name} is waiting for the fix, day {said}", when)
             for number, name in zip(numbers, names, strict=True) for said in range(3)],
        )  # fmt: skip
        connection.executemany(
            "INSERT INTO case_log (team_id, number, at, who, what, detail) VALUES ('T1', ?, ?, ?, 'opened', '')",
            [(number, when, f"U{number % 500}") for number in numbers],
        )
        connection.executemany(
            "INSERT INTO followups (team_id, number, customer, name, text, owner, maker, channel, due_at, wall, zone,"
            " state, made_at, closed_at) VALUES"
            " ('T1', ?, ?, ?, 'send the options', ?, ?, 'C1', ?, '2026-01-01T09:00:00.000', 'UTC', ?, ?, ?)",
            [(number, name, name.casefold(), f"U{number % 500}", f"U{number % 500}", when,
              "done" if state == "closed" else "waiting", when, closed)
             for number, name in zip(numbers, names, strict=True)],
        )  # fmt: skip
        connection.executemany(
            "INSERT INTO outbox (team_id, key, kind, subject, channel, recipient, body, due_at, planned_at, not_before,"
            " state, slack_ts) VALUES ('T1', ?, 'page', ?, 'C1', 'U1', ?, ?, ?, ?, 'sent', ?)",
            [(f"{letter}{number}:x", f"{letter}{number}", BODY, when, when, when, f"{number}.9")
             for number in numbers for letter in "EF"],
        )  # fmt: skip


def took_ms(work: Callable[[], object], times: int = 7) -> float:
    made = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        made.append((time.perf_counter() - began) * 1000)
    return statistics.median(made)


def longest_wait_ms(database: SqliteDatabase, work: Callable[[], object]) -> tuple[float, float]:
    """Do *work* while another thread writes a row every 10 ms: seconds that it took, and the longest wait."""
    over, waits = threading.Event(), [0.0]

    def write() -> None:
        while not over.wait(0.01):
            began = time.perf_counter()
            with database.transaction():
                database.execute("INSERT INTO marks VALUES ('T1', 'x', 'x') ON CONFLICT DO NOTHING")
            waits.append((time.perf_counter() - began) * 1000)

    thread = threading.Thread(target=write)
    thread.start()
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    over.set()
    thread.join()
    return seconds, max(waits)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kept", type=int, default=300_000, help="cases, and as many follow-ups, that stay")
    parser.add_argument("--old", type=int, default=20_000, help="those whose time is over")
    asked = parser.parse_args()
    missed = []

    def show(what: str, value: float, unit: str, bar: float | None = None) -> None:
        print(f"| {what} | {value:,.1f} {unit} | {f'{bar:.0f} {unit}' if bar else ''} |", flush=True)
        if bar and value > bar:
            missed.append(what)

    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Path(folder) / "bot.db")
        database._connection.execute("PRAGMA synchronous = OFF")  # while it is filled
        for first in range(1, asked.kept + 1, 10_000):
            fill(database, first, min(10_000, asked.kept + 1 - first), NOW - timedelta(days=1))
        fill(database, asked.kept + 1, 500, NOW - timedelta(days=1), state="open")
        database.execute("INSERT INTO numbers VALUES ('T1', 'case', :last)", {"last": asked.kept})
        database._connection.execute("PRAGMA synchronous = FULL")
        print(f"| among {asked.kept:,} cases and {asked.kept:,} follow-ups | | bar |\n|---|---|---|")
        show("the hourly look with nothing to remove",
             took_ms(lambda: retire(database, NOW - KEPT, PARTS, now=NOW)), "ms", 10)  # fmt: skip
        follow_ups, cases = FollowUpStore(database, "T1"), CaseStore(database, "T1")
        show(f"the names of {CUSTOMERS:,} customers, of follow-ups", took_ms(follow_ups.customers), "ms", 10)
        show(f"the names of {CUSTOMERS:,} customers, of cases", took_ms(cases.customers), "ms", 10)
        show("what is open about one customer", took_ms(lambda: follow_ups.open_for("customer 7")), "ms", 10)
        fill(database, asked.kept + 1_001, asked.old, NOW - timedelta(days=400))
        measured = Measured(database)
        for what, work in (
            (f"RETENTION, {asked.old:,} of each over", lambda: retire(measured, NOW - KEPT, PARTS, now=NOW)),  # type: ignore[arg-type]
            ("purge --customer", lambda: purge_customer(measured, "customer 7", PARTS)),  # type: ignore[arg-type]
            ("purge --user", lambda: purge_user(measured, "U7", PARTS, to="U8", now=NOW)),  # type: ignore[arg-type]
        ):
            measured.held_ms.clear()
            seconds, waited = longest_wait_ms(database, work)
            held = sorted(measured.held_ms)
            show(f"{what}, in all", seconds, "s")
            show(f"{what}, 99th of 100 transactions", held[int(len(held) * 0.99)], "ms", 50)
            show(f"{what}, longest transaction", held[-1], "ms")
            show(f"{what}, longest wait of another thread", waited, "ms")
        database.close()
    for one in missed:
        print(f"missed: {one}")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
