"""
Acknowledgements: an answer within Slack's three seconds, whatever happens.

A command is best answered in the acknowledgement itself: one round trip, nothing that could get lost. But when the
machine is busy the acknowledgement must not wait, and the answer follows through the `response_url`.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from slack_bolt import Ack

from bot.slack.block_kit import Message
from bot.slack.limits import fit

SLACK_WAITS = timedelta(seconds=3)  # for an acknowledgement
_NO_LONGER_S = 0.3  # that a command waits for its answer: then it is acknowledged, and answered through its address


@contextmanager
def acknowledged(ack: Ack) -> Iterator[None]:
    """
    Acknowledge a press once what it is for is done, or has failed and is about to be told.

    Whatever dies in between is not acknowledged: then Slack tells the person that it did not work.
    """
    try:
        yield
    except Exception:
        ack()
        raise
    ack()


class CommandReply:
    """One command's answer: the first of `send` and the deadline decides how it goes out."""

    def __init__(self, ack: Ack, later: Callable[[Message], None]) -> None:
        self._ack = ack
        self._later = later
        self._lock = threading.Lock()
        self._acknowledged = ack.response is not None  # where many are under way, before it was begun

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


class AckDeadlines:
    """
    One thread that acknowledges what is not answered in time.

    All wait equally long, so the oldest is always first; and the thread looks a few times a second rather than being
    woken by each command, since nearly all of them are answered long before.
    """

    def __init__(self, slack_waits: timedelta = SLACK_WAITS) -> None:
        # half of what Slack waits at the most, since the request has been under way and in Bolt's queue before
        self._within_s = min(_NO_LONGER_S, slack_waits.total_seconds() / 2)
        self._look_every_s = self._within_s / 15
        self._waiting: deque[tuple[float, CommandReply]] = deque()
        self._begun = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
        self._thread.start()

    def promise(self, reply: CommandReply) -> CommandReply:
        """Acknowledge *reply* within the limit if nobody else does; returns it."""
        self._waiting.append((time.monotonic() + self._within_s - self._look_every_s, reply))
        if not self._begun.is_set():
            self._begun.set()
        return reply

    def stop(self) -> None:
        """Acknowledge all that wait, and end."""
        self._over.set()
        self._begun.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            self._begun.wait()
            self._begun.clear()
            while self._waiting and not self._over.is_set():
                self._acknowledge_due(time.monotonic())
                self._over.wait(self._look_every_s)
        self._acknowledge_due(float("inf"))

    def _acknowledge_due(self, now: float) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            self._waiting.popleft()[1].acknowledge()
