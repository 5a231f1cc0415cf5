"""Who would be paged for a case, asked of Slack before the case begins, and what was set for it."""

import logging
from collections.abc import Callable
from dataclasses import replace

from bot.errors import UserError
from bot.escalations.model import Roster
from bot.escalations.policy import Hours, Policy, Step
from bot.log import failure
from bot.slack.channels import Channels
from bot.slack.users import Users

logger = logging.getLogger(__name__)


class OnCall:
    """
    Makes the roster that a case keeps. *shipped* is the playbook's policy, *stored* the one that was set in Slack.

    *managers* and *hours* are the settings, used where neither says anything.
    """

    def __init__(
        self,
        people: Users,
        places: Channels,
        shipped: Callable[[], Policy],
        stored: Callable[[], Policy | None],
        *,
        managers: tuple[str, ...] = (),
        hours: str = "",
    ) -> None:
        self._people = people
        self._places = places
        self._shipped = shipped
        self._stored = stored
        self._managers = managers
        self._hours = Hours.read(hours) if hours else None

    def policy(self) -> Policy:
        """The policy in force for cases that begin now: set in Slack, or the playbook's with the settings' hours."""
        if (stored := self._stored()) is not None:
            return stored
        shipped = self._shipped()
        return replace(shipped, hours=self._hours) if self._hours else shipped

    def chain(self, channel: str) -> tuple[Step, ...]:
        """The chain in force for *channel*, groups as they are."""
        policy = self.policy()
        return (
            policy.chain_of(channel)
            or self._shipped().chain_of(channel)
            or tuple(Step((one,), policy.wait) for one in self._managers)
        )

    def is_private(self, channel: str) -> bool:
        """Whether not everybody may know what is said in *channel*."""
        return self._places.is_private(channel)

    def roster(self, channel: str, *, private: bool) -> Roster:
        """The chain with groups replaced by their members, and with everybody's zone."""
        steps = tuple(Step(who, step.wait) for step in self.chain(channel) if (who := self._people_of(step)))
        everybody = tuple(dict.fromkeys(one for step in steps for one in step.who))
        zones = {one: self._zone(one) for one in everybody}
        inside = self._places.members(channel) if private else frozenset(everybody)
        return Roster(self.policy(), steps, zones, frozenset(everybody) - inside)

    def _people_of(self, step: Step) -> tuple[str, ...]:
        found: list[str] = []
        for one in step.who:
            try:
                found += self._people.in_group(one) if one.startswith("S") else [one]
            except UserError as error:
                failure(logger, f"the group {one} is left out of a chain", error)
        return tuple(dict.fromkeys(found))

    def _zone(self, user: str) -> str:
        try:
            zone = self._people.member(user).zone
        except UserError:
            return "UTC"
        return zone.key if zone else "UTC"
