"""The times of recurring follow-ups: none is skipped or doubled, in any zone, over ten years; clocks may change."""

# ruff: noqa: DTZ001 - local times
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.followups.dates.questions import NotUnderstood
from bot.followups.dates.reader import read
from bot.followups.dates.recurrence import Recurrence, instant_of
from bot.followups.days_off import holidays_of
from bot.followups.model import FollowUp, FollowUpState, LocalTime, NewFollowUp
from bot.followups.series import Series, no_holidays, offset_words, rule_words
from bot.followups.series_steps import came, coming, done, paused, put_off, resumed

DATA = Path(__file__).resolve().parents[1] / "data"
TEN_YEARS = timedelta(days=3653)
ZONES = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FIVE = ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "America/Santiago"]


def weekly() -> st.SearchStrategy[Recurrence]:
    days = st.sets(st.sampled_from(WEEK), min_size=1).map(lambda some: tuple(sorted(some, key=WEEK.index)))
    return st.builds(Recurrence, st.just("WEEKLY"), st.integers(1, 5), by_day=days)


def monthly() -> st.SearchStrategy[Recurrence]:
    by_day = st.builds(lambda at, day: (f"{at}{day}",), st.sampled_from([1, 2, 3, 4, -1]), st.sampled_from(WEEK))
    interval = st.sampled_from([1, 2, 3, 6])
    return st.one_of(
        st.builds(
            Recurrence,
            st.just("MONTHLY"),
            interval,
            by_monthday=st.sampled_from([(1,), (15,), (28,), (29,), (30,), (-1,)]),
        ),
        st.builds(Recurrence, st.just("MONTHLY"), interval, by_day=by_day),
        st.builds(
            Recurrence, st.just("MONTHLY"), st.just(1), by_day=st.just(WEEK[:5]), place=st.sampled_from([1, 2, -1])
        ),
    )


def rules() -> st.SearchStrategy[Recurrence]:
    """Every form of rule that the date reader gives."""
    yearly = st.builds(
        Recurrence,
        st.just("YEARLY"),
        by_month=st.integers(1, 12).map(lambda month: (month,)),
        by_monthday=st.sampled_from([(1,), (28,), (29,), (17,)]),
    )
    return st.one_of(st.builds(Recurrence, st.just("DAILY"), st.integers(1, 10)), weekly(), monthly(), yearly)


def series_of(rule: str, wall: datetime, zone: str, holidays: str = "") -> Series | None:
    """The series that begins with the first time by *rule* from *wall* on."""
    first = next(iter(rrulestr(f"RRULE:{rule}", dtstart=wall).xafter(wall, count=1, inc=True)), None)
    return Series(rule, first, ZoneInfo(zone), holidays) if first else None


def follow_up(series: Series, now: datetime) -> FollowUp:
    due = LocalTime.local(series.starts, series.zone)
    wanted = NewFollowUp("check usage", "U1", due, "C1", series=series)
    return FollowUp(1, wanted, "U1", FollowUpState.WAITING, 1, now, planned=series.starts)


def each(series: Series, until: datetime) -> list[datetime]:
    """What the library expands from the very beginning, which takes long."""
    return list(rrulestr(f"RRULE:{series.rule}", dtstart=series.starts).between(series.starts, until, inc=True))


@given(rules(), st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), st.times(), st.sampled_from(ZONES))
@settings(max_examples=120)
def test_no_occurrence_is_skipped_or_doubled_over_ten_years_in_any_zone(
    rule: Recurrence, day: datetime, clock: time, zone: str
) -> None:
    wall = datetime.combine(day.date(), clock.replace(second=0, microsecond=0, tzinfo=None))
    series = series_of(str(rule), wall, zone)
    if series is None:
        return
    until = series.starts + TEN_YEARS
    expected = each(series, until)

    one = follow_up(series, instant_of(series.starts, series.zone))
    seen = []
    while one.planned is not None and one.planned <= until:
        one = came(one, one.wanted.due.at, no_holidays)  # its very instant
        seen.append((one.planned, one.wanted.due.at, one.missed))
        following = done(one, no_holidays)
        if following is None:
            break
        one = following

    assert [planned for planned, _, _ in seen] == expected
    assert all(missed == 0 for _, _, missed in seen)
    instants = [at for _, at, _ in seen]
    assert instants == sorted(set(instants))
    assert all(at == instant_of(planned, series.zone) for planned, at, _ in seen if planned)


