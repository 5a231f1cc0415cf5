"""Days: "tomorrow", "friday", "monday after next"."""

import re

from dateutil.relativedelta import relativedelta

from bot.followups.dates.meanings import Ahead, Meaning, Trouble, Weekday
from bot.followups.dates.patterns.registry import Pattern, phrase_in
from bot.followups.dates.patterns.spans import span_of
from bot.followups.dates.vocabulary import TOMORROW, WD, N, number, weekday_of

DAY_PATTERNS: list[Pattern] = []
_phrase = phrase_in(DAY_PATTERNS)


@_phrase(rf"(?:the )?day after (?:{TOMORROW})|overmorrow|day after tmrw")
def _day_after(found: re.Match[str]) -> Meaning:
    return Ahead(relativedelta(days=2))


@_phrase(TOMORROW)
def _tomorrow(found: re.Match[str]) -> Meaning | None:
    return Ahead(relativedelta(days=1))


@_phrase(rf"(?P<n>{N}) (?P<u>weeks?|wks?|fortnights?) (?P<t>today|{TOMORROW})")
def _weeks_today(found: re.Match[str]) -> Meaning:
    span = span_of(number(found["n"]), found["u"])
    if not isinstance(span, relativedelta):
        return Trouble("ambiguous")
    return Ahead(span + relativedelta(days=0 if found["t"] == "today" else 1))


@_phrase(rf"(?:{TOMORROW}|today) week")
def _tomorrow_week(found: re.Match[str]) -> Meaning:
    return Ahead(relativedelta(days=7 if found.group().startswith("today") else 8))


@_phrase("today|2day|later today|todya")
def _today(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous") if found.group().startswith("later") else Ahead(relativedelta())


@_phrase(rf"(?P<wd>{WD})")
def _bare_weekday(found: re.Match[str]) -> Meaning:
    return Weekday(weekday_of(found["wd"]))


@_phrase(rf"(?:this|this coming|the coming|coming|come|upcoming|the following|following) (?P<wd>{WD})")
def _this_weekday(found: re.Match[str]) -> Meaning:
    return Weekday(weekday_of(found["wd"]))


@_phrase(
    rf"(?:next|nxt) (?P<wd>{WD})(?: coming)?|(?P<a>{WD}),? (?:of )?next (?:week|wk)|next (?:week|wk)(?:'s)?,?(?: on)? (?P<b>{WD})"
)
def _next_weekday(found: re.Match[str]) -> Meaning:
    return Weekday(weekday_of(found["wd"] or found["a"] or found["b"]), week=1)


@_phrase(rf"(?P<a>{WD}),? (?:of )?this (?:week|wk)|this (?:week|wk),?(?: on)? (?P<b>{WD})")
def _weekday_this_week(found: re.Match[str]) -> Meaning:
    return Weekday(weekday_of(found["a"] or found["b"]), week=0)


@_phrase(rf"(?:the )?week after next,?(?: on)? (?P<a>{WD})|(?:on )?(?P<b>{WD}) (?:of )?the week after next|(?:the )?(?P<c>{WD}) (?:of )?the following week")  # fmt: skip
def _weekday_after_next(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous") if found["c"] else Weekday(weekday_of(found["a"] or found["b"]), week=2)


@_phrase(rf"(?:the )?(?P<wd>{WD}) after next")
def _the_one_after_next(found: re.Match[str]) -> Meaning:
    return Weekday(weekday_of(found["wd"]), week=2)


@_phrase(
    rf"(?P<a>{WD})[ -](?:week|wk)|(?:a |one )?week (?:on|from|this) (?:this |next )?(?P<b>{WD})|(?:a |one )week (?P<c>{WD})"
)
def _weekday_week(found: re.Match[str]) -> Meaning:
    if "next" in found.group():
        return Trouble("ambiguous")
    return Weekday(weekday_of(found["a"] or found["b"] or found["c"]), weeks=1)


@_phrase(rf"(?P<a>{WD}) (?:fortnight|in a fortnight|in two weeks|in 2 weeks)|(?:two|2) weeks (?:on |this |from )?(?P<b>{WD})|(?:a )?fortnight (?:on|from) (?P<c>{WD})")  # fmt: skip
def _weekday_fortnight(found: re.Match[str]) -> Meaning:
    if " in " in found.group():
        return Trouble("ambiguous")
    return Weekday(weekday_of(found["a"] or found["b"] or found["c"]), weeks=2)
