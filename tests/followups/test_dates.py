"""Reading dates: the conventions one by one, and hundreds of phrases that were written by others."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from bot.followups.dates.questions import NotUnderstood
from bot.followups.dates.reader import read

DATA = Path(__file__).resolve().parents[1] / "data" / "followup_phrases.jsonl"
DEV = DATA.with_name("followup_phrases_dev.jsonl")
BERLIN, NEW_YORK, SYDNEY = (ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Australia/Sydney"))
NOW = datetime(2026, 11, 24, 10, 15, tzinfo=BERLIN)  # a Tuesday


def local(text: str, now: datetime = NOW, zone: ZoneInfo = BERLIN, locale: str = "en-GB") -> str:
    return f"{read(text, now, zone, locale).wall:%a %Y-%m-%d %H:%M}"


def asked(text: str, now: datetime = NOW, zone: ZoneInfo = BERLIN, locale: str = "en-GB") -> str:
    with pytest.raises(NotUnderstood) as caught:
        read(text, now, zone, locale)
    assert caught.value.ask
    return caught.value.error


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("tomorrow call Dana", "Wed 2026-11-25 09:00"),
        ("at 3 call Dana", "Tue 2026-11-24 15:00"),
        ("at 9 call Dana", "Wed 2026-11-25 09:00"),
        ("tonight at 8 call Dana", "Tue 2026-11-24 20:00"),
        ("tuesday call Dana", "Tue 2026-12-01 09:00"),
        ("tuesday 3pm call Dana", "Tue 2026-11-24 15:00"),
        ("next tuesday call Dana", "Tue 2026-12-01 09:00"),
        ("wednesday week call Dana", "Wed 2026-12-02 09:00"),
        ("call Dana EOW", "Fri 2026-11-27 17:00"),
        ("call Dana at the end of the month", "Mon 2026-11-30 17:00"),
        ("in 2 business days call Dana", "Thu 2026-11-26 09:00"),
        ("midnight call Dana", "Wed 2026-11-25 00:00"),
        ("half past three tomorrow call Dana", "Wed 2026-11-25 15:30"),
        ("3/12 call Dana", "Thu 2026-12-03 09:00"),
        ("call Dana in 90 minutes", "Tue 2026-11-24 11:45"),
    ],
)
def test_the_conventions(text: str, due: str) -> None:
    assert local(text) == due
    assert read(text, NOW, BERLIN, "en-GB").text == "call Dana"


def test_the_month_comes_first_where_country_and_language_are_american_and_is_asked_where_they_differ() -> None:
    there = NOW.astimezone(NEW_YORK)
    assert local("12/3 call", there, NEW_YORK, "en-US") == "Thu 2026-12-03 09:00"
    assert local("12/3 call", locale="en-GB") == "Fri 2027-03-12 09:00"
    assert asked("12/3 call", locale="en-US") == "ambiguous"
    assert local("13/1 call", locale="en-US") == "Wed 2027-01-13 09:00"


@pytest.mark.parametrize(
    ("text", "now", "zone", "due"),
    [
        ("tomorrow 2:30am", datetime(2027, 3, 27, 12, tzinfo=BERLIN), BERLIN, "2027-03-28T01:00:00+00:00"),
        ("tomorrow 2:30am", datetime(2027, 10, 30, 12, tzinfo=BERLIN), BERLIN, "2027-10-31T00:30:00+00:00"),
        ("tomorrow 2:30am", datetime(2027, 3, 13, 12, tzinfo=NEW_YORK), NEW_YORK, "2027-03-14T07:00:00+00:00"),
        ("tomorrow 2:30am", datetime(2026, 10, 3, 12, tzinfo=SYDNEY), SYDNEY, "2026-10-03T16:00:00+00:00"),
        ("in 24 hours", datetime(2027, 3, 27, 12, tzinfo=BERLIN), BERLIN, "2027-03-28T11:00:00+00:00"),
        ("tomorrow 12:00", datetime(2027, 3, 27, 12, tzinfo=BERLIN), BERLIN, "2027-03-28T10:00:00+00:00"),
    ],
)
def test_when_the_clocks_change(text: str, now: datetime, zone: ZoneInfo, due: str) -> None:
    assert read(f"{text} call Dana", now, zone).at.isoformat() == due


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("call Dana", "none"),
        ("yesterday call Dana", "past"),
        ("today at 9 call Dana", "past"),
        ("soon call Dana", "ambiguous"),
        ("Monday or Tuesday call Dana", "ambiguous"),
        ("tomorrow at 25:00 call Dana", "ambiguous"),
        ("31 February call Dana", "ambiguous"),
        ("every blursday tomorrow call Dana", "ambiguous"),
        ("Tuesday 3 call Dana", "ambiguous"),
        ("wednesdy 3pm call Dana", "ambiguous"),
        ("1 May 9999 call Dana", "ambiguous"),
        ("between 3pm and 5pm tomorrow call Dana", "ambiguous"),
    ],
)
def test_what_is_not_sure_is_asked(text: str, error: str) -> None:
    assert asked(text) == error


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def verdict(row: dict[str, object]) -> str:
    """right, asked (where a date was to be read), or wrong."""
    zone = ZoneInfo(str(row["tz"]))
    expected = [row["expect"], *row["alternatives"]]  # type: ignore[misc]
    try:
        due = read(str(row["text"]), datetime.fromisoformat(str(row["now"])), zone, str(row["locale"]))
    except NotUnderstood:
        return "right" if any(one["kind"] == "error" for one in expected) else "asked"
    return "right" if any(_is_meant(one, due.at, due.rule, zone) for one in expected) else "wrong"


def _is_meant(one: dict[str, str], at: datetime, rule: object, zone: ZoneInfo) -> bool:
    if one["kind"] == "error" or (one["kind"] == "recurrence") != (rule is not None):
        return False
    first = datetime.fromisoformat(one.get("due") or one["first"])
    if at.replace(second=0, microsecond=0) != first:
        return False
    return rule is None or _walls(str(rule), first, zone) == _walls(one["rrule"], first, zone)


def _walls(rule: str, first: datetime, zone: ZoneInfo) -> list[datetime]:
    parts = [f"{part}T235959" if part.startswith("UNTIL=") and "T" not in part else part for part in rule.split(";")]
    text = ";".join(part.rstrip("Z") for part in parts)
    start = first.astimezone(zone).replace(tzinfo=None)
    return list(rrulestr(text, dtstart=start).xafter(start, count=15, inc=True))


@pytest.mark.parametrize(("kind", "silently_wrong", "right"), [("usual", 0.01, 0.95), ("rare", 0.04, 0.70)])
def test_phrases_that_others_wrote_are_right_or_asked_about(kind: str, silently_wrong: float, right: float) -> None:
    found = Counter(verdict(row) for row in rows(DATA) if row["kind"] == kind)

    assert found["wrong"] <= silently_wrong * found.total()
    assert found["right"] >= right * found.total()


def test_the_phrases_that_the_conventions_were_settled_on_are_all_right() -> None:
    assert Counter(verdict(row) for row in rows(DEV)) == {"right": 75}


TYPED = "call Dana about the pricing of new seats and send Acme the offer tomorrow at 3pm friday 9:00"
WORDS = st.lists(st.sampled_from(TYPED.split()), max_size=12)


@given(WORDS)
def test_whatever_is_understood_lies_ahead_and_keeps_the_words(words: list[str]) -> None:
    text = " ".join(words)
    try:
        due = read(text, NOW, BERLIN)
    except NotUnderstood:
        return
    assert due.at > NOW
    left = iter(words)
    assert all(word in left for word in due.text.split())


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    try:
        due = read(text, NOW, BERLIN)
    except NotUnderstood as question:
        error = question.error
    else:
        error = ""
        assert due.at > NOW
    assert error in ("", "none", "past", "ambiguous")


@given(st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "America/Sao_Paulo"]))
def test_local_times_are_the_same_everywhere(zone: str) -> None:
    now = datetime(2026, 11, 24, 10, 15, tzinfo=ZoneInfo(zone))
    assert local("friday 3pm call Dana", now, ZoneInfo(zone)) == "Fri 2026-11-27 15:00"
    assert read("friday 3pm", now.astimezone(UTC), ZoneInfo(zone)).zone.key == zone


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("every 3rd week call Acme", "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU"),
        ("every monday for 2 years call Acme", "FREQ=WEEKLY;BYDAY=MO;UNTIL=20281129T235959"),
        ("daily 3 times from 24 december call Acme", "FREQ=DAILY;COUNT=3"),
        ("every 3rd call Acme", "FREQ=MONTHLY;BYMONTHDAY=3"),
    ],
)
def test_how_often_and_how_long_is_read_whole(typed: str, rule: str) -> None:
    found = read(typed, NOW, BERLIN, "en-GB")
    assert (str(found.rule), found.text) == (rule, "call Acme")


@pytest.mark.parametrize("typed", ["every 5th working day call Acme", "every third monday call Acme"])
def test_what_may_be_counted_in_two_ways_is_asked(typed: str) -> None:
    with pytest.raises(NotUnderstood):
        read(typed, NOW, BERLIN, "en-GB")
