"""What becomes of messages whose post failed, or whose conversation could not be opened."""

from collections.abc import Sequence
from datetime import timedelta

from bot.clock import Clock
from bot.delivery.direct import DirectConversations
from bot.delivery.fallbacks import give_up
from bot.delivery.model import TOO_MUCH, WHOLE_BOT, Delivery
from bot.delivery.presence import Presence
from bot.delivery.queue import DeliveryQueue
from bot.delivery.reconcile import Reconciler
from bot.delivery.transport import POST
from bot.slack.errors import Fate, NotDelivered

_REFUSED_FOR = timedelta(seconds=60)
_BACKOFF_S = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)


class Outcomes:
    """
    Writes down how posts ended that Slack did not take. *refused* is why it takes nothing at all from us, or empty.

    *settle* is the whole time that Slack may take to accept and show a message.
    """

    def __init__(
        self,
        queue: DeliveryQueue,
        clock: Clock,
        settle: timedelta,
        presence: Presence,
        direct: DirectConversations,
        reconciler: Reconciler,
    ) -> None:
        self._queue = queue
        self._clock = clock
        self._settle = settle
        self._presence = presence
        self._direct = direct
        self._reconciler = reconciler
        self.refused = ""

    def not_posted(self, channel: str, leaving: Sequence[Delivery], error: NotDelivered) -> bool:
        """A post of *leaving* to *channel* failed with *error*; returns whether it may have arrived."""
        now, verdict = self._clock.now(), error.verdict
        self._presence.hear(POST, channel, error)
        if verdict.fate is Fate.LATER:
            self._queue.not_sent(leaving, now, verdict.reason)  # the pace holds it back, by a clock that nobody sets
            return False
        if verdict.fate is Fate.NOT_SENT:
            self._queue.not_sent(leaving, now + _backoff(leaving[0].attempt), verdict.reason)
            return False
        if verdict.reason in WHOLE_BOT:
            self.refused = verdict.reason
            self._queue.not_sent(leaving, now + _REFUSED_FOR, verdict.reason)
            return False
        if verdict.fate is Fate.REFUSED and len(leaving) > 1 and verdict.reason.startswith(TOO_MUCH):
            self._queue.send_apart(leaving, now, verdict.reason)
            return False
        if verdict.reason == "channel_not_found" and (person := self._direct.forget(channel)):
            self._queue.not_sent(leaving, now, verdict.reason)
            self._queue.reopen(channel, person)
            return False
        if verdict.fate is Fate.REFUSED:
            give_up(self._queue, leaving, verdict.reason, now)
            return False
        self._reconciler.doubted(leaving)
        moved = not self._presence.is_sure_of_the_time()  # or it was suspended, and it left long after the mark
        until = now + self._settle if moved else None
        self._queue.doubt(leaving, now + self._settle, verdict.reason, until)
        return True

    def not_opened(self, claimed: Sequence[Delivery], error: NotDelivered) -> None:
        """The conversation that *claimed* are for could not be opened."""
        now, verdict = self._clock.now(), error.verdict
        if verdict.reason in WHOLE_BOT:
            self.refused = verdict.reason
            self._queue.release(claimed, now + _REFUSED_FOR, verdict.reason)
        elif verdict.fate is Fate.REFUSED:
            give_up(self._queue, claimed, verdict.reason, now)
        elif verdict.fate is Fate.LATER:
            self._queue.release(claimed, now, verdict.reason)  # the method's gate holds it back
        else:
            self._queue.release(claimed, now + _backoff(claimed[0].attempt), verdict.reason)


def _backoff(attempt: int) -> timedelta:
    return timedelta(seconds=_BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)])
