"""How follow-ups look when they are made, listed and opened. Values in, messages out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commands.router import COMMAND
from bot.followups.buttons import CANCEL, CHANGE, DONE, MORE, PAUSE, REASSIGN, RESUME, SHOW, follow_up_button
from bot.followups.model import FollowUp, FollowUpState, LocalTime
from bot.followups.promises import PromiseWatch
from bot.followups.reminder_blocks import outcome_words, reminder_blocks, reminder_buttons
from bot.followups.series import offset_words
from bot.followups.short_texts import due_words, first_up, promised_words, repeats_words, title_words, where_words
from bot.slack.block_kit import NOT_HERE, Block, Message, actions, button, message, moment, section, small
from bot.slack.text import escaped, quote

USAGE = "follow-up CUSTOMER WHEN WHAT"
PROMISE_USAGE = "promise CUSTOMER WHEN WHAT"
LISTED = 15
_ECHOED = 700
EXAMPLE = f"`{COMMAND} follow-up Acme tomorrow 3pm send the three options`"
PROMISE_EXAMPLE = f"`{COMMAND} promise Acme friday 3pm send the fix`"


@dataclass(frozen=True, slots=True)
class Beside:
    """
    What an echo says besides the follow-up itself.

    *why* it comes back elsewhere than where it was asked for; what is still to happen to a promise, as *watch*; the
    *zone* of its owner, where that is known; the words that were *used* as its date, as they were typed. Of one that
    recurs, its next times are *coming*, and *skipped* the holidays between them, in words.
    """

    why: str = ""
    watch: PromiseWatch | None = None
    zone: ZoneInfo | None = None
    used: str = ""
    coming: Sequence[LocalTime] = ()
    skipped: str = ""


NOTHING_BESIDE = Beside()


def echo_message(one: FollowUp, beside: Beside = NOTHING_BESIDE) -> Message:
    """What was understood, before anyone relies on it."""
    blocks = [*detail(one, saved_lead(one), beside), echo_buttons(one, with_done=one.wanted.promise)]
    return message(f"{saved_lead(one)}: {escaped(one.title())}, {_exactly(one)}. {one.id}", blocks)


def saved_lead(one: FollowUp) -> str:
    """How an echo begins."""
    if one.wanted.promise:
        return "Promise saved"
    whom = "you" if one.wanted.owner == one.maker else f"<@{one.wanted.owner}>"
    return f"I will remind {whom}{', the first time' if one.series and one.occurrence == 1 else ''}"


def _exactly(one: FollowUp) -> str:
    return one.wanted.due.exact(one.made_at)


def detail(one: FollowUp, lead: str, beside: Beside = NOTHING_BESIDE) -> list[Block]:
    """All that is known of an open one, for echoes, lists and windows."""
    wanted = one.wanted
    thread = ", in this thread" if wanted.thread_ts else ""
    customer = f"*{quote(wanted.customer)}*\n" if wanted.customer else ""
    notes = [
        f"*{quote(beside.used, 80)}* read as {wanted.due.wall:%A} {wanted.due.wall.day} {wanted.due.wall:%B, %H:%M}"
        if beside.used and wanted.series is None
        else "",
        _comes(one, beside),
        _for_its_owner(one, beside.zone),
        f"{where_words(one)}{thread}, for <@{wanted.owner}> · {one.id}",
        _watched(one, beside.watch) if beside.watch else "",
        "" if customer or not one.is_open else "No customer named. *Change* adds one.",
        beside.why,
    ]
    return [
        section(f"{lead}: *{_exactly(one)}*"),
        section(f"{customer}> {quote(wanted.text, _ECHOED)}"),
        *(small(note) for note in notes if note),
    ]


def _comes(one: FollowUp, beside: Beside) -> str:
    """How it recurs: its rule, its next times, with their offsets from UTC where clocks change between them."""
    if one.series is None:
        return ""
    if one.paused_at is not None:
        return f"{first_up(one.series.words())}; paused {moment(one.paused_at, one.wanted.due.zone)}."
    zone, times = one.series.zone, beside.coming or (one.wanted.due,)
    offsets = [offset_words(each.wall, zone) for each in times]
    tell = len(set(offsets)) > 1
    shown = [
        f"{each.wall:%a} {each.wall.day} {each.wall:%b} {each.wall.hour}:{each.wall:%M}"
        + (f" ({offset})" if tell else "")
        for each, offset in zip(times, offsets, strict=True)
    ]
    clocks = " The clocks change in between; its local time stays." if tell else ""
    ends = "" if len(times) > 2 or not beside.coming else ", and then no more"
    return f"{first_up(one.series.words())}: next {', '.join(shown)}{ends}.{clocks}{beside.skipped}"


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
    return f"{warning}Press *Done* when it is kept. {first_up(at(watch.broken_at))} it counts as broken, and {then}."


def echo_buttons(one: FollowUp, *, with_done: bool = False) -> Block:
    """What can be done with what was understood."""
    done = [follow_up_button("Done", DONE, one)] if with_done else []
    if one.series is None:
        return actions(*done, follow_up_button("Change", CHANGE, one), follow_up_button("Cancel", CANCEL, one))
    pause = follow_up_button("Resume", RESUME, one) if one.paused_at else follow_up_button("Pause", PAUSE, one)
    return actions(*done, follow_up_button("Change", CHANGE, one), pause, follow_up_button("End", CANCEL, one))


def detail_message(one: FollowUp, beside: Beside = NOTHING_BESIDE) -> Message:
    """One follow-up from a list, with all that can be done with it."""
    lead = "Due since" if one.state is FollowUpState.DUE else "Due"
    if not one.is_open:
        return message(f"{one.id} {outcome_words(one, mentions=False)}: {escaped(one.title())}", reminder_blocks(one))
    buttons = all_buttons(one)
    return message(f"{one.id}: {escaped(one.title())}, due {due_words(one)}", [*detail(one, lead, beside), buttons])


def done_message(one: FollowUp, beside: Beside = NOTHING_BESIDE) -> Message:
    """After **Done**: that it has ended, or when the next of it comes."""
    shown = detail_message(one, beside)
    if not one.is_open:
        return shown
    lead = f"Done. {one.id} comes again"
    return message(f"{lead} {due_words(one)}: {escaped(one.title())}", [section(f"*{lead}:*"), *shown.blocks])


def all_buttons(one: FollowUp) -> Block:
    """Everything that can be done with one."""
    if one.paused_at is not None:
        return actions(follow_up_button("Reassign", REASSIGN, one), *echo_buttons(one)["elements"])
    return actions(*reminder_buttons(one, whole=False), *echo_buttons(one)["elements"])


def list_message(
    which: str, follow_ups: Sequence[FollowUp], start: int = 0, hidden: int = 0, record: str = ""
) -> Message:
    """
    Open follow-ups from the one at *start* on, the next due first; *which* is "mine", "here" or a customer.

    *hidden*: others may not be shown here. *record*: how promises to that customer ended.
    """
    kept = [small(f"Promises to {quote(which)} so far: {record}")] if record else []
    what = {"mine": "of yours", "here": "here", "promises": "that you promised"}.get(which, f"about {quote(which)}")
    if not follow_ups:
        hint = f"Make one with {EXAMPLE}"
        return message(
            f"No open follow-ups {what}.",
            [section(f"No open follow-ups {what}."), *kept, small(NOT_HERE if hidden else hint)],
        )
    blocks: list[Block] = [section(f"*Open follow-ups {what}*")]
    page = follow_ups[start : start + LISTED]
    for one in page:
        when = f":bell: due since {due_words(one)}" if one.state is FollowUpState.DUE else due_words(one)
        when = "paused" if one.paused_at else when
        notes = f"{promised_words(one)}{repeats_words(one)}"
        line = f"{title_words(one, 200)}\n{when} · {notes}<@{one.wanted.owner}> · {one.id}"
        blocks.append(section(line, follow_up_button("Open", SHOW, one)))
    if rest := len(follow_ups) - start - len(page):
        blocks.append(
            section(
                f"and {rest} later ones", button(f"Show {min(rest, LISTED)} more", MORE, f"{start + LISTED} {which}")
            )
        )
    blocks += kept
    blocks += [small(NOT_HERE)] if hidden else []
    listed = "; ".join(f"{one.id} {escaped(one.title())}" for one in page)
    return message(f"Open follow-ups {what}: {listed}", blocks)


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
