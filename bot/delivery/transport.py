"""The transport: what delivery asks of Slack: post with our key, open a conversation, find keys; is anybody there?"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.delivery.slack_time import date_of
from bot.slack.block_kit import Message
from bot.slack.errors import Fate, NotDelivered, Verdict, judge
from bot.slack.limits import fit

T = TypeVar("T")

EVENT_TYPE = "toughcustomer_delivery"
TOO_MUCH_HISTORY = "too much history to look through"
HISTORY, REPLIES, OPEN = "conversations.history", "conversations.replies", "conversations.open"
POST, UPDATE = "chat.postMessage", "chat.update"
_PAGE = 200
_MOST_PAGES = 25


def nobody_listens(_: Any) -> None:
    """Default of what a transport tells."""


class Transport(Protocol):
    """
    What delivery may ask of Slack; every method raises NotDelivered.

    `asking` is called with a method's name before it is called, `heard` with Slack's time, or None, where it answered.
    """

    asking: Callable[[str], None]
    heard: Callable[[datetime | None], None]

    def post(self, channel: str, thread_ts: str | None, message: Message, keys: Sequence[str]) -> str:
        """Post once, with *keys* (without spaces) in the message's metadata; returns its ts."""

    def open(self, person: str) -> str:
        """The direct conversation with *person*."""

    def arrived(self, channel: str, thread_ts: str | None, since: float, until: float) -> dict[str, str]:
        """
        The ts by key of all that arrived there from *since* to *until*, in seconds since 1970 by Slack's clock.

        The reason is TOO_MUCH_HISTORY where more was said there than can be looked through.
        """

    def probe(self) -> None:
        """Ask whether Slack answers."""


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
        self.asking: Callable[[str], None] = nobody_listens
        self.heard: Callable[[datetime | None], None] = nobody_listens

    def post(self, channel: str, thread_ts: str | None, message: Message, keys: Sequence[str]) -> str:
        fitted = fit(message)
        return self._ask(
            lambda: self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread_ts,
                text=fitted.text,
                blocks=list(fitted.blocks),
                metadata={"event_type": EVENT_TYPE, "event_payload": {"keys": " ".join(keys)}},
                unfurl_links=False,
                unfurl_media=False,
            ),
            lambda answer: str(answer["ts"]),
        )

    def open(self, person: str) -> str:
        self.asking(OPEN)
        return self._ask(
            lambda: self._reader.conversations_open(users=[person]), lambda answer: str(answer["channel"]["id"])
        )

    def arrived(self, channel: str, thread_ts: str | None, since: float, until: float) -> dict[str, str]:
        found: dict[str, str] = {}
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            messages, cursor = self._page(channel, thread_ts, since, until, cursor)
            found |= _keys_of(messages)
            if not cursor or (thread_ts and any(float(one["ts"]) > until for one in messages)):
                return found
        raise NotDelivered(Verdict(Fate.REFUSED, TOO_MUCH_HISTORY))

    def probe(self) -> None:
        """Ask Slack whose token this is, which costs it least."""
        self._ask(self._reader.auth_test, lambda answer: None)

    def _page(
        self, channel: str, thread_ts: str | None, since: float, until: float, cursor: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        asked = {"oldest": f"{since:.6f}", "inclusive": True, "limit": _PAGE, "cursor": cursor}
        asked["include_all_metadata"] = True
        self.asking(REPLIES if thread_ts else HISTORY)

        def call() -> Any:
            if thread_ts:  # read forward from *since*, so that one can stop at *until*
                return self._reader.conversations_replies(channel=channel, ts=thread_ts, **asked)  # type: ignore[arg-type]
            return self._reader.conversations_history(channel=channel, latest=f"{until:.6f}", **asked)  # type: ignore[arg-type]

        def read(answer: Any) -> tuple[list[dict[str, Any]], str | None]:
            return list(answer.get("messages") or ()), (answer.get("response_metadata") or {}).get("next_cursor")

        return self._ask(call, read)

    def _ask(self, call: Callable[[], Any], read: Callable[[Any], T]) -> T:
        try:
            answer = call()
            self._note(answer)
            return read(answer)
        except Exception as error:
            if isinstance(error, SlackApiError) and isinstance(error.response.data, dict):
                self._note(error.response)
            raise NotDelivered(judge(error)) from error

    def _note(self, response: Any) -> None:
        """Slack's time, by the Date header of an answer that is its own."""
        headers = {str(name).lower(): value for name, value in (response.headers or {}).items()}
        self.heard(date_of(headers.get("date")))


def _keys_of(messages: Sequence[dict[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for message in messages:
        metadata = message.get("metadata") or {}
        if metadata.get("event_type") == EVENT_TYPE:
            keys = str((metadata.get("event_payload") or {}).get("keys") or "")
            found |= dict.fromkeys(keys.split(), str(message["ts"]))
    return found
