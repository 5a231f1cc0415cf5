"""Reading back what was said in a thread."""

from typing import Any

from slack_sdk import WebClient

from bot.slack.message import text_of

_MOST_PAGES = 10
_PAGE = 200


def last_messages(client: WebClient, channel: str, thread_ts: str, *, before: str, most: int = 6) -> str:
    """
    The last *most* messages that people wrote in a thread before the one at *before*, oldest first, one a line.

    Slack gives a thread from its beginning, in pages; of a thread of more than 2,000 messages the first 2,000 count.
    Raises slack_sdk's SlackApiError where the thread cannot be read.
    """
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        answer = client.conversations_replies(
            channel=channel, ts=thread_ts, latest=before, inclusive=False, limit=_PAGE, cursor=cursor
        )
        found += [message for message in answer.get("messages") or [] if _by_a_person(message, before)]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
    return "\n".join(text_of(message) for message in found[-most:])


def _by_a_person(message: dict[str, Any], before: str) -> bool:
    return not message.get("bot_id") and not message.get("subtype") and float(message["ts"]) < float(before)
