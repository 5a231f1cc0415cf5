"""Slack's limits are kept before anything is sent."""

import pytest

from bot.slack.block_kit import Message
from bot.slack.limits import fit, problems


def section(text: str, **more: object) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str = "Go", action_id: str = "a", value: str = "v") -> dict[str, object]:
    return {"type": "button", "text": {"type": "plain_text", "text": text}, "action_id": action_id, "value": value}


def test_what_is_too_long_is_cut_with_an_ellipsis() -> None:
    fitted = fit(
        Message(
            "t" * 50_000, (section("x" * 4000), {"type": "header", "text": {"type": "plain_text", "text": "h" * 200}})
        )
    )

    assert len(fitted.text) == 40_000
    assert len(fitted.blocks[0]["text"]["text"]) == 3000
    assert fitted.blocks[0]["text"]["text"].endswith("…")
    assert len(fitted.blocks[1]["text"]["text"]) == 150


def test_surplus_blocks_are_left_off() -> None:
    assert len(fit(Message("t", tuple(section(str(n)) for n in range(60)))).blocks) == 50


def test_what_fits_is_left_alone() -> None:
    message = Message("t", (section("x"), {"type": "divider"}))
    assert fit(message) == message


ALL = {"type": "mrkdwn", "text": "<!channel> is down"}
ASKS = {**button(), "confirm": {"title": {"type": "plain_text", "text": "Sure?"}, "text": ALL}}


@pytest.mark.parametrize(
    "block",
    [
        section("<!channel> is down"),
        {"type": "section", "fields": [ALL]},
        section("x", accessory=ASKS),
        {"type": "actions", "elements": [ASKS]},
        {"type": "context", "elements": [ALL]},
    ],
    ids=["its text", "a field", "what its button asks", "what a button asks", "small print"],
)
def test_nobody_is_called_wherever_in_a_block_it_stands(block: dict[str, object]) -> None:
    sent = str(fit(Message("t", (block,))).blocks)

    assert "<!channel>" not in sent
    assert "&lt;!channel> is down" in sent


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ({"type": "actions", "elements": [button(), button()]}, "an action_id stands twice"),
        ({"type": "actions", "elements": []}, "0 elements in actions"),
        ({"type": "actions", "elements": [button(str(n), str(n)) for n in range(26)]}, "26 elements in actions"),
        ({"type": "actions", "elements": [button("x" * 76)]}, "76 characters"),
        ({"type": "actions", "elements": [button(value="x" * 2001)]}, "value is too long"),
        ({"type": "actions", "elements": [button(action_id="x" * 256)]}, "action_id too long"),
        ({"type": "section"}, "a section without text"),
        (section(""), "a text of 0 characters"),
        (section("x", accessory=button("x" * 80)), "80 characters"),
        ({"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}, "2001 characters"),
        ({"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}, "11 elements in context"),
        (
            {"type": "actions", "elements": [{"type": "checkboxes", "action_id": "c", "options": []}]},
            "0 options in checkboxes",
        ),
    ],
)
def test_what_cutting_cannot_mend_is_refused_before_it_is_sent(block: dict[str, object], problem: str) -> None:
    assert any(problem in found for found in problems(Message("t", (block,))))
    with pytest.raises(ValueError, match="Slack would refuse"):
        fit(Message("t", (block,)))


def test_a_message_needs_a_sentence_for_notifications() -> None:
    assert problems(Message(" ", (section("x"),))) == ["no text for notifications and screen readers"]


def test_a_block_id_may_stand_once_only() -> None:
    twice = (section("x", block_id="b"), section("y", block_id="b"))
    assert any("stands twice" in found for found in problems(Message("t", twice)))
