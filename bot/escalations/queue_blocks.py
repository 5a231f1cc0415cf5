"""How the queue of open cases looks, and what became of one: in six lines, or with all details."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.escalations.buttons import DETAILS, MORE, RESOLVE, TAKE, labelled
from bot.escalations.model import Case, CaseState
from bot.escalations.page_store import CaseLogEntry, Page
from bot.escalations.wording import closing, length, outcome_words, reason, sentence_case, state_words
from bot.slack.block_kit import NOT_HERE, Block, Message, actions, message, moment, section, small
from bot.slack.text import escaped, quote

LISTED = 10
_MOST_HISTORY = 10
_EVERYBODY = ("all", "here", "mine")


def listed(which: str) -> str:
    """Which cases a list has, in words."""
    return {"mine": "of yours", "here": "here"}.get(which, "" if which == "all" else f"of {quote(which)}")


def list_message(  # noqa: PLR0913 - what a list is made of
    which: str,
    cases: Sequence[tuple[Case, Sequence[Page], str]],
    precision: Sequence[tuple[str, int, int]],
    *,
    now: datetime,
    of: int = 0,
    hidden: int = 0,
    start: int = 0,
    past: Sequence[Case] = (),
) -> Message:
    """
    What is open, the most urgent first, from the one at *start* *of* all: each with its pages and the address of its
    thread.

    *precision*: what each criterion means, how many of its pages were needed, and of how many. *hidden*: others may not
    be shown here. *past*: the closed ones of a customer.
    """
    what = listed(which)
    behind = f" {what}" if what else ""
    head = f"{of} open escalation{'s' * (of != 1)}{behind}" if cases else f"No escalation{behind} is open."
    blocks: list[Block] = [section(f"*{head}*" if cases else head)]
    for case, pages, link in cases:
        blocks += _row(case, pages, link, now, f"{which} {start}")
    if (rest := of - start - len(cases)) > 0:
        label = f"Show {min(rest, LISTED)} more"
        blocks.append(actions(labelled(label, MORE, f"{start + LISTED} {which}", "open escalations")))
    if past:
        blocks.append(section("*Before*\n" + "\n".join(_past(one) for one in past[:_MOST_HISTORY])))
    if hidden:
        blocks.append(small(NOT_HERE))
    return message(head, [*blocks, *_precision(precision)])


def _row(case: Case, pages: Sequence[Page], link: str, now: datetime, which: str) -> list[Block]:
    urgent = ":red_circle: " if case.urgent and case.state is not CaseState.ACKNOWLEDGED else ""
    where = f"<{link}|Open the thread>" if link else ""
    about_whom = case.customer or case.id
    why = reason(case) or "a card fitted"
    age = length(now - case.opened_at)
    opened = "opened just now" if age.startswith("less") else f"open {age}"
    parts = [
        one
        for one in (
            opened,
            f"with <@{case.owner}>" if case.owner else "",
            where,
            case.id,
        )
        if one
    ]
    text = f"{urgent}*{quote(case.title)}*: {why}\n{sentence_case(state_words(case, pages))}"
    buttons = [labelled("Resolve", RESOLVE, case.handle, about_whom)]
    if case.state is not CaseState.ACKNOWLEDGED:
        buttons.insert(0, labelled("I have it", TAKE, f"{case.handle} {which}", about_whom))
    return [section(text), small(" · ".join(parts)), actions(*buttons)]


def _past(case: Case) -> str:
    when = moment(case.closed_at) if case.closed_at else ""
    took = f", after {length(case.closed_at - case.opened_at)}" if case.closed_at else ""
    line = f": {quote(case.line, 150)}" if case.line else ""
    return f"• {case.id} {closing(case)} {when}{took}{line}"


def _precision(found: Sequence[tuple[str, int, int]]) -> list[Block]:
    if not found:
        return []
    shown = " · ".join(f"{escaped(means)} {good} of {total}" for means, good, total in found)
    return [small(f"Pages that were needed: {shown}")]


# why


def why_message(case: Case, lines: Sequence[str], zone: ZoneInfo) -> Message:
    """What became of a case, in a few lines of people's words; the rest behind a button."""
    head = f"*{quote(case.title)}* ({case.id})"
    text = f"{case.id}, {quote(case.title)}: {sentence_case(lines[-1] if lines else '')}"
    shown = "\n".join(f"• {line}" for line in lines)
    details = labelled("Details", DETAILS, case.handle, case.customer or case.id)
    return message(text, [section(f"{head}\n{shown}"), small(f"Times are {zone.key}."), actions(details)])


def details_message(case: Case, lines: Sequence[str], zone: ZoneInfo) -> Message:
    """All that is known of a case, for whoever looks for a fault."""
    parts = ["\n".join(lines[at : at + 20]) for at in range(0, min(len(lines), 100), 20)]
    return message(f"Details of {case.id}", [*map(section, parts), small(f"Times are {zone.key}.")])


