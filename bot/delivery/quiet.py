"""Nothing to do: a step that would find what the last one found is left out."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.storage.database import Database

_FOR = timedelta(seconds=10)  # then it looks again, and shows that it lives
_MOVED = timedelta(seconds=0.5)


class Quiet:
    """Holds from a step that found nothing to do until something is due, or changes, or a clock is moved."""

    def __init__(self, database: Database, monotonic: Callable[[], float]) -> None:
        self._database = database
        self._monotonic = monotonic
        self._until: datetime | None = None
        self._version = (0, 0)
        self._ahead: datetime | None = None

    def version(self) -> tuple[int, int]:
        """Of the database, to be asked before it is looked at."""
        return self._database.version()

    def begins(self, now: datetime, dates: list[datetime], version: tuple[int, int]) -> None:
        """Nothing is to be done before the first of *dates*, as long as the database is of that *version*."""
        self._until = min([now + _FOR, *dates]) if all(at > now for at in dates) else None
        self._version, self._ahead = version, self._how_far_ahead(now)

    def ends(self) -> None:
        """There is something to do."""
        self._until = None

    def holds(self, now: datetime) -> bool:
        """Whether there is still nothing to do."""
        if self._until is None or self._ahead is None or now >= self._until:
            return False
        return abs(self._how_far_ahead(now) - self._ahead) < _MOVED and self._database.version() == self._version

    def _how_far_ahead(self, now: datetime) -> datetime:
        return now - timedelta(seconds=self._monotonic())
