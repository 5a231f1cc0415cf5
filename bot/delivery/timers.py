"""The features' timers, each by itself: one that fails keeps back no other, and no message."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.log import failure

logger = logging.getLogger(__name__)


class Timer(Protocol):
    """A feature with things that come due."""

    def fire_due(self, now: datetime) -> int:
        """Decide all that is due at *now*, each in one transaction with what it causes; returns how many."""

    def next_due(self) -> datetime | None:
        """When the next one is due."""


@runtime_checkable
class MindsTheClock(Protocol):
    """A timer whose waits count from a moment, and would be longer where the clock is set back behind it."""

    def clock_was_set_back(self, now: datetime) -> None:
        """Let what waits, wait from *now* on."""


class Timers:
    """All timers of one sender."""

    def __init__(self, timers: Iterable[Timer]) -> None:
        self._timers = list(timers)
        self._failing: dict[int, tuple[str, datetime, int]] = {}  # by its place: its name, since when, how often

    def add(self, timer: Timer) -> None:
        """One more."""
        self._timers.append(timer)

    def fire_due(self, now: datetime) -> int:
        """Fire what is due of each; returns how many."""
        fired = 0
        for place, timer in enumerate(self._timers):
            try:
                fired += timer.fire_due(now)
            except Exception as error:  # noqa: BLE001 - one that fails keeps back no other
                self._failed(place, error, now)
            else:
                self._failing.pop(place, None)
        return fired

    def next_due(self, now: datetime) -> list[datetime]:
        """When the next one of each is due."""
        dates = []
        for place, timer in enumerate(self._timers):
            try:
                at = timer.next_due()
            except Exception as error:  # noqa: BLE001 - the same
                self._failed(place, error, now)
            else:
                dates += [at] if at is not None else []
        return dates

    def clock_was_set_back(self, now: datetime) -> None:
        """Somebody has set the clock back: nothing waits for hours because of it."""
        for place, timer in enumerate(self._timers):
            try:
                if isinstance(timer, MindsTheClock):
                    timer.clock_was_set_back(now)
            except Exception as error:  # noqa: BLE001 - the same
                self._failed(place, error, now)

    def what_is_wrong(self) -> str | None:
        """For the health report."""
        failing = [f"{name} (since {at:%d %b %H:%M} UTC)" for name, at, _ in list(self._failing.values())]
        return f"what is due cannot be found out: {', '.join(failing)}" if failing else None

    def _failed(self, place: int, error: Exception, now: datetime) -> None:
        name, since, times = self._failing.get(place, (type(self._timers[place]).__name__, now, 0))
        if not times:  # once, and not every second
            failure(logger, f"{name}: what is due could not be fired; I try again every second", error)
        self._failing[place] = (name, since, times + 1)
