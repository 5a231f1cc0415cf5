"""The reader's-eye oracle finds what somebody may not read, and lets pass what they may."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.config import shipped_manifest
from bot.demo_seed import HARBOUR_SALES
from bot.emulator.clock import MovableClock
from bot.emulator.manifest import read_manifest
from bot.emulator.model import PostedMessage
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace
from tests.readers import leaks, own_words, said, tokens

SECRET = "Zanzibar pays 48,500 for the walruses"


@pytest.fixture
def slack(clock: MovableClock) -> Iterator[Workspace]:
    """A workspace in which no bot runs: the tests post in its name."""
    with Workspace(read_manifest(shipped_manifest()), clock, seed=HARBOUR_SALES) as running:
        yield running


def person(slack: Workspace, name: str, place: str) -> Person:
    return Person(slack, name).goes_to(place)


def bot_says(slack: Workspace, place: str, text: str, **more: Any) -> PostedMessage:
    """The app posts; *place* is a channel, or a person's name."""
    state = slack.state
    user = state.find_user(place)

    def post() -> PostedMessage:
        channel = state.direct([user.id, state.bot_user_id])[0] if user else state.find_channel(place)
        assert channel is not None
        return state.post_as_app(channel, text, **more)

    return slack.call(post)


def read(slack: Workspace) -> set[tuple[str, str]]:
    """Who reads which single words that they should not."""
    return {(one.reader, one.said) for one in leaks(slack) if " " not in one.said}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def test_words_of_a_private_channel_are_not_for_a_public_one(slack: Workspace) -> None:
    person(slack, "mia", "key-accounts").says(SECRET)
    bot_says(slack, "deals", "It was said: *Zanzibar*")

    assert read(slack) == {(who, "zanzibar") for who in ("priya", "dana", "jonas", "ada", "gwen")}


def test_a_leak_names_the_message_the_person_the_word_and_where_it_was_typed(slack: Workspace) -> None:
    person(slack, "mia", "key-accounts").says(SECRET)
    bot_says(slack, "priya", "About Zanzibar")

    (leak,) = leaks(slack)
    assert str(leak) == "priya reads “zanzibar”, typed by mia in #key-accounts, in:\nAbout Zanzibar"


def test_who_is_in_the_private_channel_may_read_its_words_anywhere(slack: Workspace) -> None:
    person(slack, "mia", "key-accounts").says(SECRET)
    bot_says(slack, "key-accounts", SECRET)
    bot_says(slack, "omar", SECRET)
    bot_says(slack, "deals", SECRET, only_for="U0MIA")

    assert leaks(slack) == []


@pytest.mark.parametrize("where", ["text", "blocks", "below a block", "attachment", "number", "an earlier version"])
def test_wherever_in_a_message_they_stand(slack: Workspace, where: str) -> None:
    person(slack, "mia", "key-accounts").says(SECRET)
    parts: dict[str, dict[str, Any]] = {
        "text": {"text": "Zanzibar", "blocks": [section("Something")]},  # a notification shows it
        "blocks": {"text": "Something", "blocks": [section("for the *Zanzibar*’s sake")]},
        "below a block": {"text": "Something", "blocks": [{**section("x"), "accessory": _button("Zanzibar")}]},
        "attachment": {"text": "Something", "attachments": [{"id": 1, "text": "Zanzibar", "fallback": ""}]},
        "number": {"text": "It is 48500 now"},
        "an earlier version": {"text": "Zanzibar"},
    }
    message = bot_says(slack, "priya", **parts[where])
    if where == "an earlier version":
        slack.call(slack.state.edit, message, "Nothing any more", None, None)

    assert read(slack) == {("priya", "48500" if where == "number" else "zanzibar")}


