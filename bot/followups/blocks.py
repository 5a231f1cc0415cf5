"""How follow-ups look in Slack. Values in, messages out; the ids of all buttons and modals live here."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import instant
from bot.commands.router import COMMAND
from bot.delivery.history import receipt
from bot.followups.model import LONGEST_TEXT, FollowUp, FollowUpState, Snooze
from bot.followups.promises import PromiseWatch, time_left
from bot.followups.service import FollowUpHistory
from bot.slack.block_kit import NOT_HERE, Block, Message, actions, button, message, moment, named, section, small
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
CHECK_IN = "followups.check_in"  # on the summary of a case: a form, filled in
CHECK_IN_TEXT = "Check in: is everything all right since then?"
SAVE_WINDOW = "followups.save"  # the windows' callback ids
SNOOZE_WINDOW = "followups.snooze_window"
REASSIGN_WINDOW = "followups.reassign_window"
FOLLOW_UP_ON_THIS = "follow_up_on_this"  # the shortcut's callback_id in manifest.json

CUSTOMER, TEXT, OWNER, CHANNEL, DAY, TIME = "customer", "text", "owner", "channel", "day", "time"
USAGE = "follow-up CUSTOMER WHEN WHAT"
PROMISE_USAGE = "promise CUSTOMER WHEN WHAT"
LISTED = 15
_ECHOED = 700
EXAMPLE = f"`{COMMAND} follow-up Acme tomorrow 3pm send the three options`"
PROMISE_EXAMPLE = f"`{COMMAND} promise Acme friday 3pm send the fix`"


def handle(follow_up: FollowUp) -> str:
    """What its buttons carry: its number, which of its reminders they stand on, and its random part."""
    return f"{follow_up.number} {follow_up.occurrence} {follow_up.token}".strip()


def _button(label: str, action_id: str, one: FollowUp) -> Block:
    """A button of *one*, which says to a screen reader whom and what it is about."""
    about = f"{one.wanted.customer}, {one.wanted.text}" if one.wanted.customer else one.wanted.text
    return button(label, action_id, handle(one), accessible=named(label, about))


def _due(one: FollowUp) -> str:
    """When it is due, as each reader would say it."""
    return moment(one.wanted.due.at, one.wanted.due.zone)


def _where(one: FollowUp) -> str:
    return "in a direct message" if one.wanted.channel[0] in "D@" else f"in <#{one.wanted.channel}>"


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
            actions(*_reminder_buttons(one)),
        ]
    sign = {FollowUpState.DONE: ":white_check_mark:", FollowUpState.CANCELLED: ":no_entry_sign:"}.get(
        one.state, ":zzz:"
    )
    blocks = [section(f"{sign} {_title(one)}"), small(f"{_outcome(one)} · {one.id}")]
    if one.state is FollowUpState.WAITING:
        blocks.append(actions(_button("Done", DONE, one)))
    return blocks


def _reminder_buttons(one: FollowUp) -> list[Block]:
    return [_button("Done", DONE, one), _button("Snooze", SNOOZE, one), _button("Reassign", REASSIGN, one)]


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
            return f"Comes again {_due(one)}, for <@{one.wanted.owner}>" if mentions else "snoozed"
    return "Due"


def snoozed_message(one: FollowUp) -> Message:
    """In the place of the choices: until when it was snoozed."""
    return message(f"{one.id} comes again {_due(one)}: {escaped(one.title())}")


def warning_message(one: FollowUp, due: datetime, now: datetime) -> Message:
    """For whom has promised something for *due*, while there is time to keep it at *now*."""
    left, at = time_left(due - now), moment(due, one.wanted.due.zone)
    blocks = [
        section(f":hourglass_flowing_sand: *{left}*. You promised this for {at}."),
        section(_title(one)),
        small(f"Promised {_where(one)} · {one.id}"),
        actions(_button("Done", DONE, one), _button("Change", CHANGE, one)),
    ]
    return message(f"{left}: {escaped(one.title())}, promised for {at}", blocks)


def lost_message(one: FollowUp) -> Message:
    """For whom has promised something outside any channel where a case could be kept, when it is broken."""
    text = f"You promised {quote(one.title(), LONGEST_TEXT)} for {_due(one)}, and nobody pressed Done."
    hint = f"If the customer is waiting, `{COMMAND} escalate CUSTOMER: what happened` in a channel pages your manager."
    return message(text, [section(text), small(hint)])


@dataclass(frozen=True, slots=True)
class Beside:
    """
    What an echo says besides the follow-up itself.

    *why* it comes back elsewhere than where it was asked for; what is still to happen to a promise, as *watch*; the
    *zone* of its owner, where that is known; the words that were *used* as its date, as they were typed.
    """

    why: str = ""
    watch: PromiseWatch | None = None
    zone: ZoneInfo | None = None
    used: str = ""


NOTHING_BESIDE = Beside()


def echo_message(one: FollowUp, beside: Beside = NOTHING_BESIDE) -> Message:
    """What was understood, before anyone relies on it."""
    blocks = [*detail(one, saved_lead(one), beside), echo_buttons(one, with_done=one.wanted.promise)]
    return message(f"{saved_lead(one)}: {escaped(one.title())}, {_exactly(one)}. {one.id}", blocks)


def saved_lead(one: FollowUp) -> str:
    """How an echo begins."""
    if one.wanted.promise:
        return "Promise saved"
    return f"I will remind {'you' if one.wanted.owner == one.maker else f'<@{one.wanted.owner}>'}"


def _exactly(one: FollowUp) -> str:
    return one.wanted.due.exact(one.made_at)


def detail(one: FollowUp, lead: str, beside: Beside = NOTHING_BESIDE) -> list[Block]:
    """All that is known of an open one, for echoes, lists and windows."""
    wanted = one.wanted
    thread = ", in this thread" if wanted.thread_ts else ""
    customer = f"*{quote(wanted.customer)}*\n" if wanted.customer else ""
    notes = [
        f"*{quote(beside.used, 80)}* read as {wanted.due.wall:%A} {wanted.due.wall.day} {wanted.due.wall:%B, %H:%M}"
        if beside.used
        else "",
        _for_its_owner(one, beside.zone),
        f"{_where(one)}{thread}, for <@{wanted.owner}> · {one.id}",
        _watched(one, beside.watch) if beside.watch else "",
        "" if customer or not one.is_open else "No customer named. *Change* adds one.",
        beside.why,
    ]
    return [
        section(f"{lead}: *{_exactly(one)}*"),
        section(f"{customer}> {quote(wanted.text, _ECHOED)}"),
        *(small(note) for note in notes if note),
    ]


def _for_its_owner(one: FollowUp, zone: ZoneInfo | None) -> str:
    """The same time on the owner's clock, where that shows another."""
    due, wall = one.wanted.due, one.wanted.due.at.astimezone(zone)
    if zone is None or wall.replace(tzinfo=None) == due.wall:
        return ""
    day = "" if wall.date() == due.wall.date() else f"{wall:%A} {wall.day} {wall:%B}, "
    return f"For <@{one.wanted.owner}> that is {day}{wall:%H:%M} ({zone.key})."


