"""A message as values, and what people typed made safe to show again."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ContextBlock, MarkdownTextObject, SectionBlock

_USER = re.compile(r"<@([A-Z0-9]+)(?:\|([^>]*))?>")
_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|([^>]*))?>")
_SPECIAL = re.compile(r"<!(?:subteam\^[A-Z0-9]+\|)?@?([^>|^]+)[^>]*>")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^>|]+)(?:\|([^>]*))?>")
_FORMATTING = re.compile(r"([*_~`])")
_ZERO_WIDTH_SPACE = "\u200b"


@dataclass(frozen=True, slots=True)
class Message:
    """
    What is sent: *text* is a whole sentence, for notifications, screen readers and tests; *blocks* are Slack's dicts.

    Make one with `message`.
    """

    text: str
    blocks: tuple[dict[str, Any], ...] = ()


def message(text: str, blocks: Sequence[Block] = ()) -> Message:
    """A message of slack_sdk's block models."""
    return Message(text, tuple(block.to_dict() for block in blocks))


def sentence(text: str) -> Message:
    """A message of one sentence and nothing else."""
    return Message(text)


def plain(text: str) -> str:
    """
    Text as Slack delivers it, back to what the person typed.

    Mentions, channels, links and the three escaped characters become readable: ``<@U1|mia>`` is "@mia",
    ``<!channel>`` is "@channel", ``&lt;`` is "<".
    """
    text = _USER.sub(lambda m: f"@{m[2] or m[1]}", text)
    text = _CHANNEL.sub(lambda m: f"#{m[2] or m[1]}", text)
    text = _SPECIAL.sub(lambda m: f"@{m[1]}", text)
    text = _LINK.sub(lambda m: m[2] or m[1].removeprefix("mailto:").removeprefix("tel:"), text)
    return html.unescape(text).replace("\u00a0", " ").strip()


def text_of(message: Mapping[str, Any]) -> str:
    """The words of a message as Slack delivers it: its text, or that of its attachments where it has none."""
    if text := str(message.get("text") or ""):
        return text
    parts = (str(part.get("text") or part.get("fallback") or "") for part in message.get("attachments") or ())
    return "\n".join(part for part in parts if part)


def quote(text: str, longest: int = 150) -> str:
    """
    What a person typed, safe inside mrkdwn: on one line, cut at *longest* characters, with nobody called by it.

    The three characters that Slack's markup is made of are escaped, so ``<!channel>`` stays text; a zero-width space
    on either side keeps ``*``, ``_``, ``~`` and the backtick from formatting anything.
    """
    flat = shortened(" ".join(text.split()), longest)
    return _FORMATTING.sub(rf"{_ZERO_WIDTH_SPACE}\1{_ZERO_WIDTH_SPACE}", escaped(flat))


def escaped(text: str) -> str:
    """Text of ours for mrkdwn: the three special characters as entities, formatting left alone."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shortened(text: str, longest: int) -> str:
    """At most *longest* characters, the last of them an ellipsis where something was cut."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def section(text: str, accessory: ButtonElement | None = None) -> SectionBlock:
    """A paragraph of mrkdwn, cut at Slack's 3,000 characters, perhaps with a button to its right."""
    return SectionBlock(text=MarkdownTextObject(text=shortened(text, 3000), verbatim=True), accessory=accessory)


def small(text: str) -> ContextBlock:
    """A line of mrkdwn in small print."""
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])


def button(label: str, action_id: str, value: str, *, accessible: str | None = None) -> ButtonElement:
    """A button; *accessible* is what a screen reader says in place of *label*."""
    return ButtonElement(text=label, action_id=action_id, value=value, accessibility_label=accessible)


def buttons(*elements: ButtonElement) -> ActionsBlock:
    """A row of buttons."""
    return ActionsBlock(elements=list(elements))
