"""Journey 1: a rep types what is happening and gets the card that fits."""

import pytest

from bot.app import Application
from bot.emulator.clock import MovableClock
from bot.emulator.stories import Person, Seen
from bot.emulator.workspace import Workspace
from bot.storage.sqlite import MEMORY
from bot.tactics.playbook.watcher import PlaybookWatcher
from tests.conftest import Build
from tests.wire import eventually, other_bot_says

SITUATION = "he wants to talk to my boss right now"
ASKED = f"/toughcustomer {SITUATION}"
CARD = "Offer your manager before they demand one"
UNSURE = "/toughcustomer it is all a mess with this customer"
ABOUT_A_REP = "my rep cries after the call with acme"
MOMENTS = [
    "They shout or insult me",
    "They feel unheard",
    "Unclear what went wrong",
    "We got something wrong",
    "They threaten or push on price",
    "It needs a manager",
    "Keep this customer, or end it?",
    "It's solved, what now?",
    "How we get better at this",
]


@pytest.fixture(autouse=True)
def _running(bot: Application) -> None:
    """A bot is there for each of these journeys."""


def thumbs(bot: Application) -> list[dict[str, object]]:
    return [dict(row) for row in bot.core.database.rows("SELECT * FROM thumbs")]


def test_the_command_is_answered_in_its_own_acknowledgement_with_the_fitting_card(
    mia: Person, workspace: Workspace
) -> None:
    mia.says(ASKED)

    answer = mia.sees(CARD)
    assert answer.only_you
    assert answer.headline.startswith(f"{CARD}:")
    assert "I'd like my manager to hear this from you directly" in answer.text
    assert workspace.traffic.calls("response_url") == []


def test_the_other_cards_can_be_opened_in_place(mia: Person) -> None:
    mia.says(ASKED)
    answer = mia.sees(CARD)
    assert answer.labels.count("Open") == 2

    mia.clicks("Open")

    redrawn = mia.sees(CARD)  # still there, now as one of the others
    assert redrawn.message is answer.message
    assert not redrawn.headline.startswith(CARD)
    assert SITUATION in redrawn.text  # what was asked stays above the answer


def test_a_card_is_shared_with_the_channel_without_the_private_words(mia: Person, omar: Person) -> None:
    mia.says(f"{ASKED}, fool")
    mia.sees(CARD, "fool")

    mia.clicks("Share")

    shared = omar.sees(CARD, "<@U0MIA>")
    mia.sees("without your words")
    assert not shared.only_you
    assert "fool" not in shared.text
    assert "talk to my boss" not in shared.text


def test_who_shared_a_card_sees_where_it_went_and_takes_it_back(mia: Person, omar: Person) -> None:
    mia.says(ASKED)
    mia.sees(CARD)
    mia.clicks("Share")
    shared = omar.sees(CARD, "Shared by <@U0MIA>")
    told = mia.sees("with <#C0DEALS>, without your words.")
    assert told.only_you
    assert told.labels == ["Take back"]

    mia.clicks("Take back", on=told)

    mia.sees("Taken back from <#C0DEALS>.")
    assert eventually(lambda: shared.message.ts not in [one.ts for one in omar.workspace.messages()])


def test_where_the_bot_is_no_member_a_card_is_shared_all_the_same(mia: Person, omar: Person) -> None:
    mia.goes_to("random").says(ASKED)
    mia.sees(CARD)

    mia.clicks("Share")

    omar.sees(CARD, "Shared by <@U0MIA>")
    assert mia.sees("with <#C0RANDOM>, without your words.").labels == []


def test_a_thumb_is_kept_as_card_time_and_example_and_nothing_else(
    mia: Person, bot: Application, words_only: PlaybookWatcher
) -> None:
    mia.says(ASKED)
    mia.sees(CARD)

    mia.clicks("👍")

    mia.sees(f"Noted: *{CARD}* helped")
    (row,) = thumbs(bot)
    assert (row["card_id"], row["helped"], row["words"]) == ("offer-your-manager", 1, None)
    assert row["example"] in words_only.active.playbook.cards["offer-your-manager"].examples
    assert "U0MIA" not in str(row)


def test_a_second_thought_replaces_the_first_thumb(mia: Person, bot: Application) -> None:
    mia.says(ASKED)
    mia.sees(CARD)

    mia.clicks("👍")
    mia.sees("Noted:", "helped")
    mia.clicks("👎")
    mia.sees("Noted:", "did not help")

    assert [row["helped"] for row in thumbs(bot)] == [0]


