"""
Recurring follow-ups for calendars, what the bot posts of them, and what two libraries for calendars show.

`test_ical.py` tries some of them, `python -m tests.bench.ical` all.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import recurring_ical_events
from dateutil.rrule import rrulestr
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from bot.followups.dates.questions import NotUnderstood
from bot.followups.dates.reader import read
from bot.followups.dates.recurrence import instant_of
from bot.followups.ical import CalendarEntry
from bot.followups.series import IsHoliday, Series, no_holidays

NOW = datetime(2026, 11, 24, 10, 15, tzinfo=UTC)  # a Tuesday
BEGINS, ENDS = NOW - timedelta(days=400), datetime(2031, 11, 24, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "America/Santiago")
TIMES = (time(9), time(2, 30), time(1, 30), time(0), time(23, 30))  # Santiago's clocks change at midnight
MORE_RULES = (
    "FREQ=DAILY;COUNT=200",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;INTERVAL=3;COUNT=400",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=150",
    "FREQ=WEEKLY;BYDAY=SU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;COUNT=50",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;UNTIL=20300331T235959",
    "FREQ=DAILY;UNTIL=20281029T235959",
    "FREQ=MONTHLY;BYDAY=-1SU",
    "FREQ=MONTHLY;BYDAY=1SU",
    "FREQ=MONTHLY;BYDAY=2SU;COUNT=30",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
    "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1",
    "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
    "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=28,29,30;BYSETPOS=-1;COUNT=20",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=28",
)


@cache
def rules() -> list[str]:
    """Every rule that is read out of the phrases in tests/data, and MORE_RULES."""
    found = set(MORE_RULES)
    for path in sorted((Path(__file__).resolve().parents[1] / "data").glob("*.jsonl")):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if "text" in row and "now" in row:
                zone = ZoneInfo(row.get("tz") or row["zone"])
                with suppress(NotUnderstood):
                    found.add(str(read(row["text"], datetime.fromisoformat(row["now"]), zone, row["locale"]).rule))
    return sorted(found - {"None"})


def holiday_of(country: str) -> IsHoliday:
    """The holidays of "DE" or "DE-BY"."""
    nation, _, state = country.partition("-")
    known = holidays.country_holidays(nation, subdiv=state or None)
    return lambda day: day in known


def entry(number: int, series: Series, now: datetime = NOW) -> CalendarEntry:
    """The follow-up F*number*, as it waits at *now* for its next time."""
    planned = series.after(now.astimezone(series.zone).replace(tzinfo=None), _skipped(series)) or series.starts
    at = instant_of(planned, series.zone)
    return CalendarEntry(f"F{number}-x7@toughcustomer", "Acme: call", "", at, series.zone, NOW, series, planned)


def series_of(rule: str, at: time, zone: str, country: str = "", since: date = date(2026, 9, 1)) -> Series:
    """The series by *rule* from *since* on."""
    starts = next(iter(rrulestr(f"RRULE:{rule}", dtstart=datetime.combine(since, at))))
    return Series(rule, starts, ZoneInfo(zone), country)


def cases() -> Iterator[Series]:
    """Each rule in each zone at each time; without holidays, and with Germany's."""
    for rule in rules():
        for zone in ZONES:
            for at in TIMES:
                yield series_of(rule, at, zone)
                yield series_of(rule, at, zone, "DE")


def posted(one: CalendarEntry) -> list[datetime]:
    """When the bot posts *one* from now on until ENDS, in UTC."""
    if one.series is None or one.planned is None:
        return [one.at]
    later = (instant_of(wall, one.zone) for wall in one.series.times(one.planned, _skipped(one.series)))
    return sorted([one.at, *takewhile(lambda at: at < ENDS, later)])


def _skipped(series: Series) -> IsHoliday:
    return holiday_of(series.holidays) if series.holidays else no_holidays


Shown = dict[str, list[datetime]]


def shown_by_icalendar(file: bytes) -> Shown:
    """The starts of all events until ENDS by follow-up ("F12"), as icalendar with recurring-ical-events has them."""
    events = recurring_ical_events.of(Calendar.from_ical(file)).between(BEGINS, ENDS)
    return _by_follow_up((str(event["UID"]), event.start) for event in events)


def shown_by_ical(file: bytes) -> Shown:
    """The same as the library ical has them."""
    timeline = IcsCalendarStream.calendar_from_ics(file.decode()).timeline_tz(UTC)
    return _by_follow_up((event.uid, event.start) for event in timeline.overlapping(BEGINS, ENDS))


def _by_follow_up(starts: Iterator[tuple[str, datetime]]) -> Shown:
    found: Shown = defaultdict(list)
    for uid, start in starts:
        found[uid.partition("-")[0]].append(start.astimezone(UTC))
    return {uid: sorted(one for one in those if one < ENDS) for uid, those in found.items()}


LIBRARIES: dict[str, Callable[[bytes], Shown]] = {"icalendar": shown_by_icalendar, "ical": shown_by_ical}
