"""The modals of follow-ups: what is asked, filled in with what is known."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.followups.blocks import (
    CHANNEL,
    CUSTOMER,
    DAY,
    NOTHING_BESIDE,
    OWNER,
    REASSIGN_WINDOW,
    SAVE_WINDOW,
    SNOOZE_WINDOW,
    TEXT,
    TIME,
    Beside,
    detail,
    echo_buttons,
    saved_lead,
)
from bot.followups.model import LONGEST_CUSTOMER, LONGEST_TEXT, FollowUp, LocalTime
from bot.slack.block_kit import section
from bot.slack.modals import Json, field, plain_text, window
from bot.slack.text import quote

_WHERE = "A channel that I am in. Left empty, it comes as a direct message."


def _when_fields(wall: datetime, zone: ZoneInfo) -> list[Json]:
    day = {"type": "datepicker", "initial_date": f"{wall:%Y-%m-%d}"}
    clock = {"type": "timepicker", "initial_time": f"{wall:%H:%M}"}
    return [
        field(DAY, "Day", day),
        field(TIME, "Time", clock, hint=f"In the time zone {zone.key}"),
    ]


def save_window(
    due: LocalTime,
    *,
    owner: str,
    channel: str,
    customer: str = "",
    text: str = "",
    about: Json,
    title: str = "New follow-up",
) -> Json:
    """The form of a follow-up, filled in; no *channel* means its owner directly. *about* comes back with it."""
    customer_input: Json = {"type": "plain_text_input", "max_length": LONGEST_CUSTOMER}
    text_input: Json = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_TEXT}
    if customer:
        customer_input["initial_value"] = customer[:LONGEST_CUSTOMER]
    if text:
        text_input["initial_value"] = text[:LONGEST_TEXT]
    place: Json = {
        "type": "conversations_select",
        "filter": {"include": ["public", "private", "im"]},
    }
    if channel[:1] not in ("", "@"):
        place["initial_conversation"] = channel
    blocks = [
        field(TEXT, "What is to be done?", text_input),
        field(CUSTOMER, "Customer", customer_input, optional=True),
        *_when_fields(due.wall, due.zone),
        field(OWNER, "Who is reminded?", {"type": "users_select", "initial_user": owner}),
        field(CHANNEL, "Where?", place, optional=True, hint=_WHERE),
    ]
    return window(SAVE_WINDOW, title, "Save", blocks, {**about, "zone": due.zone.key})


def snooze_window(one: FollowUp, suggested: LocalTime, about: Json) -> Json:
    """Pick a time to be reminded again."""
    blocks: list[Json] = [section(quote(one.title(), 200)), *_when_fields(suggested.wall, suggested.zone)]
    return window(SNOOZE_WINDOW, f"Snooze {one.id}", "Snooze", blocks, {**about, "zone": suggested.zone.key})


def reassign_window(one: FollowUp, about: Json) -> Json:
    """Choose who is responsible from now on."""
    who: Json = {"type": "users_select", "initial_user": one.wanted.owner}
    blocks = [section(quote(one.title(), 200)), field(OWNER, "To whom?", who)]
    return window(REASSIGN_WINDOW, f"Reassign {one.id}", "Reassign", blocks, about)


def saved_window(one: FollowUp, beside: Beside = NOTHING_BESIDE) -> Json:
    """What was understood, in the place of the form."""
    blocks = [*detail(one, saved_lead(one), beside), echo_buttons(one)]
    return {"type": "modal", "callback_id": "followups.saved", "title": plain_text(f"Saved as {one.id}"),
            "close": plain_text("Close"), "blocks": blocks}  # fmt: skip
