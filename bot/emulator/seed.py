"""What an emulated workspace begins with: its people, channels, small talk and hints. Given to it by who starts it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.emulator.model import User, UserGroup


@dataclass(frozen=True)
class SeedChannel:
    """A channel that is there from the start. *members* are ids; *with_app*: the app is a member, too."""

    id: str
    name: str
    members: Sequence[str]
    purpose: str = ""
    creator: str = ""
    is_private: bool = False
    is_archived: bool = False
    with_app: bool = True


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

    *opens* is the channel that people have open first. *hint* stands below the message box; without it, the page
    offers the manifest's first command. *direct_hint* stands where somebody begins to talk with the app.
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
    talk: Sequence[Said] = ()
    opens: str = "general"
    hint: str = ""
    direct_hint: str = ""
