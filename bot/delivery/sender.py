"""
The sender: fires timers, posts what is planned, looks for what is in doubt.

`step` decides and never waits; posts and looks run on a few threads of their own, so that a call that hangs delays its
own channel alone. Each row is marked, durably, in the moment before its bytes leave: from then on it counts as perhaps
posted, whatever happens, and before it never.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.delivery.model import (
    TOO_MUCH,
    WHOLE_BOT,
    Delivery,
    DeliveryState,
    Draft,
    composed,
    in_words,
    kept_back,
    undelivered,
)
from bot.delivery.queue import DeliveryQueue
from bot.delivery.rate_limit import RateLimiter
from bot.delivery.reconcile import Failpoint, Group, Reconciler
from bot.delivery.transport import Transport
from bot.log import failure
from bot.slack.errors import Fate, NotDelivered

logger = logging.getLogger(__name__)

POSTERS = 8
_LONGEST_SLEEP_S = 1.0  # a clock that was moved is noticed within this
_REFUSED_FOR = timedelta(seconds=60)
_MOST_LOOKS = 3  # of the posters, so that doubt in many channels does not stop all posting
_NOTICED = timedelta(seconds=2)
_BACKOFF_S = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)

Run = Callable[[Callable[[], None]], object]


class Timer(Protocol):
    """A feature with things that come due."""

    def fire_due(self, now: datetime) -> int:
        """Decide all that is due at *now*, each in one transaction with what it causes; returns how many."""

    def next_due(self) -> datetime | None:
        """When the next one is due."""


def nothing(name: str) -> None:
    """Default failpoint: does nothing."""


def anybody(draft: Draft) -> bool:
    """Default: everybody may read everything."""
    return True


class Sender:
    """
    Delivers what is in the *queue*.

    *settle* is the whole time that Slack may take to accept and show a message. *run* starts a piece of work, by
    default on threads of its own; *monotonic* gives seconds for pacing. *failpoint* is called at each boundary of the
    protocol, for tests. *may_read* tells, in the moment of sending, whether a draft's recipient may read its words.
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
    ) -> None:
        self._queue = queue
        self._transport = transport
        self._clock = clock
        self._settle = settle
        self._timers = list(timers)
        self._join = join
        self._executor = None if run else ThreadPoolExecutor(POSTERS, thread_name_prefix="post")
        self._run = run or self._submit
        self._monotonic = monotonic
        self._failpoint = failpoint
        self._may_read = may_read
        self._rate = RateLimiter()
        self._reconciler = Reconciler(queue, transport, clock, settle, monotonic, failpoint)
        self._under_way = 0
        self._stranded: list[Delivery] = []
        self._ahead = self._how_far_ahead(clock.now())
        self._has_recovered = False
        self._refused = ""
        self._looking: set[Group] = set()
        self._direct: dict[str, str] = {}  # person to conversation: Slack lets one ask for fifty a minute
        self._turn = threading.Lock()
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="delivery", daemon=True)

    # running

    def start(self) -> None:
        """Begin; first of all to take over what an earlier process left."""
        self._thread.start()

    def recover(self) -> None:
        """Put what an earlier process left in doubt, or back in line."""
        in_doubt = self._queue.recover(self._clock.now(), self._settle)
        if in_doubt:
            logger.warning("%d messages were on their way when the last run ended; looking for them", in_doubt)
        self._has_recovered = True

    def add_timer(self, timer: Timer) -> None:
        """Fire what is due of *timer*, too. To be called before `start`."""
        self._timers.append(timer)

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
        while self._under_way and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._executor:
            self._executor.shutdown(wait=False, cancel_futures=True)

    def counts(self) -> dict[str, int]:
        """How many messages are not sent yet, or never will be, by state."""
        return self._queue.counts()

    def what_is_wrong(self) -> str | None:
        """For the health report."""
        if self._thread.ident and not self._thread.is_alive() and not self._stopping:
            return "the delivery thread stopped"
        return f"Slack takes no messages: {in_words(self._refused)}" if self._refused else None

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

    def _submit(self, work: Callable[[], None]) -> None:
        assert self._executor
        self._executor.submit(work)

    # deciding

    def step(self) -> float:
        """Do all that can be done now; returns the seconds after which to look again, if nothing wakes us before."""
        if not self._has_recovered:
            self.recover()  # not in `start`: a disk that cannot be written must not keep cards from being shown
        now = self._clock.now()
        before, self._ahead = self._ahead, self._how_far_ahead(now)
        if self._ahead < before - _NOTICED:
            logger.warning("the clock was set back by %s", before - self._ahead)
            self._queue.clock_was_set_back(now, self._settle)
        self._put_stranded_right(now)
        for timer in self._timers:
            if timer.fire_due(now):
                self._failpoint("after_fire")
        for group, doubtful in self._reconciler.due(now).items():
            self._begin_look(group, doubtful)
        waiting = self._dispatch(now)
        return self._pause(now, waiting)

    def _how_far_ahead(self, now: datetime) -> datetime:
        """The wall clock against the monotonic one: less than a moment ago means that somebody has set it back."""
        return now - timedelta(seconds=self._monotonic())

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

    def _dispatch(self, now: datetime) -> list[str]:
        """Begin all posts that may be begun; returns the channels where more may be posted once their time comes."""
        channels = self._queue.channels(now)
        waiting = {channel for channel, _ in channels}
        for channel in self._rate.ready(channels, self._monotonic()):
            at = self._monotonic()
            if not self._rate.gate_is_open(at) or self._under_way >= POSTERS:
                break
            claimed = self._queue.claim(channel, now, join=self._join)
            if not claimed:
                waiting.discard(channel)  # all of it waits for something that is in doubt, whose end wakes us
            else:
                self._failpoint("after_claim")
                with self._turn:
                    self._under_way += 1
                    self._rate.begin(channel, at)
                self._run(lambda channel=channel, claimed=claimed: self._work(channel, claimed))  # type: ignore[misc]
        return sorted(waiting)

    def _pause(self, now: datetime, waiting: Sequence[str]) -> float:
        pause = _LONGEST_SLEEP_S
        dates = [timer.next_due() for timer in self._timers] + ([] if waiting else [self._queue.next_at()])
        for due in dates:
            if due is not None and due > now:  # what is past waits for a look or a post under way, whose end wakes us
                pause = min(pause, (due - now).total_seconds())
        if waiting and self._under_way < POSTERS:
            at = self._monotonic()
            free_at = self._rate.next_at(waiting, at)
            if free_at is not None:
                pause = min(pause, free_at - at)
        return max(pause, 0.001)

    # posting

    def _work(self, channel: str, claimed: list[Delivery]) -> None:
        posted = False
        try:
            posted = self._open(channel, claimed) if channel.startswith("@") else self._post(channel, claimed)
        except Exception as error:  # noqa: BLE001 - the worker's loop
            failure(logger, f"delivering {claimed[0].draft.subject} failed", error)
            posted = True
            with self._turn:
                self._stranded += claimed
        finally:
            with self._turn:
                self._under_way -= 1
                self._rate.end(channel, self._monotonic(), posted=posted)
            self.wake()

    def _post(self, channel: str, claimed: list[Delivery]) -> bool:
        """Post one message; returns whether it may have arrived."""
        now = self._clock.now()
        leaving = self._queue.mark_sending(claimed, now)
        if not leaving:
            return False
        said = [self._as_read(one) for one in leaving]
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
        self._queue.sent(leaving, slack_ts, self._clock.now())
        self._failpoint("after_sent")
        return True

    def _as_read(self, one: Delivery) -> Delivery:
        """*one* as its recipient may read it."""
        draft = one.draft
        if not draft.recipient or self._may_read(draft):
            return one
        return replace(one, draft=replace(draft, message=draft.withheld or kept_back(draft.subject)))

    def _decide(self, channel: str, leaving: Sequence[Delivery], error: NotDelivered) -> bool:
        now, verdict = self._clock.now(), error.verdict
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
        if verdict.fate is Fate.REFUSED:
            self._give_up([replace(one, state=DeliveryState.SENDING) for one in leaving], verdict.reason, now)
            return False
        self._reconciler.doubted(leaving)
        self._queue.doubt(leaving, now + self._settle, verdict.reason)
        self._failpoint("after_doubt")
        return True

    def _open(self, channel: str, claimed: list[Delivery]) -> bool:
        """Open the direct conversation and store it, so that what is posted there can be read back."""
        try:
            opened = self._direct.get(channel) or self._transport.open(channel[1:])
        except NotDelivered as error:
            now = self._clock.now()
            if error.verdict.reason in WHOLE_BOT:
                self._refused = error.verdict.reason
                self._queue.release(claimed, now + _REFUSED_FOR, error.verdict.reason)
            elif error.verdict.fate is Fate.REFUSED:
                self._give_up(claimed, error.verdict.reason, now)
            else:
                wait = timedelta(seconds=error.verdict.wait) or _backoff(claimed[0].attempt)
                self._queue.release(claimed, now + wait, error.verdict.reason)
            return False
        self._direct[channel] = opened
        self._queue.opened(channel, opened)
        self._failpoint("after_open")
        self._queue.release(claimed, self._clock.now(), "")
        return False

    def _give_up(self, deliveries: Sequence[Delivery], trouble: str, now: datetime) -> None:
        logger.warning("%s cannot be delivered (%s)", ", ".join(one.draft.subject for one in deliveries), trouble)
        told: dict[int, Draft] = {}
        for one in deliveries:
            if one.draft.fallback_to:
                told[one.id] = undelivered(replace(one, trouble=trouble), one.draft.fallback_to[0])
        self._queue.failed(deliveries, trouble, told, now)

    # looking

    def _begin_look(self, group: Group, doubtful: list[Delivery]) -> None:
        with self._turn:
            if group in self._looking or len(self._looking) >= _MOST_LOOKS or self._under_way >= POSTERS:
                return
            self._looking.add(group)
            self._under_way += 1
        self._run(lambda: self._look(group, doubtful))

    def _look(self, group: Group, doubtful: list[Delivery]) -> None:
        try:
            self._reconciler.look(group, doubtful)
        except Exception as error:  # noqa: BLE001 - the worker's loop
            failure(logger, f"looking for {doubtful[0].draft.subject} failed", error)
        finally:
            with self._turn:
                self._looking.discard(group)
                self._under_way -= 1
            self.wake()


def _backoff(attempt: int) -> timedelta:
    return timedelta(seconds=_BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)])
