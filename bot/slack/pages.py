"""Methods of Slack's that answer page by page, each page naming the next by a cursor."""

from collections.abc import Callable, Iterator
from typing import Any


def pages(method: Callable[..., Any], most: int, **asked: Any) -> Iterator[tuple[Any, bool]]:
    """
    The answers of *method*, *most* of them at the most, each with whether it is the last one that there is.

    Raises what the call raises.
    """
    cursor: str | None = None
    for _ in range(most):
        answer = method(**asked, cursor=cursor)
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        yield answer, not cursor
        if not cursor:
            return
