"""How a pattern is kept: what it matches, what that means, and whether it counts alone."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.followups.dates.meanings import Meaning
from bot.followups.dates.vocabulary import LEFT, RIGHT

Make = Callable[[re.Match[str]], Meaning | None]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern of phrases; *make* gives the meaning, or None if it means nothing after all."""

    regex: re.Pattern[str]
    make: Make
    weak: bool


def phrase_in(patterns: list[Pattern]) -> Callable[..., Callable[[Make], Make]]:
    """A decorator that adds what it decorates to *patterns*: ``@phrase(pattern, weak=False)``."""

    def phrase(pattern: str, *, weak: bool = False) -> Callable[[Make], Make]:
        def register(make: Make) -> Make:
            patterns.append(Pattern(re.compile(f"{LEFT}(?:{pattern}){RIGHT}"), make, weak))
            return make

        return register

    return phrase
