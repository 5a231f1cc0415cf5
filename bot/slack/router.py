"""
What somebody typed, to whoever answers it: a subcommand, or a situation.

The first word is a subcommand only if the rest fits its grammar, since people begin situations with "help me" and
"card declined". Otherwise the whole text is a situation, and a line above the answer says how the
subcommand is written.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.slack.message import Block, Message, message, section, small

COMMAND = "/toughcustomer"
_ELSEWHERE = (
    "Slash commands do not work in threads. There write `@toughcustomer` and what is happening, or only the mention, "
    "and I read the last messages of the thread. On any message: the three dots, *Tactics for this*. Or write to me "
    "directly."
)


_POLITE = re.compile(r"^(?:(?:hey|hi|please|pls|can you|could you|would you)[\s,]+)+(?=remind\b)", re.I)


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
    *thread_ts* are where it was asked, *raw* is the text with Slack's own mentions, *trigger_id* opens a
    window, where there is one.
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


@dataclass(frozen=True, slots=True)
class Subcommand:
    """
    A word that may begin a request.

    *answer* gets the request and the text behind the word, and returns None where that text does not fit its grammar.
    *usage* is how it is written, without the slash command; *does* completes the sentence "it …". *quick* is False
    where Slack must be asked first.
    """

    words: tuple[str, ...]
    usage: str
    does: str
    answer: Callable[[Request, str], Message | None]
    quick: bool = True


class Router:
    """The table of subcommands. *situation* answers everything else, *menu* an empty text."""

    def __init__(self, situation: Callable[[Request, str | None], Message], menu: Callable[[Request], Message]) -> None:
        self._situation = situation
        self._menu = menu
        self._subcommands: dict[str, Subcommand] = {}
        self._menu_parts: list[Callable[[Request], Sequence[Block]]] = []
        self.add(Subcommand(("help",), "help", "shows this list", self._help))

    def add(self, subcommand: Subcommand) -> None:
        """Make *subcommand* known under each of its words."""
        for word in subcommand.words:
            self._subcommands[word] = subcommand

    def subcommand(self, word: str) -> Subcommand | None:
        """The subcommand that is known under *word*."""
        return self._subcommands.get(word)

    def add_to_menu(self, part: Callable[[Request], Sequence[Block]]) -> None:
        """Show what *part* gives below the menu."""
        self._menu_parts.append(part)

    def is_quick(self, text: str) -> bool:
        """Whether *text* (as Slack sends it) will be answered without asking Slack anything."""
        subcommand = self._named(text.strip())
        return subcommand is None or subcommand.quick

    def answer(self, asked: Request) -> Message:
        """Answer *asked*."""
        if not asked.text:
            menu = self._menu(asked)
            return message(menu.text, [*menu.blocks, *(block for part in self._menu_parts for block in part(asked))])
        if not asked.own_words:
            return self._situation(asked, None)
        subcommand = self._named(asked.text)
        if subcommand is None:
            return self._situation(asked, None)
        rest = _POLITE.sub("", asked.text)
        for _ in range(len(self._word(rest).split())):
            rest = [*rest.split(maxsplit=1), "", ""][1]
        return subcommand.answer(asked, rest.strip()) or self._situation(asked, subcommand.usage)

    def _named(self, text: str) -> Subcommand | None:
        return self._subcommands.get(self._word(_POLITE.sub("", text)))

    def _word(self, text: str) -> str:
        """The subcommand's word, of one part or of two, that *text* begins with; or its first word."""
        words = [word.lower().rstrip("?!.:,") for word in text.split(maxsplit=2)[:2]]
        return both if (both := " ".join(words)) in self._subcommands else (words or [""])[0]

    def _help(self, asked: Request, rest: str) -> Message | None:
        if rest.strip("?!. "):
            return None
        listed = dict.fromkeys(self._subcommands.values())
        lines = [
            f"`{COMMAND}` and what is happening, in your own words: the cards that fit, seen by you alone",
            f"`{COMMAND}` alone: the nine moments of a difficult deal",
            *(f"`{COMMAND} {one.usage}` {one.does}" for one in listed),
        ]
        text = "Tell me what the customer is doing, and I show you the card that fits."
        return message(
            f"{text} Write {COMMAND} and what is happening.",
            [
                section(f"*{text}*"),
                section("\n".join(f"• {line}" for line in lines)),
                section(_ELSEWHERE),
                small(
                    "What you type is kept only until it is answered, but for follow-ups, and unless you tick “Use my "
                    "words as an example”."
                ),
            ],
        )
