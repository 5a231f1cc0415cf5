"""Time zones: "CET", "utc+2"."""

import re
from contextlib import suppress
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.followups.dates.meanings import Meaning, Trouble
from bot.followups.dates.patterns.registry import Pattern, phrase_in
from bot.followups.dates.vocabulary import ZONES

ZONE_PATTERNS: list[Pattern] = []
_phrase = phrase_in(ZONE_PATTERNS)


@_phrase(r"(?P<z>[a-z]{1,9})", weak=True)
def _letters(found: re.Match[str]) -> Meaning | None:
    return ZoneInfo(ZONES[found["z"]]) if found["z"] in ZONES else None


@_phrase(r"(?P<z>[a-z]{2,12}(?: [a-z]{2,12}){0,3}? time)", weak=True)
def _zone(found: re.Match[str]) -> Meaning | None:
    return ZoneInfo(ZONES[found["z"]]) if found["z"] in ZONES else None


@_phrase(r"(?P<city>[a-z]{3,20}(?: [a-z]{3,20})?) time", weak=True)
def _city(found: re.Match[str]) -> Meaning | None:
    return _zone_of(found["city"])


@lru_cache(maxsize=512)
def _zone_of(city: str) -> ZoneInfo | None:
    """The zone that the tz database names after *city*."""
    name = "_".join(word.capitalize() for word in city.split())
    for area in ("Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian"):
        with suppress(KeyError, ValueError, OSError):
            return ZoneInfo(f"{area}/{name}")
    return None


@_phrase(r"(?:utc|gmt) ?(?P<sign>[+-]) ?(?P<h>\d{1,2})(?::?00)?(?![:\d])", weak=True)
def _offset(found: re.Match[str]) -> Meaning:
    hours = int(found["h"])
    if not hours:
        return ZoneInfo("UTC")
    if hours > 12:
        return Trouble("ambiguous")
    return ZoneInfo(f"Etc/GMT{'-' if found['sign'] == '+' else '+'}{hours}")  # their sign is the other way round
