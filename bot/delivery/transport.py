"""The transport: the three things that delivery asks of Slack: post with our key, open a conversation, find keys."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from slack_sdk import WebClient

from bot.slack.block_kit import Message
from bot.slack.errors import Fate, NotDelivered, Verdict, judge
from bot.slack.limits import fit

T = TypeVar("T")

EVENT_TYPE = "toughcustomer_delivery"
_PAGE = 200
_MOST_PAGES = 50


class Transport(Protocol):
    """What delivery may ask of Slack; every method raises NotDelivered."""

    def post(self, channel: str, thread_ts: str | None, message: Message, keys: Sequence[str]) -> str:
        """Post once, with *keys* (without spaces) in the message's metadata; returns its ts."""

    def open(self, person: str) -> str:
        """The direct conversation with *person*."""

    def arrived(self, channel: str, thread_ts: str | None, since: float) -> dict[str, str]:
        """The ts by key of all that has arrived there after *since*, in seconds since 1970."""


class SlackTransport:
    """
    Slack itself. *client* must have no retry handlers: slack_sdk's own posts twice when only an answer is lost.

    *reader* is for calls that only read.
    """

    def __init__(self, client: WebClient, reader: WebClient) -> None:
        if client.retry_handlers:
            raise ValueError("the posting client must be made with retry_handlers=[]")
        self._client = client
        self._reader = reader

    def post(self, channel: str, thread_ts: str | None, message: Message, keys: Sequence[str]) -> str:
        fitted = fit(message)
        try:
            response = self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread_ts,
                text=fitted.text,
                blocks=list(fitted.blocks),
                metadata={"event_type": EVENT_TYPE, "event_payload": {"keys": " ".join(keys)}},
                unfurl_links=False,
                unfurl_media=False,
            )
            return str(response["ts"])
        except Exception as error:
            raise NotDelivered(judge(error)) from error

    def open(self, person: str) -> str:
        try:
            return str(self._reader.conversations_open(users=[person])["channel"]["id"])
        except Exception as error:
            raise NotDelivered(judge(error)) from error

    def arrived(self, channel: str, thread_ts: str | None, since: float) -> dict[str, str]:
        found: dict[str, str] = {}
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            try:
                answer = self._page(channel, thread_ts, since, cursor)
            except Exception as error:
                raise NotDelivered(judge(error)) from error
            for message in answer.get("messages") or ():
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == EVENT_TYPE:
                    keys = str((metadata.get("event_payload") or {}).get("keys") or "")
                    found |= dict.fromkeys(keys.split(), str(message["ts"]))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return found
        raise NotDelivered(Verdict(Fate.UNKNOWN, "too much history to look through"))

    def _page(self, channel: str, thread_ts: str | None, since: float, cursor: str | None) -> Any:
        asked = {"oldest": f"{since:.6f}", "limit": _PAGE, "cursor": cursor, "include_all_metadata": True}
        if thread_ts:
            return self._reader.conversations_replies(channel=channel, ts=thread_ts, **asked)  # type: ignore[arg-type]
        return self._reader.conversations_history(channel=channel, **asked)  # type: ignore[arg-type]
