"""Who is on call: kept as named and resolved when a step is reached, whatever Slack does not say in between."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.emulator.clock import MovableClock
from bot.escalations.policy import Step
from bot.storage.database import Database
from tests.escalations.case_desk import OUTAGE, Desk

CALM = "third outage this month at Acme, the same root cause"


class Settable(MovableClock):
    """A clock that somebody sets: *off* is by how much."""

    off = timedelta()

    def now(self) -> datetime:
        return super().now() + self.off


@pytest.fixture
def desk(database: Database, clock: MovableClock) -> Desk:
    made = Desk(database, clock)
    made.chain.steps = (Step(("S1",), timedelta(minutes=10)), Step(("U3",), timedelta(minutes=5)))
    return made


def thread_words(desk: Desk) -> list[str]:
    return [one.draft.message.text for one in desk.outbox.about("E1") if one.draft.kind == "thread"]


def test_a_group_that_slack_does_not_tell_of_at_first_is_paged_once_it_does(desk: Desk) -> None:
    desk.say(OUTAGE)
    assert desk.pages() == []
    assert "is asking" not in str(thread_words(desk))

    desk.chain.members["S1"] = ("U1", "U2")
    desk.pass_time(0.1)
    assert sorted(desk.pages()) == ["U1", "U2"]
    desk.pass_time(3)
    assert sorted(desk.pages()) == ["U1", "U2"]


def test_a_group_that_stays_unknown_is_told_of_in_the_thread_and_the_next_step_is_paged_after_its_wait(
    desk: Desk,
) -> None:
    desk.say(OUTAGE)
    for _ in range(5):
        desk.pass_time(0.1)
    assert len([one for one in thread_words(desk) if "Slack does not tell me who is in it" in one]) == 1
    assert desk.pages() == []

    for _ in range(10):
        desk.pass_time(1)
    assert desk.pages() == ["U3"]
    assert "nobody is set to be paged" not in str(thread_words(desk))


def test_whoever_is_known_of_a_step_is_paged_at_once_and_the_rest_once_they_are(desk: Desk) -> None:
    desk.chain.steps = (Step(("U1", "S1"), timedelta(minutes=10)), Step(("U3",), timedelta(minutes=5)))
    desk.say(OUTAGE)
    assert desk.pages() == ["U1"]

    desk.chain.members["S1"] = ("U2",)
    desk.pass_time(0.1)
    assert sorted(desk.pages()) == ["U1", "U2"]
    desk.pass_time(8)
    assert sorted(desk.pages()) == ["U1", "U2"]
    desk.pass_time(3)
    assert sorted(desk.pages()) == ["U1", "U1", "U2", "U2"]


def test_who_joins_the_group_before_its_step_is_reached_is_paged_and_who_has_left_is_not(desk: Desk) -> None:
    desk.chain.steps = (Step(("U9",), timedelta(minutes=10)), Step(("S1",), timedelta(minutes=5)))
    desk.chain.members["S1"] = ("U1",)
    desk.say(OUTAGE)
    desk.chain.members["S1"] = ("U2",)
    desk.pass_time(11)
    desk.pass_time(11)
    assert desk.pages() == ["U9", "U9", "U2"]


def test_what_can_wait_waits_until_slack_tells_where_they_live_and_never_pages_by_a_guess_unsaid(
    desk: Desk, clock: MovableClock
) -> None:
    clock.advance(hours=9)  # 19:00 in UTC, 13:00 in Chicago
    desk.chain.steps = (Step(("U1",), timedelta(minutes=10)),)
    desk.chain.zones = {}
    desk.say(CALM)
    assert desk.pages() == []

    desk.chain.zones = {"U1": "America/Chicago"}
    desk.pass_time(0.1)
    assert desk.pages() == ["U1"]


def test_a_zone_that_stays_unknown_is_counted_in_utc_and_that_is_said(desk: Desk, clock: MovableClock) -> None:
    clock.advance(hours=9)
    desk.chain.steps = (Step(("U1",), timedelta(minutes=10)),)
    desk.chain.zones = {}
    desk.say(CALM)
    for _ in range(15):
        desk.pass_time(0.1)
    assert desk.pages() == []
    assert any("so I count in UTC" in one for one in thread_words(desk))


def test_a_held_page_outlives_any_amount_of_talk_and_ends_with_the_message_that_asked_for_it(
    desk: Desk, clock: MovableClock
) -> None:
    desk.chain.steps = (Step(("U1",), timedelta(minutes=10)),)
    clock.advance(hours=12)
    stays, goes = desk.say(CALM), desk.say(CALM)
    for root in (stays, goes):
        for number in range(70):
            desk.say(f"note {number} on the weather in the harbour", thread=root)
    assert [desk.cases.get(number).state for number in (1, 2)] == ["paging", "paging"]

    desk.intake.deleted("C1", None, goes)
    clock.advance(hours=11)
    desk.paging.fire_due(clock.now())
    assert desk.pages("E1") == ["U1"]
    assert desk.pages("E2") == []
    assert desk.cases.get(2).outcome == "taken back"


def test_the_wait_of_a_step_is_not_an_hour_longer_where_the_clock_is_set_back(
    database: Database,
) -> None:
    clock = Settable(datetime(2026, 11, 24, 10, 0, tzinfo=UTC), running=False)
    desk = Desk(database, clock)
    desk.chain.steps = (Step(("U1",), timedelta(minutes=10)), Step(("U3",), timedelta(minutes=5)))
    desk.say(OUTAGE)
    desk.arrive()
    clock.off = timedelta(hours=-1)
    desk.paging.clock_was_set_back(clock.now())
    desk.pass_time(11)
    desk.pass_time(11)
    assert desk.pages() == ["U1", "U1", "U3"]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("cases", "policy", "garbage"),
        ("cases", "policy", "{}"),
        ("cases", "met", "[1]"),
        ("cases", "due_at", "soon"),
        ("cases", "state", "paging"),
        ("cases", "opened_at", "?"),
        ("case_log", "at", "?"),
        ("pages", "paged_at", "?"),
        ("thread_messages", "role", "pilot"),
        ("watched", "began_at", "?"),
        ("deeds", "subject", "?"),
    ],
)
def test_a_spoiled_row_keeps_no_other_case_from_being_paged(
    desk: Desk, clock: MovableClock, table: str, column: str, value: str
) -> None:
    desk.chain.steps = (Step(("U1",), timedelta(minutes=10)), Step(("U3",), timedelta(minutes=5)))
    desk.say(OUTAGE)
    desk.arrive()
    desk.database.execute("INSERT INTO deeds VALUES ('T1', 'C1:1', 'E1', 'x')")
    where = "" if table == "deeds" else "WHERE thread_ts <> ''" if table == "watched" else ""
    desk.database.execute(f"UPDATE {table} SET {column} = :value {where}", {"value": value})

    desk.say(OUTAGE.replace("Acme", "Borealis"))
    assert desk.pages("E2") == ["U1"]
    desk.pass_time(11)
    desk.pass_time(11)
    assert desk.pages("E2") == ["U1", "U1", "U3"]
