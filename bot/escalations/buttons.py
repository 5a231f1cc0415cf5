"""The ids of all that can be pressed, chosen or filled in of a case, and how its buttons are made."""

from bot.slack.block_kit import Block, button, named

HAVE_IT = "escalations.have_it"
TAKE = "escalations.take"  # the same in a list
PASS_ON = "escalations.pass_on"  # noqa: S105 - no password
PASS_TO = "escalations.pass_to"  # noqa: S105 - no password
NOT_NEEDED = "escalations.not_needed"
NOT_NEEDED_FOR = "escalations.not_needed_for."  # the reason's name follows
UNTIL = "escalations.until."  # the choice's name follows
PICK_TIME = "escalations.pick_time"
PAGE_NOW = "escalations.page_now"
RESOLVE = "escalations.resolve"
REOPEN = "escalations.reopen"
CUSTOMER_OF = "escalations.customer_of"
DETAILS = "escalations.details"
MORE = "escalations.more"
ASK_TO_BE_ADDED = "escalations.ask_to_be_added"
ESCALATE_THIS = "escalate_this"  # the shortcut's callback_id in manifest.json
ESCALATE_WINDOW = "escalations.escalate"
RESOLVE_WINDOW = "escalations.resolve_window"
TIME_WINDOW = "escalations.time_window"
CUSTOMER_WINDOW = "escalations.customer_window"

CUSTOMER, TEXT, OUTCOME, CAUSE, DAY, TIME, LINE, WHO = (
    "customer", "text", "outcome", "cause", "day", "time", "line", "who",
)  # fmt: skip
UNTILS = {"QUARTER": "15 min", "HOUR": "1 hour", "TODAY": "Today"}


def labelled(label: str, action_id: str, value: str, about: str, *, style: str = "") -> Block:
    """A button whose accessible name begins with its *label* and says what it is *about*: "Resolve: Acme"."""
    return button(label, action_id, value, accessible=named(label, about), style=style)
