"""The part of the bot that remembers and delivers, without the part that listens; with parts broken on purpose."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from slack_sdk import WebClient

from bot.clock import Clock
from bot.delivery.outbox import Outbox
from bot.delivery.queue import DeliveryQueue
from bot.delivery.redraw import Redraws
from bot.delivery.sender import Sender
from bot.delivery.transport import SlackTransport, Transport
from bot.followups.install import build
from bot.followups.service import FollowUps
from bot.slack.readers import Readers
from bot.storage.database import Database


class NoUpdates:
    """Nothing is drawn anew."""

    def update(self, channel: str, ts: str, message: object) -> None:
        """Nothing to do."""


class Everybody(Readers):
    """Who may read what: everybody everything."""

    def __init__(self) -> None:
        """Nobody is asked."""

    def may_read(self, person: str, origin: str, known_to: object = ()) -> bool:
        return True

    def may_be_shown(self, channel: str, origin: str) -> bool:
        return True

    def is_read_by_others(self, channel: str) -> bool:
        return False


def follow_ups_of(outbox: Outbox, clock: Clock) -> FollowUps:
    """The follow-ups of the outbox's team, drawn once and never again."""
    return build(outbox, Redraws(outbox, NoUpdates()), clock, Everybody())


def delivering(
    database: Database,
    team_id: str,
    clock: Clock,
    client: WebClient,
    reader: WebClient,
    *,
    settle: timedelta,
    queue_of: Callable[[Outbox], DeliveryQueue] = DeliveryQueue,
    sender_of: Callable[..., Sender] = Sender,
    transport_of: Callable[[WebClient, WebClient], Transport] = SlackTransport,
    **more: Any,
) -> tuple[FollowUps, Sender]:
    """Follow-ups and the sender of their reminders; *more* goes to the Sender."""
    outbox = Outbox(database, team_id)
    follow_ups = follow_ups_of(outbox, clock)
    sender = sender_of(queue_of(outbox), transport_of(client, reader), clock, settle, timers=[follow_ups.timer], **more)
    follow_ups.changed = sender.wake
    return follow_ups, sender
