"""Journey 3, with what repeats: one follow-up that keeps an eye on a customer for as long as it is wanted."""

import pytest

from bot.app import Application
from bot.emulator.clock import MovableClock
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace

MADE = "/toughcustomer follow-up Acme every monday 9:00 check usage"


@pytest.fixture
def transport() -> str:
    """One way is enough here: what differs between the two is tried elsewhere."""
    return "http"


@pytest.fixture(autouse=True)
def _running(bot: Application) -> None:
    """A bot is there for each of these journeys."""


def test_the_echo_shows_the_next_three(mia: Person) -> None:
    mia.says(MADE)

    echo = mia.sees("I will remind you, the first time", "Monday 30 November 2026, 09:00 (Europe/Berlin)")
    assert "Every Monday: next Mon 30 Nov 9:00, Mon 7 Dec 9:00, Mon 14 Dec 9:00." in echo.text
    assert echo.labels == ["Change", "Pause", "End"]


def test_the_echo_shows_the_offsets_where_the_clocks_change_in_between(mia: Person) -> None:
    mia.says("/toughcustomer follow-up Acme every monday from 22 march 2027 9:00 check usage")

    echo = mia.sees("I will remind you")
    assert "Mon 22 Mar 9:00 (UTC+1), Mon 29 Mar 9:00 (UTC+2), Mon 5 Apr 9:00 (UTC+2)" in echo.text
    assert "its local time stays" in echo.text


def test_done_is_this_one_and_its_message_stays_done_when_the_next_comes(
    mia: Person, omar: Person, clock: MovableClock
) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    clock.advance(days=7)
    first = omar.sees(":bell: *Acme*: check usage", "every Monday")
    assert first.labels == ["Done", "Snooze", "Reassign", "Pause", "End"]
    mia.sees(":bell:")

    omar.clicks("Done", on=first)

    done = mia.sees(":white_check_mark:", "Done by <@U0OMAR>", "every Monday")
    assert done.message is first.message
    assert done.labels == []
    clock.advance(days=7)
    second = mia.sees(":bell: *Acme*: check usage")
    assert second.message is not first.message
    omar.sees(":bell:")


def test_what_was_missed_while_the_bot_was_off_is_one_with_how_many(mia: Person, clock: MovableClock) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")

    clock.advance(days=21)

    mia.sees(":bell: *Acme*: check usage", "It stands for 2 before it, which were not pressed *Done*")


def test_pause_resume_and_end_from_its_message(mia: Person, clock: MovableClock) -> None:
    mia.says(MADE)
    echo = mia.sees("I will remind you")

    mia.clicks("Pause", on=echo)
    paused = mia.sees("Every Monday; paused")
    assert paused.labels == ["Reassign", "Change", "Resume", "End"]
    clock.advance(days=15)
    mia.sees_nothing_new(within=1.0)
    mia.clicks("Resume", on=paused)
    back = mia.sees("Every Monday: next Mon 14 Dec 9:00")
    mia.clicks("End", on=back)
    mia.sees("Ended by <@U0MIA>", "check usage")
    clock.advance(days=15)
    mia.sees_nothing_new(within=1.0)


def test_what_is_typed_pauses_resumes_and_ends_it(mia: Person) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")

    mia.says("/toughcustomer done F1")
    mia.sees("Done. F1 comes again", "next Mon 7 Dec 9:00")
    mia.says("/toughcustomer undo")
    mia.sees("F1 is back at its time")
    mia.says("/toughcustomer pause F1")
    mia.sees("F1", "aused", "Resume")
    mia.says("/toughcustomer pause F1")
    mia.sees("F1 is paused already")
    mia.says("/toughcustomer resume F1 please")
    mia.sees("Every Monday: next Mon 30 Nov 9:00")
    mia.says("/toughcustomer end F1")
    mia.sees("Ended by <@U0MIA>")
    mia.says("/toughcustomer end of the quarter and they push for a discount")
    mia.sees("discount")


def test_this_one_is_changed_or_all_from_now_on(mia: Person, clock: MovableClock) -> None:
    mia.says(MADE)
    echo = mia.sees("I will remind you")
    mia.clicks("Change", on=echo)
    mia.sees_window("Change F1", "This one only", "every Monday")
    mia.fills("What is to be done?", "check usage and call")
    mia.submits()
    mia.sees_window("hold for all. Choose “All from now on”")

    mia.fills("What is to be done?", "check usage")
    mia.fills("Time", "11:00")
    mia.submits()
    mia.sees_window("next Mon 30 Nov 11:00, Mon 7 Dec 9:00, Mon 14 Dec 9:00")
    mia.closes()

    mia.clicks("Change", on=mia.sees("Mon 30 Nov 11:00"))
    mia.sees_window("Change F1")
    mia.fills("What is changed?", "All from now on")
    mia.fills("Repeats", "evry blursday")
    mia.submits()
    mia.sees_window("Write “every monday”")
    mia.fills("Repeats", "every monday skip german holidays")
    mia.submits()
    mia.sees_window('I know no holidays of "german"')
    mia.fills("Repeats", "every 2 weeks on tuesday")
    mia.fills("Day", "2026-12-01")
    mia.fills("Time", "08:00")
    mia.submits()
    mia.sees_window("Every other Tuesday: next Tue 1 Dec 8:00, Tue 15 Dec 8:00, Tue 29 Dec 8:00")
    mia.closes()
    mia.sees("Every other Tuesday")


