"""The phrases of a text that date something, found from left to right, the longest first."""

import re
from collections.abc import Iterator
from functools import cache

from bot.followups.dates.meanings import Phrase, Trouble
from bot.followups.dates.patterns.calendar_dates import CALENDAR_DATES
from bot.followups.dates.patterns.days import DAY_PATTERNS
from bot.followups.dates.patterns.holidays import HOLIDAYS
from bot.followups.dates.patterns.other_languages import OTHER_LANGUAGES
from bot.followups.dates.patterns.parts_of_day import PARTS_OF_DAY
from bot.followups.dates.patterns.periods import PERIODS
from bot.followups.dates.patterns.recurrences import RECURRENCES
from bot.followups.dates.patterns.registry import FIRSTS, Pattern
from bot.followups.dates.patterns.spans import SPANS
from bot.followups.dates.patterns.times import TIMES
from bot.followups.dates.patterns.unusable import UNUSABLE
from bot.followups.dates.patterns.zones import ZONE_PATTERNS

# of two that match equally much the later one wins, unless it is weak and the earlier one is not
_KINDS: tuple[list[Pattern], ...] = (
    OTHER_LANGUAGES,
    SPANS,
    DAY_PATTERNS,
    PERIODS,
    CALENDAR_DATES,
    RECURRENCES,
    TIMES,
    PARTS_OF_DAY,
)
_KINDS += (ZONE_PATTERNS, HOLIDAYS, UNUSABLE)
_FOREIGN = frozenset(OTHER_LANGUAGES)


@cache
def compiled() -> dict[str, list[Pattern]]:
    """All patterns by the characters that their matches begin with; the first call takes a tenth of a second."""
    patterns = [pattern for kind in _KINDS for pattern in kind if pattern.regex]
    return {first: [one for one in patterns if first in one.firsts] for first in FIRSTS}


def phrases_in(text: str) -> Iterator[Phrase]:
    """The phrases of *text* (in small letters, with straight quotes), left to right; of two at one place the longer."""
    at = 0
    for word in re.finditer(r"[\w@~]+", text):
        if word.start() < at:
            continue
        best = _longest_at(text, word.start())
        if best is not None:
            yield best
            at = best.end


def _longest_at(text: str, start: int) -> Phrase | None:
    best: Phrase | None = None
    for pattern in compiled().get(text[start], ()):
        found = pattern.regex.match(text, start)
        if found and found.end() > found.start() and (best is None or found.end() >= best.end):
            meaning = pattern.make(found)
            surer = best is None or found.end() > best.end or (best.weak and not pattern.weak)
            if meaning is not None and (surer or isinstance(meaning, Trouble)):
                best = Phrase(start, found.end(), meaning, pattern.weak, found.group(), pattern in _FOREIGN)
    return best
