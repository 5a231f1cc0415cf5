"""A row of the inbox as the event that it holds."""

import json
from typing import Any

Event = dict[str, Any]
Row = dict[str, Any]


class BeganTooOften(Exception):
    """The process has died over this event again and again."""


class CannotBeRead(Exception):
    """The row holds no event."""


def event_of(row: Row) -> Event:
    """The event of *row*. Raises CannotBeRead."""
    try:
        event = json.loads(row["payload"])
    except (TypeError, ValueError) as error:
        raise CannotBeRead from error
    if not isinstance(event, dict):
        raise CannotBeRead
    return event
