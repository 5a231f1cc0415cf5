"""Cards by name or id, typos forgiven."""

import pytest

from bot.tactics.playbook.watcher import PlaybookWatcher
from bot.tactics.search.card_names import card_named, near_names


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("stay calm", "stay-calm"),
        ("stay-calm", "stay-calm"),
        ("Stay clam", "stay-calm"),
        ("apologize", "apologise-early"),
        ("apologise early", "apologise-early"),
        ("imaginery audience", "imaginary-audience"),
        ("don't argue", "do-not-argue"),
        ("emphatise", "empathise"),
        ("equal footing", "hold-equal-footing"),
        ("Stay their equal", "hold-equal-footing"),
        ("make amends in writing", "make-amends"),
        ("personalize", "personalise"),
        ("root cause", "find-root-cause"),
        ("hold or fold", "hold-or-fold"),
        ("feedback", "invite-feedback"),
        ("train the team", "train-the-team"),
        ("follow up", "follow-up"),
        ("debrief", "debrief"),
        ("keep tabs", "keep-tabs"),
        ("common goal", "common-goal"),
    ],
)
def test_a_card_is_known_by_its_name_or_id_with_typos(words_only: PlaybookWatcher, typed: str, expected: str) -> None:
    card = card_named(typed, words_only.active.playbook)
    assert card is not None
    assert card.id == expected


@pytest.mark.parametrize("typed", ["", "xyzzy", "the", "declined at the checkout", "lunch", "!!!"])
def test_what_names_no_card_names_none(words_only: PlaybookWatcher, typed: str) -> None:
    assert card_named(typed, words_only.active.playbook) is None


def test_every_card_is_known_by_its_own_name_and_id(words_only: PlaybookWatcher) -> None:
    playbook = words_only.active.playbook
    for card in playbook.cards.values():
        assert card_named(card.name, playbook) is card
        assert card_named(card.id, playbook) is card
        assert card_named(card.id.replace("-", " ").upper(), playbook) is card


def test_near_names_help_when_none_is_clear(words_only: PlaybookWatcher) -> None:
    near = near_names("appologise calmly", words_only.active.playbook)
    assert {"apologise-early", "stay-calm"} <= {card.id for card in near}
