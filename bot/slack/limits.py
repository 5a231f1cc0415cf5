"""
Slack's limits on a message, checked before it is sent; and the edge at which nobody is called by mistake.

slack_sdk checks some of them on its own models, none on dicts, and never the number of blocks; Slack answers
``invalid_blocks`` without saying which. Numbers are from Slack's Block Kit reference.

What people typed is quoted where a message is drawn. Should that ever be forgotten, `fit` and `fit_window`, which all
that leaves passes, take the life out of what would call a whole channel or group: we never call one ourselves.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from bot.slack.block_kit import Block, Message
from bot.slack.text import shortened
from bot.storage.traces import GONE, SOMEBODY

MOST_BLOCKS = 50
LONGEST_TEXT = 40_000
_GONE = f"<@{GONE}>"
_LENGTHS = {"section": 3000, "header": 150, "button": 75, "context": 3000, "field": 2000}
_MOST_ELEMENTS = {"context": 10, "actions": 25}
_LONGEST_VALUE = 2000
_LONGEST_ID = 255
_MOST_OPTIONS = {"checkboxes": 10, "static_select": 100}
_LONGEST_OPTION = 75
_LONGEST_OPTION_VALUE = 150
_CALLS_MANY = re.compile(r"<!(?!date\^)")  # channel, here, everyone, a group: all that is not a date


class Fitting(dict[str, Any]):
    """A block that was cut and checked before, such as a card's, which is drawn once and sent many times."""


