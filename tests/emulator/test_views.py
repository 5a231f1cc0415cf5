"""What stands in the inputs of a modal, and what Slack's own client complains of before it is submitted."""

from typing import Any

import pytest

from bot.emulator.block_rules import MODAL, problems
from bot.emulator.text import rich_text, stored, typed, words
from bot.emulator.views import entered, values_of, what_is_missing

Json = dict[str, Any]


def field(kind: str, *, optional: bool = False, **element: Any) -> list[Json]:
    label = {"type": "plain_text", "text": "L"}
    made = {"type": kind, "action_id": "a", **element}
    return [{"type": "input", "block_id": "b", "label": label, "optional": optional, "element": made}]


def complaint(blocks: list[Json], value: Any) -> str:
    given = {"b": {"a": entered(blocks[0]["element"], value)}}
    return what_is_missing(blocks, values_of(blocks, given)).get("b", "")


@pytest.mark.parametrize(
    ("blocks", "value", "said"),
    [
        (field("plain_text_input"), "", "Please complete this required field."),
        (field("plain_text_input", optional=True), "", ""),
        (field("plain_text_input", min_length=3), "ab", "at least 3"),
        (field("plain_text_input", max_length=3), "abcd", "at most 3"),
        (field("email_text_input"), "mia", "valid email"),
        (field("email_text_input"), "mia@tough.example", ""),
        (field("url_text_input"), "tough.example", "valid URL"),
        (field("url_text_input"), "https://tough.example", ""),
        (field("number_input", is_decimal_allowed=False), "1.5", "a number"),
        (field("number_input", is_decimal_allowed=True), "1.5", ""),
        (field("number_input", is_decimal_allowed=False, max_value="9"), "10", "within the limits"),
    ],
)
def test_what_slacks_client_complains_of(blocks: list[Json], value: str, said: str) -> None:
    assert problems(blocks, MODAL) == []
    assert (said in complaint(blocks, value)) if said else complaint(blocks, value) == ""


OPTIONS = [{"text": {"type": "plain_text", "text": word}, "value": word.lower()} for word in ("One", "Two")]


def test_values_hold_every_field_with_what_was_entered_else_the_initial_value_else_nothing() -> None:
    boxes = {"type": "checkboxes", "action_id": "a", "options": OPTIONS, "initial_options": OPTIONS[:1]}
    blocks = [
        *field("plain_text_input", initial_value="before"),
        {"type": "actions", "block_id": "c", "elements": [boxes, {"type": "button", "action_id": "x"}]},
        {"type": "section", "block_id": "d", "accessory": {"type": "datepicker", "action_id": "a"}},
        {"type": "section", "block_id": "e", "accessory": {"type": "multi_users_select", "action_id": "a"}},
    ]
    assert values_of(blocks, {}) == {
        "b": {"a": {"type": "plain_text_input", "value": "before"}},
        "c": {"a": {"type": "checkboxes", "selected_options": OPTIONS[:1]}},
        "d": {"a": {"type": "datepicker", "selected_date": None}},
        "e": {"a": {"type": "multi_users_select", "selected_users": []}},
    }
    given = {"b": {"a": {"type": "plain_text_input", "value": "after"}}, "d": {"a": {"type": "timepicker"}}}
    values = values_of(blocks, given)
    assert values["b"]["a"]["value"] == "after"
    assert values["d"]["a"] == {"type": "datepicker", "selected_date": None}  # entered in what is no longer there


def test_options_are_entered_by_their_labels() -> None:
    menu = {"type": "static_select", "option_groups": [{"label": {"text": "G"}, "options": OPTIONS}]}
    assert entered(menu, "Two") == {"type": "static_select", "selected_option": OPTIONS[1]}
    assert entered({"type": "checkboxes", "options": OPTIONS}, ["One", "Two"])["selected_options"] == OPTIONS
    with pytest.raises(ValueError, match="Three"):
        entered(menu, "Three")


def test_what_people_type_becomes_slacks_markup_and_what_apps_post_is_kept_as_slack_keeps_it() -> None:
    people, channels = {"mia": "U0MIA"}, {"deals": "C0DEALS"}
    assert typed("@mia @here @nobody #deals <b> & https://x.example/a.", people, channels) == (
        "<@U0MIA> <!here> @nobody <#C0DEALS|> &lt;b&gt; &amp; <https://x.example/a>."
    )
    assert typed("@mia in #deals", people, channels, names=True) == "<@U0MIA|mia> in <#C0DEALS|deals>"
    assert stored("a < b & c &amp; <!channel> <http://x|y> <script>") == (
        "a &lt; b &amp; c &amp; <!channel> <http://x|y> &lt;script&gt;"
    )


def test_typed_text_has_the_rich_text_of_slacks_composer() -> None:
    block = rich_text(
        "*bold <@U0MIA>* `a&lt;b` <#C0DEALS|> <!here> <https://x.example|x> :tada:\n```code\nmore```", "b"
    )
    section, code = block["elements"]
    kinds = [(part["type"], part.get("style")) for part in section["elements"] if part.get("text", "x").strip()]
    assert kinds[:3] == [("text", {"bold": True}), ("user", {"bold": True}), ("text", {"code": True})]
    assert [kind for kind, _ in kinds[3:]] == ["channel", "broadcast", "link", "emoji"]
    assert code == {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code\nmore"}]}


def test_all_words_that_slack_shows_of_a_payload_are_read_and_no_others() -> None:
    card = {"type": "card", "title": {"type": "mrkdwn", "text": "T"}, "actions": [{"text": {"text": "B"}}]}
    inside = {"type": "container", "title": {"type": "plain_text", "text": "C"}, "child_blocks": [card]}
    assert words({"text": "hidden by blocks", "blocks": [inside]}).split() == ["C", "T", "B"]
    assert words({"text": "top", "blocks": [], "attachments": [{"text": "A"}]}).split() == ["top", "A"]
    field = {"type": "input", "label": {"type": "plain_text", "text": "L"}, "element": {"initial_value": "V"}}
    assert words({"blocks": [field]}).split() == ["L", "V"]
