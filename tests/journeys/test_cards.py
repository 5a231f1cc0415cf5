"""Journey 1: a rep types what is happening and gets the card that fits. Over HTTP, with signed requests."""

import json

import pytest

from bot.app import Application
from bot.storage.sqlite import MEMORY
from bot.tactics.library import Library
from tests.conftest import Build, MovableClock
from tests.workspace import Workspace, elements, eventually, shown

SITUATION = "he wants to talk to my boss right now"
CARD = "Offer your manager before they demand one"


@pytest.fixture(autouse=True)
def _running(bot: Application) -> None:
    """A bot is there for each of these journeys."""


def test_the_command_is_answered_in_its_own_acknowledgement_with_the_fitting_card(workspace: Workspace) -> None:
    status, answer = workspace.command(SITUATION)

    assert status == 200
    assert answer["response_type"] == "ephemeral"
    assert answer["text"].startswith(f"{CARD}:")
    assert "I'd like my manager to hear this from you directly" in shown(answer)
    assert workspace.called("response_url") == []


def test_the_other_cards_can_be_opened_in_place(workspace: Workspace) -> None:
    _, answer = workspace.command(SITUATION)
    assert [one["text"]["text"] for one in elements(answer)].count("Open") == 2

    assert workspace.click(answer, "Open") == 200

    (redrawn,) = workspace.wait_for("response_url")
    assert redrawn.body["replace_original"] is True
    assert CARD in redrawn.text  # still there, now as one of the others
    assert not redrawn.body["text"].startswith(CARD)
    assert SITUATION in redrawn.text  # what was asked stays above the answer


def test_a_card_is_shared_with_the_channel_without_the_private_words(workspace: Workspace) -> None:
    _, answer = workspace.command(f"{SITUATION}, fool")

    workspace.click(answer, "Share")

    (shared,) = workspace.wait_for("response_url")
    assert shared.body["response_type"] == "in_channel"
    assert CARD in shared.text
    assert "<@U1MIA>" in shared.text
    assert "fool" not in shared.text
    assert "talk to my boss" not in shared.text


def test_a_thumb_is_kept_as_card_time_and_example_and_nothing_else(workspace: Workspace, bot: Application) -> None:
    _, answer = workspace.command(SITUATION)

    workspace.click(answer, "👍")

    (noted,) = workspace.wait_for("response_url")
    assert f"Noted: *{CARD}* helped" in noted.text
    (row,) = bot._database.rows("SELECT * FROM thumbs")
    assert (row["card_id"], row["helped"], row["words"]) == ("offer-your-manager", 1, None)
    assert row["example"] in bot.library.shelf.playbook.cards["offer-your-manager"].examples
    assert "U1MIA" not in str(row)


def test_a_second_thought_replaces_the_first_thumb(workspace: Workspace, bot: Application) -> None:
    _, answer = workspace.command(SITUATION)

    workspace.click(answer, "👍")
    workspace.click(answer, "👎")

    workspace.wait_for("response_url", 2)
    assert bot._database.rows("SELECT helped FROM thumbs") == [{"helped": 0}]


def test_words_are_kept_only_when_the_box_is_ticked_and_forgotten_when_it_is_emptied(
    workspace: Workspace, bot: Application
) -> None:
    _, answer = workspace.command(SITUATION)
    workspace.click(answer, "👍")
    (noted,) = workspace.wait_for("response_url")

    workspace.click(noted.body, "Use my words as an example")
    assert eventually(lambda: bot._database.rows("SELECT words FROM thumbs") == [{"words": SITUATION}])

    workspace.click(noted.body, "Use my words as an example", ticked=False)
    assert eventually(lambda: bot._database.rows("SELECT words FROM thumbs") == [{"words": None}])


def test_after_half_an_hour_the_words_are_gone_and_the_box_is_not_offered(
    workspace: Workspace, clock: MovableClock
) -> None:
    _, answer = workspace.command(SITUATION)
    clock.advance(minutes=31)

    workspace.click(answer, "👍")

    (noted,) = workspace.wait_for("response_url")
    assert "Use my words" not in noted.text
    assert SITUATION not in noted.text


