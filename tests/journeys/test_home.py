"""Journey 6: each person's Home, with buttons that work there; the morning list; the calendar address."""

import time
import urllib.error
import urllib.request
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest

from bot.app import Application
from bot.emulator.clock import MovableClock
from bot.emulator.stories import Person, StoryBroken
from bot.emulator.workspace import Workspace
from bot.features import shipped
from bot.storage.purge import purge_user
from tests.conftest import Build

if TYPE_CHECKING:
    from bot.followups.install import FollowUpParts


@pytest.fixture
def transport() -> str:
    """One way is enough here: what differs between the two is tried elsewhere."""
    return "socket"


@pytest.fixture
def bot(build: Build) -> Application:
    """A bot with a manager, an escalation channel, and calendar addresses on its port."""
    return build(escalation_channels=("C0ESC",), managers=("U0OMAR",), port=0, calendar_url="http://127.0.0.1:9")


def test_what_is_mine_stands_in_groups_and_its_buttons_work_there(
    bot: Application, mia: Person, clock: MovableClock
) -> None:
    mia.says("/toughcustomer follow-up Acme in 2 hours send the three options")
    mia.sees("I will remind you")
    mia.says("/toughcustomer promise Borealis friday 3pm send the fix")
    mia.sees("Promise saved")
    mia.says("/toughcustomer follow-up Initech every monday 9:00 check usage")
    mia.sees("I will remind you")

    home = mia.opens_home("Monday 23 November", "1 due today", "1 promised", "1 later")
    assert home.index("Due today") < home.index("send the three options") < home.index("Promised") < home.index("Later")

    mia.clicks_in_home("Done", row="send the three options")
    home = mia.sees_home("Follow-ups:* 1 promised · 1 later")
    assert "send the three options" not in home
    mia.clicks_in_home("Open", row="check usage")
    mia.sees_window("Every Monday: next Mon 30 Nov 9:00")
    mia.clicks("Pause")
    mia.sees_window("F3: Initech: check usage")
    mia.closes()
    mia.sees_home("1 paused")
    mia.clicks_in_home("Resume", row="check usage")
    mia.sees_home("1 later")
    mia.clicks_in_home("Snooze", row="check usage")
    mia.sees_window("Snooze until when?")
    mia.clicks("Tomorrow 9:00")
    mia.sees_window("F3 comes again")
    mia.closes()


def test_it_is_published_anew_when_something_of_it_changes_and_not_more_often_than_every_three_seconds(
    bot: Application, mia: Person, workspace: Workspace
) -> None:
    mia.opens_home("Nothing is waiting for you.")
    before = published(workspace)
    for number in range(5):
        mia.says(f"/toughcustomer follow-up Acme in {number + 3} hours send option {number}")
        mia.sees("I will remind you", f"send option {number}")

    mia.sees_home("5 due today")
    assert published(workspace) - before <= 3
    time.sleep(3.5)
    assert published(workspace) - before <= 4


def test_what_changed_while_the_bot_was_off_is_published_once_it_is_back(
    build: Build, bot: Application, mia: Person, clock: MovableClock
) -> None:
    mia.says("/toughcustomer follow-up Acme tomorrow 3pm send the three options")
    mia.sees("I will remind you")
    mia.opens_home("1 later")
    bot.stop()
    clock.advance(days=1)

    build()

    mia.sees_home("Follow-ups:* 1 due today")


def published(workspace: Workspace) -> int:
    return len(workspace.traffic.calls("views.publish"))


def test_a_manager_sees_the_queue_and_takes_a_case_there(bot: Application, mia: Person, omar: Person) -> None:
    mia.goes_to("escalations").says("Acme says they will take their business elsewhere over the outage")
    omar.sees("Acme needs you")

    omar.opens_home("Your cases", "Acme", "E1")
    omar.clicks_in_home("I have it", row="E1")

    omar.sees_home("<@U0OMAR> has it", "E1")
    catch_up(mia, omar)


def catch_up(*people: Person) -> None:
    for person in people:
        while True:
            try:
                person.sees(within=0.8)
            except StoryBroken:
                break


def test_the_moments_open_their_cards(bot: Application, mia: Person) -> None:
    home = mia.opens_home("What is the customer doing?")
    assert home
    moment = next(one for one in bot.core.installed["tactics"].moments())  # type: ignore[attr-defined]
    mia.clicks_in_home(moment.name)
    mia.sees_window(moment.name)
    window = mia.sees_window("Open")
    assert window


