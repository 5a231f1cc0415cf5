"""What only looks like a date: scores, "the 2nd demo", "a weekly report"; and weak phrases that stand alone."""

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.followups.dates.grouping import DAY, GAP, TIME
from bot.followups.dates.meanings import (
    Ahead,
    Bound,
    DayOfMonth,
    Elapsed,
    Limit,
    Numbers,
    Part,
    Phrase,
    Repeats,
    SameTime,
    TimeOfDay,
    Trouble,
    Weekday,
)
from bot.followups.dates.setting import Setting, setting
from bot.followups.dates.vocabulary import WEEKDAY_NAMES, listed
from bot.followups.dates.words_around import PRICES, is_plural

# what an ordinal before it counts
_NOUNS = frozenset(
    listed(
        "floor call demo draft meeting round attempt time party item page point half one version email invoice "
        "reminder "
        "option user line place tier level visit pass phase batch quote offer proposal review reply"
    )
)
_UNITS = frozenset(listed("seat licence license user unit people of"))
DAY_NAMES = "|".join(sorted(WEEKDAY_NAMES, key=len, reverse=True))
_MEASURES = frozenset(listed("of inch inches in mm cm cup mile ton price score split full done teams stars"))
_AFTER_A_VERB = frozenset(listed("with down in on through there for and their out life"))
LINK_TO_NOUN = re.compile(r"\b(?:the|a|an|our|their|his|her|my|your|its|this|that|no|new)\s+(?:\w+\s+)?$")


def without_lookalikes(phrases: Sequence[Phrase], text: str, low: str) -> list[Phrase]:
    """Those of *phrases* that are what they look like, or may be."""
    kept = [one for at, one in enumerate(phrases) if not _only_looks_like_one(setting(phrases, at, text, low))]
    return [one for at, one in enumerate(kept) if not (one.weak and is_idle(one, kept, at, low))]


def _only_looks_like_one(here: Setting) -> bool:
    one = here.one
    match one.meaning:
        case Weekday() if one.words in ("sun", "sat", "wed"):
            led = re.search(r"\b(?:on|by|this|next|coming|until|till|every|for)\s+$", here.before)
            named = here.shown[0].isupper() and here.capital_next and not re.match(r"\s*\d", here.behind)
            return not led and not here.breaks and (here.word in _AFTER_A_VERB or named)
        case DayOfMonth():
            return _counts_something(here, one.meaning)
        case Numbers(year=None) if not re.search(r"\bin\s+$", here.before):
            return here.word in _MEASURES or bool(re.search(r"\b(?:scored?|rated|got|is|are)\s+$", here.before))
        case TimeOfDay() if re.fullmatch(r"(?:at|by|'?round|around|about|@) ?[\w-]+", one.words) and one.meaning.bare:
            return _is_an_amount(here)
        case ZoneInfo() if one.words in ("eat", "cat", "art", "pet", "wet", "west", "z"):
            return not here.shown.isupper()
        case Repeats() if re.search(r"ly$", one.words) and not one.words.startswith("every"):
            return bool(LINK_TO_NOUN.search(here.before)) and bool(here.word) and not here.breaks
        case Trouble("past"):
            return bool(re.search(r"'s\s", here.low[one.end - 1 : one.end + 2]))
    return False


def _counts_something(here: Setting, nth: DayOfMonth) -> bool:
    """Whether an ordinal counts something: "the 3rd escalation"."""
    one, word = here.one, here.word
    if here.breaks or here.beside_a(TimeOfDay):
        return False
    led = re.match(r"(?:on|by)\b", one.words) or re.search(r"\b(?:on|by|until)\s+$", here.before)
    stands_alone = nth.weekday or nth.months is not None or " of " in one.words
    return word in _NOUNS or bool(
        not led and not stands_alone and word and not re.match(r"at|@|\d", word) and here.before.strip()
    )


def _is_an_amount(here: Setting) -> bool:
    """Whether an hour is an amount beyond doubt: "at 5k", "by 20%", "about 3 demos"."""
    if re.match(r"\s*(?:[-+/]\s*\d|k\b|\.\d)", here.behind_low):
        return not re.match(r"\s*-\s*\d", here.behind_low)
    if here.capital_next:
        return False
    if here.one.words.startswith(("at", "@")):
        return here.word in PRICES
    return here.word in _UNITS or here.word in PRICES or is_plural(here.word)


def is_idle(one: Phrase, phrases: list[Phrase], at: int, low: str) -> bool:
    """Whether a weak phrase of *phrases* stands where nothing beside it makes it a date."""
    before = phrases[at - 1] if at else None
    after = phrases[at + 1] if at + 1 < len(phrases) else None
    behind = low[before.end : one.start] if before else "x"
    ahead = low[one.end : after.start] if after else "x"
    near_before, near_after = bool(GAP.fullmatch(behind)), bool(GAP.fullmatch(ahead))
    match one.meaning:
        case ZoneInfo():
            said = before is not None and isinstance(before.meaning, TimeOfDay | Part | Weekday | Ahead)
            return not (said and re.fullmatch(r"\s*[(]?", behind))
        case Part():
            day_before = near_before and before is not None and isinstance(before.meaning, (*DAY, TimeOfDay, Repeats))
            day_after = near_after and after is not None and isinstance(after.meaning, (*DAY, TimeOfDay))
            if one.words in ("am", "pm", "lunch", "mittag", "eve", "night", "aft"):
                if one.words in ("lunch", "mittag", "eve") and any(isinstance(p.meaning, TimeOfDay) for p in phrases):
                    return True
                event = re.match(r"\s+(?:with|at (?!\d)|for|meeting|out|talk|menu|w/)", low[one.end :])
                return not day_before or bool(event)
            if day_before or day_after:
                noun = re.match(r"\s+(?:call|meeting|standup|session|briefing|slot|show|sync)s?\b", low[one.end :])
                return bool(noun) and not day_before
            return True
        case Elapsed() | Ahead():
            others = [p for p in phrases if p is not one and isinstance(p.meaning, (*DAY, *TIME, Elapsed, Repeats))]
            edge = not low[: one.start].strip() or not low[one.end :].strip(" .!")
            noun = re.match(r"\s+(?:call|demo|meeting|slot|chat|session|trial|sync|window|block|max)\b", low[one.end :])
            return bool(others) or not edge or bool(noun)
        case Limit() | Bound():
            return not any(isinstance(p.meaning, Repeats) for p in phrases)
        case TimeOfDay() | SameTime():
            return not ((near_before and before is not None and isinstance(before.meaning, (*DAY, Part))) or
                        (near_after and after is not None and isinstance(after.meaning, (*DAY, Part))))  # fmt: skip
        case Trouble():
            return any(not p.weak and isinstance(p.meaning, (*DAY, Repeats, Elapsed)) for p in phrases)
    return False
