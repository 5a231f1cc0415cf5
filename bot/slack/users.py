"""Users: zone, language, whether an admin, of which organisation; as Slack says, or has said last."""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk import WebClient

from bot.clock import Clock
from bot.errors import UserError
from bot.log import failure
from bot.slack.absence import Absence, Status, absence
from bot.slack.errors import Fate, judge
from bot.slack.last_known import LastKnown
from bot.slack.pages import pages

logger = logging.getLogger(__name__)

_REMEMBERED_S = 600.0
_MOST = 5_000
_MOST_PAGES = 100
_NOT_AGAIN_S = 60.0
_ALIKE = 0.85
_PAGE = 200
_FACTS = {"zone", "locale", "admin", "there", "ours", "guest", "status"}
_ADMIN_FOR = timedelta(hours=1)  # what was known longer ago makes nobody an admin


@dataclass(frozen=True, slots=True)
class Member:
    """
    A member of the workspace, or of another organisation that shares a channel with it (*is_ours* is False then).

    *zone* is None where Slack gives none that this machine knows. *can_be_reminded* is False for bots and for people
    who have left. *is_guest*: sees only the channels that they are in.
    """

    id: str
    zone: ZoneInfo | None
    locale: str
    is_admin: bool
    can_be_reminded: bool = True
    is_ours: bool = True
    is_guest: bool = False


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One of the list of all: *shown* is what they are called, *names* the ones that they go by, in small letters."""

    id: str
    shown: str
    names: frozenset[str]
    is_there: bool
    is_ours: bool
    is_guest: bool


class Users:
    """
    Looks people up. *admins* of the settings are admins; without any, the workspace's own are.

    *zone* stands in where Slack gives none. What Slack said last of somebody stands in where it does not answer now.
    """

    def __init__(
        self, client: WebClient, admins: Sequence[str], zone: str, last_known: LastKnown, team_id: str, clock: Clock
    ) -> None:
        self._client = client
        self.admins = tuple(admins)
        self._zone = ZoneInfo(zone) if zone else None
        self._last_known = last_known
        self._team_id = team_id
        self._clock = clock
        self._fresh_until: dict[str, float] = {}
        self._everybody: tuple[float, tuple[ListedPerson, ...] | None] | None = None
        self._turn = threading.Lock()

    def member(self, user_id: str) -> Member:
        """Who *user_id* is. Raises UserError where Slack does not say, and never has."""
        with self._turn:
            is_fresh = self._fresh_until.get(user_id, 0.0) > time.monotonic()
        known = self.known(user_id)
        if known is not None and is_fresh:
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
        self._last_known.put("person", user_id, self._facts(user))
        with self._turn:
            if len(self._fresh_until) >= _MOST:
                self._fresh_until.clear()
            self._fresh_until[user_id] = time.monotonic() + _REMEMBERED_S
        found = self.known(user_id)
        assert found is not None
        return found

    def known(self, user_id: str) -> Member | None:
        """Who *user_id* was when Slack last said so; None if it never did. Asks nothing of Slack."""
        remembered = self._last_known.get("person", user_id)
        if remembered is None:
            return None
        facts = remembered.value
        if not isinstance(facts, dict) or facts.keys() != _FACTS:
            return None  # of another version, or spoiled: asked anew
        if self.admins:
            is_admin = user_id in self.admins
        else:
            is_admin = facts["admin"] and self._clock.now() - remembered.at < _ADMIN_FOR
        return Member(
            user_id,
            _zone(facts["zone"]) or self._zone,
            facts["locale"],
            is_admin and facts["ours"],
            facts["there"],
            facts["ours"],
            facts["guest"],
        )

    def is_ours(self, user_id: str) -> bool:
        """Whether *user_id* is of our organisation. Raises UserError where Slack does not say, and never has."""
        known = self.known(user_id)  # nobody changes organisations: what was known once will do
        return (known or self.member(user_id)).is_ours

    def guests(self) -> frozenset[str] | None:
        """Everybody who sees only the channels that they are in, and people of other organisations; None if unknown."""
        listed = self._listed()
        return frozenset(one.id for one in listed if one.is_guest or not one.is_ours) if listed is not None else None

    def named(self, name: str, *, near: bool = False) -> list[ListedPerson]:
        """
        Our people who are called *name*, by handle, shown or real name, or by a first name; bots and who left are none.

        With *near*, where nobody is, those whose name is a slip of the finger off. Empty where Slack lists nobody.
        """
        wanted = name.strip(" @").casefold()
        people = [one for one in self._listed() or () if one.is_ours and one.is_there]
        found = [one for one in people if wanted in one.names]
        if found or not near or len(wanted) < 4:
            return found
        return [one for one in people if any(_near(wanted, other) for other in one.names)]

    def shown(self, user_id: str) -> str:
        """What *user_id* is called, as far as Slack lists them; else the id."""
        return next((one.shown for one in self._listed() or () if one.id == user_id), user_id)

    def _listed(self) -> tuple[ListedPerson, ...] | None:
        """Everybody; None where Slack does not list them all."""
        listed = self._everybody
        if listed is not None and listed[0] > time.monotonic():
            return listed[1]
        # until it is known that they can be listed, as they were
        self._everybody = (time.monotonic() + _NOT_AGAIN_S, listed[1] if listed else None)
        found: list[ListedPerson] = []
        is_all = False
        try:
            for answer, is_all in pages(self._client.users_list, _MOST_PAGES, limit=_PAGE):  # noqa: B007 - read below
                found += [self._person(user) for user in answer["members"]]
        except Exception as error:  # noqa: BLE001 - whatever it is: then everybody may be a guest, and nobody is named
            failure(logger, "the people of the workspace cannot be listed", error)
            return None
        if not is_all:
            return None
        everybody = tuple(found)
        self._everybody = (time.monotonic() + _REMEMBERED_S, everybody)
        return everybody

    def _person(self, user: dict[str, Any]) -> ListedPerson:
        facts, profile = self._facts(user), user.get("profile") or {}
        told = (user.get("name"), user.get("real_name"), *(profile.get(f"{kind}_name") for kind in ("display", "real")))
        names = {str(name).casefold() for name in told if name}
        names |= {name.split()[0] for name in names}
        shown = str(profile.get("display_name") or user.get("real_name") or user.get("name") or user["id"])
        return ListedPerson(str(user["id"]), shown, frozenset(names), facts["there"], facts["ours"], facts["guest"])

    def changed(self, user: dict[str, Any]) -> None:
        """Slack says that somebody is otherwise now: has left, or moved to another zone."""
        user_id = str(user.get("id"))
        known = self._last_known.get("person", user_id)
        if known is not None and isinstance(known.value, dict):
            locale = user.get("locale") or known.value.get("locale")
            self._last_known.put("person", user_id, self._facts({**user, "locale": locale}))
        listed = self._everybody
        if listed is not None and listed[1] is not None:
            fresh = self._person(user)
            self._everybody = listed[0], (*(one for one in listed[1] if one.id != fresh.id), fresh)

    def has_left(self, user_id: str) -> bool:
        """Whether *user_id* cannot be reminded of anything any more, as far as that is known. Asks nothing of Slack."""
        known = self.known(user_id)
        return known is not None and not known.can_be_reminded

    def absence(self, user_id: str, wait: timedelta) -> Absence | None:
        """Whether *user_id* is away for longer than *wait*, as Slack last said. Asks nothing of Slack."""
        remembered = self._last_known.get("person", user_id)
        if remembered is None or not isinstance(remembered.value, dict) or remembered.value.keys() != _FACTS:
            return None
        text, emoji, until = remembered.value["status"]
        now, pause = self._clock.now(), self._last_known.get("pause", user_id)
        status = Status(text, emoji, datetime.fromtimestamp(until, UTC) if until else None)
        if status.until is not None and status.until <= now:
            status = Status()
        span = pause.value if pause is not None else None
        paused = (datetime.fromtimestamp(span[0], UTC), datetime.fromtimestamp(span[1], UTC)) if span else None
        return absence(status, paused, now, wait)

    def paused(self, user_id: str, status: dict[str, Any]) -> None:
        """
        Slack says when *user_id* has notifications held back: its `dnd_status`.

        Of others a bot is told no more than from when until when, whether by hand or by their schedule.
        """
        is_held = bool(status.get("dnd_enabled"))
        span = [int(status.get("next_dnd_start_ts") or 0), int(status.get("next_dnd_end_ts") or 0)]
        known = self._last_known.get("pause", user_id)
        if is_held or known is not None:
            self._last_known.put("pause", user_id, span if is_held else None)

    def look_at(self, user_id: str) -> None:
        """Ask Slack whether *user_id* is away, so that it is known in a moment that may ask nothing."""
        with self._turn:
            self._fresh_until.pop(user_id, None)
        try:
            self.member(user_id)
            self.paused(user_id, dict(self._client.dnd_info(user=user_id)))
        except Exception as error:  # noqa: BLE001 - whatever it is: what was known is good enough
            failure(logger, f"whether {user_id} is away cannot be asked", error)

    def forget_guests(self) -> None:
        """Somebody has come: look anew who is a guest."""
        self._everybody = None

    def responsible(self, user_id: str) -> None:
        """Raise UserError if *user_id* cannot be reminded of anything."""
        member = self.member(user_id)
        if not member.is_ours:
            raise UserError("That is somebody of another organisation, whom I do not serve. Please choose one of us.")
        if not member.can_be_reminded:
            raise UserError(
                "That is a bot or somebody who has left, whom I cannot remind. Please choose somebody else."
            )

    def in_group(self, group_id: str) -> tuple[str, ...]:
        """The members of a user group. Raises UserError where Slack does not say."""
        try:
            found = tuple(self._client.usergroups_users_list(usergroup=group_id)["users"])
        except Exception as error:
            raise UserError(f"I could not ask Slack who is in that group ({judge(error).reason}).") from error
        self._last_known.put("group", group_id, list(found))
        return found

    def known_in_group(self, group_id: str) -> tuple[str, ...] | None:
        """Who was in the group when Slack last said so; None if it never did. Asks nothing of Slack."""
        remembered = self._last_known.get("group", group_id)
        return tuple(remembered.value) if remembered else None

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

    def _facts(self, user: dict[str, Any]) -> dict[str, Any]:
        """What is kept of a user object of Slack's."""
        home = str(user.get("team_id") or (user.get("profile") or {}).get("team") or self._team_id)
        ours = {home, *((user.get("enterprise_user") or {}).get("teams") or ())}  # one organisation of many workspaces
        return {
            "zone": str(user.get("tz") or ""),
            "locale": str(user.get("locale") or "en-US"),
            "admin": bool(user.get("is_admin") or user.get("is_owner")),
            "there": not (user.get("is_bot") or user.get("deleted")),
            "ours": self._team_id in ours and not user.get("is_stranger"),
            "guest": bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            "status": _status(user.get("profile") or {}),
        }


def _status(profile: dict[str, Any]) -> list[Any]:
    """Text, emoji and end (seconds since 1970; 0 for none) of a status."""
    text, emoji = str(profile.get("status_text") or "")[:100], str(profile.get("status_emoji") or "")
    return [text, emoji, int(profile.get("status_expiration") or 0)] if text or emoji else ["", "", 0]


def _near(one: str, other: str) -> bool:
    """Whether the names are alike enough to be one, mistyped."""
    return abs(len(one) - len(other)) <= 1 and SequenceMatcher(None, one, other).ratio() >= _ALIKE


def _zone(name: object) -> ZoneInfo | None:
    try:
        return ZoneInfo(str(name)) if name else None
    except (KeyError, ValueError, OSError):
        return None
