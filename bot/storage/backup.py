"""A complete copy of the database in one file, also while the bot runs. `restore.py` puts one back."""

import os
import sqlite3
import tempfile
from pathlib import Path

from bot.errors import StorageUnavailable
from bot.storage.before_opening import is_sound
from bot.storage.database_files import sync_file, sync_folder
from bot.storage.sqlite import SqliteDatabase, open_database


def back_up(path: Path, target: Path) -> None:
    """
    Copy the database at *path*, as it stands at one moment, to the new file *target*; also beside a running bot.

    Raises DatabaseRefused or StorageUnavailable; then there is no *target*.
    """
    if target.exists():
        raise StorageUnavailable(f"{target} exists already, and a backup overwrites nothing. Choose another name.")
    source = open_database(path, exclusive=False)
    try:
        _copy(source, target)
    finally:
        source.close()


def _copy(source: SqliteDatabase, target: Path) -> None:
    unfinished = None
    try:
        made, name = tempfile.mkstemp(dir=target.parent, prefix=f"{target.name}.", suffix=".part")  # for us alone
        os.fchmod(made, 0o600)
        os.close(made)
        unfinished = Path(name)
        copy = sqlite3.connect(unfinished)
        try:
            source.copy_to(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, complete in itself
            sound = is_sound(copy)
        finally:
            copy.close()
        if not sound:
            raise StorageUnavailable(f"The copy of the database is damaged, so {target} was not made.")
        sync_file(unfinished)
        unfinished.rename(target)
        sync_folder(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise StorageUnavailable(
            f"{target} could not be written ({error}). Does the folder exist, is there room, and may this user write "
            "there?"
        ) from error
    finally:
        if unfinished:
            unfinished.unlink(missing_ok=True)
