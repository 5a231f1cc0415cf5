"""The database: durable, one process at a time, and never damaged further."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import DatabaseInUse, DatabaseRefused, StorageUnavailable
from bot.storage.migrations import MIGRATIONS
from bot.storage.sqlite import MEMORY, SqliteDatabase, open_database

INSERT = "INSERT INTO thumbs VALUES ('T1', :answer, 'stay-calm', 1, NULL, NULL, '2026-01-01')"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


def count(database: SqliteDatabase) -> int:
    return int(database.rows("SELECT COUNT(*) AS n FROM thumbs")[0]["n"])


def test_what_was_stored_is_there_after_a_restart(path: Path) -> None:
    database = open_database(path)
    database.execute(INSERT, {"answer": "a"})
    database.close()

    assert count(open_database(path)) == 1


def test_it_is_durable_and_quick_to_read_beside_writers(path: Path) -> None:
    database = open_database(path)

    assert database.rows("PRAGMA journal_mode") == [{"journal_mode": "wal"}]
    assert database.rows("PRAGMA synchronous") == [{"synchronous": 2}]  # FULL


def test_a_transaction_is_stored_whole_or_not_at_all(path: Path) -> None:
    database = open_database(path)

    def fail_half_way() -> None:
        with database.transaction():
            database.execute(INSERT, {"answer": "a"})
            with database.transaction():
                database.execute(INSERT, {"answer": "b"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert count(database) == 0


def test_a_second_process_on_the_same_database_fails_with_a_plain_message(path: Path) -> None:
    first = open_database(path)
    script = (
        f"from pathlib import Path; from bot.storage.sqlite import open_database; open_database(Path({str(path)!r}))"
    )
    second = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert "DatabaseInUse" in second.stderr
    assert "One bot serves one database" in second.stderr
    with pytest.raises(DatabaseInUse):
        open_database(path)
    first.close()
    open_database(path).close()


def test_beside_a_running_bot_others_may_read_and_write(path: Path) -> None:
    running = open_database(path)
    beside = open_database(path, exclusive=False)
    beside.execute(INSERT, {"answer": "a"})

    assert count(running) == 1
    beside.close()


def test_a_lock_of_a_process_that_died_does_not_hold(path: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from bot.storage.sqlite import open_database
database = open_database(Path({str(path)!r}))
database.execute({INSERT!r}, {{"answer": "a"}})
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], check=False)

    assert count(open_database(path)) == 1


def test_a_newer_database_is_refused_and_left_as_it_is(path: Path) -> None:
    database = open_database(path)
    database.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('toughcustomer', 'm999_future', 'x')"
    )
    database.close()
    before = path.read_bytes()

    with pytest.raises(DatabaseRefused, match=r"made by a newer toughcustomer.*m999_future"):
        open_database(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("spoil", ["head", "middle", "text"])
def test_a_damaged_database_is_refused_and_left_as_it_is(path: Path, spoil: str) -> None:
    database = open_database(path)
    for number in range(500):
        database.execute(INSERT, {"answer": f"answer {number}"})
    database.close()
    raw = bytearray(path.read_bytes())
    if spoil == "head":
        raw[:64] = b"\0" * 64
    elif spoil == "middle":
        raw[4096 * 9 : 4096 * 12] = b"\xaa" * 4096 * 3
    else:
        raw = bytearray(b"dear database, " * 1000)
    path.write_bytes(raw)

    with pytest.raises(DatabaseRefused, match="damaged or not a SQLite database"):
        open_database(path)
    assert path.read_bytes() == raw


def test_a_database_of_some_other_program_is_refused_and_left_as_it_is(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE invoices (id)")
    other.commit()
    other.close()
    before = path.read_bytes()

    with pytest.raises(DatabaseRefused, match="belongs to some other program"):
        open_database(path)
    assert path.read_bytes() == before


def test_a_database_that_another_program_holds_is_not_called_damaged(path: Path) -> None:
    open_database(path).close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")

    with pytest.raises(DatabaseInUse, match="Some other program holds"):
        open_database(path)
    holder.close()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="Does the folder exist"):
        open_database(tmp_path / "no" / "bot.db")


def test_reading_beside_needs_a_database(path: Path) -> None:
    with pytest.raises(DatabaseRefused, match="There is no database"):
        open_database(path, exclusive=False)


def test_a_full_disk_is_told_and_nothing_is_half_stored(path: Path) -> None:
    database = open_database(path)
    database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    database.rows(f"PRAGMA max_page_count = {database.rows('PRAGMA page_count')[0]['page_count']}")

    def store_too_much() -> None:
        with database.transaction():
            for number in range(10_000):
                database.execute(INSERT, {"answer": f"answer {number}"})

    with pytest.raises(StorageUnavailable, match="full"):
        store_too_much()

    assert count(database) == 0


def test_a_read_only_database_is_told_when_it_is_written_to(path: Path) -> None:
    database = open_database(path)
    database.check_writable()
    database.execute("PRAGMA query_only = 1")

    with pytest.raises(StorageUnavailable):
        database.execute(INSERT, {"answer": "a"})
    with pytest.raises(StorageUnavailable):
        database.check_writable()


def test_checking_leaves_no_trace(path: Path) -> None:
    database = open_database(path)
    before = database.rows("PRAGMA data_version")
    database.check_writable()
    assert database.rows("PRAGMA data_version") == before


def test_every_table_knows_the_team(path: Path) -> None:
    database = open_database(MEMORY)
    tables = [row["name"] for row in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in (table for table in tables if not table.startswith(("_", "sqlite_"))):
        assert "team_id" in [row["name"] for row in database.rows(f"PRAGMA table_info({table})")], table


def test_migrations_are_numbered_in_their_order() -> None:
    names = [step.name for step in MIGRATIONS._migrations]
    assert [name[:5] for name in names] == [f"m{number:03}_" for number in range(1, len(names) + 1)]
