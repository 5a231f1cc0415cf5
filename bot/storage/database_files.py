"""The files of a SQLite database: which there are, who may read them, and whether they belong together."""

import logging
import os
from collections.abc import Iterable
from pathlib import Path

logger = logging.getLogger(__name__)

LOG = "-wal"
SIDES = (LOG, "-shm", "-journal")  # what SQLite keeps beside a database, and reads as a part of it
RESTORING = ".restoring"  # a backup that is being made ready
KEPT = ".before-restore"  # what stood there before
_ALONE = 0o600
_IN_A_LOG = b"\x02\x02"  # bytes 18 and 19 of the file: what is written goes through a write-ahead log


def beside(path: Path, ending: str) -> Path:
    """The file beside *path* whose name ends with *ending*."""
    return path.with_name(f"{path.name}{ending}")


def with_sides(path: Path) -> list[Path]:
    """*path* and what SQLite keeps beside it, as far as it is there."""
    return [one for one in (path, *(beside(path, side) for side in SIDES)) if one.exists()]


def make_private(path: Path) -> None:
    """Make an empty file at *path* for this user alone, whatever the umask is; leave what is there. Raises OSError."""
    try:
        made = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _ALONE)
    except FileExistsError:
        return
    try:
        os.fchmod(made, _ALONE)
    finally:
        os.close(made)


def narrow(paths: Iterable[Path]) -> None:
    """Take *paths* away from all users but this one, and log which could be read by others."""
    narrowed = []
    for path in paths:
        try:
            mode = path.stat().st_mode
            if path.is_file() and mode & 0o077:
                path.chmod(mode & 0o700)
                narrowed.append(path.name)
        except FileNotFoundError:
            continue
        except OSError:
            logger.warning("%s can be read by other users of this machine, and this user may not change that", path)
    if narrowed:
        logger.warning("other users of this machine could read %s; now this user alone can", ", ".join(narrowed))


def has_log(path: Path) -> bool:
    """Whether something stands in the write-ahead log beside *path*."""
    log = beside(path, LOG)
    return log.exists() and log.stat().st_size > 0


def has_anothers_log(path: Path) -> bool:
    """
    Whether the write-ahead log beside *path* was written for another file, which SQLite would not notice.

    A backup is complete without a log, and says so in its head; the bot's own file says otherwise from the first start
    on. To be asked only while nobody in this process has *path* open: closing a file drops SQLite's locks on it.
    """
    if not path.exists() or not has_log(path):
        return False
    with path.open("rb") as file:
        head = file.read(20)
    return head.startswith(b"SQLite format 3\0") and head[18:20] != _IN_A_LOG


def remove_sides(path: Path) -> None:
    """Remove what SQLite kept beside *path*."""
    for side in SIDES:
        beside(path, side).unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Have what was written to *path* reach the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have new and changed names in *folder* reach the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def identity(path: Path) -> tuple[int, int] | None:
    """What tells the file at *path* from any other, its device and inode; None if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
