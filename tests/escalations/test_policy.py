"""Whom to page and when: durations, working hours in other zones, and the chain's next move."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.escalations.model import Case, CaseState, Roster, Trigger, next_move
from bot.escalations.policy import Hours, Policy, Step, as_typed, duration

BERLIN, CHICAGO = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Chicago")
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["30s", "10m", "2h", "1d", "1.5s"])
def test_durations_are_read_and_written_alike(text: str) -> None:
    assert as_typed(duration(text)) == text


@pytest.mark.parametrize("text", ["", "10", "10 minutes", "-5m", "0m", "99d", "1w"])
def test_what_is_no_duration_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(ValueError, match=r"use a number with s, m, h or d|longer than 30 days"):
        duration(text)


@pytest.mark.parametrize("text", ["Mon-Fri 08:00-18:00", "Sun 09:00-12:00", "Fri-Mon 22:00-06:00", "always"])
def test_working_hours_are_read_and_written_alike(text: str) -> None:
    assert str(Hours.read(text)) == text


@pytest.mark.parametrize(
    "text", ["", "Mon-Fri", "8-18", "Mon-Fri 08:00-08:00", "Mon-Fri 25:00-26:00", "Foo 08:00-18:00"]
)
def test_what_are_no_working_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no working hours"):
        Hours.read(text)


@pytest.mark.parametrize(
    ("zone", "now", "opens"),
    [
        (BERLIN, "2026-11-24T11:00", "2026-11-24T11:00"),  # at work
        (BERLIN, "2026-11-24T05:00", "2026-11-24T07:00"),  # six in the morning
        (BERLIN, "2026-11-24T17:00", "2026-11-25T07:00"),  # six in the evening
        (BERLIN, "2026-11-27T20:00", "2026-11-30T07:00"),  # Friday night
        (CHICAGO, "2026-11-24T07:00", "2026-11-24T14:00"),
        (BERLIN, "2026-03-27T20:00", "2026-03-30T06:00"),  # summer time begins on the Sunday between
        (BERLIN, "2026-10-23T20:00", "2026-10-26T07:00"),  # and ends
    ],
)
def test_the_next_working_hour_is_that_of_the_person_paged(zone: ZoneInfo, now: str, opens: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert Hours().next_open(at, zone) == datetime.fromisoformat(opens).replace(tzinfo=UTC)


@pytest.mark.parametrize("typed", ["11.58d", "0.5s", "1.5m", "30d", "90.25h"])
def test_a_wait_is_kept_in_a_form_that_can_be_read_again(typed: str) -> None:
    assert duration(as_typed(duration(typed))) == duration(typed)


def test_hours_past_midnight_count_for_the_day_they_began() -> None:
    hours = Hours.read("Mon 22:00-06:00")
    tuesday_early = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert hours.next_open(tuesday_early, ZoneInfo("UTC")) == tuesday_early


def case(**changed: object) -> Case:
    steps = (Step(("U1",), timedelta(minutes=10)), Step(("U2", "U3"), timedelta(minutes=5)))
    roster = Roster(Policy(steps), steps, {"U1": "Europe/Berlin", "U2": "America/Chicago", "U3": "UTC"})
    met = (Trigger("abusive", "Abuse", "idiot", urgent=True),)
    made = Case(
        number=1,
        channel="C1",
        thread_ts="1.2",
        private=False,
        customer="Acme",
        owner="U9",
        roster=roster,
        met=met,
        state=CaseState.PAGING,
        due_at=NOON,
        opened_at=NOON,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def test_the_same_person_again_then_the_next_step_then_the_end() -> None:
    moves, now = [], case()
    for _ in range(5):
        move = next_move(now, NOON)
        moves.append((move.step, move.tries, move.ended))
        now = replace(now, step=move.step, tries=move.tries)
    assert moves == [(0, 1, False), (0, 2, False), (1, 1, False), (1, 2, False), (1, 2, True)]


def test_after_a_lapse_the_chain_goes_on_behind_whoever_had_it() -> None:
    move = next_move(case(state=CaseState.ACKNOWLEDGED, taken_by="U1", tries=1), NOON)
    assert (move.step, move.tries, move.lapsed) == (1, 1, "U1")


def test_nobody_to_page_is_the_end_at_once() -> None:
    nobody = Roster(Policy(), ())
    assert next_move(case(roster=nobody), NOON).ended


def test_what_is_not_urgent_waits_for_the_first_of_the_step_to_be_at_work() -> None:
    night = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    calm = (Trigger("too-complex", "Beyond me", "stuck", urgent=False),)
    assert next_move(case(met=calm), night).held_until == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    assert next_move(case(met=calm), night, at_once=True).held_until is None
    assert next_move(case(), night).held_until is None


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"wait": "soon"}, 'wait: "soon" is no duration'),
        ({"repeats": -1}, 'repeats: "-1"'),
        ({"chain": [{"who": ["omar"]}]}, '"omar" is no id'),
        ({"chain": [{"people": ["U1"]}]}, "is no step"),
        ({"high_value": "lots"}, 'high_value: "lots"'),
        ({"colour": "red"}, 'there is no "colour" in a policy'),
    ],
)
def test_a_policy_that_cannot_be_read_says_what_is_wrong(value: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Policy.read(value)
