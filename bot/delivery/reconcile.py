"""
Reconciliation: a message in doubt is looked for in Slack before it would be sent again.

Slack has no idempotency key, and its history lags a little. So a message that may have arrived is looked for by the key
in its metadata, one settle after it left; only when it is not there twice, a settle apart, is it sent again.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.delivery.model import UNREADABLE, WHOLE_BOT, Delivery, DeliveryState, undelivered
from bot.delivery.queue import DeliveryQueue
from bot.delivery.transport import Transport
from bot.slack.errors import Fate, NotDelivered

_EARLIER = timedelta(hours=1)  # our clock may be ahead of Slack's by so much
_LOOKS = 2
_AGAIN_AFTER = timedelta(seconds=10)

Failpoint = Callable[[str], None]
Group = tuple[str, str | None]  # a channel, and a thread in it


class Reconciler:
    """Decides what became of doubtful deliveries. *settle*: how long Slack may take to accept and to show a message."""

    def __init__(
        self,
        queue: DeliveryQueue,
        transport: Transport,
        clock: Clock,
        settle: timedelta,
        monotonic: Callable[[], float],
        failpoint: Failpoint,
    ) -> None:
        self._queue = queue
        self._transport = transport
        self._clock = clock
        self._settle = settle
        self._monotonic = monotonic
        self._failpoint = failpoint
        self._not_before: dict[int, float] = {}

    def doubted(self, deliveries: Sequence[Delivery]) -> None:
        """Give *deliveries* one settle of real time, however the wall clock may be moved meanwhile."""
        until = self._monotonic() + self._settle.total_seconds()
        self._not_before |= dict.fromkeys((one.id for one in deliveries), until)

    def due(self, now: datetime) -> dict[Group, list[Delivery]]:
        """What may be looked for now, by channel and thread: one look serves all that is doubtful there."""
        groups: dict[Group, list[Delivery]] = {}
        for one in self._queue.doubtful(now):
            if self._not_before.get(one.id, 0.0) <= self._monotonic():
                groups.setdefault((one.draft.channel, one.draft.thread_ts), []).append(one)
        return groups

    def look(self, group: Group, deliveries: Sequence[Delivery]) -> None:
        """Look for *deliveries* in *group*, and decide."""
        channel, thread_ts = group
        left = min(one.sending_at or one.planned_at for one in deliveries)
        self._failpoint("before_look")
        try:
            arrived = self._transport.arrived(channel, thread_ts, (left - _EARLIER).timestamp())
        except NotDelivered as error:
            self._could_not_look(deliveries, error)
            return
        self._failpoint("after_look")
        now = self._clock.now()
        for one in deliveries:
            self._decide(one, arrived.get(one.draft.key), now)
        self._failpoint("after_reconcile")

    def _decide(self, one: Delivery, slack_ts: str | None, now: datetime) -> None:
        if slack_ts is not None:
            self._queue.found(one, slack_ts, now)
        elif one.verifications + 1 < _LOOKS:
            self._queue.not_found(one, now + self._settle)
            self.doubted([one])
            return
        else:
            self._queue.send_again(one, now, "not_found")
        self._not_before.pop(one.id, None)

    def _could_not_look(self, deliveries: Sequence[Delivery], error: NotDelivered) -> None:
        now = self._clock.now()
        verdict = error.verdict
        if verdict.fate is not Fate.REFUSED or verdict.reason in WHOLE_BOT:
            self._queue.verify_later(
                deliveries, now + max(timedelta(seconds=verdict.wait), min(_AGAIN_AFTER, self._settle))
            )
            return
        for one in deliveries:
            if one.draft.urgent and one.attempt < 2:
                self._queue.send_again(one, now, f"{UNREADABLE}{verdict.reason}")
                continue
            held = replace(one, state=DeliveryState.HELD, trouble=verdict.reason)
            told = undelivered(held, one.draft.fallback_to[0]) if one.draft.fallback_to else None
            self._queue.hold(one, verdict.reason, told, now)
