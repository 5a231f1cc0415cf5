"""What a message may consist of: text, blocks, attachments, metadata; refused as Slack refuses it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.emulator.block_rules import MESSAGE, problems
from bot.emulator.errors import Json, Refused
from bot.emulator.methods.call import Args
from bot.emulator.model import Conversation
from bot.emulator.text import stored

LONGEST_TEXT = 40_000
LONGEST_MARKDOWN = 12_000
_MOST_ATTACHMENTS = 100
_LARGEST_METADATA = 16_000  # Slack refuses large metadata without publishing the number


@dataclass(frozen=True)
class Content:
    """The parts of a message; None for a part that was not given."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None
    metadata: Json | None


def content_of(args: Args) -> Content:
    """What *args* of a chat method hold. Raises Refused."""
    if args.has("markdown_text") and (args.text("text") or args.has("blocks")):
        raise Refused("markdown_text_conflict")
    text = stored(args.text("text")[:LONGEST_TEXT]) if args.has("text") else None
    blocks = args.structure("blocks", "invalid_blocks_format")
    if args.has("markdown_text"):
        markdown = args.text("markdown_text")
        if len(markdown) > LONGEST_MARKDOWN:
            raise Refused("msg_too_long")
        text, blocks = stored(markdown), [{"type": "markdown", "text": markdown}]
    attachments = args.structure("attachments", "invalid_attachments")
    check_blocks(blocks)
    check_attachments(attachments)
    return Content(text, blocks, completed(attachments), _metadata(args))


def full_content_of(args: Args) -> Content:
    """As content_of, and something must be there to show. Raises Refused."""
    content = content_of(args)
    if not (content.text or "").strip() and not content.blocks and not content.attachments:
        raise Refused("no_text")
    return content


def check_blocks(blocks: Any) -> None:
    """Raises Refused with all that is wrong in *blocks* of a message."""
    if blocks is None:
        return
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    found = problems(blocks, MESSAGE)
    if any(problem.startswith("only_one_table_allowed") for problem in found):
        raise refused_for("invalid_attachments", found)
    if found:
        raise refused_for("invalid_blocks", found)


def check_attachments(attachments: Any) -> None:
    """Raises Refused with all that is wrong in *attachments*."""
    if attachments is None:
        return
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise Refused("invalid_attachments")
    if len(attachments) > _MOST_ATTACHMENTS:
        raise Refused("too_many_attachments")
    for index, one in enumerate(attachments):
        found = problems(one["blocks"], MESSAGE, f"/attachments/{index}/blocks") if "blocks" in one else []
        if found:
            raise refused_for("invalid_attachments", found)


def completed(attachments: list[Json] | None) -> list[Json] | None:
    """*attachments* as Slack keeps them: numbered, colours without their sign, with a fallback."""
    if attachments is None:
        return None
    return [
        {
            "id": number,
            "fallback": str(one.get("text") or one.get("title") or "[no preview available]"),
            **one,
            **({"color": str(one["color"]).removeprefix("#")} if one.get("color") else {}),
        }
        for number, one in enumerate(attachments, 1)
    ]


def refused_for(error: str, found: Sequence[str]) -> Refused:
    """A refusal that lists what was *found*, as Slack's answers do."""
    messages = [f"[ERROR] {one}" for one in found]
    return Refused(error, errors=list(found), response_metadata={"messages": messages})


def _metadata(args: Args) -> Json | None:
    metadata = args.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if metadata == {}:
        return {}  # takes earlier metadata away
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise Refused("invalid_metadata_format")
    payload = metadata.get("event_payload")
    if not isinstance(payload, dict):
        raise Refused("invalid_metadata_format")
    if not all(_is_flat(value) for value in payload.values()):
        raise Refused("invalid_metadata_schema")
    if len(json.dumps(metadata)) > _LARGEST_METADATA:
        raise Refused("metadata_too_large")
    return dict(metadata)


def _is_flat(value: object) -> bool:
    """A scalar, or one level below it: what Slack's types allow in an event_payload."""
    if isinstance(value, list):
        return all(isinstance(one, dict) for one in value)
    if isinstance(value, dict):
        return all(isinstance(one, str | int | float) for one in value.values())
    return isinstance(value, str | int | float)


def thread_of(channel: Conversation, args: Args) -> str:
    """The ts of the message that a thread hangs on; a reply's ts leads to its thread. Raises Refused."""
    if not args.has("thread_ts"):
        return ""
    thread_ts = args.text("thread_ts")
    seconds, _, micros = thread_ts.partition(".")
    if not (seconds.isdigit() and len(micros) == 6 and micros.isdigit()):
        raise Refused("invalid_thread_ts")
    root = channel.messages.get(thread_ts)
    if root is None or root.only_for:
        raise Refused("thread_not_found")
    return root.thread_ts or root.ts
