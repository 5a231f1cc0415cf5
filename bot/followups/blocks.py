"""How follow-ups look in Slack. Values in, messages and windows out; the ids of all buttons live here."""

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commands.router import COMMAND
from bot.delivery.history import receipt
from bot.followups.model import LONGEST_CUSTOMER, LONGEST_TEXT, FollowUp, FollowUpState, LocalTime, Snooze
from bot.followups.service import FollowUpHistory
from bot.slack.block_kit import NOT_HERE, Block, Message, actions, button, message, section, small
from bot.slack.modals import Json, field, plain_text, window
from bot.slack.text import escaped, quote

DONE = "followups.done"
SNOOZE = "followups.snooze"
SNOOZE_FOR = "followups.snooze_for."  # the choice's name follows
SNOOZE_UNTIL = "followups.snooze_until"
REASSIGN = "followups.reassign"
CHANGE = "followups.change"
CANCEL = "followups.cancel"
SHOW = "followups.show"
MORE = "followups.more"
SAVE_WINDOW = "followups.save"  # the windows' callback ids
SNOOZE_WINDOW = "followups.snooze_window"
REASSIGN_WINDOW = "followups.reassign_window"
FOLLOW_UP_ON_THIS = "follow_up_on_this"  # the shortcut's callback_id in manifest.json

CUSTOMER, TEXT, OWNER, CHANNEL, DAY, TIME = "customer", "text", "owner", "channel", "day", "time"
USAGE = "follow-up CUSTOMER WHEN WHAT"
LISTED = 15
_ECHOED = 700
_WATCHED = (
    "I will warn you at 50 % and at 80 % of the time. Press Done when it is kept: 15 minutes late counts as broken, "
    "and your manager hears of it."
)


def handle(follow_up: FollowUp) -> str:
    """What its buttons carry: its number, which of its reminders they stand on, and its random part."""
    return f"{follow_up.number} {follow_up.occurrence} {follow_up.token}".strip()


def reminder_message(follow_up: FollowUp) -> Message:
    """The reminder, as it stands now: due, snoozed, done or cancelled."""
    wanted = follow_up.wanted
    text = f"{escaped(follow_up.title())} (for <@{wanted.owner}>)"
    if follow_up.state is FollowUpState.DUE:
        return message(f"Follow-up due: {text}", _reminder_blocks(follow_up))
    return message(f"Follow-up {_outcome(follow_up, mentions=False)}: {text}", _reminder_blocks(follow_up))


def reminders_message(follow_ups: Sequence[FollowUp], moved: Collection[int] = ()) -> Message:
    """
    One message that carries several reminders.

    *moved* are the numbers of those that now belong where not everybody who sees this may read them: of them it says
    that they have moved, and nothing else.
    """
    if len(follow_ups) == 1:
        return moved_message(follow_ups[0]) if follow_ups[0].number in moved else reminder_message(follow_ups[0])
    drawn = [(one, moved_message(one) if one.number in moved else reminder_message(one)) for one in follow_ups]
    lines = "\n".join(f"• {message.text}" for _, message in drawn)
    blocks = [block for _, message in drawn for block in message.blocks]
    follow_ups = [one for one in follow_ups if one.number not in moved] or follow_ups
    due = sum(one.state is FollowUpState.DUE for one in follow_ups)
    lead = f"{len(follow_ups)} reminders, {due} still due" if due else f"{len(follow_ups)} reminders, none still due"
    return message(f"{lead}:\n{lines}", [section(f"*{lead}*"), *blocks])


def moved_message(one: FollowUp) -> Message:
    """In the place of a reminder that has been moved to where not everybody here may read it."""
    text = f"{one.id} was moved to another conversation."
    return message(text, [small(f":arrow_right: {text}")])


