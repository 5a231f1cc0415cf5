"""Cases as people live them: what is said is understood, joined and answered; nobody is asked twice or in vain."""

from typing import Any

import pytest

from bot.app import Application
from bot.emulator.clock import MovableClock
from bot.emulator.model import PostedMessage
from bot.emulator.stories import Person, Seen
from bot.emulator.workspace import Workspace
from tests.conftest import Build
from tests.journeys.test_escalations import (
    CHAIN,
    OUTAGE,
    _nothing_unexpected,
    bot,
    chain,
    clock,
    first_of,
    jonas,
    pages_to,
    priya,
    transport,
    trouble,
    wait_for_pages,
    wait_until_read,
)
from tests.wire import eventually

__all__ = ["_nothing_unexpected", "bot", "chain", "clock", "jonas", "priya", "transport"]


@pytest.fixture(autouse=True)
def _running(bot: Application) -> None:
    """A bot is there for each of these journeys."""


@pytest.fixture
def dana(workspace: Workspace) -> Person:
    """A colleague, in no chain."""
    return Person(workspace, "dana")


def post(workspace: Workspace, user: str, text: str, channel: str = "C0ESC", **more: Any) -> Seen:
    """A message as Slack would show it that is not simply typed: by an app, forwarded, or with /me."""

    def work() -> PostedMessage:
        return workspace.state.post(PostedMessage(workspace.state.new_ts(), channel, user, text, **more))

    return Seen(workspace.call(work))


def forwarded(text: str) -> list[dict[str, Any]]:
    """A shared message, as it hangs on another."""
    return [
        {
            "is_share": True,
            "is_msg_unfurl": True,
            "author_id": "U0MIA",
            "channel_id": "C0DEALS",
            "ts": "1700000000.000100",
            "text": text,
            "fallback": f"[November 14th, 2023] mia: {text}",
            "id": 1,
        }
    ]


def open_cases(bot: Application) -> list[dict[str, Any]]:
    return list(bot.core.database.rows("SELECT * FROM cases WHERE state <> 'closed' ORDER BY number"))


# reported elsewhere


def test_a_form_that_an_app_posts_begins_a_watched_thread(
    bot: Application, workspace: Workspace, mia: Person, dana: Person, omar: Person
) -> None:
    text = "New escalation. Customer: Acme. What happened: they will take their business elsewhere"
    form = post(workspace, "U0STATUS", text, bot_id="B0STATUS", subtype="bot_message")
    dana.says("I have this one", under=form)
    page = omar.sees("Acme needs you", "take their business elsewhere", where="@toughcustomer")
    assert "Open the thread" in page.text

    mia.says("Acme now says they will take their business elsewhere, today", under=form)

    wait_until_read(bot, "Acme now says")
    assert len(pages_to(workspace, "U0OMAR")) == 1
    assert [one["owner"] for one in open_cases(bot)] == ["U0DANA"]


@pytest.mark.parametrize("comment", ["from Acme:", "what do we do?", ""])
def test_a_forwarded_message_is_read_with_its_comment(workspace: Workspace, omar: Person, comment: str) -> None:
    words = "We have decided to cancel our contract at the end of the month."
    post(workspace, "U0MIA", comment, attachments=forwarded(words))
    omar.sees("needs you", "cancel our contract", where="@toughcustomer")


def test_a_mention_with_a_forwarded_message_is_about_what_was_forwarded(workspace: Workspace, mia: Person) -> None:
    words = "he keeps shouting at me and calls me names"
    post(workspace, "U0MIA", "<@U0TOUGH> any card for this?", "C0DEALS", attachments=forwarded(words))
    answer = mia.sees("personal", where="#deals")
    assert "Pick what is going on" not in answer.text


@pytest.mark.parametrize("subtype", ["me_message"])
def test_what_is_said_with_me_is_read(workspace: Workspace, omar: Person, subtype: str) -> None:
    post(workspace, "U0MIA", OUTAGE, subtype=subtype)
    omar.sees("needs you", "take their business elsewhere", where="@toughcustomer")


