"""Answers to what somebody wrote in a channel or to the bot: each leaves through the outbox, and so once."""

from collections.abc import Callable
from datetime import datetime

from bot.clock import Clock
from bot.delivery.model import ANSWER, Draft
from bot.delivery.outbox import Outbox
from bot.slack.block_kit import Message


class Answers:
    """Posts answers. *wake* is called when there is one to send."""

    def __init__(self, outbox: Outbox, clock: Clock, wake: Callable[[], None]) -> None:
        self._outbox = outbox
        self._clock = clock
        self._wake = wake

    def post(
        self, channel: str, said: Message, thread_ts: str | None, *, cause: str, said_at: datetime, to: str
    ) -> None:
        """
        Answer *to* in *channel* (or ``@`` and a person) what they wrote at *said_at*; *cause* names it.

        Answered twice, only the first answer is posted. Raises StorageUnavailable.
        """
        draft = Draft(
            key=f"{ANSWER}:{cause}",
            kind=ANSWER,
            subject=cause,
            channel=channel,
            message=said,
            due=said_at,
            thread_ts=thread_ts,
            fallback_to=(to,) if channel[0] not in "@D" else (),
            urgent=True,
        )
        self._outbox.add(draft, self._clock.now())
        self._wake()
