"""
Who is on call. Groups and zones are kept as named and resolved when a step is reached, from what Slack last said.

Nothing here is asked of Slack while a case moves on: what is stale or unknown is asked for by a job of its own, and the
case looks again a few seconds later. So a moment in which Slack does not answer leaves nobody out for good.
"""

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from bot.errors import UserError
from bot.escalations.model import Roster, is_group
from bot.escalations.policy import Step
from bot.escalations.settings import EscalationSettings
from bot.log import failure
from bot.slack.channels import Channel, Channels
from bot.slack.users import Users

logger = logging.getLogger(__name__)

_ASKING_S = 5.0
_LONG_S = 60.0
ASK_EVERY = timedelta(seconds=1)  # what somebody waits for
REFRESH_EVERY = timedelta(minutes=5)  # everybody in any chain


class Rosters(Protocol):
    """Who would be paged for a case of a channel."""

    def roster(self, channel: str, *, at_once: bool) -> Roster:
        """The chain in force, ready to be kept with a case. Asks Slack who is in its groups, and where they live."""

    def as_known(self, roster: Roster) -> Roster:
        """The same with what is known by now. Asks nothing of Slack; what is not known is asked for soon."""

    def place(self, channel: str) -> Channel:
        """What *channel* is. Asks Slack."""


class OnCall:
    """Makes the roster that a case keeps, by the *settings* in force, and brings it up to date at each step."""

    def __init__(self, users: Users, channels: Channels, settings: EscalationSettings) -> None:
        self._users = users
        self._channels = channels
        self._settings = settings
        self._wanted: set[str] = set()
        self._unknown: dict[str, float] = {}  # since when somebody waits to hear who that is
        self._turn = threading.Lock()

    def place(self, channel: str) -> Channel:
        """What *channel* is: as it was last known, where Slack does not say now."""
        return self._channels.facts(channel)

    def roster(self, channel: str, *, at_once: bool) -> Roster:
        """
        The chain with groups replaced by their members; those of whom Slack says nothing now, by the last known.

        Unless they are paged *at_once*, at any hour, whoever is not known yet is asked about, for a few seconds in all.
        """
        named = self._settings.chain(channel)
        for group in _groups(named):
            self._ask(group)
        known = self.as_known(Roster(self._settings.policy(), named, {}, named))
        until = time.monotonic() + _ASKING_S
        for one in known.people():
            if at_once or time.monotonic() > until:
                break
            if self._users.known(one) is None:
                self._ask(one)
        return self.as_known(known)

    def as_known(self, roster: Roster) -> Roster:
        """The same with what is known by now."""
        named = roster.named or roster.steps
        steps = tuple(Step(self._members(step.who), step.wait) for step in named)
        zones = dict(roster.zones)
        known = replace(roster, steps=steps)
        for one in known.people():
            member = self._users.known(one)
            if member is None:
                self._want(one)
            elif member.zone is not None:
                zones[one] = member.zone.key
        return replace(known, zones=zones)

    def ask_wanted(self) -> None:
        """Ask Slack for what somebody waits for; what it does not say stays wanted while somebody asks on."""
        with self._turn:
            wanted, self._wanted = self._wanted, set()
        for one in sorted(wanted):
            self._ask(one)

    def what_is_wrong(self) -> str | None:
        """For the health report: somebody is to be paged of whom Slack does not say who that is."""
        with self._turn:
            long = [ident for ident, since in self._unknown.items() if time.monotonic() - since > _LONG_S]
        return f"Slack does not say who that is who is to be paged: {', '.join(sorted(long))}" if long else None

    def refresh(self) -> None:
        """Ask Slack who is in the groups of all chains, and who everybody in them is."""
        groups = {group for steps in self._settings.chains() for group in _groups(steps)}
        for group in sorted(groups):
            self._ask(group)
        named = {one for steps in self._settings.chains() for step in steps for one in self._members(step.who)}
        for person in sorted(one for one in named if not is_group(one)):
            self._ask(person)

    def is_manager(self, user: str) -> bool | None:
        """Whether *user* is in any chain, groups as they were last known; None while there is no chain."""
        named = [one for steps in self._settings.chains() for step in steps for one in step.who]
        return user in named or user in self._members(named) if named else None

    def _members(self, who: Iterable[str]) -> tuple[str, ...]:
        found: list[str] = []
        for one in who:
            members = self._users.known_in_group(one) if is_group(one) else (one,)
            if members is None:
                self._want(one)
                members = (one,)
            found += members
        return tuple(dict.fromkeys(one for one in found if is_group(one) or self._may_be_paged(one)))

    def _may_be_paged(self, user: str) -> bool:
        """People of other organisations never are."""
        known = self._users.known(user)
        return known is None or known.is_ours

    def _want(self, ident: str) -> None:
        with self._turn:
            self._wanted.add(ident)
            self._unknown.setdefault(ident, time.monotonic())

    def _ask(self, ident: str) -> None:
        try:
            if is_group(ident):
                self._users.in_group(ident)
            else:
                self._users.member(ident)
            with self._turn:
                self._unknown.pop(ident, None)
        except UserError as error:
            failure(logger, f"Slack does not say who {ident} is; what was last known holds", error)


def _groups(steps: Iterable[Step]) -> list[str]:
    return list(dict.fromkeys(one for step in steps for one in step.who if is_group(one)))
