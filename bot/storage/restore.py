"""
A backup in the place of the database, for a bot that does not run.

Whenever this is killed, the database of before or the restored one is there, whole: the backup is made ready beside it,
what stands there is made complete in one file and kept under a second name, and then one rename exchanges them.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database as SqliteUtils

from bot.errors import DatabaseInUse, DatabaseRefused, StorageUnavailable
from bot.storage.after_restore import Begun, Counted, begin_after, counted
from bot.storage.before_opening import HELD, is_one_of, is_sound, open_to_read, refuse_foreign
from bot.storage.database_files import (
    KEPT,
    LOG,
    RESTORING,
    beside,
    has_anothers_log,
    has_log,
    make_private,
    remove_sides,
    sync_file,
    sync_folder,
    with_sides,
)
from bot.storage.migrations import APPLICATION_ID, MIGRATIONS
from bot.storage.sqlite import take_lock

Failpoint = Callable[[str], None]

_OPEN_ELSEWHERE = "Some other program has {path} open. End it, then try again. Nothing was changed."


def _go_on(step: str) -> None:
    """Default: nothing happens between the steps."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. *kept*: where that is which stood there before, if anything did."""

    path: Path
    begun: Begun
    kept: Path | None

    def lines(self) -> list[str]:
        """It in words, for the person who restored."""
        begun = self.begun
        as_of = f"{begun.as_of:%Y-%m-%d %H:%M:%S} UTC" if begun.as_of else "before anything was stored"
        told = [
            f"{self.path} is restored as it stood at {as_of}. What was done after that is not in it.",
            f"It holds {begun.cases} open cases and {begun.follow_ups} open follow-ups.",
            f"{begun.in_doubt} messages are looked for in Slack before they would be posted (again).",
            f"New ids go on from {', '.join(begun.first_ids)}, so that none of the lost time is given twice.",
        ]
        if begun.postponed:
            told.append(f"{begun.postponed} cases and promises that were due get their time once more.")
        if begun.events:
            told.append(f"{begun.events} events were under way in the backup; they are not read a second time.")
        if self.kept:
            told.append(f"What stood there before is kept in {self.kept}. Delete it once nobody needs it.")
        return [*told, "Start the bot, then make a new backup: this one is not to be restored a second time."]


def restore(path: Path, backup: Path, now: datetime, failpoint: Failpoint = _go_on) -> Restored:
    """
    Put the *backup* in the place of the database at *path*, brought up to date; *now* is in UTC.

    Raises DatabaseInUse where a bot runs on either, DatabaseRefused where the backup is none of ours, or something is
    in the way, StorageUnavailable where the disk is; the database of before is there then, as it was. *failpoint* is
    called between the steps.
    """
    path = path.resolve()
    _refuse_what_is_no_backup(path, backup)
    new, kept = beside(path, RESTORING), beside(path, KEPT)
    with take_lock(path):
        _refuse_to_overwrite(path, kept)
        whole = exchanged = False
        try:
            _copy(backup, new)
            failpoint("copied")
            _refuse_unsound(new, backup)
            whole = path.exists() and _made_whole(path, failpoint)
            begun = _made_ready(new, counted(path) if whole else Counted(), now)
            failpoint("made ready")
            if path.exists():
                _keep(path, kept, whole=whole, failpoint=failpoint)
            remove_sides(path)
            failpoint("kept")
            os.replace(new, path)
            exchanged = True
            failpoint("exchanged")
            sync_folder(path.parent)
        except (OSError, sqlite3.Error) as error:
            raise StorageUnavailable(
                f"{backup} could not be restored ({error}). {path} is as it was. Is there room for one more copy in "
                "its folder, and may this user write there?"
            ) from error
        finally:
            for left in with_sides(new):
                left.unlink()
            if whole and not exchanged:
                _as_it_was(path)
    return Restored(path, begun, kept if kept.exists() else None)


def _refuse_what_is_no_backup(path: Path, backup: Path) -> None:
    if not backup.is_file():
        raise DatabaseRefused(f"There is no file {backup}. Name one that `toughcustomer backup` made.")
    if path.exists() and path.samefile(backup):
        raise DatabaseRefused(
            f"{backup} is the database itself. If a backup was copied there, move it elsewhere and restore it "
            "from there."
        )
    if beside(backup, ".lock").exists():
        try:
            take_lock(backup).close()
        except StorageUnavailable:
            pass  # in a folder of somebody else's; nobody runs a bot there
        except DatabaseInUse:
            raise DatabaseInUse(
                f"A bot runs on {backup}. Make a backup of it with `toughcustomer backup FILE`, and restore that."
            ) from None