@pytest.mark.parametrize(
    ("known", "said", "named"),
    [
        ("Acme", "Acme & Sons will take their business elsewhere", "Acme & Sons"),
        ("Target", "we missed our target, and Globex will take their business elsewhere", "Globex"),
        ("Will", "Globex will take their business elsewhere", "Globex"),
        ("O'Reilly", "O’Reilly will take their business elsewhere", "O'Reilly"),
        ("Rolls-Royce", "Rolls‑Royce will take their business elsewhere", "Rolls-Royce"),
        ("Weiß", "Weiß will leave us for a competitor by Friday", "Weiß"),
        ("Bolt", "The Boltons said Bolt will leave us for a competitor", "Bolt"),
    ],
)
def test_the_page_names_the_customer_who_is_meant(mia: Person, omar: Person, known: str, said: str, named: str) -> None:
    mia.says(f"/toughcustomer follow-up {known}: friday 3pm send")
    mia.sees(known, "send", where="#deals")
    trouble(mia, said)
    page = omar.sees("needs you", where="@toughcustomer")
    assert page.headline.replace("&amp;", "&").startswith(f"{named} needs you")


def test_the_manager_has_left_and_the_thread_says_who_really_has_the_page(
    mia: Person, priya: Person, workspace: Workspace
) -> None:
    workspace.state.users["U0OMAR"].deleted = True
    trouble(mia)
    priya.sees("Acme needs you", where="@toughcustomer")
    mia.sees("<@U0MIA>: <@U0OMAR> could not be reached", "Paging <@U0PRIYA>.", where="#escalations")
    assert "<@U0PRIYA> was paged" in mia.sees("*State:* <@U0PRIYA> was paged", where="#escalations").text


@pytest.mark.parametrize("chain", [{**CHAIN, "admins": ()}])
def test_where_nobody_can_be_reached_the_channel_hears_so_at_once(mia: Person, workspace: Workspace) -> None:
    for one in ("U0OMAR", "U0PRIYA"):
        workspace.state.users[one].deleted = True
    trouble(mia)
    told = mia.sees("Nobody could be reached about Acme", where="#escalations")
    assert not told.message.is_reply
    assert told.labels == ["I have it"]


# somebody can always take it


def test_who_answers_the_loud_end_has_it(mia: Person, dana: Person, clock: MovableClock, workspace: Workspace) -> None:
    trouble(mia)
    for who, times in (("U0OMAR", 1), ("U0OMAR", 2), ("U0PRIYA", 1), ("U0PRIYA", 2)):
        wait_for_pages(workspace, who, times)
        clock.advance(minutes=10)
    told = dana.sees("Nobody has answered about Acme", where="#escalations")

    dana.clicks("I have it", on=told)

    mia.sees("<@U0MIA>: <@U0DANA> has Acme (E1) until", where="#escalations")


@pytest.mark.parametrize("words", ["I have it", "@toughcustomer I have it", "@toughcustomer take", "on it!"])
def test_who_writes_in_the_thread_that_they_have_it_has_it_and_nobody_gets_cards(
    mia: Person, omar: Person, clock: MovableClock, workspace: Workspace, words: str
) -> None:
    trouble(mia)
    omar.sees("needs you", where="@toughcustomer")
    clock.advance(seconds=5)
    omar.goes_to("#escalations")
    omar.says(words, under=first_of(workspace, OUTAGE))

    mia.sees("<@U0MIA>: <@U0OMAR> has Acme (E1) until", where="#escalations")
    replies = [one for one in workspace.messages() if one.channel == "C0ESC" and one.is_reply and one.bot_id]
    assert len(replies) == 2  # the ledger, and who has it


