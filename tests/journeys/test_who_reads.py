"""Who reads what: words stay where they were said, at every hop, redraw, list and ledger (see `tests/readers.py`)."""

from datetime import timedelta

import pytest

from bot.app import Application
from bot.emulator.faults import server_error
from bot.emulator.model import PostedMessage
from bot.emulator.stories import Person
from bot.emulator.text import words
from bot.emulator.workspace import Workspace
from tests.conftest import Build
from tests.wire import eventually

OUTAGE = "Acme says they will take their business elsewhere over the outage"
IN_PRIVATE: dict[str, object] = {
    "escalation_channels": ("G0KEY",),
    "managers": ("U0OMAR", "U0PRIYA"),
    "admins": ("U0ADA",),
}


@pytest.fixture(params=["http"])
def transport(request: pytest.FixtureRequest) -> str:
    """One way in is enough here: the other journeys go both."""
    return str(request.param)


@pytest.fixture(autouse=True)
def _nothing_unexpected() -> None:
    """What else is posted on the way is looked at by the other journeys."""


def shown(message: PostedMessage) -> str:
    return words({"blocks": message.blocks}) if message.blocks else message.text


def told(workspace: Workspace, user: str) -> list[str]:
    """What the bot wrote to somebody directly, as it stands now."""
    direct = [one for one in workspace.state.channels.values() if one.kind == "im" and user in one.members]
    return [shown(m) for one in direct for m in one.messages.values() if m.bot_id]


def test_the_page_of_somebody_who_has_left_goes_to_the_next_without_the_words_of_the_channel(
    build: Build, mia: Person, workspace: Workspace
) -> None:
    build(**IN_PRIVATE)
    workspace.state.users["U0OMAR"].deleted = True
    mia.goes_to("#key-accounts").says(OUTAGE)

    priya = Person(workspace, "priya")
    page = priya.sees("needs you", "In a private channel that you are not in")
    assert "elsewhere" not in page.text
    mia.sees("was paged", where="#key-accounts")


def test_at_the_end_of_all_hops_an_admin_outside_hears_that_there_is_something_and_no_word_of_it(
    build: Build, mia: Person, workspace: Workspace
) -> None:
    build(**IN_PRIVATE)
    workspace.state.users["U0OMAR"].deleted = workspace.state.users["U0PRIYA"].deleted = True
    mia.goes_to("#key-accounts").says(OUTAGE)

    ada = Person(workspace, "ada")
    ada.sees("Nobody could be reached about E1")
    mia.sees("Nobody could be reached about Acme", where="#key-accounts")
    assert not any("elsewhere" in one for one in told(workspace, "U0ADA"))


