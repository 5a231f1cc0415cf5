"""The demo's clock is moved by hand, and the bot in it has missed nothing."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import Application
from bot.demo import Settling
from bot.emulator.clock import MovableClock
from bot.emulator.stories import Person, Seen
from bot.emulator.workspace import Workspace
from tests.conftest import Build
from tests.emulator.test_page import do

CHAIN = {"escalation_channels": ("C0ESC",), "managers": ("U0OMAR", "U0PRIYA"), "admins": ("U0ADA",)}


@pytest.fixture
def transport() -> str:
    return "socket"


@pytest.fixture
def bot(build: Build, workspace: Workspace) -> Application:
    made = build(**CHAIN)
    workspace.moves.settle = Settling(made.core, threading.Event())
    return made


@pytest.fixture(autouse=True)
def _running(bot: Application) -> None:
    """A bot is there for each of these."""


def posted_at(seen: Seen) -> datetime:
    return datetime.fromtimestamp(float(seen.message.ts), UTC)


def say_late(workspace: Workspace) -> list[str]:
    return [text for one in workspace.messages() if "Late" in (text := Seen(one).text) or "(was due" in one.text]


def test_a_reminder_on_the_way_comes_at_its_time_and_is_not_late(
    workspace: Workspace, clock: MovableClock, mia: Person
) -> None:
    started = clock.now()
    mia.says("/toughcustomer follow-up Acme in 40 minutes call back")
    mia.sees("Acme", "call back")
    assert do(workspace, "advance", by=3600) == ""
    reminder = mia.sees(":bell:", "Acme", "call back", within=0)  # it was there when the clock arrived
    assert abs(posted_at(reminder) - started - timedelta(minutes=40)) < timedelta(seconds=5)
    assert clock.now() - started == timedelta(hours=1)
    assert say_late(workspace) == []


def test_a_promise_that_is_broken_on_the_way_pages_one_after_the_other_at_their_times(
    workspace: Workspace, clock: MovableClock, mia: Person, omar: Person
) -> None:
    started = clock.now()
    mia.says("/toughcustomer promise Acme in 20 minutes send the fix")
    mia.sees("Acme", "send the fix")
    workspace.advance(hours=1)
    first = omar.sees("Acme", where="toughcustomer", within=0)
    pages = sorted(
        (one for one in workspace.messages() if one.channel == first.message.channel and one.bot_id),
        key=lambda one: float(one.ts),
    )
    minutes = [round((posted_at(Seen(one)) - started).total_seconds() / 60) for one in pages]
    assert minutes[:2] == [35, 45]  # a quarter of an hour after its time; and once more, ten minutes later
    assert say_late(workspace) == []


def test_a_day_with_one_reminder_passes_in_a_moment(workspace: Workspace, clock: MovableClock, mia: Person) -> None:
    mia.says("/toughcustomer follow-up Acme tomorrow 8:30 send the three options")
    mia.sees("three options")
    before = workspace.traffic.entries[-1].number
    do(workspace, "advance", by="morning")
    mia.sees(":bell:", "three options", within=0)
    assert workspace.traffic.entries[-1].number - before < 20  # few stops, each with little to tell
    assert say_late(workspace) == []
