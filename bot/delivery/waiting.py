"""The channels where something waits to be posted: asked of the database as a whole now and then, else one by one."""

from collections.abc import Callable
from datetime import datetime

from bot.clock import stamp
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
        last, planned = self._planned_after(self._last)
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
        urgent = self._waits_in(channel, now)
        if urgent is None:
            self._urgent.pop(channel, None)
        else:
            self._urgent[channel] = urgent

    def drop(self, channel: str) -> None:
        """Nothing of *channel* can be posted until something else has come to an end."""
        self._urgent.pop(channel, None)

    def _waits_in(self, channel: str, now: datetime) -> bool | None:
        """Whether something urgent may be posted in *channel* at *now*; None if nothing may."""
        rows = self._queue.database.rows(
            f"""
            SELECT urgent FROM outbox WHERE team_id = :team AND state = 'pending' AND channel = :channel
                AND not_before <= :now {self._queue.sound("outbox")}
            ORDER BY urgent DESC, id LIMIT 1
            """,  # noqa: S608 - a constant of ours
            {"team": self._queue.team_id, "channel": channel, "now": stamp(now)},
        )
        return bool(rows[0]["urgent"]) if rows else None

    def _planned_after(self, last: int) -> tuple[int, list[str]]:
        """The id of the newest message, and the channels of all that were planned after that of id *last*."""
        newest = self._queue.database.rows("SELECT MAX(id) AS id FROM outbox")[0]["id"] or 0
        if newest == last:
            return last, []
        sql = "SELECT DISTINCT channel FROM outbox WHERE team_id = :team AND id > :last AND state = 'pending'"
        rows = self._queue.database.rows(sql, {"team": self._queue.team_id, "last": last})
        return newest, [row["channel"] for row in rows]
