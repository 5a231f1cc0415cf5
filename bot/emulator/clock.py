"""A clock that can be moved: the workspace's, and the bot's when both run in one process."""

import threading
import time
from datetime import UTC, datetime, timedelta


class MovableClock:
    """
    The time of day, which runs on from *start* (aware; by default now) and can be moved forward.

    With *running* False it stands still between moves. Safe to be read and moved from any thread.
    """

    def __init__(self, start: datetime | None = None, *, running: bool = True) -> None:
        self._base = (start or datetime.now(UTC)).astimezone(UTC)
        self._since = time.monotonic()
        self._running = running
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        with self._lock:
            passed = time.monotonic() - self._since if self._running else 0.0
            return self._base + timedelta(seconds=passed)

    def advance(self, by: timedelta | None = None, **parts: float) -> None:
        """Move forward *by*, or by *parts* as `timedelta` takes them. Raises ValueError for a step backward."""
        step = by if by is not None else timedelta(**parts)
        if step < timedelta():
            raise ValueError(f"the clock only moves forward, not by {step}")
        with self._lock:
            self._base += step
