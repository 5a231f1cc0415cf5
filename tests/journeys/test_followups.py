"""Journey 3: what was promised is remembered, and comes back where it was made."""

import re
from typing import TYPE_CHECKING, cast

import pytest

from bot.app import Application
from bot.emulator.clock import MovableClock
from bot.emulator.stories import Person, Seen
from bot.emulator.workspace import Workspace
from bot.features import shipped
from bot.storage.purge import purge_user
from tests.conftest import Build
from tests.wire import eventually

if TYPE_CHECKING:
    from bot.followups.install import FollowUpParts

MADE = "/toughcustomer follow-up Acme tomorrow 3pm send the three options"


@pytest.fixture
def dana(workspace: Workspace) -> Person:
    """A rep in Chicago."""
    return Person(workspace, "dana")


@pytest.fixture
def ada(workspace: Workspace) -> Person:
    """An admin of the workspace."""
    return Person(workspace, "ada")


@pytest.fixture(autouse=True)
def _running(bot: Application) -> None:
    """A bot is there for each of these journeys."""


def come_due(clock: MovableClock, person: Person, *parts: str) -> Seen:
    """Let the time of the follow-up come, a day and six hours later, and see it."""
    clock.advance(days=1, hours=6)
    return person.sees(":bell:", *parts)


def test_the_echo_says_whom_what_and_exactly_when_before_anyone_relies_on_it(mia: Person) -> None:
    mia.says(MADE)

    echo = mia.sees("I will remind you")
    assert echo.only_you
    assert "Tuesday 24 November 2026, 15:00 (Europe/Berlin)" in echo.text
    assert "*Acme*" in echo.text
    assert "send the three options" in echo.text
    assert "in <#C0DEALS>, for <@U0MIA>" in echo.text
    assert echo.labels == ["Change", "Cancel"]


def test_it_comes_back_in_the_channel_on_time_naming_its_owner(mia: Person, omar: Person, clock: MovableClock) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    clock.advance(days=1, hours=4, minutes=59)
    omar.sees_nothing_new(within=1.5)

    clock.advance(minutes=1)
    reminder = omar.sees(":bell: *Acme*: send the three options", "For <@U0MIA>")
    assert reminder.message.channel == "C0DEALS"
    assert reminder.labels == ["Done", "Snooze", "Reassign"]
    assert "Late" not in reminder.text


def test_anyone_in_the_channel_may_say_that_it_is_done_and_the_message_says_who(
    mia: Person, omar: Person, clock: MovableClock
) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    reminder = come_due(clock, omar)

    omar.clicks("Done", on=reminder)

    done = mia.sees("Done by <@U0OMAR>")
    assert done.message is reminder.message
    assert done.labels == []


@pytest.mark.parametrize(
    ("choice", "when"),
    [
        ("1 hour", "Tue 24 Nov 17:00 CET"),
        ("Tomorrow 9:00", "Wed 25 Nov 09:00 CET"),
        ("Next week", "Mon 30 Nov 09:00 CET"),
    ],
)
def test_it_is_snoozed_with_two_taps_and_comes_again(
    mia: Person, omar: Person, clock: MovableClock, choice: str, when: str
) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    reminder = come_due(clock, omar)

    omar.clicks("Snooze", on=reminder)
    asked = omar.sees("until when?")
    assert asked.only_you
    omar.clicks(choice, on=asked)

    assert when in omar.sees("F1 comes again").text
    redrawn = mia.sees("Comes again <!date^", when)
    assert redrawn.message is reminder.message
    clock.advance(days=7)
    assert mia.sees(":bell:", "send the three options").message is not reminder.message


def test_a_time_of_ones_own_is_picked_in_a_window(mia: Person, omar: Person, clock: MovableClock) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    reminder = come_due(clock, omar)
    omar.clicks("Snooze", on=reminder)

    omar.clicks("Pick a time", on=omar.sees("until when?"))
    omar.sees_window("Snooze F1", "Europe/Berlin")
    omar.fills("Day", "2026-11-20")
    omar.submits()
    omar.sees_window("is over already")
    omar.fills("Day", "2026-12-01")
    omar.fills("Time", "16:30")
    omar.submits()

    omar.sees_no_window()
    omar.sees("F1 comes again", "Tue 1 Dec 16:30 CET")
    mia.sees("Comes again", "Tue 1 Dec 16:30 CET")


