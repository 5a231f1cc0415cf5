"""What people really type: nearly right, pasted, polite, for others: stored, or said not to be, and asked about."""

import sqlite3
from typing import TYPE_CHECKING, cast

import pytest

from bot.app import Application
from bot.emulator.clock import MovableClock
from bot.emulator.stories import Person, Seen
from bot.emulator.workspace import Workspace

if TYPE_CHECKING:
    from bot.followups.install import FollowUpParts
    from bot.followups.model import FollowUp


@pytest.fixture
def dana(workspace: Workspace) -> Person:
    return Person(workspace, "dana")


@pytest.fixture(autouse=True)
def _running(bot: Application) -> None:
    """A bot is there for each of these journeys."""


@pytest.fixture
def transport() -> str:
    """What is typed comes the same way over both."""
    return "socket"


def kept(bot: Application, *people: str) -> list["FollowUp"]:
    """What is open, of everybody."""
    follow_ups = cast("FollowUpParts", bot.core.installed["followups"]).follow_ups
    return [one for user in people or ("U0MIA", "U0DANA", "U0OMAR") for one in follow_ups.mine(user)]


def posted(workspace: Workspace, part: str) -> Seen:
    """What somebody wrote with *part* in it."""
    return next(Seen(one) for one in workspace.messages() if part in one.text)


@pytest.mark.parametrize(
    "typed",
    [
        "follow\u2011up Acme friday 3pm send",
        "follow\u2013up Acme friday 3pm send",
        "follow\u00ad-up Acme friday 3pm send",
        "`follow-up Acme friday 3pm send`",
        "\u201cfollow-up Acme friday 3pm send\u201d",
        "/toughcustomer follow-up Acme friday 3pm send",
        "FOLLOW-UP Acme Friday 3PM send",
        "\u200bfollow-up Acme friday 3pm send",
        "can you remind me friday 3pm Acme: send",
        "please remind me friday 3pm Acme: send",
        "hey, could you set a reminder friday 3pm Acme: send",
        "rappelle-moi friday 3pm Acme: send",
    ],
)
def test_a_command_is_stored_however_it_was_pasted_or_asked_for(mia: Person, bot: Application, typed: str) -> None:
    mia.says(f"/toughcustomer {typed}")

    mia.sees("I will remind you", "friday 3pm" if "F" not in typed[:1] else "Friday 3PM", "read as Friday")
    assert [(one.wanted.customer, one.wanted.text) for one in kept(bot)] == [("Acme", "send")]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("can you remind me friday 3pm to call Acme?", "call Acme?"),
        ("follow-up Acme friday 3pm is the PO out?", "is the PO out?"),
        ("promise Acme friday 3pm the report, ok?", "the report, ok?"),
        ("remind me tomorrow 3pm 1:1 with Dana", "1:1 with Dana"),
        ("remind me friday 3pm to check the 3:1 ratio", "check the 3:1 ratio"),
        (
            "remind me friday 3pm to see https://crm.example.com/d?id=7&copy=1",
            "see https://crm.example.com/d?id=7&copy=1",
        ),
    ],
)
def test_the_text_is_kept_whole(mia: Person, bot: Application, typed: str, text: str) -> None:
    mia.says(f"/toughcustomer {typed}")

    mia.sees("saved" if typed.startswith("promise") else "I will remind you")
    assert [one.wanted.text for one in kept(bot)] == [text]


@pytest.mark.parametrize(
    ("typed", "button"),
    [
        ("folow-up Acme friday 3pm send the quote", "Yes, follow-up"),
        ("folow up Acme friday 3pm send the quote", "Yes, follow up"),
        ("remnd me friday 3pm to send Acme the quote", "Yes, remind"),
        ("call Acme friday 3pm", "Yes, remind me"),
        ("Acme friday 3pm send the quote", "Yes, remind me"),
    ],
)
def test_what_is_nearly_a_command_says_first_that_nothing_was_stored_and_one_tap_does_it(
    mia: Person, bot: Application, typed: str, button: str
) -> None:
    mia.says(f"/toughcustomer {typed}")
    asked = mia.sees("Nothing was stored", "Did you mean")
    assert asked.text.startswith("*Nothing was stored.*")
    assert kept(bot) == []

    mia.clicks(button, on=asked)

    mia.sees("I will remind you", "15:00")
    assert len(kept(bot)) == 1


def test_a_story_with_a_day_in_it_gets_cards_and_no_question(mia: Person) -> None:
    mia.says("/toughcustomer he says he will cancel on friday if this isn't fixed")

    assert "Nothing was stored" not in mia.sees("Whole card").text