def _reminder_blocks(one: FollowUp) -> list[Block]:
    wanted = one.wanted
    if one.state is FollowUpState.DUE:
        who = f"For <@{wanted.owner}>" + (f", asked by <@{one.maker}>" if one.maker != wanted.owner else "")
        who += ", promised to the customer" if wanted.promise else ""
        return [
            section(f":bell: {_title(one)}"),
            small(f"{who} · {one.id}"),
            actions(
                button("Done", DONE, handle(one), accessible=f"{one.id} is done"),
                button("Snooze", SNOOZE, handle(one), accessible=f"Remind of {one.id} again later"),
                button("Reassign", REASSIGN, handle(one), accessible=f"Give {one.id} to somebody else"),
            ),
        ]
    sign = {FollowUpState.DONE: ":white_check_mark:", FollowUpState.CANCELLED: ":no_entry_sign:"}.get(
        one.state, ":zzz:"
    )
    blocks = [section(f"{sign} {_title(one)}"), small(f"{_outcome(one)} · {one.id}")]
    if one.state is FollowUpState.WAITING:
        blocks.append(actions(button("Done", DONE, handle(one), accessible=f"{one.id} is done")))
    return blocks


def _title(one: FollowUp, longest: int = LONGEST_TEXT) -> str:
    text = quote(one.wanted.text, longest)
    return f"*{quote(one.wanted.customer)}*: {text}" if one.wanted.customer else text


def _outcome(one: FollowUp, *, mentions: bool = True) -> str:
    by = f" by <@{one.closed_by}>" if mentions and one.closed_by else ""
    match one.state:
        case FollowUpState.DONE:
            return f"Done{by}" if mentions else "done"
        case FollowUpState.CANCELLED:
            return f"Cancelled{by}" if mentions else "cancelled"
        case FollowUpState.WAITING:
            return f"Comes again on {one.wanted.due}, for <@{one.wanted.owner}>" if mentions else "snoozed"
    return "Due"


def warning_message(one: FollowUp, why: str) -> Message:
    """For whom has promised something, while there is time to keep it."""
    lead = f"{why.capitalize()}: you promised this for {one.wanted.due}"
    where = f"in <#{one.wanted.channel}>" if one.wanted.channel[0] not in "D@" else "in a direct message"
    blocks = [
        section(f":hourglass_flowing_sand: {lead}"),
        section(_title(one)),
        small(f"Asked for {where} · {one.id}"),
        actions(
            button("Done", DONE, handle(one), accessible=f"{one.id} is done"),
            button("Change", CHANGE, handle(one), accessible=f"Promise {one.id} for another time"),
        ),
    ]
    return message(f"{lead}: {escaped(one.title())}", blocks)


def lost_message(one: FollowUp) -> Message:
    """For whom has promised something outside any channel where a case could be kept, when it is broken."""
    text = f"You promised {quote(one.title(), LONGEST_TEXT)} for {one.wanted.due}, and nobody pressed Done."
    hint = f"If the customer is waiting, `{COMMAND} escalate CUSTOMER: what happened` in a channel pages your manager."
    return message(text, [section(text), small(hint)])


def echo_message(one: FollowUp, lead: str = "", why: str = "") -> Message:
    """What was understood, before anyone relies on it; *why* it comes back elsewhere than where it was asked for."""
    lead = lead or ("Promise saved; I watch the time" if one.wanted.promise else "I will remind you")
    buttons = _echo_buttons(one, with_done=one.wanted.promise)
    blocks = [*_detail(one, lead), *([small(why)] if why else []), buttons]
    return message(f"{lead}: {escaped(one.title())}, {one.wanted.due}. {one.id}", blocks)


def _detail(one: FollowUp, lead: str) -> list[Block]:
    wanted = one.wanted
    where = "in a direct message" if wanted.channel[0] in "D@" else f"in <#{wanted.channel}>"
    thread = ", in this thread" if wanted.thread_ts else ""
    customer = f"*{quote(wanted.customer)}*" if wanted.customer else "no customer named"
    return [
        section(f"{lead}: *{wanted.due}*"),
        section(f"{customer}\n> {quote(wanted.text, _ECHOED)}"),
        small(f"{where}{thread}, for <@{wanted.owner}> · {one.id}"),
        *([small(_WATCHED)] if wanted.promise and one.is_open else []),
    ]


