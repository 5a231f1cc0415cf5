"""Journey 3: who promises something where a customer is waiting is asked, privately and once, whether to track it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

import pytest

from bot.app import Application
from bot.emulator.clock import MovableClock
from bot.emulator.stories import Person, Seen, StoryBroken
from tests.conftest import Build

if TYPE_CHECKING:
    from bot.followups.install import FollowUpParts


@pytest.fixture
def transport() -> str:
    """One way is enough here: what differs between the two is tried elsewhere."""
    return "socket"


@pytest.fixture
def bot(build: Build) -> Application:
    """A bot for which #escalations is an escalation channel."""
    return build(escalation_channels=("C0ESC",), managers=("U0OMAR",))


@pytest.fixture
def open_ones(bot: Application) -> Callable[[], list[tuple[str, str | None, bool]]]:
    store = cast("FollowUpParts", bot.core.installed["followups"]).store
    return lambda: [(one.wanted.text, one.wanted.customer, one.wanted.promise) for one in store.open_in("C0ESC")]


def catch_up(*people: Person) -> None:
    """They look at whatever else has come: the ledger of the case is drawn anew as its thread goes on."""
    for person in people:
        while True:
            try:
                person.sees(within=0.8)
            except StoryBroken:
                break


@pytest.fixture(autouse=True)
def _at_the_end(bot: Application, mia: Person, omar: Person) -> Iterator[None]:
    yield
    catch_up(mia, omar)


def thread(mia: Person, omar: Person) -> Seen:
    """A case of Acme."""
    mia.goes_to("escalations").says("Acme says they will take their business elsewhere over the outage")
    omar.sees("Acme needs you")
    root = omar.sees("Acme says they will take their business elsewhere", where="escalations")
    catch_up(mia, omar)
    return root


def test_its_author_alone_is_asked_once_and_one_tap_tracks_it(
    mia: Person, omar: Person, open_ones: Callable[[], list[tuple[str, str | None, bool]]]
) -> None:
    root = thread(mia, omar)

    mia.says("I'll send them the fix by Friday 3pm", under=root)

    asked = mia.sees("Track this promise?", "Acme", "send them the fix", "Fri 27 Nov 15:00")
    assert asked.only_you
    assert asked.labels == ["Track this promise", "Pick a time", "No, thanks"]
    assert open_ones() == []
    mia.clicks("Track this promise", on=asked)
    mia.sees("Promise saved", "Friday 27 November 2026, 15:00 (Europe/Berlin)", "in this thread")
    assert open_ones() == [("send them the fix", "Acme", True)]


def test_a_date_that_could_mean_two_things_is_asked(mia: Person, omar: Person) -> None:
    root = thread(mia, omar)

    mia.says("I will send them the credit note by Monday or Tuesday", under=root)

    asked = mia.sees("Track this promise?", "I see two dates")
    assert asked.only_you
    assert "No, thanks" in asked.labels
    mia.clicks("No, thanks", on=asked)


@pytest.mark.parametrize(
    "said",
    [
        "they will pay by Friday",
        "shall I send it by Friday?",
        "I sent the fix yesterday at 3pm",
        "> I'll send the contract by Friday",
        "let's talk about it tomorrow at 10",
    ],
)
def test_what_is_no_promise_of_ours_is_not_asked_about(mia: Person, omar: Person, said: str) -> None:
    root = thread(mia, omar)
    mia.says(said, under=root)
    with pytest.raises(StoryBroken):
        mia.sees("Track this promise?", within=1.5)


def test_elsewhere_nobody_is_asked(mia: Person, omar: Person) -> None:
    mia.goes_to("deals").says("I'll send Acme the fix by Friday 3pm")
    mia.sees_nothing_new(within=1.5)


def test_what_is_tracked_already_is_not_asked_about(mia: Person, omar: Person, clock: MovableClock) -> None:
    root = thread(mia, omar)
    mia.says("@toughcustomer promise Acme friday 3pm send the fix", under=root)
    for person in (mia, omar):
        person.sees("Promise saved")
    mia.says("I'll send them the fix by Friday 3pm", under=root)
    with pytest.raises(StoryBroken):
        mia.sees("Track this promise?", within=1.5)
