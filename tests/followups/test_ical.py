"""Calendar files, opened with two libraries: what they show is what the bot posts."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar, Event

from bot.followups.ical import CalendarEntry, calendar_bytes
from bot.followups.ical_zones import clock_changes, unusual_times, vtimezone
from tests.followups.calendar_cases import (
    LIBRARIES,
    NOW,
    ZONES,
    cases,
    entry,
    holiday_of,
    posted,
    rules,
    series_of,
)

BERLIN = ZoneInfo("Europe/Berlin")
HALF_PAST_TWO = time(2, 30)
OTHER_ZONES = ["Africa/Casablanca", "Africa/Cairo", "Europe/Dublin", "America/Nuuk", "US/Eastern", "Asia/Kathmandu"]
OTHER_ZONES += ["Etc/GMT+5", "Pacific/Chatham"]
ONE_OFF = CalendarEntry(
    "F12-x7@toughcustomer", "Acme: send the options", "", NOW + timedelta(hours=3), BERLIN, NOW - timedelta(days=1)
)


def file_of(*entries: CalendarEntry, now: datetime = NOW) -> bytes:
    return calendar_bytes(entries, now, "Mia's follow-ups", holiday_of)


def events_in(file: bytes) -> list[Event]:
    return Calendar.from_ical(file).events


def both_show_what_is_posted(*entries: CalendarEntry, now: datetime = NOW) -> None:
    file = file_of(*entries, now=now)
    expected = {one.uid.partition("-")[0]: posted(one) for one in entries}
    for library, shown in LIBRARIES.items():
        found = shown(file)
        for one in entries:
            number = one.uid.partition("-")[0]
            assert found[number] == expected[number], f"{library}: {one}"


def test_both_libraries_show_every_occurrence_of_five_years_as_the_bot_posts_it() -> None:
    """One in 47 of all cases, so each rule with other zones and times; `python -m tests.bench.ical` tries all."""
    chosen = list(cases())[::47]
    assert {one.rule for one in chosen} == set(rules())

    both_show_what_is_posted(*(entry(number, one) for number, one in enumerate(chosen)))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "America/Santiago"])
def test_daily_ones_in_the_nights_of_clock_changes_are_shown_when_they_are_posted(zone: str) -> None:
    times = [time(0), time(1, 45), time(2), HALF_PAST_TWO, time(3), time(23, 30)]

    both_show_what_is_posted(*(entry(one, series_of("FREQ=DAILY", at, zone)) for one, at in enumerate(times)))


@pytest.mark.parametrize(
    "now",
    [
        datetime(2027, 3, 27, 12, tzinfo=UTC),  # the next time is skipped
        datetime(2027, 10, 30, 12, tzinfo=UTC),  # the next time comes twice
        datetime(2027, 12, 24, 12, tzinfo=UTC),  # the next days are holidays
        datetime(2028, 2, 28, 12, tzinfo=UTC),
    ],
)
def test_one_may_be_waiting_for_any_of_its_times(now: datetime) -> None:
    asked = ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SU", "FREQ=MONTHLY;BYDAY=-1SU", "FREQ=DAILY;COUNT=900"]
    asked.append("FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1")
    waiting = [series_of(rule, HALF_PAST_TWO, "Europe/Berlin", country) for rule in asked for country in ("", "DE-BY")]

    both_show_what_is_posted(*(entry(number, one, now) for number, one in enumerate(waiting)), now=now)


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=40", "FREQ=MONTHLY;BYMONTHDAY=-1"])
@pytest.mark.parametrize("by", [timedelta(hours=-2), timedelta(minutes=1), timedelta(hours=26), timedelta(days=40)])
def test_a_snoozed_occurrence_is_shown_when_it_comes_and_the_others_as_planned(rule: str, by: timedelta) -> None:
    waiting = [series_of(rule, at, "Europe/Berlin", "DE") for at in (time(9), HALF_PAST_TWO)]
    planned = [entry(number, one) for number, one in enumerate(waiting)]

    both_show_what_is_posted(*(replace(one, at=one.at + by) for one in planned))


def test_one_that_waits_for_somebody_since_weeks_is_shown_with_all_that_came_since() -> None:
    overdue = entry(
        1, series_of("FREQ=WEEKLY;BYDAY=MO,SU", HALF_PAST_TWO, "Europe/Berlin", "DE"), NOW - timedelta(days=50)
    )

    both_show_what_is_posted(overdue)


def test_one_that_was_moved_to_a_day_that_its_rule_does_not_have_begins_with_its_rule() -> None:
    one = entry(1, series_of("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", time(9), "Europe/Berlin"))
    assert one.planned
    moved = replace(one, planned=one.planned - timedelta(days=1), at=one.at - timedelta(days=1))

    both_show_what_is_posted(moved)
    assert sorted(event.start.day for event in events_in(file_of(moved))) == [29, 30]


def test_the_last_of_a_series_is_shown_alone() -> None:
    series = series_of("FREQ=DAILY;COUNT=3", time(9), "Europe/Berlin", since=date(2026, 11, 23))
    last = entry(1, series, NOW)
    assert last.planned == datetime(2026, 11, 25, 9)  # noqa: DTZ001 - local

    for one in (last, replace(last, at=last.at + timedelta(hours=1))):
        both_show_what_is_posted(one)


def test_a_series_whose_every_time_is_skipped_is_shown() -> None:
    both_show_what_is_posted(entry(1, series_of("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", HALF_PAST_TWO, "Europe/Berlin")))


@pytest.mark.parametrize("zone", ["UTC", *OTHER_ZONES])
def test_other_zones_are_shown_as_well(zone: str) -> None:
    times = (time(0), HALF_PAST_TWO, time(23, 30))

    both_show_what_is_posted(*(entry(one, series_of("FREQ=DAILY", at, zone, "DE")) for one, at in enumerate(times)))


def test_events_of_a_series_keep_to_what_all_calendar_programs_understand() -> None:
    file = file_of(*(entry(number, one) for number, one in enumerate(list(cases())[::47])))
    events = events_in(file)

    assert not {"RDATE", "RECURRENCE-ID"} & {name for event in events for name in event}
    assert len({event["UID"] for event in events}) == len(events)
    ends = re.findall(r"UNTIL=([^;\s]*)", file.decode())
    assert ends
    assert all(re.fullmatch(r"\d{8}T\d{6}Z", end) for end in ends)
    zones = {zone["TZID"] for zone in Calendar.from_ical(file).walk("VTIMEZONE")}
    assert zones == set(re.findall(r"TZID=([^:;]*)", file.decode()))
    for event in events:
        if "RRULE" in event:
            begins = event.start.replace(tzinfo=None)
            rule = re.sub(r"UNTIL=(\d*T\d*)Z", r"UNTIL=\1", event["RRULE"].to_ical().decode())
            assert next(iter(rrulestr(f"RRULE:{rule}", dtstart=begins))) == begins
            left_out = event.exdates
            assert begins not in [one.replace(tzinfo=None) for one in left_out]
        else:
            assert event.start.utcoffset() == timedelta()


def test_a_series_that_is_plainly_by_its_rule_is_one_event() -> None:
    one = entry(1, series_of("FREQ=WEEKLY;BYDAY=TU;COUNT=20", time(9), "Europe/Berlin"))

    (event,) = events_in(file_of(one))
    assert (event["UID"], event.start) == (one.uid, one.at)


def test_a_skipped_time_on_a_holiday_is_not_shown() -> None:
    easter = series_of("FREQ=WEEKLY;BYDAY=SU", HALF_PAST_TWO, "Europe/Berlin", "DE-BB")  # clocks change on it in 2027

    assert datetime(2027, 3, 28, 1, tzinfo=UTC) not in posted(entry(1, easter))
    both_show_what_is_posted(entry(1, easter))


def test_a_one_off_is_one_event_that_takes_nobodys_time() -> None:
    (event,) = events_in(file_of(ONE_OFF))

    assert (event["UID"], event["SUMMARY"], event["TRANSP"]) == (ONE_OFF.uid, ONE_OFF.title, "TRANSPARENT")
    assert (event.start, event.end - event.start) == (ONE_OFF.at, timedelta(minutes=15))
    assert event.DTSTAMP == event.LAST_MODIFIED == ONE_OFF.changed
    assert "VTIMEZONE" not in file_of(ONE_OFF).decode()


@pytest.mark.parametrize(("is_promise", "before"), [(False, [0]), (True, [0, -15])])
def test_an_alarm_sounds_when_it_is_due_and_before_a_promise_too(is_promise: bool, before: list[int]) -> None:
    series = series_of("FREQ=DAILY", HALF_PAST_TWO, "Europe/Berlin")
    file = file_of(replace(ONE_OFF, is_promise=is_promise), replace(entry(1, series), is_promise=is_promise))

    assert len(events_in(file)) > 10
    for event in events_in(file):
        alarms = [one for one in event.subcomponents if one.name == "VALARM"]
        assert [one["TRIGGER"].dt for one in alarms] == [timedelta(minutes=minutes) for minutes in before]
        assert {one["ACTION"] for one in alarms} == {"DISPLAY"}


def test_the_calendar_has_its_name_and_is_read_anew_each_hour() -> None:
    calendar = Calendar.from_ical(file_of())

    assert calendar["X-WR-CALNAME"] == "Mia's follow-ups"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert calendar["X-PUBLISHED-TTL"] == "PT1H"


def test_the_file_is_the_same_as_long_as_nothing_changes() -> None:
    one = entry(1, series_of("FREQ=DAILY", HALF_PAST_TWO, "Europe/Berlin", "DE"))

    assert file_of(one) == file_of(one, now=NOW + timedelta(days=30, minutes=3))


@pytest.mark.parametrize(
    "text",
    [
        "first\nsecond\n\n fourth",
        'commas, semicolons; colons: and "quotes"',
        r"C:\new\, \; \\ and a last \\",
        "🎉👨‍👩‍👧‍👦 " * 100,
        "é" * 1500,
        "x" * 1500,
        "BEGIN:VEVENT\nEND:VCALENDAR",
        "",
    ],
)
def test_texts_come_through_as_they_are(text: str) -> None:
    file = file_of(replace(ONE_OFF, title=text, notes=text))

    assert max(map(len, file.split(b"\r\n"))) <= 75
    (event,) = events_in(file)
    assert (event["SUMMARY"], event["DESCRIPTION"]) == (text, text)
    (event,) = IcsCalendarStream.calendar_from_ics(file.decode()).events
    assert ((event.summary or ""), (event.description or "")) == (text, text)


def test_characters_that_no_calendar_file_may_have_are_left_out() -> None:
    file = file_of(replace(ONE_OFF, notes="a\x00b\x07c\x7fd\ud83de\r\nf\rg\x0bh\u2028i\tj"))

    (event,) = events_in(file)
    assert event["DESCRIPTION"] == "a b c d e\nf\ng\nh\ni\tj"
    (event,) = IcsCalendarStream.calendar_from_ics(file.decode()).events
    assert event.description == "a b c d e\nf\ng\nh\ni\tj"


def moments(zone: ZoneInfo) -> Iterator[datetime]:
    """Noon of each tenth day from 2026 to 2036, and the seconds around each clock change."""
    begins = datetime(2026, 1, 1, 12, tzinfo=UTC)
    yield from takewhile(lambda at: at.year < 2037, (begins + timedelta(days=10 * number) for number in range(500)))
    for change in clock_changes(zone, 2026, 2036):
        yield from (change.at + timedelta(seconds=by) for by in (-3601, -1, 0, 3600))


@pytest.mark.parametrize("key", [*ZONES, *OTHER_ZONES, "UTC", "Asia/Jerusalem", "Asia/Gaza", "America/Vancouver"])
def test_time_zones_in_the_file_are_right_for_ten_years(key: str) -> None:
    zone = ZoneInfo(key)
    written = vtimezone(zone, 2025, 2037).to_tz(lookup_tzid=False)  # as somebody reads it who has no zones of their own

    for at in moments(zone):
        assert at.astimezone(written).utcoffset() == at.astimezone(zone).utcoffset(), at


def test_zones_that_change_their_clocks_alike_each_year_are_written_as_a_rule() -> None:
    for key, places in {"Europe/Berlin": "-1SU -1SU", "America/New_York": "2SU 1SU"}.items():
        text = vtimezone(ZoneInfo(key), 2025, 2037).to_ical().decode()
        assert sorted(re.findall(r"BYDAY=(\S+?);", text)) == sorted(places.split())
        assert text.count("DTSTART") == 3


def test_a_zone_in_which_the_year_begins_in_summer_says_so() -> None:
    for key, season in {
        "Australia/Sydney": "DAYLIGHT",
        "Europe/Berlin": "STANDARD",
        "Asia/Kolkata": "STANDARD",
    }.items():
        assert vtimezone(ZoneInfo(key), 2025, 2037).subcomponents[0].name == season


def test_unusual_times_are_those_that_are_skipped_or_come_twice() -> None:
    spring, autumn = (datetime(2027, *day, 2, 30) for day in ((3, 28), (10, 31)))  # noqa: DTZ001 - local

    assert unusual_times(BERLIN, HALF_PAST_TWO, 2027, 2027) == {spring, autumn}
    assert unusual_times(BERLIN, time(3), 2027, 2027) == set()
    assert len(unusual_times(BERLIN, time(2), 2027, 2027)) == 2


def test_starting_the_bot_does_not_load_icalendar() -> None:
    script = "import sys, bot.followups.ical; print([one for one in sys.modules if one.startswith('icalendar')])"
    root = Path(__file__).resolve().parents[2]
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root)
    assert shown.stdout.strip() == "[]"
