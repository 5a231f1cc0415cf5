"""Channels: whether the bot may speak in one, who is in it, and who else reads along."""

import logging
import time
from dataclasses import dataclass

from slack_sdk import WebClient

from bot.errors import UserError
from bot.log import failure
from bot.slack.errors import Fate, judge
from bot.slack.last_known import LastKnown
from bot.slack.pages import pages

_MOST_PAGES = 20
_REMEMBERED_S = 20.0  # Slack lets one ask for some fifty channels a minute; what changes is heard of besides
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Channel:
    """
    A conversation that the bot may post in.

    *private*: not everybody in the workspace may know what is in it. *shared*: other organisations read it. *is_known*
    is False where Slack never said: then it is taken for both.
    """

    id: str
    private: bool
    shared: bool = False
    is_known: bool = True


CHANGES = (  # events, by type or subtype, after which it is asked anew what a channel is and who is in it
    *("member_joined_channel", "member_left_channel", "channel_left", "group_left", "channel_shared"),
    *("channel_unshared", "channel_convert_to_private", "channel_convert_to_public", "group_leave", "channel_leave"),
)


class Channels:
    """Looks channels up. *bot_name* is how people invite the bot."""

    def __init__(self, client: WebClient, last_known: LastKnown, bot_name: str = "toughcustomer") -> None:
        self._client = client
        self._bot_name = bot_name
        self._last_known = last_known
        self._known: dict[str, tuple[float, Channel]] = {}  # until when, and what it is
        self._members: dict[str, tuple[float, frozenset[str]]] = {}
        self._open: dict[str, tuple[float, Channel]] = {}  # until when, and where the bot could post
        self._changed: set[str] = set()  # what was heard to be otherwise than Slack last said

    def to_post_in(
        self, channel_id: str, *, to: str = "remind you here", otherwise: str = "Nothing was stored."
    ) -> Channel:
        """
        The channel of that id. Raises UserError, with how to invite the bot, where it could not post there.

        *to* says what for, *otherwise* what did not happen then.
        """
        if channel_id.startswith("D"):
            # Only the conversation with the bot itself can be read by it.
            return self._direct(channel_id, to, otherwise)
        until, known = self._open.get(channel_id, (0.0, None))
        if known is not None and until > time.monotonic():
            return known
        try:
            found = self._client.conversations_info(channel=channel_id)["channel"]
        except Exception as error:
            verdict = judge(error)
            if verdict.fate is not Fate.REFUSED and known is not None:
                return known  # it could a while ago; a message that cannot be delivered finds another way
            if verdict.fate is not Fate.REFUSED:
                raise UserError(
                    f"I could not ask Slack about this channel ({verdict.reason}). {otherwise} Please try again."
                ) from error
            raise UserError(self._uninvited(to, otherwise)) from error
        if found.get("is_archived"):
            raise UserError(f"That channel is archived, so I could not {to}. {otherwise}")
        if not found.get("is_member"):
            raise UserError(self._uninvited(to, otherwise))
        known = self._remembered(channel_id, found)
        self._open[channel_id] = (time.monotonic() + _REMEMBERED_S, known)
        return known

    def facts(self, channel_id: str) -> Channel:
        """What it is; as it was when Slack last said so, or private and shared where it never did."""
        until, known = self._known.get(channel_id, (0.0, None))
        if known is not None and until > time.monotonic():
            return known
        if channel_id[:1] in ("D", "@"):
            return Channel(channel_id, private=True)
        try:
            return self._remembered(channel_id, self._client.conversations_info(channel=channel_id)["channel"])
        except Exception as error:  # noqa: BLE001 - whatever it is: better too quiet than too loud
            failure(logger, f"{channel_id} cannot be asked about", error)
        return self._as_last_said(channel_id) or Channel(channel_id, private=True, shared=True, is_known=False)

    def is_private(self, channel_id: str) -> bool:
        """Whether not everybody may know what is in it; taken for private where Slack does not say."""
        return self.facts(channel_id).private

    def is_shared(self, channel_id: str) -> bool:
        """
        Whether other organisations read it. Asks Slack only where it never said so, or something has changed since.

        False where it does not say, and never did.
        """
        if channel_id[:1] in ("D", "@"):
            return False
        last = self._as_last_said(channel_id)
        if last is None or channel_id in self._changed:
            found = self.facts(channel_id)
            return found.shared and found.is_known
        return last.shared

    def is_member(self, channel_id: str) -> bool | None:
        """Whether the bot is in it; None where Slack does not say."""
        try:
            found = self._client.conversations_info(channel=channel_id)["channel"]
        except Exception as error:  # noqa: BLE001 - judged right here
            return False if judge(error).reason in ("channel_not_found", "is_archived") else None
        self._remembered(channel_id, found)
        return bool(found.get("is_member")) and not found.get("is_archived")

    def members(self, channel_id: str) -> frozenset[str] | None:
        """Who is in it; None where Slack does not say."""
        until, known = self._members.get(channel_id, (0.0, frozenset()))
        if until > time.monotonic():
            return known
        found: list[str] = []
        try:
            asked = pages(self._client.conversations_members, _MOST_PAGES, channel=channel_id, limit=1000)
            for answer, _ in asked:
                found += answer["members"]
        except Exception as error:  # noqa: BLE001 - whatever it is: then nobody is taken for a member
            failure(logger, f"the members of {channel_id} cannot be read", error)
            return None
        self._members[channel_id] = (time.monotonic() + _REMEMBERED_S, frozenset(found))
        return self._members[channel_id][1]

    def forget(self, channel_id: str) -> None:
        """Something about it has changed: ask anew what it is, and who is in it."""
        self._changed.add(channel_id)
        self._known.pop(channel_id, None)
        self._open.pop(channel_id, None)
        self._members.pop(channel_id, None)

    def speaks_with(self, direct: str, person: str) -> None:
        """The conversation *direct* is the one with *person*."""
        before = self._last_known.get("direct", person)
        if before is None or before.value != direct:
            self._last_known.put("direct", person, direct)

    def is_direct_with(self, direct: str, person: str) -> bool:
        """Whether *direct* is the conversation with *person*, as far as that is known."""
        remembered = self._last_known.get("direct", person)
        return remembered is not None and remembered.value == direct

    def _as_last_said(self, channel_id: str) -> Channel | None:
        """What it was when Slack last said so; None if it never did. Asks nothing of Slack."""
        remembered = self._last_known.get("channel", channel_id)
        if remembered is None or not isinstance(remembered.value, dict):
            return None
        said = remembered.value
        return Channel(channel_id, private=bool(said.get("private", True)), shared=bool(said.get("shared")))

    def _remembered(self, channel_id: str, found: dict[str, object]) -> Channel:
        private = bool(found.get("is_private") or found.get("is_mpim") or found.get("is_im"))
        channel = Channel(channel_id, private, bool(found.get("is_ext_shared")))
        self._known[channel_id] = (time.monotonic() + _REMEMBERED_S, channel)
        self._changed.discard(channel_id)
        self._last_known.put("channel", channel_id, {"private": channel.private, "shared": channel.shared})
        return channel

    def _direct(self, channel_id: str, to: str, otherwise: str) -> Channel:
        try:
            self._client.conversations_history(channel=channel_id, limit=1)
        except Exception as error:
            verdict = judge(error)
            if verdict.fate is Fate.REFUSED:
                raise UserError(
                    f"I am not part of this direct conversation, so I could not {to}. {otherwise} "
                    f"Write to me directly, or use a channel that I am in (`/invite @{self._bot_name}`)."
                ) from error
        return Channel(channel_id, private=True)

    def _uninvited(self, to: str, otherwise: str) -> str:
        return (
            f"I am not in this channel, so I could not {to}. Invite me with `/invite @{self._bot_name}` and try again. "
            f"{otherwise}"
        )
