"""What somebody's Home shows, as values: what is theirs, in groups, and what they chose."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.escalations.model import Case
from bot.escalations.page_store import Page
from bot.followups.model import FollowUp, FollowUpState
from bot.followups.promise_ends import PromiseRecord
from bot.tactics.model import Moment

LISTED = 12  # follow-ups on one page of it


class HomeGroup(StrEnum):
    """Which follow-ups stand together, in this order."""

    LATE = "Late"
    TODAY = "Due today"
    PROMISED = "Promised"
    LATER = "Later"
    PAUSED = "Paused"


@dataclass(frozen=True, slots=True)
class CaseInHome:
    """A case with its pages, and the address of its thread."""

    case: Case
    pages: Sequence[Page]
    link: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """
    All that one person's Home shows at *now*, in their *zone*.

    *follow_ups* are theirs, grouped, from the one at *start* on; *counts* how many there are of each group. *offered*
    are those that they are asked to take. *mine* are the cases that they have or were asked for; *queue* the team's,
    for managers, of *queued* in all, *needing* of which nobody has; *precision* what each criterion means, how many of
    its pages were needed, of how many.
    *country* is whose holidays they skip; *has_feed* None where there are no calendar addresses at all.
    """

    user: str
    now: datetime
    zone: ZoneInfo
    follow_ups: Sequence[tuple[HomeGroup, FollowUp]] = ()
    start: int = 0
    counts: dict[HomeGroup, int] = field(default_factory=dict)
    offered: Sequence[FollowUp] = ()
    record: PromiseRecord = field(default_factory=PromiseRecord)
    mine: Sequence[CaseInHome] = ()
    is_manager: bool = False
    queue: Sequence[CaseInHome] = ()
    queued: int = 0
    needing: int = 0
    precision: Sequence[tuple[str, int, int]] = ()
    moments: Sequence[Moment] = ()
    is_morning_on: bool = False
    country: str = ""
    has_feed: bool | None = None

    @property
    def total(self) -> int:
        """How many follow-ups are theirs."""
        return sum(self.counts.values())


def group_of(one: FollowUp, now: datetime, zone: ZoneInfo) -> HomeGroup:
    """Where *one* stands for somebody in *zone* at *now*."""
    if one.paused_at is not None:
        return HomeGroup.PAUSED
    due = one.wanted.due.at
    if one.is_broken:
        return HomeGroup.LATE
    if one.state is FollowUpState.DUE or due <= now:
        return HomeGroup.LATE if due.astimezone(zone).date() < now.astimezone(zone).date() else HomeGroup.TODAY
    if due.astimezone(zone).date() == now.astimezone(zone).date():
        return HomeGroup.TODAY
    return HomeGroup.PROMISED if one.wanted.promise else HomeGroup.LATER


def grouped(found: Iterable[FollowUp], now: datetime, zone: ZoneInfo) -> list[tuple[HomeGroup, FollowUp]]:
    """*found* in groups, in each the next due first."""
    order = list(HomeGroup)
    pairs = [(group_of(one, now, zone), one) for one in found]
    return sorted(pairs, key=lambda pair: (order.index(pair[0]), pair[1].wanted.due.at, pair[1].number))
