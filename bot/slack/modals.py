"""Windows (Slack's modals): their blocks, and what was filled in."""

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from slack_bolt import Ack

from bot.errors import FieldError, StorageUnavailable, UserError
from bot.log import failure
from bot.slack.block_kit import Message, section
from bot.slack.errors import explanation

logger = logging.getLogger(__name__)

Json = dict[str, Any]
T = TypeVar("T")
_KINDS = (
    "value", "selected_date", "selected_time", "selected_user", "selected_users", "selected_conversation",
    "selected_conversations",
)  # fmt: skip


def plain_text(text: str) -> Json:
    """A text object without markup."""
    return {"type": "plain_text", "text": text}


def field(block_id: str, label: str, element: Json, *, optional: bool = False, hint: str = "") -> Json:
    """An input under *label*; its value comes back under *block_id*."""
    block = {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label),
        "optional": optional,
        "element": {**element, "action_id": block_id},
    }
    return {**block, "hint": plain_text(hint)} if hint else block


def choice(values: Sequence[str]) -> Json:
    """A menu of *values*."""
    options = [{"text": plain_text(one.capitalize()), "value": one} for one in values]
    return {"type": "static_select", "options": options}


def window(callback_id: str, title: str, submit: str, blocks: list[Json], about: Json) -> Json:
    """A window that can be submitted; *about* comes back with it."""
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain_text(title),
        "submit": plain_text(submit),
        "close": plain_text("Close"),
        "private_metadata": json.dumps(about),
        "blocks": blocks,
    }


def said_window(title: str, text: str) -> Json:
    """One sentence in a window of its own."""
    return {
        "type": "modal",
        "callback_id": "said",
        "title": plain_text(title[:24]),
        "close": plain_text("Close"),
        "blocks": [section(text)],
    }


def message_window(title: str, message: Message) -> Json:
    """What would be a message, in a window of its own; its buttons work there."""
    return {
        "type": "modal",
        "callback_id": "shown",
        "title": plain_text(title[:24]),
        "close": plain_text("Close"),
        "blocks": list(message.blocks) or [section(message.text)],
    }


def radio(values: Mapping[str, str], chosen: str = "") -> Json:
    """One of *values*, labels by what comes back; *chosen* to begin with."""
    options = [{"text": plain_text(label), "value": value} for value, label in values.items()]
    element: Json = {"type": "radio_buttons", "options": options}
    return {**element, "initial_option": next(one for one in options if one["value"] == chosen)} if chosen else element


def values_of(view: Json) -> Json:
    """What stands in the fields of *view*, by block id; None where nothing does."""
    found: Json = {}
    for block_id, fields in view["state"]["values"].items():
        for one in fields.values():
            chosen = (one.get("selected_option") or {}).get("value")
            found[block_id] = chosen or next((one[kind] for kind in _KINDS if one.get(kind)), None)
    return found


def saved(ack: Ack, at: str, work: Callable[[], T], person: str = "somebody") -> T | None:
    """
    Carry out *work* for a window that was submitted; whoever calls this acknowledges it then.

    Where it cannot be done, None: the window says so *at* that field, and stays open with what was filled in.
    """
    try:
        return work()
    except UserError as error:
        at = error.field if isinstance(error, FieldError) else at
        ack(response_action="errors", errors={at: without_markup(str(error), person)})
    except StorageUnavailable as error:
        said = explanation(error, failure(logger, "a window could not be saved", error))
        ack(response_action="errors", errors={at: said})
    return None


def without_markup(text: str, person: str = "somebody") -> str:
    """Errors in windows are plain text; a mention becomes *person*."""
    return re.sub(r"<[@!#][^<>]*+>", person, text.replace("`", ""))[:300]
