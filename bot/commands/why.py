"""The subcommand `why ID`: a table of the letters that ids begin with, and who tells what became of one."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.commands.router import Request, Subcommand
from bot.slack.block_kit import Message

Tell = Callable[[Request, int], Message]


@dataclass(frozen=True, slots=True)
class ShortId:
    """An id that people type, such as F12: its letter and its number."""

    letter: str
    number: int

    @classmethod
    def read(cls, typed: str) -> "ShortId | None":
        """*typed* as an id, such as "F12", "f 12" or "#e7"; None if it is none."""
        found = re.fullmatch(r"#?([a-z])\s?(\d{1,9})", typed.strip().strip("`.?!").lower())
        return cls(found[1].upper(), int(found[2])) if found else None


class WhyTable:
    """Who tells what became of the things whose ids begin with a letter."""

    def __init__(self) -> None:
        self._tellers: dict[str, tuple[str, Tell]] = {}

    def add(self, letter: str, what: str, tell: Tell) -> None:
        """Have *tell* answer for ids that begin with *letter*; *what* names one, as in "a follow-up"."""
        self._tellers[letter] = (what, tell)

    def subcommand(self) -> Subcommand:
        """`why` for all that is in the table by now."""
        whats = [f"{what}: `why {letter}12`" for letter, (what, _) in self._tellers.items()]
        first = next(iter(self._tellers), "F")
        return Subcommand(
            ("why",), f"why {first}12", f"tells what became of {', or of '.join(whats)}", self._tell, quick=False
        )

    def _tell(self, request: Request, rest: str) -> Message | None:
        asked = ShortId.read(rest)
        if asked is None or asked.letter not in self._tellers:
            return None
        return self._tellers[asked.letter][1](request, asked.number)
