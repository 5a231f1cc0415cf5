"""Whatever becomes of the clock while a message is in whichever state, it arrives once, and soon."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from bot.delivery.model import DeliveryState
from bot.delivery.slack_time import SlackTime, date_of
from bot.storage.sqlite import MEMORY, open_database
from tests.delivery.desk import SETTLE, Desk
from tests.delivery.simulated_slack import START, TROUBLES, SimulatedTime

POST = "chat.postMessage"
MOVES: dict[str, Callable[[SimulatedTime], None]] = {
    "set back an hour": lambda time: time.set_by(timedelta(hours=-1)),
    "set forward by two days": lambda time: time.set_by(timedelta(days=2)),
    "suspended for two days": lambda time: time.suspend(timedelta(days=2)),
    "suspended for a minute": lambda time: time.suspend(timedelta(minutes=1)),
}
TROUBLE = {one.name: one for one in TROUBLES}


@pytest.fixture
def desk() -> Iterator[Desk]:
    database = open_database(MEMORY)
    yield Desk(database)
    database.close()


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("trouble", ["cut with the deed", "cut without", "a hang, and the deed after it", "429"])
@pytest.mark.parametrize("state", ["pending", "claimed", "sending", "in_doubt"])
@pytest.mark.parametrize("move", MOVES)
def test_it_arrives_once_and_soon(desk: Desk, move: str, state: str, trouble: str, restarted: bool) -> None:
    def moved() -> None:
        MOVES[move](desk.time)
        if restarted and state != "sending":
            desk.restart()

    desk.run(1)
    desk.slack.troubles[(POST, 1)] = TROUBLE[trouble]
    if state == "sending":  # while the call is under way
        desk.slack.during = lambda method: moved() if desk.slack.calls[POST] == 1 and method == POST else None
    desk.plan("F1:1")
    if state == "claimed":
        desk.queue.claim("C1", desk.time.now())
        desk.restart()
    if state in ("pending", "claimed"):
        moved()
    desk.run(3)
    if state == "in_doubt":
        assert desk.state("F1:1") in (DeliveryState.IN_DOUBT, DeliveryState.PENDING, DeliveryState.SENT)
        moved()
    if restarted and state == "sending":
        desk.restart()
    desk.run(8 * SETTLE.total_seconds())  # the longest: a minute, since the clock was set back, and two looks

    assert desk.keys == ["F1:1"]
    assert desk.state("F1:1") is DeliveryState.SENT


def test_slacks_time_goes_on_between_two_answers_and_is_unknown_once_a_clock_was_moved() -> None:
    time = SimulatedTime()
    slack = SlackTime(time, time.monotonic)
    assert slack.is_asked_for()
    slack.heard(START - timedelta(hours=2))
    time.pass_by(600)
    assert slack.now() == START - timedelta(hours=2) + timedelta(minutes=10)
    assert slack.ahead() == timedelta(hours=2)
    time.set_by(timedelta(minutes=5))
    assert (slack.now(), slack.ahead(), slack.is_asked_for()) == (None, None, True)
    slack.heard(START)
    time.suspend(timedelta(minutes=5))
    assert slack.is_asked_for()


def test_a_date_that_is_none_is_not_believed() -> None:
    assert date_of("Sat, 27 Mar 2027 09:00:00 GMT") == START
    assert [date_of(one) for one in (None, "", "yesterday", "Sat, 99 Mar 2027")] == [None] * 4
