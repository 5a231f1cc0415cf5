"""The right card is found, by words and by meaning, and none where none fits."""

from pathlib import Path

import pytest

from bot.tactics.playbook.loader import load
from bot.tactics.playbook.watcher import PlaybookWatcher
from bot.tactics.search.lexical import as_typed
from bot.tactics.search.ranking import CardSearch
from tests.tactics.rows import OWN, measure, read

MORE = Path(__file__).resolve().parents[3] / "shared" / "data"  # more rows to measure by, where they are there

NEW_CARD = """---
name: Feed them before you talk
moment: keep-steady
for: rep
stage: both
sources: [dragon]
---

Nobody negotiates well on an empty stomach: put lunch on the table before the contract.

## When

- The meeting runs into lunch and tempers with it

## When not

- They have just eaten

## Do

1. Order sandwiches
2. Eat together, and talk of something else

## Say

- Let's eat first. The contract won't run away.
- What do you like on your sandwich?

## Avoid

- Talking terms with your mouth full

## Examples

- everybody is hangry and the meeting drags on through lunchtime
- no sandwiches on the table and they snap at each other
- stomachs rumbling, contract talks stuck
"""


def test_on_rows_of_another_hand_the_right_card_is_among_three_and_the_gate_holds(library: PlaybookWatcher) -> None:
    figures = measure(library.active.search.find, read(), gated=True)

    assert figures.hit3 >= 0.82
    assert figures.hard >= 0.70
    assert figures.gate >= 0.95


def test_by_words_alone_the_right_card_is_still_found_mostly(words_only: PlaybookWatcher) -> None:
    figures = measure(words_only.active.search.find, read(), gated=False)

    assert figures.hit3 >= 0.72


def test_the_rows_that_measure_are_not_among_the_examples(library: PlaybookWatcher) -> None:
    playbook = library.active.playbook
    learnt = {text.casefold() for card in playbook.cards.values() for text in card.examples}
    learnt |= {text.casefold() for text in playbook.off_topic}
    for path in (OWN, *MORE.glob("situations_dev*.jsonl")):
        assert [row.text for row in read(path) if row.text.casefold() in learnt] == []


def test_a_new_card_is_one_new_file_and_is_found(playbooks: Path) -> None:
    (playbooks / "tactics" / "feed-them-first.md").write_text(NEW_CARD)
    library = PlaybookWatcher(playbooks)

    found = library.active.search.find("we're all hangry, it's way past lunchtime and they snap at me")

    assert "feed-them-first" in [match.card.id for match in found.matches]
    assert found.fits


def test_a_new_card_is_found_by_words_alone(playbooks: Path) -> None:
    (playbooks / "tactics" / "feed-them-first.md").write_text(NEW_CARD)

    found = CardSearch(load(playbooks)).find("hangry people and no sandwiches")

    assert found.matches[0].card.id == "feed-them-first"


@pytest.mark.parametrize("text", ["", "   ", "😡😡", ":rage:", "?!…", "\u200b"])
def test_a_text_without_words_finds_nothing(library: PlaybookWatcher, text: str) -> None:
    found = library.active.search.find(text)
    assert (found.matches, found.fits) == ((), False)


@pytest.mark.parametrize(
    "text", ["stay calm and professional", "Stay-Calm", "card stay-calm", "STAY CALM AND PROFESSIONAL!"]
)
def test_a_card_that_is_named_outright_comes_first(library: PlaybookWatcher, text: str) -> None:
    found = library.active.search.find(text)
    assert found.matches[0].card.id == "stay-calm"
    assert found.fits


def test_why_names_words_of_the_text_or_the_example_it_is_like(library: PlaybookWatcher) -> None:
    search = library.active.search
    cards = library.active.playbook.cards
    assert "boss" in search.why("he wants to talk to my boss right now", cards["offer-your-manager"])
    assert search.find("he won't stop shouting, I don't dare to breathe").words

    text = "il veut voir quelqu'un de plus gradé"
    for match in search.find(text).matches:
        assert all(why in text or why in match.card.examples for why in search.why(text, match.card))


def test_words_are_named_as_they_were_typed(library: PlaybookWatcher) -> None:
    assert as_typed(("dont", "boss"), "I don't want my BOSS") == ("don't", "boss")
    assert as_typed(("boss",), "my boss") == ("boss",)


def test_scores_fall_and_lie_between_0_and_1(library: PlaybookWatcher) -> None:
    scores = [match.score for match in library.active.search.find("they shout at me about a late truck").matches]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_the_same_text_gets_the_same_answer_each_time(library: PlaybookWatcher) -> None:
    text = "she keeps interrupting and shouting about the outage"
    assert len({str(library.active.search.find(text)) for _ in range(5)}) == 1


def test_a_text_of_forty_thousand_characters_is_searched_like_its_beginning_and_end(library: PlaybookWatcher) -> None:
    found = library.active.search.find("he wants to talk to my boss " * 1400)
    assert found.matches[0].card.id == "offer-your-manager"


def test_typos_do_not_hide_a_card(words_only: PlaybookWatcher) -> None:
    found = words_only.active.search.find("she is shoutng n insultin me personaly")
    assert {"not-personal", "stay-calm"} & {match.card.id for match in found.matches}


@pytest.mark.parametrize("text", ["客户对我大喊大叫要见我的经理" * 300, "https://x/" + "aB3dE5" * 1000, "x" * 40_000])
def test_a_text_without_spaces_is_searched(library: PlaybookWatcher, text: str) -> None:
    found = library.active.search.find(text)  # how long it takes is measured by make bench
    assert len(found.matches) <= len(library.active.playbook.cards)


def test_half_a_character_is_no_trouble(library: PlaybookWatcher) -> None:
    text = "he wants my boss \ud83d now"
    found = library.active.search.find(text)
    assert found.matches[0].card.id == "offer-your-manager"
    assert library.active.search.example(text, found.matches[0].card) in found.matches[0].card.examples
