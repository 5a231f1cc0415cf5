"""How reminders and warnings look: due, over, put off, promised."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from bot.clock import stamp
from bot.commands.router import COMMAND
from bot.followups.buttons import (
    CANCEL,
    CHANGE,
    DONE,
    KNOWS,
    KNOWS_NOT,
    PAUSE,
    REASSIGN,
    RESUME,
    SNOOZE,
    SNOOZE_FOR,
    SNOOZE_UNTIL,
    TAKE_OVER,
    done_button,
    follow_up_button,
    handle,
)
from bot.followups.model import LONGEST_TEXT, FollowUp, FollowUpState, LocalTime, Snooze
from bot.followups.occurrences import OccurrenceEnd, PastOccurrence
from bot.followups.promises import time_left
from bot.followups.short_texts import due_words, gone_words, repeats_words, title_words, where_words
from bot.slack.block_kit import Block, Message, actions, button, message, moment, named, section, small
from bot.slack.text import escaped, quote

_MOST_TOLD = 20
NOTHING_PAST: Mapping[int, PastOccurrence] = MappingProxyType({})
_ENDS = {
    OccurrenceEnd.DONE: (":white_check_mark:", "Done"),
    OccurrenceEnd.MISSED: (":hourglass:", "Not done; it has come again"),
    OccurrenceEnd.SNOOZED: (":zzz:", "Put off"),
    OccurrenceEnd.PAUSED: (":mute:", "Paused"),
    OccurrenceEnd.OVER: (":no_entry_sign:", "Ended"),
}


def reminder_message(follow_up: FollowUp) -> Message:
    """The reminder, as it stands now: due, snoozed, done or cancelled."""
    wanted = follow_up.wanted
    text = f"{escaped(follow_up.title())} (for <@{wanted.owner}>)"
    if follow_up.state is FollowUpState.DUE:
        return message(f"Follow-up due: {text}", reminder_blocks(follow_up))
    return message(f"Follow-up {outcome_words(follow_up, mentions=False)}: {text}", reminder_blocks(follow_up))


def reminders_message(
    follow_ups: Sequence[FollowUp],
    moved: Collection[int] = (),
    past: Mapping[int, PastOccurrence] = NOTHING_PAST,
) -> Message:
    """
    One message that carries several reminders.

    Of those numbers that *past* has, it carries an occurrence that is over.

    *moved* are the numbers of those that now belong where not everybody who sees this may read them: of them it says
    that they have moved, and nothing else.
    """

    def drawn_one(one: FollowUp) -> Message:
        if one.number in moved:
            return moved_message(one)
        return past_message(one, past[one.number]) if one.number in past else reminder_message(one)

    if len(follow_ups) == 1:
        return drawn_one(follow_ups[0])
    drawn = [(one, drawn_one(one)) for one in follow_ups]
    lines = "\n".join(f"• {message.text}" for _, message in drawn)
    blocks = [block for _, message in drawn for block in message.blocks]
    follow_ups = [one for one in follow_ups if one.number not in moved] or follow_ups
    due = sum(one.state is FollowUpState.DUE and one.number not in past for one in follow_ups)
    lead = f"{len(follow_ups)} reminders, {due} still due" if due else f"{len(follow_ups)} reminders, none still due"
    return message(f"{lead}:\n{lines}", [section(f"*{lead}*"), *blocks])


def past_message(one: FollowUp, past: PastOccurrence) -> Message:
    """The reminder of an occurrence that is over."""
    sign, how = _ENDS[past.how]
    if past.how is OccurrenceEnd.OVER and one.state is FollowUpState.DONE:
        sign, how = _ENDS[OccurrenceEnd.DONE]
    by = f" by <@{past.who}>" if past.who else ""
    until = f" until {moment(past.until, one.wanted.due.zone)}" if past.until else ""
    is_paused = past.how is OccurrenceEnd.PAUSED and one.paused_at == past.at
    stands = "; nothing comes until somebody presses *Resume*" if is_paused else ""
    blocks = [section(f"{sign} {title_words(one)}"), small(f"{how}{until}{by}{stands} · {repeats_words(one)}{one.id}")]
    if is_paused:
        blocks.append(actions(*_going_on(one)))
    return message(f"Follow-up {how[0].lower()}{how[1:]}: {escaped(one.title())}", blocks)


def request_message(one: FollowUp) -> Message:
    """Whoever reads along is asked to take one over, since its owner will not see to it."""
    if one.seeking is None or not one.is_open:
        done = f"Done by <@{one.closed_by}>" if one.state is FollowUpState.DONE and one.closed_by else ""
        how = done or (outcome_words(one) if not one.is_open else f"With <@{one.wanted.owner}> now")
        return message(f"{escaped(one.title())}: {how}", [section(title_words(one)), small(f"{how} · {one.id}")])
    due = f"Due {due_words(one)}" if one.state is FollowUpState.WAITING else f"Due since {due_words(one)}"
    asked = f", asked by <@{one.maker}>" if one.maker != one.wanted.owner else ""
    promised = ", promised to the customer" if one.wanted.promise else ""
    blocks = [
        section(f"{gone_words(one)}\n{title_words(one)}"),
        small(f"{due}{asked}{promised} · {repeats_words(one)}{one.id}"),
        actions(follow_up_button("Take it over", TAKE_OVER, one), done_button(one)),
    ]
    return message(f"Who takes {escaped(one.title())}? {gone_words(one)}", blocks)


def requests_message(follow_ups: Sequence[FollowUp], moved: Collection[int] = ()) -> Message:
    """One message that carries several requests; of those in *moved* it says that they have moved, and nothing else."""
    drawn = [moved_message(one) if one.number in moved else request_message(one) for one in follow_ups]
    if len(drawn) == 1:
        return drawn[0]
    open_ones = sum(one.seeking is not None and one.is_open for one in follow_ups)
    lead = f"{open_ones} follow-ups need somebody" if open_ones else "Somebody has all of these now"
    lines = "\n".join(f"• {one.text}" for one in drawn)
    return message(f"{lead}:\n{lines}", [section(f"*{lead}*"), *(block for one in drawn for block in one.blocks)])


def moved_message(one: FollowUp) -> Message:
    """In the place of a reminder that has been moved to where not everybody here may read it."""
    text = f"{one.id} was moved to another conversation."
    return message(text, [small(f":arrow_right: {text}")])


def reminder_blocks(one: FollowUp) -> list[Block]:
    """The blocks of a reminder, as it stands now."""
    wanted = one.wanted
    if one.state is FollowUpState.DUE:
        who = f"For <@{wanted.owner}>" + (f", asked by <@{one.maker}>" if one.maker != wanted.owner else "")
        who += ", promised to the customer" if wanted.promise else ""
        return [
            section(f":bell: {title_words(one)}"),
            *(small(note) for note in (gone_words(one), missed(one), hinted(one), _offered(one)) if note),
            small(f"{who} · {repeats_words(one)}{one.id}"),
            actions(*reminder_buttons(one)),
        ]
    sign = {FollowUpState.DONE: ":white_check_mark:", FollowUpState.CANCELLED: ":no_entry_sign:"}.get(
        one.state, ":zzz:"
    )
    blocks = [section(f"{sign} {title_words(one)}"), small(f"{outcome_words(one)} · {repeats_words(one)}{one.id}")]
    if one.state is FollowUpState.WAITING:
        blocks.append(actions(*_going_on(one)))
    return blocks


def _going_on(one: FollowUp) -> list[Block]:
    """What can be done with one that is not due."""
    if one.paused_at is not None:
        return [follow_up_button("Resume", RESUME, one), follow_up_button("End", CANCEL, one)]
    return [follow_up_button("Done", DONE, one)]


def missed(one: FollowUp) -> str:
    """That it stands for others, which nobody pressed."""
    if not one.missed:
        return ""
    others = "the one before it, which was" if one.missed == 1 else f"{one.missed} before it, which were"
    return f":hourglass: It stands for {others} not pressed *Done*."


def hinted(one: FollowUp) -> str:
    """Why it may be done."""
    if one.hint is None:
        return ""
    when = moment(one.hint.at, one.wanted.due.zone)
    if one.hint.what == "answered":
        return f":speech_balloon: <@{one.hint.who}> wrote in this thread, {when}, that the customer has answered. Done?"
    return f":speech_balloon: <@{one.hint.who}> wrote in this thread, {when}, that it is done. Is it?"


def _offered(one: FollowUp) -> str:
    return f"<@{one.offer.by}> asked <@{one.offer.to}> to take it." if one.offer else ""


def reminder_buttons(one: FollowUp, *, whole: bool = True) -> list[Block]:
    """What can be done with one that is due; not *whole*: without what concerns the series that it belongs to."""
    take = [follow_up_button("Take it over", TAKE_OVER, one)] if one.seeking else []
    series = [follow_up_button("Pause", PAUSE, one), follow_up_button("End", CANCEL, one)]
    usual = [follow_up_button("Snooze", SNOOZE, one), follow_up_button("Reassign", REASSIGN, one)]
    return [*take, done_button(one), *usual, *(series if one.series and whole else ())]


def outcome_words(one: FollowUp, *, mentions: bool = True) -> str:
    """How it stands, in a few words."""
    by = f" by <@{one.closed_by}>" if mentions and one.closed_by else ""
    match one.state:
        case FollowUpState.DONE:
            return f"Done{by}" if mentions else "done"
        case FollowUpState.CANCELLED:
            how = "Ended" if one.series else "Cancelled"
            return f"{how}{by}" if mentions else how.lower()
        case FollowUpState.WAITING if one.paused_at is not None:
            return f"Paused, for <@{one.wanted.owner}>" if mentions else "paused"
        case FollowUpState.WAITING:
            return f"Comes again {due_words(one)}, for <@{one.wanted.owner}>" if mentions else "snoozed"
    return "Due"


def snoozed_message(one: FollowUp) -> Message:
    """In the place of the choices: until when it was snoozed."""
    return message(f"{one.id} comes again {due_words(one)}: {escaped(one.title())}")


def warning_message(one: FollowUp, due: datetime, now: datetime) -> Message:
    """For whom has promised something for *due*, while there is time to keep it at *now*."""
    left, at = time_left(due - now), moment(due, one.wanted.due.zone)
    blocks = [
        section(f":hourglass_flowing_sand: *{left}*. You promised this for {at}."),
        section(title_words(one)),
        *(small(note) for note in (hinted(one),) if note),
        small(f"Promised {where_words(one)} · {repeats_words(one)}{one.id}"),
        actions(done_button(one), follow_up_button("Change", CHANGE, one)),
    ]
    return message(f"{left}: {escaped(one.title())}, promised for {at}", blocks)


def clocks_message(theirs: Sequence[FollowUp]) -> Message:
    """For whom the clocks of a time zone have been given other rules, and so other instants for what is planned."""
    zones = ", ".join(dict.fromkeys(one.wanted.due.zone.key for one in theirs))
    lead = f"The rules of the clocks in {zones} have changed. What is planned keeps its local time"
    lines = [f"• {title_words(one, 120)}: {one.wanted.due} · {one.id}" for one in theirs[:_MOST_TOLD]]
    more = [small(f"and {len(theirs) - _MOST_TOLD} more")] if len(theirs) > _MOST_TOLD else []
    return message(
        f"{lead}: {', '.join(one.id for one in theirs)}", [section(f"{lead}:"), section("\n".join(lines)), *more]
    )


def lost_message(one: FollowUp) -> Message:
    """For whom has promised something outside any channel where a case could be kept, when it is broken."""
    text = f"You promised {quote(one.title(), LONGEST_TEXT)} for {due_words(one)}, and nobody pressed Done."
    hint = f"If the customer is waiting, `{COMMAND} escalate CUSTOMER: what happened` in a channel pages your manager."
    return message(text, [section(text), small(hint)])


def snooze_choices(one: FollowUp) -> Message:
    """Until when?"""
    choices = [follow_up_button(str(choice), f"{SNOOZE_FOR}{choice.name}", one) for choice in Snooze]
    lead = "Snooze until when?"
    picker = follow_up_button("Pick a time", SNOOZE_UNTIL, one)
    return message(lead, [section(f"*{lead}*\n{title_words(one, 120)}"), actions(*choices, picker)])


def told_question(one: FollowUp, until: LocalTime, now: datetime) -> Message:
    """Does the customer know the new time of a promise that is put off?"""
    whom = quote(one.wanted.customer) if one.wanted.customer else "the customer"
    value = json.dumps({"of": handle(one), "at": stamp(until.at), "zone": until.zone.key})
    lead = f"Was {whom} told the new time, {until.near(now)}?"
    explained = "If they know it, it counts from now on. If not, the old time counts, and I only remind you later."
    buttons = [
        button("Yes, they know", KNOWS, value, accessible=named("Yes, they know", one.title())),
        button("Not yet", KNOWS_NOT, value, accessible=named("Not yet", one.title())),
    ]
    return message(lead, [section(f"*{lead}*\n{title_words(one, 120)}"), small(explained), actions(*buttons)])


def not_told_message(one: FollowUp) -> Message:
    """In the place of that question, where they do not know."""
    expected = f" They still expect it {moment(one.promised_for, one.wanted.due.zone)}." if one.promised_for else ""
    lead = f"{one.id} comes again {due_words(one)}, and what was promised still counts"
    later = f"{lead}: {escaped(one.title())}.{expected}"
    hint = "Tell them, then press *Change*: that promises the new time."
    return message(later, [section(later), small(hint), actions(follow_up_button("Change", CHANGE, one))])