def _watched(one: FollowUp, watch: PromiseWatch) -> str:
    """What is going to happen to a promise, each with its time."""
    due = one.wanted.due

    def at(when: datetime) -> str:
        local = when.astimezone(due.zone)
        return f"at {local:%H:%M}" if local.date() == due.wall.date() else moment(when, due.zone)

    whom = "you" if one.wanted.owner == one.maker else f"<@{one.wanted.owner}>"
    warned = " and ".join(at(when) for when in watch.warned_at).replace(" and at ", " and ")
    warning = f"I'll warn {whom} {warned}. " if warned else ""
    then = f"{whom} will hear from me" if one.wanted.channel[0] in "D@" else "a manager is asked"
    return f"{warning}Press *Done* when it is kept. {_first_up(at(watch.broken_at))} it counts as broken, and {then}."


def _first_up(text: str) -> str:
    return text if text.startswith("<") else f"{text[:1].upper()}{text[1:]}"


def echo_buttons(one: FollowUp, *, with_done: bool = False) -> Block:
    """What can be done with what was understood."""
    done = [_button("Done", DONE, one)] if with_done else []
    return actions(*done, _button("Change", CHANGE, one), _button("Cancel", CANCEL, one))


def detail_message(one: FollowUp, beside: Beside = NOTHING_BESIDE) -> Message:
    """One follow-up from a list, with all that can be done with it."""
    lead = "Due since" if one.state is FollowUpState.DUE else "Due"
    if not one.is_open:
        return message(f"{one.id} {_outcome(one, mentions=False)}: {escaped(one.title())}", _reminder_blocks(one))
    buttons = _all_buttons(one)
    return message(f"{one.id}: {escaped(one.title())}, due {_due(one)}", [*detail(one, lead, beside), buttons])


def _all_buttons(one: FollowUp) -> Block:
    return actions(*_reminder_buttons(one), *echo_buttons(one)["elements"])


