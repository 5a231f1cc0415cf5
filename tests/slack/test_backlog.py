"""Events that wait for too long, or are dead, are noticed."""

from datetime import timedelta

import pytest

from bot.clock import stamp
from bot.emulator.clock import MovableClock
from bot.slack.backlog import EventBacklog
from bot.storage.sqlite import MEMORY, SqliteDatabase, open_database


@pytest.fixture
def database() -> SqliteDatabase:
    return open_database(MEMORY)


@pytest.fixture
def backlog(database: SqliteDatabase, clock: MovableClock) -> EventBacklog:
    return EventBacklog(database, clock, "T1")


def arrive(
    database: SqliteDatabase, clock: MovableClock, state: str, ago_s: float, *, team: str = "T1", later_s: float = 0
) -> None:
    values = {
        "team": team,
        "id": f"Ev{state}{ago_s}{team}",
        "at": (clock.now() - timedelta(seconds=ago_s)).isoformat(),
        "state": state,
        "not_before": stamp(clock.now() + timedelta(seconds=later_s)) if later_s else None,
    }
    database.execute(
        "INSERT INTO inbox (team_id, event_id, kind, received_at, state, not_before) "
        "VALUES (:team, :id, 'message', :at, :state, :not_before)",
        values,
    )


@pytest.mark.parametrize("state", ["received", "working"])
def test_events_that_wait_for_more_than_a_minute_are_told(
    database: SqliteDatabase, clock: MovableClock, backlog: EventBacklog, state: str
) -> None:
    arrive(database, clock, state, 59)
    assert backlog.what_waits() is None
    clock.advance(seconds=16)
    assert backlog.what_waits() == "1 events wait, the oldest for 75 s"


def test_what_is_done_of_another_team_or_tried_again_later_does_not_wait(
    database: SqliteDatabase, clock: MovableClock, backlog: EventBacklog
) -> None:
    arrive(database, clock, "done", 900)
    arrive(database, clock, "received", 900, team="T2")
    arrive(database, clock, "received", 300, later_s=5)
    assert backlog.what_waits() is None


def test_dead_events_are_told_until_somebody_mends_them(
    database: SqliteDatabase, clock: MovableClock, backlog: EventBacklog
) -> None:
    assert backlog.what_is_dead() is None
    arrive(database, clock, "dead", 1)
    assert backlog.what_is_dead() == "1 events could not be read and are tried no more"
    assert backlog.counts() == {"dead": 1}
