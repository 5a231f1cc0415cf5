"""
Public holidays, by the library `holidays`, which is loaded only once somebody wants to skip them.

A country is written as that library writes it: "DE", or "DE-BY" for a part of it. Which days are holidays is the
library's word alone: for some countries it has, without a part named, only those of the whole country.
"""

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.followups.series import IsHoliday, no_holidays

_KINDS = r"(?:(?:public|bank|national|federal|our|my|their|local) )?"
_ALSO_CALLED = {
    "uk": "GB", "united kingdom": "GB", "great britain": "GB", "britain": "GB", "england": "GB-ENG",
    "scotland": "GB-SCT", "wales": "GB-WLS", "northern ireland": "GB-NIR", "usa": "US", "u.s.": "US", "america": "US",
    "united states of america": "US", "south korea": "KR", "czechia": "CZ", "holland": "NL", "the netherlands": "NL",
}  # fmt: skip
_AROUND = " ,;()"
HOLIDAYS_OF = "skip holidays of"  # behind it, in what people type, a country stands
_CODE = re.compile(r"([A-Z]{2})(?:-([A-Za-z0-9]{1,12}))?")


def without_skipping(text: str) -> tuple[str, str | None]:
    """
    *text* without "skip holidays", and of which country it said so: "" if of none, None where it said nothing.

    A country is as it was typed, so it may be none: "skip german holidays" names "german".
    """
    found = _skipping().search(text)
    if found is None:
        return text, None
    before, behind = text[: found.start()].rstrip(_AROUND), text[found.end() :].lstrip(_AROUND)
    return f"{before} {behind}".strip(), (found["country"] or found["whose"] or "").strip()


@lru_cache(maxsize=1)
def _skipping() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(_codes(), key=len, reverse=True))
    small = r"(?!(?-i:my|no|it|is|at|in|to|so|be|me|am|as|an|or|by|do)\b)"
    country = rf"(?P<country>{names}|{small}[A-Za-z]{{2}}(?:-[A-Za-z0-9]{{1,12}})?)(?!\w)"
    return re.compile(
        r"(?<!n't )(?<!not )\b(?:but |and )?(?:"
        rf"(?:(?:skip(?:ping)?|excluding) (?:on |for |any |the ){{0,2}}{_KINDS}(?P<whose>[A-Za-z]{{3,}} )??"
        rf"|(?:except(?:ing)?|not|without) (?:on |for |any |the ){{0,2}}{_KINDS})"
        rf"holidays\b(?: (?:of|in) (?:the )?{country})?"
        rf"|(?:unless|except if|if not|not if) (?:it is|it's|its|that is|that's) an? {_KINDS}holiday\b)",
        re.I,
    )


@lru_cache(maxsize=64)
def holidays_of(country: str) -> IsHoliday:
    """Whether a day is a holiday in *country*; "" has none. Raises UserError where no such country is known."""
    return _of_country(country).is_one if country else no_holidays


def name_of(country: str, day: date) -> str:
    """What the holiday of *day* in *country* is called, in English where the library knows that; "" for none."""
    return _of_country(country).name(day)


class _DaysOff:
    """
    The holidays of one country, asked by one thread at a time.

    The library works a year out when it is first asked for one, and two threads in it at once may lose holidays.
    """

    def __init__(self, country: str) -> None:
        self._days = _calendar(country)
        self._turn = threading.Lock()

    def is_one(self, day: date) -> bool:
        with self._turn:
            return day in self._days

    def name(self, day: date) -> str:
        with self._turn:
            return str(self._days.get(day) or "")


@lru_cache(maxsize=64)
def _of_country(country: str) -> _DaysOff:
    return _DaysOff(country)


def _calendar(country: str) -> Any:
    import holidays

    found = _CODE.fullmatch(country)
    if found is not None:
        with suppress(NotImplementedError, AttributeError):
            known = holidays.country_holidays(found[1], subdiv=found[2])
            # without a language the names would be in that of whoever runs the machine
            language = "en_US" if "en_US" in known.supported_languages else None
            return holidays.country_holidays(found[1], subdiv=found[2], language=language)
    raise _unknown(country)


def _unknown(country: str) -> UserError:
    return UserError(
        f'I know no holidays of "{country}". Write a country as "Germany", "DE" or "US", or a part of it as '
        '"DE-BY" or "GB-SCT", behind "skip holidays of". Nothing was stored.'
    )


def check_country(country: str) -> str:
    """*country* as it is kept. Raises UserError where its holidays are not known."""
    country = " ".join(country.split())
    country = _codes().get(country.lower(), country)
    head, _, part = country.partition("-")
    written = f"{head.upper()}-{part}" if part else head.upper()
    if part and len(part) <= 3:
        written = written.upper()
    if not _CODE.fullmatch(written):
        raise _unknown(country)
    holidays_of(written)
    return written


def country_of(zone: ZoneInfo) -> str:
    """The country in which clocks follow *zone*, by the table of the package tzdata; "" where it has none or many."""
    return _countries().get(zone.key, "")


def country_name(country: str) -> str:
    """A country as people call it: "Germany", "Germany (BY)"."""
    head, _, part = country.partition("-")
    name = _names().get(head, head)
    return f"{name} ({part})" if part else name


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """The codes of countries, by their names in small letters."""
    return {name.lower(): code for code, name in _names().items()} | _ALSO_CALLED


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    return _table("zone.tab", lambda cells: (cells[2], cells[0]))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return _table("iso3166.tab", lambda cells: (cells[0], cells[1]))


def _table(name: str, pair: Callable[[list[str]], tuple[str, str]]) -> dict[str, str]:
    try:
        text = (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    except (OSError, ModuleNotFoundError):
        return {}
    return dict(pair(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))
