"""How a case looks in its channel: the ledger, and the few messages of its thread. Values in, messages out."""

from collections.abc import Sequence

from bot.commands.router import COMMAND
from bot.delivery.model import in_words
from bot.escalations.buttons import (
    CUSTOMER_OF,
    HAVE_IT,
    NOT_NEEDED,
    PAGE_NOW,
    PASS_ON,
    REOPEN,
    RESOLVE,
    labelled,
)
from bot.escalations.model import ASKED, Case, CaseState, Trigger
from bot.escalations.page_blocks import page_message as page_message  # all of a case's messages are had from here
from bot.escalations.page_blocks import time_buttons, why_not
from bot.escalations.wording import (
    SET_UP,
    ChainEnd,
    LedgerContext,
    closing,
    name_of,
    outcome_words,
    people,
    reason,
    sentence_case,
    state_words,
    to_owner,
)
from bot.followups.buttons import CHECK_IN
from bot.slack.block_kit import Block, Message, actions, message, moment, section, small
from bot.slack.text import quote
from bot.tactics.blocks import PEEK

USAGE = "escalate CUSTOMER: what happened"


def root_message(case: Case, said: str) -> Message:
    """What begins the thread of a case that was begun outside one: by a person, or by the clock."""
    if case.asked_by is None:
        lead = f"Overdue for *{quote(case.title)}*: {quote(said, 700)}"
        asked = f"<@{case.owner}>, is it done?" if case.owner else "Is it done?"
        return message(f"{lead}. {asked}", [section(f"{lead}. {asked}")])
    shown = f"*{quote(case.title)}* · escalated by <@{case.asked_by}>: {quote(said, 700)}"
    return message(f"Escalated by <@{case.asked_by}>: {quote(case.title)}", [section(shown)])


def ledger_message(case: Case, about: LedgerContext = LedgerContext()) -> Message:  # noqa: B008 - a frozen value
    """The one message of the case in its thread, edited in place."""
    facts = [quote(one) for one in (about.particulars.worth, about.particulars.deadline) if one]
    state = state_words(case, about.pages)
    lines = [" · ".join([f"*{quote(case.customer)}*" if case.customer else "*Customer not named yet*", *facts])]
    lines.append(f"*State:* {state}")
    if case.met:
        lines.append(f"*Why:* {'; '.join(_why(case))}")
    if case.is_open:
        lines.append(f"*Next move:* {_next(case, about)}")
    lines += _noted(about)
    if about.also:
        lines.append("*Also:* " + " · ".join(f"<{one}|another thread>" for one in about.also))
    text = f"Escalation {case.id}, {quote(case.title)}: {state}"
    owner = f"owner <@{case.owner}> · {case.id}" if case.owner else case.id
    if case.is_open and not about.noted.promised:
        written = f"`@{COMMAND[1:]} promise {quote(case.customer or 'CUSTOMER')}: the fix tomorrow 3pm`"
        owner += f"\nTold them a time? {written} here notes it, and I watch the time."
    shown = [section("\n".join(lines)), small(owner)]
    return message(text, [*shown, *_card(case, about), *_buttons(case, about)])


def _noted(about: LedgerContext) -> list[str]:
    """What the customer was told and promised."""
    noted = about.noted
    lines = [f"*The customer was told:* {noted.told or 'nothing noted'}"]
    return [*lines, f"*Promised:* {noted.promised}"] if noted.promised else lines


def _why(case: Case) -> list[str]:
    """The criteria in a few words each; the first with the words that met it."""
    shown: list[str] = []
    for one in case.now_met:
        name = f"asked by <@{case.asked_by}>" if one.criterion == ASKED else quote(one.name, 100)
        words = f" (“{quote(one.evidence, 200)}”)" if one.evidence and not shown else ""
        shown.append(f"{name}{words}")
    return [sentence_case(shown[0]), *shown[1:]]


def _next(case: Case, about: LedgerContext) -> str:
    if case.state is CaseState.ACKNOWLEDGED:
        return f"<@{case.taken_by}>"
    if case.state is CaseState.PAGING and case.tries:
        asked = people([one.who for one in about.pages if one.number == about.pages[-1].number and not one.trouble])
        asked = (asked or people(case.roster.people_of(case.step))).replace(" and ", " or ")
        return f"{asked}; if nobody takes it, {about.coming}" if about.coming else asked
    return f"<@{case.owner}>" if case.owner else "whoever takes it"


def _card(case: Case, about: LedgerContext) -> list[Block]:
    """One line with the best card, to open privately."""
    if about.card is None or not case.is_open:
        return []
    card = about.card
    opens = labelled("Open", f"{PEEK}0", card.id, f"the card {card.name}")
    return [section(f":bulb: *{quote(card.name)}*: {quote(card.essence, 300)}", opens)]