def offered(person: Person, reminder: Seen, to: str) -> None:
    """Ask somebody to take what is due."""
    person.clicks("Reassign", on=reminder)
    person.sees_window("Reassign F1")
    person.fills("To whom?", to)
    person.submits()
    person.sees_window(f"I asked <@{to}> to take F1. Until they accept, it stays with")
    person.closes()


def test_somebody_else_is_asked_to_take_it_and_has_it_once_they_accept(
    mia: Person, omar: Person, clock: MovableClock
) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    reminder = come_due(clock, mia)
    mia.clicks("Reassign", on=reminder)
    mia.sees_window("Reassign F1")
    mia.fills("To whom?", "U0TOUGH")
    mia.submits()
    mia.sees_window("That is a bot")
    mia.closes()

    offered(mia, reminder, "U0OMAR")

    asked = omar.sees("<@U0MIA> asks you to take F1", "send the three options", "it stays with <@U0MIA>")
    assert asked.message.channel.startswith("D")
    assert "For <@U0MIA>" in omar.sees(":bell:", "<@U0MIA> asked <@U0OMAR> to take it").text
    omar.clicks("Accept", on=asked)
    assert "Done" in omar.sees("You took F1").labels
    mia.sees("<@U0OMAR> has F1 now: Acme: send the three options")
    mia.sees("For <@U0OMAR>, asked by <@U0MIA>")


def test_who_does_not_want_it_says_so_and_its_owner_stays(mia: Person, omar: Person, clock: MovableClock) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    reminder = come_due(clock, mia)
    offered(mia, reminder, "U0OMAR")

    omar.clicks("No, thanks", on=omar.sees("asks you to take F1"))

    omar.sees("You said no. F1 stays with <@U0MIA>: Acme: send the three options")
    assert "Reassign" in mia.sees("<@U0OMAR> does not take F1, so it stays with <@U0MIA>").labels
    assert "asked" not in mia.sees(":bell:", "For <@U0MIA>").text
    omar.sees(":bell:", "For <@U0MIA>")


def test_an_offer_that_is_over_is_told_to_whom_it_was_made(
    mia: Person, omar: Person, dana: Person, clock: MovableClock
) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    reminder = come_due(clock, mia)
    offered(mia, reminder, "U0OMAR")
    asked = omar.sees("asks you to take F1")
    omar.sees(":bell:", "asked <@U0OMAR>")

    offered(mia, mia.sees(":bell:", "asked <@U0OMAR>"), "U0DANA")

    omar.sees("You need not take F1 any more")
    assert omar.sees("F1 is no longer offered to you").message is asked.message
    dana.clicks("Accept", on=dana.sees("asks you to take F1"))
    dana.sees("You took F1")
    mia.sees("<@U0DANA> has F1 now")
    for person in (mia, omar, dana):
        person.sees(":bell:", "For <@U0DANA>")


def test_what_comes_back_in_a_direct_message_follows_its_new_owner(
    mia: Person, omar: Person, clock: MovableClock
) -> None:
    mia.goes_to("toughcustomer").says("remind me tomorrow 3pm to ring Acme")
    echo = mia.sees("I will remind you", "in a direct message")
    mia.says("follow-ups")
    mia.clicks("Open", on=mia.sees("Open follow-ups of yours"))
    offered(mia, mia.sees("Due: *Tuesday"), "U0OMAR")
    omar.clicks("Accept", on=omar.sees("asks you to take F1"))
    omar.sees("You took F1")
    mia.sees("<@U0OMAR> has F1 now")

    clock.advance(days=1, hours=6)

    assert omar.sees(":bell: ring Acme").message.channel != echo.message.channel


@pytest.mark.parametrize(
    ("typed", "customer", "text"),
    [
        ("follow up Acme tomorrow 3pm send the options", "Acme", "send the options"),
        ("please remind me tomorrow 3pm to ring Stone", None, "ring Stone"),
        ("follow-up call Acme tomorrow 9am about price", None, "call Acme about price"),
        ("follow-up Acme Corp: in 2 hours send it", "Acme Corp", "send it"),
        ("follow-up :fire: tomorrow 9am :tada:", None, ":fire: :tada:"),
    ],
)
def test_hurried_ways_to_write_it(mia: Person, bot: Application, typed: str, customer: str | None, text: str) -> None:
    mia.says(f"/toughcustomer {typed}")

    mia.sees("I will remind you")
    assert bot.core.database.rows("SELECT customer, text FROM followups") == [{"customer": customer, "text": text}]


