"""What happens to channels and people while a workspace runs: made private, left, removed from, deactivated."""

from bot.emulator.errors import Json
from bot.emulator.model import Conversation, PostedMessage, User
from bot.emulator.state import WorkspaceState

_NOT_KEPT = (  # parts of a profile that a user_change event has and the emulator leaves empty
    *("phone", "skype", "status_text_canonical", "avatar_hash"),
    *("image_24", "image_32", "image_48", "image_72", "image_192", "image_512"),
)


class Changes:
    """Carries them out, with the events that Slack sends. People and channels are named by id or name."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state

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
        self._state.tell("user_change", {"user": self._changed(user), "cache_ts": int(self._state.now_s)})
        self._state.on_change()

    def _changed(self, user: User) -> Json:
        shown = user.as_json(self._state.team_id, self._state.clock.now())
        empty = {"status_emoji_display_info": [], "status_expiration": 0, "fields": None}
        profile = {**dict.fromkeys(_NOT_KEPT, ""), **empty, **shown["profile"]}
        if "users:read.email" not in self._state.manifest.scopes:
            profile.pop("email", None)
        return {**shown, "locale": user.locale, "profile": profile}

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