def test_what_is_asked_about_a_date_is_answered_with_one_tap(mia: Person, bot: Application) -> None:
    mia.says("/toughcustomer remind me to call Tom")
    asked = mia.sees("Nothing was stored", "Tom")
    assert asked.labels[-1] == "Pick a time"
    assert kept(bot) == []

    mia.clicks("Tomorrow 9:00", on=asked)

    mia.sees("I will remind you", "Tuesday 24 November 2026, 09:00", "call Tom")
    assert [one.wanted.text for one in kept(bot)] == ["call Tom"]


def test_another_time_is_picked_in_the_form_with_the_words_in_it(mia: Person, bot: Application) -> None:
    mia.says("/toughcustomer promise Acme soon the fix")
    asked = mia.sees("Nothing was stored", "soon")

    mia.clicks("Pick a time", on=asked)
    mia.sees_window("the fix")
    mia.submits()

    mia.sees_window("Promise saved")
    assert [one.wanted.promise for one in kept(bot)] == [True]


def test_only_whoever_was_asked_answers(mia: Person, dana: Person, bot: Application) -> None:
    mia.says("@toughcustomer remind me to call Tom")
    asked = mia.sees("Nothing was stored", "Tom")

    dana.clicks("Tomorrow 9:00", on=asked)

    dana.sees("That was asked of <@U0MIA>")
    assert kept(bot) == []


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("remind @omarr friday 3pm call Acme", "@omar"),
        ("remind omar friday 3pm to call Acme", "@omar"),
        ("remind @omar and @dana friday 3pm call Acme", "@dana"),
        ("remind omar and dana friday 3pm to call Acme", "@dana"),
        ("remind me and dana friday 3pm to call Acme", "@dana"),
        ("remind Sven friday 3pm to call Acme", "Me"),
        ("remind the team friday 3pm call Acme", "Me"),
        ("remind @sales-managers friday 3pm call Acme", "Me"),
    ],
)
def test_who_is_meant_is_asked_and_nothing_is_stored_before(
    mia: Person, bot: Application, typed: str, shown: str
) -> None:
    mia.says(f"/toughcustomer {typed}")
    asked = mia.sees("Nothing was stored")
    assert any(label.startswith(shown) for label in asked.labels), asked.labels
    assert kept(bot) == []

    mia.clicks(next(label for label in asked.labels if label.startswith(shown)), on=asked)

    mia.sees("I will remind", "call Acme")
    assert len(kept(bot)) == 1


def test_a_reminder_for_a_colleague_written_in_a_direct_message_reaches_the_colleague(
    mia: Person, dana: Person, bot: Application, clock: MovableClock
) -> None:
    mia.goes_to("@toughcustomer").says("remind @dana friday 3pm to call Acme")
    mia.sees("I will remind <@U0DANA>", "comes to them directly")
    assert [one.wanted.owner for one in kept(bot)] == ["U0DANA"]

    clock.advance(days=5)
    assert dana.sees(":bell:", "call Acme").message.channel.startswith("D")


def test_the_same_with_the_command_typed_in_a_direct_message(
    mia: Person, dana: Person, bot: Application, clock: MovableClock
) -> None:
    mia.goes_to("@toughcustomer").says("hello")
    mia.sees("Hello. Write")
    mia.says("/toughcustomer remind @dana friday 3pm to call Acme")
    mia.sees("I will remind <@U0DANA>", "comes to them directly")

    clock.advance(days=5)
    dana.sees(":bell:", "call Acme")
    mia.sees_nothing_new()


def test_who_made_it_is_told_where_its_owner_has_left(
    mia: Person, bot: Application, clock: MovableClock, workspace: Workspace
) -> None:
    mia.says("/toughcustomer remind @dana in 2 hours to send it to Acme")
    mia.sees("I will remind <@U0DANA>")
    workspace.deactivate("dana")
    mia.sees("<@U0DANA> has left. Who takes it?", "send it to Acme")

    clock.advance(hours=2)

    mia.sees("<@U0DANA>, for whom F1 was, has left")
    mia.sees(":bell:", "send it to Acme", "For <@U0MIA>")
    mia.sees("With <@U0MIA> now")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("hello", "Hello. Write"),
        ("thanks!", "Glad it helps"),
        ("status", "I am here and listening"),
        ("promises", "No open follow-ups that you promised"),
        ("cards", "All 41 cards"),
        ("who is on call?", "Nobody is on call here"),
        ("undo", "You did nothing in the last five minutes"),
        ("done F9", "There is no F9"),
        ("done", "No open follow-ups of yours"),
        ("danke dir", "Glad it helps"),
    ],
)
def test_plain_words_get_a_plain_answer(mia: Person, typed: str, said: str) -> None:
    mia.says(f"/toughcustomer {typed}")

    mia.sees(said)