def test_somebody_is_named_in_the_thread(
    mia: Person, omar: Person, jonas: Person, clock: MovableClock, workspace: Workspace
) -> None:
    trouble(mia)
    omar.sees("needs you", where="@toughcustomer")
    clock.advance(seconds=5)
    omar.goes_to("#escalations")
    omar.says("@jonas takes it", under=first_of(workspace, OUTAGE))
    mia.sees("<@U0MIA>: <@U0JONAS> has Acme (E1) until", where="#escalations")

    jonas.goes_to("#escalations")
    ledger = jonas.sees("*State:* <@U0JONAS> has it", where="#escalations")
    jonas.clicks("1 hour", on=ledger)
    assert eventually(lambda: "10:00 UTC" in str(ledger.message.blocks))


def test_pass_it_on_shows_to_whom_and_lets_one_choose(mia: Person, omar: Person, priya: Person, jonas: Person) -> None:
    trouble(mia)
    page = omar.sees("needs you", where="@toughcustomer")
    omar.clicks("Pass it on", on=page)

    passed = omar.sees("You passed it to <@U0PRIYA>", where="@toughcustomer")
    assert passed.message is page.message
    assert passed.labels == ["I have it after all"]
    mia.sees("<@U0MIA>: <@U0OMAR> passed Acme (E1) to <@U0PRIYA>", where="#escalations")
    priya.sees("Acme needs you", "<@U0OMAR> passed it on", where="@toughcustomer")

    omar.chooses_person("U0JONAS", on=passed)
    jonas.sees("Acme needs you", where="@toughcustomer")
    omar.sees("You passed it to <@U0JONAS>", where="@toughcustomer")


# one open case for a customer


def test_a_second_sign_joins_the_open_case(mia: Person, omar: Person, workspace: Workspace, bot: Application) -> None:
    trouble(mia)
    omar.sees("Acme needs you", where="@toughcustomer")
    mia.sees("*State:*", where="#escalations")

    mia.says("Acme: now he has put in writing that they will leave for a competitor")

    joined = mia.sees("Acme has an open case already, E1", where="#escalations")
    assert "archives/C0ESC/p" in joined.text
    assert len(pages_to(workspace, "U0OMAR")) == 1
    assert len(open_cases(bot)) == 1
    mia.sees("*Also:*", "another thread", where="#escalations")


def test_escalated_twice_it_is_one_case(mia: Person, omar: Person, bot: Application, workspace: Workspace) -> None:
    mia.says("/toughcustomer escalate Kupfer AG: they left the call")
    omar.sees("Kupfer AG needs you", "Open the thread", where="@toughcustomer")
    mia.says("/toughcustomer escalate Kupfer AG: and now they call a lawyer")
    mia.sees("Kupfer AG (E1) is open already", "stands in its thread", where="#deals")
    mia.sees("<@U0MIA> escalated Kupfer AG (E1) again: and now they call a lawyer", where="#deals")
    assert len(pages_to(workspace, "U0OMAR")) == 1
    assert len(open_cases(bot)) == 1


def test_from_a_private_channel_nothing_joins_and_nothing_is_named(
    mia: Person, omar: Person, priya: Person, bot: Application, build: Build, workspace: Workspace
) -> None:
    mia.goes_to("#key-accounts")
    mia.says("/toughcustomer escalate Zephyr Holding: the buyer is leaving")
    omar.sees("Zephyr Holding needs you", where="@toughcustomer")
    omar.clicks("Pass it on")
    page = priya.sees("needs you", "In a private channel that you are not in", where="@toughcustomer")
    assert "Zephyr" not in page.text
    assert "Zephyr" not in page.headline


# the ledger


def test_the_best_card_stands_in_one_line_of_the_ledger_and_opens_privately(mia: Person, dana: Person) -> None:
    mia.goes_to("#escalations")
    mia.says("they want to talk to my manager, right now")
    ledger = mia.sees("*State:*", ":bulb:", where="#escalations")
    assert "*Say*" not in ledger.text

    mia.clicks("Open", on=ledger)

    card = mia.sees("Say", where="#escalations")
    assert card.only_you
    assert "Escalate" not in card.labels


