"""
Slack's clock, learnt from the Date header of its answers: a message's ts is in its time, not in ours.

Between two answers both of our clocks carry it on. Where they disagree, somebody has set the one, or the machine was
suspended and the other stood still: then nobody knows the time until Slack is asked again.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.clock import Clock

_AGREE = timedelta(seconds=30)


def date_of(header: str | None) -> datetime | None:
    """A Date header as an aware time in UTC, to the second; None where there is none, or no date in it."""
    if not header:
        return None
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except ValueError:
        return None


class SlackTime:
    """What time it is at Slack. *monotonic* gives seconds."""

    def __init__(self, clock: Clock, monotonic: Callable[[], float]) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._turn = threading.Lock()
        self._heard: tuple[datetime | None, datetime, float] | None = None  # its time, and both of ours then

    def heard(self, date: datetime | None) -> None:
        """Slack answered at *date*, or without one."""
        with self._turn:
            if date is not None or self._heard is None or self._moved(*self._heard[1:]):
                self._heard = (date, self._clock.now(), self._monotonic())

    def is_asked_for(self) -> bool:
        """Whether Slack has to answer once before anything is sent: it never did, or a clock was moved since."""
        with self._turn:
            return self._heard is None or self._moved(*self._heard[1:])

    def now(self) -> datetime | None:
        """The time at Slack; None where it is not known."""
        with self._turn:
            if self._heard is None or self._heard[0] is None or self._moved(*self._heard[1:]):
                return None
            return self._heard[0] + (self._clock.now() - self._heard[1])

    def ahead(self) -> timedelta | None:
        """By how much our clock is ahead of Slack's; None where it is not known."""
        slack = self.now()
        return None if slack is None else self._clock.now() - slack

    def _moved(self, wall: datetime, mono: float) -> bool:
        passed = self._clock.now() - wall
        return abs(passed - timedelta(seconds=self._monotonic() - mono)) > _AGREE
