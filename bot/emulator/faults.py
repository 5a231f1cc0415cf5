"""What goes wrong on request: each fault spoils the next calls of one method."""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

EVERY = "*"
UNTIL_LIFTED = math.inf  # as *times*


@dataclass
class Fault:
    """
    What the next *times* calls of *method* meet. *method* is a Web API method, "response_url", or EVERY method of the
    Web API. With *lasts* it is every call within so much of the workspace's time instead, from when it was added.

    In this order: after *late_s* the deed is done, if *deed*; after *hang_s* the answer is given, or with *cut* the
    connection closed. *late_until* and *hang_until* wait for an event in place of seconds. Without *status*, *body* or
    *error* the answer is the true one, which needs *deed*.
    *lag_s*, for conversations.history and .replies: what was posted within so many seconds is not there yet.
    All durations are real seconds.
    """

    method: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    error: str = ""
    deed: bool = False
    late_s: float = 0.0
    hang_s: float = 0.0
    late_until: threading.Event | None = None
    hang_until: threading.Event | None = None
    cut: bool = False
    lag_s: float = 0.0
    times: float = 1
    lasts: timedelta | None = None

    @property
    def changes_the_answer(self) -> bool:
        """Whether something else than the true answer is given."""
        return bool(self.status or self.body or self.error or self.cut or not self.deed)


def too_many(method: str, retry_after: int = 1, *, times: float = 1) -> Fault:
    """HTTP 429 with Retry-After in seconds; nothing is done."""
    body = '{"ok":false,"error":"ratelimited"}'
    return Fault(method, 429, {"Retry-After": str(retry_after)}, body, times=times)


def server_error(method: str, *, deed: bool, times: float = 1) -> Fault:
    """HTTP 500, whether or not the *deed* was done."""
    return Fault(method, 500, body="Internal Server Error", deed=deed, times=times)


def refusal(method: str, error: str) -> Fault:
    """``ok: false`` with *error*; nothing is done."""
    return Fault(method, error=error)


def garbage(method: str, *, deed: bool) -> Fault:
    """HTTP 200 with what is no JSON."""
    return Fault(method, 200, body="<html>Please stand by</html>", deed=deed)


def cut(method: str, *, deed: bool) -> Fault:
    """The connection is closed without an answer; with *deed*, after it was done."""
    return Fault(method, cut=True, deed=deed)


def hang(method: str, seconds: float, *, deed: bool = True) -> Fault:
    """The deed is done at once, the answer comes after *seconds*."""
    return Fault(method, hang_s=seconds, deed=deed)


def late(method: str, seconds: float) -> Fault:
    """The deed is done only after *seconds*, when whoever asked may have given up."""
    return Fault(method, late_s=seconds, deed=True)


def held(method: str, let_go: threading.Event, *, deed: bool = True) -> Fault:
    """No answer until *let_go* is set; with *deed* it is done at once, else only then."""
    return Fault(method, deed=True, hang_until=let_go) if deed else Fault(method, deed=True, late_until=let_go)


def lag(method: str, seconds: float, *, times: float = 1) -> Fault:
    """History in which the last *seconds* are missing."""
    return Fault(method, lag_s=seconds, deed=True, times=times)


class Faults:
    """The faults that wait for their calls; *now* tells the workspace's time."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._waiting: list[tuple[Fault, datetime | None]] = []
        self._lock = threading.Lock()  # added by a test, met on the workspace's own thread

    def add(self, *faults: Fault) -> None:
        """Let *faults* happen, in this order."""
        now = self._now()
        with self._lock:
            self._waiting += [(one, None if one.lasts is None else now + one.lasts) for one in faults]

    def clear(self) -> None:
        """Lift all of them."""
        with self._lock:
            self._waiting.clear()

    def next_for(self, method: str) -> Fault | None:
        """The fault for this call, if any; unless it lasts, it is used up by being asked for."""
        with self._lock:
            self._forget_past()
            for at, (fault, until) in enumerate(self._waiting):
                if fault.method == method or (fault.method == EVERY and method != "response_url"):
                    if until is None:
                        fault.times -= 1
                        if fault.times <= 0:
                            del self._waiting[at]
                    return fault
            return None

    @property
    def all_met(self) -> bool:
        """Whether none waits any more."""
        with self._lock:
            self._forget_past()
            return not self._waiting

    def _forget_past(self) -> None:
        now = self._now()
        self._waiting = [(fault, until) for fault, until in self._waiting if until is None or now < until]