def test_a_longer_name_is_not_taken_for_a_known_shorter_one(mia: Person, bot: Application) -> None:
    for typed in ("Acme tomorrow 3pm send it", "Acme Corp tomorrow 3pm send it", "acme ring them friday"):
        mia.says(f"/toughcustomer follow-up {typed}")
        mia.sees("I will remind you")

    customers = [row["customer"] for row in bot.core.database.rows("SELECT customer FROM followups ORDER BY number")]
    assert customers == ["Acme", "Acme Corp", "acme"]


def test_somebody_else_is_reminded_where_they_are_named_first(mia: Person, omar: Person, clock: MovableClock) -> None:
    mia.says("@toughcustomer remind @omar in 2 hours to ring Stone")
    mia.sees("I will remind <@U0OMAR>", "for <@U0OMAR>")
    omar.sees("I will remind <@U0OMAR>")

    clock.advance(hours=2)

    omar.sees(":bell: ring Stone", "For <@U0OMAR>, asked by <@U0MIA>")


def test_a_thread_itself_is_what_is_to_be_done_where_nothing_else_is_said(mia: Person, omar: Person) -> None:
    root = omar.sees("Acme's Mr Stone is shouting", where="deals")
    mia.says("@toughcustomer remind me tomorrow", under=root)

    omar.sees("come back to this thread")
    mia.sees("come back to this thread")


@pytest.mark.parametrize(
    "typed",
    [
        "follow up or wait?",
        "remind her that the price is fixed, she wants 40% off",
        "follow-up call went badly yesterday, he is furious",
        "remind me how to handle price objections on friday",
    ],
)
def test_situations_that_begin_like_it_get_cards_and_the_way_it_is_written(
    mia: Person, bot: Application, typed: str
) -> None:
    mia.says(f"/toughcustomer {typed}")

    mia.sees("Did you mean `/toughcustomer follow-up CUSTOMER WHEN WHAT`?")
    assert bot.core.database.rows("SELECT * FROM followups") == []


def test_it_is_changed_in_a_window_filled_in_and_the_echo_is_drawn_anew(
    mia: Person, omar: Person, clock: MovableClock
) -> None:
    mia.says(MADE)
    echo = mia.sees("I will remind you")

    mia.clicks("Change", on=echo)
    mia.sees_window("Change F1", "Customer")
    mia.fills("What is to be done?", "send the two options")
    mia.fills("Time", "16:00")
    mia.submits()
    mia.sees_window("Saved as F1", "Tuesday 24 November 2026, 16:00 (Europe/Berlin)", "Change", "Cancel")
    mia.closes()

    assert "send the two options" in mia.sees("I will remind you", "16:00").text
    clock.advance(days=1, hours=6)
    omar.sees(":bell: *Acme*: send the two options")


def test_a_cancelled_one_never_comes(mia: Person, omar: Person, clock: MovableClock) -> None:
    mia.says(MADE)
    echo = mia.sees("I will remind you")

    mia.clicks("Cancel", on=echo)

    assert mia.sees("Cancelled by <@U0MIA>").message is echo.message
    clock.advance(days=3)
    omar.sees_nothing_new(within=1.5)


def test_made_in_a_thread_it_comes_back_in_that_thread(mia: Person, omar: Person, clock: MovableClock) -> None:
    root = omar.sees("Acme's Mr Stone is shouting", where="deals")
    mia.says("@toughcustomer follow-up Acme in 2 hours ring Mr Stone", under=root)
    echo = omar.sees("I will remind you")
    mia.sees("I will remind you")
    assert echo.message.thread_ts == root.message.ts

    clock.advance(hours=2)

    assert omar.sees(":bell: *Acme*: ring Mr Stone").message.thread_ts == root.message.ts
    mia.sees(":bell:")


def test_the_shortcut_on_a_message_opens_the_form_with_its_words(
    mia: Person, omar: Person, clock: MovableClock
) -> None:
    root = mia.sees("Renewals due this month", where="deals")

    mia.uses("Follow up on this", on=root)
    mia.sees_window("New follow-up", "Europe/Berlin")
    mia.fills("What is to be done?", "ask for the renewals")
    mia.fills("Day", "2026-11-23")
    mia.fills("Time", "11:30")
    mia.submits()
    mia.sees_window("Saved as F1", "Monday 23 November 2026, 11:30")
    mia.closes()

    clock.advance(hours=1, minutes=30)
    assert omar.sees(":bell: ask for the renewals").message.thread_ts == root.message.ts


