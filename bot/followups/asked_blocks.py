"""How questions about a follow-up look: what was not stored, and what to press to answer with one tap."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import stamp
from bot.commands.again import run_button
from bot.followups.blocks import EXAMPLE, PROMISE_EXAMPLE
from bot.followups.dates.readings import beginning
from bot.followups.days_off import HOLIDAYS_OF, country_name, without_skipping
from bot.followups.understanding import PossibleFollowUp
from bot.followups.whom import Whom
from bot.slack.block_kit import LONGEST_CARRIED, Block, Message, actions, button, message, named, section, small
from bot.slack.text import quote, shortened

TAKE = "followups.take."  # a number follows
FORM = "followups.form"
LEAVE = "followups.leave"
TRACK = "Track this promise"
NOTHING = "*Nothing was stored.*"
_OR_CHOOSE = "Or write @ and choose the name from Slack's list. In a channel, everybody in it sees the reminder."


def ask_message(
    ask: str,
    typed: str,
    readings: Sequence[PossibleFollowUp],
    about: Mapping[str, object],
    now: datetime,
    zone: ZoneInfo,
) -> Message:
    """
    A date that could not be relied on: what it may be, a button each, and a form.

    *about* is what the answer needs besides: ``by`` who asks, ``owner``, ``thread``, ``promise``.
    """
    asked = f"Nothing was stored. {quote(ask, 500)}"
    buttons = [one for at, reading in enumerate(readings) if (one := _reading_button(at, reading, about, now, zone))]
    example = PROMISE_EXAMPLE if about.get("promise") else EXAMPLE
    blocks = [
        section(f"{NOTHING} {quote(ask, 500)}"),
        small(f"“{quote(typed)}”"),
        actions(*buttons, _form_button(readings, typed, about)),
        small(f"For example: {example}"),
    ]
    return message(asked, blocks)


def caught_message(found: PossibleFollowUp, about: Mapping[str, object], now: datetime, zone: ZoneInfo) -> Message:
    """To whom has promised something: shall it be tracked?"""
    due = found.due.near(now)
    what = f"*{quote(found.customer)}*: {quote(found.text, 300)}" if found.customer else quote(found.text, 300)
    lead = f"Track this promise? {what}, {due}."
    reading = _reading_button(0, found, about, now, zone)
    buttons = (
        [button(TRACK, f"{TAKE}0", reading["value"], accessible=named(TRACK, found.text), style="primary")]
        if reading
        else []
    )
    form = _form_button([found], found.text, about)
    hint = "I warn you in time, and your manager hears if it is broken. Only you see this."
    return message(lead, [section(lead), actions(*buttons, form, button("No, thanks", LEAVE, "no")), small(hint)])


def caught_question(
    ask: str,
    what: str,
    readings: Sequence[PossibleFollowUp],
    customer: str | None,
    about: Mapping[str, object],
    now: datetime,
    zone: ZoneInfo,
) -> Message:
    """The same where the date could mean two things."""
    lead = f"Track this promise? {quote(ask, 300)}"
    buttons = [one for at, reading in enumerate(readings) if (one := _reading_button(at, reading, about, now, zone))]
    form = _form_button(readings or [], what, {**about, "customer": customer})
    blocks = [section(lead), small(f"“{quote(what, 200)}”"), actions(*buttons, form, button("No, thanks", LEAVE, "no"))]
    return message(lead, [*blocks, small("Only you see this.")])


def whom_message(found: Whom, verb: str, by: str) -> Message:
    """Who is meant? A button for each of the likeliest, and for whoever asks."""
    others = [one for one in found.people if one[0] != by]
    pressed = [
        run_button(shortened(f"@{name}", 70), f"{verb} <@{one}> {found.raw}", by, at)
        for at, (one, name) in enumerate(others)
    ]
    pressed.append(run_button("Me", found.mine or f"{verb} me {found.raw}", by, len(others)))
    blocks = [section(f"{NOTHING} {quote(found.asks)}"), small(f"“{quote(found.rest)}”")]
    if buttons := [one for one in pressed if one]:
        blocks.append(actions(*buttons))
    return message(f"Nothing was stored. {quote(found.asks)}", [*blocks, small(_OR_CHOOSE)])


def holidays_message(typed: str, verb: str, guess: str, by: str) -> Message:
    """Whose holidays are to be skipped? A button for the likeliest, one for none, and how to set one."""
    ask = "Holidays of which country shall I skip?"
    rest, _ = without_skipping(typed)
    choices = [(country_name(guess), f"{verb} {rest} {HOLIDAYS_OF} {guess}")] if guess else []
    choices.append(("None, keep them", f"{verb} {rest}"))
    pressed = [run_button(label, again, by, at) for at, (label, again) in enumerate(choices)]
    hint = f"Or write the country at the end: `… {HOLIDAYS_OF} DE-BY`. In my *Home* tab you can set yours once."
    blocks = [section(f"{NOTHING} {ask}"), small(f"“{quote(typed)}”")]
    if buttons := [one for one in pressed if one]:
        blocks.append(actions(*buttons))
    return message(f"Nothing was stored. {ask}", [*blocks, small(hint)])


def beginning_message(typed: str, verb: str, whom: str, by: str) -> Message:
    """From when on does *typed* recur, which is for *whom*, a mention, or for nobody else? A button for each day."""
    ask = "Beginning when?"
    days = [("Today", "today"), ("Tomorrow", "tomorrow"), ("Next Monday", "next monday")]
    choices = [(label, f"{verb} {whom}{again}") for label, day in days if (again := beginning(typed, day))]
    pressed = [run_button(label, again, by, at) for at, (label, again) in enumerate(choices)]
    blocks = [section(f"{NOTHING} {ask}"), small(f"“{quote(typed)}”")]
    if buttons := [one for one in pressed if one]:
        blocks.append(actions(*buttons))
    hint = "Or write it behind how it repeats: `every 2 days starting friday`."
    return message(f"Nothing was stored. {ask}", [*blocks, small(hint)])


def _reading_button(
    number: int, reading: PossibleFollowUp, about: Mapping[str, object], now: datetime, zone: ZoneInfo
) -> Block | None:
    due = reading.due
    value = json.dumps(
        {**about, "at": stamp(due.at), "zone": due.zone.key, "text": reading.text, "customer": reading.customer},
        ensure_ascii=False,
    )
    if len(value) > LONGEST_CARRIED or not reading.text:
        return None
    near = due.near(now)
    label = f"{near[0].upper()}{near[1:]}" + (f" ({due.zone.key})" if due.zone != zone else "")
    return button(shortened(label, 70), f"{TAKE}{number}", value, accessible=named(label, reading.text))


def _form_button(readings: Sequence[PossibleFollowUp], typed: str, about: Mapping[str, object]) -> Block:
    first = readings[0] if readings else None
    filled = {"text": shortened(first.text if first else typed, 800), "customer": first.customer if first else None}
    return button("Pick a time", FORM, json.dumps({**about, **filled}, ensure_ascii=False))
