"""What an emulated workspace begins with: its people, channels, small talk and hints. Given to it by who starts it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.emulator.errors import CannotStart
from bot.emulator.model import Organisation, User, UserGroup


@dataclass(frozen=True)
class SeedChannel:
    """
    A channel that is there from the start. *members* are ids; *with_app*: the app is a member, too.

    *shared_with*: the ids of the other organisations that it is shared with.
    """

    id: str
    name: str
    members: Sequence[str]
    purpose: str = ""
    creator: str = ""
    is_private: bool = False
    is_archived: bool = False
    with_app: bool = True
    shared_with: Sequence[str] = ()


@dataclass(frozen=True)
class Said:
    """What stands in a channel already, so that the page does not begin in an empty room: ids, and Slack's markup."""

    channel: str
    user: str
    text: str


def _two_people() -> tuple[User, ...]:
    return (
        User("U0ALEX", "alex", "Alex Reed", "Workspace admin", "Europe/London", is_admin=True),
        User("U0SAM", "sam", "Sam Ito", "Member", "Asia/Tokyo", "en-US"),
    )


def _two_channels() -> tuple[SeedChannel, ...]:
    both = ("U0ALEX", "U0SAM")
    return SeedChannel("C0GENERAL", "general", both), SeedChannel("C0RANDOM", "random", both, with_app=False)


@dataclass(frozen=True)
class Seed:
    """
    A workspace before anything happens in it. Without arguments: two people, #general with the app and #random without.

    *opens* is the name of the channel that people have open first; without it, the first one. *hint* stands below the
    message box; without it, the page offers the manifest's first command. *direct_hint* stands where somebody begins to
    talk with the app. *organisations*: the others, whose people may be in shared channels. Raises CannotStart for
    members, channels and organisations that are not there, and for outsiders in a channel that is not shared with them.
    """

    team_id: str = "T0TEAM"
    team_name: str = "Your team"
    team_domain: str = "your-team"
    app_id: str = "A0APP"
    bot_id: str = "B0APP"
    bot_user_id: str = "U0APP"
    users: Sequence[User] = field(default_factory=_two_people)
    channels: Sequence[SeedChannel] = field(default_factory=_two_channels)
    user_groups: Sequence[UserGroup] = ()
    organisations: Sequence[Organisation] = ()
    talk: Sequence[Said] = ()
    opens: str = ""
    hint: str = ""
    direct_hint: str = ""

    def __post_init__(self) -> None:
        ids = {user.id for user in self.users}
        for channel in self.channels:
            if strange := [one for one in channel.members if one not in ids]:
                raise CannotStart(
                    f"#{channel.name} has members that are no ids of users: {strange}. Use {sorted(ids)}."
                )
            self._check_outsiders(channel)
        names = [channel.name for channel in self.channels]
        if self.opens and self.opens not in names:
            raise CannotStart(f"The seed opens #{self.opens}, which is none of its channels: {names}.")

    def _check_outsiders(self, channel: SeedChannel) -> None:
        known = [one.id for one in self.organisations]
        if strange := [one for one in channel.shared_with if one not in known]:
            raise CannotStart(f"#{channel.name} is shared with {strange}, of which the seed knows nothing: {known}.")
        outside = {user.id for user in self.users if user.team and user.team not in channel.shared_with}
        if strange := [one for one in channel.members if one in outside]:
            raise CannotStart(
                f"#{channel.name} has members of other organisations: {strange}. Share the channel with those."
            )

    @property
    def first(self) -> str:
        """The name of the channel that people have open first; empty where there is none."""
        return self.opens or next((channel.name for channel in self.channels), "")
