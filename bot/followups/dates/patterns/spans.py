"""Spans of time: "in 2 hours", "3 days from now", "in 5 working days"."""

import re
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from bot.followups.dates.meanings import Ahead, Business, Elapsed, Meaning, Trouble, Weekday
from bot.followups.dates.patterns.registry import Pattern, phrase_in
from bot.followups.dates.vocabulary import AFTER, BUSINESS, TOMORROW, UNIT, WD, N, any_of, number, weekday_of

SPANS: list[Pattern] = []
_phrase = phrase_in(SPANS)


def span_of(amount: float, unit: str) -> timedelta | relativedelta | None:
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


def ahead_by(span: timedelta | relativedelta | None) -> Meaning:
    """What lies *span* ahead; something to ask about when it is None."""
    if span is None:
        return Trouble("ambiguous")
    return Elapsed(span) if isinstance(span, timedelta) else Ahead(span)


@_phrase(rf"(?:in|within|after)(?: about| around)? (?P<n>{N}) ?(?P<u>{UNIT})(?: and|,)? (?P<n2>{N}) ?(?P<u2>{UNIT})(?: {AFTER})?"
         rf"|(?P<a>{N}) ?(?P<b>{UNIT})(?: and|,)? (?P<c>{N}) ?(?P<d>{UNIT}) {AFTER}")  # fmt: skip
def _two_spans(found: re.Match[str]) -> Meaning | None:
    first = span_of(number(found["n"] or found["a"]), found["u"] or found["b"])
    second = span_of(number(found["n2"] or found["c"]), found["u2"] or found["d"])
    if isinstance(first, timedelta) and isinstance(second, timedelta):
        return Elapsed(first + second)
    if isinstance(first, relativedelta) and isinstance(second, relativedelta):
        return Ahead(first + second)
    return Trouble("ambiguous")


@_phrase(rf"(?:in|within) (?P<h>\d+) ?h(?:rs?|ours?)?(?:(?P<m3>[0-5]\d)| ?(?P<m>\d+) ?m(?:ins?|inutes?)?)|(?P<h2>\d+)h(?P<m2>\d+)m?(?: {AFTER})")  # fmt: skip
def _hours_and_minutes(found: re.Match[str]) -> Meaning:
    return Elapsed(
        timedelta(hours=int(found["h"] or found["h2"]), minutes=int(found["m"] or found["m2"] or found["m3"]))
    )


@_phrase(rf"(?:in|within)(?: about| around| the next)? (?P<n>{N}) ?(?:more )?(?P<u>{UNIT})(?:'s|s'|')?(?: time)?(?: {AFTER})?"
         rf"|(?P<a>{N}) ?(?P<b>{UNIT}) {AFTER}")  # fmt: skip
def _one_span(found: re.Match[str]) -> Meaning:
    return ahead_by(span_of(number(found["n"] or found["a"]), found["u"] or found["b"]))


@_phrase(rf"(?:in )?(?P<n>{N}) and (?:a|one) half (?P<u>hours?|hrs?|days?|weeks?)(?: {AFTER})?"
         rf"|in (?P<a>{N}) (?P<b>hours?|hrs?|days?|weeks?) and a half|(?P<c>{N}) (?P<d>hours?|hrs?) and a half {AFTER}")  # fmt: skip
def _and_a_half(found: re.Match[str]) -> Meaning | None:
    amount, unit = found["n"] or found["a"] or found["c"], found["u"] or found["b"] or found["d"]
    if not found.group().startswith("in ") and "from" not in found.group() and "hence" not in found.group():
        return None
    return ahead_by(span_of(number(amount) + 0.5, unit))


_PARTS_OF_ONE = {"half": 0.5, "a half": 0.5, "one half": 0.5, "a quarter": 0.25, "three quarters": 0.75}
_PART_OF_ONE = rf"(?:[1-9]/[2-9]|{any_of(_PARTS_OF_ONE)})"


@_phrase(rf"(?:in|within|after)(?: about| around)? (?:(?P<n>{N}) (?:and|&) |(?P<n3>\d+) (?=\d/))?(?P<p>{_PART_OF_ONE}) (?:of )?(?:an? )?(?P<u>{UNIT})(?:'s|s'|')?(?: time)?(?: {AFTER})?"
         rf"|(?:(?P<a>{N}) (?:and|&) |(?P<a3>\d+) (?=\d/))?(?P<b>{_PART_OF_ONE}) (?:of )?(?:an? )?(?P<c>{UNIT}) {AFTER}"
         rf"|(?:in|within) (?P<d>{N}) (?P<e>{UNIT})(?: and| &) (?P<f>{_PART_OF_ONE})(?: {AFTER})?")  # fmt: skip
def _with_a_fraction(found: re.Match[str]) -> Meaning | None:
    whole = found["n"] or found["n3"] or found["a"] or found["a3"] or found["d"]
    part, unit = found["p"] or found["b"] or found["f"], found["u"] or found["c"] or found["e"]
    over, _, under = part.partition("/")
    share = int(over) / int(under) if under else _PARTS_OF_ONE[part]
    if share >= 1:
        return Trouble("ambiguous")
    return ahead_by(span_of((number(whole) if whole else 0) + share, unit))


@_phrase(rf"in (?:a )?half an? hour|in (?:a )?half hour|half an hour {AFTER}|(?:in )?(?:a )?half hour {AFTER}")
def _half_an_hour(found: re.Match[str]) -> Meaning:
    return Elapsed(timedelta(minutes=30))


@_phrase(r"in (?:(?:a )?quarter(?: of)? an hour|(?P<three>three[ -]quarters of an hour))")
def _quarter_hour(found: re.Match[str]) -> Meaning:
    return Elapsed(timedelta(minutes=45 if found["three"] else 15))


@_phrase(rf"(?P<n>{N}) (?P<u>days?|weeks?|wks?|fortnights?|months?) (?:from|after) (?P<what>{TOMORROW}|{WD})")
def _from_a_day(found: re.Match[str]) -> Meaning | None:
    if number(found["n"]) != 1 and found["u"] in ("day", "week", "month", "fortnight"):
        return None  # "1200 day after tomorrow"
    span, what = span_of(number(found["n"]), found["u"]), found["what"]
    if not isinstance(span, relativedelta) or span.months:
        return Trouble("ambiguous")
    if re.fullmatch(TOMORROW, what):
        return Ahead(span + relativedelta(days=1))
    return Weekday(weekday_of(what), weeks=span.days // 7) if span.days % 7 == 0 else Trouble("ambiguous")


@_phrase(rf"(?:in|within|after) (?P<n>{N}) {BUSINESS}|(?P<a>{N}) {BUSINESS} {AFTER}|(?:the )?(?P<next>next) {BUSINESS}")
def _business(found: re.Match[str]) -> Meaning:
    return Business(1 if found["next"] else int(number(found["n"] or found["a"])))


@_phrase(
    r"(?P<n>[1-6](?:\.5)?(?=h)|\d+(?=[a-gi-z]))(?P<u>h|hrs?|m|mins?|d|w)|(?P<n2>\d+) ?(?P<u2>mins?|hrs?)", weak=True
)
def _bare_span(found: re.Match[str]) -> Meaning:
    return ahead_by(span_of(float(found["n"] or found["n2"]), found["u"] or found["u2"]))
