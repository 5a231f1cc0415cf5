"""How escalations look in Slack. Values in, messages and windows out; the ids of all buttons live here."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commands.router import COMMAND
from bot.escalations.model import ASKED, Case, CaseOutcome, CaseState, Cause, NotNeeded, Trigger
from bot.escalations.store import CaseLogEntry, Page
from bot.escalations.wording import (
    NOTHING_NOTED,
    SET_UP,
    CustomerStatus,
    PageContext,
    closing,
    reason,
    state_words,
)
from bot.slack.block_kit import NOT_HERE, Block, Message, actions, button, header, message, moment, section, small
from bot.slack.modals import Json, choice, field, window
from bot.slack.text import escaped, quote

HAVE_IT = "escalations.have_it"
PASS_ON = "escalations.pass_on"  # noqa: S105 - no password
NOT_NEEDED = "escalations.not_needed"
NOT_NEEDED_FOR = "escalations.not_needed_for."  # the reason's name follows
UNTIL = "escalations.until."  # the choice's name follows
PICK_TIME = "escalations.pick_time"
PAGE_NOW = "escalations.page_now"
RESOLVE = "escalations.resolve"
ASK_TO_BE_ADDED = "escalations.ask_to_be_added"
ESCALATE_THIS = "escalate_this"  # the shortcut's callback_id in manifest.json
ESCALATE_WINDOW = "escalations.escalate"
RESOLVE_WINDOW = "escalations.resolve_window"
TIME_WINDOW = "escalations.time_window"

CUSTOMER, TEXT, OUTCOME, CAUSE, DAY, TIME = "customer", "text", "outcome", "cause", "day", "time"
UNTILS = {"QUARTER": "15 min", "HOUR": "1 hour", "TODAY": "Today"}
_NOT_AT_ONCE = timedelta(minutes=2)
USAGE = "escalate CUSTOMER: what happened"


def page_message(case: Case, who: str, about: PageContext, *, outside: bool) -> Message:
    """
    The direct message to *who*; what became of it once the case has moved on.

    *outside*: they may not read what is said in the channel, and so get none of it.
    """
    lead = f"{quote(case.title)} needs you: {reason(case)}"
    blocks: list[Block] = [header(f"{case.title} needs you"[:150])]
    for one in case.met:
        said = f"\n>{quote(one.evidence, 600)}" if one.evidence and not outside else ""
        means = f"Asked by <@{case.asked_by}>" if one.criterion == ASKED else quote(one.means, 300)
        blocks.append(section(f"*{means}*{said}"))
    where = f"<{about.link}|Open the thread>" if about.link else f"In <#{case.channel}>"
    if late := _said_before(case):
        blocks.append(small(late))
    parts = ["In a private channel that you are not in" if outside else where, f"with <@{case.owner}>"]
    blocks.append(small(" · ".join([*parts, *([about.history] if about.history else [])])))
    if about.cards and not outside:
        blocks.append(
            small(f"Your cards: {', '.join(quote(name) for name in about.cards)}. `{COMMAND} card NAME` opens one")
        )
    blocks += _page_end(case, who, outside=outside)
    return message(f"{lead} ({case.id})", blocks)


def _said_before(case: Case) -> str:
    """When the words were said, where that was long before anybody read them; else nothing."""
    stamps = [float(one.ts) for one in case.met if one.ts]
    said = datetime.fromtimestamp(min(stamps), UTC) if stamps else case.opened_at
    if case.opened_at - said < _NOT_AT_ONCE:
        return ""
    return f"Said {moment(said)}. I was away, and read it {moment(case.opened_at)}."


def _page_end(case: Case, who: str, *, outside: bool) -> list[Block]:
    value = case.handle
    if case.state is CaseState.CLOSED:
        return [small(f":white_check_mark: {closing(case)} · {case.id}")]
    if case.state is CaseState.ACKNOWLEDGED and case.taken_until:
        if case.taken_by != who:
            return [small(f":raising_hand: <@{case.taken_by}> has it until {moment(case.taken_until)} · {case.id}")]
        return [
            section(f":raising_hand: You have it until {moment(case.taken_until)}. How long do you need?"),
            actions(
                *(
                    button(label, f"{UNTIL}{name}", value, accessible=f"I have {case.id}: {label}")
                    for name, label in UNTILS.items()
                ),
                button("Pick a time", PICK_TIME, value, accessible=f"I have {case.id} until a time that I pick"),
            ),
            small(case.id),
        ]
    asked = [
        button("Ask to be added", ASK_TO_BE_ADDED, value, accessible=f"Ask to be added to the channel of {case.id}")
    ]
    return [
        actions(
            button("I have it", HAVE_IT, value, accessible=f"I have {case.id}"),
            button("Pass it on", PASS_ON, value, accessible=f"Pass {case.id} on"),
            button("Not needed", NOT_NEEDED, value, accessible=f"{case.id} is not needed"),
            *(asked if outside else []),
        ),
        small(case.id),
    ]


def why_not_message(case: Case) -> Message:
    """Asks in one tap why a page was not needed."""
    buttons = [
        button(
            one.value.capitalize(),
            f"{NOT_NEEDED_FOR}{one.name}",
            case.handle,
            accessible=f"{case.id}: {one.value}",
        )
        for one in NotNeeded
    ]
    text = f"Why was {case.id} not needed? Your answer ends the paging and helps to tune the rules."
    return message(text, [section(text), actions(*buttons)])


def root_message(case: Case, said: str) -> Message:
    """What begins the thread of a case that was begun outside one: by a person, or by the clock."""
    if case.asked_by is None:
        shown = f"A promise to *{quote(case.title)}* is overdue: {quote(said, 700)}. <@{case.owner}>, what can we tell them?"
        return message(f"A promise to {quote(case.title)} is overdue", [section(shown)])
    shown = f"*{quote(case.title)}* was escalated by <@{case.asked_by}>: {quote(said, 700)}"
    return message(f"Escalated by <@{case.asked_by}>: {quote(case.title)}", [section(shown)])


def ledger_message(case: Case, noted: CustomerStatus = NOTHING_NOTED) -> Message:
    """The one message of the case in its thread, edited in place."""
    lines = [f"*{quote(case.title)}* · owner <@{case.owner}> · {case.id}", f"*State:* {state_words(case)}"]
    if case.met:
        lines.append("*Why:* " + "; ".join(_why(one, case) for one in case.met))
    lines += [f"*Next move:* {_next(case)}", f"*The customer was told:* {noted.told or 'nothing noted'}"]
    lines.append(f"*Promised:* {noted.promised or 'nothing noted'}")
    if case.is_open and not noted.promised:
        written = f"@{COMMAND[1:]} promise {quote(case.customer or 'CUSTOMER')}: the fix tomorrow 3pm"
        lines.append(f"_`{written}` in this thread saves both, and I watch the time._")
    buttons = []
    if (case.state is CaseState.PAGING and case.tries == 0) or (
        case.state is CaseState.UNANSWERED and case.roster.steps
    ):
        buttons.append(button("Page now", PAGE_NOW, case.handle, accessible=f"Page somebody about {case.id} now"))
    if case.is_open:
        buttons.append(button("Resolve", RESOLVE, case.handle, accessible=f"Resolve {case.id}"))
    text = f"Escalation {case.id}, {quote(case.title)}: {state_words(case)}"
    return message(text, [section("\n".join(lines)), *([actions(*buttons)] if buttons else [])])


def _why(one: Trigger, case: Case) -> str:
    if one.criterion == ASKED:
        return f"asked by <@{case.asked_by}>"
    means = quote(one.means, 300)
    return f"{means} (“{quote(one.evidence, 200)}”)" if one.evidence else means


def _next(case: Case) -> str:
    if case.state is CaseState.ACKNOWLEDGED:
        return f"<@{case.taken_by}>"
    if case.state is CaseState.PAGING and case.tries:
        return " or ".join(f"<@{one}>" for one in case.roster.people_of(case.step))
    return f"<@{case.owner}>" if case.is_open else "nobody: it is closed"


def taken_message(case: Case) -> Message:
    """In the thread: somebody has it."""
    until = moment(case.taken_until) if case.taken_until else "later"
    return message(f"<@{case.taken_by}> has {case.id} until {until}.")


def lapsed_message(case: Case, by: str) -> Message:
    """In the thread: the time passed and nothing was said."""
    return message(f"<@{by}> had {case.id}, the time has passed and nothing was said here. I ask on.")


def unanswered_message(case: Case) -> Message:
    """In the channel: the chain has ended."""
    if not case.roster.steps:
        return message(
            f"{quote(case.title)} needs a manager ({case.id}: {reason(case)}), and nobody is set to be paged. {SET_UP}"
        )
    asked = ", ".join(f"<@{one}>" for one in case.roster.people())
    return message(
        f"Nobody has answered about {quote(case.title)} ({case.id}): {reason(case)}. Asked: {asked}. Who takes it?"
    )


def held_message(case: Case) -> Message:
    """In the thread: the page waits for working hours."""
    at = moment(case.due_at) if case.due_at else "their working hours"
    text = f"It is outside working hours. I will page for {case.id} at {at}."
    if strangers := case.roster.without_zone(case.step):
        who = " and ".join(f"<@{one}>" for one in strangers)
        text += f" Slack does not tell me in which time zone {who} is, so I count in UTC."
    return message(
        text,
        [
            section(text),
            actions(button("Page now", PAGE_NOW, case.handle, accessible=f"Page somebody about {case.id} now")),
        ],
    )


def unknown_message(case: Case) -> Message:
    """In the thread: Slack does not say who is to be paged."""
    return message(
        f"{case.id} is for a user group, and Slack does not tell me who is in it. I go on asking, and page them once I know."
    )


def last_step_message(case: Case, by: str) -> Message:
    """In the thread: passed on by the last in the chain."""
    return message(
        f"<@{by}> passed {case.id} on, and is the last in the chain. Who takes it? Please name a person here."
    )


def closed_message(case: Case, took: str) -> Message:
    """The summary in the thread, with what the articles ask for afterwards."""
    text = f"{case.id}, {quote(case.title)}: {closing(case)}, after {took}."
    after = (
        f"Afterwards: a check-in in a few days (`{COMMAND} follow-up {quote(case.title)} in 3 days check in`), a written "
        "apology, and a request for feedback once it is calm."
    )
    return message(text, [section(text), small(after)])


def list_message(which: str, cases: Sequence[Case], precision: dict[str, tuple[int, int]], hidden: int = 0) -> Message:
    """What is open, who has it, and how often each criterion was right; *hidden*: others may not be shown here."""
    if not cases:
        text = (
            "No escalation is open."
            if which in ("all", "here", "mine")
            else f"No escalation of {quote(which)} is open."
        )
        return message(text, [section(text), *([small(NOT_HERE)] if hidden else []), *_precision(precision)])
    lines = [f"• {one.id} *{quote(one.title)}*, <@{one.owner}>: {state_words(one)}" for one in cases[:20]]
    more = f"\nand {len(cases) - 20} more" if len(cases) > 20 else ""
    text = f"{len(cases)} escalation{'s are' if len(cases) != 1 else ' is'} open."
    return message(
        text,
        [
            section(f"*{text}*\n" + "\n".join(lines) + more),
            *([small(NOT_HERE)] if hidden else []),
            *_precision(precision),
        ],
    )


def _precision(found: dict[str, tuple[int, int]]) -> list[Block]:
    if not found:
        return []
    shown = " · ".join(f"{escaped(name)} {good}/{total}" for name, (good, total) in sorted(found.items()))
    return [small(f"Pages that were needed, by criterion: {shown}")]


def begun_message(case: Case) -> Message:
    """To whoever began a case."""
    if not case.roster.steps:
        return unanswered_message(case)
    who = " and ".join(f"<@{one}>" for one in case.roster.people_of(case.step))
    if not who:
        return message(f"{case.id} is open. {state_words(case).capitalize()}. It goes on in its thread.")
    return message(f"{case.id} is open, and I have paged {who}. It goes on in its thread.")


def usage_message() -> Message:
    """How to escalate."""
    text = f"Write who and what: `{COMMAND} escalate Acme: they want to cancel over the outage`. Nobody was paged."
    return message(text, [section(text)])


def why_lines(
    case: Case, entries: Sequence[CaseLogEntry], pages: Sequence[Page], receipts: Sequence[str], zone: ZoneInfo
) -> list[str]:
    """All that became of a case, a line each, in mrkdwn."""
    lines = [f"{case.id}: {quote(case.title)}, opened {_local(case.opened_at, zone)}, {state_in_words(case)}"]
    lines += [
        f"{_local(one.at, zone)}  {_who(one.who)}{one.what}{f': {_detail(one)}' if one.detail else ''}"
        for one in entries
    ]
    lines += [
        f"because of {', '.join(quote(reason, 200) for reason in one.because)}: {quote(one.means, 300)}"
        for one in case.met
        if one.because
    ]
    for one in pages:
        answer = (
            f"answered {one.answer}{f' ({one.reason})' if one.reason else ''}" if one.answer else "has not answered"
        )
        lines.append(
            f"page {one.number} to <@{one.who}>, {_local(one.at, zone)}, because of {escaped(one.criterion)}: {answer}"
        )
    return [*lines, *receipts]


def state_in_words(case: Case) -> str:
    """The state in one word, for the terminal."""
    return f"{case.outcome}" if case.state is CaseState.CLOSED else str(case.state)


def _detail(entry: CaseLogEntry) -> str:
    return entry.detail if entry.what == "paged" else quote(entry.detail, 300)  # that detail is a mention of ours


def _who(who: str) -> str:
    return f"<@{who}> " if who else ""


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %Y %H:%M:%S} ({zone.key})"


# windows


def escalate_window(text: str, about: Json) -> Json:
    """Whom it is about, and what happened."""
    said: Json = {"type": "plain_text_input", "multiline": True, "max_length": 3000}
    if text:
        said["initial_value"] = text[:3000]
    blocks = [
        field(CUSTOMER, "Customer", {"type": "plain_text_input", "max_length": 80}),
        field(TEXT, "What happened", said),
    ]
    return window(ESCALATE_WINDOW, "Escalate", "Page the manager", blocks, about)


def resolve_window(case: Case) -> Json:
    """The outcome and the root cause."""
    blocks = [
        field(OUTCOME, "How did it end?", choice([str(one) for one in CaseOutcome])),
        field(CAUSE, "Root cause", choice([str(one) for one in Cause])),
    ]
    return window(RESOLVE_WINDOW, f"Resolve {case.id}", "Resolve", blocks, {"number": case.number, "token": case.token})


def time_window(case: Case, wall: datetime, zone: ZoneInfo) -> Json:
    """Until when somebody has it."""
    blocks = [
        field(DAY, "Day", {"type": "datepicker", "initial_date": f"{wall:%Y-%m-%d}"}),
        field(TIME, f"Time ({zone.key})", {"type": "timepicker", "initial_time": f"{wall:%H:%M}"}),
    ]
    return window(
        TIME_WINDOW,
        f"I have {case.id}",
        "Until then",
        blocks,
        {"number": case.number, "token": case.token, "zone": zone.key},
    )