def told_lines(case: Case, entries: Sequence[CaseLogEntry], pages: Sequence[Page], zone: ZoneInfo) -> list[str]:
    """What became of a case in people's words, six lines at most, in the time zone *zone*."""

    def at(when: datetime) -> str:
        local, today = when.astimezone(zone), case.opened_at.astimezone(zone).date()
        return f"{local:%H:%M}" if local.date() == today else f"{local:%a} {local.day} {local:%b %H:%M}"

    opened = case.opened_at.astimezone(zone)
    day = f"{opened:%a} {opened.day} {opened:%b %H:%M}"
    told = [f"{day}: {reason(case) or 'a card fitted'}"]
    told += [f"<@{who}> {', '.join(events)}" for who, events in _by_person(entries, pages, at).items()]
    told += [f"{at(one.at)}: {_OTHERS[one.what]}" for one in entries if one.what in _OTHERS]
    if len(told) > 5:
        told = [*told[:4], f"… and {len(told) - 4} more, behind Details"]
    return [*told, _now(case, pages)]


_DEEDS = {
    "has it": "took it",
    "let it lapse": "let the time pass",
    "passed it on": "passed it on",
    "handed back": "handed it back",
    "reopened": "reopened it",
    "escalated": "escalated it",
    "asked to page now": "asked to page now",
    "named the customer": "named the customer",
}
_OTHERS = {
    "nobody answered": "nobody answered, and the channel was told",
    "nobody could be reached": "nobody could be reached, and the channel was told",
    "held back until working hours": "the page waits for working hours",
}


def _by_person(
    entries: Sequence[CaseLogEntry], pages: Sequence[Page], at: Callable[[datetime], str]
) -> dict[str, list[str]]:
    """What each person did or was asked, in the order in which they come first."""
    events: list[tuple[datetime, str, str]] = []
    for one in pages:
        if one.reached_at is not None:
            events.append((one.reached_at, one.who, "was paged"))
        elif one.trouble:
            events.append((one.at, one.who, "could not be reached"))
    events += [(one.at, one.who, _DEEDS[one.what]) for one in entries if one.who and one.what in _DEEDS]
    found: dict[str, list[str]] = {}
    for when, who, what in sorted(events, key=lambda event: event[0]):
        found.setdefault(who, []).append(f"{what} {at(when)}")
    return found


def _now(case: Case, pages: Sequence[Page]) -> str:
    if case.is_open:
        return f"Now: {state_words(case, pages)}"
    took = f", after {length(case.closed_at - case.opened_at)}" if case.closed_at else ""
    return f"{outcome_words(case.outcome)}{f' by <@{case.closed_by}>' if case.closed_by else ''}{took}" + (
        f": {quote(case.line, 200)}" if case.line else ""
    )


def detail_lines(
    case: Case, entries: Sequence[CaseLogEntry], pages: Sequence[Page], receipts: Sequence[str], zone: ZoneInfo
) -> list[str]:
    """All that became of a case, a line each, in mrkdwn; times in *zone*, without its name."""
    lines = [f"{case.id}: {quote(case.title)}, opened {exactly(case.opened_at, zone)}, {state_in_words(case)}"]
    lines += [
        f"{exactly(one.at, zone)}  {f'<@{one.who}> ' if one.who else ''}{one.what}{f': {_detail(one)}' if one.detail else ''}"
        for one in entries
    ]
    lines += [
        f"because of {', '.join(quote(because, 200) for because in one.because)}: {quote(one.means, 300)}"
        for one in case.met
        if one.because
    ]
    for one in pages:
        answer = (
            f"answered {one.answer}{f' ({one.reason})' if one.reason else ''}" if one.answer else "has not answered"
        )
        reached = f"arrived {exactly(one.reached_at, zone)}" if one.reached_at else one.trouble or "under way"
        lines.append(f"page {one.number} to <@{one.who}>, {reached}, because of {escaped(one.criterion)}: {answer}")
    return [*lines, *receipts]


def state_in_words(case: Case) -> str:
    """The state in one word, for the terminal."""
    return f"{case.outcome}" if case.state is CaseState.CLOSED else str(case.state)


def exactly(at: datetime, zone: ZoneInfo) -> str:
    """A moment to the second: for whoever looks for a fault."""
    return f"{at.astimezone(zone):%a %d %b %Y %H:%M:%S}"


def _detail(entry: CaseLogEntry) -> str:
    mentions = ("paged", "could not be paged", "gave it to", "handed over", "handed back", "passed it to")
    return entry.detail if entry.what in mentions else quote(entry.detail, 300)  # those details are mentions of ours
