"""What happens to channels and people while a workspace runs: made private, left, deactivated, away or undisturbed."""

import re
from datetime import datetime

from bot.emulator.model import Conversation, PostedMessage, User
from bot.emulator.state import WorkspaceState

LONGEST_STATUS = 100
_NOT_KEPT = (  # parts of a profile that events have and the emulator leaves empty
    *("phone", "skype", "avatar_hash"),
    *("image_24", "image_32", "image_48", "image_72", "image_192", "image_512"),
)
_UNTOLD = ":speech_balloon:"  # what Slack shows beside a status of words alone
_EMOJI = re.compile(r":[a-z0-9_+'-]+:")


class Changes:
    """Carries them out, with the events that Slack sends. People and channels are named by id or name."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state
        state.on_due = self._end_statuses

    def add(self, person: str, channel: str) -> None:
        """*person* becomes a member of *channel*."""
        self._state.join(self._channel(channel), self._user(person).id)

    def leave(self, person: str, channel: str) -> None:
        """*person* leaves *channel*, or is removed from it: for the app that is the same."""
        place, user = self._channel(channel), self._user(person)
        if user.id not in place.members:
            raise ValueError(f"{user.name} is not in #{place.name}, and cannot leave it")
        self._say(place, user.id, "channel_leave", "has left the channel")
        self._state.leave(place, user.id)

    def remove_app(self, channel: str, by: str = "") -> None:
        """Somebody removes the app from *channel*: the last that it hears of it."""
        place, app = self._channel(channel), self._state.bot_user_id
        if app not in place.members:
            raise ValueError(f"the app is not in #{place.name}, and cannot be removed from it")
        self._state.leave(place, app)
        kind = "channel_left" if place.kind == "channel" else "group_left"
        self._state.tell(kind, {"channel": place.id, "actor_id": self._actor(place, by)})

    def make_private(self, channel: str, by: str = "") -> None:
        """A public channel becomes a private one; it keeps its id, as Slack's do."""
        place = self._channel(channel)
        if place.kind != "channel":
            raise ValueError(f"#{place.name} is private already")
        place.kind = "group"
        self._state.journal.shut(place.id)
        text = "made this channel *private*. Now, it can only be viewed or joined by invitation."
        self._say(place, self._actor(place, by), "channel_convert_to_private", text)

    def deactivate(self, person: str) -> None:
        """*person*'s account is closed: they are in no channel any more, and cannot be written to."""
        user = self._user(person)
        user.deleted = True
        for channel in self._state.channels.values():
            if user.id in channel.members and not channel.is_direct:
                channel.members.remove(user.id)
                self._state.journal.leave(channel.id, user.id)
        self._tell_of(user, "user_change")

    def set_status(self, person: str, text: str, emoji: str, until: datetime | None) -> None:
        """*person* sets their status; it ends at *until*, where given. Raises ValueError for what is none."""
        user = self._user(person)
        if not text and not emoji:
            raise ValueError("a status has a text or an emoji; clear it to have none")
        if len(text) > LONGEST_STATUS:
            raise ValueError(f"a status has {LONGEST_STATUS} characters at most, and this one {len(text)}")
        if emoji and not _EMOJI.fullmatch(emoji):
            raise ValueError(f"{emoji!r} is no emoji; write it as :palm_tree:")
        self._give_status(user, text, emoji or _UNTOLD, self._ahead(until) if until else 0)

    def clear_status(self, person: str) -> None:
        """*person* clears their status. Raises ValueError where they have none."""
        user = self._user(person)
        if not user.has_status:
            raise ValueError(f"{user.name} has no status to clear")
        self._give_status(user, "", "", 0)

    def pause_notifications(self, person: str, until: datetime) -> None:
        """*person* wants no notifications until then. Raises ValueError for a time that has passed."""
        user, end = self._user(person), self._ahead(until)
        self._pause(user, int(self._state.now_s), end)

    def resume_notifications(self, person: str) -> None:
        """*person* wants notifications again. Raises ValueError where they have not paused them."""
        user = self._user(person)
        if user.paused_until <= self._state.now_s:
            raise ValueError(f"{user.name} has not paused notifications")
        self._pause(user, 0, 0)

    def _give_status(self, user: User, text: str, emoji: str, expiration: int) -> None:
        user.status_text, user.status_emoji, user.status_expiration = text, emoji, expiration
        self._tell_of(user, "user_change", "user_status_changed")

    def _end_statuses(self) -> None:
        for user in self._state.users.values():
            if user.status_has_ended(self._state.clock.now()):
                self._give_status(user, "", "", 0)

    def _tell_of(self, user: User, *kinds: str) -> None:
        """*user* has changed: events of these *kinds*, with the same content at the same moment."""
        shown = user.as_json(self._state.team_id, self._state.clock.now())
        profile = {**dict.fromkeys(_NOT_KEPT, ""), "fields": None, **shown["profile"]}
        if "users:read.email" not in self._state.manifest.scopes:
            profile.pop("email", None)
        for kind in kinds:
            told = {**shown, "locale": user.locale, "profile": profile}
            self._state.tell(kind, {"user": told, "cache_ts": int(self._state.now_s)})
        self._state.on_change()

    def _pause(self, user: User, begin: int, end: int) -> None:
        user.paused_from, user.paused_until = begin, end
        status = user.dnd(self._state.clock.now())
        self._state.tell("dnd_updated_user", {"user": user.id, "dnd_status": status})
        self._state.on_change()

    def _ahead(self, until: datetime) -> int:
        """The time *until*, seconds since 1970. Raises ValueError for one that has passed, or that is of no zone."""
        if until.tzinfo is None:
            raise ValueError(f"{until} has no time zone")
        if until <= self._state.clock.now():
            raise ValueError(f"{until} has passed")
        return int(until.timestamp())

    def _say(self, place: Conversation, user: str, subtype: str, text: str) -> None:
        self._state.post(PostedMessage(self._state.new_ts(), place.id, user, text, subtype=subtype))

    def _actor(self, place: Conversation, by: str) -> str:
        people = [one for one in place.members if not self._state.users[one].is_bot]
        return self._user(by).id if by else place.creator or (people or [""])[0]

    def _channel(self, ref: str) -> Conversation:
        if (found := self._state.find_channel(ref)) is None:
            raise ValueError(f"there is no channel {ref}")
        return found

    def _user(self, ref: str) -> User:
        if (found := self._state.find_user(ref)) is None:
            raise ValueError(f"there is nobody called {ref}")
        return found
