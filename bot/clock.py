"""The time, as an argument: tests and the demo move it, the bot reads it."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where the bot reads the time of day. Durations (time-outs, pauses) use ``time.monotonic`` instead."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)
