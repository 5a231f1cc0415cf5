"""Notices that somebody has set the clock of this machine back. Pure: the times are given to it."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

logger = logging.getLogger(__name__)

_NOTICED = timedelta(seconds=2)


class ClockWatch:
    """Compares the wall clock with *monotonic*, whose seconds nobody sets."""

    def __init__(self, now: datetime, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._ahead = self._how_far_ahead(now)

    def was_set_back(self, now: datetime) -> bool:
        """Whether it was, since this was last asked."""
        before, self._ahead = self._ahead, self._how_far_ahead(now)
        if self._ahead >= before - _NOTICED:
            return False
        logger.warning("the clock was set back by %s", before - self._ahead)
        return True

    def _how_far_ahead(self, now: datetime) -> datetime:
        """The wall clock against the monotonic one: less than a moment ago means that somebody has set it back."""
        return now - timedelta(seconds=self._monotonic())
