"""Slack and time, for deliveries in virtual time: a year passes in a second, and a run repeats itself exactly."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum

from bot.delivery.transport import HISTORY, OPEN, REPLIES, TOO_MUCH_HISTORY, UPDATE, nobody_listens
from bot.emulator.errors import TooMany
from bot.emulator.pace import CallLimits
from bot.slack.block_kit import Message
from bot.slack.errors import Fate, NotDelivered, Verdict

START = datetime(2027, 3, 27, 9, 0, tzinfo=UTC)  # the night after it the clocks change in Europe
POST, PROBE = "chat.postMessage", "auth.test"
TIER = {HISTORY: 50, REPLIES: 50, OPEN: 50, UPDATE: 50}  # calls a minute
MOST_HISTORY = 5_000  # messages that one look can read
TIMEOUT_S = 15.0


class Killed(BaseException):
    """The process is gone. No handler may catch it."""


class SimulatedTime:
    """A wall clock that can be set, a monotonic one that cannot but stands still in suspension, and the true time."""

    def __init__(self, start: datetime = START) -> None:
        self.wall = start
        self.mono = 1000.0
        self.true = start  # Slack's

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.mono

    def pass_by(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.true += timedelta(seconds=seconds)
        self.mono += seconds

    def set_by(self, by: timedelta) -> None:
        """Somebody sets the clock."""
        self.wall += by

    def suspend(self, by: timedelta) -> None:
        """The machine sleeps, and its monotonic clock with it."""
        self.wall += by
        self.true += by


class Outcome(Enum):
    """What becomes of one post."""

    OK = "posted and answered"
    ANSWER_LOST = "posted, and the answer lost"
    LOST = "not posted, and no answer"
    LATER = "refused for now"
    NOT_SENT = "nothing reached Slack"


@dataclass(frozen=True)
class Trouble:
    """
    What one call meets. *deed*: whether it is done all the same; *hang_s*: how long the answer, or the end, takes.

    *late_s*: the deed is done so long after the call began. *hidden_s*: history lacks it for so long.
    """

    name: str
    fate: Fate | None
    deed: bool = False
    hang_s: float = 0.0
    late_s: float = 0.0
    hidden_s: float = 0.0


TROUBLES = (
    Trouble("500 with the deed", Fate.UNKNOWN, deed=True),
    Trouble("503 without", Fate.UNKNOWN),
    Trouble("429", Fate.LATER),
    Trouble("a hang with the deed", Fate.UNKNOWN, deed=True, hang_s=TIMEOUT_S),
    Trouble("a hang without", Fate.UNKNOWN, hang_s=TIMEOUT_S),
    Trouble("a hang, and the deed after it", Fate.UNKNOWN, deed=True, hang_s=TIMEOUT_S, late_s=TIMEOUT_S + 8.0),
    Trouble("cut with the deed", Fate.UNKNOWN, deed=True),
    Trouble("cut without", Fate.UNKNOWN),
    Trouble("garbage", Fate.UNKNOWN, deed=True),
    Trouble("a refused connection", Fate.NOT_SENT),
    Trouble("done and answered, and history lags", None, deed=True, hidden_s=20.0),
    Trouble("the answer lost, and history lags", Fate.UNKNOWN, deed=True, hidden_s=20.0),
)


@dataclass
class Posted:
    """What a channel holds: *at* is its time at Slack, from *seen_from* on history has it."""

    key: str
    channel: str
    thread_ts: str | None
    at: datetime
    seen_from: datetime
    text: str


@dataclass
class SimulatedSlack:
    """
    The edge of the world: one message a second in each channel, history, limits, and what a test wants to go wrong.

    *troubles* are met by the call of that method and number, counted from 1; while *down* everything meets that one.
    With *limited* the limits of methods hold as Slack's do, and *posts_a_minute* for the whole workspace.
    """

    time: SimulatedTime
    limited: bool = False
    posts_a_minute: int = 0
    posted: list[tuple[str, str, str | None, datetime, float]] = field(default_factory=list)  # with wall and mono
    kept: list[Posted] = field(default_factory=list)
    updated: list[tuple[str, str, str]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    troubles: dict[tuple[str, int], Trouble] = field(default_factory=dict)
    down: Trouble | None = None
    calls: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    looks: list[tuple[str, float, float]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    chatter_a_minute: float = 0.0  # what others say in each channel
    dates: bool = True  # whether its answers tell the time
    too_fast: int = 0
    after_post: Callable[[], None] = lambda: None
    during: Callable[[str], None] = nobody_listens  # called within each call, by its method
    asking: Callable[[str], None] = nobody_listens
    heard: Callable[[datetime | None], None] = nobody_listens

    def __post_init__(self) -> None:
        self._last: dict[str, float] = {}
        self._limits = CallLimits(lambda: self.time.true.timestamp())

    def post(self, channel: str, thread_ts: str | None, message: Message, keys: Sequence[str]) -> str:
        if self.time.mono - self._last.get(channel, -9.0) < 1.0:
            self.too_fast += 1
            self.refused[POST] += 1
            self.heard(self.time.true.replace(microsecond=0))
            raise NotDelivered(Verdict(Fate.LATER, "ratelimited", 1.0))
        trouble = self._begin(POST)
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome.OK
        if outcome is Outcome.LATER:
            raise NotDelivered(Verdict(Fate.LATER, "ratelimited", 2.0))
        if outcome is Outcome.NOT_SENT:
            raise NotDelivered(Verdict(Fate.NOT_SENT, "ConnectionRefusedError"))
        if outcome is Outcome.LOST:
            raise NotDelivered(Verdict(Fate.UNKNOWN, "TimeoutError"))
        if trouble is None or trouble.deed:
            self._last[channel] = self.time.mono
            at = self.time.true + timedelta(seconds=trouble.late_s if trouble else 0.0)
            seen_from = at + timedelta(seconds=trouble.hidden_s if trouble else 0.0)
            self.posted += [(key, channel, thread_ts, self.time.wall, self.time.mono) for key in keys]
            self.kept += [Posted(key, channel, thread_ts, at, seen_from, str(message)) for key in keys]
            self.after_post()
        self.during(POST)
        self._end(trouble)
        if outcome is Outcome.ANSWER_LOST:
            raise NotDelivered(Verdict(Fate.UNKNOWN, "TimeoutError"))
        self._answer()
        return _ts(self.kept[-1].at)

    def open(self, person: str) -> str:
        self.asking(OPEN)
        trouble = self._begin(OPEN)
        if trouble is None or trouble.deed:
            self.opened.append(person)
        self.during(OPEN)
        self._end(trouble)
        self._answer()
        return f"D{person}"

    def arrived(self, channel: str, thread_ts: str | None, since: float, until: float) -> dict[str, str]:
        method = REPLIES if thread_ts else HISTORY
        self.asking(method)
        trouble = self._begin(method)
        self.looks.append((channel, since, until))
        self.during(method)
        self._end(trouble)
        self._answer()
        end = min(until, self.time.true.timestamp())
        if (end - since) / 60 * self.chatter_a_minute > MOST_HISTORY:
            raise NotDelivered(Verdict(Fate.REFUSED, TOO_MUCH_HISTORY))
        return {
            one.key: _ts(one.at)
            for one in self.kept
            if (one.channel, one.thread_ts) == (channel, thread_ts)
            and one.seen_from <= self.time.true
            and since <= one.at.timestamp() <= until
        }

    def probe(self) -> None:
        trouble = self._begin(PROBE)
        self._end(trouble)
        self._answer()

    def update(self, channel: str, ts: str, message: Message) -> None:
        trouble = self._begin(UPDATE)
        if trouble is None or trouble.deed:
            self.updated.append((channel, ts, message.text))
        self.during(UPDATE)
        self._end(trouble)

    def _begin(self, method: str) -> Trouble | None:
        self.calls[method] += 1
        if self.down is None and self.limited:
            try:
                if method in TIER:
                    self._limits.call(method, TIER[method])
                elif method == POST and self.posts_a_minute:
                    self._limits.call(method, self.posts_a_minute)
            except TooMany as too_many:
                self.refused[method] += 1
                self._answer()
                raise NotDelivered(Verdict(Fate.LATER, "ratelimited", float(too_many.retry_after))) from None
        return self.down or self.troubles.get((method, self.calls[method]))

    def _end(self, trouble: Trouble | None) -> None:
        if trouble is None:
            return
        self.time.pass_by(trouble.hang_s)
        if trouble.fate is Fate.LATER:
            self._answer()
            raise NotDelivered(Verdict(Fate.LATER, "ratelimited", 2.0))
        if trouble.fate is not None:
            raise NotDelivered(Verdict(trouble.fate, trouble.name))

    def _answer(self) -> None:
        self.heard(self.time.true.replace(microsecond=0) if self.dates else None)


def _ts(at: datetime) -> str:
    return f"{at.timestamp():.6f}"
