"""
Recurring dates: RFC 5545 rules on local time, and where the clocks change, the instants they stand for.

A rule is expanded on naive local times and each of them converted: dateutil on aware ones would repeat times that a
spring night does not have.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr


@dataclass(frozen=True, slots=True)
class Repeats:
    """A recurrence: the parts of an RRULE, but for what other phrases add to it."""

    freq: str
    interval: int = 1
    days: tuple[str, ...] = ()
    monthdays: tuple[int, ...] = ()
    hour: int | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a recurrence goes on: so many times, or for so many days."""

    count: int | None = None
    span: relativedelta | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """The next date is not when it is due, but when a recurrence begins or ends."""

    ends: bool


@dataclass(frozen=True, slots=True)
class Recurrence:
    """
    The parts of an RRULE that people can ask for. *by_day* holds days such as "MO" or "-1FR".

    *place* is BYSETPOS: which of those days in a month. *until* is the last day on which it may happen, in local time.
    """

    freq: str
    interval: int = 1
    by_day: tuple[str, ...] = ()
    by_monthday: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    place: int | None = None
    count: int | None = None
    until: date | None = None

    def __str__(self) -> str:
        monthdays, place = self.by_monthday, self.place
        if self.freq == "MONTHLY" and len(monthdays) == 1 and monthdays[0] in (29, 30):
            monthdays, place = tuple(range(28, monthdays[0] + 1)), -1  # February has its last day instead
        parts = {
            "FREQ": self.freq,
            "INTERVAL": str(self.interval) if self.interval > 1 else "",
            "BYMONTH": ",".join(map(str, self.by_month)),
            "BYMONTHDAY": ",".join(map(str, monthdays)),
            "BYDAY": ",".join(self.by_day),
            "BYSETPOS": str(place) if place is not None else "",
            "COUNT": str(self.count) if self.count else "",
            "UNTIL": f"{self.until:%Y%m%d}T235959" if self.until else "",
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """
    The instant, in UTC, at which clocks in *zone* show *wall* (naive).

    A time that is skipped in spring is the first instant after the gap; of one that comes twice in autumn, the first.
    """
    aware = wall.replace(tzinfo=zone, fold=0)
    at = aware.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    before = wall.replace(tzinfo=zone, fold=1).utcoffset()
    after = aware.utcoffset()
    assert before is not None
    assert after is not None
    low, high = sorted((at, wall.replace(tzinfo=UTC) - before))
    while high - low > timedelta(seconds=1):  # the moment in between at which the offset changes
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset():
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def first_after(rule: Recurrence, now: datetime, start: datetime) -> datetime | None:
    """The first local time by *rule* after *now*, where it cannot begin before the day of *start*; all naive."""
    found = rrulestr(str(Recurrence(rule.freq, 1, rule.by_day, rule.by_monthday, rule.by_month, rule.place)),
                     dtstart=start)  # fmt: skip
    return next((one for one in found.xafter(now, count=1)), None)
