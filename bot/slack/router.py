"""
What somebody typed, to whoever answers it: a subcommand, or a situation.

The first word is a subcommand only if the rest fits its grammar, since people begin situations with "help me" and
"card declined". Otherwise the whole text is a situation, and a line above the answer says how the
subcommand is written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from bot.slack.message import Message, message, section, small

COMMAND = "/toughcustomer"
_ELSEWHERE = (
    "Slash commands do not work in threads. There write `@toughcustomer` and what is happening, or only the mention, "
    "and I read the last messages of the thread. On any message: the three dots, *Tactics for this*. Or write to me "
    "directly."
)


class Place(Enum):
    """Where the answer will be seen."""

    PRIVATE = auto()  # only by the person who asked
    CHANNEL = auto()  # by all, in the channel or thread
    DIRECT = auto()  # in the conversation with the bot


@dataclass(frozen=True, slots=True)
class Asked:
    """
    One request. *text* is unescaped and without the mention of the bot.

    *own_words* is False where it was others who wrote it, as with a mention that stands for its thread.
    """

    team_id: str
    user_id: str
    text: str
    place: Place
    own_words: bool = True


@dataclass(frozen=True, slots=True)
class Subcommand:
    """
    A word that may begin a request.

    *answer* gets the request and the text behind the word, and returns None where that text does not fit its grammar.
    *usage* is how it is written, without the slash command; *does* completes the sentence "it …".
    """

    words: tuple[str, ...]
    usage: str
    does: str
    answer: Callable[[Asked, str], Message | None]


class Router:
    """The table of subcommands. *situation* answers everything else, *menu* an empty text."""

    def __init__(self, situation: Callable[[Asked, str | None], Message], menu: Callable[[Asked], Message]) -> None:
        self._situation = situation
        self._menu = menu
        self._subcommands: dict[str, Subcommand] = {}
        self.add(Subcommand(("help",), "help", "shows this list", self._help))

    def add(self, subcommand: Subcommand) -> None:
        """Make *subcommand* known under each of its words."""
        for word in subcommand.words:
            self._subcommands[word] = subcommand

    def answer(self, asked: Asked) -> Message:
        """Answer *asked*."""
        if not asked.text:
            return self._menu(asked)
        if not asked.own_words:
            return self._situation(asked, None)
        first, _, rest = asked.text.partition(" ")
        subcommand = self._subcommands.get(first.lower().rstrip("?!.:,"))
        if subcommand is None:
            return self._situation(asked, None)
        return subcommand.answer(asked, rest.strip()) or self._situation(asked, subcommand.usage)

    def _help(self, asked: Asked, rest: str) -> Message | None:
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
                small("What you type is kept only until it is answered, unless you tick “Use my words as an example”."),
            ],
        )
