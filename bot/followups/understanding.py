"""What somebody asks for, read out of what they typed; and what it may mean where that is not sure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.errors import UserError
from bot.followups.about import customer_and_text
from bot.followups.dates.questions import NotUnderstood
from bot.followups.dates.reader import read
from bot.followups.dates.readings import readings
from bot.followups.model import LocalTime, NewFollowUp, checked

NO_REPEATS = "I cannot repeat follow-ups yet. Shall I remind you once, the first time?"


class NoRepeats(UserError):
    """A recurrence, which cannot be kept yet; *once* is its first time."""

    def __init__(self, once: "PossibleFollowUp") -> None:
        super().__init__(NO_REPEATS)
        self.once = once


@dataclass(frozen=True, slots=True)
class Understood:
    """What somebody asks for, and the words that were read as its date."""

    wanted: NewFollowUp
    used: str


@dataclass(frozen=True, slots=True)
class PossibleFollowUp:
    """One thing that a text may mean: when, about whom, and what is to be done."""

    due: LocalTime
    customer: str | None
    text: str


class Understanding:
    """Reads commands. *customers* gives the known ones."""

    def __init__(self, customers: Callable[[], list[str]], clock: Clock) -> None:
        self._customers = customers
        self._clock = clock

    def understood(  # noqa: PLR0913 - who says it, where and when
        self,
        typed: str,
        zone: ZoneInfo,
        locale: str,
        *,
        owner: str,
        channel: str,
        instead: str = "",
        lone: bool = False,
        said_at: datetime | None = None,
    ) -> Understood:
        """
        What *typed* asks for, said by somebody in *zone*; *instead* is what is to be done where nothing is said of it.

        *lone*: a name alone is a customer to follow up with. Its date counts from *said_at*, however late it is read.
        Raises NotUnderstood where the date is not sure, UserError where the rest cannot be kept.
        """
        customers = self._customers()
        due = read(typed, said_at or self._clock.now(), zone, locale, customers)
        customer, text = customer_and_text(due, customers, lone=lone)
        at = LocalTime.of(due.at, due.zone)
        if due.rule is not None:
            raise NoRepeats(PossibleFollowUp(at, customer, text))
        text = text or instead or ("follow up" if lone and customer else "")
        wanted = checked(NewFollowUp(text, owner, at, channel, customer), self._clock.now())
        return Understood(wanted, " … ".join(due.used))

    def readings(self, typed: str, zone: ZoneInfo, locale: str, asked: NotUnderstood) -> list[PossibleFollowUp]:
        """What *typed* may mean, the likeliest first, where *asked* is what had to be asked about its date."""
        now, customers = self._clock.now(), self._customers()
        found = []
        for due in readings(typed, now, zone, locale, asked):
            customer, text = customer_and_text(due, customers)
            found.append(PossibleFollowUp(LocalTime.of(due.at, due.zone), customer, text))
        return found