def test_the_nearly_commands_text_may_as_well_be_a_situation(mia: Person) -> None:
    mia.says("/toughcustomer call Acme friday 3pm")
    asked = mia.sees("Nothing was stored")

    mia.clicks("No, find cards", on=asked)

    mia.sees("No good match. Pick what is going on")


def test_undo_takes_back_what_was_made_and_what_was_done(mia: Person, bot: Application, clock: MovableClock) -> None:
    mia.says("/toughcustomer follow-up Acme friday 3pm send the quote")
    mia.sees("I will remind you")
    mia.says("/toughcustomer done F1")
    mia.sees(":white_check_mark:", "Done by <@U0MIA>")
    mia.says("/toughcustomer undo")
    mia.sees("F1 is open again")
    assert len(kept(bot)) == 1

    clock.advance(minutes=6)
    mia.says("/toughcustomer undo")
    mia.sees("You did nothing in the last five minutes")


def test_undo_of_a_new_follow_up_cancels_it(mia: Person, bot: Application) -> None:
    mia.says("/toughcustomer follow-up Acme friday 3pm send the quote")
    mia.sees("I will remind you")

    mia.says("/toughcustomer undo")

    mia.sees("F1 is cancelled")
    assert kept(bot) == []


def test_an_edited_mention_is_read_again_once_and_changes_what_it_had_ordered(
    mia: Person, bot: Application, workspace: Workspace
) -> None:
    mia.says("@toughcustomer follow-up Acme friday 3pm send the quote")
    mia.sees("I will remind you", "15:00")
    mia.edits(posted(workspace, "follow-up Acme friday"), "@toughcustomer follow-up Acme friday 5pm send the quote")

    mia.sees("I will remind you", "17:00")
    assert [f"{one.wanted.due.wall:%H:%M}" for one in kept(bot)] == ["17:00"]


def test_fifty_five_in_a_minute_are_all_stored(mia: Person, bot: Application) -> None:
    for number in range(55):
        mia.says(f"/toughcustomer follow-up Acme friday 3pm send quote number {number}")
        mia.sees("I will remind you", f"quote number {number}")

    assert len(kept(bot)) == 55