def list_message(which: str, follow_ups: Sequence[FollowUp], start: int = 0, hidden: int = 0) -> Message:
    """
    Open follow-ups from the one at *start* on, the next due first; *which* is "mine", "here" or a customer.

    *hidden*: others may not be shown here.
    """
    what = {"mine": "of yours", "here": "here", "promises": "that you promised"}.get(which, f"about {quote(which)}")
    if not follow_ups:
        hint = f"Make one with {EXAMPLE}"
        return message(
            f"No open follow-ups {what}.", [section(f"No open follow-ups {what}."), small(NOT_HERE if hidden else hint)]
        )
    blocks: list[Block] = [section(f"*Open follow-ups {what}*")]
    page = follow_ups[start : start + LISTED]
    for one in page:
        when = f":bell: due since {_due(one)}" if one.state is FollowUpState.DUE else _due(one)
        promised = " · promised" if one.wanted.promise else ""
        line = f"{_title(one, 200)}\n{when}{promised} · <@{one.wanted.owner}> · {one.id}"
        blocks.append(section(line, _button("Open", SHOW, one)))
    if rest := len(follow_ups) - start - len(page):
        blocks.append(
            section(
                f"and {rest} later ones", button(f"Show {min(rest, LISTED)} more", MORE, f"{start + LISTED} {which}")
            )
        )
    blocks += [small(NOT_HERE)] if hidden else []
    listed = "; ".join(f"{one.id} {escaped(one.title())}" for one in page)
    return message(f"Open follow-ups {what}: {listed}", blocks)


def snooze_choices(one: FollowUp) -> Message:
    """Until when?"""
    choices = [_button(str(choice), f"{SNOOZE_FOR}{choice.name}", one) for choice in Snooze]
    lead = "Snooze until when?"
    picker = _button("Pick a time", SNOOZE_UNTIL, one)
    return message(lead, [section(f"*{lead}*\n{_title(one, 120)}"), actions(*choices, picker)])


def usage_message(*, promise: bool = False) -> Message:
    """How a follow-up or a promise is written."""
    if promise:
        lead, usage = "Tell me whom you promised it to, by when, and what.", PROMISE_USAGE
        examples = PROMISE_EXAMPLE, f"`{COMMAND} promise Acme: send the new quote in 2 hours`"
    else:
        lead, usage = "Tell me whom it is about, when, and what is to be done.", USAGE
        examples = EXAMPLE, f"`{COMMAND} follow-up Acme: ring Mr Stone in 2 hours`"
    lines = "\n".join(f"• {line}" for line in (*examples, f"`{COMMAND} follow-ups` lists what is open"))
    return message(f"{lead} {COMMAND} {usage}", [section(lead), section(lines)])


def given_message(one: FollowUp, by: str) -> Message:
    """For whom a follow-up was given to."""
    lead = f"<@{by}> gave you {one.id}"
    return message(f"{lead}: {escaped(one.title())}, due {_due(one)}", [*detail(one, lead), _all_buttons(one)])


def left_message(one: FollowUp, gone: str) -> Message:
    """For whoever made one for somebody who has left."""
    lead = f"<@{gone}>, for whom {one.id} was, has left, so it is yours again"
    return message(f"{lead}: {escaped(one.title())}, due {_due(one)}", [*detail(one, lead), _all_buttons(one)])


def why_message(story: FollowUpHistory, zone: ZoneInfo) -> Message:
    """What became of a follow-up, in words."""
    lines = why_lines(story, zone)
    return message(lines[0], [section(f"*{lines[0]}*"), section("\n".join(f"• {line}" for line in lines[1:]))])


def why_lines(story: FollowUpHistory, zone: ZoneInfo) -> list[str]:
    """The same as plain lines; mentions are Slack's."""

    one = story.follow_up

    def at(when: datetime) -> str:
        local = when.astimezone(zone)
        year = f" {local.year}" if local.year != one.made_at.astimezone(zone).year else ""
        return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"

    lines = [f"{one.id}: {quote(one.title(), 300)}"]
    told = [(entry.at, f"{at(entry.at)}: {_told(entry.what, entry.who, entry.detail, at)}") for entry in story.entries]
    told += [stage for one in story.deliveries for stage in receipt(one, at)]
    lines += [line for _, line in sorted(told, key=lambda pair: pair[0])]
    if one.state is FollowUpState.WAITING:
        lines.append(f"It is due {at(one.wanted.due.at)}, {_where(one)}.")
    lines.append(f"Times are {zone.key}.")
    return lines


def _told(what: str, who: str, detail: str, at: Callable[[datetime], str]) -> str:
    by = f"<@{who}>" if who else "me, since whom it was for has left"
    if what in ("made", "changed", "snoozed"):
        detail = _told_time(detail, at)
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


def _told_time(detail: str, at: Callable[[datetime], str]) -> str:
    """The time in a line of the log; before it was kept as such it was kept in words."""
    try:
        return at(instant(detail))
    except ValueError:
        return detail
