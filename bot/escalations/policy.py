"""Escalation policy: whom to page, when, and at which hours. Pure values and decisions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.quantities import Hours as Hours  # a part of the policy, for whoever reads one
from bot.quantities import amount, as_typed, duration


@dataclass(frozen=True, slots=True)
class Step:
    """*who* (people and user groups, by id) is paged together; *wait* until they are paged again, or the next are."""

    who: tuple[str, ...]
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """
    What happens with a page that nobody answers. A case keeps the policy that it began with.

    *chain* holds where *channels* has none for the channel.
    """

    chain: tuple[Step, ...] = ()
    wait: timedelta = timedelta(minutes=10)
    repeats: int = 1
    acknowledged_for: timedelta = timedelta(minutes=30)
    grace: timedelta = timedelta(minutes=15)
    hours: Hours = field(default_factory=Hours)
    high_value: float | None = None
    channels: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)

    def chain_of(self, channel: str) -> tuple[Step, ...]:
        """Who is paged for a case of *channel*."""
        return self.channels.get(channel) or self.chain

    def to_json(self) -> dict[str, Any]:
        """The policy as it is kept."""
        return {
            "wait": as_typed(self.wait),
            "repeats": self.repeats,
            "acknowledged_for": as_typed(self.acknowledged_for),
            "grace": as_typed(self.grace),
            "working_hours": str(self.hours),
            "chain": chain_json(self.chain, self.wait),
            "channels": {channel: chain_json(steps, self.wait) for channel, steps in self.channels.items()},
            "high_value": self.high_value,
        }

    def but(self, given: Mapping[str, Any]) -> "Policy":
        """
        This policy with what is *given* (as `to_json` writes it) in its place; of *channels* only those given.

        Raises ValueError like `read`. A step without a wait of its own takes that of the policy, this one's steps too.
        """
        mine = self.to_json()
        return Policy.read({**mine, **given, "channels": {**mine["channels"], **given.get("channels", {})}})

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "Policy":  # noqa: C901 - a list of mistakes, each found however many came before
        """Read what `to_json` gives, and what people write in `policy:`. Raises ValueError with all that is wrong."""
        wrong: list[str] = []
        known = {"wait", "repeats", "acknowledged_for", "grace", "working_hours", "chain", "channels", "high_value"}
        for key in sorted(set(values) - known):
            wrong.append(f'there is no "{key}" in a policy; there are {", ".join(sorted(known))}')

        def span(key: str, default: str) -> timedelta:
            try:
                return duration(values.get(key, default))
            except ValueError as error:
                wrong.append(f"{key}: {error}")
                return duration(default)

        wait = span("wait", "10m")
        acknowledged, grace = span("acknowledged_for", "30m"), span("grace", "15m")
        repeats = values.get("repeats", 1)
        if not isinstance(repeats, int) or isinstance(repeats, bool) or not 0 <= repeats <= 10:
            wrong.append(f'repeats: "{repeats}" is no whole number from 0 to 10')
            repeats = 1
        try:
            hours = Hours.read(str(values.get("working_hours", "Mon-Fri 08:00-18:00")))
        except ValueError as error:
            wrong.append(f"working_hours: {error}")
            hours = Hours()
        try:
            high = None if values.get("high_value") is None else amount(values["high_value"])
        except ValueError as error:
            wrong.append(f"high_value: {error}")
            high = None
        chain = _chain(values.get("chain"), wait, "chain", wrong)
        channels: dict[str, tuple[Step, ...]] = {}
        given = values.get("channels") or {}
        if not isinstance(given, Mapping):
            wrong.append(f'channels: "{given}" is no list of channels; write C0123ABCD: and its chain below')
            given = {}
        for channel, steps in given.items():
            if not re.fullmatch(r"[CG][A-Z0-9]{2,}", str(channel)):
                wrong.append(f'channels: "{channel}" is no id of a channel (C…)')
            channels[str(channel)] = _chain(steps, wait, f"channels, {channel}", wrong)
        if wrong:
            raise ValueError("\n".join(wrong))
        return cls(chain, wait, repeats, acknowledged, grace, hours, high, channels)


def chain_json(steps: Sequence[Step], usual: timedelta) -> list[dict[str, Any]]:
    """*steps* as they are kept; one that waits as long as is *usual* has no wait of its own."""
    return [{"who": list(step.who), **_own_wait(step.wait, usual)} for step in steps]


def _own_wait(wait: timedelta, usual: timedelta) -> dict[str, str]:
    return {} if wait == usual else {"wait": as_typed(wait)}


def _chain(given: object, wait: timedelta, what: str, wrong: list[str]) -> tuple[Step, ...]:
    if not isinstance(given or [], list):
        wrong.append(f"{what}: expected steps such as - {{who: [U0123ABCD], wait: 10m}}")
        return ()
    chain = []
    for number, step in enumerate(given or [], 1):  # type: ignore[var-annotated, arg-type]
        try:
            chain.append(_step(step, wait))
        except ValueError as error:
            wrong.append(f"{what}, step {number}: {error}")
    return tuple(chain)


def _step(value: object, wait: timedelta) -> Step:
    if not isinstance(value, Mapping) or set(value) - {"who", "wait"} or "who" not in value:
        raise ValueError(f'"{value}" is no step; write {{who: [U0123ABCD, S0123ABCD], wait: 10m}}')
    who = value["who"] if isinstance(value["who"], list) else [value["who"]]
    for one in who:
        if not re.fullmatch(r"[UWS][A-Z0-9]{2,}", str(one)):
            raise ValueError(f'"{one}" is no id of a person (U…) or a user group (S…)')
    if not who:
        raise ValueError("who: nobody is named")
    return Step(tuple(str(one) for one in who), duration(value["wait"]) if value.get("wait") else wait)
