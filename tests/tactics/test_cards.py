"""The shipped content: all cards, in the form that was agreed, and saying what they must."""

import re
from collections import Counter

import pytest

from bot.config import shipped_playbooks
from bot.tactics.model import Audience, Playbook, Stage
from bot.tactics.playbook.loader import load
from bot.tactics.playbook.watcher import PlaybookWatcher

# The ids are a contract: people have saved them.
MOMENTS = {
    "keep-steady": ["stay-calm", "not-personal", "imaginary-audience", "do-not-argue"],
    "hear-them-out": ["listen-actively", "show-respect", "empathise", "read-the-fear", "personalise"],
    "find-what-is-wrong": ["find-root-cause", "focus-on-specifics", "ask-their-view", "surface-early"],
    "own-it-and-move": [
        *("apologise-early", "act-decisively", "offer-solutions"),
        *("promise-less-deliver-more", "concede-the-point", "give-a-name"),
    ],
    "negotiate-as-equals": [
        *("hold-equal-footing", "frame-as-negotiation", "common-goal", "humanise", "offer-alternatives"),
    ],
    "bring-in-the-manager": [
        *("escalate-in-time", "offer-your-manager", "back-your-rep", "hand-back-or-reassign", "keep-tabs"),
    ],
    "hold-or-fold": ["hold-or-fold", "part-ways", "decline-the-prospect", "returning-prospect"],
    "afterwards": ["follow-up", "keep-your-word", "make-amends", "invite-feedback", "build-the-relationship"],
    "get-better": ["debrief", "train-the-team", "welcome-the-stretch"],
}
TENSIONS = {
    ("do-not-argue", "hold-equal-footing"),
    ("apologise-early", "hold-equal-footing"),
    ("concede-the-point", "hold-equal-footing"),
    ("concede-the-point", "promise-less-deliver-more"),
    ("make-amends", "hold-equal-footing"),
}


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return load(shipped_playbooks())


def test_all_cards_are_there_under_their_ids_and_moments(playbook: Playbook) -> None:
    assert {moment: sorted(card.id for card in cards) for moment, cards in playbook.by_moment.items()} == {
        moment: sorted(ids) for moment, ids in MOMENTS.items()
    }
    assert list(playbook.by_moment) == list(MOMENTS)


def test_the_tensions_of_the_articles_are_told_on_both_cards(playbook: Playbook) -> None:
    told = {(card.id, tension.card_id) for card in playbook.cards.values() for tension in card.tensions}
    for one, other in TENSIONS:
        assert (one, other) in told
        assert (other, one) in told


def test_cards_for_managers_and_stages_are_marked(playbook: Playbook) -> None:
    cards = playbook.cards
    for_managers = {card.id for card in cards.values() if card.audience is Audience.MANAGER}
    assert for_managers == {"back-your-rep", "hand-back-or-reassign", "keep-tabs", "train-the-team"}
    assert cards["part-ways"].stage is Stage.CUSTOMER
    assert cards["decline-the-prospect"].stage is Stage.PROSPECT
    assert cards["returning-prospect"].stage is Stage.PROSPECT


def test_every_source_is_drawn_on(playbook: Playbook) -> None:
    assert {key for card in playbook.cards.values() for key in card.sources} == set(playbook.sources)


def test_every_card_has_at_least_forty_examples_and_none_belongs_to_three_cards(playbook: Playbook) -> None:
    for card in playbook.cards.values():
        assert len(card.examples) >= 40, card.id
    times = Counter(example.casefold() for card in playbook.cards.values() for example in card.examples)
    assert [example for example, count in times.items() if count > 2] == []


def test_no_off_topic_text_is_an_example(playbook: Playbook) -> None:
    examples = {example.casefold() for card in playbook.cards.values() for example in card.examples}
    assert [text for text in playbook.off_topic if text.casefold() in examples] == []


def test_lines_to_say_are_short_enough_to_be_said(playbook: Playbook) -> None:
    for card in playbook.cards.values():
        for line in card.say:
            assert len(line.split()) <= 30, f"{card.id}: {line}"


def test_no_line_to_say_is_one_that_the_card_warns_of(playbook: Playbook) -> None:
    for card in playbook.cards.values():
        warned = {quoted.casefold() for line in card.avoid for quoted in re.findall(r'"([^"]+)"', line)}
        for line in card.say:
            assert not any(line.casefold().startswith(quoted) for quoted in warned), f"{card.id}: {line}"


def test_a_card_that_names_another_names_it_as_it_is_called(playbook: Playbook) -> None:
    names = {card.name for card in playbook.cards.values()}
    for card in playbook.cards.values():
        for line in (*card.when, *card.when_not, *card.do, *card.avoid):
            for named in re.findall(r"\*([^*]+)\*", line):
                assert named in names, f"{card.id}: {named}"


def test_the_shipped_library_compares_meanings(library: PlaybookWatcher) -> None:
    assert library.why_not_semantic is None
