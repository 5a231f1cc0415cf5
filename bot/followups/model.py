"""The values of follow-ups, and what may be done with them."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TypedDict
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.followups.dates.recurrence import instant_of
from bot.followups.series import FREQUENCIES, Series, parts_of

LONGEST_TEXT = 1_500  # characters: a reminder is read on a phone
LONGEST_CUSTOMER = 80
_SECONDS_MATTER = timedelta(minutes=10)  # for so short a time people may have set seconds


class FollowUpState(StrEnum):
    """waiting until it is due; due until somebody is done; then done, or cancelled by somebody before."""

    WAITING = "waiting"
    DUE = "due"
    DONE = "done"
    CANCELLED = "cancelled"


OPEN = (FollowUpState.WAITING, FollowUpState.DUE)


class Snooze(StrEnum):
    """The ways to be reminded again later."""

    HOUR = "1 hour"
    TOMORROW = "Tomorrow 9:00"
    NEXT_WEEK = "Next week"


@dataclass(frozen=True, slots=True)
class LocalTime:
    """When something is due: *at* in UTC, *wall* the same as clocks in *zone* show it (naive)."""

    at: datetime
    wall: datetime
    zone: ZoneInfo

    @classmethod
    def local(cls, wall: datetime, zone: ZoneInfo) -> "LocalTime":
        """The moment at which clocks in *zone* show *wall*."""
        return cls.of(instant_of(wall, zone), zone)

    @classmethod
    def of(cls, at: datetime, zone: ZoneInfo) -> "LocalTime":
        """The moment *at*, seen from *zone*, to the millisecond as it is kept."""
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        return cls(at, at.astimezone(zone).replace(tzinfo=None), zone)

    def near(self, now: datetime) -> str:
        """
        As somebody in *zone* would say it at *now*: "today 12:05", "tomorrow 9:00", "Fri 4 Dec 15:00".

        For what is read at once and in one zone; a message says it by `moment`, which is right for every reader.
        """
        wall, today = self.wall, now.astimezone(self.zone).date()
        days = {-1: "yesterday", 0: "today", 1: "tomorrow"}
        year = f" {wall.year}" if wall.year != today.year else ""
        day = days.get((wall.date() - today).days) or f"{wall:%a} {wall.day} {wall:%b}{year}"
        return f"{day} {wall.hour}:{wall:%M}"

    def exact(self, asked_at: datetime) -> str:
        """Day, time and zone, for whoever is to rely on it; with seconds where it is minutes after *asked_at*."""
        matter = self.wall.second and self.at - asked_at < _SECONDS_MATTER
        seconds = f"{self.wall:%H:%M:%S}" if matter else f"{self.wall:%H:%M}"
        return f"{self.wall:%A} {self.wall.day} {self.wall:%B %Y}, {seconds} ({self.zone.key})"

    def __str__(self) -> str:
        return self.exact(self.at - _SECONDS_MATTER)


@dataclass(frozen=True, slots=True)
class NewFollowUp:
    """
    A follow-up as somebody asks for it. *customer* is None where none was named; *owner* is who is reminded.

    *channel* and *thread_ts* are where, *private* whether only its members may know; *promise* whether the customer
    was told of it. *due* is the first time of a *series*, if it recurs.
    """

    text: str
    owner: str
    due: LocalTime
    channel: str
    customer: str | None = None
    thread_ts: str | None = None
    private: bool = False
    series: Series | None = None
    promise: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody is asked to take a follow-up over: whom, and by whom. Until they accept, its owner stays."""

    to: str
    by: str


@dataclass(frozen=True, slots=True)
class Hint:
    """A reason to ask whether it is done: *who* said *what* in its thread, "done" or "answered", at *at*."""

    what: str
    who: str
    at: datetime


