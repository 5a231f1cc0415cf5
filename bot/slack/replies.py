"""
Answers to people: posts, and responses through a `response_url`.

These are answers that somebody is waiting for, not messages that must arrive: the sender tries again while it is sure
that nothing was posted, and never again once it is in doubt, but for a private answer, which may come twice at no cost.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.slack.block_kit import Message
from bot.slack.errors import Fate, NotDelivered, judge, judge_status
from bot.slack.limits import fit, fit_window

T = TypeVar("T")

_TRIES = 4
_LONGEST_WAIT_S = 30.0
_BACKOFF_S = (0.5, 2.0, 5.0)


class Replies:
    """Sends answers. *client* must have no retry handlers: slack_sdk's own would post twice when an answer is lost."""

    def __init__(self, client: WebClient, timeout: timedelta) -> None:
        if client.retry_handlers:
            raise ValueError("the posting client must be made with retry_handlers=[]")
        self._client = client
        self._timeout_s = timeout.total_seconds()
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Give up waiting; calls under way end as failed."""
        self._stopping.set()

    def post(self, channel: str, message: Message, thread_ts: str | None = None) -> str:
        """
        Post in *channel*, in the thread *thread_ts* if given, and return the new message's ts.

        Raises NotDelivered.
        """

        def attempt() -> str:
            response = self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread_ts,
                unfurl_links=False,
                unfurl_media=False,
                **_payload(message),
            )
            return str(response["ts"])

        return self._try(attempt, may_repeat=False)

    def post_to(self, person: str, channel: str, message: Message, thread_ts: str | None = None) -> None:
        """
        Show *message* to *person* alone in *channel*, in the thread *thread_ts* if given; it may be gone after a while.

        Raises NotDelivered.
        """

        def attempt() -> None:
            self._client.chat_postEphemeral(channel=channel, user=person, thread_ts=thread_ts, **_payload(message))

        self._try(attempt, may_repeat=False)

    def take_away(self, response_url: str) -> None:
        """Remove what only one person sees, and where they pressed. Raises NotDelivered."""

        def attempt() -> None:
            webhook = WebhookClient(response_url, timeout=int(self._timeout_s) or 1, retry_handlers=[])
            response = webhook.send_dict({"delete_original": True})
            if response.status_code != 200:
                raise NotDelivered(judge_status(response.status_code, "", None))

        self._try(attempt, may_repeat=True)

    def respond(
        self,
        response_url: str,
        message: Message,
        *,
        replace: bool = False,
        in_channel: bool = False,
        thread_ts: str | None = None,
    ) -> None:
        """
        Answer through *response_url* (five uses within 30 minutes): privately, or with *in_channel* for all.

        *replace* redraws the message that was clicked. Raises NotDelivered.
        """
        body = {
            **_payload(message),
            "response_type": "in_channel" if in_channel else "ephemeral",
            "replace_original": replace,
        }
        if thread_ts:
            body["thread_ts"] = thread_ts

        def attempt() -> None:
            webhook = WebhookClient(response_url, timeout=int(self._timeout_s) or 1, retry_handlers=[])
            response = webhook.send_dict(body)
            if response.status_code != 200:
                headers = {name.lower(): value for name, value in response.headers.items()}
                raise NotDelivered(judge_status(response.status_code, "", headers.get("retry-after")))

        self._try(attempt, may_repeat=not in_channel)

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Redraw a message of ours. Raises NotDelivered."""

        def attempt() -> None:
            self._client.chat_update(channel=channel, ts=ts, **_payload(message))

        self._try(attempt, may_repeat=True)

    def delete(self, channel: str, ts: str) -> None:
        """Remove a message of ours; one that is gone already counts as removed. Raises NotDelivered."""

        def attempt() -> None:
            self._client.chat_delete(channel=channel, ts=ts)

        try:
            self._try(attempt, may_repeat=True)
        except NotDelivered as error:
            if error.verdict.reason != "message_not_found":
                raise

    def open_window(self, trigger_id: str, view: dict[str, Any]) -> None:
        """Open a modal, within three seconds of the click. Raises NotDelivered."""
        try:
            self._client.views_open(trigger_id=trigger_id, view=fit_window(view))
        except Exception as error:
            raise NotDelivered(judge(error)) from error

    def change_window(self, view_id: str, view: dict[str, Any]) -> None:
        """Draw an open modal anew. Raises NotDelivered."""
        try:
            self._client.views_update(view_id=view_id, view=fit_window(view))
        except Exception as error:
            raise NotDelivered(judge(error)) from error

    def _try(self, attempt: Callable[[], T], *, may_repeat: bool) -> T:
        for tried in range(_TRIES):
            try:
                return attempt()
            except NotDelivered as error:
                verdict = error.verdict
            except Exception as error:  # noqa: BLE001 - whatever the network raises, judged and raised again below
                verdict = judge(error)
            again = verdict.fate in (Fate.LATER, Fate.NOT_SENT) or (
                verdict.fate is Fate.UNKNOWN and may_repeat and tried == 0
            )
            if not again or tried == _TRIES - 1 or verdict.wait > _LONGEST_WAIT_S:
                break
            pause = verdict.wait if verdict.fate is Fate.LATER else _BACKOFF_S[tried]
            if self._stopping.wait(pause):
                break
        raise NotDelivered(verdict)


def _payload(message: Message) -> dict[str, Any]:
    fitted = fit(message)
    return {"text": fitted.text, "blocks": list(fitted.blocks)}
