"""Periods: "next week", "end of the month", "eoq"."""

import re

from bot.followups.dates.meanings import SATURDAY, Meaning, Period, Repeats, Trouble, Weekday
from bot.followups.dates.patterns.registry import Pattern, phrase_in
from bot.followups.dates.vocabulary import EACH

PERIODS: list[Pattern] = []
_phrase = phrase_in(PERIODS)


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


@_phrase(rf"{EACH} month[ -]end|(?:at )?(?:the )?end of (?:every|each) month")
def _each_month_end(found: re.Match[str]) -> Meaning:
    return Repeats("MONTHLY", 1, monthdays=(-1,), hour=17)


@_phrase(r"(?P<u>week|month|quarter|year) end|(?P<v>month|year|quarter|week)-end")
def _period_end(found: re.Match[str]) -> Meaning:
    return Period(found["u"] or found["v"], 0, "end")


def _unit(text: str) -> str:
    return {"wk": "week", "qtr": "quarter"}.get(text, text)
