"""Who typed what and where, what the app showed to whom, and who was in which conversation when."""

import itertools
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from bot.emulator.errors import Json

# instants are numbers in the order in which things happened, since the workspace's clock may stand still
NEVER = math.inf


@dataclass
class Stretch:
    """From *since* until before *until*."""

    since: float
    until: float = NEVER

    def holds_at(self, at: float) -> bool:
        """Whether *at* lies within."""
        return self.since <= at < self.until


@dataclass(frozen=True)
class Typed:
    """
    What a person typed, in Slack's markup: a message, a command, or the fields of a window.

    *place* is the conversation; empty for a window that was opened from none. *to_all* are other conversations that
    they chose for it, *to* the people whom they named in it.
    """

    by: str
    text: str
    place: str
    at: float
    to_all: frozenset[str] = frozenset()
    to: frozenset[str] = frozenset()


@dataclass
class Shown:
    """A version of a message of the app's, or of a window: what was shown, in which conversation or to whom alone."""

    key: str
    content: Json
    place: str
    only_for: str
    span: Stretch


@dataclass
class Journal:
    """All of it, in the order in which it happened. *stays* are by conversation and person, *public* by the former."""

    typed: list[Typed] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    stays: dict[str, dict[str, list[Stretch]]] = field(default_factory=dict)
    public: dict[str, list[Stretch]] = field(default_factory=dict)
    _instants: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _standing: dict[str, Shown] = field(default_factory=dict)

    def type(self, by: str, text: str, place: str, *, to_all: Collection[str] = (), to: Collection[str] = ()) -> None:
        """*by* typed *text*."""
        if text.strip():
            self.typed.append(Typed(by, text, place, next(self._instants), frozenset(to_all), frozenset(to)))

    def show(self, key: str, content: Json, *, place: str = "", only_for: str = "") -> None:
        """The app shows *content*, in place of what stood under *key* until now."""
        self.hide(key)
        self._standing[key] = Shown(key, content, place, only_for, Stretch(next(self._instants)))
        self.shown.append(self._standing[key])

    def hide(self, key: str) -> None:
        """What stood under *key* is gone."""
        if (standing := self._standing.pop(key, None)) is not None:
            standing.span.until = next(self._instants)

    def enter(self, channel: str, user: str) -> None:
        """*user* is a member of *channel* from now on."""
        spans = self.stays.setdefault(channel, {}).setdefault(user, [])
        if not spans or spans[-1].until != NEVER:
            spans.append(Stretch(next(self._instants)))

    def leave(self, channel: str, user: str) -> None:
        """*user* is no member of *channel* any more."""
        spans = self.stays.get(channel, {}).get(user, [])
        if spans and spans[-1].until == NEVER:
            spans[-1].until = next(self._instants)

    def open_up(self, channel: str) -> None:
        """Every full member of our organisation may read *channel* from now on."""
        self.public.setdefault(channel, []).append(Stretch(next(self._instants)))

    def shut(self, channel: str) -> None:
        """Only its members may read *channel* from now on."""
        for span in self.public.get(channel, []):
            span.until = min(span.until, next(self._instants))
