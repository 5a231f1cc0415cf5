"""Escalations, asked for in ways that cannot be kept: a clear sentence, and nobody is paged."""

import pytest

from bot.app import Application
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace
from tests.conftest import Build
from tests.journeys.test_escalations import CHAIN, OUTAGE, pages_to, trouble


@pytest.fixture(params=["http"])
def transport(request: pytest.FixtureRequest) -> str:
    """One way in is enough here: the other journeys go both."""
    return str(request.param)


@pytest.fixture
def chain() -> dict[str, object]:
    """The settings; a test may bring others."""
    return CHAIN


@pytest.fixture(autouse=True)
def running(build: Build, chain: dict[str, object]) -> Application:
    """A bot is there for each of these journeys."""
    return build(**chain)


@pytest.fixture(autouse=True)
def _nothing_unexpected() -> None:
    """What else a case says is looked at in test_escalations.py."""


@pytest.mark.parametrize("typed", ["escalate", "escalate : the buyer left the call", "escalate Acme"])
def test_escalate_with_no_customer_or_nothing_said_shows_how_it_is_written(
    mia: Person, workspace: Workspace, typed: str
) -> None:
    mia.goes_to("#deals").says(f"/toughcustomer {typed}")
    assert "Nobody was paged" in mia.sees("Write who and what").text
    assert not pages_to(workspace, "U0OMAR")


@pytest.mark.parametrize("typed", ["escalate or wait?", "escalate when a customer shouts at me: what do you think?"])
def test_what_only_begins_with_the_word_is_a_situation(mia: Person, workspace: Workspace, typed: str) -> None:
    mia.goes_to("#deals").says(f"/toughcustomer {typed}")
    mia.sees("escalate CUSTOMER")
    assert not pages_to(workspace, "U0OMAR")


def test_a_person_is_no_customer(mia: Person, workspace: Workspace) -> None:
    mia.goes_to("#deals").says("/toughcustomer escalate @jonas: he is late")
    mia.sees("is a person or a channel", "Nobody was paged")
    assert not pages_to(workspace, "U0OMAR")


def test_a_case_does_not_live_in_a_direct_message(mia: Person, workspace: Workspace) -> None:
    mia.goes_to("toughcustomer").says("escalate Acme: the buyer left the call")
    mia.sees("A case lives in a channel", "Nobody was paged", where="toughcustomer")
    assert not pages_to(workspace, "U0OMAR")


def test_a_channel_that_the_bot_is_not_in_says_how_to_invite_it(mia: Person, workspace: Workspace) -> None:
    mia.goes_to("#random").says("/toughcustomer escalate Acme: the buyer left the call")
    mia.sees("/invite @toughcustomer", "Nobody was paged", where="#random")
    assert not pages_to(workspace, "U0OMAR")


def test_twice_in_one_thread_names_the_case_that_is_there(mia: Person, omar: Person) -> None:
    mia.goes_to("#deals").says("lunch?")
    said = omar.goes_to("#deals").sees("lunch?", where="#deals")
    mia.says("@toughcustomer escalate", under=said)
    mia.sees("E1 is open, and I am paging <@U0OMAR>", where="#deals")

    mia.says("@toughcustomer escalate", under=said)

    mia.sees("E1 is open already", where="#deals")


@pytest.mark.parametrize("chain", [{**CHAIN, "managers": ()}])
def test_nobody_to_page_is_said_in_the_thread_with_how_to_set_it(mia: Person) -> None:
    trouble(mia)
    told = mia.sees("nobody is set to be paged", where="#escalations")
    assert "/toughcustomer settings" in told.text
    assert told.message.is_reply


@pytest.mark.parametrize("chain", [{**CHAIN, "managers": (), "escalation_channels": ()}])
def test_an_admin_sets_channels_chain_and_hours_in_slack_and_others_may_not(
    mia: Person, omar: Person, workspace: Workspace
) -> None:
    mia.goes_to("#deals").says("/toughcustomer settings")
    mia.sees("Only admins can change who is paged")
    ada = Person(workspace, "ada").goes_to("#deals")
    ada.says("/toughcustomer settings")
    ada.sees_window("Escalation channels")
    ada.fills("Working hours", "nine to five")
    ada.submits()
    ada.sees_window("are no working hours")
    ada.fills("Working hours", "Mon-Fri 08:00-17:00")
    ada.fills("Escalation channels", ["C0DEALS"])
    ada.fills("Page first", ["U0OMAR"])
    ada.submits()

    mia.says(OUTAGE)

    omar.sees("needs you", where="@toughcustomer")


def test_a_window_that_cannot_be_saved_stays_open_with_what_was_filled_in(
    running: Application, mia: Person, omar: Person
) -> None:
    trouble(mia)
    omar.clicks("I have it", on=omar.sees("needs you", where="@toughcustomer"))
    ledger = mia.sees("E1", "*State:*", "has it until", where="#escalations")
    mia.clicks("Resolve", on=ledger)
    mia.sees_window("Resolve: Acme")
    mia.fills("How did it end?", "Solved")
    mia.fills("What was behind it?", "Defect")
    running.core.database.execute("PRAGMA query_only = ON")
    mia.submits()
    mia.sees_window("Resolve: Acme", "could not store that")
    running.core.database.execute("PRAGMA query_only = OFF")
    mia.submits()
    omar.sees("Acme (E1): Solved by <@U0MIA>, root cause: defect", where="#escalations")
