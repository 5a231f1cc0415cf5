"""What operators do to the files of the database: readers that stay, files exchanged, logs left, modes."""

import os
import shutil
import sqlite3
import stat
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import dotenv_above
from bot.errors import DatabaseRefused, StorageUnavailable
from bot.storage import sqlite
from bot.storage.backup import back_up
from bot.storage.purge import wipe_log
from bot.storage.restore import restore
from bot.storage.sqlite import MEMORY, SqliteDatabase, open_database
from tests.storage.test_restore import THUMB, leave_a_log, thumbs


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


def reader(path: Path) -> sqlite3.Connection:
    """A shell or a dashboard that reads, and stays."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN")
    other.execute("SELECT COUNT(*) FROM thumbs").fetchall()
    return other


def filled(database: SqliteDatabase, rows: int, size: int) -> None:
    with database.transaction():
        for number in range(rows):
            database.execute(
                "INSERT INTO thumbs VALUES ('T1', :a, 'stay-calm', 1, NULL, :w, 'x')",
                {"a": str(number), "w": "w" * size},
            )


def test_nobody_waits_for_a_reader_that_stays(path: Path) -> None:
    database = open_database(path)
    database.execute(THUMB, {"answer": "a"})
    other = reader(path)
    database.execute(THUMB, {"answer": "b"})
    waits: list[bool] = []
    cleaning = threading.Thread(target=lambda: waits.append(wipe_log(database)))
    began = time.monotonic()
    cleaning.start()
    database.execute(THUMB, {"answer": "c"})
    cleaning.join()

    assert time.monotonic() - began < 2.5  # it was the five seconds that SQLite is told to wait
    assert waits == [False]
    assert database.rows("PRAGMA busy_timeout") == [{"timeout": 5000}]
    other.close()
    assert wipe_log(database)
    assert path.with_name("bot.db-wal").stat().st_size == 0
    database.close()


def test_what_was_purged_leaves_the_log_as_soon_as_the_reader_has_ended(path: Path) -> None:
    database = open_database(path)
    database.execute(THUMB.replace("NULL, NULL", "NULL, 'do not tell anybody'"), {"answer": "a"})
    other = reader(path)
    database.execute("DELETE FROM thumbs")
    threading.Timer(0.5, other.close).start()

    assert wipe_log(database, within=timedelta(seconds=20))

    for one in path.parent.iterdir():
        assert b"do not tell" not in one.read_bytes(), one
    database.close()


def test_a_reader_that_lets_the_log_grow_makes_the_bot_unwell_until_it_has_ended(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_LARGE_LOG", 500_000)
    database = open_database(path)
    other = reader(path)
    filled(database, 100, 10_000)

    assert "has been reading the database for long: end it" in (database.what_is_wrong() or "")

    other.close()
    assert database.what_is_wrong() is None
    database.close()


def test_a_large_log_that_nobody_reads_is_emptied_and_not_complained_of(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_LARGE_LOG", 500_000)
    database = open_database(path)
    filled(database, 100, 10_000)
    assert database.what_is_wrong() is None
    database.close()
    memory = open_database(MEMORY)
    assert memory.what_is_wrong() is None
    memory.close()


def _delete(path: Path) -> None:
    path.unlink()


def _exchange(path: Path) -> None:
    shutil.copyfile(path, path.with_name("other"))
    path.with_name("other").replace(path)


def _delete_the_log(path: Path) -> None:
    path.with_name("bot.db-wal").unlink()


@pytest.mark.parametrize("meddle", [_delete, _exchange, _delete_the_log])
def test_nothing_is_stored_in_a_file_that_nobody_will_read(path: Path, meddle: object) -> None:
    database = open_database(path)
    database.execute(THUMB, {"answer": "a"})
    database.check_same_file()

    meddle(path)  # type: ignore[operator]

    with pytest.raises(StorageUnavailable, match="deleted or exchanged"):
        database.check_same_file()
    with pytest.raises(StorageUnavailable, match="deleted or exchanged"):
        database.check_writable()
    with pytest.raises(StorageUnavailable, match="restore FILE"), database.transaction():
        database.execute(THUMB, {"answer": "b"})
    with pytest.raises(StorageUnavailable, match="deleted or exchanged"):
        database.execute(THUMB, {"answer": "b"})
    assert database.rows("SELECT COUNT(*) AS n FROM thumbs") == [{"n": 1}]
    database.close()


# a short log of another file does no damage that SQLite would see
@pytest.mark.parametrize(("how", "more"), [("backup", 300), ("backup", 0), ("shell", 300)])
def test_a_backup_copied_over_the_file_of_a_killed_bot_is_told_from_damage(path: Path, how: str, more: int) -> None:
    database = open_database(path)
    filled(database, 300, 500)
    if how == "backup":
        back_up(path, path.with_name("copy.db"))
    else:  # the shell's `.backup`: its head says what the original's says
        shell, target = sqlite3.connect(path), sqlite3.connect(path.with_name("copy.db"))
        shell.backup(target)
        shell.close()
        target.close()
    database.execute("DELETE FROM thumbs")
    filled(database, 900, 500)
    database.close()
    leave_a_log(path, more)
    shutil.copyfile(path.with_name("copy.db"), path)
    before = {one.name: one.read_bytes() for one in path.parent.glob("bot.db*") if not one.name.endswith("-shm")}

    with pytest.raises(DatabaseRefused, match=r"belongs to another file.*restore FILE"):
        open_database(path)

    after = {one.name: one.read_bytes() for one in path.parent.glob("bot.db*") if not one.name.endswith("-shm")}
    assert after == before
    restore(path, path.with_name("copy.db"), datetime(2026, 11, 24, tzinfo=UTC))
    assert len(thumbs(path)) == 300


def test_a_killed_bots_own_log_is_read(path: Path) -> None:
    leave_a_log(path)
    assert thumbs(path) == {"last"}


def test_a_backup_that_was_copied_and_not_restored_is_noticed_at_the_start(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    open_database(path).close()
    assert "no bot has run" not in caplog.text
    back_up(path, path.with_name("copy.db"))
    path.with_name("copy.db").replace(path)
    open_database(path).close()
    assert "no bot has run on this file" in caplog.text


def test_files_that_others_could_read_are_narrowed_at_the_start_and_the_log_says_so(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    leave_a_log(path)
    for one in path.parent.iterdir():
        one.chmod(0o664)

    database = open_database(path)
    database.execute(THUMB, {"answer": "a"})

    assert {stat.filemode(one.stat().st_mode) for one in path.parent.iterdir()} == {"-rw-------"}
    assert "other users of this machine could read bot.db, bot.db-wal" in caplog.text
    database.close()


def test_under_a_umask_that_takes_everything_the_bot_can_still_read_its_own_files(path: Path) -> None:
    before = os.umask(0o777)
    try:
        database = open_database(path)
        database.execute(THUMB, {"answer": "a"})
        back_up(path, path.with_name("copy.db"))
        modes = {stat.filemode(one.stat().st_mode) for one in path.parent.iterdir()}
        database.close()
    finally:
        os.umask(before)
    assert modes == {"-rw-------"}


def test_a_dot_env_counts_here_and_in_the_checkout_above_and_nowhere_else(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    inner = checkout / "bot" / "deep"
    inner.mkdir(parents=True)
    (tmp_path / ".env").write_text("LOG_LEVEL=loud")
    assert dotenv_above(inner) is None

    (checkout / "pyproject.toml").touch()
    assert dotenv_above(inner) is None
    (checkout / ".env").touch()
    assert dotenv_above(inner) == checkout / ".env"
    (inner / ".env").touch()
    assert dotenv_above(inner) == inner / ".env"
    assert dotenv_above(tmp_path) == tmp_path / ".env"
