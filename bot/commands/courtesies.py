"""What people type to see whether anybody is there: `hello`, `thanks`, `status`; and what is nearly a command."""

from dataclasses import replace

from bot.commands.again import run_button
from bot.commands.router import COMMAND, Request, Router, Subcommand
from bot.commands.typed import without_politeness
from bot.slack.block_kit import Message, actions, message, section, sentence, small
from bot.slack.text import plain, quote

_HELLO = (
    f"Hello. Write `{COMMAND}` and what the customer is doing, and you get lines that you can say; `help` lists the "
    "rest."
)
_THANKS = "Glad it helps."
_HERE = "I am here and listening."
_NOTHING_OPEN = "You have nothing open."
_SHORT = frozenset(
    (
        "",
        "there",
        "bot",
        "again",
        "all",
        "everyone",
        "toughcustomer",
        "so much",
        "a lot",
        "very much",
        "you",
        "dir",
        "sehr",
        "beaucoup",
        "mucho",
        "cool",
    )
)

_GREETINGS = (
    *("hello", "hi", "hey", "hiya", "yo", "good morning", "good afternoon", "good evening", "how are", "who are"),
    *("hallo", "guten morgen", "guten tag", "hola", "buenos dias", "bonjour", "ola"),
)
_THANK_WORDS = (
    *(
        "thanks",
        "thank you",
        "thx",
        "ty",
        "cheers",
        "thank u",
        "ok",
        "okay",
        "cool",
        "great",
        "perfect",
        "nice",
        "got it",
    ),
    *("danke", "danke dir", "gracias", "muchas gracias", "merci", "merci beaucoup", "obrigado"),
)


def courtesies(router: Router) -> tuple[Subcommand, ...]:
    """The subcommands that `help` does not list, and `status`."""

    def hello(request: Request, rest: str) -> Message | None:
        return sentence(_HELLO) if _is_all(rest) else None

    def thanks(request: Request, rest: str) -> Message | None:
        return sentence(_THANKS) if _is_all(rest) else None

    def status(request: Request, rest: str) -> Message | None:
        if rest.strip("?!. "):
            return None
        if parts := router.open_items(request):
            return message(_HERE, [section(_HERE), *parts])
        return message(f"{_HERE} {_NOTHING_OPEN}", [section(_HERE), small(_NOTHING_OPEN)])

    def find(request: Request, rest: str) -> Message | None:
        assert router.situations is not None
        return router.situations.answer(replace(request, text=rest), None) if rest else None

    return (
        Subcommand(("status", "ping"), "status", "says whether I listen, and what you have open", status, quick=False),
        Subcommand(("find",), "find", "shows cards for what follows", find, listed=False),
        Subcommand(_GREETINGS, "hello", "greets", hello, listed=False),
        Subcommand(_THANK_WORDS, "thanks", "takes thanks", thanks, listed=False),
    )


def suggestion_of(request: Request, meant: str, count: int) -> Message | None:
    """That nothing was done, and a button that types the command *meant* in the place of the first *count* words."""
    typed = without_politeness(request.raw or request.text)
    rest = "".join(typed.split(maxsplit=count)[count:])
    shown = f"Did you mean `{meant} {quote(plain(rest), 120)}`?"
    return did_you_mean(shown, f"Yes, {meant}", f"{meant} {rest}".strip(), request)


def did_you_mean(question: str, label: str, typed: str, request: Request) -> Message | None:
    """
    What may have been meant, and was not done: *label* is the button that types *typed*; another one finds cards.

    None where the text is too long for a button.
    """
    yes = run_button(label, typed, request.user_id)
    no = run_button("No, find cards", f"find {request.raw or request.text}", request.user_id, 1)
    if yes is None or no is None:
        return None
    return message(f"Nothing was stored. {question}", [section(f"*Nothing was stored.* {question}"), actions(yes, no)])


def _is_all(rest: str) -> bool:
    return rest.lower().strip("?!.,: )(") in _SHORT
