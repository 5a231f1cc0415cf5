"""Who is on call: whom a case would page, asked of Slack before the case begins."""

import logging
from typing import Protocol

from bot.errors import UserError
from bot.escalations.model import Roster
from bot.escalations.policy import Step
from bot.escalations.settings import EscalationSettings
from bot.log import failure
from bot.slack.channels import Channels
from bot.slack.users import Users

logger = logging.getLogger(__name__)


class Rosters(Protocol):
    """Who would be paged for a case of a channel: asks Slack for zones, groups and members."""

    def roster(self, channel: str, *, private: bool) -> Roster:
        """The chain in force, ready to be kept with a case."""

    def is_private(self, channel: str) -> bool:
        """Whether not everybody may know what is said in *channel*."""


class OnCall:
    """Makes the roster that a case keeps, by the *settings* in force."""

    def __init__(self, users: Users, channels: Channels, settings: EscalationSettings) -> None:
        self._users = users
        self._channels = channels
        self._settings = settings

    def is_private(self, channel: str) -> bool:
        """Whether not everybody may know what is said in *channel*."""
        return self._channels.is_private(channel)

    def roster(self, channel: str, *, private: bool) -> Roster:
        """The chain with groups replaced by their members, and with everybody's zone."""
        steps = tuple(Step(who, step.wait) for step in self._settings.chain(channel) if (who := self._people_of(step)))
        everybody = tuple(dict.fromkeys(one for step in steps for one in step.who))
        zones = {one: self._zone(one) for one in everybody}
        inside = self._channels.members(channel) if private else frozenset(everybody)
        return Roster(self._settings.policy(), steps, zones, frozenset(everybody) - inside)

    def _people_of(self, step: Step) -> tuple[str, ...]:
        found: list[str] = []
        for one in step.who:
            try:
                found += self._users.in_group(one) if one.startswith("S") else [one]
            except UserError as error:
                failure(logger, f"the group {one} is left out of a chain", error)
        return tuple(dict.fromkeys(found))

    def _zone(self, user: str) -> str:
        try:
            zone = self._users.member(user).zone
        except UserError:
            return "UTC"
        return zone.key if zone else "UTC"