def test_a_customer_is_named_or_corrected_in_the_ledger(mia: Person, omar: Person) -> None:
    mia.goes_to("#escalations")
    mia.says("they will take their business elsewhere, he said so twice")
    omar.sees("A customer needs you", where="@toughcustomer")
    ledger = mia.sees("Customer not named yet", where="#escalations")

    mia.clicks("Name the customer", on=ledger)
    mia.sees_window("Customer")
    mia.fills("Customer", "Pinecrest")
    mia.submits()
    mia.sees_no_window()

    mia.sees("*Pinecrest*", where="#escalations")
    omar.sees("Pinecrest needs you", where="@toughcustomer")


def test_a_joke_is_closed_with_one_tap_by_the_rep(mia: Person, omar: Person, bot: Application) -> None:
    trouble(mia)
    page = omar.sees("needs you", where="@toughcustomer")
    mia.clicks("Not needed", on=mia.sees("*State:*", where="#escalations"))
    why = mia.sees("is closed as not needed", "Why?", where="#escalations")
    assert why.only_you
    mia.clicks("Joke", on=why)
    mia.sees("Acme (E1) was not needed (joke). Thank you.", where="#escalations")
    omar.sees("Not needed (joke) by <@U0MIA>", where="@toughcustomer")
    assert eventually(lambda: page.labels == [])
    assert open_cases(bot) == []


def test_back_with_the_rep_it_goes_on_and_a_closed_case_can_be_reopened(
    mia: Person, omar: Person, bot: Application
) -> None:
    trouble(mia)
    page = omar.sees("needs you", where="@toughcustomer")
    omar.clicks("I have it", on=page)
    omar.clicks("Resolve", on=omar.sees("You have it until", where="@toughcustomer"))
    omar.sees_window("How did it end?", "The rep goes on with it from here.")
    omar.fills("How did it end?", "Back with the rep")
    omar.fills("One line for the thread", "she waits for your call at two")
    omar.submits()
    mia.sees("<@U0MIA>: <@U0OMAR> hands Acme (E1) back to you. she waits for your call at two", where="#escalations")
    ledger = mia.sees("*State:* with <@U0MIA>; nobody is being asked", where="#escalations")

    mia.clicks("Resolve", on=ledger)
    mia.sees_window("How did it end?")
    mia.fills("How did it end?", "Solved")
    mia.fills("What was behind it?", "Lapse")
    mia.submits()
    closed = mia.sees("*State:* Solved by <@U0MIA>", where="#escalations")
    assert closed.labels == ["Reopen"]
    mia.clicks("Reopen", on=closed)
    mia.sees("<@U0MIA> reopened Acme (E1).", where="#escalations")
    assert [one["state"] for one in open_cases(bot)] == ["open"]


# the queue


def test_the_queue_has_what_nobody_has_first_with_reason_link_and_buttons(
    mia: Person, omar: Person, clock: MovableClock, workspace: Workspace
) -> None:
    for customer in ("Acme", "Borealis", "Initech"):
        mia.says(f"/toughcustomer escalate {customer}: they left the call")
        page = omar.sees(f"{customer} needs you", where="@toughcustomer")
        clock.advance(minutes=1)
        if customer == "Acme":
            omar.clicks("I have it", on=page)
    omar.goes_to("#deals")
    omar.says("/toughcustomer escalations")
    queue = omar.sees("3 open escalations", where="#deals")
    at = [queue.text.index(name) for name in ("*Borealis*", "*Initech*", "*Acme*")]
    assert at == sorted(at)
    assert "Asked by" in queue.text or "asked by <@U0MIA>" in queue.text
    assert "Open the thread" in queue.text
    assert queue.labels == ["I have it", "Resolve", "I have it", "Resolve", "Resolve"]

    omar.clicks("I have it", on=queue)
    omar.sees("3 open escalations", "<@U0OMAR> has it until", where="#deals")


