"""Whom to page and when: durations, working hours in other zones, and the chain's next move."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.escalations.model import Case, CaseState, Roster, Trigger, next_move
from bot.escalations.policy import Policy, Step
from bot.quantities import Hours

BERLIN, CHICAGO = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Chicago")
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


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


def test_a_policy_in_a_file_is_written_the_way_people_type() -> None:
    read = Policy.read({"wait": "half an hour", "working_hours": "weekdays 9-17", "high_value": "50k"})
    assert (read.wait, str(read.hours), read.high_value) == (timedelta(minutes=30), "Mon-Fri 09:00-17:00", 50_000)


def test_a_step_without_a_wait_of_its_own_waits_as_long_as_all_do() -> None:
    file = Policy.read({"chain": [{"who": "U01"}, {"who": "U02", "wait": "2m"}]})
    assert [step.wait for step in file.but({"wait": "1h"}).chain] == [timedelta(hours=1), timedelta(minutes=2)]


def test_a_policy_is_kept_and_read_again_as_it_was() -> None:
    chain = (Step(("U01", "S01"), timedelta(minutes=10)), Step(("U02",), timedelta(seconds=1.5)))
    policy = Policy(chain, timedelta(minutes=10), hours=Hours.read("Sat-Sun 0-24"), channels={"C01": chain[1:]})
    assert Policy.read(policy.to_json()) == policy
