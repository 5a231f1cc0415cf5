"""
Follow-ups as an iCalendar file (RFC 5545), which calendar programs subscribe to.

A calendar shows what the bot will post, occurrence by occurrence. A series is one event with a rule on local time.
Calendar programs differ on local times that a clock change skips or repeats, on moved occurrences (RECURRENCE-ID) and
on additional ones (RDATE); so whatever is not plainly by the rule is taken out of it (EXDATE) and is an event of its
own, in UTC.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from bot.followups.dates.recurrence import instant_of
from bot.followups.ical_zones import in_zone, is_utc, unusual_times, vtimezone
from bot.followups.series import IsHoliday, Series, no_holidays, parts_of

if TYPE_CHECKING:
    from icalendar import Event, vRecur

PRODUCT = "-//toughcustomer//follow-ups//EN"
READ_AGAIN = timedelta(hours=1)  # how often calendar programs are asked to fetch the file
LENGTH = timedelta(minutes=15)
WARNING = timedelta(minutes=-15)  # before a promise is due
YEARS_OF_CLOCKS, YEARS_OF_HOLIDAYS = 11, 5  # after the present one
_SECOND = timedelta(seconds=1)
_LINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")  # all that may end a line
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """
    One follow-up as a calendar shows it: *uid* such as "F12-x7@toughcustomer", *notes* in plain text.

    *at*, when it is due next, and *changed* are in UTC. A recurring one has a *series*, and *planned*, the local time
    (naive) by its rule of the occurrence that is due at *at*: where that was snoozed, they differ.
    """

    uid: str
    title: str
    notes: str
    at: datetime
    zone: ZoneInfo
    changed: datetime
    series: Series | None = None
    planned: datetime | None = None
    is_promise: bool = False


@dataclass(frozen=True, slots=True)
class _Repeats:
    """What of a series is plainly by its rule: local times from *first* on, but for those that are *left_out*."""

    first: datetime
    rule: str
    left_out: tuple[datetime, ...]


class _Years:
    """The years that one calendar is right for, and the holidays in them, by country."""

    def __init__(self, shown: Iterable[CalendarEntry], now: datetime, holiday_of: Callable[[str], IsHoliday]) -> None:
        first = min([now.year, *(entry.planned.year for entry in shown if entry.planned)])
        self.first = first - 1  # so a VTIMEZONE begins with clock changes before the first event
        self.last = now.year + YEARS_OF_CLOCKS
        self._days = (date(self.first, 1, 1), date(now.year + YEARS_OF_HOLIDAYS, 12, 31))
        self._holiday_of = holiday_of
        self._found: dict[str, tuple[IsHoliday, tuple[date, ...]]] = {"": (no_holidays, ())}

    def holidays(self, country: str) -> tuple[IsHoliday, tuple[date, ...]]:
        """Whether a day is a holiday there, and all that are."""
        if country not in self._found:
            (begins, ends), is_holiday = self._days, self._holiday_of(country)
            days = (begins + timedelta(days=number) for number in range((ends - begins).days + 1))
            self._found[country] = is_holiday, tuple(day for day in days if is_holiday(day))
        return self._found[country]


def calendar_bytes(
    entries: Iterable[CalendarEntry], now: datetime, name: str, holiday_of: Callable[[str], IsHoliday]
) -> bytes:
    """
    The calendar *name* with *entries*, as a file in UTF-8.

    *holiday_of* gives for a country of a series, such as "DE-BY", which days it has as holidays. Those of this year and
    the next five are left out; clock changes are right for ten years after this one. Within a year the file is the same
    byte for byte as long as the entries are.
    """
    from icalendar import Calendar

    shown = list(entries)
    years = _Years(shown, now, holiday_of)
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("X-WR-CALNAME", _text(name))
    calendar.add("REFRESH-INTERVAL", READ_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", "PT1H")
    zones = {entry.zone.key: entry.zone for entry in shown if entry.series and not is_utc(entry.zone)}
    for key in sorted(zones):
        calendar.add_component(vtimezone(zones[key], years.first, years.last))
    for entry in shown:
        for event in _events(entry, years):
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(entry: CalendarEntry, years: _Years) -> Iterator["Event"]:
    if entry.series is None or entry.planned is None:
        yield _event(entry, entry.uid, entry.at, {})
        return
    repeats, alone = _spread(entry, entry.series, entry.planned.replace(microsecond=0), years)
    name, _, domain = entry.uid.partition("@")
    for wall, at in alone.items():
        yield _event(entry, f"{name}-{wall:%Y%m%dT%H%M%S}@{domain}", at, {})
    if repeats:
        (first, *left_out), zone = in_zone([repeats.first, *repeats.left_out], entry.zone)
        event = _event(entry, entry.uid, first, zone)
        event.add("RRULE", _recur(repeats.rule, entry.zone))
        if left_out:
            event.add("EXDATE", left_out, zone)
        yield event


def _spread(
    entry: CalendarEntry, series: Series, planned: datetime, years: _Years
) -> tuple[_Repeats | None, dict[datetime, datetime]]:
    """What repeats of *series*, and the instants of what does not, by the local times that they are planned for."""
    zone, time_of_day = entry.zone, series.starts.time().replace(microsecond=0)
    is_holiday, holidays = years.holidays(series.holidays)
    unusual = unusual_times(zone, time_of_day, years.first, years.last)
    as_planned = entry.at.replace(microsecond=0) == instant_of(planned, zone)
    alone = {planned: entry.at}
    first: datetime | None = None
    for wall in series.times(planned - _SECOND, is_holiday):  # RFC 5545: an event is itself the first by its rule
        if wall not in unusual and (wall > planned or as_planned):
            first = wall
            break
        alone.setdefault(wall, instant_of(wall, zone))
    if first is None:
        return None, alone
    if first == planned:
        del alone[planned]
    rule = series.rule_from(first)
    left_out = _among(rule, first, _possible(unusual, holidays, time_of_day))
    for wall in left_out:
        if wall in unusual and not is_holiday(wall.date()):
            alone[wall] = instant_of(wall, zone)
    return _Repeats(first, rule, left_out), alone


@lru_cache(maxsize=256)
def _possible(unusual: frozenset[datetime], holidays: tuple[date, ...], at: time) -> tuple[datetime, ...]:
    return tuple(sorted(unusual.union(datetime.combine(day, at) for day in holidays)))


@lru_cache(maxsize=1024)
def _among(rule: str, first: datetime, walls: tuple[datetime, ...]) -> tuple[datetime, ...]:
    """Those of *walls* (in order) that come after *first* by *rule*. It is kept, as many follow-ups are alike in it."""
    if not walls or walls[-1] <= first:
        return ()
    expanded: Any = rrulestr(f"RRULE:{rule}", dtstart=first)
    later: Iterator[datetime] = expanded.xafter(first)
    wanted = set(walls)
    return tuple(wall for wall in takewhile(lambda wall: wall <= walls[-1], later) if wall in wanted)


def _recur(rule: str, zone: ZoneInfo) -> "vRecur":
    """The rule for calendar programs: its UNTIL, a local time with us, must be in UTC."""
    from icalendar import vRecur

    parts: dict[str, Any] = {name: value.split(",") for name, value in parts_of(rule).items()}
    if "UNTIL" in parts:
        parts["UNTIL"] = instant_of(datetime.fromisoformat(parts["UNTIL"][0]), zone)
    return vRecur(parts)


def _event(entry: CalendarEntry, uid: str, start: datetime, zone: dict[str, str]) -> "Event":
    from icalendar import Alarm, Event, vDDDTypes, vDuration, vText

    title, changed = vText(_text(entry.title)), vDDDTypes(entry.changed)
    event = Event(
        {  # values in the library's types: to have it find those out takes a quarter longer
            "UID": vText(uid),
            "DTSTAMP": changed,
            "LAST-MODIFIED": changed,
            "DURATION": vDuration(LENGTH),
            "SUMMARY": title,
            "DESCRIPTION": vText(_text(entry.notes)),
            "TRANSP": vText("TRANSPARENT"),  # a reminder takes nobody's time
        }
    )
    event.add("DTSTART", start, zone)
    for before in (timedelta(0), WARNING) if entry.is_promise else (timedelta(0),):
        alarm = {"ACTION": vText("DISPLAY"), "DESCRIPTION": title, "TRIGGER": vDuration(before)}
        event.add_component(Alarm(alarm))
    return event


def _text(typed: str) -> str:
    """*typed* without the characters for which calendar programs refuse the whole file."""
    return _CONTROL.sub(" ", _LINES.sub("\n", typed))
