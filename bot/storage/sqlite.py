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

from bot.errors import DatabaseInUse, DatabaseRefused, StorageBusy, StorageUnavailable
from bot.storage.before_opening import CANNOT_STORE, HELD, is_one_of, look_at_the_files, refuse_foreign
from bot.storage.database import Parameters, Row
from bot.storage.database_files import LOG, beside, identity, make_private
from bot.storage.migrations import APPLICATION_ID, MIGRATIONS

logger = logging.getLogger(__name__)

MEMORY = Path(":memory:")
_BUSY_TIMEOUT_S = 5.0
_LARGE_LOG = 64 * 1024 * 1024
_LOG_KEPT = 4 * 1024 * 1024  # the size that the write-ahead log shrinks to when it begins anew


class SqliteDatabase:
    """An open database. Make one with `open_database`."""

    def __init__(self, connection: sqlite3.Connection, path: Path, lock_file: IO[str] | None) -> None:
        self._db = SqliteUtils(connection)
        self._connection = connection
        self._lock_file = lock_file
        self._turn = threading.RLock()
        self._path = None if path == MEMORY else path.resolve()
        ours = [self._path] if self._path else []
        if self._path and lock_file:
            ours.append(beside(self._path, LOG))  # stays as long as we do
        self._files = {one: opened for one in ours if (opened := identity(one))}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._turn:
            if self._connection.in_transaction:
                yield
                return
            with _SAID_PLAINLY:
                self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.check_same_file()
                with _SAID_PLAINLY:
                    self._connection.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise

    def execute(self, sql: str, parameters: Parameters | None = None) -> int:
        with self._turn, _SAID_PLAINLY:
            if not self._connection.in_transaction:
                self.check_same_file()
            return self._connection.execute(sql, parameters or {}).rowcount

    def execute_each(self, sql: str, parameters: Sequence[Parameters]) -> int:
        with self.transaction(), _SAID_PLAINLY:
            return self._connection.executemany(sql, parameters).rowcount if parameters else 0

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        with self._turn, _SAID_PLAINLY:
            # not through sqlite-utils, which wraps each query in a savepoint: the delivery thread asks every second
            cursor = self._connection.execute(sql, parameters or {})
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def version(self) -> tuple[int, int]:
        with self._turn, _SAID_PLAINLY:
            theirs = self._connection.execute("PRAGMA data_version").fetchone()[0]
            return self._connection.total_changes, int(theirs)

    def check_same_file(self) -> None:
        """Raise StorageUnavailable if the file was deleted or exchanged since it was opened: nobody would read it."""
        for path, opened in self._files.items():
            try:
                there = identity(path)
            except OSError:
                continue  # the disk itself is in trouble, and SQLite says so better
            if there != opened:
                raise StorageUnavailable(
                    f"{path} was deleted or exchanged while I had it open, so nothing more can be stored. Put the file "
                    "back, or restore a backup with `toughcustomer restore FILE`, and start me again."
                )

    def what_is_wrong(self) -> str | None:
        """For the health report: a write-ahead log that somebody keeps from being emptied."""
        log = beside(self._path, LOG) if self._path else None
        if log is None or not log.exists() or log.stat().st_size <= _LARGE_LOG or self.wipe_log():
            return None
        return (
            f"the write-ahead log {log.name} has grown to {log.stat().st_size // 2**20} MB, since some other program "
            "has been reading the database for long: end it"
        )

    def wipe_log(self) -> bool:
        """Empty the write-ahead log into the database, if nobody reads it; False if somebody does. Never waits."""
        with self._turn:
            if self._connection.in_transaction:
                return False
            self._connection.execute("PRAGMA busy_timeout = 0")  # whoever waits here holds up everybody
            try:
                with _SAID_PLAINLY:
                    found = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except StorageUnavailable as error:
                if isinstance(error.__cause__, sqlite3.Error) and is_one_of(error.__cause__, *HELD):
                    return False
                raise
            finally:
                self._connection.execute(f"PRAGMA busy_timeout = {int(_BUSY_TIMEOUT_S * 1000)}")
            return found is None or found[0] == 0

    def copy_to(self, other: sqlite3.Connection) -> None:
        """Copy all of it, as it stands at one moment, into *other*. Raises sqlite3.Error."""
        with self._turn:
            self._connection.backup(other)  # all pages in one step, so that no writer comes between

    def check_writable(self) -> None:
        with self._turn, _SAID_PLAINLY:
            self.check_same_file()
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
    lock_file = take_lock(path) if exclusive and path != MEMORY else None
    connection = None
    try:
        if lock_file:
            look_at_the_files(path)
        connection = _connect(path, create=exclusive)
        refuse_foreign(connection, path)
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
        if connection:
            connection.close()
        if lock_file:
            lock_file.close()
        raise
    return SqliteDatabase(connection, path, lock_file)


def _connect(path: Path, *, create: bool) -> sqlite3.Connection:
    if path != MEMORY and not create and not path.exists():
        raise DatabaseRefused(f"There is no database at {path} yet. It is made when the bot first runs.")
    with _SAID_PLAINLY:
        # isolation_level None: transactions begin and end where we say so
        return sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)


def take_lock(path: Path) -> IO[str]:
    """
    Hold the lock file beside *path* until it is closed, or this process ends.

    Raises DatabaseInUse where another holds it, StorageUnavailable where there can be none.
    """
    lock_path = beside(path, ".lock")
    try:
        make_private(lock_path)
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


def _prepare(connection: sqlite3.Connection) -> None:
    db = SqliteUtils(connection)
    try:
        with _SAID_PLAINLY:
            db.conn.execute("PRAGMA journal_mode = WAL")
            db.conn.execute("PRAGMA synchronous = FULL")
            db.conn.execute("PRAGMA secure_delete = ON")  # what is blanked is gone from the file, too
            db.conn.execute(f"PRAGMA journal_size_limit = {_LOG_KEPT}")
            if MIGRATIONS.pending(db):
                db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                MIGRATIONS.apply(db)
    except StorageUnavailable:
        if MIGRATIONS.pending(db):
            raise
        # What only reads still works, and a person mid-call is better served by a card than by nothing.
        logger.warning("the database cannot be written: cards are shown, but nothing can be stored")


class _SaidPlainly:
    """
    Turns SQLite's ways of saying "full" and "read-only" into StorageUnavailable.

    A class, since every statement passes it, and a generator takes longer than many a statement.
    """

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, sqlite3.DatabaseError):
            return
        if is_one_of(error, *HELD):
            raise StorageBusy(
                f"The database is busy: another program has held it for {_BUSY_TIMEOUT_S:.0f} seconds ({error}). Try "
                "again; if it stays, end that program."
            ) from error
        if is_one_of(error, *CANNOT_STORE):
            raise StorageUnavailable(
                f"The database cannot store anything now ({error}). Make room on the disk or make it writable."
            ) from error
        if is_one_of(error, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise StorageUnavailable(
                "The database file was damaged while in use. Restore a backup with `toughcustomer restore FILE`."
            ) from error


_SAID_PLAINLY = _SaidPlainly()
