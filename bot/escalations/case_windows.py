"""The windows of cases: escalate, resolve, until when, which customer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.escalations.buttons import (
    CAUSE,
    CUSTOMER,
    CUSTOMER_WINDOW,
    DAY,
    ESCALATE_WINDOW,
    LINE,
    OUTCOME,
    RESOLVE_WINDOW,
    TEXT,
    TIME,
    TIME_WINDOW,
    WHO,
)
from bot.escalations.model import LONGEST_CUSTOMER, Case
from bot.escalations.wording import CAUSES, OUTCOMES
from bot.slack.modals import Json, field, plain_text, window

LONGEST_LINE = 300


def escalate_window(customer: str, text: str, about: Json) -> Json:
    """Whom it is about, and what happened, as far as it is known."""
    who: Json = {"type": "plain_text_input", "max_length": LONGEST_CUSTOMER}
    said: Json = {"type": "plain_text_input", "multiline": True, "max_length": 3000}
    if customer:
        who["initial_value"] = customer
    if text:
        said["initial_value"] = text[:3000]
    blocks = [field(CUSTOMER, "Customer", who), field(TEXT, "What happened", said)]
    return window(ESCALATE_WINDOW, "Escalate", "Page the manager", blocks, about)


def resolve_window(case: Case) -> Json:
    """How it ended, why, and one line."""
    blocks = [
        field(OUTCOME, "How did it end?", _radio({str(one): both for one, both in OUTCOMES.items()})),
        field(CAUSE, "What was behind it?", _radio({str(one): both for one, both in CAUSES.items()}), optional=True),
        field(WHO, "To whom?", {"type": "users_select"}, optional=True, hint="Only for “To another rep”."),
        field(
            LINE,
            "One line for the thread",
            {"type": "plain_text_input", "max_length": LONGEST_LINE},
            optional=True,
            hint="What was done or agreed. Everybody in the thread reads it.",
        ),
    ]
    return window(RESOLVE_WINDOW, _titled("Resolve", case), "Resolve", blocks, _carried(case))


def time_window(case: Case, wall: datetime, zone: ZoneInfo) -> Json:
    """Until when somebody has it."""
    blocks = [
        field(DAY, "Until which day?", {"type": "datepicker", "initial_date": f"{wall:%Y-%m-%d}"}),
        field(TIME, f"Time ({zone.key})", {"type": "timepicker", "initial_time": f"{wall:%H:%M}"}),
    ]
    return window(TIME_WINDOW, _titled("I have", case), "Save", blocks, {**_carried(case), "zone": zone.key})


def customer_window(case: Case, likely: Sequence[str]) -> Json:
    """Whom the case is about."""
    name: Json = {"type": "plain_text_input", "max_length": LONGEST_CUSTOMER}
    if case.customer or likely:
        name["initial_value"] = (case.customer or likely[0])[:LONGEST_CUSTOMER]
    hint = f"Such as {', '.join(likely[:3])}." if likely and case.customer else "As you write it in follow-ups, too."
    return window(
        CUSTOMER_WINDOW,
        _titled("Customer", case),
        "Save",
        [field(CUSTOMER, "Customer", name, hint=hint)],
        _carried(case),
    )


def _titled(verb: str, case: Case) -> str:
    """A window's title, which Slack limits to 24 characters."""
    # whoever is paged outside a private channel does not read there whom it is about
    whole = f"{verb}: {case.customer}" if case.customer and not case.private else f"{verb} {case.id}"
    return whole if len(whole) <= 24 else f"{whole[:23]}…"


def _carried(case: Case) -> Json:
    return {"number": case.number, "token": case.token, "channel": case.channel}


def _radio(options: Mapping[str, tuple[str, str]]) -> Json:
    """Buttons of which one is chosen, each with a sentence."""
    return {
        "type": "radio_buttons",
        "options": [
            {"text": plain_text(label), "value": value, "description": plain_text(small)}
            for value, (label, small) in options.items()
        ],
    }