def _refuse_to_overwrite(path: Path, kept: Path) -> None:
    """The one that was kept at an earlier restore is nobody's to throw away but the operator's."""
    if not kept.exists():
        return
    if path.exists() and kept.samefile(path):
        kept.unlink()  # of a restore that was killed before the exchange
        return
    raise DatabaseRefused(
        f"{kept} is still there: what stood here before an earlier restore. Move it elsewhere or delete it, then try "
        "again. Nothing was changed."
    )


def _copy(backup: Path, new: Path) -> None:
    """The backup, and its log where somebody copied the two of them by hand."""
    for left in with_sides(new):
        left.unlink()
    make_private(new)
    shutil.copyfile(backup, new)
    if has_log(backup) and not has_anothers_log(backup):
        make_private(beside(new, LOG))
        shutil.copyfile(beside(backup, LOG), beside(new, LOG))


def _refuse_unsound(new: Path, backup: Path) -> None:
    connection = sqlite3.connect(new, isolation_level=None)
    try:
        refuse_foreign(connection, backup, "name another backup")
        if connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0] == 0:
            raise DatabaseRefused(f"{backup} is empty. Name a file that `toughcustomer backup` made.")
    finally:
        connection.close()


def _made_whole(path: Path, failpoint: Failpoint) -> bool:
    """
    Bring all of what stands at *path* into that one file; False where it is too damaged for that.

    Raises DatabaseInUse if some other program reads it, DatabaseRefused if it is some other program's.
    """
    if has_anothers_log(path):
        remove_sides(path)
    if has_log(path) and not _is_readable(path):
        return False
    connection = sqlite3.connect(path, timeout=1.0, isolation_level=None)
    try:
        if not is_sound(connection):
            return False
        mark = connection.execute("PRAGMA application_id").fetchone()[0]
        if mark != APPLICATION_ID and path.stat().st_size:
            raise DatabaseRefused(
                f"{path} belongs to some other program. Name another file in DATABASE_URL. Nothing was changed."
            )
        failpoint("looked at")
        # takes the log in, and only if nobody else has it open
        if connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
            raise DatabaseInUse(_OPEN_ELSEWHERE.format(path=path))
    except sqlite3.DatabaseError as error:
        if is_one_of(error, *HELD):
            raise DatabaseInUse(_OPEN_ELSEWHERE.format(path=path)) from error
        return False
    finally:
        connection.close()
    failpoint("whole")
    return True


def _is_readable(path: Path) -> bool:
    """Whether it is in order together with its log, without writing the log into it."""
    connection = open_to_read(path)
    try:
        return is_sound(connection)
    except sqlite3.DatabaseError as error:
        return is_one_of(error, *HELD)  # which is said later
    finally:
        connection.close()


def _as_it_was(path: Path) -> None:
    """Let the database of before be as a bot leaves it."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def _made_ready(new: Path, before: Counted, now: datetime) -> Begun:
    """Up to date, and with all that keeps the lost time from being repeated."""
    connection = sqlite3.connect(new, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        db = SqliteUtils(connection)
        if MIGRATIONS.pending(db):
            MIGRATIONS.apply(db)
        begun = begin_after(connection, before, now)
        if not is_sound(connection):
            raise StorageUnavailable(
                "The copy of the backup is damaged: the disk cannot be trusted. Nothing was changed."
            )
    finally:
        connection.close()
    sync_file(new)
    return begun


def _keep(path: Path, kept: Path, *, whole: bool, failpoint: Failpoint) -> None:
    """Let what stands at *path* have a second name, there being no moment without a database."""
    if not whole:
        for side in with_sides(path)[1:]:
            side.rename(beside(kept, side.name.removeprefix(path.name)))
        failpoint("sides kept")
    try:
        os.link(path, kept)
    except OSError:  # a file system that knows no second names
        copied = beside(kept, ".part")
        make_private(copied)
        shutil.copyfile(path, copied)
        sync_file(copied)
        copied.rename(kept)
    kept.chmod(0o600)
    sync_folder(path.parent)
