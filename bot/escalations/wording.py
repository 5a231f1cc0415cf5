"""Short texts about a case: its state, the reason for a page, who was asked before and who is next, its outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands.router import COMMAND
from bot.delivery.model import in_words
from bot.escalations.model import ASKED, Case, CaseOutcome, CaseState, Cause, span
from bot.escalations.page_store import CALLED_OFF, GAVE, PASSED, CaseLogEntry, Page
from bot.escalations.particulars import NOTHING_SAID, Particulars
from bot.slack.block_kit import moment
from bot.slack.text import quote

SET_UP = f"An admin can say who is paged: `{COMMAND} settings`, or MANAGERS in the bot's settings."
_MINUTE = timedelta(minutes=1)
OUTCOMES = {
    CaseOutcome.SOLVED: ("Solved", "The customer is all right again. Closes the case."),
    CaseOutcome.BACK: ("Back with the rep", "The rep goes on with it from here. The case stays open."),
    CaseOutcome.TO_ANOTHER: ("To another rep", "Somebody else looks after them now. The case stays open."),
    CaseOutcome.PARTED: ("We part", "They or we end it. Closes the case."),
    CaseOutcome.DECLINED: ("We decline", "We do not take this prospect on. Closes the case."),
    CaseOutcome.NOT_OURS: ("Not ours", "Nothing that we have to do anything about. Closes the case."),
}  # what people read, and in small print beside it: at most 75 characters
CAUSES = {
    Cause.DEFECT: ("Defect", "Something that we sold did not work."),
    Cause.LAPSE: ("Lapse", "Somebody of us forgot, was late, or made a mistake."),
    Cause.MISCOMMUNICATION: ("Miscommunication", "We and they understood different things."),
    Cause.EXPECTATION: ("Expectation", "They expected more than was ever agreed."),
    Cause.OTHER: ("Other", "None of these, or nobody knows yet."),
}


@dataclass(frozen=True, slots=True)
class CardRef:
    """A card as a button needs it."""

    id: str
    name: str
    essence: str = ""


@dataclass(frozen=True, slots=True)
class Quotation:
    """What *author* wrote *at* a time, as typed; *evidence* are the parts of it that count."""

    text: str
    evidence: tuple[str, ...] = ()
    author: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PageContext:
    """
    What a page says besides its case, gathered from all that is kept of it.

    *link* to the thread; *history* of the customer, *before* (who was asked, and what became of it), *coming* (who is
    next, and when) and *since* (what happened after the page before) are mrkdwn. *repeat*: which page to this person it
    is; *is_last*: there is no later one. *answer* is what this person answered, *passed_to* to whom it went then.
    *may_be_named*: the customer is known elsewhere than in the case's channel.
    """

    link: str = ""
    history: str = ""
    cards: tuple[CardRef, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    particulars: Particulars = NOTHING_SAID
    before: str = ""
    coming: str = ""
    repeat: int = 1
    since: str = ""
    is_last: bool = True
    answer: str = ""
    answered_at: datetime | None = None
    passed_to: str = ""
    may_be_named: bool = False


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """
    How a chain ended: *tried* says in mrkdwn what became of each; whether anybody was *asked*, and *reached*.

    *link* leads to the thread.
    """

    tried: str = ""
    asked: bool = True
    reached: bool = True
    link: str = ""


@dataclass(frozen=True, slots=True)
class CustomerStatus:
    """What the ledger says besides its case, in mrkdwn: what the customer was *told*, what is *promised* by when."""

    told: str = ""
    promised: str = ""


NOTHING_NOTED = CustomerStatus()


@dataclass(frozen=True, slots=True)
class LedgerContext:
    """
    What the ledger says besides its case: who is asked next (*coming*), and the addresses of threads that have joined.
    """

    noted: CustomerStatus = NOTHING_NOTED
    pages: Sequence[Page] = ()
    particulars: Particulars = NOTHING_SAID
    card: CardRef | None = None
    also: tuple[str, ...] = ()
    coming: str = ""


def reason(case: Case) -> str:
    """Why somebody is paged, in a few words."""
    asked = f"asked by <@{case.asked_by}>"
    return ", ".join(asked if one.criterion == ASKED else quote(one.name, 100) for one in case.now_met)


def sentence_case(words: str) -> str:
    """*words* with a capital at the beginning."""
    return words[:1].upper() + words[1:]


def people(who: Sequence[str]) -> str:
    """People as mentions, in a clause."""
    named = [f"<@{one}>" for one in who]
    return f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else "".join(named)


def state_words(case: Case, pages: Sequence[Page] = ()) -> str:
    """How a case stands, in a clause; *pages* are all of it: what Slack has confirmed of them is said as done."""
    match case.state:
        case CaseState.OPEN:
            return f"with <@{case.owner}>; nobody is being asked" if case.owner else "nobody is being asked"
        case CaseState.PAGING if case.tries == 0 and not case.thread_ts and not _is_held(case):
            return "its first message is on its way"
        case CaseState.PAGING if case.tries == 0 and not case.roster.people_of(case.step):
            return "I am asking Slack who is in the user group that is to be paged"
        case CaseState.PAGING if case.tries == 0 and case.due_at:
            return f"the page waits for working hours, until {moment(case.due_at)}"
        case CaseState.PAGING:
            return _paged_words(case, pages)
        case CaseState.ACKNOWLEDGED:
            return f"<@{case.taken_by}> has it until {moment(case.taken_until)}" if case.taken_until else "taken"
        case CaseState.UNANSWERED:
            return _unanswered_words(case, pages)
    return closing(case)


def _is_held(case: Case) -> bool:
    """Whether it waits for more than its first message."""
    return case.due_at is not None and case.due_at - case.opened_at > _MINUTE


def _paged_words(case: Case, pages: Sequence[Page]) -> str:
    last = last_pages(pages)
    arrived = [one for one in last if one.reached_at is not None]
    if not arrived:
        return f"paging {people([one.who for one in last if not one.trouble] or case.roster.people_of(case.step))}"
    who = people([one.who for one in arrived])
    at = max(one.reached_at for one in arrived if one.reached_at is not None)
    return f"{who} {'was' if len(arrived) == 1 else 'were'} paged {moment(at)}"


def _unanswered_words(case: Case, pages: Sequence[Page]) -> str:
    if not case.roster.steps:
        return f"nobody is set to be paged. {SET_UP}"
    if pages and not any(one.reached_at for one in pages):
        return "nobody has it, and nobody could be reached"
    return "nobody has it, and nobody else is left to ask"


def last_pages(pages: Sequence[Page]) -> list[Page]:
    """Those of the last page of a case: one to each of a step."""
    return [one for one in pages if one.number == pages[-1].number] if pages else []


def asked_before(pages: Sequence[Page], entries: Sequence[CaseLogEntry], reader: str = "") -> str:
    """
    Who was asked before *reader* had this page, and what became of it, in a sentence of mrkdwn; "" for nobody.

    Without a *reader*: what became of everybody, now that it is over.
    """
    people_in_it = dict.fromkeys([*(one.who for one in pages), *(one.who for one in entries if one.what in _DID)])
    told = []
    for who in people_in_it:
        did = [one for one in entries if one.who == who and one.what in _DID]
        theirs = [one for one in pages if one.who == who]
        arrived = [one for one in theirs if one.reached_at]
        if did and (who != reader or did[-1].what == "let it lapse"):
            what = _DID[did[-1].what].format(did[-1].detail)
            told.append(f"<@{who}> {what} ({moment(did[-1].at)})")
        elif did or who == reader or any(one.answer == CALLED_OFF for one in theirs[-1:]):
            continue
        elif theirs and all(one.trouble for one in theirs):
            told.append(f"<@{who}> could not be reached ({in_words(theirs[-1].trouble)})")
        elif arrived and (not reader or theirs[-1].number < pages[-1].number):
            times = "" if len(arrived) == 1 else f" {len(arrived)} times"
            told.append(f"<@{who}> was paged{times} and has not answered")
    return "; ".join(told)


_DID = {
    "has it": "has taken it",
    "let it lapse": "took it and let the time pass",
    PASSED: "passed it on",
    GAVE: "gave it to {}",
}


def closing(case: Case) -> str:
    """How a case ended."""
    decided = case.outcome in (CaseOutcome.PARTED, CaseOutcome.DECLINED, CaseOutcome.NOT_OURS)
    by = f"{', decided' if decided else ''} by <@{case.closed_by}>" if case.closed_by else ""
    cause = f", root cause: {case.cause}" if case.cause else ""
    return f"{outcome_words(case.outcome)}{by}{cause}"


def outcome_words(outcome: str | None) -> str:
    """An outcome as people read it; one of an older version as it was kept."""
    known = next((label for one, (label, _) in OUTCOMES.items() if one == outcome), None)
    return known or (outcome or "closed").capitalize()


def took(case: Case, now: datetime) -> str:
    """How long a case was open, in words."""
    return length(now - case.opened_at)


def length(passed: timedelta) -> str:
    """A length of time in words that nobody has to count: minutes, hours and minutes, or days."""
    minutes = int(passed / _MINUTE)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return span(minutes * _MINUTE)
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest else span(hours * 60 * _MINUTE)
    return span(timedelta(days=minutes // (24 * 60)))


def who_has(case: Case, since: datetime | None) -> str:
    """Who has a case, since when and until when."""
    began = f", since {moment(since)}" if since else ""
    until = f", until {moment(case.taken_until)}" if case.taken_until else ""
    return f"<@{case.taken_by}> has {case.id}{began}{until}."


def name_of(case: Case) -> str:
    """A case in a sentence: its customer and its id."""
    return f"{quote(case.customer)} ({case.id})" if case.customer else case.id


def to_owner(case: Case, but: str = "") -> str:
    """The mention with which a message calls the rep; nothing where it is the rep who did it."""
    return f"<@{case.owner}>: " if case.owner and case.owner != but else ""
