"""
Recurring follow-ups: which times a rule stands for, and the rule in words.

A rule is expanded on local time, by dateutil, and each time turned into an instant by the zone's rules of today: nine
o'clock stays nine o'clock. Days on which a country has a holiday are left out where that was asked for.
"""

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from bot.followups.dates.recurrence import instant_of

FARTHEST = timedelta(days=3653)  # how far ahead is looked for a time that does not come
_DAYS = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), calendar.day_name, strict=True))
_PLACES = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
A_MOMENT = timedelta(milliseconds=1)
FREQUENCIES = frozenset(_UNITS)  # nothing repeats within a day

IsHoliday = Callable[[date], bool]


def no_holidays(day: date) -> bool:
    """Default: no day is a holiday."""
    return False


@dataclass(frozen=True, slots=True)
class Series:
    """
    The times of a recurring follow-up: *rule* is an RRULE, *starts* its first local time in *zone* (naive).

    *holidays* names the country whose holidays are skipped, such as "DE" or "DE-BY"; "" for none.
    """

    rule: str
    starts: datetime
    zone: ZoneInfo
    holidays: str = ""

    def after(self, wall: datetime, is_holiday: IsHoliday = no_holidays) -> datetime | None:
        """The first planned local time after *wall*; None where none comes within ten years."""
        return next(self.times(wall, is_holiday), None)

    def times(self, after: datetime, is_holiday: IsHoliday = no_holidays) -> Iterator[datetime]:
        """
        The planned local times after *after*, the earliest first; ends where none comes within ten years of the last.

        A rule without COUNT may be expanded from any of its times, so years that are over cost nothing.
        """
        last = max(after, self.starts - A_MOMENT)
        for wall in self._expanded(after):
            if wall - last > FARTHEST:
                return
            if not (self.holidays and is_holiday(wall.date())):
                yield wall
                last = wall

    def _expanded(self, after: datetime) -> Iterator[datetime]:
        begins = self.starts
        if "COUNT=" not in self.rule and after > begins:
            begins = _aligned(self.rule, begins, after)
        # its weeks begin on Mondays, whatever somebody in this process has told the module calendar
        rule: Any = rrulestr(f"RRULE:{self.rule};WKST=MO", dtstart=begins)
        yield from rule.xafter(after)

    def passed(self, planned: datetime, now: datetime, is_holiday: IsHoliday = no_holidays) -> list[datetime]:
        """The planned times after *planned* that have come at *now* (aware), the earliest first."""
        found = []
        for wall in self.times(planned, is_holiday):
            if instant_of(wall, self.zone) > now:
                break
            found.append(wall)
        return found

    def next_few(self, wall: datetime, count: int, is_holiday: IsHoliday = no_holidays) -> list[datetime]:
        """The *count* planned local times after *wall*; fewer where the series ends."""
        return list(islice(self.times(wall, is_holiday), count))

    def rule_from(self, first: datetime) -> str:
        """Its rule for what begins with *first*, one of its times: of COUNT, those before are over."""
        parts = parts_of(self.rule)
        if "COUNT" in parts:
            before = takewhile(lambda wall: wall < first, self.times(self.starts - timedelta(seconds=1)))
            parts["COUNT"] = str(int(parts["COUNT"]) - sum(1 for _ in before))
        return ";".join(f"{name}={value}" for name, value in parts.items())

    def words(self) -> str:
        """The rule as people say it: "every Monday and Thursday", "every month on the last day"."""
        return rule_words(self.rule)


def parts_of(rule: str) -> dict[str, str]:
    """The parts of an RRULE by their names."""
    return dict(part.split("=", 1) for part in rule.removeprefix("RRULE:").split(";") if "=" in part)


def _aligned(rule: str, starts: datetime, after: datetime) -> datetime:
    """A time from which *rule* may be expanded as well as from *starts*, not after *after*."""
    parts = parts_of(rule)
    step = int(parts.get("INTERVAL", 1))
    match parts["FREQ"]:
        case "DAILY":
            return starts + timedelta(days=(after - starts).days // step * step)
        case "WEEKLY":
            weeks = (after - starts).days // 7 // step * step
            return starts + timedelta(weeks=weeks)
        case "MONTHLY":
            months = (after.year - starts.year) * 12 + after.month - starts.month - 1
            return _first_of_month(starts, max(0, months // step * step)) if months >= step else starts
        case "YEARLY":
            years = max(0, (after.year - starts.year - 1) // step * step)
            return _first_of_month(starts, 12 * years) if years else starts
    return starts


def _first_of_month(starts: datetime, months: int) -> datetime:
    """The first of the month so many months after *starts*: rules for months name their days themselves."""
    month = starts.month - 1 + months
    return starts.replace(year=starts.year + month // 12, month=month % 12 + 1, day=1)


def rule_words(rule: str) -> str:
    """An RRULE of ours as people say it, without its time."""
    parts = parts_of(rule)
    step, days = int(parts.get("INTERVAL", 1)), [one for one in parts.get("BYDAY", "").split(",") if one]
    monthdays = [int(one) for one in parts.get("BYMONTHDAY", "").split(",") if one]
    place = int(parts.get("BYSETPOS", 0))
    if parts["FREQ"] == "MONTHLY":
        said = _monthly(step, days, monthdays, place)
    elif parts["FREQ"] == "YEARLY":
        month = calendar.month_name[int(parts["BYMONTH"])] if parts.get("BYMONTH", "").isdigit() else ""
        said = f"{_each(step, 'year')} on {monthdays[0] if monthdays else ''} {month}".strip()
    elif days == list(_DAYS)[:5] and step == 1:
        said = "every weekday"
    elif days and step <= 2:
        said = f"every {'other ' if step == 2 else ''}{_and([_DAYS[one] for one in days])}"
    else:
        said = _each(step, _UNITS[parts["FREQ"]])
        said += f" on {_and([_DAYS[one] for one in days])}" if days else ""
    return said + _limit(parts)


def _monthly(step: int, days: list[str], monthdays: list[int], place: int) -> str:
    each = _each(step, "month")
    if days and place:
        return f"{each} on the {_PLACES.get(place, _nth(place))} working day"
    if days:
        names = [f"{_PLACES.get(int(one[:-2]), one[:-2])} {_DAYS[one[-2:]]}" for one in days]
        return f"{each} on the {_and(names)}"
    if place:  # the 29th or 30th, or the last day of a shorter month
        monthdays = monthdays[-1:]
    return f"{each} on the {_and(['last day' if one == -1 else _nth(one) for one in monthdays])}"


def _each(step: int, unit: str) -> str:
    return f"every {unit}" if step == 1 else f"every other {unit}" if step == 2 else f"every {step} {unit}s"


def _nth(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _limit(parts: dict[str, str]) -> str:
    if "COUNT" in parts:
        return f", {parts['COUNT']} times"
    if "UNTIL" in parts:
        until = datetime.strptime(parts["UNTIL"][:8], "%Y%m%d").date()  # noqa: DTZ007 - a day
        return f", until {until.day} {until:%B %Y}"
    return ""


def offset_words(wall: datetime, zone: ZoneInfo) -> str:
    """How far clocks in *zone* are ahead of UTC at local time *wall*: "UTC+1", "UTC-3:30"."""
    offset = instant_of(wall, zone).astimezone(zone).utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