def test_nothing_typed_shows_the_nine_moments_and_each_lists_its_cards(workspace: Workspace) -> None:
    _, menu = workspace.command("")
    labels = [one["text"]["text"] for one in elements(menu)]
    assert labels == [
        "Keep yourself steady",
        "Hear them out",
        "Find out what is wrong",
        "Own it and move",
        "Negotiate as an equal",
        "Bring in the manager",
        "Hold or fold",
        "Follow up and rebuild",
        "Get better",
    ]

    workspace.click(menu, "Hold or fold")
    (listed,) = workspace.wait_for("response_url")
    assert listed.text.count("Open") == 4
    assert "Decline with thanks, and clearly" in listed.text

    workspace.click(listed.body, "Open")
    opened = workspace.wait_for("response_url", 2)[1]
    assert "*Say*" in opened.text


def test_where_nothing_fits_the_moments_are_shown_with_the_nearest_cards_as_guesses(workspace: Workspace) -> None:
    _, answer = workspace.command("what's for lunch in the canteen")

    assert answer["text"].startswith("No card fits that well")
    assert "Hear them out" in shown(answer)
    assert "My nearest guesses:" in shown(answer)
    assert "*Say*" not in shown(answer)


def test_a_card_is_shown_whole_by_its_name_with_typos(workspace: Workspace) -> None:
    for typed in ("card stay calm", "card stay-calm", "Card  Stay clam"):
        _, answer = workspace.command(typed)
        assert answer["text"].startswith("Stay calm and professional:"), typed
        assert "*Not when*" in shown(answer)
    _, answer = workspace.command("card apologize")
    assert answer["text"].startswith("Apologise first, and quickly:")


def test_an_unknown_card_gets_a_sentence_with_what_is_near(workspace: Workspace) -> None:
    _, answer = workspace.command("card appologise calmly")
    assert "There is no card “appologise calmly”. Did you mean" in shown(answer)
    _, answer = workspace.command("card xyzzy")
    assert "There is no card “xyzzy”" in shown(answer)


def test_a_situation_that_begins_with_a_subcommands_word_stays_a_situation(workspace: Workspace) -> None:
    _, answer = workspace.command("help me, he wants to talk to my boss right now")
    assert answer["text"].startswith(CARD)
    assert "The subcommand is written `/toughcustomer help`" in shown(answer)

    _, answer = workspace.command("card was declined and now he wants to talk to my boss")
    assert "The subcommand is written `/toughcustomer card NAME`" in shown(answer)
    assert "*Say*" in shown(answer)


def test_help_lists_the_subcommands_and_says_how_to_ask_in_a_thread(workspace: Workspace) -> None:
    _, answer = workspace.command("help")

    assert "`/toughcustomer card NAME`" in shown(answer)
    assert "Tactics for this" in shown(answer)
    assert "`/toughcustomer help`" in shown(answer)


def test_a_mention_in_a_thread_is_answered_in_that_thread(workspace: Workspace) -> None:
    workspace.event(workspace.mention(SITUATION, thread_ts="77.7"))

    (posted,) = workspace.wait_for("chat.postMessage")
    assert (posted.body["channel"], posted.body["thread_ts"]) == ("C1", "77.7")
    assert CARD in posted.text


def test_a_mention_without_words_takes_the_threads_last_messages_as_the_situation(workspace: Workspace) -> None:
    workspace.threads["77.7"] = [
        {"ts": "0.1", "user": "U2", "text": "the old thing is settled"},
        {"ts": "0.2", "user": "U2", "text": "but he insists on speaking to your manager"},
        {"ts": "0.3", "user": "UX", "bot_id": "BX", "text": "a bot says hello"},
        {"ts": "0.4", "user": "U2", "text": "he says put your boss on the phone now"},
    ]

    workspace.event(workspace.mention("", thread_ts="77.7"))

    (posted,) = workspace.wait_for("chat.postMessage")
    assert posted.text.startswith(CARD)