class Gone(StrEnum):
    """Why whoever is responsible will not see to it."""

    LEFT = "left"
    NOT_HERE = "not here"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Seeking:
    """Somebody else is asked to take it, since its owner is *gone*, *until* then if that is known."""

    gone: Gone
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """
    A follow-up as it is kept. *occurrence* counts its reminders: a snoozed one is the next.

    Of one that recurs, *planned* is the local time, by its series, of the occurrence that is due; *next_at* when the
    next comes although this one is not done; *missed* how many before it nobody has done.
    """

    number: int
    wanted: NewFollowUp
    maker: str
    state: FollowUpState
    occurrence: int
    made_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None
    token: str = ""
    planned: datetime | None = None
    next_at: datetime | None = None
    missed: int = 0
    paused_at: datetime | None = None
    offer: Offer | None = None
    hint: Hint | None = None
    seeking: Seeking | None = None
    promised_for: datetime | None = None
    is_broken: bool = False

    @property
    def id(self) -> str:
        """What people call it, such as F12."""
        return f"F{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done."""
        return self.state in OPEN

    @property
    def series(self) -> Series | None:
        """The times at which it comes, if it recurs."""
        return self.wanted.series

    @property
    def key(self) -> str:
        """The name of its next message: the local date keeps an hour that comes twice from making two."""
        return f"{self.id}:{self.occurrence}:{self.wanted.due.wall:%Y-%m-%d}"

    def title(self) -> str:
        """Customer and text in one line."""
        return f"{self.wanted.customer}: {self.wanted.text}" if self.wanted.customer else self.wanted.text


class Known(TypedDict):
    """Where the words of a follow-up belong, and who knows them anyway: fields of a draft."""

    origin: str
    known_to: tuple[str, ...]


def known(one: FollowUp) -> Known:
    """Where the words of *one* belong, and that its owner, its maker and whom it is offered to know them."""
    offered = (one.offer.to,) if one.offer is not None else ()
    return {"origin": one.wanted.channel, "known_to": (one.wanted.owner, one.maker, *offered)}


def may_change(follow_up: FollowUp, by: str, *, is_admin: bool) -> bool:
    """Whether *by* may change or cancel it: its maker, its owner, and admins."""
    return is_admin or by in (follow_up.maker, follow_up.wanted.owner)


def snoozed(choice: Snooze, now: datetime, zone: ZoneInfo) -> LocalTime:
    """When *choice* is, for somebody in *zone*."""
    local = now.astimezone(zone).replace(tzinfo=None)
    if choice is Snooze.HOUR:
        return LocalTime.of((now + timedelta(hours=1)).replace(second=0, microsecond=0), zone)
    days = 1 if choice is Snooze.TOMORROW else 7 - local.weekday()
    return LocalTime.local(datetime.combine(local.date() + timedelta(days=days), time(9)), zone)


def check_in_time(now: datetime, zone: ZoneInfo) -> LocalTime:
    """Nine o'clock of the third working day from now, for somebody in *zone*: when a customer is asked how it goes."""
    day, left = now.astimezone(zone).date(), 3
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return LocalTime.local(datetime.combine(day, time(9)), zone)


def checked(wanted: NewFollowUp, now: datetime) -> NewFollowUp:
    """*wanted*, if it can be kept. Raises UserError with what to change."""
    if not wanted.text.strip():
        raise UserError(
            'What shall I remind you of? Write it after the date: "Acme tomorrow 3pm send the three options". '
            "Nothing was stored."
        )
    if len(wanted.text) > LONGEST_TEXT:
        raise UserError(
            f"That text has {len(wanted.text):,} characters; up to {LONGEST_TEXT:,} fit into a reminder. Nothing was "
            "stored. Please shorten it, or link to the rest."
        )
    if wanted.customer and len(wanted.customer) > LONGEST_CUSTOMER:
        raise UserError(f"A customer's name may have up to {LONGEST_CUSTOMER} characters. Nothing was stored.")
    if wanted.due.at <= now:
        past = wanted.due.near(now)
        raise UserError(f"{past[0].upper()}{past[1:]} is over already. When shall it be? Nothing was stored.")
    if wanted.due.at > now + timedelta(days=3653):
        raise UserError(f"{wanted.due.near(now)} is more than ten years ahead. Nothing was stored.")
    if wanted.series is not None and parts_of(wanted.series.rule).get("FREQ") not in FREQUENCIES:
        raise UserError(
            "The smallest recurrence is every day: I cannot repeat anything within a day. Nothing was stored."
        )
    return wanted
