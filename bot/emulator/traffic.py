"""Every call that the app made and everything that Slack sent it, in order."""

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
_MOST_KEPT = 5000


@dataclass
class Exchange:
    """
    One exchange. *kind* is a Web API method, "response_url", or the type of what was sent.

    *way* is "from app" for calls and "to app" for deliveries. *took_ms* is how long the answer took; None while it is
    awaited, or where none came. *problem* says in a few words what was refused or went wrong. *address*: where a call
    of a `response_url` went.
    """

    number: int
    way: Literal["from app", "to app"]
    kind: str
    sent: Json
    when: str  # the workspace's time, ISO 8601
    at: float = field(default_factory=time.monotonic)
    answer: Any = None
    status: int = 0
    took_ms: float | None = None
    problem: str = ""
    retry: int = 0
    address: str = ""

    @property
    def ok(self) -> bool:
        """Answered, and not refused."""
        return self.took_ms is not None and not self.problem

    def as_json(self) -> Json:
        """For the page."""
        return {
            "number": self.number,
            "way": self.way,
            "kind": self.kind,
            "sent": self.sent,
            "answer": self.answer,
            "status": self.status,
            "when": self.when,
            "took_ms": None if self.took_ms is None else round(self.took_ms, 1),
            "problem": self.problem,
            "retry": self.retry,
        }


class Traffic:
    """The log. Readable from any thread."""

    def __init__(self) -> None:
        self._entries: list[Exchange] = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._tell: Callable[[Exchange], None] = lambda entry: None

    def on_change(self, tell: Callable[[Exchange], None]) -> None:
        """Call *tell* with every new or completed entry."""
        self._tell = tell

    def begin(
        self,
        way: Literal["from app", "to app"],
        kind: str,
        sent: Json,
        when: str,
        *,
        retry: int = 0,
        address: str = "",
    ) -> Exchange:
        """Log the beginning of an exchange."""
        entry = Exchange(next(self._numbers), way, kind, sent, when, retry=retry, address=address)
        with self._lock:
            self._entries.append(entry)
            del self._entries[:-_MOST_KEPT]
        self._tell(entry)
        return entry

    def end(self, entry: Exchange, answer: Any, *, status: int = 200, problem: str = "", answered: bool = True) -> None:
        """Log how it ended."""
        entry.answer, entry.status, entry.problem = answer, status, problem
        if answered:
            entry.took_ms = (time.monotonic() - entry.at) * 1000
        self._tell(entry)

    @property
    def entries(self) -> list[Exchange]:
        """All that is kept, oldest first."""
        with self._lock:
            return list(self._entries)

    def calls(self, method: str = "") -> list[Exchange]:
        """The app's calls, or those of *method*."""
        return [e for e in self.entries if e.way == "from app" and method in ("", e.kind)]

    def deliveries(self, kind: str = "") -> list[Exchange]:
        """What was sent to the app, or what of it is of *kind*."""
        return [e for e in self.entries if e.way == "to app" and kind in ("", e.kind)]