def test_for_one_customer_the_queue_has_its_history(mia: Person, omar: Person, workspace: Workspace) -> None:
    trouble(mia)
    omar.sees("needs you", where="@toughcustomer")
    mia.clicks("Resolve", on=mia.sees("*State:*", where="#escalations"))
    mia.sees_window("How did it end?")
    mia.fills("How did it end?", "Solved")
    mia.fills("What was behind it?", "Defect")
    mia.fills("One line for the thread", "credit note sent")
    mia.submits()
    mia.sees("*State:* Solved", where="#escalations")
    mia.says("/toughcustomer escalations Acme")
    told = mia.sees("No escalation of Acme is open", "E1 Solved by <@U0MIA>", where="#escalations")
    assert "credit note sent" in told.text


def test_why_is_told_in_a_few_lines_of_peoples_words_and_the_rest_behind_a_button(
    mia: Person, omar: Person, priya: Person, clock: MovableClock
) -> None:
    trouble(mia)
    omar.clicks("I have it", on=omar.sees("needs you", where="@toughcustomer"))
    clock.advance(minutes=31)
    priya.clicks("I have it", on=priya.sees("needs you", where="@toughcustomer"))
    mia.says("/toughcustomer why E1")
    why = mia.sees("*Acme* (E1)", "let the time pass", where="#escalations")
    lines = [line for line in why.text.splitlines() if line.startswith("•")]
    assert len(lines) <= 6
    assert why.text.count("Europe/Berlin") == 1
    assert "#D" not in why.text
    assert "answered taken" not in why.text

    mia.clicks("Details", on=why)
    details = mia.sees("opened Mon 23 Nov 2026", where="#escalations")
    assert details.only_you
    assert details.text.count("Europe/Berlin") == 1


# forms


def test_escalate_on_a_card_opens_with_the_words_and_the_customer(mia: Person, omar: Person) -> None:
    mia.says("/toughcustomer follow-up Borealis: friday 3pm send the offer")
    mia.sees("Borealis", where="#deals")
    mia.says("/toughcustomer Borealis: he wants to talk to my boss")
    card = mia.sees("Say", where="#deals")
    mia.clicks("Escalate", on=card)
    window = mia.sees_window("Escalate", "Borealis: he wants to talk to my boss")
    assert "Borealis" in window.splitlines()
    mia.submits()
    omar.sees("Borealis needs you", "he wants to talk to my boss", where="@toughcustomer")
    mia.sees_window("Borealis (E1) is open, and I am paging <@U0OMAR>")


def test_escalate_this_knows_the_customer_of_the_message(mia: Person, workspace: Workspace) -> None:
    mia.uses("Escalate this", on=first_of(workspace, "Mr Stone is shouting"))
    window = mia.sees_window("Escalate", "Mr Stone is shouting")
    assert "Acme" in window.splitlines()


def test_a_manager_who_escalates_is_not_paged_himself(omar: Person, priya: Person, workspace: Workspace) -> None:
    omar.says("/toughcustomer escalate Acme: I need you on this one")
    priya.sees("Acme needs you", "Asked by <@U0OMAR>", where="@toughcustomer")
    omar.sees("I am paging <@U0PRIYA>", where="#deals")
    assert pages_to(workspace, "U0OMAR") == []


# languages


def test_a_language_that_cannot_be_read_is_said_once(mia: Person, workspace: Workspace) -> None:
    mia.goes_to("#escalations")
    words = "Az ügyfél azt mondja, hogy holnap másik céghez megy, mert nem működik semmi, és senki nem hívja vissza"
    mia.says(words)
    told = mia.sees("I cannot read this language", "English", "German and Spanish", where="#escalations")
    assert told.message.is_reply
    mia.says(f"{words} soha")
    mia.sees_nothing_new(within=1.0)
