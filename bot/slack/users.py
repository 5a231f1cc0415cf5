"""Users: zone, language, whether an admin. Asked of Slack, and remembered for a few minutes."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from slack_sdk import WebClient

from bot.errors import UserError
from bot.slack.errors import Fate, judge

_REMEMBERED_S = 600.0
_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Member:
    """
    A member of the workspace. *zone* is None where Slack gives none that this machine knows.

    *can_be_reminded* is False for bots and for people who have left.
    """

    id: str
    zone: ZoneInfo | None
    locale: str
    is_admin: bool
    can_be_reminded: bool = True


class Users:
    """
    Looks people up. *admins* of the settings are admins; without any, the workspace's own are.

    *zone* stands in where Slack gives none.
    """

    def __init__(self, client: WebClient, admins: Sequence[str], zone: str) -> None:
        self._client = client
        self.admins = tuple(admins)
        self._zone = ZoneInfo(zone) if zone else None
        self._known: dict[str, tuple[float, Member]] = {}
        self._turn = threading.Lock()

    def member(self, user_id: str) -> Member:
        """Who *user_id* is. Raises UserError where Slack does not say."""
        with self._turn:
            until, known = self._known.get(user_id, (0.0, None))
        if known is not None and until > time.monotonic():
            return known
        try:
            user = self._client.users_info(user=user_id, include_locale=True)["user"]
        except Exception as error:
            verdict = judge(error)
            if known is not None and verdict.fate is not Fate.REFUSED:
                return known
            raise UserError(
                f"I could not ask Slack who that is, and in which time zone ({verdict.reason}), so nothing was stored. "
                "Please try again."
            ) from error
        admin = user_id in self.admins if self.admins else bool(user.get("is_admin") or user.get("is_owner"))
        there = not (user.get("is_bot") or user.get("deleted"))
        zone = _zone(user.get("tz")) or self._zone
        member = Member(user_id, zone, str(user.get("locale") or "en-US"), admin, there)
        with self._turn:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[user_id] = (time.monotonic() + _REMEMBERED_S, member)
        return member

    def responsible(self, user_id: str) -> None:
        """Raise UserError if *user_id* cannot be reminded of anything."""
        if not self.member(user_id).can_be_reminded:
            raise UserError(
                "That is a bot or somebody who has left, whom I cannot remind. Please choose somebody else."
            )

    def in_group(self, group_id: str) -> tuple[str, ...]:
        """The members of a user group. Raises UserError where Slack does not say."""
        try:
            return tuple(self._client.usergroups_users_list(usergroup=group_id)["users"])
        except Exception as error:
            raise UserError(f"I could not ask Slack who is in that group ({judge(error).reason}).") from error

    def groups(self) -> dict[str, str]:
        """The ids of the user groups, by handle. Raises UserError where Slack does not say."""
        try:
            return {one["handle"]: one["id"] for one in self._client.usergroups_list()["usergroups"]}
        except Exception as error:
            raise UserError(f"I could not ask Slack for the user groups ({judge(error).reason}).") from error

    def zone(self, user_id: str) -> ZoneInfo:
        """The time zone of *user_id*. Raises UserError where there is none."""
        zone = self.member(user_id).zone
        if zone is None:
            raise UserError(
                "Slack does not tell me your time zone, so nothing was stored. Choose one in Slack under Preferences, "
                "Language & Region, or write the date with its zone: “tomorrow 3pm CET”."
            )
        return zone


def _zone(name: object) -> ZoneInfo | None:
    try:
        return ZoneInfo(str(name)) if name else None
    except (KeyError, ValueError, OSError):
        return None
