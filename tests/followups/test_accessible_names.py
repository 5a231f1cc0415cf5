"""What a screen reader says of a button, and voice control listens for, begins with what everybody sees on it."""

import pytest

from bot.emulator.text import clickables
from bot.followups import forms
from bot.followups.model import FollowUpState
from bot.slack.block_kit import LONGEST_ACCESSIBLE, Block, named
from tests.test_markup import DUE, follow_up, of_cards, of_cases, of_follow_ups

WORDS = "call back"


def buttons_of(kind: str) -> list[Block]:
    """Every button of every message and window that a feature draws."""
    of = {"follow-ups": of_follow_ups, "cards": of_cards, "cases": of_cases}
    drawn = [list(message.blocks) for message in of[kind](WORDS)]
    if kind == "follow-ups":
        one = follow_up(WORDS, FollowUpState.WAITING, WORDS)
        drawn += [view["blocks"] for view in (forms.saved_window(one), forms.snooze_window(one, DUE, {}))]
    return [one for blocks in drawn for _, one in clickables(blocks) if one["type"] == "button"]


@pytest.mark.parametrize("kind", ["follow-ups", "cards", "cases"])
def test_the_name_begins_with_the_label_and_is_no_longer_than_slack_takes(kind: str) -> None:
    buttons = buttons_of(kind)
    assert buttons
    for one in buttons:
        label, name = one["text"]["text"], one.get("accessibility_label", one["text"]["text"])
        assert name.startswith(label), (label, name)
        assert len(name) <= LONGEST_ACCESSIBLE, name


def test_the_name_says_whom_and_what_it_is_about_and_no_id() -> None:
    names = {one.get("accessibility_label", "") for one in buttons_of("follow-ups")}
    assert {f"Snooze: {WORDS}, {WORDS}", f"Done: {WORDS}, {WORDS}", f"Reassign: {WORDS}"} <= names
    assert not any("F12" in one for one in names)
    of_cases_too = {one.get("accessibility_label", "") for one in buttons_of("cases")}
    assert {f"Resolve: {WORDS}", f"I have it: {WORDS}, for 30 minutes", f"Pass it on: {WORDS}"} <= of_cases_too
    assert not any("E7" in one for one in of_cases_too)


def test_a_long_text_is_shortened_in_the_name() -> None:
    assert named("Snooze", "Acme, send " + "x" * 200).endswith("x…")
    assert len(named("Snooze", "Acme, send " + "x" * 200)) == LONGEST_ACCESSIBLE
