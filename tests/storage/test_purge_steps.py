"""What is removed is removed in small steps: nothing waits long for it, and it may be interrupted anywhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import StorageUnavailable
from bot.features import shipped
from bot.storage.database import Database
from bot.storage.purge import purge_before, purge_customer, purge_user, retire
from bot.storage.sqlite import SqliteDatabase, open_database
from tests.bench.retire import KEPT, NOW, Measured, fill

PARTS = [one.purge for one in shipped() if one.purge]
OLD = NOW - timedelta(days=400)
WORK: dict[str, Callable[[Database], object]] = {
    "retire": lambda database: retire(database, NOW - KEPT, PARTS, now=NOW),
    "before": lambda database: purge_before(database, NOW - KEPT, PARTS),
    "customer": lambda database: purge_customer(database, "CUSTOMER 7", PARTS),
    "user": lambda database: purge_user(database, "U7", PARTS, now=NOW),
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    opened = open_database(tmp_path / "bot.db")
    yield opened
    opened.close()


class Interrupted(Measured):
    """Fails when it is asked for its n-th transaction."""

    def __init__(self, database: SqliteDatabase, after: int) -> None:
        super().__init__(database)
        self._after = after

    @contextmanager
    def transaction(self) -> Iterator[None]:
        if len(self.held_ms) >= self._after and not self._depth:
            raise StorageUnavailable("The power is off.")
        with super().transaction():
            yield


def test_many_are_removed_in_many_transactions_and_none_of_them_is_long(database: SqliteDatabase) -> None:
    fill(database, 1, 3_000, OLD)
    measured = Measured(database)

    removed = retire(measured, NOW - KEPT, PARTS, now=NOW)  # type: ignore[arg-type]

    assert (removed["cases"], removed["follow-ups"], removed["messages of threads"]) == (3_000, 3_000, 9_000)
    assert len(measured.held_ms) > 10
    assert sorted(measured.held_ms)[len(measured.held_ms) // 2] < 50


def halves(database: Database) -> set[str]:
    """Cases and follow-ups of which only a part is there."""
    found = set()
    for row in database.rows(
        "SELECT number FROM case_log UNION SELECT CAST(thread_ts AS INTEGER) FROM thread_messages"
    ):
        found.add(f"E{row['number']}")
    found |= {row["subject"] for row in database.rows("SELECT subject FROM outbox")}
    whole = {f"E{row['number']}" for row in database.rows("SELECT number FROM cases")}
    whole |= {f"F{row['number']}" for row in database.rows("SELECT number FROM followups")}
    return found ^ whole


@pytest.mark.parametrize("after", [1, 2, 5])
@pytest.mark.parametrize("what", ["retire", "before"])
def test_what_is_interrupted_leaves_no_half_and_is_finished_by_the_next(
    what: str, after: int, database: SqliteDatabase
) -> None:
    fill(database, 1, 400, OLD)
    assert halves(database) == set()

    with pytest.raises(StorageUnavailable):
        WORK[what](Interrupted(database, after))  # type: ignore[arg-type]
    assert database.rows("SELECT 1 FROM cases") or database.rows("SELECT 1 FROM followups")
    assert halves(database) == set()

    WORK[what](database)
    for table in ("cases", "followups", "thread_messages", "case_log", "outbox", "watched"):
        assert database.rows(f"SELECT 1 FROM {table}") == [], table


@pytest.mark.parametrize("after", [1, 2, 3])
@pytest.mark.parametrize(("what", "mark"), [("customer", "Customer 7"), ("user", "U7")])
def test_a_request_that_is_interrupted_is_finished_by_the_next(
    what: str, mark: str, after: int, database: SqliteDatabase, tmp_path: Path
) -> None:
    fill(database, 1, 2_010, OLD)

    with pytest.raises(StorageUnavailable):
        WORK[what](Interrupted(database, after))  # type: ignore[arg-type]
    WORK[what](database)

    left = [
        (table["name"], row)
        for table in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        for row in database.rows(f"SELECT * FROM {table['name']}")
        if mark in row.values()
    ]
    assert left == []
    assert database.rows("SELECT 1 FROM cases WHERE name = 'customer 8'")
