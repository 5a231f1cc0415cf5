"""The subcommand `help`: the list of all of them."""

from bot.commands.router import COMMAND, Request, Router, Subcommand
from bot.slack.block_kit import Message, message, section, small

_ELSEWHERE = (
    "In a thread, where Slack has no slash commands, write `@toughcustomer` and what is happening; with the mention "
    "alone, I read the thread's last messages. On any message: the three dots, *Tactics for this*. Or write to me "
    "directly."
)
_LEAD = "Type what the customer is doing, and get lines that you can say."
_KEPT = "I do not keep what you type, except follow-ups, cases, and examples that you tick."


def help_subcommand(router: Router) -> Subcommand:
    """`help`, which lists what *router* knows."""

    def show(request: Request, rest: str) -> Message | None:
        return _help(router) if not rest.strip("?!. ") else None

    return Subcommand(("help",), "help", "shows this list", show)


def _help(router: Router) -> Message:
    lines = [
        f"`{COMMAND} he is shouting about the outage`: cards for what you type, seen by you alone",
        f"`{COMMAND}` alone: nine moments of a difficult deal to choose from, and what you have open",
        *(f"`{COMMAND} {one.usage}` {one.does}" for one in router.all() if one.listed),
    ]
    listed = "\n".join(f"• {line}" for line in lines)
    blocks = [section(f"*{_LEAD}*"), section(listed), section(_ELSEWHERE), small(_KEPT)]
    return message(f"{_LEAD} Write {COMMAND} and what is happening.", blocks)