def test_a_card_offers_to_remind(mia: Person, omar: Person, clock: MovableClock) -> None:
    mia.says("/toughcustomer he wants to talk to my boss right now")
    card = mia.sees("Offer your manager")

    mia.clicks("Remind me", on=card)
    mia.sees_window("New follow-up")
    mia.fills("What is to be done?", "ask how the call with Omar went")
    mia.fills("Customer", "Acme")
    mia.fills("Where?", "C0DEALS")
    mia.submits()
    mia.sees_window("Saved as F1", "Tuesday 24 November 2026, 09:00")
    mia.closes()

    clock.advance(days=1)
    omar.sees(":bell: *Acme*: ask how the call with Omar went")


def filled_in(person: Person, block_id: str) -> str | None:
    """What stands in a field of the window that *person* has open, before they type anything."""
    view = next(reversed(person.workspace.modals.stack(person.id)))
    element = next(block["element"] for block in view.body["blocks"] if block.get("block_id") == block_id)
    return next((str(value) for name, value in element.items() if name.startswith("initial_")), None)


def test_the_form_of_a_card_knows_the_customer_and_the_words_and_in_an_open_channel_comes_back_directly(
    mia: Person, omar: Person, clock: MovableClock
) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    mia.says("/toughcustomer acme: he wants to talk to my boss right now")

    mia.clicks("Remind me", on=mia.sees("Offer your manager"))
    mia.sees_window("New follow-up", "Left empty, it comes as a direct message")
    assert filled_in(mia, "customer") == "Acme"
    assert filled_in(mia, "text") == "he wants to talk to my boss right now"
    assert filled_in(mia, "channel") is None
    mia.submits()
    mia.sees_window("Saved as F2", "in a direct message")
    mia.closes()

    clock.advance(days=1)
    assert mia.sees(":bell: *Acme*: he wants to talk").message.channel.startswith("D")
    omar.sees_nothing_new(within=1.0)


def test_the_form_of_a_card_in_a_private_channel_or_a_thread_stays_there(mia: Person, omar: Person) -> None:
    mia.goes_to("key-accounts").says("/toughcustomer he wants to talk to my boss right now")
    mia.clicks("Remind me", on=mia.sees("Offer your manager"))
    mia.sees_window("New follow-up")
    assert filled_in(mia, "channel") == "G0KEY"
    mia.closes()

    root = omar.sees("Acme's Mr Stone is shouting", where="deals")
    mia.goes_to("deals").says("@toughcustomer he wants to talk to my boss right now", under=root)
    mia.clicks("Remind me", on=mia.sees("Offer your manager"))
    mia.sees_window("New follow-up")
    assert filled_in(mia, "channel") == "C0DEALS"
    mia.closes()
    omar.sees("Offer your manager")


def test_what_others_wrote_stays_out_of_the_form_and_the_card_gives_the_text(mia: Person, omar: Person) -> None:
    mia.says("@toughcustomer he wants to talk to my boss right now")
    posted = omar.sees("Offer your manager")
    mia.sees("Offer your manager")

    omar.clicks("Remind me", on=posted)

    omar.sees_window("New follow-up")
    assert filled_in(omar, "text") == "Offer your manager before they demand one"
    omar.closes()


def test_the_form_of_a_message_knows_the_customer_that_it_names(mia: Person, omar: Person) -> None:
    mia.says("/toughcustomer follow-up Acme: tomorrow 3pm send the three options")
    mia.sees("I will remind you")

    omar.uses("Follow up on this", on=omar.sees("Acme's Mr Stone is shouting", where="deals"))

    omar.sees_window("New follow-up")
    assert filled_in(omar, "customer") == "Acme"
    assert "Mr Stone is shouting" in str(filled_in(omar, "text"))
    omar.closes()


