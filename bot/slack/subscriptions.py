"""Who is given which events by the inbox."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.slack.event_rows import Event

Handler = Callable[[Event, str], None]  # the inner event and the team's id


@dataclass(frozen=True, slots=True)
class Subscription:
    """What is called with events of a kind: *handler*, with those that are *wanted*."""

    name: str
    handler: Handler
    wanted: Callable[[Event], bool]
    is_read_only: bool


def together(first: Subscription, second: Subscription) -> Subscription:
    """Both as one: each is given what it wants."""

    def hear(event: Event, team_id: str) -> None:
        for one in (first, second):
            if one.wanted(event):
                one.handler(event, team_id)

    return Subscription(first.name, hear, lambda event: first.wanted(event) or second.wanted(event), is_read_only=True)