def test_words_are_kept_only_when_the_box_is_ticked_and_forgotten_when_it_is_emptied(
    mia: Person, bot: Application
) -> None:
    mia.says(ASKED)
    mia.sees(CARD)
    mia.clicks("👍")
    mia.sees("Noted:")

    mia.ticks("Use my words as an example")
    told = mia.sees("kept in the bot's database", "without your name", "untick the box")
    assert told.only_you
    assert [row["words"] for row in thumbs(bot)] == [SITUATION]

    mia.ticks("Use my words as an example", tick=False)
    mia.sees("Your words are no longer kept")
    assert [row["words"] for row in thumbs(bot)] == [None]


def test_after_half_an_hour_the_words_are_gone_and_the_box_is_not_offered(mia: Person, clock: MovableClock) -> None:
    mia.says(ASKED)
    answer = mia.sees(CARD)
    clock.advance(minutes=31)

    mia.clicks("👍")

    mia.sees("Noted:")
    assert "Use my words as an example" not in answer.labels
    assert SITUATION not in answer.text


def test_nothing_typed_shows_the_nine_moments_and_each_lists_its_cards(mia: Person) -> None:
    mia.says("/toughcustomer")
    menu = mia.sees("What is going on?")
    assert menu.labels == MOMENTS

    mia.clicks("Keep this customer, or end it?")
    listed = mia.sees("Decline with thanks, and clearly")
    assert listed.labels == ["Open"] * 4 + ["All moments"]

    mia.clicks("Open")
    opened = mia.sees("*Say*")
    assert opened.labels[-2:] == ["Back", "All moments"]
    mia.clicks("Back")
    assert mia.sees("Decline with thanks, and clearly").labels == listed.labels
    mia.clicks("All moments")
    assert mia.sees("What is going on?").labels == MOMENTS


def test_from_another_card_there_is_a_way_back_to_the_answer(mia: Person) -> None:
    mia.says(ASKED)
    answer = mia.sees(CARD)
    assert "Back" not in answer.labels
    mia.clicks("Open")
    assert not mia.sees(CARD).headline.startswith(CARD)

    mia.clicks("Back")

    assert mia.sees(CARD).headline.startswith(CARD)


def test_from_the_card_that_was_chosen_there_is_a_way_back_to_the_choice(mia: Person) -> None:
    mia.says(UNSURE)
    asked = mia.sees("Which of these is it?")
    before = asked.headline
    mia.clicks("This one")
    mia.sees("*Say*")

    mia.clicks("Back")

    back = mia.sees("Which of these is it?")
    assert back.headline == before
    assert back.labels == ["This one"] * 3 + ["None of these"]
    assert UNSURE.removeprefix("/toughcustomer ") in back.text


def test_where_nothing_fits_the_moments_are_shown_and_no_card(mia: Person) -> None:
    mia.says("/toughcustomer what's for lunch in the canteen")

    answer = mia.sees("No good match. Pick what is going on:")
    assert answer.labels == MOMENTS
    assert len(answer.message.blocks) == 3  # what was typed, the sentence, the moments
    assert "*Say*" not in answer.text


def test_where_several_cards_may_fit_the_person_says_which_with_one_tap_and_that_is_kept_as_a_thumb(
    mia: Person, bot: Application
) -> None:
    mia.says(UNSURE)
    answer = mia.sees("Which of these is it?")
    assert answer.labels == ["This one"] * 3 + ["None of these"]
    assert answer.text.count("\n> ") == 3  # a line to say under each
    assert "*Avoid*" not in answer.text

    mia.clicks("This one")

    chosen = mia.sees("*Say*", "Your choice counts as a 👍")
    assert chosen.message is answer.message
    (row,) = thumbs(bot)
    assert row["helped"] == 1
    assert chosen.labels.count("Open") == 2

    mia.clicks("👎")
    mia.sees("Noted:", "did not help")
    assert [row["helped"] for row in thumbs(bot)] == [0]


def test_a_choice_opens_the_card_though_nothing_can_be_stored(mia: Person, bot: Application) -> None:
    mia.says(UNSURE)
    mia.sees("Which of these is it?")
    bot.core.database.execute("PRAGMA query_only = 1")

    mia.clicks("This one")

    assert "counts as" not in mia.sees("*Say*").text
    bot.core.database.execute("PRAGMA query_only = 0")


def test_none_of_these_leads_to_all_cards(mia: Person) -> None:
    mia.says(UNSURE)
    mia.sees("Which of these is it?")

    mia.clicks("None of these")

    assert mia.sees("What is going on?").labels == MOMENTS


def test_the_whole_card_shows_when_and_what_to_do_beside_the_other_cards_and_can_be_shortened(mia: Person) -> None:
    mia.says(ASKED)
    mia.sees(CARD)

    mia.clicks("Whole card")
    whole = mia.sees("*Not when*", "*Do*")
    assert SITUATION in whole.text
    assert whole.labels.count("Open") == 2

    mia.clicks("Short card")
    assert "*Do*" not in mia.sees("*Say*").text


