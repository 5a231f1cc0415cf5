"""
Who may read what: the one place that is asked, whenever anything is shown to anybody.

Words belong to the conversation in which they were said (their *origin*: a channel, or ``@`` and a person). People of
other organisations may read nothing; guests what was said in channels that they are in; everybody else also what was
said in public channels. Nothing is decided once and for all: channels become private, people come and go.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.errors import UserError
from bot.slack.channels import Channels
from bot.slack.users import Users

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Readable(Generic[T]):
    """What of a list may be shown; *hidden* is how many more there are, of which no word may be."""

    items: list[T]
    hidden: int = 0


class Readers:
    """Answers who may read words, by what Slack says of people and channels now."""

    def __init__(self, users: Users, channels: Channels) -> None:
        self._users = users
        self._channels = channels

    def may_read(self, person: str, origin: str, known_to: Collection[str] = ()) -> bool | None:
        """
        Whether *person* may read what was said in *origin*; *known_to* know it anyway. None where Slack does not say.

        An empty *origin*: they are words of ours alone.
        """
        try:
            if not self._users.is_ours(person):
                return False
            if not origin or person in known_to:
                return True
            if origin[0] == "@":
                return person == origin[1:]
            if origin[0] == "D":
                return self._channels.is_direct_with(origin, person)
            if not self._channels.is_private(origin) and not self._users.member(person).is_guest:
                return True
        except UserError:
            return None
        members = self._channels.members(origin)
        return None if members is None else person in members

    def may_hear(
        self, person: str, channel: str, origin: str, known_to: Collection[str] = (), *, in_public: bool
    ) -> bool:
        """
        Whether an answer to *person* may hold what was said in *origin*.

        *in_public*: everybody in *channel* sees the answer; else *person* alone.
        """
        if in_public:
            return self.may_be_shown(channel, origin)
        return bool(self.may_read(person, origin, known_to))

    def readable(self, all_of_them: Iterable[T], may_hear: Callable[[T], bool], *, in_public: bool) -> Readable[T]:
        """Those of *all_of_them* that *may_hear* allows. How many are hidden is told *in_public* alone."""
        found = list(all_of_them)
        shown = [one for one in found if may_hear(one)]
        return Readable(shown, len(found) - len(shown) if in_public else 0)

    def is_read_by_others(self, channel: str) -> bool:
        """Whether another organisation reads *channel*."""
        return self._channels.is_shared(channel)

    def may_join(self, one: str, other: str) -> bool:
        """
        Whether what happens in two channels may be brought together: it is one, or both are public and ours alone.

        Which words of it somebody reads is asked at each showing all the same. Asks Slack.
        """
        return one == other or not any(
            self._channels.is_private(it) or self._channels.is_shared(it) for it in (one, other)
        )

    def may_be_shown(self, channel: str, origin: str) -> bool:
        """Whether what was said in *origin* may stand in *channel*, where everybody in it reads it."""
        if channel == origin or not origin:
            return True
        if channel[0] == "@":
            return bool(self.may_read(channel[1:], origin))
        if origin[0] in "@D":
            return channel[0] == "D" and origin[0] == "@" and self._channels.is_direct_with(channel, origin[1:])
        if channel[0] == "D":
            with_whom = self._channels.members(channel)
            return with_whom is not None and all(self.may_read(one, origin) for one in with_whom)
        there = self._channels.facts(channel)
        if there.shared or self._channels.is_private(origin):
            return False
        guests, members = self._users.guests(), self._channels.members(channel)
        return guests is not None and members is not None and not guests & members
