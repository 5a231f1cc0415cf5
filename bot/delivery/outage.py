"""
Whether Slack answers at all. Pure: times are monotonic seconds, nothing sleeps or sends.

This is a circuit breaker. Where a few calls in a row got no answer, all else waits, and one probe goes at growing
pauses until Slack answers it; then one call goes alone, and if that is answered everything goes on.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

_IN_A_ROW = 3  # in different places
_IN_ONE_PLACE = 6
_PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
_URGENT_PAUSE_S = 1.0  # while something urgent waits
_FORGOTTEN_AFTER_S = 120.0


class Answering(Enum):
    """What is known of Slack. UNHEARD: it has to be asked once before anything is sent."""

    HERE = "answers"
    UNHEARD = "not asked yet"
    AWAY = "does not answer"
    TRYING = "answered a probe"


@dataclass
class Outage:
    """What the calls of delivery tell of Slack."""

    state: Answering = Answering.HERE
    since: datetime | None = None
    answers: int = 0  # to real calls, refusals included
    _in_a_row: int = 0
    _places: set[str] = field(default_factory=set)
    _probes: int = 0  # without an answer, in a row
    _rounds: int = 0  # how often it was away since it last answered a real call
    _probed_at: float | None = None
    _is_probing: bool = False
    _failed_at: float = 0.0

    def at_once(self, most: int) -> int:
        """How many calls may be under way, of *most*."""
        return {Answering.HERE: most, Answering.TRYING: 1}.get(self.state, 0)

    def listen_first(self) -> None:
        """Have a probe answered before anything else goes."""
        if self.state in (Answering.HERE, Answering.TRYING):
            self.state, self._probed_at = Answering.UNHEARD, None

    def answered(self) -> None:
        """A call was answered, be it with a refusal."""
        self.answers += 1
        self._in_a_row = self._probes = self._rounds = 0
        self._places.clear()
        if self.state is not Answering.UNHEARD:
            self.state, self.since = Answering.HERE, None

    def unanswered(self, place: str, now: datetime, mono: float) -> None:
        """A call about *place* was not, or with no more than a server's error."""
        if self.since is None or mono - self._failed_at > _FORGOTTEN_AFTER_S:
            self.since = now
        self._failed_at = mono
        self._in_a_row += 1
        self._places.add(place)
        many = self._in_a_row >= (_IN_A_ROW if len(self._places) > 1 else _IN_ONE_PLACE)
        if self.state is Answering.TRYING or (self.state is Answering.HERE and many):
            self.state, self._probed_at = Answering.AWAY, mono
            self._rounds += 1

    def is_probe_due(self, mono: float, *, urgent: bool) -> bool:
        """Whether to ask now if Slack is there; *urgent*: something urgent waits for it."""
        return self.state in (Answering.AWAY, Answering.UNHEARD) and not self._is_probing and mono >= self._at(urgent)

    def next_probe_in(self, mono: float, *, urgent: bool) -> float | None:
        """In how many seconds to ask again; None where none is to be asked, or one is being."""
        if self.state not in (Answering.AWAY, Answering.UNHEARD) or self._is_probing:
            return None
        return max(0.0, self._at(urgent) - mono)

    def probing(self) -> None:
        """A probe leaves now."""
        self._is_probing = True

    def probed(self, now: datetime, mono: float, *, answered: bool) -> None:
        """It is back."""
        self._is_probing, self._probed_at = False, mono
        if answered:
            self.state, self._probes = Answering.TRYING if self._in_a_row else Answering.HERE, 0
            return
        self.state, self._in_a_row, self._probes = Answering.AWAY, self._in_a_row + 1, self._probes + 1
        self._failed_at = mono
        self.since = self.since or now

    def what_is_wrong(self) -> str | None:
        """For the health report."""
        tried_in_vain = self.state is Answering.TRYING and self._rounds > 1
        if self.since is None or not (self.state is Answering.AWAY or tried_in_vain):
            return None
        return f"Slack has not answered since {self.since:%d %b %H:%M:%S} UTC; messages wait"

    def _at(self, urgent: bool) -> float:
        if self._probed_at is None:
            return 0.0
        pause = _PAUSES_S[min(self._probes + max(0, self._rounds - 1), len(_PAUSES_S) - 1)]
        return self._probed_at + (min(pause, _URGENT_PAUSE_S) if urgent else pause)
