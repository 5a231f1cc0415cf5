"""The modals of follow-ups: what is asked, filled in with what is known."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.followups.blocks import NOTHING_BESIDE, Beside, detail, echo_buttons, saved_lead
from bot.followups.buttons import (
    CHANNEL,
    CUSTOMER,
    DAY,
    FROM_NOW,
    NO,
    OWNER,
    REASSIGN_WINDOW,
    REPEATS,
    SAVE_WINDOW,
    SCOPE,
    SNOOZE_WINDOW,
    TEXT,
    THIS_ONE,
    TIME,
    TOLD,
    YES,
)
from bot.followups.model import LONGEST_CUSTOMER, LONGEST_TEXT, FollowUp, LocalTime
from bot.followups.series import Series
from bot.slack.block_kit import section
from bot.slack.modals import Json, field, plain_text, radio, window
from bot.slack.text import quote

_REPEATS_HINT = 'Such as "every monday", "every 2 weeks", "every month on the 1st", "every weekday until 1 july"'
_WHERE = "A channel that I am in. Left empty, it comes as a direct message."


def _when_fields(wall: datetime, zone: ZoneInfo) -> list[Json]:
    day = {"type": "datepicker", "initial_date": f"{wall:%Y-%m-%d}"}
    clock = {"type": "timepicker", "initial_time": f"{wall:%H:%M}"}
    return [
        field(DAY, "Day", day),
        field(TIME, "Time", clock, hint=f"In the time zone {zone.key}"),
    ]


def save_window(  # noqa: PLR0913 - what it is filled in with
    due: LocalTime,
    *,
    owner: str,
    channel: str,
    customer: str = "",
    text: str = "",
    about: Json,
    title: str = "New follow-up",
    series: Series | None = None,
) -> Json:
    """
    The form of a follow-up, filled in; no *channel* means its owner directly. *about* comes back with it.

    Of one that recurs, by *series*, it asks whether this one is meant or all from now on.
    """
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
        *_scope_fields(series),
        field(TEXT, "What is to be done?", text_input),
        field(CUSTOMER, "Customer", customer_input, optional=True),
        *_when_fields(due.wall, due.zone),
        *_repeats_fields(series),
        field(OWNER, "Who is reminded?", {"type": "users_select", "initial_user": owner}),
        field(CHANNEL, "Where?", place, optional=True, hint=_WHERE),
    ]
    repeats = {"repeats": series.words(), "rule": series.rule, "skips": series.holidays} if series else {}
    return window(SAVE_WINDOW, title, "Save", blocks, {**about, **repeats, "zone": due.zone.key})


def _scope_fields(series: Series | None) -> list[Json]:
    if series is None:
        return []
    scope = radio({THIS_ONE: "This one only: its day and time", FROM_NOW: "All from now on"}, THIS_ONE)
    return [field(SCOPE, "What is changed?", scope, hint="Text, customer, owner and place hold for all of them.")]


def _repeats_fields(series: Series | None) -> list[Json]:
    words: Json = {"type": "plain_text_input", "max_length": 100}
    if series is None:
        return []
    return [
        field(REPEATS, "Repeats", {**words, "initial_value": series.words()[:100]}, hint=_REPEATS_HINT),
    ]


def snooze_window(one: FollowUp, suggested: LocalTime, about: Json) -> Json:
    """Pick a time to be reminded again."""
    blocks: list[Json] = [section(quote(one.title(), 200)), *_when_fields(suggested.wall, suggested.zone)]
    if one.wanted.promise:
        know = radio({YES: "Yes, they know", NO: "Not yet: the old time counts"})
        blocks.append(field(TOLD, "Was the customer told the new time?", know))
    return window(SNOOZE_WINDOW, f"Snooze {one.id}", "Snooze", blocks, {**about, "zone": suggested.zone.key})


def asked_words(one: FollowUp, to: str) -> str:
    """What is said to whoever asked *to* to take *one* over."""
    return f"I asked <@{to}> to take {one.id}. Until they accept, it stays with <@{one.wanted.owner}>."


def reassign_window(one: FollowUp, about: Json) -> Json:
    """Choose who is responsible from now on."""
    who: Json = {"type": "users_select", "initial_user": one.wanted.owner}
    hint = "They are asked, and have it once they accept. Choose yourself to take it at once."
    blocks = [section(quote(one.title(), 200)), field(OWNER, "To whom?", who, hint=hint)]
    return window(REASSIGN_WINDOW, f"Reassign {one.id}", "Reassign", blocks, about)


def saved_window(one: FollowUp, beside: Beside = NOTHING_BESIDE) -> Json:
    """What was understood, in the place of the form."""
    blocks = [*detail(one, saved_lead(one), beside), echo_buttons(one)]
    return {"type": "modal", "callback_id": "followups.saved", "title": plain_text(f"Saved as {one.id}"),
            "close": plain_text("Close"), "blocks": blocks}  # fmt: skip