@given(
    rules(),
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)),
    st.sampled_from(ZONES),
    st.lists(st.tuples(st.integers(0, 90 * 24 * 60), st.sampled_from(["done", "leave"])), min_size=1, max_size=25),
)
@settings(max_examples=100)
def test_what_comes_while_nobody_looks_is_one_reminder_that_says_how_many_it_stands_for(
    rule: Recurrence, day: datetime, zone: str, story: list[tuple[int, str]]
) -> None:
    series = series_of(str(rule), day.replace(hour=9, minute=0, second=0, microsecond=0), zone)
    if series is None:
        return
    now = instant_of(series.starts, series.zone)
    one, told, open_ones = follow_up(series, now), 0, 0
    for minutes, what in story:
        now += timedelta(minutes=minutes)
        if (one.state is FollowUpState.WAITING and one.wanted.due.at <= now) or (one.next_at and one.next_at <= now):
            one = came(one, now, no_holidays)
            open_ones = one.missed + 1
        if what == "done" and one.state is FollowUpState.DUE:
            following = done(one, no_holidays)
            assert following is not None
            one, told, open_ones = following, told + open_ones, 0
    due_by_now = sum(instant_of(wall, series.zone) <= now for wall in each(series, datetime(2045, 1, 1)))
    behind = 0
    if (one.state is FollowUpState.WAITING and one.wanted.due.at <= now) or (one.next_at and one.next_at <= now):
        behind = came(one, now, no_holidays).missed + 1 - open_ones
    assert told + open_ones + behind == due_by_now


@pytest.mark.parametrize("zone", FIVE)
@pytest.mark.parametrize("clock", [time(9), time(2, 30), time(1, 30), time(2, 15), time(0, 30)])
def test_both_clock_changes_leave_the_local_time_as_it_is(zone: str, clock: time) -> None:
    where = ZoneInfo(zone)
    series = Series("FREQ=DAILY", datetime.combine(date(2027, 1, 1), clock), where)
    times = [series.starts, *series.next_few(series.starts, 364)]
    assert len({wall.date() for wall in times}) == 365
    instants = [instant_of(wall, where) for wall in times]
    shown = [at.astimezone(where).replace(tzinfo=None) for at in instants]
    odd = [(wall, got) for wall, got in zip(times, shown, strict=True) if wall != got]
    for wall, got in odd:  # a time that the clocks skip is the first one after it
        assert timedelta(0) < got - wall <= timedelta(hours=1)
        assert (instants[times.index(wall)] - timedelta(seconds=1)).astimezone(where).replace(tzinfo=None) < wall
    assert len(odd) <= 1
    gaps = {later - earlier for earlier, later in pairwise(instants)}
    assert timedelta(days=1) in gaps
    assert len(gaps) >= 3, "the clocks were to change twice"


def read_rules() -> Iterator[tuple[str, Any]]:
    """Every distinct rule that the date reader finds in the labelled phrases."""
    seen = set()
    for file in sorted(DATA.glob("followup_phrases*.jsonl")):
        for line in file.read_text().splitlines():
            row = json.loads(line)
            try:
                found = read(row["text"], datetime.fromisoformat(row["now"]), ZoneInfo(row["tz"]), row["locale"])
            except NotUnderstood:
                continue
            if found.rule is not None and str(found.rule) not in seen:
                seen.add(str(found.rule))
                yield str(found.rule), found


def test_a_rule_in_words_is_read_as_the_same_rule() -> None:
    rules = list(read_rules())
    assert len(rules) > 20
    for rule, found in rules:
        again = read(f"{rule_words(rule)} at 9:00 call", datetime(2026, 11, 23, 9, tzinfo=UTC), found.zone, "en-GB")
        assert str(again.rule) == rule