def test_a_shared_card_can_be_seen_whole_by_whoever_asks(mia: Person, omar: Person) -> None:
    mia.says(ASKED)
    mia.sees(CARD)
    mia.clicks("Share")
    shared = omar.sees(CARD, "<@U0MIA>")
    mia.sees("without your words")

    omar.clicks("Whole card", on=shared)

    whole = omar.sees("*Not when*")
    assert whole.only_you


def test_a_managers_card_is_opened_for_a_manager_and_comes_last_and_marked_for_a_rep(
    mia: Person, omar: Person, bot: Application, build: Build
) -> None:
    bot.stop()
    build(managers=("U0OMAR",), database=MEMORY)
    omar.goes_to("deals").says(f"/toughcustomer {ABOUT_A_REP}")
    assert omar.sees("Back your rep, and the customer's needs").headline.startswith("Back your rep")

    mia.says(f"/toughcustomer {ABOUT_A_REP}")
    asked = mia.sees("Which of these is it?")
    assert "for the manager" in asked.text
    names = asked.headline.removeprefix("Which of these is it? ").split(" · ")
    assert names[-1].startswith("Back your rep")


def test_a_signature_under_a_mail_changes_nothing(mia: Person) -> None:
    mia.says(ASKED)
    plain = mia.sees(CARD)

    mia.says(f"{ASKED}\n\n--\nMia Torres\nAccount Executive | Harbour Sales | +49 30 901820")

    signed = mia.sees(CARD)
    assert signed.headline == plain.headline


@pytest.mark.parametrize("typed", ["card stay calm", "card stay-calm", "Card  Stay clam"])
def test_a_card_is_shown_whole_by_its_name_with_typos(mia: Person, typed: str) -> None:
    mia.says(f"/toughcustomer {typed}")

    assert mia.sees("*Not when*").headline.startswith("Stay calm and professional:")


def test_an_unknown_card_gets_a_sentence_with_what_is_near(mia: Person) -> None:
    mia.says("/toughcustomer card appologise calmly")
    mia.sees("There is no card “appologise calmly”. Did you mean")

    mia.says("/toughcustomer card xyzzy")
    mia.sees("There is no card “xyzzy”")


def test_a_situation_that_begins_with_a_subcommands_word_stays_a_situation(mia: Person) -> None:
    mia.says(f"/toughcustomer help me, {SITUATION}")
    answer = mia.sees("Did you mean `/toughcustomer help`?")
    assert answer.headline.startswith(CARD)

    mia.says("/toughcustomer card was declined and now he wants to talk to my boss")
    mia.sees("Did you mean `/toughcustomer card NAME`?", CARD)


def test_help_lists_the_subcommands_and_says_how_to_ask_in_a_thread(mia: Person) -> None:
    mia.says("/toughcustomer help")

    mia.sees("`/toughcustomer card NAME`", "Tactics for this", "`/toughcustomer help`")


def test_a_mention_in_a_thread_is_answered_in_that_thread(mia: Person, omar: Person) -> None:
    mia.says("Acme again")
    root = omar.sees("Acme again")

    omar.says(f"@toughcustomer {SITUATION}", under=root)

    answer = mia.sees(CARD)
    assert (answer.message.channel, answer.message.thread_ts) == ("C0DEALS", root.message.ts)


def test_a_mention_without_words_takes_the_threads_last_messages_as_the_situation(
    mia: Person, omar: Person, workspace: Workspace
) -> None:
    mia.says("the old thing is settled")
    root = omar.sees("the old thing is settled")
    mia.says("but he insists on speaking to your manager", under=root)
    other_bot_says(workspace, "a bot says hello", thread_ts=root.message.ts)
    mia.says("he says put your boss on the phone now", under=root)

    omar.says("@toughcustomer", under=root)

    assert mia.sees(CARD).headline.startswith(CARD)


def test_a_direct_message_takes_the_same_words_as_the_command(mia: Person) -> None:
    mia.goes_to("toughcustomer").says("card stay calm")
    mia.sees("*Not when*", where="toughcustomer")

    mia.says(SITUATION)
    mia.sees(CARD, where="toughcustomer")


def test_what_bots_write_and_what_is_edited_or_deleted_is_not_answered(mia: Person, workspace: Workspace) -> None:
    mia.goes_to("toughcustomer").says("help")
    mia.sees("/toughcustomer card NAME")
    (own,) = [m for m in workspace.messages() if m.user == "U0MIA" and m.text == "help"]
    seen = Seen(own)

    mia.edits(seen, SITUATION)
    mia.deletes(seen)
    other_bot_says(workspace, f"<@U0TOUGH> {SITUATION}")
    mia.says("nobody mentions the bot here", to="deals")

    mia.sees_nothing_new()


