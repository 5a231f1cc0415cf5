"""Channels: whether the bot may speak in one, asked before anybody relies on it."""

import logging
import time
from dataclasses import dataclass

from slack_sdk import WebClient

from bot.errors import UserError
from bot.log import failure
from bot.slack.errors import Fate, judge

_MOST_PAGES = 20
_REMEMBERED_S = 60.0  # Slack lets one ask for some fifty channels a minute
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation that the bot may post in. *private*: not everybody in the workspace may know what is in it."""

    id: str
    private: bool


class Channels:
    """Looks channels up. *bot_name* is how people invite the bot."""

    def __init__(self, client: WebClient, bot_name: str = "toughcustomer") -> None:
        self._client = client
        self._bot_name = bot_name
        self._private: dict[str, tuple[float, bool]] = {}  # until when, and whether

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
        try:
            found = self._client.conversations_info(channel=channel_id)["channel"]
        except Exception as error:
            verdict = judge(error)
            if verdict.fate is not Fate.REFUSED:
                raise UserError(
                    f"I could not ask Slack about this channel ({verdict.reason}). {otherwise} Please try again."
                ) from error
            raise UserError(self._uninvited(to, otherwise)) from error
        if found.get("is_archived"):
            raise UserError(f"That channel is archived, so I could not {to}. {otherwise}")
        if not found.get("is_member"):
            raise UserError(self._uninvited(to, otherwise))
        return Channel(channel_id, bool(found.get("is_private") or found.get("is_mpim")))

    def is_private(self, channel_id: str) -> bool:
        """Whether not everybody may know what is in it; taken for private where Slack does not say."""
        until, known = self._private.get(channel_id, (0.0, True))
        if until > time.monotonic():
            return known
        try:
            found = self._client.conversations_info(channel=channel_id)["channel"]
        except Exception as error:  # noqa: BLE001 - whatever it is: better too quiet than too loud
            failure(logger, f"{channel_id} is taken for a private channel", error)
            return True
        private = bool(found.get("is_private") or found.get("is_mpim") or found.get("is_im"))
        self._private[channel_id] = (time.monotonic() + _REMEMBERED_S, private)
        return private

    def members(self, channel_id: str) -> frozenset[str]:
        """Who is in it; nobody where Slack does not say."""
        found: list[str] = []
        cursor: str | None = None
        try:
            for _ in range(_MOST_PAGES):
                answer = self._client.conversations_members(channel=channel_id, limit=1000, cursor=cursor)
                found += answer["members"]
                cursor = (answer.get("response_metadata") or {}).get("next_cursor")
                if not cursor:
                    break
        except Exception as error:  # noqa: BLE001 - whatever it is: then nobody is taken for a member
            failure(logger, f"the members of {channel_id} cannot be read", error)
        return frozenset(found)

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
