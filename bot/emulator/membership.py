"""Who belongs where: to our organisation, as a full member or a guest, or to another; and what each may open."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.emulator.errors import Json
from bot.emulator.model import Conversation, User


@dataclass(frozen=True)
class People:
    """The people of a workspace, and those of others whom it meets; *team_id* is ours."""

    users: Mapping[str, User]
    channels: Mapping[str, Conversation]
    team_id: str
    bot_user_id: str

    def team_of(self, user: str) -> str:
        """The organisation that *user* belongs to; ours where nobody knows them."""
        return (self.users[user].team if user in self.users else "") or self.team_id

    def is_foreign(self, user: str) -> bool:
        """Whether *user* belongs to another organisation."""
        return self.team_of(user) != self.team_id

    def is_full_member(self, user: str) -> bool:
        """Whether *user* is one of ours, and neither a guest nor a bot."""
        person = self.users.get(user)
        return person is not None and not (self.is_foreign(user) or person.is_guest or person.is_bot)

    def may_open(self, user: str, channel: Conversation) -> bool:
        """Whether *user* can read *channel*: its members, and in a public one every full member of ours."""
        return user in channel.members or (channel.kind == "channel" and self.is_full_member(user))

    def is_stranger(self, user: str) -> bool:
        """Whether *user* is of another organisation and in no conversation that the app is in."""
        met = any({user, self.bot_user_id} <= set(channel.members) for channel in self.channels.values())
        return self.is_foreign(user) and not met

    def marks_of(self, user: str) -> Json:
        """What tells, on a message of somebody of another organisation, who and whose they are."""
        if not self.is_foreign(user):
            return {}
        team, person = self.team_of(user), self.users[user]
        first = person.real_name.partition(" ")[0]
        names = {"name": person.name, "first_name": first, "real_name": person.real_name, "display_name": person.name}
        return {"user_team": team, "source_team": team, "user_profile": {**names, "team": team}}
