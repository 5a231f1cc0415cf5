"""Calendar dates: "4 March", "2026-12-04", "12/3", "the 5th"."""

import re

from bot.followups.dates.meanings import Dated, DayOfMonth, Meaning, Numbers, Period
from bot.followups.dates.patterns.registry import Pattern, phrase_in
from bot.followups.dates.vocabulary import MONTH, MONTH_NAMES, ORD, WD, YEAR, nth_of, weekday_of, year_of

CALENDAR_DATES: list[Pattern] = []
_phrase = phrase_in(CALENDAR_DATES)


@_phrase(rf"(?P<m>{MONTH}) ?(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?{YEAR}")
def _month_day(found: re.Match[str]) -> Meaning:
    return Dated(MONTH_NAMES[found["m"].rstrip(".")], int(found["d"]), year_of(found["y"]))


@_phrase(
    rf"(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\.?[ -]?(?:of )?(?P<m>{MONTH}){YEAR.replace('(?:,? |,)', '[, -]*')}"
)
def _day_month(found: re.Match[str]) -> Meaning:
    return Dated(MONTH_NAMES[found["m"].rstrip(".")], int(found["d"]), year_of(found["y"]))


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


@_phrase(rf"(?:the )?(?P<n>{ORD}|first|last day)(?: day)? of (?:the )?(?P<w>next|this|following) month|next month,?(?: on)? the (?P<a>{ORD})")  # fmt: skip
def _day_of_a_month(found: re.Match[str]) -> Meaning:
    day = found["n"] or found["a"]
    return DayOfMonth(-1 if day == "last day" else nth_of(day), 0 if found["w"] == "this" else 1)


@_phrase(rf"(?:(?:on |by )?the|on|by) (?P<n>{ORD})(?! (?:of )?{MONTH}\b)")
def _the_nth(found: re.Match[str]) -> Meaning:
    return DayOfMonth(nth_of(found["n"]))


@_phrase(r"(?:the )?last day of the month")
def _last_day(found: re.Match[str]) -> Meaning:
    return Period("month", 0, "end")


@_phrase(rf"(?P<wd>{WD}),?(?: the)? (?P<n>{ORD})")
def _weekday_the_nth(found: re.Match[str]) -> Meaning:
    return DayOfMonth(nth_of(found["n"]), weekday=weekday_of(found["wd"]))
