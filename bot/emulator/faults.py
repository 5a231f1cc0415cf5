"""What goes wrong on request: each fault spoils the next calls of one method."""

import threading
from dataclasses import dataclass, field


@dataclass
class Fault:
    """
    What the next *times* calls of *method* meet. *method* is a Web API method, or "response_url".

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
    times: int = 1

    @property
    def changes_the_answer(self) -> bool:
        """Whether something else than the true answer is given."""
        return bool(self.status or self.body or self.error or self.cut or not self.deed)


def too_many(method: str, retry_after: int = 1, *, times: int = 1) -> Fault:
    """HTTP 429 with Retry-After in seconds; nothing is done."""
    body = '{"ok":false,"error":"ratelimited"}'
    return Fault(method, 429, {"Retry-After": str(retry_after)}, body, times=times)


def server_error(method: str, *, deed: bool, times: int = 1) -> Fault:
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


def lag(method: str, seconds: float, *, times: int = 1) -> Fault:
    """History in which the last *seconds* are missing."""
    return Fault(method, lag_s=seconds, deed=True, times=times)


class Faults:
    """The faults that wait for their calls."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, *faults: Fault) -> None:
        """Let *faults* happen, in this order."""
        self._waiting += faults

    def next_for(self, method: str) -> Fault | None:
        """The fault for this call, if any; it is used up by being asked for."""
        for fault in self._waiting:
            if fault.method == method:
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None

    @property
    def all_met(self) -> bool:
        """Whether none waits any more."""
        return not self._waiting
