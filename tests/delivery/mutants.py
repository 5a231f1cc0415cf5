"""Delivery, broken on purpose in the ways that matter: the tests of the tests. Each must be caught."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.http_retry import default_retry_handlers

from bot.delivery.model import Delivery, composed
from bot.delivery.queue import DeliveryQueue
from bot.delivery.sender import Sender
from bot.delivery.transport import SlackTransport


class MarksAfterThePost(Sender):
    """Posts first and writes down afterwards that it did."""

    def _post(self, channel: str, claimed: list[Delivery]) -> bool:
        now = self._clock.now()
        keys = [one.draft.key for one in claimed]
        slack_ts = self._transport.post(channel, claimed[0].draft.thread_ts, composed(claimed, now), keys)
        self._failpoint("after_post")
        self._queue.sent(self._queue.mark_sending(claimed, now), slack_ts, now)
        return True


class NeverLooks(DeliveryQueue):
    """Takes what is in doubt for lost."""

    def doubt(
        self, deliveries: Sequence[Delivery], verify_at: datetime, trouble: str, until: datetime | None = None
    ) -> None:
        self.not_sent(deliveries, verify_at, trouble)

    def recover(self, now: datetime, settle: timedelta) -> int:
        self.database.execute("UPDATE outbox SET state = 'pending' WHERE state IN ('claimed', 'sending')")
        return 0


class RepeatsByItself(SlackTransport):
    """Keeps the retries that slack_sdk has by default."""

    def __init__(self, client: WebClient, reader: WebClient) -> None:
        super().__init__(client, reader)
        client.retry_handlers = default_retry_handlers()


def parts(mutant: str) -> dict[str, Any]:
    """What is built otherwise for *mutant*."""
    return {
        "": {},
        "marks after the post": {"sender_of": MarksAfterThePost},
        "never looks": {"queue_of": NeverLooks},
        "repeats by itself": {"transport_of": RepeatsByItself},
        "settles at once": {"settle": timedelta()},
    }[mutant]
