"""
Time zones in calendar files: when clocks change, the local times that a change skips or repeats, and the VTIMEZONE.

The VTIMEZONE is our own: icalendar's begins each summer time an hour late, and misses changes soon undone.
"""

import calendar
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Timezone

_WEEK = int(timedelta(days=7).total_seconds())  # no zone changes its clocks twice within one


@dataclass(frozen=True, slots=True)
class ClockChange:
    """At *at* (UTC) clocks go from the offset *before* to the offset *after*; their time is then called *name*."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str

    @property
    def wall(self) -> datetime:
        """What clocks show when it comes (naive), by the offset before, as RFC 5545 has it."""
        return (self.at + self.before).replace(tzinfo=None)

    @property
    def is_forward(self) -> bool:
        """Whether local times are skipped, and none comes twice."""
        return self.after > self.before

    def unusual(self, at: time) -> Iterator[datetime]:
        """The local times at this time of day that it skips or repeats: mostly none."""
        begins, ends = sorted((self.wall, self.wall + self.after - self.before))
        for days in range((ends.date() - begins.date()).days + 1):
            wall = datetime.combine(begins.date() + timedelta(days=days), at)
            if begins <= wall < ends:
                yield wall


@lru_cache(maxsize=128)
def clock_changes(zone: ZoneInfo, first_year: int, last_year: int) -> tuple[ClockChange, ...]:
    """All clock changes of *zone* in these years of UTC, the earliest first."""
    begins, ends = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (first_year, last_year + 1))

    def offset(second: int) -> timedelta:
        return datetime.fromtimestamp(second, zone).utcoffset() or timedelta()

    def change(low: int, high: int) -> ClockChange:
        before = offset(low)
        at = low + bisect_left(range(low, high), True, key=lambda second: offset(second) != before)
        first = datetime.fromtimestamp(at, zone)
        return ClockChange(first.astimezone(UTC), before, offset(at), first.tzname() or "")

    weeks = [(low, min(low + _WEEK, ends)) for low in range(begins, ends, _WEEK)]
    return tuple(change(low, high) for low, high in weeks if offset(low) != offset(high))


@lru_cache(maxsize=1024)
def unusual_times(zone: ZoneInfo, at: time, first_year: int, last_year: int) -> frozenset[datetime]:
    """The local times at this time of day that are skipped or come twice in these years."""
    changes = clock_changes(zone, first_year, last_year)
    return frozenset(wall for change in changes for wall in change.unusual(at))


def is_utc(zone: ZoneInfo) -> bool:
    """Whether it is UTC by that name, which files write with a Z and without a VTIMEZONE."""
    return zone.key == "UTC"


def in_zone(walls: list[datetime], zone: ZoneInfo) -> tuple[list[datetime], dict[str, str]]:
    """
    Local times as icalendar takes them, and the parameter that names their zone.

    For UTC there must be none: of a list in "UTC" icalendar 7 drops the zone, and the Z with it.
    """
    return ([wall.replace(tzinfo=UTC) for wall in walls], {}) if is_utc(zone) else (walls, {"TZID": zone.key})


@lru_cache(maxsize=128)
def vtimezone(zone: ZoneInfo, first_year: int, last_year: int) -> "Timezone":
    """
    The VTIMEZONE of *zone*, right for these years; it is shared, so nobody may change it.

    Changes that come each year up to the last, on the same Sunday of a month, are one observance with a rule, as older
    calendar programs like it; any other is one of its own.
    """
    from icalendar import Timezone

    found = Timezone()
    found.add("TZID", zone.key)
    changes = clock_changes(zone, first_year, last_year)
    begins = datetime(first_year, 1, 1, tzinfo=UTC).astimezone(zone)
    offset = begins.utcoffset() or timedelta()
    known = ClockChange(begins.astimezone(UTC), offset, offset, begins.tzname() or "")
    _add_observance(found, known, "", is_summer=bool(changes) and not changes[0].is_forward)
    alike: defaultdict[tuple[object, ...], list[ClockChange]] = defaultdict(list)
    for one in changes:
        alike[one.before, one.after, one.name, one.wall.month, one.wall.weekday(), one.wall.time()].append(one)
    for group in alike.values():
        place = _place([one.wall.date() for one in group], last_year)
        for one in group[:1] if place else group:
            _add_observance(found, one, place, is_summer=one.is_forward)
    return found


def _add_observance(to: "Timezone", change: ClockChange, place: str, *, is_summer: bool) -> None:
    from icalendar import TimezoneDaylight, TimezoneStandard

    observance = TimezoneDaylight() if is_summer else TimezoneStandard()
    observance.add("DTSTART", change.wall)
    observance.add("TZOFFSETFROM", change.before)
    observance.add("TZOFFSETTO", change.after)
    observance.add("TZNAME", change.name)
    if place:
        observance.add("RRULE", {"FREQ": "YEARLY", "BYMONTH": change.wall.month, "BYDAY": place})
    to.add_component(observance)


def _place(days: Sequence[date], last_year: int) -> str:
    """Where in their month all *days* are, such as "-1SU"; "" if they differ in it, or end before the last year."""
    if [day.year for day in days] != list(range(last_year - len(days) + 1, last_year + 1)) or len(days) < 2:
        return ""
    weekday = calendar.day_name[days[0].weekday()][:2].upper()
    if all(day.day + 7 > calendar.monthrange(day.year, day.month)[1] for day in days):
        return f"-1{weekday}"
    places = {(day.day + 6) // 7 for day in days}
    return f"{places.pop()}{weekday}" if len(places) == 1 else ""
