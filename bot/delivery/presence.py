"""What delivery knows of Slack: whether it answers, what time it is there, and how often each method may be called."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.delivery.outage import Outage
from bot.delivery.rate_limit import MethodGates
from bot.delivery.slack_time import SlackTime
from bot.delivery.transport import Transport
from bot.log import failure
from bot.slack.errors import Fate, NotDelivered

logger = logging.getLogger(__name__)


class Presence:
    """Kept up to date by every call of *transport* that is made: `hear` is told of each. Safe from any thread."""

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
        gates: MethodGates | None = None,
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._monotonic = monotonic
        self._time = SlackTime(clock, monotonic)
        self._gates = gates or MethodGates()
        self._outage = Outage()
        self._turn = threading.Lock()
        transport.asking = lambda method: self._gates.begin(method, monotonic())
        transport.heard = self._time.heard

    @property
    def answers(self) -> int:
        """How many calls Slack has answered."""
        return self._outage.answers

    def slack_now(self) -> datetime | None:
        """The time at Slack; None where it is not known."""
        return self._time.now()

    def ahead(self) -> timedelta | None:
        """By how much our clock is ahead of Slack's; None where it is not known."""
        return self._time.ahead()

    def is_sure_of_the_time(self) -> bool:
        """Whether Slack was asked once, and no clock was moved since."""
        return not self._time.is_asked_for()

    def at_once(self, most: int) -> int:
        """How many calls may be under way, of *most*: fewer while Slack does not answer."""
        with self._turn:
            return self._outage.at_once(most)

    def wait(self, method: str, *, urgent: bool = False) -> float:
        """How many seconds to wait before *method* is called."""
        return self._gates.wait(method, self._monotonic(), urgent=urgent)

    def hear(self, method: str, place: str, error: NotDelivered | None) -> None:
        """A call of *method* about *place* was answered, or failed with *error*."""
        with self._turn:
            if error is None or error.verdict.fate in (Fate.REFUSED, Fate.LATER):
                self._outage.answered()
            else:
                self._outage.unanswered(place, self._clock.now(), self._monotonic())
        if error is None:
            self._gates.taken(method)
        elif error.verdict.fate is Fate.LATER:
            self._gates.refused(method, self._monotonic(), error.verdict.wait)

    def wants_a_probe(self, *, urgent: bool) -> bool:
        """Whether Slack is to be asked now if it is there; if so, `probe` has to be called."""
        with self._turn:
            if self._time.is_asked_for():
                self._outage.listen_first()
            is_due = self._outage.is_probe_due(self._monotonic(), urgent=urgent)
            if is_due:
                self._outage.probing()
            return is_due

    def next_probe_in(self, *, urgent: bool) -> float | None:
        """In how many seconds to ask again; None where nobody needs to."""
        with self._turn:
            return self._outage.next_probe_in(self._monotonic(), urgent=urgent)

    def probe(self) -> None:
        """Ask whether Slack answers."""
        answered = False
        try:
            self._transport.probe()
            answered = True
        except NotDelivered as error:
            answered = error.verdict.fate in (Fate.REFUSED, Fate.LATER)
        except Exception as error:  # noqa: BLE001 - the worker's loop
            failure(logger, "asking whether Slack answers failed", error)
        finally:
            with self._turn:
                if answered and self._time.is_asked_for():
                    self._time.heard(None)  # it answers, and does not tell the time
                self._outage.probed(self._clock.now(), self._monotonic(), answered=answered)

    def what_is_wrong(self) -> str | None:
        """For the health report."""
        with self._turn:
            return self._outage.what_is_wrong()
