"""One call of the Web API: its arguments, the workspace it is about, and what each method is."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.emulator.errors import Json, Refused, invalid_arguments
from bot.emulator.hooks import Hooks
from bot.emulator.modals import Modals
from bot.emulator.model import Conversation, PostedMessage, User
from bot.emulator.pace import CallLimits
from bot.emulator.state import WorkspaceState

_TRUE = (True, 1, "true", "True", "1")
_SCOPE_PREFIX = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


class Args:
    """Arguments of a call, whether they came as strings of a form or as JSON."""

    def __init__(self, raw: Json) -> None:
        self._raw = {name: value for name, value in raw.items() if value is not None}

    def has(self, name: str) -> bool:
        """Whether *name* was given."""
        return name in self._raw

    def text(self, name: str, default: str = "") -> str:
        """A string."""
        value = self._raw.get(name, default)
        return value if isinstance(value, str) else str(value)

    def need(self, name: str) -> str:
        """A string that must be there."""
        if not self.has(name) or self.text(name) == "":
            raise invalid_arguments([f"missing required field: {name}"])
        return self.text(name)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A truth value."""
        return self._raw.get(name, default) in _TRUE

    def number(self, name: str, default: int, error: str) -> int:
        """A whole number; what is none is refused with *error*."""
        try:
            return int(self._raw.get(name, default))
        except (TypeError, ValueError):
            raise Refused(error) from None

    def structure(self, name: str, error: str) -> Any:
        """A list or object, also as a string of JSON; None if it was not given. What is neither gives *error*."""
        value = self._raw.get(name)
        if isinstance(value, str):
            if not value.strip():
                return None
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                raise Refused(error) from None
        if value is not None and not isinstance(value, list | dict):
            raise Refused(error)
        return value

    def ids(self, name: str) -> list[str]:
        """Ids, as a list or separated by commas."""
        value = self._raw.get(name) or ""
        parts = value if isinstance(value, list) else str(value).split(",")
        return [str(part).strip() for part in parts if str(part).strip()]

    def as_json(self) -> Json:
        """All of them."""
        return dict(self._raw)


@dataclass(frozen=True)
class Call:
    """What a method works on. *lag_s*: history in which the last seconds are missing. *base_url* ends with a slash."""

    args: Args
    state: WorkspaceState
    modals: Modals
    hooks: Hooks
    pace: CallLimits
    base_url: str
    lag_s: float = 0.0
    by_app: bool = False  # called with the app-level token

    def channel(self, name: str = "channel") -> Conversation:
        """The conversation that an argument names, as far as the app may know of it. Raises Refused."""
        channel = self.state.channels.get(self.args.need(name))
        if channel is None or (channel.kind != "channel" and not self.is_member(channel)):
            raise Refused("channel_not_found")
        return channel

    def is_member(self, channel: Conversation) -> bool:
        """Whether the app's bot is in *channel*."""
        return self.state.bot_user_id in channel.members

    def user(self, name: str = "user") -> User:
        """The person whom an argument names. Raises Refused."""
        user = self.state.users.get(self.args.need(name))
        if user is None:
            raise Refused("user_not_found")
        return user

    def message(self, channel: Conversation, ts: str) -> PostedMessage:
        """A message that stands in *channel* for all. Raises Refused."""
        message = channel.messages.get(ts)
        if message is None or message.only_for or message.subtype == "tombstone":
            raise Refused("message_not_found")
        return message

    def need_scope(self, channel: Conversation, right: str) -> None:
        """Ask for the scope that *right* (read, history, write) needs in this kind of conversation. Raises Refused."""
        self.need_scopes([f"{_SCOPE_PREFIX[channel.kind]}:{right}"])

    def need_scopes(self, any_of: Iterable[str]) -> None:
        """Ask for one of these scopes. Raises Refused."""
        needed = list(any_of)
        if needed and not set(needed) & set(self.state.manifest.scopes):
            provided = ",".join(self.state.manifest.scopes)
            raise Refused("missing_scope", needed=",".join(needed), provided=provided)

    def there(self, messages: Iterable[PostedMessage]) -> list[PostedMessage]:
        """Those of *messages* that history shows already."""
        seen_until = time.monotonic() - self.lag_s
        return [one for one in messages if not one.only_for and (not self.lag_s or one.posted_at <= seen_until)]


Run = Callable[[Call], Json]


@dataclass(frozen=True)
class Method:
    """A Web API method. *scopes*: one of them is needed. *tier*: how often it may be called. *caller*: whose token."""

    name: str
    run: Run
    scopes: Sequence[str]
    tier: int
    caller: str


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, tier: int = 3, caller: str = "bot") -> Callable[[Run], Run]:
    """Register a function as the Web API method *name*; *caller*: bot, any token, or none."""

    def register(run: Run) -> Run:
        METHODS[name] = Method(name, run, scopes, tier, caller)
        return run

    return register


def every_kind(right: str) -> tuple[str, ...]:
    """The scopes of a right in all kinds of conversations, of which one must be there."""
    return tuple(f"{prefix}:{right}" for prefix in _SCOPE_PREFIX.values())
