"""The settings of escalations in force: what was set in Slack, else the playbook's, else the environment's."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bot.escalations.detection.criteria import Criteria
from bot.escalations.playbook import EscalationPlaybook
from bot.escalations.policy import Hours, Policy, Step
from bot.escalations.store import CaseStore


class EscalationSettings:
    """*playbook* gives the file; *channels*, *managers*, *hours* are the environment's. Raises StorageUnavailable."""

    def __init__(
        self, store: CaseStore, playbook: Callable[[], EscalationPlaybook], *,
        channels: Sequence[str] = (), managers: Sequence[str] = (), hours: str = "",
    ) -> None:  # fmt: skip
        self._store = store
        self._playbook = playbook
        self._channels = frozenset(channels)
        self._managers = tuple(managers)
        self._hours = Hours.read(hours) if hours else None
        self._times_set = 0  # what was looked up before a setting changed is not taken for what holds after it
        self._known: dict[str, tuple[int, Any]] = {}

    def criteria(self) -> Criteria:
        """The criteria."""
        return self._playbook().criteria

    def channels(self) -> frozenset[str]:
        """The escalation channels."""
        stored: frozenset[str] | None = self._stored("channels", frozenset)
        return self._channels if stored is None else stored

    def home(self) -> str:
        """Where cases of channels that other organisations read are posted; "" for nowhere."""
        return str(self._stored("home", str) or "")

    def set_all(self, policy: Policy, channels: Sequence[str], home: str) -> None:
        """Set all of it from now on, or nothing."""
        with self._store.transaction():
            self._store.set("policy", policy.to_json())
            self._store.set("channels", list(channels))
            self._store.set("home", home)
        self._times_set += 1

    def policy(self) -> Policy:
        """The policy of cases that begin now."""
        shipped, stored = self._playbook().policy, self._stored("policy", Policy.read)
        if isinstance(stored, Policy):
            return stored
        return replace(shipped, hours=self._hours) if self._hours else shipped

    def chain(self, channel: str) -> tuple[Step, ...]:
        """The chain for *channel*, user groups as they are."""
        policy = self.policy()
        return (
            policy.chain_of(channel)
            or self._playbook().policy.chain_of(channel)
            or tuple(Step((one,), policy.wait) for one in self._managers)
        )

    def chains(self) -> list[tuple[Step, ...]]:
        """All chains that any channel may have."""
        policies = (self.policy(), self._playbook().policy)
        return [self.chain(""), *(chain for policy in policies for chain in (policy.chain, *policy.channels.values()))]

    def high_value(self) -> float | None:
        """From which amount on money counts, where it was set in Slack."""
        stored = self._stored("policy", Policy.read)
        return stored.high_value if isinstance(stored, Policy) else None

    def _stored(self, name: str, read: Callable[[Any], Any]) -> Any:
        """What was set in Slack under *name*, looked up once after each change; None if nothing was."""
        known, times_set = self._known.get(name), self._times_set
        if known is None or known[0] != times_set:
            kept = self._store.setting(name)
            try:
                value = None if kept is None else read(kept)
            except (ValueError, TypeError, AttributeError) as error:
                self._store.setting_aside(name, error)
                value = None
            self._known[name] = known = times_set, value
        return known[1]
