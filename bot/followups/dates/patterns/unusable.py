"""What makes a date unusable: the past, the vague, and ranges."""

import re

from bot.followups.dates.meanings import Dated, Meaning, Trouble
from bot.followups.dates.patterns.registry import Pattern, phrase_in
from bot.followups.dates.vocabulary import AFTER, BUSINESS, MONTH, MONTH_NAMES, UNIT, WD, YEAR, N, year_of

UNUSABLE: list[Pattern] = []
_phrase = phrase_in(UNUSABLE)


@_phrase(rf"(?P<n>{N}|few|some) (?P<u>{UNIT}) ago|yesterday|yday|last (?:{WD}|week|month|quarter|year|night|{MONTH})(?! of)|the other day|earlier today|ago|(?:{WD}) just gone|in the past")  # fmt: skip
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


@_phrase(rf"(?:(?:at|by) )?(?:the )?(?P<e>end|start|beginning) of (?P<m>{MONTH})(?! \d\d?(?!\d)){YEAR}")
def _edge_of_a_month(found: re.Match[str]) -> Meaning:
    day = -1 if found["e"] == "end" else 1
    return Dated(MONTH_NAMES[found["m"].rstrip(".")], day, year_of(found["y"]))


@_phrase(rf"(?:in (?:early |late |mid[ -])?|by |mid[ -]|early |late )(?:{MONTH})(?! \d)", weak=True)
def _bare_month(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous")


@_phrase(rf"{N} ?(?:-|to|or) ?{N} (?:{UNIT})(?: {AFTER})?|in {N} ?(?:-|to|or) ?{N} (?:{UNIT}|{BUSINESS})|(?P<b>between) \d[\d:apm.]* and \d[\d:apm.]*", weak=True)  # fmt: skip
def _between(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous")


@_phrase(r"(?:at |from )?\d{1,2}(?::\d\d)? ?(?:am|pm)? ?(?:-|to|or) ?\d{1,2}(?::\d\d)? ?(?:am|pm)|(?:from )?\d{1,2}:\d\d ?(?:-|to|or) ?\d{1,2}:\d\d")  # fmt: skip
def _range_of_times(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous")