def test_a_direct_message_takes_the_same_words_as_the_command(workspace: Workspace) -> None:
    workspace.event(workspace.direct("card stay calm"))
    workspace.event(workspace.direct(SITUATION))

    posted = workspace.wait_for("chat.postMessage", 2)
    assert sorted(call.body["text"].split(":")[0] for call in posted) == [CARD, "Stay calm and professional"]
    assert {call.body["channel"] for call in posted} == {"D1"}


def test_what_bots_write_and_what_is_edited_or_deleted_is_not_answered(workspace: Workspace) -> None:
    workspace.event(workspace.direct(SITUATION, bot_id="B9"))
    workspace.event(workspace.direct(SITUATION, subtype="message_changed"))
    workspace.event(workspace.direct(SITUATION, subtype="message_deleted"))
    workspace.event(workspace.direct("hello", channel_type="channel"))
    workspace.event(workspace.direct(SITUATION))

    workspace.wait_for("chat.postMessage")
    assert not eventually(lambda: len(workspace.called("chat.postMessage")) > 1, within=0.3)


def test_a_click_on_a_cards_button_in_a_channel_answers_the_clicker_alone(workspace: Workspace) -> None:
    workspace.event(workspace.mention(SITUATION))
    (posted,) = workspace.wait_for("chat.postMessage")
    assert "Share" not in [one["text"]["text"] for one in elements(posted.body)]

    workspace.click(posted.body, "Open", place="channel")

    (answer,) = workspace.wait_for("response_url")
    assert answer.body["replace_original"] is False
    assert answer.body["response_type"] == "ephemeral"


def test_two_people_in_a_channel_have_a_thumb_each_and_only_who_asked_may_lend_the_words(
    workspace: Workspace, bot: Application
) -> None:
    workspace.event(workspace.mention(SITUATION))
    (posted,) = workspace.wait_for("chat.postMessage")

    workspace.click(posted.body, "👍", place="channel")
    mine = workspace.wait_for("response_url")[0]
    workspace.user = "U2OMAR"
    workspace.click(posted.body, "👎", place="channel")
    his = workspace.wait_for("response_url", 2)[1]

    assert sorted(row["helped"] for row in bot._database.rows("SELECT helped FROM thumbs")) == [0, 1]
    assert "Use my words" in str(mine.body)
    assert "Use my words" not in str(his.body)


def test_another_bots_mention_is_not_answered(workspace: Workspace) -> None:
    workspace.event(workspace.mention(SITUATION, bot_id="B9"))
    workspace.event(workspace.mention(SITUATION, user=None))
    assert not eventually(lambda: workspace.called("chat.postMessage") != [], within=0.4)


def test_an_event_of_a_shared_channel_that_is_meant_for_us_is_answered(workspace: Workspace) -> None:
    payload = workspace.event_payload(workspace.mention(SITUATION))
    payload |= {"team_id": "T0PARTNER", "authorizations": [{"team_id": workspace.team, "is_bot": True}]}

    workspace.send(json.dumps(payload), content_type="application/json")

    assert CARD in workspace.wait_for("chat.postMessage")[0].text


def test_the_shortcut_answers_whoever_used_it_alone_and_in_the_thread(workspace: Workspace) -> None:
    assert workspace.shortcut("tactics_for_this", {"text": "Put me through to your boss!", "thread_ts": "4.4"}) == 200

    (answer,) = workspace.wait_for("response_url")
    assert answer.body["response_type"] == "ephemeral"
    assert answer.body["thread_ts"] == "4.4"
    assert CARD in answer.text


def test_the_shortcut_on_a_message_without_words_says_so(workspace: Workspace) -> None:
    workspace.shortcut("tactics_for_this", {"text": "", "files": [{"id": "F1"}]})

    (answer,) = workspace.wait_for("response_url")
    assert "no words that I can read" in answer.text


def test_a_button_of_an_older_version_is_answered_with_a_sentence(workspace: Workspace) -> None:
    button = {"type": "button", "action_id": "tactics.juggle", "block_id": "b", "value": "1"}
    workspace.send_interaction(workspace.action_payload(button))

    (answer,) = workspace.wait_for("response_url")
    assert "older version" in answer.text


