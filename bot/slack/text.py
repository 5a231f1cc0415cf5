"""Slack's markup as text, and what people typed made safe to show again."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

_USER = re.compile(r"<@([A-Z0-9]+)(?:\|([^>]*))?>")
_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|([^>]*))?>")
_SPECIAL = re.compile(r"<!(?:subteam\^[A-Z0-9]+\|)?@?([^>|^]+)[^>]*>")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^>|]+)(?:\|([^>]*))?>")
_FORMATTING = re.compile(r"([*_~`])")
_ZERO_WIDTH_SPACE = "\u200b"


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


def is_by_a_person(message: Mapping[str, Any]) -> bool:
    """No edit, deletion, join or other bot: two bots that answer each other would never end."""
    ordinary = message.get("subtype") in (None, "file_share", "thread_broadcast")
    return ordinary and not message.get("bot_id") and bool(message.get("user"))


def spoken_to(bot_user_id: str, text: str) -> str:
    """
    What was said to the bot: *text* as `plain` gives it, without the mention of the bot wherever that stands.

    Empty where nothing is left but mentions of other people: "@mia @toughcustomer" calls them, and says nothing.
    """
    rest = re.sub(rf"<@{bot_user_id}(?:\|[^>]*)?>[:,]?", " ", text)
    return plain(rest).lstrip(":,- ") if plain(_USER.sub(" ", rest)).strip(":,- ") else ""


def text_of(message: Mapping[str, Any]) -> str:
    """The words of a message as Slack delivers it: its text, or that of its blocks and attachments."""
    if text := str(message.get("text") or ""):
        return text
    parts = [str(part.get("text") or part.get("fallback") or "") for part in message.get("attachments") or ()]
    return "\n".join(part for part in [*_texts(message.get("blocks") or ()), *parts] if part)


def _texts(blocks: Any) -> Iterator[str]:
    """The words in blocks, in their order."""
    if isinstance(blocks, dict):
        if isinstance(blocks.get("text"), str):
            yield blocks["text"]
        blocks = [value for key, value in blocks.items() if key in ("text", "elements", "fields")]
    if isinstance(blocks, list | tuple):
        for block in blocks:
            yield from _texts(block)


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
