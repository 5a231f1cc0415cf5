"""The settings of escalations in force: what was set in Slack, else the playbook's, else the environment's."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.escalations.detection.criteria import Criteria
from bot.escalations.playbook import NAME, EscalationPlaybook
from bot.escalations.policy import Policy, Step, chain_json
from bot.escalations.store import CaseStore
from bot.quantities import Hours

_NOT_IN_SLACK = ("repeats", "acknowledged_for", "grace")  # older versions kept them all the same, as they were then
_FILE = f"the file {NAME}"
_VARIABLE = "{} in the bot's settings"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a setting comes from: *here* is Slack; *beneath* says what else would give it, "" where nothing does."""

    here: bool = False
    beneath: str = ""


@dataclass(frozen=True, slots=True)
class InForce:
    """
    All settings as they are, and where each comes from.

    *chain* is for all channels but those with a chain of their *own*. *origins* are by the name of the setting, and of
    an own chain by its channel.
    """

    channels: tuple[str, ...]
    home: str
    chain: tuple[Step, ...]
    own: Mapping[str, tuple[Step, ...]]
    wait: timedelta
    hours: Hours
    high_value: float | None
    origins: Mapping[str, Origin]

    def chain_of(self, channel: str) -> tuple[Step, ...]:
        """Who is paged for a case of *channel*, user groups as they are."""
        return self.own.get(channel) or self.chain

    def origin_of(self, channel: str) -> Origin:
        """Where that chain comes from."""
        return self.origins[channel if channel in self.own else "chain"]


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
        self._turn = threading.Lock()  # one change is made after the other
        self._times_set = 0  # what was looked up before a setting changed is not taken for what holds after it
        self._known: dict[str, tuple[int, Any]] = {}
        self._policy: tuple[int, Policy, Policy] | None = None  # times set, and of which file's policy it was made

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

    def policy(self) -> Policy:
        """The policy of cases that begin now."""
        times_set, shipped, known = self._times_set, self._playbook().policy, self._policy
        if known is None or known[0] != times_set or known[1] is not shipped:
            beneath = replace(shipped, hours=self._hours) if self._hours else shipped
            given = self._given()
            self._policy = known = times_set, shipped, beneath.but(given) if given else beneath
        return known[2]

    def chain(self, channel: str) -> tuple[Step, ...]:
        """The chain for *channel*, user groups as they are."""
        policy = self.policy()
        return policy.chain_of(channel) or tuple(Step((one,), policy.wait) for one in self._managers)

    def chains(self) -> list[tuple[Step, ...]]:
        """All chains that any channel may have."""
        return [self.chain(""), *self.policy().channels.values()]

    def high_value(self) -> float | None:
        """From which amount on money counts, where it was set in Slack."""
        return self.policy().high_value if "high_value" in self._given() else None

    def in_force(self) -> InForce:
        """All of it, and where each comes from."""
        policy, file, given = self.policy(), self._playbook().policy, self._given()
        amounts = [file.high_value, *(one.above for one in self.criteria().all)]
        high_value = next((one for one in amounts if one is not None), None)
        own = {channel: steps for channel, steps in policy.channels.items() if steps}
        people = _FILE if file.chain else _VARIABLE.format("MANAGERS") if self._managers else ""
        watched = _VARIABLE.format("ESCALATION_CHANNELS") if self._channels else ""
        here = given.keys()
        origins = {
            "channels": Origin(self._stored("channels", frozenset) is not None, watched),
            "home": Origin(bool(self.home())),
            "chain": Origin("chain" in here, people),
            "wait": Origin("wait" in here, _FILE),
            "working_hours": Origin(
                "working_hours" in here, _VARIABLE.format("WORKING_HOURS") if self._hours else _FILE
            ),
            "high_value": Origin("high_value" in here, "" if high_value is None else _FILE),
        }
        for channel in own:
            beneath = _FILE if file.channels.get(channel) else "the people for all channels"
            origins[channel] = Origin(channel in given.get("channels", {}), beneath)
        return InForce(
            channels=tuple(sorted(self.channels())),
            home=self.home(),
            chain=self.chain(""),
            own=own,
            wait=policy.wait,
            hours=policy.hours,
            high_value=high_value if policy.high_value is None else policy.high_value,
            origins=origins,
        )

    def change(self, policy: Mapping[str, Any], **rows: Any) -> None:
        """
        Set what is given from now on, or nothing of it: parts of the *policy* as `Policy.to_json` writes them, of its
        *channels* those whose own chain changes, and the *rows* "channels" and "home".

        What is None or empty is no longer set here: the playbook or the environment gives it again. Raises ValueError.
        """
        with self._turn:
            before, given = self.policy(), self._given()
            own = given.get("channels", {})
            kept = {**given, **policy}
            kept["channels"] = {
                **{one: chain_json(before.channels[one], before.wait) for one in own},
                **policy.get("channels", {}),
            }
            if "chain" in given and "chain" not in policy:
                kept["chain"] = chain_json(before.chain, before.wait)
            shipped = self._playbook().policy.to_json()
            same = {name for name in _NOT_IN_SLACK if kept.get(name) == shipped[name]}
            kept = _set_in_slack({name: value for name, value in kept.items() if name not in same})
            with self._store.transaction():
                self._store.set("policy", kept or None)
                for name, value in rows.items():
                    self._store.set(name, value or None)
            self._times_set += 1

    def _given(self) -> Mapping[str, Any]:
        """What of the policy was set in Slack, as it is kept."""
        return self._stored("policy", _set_in_slack) or {}

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


def _set_in_slack(kept: Mapping[str, Any]) -> dict[str, Any]:
    """
    What of a policy that was *kept* counts. Older versions kept the whole of it, the file's part included.

    Raises ValueError where it cannot be read.
    """
    given = {name: value for name, value in kept.items() if value not in (None, [], {}, "")}
    own = {channel: steps for channel, steps in given.pop("channels", {}).items() if steps}
    given = {**given, "channels": own} if own else given
    Policy.read(given)
    return given
