"""People come and go: what somebody was responsible for who will not see to it is offered to whoever reads along."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.clock import Clock
from bot.delivery.model import Draft
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import Redraws
from bot.followups.model import FollowUp, Gone, Seeking, known
from bot.followups.store import FollowUpStore
from bot.slack.block_kit import Message
from bot.slack.inbox import Inbox
from bot.slack.users import Users

Json = dict[str, Any]
AWAY_FOR = timedelta(hours=8)  # who is back within a working day sees their reminders early enough
_LOOK_AHEAD = timedelta(minutes=2)
_MOST_LOOKED_AT = 20  # people, each minute


class RequestMessages(Protocol):
    """How others are asked."""

    def request_message(self, follow_up: FollowUp, /) -> Message:
        """Who takes it?"""


class Absences:
    """Asks others where an owner has left, is no longer in the channel, or is away when it falls due."""

    def __init__(
        self,
        store: FollowUpStore,
        outbox: Outbox,
        redraws: Redraws,
        clock: Clock,
        messages: RequestMessages,
        users: Users,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._redraws = redraws
        self._clock = clock
        self._messages = messages
        self._users = users

    def register(self, inbox: Inbox) -> None:
        """Hear of people who leave. Hearing it twice changes nothing."""
        inbox.on("user_change", self.person_changed, wanted=_has_left, read_only=True)
        inbox.on("member_left_channel", self.left_channel, read_only=True)
        inbox.on("member_joined_channel", self.came_back, read_only=True)

    def person_changed(self, event: Json, team_id: str) -> None:
        """Somebody was deactivated: what was theirs in channels is offered there, where it comes back."""
        user, now = str(event["user"]["id"]), self._clock.now()
        for one in self._store.open_of(user):
            self._ask(one, Seeking(Gone.LEFT), now)

    def left_channel(self, event: Json, team_id: str) -> None:
        """Somebody left a channel: what was theirs there is offered to those who are still in it."""
        user, channel, now = str(event.get("user")), str(event.get("channel")), self._clock.now()
        for one in self._store.open_in(channel):
            if one.wanted.owner == user:
                self._ask(one, Seeking(Gone.NOT_HERE), now)

    def came_back(self, event: Json, team_id: str) -> None:
        """Somebody is in a channel again: what is still theirs there is theirs."""
        user, channel = str(event.get("user")), str(event.get("channel"))
        for one in self._store.open_in(channel):
            if one.wanted.owner == user and one.seeking is not None and one.seeking.gone is Gone.NOT_HERE:
                with self._store.transaction():
                    self._store.seek(one.number, None)
                    self._redraws.ask(one.id)

    def gone(self, owner: str, channel: str) -> Seeking | None:
        """Why *owner* will not see what comes in *channel* now; None where they will. Asks nothing of Slack."""
        if self._users.has_left(owner):
            return Seeking(Gone.LEFT)
        away = self._users.absence(owner, AWAY_FOR)
        return Seeking(Gone.AWAY, away.until) if away is not None else None

    def look_ahead(self) -> None:
        """Ask Slack about the owners of what is due in a moment, so that it is known then."""
        until = self._clock.now() + _LOOK_AHEAD
        soon = self._store.owners_of_due(until, _MOST_LOOKED_AT)
        for owner in soon:
            self._users.look_at(owner)

    def _ask(self, one: FollowUp, seeking: Seeking, now: datetime) -> None:
        if one.wanted.channel[0] in "D@" or one.seeking == seeking:
            return
        with self._store.transaction():
            if not self._store.seek(one.number, seeking):
                return
            self._store.log(one.number, "", "asked for", seeking.gone, now)
            asked = self._store.get(one.number) or one
            key = f"{one.id}:request:{self._store.turns(one.number)}"
            draft = Draft(
                key,
                "request",
                one.id,
                one.wanted.channel,
                self._messages.request_message(asked),
                now,
                thread_ts=one.wanted.thread_ts,
                fallback_to=() if one.maker == one.wanted.owner else (one.maker,),
                joinable=True,
                **known(one),
            )
            self._outbox.add(draft, now)
            self._redraws.ask(one.id)


def _has_left(event: Json) -> bool:
    user = event.get("user")
    return isinstance(user, dict) and bool(user.get("deleted"))
