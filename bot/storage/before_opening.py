"""What is looked at before a database is opened, while nothing was written to it yet."""

import logging
import shutil
import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path

from sqlite_utils import Database as SqliteUtils

from bot.errors import DatabaseInUse, DatabaseRefused, StorageUnavailable
from bot.storage.database_files import (
    KEPT,
    LOG,
    RESTORING,
    beside,
    has_anothers_log,
    has_log,
    make_private,
    narrow,
    with_sides,
)
from bot.storage.marks import RESTORED_AT
from bot.storage.migrations import APPLICATION_ID, MIGRATIONS, known

logger = logging.getLogger(__name__)

CANNOT_STORE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)  # by another program


def is_one_of(error: sqlite3.Error, *codes: int) -> bool:
    """Whether *error* is of one of these primary result codes; the extended ones hold them in their lowest byte."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in codes


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that writes nothing, not even a log that stands beside *path* into it. Raises sqlite3.Error."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def is_sound(connection: sqlite3.Connection) -> bool:
    """Whether all of the database can be read. Raises sqlite3.Error where it is none."""
    return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")


def tables_of(connection: sqlite3.Connection) -> set[str]:
    """The names of all tables. Raises sqlite3.Error."""
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def look_at_the_files(path: Path) -> None:
    """
    See that what stands there was left by no half restore, is for this user alone, and of one database.

    Raises DatabaseRefused.
    """
    real = path.resolve()
    unfinished = _clear_half_a_restore(real)
    is_new = not real.exists()
    with suppress(OSError):  # said when it is opened
        make_private(real)
    kept = beside(real, KEPT)
    narrow([*with_sides(real), beside(real, ".lock"), *with_sides(kept)])
    if kept.exists():
        logger.warning("what stood here before a restore is kept in %s: delete it once nobody needs it", kept.name)
    if has_anothers_log(real):
        raise DatabaseRefused(_anothers_log(path))
    if has_log(real):
        _refuse_unread(path)
    elif not is_new and not unfinished:
        _say_what_was_restored(real)


def _clear_half_a_restore(real: Path) -> bool:
    """Remove what a restore left that was killed before the exchange; whether there was one."""
    unfinished, kept = beside(real, RESTORING), beside(real, KEPT)
    second_name = kept.exists() and real.exists() and kept.samefile(real)
    if not unfinished.exists() and not second_name:
        return False
    if not real.exists():
        raise DatabaseRefused(
            f"A restore was begun and not finished, and there is no {real}. Run `toughcustomer restore FILE` again, or "
            f"delete {unfinished} to begin afresh."
        )
    for left in [*with_sides(unfinished), *([kept] if second_name else [])]:
        left.unlink()
    logger.warning("a restore was begun and not finished: this is the database from before it. Restore it again")
    return True


def _refuse_unread(path: Path) -> None:
    """Look at a file with a write-ahead log of a bot that was killed, so that a wrong log is not written into it."""
    connection = open_to_read(path)
    try:
        refuse_foreign(connection, path)
    except DatabaseRefused:
        if _is_sound_alone(path):
            raise DatabaseRefused(_anothers_log(path)) from None
        raise
    finally:
        connection.close()


def _is_sound_alone(path: Path) -> bool:
    """Whether *path* would be in order without what stands beside it."""
    with tempfile.TemporaryDirectory(dir=path.resolve().parent, prefix=f"{path.name}.") as folder:
        copy = Path(folder) / path.name
        try:
            shutil.copyfile(path, copy)
            connection = sqlite3.connect(copy)
            try:
                return is_sound(connection)
            finally:
                connection.close()
        except (OSError, sqlite3.Error):
            return False


def _anothers_log(path: Path) -> str:
    return (
        f"{path} is in order, but the log {path.name}{LOG} beside it belongs to another file: was a backup copied over "
        "the database of a bot that was killed? Nothing was changed. Put the backup in place with `toughcustomer "
        "restore FILE` instead: that takes the log away, and lets no id or message be used twice."
    )


def refuse_foreign(
    connection: sqlite3.Connection, path: Path, instead: str = "name another file in DATABASE_URL"
) -> None:
    """
    Look before anything is written: is it sound, is it ours, do we know its schema? *instead*: what else may be done.

    Raises DatabaseRefused, DatabaseInUse or StorageUnavailable.
    """
    damaged = DatabaseRefused(
        f"{path} is damaged or not a SQLite database. It was left as it is. Restore a backup with `toughcustomer "
        f"restore FILE`, or {instead}."
    )
    try:
        if not is_sound(connection):
            raise damaged
        tables = tables_of(connection)
        mark = connection.execute("PRAGMA application_id").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if is_one_of(error, *CANNOT_STORE):
            raise StorageUnavailable(f"{path} cannot be read: {error}.") from error
        if is_one_of(error, *HELD):
            raise DatabaseInUse(f"Some other program holds {path}. End it, then try again.") from error
        raise damaged from error
    otherwise = f"{instead[0].upper()}{instead[1:]}."
    if tables and mark != APPLICATION_ID:
        raise DatabaseRefused(f"{path} belongs to some other program. It was left as it is. {otherwise}")
    applied = {step.name for step in MIGRATIONS.applied(SqliteUtils(connection))}
    if newer := sorted(applied - known()):
        raise DatabaseRefused(
            f"{path} was made by a newer toughcustomer (it has {', '.join(newer)}). It was left as it is. "
            f"Install that version again, or {instead}."
        )


def _say_what_was_restored(real: Path) -> None:
    """Log what an operator has to know of a file on which no bot has run yet."""
    connection = sqlite3.connect(real)
    try:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "delete":
            return
        tables = tables_of(connection)
        sql = "SELECT MAX(value) FROM marks WHERE name = ?"
        at = connection.execute(sql, (RESTORED_AT,)).fetchone()[0] if "marks" in tables else None
    except sqlite3.Error:
        return  # said when it is opened
    finally:
        connection.close()
    if at:
        logger.warning("this database was restored from a backup at %s: what was overdue is looked for in Slack", at)
    elif tables:
        logger.warning(
            "no bot has run on this file. If it is a backup that was copied here, end me and put it in place with "
            "`toughcustomer restore FILE`: else ids are given twice and messages posted again"
        )
