"""Slack and time, for deliveries in virtual time: a year passes in a second, and a run repeats itself exactly."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum

from bot.slack.block_kit import Message
from bot.slack.errors import Fate, NotDelivered, Verdict

START = datetime(2027, 3, 27, 9, 0, tzinfo=UTC)  # the night after it the clocks change in Europe


class Killed(BaseException):
    """The process is gone. No handler may catch it."""


class SimulatedTime:
    """A wall clock that can be set, and a monotonic one that cannot."""

    def __init__(self, start: datetime = START) -> None:
        self.wall = start
        self.mono = 1000.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.mono

    def pass_by(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.mono += seconds

    def set_by(self, by: timedelta) -> None:
        """Somebody sets the clock."""
        self.wall += by


class Outcome(Enum):
    """What becomes of one post."""

    OK = "posted and answered"
    ANSWER_LOST = "posted, and the answer lost"
    LOST = "not posted, and no answer"
    LATER = "refused for now"
    NOT_SENT = "nothing reached Slack"


class SimulatedSlack:
    """The edge of the world: one message a second in each channel, history, and the outcomes that a test asks for."""

    def __init__(self, time: SimulatedTime) -> None:
        self.time = time
        self.posted: list[tuple[str, str, str | None, datetime, float]] = []  # key, channel, thread, wall, mono
        self.outcomes: list[Outcome] = []
        self.too_fast = 0
        self.after_post: Callable[[], None] = lambda: None
        self._last: dict[str, float] = {}

    def post(self, channel: str, thread_ts: str | None, message: Message, keys: Sequence[str]) -> str:
        if self.time.mono - self._last.get(channel, -9.0) < 1.0:
            self.too_fast += 1
            raise NotDelivered(Verdict(Fate.LATER, "ratelimited", 1.0))
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome.OK
        if outcome is Outcome.LATER:
            raise NotDelivered(Verdict(Fate.LATER, "ratelimited", 2.0))
        if outcome is Outcome.NOT_SENT:
            raise NotDelivered(Verdict(Fate.NOT_SENT, "ConnectionRefusedError"))
        if outcome is Outcome.LOST:
            raise NotDelivered(Verdict(Fate.UNKNOWN, "TimeoutError"))
        self._last[channel] = self.time.mono
        self.posted += [(key, channel, thread_ts, self.time.wall, self.time.mono) for key in keys]
        self.after_post()
        if outcome is Outcome.ANSWER_LOST:
            raise NotDelivered(Verdict(Fate.UNKNOWN, "TimeoutError"))
        return f"{self.time.mono:.6f}"

    def open(self, person: str) -> str:
        return f"D{person}"

    def arrived(self, channel: str, thread_ts: str | None, since: float) -> dict[str, str]:
        return {
            key: f"{mono:.6f}" for key, where, thread, _, mono in self.posted if (where, thread) == (channel, thread_ts)
        }