def test_somebody_who_leaves_the_channel_no_longer_reads_its_words_where_the_page_is_drawn_anew(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    build(**IN_PRIVATE)
    mia.goes_to("#key-accounts").says(OUTAGE)
    page = omar.sees("needs you", "elsewhere")
    mia.sees("was paged", where="#key-accounts")

    workspace.leave("omar", "key-accounts")
    omar.clicks("I have it", on=page)
    assert eventually(lambda: any("You have it until" in one for one in told(workspace, "U0OMAR")))
    assert not any("elsewhere" in one for one in told(workspace, "U0OMAR"))
    mia.sees("has Acme (E1) until", where="#key-accounts")
    omar.sees("You have it until")


def test_while_slack_does_not_say_who_is_in_the_channel_a_page_keeps_its_words_and_shows_them_once_it_does(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    build(**IN_PRIVATE)
    workspace.faults.add(server_error("conversations.members", deed=False, times=2))
    mia.goes_to("#key-accounts").says(OUTAGE)

    omar.sees("needs you")
    assert eventually(lambda: any("elsewhere" in one for one in told(workspace, "U0OMAR")))
    omar.sees("needs you", "elsewhere")
    mia.sees("was paged", where="#key-accounts")


def test_what_was_promised_to_the_bot_alone_stands_in_no_ledger(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    build(managers=("U0OMAR",))
    mia.goes_to("toughcustomer").says("promise Acme: give them the forty percent that legal forbade friday 3pm")
    mia.sees("Promise saved", where="toughcustomer")
    mia.goes_to("#key-accounts").says("/toughcustomer escalate Acme: the buyer left the call")
    mia.sees("(E1) is open")
    omar.sees("escalated by", where="#key-accounts")
    omar.sees("needs you")
    ledger = omar.sees("The customer was told:", where="#key-accounts")
    assert "forty" not in ledger.text
    assert "nothing noted" in ledger.text


def test_a_reminder_that_is_moved_to_a_private_channel_says_so_where_it_stood_and_nothing_else(
    bot: Application, mia: Person, workspace: Workspace
) -> None:
    mia.says("/toughcustomer follow-up Acme in 5 minutes ring them")
    mia.sees("I will remind you")
    workspace.advance(minutes=6)
    mia.sees(":bell:", "ring them", where="#deals")
    mia.says("/toughcustomer follow-ups")
    mia.clicks("Open", on=mia.sees("Open follow-ups of yours"))
    mia.clicks("Change", on=mia.sees("Due since"))
    mia.sees_window("Change F1")
    mia.fills("What is to be done?", "offer them twenty below list, Initech must not know")
    mia.fills("Where?", "G0KEY")
    mia.fills("Day", "2026-11-25")
    mia.submits()
    mia.sees_window("Saved as F1")

    moved = mia.sees("F1 was moved to another conversation", where="#deals")
    assert "twenty" not in moved.text
    assert "ring" not in moved.text
    mia.sees("offer them twenty below list")


def test_a_guest_sees_what_is_in_channels_that_they_are_in(build: Build, mia: Person, workspace: Workspace) -> None:
    build(escalation_channels=("C0ESC",), managers=("U0OMAR",))
    mia.goes_to("#escalations").says(OUTAGE)
    Person(workspace, "omar").sees("needs you")
    mia.sees("was paged", where="#escalations")
    mia.goes_to("#deals").says("/toughcustomer follow-up Borealis tomorrow 3pm send the renewal form")
    mia.sees("I will remind you")

    gwen = Person(workspace, "gwen").goes_to("#deals")
    gwen.says("/toughcustomer escalations")
    gwen.sees("No escalation is open")
    gwen.says("/toughcustomer why E1")
    gwen.sees("whose words I cannot repeat here")
    gwen.says("/toughcustomer follow-ups here")
    gwen.sees("send the renewal form")
    mia.says("@toughcustomer escalations")
    mia.sees("No escalation is open", "others that may not be shown here", where="#deals")
    mia.says("/toughcustomer escalations")
    mia.sees("1 open escalation")


def test_people_of_another_organisation_are_served_one_sentence_and_nothing_else(
    build: Build, mia: Person, workspace: Workspace
) -> None:
    build(escalation_channels=("C0ESC",), managers=("U0OMAR",))
    mia.says("/toughcustomer follow-up Borealis tomorrow 3pm offer the old price")
    mia.sees("I will remind you")

    nils = Person(workspace, "nils").goes_to("#acme-shared")
    nils.says("@toughcustomer follow-ups Borealis")
    nils.sees("I serve the organisation that installed me")
    nils.says("/toughcustomer why F1")
    nils.sees("I serve the organisation that installed me")


def test_in_a_channel_that_others_read_one_of_us_is_answered_alone(bot: Application, mia: Person) -> None:
    mia.goes_to("#acme-shared").says("@toughcustomer he keeps interrupting and shouting")
    answer = mia.sees("You asked in")
    assert answer.message.channel.startswith("D")


def test_a_card_is_not_shared_where_another_organisation_reads(
    bot: Application, mia: Person, workspace: Workspace
) -> None:
    mia.goes_to("#acme-shared").says("/toughcustomer he wants to talk to my boss right now")
    mia.clicks("Share", on=mia.sees("Because of"))
    mia.sees("so I share no card in it")
    assert [one for one in workspace.messages() if one.channel == "C0SHARED" and one.bot_id and not one.only_for] == []


def test_what_the_customer_writes_in_a_shared_escalation_channel_pages_and_nothing_is_posted_where_they_read(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    bot = build(escalation_channels=("C0SHARED",), managers=("U0OMAR",))
    mia.goes_to("#acme-shared").says("How did the rollout go?")
    nils = Person(workspace, "nils").goes_to("#acme-shared")
    nils.says("We will take our business elsewhere over the outage", under=nils.sees("rollout"))

    omar.sees("needs you", "elsewhere")
    assert eventually(
        lambda: bot.core.database.rows("SELECT owner, home FROM cases") == [{"owner": "U0MIA", "home": ""}]
    )
    assert [one for one in workspace.messages() if one.channel == "C0SHARED" and one.bot_id] == []


def test_a_case_of_a_shared_channel_is_kept_in_the_home_channel(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    bot = build(escalation_channels=("C0SHARED",), managers=("U0OMAR",))
    bot.core.database.execute("INSERT INTO settings VALUES ('T0TOUGH', 'home', '\"C0ESC\"')")
    mia.goes_to("#acme-shared").says(OUTAGE)

    omar.sees("needs you", "elsewhere")
    mia.sees("which other organisations read", "was paged", where="#escalations")
    assert [one for one in workspace.messages() if one.channel == "C0SHARED" and one.bot_id] == []


def test_a_reminder_asked_for_in_a_shared_channel_comes_directly_and_says_why(
    bot: Application, mia: Person, workspace: Workspace
) -> None:
    mia.goes_to("#acme-shared").says("/toughcustomer follow-up Acme in 5 minutes ring them about the old price")
    mia.sees("I will remind you", "so it comes directly")
    workspace.advance(minutes=6)
    reminder = mia.sees(":bell:", "ring them about the old price")
    assert reminder.message.channel.startswith("D")


def test_a_reminder_for_somebody_who_is_not_in_the_channel_comes_to_them_directly(
    bot: Application, mia: Person, workspace: Workspace
) -> None:
    mia.goes_to("#key-accounts").says("/toughcustomer follow-up @priya Initech in 5 minutes sign the form")
    mia.sees("I will remind <@U0PRIYA>", "is not in", "so it comes directly")
    workspace.advance(minutes=6)
    assert Person(workspace, "priya").sees(":bell:", "sign the form").message.channel.startswith("D")


def test_what_stands_in_a_channel_that_became_private_is_no_longer_told_to_others(
    bot: Application, mia: Person, workspace: Workspace
) -> None:
    mia.says("/toughcustomer follow-up Acme tomorrow 3pm offer the old price")
    mia.sees("I will remind you")
    jonas = Person(workspace, "jonas").goes_to("#general")
    jonas.says("/toughcustomer follow-ups Acme")
    jonas.sees("offer the old price")

    workspace.make_private("deals")
    workspace.leave("jonas", "deals")
    assert eventually(lambda: not bot.core.slack.readers.may_read("U0JONAS", "C0DEALS"))
    jonas.says("/toughcustomer follow-ups Acme")
    jonas.sees("No open follow-ups about Acme")


def test_in_a_window_nobody_chooses_a_private_channel_that_they_are_not_in(
    bot: Application, workspace: Workspace, mia: Person
) -> None:
    dana = Person(workspace, "dana")
    dana.says("/toughcustomer follow-up Acme tomorrow 3pm ring them")
    dana.clicks("Change", on=dana.sees("I will remind you"))
    dana.sees_window("Change F1")
    dana.fills("Where?", "G0KEY")
    dana.submits()
    dana.sees_window("You are not in")
    dana.closes()
    assert bot.core.database.rows("SELECT channel FROM followups") == [{"channel": "C0DEALS"}]


def test_the_last_word_about_an_archived_channel_reaches_the_owner_in_full(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    build(escalation_channels=("C0ESC",), managers=("U0OMAR",), slack_timeout=timedelta(seconds=5))
    mia.goes_to("#deals").says("/toughcustomer escalate Acme: they leave")
    mia.sees("(E1) is open")
    mia.sees("escalated by", where="#deals")
    mia.sees("was paged", where="#deals")
    omar.sees("needs you")
    workspace.state.channels["C0DEALS"].archived = True
    for pages in (2, 2):
        assert eventually(lambda: workspace.traffic.entries[-1].ok)
        workspace.advance(minutes=11)
        assert eventually(lambda n=pages: len(told(workspace, "U0OMAR")) >= n)  # type: ignore[misc]
    mia.sees("I could not post this", "Nobody has answered about Acme")


def test_an_old_echo_does_not_tell_what_became_of_it_elsewhere(
    bot: Application, mia: Person, workspace: Workspace
) -> None:
    mia.says("@toughcustomer promise Acme tomorrow 3pm ring them")
    echo = mia.sees("Promise saved", where="#deals")
    mia.clicks("Change", on=echo)
    mia.sees_window("Change F1")
    mia.fills("What is to be done?", "offer them twenty below list, Initech must not know")
    mia.fills("Where?", "G0KEY")
    mia.submits()
    mia.sees_window("Saved as F1")
    assert "F1 was moved" in mia.sees("F1 was moved", where="#deals").text

    gwen = Person(workspace, "gwen").goes_to("#deals")
    assert not any("twenty" in shown(one) for one in workspace.messages() if one.channel == "C0DEALS")
    assert gwen.id == "U0GWEN"


def test_a_reminder_of_a_channel_that_others_read_by_now_goes_to_its_owner(
    bot: Application, mia: Person, workspace: Workspace
) -> None:
    mia.says("/toughcustomer follow-up Acme in 5 minutes ring them about the old price")
    mia.sees("I will remind you")
    bot.core.slack.channels._last_known.put("channel", "C0DEALS", {"private": False, "shared": True})
    workspace.advance(minutes=6)
    reminder = mia.sees("another organisation reads there now", "ring them about the old price")
    assert reminder.message.channel.startswith("D")


def test_who_is_given_one_of_a_channel_that_they_are_not_in_gets_it_directly_from_then_on(
    bot: Application, mia: Person, workspace: Workspace
) -> None:
    mia.goes_to("#key-accounts").says("/toughcustomer follow-up Initech in 5 minutes sign the form")
    mia.sees("I will remind you")
    mia.says("/toughcustomer follow-ups")
    mia.clicks("Open", on=mia.sees("Open follow-ups of yours"))
    mia.clicks("Reassign", on=mia.sees("sign the form", "Reassign"))
    mia.sees_window("Reassign F1")
    mia.fills("To whom?", "U0JONAS")
    mia.submits()
    jonas = Person(workspace, "jonas")
    jonas.clicks("Accept", on=jonas.sees("asks you to take F1", "sign the form"))
    jonas.sees("You took F1")
    mia.closes()
    mia.sees("<@U0JONAS> has F1 now")
    workspace.advance(minutes=6)
    assert jonas.sees(":bell:", "sign the form").message.channel.startswith("D")
