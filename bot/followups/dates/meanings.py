"""What a phrase of a date means, as small values: they become a day or an instant where *now* is known."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from bot.followups.dates.recurrence import Bound as Bound
from bot.followups.dates.recurrence import Limit as Limit
from bot.followups.dates.recurrence import Repeats as Repeats

SATURDAY = 5
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time of day. A *bare* hour ("at 3") is afternoon from 1 to 6 and morning from 7 to 11."""

    hour: int
    minute: int = 0
    second: int = 0
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day and the hour that stands for it. *late*: bare hours beside it are after noon."""

    hour: int
    late: bool = False
    this: bool = False  # "this morning" is today's, even if that is over


@dataclass(frozen=True, slots=True)
class SameTime:
    """The time of day that it is now, as in "this time tomorrow"."""


@dataclass(frozen=True, slots=True)
class Elapsed:
    """So much time from now, as a stopwatch has it."""

    by: timedelta


@dataclass(frozen=True, slots=True)
class Ahead:
    """So many calendar days, weeks or months from today."""

    by: relativedelta


@dataclass(frozen=True, slots=True)
class Business:
    """So many working days from today, counted from the next one on."""

    days: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """
    A day of the week: the coming one, and *weeks* later; with *week* set, that of so many calendar weeks ahead.

    *ahead*: never today, even with a time that is still to come.
    """

    day: int
    weeks: int = 0
    week: int | None = None
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """The *day* of a month, this or the next, or *months* ahead; -1 is the last. *weekday*: what it must be."""

    day: int
    months: int | None = None
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """A calendar date, perhaps without its year; *day* -1 is the last of the month."""

    month: int
    day: int
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """A date such as 12/3, of which the reader's country decides what the month is."""

    first: int
    second: int
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """The beginning, middle or end of a week, month, quarter or year, *ahead* of this one."""

    unit: str
    ahead: int
    edge: str = "start"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Words that make a date unusable: *error* is "past", "too-often" or "ambiguous"."""

    error: str


Meaning = (
    TimeOfDay | Part | SameTime | Elapsed | Ahead | Business | Weekday | DayOfMonth | Dated | Numbers | Period | Repeats
    | Limit | Bound | Trouble | ZoneInfo
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrase:
    """
    What stands at ``text[start:end]``. A *weak* one counts only beside another, never alone.

    *foreign*: in another language than English.
    """

    start: int
    end: int
    meaning: Meaning
    weak: bool = False
    words: str = ""
    foreign: bool = False
