"""Escalation policy: whom to page, when, and at which hours. Pure values and decisions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DURATION = 'a number with s, m, h or d, such as "30s", "10m", "2h", "1d"'
HOURS = '"Mon-Fri 08:00-18:00", or "always"'


def duration(value: object) -> timedelta:
    """Read "10m". Raises ValueError with what is accepted."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", str(value))
    if not found or not float(found[1]) > 0:
        raise ValueError(f'"{value}" is no duration; use {DURATION}')
    span = timedelta(seconds=float(found[1]) * _UNITS[found[2]])
    if span > timedelta(days=30):
        raise ValueError(f'"{value}" is longer than 30 days')
    return span


def as_typed(span: timedelta) -> str:
    """*span* the way `duration` reads it."""
    seconds = span.total_seconds()
    for unit in "dhm":
        if seconds >= _UNITS[unit] and seconds % _UNITS[unit] == 0:
            return f"{seconds / _UNITS[unit]:.0f}{unit}"
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours: days of the week (Monday is 0) and local times; an *end* before *start* is past midnight."""

    days: frozenset[int] = frozenset(range(5))
    start: time = time(8)
    end: time = time(18)
    always: bool = False

    @classmethod
    def read(cls, text: str) -> "Hours":
        """Read "Mon-Fri 08:00-18:00". Raises ValueError with what is accepted."""
        if text.strip().lower() == "always":
            return cls(always=True)
        found = re.fullmatch(
            r"\s*([a-z]{3})(?:[a-z]*)(?:\s*[-–]\s*([a-z]{3})[a-z]*)?\s+(\d\d?):(\d\d)\s*[-–]\s*(\d\d?):(\d\d)\s*",
            text,
            re.I,
        )
        try:
            if not found:
                raise ValueError
            first = _DAYS.index(found[1].lower())
            last = _DAYS.index((found[2] or found[1]).lower())
            start = time(int(found[3]), int(found[4]))
            end = time(0) if found[5] == "24" and found[6] == "00" else time(int(found[5]), int(found[6]))
            if start == end:
                raise ValueError
        except ValueError as error:
            raise ValueError(f'"{text}" are no working hours; use {HOURS}') from error
        days = frozenset(day % 7 for day in range(first, last + 1 if last >= first else last + 8))
        return cls(days, start, end)

    def __str__(self) -> str:
        if self.always:
            return "always"
        first = next((day for day in sorted(self.days) if (day - 1) % 7 not in self.days), 0)
        last = _DAYS[(first + len(self.days) - 1) % 7].title()
        days = _DAYS[first].title() if len(self.days) == 1 else f"{_DAYS[first].title()}-{last}"
        return f"{days} {self.start:%H:%M}-{self.end:%H:%M}"

    def next_open(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The first moment from *now* on (UTC) that lies in working hours of *zone*; *now* itself if it does."""
        if self.always:
            return now
        local = now.astimezone(zone)
        for offset in range(-1, 9):
            day = local.date() + timedelta(days=offset)
            if day.weekday() not in self.days:
                continue
            start = datetime.combine(day, self.start, zone).astimezone(UTC)
            over_night = timedelta(days=self.end <= self.start)
            end = datetime.combine(day + over_night, self.end, zone).astimezone(UTC)
            if now < end:
                return max(now, start)
        return now


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
            "chain": _chain_json(self.chain),
            "channels": {channel: _chain_json(steps) for channel, steps in self.channels.items()},
            "high_value": self.high_value,
        }

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
        high = values.get("high_value")
        if high is not None and (not isinstance(high, int | float) or isinstance(high, bool) or high < 0):
            wrong.append(f'high_value: "{high}" is no amount of money; write a number such as 50000')
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


def _chain_json(steps: Sequence[Step]) -> list[dict[str, Any]]:
    return [{"who": list(step.who), "wait": as_typed(step.wait)} for step in steps]


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
