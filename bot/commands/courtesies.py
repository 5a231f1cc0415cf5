"""What people type to see whether anybody is there: `hello`, `thanks`, `status`; and what is nearly a command."""

from bot.commands.again import run_button
from bot.commands.router import COMMAND, Request, Router, Subcommand, Suggestion
from bot.commands.typed import without_politeness
from bot.slack.block_kit import Message, actions, message, section, sentence, small
from bot.slack.text import quote

_HELLO = (
    f"Hello. Write `{COMMAND}` and what the customer is doing, and you get lines that you can say; `help` lists the "
    "rest."
)
_THANKS = "Glad it helps."
_HERE = "I am here and listening."
_NOTHING_OPEN = "You have nothing open."
_SHORT = frozenset(
    ("", "there", "bot", "again", "all", "everyone", "toughcustomer", "so much", "a lot", "very much", "you")
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
        parts = router.open_items(request) or [small(_NOTHING_OPEN)]
        return message(
            f"{_HERE} {'' if router.open_items(request) else _NOTHING_OPEN}".strip(), [section(_HERE), *parts]
        )

    greetings = ("hello", "hi", "hey", "hiya", "yo", "good morning", "good afternoon", "good evening", "hallo", "hola")
    thank_words = ("thanks", "thank you", "thx", "ty", "cheers", "thank u", "danke", "gracias", "merci", "obrigado")
    return (
        Subcommand(("status", "ping"), "status", "says whether I listen, and what you have open", status, quick=False),
        Subcommand(greetings, "hello", "greets", hello, listed=False),
        Subcommand(thank_words, "thanks", "takes thanks", thanks, listed=False),
    )


def suggestion_of(request: Request, meant: str) -> Suggestion | None:
    """That nothing was done, and a button that types the command *meant* in the place of the first word."""
    typed = without_politeness(request.raw or request.text)
    rest = [*typed.split(maxsplit=1), "", ""][1]
    button = run_button(f"Yes, {meant}", f"{meant} {rest}".strip(), request.user_id)
    if button is None:
        return None
    text = f"Nothing was stored. Did you mean `{meant}`?"
    shown = section(f"*Nothing was stored.* Did you mean `{meant} {quote(rest, 120)}`?")
    return Suggestion(text, (shown, actions(button)))


def _is_all(rest: str) -> bool:
    return rest.lower().strip("?!.,: )(") in _SHORT
