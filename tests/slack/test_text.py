"""What people typed, read and shown again."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.text import escaped, plain, quote, shortened, text_of


@pytest.mark.parametrize(
    ("delivered", "typed"),
    [
        ("he said &lt;no&gt; &amp; left", "he said <no> & left"),
        ("<@U1|mia> and <@U2>", "@mia and @U2"),
        ("<#C1|deals> <#C2>", "#deals #C2"),
        ("<!channel> <!here|here> <!subteam^S1|@sales>", "@channel @here @sales"),
        (
            "<https://a.example/x?y=1|our page> <https://b.example> <mailto:a@b.example|a@b.example>",
            "our page https://b.example a@b.example",
        ),
        ("&amp;lt;", "&lt;"),
        ("  spaced\u00a0out  ", "spaced out"),
    ],
)
def test_what_slack_delivers_becomes_what_was_typed(delivered: str, typed: str) -> None:
    assert plain(delivered) == typed


@pytest.mark.parametrize("typed", ["<!channel>", "<@U123>", "<https://x.example|y>", "a & b", "&lt;!here&gt;"])
def test_a_quotation_holds_no_markup_of_slacks(typed: str) -> None:
    quoted = quote(typed)
    assert "<" not in quoted
    assert ">" not in quoted
    assert plain(quoted.replace("\u200b", "")) == typed


def test_a_quotation_is_one_line_of_bounded_length_with_formatting_broken() -> None:
    quoted = quote("*bold*\n\n_it_ " + "x" * 500, 100)
    assert "\n" not in quoted
    assert len(quoted.replace("\u200b", "")) == 100
    assert quoted.endswith("…")
    assert "*bold*" not in quoted


def test_text_of_ours_keeps_its_formatting() -> None:
    assert escaped("*Stay* <calm> & well") == "*Stay* &lt;calm&gt; &amp; well"


def test_shortening_keeps_what_fits() -> None:
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "ab…"


def test_a_message_without_text_has_that_of_its_attachments() -> None:
    assert text_of({"text": "", "attachments": [{"fallback": "one"}, {"text": "two"}, {}]}) == "one\ntwo"
    assert text_of({"text": "hello", "attachments": [{"text": "two"}]}) == "hello"
    assert text_of({}) == ""


# What was there before the scanner, four expressions one after the other; here only to compare with.
OLD_USER = re.compile(r"<@([A-Z0-9]+)(?:\|([^>]*))?>")
OLD_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|([^>]*))?>")
OLD_SPECIAL = re.compile(r"<!(?:subteam\^[A-Z0-9]+\|)?@?([^>|^]+)[^>]*>")
OLD_LINK = re.compile(r"<((?:https?|mailto|tel):[^>|]+)(?:\|([^>]*))?>")


def as_before(text: str) -> str:
    text = OLD_USER.sub(lambda m: f"@{m[2] or m[1]}", text)
    text = OLD_CHANNEL.sub(lambda m: f"#{m[2] or m[1]}", text)
    text = OLD_SPECIAL.sub(lambda m: f"@{m[1]}", text)
    text = OLD_LINK.sub(lambda m: m[2] or m[1].removeprefix("mailto:").removeprefix("tel:"), text)
    return html.unescape(text).replace("\u00a0", " ").strip()


def escaped_text(least: int = 0, without: str = "") -> st.SearchStrategy[str]:
    """Text as Slack delivers it: its three signs as entities."""
    letters = st.characters(codec="utf-8", exclude_characters=without, exclude_categories=("Cs", "Cc"))
    return st.text(
        st.one_of(st.sampled_from(sorted(set("&<>;lgtamp") - set(without))), letters), min_size=least, max_size=12
    ).map(escaped)


IDENT = st.text("ABCU0129", min_size=1, max_size=9)
LABEL = st.one_of(st.just(""), escaped_text().map(lambda label: f"|{label}"))
HANDLE = escaped_text(1, "|^@")
FALLBACK = escaped_text(0, "|").map(lambda text: f"|{text}")
MARKUP = st.one_of(
    st.tuples(st.sampled_from("@#"), IDENT, LABEL).map("".join),
    st.tuples(st.just("!subteam^"), IDENT, st.one_of(st.just(""), HANDLE.map(lambda name: f"|@{name}"))).map("".join),
    st.tuples(st.sampled_from(["!channel", "!here", "!everyone"]), LABEL).map("".join),
    st.tuples(st.just("!date^1392734382^{date} at {time}"), FALLBACK).map("".join),
    st.tuples(st.sampled_from(["https://", "http://", "mailto:", "tel:", "slack://"]), escaped_text(1, "|"), LABEL).map(
        "".join
    ),
).map(lambda markup: f"<{markup}>")


@given(st.lists(st.one_of(escaped_text(), MARKUP), max_size=8).map("".join))
def test_whatever_slack_delivers_is_read_as_it_always_was(delivered: str) -> None:
    assert plain(delivered) == as_before(delivered)


@pytest.mark.parametrize(
    ("delivered", "read"),
    [
        ("<!channel and on", "<!channel and on"),
        ("<<@U1|mia>>", "<@mia>"),
        ("<!subteam^ <!subteam^S1|@sales", "<!subteam^ <!subteam^S1|@sales"),
        ("<https://x.example <https://y.example|y>", "<https://x.example y"),
        ("<> <|> <@> <!> <https:>", "<> <|> <@> <!> <https:>"),
        ("&#" + "1" * 5_000 + ";", "&#" + "1" * 5_000 + ";"),
    ],
)
def test_what_is_no_markup_stays_as_it_is(delivered: str, read: str) -> None:
    assert plain(delivered) == read
