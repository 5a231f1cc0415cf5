"""
Rate limits, of posting and of other methods. Pure: times are monotonic seconds, nothing sleeps or sends.

Slack takes about one message a second in each channel, and an unstated number in the whole workspace. The first is
kept by counting from the end of each post, which also holds where posts take their time; the second is learnt, as TCP
learns it: a refusal halves the rate at which we really posted, once for all that were under way; then it doubles every
few seconds up to nearly what was refused, and goes on slowly from there. After a minute without a refusal it is open
again. What is urgent waits for Slack's own Retry-After alone. Other methods are token buckets, each by itself.
"""

import math
import sys
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

POST_EVERY_S = 1.01  # a little over Slack's second, since its clock is not ours
SLOWEST = 1.0  # posts a second in the whole workspace; before any refusal it is open
_UNSUSPECTED = 10.0  # a rate that is not what Slack refused: it documents several hundred a minute
_RECENT_S = 5.0
_BURST_S = 0.25  # so many seconds' worth may leave at once, as Slack tolerates bursts
_DOUBLES_IN_S = 2.0  # the rate, while posts are taken
_NEARLY = 0.9  # of the rate that was refused: from there on it grows slowly
_SLOWLY = 0.01  # of that rate, a second
_AGAIN_S = 10.0  # refusals that follow within it tell of no other limit than the first of them
_OPEN_AFTER_S = 60.0  # without a refusal
_FORGET_AFTER_S = 60.0


@dataclass
class RateLimiter:
    """When each channel, and the workspace, may be posted to again."""

    rate: float = math.inf
    _free_at: dict[str, float] = field(default_factory=dict)
    _served_at: dict[str, float] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)
    _gate_at: float = 0.0
    _refused_until: float = 0.0
    _refused_at: float | None = None  # the last time
    _refused_rate: float = math.inf
    _grown_at: float = 0.0
    _begun: deque[float] = field(default_factory=deque)

    def ready(self, channels: Iterable[tuple[str, bool]], now: float) -> list[str]:
        """
        Those of *channels* that may be posted to at *now*, in the order in which they should be.

        Each comes with whether something urgent waits there: those go first, then the one served longest ago.
        """
        free = [(not urgent, self._served_at.get(channel, 0.0), channel) for channel, urgent in channels
                if channel not in self._busy and self._free_at.get(channel, 0.0) <= now]  # fmt: skip
        return [channel for _, _, channel in sorted(free)]

    def gate_is_open(self, now: float, *, urgent: bool = False) -> bool:
        """Whether the workspace as a whole may be posted to."""
        return self._refused_until <= now and (urgent or self._gate_at <= now)

    def may_begin(self, now: float) -> int:
        """How many posts that are not urgent may begin at once."""
        if max(self._gate_at, self._refused_until) > now:
            return 0
        if self.rate == math.inf:
            return sys.maxsize
        return 1 + int((now - max(now - _BURST_S, self._gate_at)) * self.rate)

    def begin(self, channel: str, now: float) -> None:
        """A post to *channel* is about to leave."""
        self._busy.add(channel)
        self._served_at[channel] = now
        self._gate_at = max(now - _BURST_S, self._gate_at) + 1 / self.rate
        self._begun.append(now)
        while self._begun[0] < now - _RECENT_S:
            self._begun.popleft()

    def end(self, channel: str, now: float, *, posted: bool) -> None:
        """It is over. *posted*: it may have arrived, so the channel rests for a second."""
        self._busy.discard(channel)
        if posted:
            self._free_at[channel] = now + POST_EVERY_S
            self._grow(now)
        if len(self._free_at) > 1_000:
            self._forget(now)

    def slow_down(self, channel: str, now: float, wait_s: float, began: float | None = None) -> None:
        """
        Slack refused a post to *channel* that *began* then, for *wait_s* seconds: everything waits, then goes slower.

        What was under way when it was slowed down already tells nothing new.
        """
        if self._refused_at is None or began is None or began > self._refused_at:
            recent = [at for at in self._begun if at >= now - _RECENT_S]
            lately = max(len(recent) / max(1.0, now - min(recent, default=now)), _UNSUSPECTED)
            if self._refused_at is None or now - self._refused_at > _AGAIN_S:
                self._refused_rate = min(self.rate, lately)
            self.rate = max(SLOWEST, min(self.rate, lately) / 2)
            self._refused_at = now
        self._refused_until = max(self._refused_until, now + wait_s)
        self._gate_at = max(self._gate_at, now + wait_s)
        self._grown_at = self._gate_at
        self._free_at[channel] = max(self._free_at.get(channel, 0.0), now + wait_s)

    def _grow(self, now: float) -> None:
        """A post was taken."""
        if self._refused_at is None or now < self._grown_at:
            return
        if now - self._refused_at > _OPEN_AFTER_S:
            self.rate, self._refused_at = math.inf, None
            return
        passed, self._grown_at = min(now - self._grown_at, 1.0), now
        nearly = _NEARLY * self._refused_rate
        if self.rate < nearly:
            self.rate = min(nearly, self.rate * 2 ** (passed / _DOUBLES_IN_S))
        else:
            self.rate += passed * _SLOWLY * self._refused_rate

    def next_at(self, channels: Iterable[str], now: float, *, urgent: bool = False) -> float | None:
        """When the first of *channels* may be posted to, or None if all of them are being posted to."""
        times = [self._free_at.get(channel, now) for channel in channels if channel not in self._busy]
        gate = self._refused_until if urgent else self._gate_at
        return max(gate, min(times), now) if times else None

    def _forget(self, now: float) -> None:
        for channel in [one for one, at in self._free_at.items() if at < now - _FORGET_AFTER_S]:
            del self._free_at[channel]
            self._served_at.pop(channel, None)


