"""
The sender: posts what is planned, looks for what is in doubt, fires timers.

`step` decides and never waits; posts and looks run on a few threads of their own, so that a call that hangs delays its
own channel alone. Each row is marked, durably, in the moment before its bytes leave: from then on it counts as perhaps
posted, whatever happens, and before it never. What is urgent goes first everywhere, and some threads are its own.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.delivery.clock_watch import ClockWatch
from bot.delivery.direct import DirectConversations
from bot.delivery.fallbacks import give_up
from bot.delivery.model import (
    READ_BY_OTHERS,
    TOO_MUCH,
    WHOLE_BOT,
    Delivery,
    DeliveryState,
    Draft,
    anybody,
    as_read,
    composed,
    in_words,
)
from bot.delivery.posters import Posters, Run
from bot.delivery.presence import Presence
from bot.delivery.queue import DeliveryQueue
from bot.delivery.rate_limit import MethodGates, RateLimiter
from bot.delivery.reconcile import Failpoint, Group, Reconciler
from bot.delivery.timers import Timer, Timers
from bot.delivery.transport import HISTORY, OPEN, POST, REPLIES, Transport
from bot.delivery.waiting import WaitingChannels
from bot.log import failure
from bot.slack.errors import Fate, NotDelivered
from bot.slack.health import joined
from bot.slack.last_known import LastKnown

logger = logging.getLogger(__name__)

_LONGEST_SLEEP_S = 1.0  # a clock that was moved is noticed within this
_REFUSED_FOR = timedelta(seconds=60)
_BACKOFF_S = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)


def nothing(name: str) -> None:
    """Default failpoint: does nothing."""


class Sender:
    """
    Delivers what is in the *queue*.

    *settle* is the whole time that Slack may take to accept and show a message. *run* starts a piece of work, by
    default on threads of its own; *monotonic* gives seconds for pacing. *failpoint* is called at each boundary of the
    protocol, for tests. *may_read* tells, in the moment of sending, whether whoever gets a draft may read its words,
    *may_post* whether it may stand in its channel at all.
    *gates* are shared with whoever else calls the same methods, *last_known* with whoever else keeps what Slack says.
    """

    def __init__(  # noqa: PLR0913 - each of its parts can be another in tests
        self,
        queue: DeliveryQueue,
        transport: Transport,
        clock: Clock,
        settle: timedelta,
        *,
        timers: Sequence[Timer] = (),
        join: bool = True,
        run: Run | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        failpoint: Failpoint = nothing,
        may_read: Callable[[Draft], bool] = anybody,
        may_post: Callable[[Draft], bool] = anybody,
        gates: MethodGates | None = None,
        last_known: LastKnown | None = None,
    ) -> None:
        self._queue = queue
        self._transport = transport
        self._clock = clock
        self._settle = settle
        self.timers = Timers(timers)
        self._join = join
        self._monotonic = monotonic
        self._failpoint = failpoint
        self._may_read, self._may_post = may_read, may_post
        self._rate = RateLimiter()
        self._presence = Presence(transport, clock, monotonic, gates)
        self._posters = Posters(self._presence, run)
        self._waiting = WaitingChannels(queue, monotonic)
        last_known = last_known or LastKnown(queue.database, queue.team_id, clock)
        self._direct = DirectConversations(queue, transport, last_known, self._presence, failpoint)
        self._reconciler = Reconciler(queue, transport, clock, settle, monotonic, failpoint, self._presence)
        self._touched: list[str] = []  # channels whose post has ended
        self._stranded: list[Delivery] = []
        self._clock_watch = ClockWatch(clock.now(), monotonic)
        self._has_recovered, self._refused = False, ""
        self._turn = threading.Lock()
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="delivery", daemon=True)

    # running

    def start(self) -> None:
        """Begin; first of all to take over what an earlier process left."""
        self._thread.start()

    def recover(self) -> None:
        """Put what an earlier process left in doubt, or back in line; try again what it could not read."""
        self._queue.set_aside.clear()
        in_doubt = self._queue.recover(self._clock.now(), self._settle)
        if in_doubt:
            logger.warning("%d messages were on their way when the last run ended; looking for them", in_doubt)
        self._has_recovered = True

    def add_timer(self, timer: Timer) -> None:
        """Fire what is due of *timer*, too. To be called before `start`."""
        self.timers.add(timer)

    def wake(self) -> None:
        """Something new may be there to send."""
        self._woken.set()

    def flush(self, within_s: float) -> None:
        """Wait until all that is due is on its way, *within_s* seconds at the most."""
        deadline = time.monotonic() + within_s
        self.wake()
        while self._thread.is_alive() and time.monotonic() < deadline and self._queue.has_urgent(self._clock.now()):
            time.sleep(0.01)

    def stop(self, within_s: float) -> None:
        """Begin nothing more; what is on its way has *within_s* seconds, or is looked for after the next start."""
        self._stopping = True
        self._woken.set()
        deadline = time.monotonic() + within_s
        if self._thread.is_alive():
            self._thread.join(within_s)
        while self._posters.under_way and time.monotonic() < deadline:
            time.sleep(0.02)
        self._posters.stop()

    def counts(self) -> dict[str, int]:
        """How many messages are not sent yet, or never will be, by state."""
        return self._queue.counts()

    def what_is_wrong(self) -> str | None:
        """For the health report."""
        if self._thread.ident and not self._thread.is_alive() and not self._stopping:
            return "the delivery thread stopped"
        return joined(self.what_slack_refuses(), self.timers.what_is_wrong(), self._queue.set_aside.what_is_wrong())

    def what_slack_refuses(self) -> str | None:
        """Whether Slack takes no messages at all, and why."""
        refused = f"Slack takes no messages: {in_words(self._refused)}" if self._refused else None
        return joined(self._presence.what_is_wrong(), refused)

    def _loop(self) -> None:
        well = True
        while not self._stopping:
            self._woken.clear()
            try:
                pause, well = self.step(), True
            except Exception as error:  # noqa: BLE001 - the worker's loop
                if well:  # once, and not every second for as long as a disk is full
                    failure(logger, "delivery failed and tries again every second", error)
                pause, well = _LONGEST_SLEEP_S, False
            self._woken.wait(pause)

    # deciding

    def step(self) -> float:
        """
        Do all that can be done now; returns the seconds after which to look again, if nothing wakes us before.

        Posts first, then looks, then timers, whose messages leave at once, too.
        """
        if not self._has_recovered:
            self.recover()  # not in `start`: a disk that cannot be written must not keep cards from being shown
        now = self._clock.now()
        self._notice_the_clock(now)
        self._put_stranded_right(now)
        if self._presence.wants_a_probe(urgent=any(self._waiting.all(now).values())):
            self._posters.run(self._probe)
        self._dispatch(now)
        self._begin_looks(now)
        if self.timers.fire_due(now):
            self._failpoint("after_fire")
            self._dispatch(now)
        return self._pause(now)

    def _notice_the_clock(self, now: datetime) -> None:
        if self._clock_watch.was_set_back(now):
            self._queue.clock_was_set_back(now, self._settle)
            self.timers.clock_was_set_back(now)
            self._waiting.changed()

    def _put_stranded_right(self, now: datetime) -> None:
        with self._turn:
            stranded, self._stranded = self._stranded, []
        if not stranded:
            return
        try:
            self._reconciler.doubted(stranded)
            self._queue.put_right(stranded, now, self._settle)
        except BaseException:
            with self._turn:
                self._stranded += stranded
            raise

    def _dispatch(self, now: datetime) -> None:
        """Begin all posts that may be begun."""
        with self._turn:
            touched, self._touched = self._touched, []
        waiting = self._waiting.all(now)
        for channel in dict.fromkeys(touched):
            self._waiting.look_at(channel, now)
        for channel in self._rate.ready(waiting.items(), self._monotonic()):
            urgent, at = waiting[channel], self._monotonic()
            if not self._rate.gate_is_open(at, urgent=urgent) or not self._posters.has_room_to_post(urgent=urgent):
                break  # what is urgent came before
            if channel.startswith("@") and not self._direct.has_to_be_opened(channel):
                self._waiting.changed()  # it is known, and its messages are there now
                self._woken.set()
                continue
            if channel.startswith("@") and self._presence.wait(OPEN, urgent=urgent) > 0:
                continue
            claimed = self._queue.claim(channel, now, join=self._join)
            if not claimed:
                self._waiting.drop(channel)  # all of it waits for something that is in doubt, whose end wakes us
                continue
            self._failpoint("after_claim")
            with self._turn:
                self._posters.begin_post()
                self._rate.begin(channel, at)
            self._posters.run(lambda channel=channel, claimed=claimed: self._work(channel, claimed))  # type: ignore[misc]

    def _pause(self, now: datetime) -> float:
        waiting, at = self._waiting.all(now), self._monotonic()
        pauses = [_LONGEST_SLEEP_S]
        dates = self.timers.next_due(now) + [due for due in (self._queue.next_at(),) if due is not None]
        # what is past waits for a look or a post under way, whose end wakes us
        pauses += [(due - now).total_seconds() for due in dates if due > now]
        probe_in = self._presence.next_probe_in(urgent=any(waiting.values()))
        pauses += [] if probe_in is None else [probe_in]
        if self._posters.has_room():
            urgent = [channel for channel, is_urgent in waiting.items() if is_urgent]
            direct = [channel for channel in waiting if channel.startswith("@")]
            others = waiting.keys() - set(direct)
            times = [self._rate.next_at(others, at), self._rate.next_at(others & set(urgent), at, urgent=True)]
            if direct:
                wait = self._presence.wait(OPEN, urgent=any(waiting[one] for one in direct))
                times += [max(at + wait, self._rate.next_at(direct, at) or at)]
            pauses += [time_at - at for time_at in times if time_at is not None]
            pauses += [wait for wait in (self._presence.wait(one) for one in (HISTORY, REPLIES)) if wait > 0]
        return max(min(pauses), 0.001)

    def _probe(self) -> None:
        self._presence.probe()
        self._woken.set()

    # posting

    def _work(self, channel: str, claimed: list[Delivery]) -> None:
        posted = False
        try:
            if not self._presence.is_sure_of_the_time():  # a clock was moved: the next step asks Slack first
                self._queue.release(claimed, self._clock.now(), claimed[0].trouble or "")
            else:
                posted = self._open(channel, claimed) if channel.startswith("@") else self._post(channel, claimed)
        except Exception as error:  # noqa: BLE001 - the worker's loop
            failure(logger, f"delivering {claimed[0].draft.subject} failed", error)
            posted = True
            with self._turn:
                self._stranded += claimed
        finally:
            with self._turn:
                self._posters.end_post()
                self._touched.append(channel)
                self._rate.end(channel, self._monotonic(), posted=posted)
            self._woken.set()

    def _post(self, channel: str, claimed: list[Delivery]) -> bool:
        """Post one message; returns whether it may have arrived."""
        now = self._clock.now()
        if not all(self._may_post(one.draft) for one in claimed):
            give_up(self._queue, claimed, READ_BY_OTHERS, now)
            return False
        read = {one.id: as_read(one, self._may_read) for one in claimed}  # asked before the mark: it may ask Slack
        leaving = self._queue.mark_sending(claimed, now, self._presence.slack_now())
        if not leaving:
            return False
        said = [read[one.id] for one in leaving]
        self._failpoint("after_mark")
        try:
            slack_ts = self._transport.post(
                channel, leaving[0].draft.thread_ts, composed(said, now), [d.draft.key for d in leaving]
            )
        except NotDelivered as error:
            self._failpoint("after_trouble")
            return self._decide(channel, leaving, error)
        self._failpoint("after_post")
        self._refused = ""
        self._presence.hear(POST, channel, None)
        self._queue.sent(leaving, slack_ts, self._clock.now(), said)
        self._failpoint("after_sent")
        return True

    def _decide(self, channel: str, leaving: Sequence[Delivery], error: NotDelivered) -> bool:
        now, verdict = self._clock.now(), error.verdict
        self._presence.hear(POST, channel, error)
        if verdict.fate is Fate.LATER:
            with self._turn:
                wait = verdict.wait + random.uniform(0, 0.3)  # noqa: S311 - no secret
                self._rate.slow_down(channel, self._monotonic(), wait)
            self._queue.not_sent(leaving, now, verdict.reason)  # the pace holds it back, by a clock that nobody sets
            return False
        if verdict.fate is Fate.NOT_SENT:
            self._queue.not_sent(leaving, now + _backoff(leaving[0].attempt), verdict.reason)
            return False
        if verdict.reason in WHOLE_BOT:
            self._refused = verdict.reason
            self._queue.not_sent(leaving, now + _REFUSED_FOR, verdict.reason)
            return False
        if verdict.fate is Fate.REFUSED and len(leaving) > 1 and verdict.reason.startswith(TOO_MUCH):
            self._queue.send_apart(leaving, now, verdict.reason)
            return False
        if verdict.reason == "channel_not_found" and (person := self._direct.forget(channel)):
            self._queue.not_sent(leaving, now, verdict.reason)
            self._queue.reopen(channel, person)
            self._waiting.changed()
            return False
        if verdict.fate is Fate.REFUSED:
            give_up(self._queue, [replace(one, state=DeliveryState.SENDING) for one in leaving], verdict.reason, now)
            return False
        self._reconciler.doubted(leaving)
        moved = not self._presence.is_sure_of_the_time()  # or it was suspended, and it left long after the mark
        until = now + self._settle if moved else None
        self._queue.doubt(leaving, now + self._settle, verdict.reason, until)
        self._failpoint("after_doubt")
        return True

    def _open(self, channel: str, claimed: list[Delivery]) -> bool:
        """Open the direct conversation and store it, so that what is posted there can be read back."""
        try:
            self._direct.open(channel)
        except NotDelivered as error:
            now = self._clock.now()
            if error.verdict.reason in WHOLE_BOT:
                self._refused = error.verdict.reason
                self._queue.release(claimed, now + _REFUSED_FOR, error.verdict.reason)
            elif error.verdict.fate is Fate.REFUSED:
                give_up(self._queue, claimed, error.verdict.reason, now)
            elif error.verdict.fate is Fate.LATER:
                self._queue.release(claimed, now, error.verdict.reason)  # the method's gate holds it back
            else:
                self._queue.release(claimed, now + _backoff(claimed[0].attempt), error.verdict.reason)
            return False
        self._queue.release(claimed, self._clock.now(), "")
        self._waiting.changed()
        return False

    # looking

    def _begin_looks(self, now: datetime) -> None:
        """Begin all looks that may be begun, urgent ones first."""
        if not self._posters.has_room():
            return
        for group, urgent in self._reconciler.places(now):
            method = OPEN if group[0].startswith("@") else REPLIES if group[1] else HISTORY
            if self._presence.wait(method, urgent=urgent) > 0 or not (doubtful := self._reconciler.due(group, now)):
                continue
            if self._posters.may_look(group, urgent=urgent):
                self._posters.run(lambda group=group, doubtful=doubtful: self._look(group, doubtful))  # type: ignore[misc]

    def _look(self, group: Group, doubtful: list[Delivery]) -> None:
        try:
            if not group[0].startswith("@"):
                self._reconciler.look(group, doubtful)
            elif self._direct.has_to_be_opened(group[0]):
                self._direct.open(group[0])
        except NotDelivered as error:
            self._reconciler.could_not_look(doubtful, error)
        except Exception as error:  # noqa: BLE001 - the worker's loop
            failure(logger, f"looking for {doubtful[0].draft.subject} failed", error)
        finally:
            self._posters.end_look(group)
            self._waiting.changed()
            self._woken.set()


def _backoff(attempt: int) -> timedelta:
    return timedelta(seconds=_BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)])
