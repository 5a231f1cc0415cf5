"""What people order and press, and how it must have ended: each way in with what is to be done once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.app import Application
from bot.emulator.stories import Person, StoryBroken
from bot.emulator.workspace import Workspace


@dataclass(frozen=True)
class Order:
    """
    *prepare* comes before death is armed; *give* is what it may come in between; *done* counts what was done.

    *answer*: part of what they are answered, once; empty where the press itself shows it. *must*: it is done in any
    case, since Slack has been told that it arrived, or sends it again; else whoever pressed may have been told that it
    did not work, and then nothing is done.
    """

    name: str
    prepare: Callable[[Workspace], None]
    give: Callable[[Workspace], bool]
    done: str
    answer: str = ""
    must: bool = True


def nothing(workspace: Workspace) -> None:
    """There is nothing to prepare."""


def says(text: str, to: str = "") -> Callable[[Workspace], bool]:
    """Mia says it."""

    def give(workspace: Workspace) -> bool:
        mia = Person(workspace, "mia").goes_to(to or "#deals")
        mia.says(text)
        return True

    return give


def accepted(deed: Callable[[], Any]) -> bool:
    """Whether Slack shows that it worked."""
    try:
        return bool(deed().ok)
    except StoryBroken:
        return False


def fills_in_the_window(workspace: Workspace) -> None:
    """Mia has filled in the form of an escalation."""
    mia = Person(workspace, "mia").goes_to("#deals")
    said = mia.sees("Shout early if one gets hot", where="#deals")
    mia.uses("Escalate this", on=said)
    mia.sees_window("Escalate")
    mia.fills("Customer", "Acme")
    mia.fills("What happened", "they want to cancel over the outage")


def submits(workspace: Workspace) -> bool:
    """Mia submits it."""
    return accepted(Person(workspace, "mia").goes_to("#deals").submits)


def has_paged(workspace: Workspace) -> None:
    """Omar has a page."""
    mia = Person(workspace, "mia").goes_to("#deals")
    mia.says("/toughcustomer escalate Acme: they want to cancel")
    mia.sees("was paged", where="#deals")


def presses(label: str) -> Callable[[Workspace], bool]:
    """Omar presses a button of it."""

    def give(workspace: Workspace) -> bool:
        omar = Person(workspace, "omar")
        page = omar.sees("Acme needs you")
        return accepted(lambda: omar.clicks(label, on=page))

    return give


def writes_in_the_thread(text: str) -> Callable[[Workspace], bool]:
    """Omar writes in the thread of the case."""

    def give(workspace: Workspace) -> bool:
        omar = Person(workspace, "omar").goes_to("#deals")
        omar.says(text, under=omar.sees("escalated by <@U0MIA>", where="#deals"))
        return True

    return give


ONE_CASE = "SELECT COUNT(*) AS n FROM cases"
ONE_FOLLOW_UP = "SELECT COUNT(*) AS n FROM followups"
ORDERS = (
    Order(
        "mention that escalates",
        nothing,
        says("@toughcustomer escalate Acme: they want to cancel over the outage"),
        ONE_CASE,
        "Acme (E1) is open, and I am paging",
    ),
    Order(
        "mention that promises",
        nothing,
        says("@toughcustomer promise Acme tomorrow 3pm send the report"),
        ONE_FOLLOW_UP,
        "Promise saved",
    ),
    Order(
        "direct message",
        nothing,
        says("follow-up Acme tomorrow 3pm send the report", "toughcustomer"),
        ONE_FOLLOW_UP,
        "I will remind you",
    ),
    Order("window", fills_in_the_window, submits, ONE_CASE, must=False),
    Order(
        "I have it",
        has_paged,
        presses("I have it"),
        "SELECT COUNT(*) AS n FROM case_log WHERE what = 'has it'",
        "has Acme (E1) until",
        must=False,
    ),
    Order(
        "Pass it on",
        has_paged,
        presses("Pass it on"),
        "SELECT COUNT(*) AS n FROM case_log WHERE what = 'passed it on'",
        "passed Acme (E1) on, and is the last in the chain",
        must=False,
    ),
    Order(
        "Not needed",
        has_paged,
        presses("Not needed"),
        "SELECT COUNT(*) AS n FROM case_log WHERE what = 'not needed'",
        must=False,
    ),
    Order(
        "taken by words",
        has_paged,
        writes_in_the_thread("I have it"),
        "SELECT COUNT(*) AS n FROM case_log WHERE what = 'has it'",
        "has Acme (E1) until",
    ),
    Order(
        "watched thread",
        nothing,
        says("Acme says they will take their business elsewhere over the outage", "#escalations"),
        ONE_CASE,
    ),
)


def counted(bot: Application, sql: str) -> int:
    """What *sql* counts as n."""
    return int(bot.core.database.rows(sql)[0]["n"])