def _buttons(case: Case, about: LedgerContext) -> list[Block]:
    about_whom = case.customer or case.id
    if not case.is_open:
        return [actions(labelled("Reopen", REOPEN, case.handle, about_whom))]
    taken = case.state is CaseState.ACKNOWLEDGED
    held = case.state is CaseState.PAGING and case.tries == 0
    may_page = bool(case.roster.steps) and (held or case.state in (CaseState.OPEN, CaseState.UNANSWERED))
    first = [] if taken else [labelled("I have it", HAVE_IT, case.handle, about_whom, style="primary")]
    first.append(labelled("Resolve", RESOLVE, case.handle, about_whom))
    if may_page:
        first.append(labelled("Page now", PAGE_NOW, case.handle, about_whom))
    first.append(
        labelled("Pass it on", PASS_ON, case.handle, about_whom)
        if taken
        else labelled("Not needed", NOT_NEEDED, case.handle, about_whom)
    )
    named = "Other customer" if case.customer else "Name the customer"
    first.append(labelled(named, CUSTOMER_OF, case.handle, about_whom))
    return [*([time_buttons(case, about_whom)] if taken else []), actions(*first)]


def taken_message(case: Case) -> Message:
    """In the thread, for the rep: help comes, by whom and until when."""
    until = f" until {moment(case.taken_until)}" if case.taken_until else ""
    return message(f"{to_owner(case, case.taken_by or '')}<@{case.taken_by}> has {name_of(case)}{until}.")


def lapsed_message(case: Case, by: str, coming: str) -> Message:
    """In the thread: the time passed and nothing was said."""
    until = f" until {moment(case.taken_until)}" if case.taken_until else ""
    return message(f"{to_owner(case, by)}<@{by}> took {name_of(case)}{until} and has not posted. {coming}")


def passed_message(case: Case, by: str, to: str) -> Message:
    """In the thread: passed on, and to whom."""
    return message(f"{to_owner(case, by)}<@{by}> passed {name_of(case)} to {to}. The page is on its way.")


def last_step_message(case: Case, by: str) -> Message:
    """In the thread: passed on by the last in the chain."""
    text = f"{to_owner(case, by)}<@{by}> passed {name_of(case)} on, and is the last in the chain. Who takes it?"
    return message(text, [section(text), _take(case)])


def unreachable_message(case: Case, who: dict[str, str], coming: str) -> Message:
    """In the thread: a page did not arrive, and what is done about it. *who*: why, by person."""
    told = "; ".join(f"<@{one}> could not be reached ({in_words(why)})" for one, why in who.items())
    return message(f"{to_owner(case)}{told}. {coming}".rstrip())


def unanswered_message(case: Case, end: ChainEnd = ChainEnd()) -> Message:  # noqa: B008 - a frozen value
    """In the channel: the chain has ended."""
    if not case.roster.steps:
        return message(
            f"{quote(case.title)} needs a manager ({case.id}: {reason(case)}), and nobody is set to be paged. {SET_UP}"
        )
    asked = ", ".join(f"<@{one}>" for one in case.roster.people())
    thread = f" <{end.link}|Open the thread>" if end.link else ""
    about = f"{quote(case.title)} ({case.id}): {reason(case)}."
    rest = f"With <@{case.owner}>. Who takes it?{thread}" if case.owner else f"Who takes it?{thread}"
    text = f"Nobody has answered about {about} Asked: {asked}. {rest}"
    if not end.reached:
        text = f"Nobody could be reached about {about} Asked: {asked}. {rest}"
    elif not end.asked:
        text = f"There is nobody else to page about {about} {rest}"
    return message(text, [section(text), *([small(f"{end.tried}.")] if end.tried else []), _take(case)])


def _take(case: Case) -> Block:
    about_whom = case.customer or case.id
    return actions(labelled("I have it", HAVE_IT, case.handle, about_whom, style="primary"))


def held_message(case: Case) -> Message:
    """In the thread: the page waits for working hours."""
    at = moment(case.due_at) if case.due_at else "their working hours"
    asked = people(case.roster.people_of(case.step)) or "The next in the chain"
    text = f"{to_owner(case)}It is outside working hours for {asked}, so the page for {name_of(case)} goes out {at}."
    if strangers := case.roster.without_zone(case.step):
        who = " and ".join(f"<@{one}>" for one in strangers)
        text += f" Slack does not tell me in which time zone {who} is, so I count in UTC."
    return message(
        text, [section(text), actions(labelled("Page now", PAGE_NOW, case.handle, case.customer or case.id))]
    )


def unknown_message(case: Case) -> Message:
    """In the thread: Slack does not say who is to be paged."""
    return message(
        f"{name_of(case)} is for a user group, and Slack does not tell me who is in it. I go on asking, and page them once I know."
    )


