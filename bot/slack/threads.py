"""Threads: what was said in one, read back; and where something was clicked."""

import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import UserError
from bot.log import failure
from bot.slack.errors import judge
from bot.slack.pages import pages
from bot.slack.text import LONGEST_READ, is_by_a_person, text_of

_MOST_PAGES = 10
_PAGE = 200

logger = logging.getLogger(__name__)


def last_messages(client: WebClient, channel: str, thread_ts: str, *, before: str, most: int = 6) -> str:
    """
    The last *most* messages that people wrote in a thread before the one at *before*, oldest first, one a line.

    Slack gives a thread from its beginning, in pages; of a thread of more than 2,000 messages the first 2,000 count.
    Of what is longer than `LONGEST_READ` characters the end is given.
    Raises UserError where the thread cannot be read.
    """
    found: list[dict[str, Any]] = []
    asked = {"channel": channel, "ts": thread_ts, "latest": before, "inclusive": False, "limit": _PAGE}
    try:
        for answer, _ in pages(client.conversations_replies, _MOST_PAGES, **asked):
            found += [
                message
                for message in answer.get("messages") or []
                if is_by_a_person(message) and float(message["ts"]) < float(before)
            ]
    except (SlackApiError, OSError) as error:
        failure(logger, "a thread could not be read", error)
        raise UserError(
            f"I could not read this thread ({judge(error).reason}). Tell me in your own words what is happening."
        ) from error
    return "\n".join(text_of(message) for message in found[-most:])[-LONGEST_READ:]


def channel_of(body: Mapping[str, Any]) -> str:
    """Where something was clicked; empty in a window and in the Home tab."""
    return str((body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id") or "")


def is_home(body: Mapping[str, Any]) -> bool:
    """Whether something was clicked in the Home tab, where nothing can be answered but in a window."""
    return (body.get("view") or {}).get("type") == "home"


def thread_of(body: Mapping[str, Any]) -> str | None:
    """The thread in which a clicked message stands; None for one in the channel, even if a thread hangs on it."""
    container, message = body.get("container", {}), body.get("message", {})
    thread_ts = container.get("thread_ts") or message.get("thread_ts")
    return str(thread_ts) if thread_ts and thread_ts != (container.get("message_ts") or message.get("ts")) else None
