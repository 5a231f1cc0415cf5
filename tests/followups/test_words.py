"""Times as people say them, and customers found in what was written."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.followups.about import customer_and_text, customer_named, is_a_task, without_customer
from bot.followups.dates.reader import read
from bot.followups.model import LocalTime
from bot.slack.block_kit import moment

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # a Tuesday, 12:00 in Berlin


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(minutes=5), "today 12:05"),
        (timedelta(hours=21), "tomorrow 9:00"),
        (timedelta(hours=-24), "yesterday 12:00"),
        (timedelta(hours=12), "tomorrow 0:00"),
        (timedelta(days=10, hours=3), "Fri 4 Dec 15:00"),
        (timedelta(days=41), "Mon 4 Jan 2027 12:00"),
    ],
)
def test_a_time_is_said_as_near_as_it_is(later: timedelta, said: str) -> None:
    assert LocalTime.of(NOON + later, BERLIN).near(NOON) == said


def test_the_exact_time_has_seconds_only_where_it_is_a_matter_of_minutes() -> None:
    due = LocalTime.of(NOON + timedelta(seconds=90), BERLIN)
    assert due.exact(NOON) == "Tuesday 24 November 2026, 12:01:30 (Europe/Berlin)"
    assert due.exact(NOON - timedelta(hours=2)) == "Tuesday 24 November 2026, 12:01 (Europe/Berlin)"
    assert str(due) == "Tuesday 24 November 2026, 12:01 (Europe/Berlin)"


def test_a_moment_is_in_the_readers_zone_and_where_slack_cannot_in_ours() -> None:
    assert moment(NOON, BERLIN) == f"<!date^{int(NOON.timestamp())}^{{date_pretty}} {{time}}|Tue 24 Nov 12:00 CET>"
    assert moment(NOON).endswith("|Tue 24 Nov 11:00 UTC>")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("acme: he shouts", "Acme"),
        ("Mr Stone of ACME Corp. shouts", "Acme Corp"),
        ("Acme's Mr Stone", "Acme"),
        ("acmeology is a thing", None),
        ("the macme thing, and Acme", "Acme"),
        ("nobody is named", None),
        ("R&D (acme)", "Acme"),
    ],
)
def test_a_known_customer_is_found_as_a_word_of_its_own_the_longest_first(text: str, found: str | None) -> None:
    assert customer_named(text, ["Acme", "Acme Corp", ""]) == found


def test_a_customer_before_a_colon_is_not_said_twice() -> None:
    assert without_customer("acme: call back", "Acme") == "call back"
    assert without_customer("Acme calls back: now", "Acme") == "Acme calls back: now"
    assert without_customer("Acme:", "Acme") == "Acme:"
    assert without_customer("call: back", None) == "call: back"


@pytest.mark.parametrize(
    ("typed", "customer", "text"),
    [
        ("tomorrow 3pm 1:1 with Dana", None, "1:1 with Dana"),
        ("friday 3pm to check the 3:1 ratio", None, "check the 3:1 ratio"),
        ("friday 3pm to call Acme: ask for the PO", "Acme", "call Acme: ask for the PO"),
        ("Zenith friday 3pm send Acme the deck", "Zenith", "send Acme the deck"),
        ("call Borealis about the invoice tomorrow", "Borealis", "call Borealis about the invoice"),
        ("we missed our target, ring Dana tomorrow", None, "we missed our target, ring Dana"),
        ("Zenith friday", "Zenith", ""),
        ("invoice friday", None, "invoice"),
    ],
)
def test_whom_it_is_about_and_what_is_to_be_done(typed: str, customer: str | None, text: str) -> None:
    known = ["Acme", "Borealis", "Target"]
    assert customer_and_text(read(typed, NOON, BERLIN, "en-GB", known), known, lone=True) == (customer, text)


def test_a_task_begins_with_what_to_do_and_tells_no_story() -> None:
    assert is_a_task("send the quote")
    assert not is_a_task("send")
    assert not is_a_task("he sent the quote")
    assert not is_a_task("demo went badly")
