"""Holidays: days of this year or another, which are asked about."""

import re

from bot.followups.dates.meanings import Meaning, Trouble
from bot.followups.dates.patterns.registry import Pattern, phrase_in

HOLIDAYS: list[Pattern] = []
_phrase = phrase_in(HOLIDAYS)


@_phrase(
    r"(?:black|good) friday|(?:cyber|easter|whit) monday|(?:shrove|giving) tuesday|ash wednesday|(?:palm|easter) sunday",
    weak=True,
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