def test_the_echo_of_a_promise_says_when_it_warns_and_what_happens_if_it_is_broken(
    mia: Person, clock: MovableClock
) -> None:
    mia.says("/toughcustomer promise Acme in 1 hour send the fix")
    told = mia.sees("Promise saved: *Monday 23 November 2026, 11:00 (Europe/Berlin)*").text
    assert "I'll warn you at 10:30 and 10:48." in told
    assert "At 11:15 it counts as broken, and a manager is asked." in told
    assert "%" not in told

    clock.advance(minutes=30)

    warned = mia.sees("*30 min left*", "send the fix", "Mon 23 Nov 11:00 CET")
    assert warned.labels == ["Done", "Change"]
    mia.says("/toughcustomer promise Acme in 10 minutes call them")
    assert "warn" not in mia.sees("Promise saved", "At 10:55 it counts as broken").text


def test_a_promise_without_a_time_is_answered_with_promises_as_examples(mia: Person) -> None:
    for typed in ("promise", "promise Acme soon send the fix"):
        mia.says(f"/toughcustomer {typed}")
        answer = mia.sees("/toughcustomer promise Acme friday 3pm send the fix")
        assert "/toughcustomer follow-up " not in answer.text


def test_an_owner_in_another_zone_reads_the_time_on_their_own_clock_as_well(mia: Person, dana: Person) -> None:
    mia.says("@toughcustomer remind @dana tomorrow 3pm to ring Stone")

    echo = mia.sees("Tuesday 24 November 2026, 15:00 (Europe/Berlin)")
    assert "For <@U0DANA> that is 08:00 (America/Chicago)." in echo.text
    dana.sees("I will remind <@U0DANA>")


def test_a_follow_up_without_a_customer_says_how_to_add_one(mia: Person) -> None:
    mia.says("/toughcustomer remind me tomorrow 3pm to ring Stone")

    mia.sees("No customer named. *Change* adds one.")


def test_lists_of_mine_of_here_and_of_a_customer(mia: Person, dana: Person) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    dana.says("/toughcustomer follow-up Borealis: friday 10am sign the papers")
    assert "Friday 27 November 2026, 10:00 (America/Chicago)" in dana.sees("I will remind you").text

    mia.says("/toughcustomer follow-ups")
    mine = mia.sees("Open follow-ups of yours")
    assert "Acme" in mine.text
    assert "Borealis" not in mine.text
    mia.says("/toughcustomer follow-ups here")
    here = mia.sees("Open follow-ups here")
    assert re.search("Acme.*Borealis", here.text, re.DOTALL)
    mia.says("/toughcustomer follow-ups borealis")
    mia.sees("Open follow-ups about borealis", "sign the papers")
    mia.says("/toughcustomer follow-ups Initech")
    mia.sees("No open follow-ups about Initech", "Make one with")


def test_a_long_list_is_shown_page_by_page(mia: Person) -> None:
    for number in range(1, 18):
        mia.says(f"/toughcustomer follow-up Customer{number} in {number} days call them")
        mia.sees(f"*Customer{number}*")
    mia.says("/toughcustomer follow-ups")
    shown = mia.sees("Customer1", "Customer15", "and 2 later ones")
    assert "Customer16" not in shown.text

    mia.clicks("Show 2 more", on=shown)

    rest = mia.sees("Customer16", "Customer17")
    assert "Customer15" not in rest.text


def test_one_is_opened_from_the_list_and_done_there(mia: Person, bot: Application) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    mia.says("/toughcustomer follow-ups mine")
    mia.clicks("Open", on=mia.sees("Open follow-ups of yours"))

    shown = mia.sees("send the three options", "Due: *Tuesday")
    assert shown.labels == ["Done", "Snooze", "Reassign", "Change", "Cancel"]
    mia.clicks("Done", on=shown)

    mia.sees("Done by <@U0MIA>")
    assert bot.core.database.rows("SELECT state FROM followups") == [{"state": "done"}]


def test_why_tells_the_whole_story_in_words(mia: Person, omar: Person, clock: MovableClock) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    reminder = come_due(clock, omar)
    mia.sees(":bell:")

    mia.says("/toughcustomer why F1")

    told = mia.sees("F1: Acme: send the three options").text
    assert "made by <@U0MIA>, due Tue 24 Nov 15:00" in told
    assert not re.search(r"\d:\d\d:\d\d", told)  # no seconds
    assert told.count("Europe/Berlin") == 1
    for stage in ("message planned", "handed to Slack"):
        assert stage in told
    assert f"Slack has it, as message {reminder.message.ts}" in told


def test_the_menu_shows_what_is_open(mia: Person) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")

    mia.says("/toughcustomer")

    mia.sees("What is going on?", "Your next follow-up: Acme: send the three options")


