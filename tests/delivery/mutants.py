"""Delivery, broken on purpose in the ways that matter: the tests of the tests. Each must be caught."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.http_retry import default_retry_handlers

from bot.delivery.model import Delivery, composed
from bot.delivery.posters import Load
from bot.delivery.queue import DeliveryQueue
from bot.delivery.sender import Sender
from bot.delivery.timers import Timers
from bot.delivery.transport import SlackTransport


class MarksAfterThePost(Sender):
    """Posts first and writes down afterwards that it did."""

    def __init__(self, queue: DeliveryQueue, *parts: Any, **more: Any) -> None:
        super().__init__(queue, *parts, **more)
        queue.take = lambda channels, now, left_at=None, *, join=True: [  # type: ignore[method-assign]
            queue.claim(channel, now, join=join) for channel in channels
        ]

    def _post(self, load: Load) -> bool:
        now, claimed = self._clock.now(), load.deliveries
        keys = [one.draft.key for one in claimed]
        slack_ts = self._transport.post(load.channel, claimed[0].draft.thread_ts, composed(claimed, now), keys)
        self._failpoint("after_post")
        self._queue.sent(self._queue.mark_sending(claimed, now), slack_ts, now)
        return True


class NeverLooks(DeliveryQueue):
    """Takes what is in doubt for lost."""

    def doubt(
        self, deliveries: Sequence[Delivery], verify_at: datetime, trouble: str, until: datetime | None = None
    ) -> None:
        self.not_sent(deliveries, verify_at, trouble)

    def recover(self, now: datetime, settle: timedelta) -> int:
        self.database.execute("UPDATE outbox SET state = 'pending' WHERE state IN ('claimed', 'sending')")
        return 0


class ForgetsTheClaimed(DeliveryQueue):
    """Leaves what a dead process had claimed as it is."""

    def recover(self, now: datetime, settle: timedelta) -> int:
        before = [row["id"] for row in self.database.rows("SELECT id FROM outbox WHERE state = 'claimed'")]
        found = super().recover(now, settle)
        for row_id in before:
            self.database.execute("UPDATE outbox SET state = 'claimed' WHERE id = :id", {"id": row_id})
        return found


class LooksWithoutEnd(Sender):
    """Reads history from before the message left up to now."""

    def __init__(self, queue: DeliveryQueue, transport: Any, *rest: Any, **more: Any) -> None:
        super().__init__(queue, transport, *rest, **more)
        self._reconciler._transport = _Unbounded(transport)  # type: ignore[assignment]


class _Unbounded:
    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def arrived(self, channel: str, thread_ts: str | None, since: float, until: float) -> dict[str, str]:
        return self._transport.arrived(channel, thread_ts, since, until + 10**9)  # type: ignore[no-any-return]


class LooksByOurClock(Sender):
    """Never asks what time it is at Slack."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self._presence.slack_now = self._presence.ahead = lambda: None  # type: ignore[method-assign]


class HasNoGates(Sender):
    """Calls methods as fast as it can."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        for gate in self._presence._gates._gates.values():
            gate.most = gate.a_minute = 60_000.0


class ForgetsConversations(Sender):
    """Has every process open all direct conversations anew."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self._queue.database.execute("DELETE FROM last_known WHERE kind = 'direct'")


class NeverProbes(Sender):
    """Goes on while Slack does not answer."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self._presence._outage.unanswered = lambda *call: None  # type: ignore[method-assign]


class _Together(Timers):
    def fire_due(self, now: datetime) -> int:
        return sum(timer.fire_due(now) for timer in self._timers)

    def next_due(self, now: datetime) -> list[datetime]:
        return [at for timer in self._timers if (at := timer.next_due()) is not None]


class FiresAllTogether(Sender):
    """A timer that fails takes the others with it."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self.timers = _Together(self.timers._timers)


class TakesTurns(Sender):
    """What is urgent waits as long as the rest."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        wait, ready = self._presence.wait, self._rate.ready
        self._presence.wait = lambda method, *, urgent=False: wait(method)  # type: ignore[method-assign]
        self._rate.ready = lambda waiting, now: ready([(one, False) for one, _ in waiting], now)  # type: ignore[method-assign]
        gate_is_open = self._rate.gate_is_open
        self._rate.gate_is_open = lambda now, *, urgent=False: gate_is_open(now)  # type: ignore[method-assign]


class LooksInTurn(DeliveryQueue):
    """Looks for the oldest first, be it urgent or not."""

    def doubtful_places(self, now: datetime) -> list[tuple[str, str | None, bool]]:
        return sorted((channel, thread, False) for channel, thread, _ in super().doubtful_places(now))


class RepeatsByItself(SlackTransport):
    """Keeps the retries that slack_sdk has by default."""

    def __init__(self, client: WebClient, reader: WebClient) -> None:
        super().__init__(client, reader)
        client.retry_handlers = default_retry_handlers()


def parts(mutant: str) -> dict[str, Any]:
    """What is built otherwise for *mutant*."""
    return {
        "": {},
        "marks after the post": {"sender_of": MarksAfterThePost},
        "never looks": {"queue_of": NeverLooks},
        "repeats by itself": {"transport_of": RepeatsByItself},
        "settles at once": {"settle": timedelta()},
        "forgets the claimed": {"queue_of": ForgetsTheClaimed},
        "looks without end": {"sender_of": LooksWithoutEnd},
        "looks by our clock": {"sender_of": LooksByOurClock},
        "has no gates": {"sender_of": HasNoGates},
        "forgets conversations": {"sender_of": ForgetsConversations},
        "never probes": {"sender_of": NeverProbes},
        "fires all together": {"sender_of": FiresAllTogether},
        "takes turns": {"sender_of": TakesTurns},
        "looks in turn": {"queue_of": LooksInTurn},
    }[mutant]
