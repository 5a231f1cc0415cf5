"""How a pattern is kept: what it matches, what that means, and whether it counts alone."""

import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from re import _parser  # type: ignore[attr-defined]  # how an expression begins, it alone can tell
from typing import Any

from bot.followups.dates.meanings import Meaning
from bot.followups.dates.vocabulary import LEFT, RIGHT

FIRSTS = frozenset(string.ascii_lowercase + string.digits + "@~½'")  # what a phrase may begin with
Make = Callable[[re.Match[str]], Meaning | None]


@dataclass(frozen=True)
class Pattern:
    """
    A pattern of phrases; *make* gives the meaning, or None if it means nothing after all.

    It is compiled when the first text is read: a hundred of them take longer than the rest of a start.
    """

    written: str
    make: Make
    weak: bool

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """What matches it."""
        return re.compile(f"{LEFT}(?:{self.written}){RIGHT}")

    @cached_property
    def firsts(self) -> frozenset[str]:
        """The characters that what it matches may begin with: most words of a text begin no date."""
        return _firsts(self.written)


def phrase_in(patterns: list[Pattern]) -> Callable[..., Callable[[Make], Make]]:
    """A decorator that adds what it decorates to *patterns*: ``@phrase(pattern, weak=False)``."""

    def phrase(pattern: str, *, weak: bool = False) -> Callable[[Make], Make]:
        def register(make: Make) -> Make:
            patterns.append(Pattern(pattern, make, weak))
            return make

        return register

    return phrase


def _firsts(pattern: str) -> frozenset[str]:
    """The characters that a match of *pattern* may begin with."""
    return _first_of(_parser.parse(pattern))[0] & FIRSTS


def _first_of(parsed: Any) -> tuple[frozenset[str], bool]:
    """The first characters of a parsed expression, and whether it may match nothing."""
    found: frozenset[str] = frozenset()
    for kind, value in parsed:
        name = str(kind)
        if name in ("AT", "ASSERT", "ASSERT_NOT"):
            continue
        if name == "LITERAL":
            firsts, empty = frozenset(chr(value)), False
        elif name == "IN":
            firsts, empty = _set_of(value), False
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            firsts, empty = _first_of(value[2])
            empty = empty or value[0] == 0
        elif name == "SUBPATTERN":
            firsts, empty = _first_of(value[3])
        elif name == "BRANCH":
            each = [_first_of(branch) for branch in value[1]]
            firsts, empty = frozenset[str]().union(*(one for one, _ in each)), any(one for _, one in each)
        else:
            return FIRSTS, False
        found |= firsts
        if not empty:
            return found, False
    return found, True


def _set_of(items: Any) -> frozenset[str]:
    found: set[str] = set()
    for kind, value in items:
        match str(kind):
            case "LITERAL":
                found.add(chr(value))
            case "RANGE":
                found |= set(map(chr, range(value[0], value[1] + 1)))
            case "CATEGORY" if str(value) == "CATEGORY_DIGIT":
                found |= set(string.digits)
            case _:
                return FIRSTS
    return frozenset(found)
