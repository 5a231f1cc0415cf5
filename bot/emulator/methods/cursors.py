"""Pages of a list, by cursor."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from bot.emulator.errors import Json, Refused
from bot.emulator.methods.call import Args

T = TypeVar("T")


def page_of(items: Sequence[T], args: Args, default: int = 100) -> tuple[list[T], Json]:
    """The page that *args* ask for by `limit` and `cursor`, and `response_metadata`. Raises Refused."""
    limit = limit_of(args, default)
    start = _decoded(args.text("cursor"))
    if start > len(items):
        raise Refused("invalid_cursor")
    end = start + limit
    return list(items[start:end]), {"next_cursor": _encoded(end) if end < len(items) else ""}


def limit_of(args: Args, default: int) -> int:
    """`limit`. Raises Refused."""
    limit = args.number("limit", default, "invalid_limit")
    if not 0 <= limit <= 1000:
        raise Refused("invalid_limit")
    return limit or default


def _encoded(position: int) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def _decoded(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        name, _, position = base64.b64decode(cursor, validate=True).decode().partition(":")
        if name != "next":
            raise ValueError
        return int(position)
    except (binascii.Error, ValueError):
        raise Refused("invalid_cursor") from None