def joined_message(case: Case, state: str, link: str) -> Message:
    """In another thread about the same customer: there is a case already."""
    where = f" <{link}|Open it>" if link else ""
    return message(
        f"{quote(case.title)} has an open case already, {case.id}: {state}. What is said here counts for it.{where}"
    )


def added_message(case: Case, by: str, said: str) -> Message:
    """In the thread of a case that somebody escalates once more."""
    words = f": {quote(said, 600)}" if said else ""
    called = f"<@{case.taken_by}>: " if case.taken_by and case.taken_by != by else ""
    return message(f"{called}<@{by}> escalated {name_of(case)} again{words}")


def handed_message(case: Case, outcome: str, by: str, to: str, line: str) -> Message:
    """In the thread: the case goes on with a rep."""
    said = f" {quote(line, 600)}" if line else ""
    if by == to:
        return message(f"<@{by}> goes on with {name_of(case)}.{said}")
    if outcome == "back with the rep":
        return message(f"<@{to}>: <@{by}> hands {name_of(case)} back to you.{said}")
    before = f" (so far with <@{case.owner}>)" if case.owner and case.owner != to else ""
    return message(f"<@{to}>: <@{by}> gives {name_of(case)} to you{before}.{said}")


def not_needed_message(case: Case, by: str) -> Message:
    """In the thread, for the rep: somebody closed it as not needed."""
    return message(f"{to_owner(case, by)}<@{by}> closed {name_of(case)} as not needed. *Reopen* above, if it is.")


def news_message(case: Case, fresh: Sequence[Trigger], link: str) -> Message:
    """In the thread, for whoever has it: more was said, here or in a thread that has joined."""
    names = quote(", ".join(one.name for one in fresh), 200)
    words = next((f" (“{quote(one.evidence, 200)}”)" for one in fresh if one.evidence and not one.channel), "")
    where = f" <{link}|Open it>" if link else ""
    return message(f"<@{case.taken_by}>: new in {name_of(case)}: {names}{words}.{where}")


def ended_message(case: Case, state: str) -> Message:
    """In the place of the loud end."""
    return message(f"Nobody had answered about {quote(case.title)} ({case.id}). Since then: {state}.")


def closed_message(case: Case, took: str) -> Message:
    """The summary in the thread, with the check-in that the articles ask for afterwards."""
    line = f"\n> {quote(case.line, 600)}" if case.line else ""
    by = case.closed_by or ""
    text = f"{to_owner(case, by)}{name_of(case)}: {closing(case)}, after {took}."
    about_whom = case.customer or case.id
    check = (
        [labelled("Check in", CHECK_IN, case.customer or "", about_whom)]
        if outcome_words(case.outcome) == "Solved"
        else []
    )
    return message(text, [section(f"{text}{line}"), *([actions(*check)] if check else [])])


def reopened_message(case: Case, by: str) -> Message:
    """In the thread: it goes on where it was."""
    return message(f"{to_owner(case, by)}<@{by}> reopened {name_of(case)}.")


def refused_message(case: Case, why: str) -> Message:
    """In the thread: somebody wrote that they take it, and may not."""
    return message(why)


def not_read_message(languages: str) -> Message:
    """In a thread whose language the criteria do not know: once in a channel and week."""
    return message(
        f"I cannot read this language: I notice escalations in {languages}. "
        f"For anything else `{COMMAND} escalate CUSTOMER: what happened` pages somebody at once."
    )


def closed_as_not_needed_message(case: Case) -> Message:
    """To whoever said so elsewhere than on a page: it is closed; why, is theirs to say or not."""
    text = f"{name_of(case)} is closed as not needed, and nobody is asked any more. Why? (This tunes the rule.)"
    if case.is_open:
        text = f"That is off {name_of(case)}, and it stays open for what else was said. Why? (This tunes the rule.)"
    return message(text, [section(text), why_not(case, case.customer or case.id)])


def explained_message(case: Case, why: str) -> Message:
    """Thanks for the reason."""
    return message(f"{name_of(case)} was not needed ({why}). Thank you.")


def begun_message(case: Case, added: bool = False) -> Message:
    """To whoever began a case, or added to one."""
    if not case.roster.steps:
        return unanswered_message(case)
    if added:
        return message(
            f"{name_of(case)} is open already: {state_words(case)}. What you wrote counts for it, and stands in its thread."
        )
    who = people(case.roster.people_of(case.step))
    if not who:
        return message(f"{name_of(case)} is open. {state_words(case).capitalize()}. It goes on in its thread.")
    return message(f"{name_of(case)} is open, and I am paging {who}. It goes on in its thread.")


def usage_message() -> Message:
    """How to escalate."""
    text = f"Write who and what: `{COMMAND} escalate Acme: they want to cancel over the outage`. Nobody was paged."
    return message(text, [section(text)])
