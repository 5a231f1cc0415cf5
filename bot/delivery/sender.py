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
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.delivery.clock_watch import ClockWatch
from bot.delivery.direct import DirectConversations
from bot.delivery.fallbacks import give_up
from bot.delivery.looks import Looks
from bot.delivery.model import READ_BY_OTHERS, Delivery, Draft, Posted, anybody, as_read, composed, in_words
from bot.delivery.outcomes import Outcomes
from bot.delivery.posters import Load, Posters, Run
from bot.delivery.presence import Presence
from bot.delivery.queue import DeliveryQueue
from bot.delivery.quiet import Quiet
from bot.delivery.rate_limit import MethodGates, RateLimiter
from bot.delivery.reconcile import Failpoint, Reconciler, go_on
from bot.delivery.timers import Timer, Timers
from bot.delivery.transport import HISTORY, OPEN, POST, REPLIES, Transport
from bot.delivery.unwritten import Unwritten
from bot.delivery.waiting import WaitingChannels
from bot.errors import StorageUnavailable
from bot.log import failure
from bot.slack.errors import Fate, NotDelivered
from bot.slack.health import joined
from bot.slack.last_known import LastKnown

logger = logging.getLogger(__name__)

_LONGEST_SLEEP_S = 1.0  # a clock that was moved is noticed within this
_STALE_S = 1.0  # since a mark: then what was marked is marked anew before it leaves


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
        failpoint: Failpoint = go_on,
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
        self._clock_watch = ClockWatch(clock.now(), monotonic)
        self._unwritten = Unwritten(queue, self._reconciler, settle)
        self._looks = Looks(self._reconciler, self._posters, self._presence, self._direct, self._look_ended)
        self._outcomes = Outcomes(queue, clock, settle, self._presence, self._direct, self._reconciler)
        self._has_recovered = False
        self._quiet = Quiet(queue.database, monotonic)
        self._turn = threading.Lock()
        self._woken = threading.Event()
        self._stopping = self._is_over = False
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
        while self._thread.is_alive() and time.monotonic() < deadline and self._waiting.has_urgent(self._clock.now()):
            time.sleep(0.01)

    def stop(self, within_s: float) -> None:
        """Begin nothing more; what is on its way has *within_s* seconds, or is looked for after the next start."""
        self._stopping = True
        self._woken.set()
        deadline = time.monotonic() + within_s
        if self._thread.is_alive():
            self._thread.join(within_s)
        try:
            for load in self._posters.withdraw():  # marked, and not begun
                self._put_back(load)
        except StorageUnavailable as error:
            failure(logger, "what had not left is looked for after the next start", error)
        while self._posters.under_way and time.monotonic() < deadline:
            time.sleep(0.02)
        self._is_over = True
        self._posters.stop()
        try:
            self._unwritten.write_down()
        except StorageUnavailable as error:
            failure(logger, "what was posted last is looked for after the next start", error)

    def next_at(self) -> datetime | None:
        """When something is to be posted or looked for next."""
        return self._waiting.next_at()

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
        why = self._outcomes.refused
        refused = f"Slack takes no messages: {in_words(why)}" if why else None
        return joined(self._presence.what_is_wrong(), refused)

    def _loop(self) -> None:
        well, woken = True, True
        while not self._stopping:
            pause = _LONGEST_SLEEP_S
            try:
                if woken or not self._quiet.holds(self._clock.now()):
                    pause, well = self.step(), True
            except Exception as error:  # noqa: BLE001 - the worker's loop
                self._quiet.ends()
                if well:  # once, and not every second for as long as a disk is full
                    failure(logger, "delivery failed and tries again every second", error)
                well = False
            woken = self._woken.wait(pause)
            self._woken.clear()

    # deciding

    def step(self) -> float:
        """
        Do all that can be done now; returns the seconds after which to look again, if nothing wakes us before.

        Posts first, then looks, then timers, whose messages leave at once, too.
        """
        if not self._has_recovered:
            self.recover()  # not in `start`: a disk that cannot be written must not keep cards from being shown
        now, version = self._clock.now(), self._quiet.version()
        self._notice_the_clock(now)
        self._unwritten.put_stranded_right(now)
        if self._presence.wants_a_probe(urgent=any(self._waiting.all(now).values())):
            self._posters.run(self._probe)
        self._dispatch()
        self._looks.begin(now)
        if self.timers.fire_due(now):
            self._failpoint("after_fire")
            self._dispatch()
        if self._unwritten.write_down():
            self._failpoint("after_sent")
        return self._pause(now, version)

    def _notice_the_clock(self, now: datetime) -> None:
        if self._clock_watch.was_set_back(now):
            self._queue.clock_was_set_back(now, self._settle)
            self.timers.clock_was_set_back(now)
            self._waiting.changed()

    def _dispatch(self) -> None:
        """
        Write down what has been posted, and begin all posts that may be begun: one transaction for all of it.

        What its commit marks counts as perhaps posted, though its bytes may leave a moment later.
        """
        ended, touched = self._unwritten.take()
        try:
            with self._queue.database.transaction() if ended else nullcontext():
                now = self._clock.now()  # what was planned while we waited for our turn is due, too
                self._queue.all_sent(ended)
                waiting = self._waiting.all(now)
                for channel in dict.fromkeys(touched):
                    self._waiting.look_at(channel, now)
                chosen = self._chosen(waiting, now)
                taken = self._queue.take(chosen, now, self._presence.slack_now(), join=self._join) if chosen else []
        except BaseException:
            self._unwritten.give_back(ended, touched)
            raise
        if ended:
            self._failpoint("after_sent")
        self._begin(zip(chosen, taken, strict=True), waiting)

    def _chosen(self, waiting: Mapping[str, bool], now: datetime) -> list[str]:
        """The channels of *waiting* where a post may begin, as many as there is room for, in their order."""
        for load in self._posters.withdraw({channel for channel, urgent in waiting.items() if urgent}):
            self._put_back(load)  # what is urgent goes before it
            with self._turn:
                self._rate.end(load.channel, self._monotonic(), posted=False)
        chosen: list[str] = []
        at, others = self._monotonic(), 0
        room = {urgent: self._posters.room_to_post(urgent=urgent) for urgent in (True, False)}
        room[False] = min(room[False], self._rate.may_begin(at))
        for channel in self._rate.ready(waiting.items(), at):
            urgent = waiting[channel]
            if not self._rate.gate_is_open(at, urgent=urgent) or (len(chosen) if urgent else others) >= room[urgent]:
                break  # what is urgent came before
            if channel[0] == "@" and not self._direct.has_to_be_opened(channel):
                self._waiting.changed()  # it is known, and its messages are there now
                self._woken.set()
                continue
            if channel[0] == "@" and self._presence.wait(OPEN, urgent=urgent) > 0:
                continue
            chosen.append(channel)
            others += not urgent
        return chosen

    def _begin(self, taken: Iterable[tuple[str, list[Delivery]]], waiting: Mapping[str, bool]) -> None:
        at, loads = self._monotonic(), []
        for channel, deliveries in taken:
            if deliveries:
                loads.append(Load(channel, deliveries, waiting[channel], at))
            else:
                self._waiting.drop(channel)  # all of it waits for something that is in doubt, whose end wakes us
        if not loads:
            return
        self._failpoint("after_claim")
        with self._turn:
            for load in loads:
                self._rate.begin(load.channel, at)
        self._posters.post(loads, self._work)

    def _pause(self, now: datetime, version: tuple[int, int]) -> float:
        waiting, at = self._waiting.all(now), self._monotonic()
        pauses = [_LONGEST_SLEEP_S]
        dates = self.timers.next_due(now) + [due for due in (self.next_at(),) if due is not None]
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
        pause = max(min(pauses), 0.001)
        if pause >= _LONGEST_SLEEP_S and not self._posters.under_way and self._unwritten.is_empty:
            self._quiet.begins(now, dates, version)
        else:
            self._quiet.ends()
        return pause

    def _look_ended(self) -> None:
        self._waiting.changed()
        self._woken.set()

    def _probe(self) -> None:
        self._presence.probe()
        self._woken.set()

    # posting

    def _work(self, load: Load) -> None:
        posted = False
        try:
            with self._turn:
                is_refused = not self._rate.gate_is_open(self._monotonic(), urgent=True)
            is_there = self._presence.is_sure_of_the_time() and self._presence.at_once(1) > 0
            if self._is_over or is_refused or not is_there:  # the next step asks Slack first
                self._put_back(load)
            else:
                posted = self._open(load) if load.channel[0] == "@" else self._post(load)
        except Exception as error:  # noqa: BLE001 - the worker's loop
            failure(logger, f"delivering {load.deliveries[0].draft.subject} failed", error)
            posted = True
            self._unwritten.strand(load.deliveries)
        finally:
            self._unwritten.over(load.channel)
            with self._turn:
                self._rate.end(load.channel, self._monotonic(), posted=posted)
            self._woken.set()

    def _put_back(self, load: Load) -> None:
        now = self._clock.now()
        if load.channel[0] == "@":
            self._queue.release(load.deliveries, now, load.deliveries[0].trouble or "")
        else:
            self._queue.unmark(load.deliveries, now)

    def _post(self, load: Load) -> bool:
        """Post one message; returns whether it may have arrived."""
        now, deliveries, began = self._clock.now(), load.deliveries, self._monotonic()
        try:
            if not all(self._may_post(one.draft) for one in deliveries):
                give_up(self._queue, deliveries, READ_BY_OTHERS, now)
                return False
            read = {one.id: as_read(one, self._may_read) for one in deliveries}
        except Exception:
            self._put_back(load)  # nothing of it has left
            raise
        leaving = self._leaving(load)
        if not leaving:
            return False
        said = [read[one.id] for one in leaving]
        self._failpoint("after_mark")
        try:
            slack_ts = self._transport.post(
                load.channel, leaving[0].draft.thread_ts, composed(said, now), [d.draft.key for d in leaving]
            )
        except NotDelivered as error:
            self._failpoint("after_trouble")
            if error.verdict.fate is Fate.LATER:
                with self._turn:
                    wait = error.verdict.wait + random.uniform(0, 0.3)  # noqa: S311 - no secret
                    self._rate.slow_down(load.channel, self._monotonic(), wait, began)
            posted = self._outcomes.not_posted(load.channel, leaving, error)
            if error.verdict.reason == "channel_not_found":
                self._waiting.changed()  # it may wait for a person again
            if posted:
                self._failpoint("after_doubt")
            return posted
        self._failpoint("after_post")
        self._posters.took(self._monotonic() - began)
        self._outcomes.refused = ""
        self._presence.hear(POST, load.channel, None)
        self._unwritten.posted(Posted(leaving, slack_ts, self._clock.now(), said))
        return True

    def _leaving(self, load: Load) -> list[Delivery]:
        """What of *load* is still to be posted as its bytes leave; marked anew if long ago, or before a suspension."""
        now, passed = self._clock.now(), self._monotonic() - load.marked_at
        if max(passed, abs((now - (load.deliveries[0].sending_at or now)).total_seconds())) > _STALE_S:
            return self._queue.mark_sending(load.deliveries, now, self._presence.slack_now())
        return self._queue.still_wanted(load.deliveries)

    def _open(self, load: Load) -> bool:
        """Open the direct conversation and store it, so that what is posted there can be read back."""
        if self._presence.wait(OPEN, urgent=load.urgent) > 0:  # others were opened meanwhile
            self._put_back(load)
            return False
        try:
            self._direct.open(load.channel)
        except NotDelivered as error:
            self._outcomes.not_opened(load.deliveries, error)
            return False
        self._queue.release(load.deliveries, self._clock.now(), "")
        self._waiting.changed()
        return False
