"""Words that are nearly a day's name: what is typed in a hurry, and cut short."""

import re
from difflib import SequenceMatcher
from functools import lru_cache

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "tomorrow", "today", "tonight")
_ELSEWHERE = (
    *("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "heute", "morgen"),
    *("lunes", "martes", "miercoles", "jueves", "viernes", "domingo", "manana", "lundi", "mardi", "mercredi", "jeudi"),
    *("vendredi", "samedi", "dimanche", "demain", "segunda", "quarta", "quinta", "sexta", "amanha", "sabado"),
)
_MORE = ("fortnight", "september", "february", "november", "december", "october")
_NEAR, _VERY_NEAR = 0.8, 0.86
_OTHER_WORDS = frozenset("sundry sunny money today's toddy study steady friary midday someday monitor sunroof order".split())
_DOUBLED = re.compile(r"(.)\1+")


def day_meant(word: str, *, surely: bool = False) -> str | None:
    """
    The day that *word* (small letters) nearly is, as in "frid" and "tomrw"; None where it is none.

    *surely*: only where next to nothing is wrong, and months as well.
    """
    if not 4 <= len(word) <= 12 or word[0] not in "mtwfs2dnofrhjlvqae" or word in _OTHER_WORDS:
        return None
    return _meant(word, surely)


@lru_cache(maxsize=4096)
def _meant(word: str, surely: bool) -> str | None:  # noqa: FBT001 - part of the cache's key
    once = _DOUBLED.sub(r"\1", word)
    for day in _DAYS:
        if day != word and (once == _DOUBLED.sub(r"\1", day) or (not surely and len(word) < len(day) and day.startswith(word))):
            return day
    if word[0] in "t2" and re.sub("[aeiou]", "", once.replace("2", "t")) in ("tmrw", "tmrow", "tmr", "tmwr", "tmrrw"):
        return "tomorrow"
    if len(word) < 5:
        return None
    least = _VERY_NEAR if surely else _NEAR
    matcher = SequenceMatcher(None, "", word)
    for day in (*_DAYS, *_MORE) if surely else (*_DAYS, *_ELSEWHERE):
        matcher.set_seq1(day)
        if day != word and matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least and matcher.ratio() >= least:
            return day
    return None
