"""The settings of escalations in force: what was set in Slack, else the playbook's, else the environment's."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.escalations.detection.criteria import Criteria
from bot.escalations.playbook import EscalationPlaybook
from bot.escalations.policy import Hours, Policy, Step
from bot.escalations.store import CaseStore


class EscalationSettings:
    """
    *playbook* gives the file in force. *channels*, *managers* and *hours* are the environment's.

    Every method raises StorageUnavailable where the database cannot be used.
    """

    def __init__(
        self,
        store: CaseStore,
        playbook: Callable[[], EscalationPlaybook],
        *,
        channels: Sequence[str] = (),
        managers: Sequence[str] = (),
        hours: str = "",
    ) -> None:
        self._store = store
        self._playbook = playbook
        self._channels = tuple(channels)
        self._managers = tuple(managers)
        self._hours = Hours.read(hours) if hours else None
        self._times_set = 0  # what was looked up before a setting changed is not taken for what holds after it
        self._known_channels: tuple[int, frozenset[str]] | None = None
        self._stored_policy: tuple[int, Policy | None] | None = None

    def criteria(self) -> Criteria:
        """The criteria."""
        return self._playbook().criteria

    def channels(self) -> frozenset[str]:
        """The escalation channels."""
        known, times_set = self._known_channels, self._times_set
        if known is None or known[0] != times_set:
            stored = self._store.setting("channels")
            known = times_set, frozenset(self._channels if stored is None else stored)
            self._known_channels = known
        return known[1]

    def set_channels(self, channels: Sequence[str]) -> None:
        """Set the escalation channels from now on."""
        with self._store.transaction():
            self._store.set("channels", list(channels))
        self._times_set += 1

    def policy(self) -> Policy:
        """The policy of cases that begin now."""
        if (stored := self._stored()) is not None:
            return stored
        shipped = self._playbook().policy
        return replace(shipped, hours=self._hours) if self._hours else shipped

    def set_policy(self, policy: Policy) -> None:
        """Set the policy of cases that begin from now on."""
        with self._store.transaction():
            self._store.set("policy", policy.to_json())
        self._times_set += 1

    def chain(self, channel: str) -> tuple[Step, ...]:
        """The chain for *channel*, user groups as they are."""
        policy = self.policy()
        return (
            policy.chain_of(channel)
            or self._playbook().policy.chain_of(channel)
            or tuple(Step((one,), policy.wait) for one in self._managers)
        )

    def high_value(self) -> float | None:
        """From which amount on money counts, where it was set in Slack."""
        stored = self._stored()
        return stored.high_value if stored else None

    def _stored(self) -> Policy | None:
        known, times_set = self._stored_policy, self._times_set
        if known is None or known[0] != times_set:
            kept = self._store.setting("policy")
            known = times_set, Policy.read(kept) if kept else None
            self._stored_policy = known
        return known[1]
