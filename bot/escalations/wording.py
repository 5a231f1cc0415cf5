"""Short texts about a case: its state, the reason for a page, its outcome."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands.router import COMMAND
from bot.escalations.model import ASKED, Case, CaseState, span
from bot.slack.block_kit import moment
from bot.slack.text import quote

SET_UP = f"An admin can say who is paged: `{COMMAND} settings`, or MANAGERS in the bot's settings."
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PageContext:
    """
    What a page says besides its case: *link* to the thread, *history* of the customer, *cards* for the manager.

    *history* is mrkdwn, with the customer's name quoted; *cards* are names as they are.
    """

    link: str = ""
    history: str = ""
    cards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerStatus:
    """What the ledger says besides its case, in mrkdwn: what the customer was *told*, what is *promised* by when."""

    told: str = ""
    promised: str = ""


NOTHING_NOTED = CustomerStatus()


def reason(case: Case) -> str:
    """Why somebody is paged, in a clause."""
    asked = f"asked by <@{case.asked_by}>"
    return "; ".join(asked if one.criterion == ASKED else quote(one.means, 300) for one in case.met)


def state_words(case: Case) -> str:
    """How a case stands, in a clause."""
    match case.state:
        case CaseState.OPEN:
            return "watched; nobody was paged"
        case CaseState.PAGING if case.tries == 0 and not case.roster.people_of(case.step):
            return "I am asking Slack who is in the user group that is to be paged"
        case CaseState.PAGING if case.tries == 0 and case.due_at:
            return f"the page waits for working hours, until {moment(case.due_at)}"
        case CaseState.PAGING:
            people = case.roster.people_of(case.step)
            return f"{' and '.join(f'<@{one}>' for one in people)} {'was' if len(people) == 1 else 'were'} paged"
        case CaseState.ACKNOWLEDGED:
            return f"<@{case.taken_by}> has it until {moment(case.taken_until)}" if case.taken_until else "taken"
        case CaseState.UNANSWERED:
            return "nobody answered" if case.roster.steps else f"nobody is set to be paged. {SET_UP}"
    return closing(case)


def closing(case: Case) -> str:
    """How a case ended."""
    by = f" by <@{case.closed_by}>" if case.closed_by else ""
    cause = f", root cause: {case.cause}" if case.cause else ""
    return f"{(case.outcome or 'closed').capitalize()}{by}{cause}"


def took(case: Case, now: datetime) -> str:
    """How long a case was open, in words."""
    length = now - case.opened_at
    return span(length - length % _MINUTE) if length >= _MINUTE else "less than a minute"


def who_has(case: Case, since: datetime | None) -> str:
    """Who has a case, since when and until when."""
    began = f", since {moment(since)}" if since else ""
    until = f", until {moment(case.taken_until)}" if case.taken_until else ""
    return f"<@{case.taken_by}> has {case.id}{began}{until}."