CALLS_A_MINUTE = {  # by Slack's documentation: its third tier
    "conversations.history": 50.0,
    "conversations.replies": 50.0,
    "conversations.open": 50.0,
    "chat.update": 50.0,
}
_AT_ONCE = 20.0  # calls of one method that may leave together
_KEPT = 0.1  # of a minute's calls, for what is urgent
_FEWEST_A_MINUTE = 1.0
_MORE_A_MINUTE = 0.25  # for each call that is taken, until it is as many as Slack documents


@dataclass
class _MethodGate:
    most: float
    a_minute: float
    level: float = _AT_ONCE
    at: float = 0.0
    closed_until: float = 0.0

    @property
    def kept(self) -> float:
        return self.a_minute * _KEPT


class MethodGates:
    """When each method may be called again. May be asked from any thread."""

    def __init__(self) -> None:
        self._gates = {method: _MethodGate(most, most) for method, most in CALLS_A_MINUTE.items()}
        self._turn = threading.Lock()

    def wait(self, method: str, now: float, *, urgent: bool = False) -> float:
        """How many seconds to wait before *method* is called; some room is kept for what is urgent."""
        with self._turn:
            gate = self._filled(method, now)
            short = 1.0 + (0.0 if urgent else gate.kept) - gate.level
            return max(gate.closed_until - now, short * 60 / gate.a_minute, 0.0)

    def begin(self, method: str, now: float) -> None:
        """It is called now; calls that follow from one another need not wait, and are made up for afterwards."""
        with self._turn:
            self._filled(method, now).level -= 1

    def taken(self, method: str) -> None:
        """Slack answered."""
        with self._turn:
            if gate := self._gates.get(method):
                gate.a_minute = min(gate.most, gate.a_minute + _MORE_A_MINUTE)

    def refused(self, method: str, now: float, wait_s: float) -> None:
        """Slack wants none for *wait_s* seconds, and fewer from then on."""
        with self._turn:
            if method not in self._gates:
                return
            gate = self._filled(method, now)
            if gate.closed_until <= now:  # those that were on their way then are refused, too
                gate.a_minute = max(_FEWEST_A_MINUTE, gate.a_minute / 2)
            gate.closed_until = max(gate.closed_until, now + wait_s)
            gate.level = min(gate.level, 1.0 + gate.kept)

    def _filled(self, method: str, now: float) -> _MethodGate:
        gate = self._gates[method]
        gate.level = min(_AT_ONCE, gate.level + max(0.0, now - gate.at) * gate.a_minute / 60)
        gate.at = now
        return gate