def test_where_it_begins_is_asked_and_one_tap_keeps_how_it_repeats(mia: Person) -> None:
    mia.says("/toughcustomer follow-up Acme every 2 days 9:00 check usage")
    asked = mia.sees("Nothing was stored", "Beginning when?")
    assert asked.labels == ["Today", "Tomorrow", "Next Monday"]

    mia.clicks("Next Monday", on=asked)

    mia.sees("I will remind you", "Every other day: next Mon 30 Nov 9:00, Wed 2 Dec 9:00", "check usage")


def test_holidays_are_skipped_for_the_country_that_one_tap_names(mia: Person) -> None:
    mia.says("/toughcustomer follow-up Acme every friday 9:00 skip holidays check usage")
    asked = mia.sees("Nothing was stored", "Holidays of which country", "Home")

    mia.clicks("Germany", on=asked)

    echo = mia.sees("I will remind you", "Skips the public holidays of Germany")
    assert "skip" not in echo.text.replace("Skips", "")


def test_a_country_that_nobody_knows_is_refused(mia: Person) -> None:
    mia.says("/toughcustomer follow-up Acme every friday 9:00 check usage skip holidays of XX")
    mia.sees("I know no holidays of “XX”".replace("“", '"').replace("”", '"'))


def test_undo_brings_an_occurrence_back(mia: Person, clock: MovableClock) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    clock.advance(days=7)
    reminder = mia.sees(":bell:", "check usage")
    mia.clicks("Done", on=reminder)
    mia.sees("Done by <@U0MIA>")

    mia.says("/toughcustomer undo")

    mia.sees("F1 is back at its time")
    assert "Done" in mia.sees(":bell: *Acme*: check usage").labels


def test_why_tells_all_of_it(mia: Person, clock: MovableClock) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    clock.advance(days=7)
    mia.clicks("Done", on=mia.sees(":bell:", "check usage"))
    mia.sees("Done by <@U0MIA>")
    mia.says("/toughcustomer done F1")
    mia.sees("Every Monday: next Mon 14 Dec 9:00, Mon 21 Dec 9:00, Mon 28 Dec 9:00")

    mia.says("/toughcustomer why F1")

    mia.sees("made by <@U0MIA>", "done by <@U0MIA>, next due Mon 7 Dec 09:00", "next due Mon 14 Dec 09:00")


def test_where_the_customer_does_not_know_the_old_time_is_what_they_expect(mia: Person, clock: MovableClock) -> None:
    mia.says("/toughcustomer promise Acme in 3 hours send the fix")
    mia.sees("Promise saved")
    mia.says("/toughcustomer follow-ups mine")
    mia.clicks("Open", on=mia.sees("Open follow-ups of yours"))
    mia.clicks("Snooze", on=mia.sees("F1", "Due"))
    mia.clicks("Tomorrow 9:00", on=mia.sees("until when?"))
    mia.clicks("Not yet", on=mia.sees("Was Acme told the new time"))

    mia.sees("F1 comes again", "They still expect it <!date")
    mia.says("/toughcustomer follow-ups mine")
    mia.sees("Open follow-ups of yours", "promised for <!date")


def test_a_promise_is_put_off_once_after_it_was_asked_whether_the_customer_knows(
    mia: Person, omar: Person, clock: MovableClock, workspace: Workspace
) -> None:
    mia.says("/toughcustomer promise Acme in 30 minutes send the fix")
    mia.sees("Promise saved")
    clock.advance(minutes=20)
    mia.sees("10 min left")
    clock.advance(minutes=10)
    reminder = mia.sees(":bell:", "promised to the customer")
    omar.sees(":bell:")

    mia.clicks("Snooze", on=reminder)
    mia.clicks("1 hour", on=mia.sees("until when?"))
    asked = mia.sees("Was Acme told the new time")
    assert asked.labels == ["Yes, they know", "Not yet"]
    mia.clicks("Yes, they know", on=asked)

    mia.sees("F1 comes again")
    for person in (mia, omar):
        person.sees("Comes again")
    mia.sees("Comes again")  # and so does the warning
    clock.advance(minutes=29)  # the old time is long over, and nothing is broken
    mia.sees_nothing_new(within=1.0)
