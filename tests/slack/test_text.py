"""What people typed, read and shown again."""

import pytest

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
