"""
Answering within Slack's three seconds, whatever happens.

A command is best answered in the acknowledgement itself: one round trip, nothing that could get lost. But when the
machine is busy the acknowledgement must not wait, and the answer follows through the `response_url`.
"""

import heapq
import threading
import time
from collections.abc import Callable
from itertools import count

from slack_bolt import Ack

from bot.slack.limits import fit
from bot.slack.message import Message

ACK_WITHIN_S = 1.5  # of Slack's 3, since the request has been under way and in Bolt's queue before


class PromptReply:
    """One command's answer: the first of `send` and the deadline decides how it goes out."""

    def __init__(self, ack: Ack, later: Callable[[Message], None]) -> None:
        self._ack = ack
        self._later = later
        self._lock = threading.Lock()
        self._acknowledged = False

    def send(self, message: Message) -> None:
        """Answer: in the acknowledgement if there is still time, else through *later*."""
        with self._lock:
            in_time = not self._acknowledged
            self._acknowledged = True
            if in_time:
                fitted = fit(message)
                self._ack(text=fitted.text, blocks=list(fitted.blocks), response_type="ephemeral")
        if not in_time:
            self._later(message)

    def acknowledge(self) -> None:
        """Acknowledge without an answer, unless one was sent."""
        with self._lock:
            if not self._acknowledged:
                self._acknowledged = True
                self._ack()


class Deadlines:
    """One thread that acknowledges what is not answered in time."""

    def __init__(self, within_s: float = ACK_WITHIN_S) -> None:
        self._within_s = within_s
        self._waiting: list[tuple[float, int, PromptReply]] = []
        self._numbers = count()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
        self._thread.start()

    def promise(self, reply: PromptReply) -> PromptReply:
        """Acknowledge *reply* within the limit if nobody else does; returns it."""
        with self._changed:
            heapq.heappush(self._waiting, (time.monotonic() + self._within_s, next(self._numbers), reply))
            if len(self._waiting) == 1:
                self._changed.notify()
        return reply

    def stop(self) -> None:
        """Acknowledge all that wait, and end."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._stopping and not self._is_due():
                    self._changed.wait(self._pause())
                due = []
                while self._waiting and (self._stopping or self._is_due()):
                    due.append(heapq.heappop(self._waiting)[2])
            for reply in due:
                reply.acknowledge()
            if self._stopping:
                return

    def _is_due(self) -> bool:
        return bool(self._waiting) and self._waiting[0][0] <= time.monotonic()

    def _pause(self) -> float | None:
        return max(0.0, self._waiting[0][0] - time.monotonic()) if self._waiting else None
