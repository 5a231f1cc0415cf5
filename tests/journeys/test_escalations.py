"""Journey 2: a thread is watched, the manager hears once with the words that did it, and somebody always answers."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import Application
from bot.emulator.clock import MovableClock
from bot.emulator.stories import PATIENCE_S, Person, Seen
from bot.emulator.workspace import Workspace
from tests.conftest import Build
from tests.wire import eventually

OUTAGE = "Acme says they will take their business elsewhere over the outage"
CHAIN = {"escalation_channels": ("C0ESC",), "managers": ("U0OMAR", "U0PRIYA"), "admins": ("U0ADA",)}


@pytest.fixture(params=["socket"])
def transport(request: pytest.FixtureRequest) -> str:
    """One way in is enough here: the other journeys go both."""
    return str(request.param)


@pytest.fixture
def chain() -> dict[str, object]:
    """The settings; a test may bring others."""
    return CHAIN


class ClockOfTheBot(MovableClock):
    """Moves on only once the bot has written down when its pages arrived: from then on their wait counts."""

    bot: Application | None = None

    def advance(self, by: timedelta | None = None, **parts: float) -> None:
        if self.bot is not None:
            outbox = self.bot.core.database
            on_their_way = "SELECT id FROM outbox WHERE state IN ('claimed', 'sending')"
            assert eventually(lambda: not outbox.rows(on_their_way))
        super().advance(by, **parts)


@pytest.fixture
def clock() -> MovableClock:
    return ClockOfTheBot(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), running=False)


@pytest.fixture
def bot(build: Build, chain: dict[str, object], clock: ClockOfTheBot) -> Application:
    clock.bot = build(**chain)
    return clock.bot


@pytest.fixture(autouse=True)
def _running(bot: Application) -> None:
    """A bot is there for each of these journeys."""


@pytest.fixture(autouse=True)
def _nothing_unexpected(workspace: Workspace) -> Iterator[None]:
    """A case says more than one test looks at; but nothing may be said twice."""
    yield
    said = Counter((one.channel, one.thread_ts, one.text) for one in workspace.messages() if one.bot_id == "B0TOUGH")
    assert [text for (_, _, text), times in said.items() if times > 1 and "needs you" not in text] == []


@pytest.fixture
def priya(workspace: Workspace) -> Person:
    """The director, in London."""
    return Person(workspace, "priya")


@pytest.fixture
def jonas(workspace: Workspace) -> Person:
    """A support engineer, in no chain."""
    return Person(workspace, "jonas")


def first_of(workspace: Workspace, text: str) -> Seen:
    """The message that a person wrote, as it stands in the workspace."""
    return Seen(next(one for one in workspace.messages() if text in one.text))


def pages_to(workspace: Workspace, person: str) -> list[str]:
    """The pages that *person* has got so far, after a moment for those that may be on their way."""
    time.sleep(0.6)
    direct = [one.id for one in workspace.state.channels.values() if one.kind == "im" and person in one.members]
    seen = [Seen(one).text for one in workspace.messages() if one.channel in direct]
    return [text for text in seen if "needs you" in text or "asked again below" in text]


def wait_for_pages(workspace: Workspace, person: str, times: int) -> None:
    """Wait until *person* has got that many pages."""
    assert eventually(lambda: len(pages_to(workspace, person)) >= times), f"{person} was not paged {times} times"


def wait_until_read(bot: Application, text: str) -> None:
    """Wait until the bot has taken in what somebody wrote."""
    sql = "SELECT 1 FROM thread_messages WHERE text LIKE :text"
    assert eventually(lambda: bool(bot.core.database.rows(sql, {"text": f"%{text}%"}))), f"{text} was not read"


def trouble(mia: Person, text: str = OUTAGE) -> None:
    """Mia tells of it in the escalation channel."""
    mia.goes_to("#escalations")
    mia.says(text)


def test_the_manager_is_paged_with_the_words_that_did_it_and_the_thread(mia: Person, omar: Person) -> None:
    trouble(mia)

    page = omar.sees("needs you", "take their business elsewhere", where="@toughcustomer")
    assert "Threatens to leave" in page.text
    assert "archives/C0ESC/p" in page.text
    assert page.labels[-3:] == ["I have it", "Pass it on", "Not needed"]
    assert "Escalation E1" in mia.sees("E1", "*State:*", where="#escalations").headline


def test_what_looks_as_it_should_is_not_drawn_anew(mia: Person, omar: Person, workspace: Workspace) -> None:
    trouble(mia)
    omar.sees("needs you", where="@toughcustomer")
    mia.sees("E1", "*State:*", where="#escalations")

    time.sleep(2.2)  # two looks of what draws

    assert len(workspace.traffic.calls("chat.update")) == 1  # the ledger, once: the page has arrived


def test_a_promise_that_is_not_kept_warns_in_time_and_pages_in_its_thread(
    mia: Person, omar: Person, clock: MovableClock, workspace: Workspace
) -> None:
    trouble(mia, "Acme: the fix is with the engineers")
    mine = first_of(workspace, "the fix is with the engineers")
    mia.says("@toughcustomer promise Acme: send the fix in 2 hours", under=mine)
    mia.sees("Promise saved", "send the fix", where="#escalations")

    clock.advance(minutes=61)
    mia.sees("59 min left", "send the fix", where="@toughcustomer")
    clock.advance(minutes=60)
    mia.sees("send the fix", "promised to the customer", where="#escalations")
    clock.advance(minutes=15)

    page = omar.sees("Acme needs you", "roken promise", where="@toughcustomer")
    assert "send the fix, promised for" in page.text
    ledger = mia.sees("E1", "*State:*", where="#escalations")
    assert "*Promised:* send the fix by" in ledger.text
    assert "*broken*" in ledger.text


def test_a_promise_that_is_kept_shows_in_the_ledger_and_pages_nobody(mia: Person, omar: Person) -> None:
    trouble(mia)
    ledger = mia.sees("E1", "*State:*", "nothing noted", where="#escalations")
    assert "`@toughcustomer promise Acme: the fix tomorrow 3pm`" in ledger.text
    omar.clicks("I have it", on=omar.sees("needs you", where="@toughcustomer"))
    mia.says("@toughcustomer promise Acme: the fix tomorrow 3pm", under=ledger)
    echo = mia.sees("Promise saved", where="#escalations")

    assert "the fix" in mia.sees("*Promised:* the fix by", where="#escalations").text
    assert echo.labels == ["Done", "Change", "Cancel"]
    mia.clicks("Done", on=echo)
    assert "F1, done" in mia.sees("*Promised:* the fix by", "done", where="#escalations").text


def test_ordinary_talk_in_an_escalation_channel_begins_nothing(mia: Person, omar: Person) -> None:
    mia.goes_to("#escalations")
    mia.says("lunch at 12:30?")

    omar.sees_nothing_new(within=1.0)
    mia.sees_nothing_new()


def test_one_tap_takes_it_and_the_thread_hears_until_when(mia: Person, omar: Person, workspace: Workspace) -> None:
    trouble(mia)
    page = omar.sees("needs you", where="@toughcustomer")

    omar.clicks("I have it", on=page)

    assert "until" in mia.sees("<@U0MIA>: <@U0OMAR> has Acme (E1)", where="#escalations").text
    taken = omar.sees("You have it until", where="@toughcustomer")
    assert taken.message is page.message
    assert taken.labels[:5] == ["30 min", "15 min", "1 hour", "Today", "Pick a time"]


def test_a_bot_that_died_between_the_press_and_the_redraw_shows_it_after_its_next_start(
    bot: Application, build: Build, chain: dict[str, object], mia: Person, omar: Person
) -> None:
    trouble(mia)
    page = omar.sees("needs you", where="@toughcustomer")
    ledger = mia.sees("E1", "*State:*", where="#escalations")
    bot.core.redraws.stop(PATIENCE_S)  # what was to draw is gone, as if killed in between
    omar.clicks("I have it", on=page)
    assert eventually(lambda: "<@U0OMAR> has Acme (E1)" in str([Seen(one).text for one in mia.workspace.messages()]))
    assert "has it until" not in ledger.text
    assert page.labels[-3:] == ["I have it", "Pass it on", "Not needed"]
    bot.stop()

    build(**chain)

    assert omar.sees("You have it until", where="@toughcustomer").message is page.message
    assert eventually(lambda: "has it until" in ledger.text)


def test_nobody_answers_and_the_second_in_the_chain_takes_it(
    mia: Person, omar: Person, priya: Person, clock: MovableClock, workspace: Workspace
) -> None:
    trouble(mia)
    omar.sees("needs you", where="@toughcustomer")
    clock.advance(minutes=10)
    omar.sees("needs you", where="@toughcustomer")
    assert not pages_to(workspace, "U0PRIYA")

    clock.advance(minutes=10)
    page = priya.sees("needs you", where="@toughcustomer")
    priya.clicks("I have it", on=page)

    mia.sees("<@U0MIA>: <@U0PRIYA> has Acme (E1)", where="#escalations")
    clock.advance(minutes=20)
    omar.sees("<@U0PRIYA> has it until", where="@toughcustomer")


def test_at_the_end_of_the_chain_the_channel_is_told(mia: Person, clock: MovableClock, workspace: Workspace) -> None:
    trouble(mia)
    for who, times in (("U0OMAR", 1), ("U0OMAR", 2), ("U0PRIYA", 1), ("U0PRIYA", 2)):
        wait_for_pages(workspace, who, times)
        clock.advance(minutes=10)

    told = mia.sees("Nobody has answered about", where="#escalations")
    assert not told.message.is_reply
    assert "<@U0OMAR>, <@U0PRIYA>" in told.text


def test_an_acknowledgement_lapses_and_the_chain_goes_on(
    mia: Person, omar: Person, priya: Person, clock: MovableClock
) -> None:
    trouble(mia)
    omar.clicks("I have it", on=omar.sees("needs you", where="@toughcustomer"))
    mia.sees("<@U0MIA>: <@U0OMAR> has Acme (E1)", where="#escalations")

    clock.advance(minutes=31)

    mia.sees("<@U0MIA>: <@U0OMAR> took Acme (E1)", "has not posted. Paging <@U0PRIYA>", where="#escalations")
    priya.sees("needs you", where="@toughcustomer")


def test_whoever_has_it_and_said_something_is_left_alone(
    bot: Application, mia: Person, omar: Person, clock: MovableClock, workspace: Workspace
) -> None:
    trouble(mia)
    omar.clicks("I have it", on=omar.sees("needs you", where="@toughcustomer"))
    ledger = mia.sees("E1", "*State:*", where="#escalations")
    clock.advance(minutes=1)
    omar.goes_to("#escalations")
    omar.says("I have spoken to them, all calm so far", under=ledger)
    wait_until_read(bot, "all calm so far")

    clock.advance(minutes=31)

    assert not pages_to(workspace, "U0PRIYA")


def test_pass_it_on_pages_the_next_at_once(mia: Person, omar: Person, priya: Person) -> None:
    trouble(mia)

    omar.clicks("Pass it on", on=omar.sees("needs you", where="@toughcustomer"))

    page = priya.sees("needs you", where="@toughcustomer")
    priya.clicks("Pass it on", on=page)
    mia.sees("<@U0PRIYA> passed Acme (E1) on, and is the last", where="#escalations")


def test_not_needed_closes_it_in_one_tap_asks_why_afterwards_and_mutes_it_in_that_thread(
    mia: Person, omar: Person, workspace: Workspace
) -> None:
    trouble(mia)
    page = omar.sees("needs you", where="@toughcustomer")
    ledger = mia.sees("E1", "*State:*", where="#escalations")
    omar.clicks("Not needed", on=page)
    why = omar.sees("Closed as not needed. Why?", where="@toughcustomer")
    assert why.message is page.message
    omar.clicks("Joke", on=why)
    omar.sees("Closed as not needed (joke). Thank you", where="@toughcustomer")

    mia.says("they will take their business elsewhere, no kidding", under=ledger)

    mia.goes_to("#deals")
    mia.says("/toughcustomer escalations")
    assert pages_to(workspace, "U0OMAR") == []  # the one page is drawn anew, and no other came
    assert "threatens to leave 0 of 1" in mia.sees("No escalation is open", where="#deals").text


def test_two_press_at_once_and_the_second_hears_who_has_it(
    mia: Person, omar: Person, priya: Person, clock: MovableClock
) -> None:
    trouble(mia)
    omars = omar.sees("needs you", where="@toughcustomer")
    omar.clicks("Pass it on", on=omars)
    priyas = priya.sees("needs you", where="@toughcustomer")
    priya.clicks("I have it", on=priyas)
    mia.sees("<@U0MIA>: <@U0PRIYA> has Acme (E1)", where="#escalations")

    omar.sees("<@U0PRIYA> has it until", where="@toughcustomer")


def test_a_person_escalates_and_it_pages_at_once_at_any_hour(mia: Person, omar: Person, clock: MovableClock) -> None:
    clock.advance(hours=12)
    mia.goes_to("#deals")
    mia.says("/toughcustomer escalate Acme: the buyer left the call")

    page = omar.sees("Acme needs you", "Asked by <@U0MIA>", where="@toughcustomer")
    assert "the buyer left the call" in page.text
    mia.sees("Acme (E1) is open, and I am paging <@U0OMAR>", where="#deals")


def test_what_can_wait_waits_for_working_hours_and_page_now_does_not(
    mia: Person, omar: Person, clock: MovableClock, workspace: Workspace
) -> None:
    clock.advance(hours=12)
    trouble(mia, "third outage this month at Acme, the same root cause")
    held = mia.sees("outside working hours for <@U0OMAR>, so the page for", where="#escalations")
    assert not pages_to(workspace, "U0OMAR")

    mia.clicks("Page now", on=held)

    omar.sees("needs you", where="@toughcustomer")


def test_what_can_wait_comes_in_the_morning_of_the_person_paged(
    mia: Person, omar: Person, clock: MovableClock, workspace: Workspace
) -> None:
    clock.advance(days=4, hours=12)  # Friday night
    trouble(mia, "third outage this month at Acme, the same root cause")
    mia.sees("outside working hours", where="#escalations")
    clock.advance(days=2)
    assert not pages_to(workspace, "U0OMAR")

    clock.advance(hours=11)  # Monday, nine in Berlin

    omar.sees("needs you", where="@toughcustomer")


def test_a_second_criterion_is_added_to_the_page_and_does_not_page_anew(
    mia: Person, omar: Person, workspace: Workspace
) -> None:
    trouble(mia)
    page = omar.sees("needs you", where="@toughcustomer")
    ledger = mia.sees("E1", "*State:*", where="#escalations")

    mia.says("third outage this month, same root cause", under=ledger)

    seen = omar.sees("unresolved repeat", where="@toughcustomer")
    assert seen.message is page.message
    assert len(pages_to(workspace, "U0OMAR")) == 1


def test_resolve_asks_how_it_ended_and_posts_a_summary(mia: Person, omar: Person, clock: MovableClock) -> None:
    trouble(mia)
    omar.clicks("I have it", on=omar.sees("needs you", where="@toughcustomer"))
    ledger = mia.sees("E1", "*State:*", "has it until", where="#escalations")
    clock.advance(minutes=12)
    mia.clicks("Resolve", on=ledger)
    mia.sees_window("Resolve: Acme", "Something that we sold did not work.")
    mia.fills("How did it end?", "Solved")
    mia.fills("What was behind it?", "Defect")
    mia.fills("One line for the thread", "The fix is out, and she has thanked us")
    mia.submits()

    done = omar.sees("Acme (E1): Solved by <@U0MIA>, root cause: defect, after 12 minutes", where="#escalations")
    assert "The fix is out, and she has thanked us" in done.text
    assert done.labels == ["Check in"]


def test_only_the_chain_the_owner_and_admins_may_resolve(mia: Person, omar: Person, jonas: Person) -> None:
    trouble(mia)
    omar.sees("needs you", where="@toughcustomer")
    jonas.goes_to("#escalations")
    ledger = jonas.sees("E1", "*State:*", where="#escalations")

    jonas.clicks("Resolve", on=ledger)

    jonas.sees("Only <@U0OMAR>, <@U0PRIYA>, <@U0MIA> or an admin")


@pytest.mark.parametrize("chain", [{**CHAIN, "managers": ("U0PRIYA",), "escalation_channels": ("G0KEY",)}])
def test_a_page_from_a_private_channel_that_one_is_not_in_quotes_nothing(mia: Person, priya: Person) -> None:
    mia.goes_to("#key-accounts")
    mia.says(OUTAGE)

    page = priya.sees("needs you", where="@toughcustomer")
    assert "elsewhere" not in page.text
    assert "archives" not in page.text
    priya.clicks("Ask to be added", on=page)
    mia.sees("<@U0PRIYA> was paged for E1 and asks to be added", where="#key-accounts")


def test_the_morning_after_the_clocks_change_comes_at_eight_by_the_new_time(
    mia: Person, omar: Person, clock: MovableClock, workspace: Workspace
) -> None:
    clock.advance(days=123, hours=11)  # Friday 26 March 2027, 20:00 UTC; on Sunday the clocks change in Berlin
    trouble(mia, "third outage this month at Acme, the same root cause")
    mia.sees("outside working hours", where="#escalations")
    clock.advance(days=2, hours=9, minutes=59)  # Monday, 05:59 UTC
    assert not pages_to(workspace, "U0OMAR")

    clock.advance(minutes=1)

    omar.sees("needs you", where="@toughcustomer")


def test_what_can_wait_waits_for_each_of_two_zones(
    mia: Person, omar: Person, priya: Person, clock: MovableClock, workspace: Workspace
) -> None:
    clock.advance(hours=7, minutes=30)  # 17:30 in Berlin, 16:30 in London
    trouble(mia, "third outage this month at Acme, the same root cause")
    omar.sees("needs you", where="@toughcustomer")
    clock.advance(minutes=10)
    wait_for_pages(workspace, "U0OMAR", 2)

    clock.advance(minutes=30)  # after Omar's hours, within Priya's

    priya.sees("needs you", where="@toughcustomer")


def test_when_the_person_paged_has_left_the_next_one_hears_at_once(
    mia: Person, priya: Person, workspace: Workspace
) -> None:
    workspace.state.users["U0OMAR"].deleted = True
    trouble(mia)

    page = priya.sees("needs you", "could not be reached (that person has left this workspace)", where="@toughcustomer")
    mia.sees("<@U0OMAR> could not be reached", "Paging <@U0PRIYA>.", where="#escalations")
    priya.clicks("I have it", on=page)
    mia.sees("<@U0MIA>: <@U0PRIYA> has Acme (E1)", where="#escalations")


def test_when_the_channel_was_archived_meanwhile_the_owner_hears_directly_that_nobody_answered(
    mia: Person, omar: Person, clock: MovableClock, workspace: Workspace
) -> None:
    trouble(mia)
    omar.sees("needs you", where="@toughcustomer")
    mia.sees("E1", "*State:*", where="#escalations")
    workspace.state.channels["C0ESC"].archived = True
    for person, times in (("U0OMAR", 2), ("U0PRIYA", 1), ("U0PRIYA", 2)):
        clock.advance(minutes=10)
        wait_for_pages(workspace, person, times)
    clock.advance(minutes=10)

    archived = "I could not post this in <#C0ESC>: that channel is archived"
    mia.sees(archived, "Nobody has answered", where="@toughcustomer")


@pytest.mark.parametrize("changed", ["edited", "deleted"])
def test_a_message_deleted_or_edited_before_its_page_pages_nobody(
    mia: Person, omar: Person, clock: MovableClock, workspace: Workspace, changed: str
) -> None:
    clock.advance(hours=12)
    trouble(mia, "third outage this month at Acme, the same root cause")
    mia.sees("outside working hours", where="#escalations")
    said = first_of(workspace, "at Acme, the same root cause")
    if changed == "edited":
        mia.edits(said, "the monthly report of Acme is done")
    else:
        mia.deletes(said)
    mia.sees("Taken back", where="#escalations")

    clock.advance(hours=24)

    assert not pages_to(workspace, "U0OMAR")


def settings_of(ada: Person, where: str) -> None:
    """Ada opens the settings in a channel."""
    ada.goes_to(where)
    ada.says("/toughcustomer settings")
    ada.sees_window("Escalation channels")


def test_a_channel_may_have_people_of_its_own_and_a_group_is_paged_as_one(
    mia: Person, omar: Person, priya: Person, workspace: Workspace
) -> None:
    ada = Person(workspace, "ada")
    settings_of(ada, "#escalations")
    ada.fills("Which channels are the people below for?", "Only this channel")
    ada.fills("Page first", [])
    ada.fills("Page next, if nobody answers", ["U0JONAS"])
    ada.fills("User groups to page first", "@managers")
    ada.submits()
    ada.sees_window('There is no user group "@managers"; there are: @sales-managers')
    ada.fills("User groups to page first", "@sales-managers")
    ada.submits()
    ada.sees_window("Saved")

    trouble(mia)
    omar.sees("needs you", where="@toughcustomer")
    priya.clicks("I have it", on=priya.sees("needs you", where="@toughcustomer"))
    omar.sees("<@U0PRIYA> has it until", where="@toughcustomer")

    mia.goes_to("#deals")
    mia.says("/toughcustomer escalate Borealis: they left the call")
    omar.sees("Borealis needs you", where="@toughcustomer")  # the chain of all other channels
    assert not [text for text in pages_to(workspace, "U0PRIYA") if "Borealis" in text]
    assert not pages_to(workspace, "U0JONAS")


def test_a_chain_that_is_changed_counts_for_the_next_case(
    mia: Person, omar: Person, priya: Person, clock: MovableClock, workspace: Workspace
) -> None:
    trouble(mia)
    omar.sees("needs you", where="@toughcustomer")
    ada = Person(workspace, "ada")
    settings_of(ada, "#deals")
    ada.fills("Page first", ["U0JONAS"])
    ada.fills("Page next, if nobody answers", [])
    ada.submits()
    ada.sees_window("Saved")

    clock.advance(minutes=10)
    wait_for_pages(workspace, "U0OMAR", 2)
    clock.advance(minutes=10)
    priya.sees("needs you", where="@toughcustomer")

    mia.says("Borealis says they will cancel and go to a competitor")
    Person(workspace, "jonas").sees("needs you", where="@toughcustomer")