def fitting(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """*blocks*, cut and checked once and for all. Raises ValueError like `fit`."""
    return tuple(Fitting(block) for block in fit(Message("checked", tuple(blocks))).blocks)


def fit(message: Message) -> Message:
    """
    *message* as it may be sent: a text that is too long ends in an ellipsis, surplus blocks are left off, and what
    would call a whole channel or group shows as it was typed and calls nobody.

    Who was removed on request is shown as somebody, not as a mention.

    Too much is cut and never refused, since half a card helps and none does not. Raises ValueError only for what
    cutting cannot mend (`problems`), which is a fault of ours.
    """
    blocks = tuple(_fitted(block) for block in message.blocks[:MOST_BLOCKS])
    fitted = Message(shortened(_calling_nobody(message.text.replace(_GONE, SOMEBODY)), LONGEST_TEXT), blocks)
    if found := problems(fitted):
        raise ValueError(f"Slack would refuse this message: {'; '.join(found)}")
    return fitted


def fit_window(view: dict[str, Any]) -> dict[str, Any]:
    """*view* (a modal) as it may be opened, its blocks treated as by `fit`; Slack checks the rest."""
    return {**view, "blocks": [_fitted(block) for block in view.get("blocks", ())]}


def problems(message: Message) -> list[str]:
    """All that Slack would refuse in *message*, each as a short phrase; empty if it can be sent."""
    found = []
    if not message.text.strip():
        found.append("no text for notifications and screen readers")
    if len(message.text) > LONGEST_TEXT:
        found.append(f"text of {len(message.text)} characters")
    if len(message.blocks) > MOST_BLOCKS:
        found.append(f"{len(message.blocks)} blocks")
    ids: set[str] = set()
    for index, block in enumerate(message.blocks):
        if not isinstance(block, Fitting):
            found += [f"block {index}: {problem}" for problem in _block_problems(block, ids)]
    return found


def _fitted(block: dict[str, Any]) -> dict[str, Any]:
    return block if isinstance(block, Fitting) or _is_plainly_fitting(block) else _cut(_without_calls(block))


def _is_plainly_fitting(block: dict[str, Any]) -> bool:
    """Whether *block* is of the usual kinds and nothing in it can be cut or calls anybody: most are."""
    kind, accessory = block.get("type"), block.get("accessory")
    if kind in ("actions", "divider"):
        return all(map(_is_plain_button, block.get("elements", ())))
    if kind == "section" and (accessory is None or _is_plain_button(accessory)) and "fields" not in block:
        texts = [block.get("text")]
    elif kind == "context":
        texts = block.get("elements", ())
    else:
        return False
    return all(
        isinstance(one, dict)
        and len(said := one.get("text", "")) <= _LENGTHS[kind]
        and "<!" not in said
        and _GONE not in said
        for one in texts
    )


def _is_plain_button(element: dict[str, Any]) -> bool:
    """Whether nothing in it can be mrkdwn, as what it asks before it counts may be."""
    return element.get("type") == "button" and "confirm" not in element


def _without_calls(value: Any) -> Any:
    """*value*, a block or a part of one, with every mrkdwn in it calling nobody; plain text is never more than text."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            return {**value, "text": _calling_nobody(value.get("text", ""))}
        return {name: _without_calls(one) if isinstance(one, dict | list) else one for name, one in value.items()}
    if isinstance(value, list):
        return [_without_calls(one) for one in value]
    return value


def _calling_nobody(text: str) -> str:
    return _CALLS_MANY.sub("&lt;!", text) if "<!" in text else text


def _cut(block: dict[str, Any]) -> dict[str, Any]:
    kind = block.get("type", "")
    if kind in ("section", "header") and isinstance(block.get("text"), dict):
        return {**block, "text": _cut_text(block["text"], _LENGTHS[kind])}
    if kind == "context":
        return {**block, "elements": [_cut_text(e, _LENGTHS["context"]) for e in block["elements"]]}
    return block


def _cut_text(text: dict[str, Any], longest: int) -> dict[str, Any]:
    value = text.get("text", "").replace(_GONE, SOMEBODY)
    return (
        text if value == text.get("text", "") and len(value) <= longest else {**text, "text": shortened(value, longest)}
    )


def _block_problems(block: dict[str, Any], ids: set[str]) -> Iterator[str]:  # noqa: C901, PLR0912 - one branch for each kind of block
    kind = block.get("type", "")
    if block_id := block.get("block_id"):
        if block_id in ids:
            yield f'block_id "{block_id}" stands twice'
        ids.add(block_id)
        if len(block_id) > _LONGEST_ID:
            yield "block_id too long"
    if kind == "section":
        if not block.get("text") and not block.get("fields"):
            yield "a section without text"
        if block.get("text"):
            yield from _text_problems(block["text"], _LENGTHS["section"])
        for one in block.get("fields", ()):
            yield from _text_problems(one, _LENGTHS["field"])
        if accessory := block.get("accessory"):
            yield from _element_problems(accessory)
    elif kind == "header":
        yield from _text_problems(block["text"], _LENGTHS["header"])
    elif kind in _MOST_ELEMENTS:
        elements = block.get("elements", ())
        if not 0 < len(elements) <= _MOST_ELEMENTS[kind]:
            yield f"{len(elements)} elements in {kind}"
        if kind == "actions":
            yield from _repeated_actions(elements)
        for element in elements:
            yield from _element_problems(element) if kind == "actions" else _text_problems(element, _LENGTHS["context"])


def _repeated_actions(elements: list[dict[str, Any]]) -> Iterator[str]:
    action_ids = [element.get("action_id") for element in elements]
    if len(set(action_ids)) < len(action_ids):
        yield "an action_id stands twice in one row"


def _text_problems(text: dict[str, Any], longest: int) -> Iterator[str]:
    length = len(text.get("text", ""))
    if not 0 < length <= longest:
        yield f"a text of {length} characters where 1 to {longest} fit"


def _element_problems(element: dict[str, Any]) -> Iterator[str]:
    kind = element.get("type", "")
    if len(element.get("action_id", "")) > _LONGEST_ID:
        yield "action_id too long"
    if kind == "button":
        yield from _text_problems(element["text"], _LENGTHS["button"])
        if len(element.get("value", "")) > _LONGEST_VALUE:
            yield "a button's value is too long"
    if kind in _MOST_OPTIONS:
        options = element.get("options", ())
        if not 0 < len(options) <= _MOST_OPTIONS[kind]:
            yield f"{len(options)} options in {kind}"
        for option in options:
            yield from _text_problems(option["text"], _LONGEST_OPTION)
            if not 0 < len(option["value"]) <= _LONGEST_OPTION_VALUE:
                yield "an option's value is empty or too long"
