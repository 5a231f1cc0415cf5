"""What the features ask of a database, and nothing more."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Parameters = Mapping[str, Any]
Row = dict[str, Any]


class Database(Protocol):
    """
    SQL in, plain rows out. Safe to use from several threads: statements and transactions exclude one another.

    Every method raises StorageUnavailable when the disk is full or read-only, and then nothing was stored.
    """

    def transaction(self) -> AbstractContextManager[None]:
        """All statements inside are stored together or not at all. May be nested; the outermost one decides."""

    def execute(self, sql: str, parameters: Parameters | None = None) -> int:
        """Run one statement with ``:name`` parameters and return how many rows it changed."""

    def execute_each(self, sql: str, parameters: Sequence[Parameters]) -> int:
        """Run one statement once for each of *parameters*, in one transaction; returns how many rows all changed."""

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """Run one query and return its rows, each a dict by column name."""

    def version(self) -> tuple[int, int]:
        """Another one after whatever was changed, by us or by another program."""

    def check_writable(self) -> None:
        """Raise StorageUnavailable if nothing can be stored now."""

    def check_same_file(self) -> None:
        """Raise StorageUnavailable if what is stored goes to a place that nobody will read after a restart."""

    def wipe_log(self) -> bool:
        """Have what was deleted leave whatever is kept beside the rows; False if a reader prevents it. Never waits."""

    def what_is_wrong(self) -> str | None:
        """For the health report: what will become a trouble, or None."""

    def close(self) -> None:
        """Finish, and let another process have the database."""
