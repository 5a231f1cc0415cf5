"""Slack's markup as text, and what people typed made safe to show again."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST_READ = 40_000  # characters: Slack takes no longer message, and what only an app could make so long is cut
_MARKUP = re.compile(r"<([^<>]*+)>")  # no label of Slack's holds < or >, so one pass finds each end at once
_USER = re.compile(r"<@[A-Z0-9]++(?:\|[^<>]*+)?>")
_IDENT = re.compile(r"[A-Z0-9]+")
_NAME = re.compile(r"[^|^]+")
_SCHEMES = ("http", "https", "mailto", "tel")
_FORMATTING = re.compile(r"([*_~`])")
_ZERO_WIDTH_SPACE = "\u200b"
SPOKEN = (None, "file_share", "thread_broadcast", "me_message")  # the subtypes of what a person says
_MOST_PARTS = 5_000  # lists, blocks and elements of one message that are looked at


def plain(text: str) -> str:
    """
    Text as Slack delivers it, back to what the person typed; of what is longer than `LONGEST_READ` the beginning.

    Mentions, channels, links and the three escaped characters become readable: ``<@U1|mia>`` is "@mia",
    ``<!channel>`` is "@channel", ``&lt;`` is "<".
    """
    text = _MARKUP.sub(lambda found: _readable(found[1]) or found[0], text[:LONGEST_READ])
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return text.replace("\u00a0", " ").strip()


def _readable(markup: str) -> str:
    """What stands between ``<`` and ``>``, as people see it; "" where it is no markup of Slack's."""
    kind, (body, bar, label) = markup[:1], markup[1:].partition("|")
    if kind in ("@", "#"):
        return f"{kind}{label or body}" if _IDENT.fullmatch(body) else ""
    if kind == "!":
        is_group = bar and body.startswith("subteam^") and _IDENT.fullmatch(body.removeprefix("subteam^"))
        name = _NAME.match((label if is_group else body).removeprefix("@")) or _NAME.match(body.removeprefix("@"))
        return f"@{name[0]}" if name else ""
    address, _, label = markup.partition("|")
    scheme, _, rest = address.partition(":")
    if scheme in _SCHEMES and rest:
        return label or address.removeprefix("mailto:").removeprefix("tel:")
    return ""


def is_by_a_person(message: Mapping[str, Any]) -> bool:
    """No edit, deletion, join or other bot: two bots that answer each other would never end."""
    ordinary = message.get("subtype") in SPOKEN
    return ordinary and not message.get("bot_id") and bool(message.get("user"))


def spoken_to(bot_user_id: str, text: str) -> str:
    """
    What was said to the bot: *text* as `plain` gives it, without the mention of the bot wherever that stands.

    Empty where nothing is left but mentions of other people: "@mia @toughcustomer" calls them, and says nothing.
    """
    rest = without_mention(bot_user_id, text)
    return plain(rest).lstrip(":,- ") if plain(_USER.sub(" ", rest)).strip(":,- ") else ""


def without_mention(bot_user_id: str, text: str) -> str:
    """*text* as Slack delivers it, without the mention of the bot."""
    return re.sub(rf"<@{bot_user_id}(?:\|[^<>]*+)?>[:,]?", " ", text[:LONGEST_READ]).strip()


def text_of(message: Mapping[str, Any]) -> str:
    """
    The words of a message as Slack delivers it: its text and what it forwards, or that of its blocks and attachments.

    At most `LONGEST_READ` characters, whatever another app has put there, and however deep.
    """
    attachments = [one for one in (message.get("attachments") or ())[:_MOST_PARTS] if isinstance(one, Mapping)]
    if text := _string(message.get("text")):
        return "\n".join([text, *filter(None, map(_forwarded, attachments))])[:LONGEST_READ]
    parts = [_forwarded(one) or _string(one.get("text")) or _string(one.get("fallback")) for one in attachments]
    return "\n".join(part for part in [*_texts(message.get("blocks") or ()), *parts] if part)[:LONGEST_READ]


def forwarded_in(message: Mapping[str, Any]) -> str:
    """The words of the messages that *message* forwards, without the comment above them; "" where it forwards none."""
    attachments = [one for one in (message.get("attachments") or ())[:_MOST_PARTS] if isinstance(one, Mapping)]
    return "\n".join(filter(None, map(_forwarded, attachments)))[:LONGEST_READ]


def _forwarded(attachment: Mapping[str, Any]) -> str:
    """The words of a message that somebody shared, as it stands below theirs."""
    if not attachment.get("is_share"):
        return ""
    return (
        _string(attachment.get("text"))
        or "\n".join(_texts(attachment.get("message_blocks") or ()))
        or _string(attachment.get("fallback"))
    )


def _string(value: Any) -> str:
    return value[:LONGEST_READ] if isinstance(value, str) else ""


def _texts(blocks: Any) -> Iterator[str]:
    """The words in blocks, in their order."""
    waiting = [blocks]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, dict):
            if isinstance(one.get("text"), str):
                yield _string(one["text"])
            one = [value for key, value in one.items() if key in ("text", "elements", "fields", "message", "blocks")]
        if isinstance(one, list | tuple):
            waiting.extend(reversed(one[:_MOST_PARTS]))


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
