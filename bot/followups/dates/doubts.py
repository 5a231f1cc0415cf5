"""
What may be a date and may be something else: Tom, Ruby Tuesday, 3M, 5/3, "ask Jan 3 questions", "by 5", PO 0315.

Each rule looks at a phrase where it stands. What is doubted makes no date by itself: beside a date that is sure it is a
part of the text; where it could change that date, or no other is there, it is asked about.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bot.followups.dates.grouping import DAY
from bot.followups.dates.meanings import (
    Ahead,
    Dated,
    DayOfMonth,
    Elapsed,
    Numbers,
    Part,
    Period,
    Phrase,
    Repeats,
    TimeOfDay,
    Trouble,
    Weekday,
)
from bot.followups.dates.setting import Setting, setting
from bot.followups.dates.vocabulary import MONTH_NAMES
from bot.followups.dates.words_around import (
    CHANGED,
    COMPANY_NEXT,
    DETERMINER,
    FINITE_NEXT,
    FUNCTION_WORDS,
    LABEL_BEFORE,
    LED,
    LEGAL_NEXT,
    NOUNS_AS_WELL,
    STREET_BELOW,
    STREET_NEXT,
    TASK_VERBS,
    TITLES,
    begins_a_task,
    counts_things,
)

_TIMES = (TimeOfDay, Part)


def _tom(here: Setting) -> bool:
    """Call Tom about pricing; a small "tom 3pm" is tomorrow."""
    return here.one.words in ("tom", "morrow") and (here.shown[0].isupper() or not here.beside_a(*_TIMES))


# a comma or a colon behind words with capitals, or a colon behind a few words
_ENDS_AS_A_NAME = re.compile(r"(?:\s+(?:&\s+)?[A-Z][\w'.-]*)+\s*[,:](?!\d)|(?:\s+(?:&\s+)?[\w'.-]+){1,4}:(?=\s)")


def _in_a_name(here: Setting) -> bool:
    """Sunday Riley, Noon Bank, Ruby Tuesday: words of time among words with capitals."""
    meaning = here.one.meaning
    if re.search(r"\d", here.one.words) or len(here.one.words.split()) > 2:
        return False
    if LEGAL_NEXT.match(here.behind_low):
        return True
    if re.search(r"(?:noon|midnight)$", here.one.words) and here.shown.split()[-1][0].isupper() and not here.begins:
        return not here.behind_a(*DAY, Repeats) or bool(FINITE_NEXT.match(here.behind)) or here.word == "whether"
    if not here.capital:
        return False
    if isinstance(meaning, ZoneInfo | Period):
        return False
    if COMPANY_NEXT.match(here.behind):
        return True
    if LED.search(here.before) and not (here.capital_next and not here.before_a(*_TIMES)):
        return False
    is_day = isinstance(meaning, Weekday | Ahead) or (isinstance(meaning, Part) and meaning.this)
    return _begins_a_name(here, is_day=is_day) or _ends_a_name(here, is_day=is_day)


def _begins_a_name(here: Setting, *, is_day: bool) -> bool:
    """Sunday Riley: a word of time before words with capitals."""
    if re.match(r"\s*&\s*[A-Z]", here.behind) and here.capital_next:
        return True
    if here.begins and _ENDS_AS_A_NAME.match(here.behind):
        return True
    if here.capital_next:
        return not (is_day and here.begins) or bool(FINITE_NEXT.match(here.behind))
    return here.begins and bool(FINITE_NEXT.match(here.behind))


def _ends_a_name(here: Setting, *, is_day: bool) -> bool:
    """Ruby Tuesday: a word of time behind words with capitals; "tell Acme Monday" is a day."""
    if here.capital_next or not here.capital_before or here.beside_a(*_TIMES, Dated, Numbers, DayOfMonth):
        return False
    if re.match(r"\s*:", here.behind):
        return True
    if re.search(r"\b(?:and|&|or)\s+[a-z][\w'&.-]*\s+$", here.before):
        return True
    if is_day and (here.ends or here.breaks):
        return False
    is_whole = len(here.one.words) > 5 and is_day and here.name_begins_text and not here.breaks
    if is_whole and not begins_a_task(here.word):
        return True
    return not here.name_begins_text or bool(FINITE_NEXT.match(here.behind)) or not is_day


def _time_in_a_name(here: Setting) -> bool:
    """5pm Studios, 1h Media: a time, a span or a fraction that begins a name."""
    if not re.match(r"\d", here.one.words) or not isinstance(here.one.meaning, TimeOfDay | Elapsed | Ahead | Numbers):
        return False
    if not here.capital_next or here.behind_a(*DAY, Part, Repeats):
        return False
    return bool(COMPANY_NEXT.match(here.behind)) or bool(FINITE_NEXT.match(here.behind))


def _number_and_letter(here: Setting) -> bool:
    """3M, 5H: a number and a letter."""
    if isinstance(here.one.meaning, Elapsed | Ahead) and re.search(r"\d[A-Z]$", here.shown):
        return True
    if not re.fullmatch(r"\d+[a-z]", here.one.words) or not isinstance(here.one.meaning, Elapsed | Ahead):
        return False
    if here.capital_next or FINITE_NEXT.match(here.behind):
        return True
    if here.begins:
        return here.one.words == "3m" or not begins_a_task(here.word) or here.word in NOUNS_AS_WELL
    return here.previous.lower() in TASK_VERBS - FUNCTION_WORDS


def _fraction(here: Setting) -> bool:
    """5/3 Bank, order 3/12."""
    if not isinstance(here.one.meaning, Numbers) or here.one.meaning.year is not None:
        return False
    if here.beside_a(*_TIMES):
        return False
    if counts_things(here.word) or re.match(r"\s+(?:of|split|share|stake|majority|price|off)\b", here.behind_low):
        return True
    if here.begins and _ENDS_AS_A_NAME.match(here.behind):
        return True
    if here.begins and re.match(r"\s+[A-Z][\w'&]*(?:\s+[A-Z][\w'&]*)*\s*(?:[-–—,:]|$)", here.behind):
        return True
    if here.begins and here.word and not here.capital_next:
        return not begins_a_task(here.word)
    first, second = here.one.meaning.first, here.one.meaning.second
    if here.capital_before and here.name_begins_text:
        return (first < second and second in (2, 3, 4, 5, 6, 8, 16)) or bool(here.word and not begins_a_task(here.word))
    if DETERMINER.search(here.before) or (not here.begins and not here.ends and not LED.search(here.before)):
        return True
    return here.capital_next and not here.begins and not here.behind_a(*DAY, *_TIMES)


def _month_and_amount(here: Setting) -> bool:
    """Ask Jan 3 questions."""
    if not isinstance(here.one.meaning, Dated) or here.one.meaning.year is not None:
        return False
    found = re.fullmatch(r"([a-z]+)\.? ?\d{1,2}", here.one.words)
    if not found or found[1] not in MONTH_NAMES:
        return False
    if counts_things(here.word):
        return True
    if here.before_a(*_TIMES) or not here.word or here.breaks:
        return False
    several = re.match(r"\s+([\w-]+)\s+[a-z]{2,}s\b(?<!ss)", here.behind_low)
    if several and (several[1] in NOUNS_AS_WELL or not begins_a_task(several[1])):
        return True
    is_first = not here.low[: here.one.start].strip().partition(" ")[2]
    behind_a_verb = here.previous.lower() in TASK_VERBS - FUNCTION_WORDS or (here.previous.islower() and is_first)
    behind_a_verb = behind_a_verb or here.previous.lower().rstrip(".") in TITLES
    return behind_a_verb and not begins_a_task(here.word)


def _amount(here: Setting) -> bool:
    """At 10 Downing Street, cut it by 5, round 2: an hour without am or pm that may be something else."""
    meaning = here.one.meaning
    if not isinstance(meaning, TimeOfDay):
        return False
    found = re.fullmatch(r"(at|by|round|'round|around|about|@|before) ?(?!noon|mid)([a-z-]+|\d{1,2})", here.one.words)
    if not found or "ish" in found[2] or "clock" in here.one.words:
        return False
    lead, sure = found[1], here.beside_a(*DAY, Part)
    if lead == "round" or (lead == "by" and (CHANGED.search(here.before) or re.search(r"\d\s+$", here.before))):
        return True
    if STREET_NEXT.match(here.behind) or (counts_things(here.word) and not here.capital_next):
        return True
    if STREET_BELOW.match(here.behind_low):
        return True
    if here.capital_next and not here.behind_a(*DAY, Part, Repeats):
        return True
    apart = not here.begins and not here.beside_a(*DAY, Part, Repeats)
    if apart and here.word and (here.word in ("for", "para", "pour", "per") or not begins_a_task(here.word)):
        return True
    of_several = re.match(r"\s+[a-z-]+\s+[a-z]{3,}s\b", here.behind_low)
    if sure or (begins_a_task(here.word) and not (of_several and lead in ("about", "around"))):
        return False
    return lead in ("about", "around") or bool(of_several)


def _fraction_spoken(here: Setting) -> bool:
    """2 of 3 drafts, 5 to 10 seats."""
    if not isinstance(here.one.meaning, TimeOfDay):
        return False
    found = re.match(r"(?P<lead>at |by )?(?P<n>[\w-]+) (?:of|to|after|before) ", here.one.words)
    if not found or found["n"] in ("half", "quarter") or re.search(r"[ap]\.?m", here.one.words):
        return False
    if " of " in found[0] and found["n"].isdigit():
        return True
    return counts_things(here.word) or not (found["lead"] or here.beside_a(*DAY))


def _reference(here: Setting) -> bool:
    """PO 0315, ticket 0945."""
    return (
        bool(re.fullmatch(r"\d{4}", here.one.words))
        and isinstance(here.one.meaning, TimeOfDay)
        and not here.behind_a(*DAY)
    )


def _labelled(here: Setting) -> bool:
    """PO 0315, order 3/12: what a number belongs to stands before it."""
    is_number = re.fullmatch(r"\d{4}|\d{1,2}/\d{1,2}", here.one.words) is not None
    is_time_of_a_day = len(here.one.words) == 4 and here.beside_a(*DAY)  # "PO 0315 friday": either
    return is_number and not is_time_of_a_day and bool(LABEL_BEFORE.search(here.before.rstrip("#")))


def _of_an_event(here: Setting) -> bool:
    """The 10am slot options, their 5pm cutoff, a quarterly review."""
    if re.match(r"\s*(?:\d+|three|four|five|six|ten) times\b", here.behind_low):
        return False
    if isinstance(here.one.meaning, Repeats) and here.one.words.endswith("ly") and here.word and not here.breaks:
        return not here.before_a(*DAY, *_TIMES) and (here.word in NOUNS_AS_WELL or not begins_a_task(here.word))
    if not isinstance(here.one.meaning, TimeOfDay) or not re.match(r"\d", here.one.words):
        return False
    return bool(DETERMINER.search(here.before)) and bool(here.word) and here.word not in FUNCTION_WORDS


_WORDY_ZONES = (
    "gst",
    "eastern",
    "central",
    "pacific",
    "et",
    "pt",
    "ct",
    "mt",
    "ist",
    "est",
    "cat",
    "eat",
    "art",
    "pet",
    "wet",
)


def _zone_or_name(here: Setting) -> bool:
    """3pm Eastern Airlines, friday 3pm PT clinic deck."""
    if not isinstance(here.one.meaning, ZoneInfo) or here.one.words not in _WORDY_ZONES:
        return False
    if here.capital_next:
        if here.american and here.one.words in ("et", "pt", "ct", "mt", "est"):
            return bool(COMPANY_NEXT.match(here.behind))
        return here.one.words not in ("est", "ist")
    return here.one.words not in ("est", "ist") and not begins_a_task(here.word) and not here.before_a(*DAY)


@dataclass(frozen=True, slots=True)
class DoubtRule:
    """*question* is asked where *holds*; *surely*: it is no date, and nothing is asked while another one is there."""

    question: str
    holds: Callable[[Setting], bool]
    surely: bool = False


RULES = (
    DoubtRule("number-or-date", _labelled, surely=True),
    DoubtRule("name", _tom),
    DoubtRule("number-or-date", _number_and_letter),
    DoubtRule("number-or-date", _fraction),
    DoubtRule("name", _time_in_a_name),
    DoubtRule("name", _in_a_name),
    DoubtRule("someone", _month_and_amount),
    DoubtRule("amount", _fraction_spoken),
    DoubtRule("amount", _amount),
    DoubtRule("number-or-date", _reference),
    DoubtRule("event", _of_an_event),
    DoubtRule("zone-or-name", _zone_or_name),
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """*phrase* may be something else, or *surely* is; *question* is what is asked about it, *shown* as it was typed."""

    phrase: Phrase
    question: str
    shown: str
    surely: bool = False


def doubts_in(phrases: Sequence[Phrase], text: str, low: str, *, american: bool = False) -> list[Doubt]:
    """What of *phrases* may be something else; *american*: whether it was written where ET and PT are zones."""
    found: list[Doubt] = []
    for at, one in enumerate(phrases):
        here = setting(phrases, at, text, low, american=american)
        rule = next((rule for rule in RULES if rule.holds(here)), None)
        if rule is not None:
            behind_a_doubt = bool(found) and here.before_it is found[-1].phrase
            surely = rule.surely or (behind_a_doubt and isinstance(one.meaning, ZoneInfo))
            found.append(Doubt(one, rule.question, here.shown, surely))
    found = _in_the_name_before_a_colon(phrases, found, text, low)
    doubted = {doubt.phrase.start for doubt in found}
    days = [one for one in phrases if isinstance(one.meaning, DAY) and one.start not in doubted]
    toms = [one for one in days if one.words in ("tom", "morrow")]
    return found + [Doubt(one, "name", text[one.start : one.end]) for one in toms if len(days) > len(toms)]


_HEAD = re.compile(r"[^:]{1,80}:(?=\s)")


def _in_the_name_before_a_colon(phrases: Sequence[Phrase], found: Sequence[Doubt], text: str, low: str) -> list[Doubt]:
    """*found*, and what is in the name before a colon, where a date stands behind it: "Daily Mail: friday 3pm send"."""
    head = _HEAD.match(low)
    if not head:
        return list(found)
    found = [replace(one, surely=True) if _is_in_a_name(one.phrase, head.end(), text) else one for one in found]
    doubted = {doubt.phrase.start for doubt in found}
    inside = [one for one in phrases if one.end < head.end() and one.start not in doubted]
    rest = [one for one in phrases if one.start >= head.end() and one.start not in doubted]
    dated = any(isinstance(one.meaning, (*DAY, Elapsed, Repeats)) for one in rest)
    if not inside or not any(isinstance(one.meaning, (*DAY, Elapsed, Repeats, TimeOfDay)) for one in rest):
        return found
    named = head[0][:-1]
    for one in reversed(inside):
        named = named[: one.start] + named[one.end :]
    is_name = bool(re.search(r"[a-z]", re.sub(r"\b(?:at|on|by|the|of|in|for|due)\b", "", named)))
    timed = dated and any(isinstance(one.meaning, TimeOfDay) for one in rest)
    lone = len(inside) == 1 and (
        isinstance(inside[0].meaning, Trouble) or (timed and isinstance(inside[0].meaning, TimeOfDay | Part | Repeats))
    )
    doubtful = [one for one in inside if dated or text[one.start].isupper()]
    if not is_name and not (lone and dated):
        return found
    more = [Doubt(one, "name", text[one.start : one.end], _is_in_a_name(one, head.end(), text)) for one in doubtful]
    return found + more


def _is_in_a_name(one: Phrase, end: int, text: str) -> bool:
    """Whether *one* is a word with a capital among others before the colon that ends at *end*."""
    rest = text[: one.start] + text[one.end : end]
    return one.end < end and text[one.start].isupper() and one.words.isalpha() and bool(re.search(r"[A-Z]", rest))
