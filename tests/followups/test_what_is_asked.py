"""What is asked about a date, and why; and that what people reported of other bots does not happen here."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.followups.cli import answer
from bot.followups.dates.questions import QUESTIONS, NotUnderstood
from bot.followups.dates.reader import Due, read
from bot.followups.dates.readings import MOST, readings
from tests.followups.date_table import table

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
REPORTED = [json.loads(line) for line in (DATA / "reported_kinds.jsonl").read_text("utf-8").splitlines()]
EVERYDAY = (DATA / "everyday_sentences.txt").read_text("utf-8").splitlines()
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2027, 3, 9, 10, tzinfo=BERLIN)  # a Tuesday


def flat(text: str) -> str:
    for kinds, plain in (("\u2018\u2019", "'"), ("\u201c\u201d", '"'), ("\u2010\u2011\u2012\u2013\u2014\u2212", "-")):
        text = text.translate(dict.fromkeys(map(ord, kinds), plain))
    text = "".join(one for one in text if one not in "\u200b\u200c\u200d\u2060\ufeff\u00ad")
    return " ".join(text.casefold().split()).strip(" .,;:!-")


def verdict(row: dict[str, Any]) -> str:
    """right, asked (where a date was to be read), or wrong: another date or text, or a date where there is none."""
    got = answer({"text": row["text"], "now": row["now"], "tz": row["zone"], "locale": row["locale"]})
    meant = row["expect"].get("or", [row["expect"]])
    if got["kind"] == "error":
        return "right" if any(one.get("ask") for one in meant) else "asked"
    fits = [
        one
        for one in meant
        if got["kind"] == "instant" and "due" in one and datetime.fromisoformat(one["due"]) == _instant(got["due"])
    ]
    return "right" if any("text" not in one or flat(one["text"]) == flat(got["text"]) for one in fits) else "wrong"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_what_other_bots_were_reported_for_is_right_or_asked_about_and_next_to_never_silently_wrong() -> None:
    found = Counter(verdict(row) for row in REPORTED)

    assert found["wrong"] <= 0.01 * found.total()
    assert found["right"] >= 0.97 * found.total()


@pytest.mark.parametrize("kind", sorted({row["kind"] for row in REPORTED}))
def test_no_kind_of_it_is_left_out(kind: str) -> None:
    rows = [row for row in REPORTED if row["kind"] == kind]

    assert Counter(verdict(row) for row in rows)["wrong"] <= 0.06 * len(rows)


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_question_is_asked_for_its_example_and_has_answers_that_are_one_tap_away(question: str) -> None:
    one = QUESTIONS[question]
    zone = ZoneInfo(one.zone)
    now = NOW.replace(tzinfo=zone)

    with pytest.raises(NotUnderstood) as asked:
        read(one.example, now, zone, "en-US")

    assert asked.value.question == question
    found = readings(one.example, now, zone, "en-US", asked.value)
    assert 1 <= len(found) <= MOST
    assert len({due.at for due in found}) == len(found)
    assert all(due.at > now and due.text for due in found)


def test_the_page_about_dates_lists_what_is_asked_as_the_rules_have_it() -> None:
    assert table() in (ROOT / "docs" / "dates.md").read_text("utf-8"), "make docs-dates renews it"


DATES = ["tomorrow 3pm", "friday 15:00", "in 2 hours", "on 24 march at 9:30", "next tuesday 11am", "2027-04-22 14:00"]
DATES += ["friday", "tomorrow at 4", "in 3 days"]


def due_of(text: str) -> Due | None:
    try:
        return read(text, NOW, BERLIN, "en-GB")
    except NotUnderstood:
        return None


def test_a_sentence_without_a_date_never_yields_one() -> None:
    assert len(EVERYDAY) == 500
    assert [sentence for sentence in EVERYDAY if due_of(sentence) is not None] == []


@given(st.sampled_from(EVERYDAY), st.sampled_from(DATES), st.sampled_from(["before", "behind"]))
def test_a_date_beside_an_everyday_sentence_is_found_or_asked_about(sentence: str, date: str, side: str) -> None:
    alone = due_of(f"{date} call Acme")
    assert alone is not None

    found = due_of(f"{date} {sentence}" if side == "before" else f"{sentence} {date}")

    assert found is None or (found.at == alone.at and found.text == sentence.strip(" .,;:"))


@pytest.mark.parametrize(
    "text",
    [
        "Acme Wednesday 26 March refund",
        "24/3/2026 call",
        "call Acme Friday 12 April",
        "follow up with Noon on Thursday",
    ],
)
def test_what_does_not_fit_together_is_asked_about(text: str) -> None:
    assert due_of(text) is None


def test_a_name_before_a_colon_may_be_a_time_where_another_stands_behind_it() -> None:
    due = read("Noon: friday 11am send the PO", NOW, BERLIN, "en-GB")
    assert (f"{due.wall:%a %H:%M}", due.text) == ("Fri 11:00", "Noon: send the PO")


def test_what_was_read_as_the_date_is_named() -> None:
    assert read("call Acme friday at 3pm about pricing", NOW, BERLIN).used == ("friday at 3pm",)
    assert read("friday call Acme at 15:00", NOW, BERLIN).used == ("friday", "at 15:00")


def test_known_names_date_nothing() -> None:
    due = read("call Ruby Tuesday about pricing friday", NOW, BERLIN, "en-GB", ["Ruby Tuesday", "3M"])
    assert (f"{due.wall:%a}", due.text) == ("Fri", "call Ruby Tuesday about pricing")


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("am Freitag um 15 Uhr Acme anrufen", "Fri 2027-03-12 15:00"),
        ("el viernes a las 3 de la tarde llamar a Acme", "Fri 2027-03-12 15:00"),
        ("vendredi à 10 h 30 appeler Acme", "Fri 2027-03-12 10:30"),
        ("sexta-feira às 15h ligar para Acme", "Fri 2027-03-12 15:00"),
        ("mañana por la mañana llamar a Acme", "Wed 2027-03-10 09:00"),
        ("morgen früh Acme anrufen", "Wed 2027-03-10 09:00"),
        ("in 1 and 1/2 hours call Acme", "Tue 2027-03-09 11:30"),
        ("this time next week call Acme", "Tue 2027-03-16 10:00"),
        ("Acme 7pm on the 13th call", "Sat 2027-03-13 19:00"),
        ("call +49 30 901820 15:00 tomorrow", "Wed 2027-03-10 15:00"),
        ("fr\u0456day \uff13\uff50\uff4d call Acme", "Fri 2027-03-12 15:00"),
        ("friday 1030am call Acme", "Fri 2027-03-12 10:30"),
    ],
)
def test_what_is_read_besides_plain_english(text: str, local: str) -> None:
    assert f"{read(text, NOW, BERLIN, 'en-GB').wall:%a %Y-%m-%d %H:%M}" == local
