"""Every card, however it is shown, is within Slack's limits before it is sent."""

from pathlib import Path

import pytest

from bot.commands.router import Place
from bot.emulator.text import clickables, words
from bot.slack.limits import fit, problems
from bot.tactics import blocks
from bot.tactics.playbook.watcher import PlaybookWatcher
from bot.tactics.service import Answer, AnswerRef


def payload(message: object) -> dict[str, object]:
    return {"text": message.text, "blocks": list(message.blocks)}  # type: ignore[attr-defined]


@pytest.mark.parametrize("place", list(Place))
def test_every_card_in_every_form_is_within_the_limits(words_only: PlaybookWatcher, place: Place) -> None:
    playbook = words_only.active.playbook
    cards = list(playbook.cards.values())
    situation = "<&*_~`" * 500
    why = ("x" * 700,)
    for at, card in enumerate(cards):
        others = (cards[at - 1], cards[at - 2])
        handle = AnswerRef("t" * 12, (card.id, *(other.id for other in others)), card.id)
        answer = Answer(handle, situation, card, others, why, playbook.moments)
        asked = Answer(handle, situation, None, (card, *others), (), playbook.moments)
        for message in (
            blocks.answer_message(answer, place, "card NAME"),
            blocks.answer_message(answer, place, whole=True),
            blocks.answer_message(asked, place, "card NAME"),
            blocks.chosen_message(answer, place, kept=True),
            blocks.card_message(card, handle, place),
            blocks.shared_message(card, "U1"),
            blocks.noted_message(answer, place, helped=True, may_lend=True),
        ):
            assert problems(message) == [], card.id
            assert fit(message) == message, card.id


def test_the_longest_card_that_the_loader_lets_through_is_within_the_limits(playbooks: Path) -> None:
    item = "&" * 56
    sections = {"When": 8, "When not": 8, "Do": 5, "Say": 4, "Avoid": 6}
    body = "".join(f"## {name}\n\n" + f"- {item}\n" * count + "\n" for name, count in sections.items())
    front = "---\nname: {name}\nmoment: keep-steady\nfor: rep\nstage: both\nsources: [dragon]\n---\n\n"
    text = front.format(name="x" * 60) + "&" * 50 + "\n\n" + body + "## Examples\n\n- " + "y" * 700 + "\n"
    (playbooks / "tactics" / ("z" * 60 + ".md")).write_text(text)
    card = PlaybookWatcher(playbooks, semantic=False).active.playbook.cards["z" * 60]
    handle = AnswerRef("t" * 12, (card.id, "a" * 60, "b" * 60), card.id)
    answer = Answer(handle, "s" * 3000, card, (), (), ())

    for message in (blocks.card_message(card, handle, Place.PRIVATE), blocks.answer_message(answer, Place.PRIVATE)):
        assert problems(fit(message)) == []


def test_the_menu_and_each_moment_are_within_the_limits(words_only: PlaybookWatcher) -> None:
    playbook = words_only.active.playbook
    assert problems(blocks.menu_message(playbook.moments)) == []
    for moment in playbook.moments:
        cards = playbook.by_moment[moment.id]
        handle = AnswerRef("t" * 12, tuple(card.id for card in cards), "")
        assert problems(blocks.moment_message(moment, cards, handle)) == []


def test_one_line_of_tension_is_shown_and_it_is_that_with_a_card_that_was_found_as_well(
    words_only: PlaybookWatcher,
) -> None:
    cards = words_only.active.playbook.cards
    stay, argue = cards["hold-equal-footing"], cards["do-not-argue"]
    answer = Answer(AnswerRef("t", (stay.id, argue.id), stay.id), "", stay, (argue,), (), ())

    text = words(payload(blocks.answer_message(answer, Place.PRIVATE)))

    assert text.count("Pulls against") == 1
    assert "Pulls against *Don't argue, not even about arguing*" in text


def test_buttons_have_words_for_a_screen_reader(words_only: PlaybookWatcher) -> None:
    card = words_only.active.playbook.cards["stay-calm"]
    answer = Answer(AnswerRef("t", (card.id,), card.id), "", card, (), (), ())

    shown = payload(blocks.answer_message(answer, Place.PRIVATE))
    said = {one.get("accessibility_label") for _, one in clickables(shown["blocks"])}

    buttons = {
        "Share: Stay calm and professional, with the channel",
        "Whole card: Stay calm and professional",
        "Remind me: make a follow-up",
        "Escalate: page the manager about this customer",
        "👍: Stay calm and professional helped",
        "👎: Stay calm and professional did not help",
    }
    assert said == buttons