def test_a_click_on_a_cards_button_in_a_channel_answers_the_clicker_alone(mia: Person, omar: Person) -> None:
    mia.says(f"@toughcustomer {SITUATION}")
    posted = omar.sees(CARD)
    assert "Share" not in posted.labels
    before = posted.text

    omar.clicks("Open", on=posted)

    answer = omar.sees("*Say*")
    assert answer.only_you
    assert posted.text == before
    mia.sees(CARD)
    mia.sees_nothing_new()


def test_two_people_in_a_channel_have_a_thumb_each_and_only_who_asked_may_lend_the_words(
    mia: Person, omar: Person, bot: Application
) -> None:
    mia.says(f"@toughcustomer {SITUATION}")
    posted = mia.sees(CARD)

    mia.clicks("👍", on=posted)
    mine = mia.sees("Noted:")
    omar.clicks("👎", on=posted)
    his = omar.sees("Noted:")

    assert sorted(str(row["helped"]) for row in thumbs(bot)) == ["0", "1"]
    assert "Use my words as an example" in mine.labels
    assert "Use my words as an example" not in his.labels


def test_the_shortcut_answers_whoever_used_it_alone_and_in_the_thread(mia: Person, omar: Person) -> None:
    mia.says("Acme on the line")
    root = omar.sees("Acme on the line")
    mia.says("Put me through to your boss!", under=root)
    reply = omar.sees("Put me through")

    omar.uses("Tactics for this", on=reply)

    answer = omar.sees(CARD)
    assert answer.only_you
    assert answer.message.thread_ts == root.message.ts


def test_the_shortcut_on_a_message_without_words_says_so(mia: Person, workspace: Workspace) -> None:
    picture = other_bot_says(workspace, "")

    mia.uses("Tactics for this", on=Seen(picture))

    mia.sees("no words that I can read")


def test_a_message_with_words_in_blocks_only_can_be_read(mia: Person, workspace: Workspace) -> None:
    message = other_bot_says(workspace, "")
    rich = [{"type": "text", "text": "put your boss on the phone now"}]
    message.blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": rich}]}]

    mia.uses("Tactics for this", on=Seen(message))

    answer = mia.sees(CARD)
    mia.clicks("👍")
    mia.sees("Noted:")
    assert "Use my words as an example" not in answer.labels  # they are somebody else's


def test_by_meaning_as_well_a_card_is_found_that_shares_no_word_with_the_text(
    bot: Application, mia: Person, build: Build, library: PlaybookWatcher
) -> None:
    bot.stop()
    build(cards=library, database=MEMORY)

    mia.says("/toughcustomer il veut voir quelqu'un de plus gradé que moi, tout de suite")

    mia.sees(CARD)


@pytest.mark.parametrize(
    "said",
    ["@toughcustomer card stay calm", "@toughcustomer: card stay calm", "card stay calm @toughcustomer"],
)
def test_the_mention_of_the_bot_is_not_part_of_what_is_said(mia: Person, said: str) -> None:
    mia.goes_to("toughcustomer").says(said)

    assert mia.sees("*Not when*").headline.startswith("Stay calm and professional")


def test_a_mention_among_others_without_words_still_reads_the_thread(mia: Person, omar: Person) -> None:
    mia.says(SITUATION)
    root = omar.sees(SITUATION)
    omar.says("@mia @toughcustomer", under=root)

    posted = omar.sees(CARD)
    omar.clicks("👍", on=posted)
    assert "Use my words as an example" not in omar.sees("Noted:").labels  # they are somebody else's


def test_a_whole_card_stays_whole_after_a_thumb(mia: Person) -> None:
    mia.says("/toughcustomer card stay calm")
    mia.sees("*Not when*")

    mia.clicks("👍")

    mia.sees("Noted:", "*Not when*", "*Do*")


def test_the_box_shows_what_is_kept(mia: Person, bot: Application) -> None:
    mia.says(ASKED)
    answer = mia.sees(CARD)
    mia.clicks("👍")
    mia.sees("Noted:")
    first = box_of(answer)
    mia.ticks("Use my words as an example")
    mia.sees("kept in the bot's database")
    assert eventually(lambda: [row["words"] for row in thumbs(bot)] == [SITUATION])

    mia.clicks("👎")

    mia.sees("Noted:", "did not help")
    second = box_of(answer)
    assert second["elements"][0]["initial_options"] == second["elements"][0]["options"]
    assert second["block_id"] != first["block_id"]  # or Slack would keep the old state


def box_of(answer: Seen) -> dict[str, object]:
    return next(b for b in answer.message.blocks if b.get("elements", [{}])[0].get("type") == "checkboxes")