def test_a_count_ends_a_series_and_so_does_a_last_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    starts = datetime(2026, 11, 30, 9)
    three = Series("FREQ=WEEKLY;BYDAY=MO;COUNT=3", starts, berlin)
    assert three.next_few(starts, 9) == [datetime(2026, 12, 7, 9), datetime(2026, 12, 14, 9)]
    until = Series("FREQ=DAILY;UNTIL=20261202T235959", starts, berlin)
    assert until.next_few(starts, 9) == [datetime(2026, 12, 1, 9), datetime(2026, 12, 2, 9)]
    last = follow_up(replace_starts(three, datetime(2026, 12, 14, 9)), datetime(2026, 11, 23, tzinfo=UTC))
    assert done(last, no_holidays) is not None  # it counts from its own beginning


def replace_starts(series: Series, starts: datetime) -> Series:
    return Series(series.rule, starts, series.zone)


def test_holidays_are_skipped_and_a_series_of_nothing_else_ends() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    fridays = Series("FREQ=WEEKLY;BYDAY=FR", datetime(2026, 12, 18, 9), berlin, "DE")
    assert fridays.next_few(fridays.starts, 2, holidays_of("DE")) == [datetime(2027, 1, 8, 9), datetime(2027, 1, 15, 9)]
    christmas = Series("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25", datetime(2026, 12, 25, 9), berlin, "DE")
    assert christmas.next_few(christmas.starts, 1, holidays_of("DE")) == []


def test_what_is_put_off_behind_the_next_one_joins_it() -> None:
    series = Series("FREQ=DAILY", datetime(2026, 11, 24, 9), ZoneInfo("Europe/Berlin"))
    due = came(
        follow_up(series, datetime(2026, 11, 23, tzinfo=UTC)), datetime(2026, 11, 24, 8, tzinfo=UTC), no_holidays
    )

    later = put_off(due, LocalTime.local(datetime(2026, 11, 24, 15), series.zone), no_holidays)
    behind = put_off(due, LocalTime.local(datetime(2026, 11, 25, 9), series.zone), no_holidays)

    assert (later.wanted.due.wall, later.planned, later.missed) == (datetime(2026, 11, 24, 15), series.starts, 0)
    assert (behind.wanted.due.wall, behind.planned, behind.missed) == (
        datetime(2026, 11, 25, 9),
        datetime(2026, 11, 25, 9),
        1,
    )
    assert [one.wall.day for one in coming(later, 3, no_holidays)] == [24, 25, 26]


def test_what_is_paused_goes_on_with_the_next_time_ahead() -> None:
    series = Series("FREQ=WEEKLY;BYDAY=MO", datetime(2026, 11, 30, 9), ZoneInfo("Europe/Berlin"))
    one = follow_up(series, datetime(2026, 11, 23, tzinfo=UTC))
    soon, late = datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 12, 16, tzinfo=UTC)

    stopped = paused(one, soon)

    back, much_later = resumed(stopped, soon, no_holidays), resumed(stopped, late, no_holidays)
    assert back is not None
    assert back.wanted.due.wall == datetime(2026, 11, 30, 9)
    assert much_later is not None
    assert (much_later.wanted.due.wall, much_later.missed) == (datetime(2026, 12, 21, 9), 0)


def test_offsets_are_said_as_people_read_them() -> None:
    assert offset_words(datetime(2027, 1, 5, 9), ZoneInfo("Europe/Berlin")) == "UTC+1"
    assert offset_words(datetime(2027, 7, 5, 9), ZoneInfo("America/St_Johns")) == "UTC-2:30"
    assert offset_words(datetime(2027, 7, 5, 9), ZoneInfo("Asia/Kolkata")) == "UTC+5:30"


def test_a_rule_that_never_comes_is_found_out_in_a_moment() -> None:
    never = Series("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", datetime(2026, 11, 30, 9), ZoneInfo("UTC"))
    assert never.after(datetime(2026, 11, 30, 9)) is None
