"""
Promises caught as they are made: who says in an escalation thread what we do by when is asked whether to track it.

Once for each message, and seen by its author alone. Whose words are whose is not ours to know, so escalations say which
threads are watched, and whom they are about.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.followups import asked_blocks
from bot.followups.model import LocalTime
from bot.followups.said.promising import SaidPromise, commits, promised
from bot.followups.service import FollowUps
from bot.followups.store import FollowUpStore
from bot.followups.understanding import PossibleFollowUp, Understanding
from bot.slack.block_kit import Message
from bot.slack.context import SlackContext
from bot.slack.inbox import Inbox
from bot.slack.text import is_by_a_person, plain, text_of
from bot.slack.users import Member
from bot.storage.deeds import Deeds

Json = dict[str, Any]
_NOT_LATER = timedelta(hours=1)  # what was said longer ago is no news to its author
_SAME = timedelta(minutes=1)


def nowhere(channel: str, thread_ts: str) -> bool:
    """Default: no thread is watched."""
    return False


def nobody(channel: str, thread_ts: str) -> str | None:
    """Default: threads are about nobody."""
    return None


class PromiseCatcher:
    """Asks authors about promises. `is_watched` and `customer_of` are asked of a channel and a thread."""

    def __init__(
        self,
        follow_ups: FollowUps,
        store: FollowUpStore,
        understanding: Understanding,
        deeds: Deeds,
        slack: SlackContext,
        clock: Clock,
    ) -> None:
        self._follow_ups = follow_ups
        self._store = store
        self._understanding = understanding
        self._deeds = deeds
        self._slack = slack
        self._clock = clock
        self.is_watched: Callable[[str, str], bool] = nowhere
        self.customer_of: Callable[[str, str], str | None] = nobody

    def register(self, inbox: Inbox) -> None:
        """Listen. A message that is heard twice is asked about once."""
        inbox.on("message", self.read, wanted=self.is_wanted, read_only=True)

    def is_wanted(self, event: Json) -> bool:
        """Whether a message may promise something where a customer is waiting."""
        if event.get("subtype") not in (None, "thread_broadcast") or not is_by_a_person(event):
            return False
        text = text_of(event)
        if not commits(text) or f"<@{self._slack.bot_user_id}" in text:
            return False
        return self.is_watched(str(event.get("channel")), str(event.get("thread_ts") or event.get("ts")))

    def read(self, event: Json, team_id: str) -> None:
        """Ask its author whether to track it."""
        channel, author, ts = str(event["channel"]), str(event["user"]), str(event["ts"])
        thread, cause, now = str(event.get("thread_ts") or ts), f"caught:{event['channel']}:{ts}", self._clock.now()
        said_at = datetime.fromtimestamp(float(ts), UTC)
        if now - said_at > _NOT_LATER or self._deeds.done(cause) is not None:
            return
        member = self._slack.users.member(author)
        if not member.is_ours or member.zone is None:
            return
        text = plain(text_of(event))
        found = promised(text, said_at, member.zone, member.locale, self._follow_ups.customers())
        if found is None or self._is_tracked(found, author, channel, thread):
            return
        self._deeds.note(cause, "F0", now)  # before it is asked: rather not at all than twice
        asked = self._question(found, text, member, channel, thread)
        self._slack.replies.post_to(author, channel, asked, thread)

    def _is_tracked(self, found: SaidPromise, author: str, channel: str, thread: str) -> bool:
        """Whether its author has tracked it already."""
        theirs = [one for one in self._store.open_in_thread(channel, thread) if one.wanted.owner == author]
        at = found.due.at if found.due else None
        return any(one.wanted.promise and at is not None and abs(one.wanted.due.at - at) < _SAME for one in theirs)

    def _question(self, found: SaidPromise, text: str, member: Member, channel: str, thread: str) -> Message:
        about = {"by": member.id, "promise": True, "thread": thread, "channel": channel}
        customer = self.customer_of(channel, thread)
        now, zone = self._clock.now(), member.zone
        assert zone is not None
        if found.due is not None:
            possible = PossibleFollowUp(LocalTime.of(found.due.at, found.due.zone), customer, found.what)
            return asked_blocks.caught_message(possible, about, now, zone)
        assert found.question is not None
        readings = [
            PossibleFollowUp(one.due, customer or one.customer, one.text or found.what)
            for one in self._understanding.readings(found.what, zone, member.locale, found.question)
        ]
        return asked_blocks.caught_question(found.question.short, found.what, readings, customer, about, now, zone)