def test_a_button_whose_card_is_gone_is_answered_with_a_sentence(workspace: Workspace) -> None:
    button = {"type": "button", "action_id": "tactics.open", "block_id": "b", "value": "tok no-such-card a,b"}
    workspace.send_interaction(workspace.action_payload(button))

    (answer,) = workspace.wait_for("response_url")
    assert "no longer in the playbook" in answer.text


def test_by_meaning_as_well_a_card_is_found_that_shares_no_word_with_the_text(
    workspace: Workspace, build: Build, library: Library
) -> None:
    build(cards=library, database=MEMORY)

    _, answer = workspace.command("il veut voir quelqu'un de plus gradé que moi, tout de suite")

    assert CARD in answer["text"]


@pytest.mark.parametrize(
    "said",
    [
        "<@U0BOT> card stay calm",
        "<@U2BOB> <@U0BOT> card stay calm",
        "<@U0BOT>: card stay calm",
        "card stay calm <@U0BOT|toughcustomer>",
    ],
)
def test_the_mention_of_the_bot_is_not_part_of_what_is_said(workspace: Workspace, said: str) -> None:
    workspace.event(workspace.direct(said.replace("<@U2BOB> ", "")))

    assert workspace.wait_for("chat.postMessage")[0].text.startswith("Stay calm and professional")


def test_a_mention_among_others_without_words_still_reads_the_thread(workspace: Workspace) -> None:
    workspace.threads["7.7"] = [
        {"ts": "0.1", "user": "U2", "subtype": "thread_broadcast", "text": "he wants to talk to my boss right now"}
    ]
    workspace.event(workspace.mention("", thread_ts="7.7"))

    (posted,) = workspace.wait_for("chat.postMessage")
    assert CARD in posted.text
    workspace.click(posted.body, "👍", place="channel")
    assert "Use my words" not in str(workspace.wait_for("response_url")[0].body)  # they are somebody else's


def test_a_message_with_words_in_blocks_only_can_be_read(workspace: Workspace) -> None:
    rich = {"type": "rich_text", "elements": [{"type": "text", "text": "put your boss on the phone now"}]}
    workspace.shortcut("tactics_for_this", {"text": "", "blocks": [rich]})

    (answer,) = workspace.wait_for("response_url")
    assert CARD in answer.text
    workspace.click(answer.body, "👍")
    assert "Use my words" not in str(workspace.wait_for("response_url", 2)[1].body)


def test_a_whole_card_stays_whole_after_a_thumb(workspace: Workspace) -> None:
    _, answer = workspace.command("card stay calm")
    workspace.click(answer, "👍")

    (noted,) = workspace.wait_for("response_url")
    assert "*Not when*" in noted.text
    assert "*Do*" in noted.text


def test_the_box_shows_what_is_kept(workspace: Workspace, bot: Application) -> None:
    _, answer = workspace.command(SITUATION)
    workspace.click(answer, "👍")
    first = workspace.wait_for("response_url")[0]
    workspace.click(first.body, "Use my words as an example")
    assert eventually(lambda: bot._database.rows("SELECT words FROM thumbs") == [{"words": SITUATION}])

    workspace.click(answer, "👎")

    second = workspace.wait_for("response_url", 2)[1]
    before, after = (
        next(one for one in elements(call.body) if one["type"] == "checkboxes") for call in (first, second)
    )
    assert after["initial_options"] == after["options"]
    assert after["block_id"] != before["block_id"]  # or Slack would keep the old state


def test_a_click_in_an_app_installed_for_a_whole_organization_is_ours(workspace: Workspace) -> None:
    _, answer = workspace.command(SITUATION)
    button = next(one for one in elements(answer) if one["text"]["text"] == "Open")
    payload = workspace.action_payload({**button, "block_id": "b"})
    workspace.send_interaction({**payload, "team": None})

    assert "*Say*" in workspace.wait_for("response_url")[0].text

    thumb = next(one for one in elements(answer) if one["text"]["text"] == "👍")
    workspace.send_interaction({**workspace.action_payload({**thumb, "block_id": "b"}), "team": None})
    assert "Noted:" in workspace.wait_for("response_url", 2)[1].text
