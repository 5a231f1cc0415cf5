"""How the emulated Slack refuses: calls of an app, and what it cannot begin with."""

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]


class CannotStart(Exception):
    """A manifest or a port that cannot be used; the message says what was read, and what to do."""


class Refused(Exception):
    """A call that Slack answers with ``ok: false`` and *error*; *details* stand beside it."""

    def __init__(self, error: str, **details: Any) -> None:
        super().__init__(error)
        self.error = error
        self.details: Json = details


class TooMany(Exception):
    """Over a rate limit: HTTP 429, to be tried again after *retry_after* whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"ratelimited for {retry_after} s")
        self.retry_after = retry_after


def invalid_arguments(messages: Sequence[str]) -> Refused:
    """The refusal with Slack's own kind of explanation."""
    return Refused("invalid_arguments", response_metadata={"messages": [f"[ERROR] {one}" for one in messages]})
