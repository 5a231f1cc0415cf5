"""The clock, passed in: tests and the demo move it, the bot reads it."""

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


def stamp(at: datetime) -> str:
    """*at* (aware) as it is kept in rows: UTC in ISO 8601 to the millisecond, so that texts compare as times do."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def is_instant(kept: object) -> bool:
    """Whether *kept* is what `stamp` writes."""
    try:
        return bool(instant(str(kept)))
    except ValueError:
        return False


def instant(kept: str) -> datetime:
    """What `stamp` wrote, as an aware time in UTC."""
    return datetime.fromisoformat(kept).astimezone(UTC)
