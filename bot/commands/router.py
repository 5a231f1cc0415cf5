"""
The router: what somebody typed goes to a subcommand, or to whoever answers situations.

The first word is a subcommand only if the rest fits its grammar, since people begin situations with "help me" and
"card declined". Otherwise the whole text is a situation, and a line above the answer says how the
subcommand is written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from typing import Any, Protocol

from bot.commands.typed import as_typed, nearly, without_politeness
from bot.slack.block_kit import Block, Message, message

COMMAND = "/toughcustomer"


class Place(Enum):
    """Where the answer will be seen."""

    PRIVATE = auto()  # only by the person who asked
    CHANNEL = auto()  # by all, in the channel or thread
    DIRECT = auto()  # in the conversation with the bot


@dataclass(frozen=True, slots=True)
class Request:
    """
    One request. *text* is unescaped and without the mention of the bot.

    *own_words* is False where it was others who wrote it, as with a mention that stands for its thread. *channel* and
    *thread_ts* are where it was asked, *raw* is the text with Slack's own mentions but that of the bot, *trigger_id*
    opens a window, where there is one. *forwarded* are the words of a message that was forwarded with it. *cause* is
    the message's own name, by which what it orders is done once; *said_at* is when it was written, from which its dates
    count; None: just now. *edits* is the *cause* of what it was before somebody edited it.
    """

    team_id: str
    user_id: str
    text: str
    place: Place
    own_words: bool = True
    channel: str = ""
    thread_ts: str | None = None
    raw: str = ""
    trigger_id: str = ""
    forwarded: str = ""
    cause: str = ""
    said_at: datetime | None = None
    edits: str = ""


@dataclass(frozen=True, slots=True)
class Subcommand:
    """
    A word that may begin a request.

    *answer* gets the request and the text behind the word, and returns None where that text does not fit its grammar.
    *usage* is how it is written, without the slash command; *does* completes the sentence "it …". *quick* is False
    where Slack must be asked first. *listed* is False for courtesies, which `help` does not name.
    """

    words: tuple[str, ...]
    usage: str
    does: str
    answer: Callable[[Request, str], Message | None]
    quick: bool = True
    listed: bool = True


class Situations(Protocol):
    """Answers what is no subcommand: what is happening in a deal, and nothing at all."""

    def is_quick(self) -> bool:
        """Whether the next answer will take milliseconds."""

    def answer(self, request: Request, usage: str | None, /) -> Message:
        """The answer to a situation; *usage* is how the subcommand is written that it begins like."""

    def menu(self, request: Request, /) -> Message:
        """The answer to nothing at all."""


class Router:
    """The table of subcommands; `situations` answers everything else."""

    def __init__(self) -> None:
        self.situations: Situations | None = None
        self._subcommands: dict[str, Subcommand] = {}
        self._listed: list[str] = []
        self.edits_heard: list[Callable[[dict[str, Any], str], None]] = []
        self._heard: list[Callable[[Request], bool]] = []
        self._menu_parts: list[Callable[[Request], Sequence[Block]]] = []
        self._suggesting: list[Callable[[Request], Message | None]] = []
        self.nearly: Callable[[Request, str, int], Message | None] = nothing_near

    def add(self, *subcommands: Subcommand) -> None:
        """Make *subcommands* known under each of their words."""
        for subcommand in subcommands:
            for word in subcommand.words:
                self._subcommands[word] = subcommand
        self._listed = [word for word, one in self._subcommands.items() if one.listed]

    def all(self) -> list[Subcommand]:
        """Every subcommand, once."""
        return list(dict.fromkeys(self._subcommands.values()))

    def add_to_menu(self, part: Callable[[Request], Sequence[Block]]) -> None:
        """Show what *part* gives below the menu."""
        self._menu_parts.append(part)

    def suggest_by(self, suggest: Callable[[Request], Message | None]) -> None:
        """Ask *suggest* about what is no command, before it is answered with cards: its question comes instead."""
        self._suggesting.append(suggest)

    def open_items(self, request: Request) -> list[Block]:
        """What stands below the menu: what is open, of whoever asks."""
        return [block for part in self._menu_parts for block in part(request)]

    def leave_to(self, hears: Callable[[Request], bool]) -> None:
        """Do not answer mentions for which *hears* is true: whoever added it answers them as part of their thread."""
        self._heard.append(hears)

    def hear_edits(self, hears: Callable[[dict[str, Any], str], None]) -> None:
        """Have *hears* called with the event of each edited mention as well, and its team: an event is given to one."""
        self.edits_heard.append(hears)

    def is_heard_elsewhere(self, request: Request) -> bool:
        """Whether a mention is answered by somebody who reads its thread."""
        return any(hears(request) for hears in self._heard)

    def is_quick(self, text: str) -> bool:
        """Whether *text* (as Slack sends it) will be answered in milliseconds, and without asking Slack anything."""
        subcommand, _ = self._split(as_typed(text))
        quick = subcommand is None or subcommand.quick
        return quick and self.situations is not None and self.situations.is_quick()

    def answer(self, request: Request) -> Message:
        """Answer *request*."""
        assert self.situations is not None, "nobody answers situations"
        if not request.own_words:
            return self.situations.answer(request, None) if request.text else self._menu(request)
        request = replace(request, text=as_typed(request.text), raw=as_typed(request.raw))
        if not request.text:
            return self._menu(request)
        subcommand, rest = self._split(request.text)
        situation = replace(request, text=f"{request.forwarded}\n{request.text}") if request.forwarded else request
        usage = None
        if subcommand is not None:
            if (answer := subcommand.answer(request, rest)) is not None:
                return answer
            usage = subcommand.usage if subcommand.listed else None
        suggested = self._suggested(request) if subcommand is None and not request.forwarded else None
        return suggested or self.situations.answer(situation, usage)

    def _menu(self, request: Request) -> Message:
        assert self.situations is not None
        menu = self.situations.menu(request)
        return message(menu.text, [*menu.blocks, *self.open_items(request)])

    def _suggested(self, request: Request) -> Message | None:
        typed = without_politeness(request.text).split(maxsplit=2)
        for count in (2, 1):
            meant = nearly(" ".join(typed[:count]), self._listed) if len(typed) >= count else None
            if meant is not None and (found := self.nearly(request, meant, count)) is not None:
                return found
        return next((found for one in self._suggesting if (found := one(request)) is not None), None)

    def _split(self, text: str) -> tuple[Subcommand | None, str]:
        """The subcommand that *text* begins with, as it stands or behind its politeness, and what follows its word."""
        polite = without_politeness(text)
        for said in dict.fromkeys((polite, text)):
            word = self._word(said)
            found = self._subcommands.get(word)
            if found is not None:
                rest = said
                for _ in range(len(word.split())):
                    rest = [*rest.split(maxsplit=1), "", ""][1]
                return found, rest.strip()
        return None, text

    def _word(self, text: str) -> str:
        """The subcommand's word, of one part or of two, that *text* begins with; or its first word."""
        words = [word.lower().replace("’", "'").rstrip("?!.:,") for word in text.split(maxsplit=2)[:2]]
        return both if (both := " ".join(words)) in self._subcommands else (words or [""])[0]


def nothing_near(request: Request, word: str, count: int) -> Message | None:
    """Default: that the first *count* words are one slip away from *word* is not asked about."""
    return None
