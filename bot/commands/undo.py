"""The subcommand `undo`: the last thing that somebody did, taken back within five minutes, whichever feature did it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.commands.router import Place, Request, Subcommand
from bot.slack.block_kit import Message, sentence
from bot.storage.deeds import Deeds

WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class LastDeed:
    """
    What somebody did at *at*, and its *id*.

    *take_back* does the opposite, once for the cause that it gets, and says so.
    """

    at: datetime
    id: str
    take_back: Callable[[str], Message]


class UndoTable:
    """Who knows what somebody did last."""

    def __init__(self, clock: Clock, deeds: Deeds) -> None:
        self._clock = clock
        self._deeds = deeds
        self._knowing: list[Callable[[str, datetime], LastDeed | None]] = []

    def add(self, last: Callable[[str, datetime], LastDeed | None]) -> None:
        """Ask *last* what a person did since a time."""
        self._knowing.append(last)

    def subcommand(self) -> Subcommand:
        """`undo` for all that is in the table by now."""
        does = "takes back the last thing you did, within five minutes"
        return Subcommand(("undo",), "undo", does, self._undo, quick=False)

    def _undo(self, request: Request, rest: str) -> Message | None:
        if rest.lower().strip("?!. ") not in ("", "that", "it", "please", "last"):
            return None
        if request.edits or self._deeds.done(request.cause) is not None:
            return sentence("That is done already. Write `undo` anew to take back something else.")
        since = self._clock.now() - WITHIN
        found = [one for last in self._knowing if (one := last(request.user_id, since)) is not None]
        if not found:
            return sentence("You did nothing in the last five minutes that I could take back.")
        deed = max(found, key=lambda one: one.at)
        said = deed.take_back(request.cause)
        # where others read along, its words stay out
        return (
            sentence(f"I looked after {deed.id}; `why {deed.id}` says how.") if request.place is Place.CHANNEL else said
        )
