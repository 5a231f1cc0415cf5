"""What Slack adds to blocks that an app sends: an id for each, for all that can be clicked, and some defaults."""

import copy
import secrets
from collections.abc import Sequence
from typing import Any

from bot.emulator.errors import Json

_WITHOUT_ACTION = {"image", "plain_text", "mrkdwn", "url"}


def with_ids(blocks: Sequence[Json]) -> list[Json]:
    """A copy of *blocks* as Slack keeps them: with an id on every block and on all that can be clicked."""
    kept = copy.deepcopy(list(blocks))
    for block in kept:
        _give_ids(block)
    return kept


def attachments_with_ids(attachments: Sequence[Json]) -> list[Json]:
    """*attachments* with such blocks."""
    return [{**one, "blocks": with_ids(one["blocks"])} if one.get("blocks") else one for one in attachments]


def new_block_id() -> str:
    """An id for a block."""
    return secrets.token_urlsafe(4)[:5]


def _give_ids(block: Json) -> None:
    block["block_id"] = block.get("block_id") or new_block_id()
    elements = [block.get("accessory"), block.get("element")]
    if block["type"] != "rich_text":
        elements += [one for name in ("elements", "actions") for one in block.get(name) or ()]
    for element in elements:
        if isinstance(element, dict) and element.get("type") == "card":
            _give_ids(element)
        elif isinstance(element, dict) and element.get("type") not in _WITHOUT_ACTION | {None}:
            element["action_id"] = element.get("action_id") or new_block_id()
    for child in block.get("child_blocks") or ():
        _give_ids(child)
    _complete_texts(block)


def _complete_texts(value: Any) -> None:
    """The defaults that Slack adds to text objects."""
    if isinstance(value, dict):
        if value.get("type") == "plain_text" and isinstance(value.get("text"), str):
            value.setdefault("emoji", True)
        elif value.get("type") == "mrkdwn":
            value.setdefault("verbatim", False)
        for inner in value.values():
            _complete_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            _complete_texts(inner)
