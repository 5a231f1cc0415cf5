"""Parts of the day: "in the morning", "tonight", "by close of business"."""

import re

from bot.followups.dates.meanings import Meaning, Part
from bot.followups.dates.patterns.registry import Pattern, phrase_in
from bot.followups.dates.vocabulary import any_of

PARTS_OF_DAY: list[Pattern] = []
_phrase = phrase_in(PARTS_OF_DAY)

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


@_phrase(rf"(?:in the |in |at |by |during the )?(?P<p>{any_of(_PARTS)})(?: in the morning)?", weak=True)
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
