"""The ids of all that is pressed or filled in of follow-ups, and its buttons."""

from bot.followups.model import FollowUp
from bot.slack.block_kit import Block, button, named

DONE = "followups.done"
SNOOZE = "followups.snooze"
SNOOZE_FOR = "followups.snooze_for."  # the choice's name follows
SNOOZE_UNTIL = "followups.snooze_until"
REASSIGN = "followups.reassign"
PAUSE = "followups.pause"
RESUME = "followups.resume"
ACCEPT = "followups.accept"
DECLINE = "followups.decline"
TAKE_OVER = "followups.take_over"
CHANGE = "followups.change"
CANCEL = "followups.cancel"
SHOW = "followups.show"
MORE = "followups.more"
CHECK_IN = "followups.check_in"  # on the summary of a case: a form, filled in
CHECK_IN_TEXT = "Check in: is everything all right since then?"
SAVE_WINDOW = "followups.save"  # the windows' callback ids
SNOOZE_WINDOW = "followups.snooze_window"
REASSIGN_WINDOW = "followups.reassign_window"
FOLLOW_UP_ON_THIS = "follow_up_on_this"  # the shortcut's callback_id in manifest.json
CUSTOMER, TEXT, OWNER, CHANNEL, DAY, TIME = "customer", "text", "owner", "channel", "day", "time"
REPEATS, SCOPE, TOLD = "repeats", "scope", "told"
THIS_ONE, FROM_NOW, YES, NO = "this", "all", "yes", "no"
KNOWS, KNOWS_NOT = "followups.knows", "followups.knows_not"


def handle(follow_up: FollowUp) -> str:
    """What its buttons carry: its number, which of its reminders they stand on, and its random part."""
    return f"{follow_up.number} {follow_up.occurrence} {follow_up.token}".strip()


def follow_up_button(label: str, action_id: str, one: FollowUp) -> Block:
    """A button of *one*, which says to a screen reader whom and what it is about."""
    about = f"{one.wanted.customer}, {one.wanted.text}" if one.wanted.customer else one.wanted.text
    return button(label, action_id, handle(one), accessible=named(label, about))


def done_button(one: FollowUp) -> Block:
    """**Done**, or **Done?** where somebody has said so."""
    if one.hint is None:
        return follow_up_button("Done", DONE, one)
    return {**follow_up_button("Done?", DONE, one), "style": "primary"}