def test_a_burst_in_one_channel_is_one_message_whose_parts_are_done_one_by_one(
    mia: Person, omar: Person, clock: MovableClock, workspace: Workspace
) -> None:
    for number in range(1, 5):
        mia.says(f"/toughcustomer follow-up Customer{number} in 3 hours call them")
        mia.sees(f"*Customer{number}*")
    clock.advance(hours=3)

    joined = omar.sees("Customer1", "Customer2", "Customer3", "Customer4")
    assert joined.labels.count("Done") == 4
    omar.clicks("Done", on=joined)

    mia.sees("Done by <@U0OMAR>", "Customer4")
    assert joined.labels.count("Done") == 3


def test_after_a_night_without_the_bot_it_comes_at_once_and_says_when_it_was_due(
    build: Build, bot: Application, mia: Person, omar: Person, clock: MovableClock
) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    bot.stop()
    clock.advance(days=2)

    build()

    late = omar.sees(":bell: *Acme*")
    assert "Late: this should have come <!date^1795528800^" in late.text
    assert "I was not running then" in late.text


def test_a_channel_that_was_archived_meanwhile_the_owner_hears_of_it_directly(
    mia: Person, workspace: Workspace, clock: MovableClock
) -> None:
    mia.says(MADE)
    mia.sees("I will remind you")
    workspace.state.channels["C0DEALS"].archived = True

    clock.advance(days=1, hours=6)

    told = mia.sees("I could not post this in <#C0DEALS>: that channel is archived", "send the three options")
    assert told.message.channel.startswith("D")
    mia.clicks("Done", on=told)
    mia.sees("Done by <@U0MIA>")


def test_an_admin_may_change_what_others_made_and_a_colleague_may_not(mia: Person, omar: Person, ada: Person) -> None:
    mia.says("@toughcustomer follow-up Acme tomorrow 3pm send the three options")
    echo = omar.sees("I will remind you")
    mia.sees("I will remind you")
    ada.sees("I will remind you")

    omar.clicks("Cancel", on=echo)
    assert "Only <@U0MIA> or an admin can change or cancel F1" in omar.sees("Only").text
    omar.clicks("Change", on=echo)
    omar.sees("Only <@U0MIA> or an admin")

    ada.clicks("Cancel", on=echo)
    mia.sees("Cancelled by <@U0ADA>")


def test_what_is_private_stays_in_its_channel(mia: Person, dana: Person, omar: Person) -> None:
    mia.goes_to("key-accounts").says("/toughcustomer follow-up Initech tomorrow 3pm prepare the exit")
    mia.sees("I will remind you")

    dana.says("/toughcustomer why F1")
    assert "prepare the exit" not in dana.sees("F1 belongs to a conversation").text
    dana.says("/toughcustomer follow-ups Initech")
    dana.sees("No open follow-ups about Initech")
    omar.goes_to("key-accounts").says("/toughcustomer why F1")
    omar.sees("prepare the exit")
    mia.goes_to("deals").says("@toughcustomer follow-ups mine")
    assert "exit" not in omar.sees("No open follow-ups").text


def test_purge_of_a_person_removes_the_direct_messages_that_were_sent_to_them_as_a_former_owner(
    mia: Person, omar: Person, dana: Person, bot: Application
) -> None:
    mia.says("/toughcustomer follow-up Borealis: tomorrow 3pm send the three options")
    mia.sees("I will remind you")
    follow_ups = cast("FollowUpParts", bot.core.installed["followups"]).follow_ups
    follow_ups.offers.offer(1, omar.id, mia.id)
    omar.clicks("Accept", on=omar.sees("asks you to take F1", "send the three options"))
    omar.sees("You took F1")
    mia.sees("<@U0OMAR> has F1 now")
    follow_ups.offers.take_over(1, dana.id)
    omar.sees("<@U0DANA> has F1 now")
    omar.sees("no longer offered to you")

    def recipients() -> set[str]:
        return {
            row["recipient"] for row in bot.core.database.rows("SELECT recipient FROM outbox WHERE kind <> 'answer'")
        }

    assert eventually(lambda: omar.id in recipients())
    parts = [one.purge for one in shipped() if one.purge]
    assert purge_user(bot.core.database, omar.id, parts)["deliveries"] == 2
    assert omar.id not in recipients()
