"""
Reconciliation: a message in doubt is looked for in Slack before it would be sent again.

Slack has no idempotency key, and its history lags a little. So a message that may have arrived is looked for by the key
in its metadata, one settle after it left; only when it is not there twice, a settle apart, or once, a settle after it
could last have come, is it sent again. It is looked for only where it can be: between the moment in which it left and
one settle after that, by Slack's clock. A look that again and again cannot be finished ends as held, and is told.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.delivery.model import UNREADABLE, WHOLE_BOT, Delivery, DeliveryState, undelivered
from bot.delivery.presence import Presence
from bot.delivery.queue import DeliveryQueue
from bot.delivery.transport import HISTORY, REPLIES, TOO_MUCH_HISTORY, Transport
from bot.slack.errors import Fate, NotDelivered

MARGIN = timedelta(minutes=5)  # around the window in which it must lie, where its ends are in Slack's time
TIGHTEST = timedelta(seconds=5)
UNSURE = timedelta(hours=1)  # where they are not: our clock may be ahead or behind by so much
UNSURE_TIGHTEST = timedelta(minutes=1)
_LOOKS = 2
_AGAIN_AFTER = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=5)
_REFUSED_LOOKS, _UNANSWERED_LOOKS = 3, 8  # then it is held

Failpoint = Callable[[str], None]
Group = tuple[str, str | None]  # a channel, and a thread in it


def go_on(name: str) -> None:
    """The failpoint where none is wanted: does nothing."""


def span(one: Delivery, settle: timedelta, ahead: timedelta | None) -> tuple[datetime, datetime]:
    """
    The moments between which *one* must have arrived if it did, by Slack's clock.

    *ahead* is by how much ours is ahead of it now: what was noted by ours alone is moved by that.
    """
    by = ahead or timedelta()
    if one.doubt_until is not None:
        first = min(one.planned_at, one.draft.due) - by
        return min(first, one.left_at or first), one.doubt_until - by
    left = one.left_at or (one.sending_at or one.planned_at) - by
    return left, left + settle


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
        presence: Presence,
    ) -> None:
        self._queue = queue
        self._transport = transport
        self._clock = clock
        self._settle = settle
        self._monotonic = monotonic
        self._failpoint = failpoint
        self._presence = presence
        self._not_before: dict[int, float] = {}
        self._answers: dict[int, int] = {}  # by delivery: how many calls Slack had answered when it last did not

    def doubted(self, deliveries: Sequence[Delivery]) -> None:
        """Give *deliveries* one settle of real time, however the wall clock may be moved meanwhile."""
        until = self._monotonic() + self._settle.total_seconds()
        self._not_before |= dict.fromkeys((one.id for one in deliveries), until)

    def places(self, now: datetime) -> list[tuple[Group, bool]]:
        """Where something may be looked for now, urgent ones first, each with whether it is."""
        return [((channel, thread_ts), urgent) for channel, thread_ts, urgent in self._queue.doubtful_places(now)]

    def due(self, group: Group, now: datetime) -> list[Delivery]:
        """What may be looked for there: one look serves all of it."""
        mono = self._monotonic()
        return [one for one in self._queue.doubtful(*group, now) if self._not_before.get(one.id, 0.0) <= mono]

    def look(self, group: Group, deliveries: Sequence[Delivery]) -> None:
        """Look for *deliveries* in *group*, and decide."""
        self._failpoint("before_look")
        asked_at = self._presence.slack_now()
        try:
            arrived = self._arrived(group, deliveries, MARGIN, UNSURE)
        except NotDelivered as error:
            if error.verdict.reason != TOO_MUCH_HISTORY:
                self.could_not_look(deliveries, error)
                return
            for one in deliveries:
                self._look_closely(group, one, asked_at)
        else:
            self._failpoint("after_look")
            for one in deliveries:
                self._decide(one, arrived.get(one.draft.key), asked_at)
        self._failpoint("after_reconcile")

    def _look_closely(self, group: Group, one: Delivery, asked_at: datetime | None) -> None:
        """The same for one, with no more history than there must be."""
        try:
            arrived = self._arrived(group, [one], TIGHTEST, UNSURE_TIGHTEST)
        except NotDelivered as error:
            self.could_not_look([one], error)
        else:
            self._decide(one, arrived.get(one.draft.key), asked_at)

    def _arrived(
        self, group: Group, deliveries: Sequence[Delivery], margin: timedelta, unsure: timedelta
    ) -> dict[str, str]:
        channel, thread_ts = group
        begins, ends = [], []
        for one in deliveries:
            first, last = span(one, self._settle, self._presence.ahead())
            more = margin if one.left_at and not one.doubt_until else unsure
            begins.append(first - more)
            ends.append(last + more)
        try:
            arrived = self._transport.arrived(channel, thread_ts, min(begins).timestamp(), max(ends).timestamp())
        except NotDelivered as error:
            self._presence.hear(REPLIES if thread_ts else HISTORY, channel, error)
            raise
        self._presence.hear(REPLIES if thread_ts else HISTORY, channel, None)
        return arrived

    def _decide(self, one: Delivery, slack_ts: str | None, asked_at: datetime | None) -> None:
        now = self._clock.now()
        if slack_ts is not None:
            self._queue.found(one, slack_ts, now)
        elif one.verifications + 1 < _LOOKS and not self._is_long_past(one, asked_at):
            self._queue.not_found(one, now + self._settle)
            self.doubted([one])
            return
        else:
            self._queue.send_again(one, now, "not_found")
        self._forget(one)

    def _is_long_past(self, one: Delivery, asked_at: datetime | None) -> bool:
        """Whether whatever came of it could be read when Slack was asked."""
        if asked_at is None or (one.left_at is None and one.doubt_until is None):
            return False
        return span(one, self._settle, self._presence.ahead())[1] + self._settle <= asked_at

    def could_not_look(self, deliveries: Sequence[Delivery], error: NotDelivered) -> None:
        """A look for *deliveries* failed: another one later, or the end of it."""
        now, verdict = self._clock.now(), error.verdict
        refused = verdict.fate is Fate.REFUSED and verdict.reason not in WHOLE_BOT
        unanswered = verdict.fate in (Fate.UNKNOWN, Fate.NOT_SENT)
        for one in deliveries:
            counts = refused or (unanswered and self._others_are_answered(one))
            tries = one.unreadable + counts
            if counts and tries >= (_REFUSED_LOOKS if refused else _UNANSWERED_LOOKS):
                self._end_unseen(one, verdict.reason, now)
                continue
            pause = min(min(_AGAIN_AFTER, self._settle) * 2 ** max(0, tries - 1), _LONGEST_PAUSE)
            self._queue.verify_later(one, now + max(timedelta(seconds=verdict.wait), pause), tries)

    def _others_are_answered(self, one: Delivery) -> bool:
        """Whether Slack answered anything since it last did not answer a look for *one*: then it is not just away."""
        before = self._answers.get(one.id)
        self._answers[one.id] = self._presence.answers
        return before is not None and self._presence.answers > before

    def _end_unseen(self, one: Delivery, reason: str, now: datetime) -> None:
        self._forget(one)
        if one.draft.urgent and one.attempt < 2:
            self._queue.send_again(one, now, f"{UNREADABLE}{reason}")
            return
        held = replace(one, state=DeliveryState.HELD, trouble=reason)
        told = undelivered(held, one.draft.fallback_to[0]) if one.draft.fallback_to else None
        self._queue.hold(one, reason, told, now)

    def _forget(self, one: Delivery) -> None:
        self._not_before.pop(one.id, None)
        self._answers.pop(one.id, None)
