"""What waits to be posted or looked for: where, and from when on. All of it is read now and then, else one by one."""

from collections.abc import Callable
from datetime import datetime

from bot.clock import instant, stamp
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
        before, self._last = self._last, self._newest()
        pause_s = _ALL_AFTER_S * max(1.0, len(self._urgent) / 1_000)
        if (
            self._read_at is None
            or mono >= self._read_at + pause_s
            or mono < self._read_at
            or (self._until is not None and now >= self._until)
        ):
            self._read_at = mono
            self._urgent = dict(self.channels(now))
            self._until = self._next_pending(now)
        else:
            self._add_planned_after(before, now)
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

    def channels(self, now: datetime) -> list[tuple[str, bool]]:
        """Where something may be posted at *now*, each with whether something urgent is among it, read anew."""
        sound = self._queue.sound("outbox")
        rows = self._queue.database.rows(
            f"""
            WITH RECURSIVE known (channel) AS (
                SELECT MIN(channel) FROM outbox WHERE team_id = :team AND state = 'pending'
                UNION ALL
                SELECT (SELECT MIN(channel) FROM outbox
                        WHERE team_id = :team AND state = 'pending' AND channel > known.channel)
                FROM known WHERE known.channel IS NOT NULL
            )
            SELECT channel, (SELECT urgent FROM outbox
                            WHERE team_id = :team AND state = 'pending' AND outbox.channel = known.channel
                                AND not_before <= :now {sound}
                            ORDER BY urgent DESC, id LIMIT 1) AS urgent
            FROM known WHERE channel IS NOT NULL
            """,  # noqa: S608 - a constant of ours
            {"team": self._queue.team_id, "now": stamp(now)},
        )
        return [(row["channel"], bool(row["urgent"])) for row in rows if row["urgent"] is not None]

    def has_urgent(self, now: datetime) -> bool:
        """Whether anything that somebody waits for has not left yet."""
        return any(urgent for _, urgent in self.channels(now))

    def next_at(self) -> datetime | None:
        """When something is to be posted or looked for next, by its own time."""
        try:
            return min(self._first_times(), default=None)
        except (ValueError, TypeError):  # a time that is none: find out whose
            sql = "SELECT * FROM outbox WHERE team_id = :team AND state IN ('pending', 'in_doubt')"
            self._queue.read(
                self._queue.database.rows(f"{sql} {self._queue.sound('outbox')}", {"team": self._queue.team_id})
            )
            return min(self._first_times(), default=None)

    def _next_pending(self, now: datetime) -> datetime | None:
        """When something may be posted that may not be at *now*."""
        rows = self._queue.database.rows(
            f"""
            SELECT MIN(not_before) AS at FROM outbox
            WHERE team_id = :team AND state = 'pending' AND not_before > :now {self._queue.sound("outbox")}
            """,  # noqa: S608 - a constant of ours
            {"team": self._queue.team_id, "now": stamp(now)},
        )
        try:
            return instant(rows[0]["at"]) if rows[0]["at"] else None
        except (ValueError, TypeError):
            return None

    def _first_times(self) -> list[datetime]:
        """The first, where the last can be read, too."""
        found = []
        for column, state in (("not_before", "pending"), ("verify_at", "in_doubt")):
            where = f"FROM outbox WHERE team_id = :team AND state = '{state}' {self._queue.sound('outbox')}"
            rows = self._queue.database.rows(
                f"SELECT (SELECT MIN({column}) {where}) AS first, (SELECT MAX({column}) {where}) AS last",
                {"team": self._queue.team_id},
            )
            if rows[0]["first"] is not None:
                instant(rows[0]["last"])
                found.append(instant(rows[0]["first"]))
        return found

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

    def _newest(self) -> int:
        """The id of the newest message."""
        return int(self._queue.database.rows("SELECT MAX(id) AS id FROM outbox")[0]["id"] or 0)

    def _add_planned_after(self, last: int, now: datetime) -> None:
        """The channels of all that was planned after the message of id *last*."""
        if self._last == last:
            return
        rows = self._queue.database.rows(
            f"""
            SELECT channel, MAX(urgent) AS urgent FROM outbox
            WHERE team_id = :team AND id > :last AND state = 'pending' AND not_before <= :now
                {self._queue.sound("outbox")} GROUP BY channel
            """,  # noqa: S608 - a constant of ours
            {"team": self._queue.team_id, "last": last, "now": stamp(now)},
        )
        for row in rows:
            self._urgent[row["channel"]] = self._urgent.get(row["channel"], False) or bool(row["urgent"])