def test_a_database_that_another_program_holds_is_called_busy_and_nothing_is_half_stored(
    mia: Person, bot: Application
) -> None:
    bot.core.database.execute("PRAGMA busy_timeout = 200")
    other = sqlite3.connect(bot.core.settings.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    mia.says("/toughcustomer follow-up Acme friday 3pm send")
    mia.sees("my database is busy", "Please try again")
    other.execute("ROLLBACK")
    assert kept(bot) == []

    mia.says("/toughcustomer follow-up Acme friday 3pm send")
    mia.sees("I will remind you")
    assert len(kept(bot)) == 1


def test_a_longer_name_is_another_customer_and_other_signs_are_the_same_one(mia: Person, bot: Application) -> None:
    for typed in (
        "follow-up Acme: friday 3pm send",
        "follow-up Acme & Sons friday 3pm send the quote",
        "follow-up Acme, Inc. friday 3pm send",
        "follow-up O'Reilly: friday 3pm send",
        "remind me to call Acme at 4",
        "follow up acme friday",
    ):
        mia.says(f"/toughcustomer {typed}")
        mia.sees("I will remind you")

    found = [(one.wanted.customer, one.wanted.text) for one in sorted(kept(bot), key=lambda one: one.number)]
    assert found == [
        ("Acme", "send"),
        ("Acme & Sons", "send the quote"),
        ("Acme, Inc", "send"),
        ("O'Reilly", "send"),
        ("Acme", "call Acme"),
        ("acme", "follow up"),
    ]
    mia.says("/toughcustomer follow-ups O\u2019Reilly")
    assert "O'Reilly" in mia.sees("Open follow-ups about").text


def test_please_cancel_cancels(mia: Person, bot: Application) -> None:
    mia.says("/toughcustomer promise Acme friday 3pm send the quote")
    mia.sees("Promise saved")

    mia.says("/toughcustomer please cancel F1")

    mia.sees(":no_entry_sign:", "Cancelled by <@U0MIA>")


def test_undo_where_others_read_along_says_no_words(mia: Person, bot: Application) -> None:
    mia.goes_to("@toughcustomer").says("follow-up Acme friday 3pm the secret discount")
    mia.sees("I will remind you")

    mia.goes_to("deals").says("@toughcustomer undo")

    assert "secret" not in mia.sees("I looked after F1").text
    assert kept(bot) == []


def test_what_was_done_too_early_and_taken_back_after_its_time_still_comes(
    mia: Person, bot: Application, clock: MovableClock
) -> None:
    mia.says("/toughcustomer follow-up Acme in 2 minutes send the quote")
    mia.sees("I will remind you")
    mia.says("/toughcustomer done F1")
    mia.sees("Done by <@U0MIA>")
    clock.advance(minutes=4)

    mia.says("/toughcustomer undo")

    mia.sees("F1 is open again")
    mia.sees(":bell:", "send the quote", "For <@U0MIA>")


def test_a_second_edit_and_one_after_a_change_by_hand_change_nothing(
    mia: Person, bot: Application, workspace: Workspace
) -> None:
    mia.says("@toughcustomer follow-up Acme friday 3pm send the quote")
    mia.sees("I will remind you", "15:00")
    said = posted(workspace, "follow-up Acme friday")
    mia.edits(said, "@toughcustomer follow-up Acme friday 5pm send the quote")
    mia.sees("I will remind you", "17:00")

    mia.edits(said, "@toughcustomer follow-up Acme friday 6pm send the quote")

    mia.sees_nothing_new(within=1.0)
    assert [f"{one.wanted.due.wall:%H:%M}" for one in kept(bot)] == ["17:00"]


def test_a_question_answered_later_still_means_what_it_said(mia: Person, bot: Application, clock: MovableClock) -> None:
    mia.says("/toughcustomer call Acme in 2 hours")
    asked = mia.sees("Nothing was stored", "today 12:00")
    clock.advance(minutes=30)

    mia.clicks("Yes, remind me", on=asked)

    mia.sees("I will remind you", "12:00 (Europe/Berlin)")


@pytest.mark.parametrize("customer", ["US Foods", "Everyone Active"])
def test_names_that_begin_like_people_are_customers(mia: Person, bot: Application, customer: str) -> None:
    mia.says(f"/toughcustomer follow-up {customer} friday 3pm send the quote")

    mia.sees("I will remind you")
    assert [one.wanted.customer for one in kept(bot)] == [customer]


def test_what_recurs_and_stands_beside_a_task_is_asked_about_as_a_recurrence(mia: Person, bot: Application) -> None:
    mia.says("/toughcustomer every monday 9am check usage")
    asked = mia.sees("Nothing was stored", "every Monday, the first Mon 30 Nov 9:00: check usage")
    assert kept(bot) == []

    mia.clicks("Yes, remind me", on=asked)

    mia.sees("I will remind you, the first time", "Monday 30 November 2026, 09:00", "Every Monday: next")
    assert [(one.wanted.text, one.series and one.series.rule) for one in kept(bot)] == [
        ("check usage", "FREQ=WEEKLY;BYDAY=MO")
    ]


def test_what_has_an_id_in_it_shows_that_one_and_what_can_be_pressed(mia: Person, bot: Application) -> None:
    mia.says("/toughcustomer follow-up Acme friday 3pm send the quote")
    mia.sees("I will remind you")

    mia.says("/toughcustomer move F1 to monday")

    shown = mia.sees("Nothing was changed. What shall become of F1?")
    assert {"Done", "Snooze", "Change", "Cancel"} <= set(shown.labels)


def test_undo_of_a_snooze_brings_the_old_reminder_back_and_posts_no_second_one(
    mia: Person, bot: Application, clock: MovableClock
) -> None:
    mia.says("/toughcustomer follow-up Acme in 2 minutes send the quote")
    mia.sees("I will remind you")
    clock.advance(minutes=3)
    reminder = mia.sees(":bell:", "send the quote")
    mia.clicks("Snooze", on=reminder)
    mia.clicks("1 hour", on=mia.sees("Snooze until when?"))
    mia.sees("F1 comes again")
    mia.sees(":zzz:")

    mia.says("/toughcustomer undo")

    mia.sees("F1 is back at its time")
    mia.sees(":bell:", "send the quote", "For <@U0MIA>")
    assert reminder.labels == ["Done", "Snooze", "Reassign"]
