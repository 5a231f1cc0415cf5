"""The subcommand `help`: the list of all of them."""

from bot.commands.router import COMMAND, Request, Router, Subcommand
from bot.slack.block_kit import Message, message, section, small

_ELSEWHERE = (
    "Slash commands do not work in threads. There write `@toughcustomer` and what is happening, or only the mention, "
    "and I read the last messages of the thread. On any message: the three dots, *Tactics for this*. Or write to me "
    "directly."
)
_LEAD = "Tell me what the customer is doing, and I show you the card that fits."
_KEPT = (
    "What you type is kept only until it is answered, but for follow-ups, and unless you tick “Use my words as an "
    "example”."
)


def help_subcommand(router: Router) -> Subcommand:
    """`help`, which lists what *router* knows."""

    def show(request: Request, rest: str) -> Message | None:
        return _help(router) if not rest.strip("?!. ") else None

    return Subcommand(("help",), "help", "shows this list", show)


def _help(router: Router) -> Message:
    lines = [
        f"`{COMMAND}` and what is happening, in your own words: the cards that fit, seen by you alone",
        f"`{COMMAND}` alone: the nine moments of a difficult deal",
        *(f"`{COMMAND} {one.usage}` {one.does}" for one in router.all()),
    ]
    listed = "\n".join(f"• {line}" for line in lines)
    blocks = [section(f"*{_LEAD}*"), section(listed), section(_ELSEWHERE), small(_KEPT)]
    return message(f"{_LEAD} Write {COMMAND} and what is happening.", blocks)
