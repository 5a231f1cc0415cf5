"""Whom a thread is about: the customer by its name, and nobody rather than a wrong one."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from bot.customers.names import KnownNames, NamedCustomer, customer_in, find_known, name_key
from bot.customers.spelling import slips

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "customer_names.jsonl").read_text(encoding="utf-8").splitlines()
]
THREAD = [
    "@toughcustomer a long call today, and the team in Berlin said that the import is broken, third time this week",
    "Ms Lang (CFO) told me that they Cancel the Contract if nothing happens until Friday. We call back with Omar.",
] * 5


def named(*texts: str, known: tuple[str, ...] = ()) -> str | None:
    found = customer_in(texts, known)
    return found.name if found else None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme", "  ACME "),
        ("Weiß", "WEISS"),
        ("İzmir Lojistik", "izmir  lojistik"),
        ("O'Reilly", "o’reilly"),
        ("Rolls-Royce", "Rolls\u2011Royce"),
        ("Acme", "Ａｃｍｅ"),
        ("Acme Labs", "Acme\u00a0Labs"),
        ("Acme", "Ac\u00adme"),
        ("Acme, Inc.", "ACME, Inc"),
        ("“Acme”", '"Acme"'),
    ],
)
def test_all_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize("other", ["Acme & Sons", "Acme, Inc.", "Acme Corp", "Acme's", "Acmé", "Acme 2", "Ac-me"])
def test_another_name_has_another_key(other: str) -> None:
    assert name_key(other) != name_key("Acme")


def test_a_form_names_its_customer() -> None:
    form = "New escalation. Customer: Acme. What happened: they will take their business elsewhere"

    assert customer_in([form]) == NamedCustomer("Acme", known=False)
    assert customer_in([form], ["ACME"]) == NamedCustomer("ACME", known=True)


def test_what_is_forwarded_is_about_whom_the_comment_names() -> None:
    words = "We have decided to cancel our contract at the end of the month."

    assert named(f"from Acme:\n{words}", known=("Acme",)) == "Acme"
    assert named(f"from Acme:\n{words}") == "Acme"
    assert named(f"what do we do?\n{words}") is None


def test_a_longer_name_is_another_customer() -> None:
    for name in ("Acme & Sons", "Acme, Inc.", "Acme Corp"):
        found = customer_in([f"{name} will take their business elsewhere"], ["Acme"])
        assert found == NamedCustomer(name, known=False)


def test_a_word_that_is_a_customers_name_is_no_customer_where_it_is_a_word() -> None:
    known = ("Target", "Will")

    assert named("we missed our target, Globex wants to speak to your manager", known=known) in ("Globex", None)
    assert named("Globex will take their business elsewhere", known=known) in ("Globex", None)
    assert named("Target will take their business elsewhere", known=known) == "Target"


@pytest.mark.parametrize(
    ("known", "typed"),
    [("O'Reilly", "O’Reilly"), ("Rolls-Royce", "Rolls\u2011Royce"), ("Rolls\u2011Royce", "rolls-royce")],
)
def test_two_spellings_are_one_customer(known: str, typed: str) -> None:
    assert customer_in([f"{typed} will take their business elsewhere"], [known]) == NamedCustomer(known, known=True)


def test_names_that_are_found_by_eye_are_found() -> None:
    assert named("Weiß will leave by Friday", known=("Weiß",)) == "Weiß"
    assert named("The Boltons said Bolt will leave", known=("Bolt",)) == "Bolt"
    assert named("izmir lojistik is furious", known=("İzmir Lojistik",)) == "İzmir Lojistik"


def test_where_a_known_name_stands_is_told_in_the_text_as_it_is() -> None:
    text = "Straße gesperrt. İki gün: WEISS will leave"

    found = find_known(text, ["Weiß"])

    assert found is not None
    assert (text[found[0] : found[1]], found[2]) == ("WEISS", "Weiß")
    assert find_known("Acme Logistics is late", ["Acme", "Acme Logistics"]) == (0, 14, "Acme Logistics")
    assert find_known("Acme & Sons is late", ["Acme"]) is None
    assert find_known("nothing is late", ["Acme"]) is None


def test_who_is_misspelt_is_told_so() -> None:
    assert customer_in(["Nordwnd wants out"], ["Nordwind"]) == NamedCustomer("Nordwind", known=True, near=True)


def test_nobody_is_named_where_two_known_names_are_as_near() -> None:
    assert named("the CFO at Nordwint is furious", known=("Nordwing", "Nordwind")) not in ("Nordwing", "Nordwind")


def right(row: dict[str, Any], *, known: bool) -> tuple[bool, bool]:
    """Whether a name is given for *row*, and whether it is the right one."""
    found = customer_in(row["texts"], row["known"] if known else ())
    return found is not None, found is not None and name_key(found.name) == name_key(row["name"] or "")


def test_the_names_given_are_right_and_most_are_found() -> None:
    results = [right(row, known=True) for row in ROWS]
    given, correct = sum(one for one, _ in results), sum(one for _, one in results)
    named_rows = sum(row["name"] is not None for row in ROWS)

    assert len(ROWS) >= 150
    assert correct / given >= 0.98
    assert correct / named_rows >= 0.97


def test_known_and_near_are_told_as_they_are() -> None:
    wrong = [
        row["texts"]
        for row in ROWS
        if (found := customer_in(row["texts"], row["known"]))
        and found.name == row["name"]
        and (found.name, found.known, found.near) != (row["name"], row["is_known"], row["near"])
    ]
    assert wrong == []


def test_no_text_is_too_odd() -> None:
    for text in (
        "",
        " ",
        ":",
        "::::",
        "Customer:",
        "[",
        "(",
        "Acme (",
        "Acme's",
        "'",
        "&",
        "@",
        "Mr.",
        "A.",
        "\u0307",
        "ﬀ:",
    ):
        customer_in([text], ["Acme", "", "&", "!!!", "Mr"])
    customer_in([], ["Acme"])
    customer_in(["Acme & " * 5_000, ": " * 20_000, "(" * 20_000, "Mr. A " * 5_000, "a-" * 10_000], ["Acme"])


def test_a_thread_is_read_fast_however_many_are_known() -> None:
    syllables = ["nor", "kel", "tra", "bru", "mi", "sto", "ver", "lan", "dor", "fen", "wic", "ash", "gra", "pol", "zet"]
    names = [f"{a}{b}{c} {d}".title() for a in syllables for b in syllables for c in syllables for d in ("Labs", "Ltd")]
    known = KnownNames(names[:5_000])

    began = time.process_time()
    for _ in range(10):
        known.customer_in(THREAD)
    assert (time.process_time() - began) / 10 < 0.02  # 2 ms where nobody else is working


def test_a_slip_is_what_a_finger_does() -> None:
    assert [slips("nordwnd", "nordwind", 1), slips("pinecrset", "pinecrest", 1), slips("boltom", "bolton", 1)] == [
        1,
        1,
        1,
    ]
    assert slips("narvik", "norvik", 1) > 1


def test_names_need_nothing_but_the_standard_library() -> None:
    script = (
        "import sys; before = set(sys.modules); import bot.customers.names; "
        "print({one.split('.')[0] for one in set(sys.modules) - before} - sys.stdlib_module_names)"
    )
    here = Path(__file__).parents[2]
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=here)
    found = set(re.findall(r"'(\w+)", shown.stdout))
    assert {one for one in found if not one.startswith("_sysconfigdata")} == {"bot"}
