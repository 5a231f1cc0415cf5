"""Text between what a person types, what Slack stores, and what a reader sees."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]

_LOOSE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_CONTROL = re.compile(r"<(?:[@#!][^<>\n]+|(?:https?|mailto|tel|slack):[^<>\n]+)>")
_MENTION = re.compile(r"(?<![\w<])@([\w.-]*\w)")
_CHANNEL = re.compile(r"(?<![\w<&])#([a-z0-9][a-z0-9_-]*)")
_URL = re.compile(r"(?<![<|])\bhttps?://[^\s<>|]+[^\s<>|.,;:!?)\]]")
_PART = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>|:([a-z0-9_+-]+):")
_STYLED = re.compile(r"(?<!\w)(?:`([^`\n]+)`|\*(\S(?:[^*\n]*\S)?)\*|_(\S(?:[^_\n]*\S)?)_|~(\S(?:[^~\n]*\S)?)~)(?!\w)")
_STYLES = ("code", "bold", "italic", "strike")


def stored(text: str) -> str:
    """What Slack keeps of a text that an app posts: loose ``&``, ``<`` and ``>`` as entities, its own markup as is."""
    parts, at = [], 0
    for match in _CONTROL.finditer(text):
        parts += [_entities(text[at : match.start()]), match[0]]
        at = match.end()
    return "".join([*parts, _entities(text[at:])])


def _entities(text: str) -> str:
    return _LOOSE_AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str, users: Mapping[str, str], channels: Mapping[str, str], *, names: bool = False) -> str:
    """
    What Slack makes of what a person types: ``@mia`` and ``#deals`` become markup, links links, the rest is escaped.

    *users* and *channels* map names to ids. With *names*, as in a
    command with should_escape, a bar and the name follow.
    """

    def mention(match: re.Match[str]) -> str:
        name = match[1].lower()
        if name in ("channel", "here", "everyone"):
            return f"<!{name}>"
        if name not in users:
            return match[0]
        return f"<@{users[name]}|{name}>" if names else f"<@{users[name]}>"

    def channel(match: re.Match[str]) -> str:
        return f"<#{channels[match[1]]}|{match[1] if names else ''}>" if match[1] in channels else match[0]

    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    linked = _URL.sub(lambda m: f"<{m[0]}>", escaped)
    for name in sorted((name for name in users if " " in name), key=len, reverse=True):  # an app's, such as "My App"
        linked = re.sub(rf"(?<![\w<])@({re.escape(name)})(?!\w)", mention, linked, flags=re.IGNORECASE)
    return _CHANNEL.sub(channel, _MENTION.sub(mention, linked))


def rich_text(text: str, block_id: str) -> Json:
    """The rich_text block that Slack's own client sends with a typed message."""
    elements = []
    for index, piece in enumerate(text.split("```")):
        kind = "rich_text_preformatted" if index % 2 else "rich_text_section"
        parts = [_text_part(piece.strip("\n"))] if index % 2 else _styled_parts(piece)
        if piece.strip():
            elements.append({"type": kind, "elements": parts})
    return {"type": "rich_text", "block_id": block_id, "elements": elements}


def _styled_parts(text: str) -> list[Json]:
    """Bold, italic, struck and code as Slack's composer makes them while one types."""
    parts, at = [], 0
    for match in _STYLED.finditer(text):
        parts += _rich_parts(text[at : match.start()])
        style, inside = next((s, group) for s, group in zip(_STYLES, match.groups(), strict=True) if group)
        inner = [_text_part(inside)] if style == "code" else _rich_parts(inside)
        parts += [{**one, "style": {style: True}} if one["type"] != "emoji" else one for one in inner]
        at = match.end()
    return parts + _rich_parts(text[at:])


def _rich_parts(text: str) -> list[Json]:
    parts, at = [], 0
    for match in _PART.finditer(text):
        parts += [_text_part(text[at : match.start()])] if match.start() > at else []
        parts.append(_rich_part(match))
        at = match.end()
    return parts + ([_text_part(text[at:])] if at < len(text) else [])


def _text_part(text: str) -> Json:
    return {"type": "text", "text": text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")}


def _rich_part(match: re.Match[str]) -> Json:
    sign, target, label, emoji = match.groups()
    if emoji:
        return {"type": "emoji", "name": emoji}
    if sign == "@":
        return {"type": "user", "user_id": target}
    if sign == "#":
        return {"type": "channel", "channel_id": target}
    if sign == "!":
        return {"type": "broadcast", "range": target}
    return {"type": "link", "url": target, **({"text": label} if label else {})}


def mentioned(text: str) -> set[str]:
    """The ids of the people whom a text in Slack's markup names."""
    return {match[2] for match in _PART.finditer(text) if match[1] == "@"}


def words(message: Json) -> str:
    """
    All that can be read in a message, view or block: its text and that of all that stands in it, a line each.

    Where a message has blocks, Slack shows them in the place of its text, which only notifications and screen readers
    tell.
    """
    return "\n".join(line for line in _lines(message) if line)


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        text = value.get("text")
        if isinstance(text, str) and not value.get("blocks"):
            yield text
        if isinstance(value.get("initial_value"), str):
            yield value["initial_value"]
        for name in (
            "title",
            "text",
            "description",
            "label",
            "hint",
            "blocks",
            "fields",
            "elements",
            "element",
            "accessory",
        ):
            if isinstance(value.get(name), dict | list):
                yield from _lines(value[name])
        for name in ("child_blocks", "options", "attachments", "rows", "placeholder", "body", "subtitle", "actions"):
            if isinstance(value.get(name), dict | list):
                yield from _lines(value[name])
    elif isinstance(value, list):
        for one in value:
            yield from _lines(one)


def clickables(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """All that can be clicked or chosen in *blocks*, as block and element."""
    for block in blocks:
        inside = [block.get("accessory"), block.get("element")]
        for name in ("elements", "actions"):
            inside += block[name] if isinstance(block.get(name), list) else []
        for element in inside:
            if isinstance(element, dict) and element.get("action_id"):
                yield block, element
            elif isinstance(element, dict) and element.get("type") == "card":
                yield from clickables([element])
        yield from clickables(block.get("child_blocks") or [])
