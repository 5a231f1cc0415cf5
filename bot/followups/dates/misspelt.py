"""Words that are nearly a day's name: what is typed in a hurry, and cut short."""

import re
from difflib import SequenceMatcher
from functools import lru_cache

from bot.followups.dates.vocabulary import WEEKDAY_NAMES, listed

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "tomorrow", "today", "tonight")
_ELSEWHERE = (
    *("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "heute", "morgen"),
    *("lunes", "martes", "miercoles", "jueves", "viernes", "domingo", "manana", "lundi", "mardi", "mercredi", "jeudi"),
    *("vendredi", "samedi", "dimanche", "demain", "segunda", "quarta", "quinta", "sexta", "amanha", "sabado"),
)
_MORE = ("fortnight", "september", "february", "november", "december", "october")
_NEAR, _VERY_NEAR = 0.8, 0.86
_OTHER_WORDS = frozenset(
    listed(
        "thus mandy sandy fried sundry sunny money today's toddy study steady friary midday someday monitor sunroof "
        "order"
    )
)
_BY_EAR = {
    "chewsday": "tuesday",
    "toosday": "tuesday",
    "tomorrah": "tomorrow",
    "tomorra": "tomorrow",
    "tomoz": "tomorrow",
}
_TOMORROWS = ("tmrw", "tmrow", "tmr", "tmwr", "tmrrw")
_DOUBLED = re.compile(r"(.)\1+")


def _is_within(word: str, day: str) -> bool:
    """Whether the letters of *word* stand in *day* in their order."""
    letters = iter(day)
    return all(letter in letters for letter in word)


_VOWELS = re.compile("[aeiouy]")


def day_meant(word: str, *, surely: bool = False) -> str | None:
    """
    The day that *word* (small letters) nearly is, as in "frid" and "tomrw"; None where it is none.

    *surely*: only where next to nothing is wrong, and months as well.
    """
    if not 4 <= len(word) <= 12 or word[0] not in "mtwfs2dnofrhjlvqae" or word in _OTHER_WORDS:
        return None
    return _meant(word, surely)


@lru_cache(maxsize=4096)
def _meant(word: str, surely: bool) -> str | None:
    once = _DOUBLED.sub(r"\1", word)
    if found := _spelt_out(word, once):
        return found
    if not surely and (found := _shortened(word, once)):
        return found
    return _alike(word, surely) if len(word) > 4 else None


def _spelt_out(word: str, once: str) -> str | None:
    """What has too many or too few of a letter, and all ways to write tomorrow."""
    if word in _BY_EAR:
        return _BY_EAR[word]
    for day in _DAYS:
        if day != word and once == _DOUBLED.sub(r"\1", day):
            return day
    if word[0] in "t2" and re.sub("[aeiou]", "", once.replace("2", "t")) in _TOMORROWS:
        return "tomorrow"
    return _DAYS[WEEKDAY_NAMES[once]] if once in WEEKDAY_NAMES and once != word else None


def _shortened(word: str, once: str) -> str | None:
    """The beginning of a day, its consonants, or what sounds like it."""
    for day in _DAYS:
        if len(word) < len(day) and day.startswith(word):
            return day
    if len(word) < 5:
        is_bare = not re.search("[aeio]", word)
        return next((day for day in _DAYS[:7] if is_bare and word[:2] == day[:2] and _is_within(word, day)), None)
    sound = _VOWELS.sub("", once)
    near = (day for day in _DAYS[:8] if abs(len(day) - len(word)) <= 1)
    return next((day for day in near if len(sound) > 2 and sound == _VOWELS.sub("", day)), None)


def _alike(word: str, surely: bool) -> str | None:
    least = _VERY_NEAR if surely else _NEAR
    matcher = SequenceMatcher(None, "", word)
    for day in (*_DAYS, *_MORE) if surely else (*_DAYS, *_ELSEWHERE):
        matcher.set_seq1(day)
        quick = day != word and matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least
        if quick and matcher.ratio() >= least:
            return day
    return None
