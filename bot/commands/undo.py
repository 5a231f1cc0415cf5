"""The subcommand `undo`: the last thing that somebody did, taken back within five minutes, whichever feature did it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.commands.router import Request, Subcommand
from bot.slack.block_kit import Message, sentence

WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class LastDeed:
    """What somebody did at *at*; *take_back* does the opposite, and says so."""

    at: datetime
    take_back: Callable[[], Message]


class UndoTable:
    """Who knows what somebody did last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._knowing: list[Callable[[str, datetime], LastDeed | None]] = []

    def add(self, last: Callable[[str, datetime], LastDeed | None]) -> None:
        """Ask *last* what a person did since a time."""
        self._knowing.append(last)

    def subcommand(self) -> Subcommand:
        """`undo` for all that is in the table by now."""
        return Subcommand(
            ("undo",), "undo", "takes back the last thing you did, within five minutes", self._undo, quick=False
        )

    def _undo(self, request: Request, rest: str) -> Message | None:
        if rest.lower().strip("?!. ") not in ("", "that", "it", "please", "last"):
            return None
        since = self._clock.now() - WITHIN
        found = [one for last in self._knowing if (one := last(request.user_id, since)) is not None]
        if not found:
            return sentence("You did nothing in the last five minutes that I could take back.")
        return max(found, key=lambda one: one.at).take_back()
