"""The right card is found, by words and by meaning, and none where none fits."""

import shutil
from functools import lru_cache
from pathlib import Path

import pytest

from bot.tactics.model import FitLevel
from bot.tactics.playbook.loader import load
from bot.tactics.playbook.watcher import PlaybookWatcher
from bot.tactics.search.lexical import as_typed
from bot.tactics.search.ranking import CardSearch
from bot.tactics.search.said import said
from tests.tactics.rows import OWN, STRANGERS, calibration, measure, read

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

    assert figures.hit3 >= 0.89
    assert figures.hard >= 0.80
    assert figures.gate >= 0.97
    assert figures.exits <= 0.01


def test_on_strangers_rows_the_right_card_is_among_three_hardly_ever_one_that_ends_it_and_shares_are_as_they_say(
    library: PlaybookWatcher,
) -> None:
    find, rows = lru_cache(maxsize=None)(library.active.search.find), read(STRANGERS)[::2]
    figures = measure(find, rows, gated=True)

    assert figures.hit3 >= 0.86
    assert figures.hit1 >= 0.65
    assert figures.wrong <= 0.08
    assert figures.exits <= 0.01
    bins = calibration(find, rows)
    assert sum(one.count * abs(one.said - one.right) for one in bins) / sum(one.count for one in bins) <= 0.08


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("he wants to talk to my boss right now", FitLevel.SURE),
        ("it is all a mess with this customer", FitLevel.UNSURE),
        ("what is the wifi password", FitLevel.NONE),
    ],
)
def test_one_card_is_opened_several_are_asked_about_or_none_fits(
    library: PlaybookWatcher, text: str, fit: FitLevel
) -> None:
    found = library.active.search.find(text)
    assert found.fit is fit
    assert (found.matches[0].share >= 0.65) == (fit is FitLevel.SURE)


@pytest.mark.parametrize(
    "text",
    [
        "they want to cancel",
        "he says he'll churn in march",
        "she is looking at another vendor",
        "either we drop the price or they leave",
        "client handed in notice this morning, very polite",
        "drohen mit Kündigung",
    ],
)
def test_a_threat_to_leave_never_brings_the_lines_for_ending_it_first(library: PlaybookWatcher, text: str) -> None:
    best = library.active.search.find(text).matches[0].card
    assert not best.careful, best.id


@pytest.mark.parametrize(
    "signature",
    [
        "--\nMia Keller\nAccount Executive | +49 30 901820",
        "Sent from my iPhone",
        "Thanks,\nMia",
        "Mit freundlichen Grüßen\nJ. Wolf",
    ],
)
def test_a_signature_changes_nothing(library: PlaybookWatcher, signature: str) -> None:
    text = "he won't stop shouting at me and he's calling me names"
    search = library.active.search
    assert search.find(f"{text}\n\n{signature}") == search.find(text)


def test_words_under_a_closing_formula_that_are_no_signature_count(library: PlaybookWatcher) -> None:
    text = "All is well here.\n\nBest,\nTom\nPS we have signed with your competitor and want to cancel by Friday"
    assert "cancel" in said(text)


@pytest.mark.parametrize(
    "text",
    [
        "Nice lunch with Acme today\n--\nand now he wants my boss",
        "Me: I am sorry\n—\nHim: I want your manager now",
        "Look at this\nSent from the customer just now: you will hear from our lawyers",
    ],
)
def test_what_looks_like_the_beginning_of_a_signature_takes_no_sentence_with_it(text: str) -> None:
    assert said(text) == text


def test_a_text_as_unlike_all_cards_as_can_be_is_met_with_silence(playbooks: Path) -> None:
    for path in (playbooks / "tactics").glob("*.md"):
        path.unlink()
    shutil.rmtree(playbooks / "situations")
    card = (
        NEW_CARD.partition("## Examples")[0] + "## Examples\n\n" + "".join(f"- hangry people {n}\n" for n in range(9))
    )
    (playbooks / "tactics" / "feed-them-first.md").write_text(card)
    (playbooks / "off-topic.txt").write_text("where is lunch\n")

    found = PlaybookWatcher(playbooks).active.search.find("where is lunch")

    assert found.fit is FitLevel.NONE


def test_by_words_alone_and_without_texts_of_no_card_there_are_answers_all_the_same(playbooks: Path) -> None:
    shutil.rmtree(playbooks / "situations")
    (playbooks / "off-topic.txt").write_text("lunch?\n")

    found = CardSearch(load(playbooks)).find("he wants to talk to my boss right now")

    assert found.fits
    assert found.matches[0].card.id == "offer-your-manager"


def test_what_speaks_for_a_card_besides_the_search_puts_it_forward(library: PlaybookWatcher) -> None:
    search = library.active.search
    text = "it is all a mess with this customer"
    before = [match.card.id for match in search.find(text, 41).matches]

    after = [match.card.id for match in search.find(text, 41, [before[6], "no-such-card"]).matches]

    assert after.index(before[6]) < 6


def test_an_example_under_the_wrong_card_is_named(playbooks: Path) -> None:
    card = playbooks / "tactics" / "make-amends.md"
    card.write_text(
        card.read_text() + "- he insists on speaking with my boss this minute\n- a bunch of flowers and a card\n"
    )

    astray = PlaybookWatcher(playbooks).astray()

    assert [(text, card.id) for text, card in astray] == [
        ("he insists on speaking with my boss this minute", "offer-your-manager")
    ]


def test_how_an_answer_came_about_is_told_by_both_halves_and_the_nearest_examples(library: PlaybookWatcher) -> None:
    evidence = library.active.search.evidence("he wants to talk to my boss right now")

    assert evidence.gate > 0
    assert evidence.by_words[0][0] == evidence.by_meaning[0][0] == "offer-your-manager"
    assert "offer-your-manager" in evidence.nearest[0].cards
    assert library.active.search.evidence("what is the wifi password").gate < 0


def test_by_words_alone_the_right_card_is_still_found_mostly(words_only: PlaybookWatcher) -> None:
    figures = measure(words_only.active.search.find, read(), gated=False)

    assert figures.hit3 >= 0.72


def test_the_rows_that_measure_are_not_among_the_examples(library: PlaybookWatcher) -> None:
    playbook = library.active.playbook
    learnt = {text.casefold() for card in playbook.cards.values() for text in card.examples}
    learnt |= {text.casefold() for text in playbook.off_topic}
    for path in (OWN, STRANGERS, *MORE.glob("situations_dev*.jsonl")):
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
    assert (found.matches, found.fit) == ((), FitLevel.NONE)


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


def test_shares_fall_and_lie_between_0_and_1(library: PlaybookWatcher) -> None:
    shares = [match.share for match in library.active.search.find("they shout at me about a late truck").matches]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= score <= 1 for score in shares)


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
