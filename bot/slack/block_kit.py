"""A message as values, and the blocks that it is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from bot.slack.text import shortened

NOT_HERE = "There are others that may not be shown here, where everybody reads along. Ask me directly."
Block = dict[str, Any]  # a block or element, as Slack takes it; never changed once it is made


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: *text* is a whole sentence, for notifications, screen readers and tests."""

    text: str
    blocks: tuple[Block, ...] = ()


def message(text: str, blocks: Iterable[Block] = ()) -> Message:
    """A message of *blocks*, which the functions below make."""
    return Message(text, tuple(blocks))


def sentence(text: str) -> Message:
    """A message of one sentence and nothing else."""
    return Message(text)


# Block Kit, as plain dicts: slack_sdk's models look each attribute up by name and take longer to draw one answer than
# everything else that is done for it. Nothing is lost by it, since `limits.py` checks every message, and more strictly.


LONGEST_ACCESSIBLE = 75  # characters: Slack's limit for what a screen reader says of a button
LONGEST_CARRIED = 1_900  # characters that we let a button carry: Slack takes 2,000


def moment(at: datetime, zone: tzinfo = UTC) -> str:
    """
    A time as its reader would say it, in the reader's own zone: "today 12:05", "December 4th 15:00".

    Slack finds the words, and anew each time it is read, so that "tomorrow" becomes "today"; the year is said where it
    is needed. Where Slack cannot, it is the time in *zone*.
    """
    local = at.astimezone(zone)
    return f"<!date^{int(at.timestamp())}^{{date_pretty}} {{time}}|{local:%a} {local.day} {local:%b %H:%M %Z}>"


def named(label: str, about: str) -> str:
    """
    What a screen reader says of a button, and voice control listens for: its *label* as it is seen, then *about*.

    People who say what they see must be heard: so both begin alike.
    """
    return shortened(f"{label}: {' '.join(about.split())}", LONGEST_ACCESSIBLE)


def header(text: str) -> Block:
    """A heading in plain text."""
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


def section(text: str, accessory: Block | None = None) -> Block:
    """A paragraph of mrkdwn, perhaps with a button to its right."""
    block: Block = {"type": "section", "text": _mrkdwn(text)}
    return {**block, "accessory": accessory} if accessory else block


def small(text: str) -> Block:
    """A line of mrkdwn in small print."""
    return {"type": "context", "elements": [_mrkdwn(text)]}


def divider() -> Block:
    """A line across."""
    return {"type": "divider"}


def button(label: str, action_id: str, value: str, *, accessible: str | None = None, style: str = "") -> Block:
    """A button; *accessible* is what a screen reader says in place of *label*; *style* is "primary" or "danger"."""
    element: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": label, "emoji": True},
        "action_id": action_id,
        "value": value,
    }
    if style:
        element["style"] = style
    return {**element, "accessibility_label": accessible} if accessible else element


def person_select(placeholder: str, action_id: str) -> Block:
    """A menu of all people; who was chosen comes with the press."""
    return {
        "type": "users_select",
        "action_id": action_id,
        "placeholder": {"type": "plain_text", "text": placeholder},
    }


def checkbox(label: str, action_id: str, value: str, *, ticked: bool = False) -> Block:
    """A box to tick."""
    option = {"text": {"type": "plain_text", "text": label}, "value": value}
    element: Block = {"type": "checkboxes", "action_id": action_id, "options": [option]}
    return {**element, "initial_options": [option]} if ticked else element


def actions(*elements: Block, block_id: str | None = None) -> Block:
    """A row of buttons or boxes."""
    block: Block = {"type": "actions", "elements": list(elements)}
    return {**block, "block_id": block_id} if block_id else block


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack makes no links or mentions of what merely looks like one
    return {"type": "mrkdwn", "text": text, "verbatim": True}