def _echo_buttons(one: FollowUp, *, with_done: bool = False) -> Block:
    done = button("Done", DONE, handle(one), accessible=f"{one.id} is done")
    return actions(
        *([done] if with_done else []),
        button("Change", CHANGE, handle(one), accessible=f"Change {one.id}"),
        button("Cancel", CANCEL, handle(one), accessible=f"Cancel {one.id}"),
    )


def detail_message(one: FollowUp) -> Message:
    """One follow-up from a list, with all that can be done with it."""
    lead = "Due since" if one.state is FollowUpState.DUE else "Due"
    if not one.is_open:
        return message(f"{one.id} {_outcome(one, mentions=False)}: {escaped(one.title())}", _reminder_blocks(one))
    buttons = _all_buttons(one)
    return message(f"{one.id}: {escaped(one.title())}, due {one.wanted.due}", [*_detail(one, lead), buttons])


def _all_buttons(one: FollowUp) -> Block:
    more = [
        button("Done", DONE, handle(one), accessible=f"{one.id} is done"),
        button("Snooze", SNOOZE, handle(one), accessible=f"Remind of {one.id} later"),
        button("Reassign", REASSIGN, handle(one), accessible=f"Give {one.id} to somebody else"),
    ]
    return actions(*more, *_echo_buttons(one)["elements"])


def list_message(which: str, follow_ups: Sequence[FollowUp], start: int = 0, hidden: int = 0) -> Message:
    """
    Open follow-ups from the one at *start* on, the next due first; *which* is "mine", "here" or a customer.

    *hidden*: others may not be shown here.
    """
    what = {"mine": "of yours", "here": "here"}.get(which, f"about {quote(which)}")
    if not follow_ups:
        hint = f"Make one with `{COMMAND} {USAGE}`: `{COMMAND} follow-up Acme tomorrow 3pm send the three options`"
        return message(
            f"No open follow-ups {what}.", [section(f"No open follow-ups {what}."), small(NOT_HERE if hidden else hint)]
        )
    blocks: list[Block] = [section(f"*Open follow-ups {what}*")]
    page = follow_ups[start : start + LISTED]
    for one in page:
        when = f":bell: due since {one.wanted.due.short}" if one.state is FollowUpState.DUE else one.wanted.due.short
        blocks.append(
            section(
                f"{_title(one, 200)}\n{when} · <@{one.wanted.owner}> · {one.id}",
                button("Open", SHOW, handle(one), accessible=f"Open {one.id}"),
            )
        )
    if rest := len(follow_ups) - start - len(page):
        more = button(f"Show {min(rest, LISTED)} more", MORE, f"{start + LISTED} {which}", accessible="Show later ones")
        blocks.append(section(f"and {rest} later ones", more))
    zones = " and ".join(sorted({one.wanted.due.zone.key for one in page}))
    blocks.append(small(f"Times are {zones}."))
    blocks += [small(NOT_HERE)] if hidden else []
    listed = "; ".join(f"{one.id} {escaped(one.title())}" for one in page)
    return message(f"Open follow-ups {what}: {listed}", blocks)


def snooze_choices(one: FollowUp) -> Message:
    """Until when?"""
    choices = [button(str(choice), f"{SNOOZE_FOR}{choice.name}", handle(one)) for choice in Snooze]
    lead = f"Snooze {one.id} until when?"
    picker = button("Pick a time", SNOOZE_UNTIL, handle(one))
    return message(lead, [section(f"{lead} {quote(one.title(), 120)}"), actions(*choices, picker)])


