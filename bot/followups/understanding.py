"""What somebody asks for, read out of what they typed; and what it may mean where that is not sure."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.errors import UserError
from bot.followups.about import customer_and_text
from bot.followups.dates.questions import NotUnderstood
from bot.followups.dates.reader import Due, read
from bot.followups.dates.readings import readings
from bot.followups.dates.recurrence import instant_of
from bot.followups.days_off import check_country, holidays_of, without_skipping
from bot.followups.model import LocalTime, NewFollowUp, checked
from bot.followups.series import A_MOMENT, Series


class WhoseHolidays(UserError):
    """Holidays are to be skipped, and nobody said of which country; *typed* is the rest."""

    def __init__(self, typed: str) -> None:
        super().__init__("Holidays of which country?")
        self.typed = typed


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
        country: str = "",
    ) -> Understood:
        """
        What *typed* asks for, said by somebody in *zone*; *instead* is what is to be done where nothing is said of it.

        *lone*: a name alone is a customer to follow up with. Its date counts from *said_at*, however late it is read.
        *country* is the one whose holidays are skipped where that is asked for. Raises NotUnderstood where the date is
        not sure, WhoseHolidays without a country, UserError where the rest cannot be kept.
        """
        customers, now = self._customers(), self._clock.now()
        due, named = self._read(typed, said_at or now, zone, locale, customers)
        if named == "" and not country:
            raise WhoseHolidays(typed)
        country = "" if named is None else check_country(named or country)
        customer, text = customer_and_text(due, customers, lone=lone)
        text = text or instead or ("follow up" if lone and customer else "")
        series = series_of(due, now, country) if due.rule is not None else None
        at = LocalTime.local(series.starts, due.zone) if series else LocalTime.of(due.at, due.zone)
        wanted = checked(NewFollowUp(text, owner, at, channel, customer, series=series), now)
        return Understood(wanted, " … ".join(due.used))

    def _read(
        self, typed: str, now: datetime, zone: ZoneInfo, locale: str, customers: list[str]
    ) -> tuple[Due, str | None]:
        """
        The date of *typed*, and the country whose holidays are skipped, which only what recurs can.

        It is "" where none is named, None where nothing is skipped.
        """
        rest, named = without_skipping(typed)
        if named is not None:
            with suppress(NotUnderstood):
                due = read(rest, now, zone, locale, customers)
                if due.rule is not None:
                    return due, named
        return read(typed, now, zone, locale, customers), None

    def readings(self, typed: str, zone: ZoneInfo, locale: str, asked: NotUnderstood) -> list[PossibleFollowUp]:
        """What *typed* may mean, the likeliest first, where *asked* is what had to be asked about its date."""
        now, customers = self._clock.now(), self._customers()
        found = []
        for due in readings(typed, now, zone, locale, asked):
            customer, text = customer_and_text(due, customers)
            found.append(PossibleFollowUp(LocalTime.of(due.at, due.zone), customer, text))
        return found


def series_of(due: Due, now: datetime, country: str = "") -> Series:
    """The series that begins with *due*, which recurs, without the holidays of *country*. Raises UserError."""
    return series_from(str(due.rule), due.wall, due.zone, now, country)


def series_from(rule: str, wall: datetime, zone: ZoneInfo, now: datetime, country: str = "") -> Series:
    """
    The series of *rule* from local time *wall* on, beginning with the first that is still to come at *now*.

    Raises UserError where none of its times ever comes.
    """
    series = Series(rule, wall, zone, country)
    times = series.times(wall - A_MOMENT, holidays_of(country))
    first = next((one for one in times if instant_of(one, zone) > now), None)
    if first is None:
        raise UserError(f"{_first_up(series.words())} never comes again. Nothing was stored. When shall it be?")
    return replace(series, starts=first)


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]
