"""Moves of the clock: in one step, or with a stop wherever an app that shares it has something to do."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk import WebClient

from bot.emulator.clock import MovableClock
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace
from tests.emulator.test_page import do, screen
from tests.wire import eventually

TEN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class Diary:
    """An app with things to do at *times*; *stops* is when it was asked, *go_on* lets it answer."""

    def __init__(self, clock: MovableClock, *times: datetime) -> None:
        self._clock, self._times = clock, times
        self.stops: list[datetime] = []
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self) -> datetime | None:
        self.go_on.wait()
        self.stops.append(self._clock.now())
        return min((at for at in self._times if at > self._clock.now()), default=None)


def test_the_clock_stops_at_each_time_at_which_the_app_has_something_to_do(
    workspace: Workspace, clock: MovableClock
) -> None:
    started, coming = clock.now(), [clock.now() + timedelta(minutes=minutes) for minutes in (10, 40, 90)]
    workspace.moves.settle = diary = Diary(clock, *coming)
    workspace.advance(hours=1)
    assert diary.stops == [started, *coming[:2], TEN]
    assert clock.now() == TEN


def test_a_day_in_which_nothing_is_due_takes_two_looks(workspace: Workspace, clock: MovableClock) -> None:
    workspace.moves.settle = diary = Diary(clock)
    workspace.advance(days=1)
    assert len(diary.stops) == 2
    assert clock.now() == TEN + timedelta(hours=23)


def test_what_is_due_every_second_does_not_keep_the_clock_from_arriving(
    workspace: Workspace, clock: MovableClock
) -> None:
    workspace.moves.settle = lambda: clock.now() + timedelta(seconds=1)
    workspace.advance(days=1)
    assert clock.now() == TEN + timedelta(hours=23)


def test_a_scheduled_message_is_posted_at_its_time_on_the_way(
    workspace: Workspace, clock: MovableClock, web: WebClient, mia: Person
) -> None:
    at = int(clock.now().timestamp()) + 1800
    web.chat_scheduleMessage(channel="C0DEALS", post_at=at, text="half past")
    workspace.moves.settle = Diary(clock)
    workspace.advance(hours=1)
    assert int(float(mia.sees("half past").message.ts)) == at


def test_the_page_shows_where_the_clock_is_moving_to_and_two_presses_are_two_moves(
    workspace: Workspace, clock: MovableClock
) -> None:
    workspace.moves.settle = diary = Diary(clock)
    diary.go_on.clear()
    presses = [threading.Thread(target=do, args=(workspace, "advance"), kwargs={"by": 1800}) for _ in range(2)]
    for press in presses:
        press.start()
    assert eventually(lambda: screen(workspace)["moving_to"] == "2026-11-23T09:30:00+00:00")
    diary.go_on.set()
    for press in presses:
        press.join()
    assert (clock.now(), screen(workspace)["moving_to"]) == (TEN, None)


def test_without_an_app_that_shares_it_the_clock_moves_in_one_step_and_never_back(
    workspace: Workspace, clock: MovableClock
) -> None:
    workspace.advance(hours=1)
    assert clock.now() == TEN
    workspace.moves.settle = Diary(clock)
    with pytest.raises(ValueError, match="forward"):
        workspace.advance(seconds=-1)
