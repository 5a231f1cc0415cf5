"""Durations, working hours and amounts of money are read as people type them; what is printed is read as the same."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Settings
from bot.errors import SettingsError
from bot.escalations.settings_view import span_shown
from bot.quantities import Hours, amount, as_typed, duration, money, shifted_into

BERLIN = ZoneInfo("Europe/Berlin")
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        *(("30s", "30s"), ("10m", "10m"), ("2h", "2h"), ("1d", "1d"), ("1.5s", "1.5s"), ("90s", "90s")),
        *(("10 min", "10m"), ("10 minutes", "10m"), ("2 hours", "2h"), ("1 day", "1d"), ("90 Sekunden", "90s")),
        *(("half an hour", "30m"), ("an hour", "1h"), ("Half an hour", "30m"), ("a quarter of an hour", "15m")),
        *(("1h 30m", "90m"), ("1 hour and 30 minutes", "90m"), ("1,5 Stunden", "90m"), ("  10   m ", "10m")),
    ],
)
def test_durations_are_read_as_people_type_them(typed: str, read: str) -> None:
    assert as_typed(duration(typed)) == read


@pytest.mark.parametrize("typed", ["", "soon", "-5m", "0m", "1w", "0.0001s", "10 m 5", "5 m" * 50])
def test_what_is_no_duration_is_refused_with_what_is(typed: str) -> None:
    with pytest.raises(ValueError, match='is no duration; use a number and its unit, such as "90s", "10 minutes"'):
        duration(typed)


def test_a_number_without_a_unit_and_one_too_long_are_told_apart() -> None:
    with pytest.raises(ValueError, match=r'"10" is no duration; .*; for minutes write 10 minutes'):
        duration("10")
    with pytest.raises(ValueError, match='"99d" is longer than 30 days'):
        duration("99d")


@given(st.integers(min_value=1, max_value=30 * 86_400_000))
def test_a_duration_that_is_printed_is_read_as_the_same(milliseconds: int) -> None:
    wait = timedelta(milliseconds=milliseconds)
    assert duration(as_typed(wait)) == wait
    assert duration(span_shown(wait)) == wait


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        *((one, one) for one in ("Mon-Fri 08:00-18:00", "Sun 09:00-12:00", "Fri-Mon 22:00-06:00", "always")),
        *(("Mon-Fri 9-17", "Mon-Fri 09:00-17:00"), ("mon-fri 9:00 to 17:30", "Mon-Fri 09:00-17:30")),
        *(("Mo-Fr 8-18", "Mon-Fri 08:00-18:00"), ("Montag bis Freitag 8 Uhr bis 18 Uhr", "Mon-Fri 08:00-18:00")),
        *(
            ("Mi-Do 8-18", "Wed-Thu 08:00-18:00"),
            ("So 8-18", "Sun 08:00-18:00"),
            ("ALWAYS", "always"),
            ("24/7", "always"),
        ),
        *(("weekdays 9-5pm", "Mon-Fri 09:00-17:00"), ("Monday to Friday, 9am - 5:30pm", "Mon-Fri 09:00-17:30")),
        *(("Mon – Fri 9 – 17", "Mon-Fri 09:00-17:00"), ("every day 8.30-20", "Mon-Sun 08:30-20:00")),
        *(
            ("Mon-Fri 22-6", "Mon-Fri 22:00-06:00"),
            ("Mon 12am-12pm", "Mon 00:00-12:00"),
            ("Sat 9-24", "Sat 09:00-00:00"),
        ),
        *(("weekends 0-24", "Sat-Sun 00:00-24:00"), ("Mon-Fri 09:00-05:00", "Mon-Fri 09:00-05:00")),
    ],
)
def test_working_hours_are_read_as_people_type_them(typed: str, read: str) -> None:
    assert str(Hours.read(typed)) == read


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "the days are missing"),
        ("8-18", "the days are missing"),
        ("Mon-Fri", "the times are missing"),
        ("Mon-Fri 08:00-08:00", "they begin and end at 08:00"),
        ("Mon-Fri 25:00-26:00", '"25:00" is no time'),
        ("Mon-Fri 9-13pm", '"13pm" is no time'),
        ("Foo 08:00-18:00", '"foo" is no day'),
        ("Mon-Wed-Fri 8-18", "one range of days"),
        ("Mon-Fri 9-12, 13-17", "no working hours"),
    ],
)
def test_what_are_no_working_hours_is_refused_with_what_are(typed: str, says: str) -> None:
    with pytest.raises(ValueError, match=f'no working hours.*{says}|{says}; use days and times such as "Mon-Fri 9-17"'):
        Hours.read(typed)


@pytest.mark.parametrize(
    ("typed", "could_be"),
    [
        ("weekdays 9-5", "09:00-17:00 or, past midnight, 09:00-05:00"),
        ("Mon-Fri 9:00-5:00", "09:00-17:00 or, past midnight, 09:00-05:00"),
        ("Mon-Fri 12-6", "12:00-18:00 or, past midnight, 12:00-06:00"),
        ("Mon-Fri 1-5pm", "01:00-17:00 or 13:00-17:00"),
    ],
)
def test_hours_of_the_morning_or_the_afternoon_are_asked_about(typed: str, could_be: str) -> None:
    with pytest.raises(ValueError, match=f'"{typed}" could be {could_be}; write one of them'):
        Hours.read(typed)


@given(st.integers(0, 6), st.integers(1, 7), TIMES, TIMES)
def test_working_hours_that_are_printed_are_read_as_the_same(first: int, many: int, start: time, end: time) -> None:
    days = frozenset((first + number) % 7 for number in range(many))
    hours = Hours(days, start, time(0) if start == end else end) if start != end else Hours(days, time(0), time(0))
    assert Hours.read(str(hours)) == hours


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        *(("50000", 50_000), ("50k", 50_000), ("50 000", 50_000), ("1.5m", 1_500_000), ("€50,000", 50_000)),
        *(("50.000 €", 50_000), ("$1,234.50", 1_234.5), ("1.234,50 EUR", 1_234.5), ("1,5 Mio. €", 1_500_000)),
        *(("USD 50k", 50_000), ("50 thousand pounds", 50_000), ("1.000.000", 1_000_000), ("50'000 CHF", 50_000)),
        *(("0.5m", 500_000), ("0", 0), (20_000, 20_000), (12.345, 12.345)),
    ],
)
def test_amounts_are_read_as_people_type_them(typed: object, read: float) -> None:
    assert amount(typed) == read


@pytest.mark.parametrize("typed", ["", "lots", "-5", "50x", "nan", "inf", "1e5", "50,00,00", True, float("nan"), [50]])
def test_what_is_no_amount_is_refused_with_what_is(typed: object) -> None:
    with pytest.raises(ValueError, match='is no amount of money; write an amount such as "50000", "50k"'):
        amount(typed)


@given(st.integers(0, 10**14))
def test_an_amount_that_is_printed_is_read_as_the_same(cents: int) -> None:
    assert amount(money(cents / 100)) == cents / 100


def test_the_environment_is_read_the_same_way() -> None:
    assert Settings.from_env({"WORKING_HOURS": "weekdays 9-17"}).working_hours == "Mon-Fri 09:00-17:00"
    with pytest.raises(SettingsError, match=r'WORKING_HOURS: "Mon-Fri 9-5" could be 09:00-17:00 or, past midnight'):
        Settings.from_env({"WORKING_HOURS": "Mon-Fri 9-5"})


@pytest.mark.parametrize(
    ("at", "shifted"),
    [
        ("2026-11-24 10:00", "2026-11-24 10:00"),  # in working hours
        ("2026-11-24 22:00", "2026-11-24 17:55"),  # the evening: the end of the same day
        ("2026-11-24 05:00", "2026-11-23 17:55"),  # the night: the day before
        ("2026-11-29 12:00", "2026-11-27 17:55"),  # Sunday: Friday
    ],
)
def test_a_warning_is_shifted_into_working_hours_before_its_time(at: str, shifted: str) -> None:
    made, due = berlin("2026-11-20 09:00"), berlin("2026-11-30 20:00")
    assert shifted_into(Hours(), berlin(at), made, due, BERLIN) == berlin(shifted)


def test_what_was_made_after_work_is_warned_of_the_next_morning_if_that_is_in_time() -> None:
    made = berlin("2026-11-24 19:00")
    assert shifted_into(Hours(), berlin("2026-11-25 02:00"), made, berlin("2026-11-25 12:00"), BERLIN) == berlin(
        "2026-11-25 08:00"
    )
    at = berlin("2026-11-24 20:00")
    assert shifted_into(Hours(), at, made, berlin("2026-11-24 21:00"), BERLIN) == at
    assert shifted_into(Hours(always=True), at, made, berlin("2026-11-26 21:00"), BERLIN) == at


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)