def ask_message(ask: str, typed: str) -> Message:
    """A date that could not be relied on: what to write instead. Nothing was stored."""
    example = f"`{COMMAND} follow-up Acme tomorrow 3pm send the three options`"
    asked = f"{quote(ask, 500)} Nothing was stored."
    blocks = [
        section(asked),
        small(f"“{quote(typed)}”"),
        small(f"For example: {example}"),
    ]
    return message(asked, blocks)


def usage_message() -> Message:
    """How a follow-up is written."""
    lines = (
        f"`{COMMAND} follow-up Acme tomorrow 3pm send the three options`",
        f"`{COMMAND} follow-up Acme: ring Mr Stone in 2 hours`",
        f"`{COMMAND} follow-ups` lists what is open",
    )
    lead = "Tell me whom it is about, when, and what is to be done."
    return message(f"{lead} {COMMAND} {USAGE}", [section(lead), section("\n".join(f"• {line}" for line in lines))])


def given_message(one: FollowUp, by: str) -> Message:
    """For whom a follow-up was given to."""
    lead = f"<@{by}> gave you {one.id}"
    return message(f"{lead}: {escaped(one.title())}, due {one.wanted.due}", [*_detail(one, lead), _all_buttons(one)])


def why_message(story: FollowUpHistory, zone: ZoneInfo) -> Message:
    """What became of a follow-up, in words."""
    lines = why_lines(story, zone)
    return message(lines[0], [section(f"*{lines[0]}*"), section("\n".join(f"• {line}" for line in lines[1:]))])


def why_lines(story: FollowUpHistory, zone: ZoneInfo) -> list[str]:
    """The same as plain lines; mentions are Slack's."""

    def at(when: datetime) -> str:
        local = when.astimezone(zone)
        return f"{local:%a} {local.day} {local:%b %H:%M:%S}"

    one = story.follow_up
    lines = [f"{one.id}: {quote(one.title(), 300)}"]
    told = [(entry.at, f"{at(entry.at)}: {_told(entry.what, entry.who, entry.detail)}") for entry in story.entries]
    told += [stage for one in story.deliveries for stage in receipt(one, at)]
    lines += [line for _, line in sorted(told, key=lambda pair: pair[0])]
    if one.state is FollowUpState.WAITING:
        lines.append(f"It is due on {one.wanted.due}, in <#{one.wanted.channel}>.")
    lines.append(f"Times are {zone.key}.")
    return lines


def _told(what: str, who: str, detail: str) -> str:
    by = f"<@{who}>"
    return {
        "made": f"made by {by}, due {detail}",
        "changed": f"changed by {by}, now due {detail}",
        "snoozed": f"snoozed by {by} until {detail}",
        "reassigned": f"given to {detail} by {by}",
        "done": f"done by {by}",
        "cancelled": f"cancelled by {by}",
        "warned": f"warned its owner: {detail}",
        "broken": "broken: nobody had pressed Done in time",
    }.get(what, f"{what} by {by}")


# windows


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
    """The form of a follow-up, filled in; *about* comes back with it."""
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
    if channel:
        place["initial_conversation"] = channel
    blocks = [
        field(TEXT, "What is to be done?", text_input),
        field(CUSTOMER, "Customer", customer_input, optional=True),
        *_when_fields(due.wall, due.zone),
        field(OWNER, "Who is reminded?", {"type": "users_select", "initial_user": owner}),
        field(CHANNEL, "Where?", place, hint="A channel that I am in"),
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


def saved_window(one: FollowUp, why: str = "") -> Json:
    """What was understood, in the place of the form; *why* it comes back elsewhere than where it was asked for."""
    blocks = [*_detail(one, "I will remind you"), *([small(why)] if why else []), _echo_buttons(one)]
    return {"type": "modal", "callback_id": "followups.saved", "title": plain_text(f"Saved as {one.id}"),
            "close": plain_text("Close"), "blocks": blocks}  # fmt: skip