def test_home_is_paged_and_each_page_fits(bot: Application, mia: Person, clock: MovableClock) -> None:
    parts = cast("FollowUpParts", bot.core.installed["followups"])
    for number in range(30):
        made(parts, mia.id, f"task {number:02}", clock, minutes=60 * 24 * 2 + number)

    first = mia.opens_home("30 later", "task 00")
    assert "task 12" not in first
    mia.clicks_in_home("Later ones")
    second = mia.sees_home("task 12")
    assert "task 00" not in second
    mia.clicks_in_home("Earlier ones")
    mia.sees_home("task 00")


def made(parts: "FollowUpParts", owner: str, text: str, clock: MovableClock, *, minutes: float) -> None:
    from zoneinfo import ZoneInfo

    from bot.followups.model import LocalTime, NewFollowUp

    due = LocalTime.of(clock.now() + timedelta(minutes=minutes), ZoneInfo("Europe/Berlin"))
    parts.follow_ups.make(NewFollowUp(text, owner, due, "C0DEALS"), owner)


def test_a_guest_has_a_home_with_what_is_theirs_and_nothing_else(bot: Application, workspace: Workspace) -> None:
    gwen = Person(workspace, "gwen")
    home = gwen.opens_home("Nothing is waiting for you.")
    assert "queue" not in home


def test_somebody_deactivated_has_none_and_nothing_fails(
    bot: Application, mia: Person, workspace: Workspace, clock: MovableClock
) -> None:
    dana = Person(workspace, "dana")
    dana.opens_home("Nothing is waiting for you.")
    workspace.deactivate("dana")
    with pytest.raises(StoryBroken):
        dana.opens_home()
    mia.opens_home("Nothing is waiting for you.")


def test_the_morning_list_comes_at_half_past_eight_in_ones_own_zone_and_empty_means_silent(
    bot: Application, mia: Person, workspace: Workspace, clock: MovableClock
) -> None:
    mia.opens_home("Each morning, a list of the day")
    mia.ticks_in_home("Each morning, a list of the day")
    mia.says("/toughcustomer follow-up Acme wednesday 3pm send the three options")
    mia.sees("I will remind you")

    workspace.advance(hours=23)  # Tuesday 9:00: nothing is due that day
    mia.sees_nothing_new(within=1.5)
    workspace.advance(hours=24)
    look(bot)
    mia.sees("Wednesday 25 November", "1 due today", "send the three options")
    look(bot)
    mia.sees_nothing_new(within=1.0)


def look(bot: Application) -> None:
    """Have the job look now rather than within a minute."""
    for job in bot.core.jobs._jobs:
        if job.name == "morning lists":
            job.do()


def fetch(url: str, bot: Application) -> tuple[int, bytes]:
    address = url.replace("http://127.0.0.1:9", f"http://127.0.0.1:{bot.port}")
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_a_calendar_address_is_shown_once_and_ends_when_it_is_renewed_ended_or_its_person_is_removed(
    bot: Application, mia: Person, clock: MovableClock
) -> None:
    mia.says("/toughcustomer follow-up Acme every monday 9:00 check usage")
    mia.sees("I will remind you")
    mia.opens_home("check usage")
    mia.clicks_in_home("My calendar")
    mia.sees_window("a private address")
    mia.clicks("Make an address")
    first = address_in(mia.sees_window("It is shown this once"))
    status, body = fetch(first, bot)
    assert status == 200
    assert b"SUMMARY:Acme: check usage" in body
    assert b"RRULE:FREQ=WEEKLY" in body

    stored = str(bot.core.database.rows("SELECT * FROM feeds"))
    assert first.rpartition("/")[2].removesuffix(".ics") not in stored
    assert fetch("http://127.0.0.1:9/calendar/guessed.ics", bot)[0] == 404

    mia.clicks("New address")
    second = renewed(mia, first)
    assert fetch(first, bot)[0] == 404
    assert fetch(second, bot)[0] == 200
    mia.clicks("End it")
    mia.sees_window("a private address")
    assert fetch(second, bot)[0] == 404
    mia.clicks("Make an address")
    third = renewed(mia, second)
    assert fetch(third, bot)[0] == 200
    parts = [one.purge for one in shipped() if one.purge]
    purge_user(bot.core.database, mia.id, parts, to="U0OMAR")
    assert fetch(third, bot)[0] == 404


def renewed(person: Person, before: str) -> str:
    for _ in range(50):
        found = address_in(person.sees_window("It is shown this once"))
        if found != before:
            return found
        time.sleep(0.1)
    raise AssertionError("no new address")


def address_in(text: str) -> str:
    return next(word.strip("`") for word in text.split() if "/calendar/" in word)
