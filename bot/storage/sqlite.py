"""
SQLite behind the `Database` protocol, through sqlite-utils.

WAL with synchronous=FULL: what a transaction stored survives a power cut. One process at a time holds the lock file
beside the database for its whole life, so whoever gets it knows that every earlier owner is dead.
"""

import fcntl
import logging
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlite_utils import Database as SqliteUtils
from sqlite_utils import Migrations

from bot.errors import DatabaseInUse, DatabaseRefused, StorageUnavailable
from bot.storage.database import Parameters, Row
from bot.storage.migrations import APPLICATION_ID, MIGRATIONS, known

logger = logging.getLogger(__name__)

MEMORY = Path(":memory:")
_BUSY_TIMEOUT_S = 5.0
_CANNOT_STORE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
_HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)  # by another program


class SqliteDatabase:
    """An open database. Make one with `open_database`."""

    def __init__(self, connection: sqlite3.Connection, lock_file: IO[str] | None) -> None:
        self._db = SqliteUtils(connection)
        self._connection = connection
        self._lock_file = lock_file
        self._turn = threading.RLock()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._turn:
            if self._connection.in_transaction:
                yield
                return
            with _said_plainly():
                self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                with _said_plainly():
                    self._connection.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise

    def execute(self, sql: str, parameters: Parameters | None = None) -> int:
        with self._turn, _said_plainly():
            return self._connection.execute(sql, parameters or {}).rowcount

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        with self._turn, _said_plainly():
            # not through sqlite-utils, which wraps each query in a savepoint: the delivery thread asks every second
            cursor = self._connection.execute(sql, parameters or {})
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def check_writable(self) -> None:
        with self._turn, _said_plainly():
            if self._connection.in_transaction:
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                # the mark is written again as it is: it takes the whole way to the disk, and nothing changes
                self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self._connection.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise

    def close(self) -> None:
        with self._turn:
            self._connection.close()
            if self._lock_file:
                self._lock_file.close()
                self._lock_file = None


def open_database(path: Path, *, exclusive: bool = True, tables: Sequence[Migrations] = ()) -> SqliteDatabase:
    """
    Open *path*, or make it, and bring its schema up to date.

    With *exclusive* the lock file is taken, as the running bot does; without, one may read and write beside it, and
    the schema is left as it is. `MEMORY` gives a database that vanishes. *tables* are migrations of features that do
    not ship.

    Raises DatabaseInUse, DatabaseRefused or StorageUnavailable; the file is then as it was.
    """
    lock_file = _take_lock(path) if exclusive and path != MEMORY else None
    try:
        connection = _connect(path, create=exclusive)
    except BaseException:
        if lock_file:
            lock_file.close()
        raise
    try:
        _refuse_foreign(connection, path)
        if exclusive:
            _prepare(connection)
            for more in tables:
                more.apply(SqliteUtils(connection))
        else:
            connection.execute(f"PRAGMA busy_timeout = {int(_BUSY_TIMEOUT_S * 1000)}")
            if MIGRATIONS.pending(SqliteUtils(connection)):
                raise DatabaseRefused(
                    f"{path} is empty or of an older version. Start the bot once: that makes it ready."
                )
    except BaseException:
        connection.close()
        if lock_file:
            lock_file.close()
        raise
    return SqliteDatabase(connection, lock_file)


def back_up(path: Path, target: Path) -> None:
    """
    Copy the database at *path*, as it stands at one moment, to the new file *target*; also beside a running bot.

    Raises DatabaseRefused or StorageUnavailable; then there is no *target*.
    """
    if target.exists():
        raise StorageUnavailable(f"{target} exists already, and a backup overwrites nothing. Choose another name.")
    source = open_database(path, exclusive=False)
    beside = target.with_name(f"{target.name}.part")
    try:
        _copy(source._connection, beside, target)
    finally:
        source.close()
        beside.unlink(missing_ok=True)


