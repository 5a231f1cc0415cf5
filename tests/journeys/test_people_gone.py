"""Journey 3, where people come and go: what somebody is responsible for is never left without anybody."""

from datetime import timedelta

import pytest

from bot.app import Application
from bot.emulator.clock import MovableClock
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace

OF_DANA = "/toughcustomer remind @dana tomorrow 3pm to send Acme the options"


@pytest.fixture
def transport() -> str:
    """One way is enough here: what differs between the two is tried elsewhere."""
    return "http"


@pytest.fixture(autouse=True)
def _running(bot: Application) -> None:
    """A bot is there for each of these journeys."""


def test_who_leaves_the_workspace_is_stood_in_for_by_whoever_reads_along(
    mia: Person, omar: Person, workspace: Workspace
) -> None:
    mia.says(OF_DANA)
    mia.sees("I will remind <@U0DANA>")

    workspace.deactivate("dana")

    asked = omar.sees("<@U0DANA> has left. Who takes it?", "send Acme the options", "asked by <@U0MIA>")
    assert asked.labels == ["Take it over", "Done"]
    omar.clicks("Take it over", on=asked)
    for person in (omar, mia):
        person.sees("With <@U0OMAR> now")


def test_who_leaves_the_channel_is_stood_in_for_there(mia: Person, omar: Person, workspace: Workspace) -> None:
    mia.says(OF_DANA)
    mia.sees("I will remind <@U0DANA>")

    workspace.leave("dana", "deals")

    asked = omar.sees("<@U0DANA> is not in this channel any more. Who takes it?")
    mia.sees("is not in this channel any more")
    omar.clicks("Take it over", on=asked)
    for person in (omar, mia):
        person.sees("With <@U0OMAR> now")
    Person(workspace, "dana").sees("<@U0OMAR> has F1 now")


def test_who_is_away_when_it_falls_due_is_stood_in_for_until_they_are_back(
    mia: Person, omar: Person, clock: MovableClock, workspace: Workspace
) -> None:
    mia.says(OF_DANA)
    mia.sees("I will remind <@U0DANA>")
    workspace.set_status("dana", "On vacation", ":palm_tree:", until=clock.now() + timedelta(days=5))

    workspace.advance(days=1, hours=6)

    reminder = omar.sees(":bell:", "<@U0DANA> is away until <!date^", "Who takes it?")
    assert reminder.labels[0] == "Take it over"
    mia.sees(":bell:")
    Person(workspace, "dana").sees(":bell:")
    omar.clicks("Take it over", on=reminder)
    for person in (omar, mia, Person(workspace, "dana")):
        person.sees(":bell:", "For <@U0OMAR>")
    Person(workspace, "dana").sees("<@U0OMAR> has F1 now")


def test_a_meeting_makes_nobody_away(mia: Person, omar: Person, clock: MovableClock, workspace: Workspace) -> None:
    mia.says(OF_DANA)
    mia.sees("I will remind <@U0DANA>")
    workspace.set_status("dana", "In a meeting", ":calendar:", until=clock.now() + timedelta(days=2))

    workspace.advance(days=1, hours=6)

    for person in (omar, mia, Person(workspace, "dana")):
        assert "Who takes it" not in person.sees(":bell:", "For <@U0DANA>").text


def test_who_has_paused_notifications_for_longer_is_stood_in_for(
    mia: Person, omar: Person, clock: MovableClock, workspace: Workspace
) -> None:
    mia.says(OF_DANA)
    mia.sees("I will remind <@U0DANA>")
    workspace.pause_notifications("dana", until=clock.now() + timedelta(days=3))

    workspace.advance(days=1, hours=6)

    for person in (omar, mia, Person(workspace, "dana")):
        person.sees(":bell:", "is away until", "Who takes it?")


def test_a_word_in_its_thread_makes_the_reminder_ask_and_never_closes_it(
    mia: Person, omar: Person, bot: Application, clock: MovableClock
) -> None:
    mia.says("Acme wants three options")
    root = omar.sees("Acme wants three options")
    mia.says("@toughcustomer follow-up Acme tomorrow 3pm send the three options", under=root)
    for person in (mia, omar):
        person.sees("I will remind")
    mia.says("sent them the options", under=root)
    clock.advance(days=1, hours=6)

    reminder = mia.sees(":bell:", "wrote in this thread", "that it is done. Is it?")
    omar.sees(":bell:")
    assert reminder.labels == ["Done?", "Snooze", "Reassign"]
    mia.clicks("Done?", on=reminder)
    for person in (mia, omar):
        person.sees("Done by <@U0MIA>")


def test_that_the_customer_answered_counts_where_an_answer_was_awaited(
    mia: Person, omar: Person, bot: Application, clock: MovableClock
) -> None:
    mia.says("Waiting for Borealis")
    root = omar.sees("Waiting for Borealis")
    mia.says("@toughcustomer follow-up Borealis tomorrow 3pm chase them for an answer", under=root)
    mia.says("@toughcustomer follow-up Borealis tomorrow 4pm send the invoice", under=root)
    for person in (mia, omar):
        person.sees("I will remind", "chase them")
        person.sees("I will remind", "invoice")
    omar.says("they finally got back to us", under=root)
    clock.advance(days=1, hours=7)

    for person in (mia, omar):
        person.sees(":bell:", "chase them", "that the customer has answered. Done?")
        assert "answered" not in person.sees(":bell:", "send the invoice").text
