"""
The words that people use for dates: each phrase of a text that is one, with what it means.

`phrases_in` finds them from left to right, the longest first; `dates.py` puts those that stand together into one date.
What a phrase means is a small value here, and becomes a day or an instant only there, where *now* is known.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

SATURDAY = 5
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Clock:
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
    """The *day* of a month: of this or the next one, or of *months* ahead; -1 is the last. *weekday*: what it must be."""

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
class Rule:
    """A recurrence: the parts of an RRULE, but for what other phrases add to it."""

    freq: str
    interval: int = 1
    days: tuple[str, ...] = ()
    monthdays: tuple[int, ...] = ()
    hour: int | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a recurrence goes on: so many times, or for so many days."""

    count: int | None = None
    span: relativedelta | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """The next date is not when it is due, but when a recurrence begins or ends."""

    ends: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Words that make a date unusable: *error* is "past" or "ambiguous"."""

    error: str


Meaning = (
    Clock | Part | Elapsed | Ahead | Business | Weekday | DayOfMonth | Dated | Numbers | Period | Rule | Limit | Bound
    | Trouble | ZoneInfo
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrase:
    """What stands at ``text[start:end]``. A *weak* one counts only beside another, never alone."""

    start: int
    end: int
    meaning: Meaning
    weak: bool = False
    words: str = ""


WEEKDAY_NAMES: dict[str, int] = {}
for _index, _names in enumerate(
    (
        "monday mon munday",
        "tuesday tues tue teusday tuseday tusday",
        "wednesday weds wed wensday wendesday wednsday wedensday wednesay",
        "thursday thurs thur thu thr thurday thrusday thirsday thusday thursdy",
        "friday fri firday fryday frday",
        "saturday sat saterday satruday",
        "sunday sun sundy",
    )
):
    WEEKDAY_NAMES |= dict.fromkeys(_names.split(), _index)
MONTH_NAMES: dict[str, int] = {}
for _index, _names in enumerate(
    (
        "january jan",
        "february feb febuary feburary",
        "march mar",
        "april apr",
        "may",
        "june jun",
        "july jul",
        "august aug",
        "september sept sep",
        "october oct",
        "november nov",
        "december dec",
    ),
    1,
):
    MONTH_NAMES |= dict.fromkeys(_names.split(), _index)
_NUMBERS = dict(
    zip(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
        ],
        range(1, 16),
        strict=True,
    )
) | {"a": 1, "an": 1, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "sixty": 60, "ninety": 90}
_NUMBERS |= {"a couple of": 2, "a couple": 2, "couple of": 2, "couple": 2}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1, "final": -1}
_ZONES = {
    "utc": "UTC",
    "zulu": "UTC", "gmt": "UTC", "z": "UTC", "est": "America/New_York", "edt": "America/New_York",
    "et": "America/New_York", "eastern": "America/New_York", "cst": "America/Chicago", "cdt": "America/Chicago",
    "ct": "America/Chicago", "central": "America/Chicago", "mst": "America/Denver", "mdt": "America/Denver",
    "mt": "America/Denver", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles", "bst": "Europe/London", "uk time": "Europe/London",
    "london time": "Europe/London", "cet": "Europe/Berlin", "cest": "Europe/Berlin", "berlin time": "Europe/Berlin",
    "paris time": "Europe/Paris", "eet": "Europe/Helsinki", "eest": "Europe/Helsinki", "ist": "Asia/Kolkata",
    "jst": "Asia/Tokyo", "tokyo time": "Asia/Tokyo", "sgt": "Asia/Singapore", "hkt": "Asia/Hong_Kong",
    "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "sydney time": "Australia/Sydney",
    "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland", "ny time": "America/New_York",
    "new york time": "America/New_York", "eastern time": "America/New_York", "pacific time": "America/Los_Angeles",
    "central time": "America/Chicago", "mountain time": "America/Denver", "singapore time": "Asia/Singapore",
    "chicago time": "America/Chicago", "india time": "Asia/Kolkata",
}  # fmt: skip


def _any(names: Any) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_WD = rf"(?:{_any(WEEKDAY_NAMES)})\.?"
_WDS = rf"(?:{_any([f'{name}s' for name in WEEKDAY_NAMES if len(name) > 5])})"
_MONTH = rf"(?:{_any(MONTH_NAMES)})\.?"
_N = rf"(?:\d+(?:\.\d+)?½?|½|{_any(_NUMBERS)})"
_UNIT = (
    r"(?:seconds?|secs?|s|minutes?|mins?|minuets?|m|hours?|hrs?|hr|h|days?|d|weeks?|wks?|w|fortnights?|months?|mths?|"
    r"mos?|years?|yrs?)"
)
_ORD = r"(?:\d{1,2}(?:st|nd|rd|th))"
_NTH = rf"(?:{_any(_ORDINALS)}|{_ORD})"
_EACH = r"(?:every|each|ev\.?)"
_MERIDIEM = r"(?:a\.?m\.?|p\.?m\.?)(?![a-z])"
_HOUR = rf"(?:\d{{1,2}}|{_any([n for n, v in _NUMBERS.items() if v <= 12 and len(n) > 2 and ' ' not in n and n != 'couple'])})"
_BUSINESS = r"(?:business|working|work|biz|bus\.?)[ -]?days?"
_TOMORROW = r"(?:tomorrow|tomorow|tommorow|tommorrow|tomorro|tomorrw|tmrw|tmrow|tomoz|tomz|tmoz|2moz|tmoro|tmrrw|tomoro|tomorrows|tmr|tmw|tom|2moro|2morrow|2mrw|morrow)"
# borders of a phrase: not inside a word, number, price, address, version or name with a hyphen
_LEFT, _RIGHT = r"(?<![\w$€£#&/.'-])(?<!\w[@:])", r"(?![\w$€£/%]|-\w|\.\w|'s\b|'\w|,\d{3}(?!\d)|:\d)"

Make = Callable[[re.Match[str]], Meaning | None]
_KINDS: list[tuple[re.Pattern[str], Make, bool]] = []


def _phrase(pattern: str, *, weak: bool = False) -> Callable[[Make], Make]:
    """Register what a pattern means; with None it means nothing after all."""

    def register(make: Make) -> Make:
        _KINDS.append((re.compile(f"{_LEFT}(?:{pattern}){_RIGHT}"), make, weak))
        return make

    return register


def number(text: str) -> float:
    """A number in digits or in words."""
    text, half = text.strip().removesuffix("½"), 0.5 * text.strip().endswith("½")
    if not text:
        return half
    return half + (float(text) if text[0].isdigit() else float(_NUMBERS[text]))


def _nth(text: str) -> int:
    return _ORDINALS[text] if text in _ORDINALS else int(re.sub(r"\D", "", text))


def _weekday(text: str) -> int:
    name = text.strip(" .")
    return WEEKDAY_NAMES[name] if name in WEEKDAY_NAMES else WEEKDAY_NAMES[name.removesuffix("s")]


def _span(amount: float, unit: str) -> timedelta | relativedelta | None:
    """Elapsed time for what a stopwatch counts, calendar time for the rest; None for half a month."""
    unit = unit.rstrip(".")
    if unit[0] == "s":
        return timedelta(seconds=amount)
    if unit == "m" or unit.startswith(("min", "minu")):
        return timedelta(minutes=amount)
    if unit[0] == "h":
        return timedelta(hours=amount)
    if unit[0] in "wf" and amount * 7 == int(amount * 7):
        return relativedelta(days=int(amount * 7 * (2 if unit[0] == "f" else 1)))
    if amount != int(amount):
        return None
    whole = int(amount)
    if unit[0] == "d":
        return relativedelta(days=whole)
    return relativedelta(months=whole) if unit[0] == "m" else relativedelta(years=whole)


def _ahead(span: timedelta | relativedelta | None) -> Meaning:
    if span is None:
        return Trouble("ambiguous")
    return Elapsed(span) if isinstance(span, timedelta) else Ahead(span)


# spans of time

_AFTER = r"(?:from (?:now|today)|hence|from right now)"


@_phrase(rf"(?:in|within|after)(?: about| around)? (?P<n>{_N}) ?(?P<u>{_UNIT})(?: and|,)? (?P<n2>{_N}) ?(?P<u2>{_UNIT})(?: {_AFTER})?"
         rf"|(?P<a>{_N}) ?(?P<b>{_UNIT})(?: and|,)? (?P<c>{_N}) ?(?P<d>{_UNIT}) {_AFTER}")  # fmt: skip
def _two_spans(found: re.Match[str]) -> Meaning | None:
    first = _span(number(found["n"] or found["a"]), found["u"] or found["b"])
    second = _span(number(found["n2"] or found["c"]), found["u2"] or found["d"])
    if isinstance(first, timedelta) and isinstance(second, timedelta):
        return Elapsed(first + second)
    if isinstance(first, relativedelta) and isinstance(second, relativedelta):
        return Ahead(first + second)
    return Trouble("ambiguous")


@_phrase(rf"(?:in|within) (?P<h>\d+) ?h(?:rs?|ours?)? ?(?P<m>\d+)(?: ?m(?:ins?|inutes?)?)?|(?P<h2>\d+)h(?P<m2>\d+)m?(?: {_AFTER})")  # fmt: skip
def _hours_and_minutes(found: re.Match[str]) -> Meaning:
    return Elapsed(timedelta(hours=int(found["h"] or found["h2"]), minutes=int(found["m"] or found["m2"])))


@_phrase(rf"(?:in|within)(?: about| around| the next)? (?P<n>{_N}) ?(?:more )?(?P<u>{_UNIT})(?:'?s'?)?(?: time)?(?: {_AFTER})?"
         rf"|(?P<a>{_N}) ?(?P<b>{_UNIT}) {_AFTER}")  # fmt: skip
def _one_span(found: re.Match[str]) -> Meaning:
    return _ahead(_span(number(found["n"] or found["a"]), found["u"] or found["b"]))


@_phrase(rf"(?:in )?(?P<n>{_N}) and (?:a|one) half (?P<u>hours?|hrs?|days?|weeks?)(?: {_AFTER})?"
         rf"|in (?P<a>{_N}) (?P<b>hours?|hrs?|days?|weeks?) and a half|(?P<c>{_N}) (?P<d>hours?|hrs?) and a half {_AFTER}")  # fmt: skip
def _and_a_half(found: re.Match[str]) -> Meaning | None:
    amount, unit = found["n"] or found["a"] or found["c"], found["u"] or found["b"] or found["d"]
    if not found.group().startswith("in ") and "from" not in found.group() and "hence" not in found.group():
        return None
    return _ahead(_span(number(amount) + 0.5, unit))


@_phrase(rf"in (?:a )?half an? hour|in (?:a )?half hour|half an hour {_AFTER}|(?:in )?(?:a )?half hour {_AFTER}")
def _half_an_hour(found: re.Match[str]) -> Meaning:
    return Elapsed(timedelta(minutes=30))


@_phrase(r"in (?:(?:a )?quarter(?: of)? an hour|(?P<three>three[ -]quarters of an hour))")
def _quarter_hour(found: re.Match[str]) -> Meaning:
    return Elapsed(timedelta(minutes=45 if found["three"] else 15))


@_phrase(rf"(?P<n>{_N}) (?P<u>days?|weeks?|wks?|fortnights?|months?) (?:from|after) (?P<what>{_TOMORROW}|{_WD})")
def _from_a_day(found: re.Match[str]) -> Meaning | None:
    span, what = _span(number(found["n"]), found["u"]), found["what"]
    if not isinstance(span, relativedelta) or span.months:
        return Trouble("ambiguous")
    if re.fullmatch(_TOMORROW, what):
        return Ahead(span + relativedelta(days=1))
    return Weekday(_weekday(what), weeks=span.days // 7) if span.days % 7 == 0 else Trouble("ambiguous")


@_phrase(
    rf"(?:in|within|after) (?P<n>{_N}) {_BUSINESS}|(?P<a>{_N}) {_BUSINESS} {_AFTER}|(?:the )?(?P<next>next) {_BUSINESS}"
)
def _business(found: re.Match[str]) -> Meaning:
    return Business(1 if found["next"] else int(number(found["n"] or found["a"])))


@_phrase(
    r"(?P<n>[1-6](?:\.5)?(?=h)|\d+(?=[a-gi-z]))(?P<u>h|hrs?|m|mins?|d|w)|(?P<n2>\d+) ?(?P<u2>mins?|hrs?)", weak=True
)
def _bare_span(found: re.Match[str]) -> Meaning:
    return _ahead(_span(float(found["n"] or found["n2"]), found["u"] or found["u2"]))


# days


@_phrase(rf"(?:the )?day after (?:{_TOMORROW})|overmorrow|day after tmrw")
def _day_after(found: re.Match[str]) -> Meaning:
    return Ahead(relativedelta(days=2))


@_phrase(_TOMORROW)
def _tomorrow(found: re.Match[str]) -> Meaning | None:
    return Ahead(relativedelta(days=1))


@_phrase(rf"(?P<n>{_N}) (?P<u>weeks?|wks?|fortnights?) (?P<t>today|{_TOMORROW})")
def _weeks_today(found: re.Match[str]) -> Meaning:
    span = _span(number(found["n"]), found["u"])
    if not isinstance(span, relativedelta):
        return Trouble("ambiguous")
    return Ahead(span + relativedelta(days=0 if found["t"] == "today" else 1))


@_phrase(rf"(?:{_TOMORROW}|today) week")
def _tomorrow_week(found: re.Match[str]) -> Meaning:
    return Ahead(relativedelta(days=7 if found.group().startswith("today") else 8))


@_phrase("today|2day|later today|todya")
def _today(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous") if found.group().startswith("later") else Ahead(relativedelta())


@_phrase(rf"(?P<wd>{_WD})")
def _bare_weekday(found: re.Match[str]) -> Meaning:
    return Weekday(_weekday(found["wd"]))


@_phrase(rf"(?:this|this coming|the coming|coming|come|upcoming|the following|following) (?P<wd>{_WD})")
def _this_weekday(found: re.Match[str]) -> Meaning:
    return Weekday(_weekday(found["wd"]))


@_phrase(
    rf"(?:next|nxt) (?P<wd>{_WD})(?: coming)?|(?P<a>{_WD}),? (?:of )?next (?:week|wk)|next (?:week|wk)(?:'s)?,?(?: on)? (?P<b>{_WD})"
)
def _next_weekday(found: re.Match[str]) -> Meaning:
    return Weekday(_weekday(found["wd"] or found["a"] or found["b"]), week=1)


@_phrase(rf"(?P<a>{_WD}),? (?:of )?this (?:week|wk)|this (?:week|wk),?(?: on)? (?P<b>{_WD})")
def _weekday_this_week(found: re.Match[str]) -> Meaning:
    return Weekday(_weekday(found["a"] or found["b"]), week=0)


@_phrase(rf"(?:the )?week after next,?(?: on)? (?P<a>{_WD})|(?:on )?(?P<b>{_WD}) (?:of )?the week after next|(?:the )?(?P<c>{_WD}) (?:of )?the following week")  # fmt: skip
def _weekday_after_next(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous") if found["c"] else Weekday(_weekday(found["a"] or found["b"]), week=2)


@_phrase(rf"(?:the )?(?P<wd>{_WD}) after next")
def _the_one_after_next(found: re.Match[str]) -> Meaning:
    return Weekday(_weekday(found["wd"]), week=2)


@_phrase(
    rf"(?P<a>{_WD})[ -](?:week|wk)|(?:a |one )?week (?:on|from|this) (?:this |next )?(?P<b>{_WD})|(?:a |one )week (?P<c>{_WD})"
)
def _weekday_week(found: re.Match[str]) -> Meaning:
    if "next" in found.group():
        return Trouble("ambiguous")
    return Weekday(_weekday(found["a"] or found["b"] or found["c"]), weeks=1)


@_phrase(rf"(?P<a>{_WD}) (?:fortnight|in a fortnight|in two weeks|in 2 weeks)|(?:two|2) weeks (?:on |this |from )?(?P<b>{_WD})|(?:a )?fortnight (?:on|from) (?P<c>{_WD})")  # fmt: skip
def _weekday_fortnight(found: re.Match[str]) -> Meaning:
    if " in " in found.group():
        return Trouble("ambiguous")
    return Weekday(_weekday(found["a"] or found["b"] or found["c"]), weeks=2)


# periods


@_phrase(r"(?:the )?(?:next|nxt|following|coming) (?P<u>week|wk|month|quarter|qtr|year)")
def _next_period(found: re.Match[str]) -> Meaning:
    return (
        Trouble("ambiguous")
        if "coming" in found.group() or "following" in found.group()
        else Period(_unit(found["u"]), 1)
    )


@_phrase(r"(?:the )?(?P<u>week|month|quarter) after next")
def _after_next(found: re.Match[str]) -> Meaning:
    return Period(_unit(found["u"]), 2)


@_phrase(r"(?P<e>(?:the )?(?:back end|tail end|end|close|start|beginning|begining|top|mid|middle|early|late|mid-))(?: of)?[ -]?(?P<w>the|this|next|the next)? ?(?P<u>week|wk|month|quarter|qtr|year)(?: after (?P<x>next))?")  # fmt: skip
def _edge_of_period(found: re.Match[str]) -> Meaning | None:
    edge, which = found["e"].removeprefix("the ").strip("-"), found["w"] or ""
    if edge in ("early", "late"):
        return Trouble("ambiguous")
    ahead = 2 if found["x"] else int("next" in which)
    named = {
        "end": "end",
        "back end": "end",
        "tail end": "end",
        "close": "end",
        "mid": "middle",
        "middle": "middle",
    }.get(edge, "start")
    if named == "start" and not ahead:
        return Trouble("ambiguous")  # the start of this week is over
    return Period(_unit(found["u"]), ahead, named)


@_phrase(r"(?P<which>next |this )?(?P<e>eow|eom|eoq|eoy)(?P<after> next (?:week|month|quarter))?")
def _short_end(found: re.Match[str]) -> Meaning:
    unit = {"w": "week", "m": "month", "q": "quarter", "y": "year"}[found["e"][2]]
    return Period(unit, int(bool(found["after"]) or (found["which"] or "").startswith("next")), "end")


@_phrase(r"(?:at |on |over )?(?:this|the|next) weekend|by the weekend")
def _weekend(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous") if "next" in found.group() else Weekday(SATURDAY)


@_phrase(rf"{_EACH} month[ -]end|(?:at )?(?:the )?end of (?:every|each) month")
def _each_month_end(found: re.Match[str]) -> Meaning:
    return Rule("MONTHLY", 1, monthdays=(-1,), hour=17)


@_phrase(r"(?P<u>week|month|quarter|year) end|(?P<v>month|year|quarter|week)-end")
def _period_end(found: re.Match[str]) -> Meaning:
    return Period(found["u"] or found["v"], 0, "end")


def _unit(text: str) -> str:
    return {"wk": "week", "qtr": "quarter"}.get(text, text)


# dates

_YEAR = r"(?:(?:,? |,)(?P<y>(?:19|20|99)\d\d|'\d\d))?"


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return 2000 + int(text[1:]) if text.startswith("'") else int(text)


@_phrase(rf"(?P<m>{_MONTH}) ?(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?{_YEAR}")
def _month_day(found: re.Match[str]) -> Meaning:
    return Dated(MONTH_NAMES[found["m"].rstrip(".")], int(found["d"]), _year(found["y"]))


@_phrase(
    rf"(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\.?[ -]?(?:of )?(?P<m>{_MONTH}){_YEAR.replace('(?:,? |,)', '[, -]*')}"
)
def _day_month(found: re.Match[str]) -> Meaning:
    return Dated(MONTH_NAMES[found["m"].rstrip(".")], int(found["d"]), _year(found["y"]))


@_phrase(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})")
def _iso(found: re.Match[str]) -> Meaning:
    return Dated(int(found["m"]), int(found["d"]), int(found["y"]))


@_phrase(r"(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<y>\d{4}|\d\d))?|(?P<c>\d{1,2})[.-](?P<d>\d{1,2})[.-](?P<z>\d{4})|(?P<e>\d{1,2})\.(?P<f>\d{1,2})\.(?P<x>\d\d)?")  # fmt: skip
def _numeric(found: re.Match[str]) -> Meaning | None:
    if found["e"]:
        year = int(found["x"]) + 2000 if found["x"] else None
        return Dated(int(found["f"]), int(found["e"]), year)
    first, second = int(found["a"] or found["c"]), int(found["b"] or found["d"])
    year = int(found["y"] or found["z"]) if found["y"] or found["z"] else None
    if year is not None and year < 100:
        year += 2000
    return None if (first, second) == (24, 7) and year is None else Numbers(first, second, year)


@_phrase(rf"(?:the )?(?P<n>{_ORD}|first|last day)(?: day)? of (?:the )?(?P<w>next|this|following) month|next month,?(?: on)? the (?P<a>{_ORD})")  # fmt: skip
def _day_of_a_month(found: re.Match[str]) -> Meaning:
    day = found["n"] or found["a"]
    return DayOfMonth(-1 if day == "last day" else _nth(day), 0 if found["w"] == "this" else 1)


@_phrase(rf"(?:on |by )?the (?P<n>{_ORD})")
def _the_nth(found: re.Match[str]) -> Meaning:
    return DayOfMonth(_nth(found["n"]))


@_phrase(r"(?:the )?last day of the month")
def _last_day(found: re.Match[str]) -> Meaning:
    return Period("month", 0, "end")


@_phrase(rf"(?P<wd>{_WD}),?(?: the)? (?P<n>{_ORD})")
def _weekday_the_nth(found: re.Match[str]) -> Meaning:
    return DayOfMonth(_nth(found["n"]), weekday=_weekday(found["wd"]))


# recurrences

_PAIR = rf"(?:{_WDS}|{_WD})"
_LIST = rf"{_PAIR}(?:(?: ?, ?| ?/ ?| ?& ?| ?\+ ?| and | ?, and ){_PAIR})*"
_RANGE = rf"{_WD} ?(?:-|to|thru|through|until|till) ?{_WD}"


def _listed(text: str) -> tuple[str, ...]:
    found = [_weekday(one) for one in re.findall(_PAIR, text)]
    if re.fullmatch(_RANGE, text) and len(found) == 2:
        first, last = found
        found = [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return tuple(DAYS[day] for day in sorted(set(found)))


@_phrase(rf"{_EACH} (?P<k>other|second|2nd|alternate)? ?(?:week on )?(?P<d>{_RANGE}|{_LIST})|alternate (?P<e>{_PAIR})")
def _every_weekday(found: re.Match[str]) -> Meaning:
    if found["k"] in ("second", "2nd") and not found["e"]:
        return Trouble("ambiguous")  # the second of each month, or each second one?
    return Rule("WEEKLY", 2 if found["k"] or found["e"] else 1, _listed(found["d"] or found["e"]))


@_phrase(
    rf"(?P<d>{_WDS}(?:(?: ?, ?| ?/ ?| ?& ?| and | ?, and ){_PAIR})*|{_WD}(?: ?& ?| and | ?/ ?){_WDS})|(?P<r>{_WD} ?(?:-|thru|through) ?{_WD})(?= at| @| \d)"
)
def _weekdays(found: re.Match[str]) -> Meaning:
    return Rule("WEEKLY", 1, _listed(found["d"] or found["r"]))


@_phrase(rf"(?:{_EACH}|once (?:a|per)) (?P<k>other|second|alternate|(?P<n>{_N}))? ?(?P<u>days?|weekdays?|business days?|working days?|work ?days?|weeks?|fortnights?|months?|quarters?|years?|mornings?|afternoons?|evenings?|nights?|lunchtimes?)")  # fmt: skip
def _every_unit(found: re.Match[str]) -> Meaning:
    unit = found["u"].removesuffix("s").replace(" ", "")
    interval = (int(number(found["n"])) if found["n"] else 2) if found["k"] else 1
    if unit in ("weekday", "businessday", "workingday", "workday"):
        return Rule("WEEKLY", 1, DAYS[:5]) if interval == 1 else Trouble("ambiguous")
    hours = {"morning": 9, "lunchtime": 12, "afternoon": 14, "evening": 18}
    if unit == "night":
        return Rule("DAILY", interval, hour=18)
    if unit in hours:
        return Rule("DAILY", interval, hour=hours[unit])
    named = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
    if unit in named:
        return Rule(named[unit], interval)
    return Rule("WEEKLY", 2 * interval) if unit == "fortnight" else Rule("MONTHLY", 3 * interval)


@_phrase(rf"{_EACH} (?:hour|minute|\d+ (?:hours?|minutes?|mins?|hrs?)|half hour|few \w+|so often|time|now and then)|hourly|twice (?:a|per) \w+|(?:two|three|\d+) times (?:a|per) \w+|semi-?monthly|bi-?monthly|{_EACH} {_NTH} {_WD}")  # fmt: skip
def _not_by_days(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous")


@_phrase(
    r"(?P<k>bi-?|every other )?(?P<w>daily|weekly|fortnightly|monthly|quarterly|yearly|annually)|biweekly|bi-weekly"
)
def _adverb(found: re.Match[str]) -> Meaning:
    word = found["w"] or "weekly"
    freq, interval = {
        "daily": ("DAILY", 1),
        "weekly": ("WEEKLY", 1),
        "fortnightly": ("WEEKLY", 2),
        "monthly": ("MONTHLY", 1),
        "quarterly": ("MONTHLY", 3),
        "yearly": ("YEARLY", 1),
        "annually": ("YEARLY", 1),
    }[word]
    return Rule(freq, interval * (2 if found["k"] or not found["w"] else 1))


@_phrase(r"(?:on )?weekdays|on (?:workdays|work days|business days|working days)")
def _on_weekdays(found: re.Match[str]) -> Meaning:
    return Rule("WEEKLY", 1, DAYS[:5])


_OF_MONTH = r"(?: day)? of (?:every|each|the|ev)(?P<other> other| second)? (?P<unit>month|quarter)"


@_phrase(rf"(?P<ev>{_EACH} )?(?:the )?(?P<n>{_NTH})(?: and(?: the)? (?P<n2>{_NTH}))? (?P<wd>{_WD}|weekday|business day|working day) (?:of|in) (?P<each>every|each|ev|the) (?:month)|(?:monthly|{_EACH} month),?(?: on)? the (?P<a>{_NTH}) (?P<b>{_WD}|weekday|business day|working day)")  # fmt: skip
def _nth_weekday_of_each_month(found: re.Match[str]) -> Meaning:
    if found["each"] == "the" and not found["ev"]:
        return Trouble("ambiguous")
    what = found["wd"] or found["b"]
    places = [_nth(one) for one in (found["n"] or found["a"], found["n2"]) if one]
    if not re.fullmatch(_WD, what):
        return Rule("MONTHLY", 1, tuple(f"{'+' if p > 0 else ''}{p}work" for p in places))
    return Rule("MONTHLY", 1, tuple(f"{place}{DAYS[_weekday(what)]}" for place in places))


@_phrase(rf"(?:on )?(?:the )?(?P<n>{_NTH})(?: (?:and|&)(?: the)? (?P<n2>{_NTH}))?{_OF_MONTH}|(?:on )?(?:the )?last day of (?:every|each) month|(?:monthly|{_EACH} month),?(?: on)?(?: the)? (?P<a>{_ORD}|last day|last|first)(?: (?:and|&)(?: the)? (?P<b>{_ORD}))?(?: day)?|{_EACH} (?P<c>{_ORD})(?: (?:and|&)(?: the)? (?P<e>{_ORD}))?(?: of the month)?")  # fmt: skip
def _nth_of_each_month(found: re.Match[str]) -> Meaning:
    first, second = found["n"] or found["a"] or found["c"], found["n2"] or found["b"] or found["e"]
    if found["unit"] and (found["unit"] == "quarter" or " of the month" in found.group()):
        # "the 5th of the month" is the next one, and not each
        single = not second and found["unit"] == "month" and first not in ("last",)
        return DayOfMonth(_nth(first)) if single else Trouble("ambiguous")
    if not first or first == "last day":
        return Rule("MONTHLY", 1, monthdays=(-1,))
    days = tuple(_nth(one) for one in (first, second) if one)
    return Rule("MONTHLY", 2 if found["other"] else 1, monthdays=days)


@_phrase(
    rf"(?:every|each) year on|(?:yearly|annually),?(?: on)|{_EACH} (?=(?:{_MONTH} \d|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}))"
)
def _each_year(found: re.Match[str]) -> Meaning:
    return Rule("YEARLY")


@_phrase(rf"(?:for(?: the next)? )(?P<n>{_N}) (?P<u>days?|weeks?|wks?|months?)|(?P<t>\d+|three|four|five|six|ten) times|x ?(?P<x>\d+)", weak=True)  # fmt: skip
def _for_so_long(found: re.Match[str]) -> Meaning | None:
    if found["n"]:
        span = _span(number(found["n"]), found["u"])
        return Limit(span=span) if isinstance(span, relativedelta) else None
    return Limit(count=int(number(found["t"] or found["x"])))


@_phrase(r"(?P<u>until|till|til|through)|starting(?: from| on)?|beginning(?: on)?|from|commencing|as of", weak=True)
def _bound(found: re.Match[str]) -> Meaning:
    return Bound(ends=bool(found["u"]))


# times of day


def _clock(hour: int, minute: int, second: int, meridiem: str | None) -> Meaning:
    if meridiem:
        if not 1 <= hour <= 12:
            return Trouble("ambiguous")
        hour = hour % 12 + (12 if meridiem.startswith("p") else 0)
    if hour > 23 or minute > 59 or second > 59:
        return Trouble("ambiguous")
    return Clock(hour, minute, second, bare=not meridiem and 1 <= hour <= 12)


@_phrase(rf"(?:at |@ ?|by |'?round |around |about |~)?(?P<h>\d{{1,2}})[:.h](?P<m>\d\d)(?::(?P<s>\d\d))? ?(?P<a>{_MERIDIEM})|(?:at |@ ?|by |'?round |around |about |~)?(?P<h2>\d{{1,2}}):(?P<m2>\d\d)(?::(?P<s2>\d\d))?(?: ?(?:h|hrs|hours|uhr))?|(?:at |@ ?|by )?(?P<h3>\d{{1,2}})h(?P<m3>\d\d)|(?:at |@ ?|by )(?P<h4>\d{{1,2}})\.(?P<m4>\d\d)")  # fmt: skip
def _hour_and_minute(found: re.Match[str]) -> Meaning | None:
    hour = int(found["h"] or found["h2"] or found["h3"] or found["h4"])
    minute = int(found["m"] or found["m2"] or found["m3"] or found["m4"])
    if found["h4"] and (hour > 23 or minute > 59):
        return None  # "at 9.90" is a price
    clock = _clock(hour, minute, int(found["s"] or found["s2"] or 0), found["a"])
    written_out = len(found["h"] or found["h2"] or found["h3"] or found["h4"]) == 2 or not isinstance(clock, Clock)
    if isinstance(clock, Clock) and (clock.hour >= 13 or clock.hour == 0 or (written_out and clock.hour < 10)):
        return Clock(clock.hour, clock.minute, clock.second)
    return clock


@_phrase(
    rf"(?:at |@ ?|by |'?round |around |about |~)?(?P<h>\d{{1,2}})(?:-?ish)? ?(?P<a>{_MERIDIEM})(?:-?ish)?|(?:at |@ ?)?(?P<w>{_HOUR}) (?P<b>{_MERIDIEM})"
)
def _hour_am_pm(found: re.Match[str]) -> Meaning:
    return _clock(int(found["h"]) if found["h"] else int(number(found["w"])), 0, 0, found["a"] or found["b"])


@_phrase(
    rf"(?:at|@|'?round|around|about|by|before) ?(?P<h>{_HOUR})(?:-?ish)?(?: ?o'?clock)?(?! ?(?:of |{_MONTH}\b))|(?P<o>{_HOUR}) ?o'?clock"
)
def _bare_hour(found: re.Match[str]) -> Meaning | None:
    text = found["h"] or found["o"]
    if found.group().startswith("before"):
        return Trouble("ambiguous")
    return _clock(int(number(text)), 0, 0, None)


@_phrase(r"(?P<at>at |@ ?|by )(?P<h>\d{1,2}) ?h")
def _hour_h(found: re.Match[str]) -> Meaning:
    return _clock(int(found["h"]), 0, 0, None)


@_phrase(r"(?:um |at |@ ?)?(?P<h>\d{1,2}) ?uhr")
def _uhr(found: re.Match[str]) -> Meaning:
    clock = _clock(int(found["h"]), 0, 0, None)
    return Clock(clock.hour) if isinstance(clock, Clock) else clock


@_phrase(r"(?P<h>[789]|1\d|2[0-3])h", weak=True)
def _bare_hour_h(found: re.Match[str]) -> Meaning:
    return _clock(int(found["h"]), 0, 0, None)


@_phrase(
    rf"(?:at |@ ?)?(?P<h>{_HOUR})(?::(?P<m>\d\d))?(?: ?o'?clock)? (?:in the (?P<p>morning|afternoon|evening)|(?P<n>at night))"
)
def _hour_in_the_part(found: re.Match[str]) -> Meaning:
    meridiem = "am" if found["p"] == "morning" else "pm"
    return _clock(int(number(found["h"])), int(found["m"] or 0), 0, meridiem)


@_phrase(r"(?:at |@ ?)?(?P<h>\d{1,2})(?::(?P<m>\d\d))?(?P<a>[ap])", weak=True)
def _hour_a_p(found: re.Match[str]) -> Meaning:
    return _clock(int(found["h"]), int(found["m"] or 0), 0, f"{found['a']}m")


@_phrase(
    rf"(?:at |@ ?|by |around )(?P<h>{_HOUR})[ -](?P<m>thirty|fifteen|forty-five|forty five)(?: ?(?P<a>{_MERIDIEM}))?"
)
def _hour_thirty(found: re.Match[str]) -> Meaning:
    minutes = {"thirty": 30, "fifteen": 15}.get(found["m"], 45)
    return _clock(int(number(found["h"])), minutes, 0, found["a"])


@_phrase(r"(?P<h>\d{1,2})-?ish", weak=True)
def _ish(found: re.Match[str]) -> Meaning:
    return _clock(int(found["h"]), 0, 0, None)


@_phrase(r"(?:at |@ ?|by )(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?: ?(?:h|hrs|hours))?|(?P<h2>[01]\d|2[0-3])(?P<m2>[0-5]\d) ?(?:h|hrs|hours)")  # fmt: skip
def _four_digits(found: re.Match[str]) -> Meaning:
    return Clock(int(found["h"] or found["h2"]), int(found["m"] or found["m2"]))


@_phrase(r"(?P<h>0\d)(?P<m>[0-5]\d)", weak=True)
def _four_digits_alone(found: re.Match[str]) -> Meaning:
    return Clock(int(found["h"]), int(found["m"]))


@_phrase(rf"(?:at |by )?(?P<w>half|quarter|(?P<n>\d{{1,2}}|five|ten|twenty|twenty-five)(?: mins?| minutes?)?)(?P<d>[ -]past[ -]| past | after | to | till | of | before )(?P<h>{_HOUR}) ?(?P<a>{_MERIDIEM})?|(?:at )?half (?P<british>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{{1,2}})(?! (?:days?|weeks?|hours?|price))")  # fmt: skip
def _spoken(found: re.Match[str]) -> Meaning | None:
    if found["british"]:
        return _clock(int(number(found["british"])), 30, 0, None)
    minutes = {"half": 30, "quarter": 15}.get(found["w"]) or int(number(found["n"].replace("twenty-five", "25")))
    if minutes > 30 or (found["w"] == "half" and found["d"].strip("- ") != "past"):
        return None
    hour = int(number(found["h"]))
    if found["d"].strip("- ") in ("to", "till", "of", "before"):
        if not found["a"] and found["n"] and found["d"].strip() == "to" and found["n"].isdigit() and minutes % 5:
            return None  # "3 to 4 seats"
        # the bare hour is judged before the minutes are taken off: "quarter to 7" is in the morning as 7 is
        hour, minutes = (hour - 1) or 12, 60 - minutes
        if not found["a"]:
            named = int(number(found["h"]))
            late = 1 <= named <= 6 or (named == 12 and False)
            return Clock(hour + 12 if late and hour != 12 else (12 if named == 1 else hour), minutes)
        if found["a"].startswith("p") and number(found["h"]) == 12:
            return Clock(11, minutes)
    return _clock(hour, minutes, 0, found["a"])


@_phrase(r"(?:at |by |around |@ ?)?(?P<w>noon|midday|mid-day|midnight)(?:-?ish)?")
def _noon(found: re.Match[str]) -> Meaning:
    return Clock(0) if found["w"] == "midnight" else Clock(12)


_PARTS = {
    "morning": Part(9),
    "a.m.": Part(9),
    "p.m.": Part(14, late=True),
    "a.m": Part(9),
    "p.m": Part(14, late=True), "mornin": Part(9), "am": Part(9), "morn": Part(9), "afternoon": Part(14, late=True),
    "arvo": Part(14, late=True), "aft": Part(14, late=True), "pm": Part(14, late=True), "evening": Part(18, late=True),
    "eve": Part(18, late=True), "night": Part(18, late=True), "nite": Part(18, late=True), "lunch": Part(12, late=True),
    "lunchtime": Part(12, late=True), "lunch time": Part(12), "first thing": Part(9), "1st thing": Part(9), "bright and early": Part(9),
}  # fmt: skip


@_phrase(rf"(?:in the |in |at |by |during the )?(?P<p>{_any(_PARTS)})(?: in the morning)?", weak=True)
def _part(found: re.Match[str]) -> Meaning:
    return _PARTS[found["p"]]


@_phrase(
    r"(?:in the|by|at|first thing in the) (?P<p>morning|afternoon|evening|lunchtime|lunch)|first thing(?: in the morning)?|over lunch"
)
def _part_alone(found: re.Match[str]) -> Meaning:
    return _PARTS[found["p"] or ("lunch" if "lunch" in found.group() else "morning")]


@_phrase(r"this (?P<p>morning|afternoon|arvo|evening|eve)|(?P<t>tonight|tonite|2nite|2night)")
def _this_part(found: re.Match[str]) -> Meaning:
    part = _PARTS["evening" if found["t"] else found["p"]]
    return Part(part.hour, part.late, this=True)


@_phrase(r"(?:by |at |before )?(?:the )?(?:eod|cob|eob|cop|end of (?:the )?(?:business|work(?:ing)?)(?: day)?|end of (?:the )?day|end-of-day|(?:close|end) of (?:business|biz|play)|close of the day|day's end)(?P<t> today| tonight)?")  # fmt: skip
def _end_of_day(found: re.Match[str]) -> Meaning:
    return Part(17, late=True, this=bool(found["t"]))


@_phrase(rf"(?P<z>{_any(_ZONES)})", weak=True)
def _zone(found: re.Match[str]) -> Meaning:
    return ZoneInfo(_ZONES[found["z"]])


@_phrase(r"(?:utc|gmt) ?(?P<sign>[+-]) ?(?P<h>\d{1,2})(?::?00)?(?![:\d])", weak=True)
def _offset(found: re.Match[str]) -> Meaning:
    hours = int(found["h"])
    if not hours:
        return ZoneInfo("UTC")
    if hours > 12:
        return Trouble("ambiguous")
    return ZoneInfo(f"Etc/GMT{'-' if found['sign'] == '+' else '+'}{hours}")  # their sign is the other way round


@_phrase(
    r"(?:black|good) friday|(?:cyber|easter|whit) monday|(?:shrove|giving) tuesday|ash wednesday|(?:palm|easter) sunday"
)
def _feast(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous")


@_phrase(
    r"(?:christmas|xmas|easter|thanksgiving|diwali|eid|ramadan|passover|hanukkah|halloween|lent|nye|"
    r"new year'?s?(?: eve| day)?|boxing day|bank holiday|mother'?s day|valentine'?s(?: day)?|labou?r day|memorial day|"
    r"independence day)(?: eve| day| weekend| week| break)?",
    weak=True,
)
def _holiday(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous")


# what makes a date unusable


@_phrase(rf"(?P<n>{_N}|few|some) (?P<u>{_UNIT}) ago|yesterday|yday|last (?:{_WD}|week|month|quarter|year|night|{_MONTH})(?! of)|the other day|earlier today|ago|(?:{_WD}) just gone|in the past")  # fmt: skip
def _past(found: re.Match[str]) -> Meaning:
    return Trouble("past")


@_phrase(r"soon|sometime(?: \w+ (?:week|month))?|some time(?: next| this)?(?: week| month)?|someday|some day|shortly|at some point|in a (?:bit|while|moment|jiffy|few|sec|second|minute|mo)|in a few (?:\w+)|in (?:some|several) (?:days|weeks|hours)|a few (?:days|weeks|hours|minutes) from now|later(?: on)?(?: this (?:week|month|year))?|asap|a\.s\.a\.p\.|eventually|whenever|one of these days|in due course|(?:early|late|later|mid|middle)[ -](?:next|this) (?:week|month|year|quarter)|(?:early|late) (?:next|in the) \w+|before (?:long|lunch|noon)|after (?:lunch|hours|work|that|the (?:call|meeting|weekend|holidays))|this (?:week|month|quarter|year)|when (?:I'm|i'm|we're) back")  # fmt: skip
def _vague(found: re.Match[str]) -> Meaning | None:
    if found.group().startswith(("mid next", "middle next", "mid-next")):
        return None
    return Trouble("ambiguous")


@_phrase(r"(?:in |by |early |late |end of |mid |mid-|eo|start of |beginning of )?q[1-4](?: (?:20)?\d\d)?", weak=True)
def _quarter(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous")


@_phrase(rf"(?:(?:at|by) )?(?:the )?(?P<e>end|start|beginning) of (?P<m>{_MONTH})(?! \d\d?(?!\d)){_YEAR}")
def _edge_of_a_month(found: re.Match[str]) -> Meaning:
    day = -1 if found["e"] == "end" else 1
    return Dated(MONTH_NAMES[found["m"].rstrip(".")], day, _year(found["y"]))


@_phrase(rf"(?:in (?:early |late |mid[ -])?|by |mid[ -]|early |late )(?:{_MONTH})(?! \d)", weak=True)
def _bare_month(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous")


@_phrase(rf"{_N} ?(?:-|to|or) ?{_N} (?:{_UNIT})(?: {_AFTER})?|in {_N} ?(?:-|to|or) ?{_N} (?:{_UNIT}|{_BUSINESS})|(?P<b>between) \d[\d:apm.]* and \d[\d:apm.]*", weak=True)  # fmt: skip
def _between(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous")


@_phrase(r"(?:at |from )?\d{1,2}(?::\d\d)? ?(?:am|pm)? ?(?:-|to|or) ?\d{1,2}(?::\d\d)? ?(?:am|pm)|(?:from )?\d{1,2}:\d\d ?(?:-|to|or) ?\d{1,2}:\d\d")  # fmt: skip
def _range_of_times(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous")


def phrases_in(text: str) -> Iterator[Phrase]:
    """The phrases of *text* (in small letters, with straight quotes), left to right; of two at one place the longer."""
    at = 0
    starts = {found.start() for found in re.finditer(r"[\w@~]+", text)}
    for start in sorted(starts):
        if start < at:
            continue
        best: Phrase | None = None
        for pattern, make, weak in _KINDS:
            found = pattern.match(text, start)
            if found and found.end() > found.start() and (best is None or found.end() >= best.end):
                meaning = make(found)
                surer = best is None or found.end() > best.end or (best.weak and not weak)
                if meaning is not None and (surer or isinstance(meaning, Trouble)):
                    best = Phrase(start, found.end(), meaning, weak, found.group())
        if best is not None:
            yield best
            at = best.end