def _button(label: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": "Yes"}
    return {"type": "button", "action_id": "a", "text": text, "confirm": {"title": {**text, "text": label}}}


def test_ordinary_words_are_found_where_four_of_them_stand_in_a_row(slack: Workspace) -> None:
    person(slack, "mia", "key-accounts").says("they want their money back on Monday")
    assert said("they want their money back") & own_words() != said("they want their money back")
    bot_says(slack, "priya", "> they want their money back on Monday")
    bot_says(slack, "dana", "They want something")

    assert {one.reader for one in leaks(slack)} == {"priya"}


def test_an_ephemeral_message_is_read_by_one_person_alone(slack: Workspace) -> None:
    person(slack, "mia", "key-accounts").says(SECRET)
    bot_says(slack, "deals", "Zanzibar", only_for="U0DANA")

    assert read(slack) == {("dana", "zanzibar")}


def test_a_window_is_read_by_one_person_alone_its_prefilled_fields_too(slack: Workspace) -> None:
    person(slack, "mia", "key-accounts").says(SECRET)
    field = {"type": "plain_text_input", "action_id": "a", "initial_value": "Zanzibar"}
    block = {"type": "input", "label": {"type": "plain_text", "text": "What"}, "element": field}
    body = {"type": "modal", "title": {"type": "plain_text", "text": "Change"}, "blocks": [block]}
    slack.call(slack.modals.open, "U0OMAR", body)
    assert leaks(slack) == []

    slack.call(slack.modals.open, "U0DANA", body)
    assert read(slack) == {("dana", "zanzibar")}


def test_words_of_a_public_channel_are_for_every_full_member_and_not_for_guests_or_outsiders(slack: Workspace) -> None:
    person(slack, "jonas", "escalations").says(SECRET)
    for who in ("dana", "priya", "gwen", "nils"):
        bot_says(slack, who, "Zanzibar")
    bot_says(slack, "acme-shared", "Walruses")

    assert read(slack) == {("gwen", "zanzibar"), ("nils", "zanzibar"), ("nils", "walruses")}


def test_a_guest_may_read_what_was_typed_in_her_own_channel_and_in_no_other(slack: Workspace) -> None:
    person(slack, "dana", "deals").says(SECRET)
    bot_says(slack, "gwen", "Zanzibar")
    assert leaks(slack) == []

    person(slack, "dana", "general").says("Uruguay")
    bot_says(slack, "deals", "Uruguay")
    assert read(slack) == {("gwen", "uruguay")}


def test_an_outsider_may_read_what_was_typed_in_the_shared_channel(slack: Workspace) -> None:
    person(slack, "mia", "acme-shared").says(SECRET)
    bot_says(slack, "acme-shared", SECRET)
    bot_says(slack, "nils", SECRET)

    assert leaks(slack) == []


def test_an_outsider_is_not_given_words_by_being_named(slack: Workspace) -> None:
    person(slack, "mia", "deals").says(f"@nils {SECRET}")
    bot_says(slack, "acme-shared", "Zanzibar")

    assert read(slack) == {("nils", "zanzibar")}


def test_who_was_named_may_read_it_and_so_may_its_author(slack: Workspace) -> None:
    person(slack, "omar", "key-accounts").says(f"@dana {SECRET}")
    bot_says(slack, "dana", "Zanzibar")
    bot_says(slack, "omar", "Zanzibar")
    bot_says(slack, "jonas", "Zanzibar")

    assert read(slack) == {("jonas", "zanzibar")}


def test_what_was_told_to_the_bot_alone_stays_there(slack: Workspace) -> None:
    person(slack, "mia", "toughcustomer").says(SECRET)
    bot_says(slack, "mia", "Zanzibar")
    assert leaks(slack) == []

    bot_says(slack, "key-accounts", "Zanzibar")
    assert read(slack) == {("omar", "zanzibar")}


def test_a_window_gives_its_words_to_the_channel_that_was_chosen_in_it_and_to_no_other(slack: Workspace) -> None:
    slack.call(slack.state.journal.type, "U0MIA", SECRET, "", to_all={"G0KEY"}, to={"U0JONAS"})
    bot_says(slack, "key-accounts", "Zanzibar")
    bot_says(slack, "jonas", "Zanzibar")
    assert leaks(slack) == []

    bot_says(slack, "deals", "Zanzibar")
    assert ("dana", "zanzibar") in read(slack)


def test_words_that_somebody_else_typed_where_the_reader_is_are_theirs_too(slack: Workspace) -> None:
    person(slack, "mia", "key-accounts").says(SECRET)
    person(slack, "dana", "deals").says("What do the walruses of Zanzibar cost?")
    bot_says(slack, "deals", "Zanzibar, walruses")
    bot_says(slack, "priya", "It is 48,500")

    assert read(slack) == {("priya", "48500")}


def test_words_that_are_typed_in_public_only_later_do_not_excuse_it(slack: Workspace) -> None:
    person(slack, "mia", "key-accounts").says(SECRET)
    bot_says(slack, "priya", "Zanzibar")
    person(slack, "dana", "deals").says("Zanzibar")

    assert read(slack) == {("priya", "zanzibar")}


def test_a_channel_that_is_made_private_is_for_its_members_from_then_on(slack: Workspace) -> None:
    slack.leave("dana", "escalations")
    person(slack, "jonas", "escalations").says(SECRET)
    bot_says(slack, "dana", "Zanzibar")
    slack.make_private("escalations")
    assert leaks(slack) == []

    bot_says(slack, "dana", "Walruses")
    bot_says(slack, "priya", "Walruses")
    assert read(slack) == {("dana", "walruses")}


def test_who_joins_later_reads_what_stands_there_and_who_left_before_does_not(slack: Workspace) -> None:
    slack.leave("omar", "key-accounts")
    person(slack, "mia", "key-accounts").says(SECRET)
    bot_says(slack, "omar", "Zanzibar")
    assert read(slack) == {("omar", "zanzibar")}

    person(slack, "priya", "board").says("Uruguay")
    bot_says(slack, "key-accounts", "Uruguay")
    slack.add("jonas", "key-accounts")
    assert {("jonas", "uruguay"), ("mia", "uruguay")} <= read(slack)
    assert ("omar", "uruguay") not in read(slack)


def test_a_page_may_name_the_customer_to_a_manager_outside_and_nothing_else(slack: Workspace) -> None:
    person(slack, "mia", "key-accounts").says(SECRET)
    bot_says(slack, "priya", "Zanzibar needs you: they threaten to cancel")
    bot_says(slack, "priya", "Nobody has answered about Zanzibar")
    assert leaks(slack) == []

    bot_says(slack, "priya", "Zanzibar needs you: walruses")
    assert read(slack) == {("priya", "walruses")}


def test_dates_links_names_and_the_bots_own_words_are_nobodys(slack: Workspace) -> None:
    person(slack, "mia", "key-accounts").says(
        "Priya and Dana in #escalations: the customer, an escalation, 2026, 15:00"
    )
    link = "<https://harbour-sales.slack.com/archives/G0KEY/p1|Open the thread>"
    bot_says(slack, "dana", f"Priya, <@U0MIA>: escalation of the customer, <!date^1795424400^{{time}}|15:00>, {link}")

    assert leaks(slack) == []
    assert tokens(f"{link} <!date^1^{{date}}|x> <@U0MIA> :bell: it’s 48,500.5 &amp; more") == [
        *("open", "the", "thread", "it", "48500.5", "more")
    ]