def _copy(source: sqlite3.Connection, beside: Path, target: Path) -> None:
    try:
        copy = sqlite3.connect(beside)
        try:
            source.backup(copy)  # all pages in one step, so that no writer comes between
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, complete in itself
            sound = copy.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        finally:
            copy.close()
        if not sound:
            raise StorageUnavailable(f"The copy of the database is damaged, so {target} was not made.")
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise StorageUnavailable(
            f"{target} could not be written ({error}). Does the folder exist, is there room, and may this user write "
            "there?"
        ) from error


def _connect(path: Path, *, create: bool) -> sqlite3.Connection:
    if path != MEMORY and not create and not path.exists():
        raise DatabaseRefused(f"There is no database at {path} yet. It is made when the bot first runs.")
    with _said_plainly():
        # isolation_level None: transactions begin and end where we say so
        return sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)


def _take_lock(path: Path) -> IO[str]:
    lock_path = path.with_name(f"{path.name}.lock")
    try:
        lock_file = lock_path.open("a+")
    except OSError as error:
        raise StorageUnavailable(
            f"The lock file {lock_path} cannot be opened: {os.strerror(error.errno or 0)}. "
            "Does the folder exist, and may this user write there? DATABASE_URL says where the database is."
        ) from error
    try:
        fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock_file.close()
        raise DatabaseInUse(
            f"Another toughcustomer has {path} open. One bot serves one database: stop the other one, "
            "or give this one a database of its own in DATABASE_URL."
        ) from error
    return lock_file


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    """Look before anything is written: is it sound, is it ours, do we know its schema?"""
    damaged = DatabaseRefused(
        f"{path} is damaged or not a SQLite database. It was left as it is. Restore a backup, or name another file in "
        "DATABASE_URL to begin afresh."
    )
    try:
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise damaged
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        mark = connection.execute("PRAGMA application_id").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if _is(error, *_CANNOT_STORE):
            raise StorageUnavailable(f"{path} cannot be read: {error}.") from error
        if _is(error, *_HELD):
            raise DatabaseInUse(f"Some other program holds {path}. End it, then try again.") from error
        raise damaged from error
    if tables and mark != APPLICATION_ID:
        raise DatabaseRefused(
            f"{path} belongs to some other program. It was left as it is. Name another file in DATABASE_URL."
        )
    applied = {step.name for step in MIGRATIONS.applied(SqliteUtils(connection))}
    if newer := sorted(applied - known()):
        raise DatabaseRefused(
            f"{path} was made by a newer toughcustomer (it has {', '.join(newer)}). It was left as it is. "
            "Install that version again, or name another file in DATABASE_URL."
        )


def _prepare(connection: sqlite3.Connection) -> None:
    db = SqliteUtils(connection)
    try:
        with _said_plainly():
            db.conn.execute("PRAGMA journal_mode = WAL")
            db.conn.execute("PRAGMA synchronous = FULL")
            db.conn.execute("PRAGMA secure_delete = ON")  # what is blanked is gone from the file, too
            if MIGRATIONS.pending(db):
                db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                MIGRATIONS.apply(db)
    except StorageUnavailable:
        if MIGRATIONS.pending(db):
            raise
        # What only reads still works, and a person mid-call is better served by a card than by nothing.
        logger.warning("the database cannot be written: cards are shown, but nothing can be stored")


def _is(error: sqlite3.Error, *codes: int) -> bool:
    """Whether *error* is of one of these primary result codes; the extended ones hold them in their lowest byte."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in codes


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Turn SQLite's ways of saying "full" and "read-only" into StorageUnavailable."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if _is(error, *_CANNOT_STORE, *_HELD):
            raise StorageUnavailable(
                f"The database cannot store anything now ({error}). Make room on the disk or make it writable."
            ) from error
        if _is(error, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise StorageUnavailable("The database file was damaged while in use. Restore a backup.") from error
        raise
