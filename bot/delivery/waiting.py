"""The channels where something waits to be posted: asked of the database as a whole now and then, else one by one."""

from collections.abc import Callable
from datetime import datetime

from bot.delivery.queue import DeliveryQueue

_ALL_AFTER_S = 1.0  # for each thousand channels


class WaitingChannels:
    """
    Each with whether something urgent waits there.

    To look through thousands of channels after each post would cost more than the posts.
    """

    def __init__(self, queue: DeliveryQueue, monotonic: Callable[[], float]) -> None:
        self._queue = queue
        self._monotonic = monotonic
        self._urgent: dict[str, bool] = {}
        self._read_at: float | None = None
        self._until: datetime | None = None
        self._last = 0  # the newest message that was seen

    def changed(self) -> None:
        """Anything may be new."""
        self._read_at = None

    def all(self, now: datetime) -> dict[str, bool]:
        """Those where something may be posted at *now*."""
        mono = self._monotonic()
        last, planned = self._queue.planned_after(self._last)
        self._last = last
        pause_s = _ALL_AFTER_S * max(1.0, len(self._urgent) / 1_000)
        if (
            self._read_at is None
            or mono >= self._read_at + pause_s
            or mono < self._read_at
            or (self._until is not None and now >= self._until)
        ):
            self._read_at = mono
            self._urgent = dict(self._queue.channels(now))
            self._until = self._queue.next_pending(now)
        else:
            for channel in planned:
                self.look_at(channel, now)
        return self._urgent

    def look_at(self, channel: str, now: datetime) -> None:
        """What waits in *channel* may have changed."""
        urgent = self._queue.waits_in(channel, now)
        if urgent is None:
            self._urgent.pop(channel, None)
        else:
            self._urgent[channel] = urgent

    def drop(self, channel: str) -> None:
        """Nothing of *channel* can be posted until something else has come to an end."""
        self._urgent.pop(channel, None)
