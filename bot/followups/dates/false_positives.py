"""What only looks like a date: prices, versions, Monday Night Foods, "the 2nd demo", "a weekly report"."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.followups.dates.grouping import DAY, GAP, TIME
from bot.followups.dates.meanings import (
    Ahead,
    Bound,
    Dated,
    DayOfMonth,
    Elapsed,
    Limit,
    Numbers,
    Part,
    Phrase,
    Repeats,
    TimeOfDay,
    Trouble,
    Weekday,
)
from bot.followups.dates.vocabulary import WEEKDAY_NAMES

_SAME = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " ", "\u202f": " ",
                       "\u2009": " ", "\t": " ", "\n": " ", "|": " ",
        "`": " ", "*": " ", "_": " "})  # fmt: skip

_MASKED = re.compile(
    r"<[^>]*>|https?://\S+|\bwww\.\S+|(?<![^\s>\d])(?>\S+?@)\S+\.\w+|\b[\w-]+\.(?:com|io|ai|net|org|co)\b|:[a-z][\w+-]*:"
    r"|\bv\d[\w.]*|\+\d[\d ()-]{6,}\d|\b\d{2,4}[ -]\d{3,4}[ -]\d{3,4}\b"
    r"|\(?\d{3}\)?[ -]\d{3}[ -]\d{4}|[$€£]\s?\d[\d.,]*[kmb]?(?:/\w+)?|\d[\d.,]*\s?%"
    r"|\b24/7\b|(?<=the )\bsun\b|\b\d-\w*eleven\b|\boffice 365\b|\bm365\b|\bnet[ -]?\d+\b"
)


def lowered(text: str) -> str:
    """*text* in small letters with straight signs, and what can hold no date masked; one character stays one."""
    low = "".join(one.lower() if len(one.lower()) == 1 else one for one in text.translate(_SAME))
    low = re.sub(r"(?<=\d{4}-\d\d-\d\d)t(?=\d\d:\d\d)", " ", low)
    return _MASKED.sub(lambda found: "_" * len(found.group()), low)


_NOUNS = [
    "floor",
    "call",
    "demo",
    "draft",
    "meeting",
    "round",
    "attempt",
    "time",
    "party",
    "item",
    "page",
    "point",
    "half",
    "one",
    "version",
    "email",
    "invoice",
    "reminder",
    "option",
    "user",
    "line",
    "place",
    "tier",
    "level",
    "visit",
    "pass",
    "phase",
    "batch",
    "quote",
    "offer",
    "proposal",
    "review",
    "reply",
]

PRICES = ["percent", "pct", "%", "dollars", "euros", "pounds", "usd", "eur", "k", "per", "x", "times"]

_UNITS = ["seat", "licence", "license", "user", "unit", "people", "of"]

DAY_NAMES = "|".join(sorted(WEEKDAY_NAMES, key=len, reverse=True))
_VERBS = "is|are|was|were|has|wants|needs|said|says|asked|asks|owes|hates|likes|loves|will|can"
_COMPANY = (
    "Inc|Ltd|LLC|GmbH|AG|PLC|plc|Corp|Co|Group|Foods|Health|Media|Capital|Bank|Partners|Systems|Software|Labs|Bikes|"
    "Pharma|Holdings|Brothers|Networks|Energy|Insurance|Solutions|Technologies|Studios|Books|Street|Road|Microsystems"
)

_MORE = ("more", "new", "of", "other", "big", "extra", "additional", "or")
_MEASURES = frozenset(
    ("of", "inch", "inches", "in", "mm", "cm", "cup", "mile", "ton", "price", "score", "split", "full")
)
_MEASURES |= {"done", "teams", "stars"}
_AFTER_A_VERB = ("with", "down", "in", "on", "through", "there", "for", "and", "their", "out", "life")
LINK_TO_NOUN = re.compile(r"\b(?:the|a|an|our|their|his|her|my|your|its|this|that|no|new)\s+(?:\w+\s+)?$")


def without_lookalikes(phrases: list[Phrase], text: str, low: str) -> list[Phrase]:
    """Those of *phrases* that are what they look like."""
    kept = [one for one in phrases if not _only_looks_like_one(one, text, low)]
    return [one for at, one in enumerate(kept) if not (one.weak and _is_idle(one, kept, at, low))]


@dataclass(frozen=True, slots=True)
class _Setting:
    """A phrase where it stands: as typed, what stands before it, and behind it in *text* and in small letters."""

    one: Phrase
    shown: str
    before: str
    behind: str
    behind_low: str

    @property
    def word(self) -> str:
        """The next word, in small letters."""
        following = re.match(r"[\s,]*([\w'%]+)", self.behind_low)
        return following[1] if following else ""

    @property
    def breaks(self) -> bool:
        """Whether a comma or the like follows."""
        return bool(re.match(r"\s*[,;:.!?()-]", self.behind_low))

    @property
    def capital_next(self) -> bool:
        """Whether the next word begins with a capital."""
        return bool(re.match(r"\s+[A-Z][a-z]", self.behind))


def _only_looks_like_one(one: Phrase, text: str, low: str) -> bool:
    here = _Setting(one, text[one.start : one.end], low[: one.start], text[one.end :], low[one.end :])
    if here.shown[:1].isupper() and re.match(rf"(?:\s+[A-Z]\w+)?\s+(?:{_COMPANY})\b", here.behind):
        return True
    if one.words in ("noon", "midnight") and here.shown[0].isupper() and here.capital_next:
        return True
    match one.meaning:
        case Weekday() if one.words.rstrip(".") in WEEKDAY_NAMES:
            return _is_a_persons_or_a_firms(here)
        case Dated(year=None) if re.match(r"(?:may|march|mar)\b", one.words) and here.shown[0].islower():
            plural = here.word.endswith("s") or here.word in _MORE
            return plural and not here.breaks and not re.search(r"(?:st|nd|rd|th)$", one.words)
        case DayOfMonth():
            return _counts_something(here, one.meaning)
        case Numbers(year=None) if not re.search(r"\bin\s+$", here.before):
            return here.word in _MEASURES or bool(re.search(r"\b(?:scored?|rated|got|is|are)\s+$", here.before))
        case TimeOfDay() if re.fullmatch(r"(?:at|by|'?round|around|about|@) ?[\w-]+", one.words) and one.meaning.bare:
            return _is_an_amount(here)
        case Repeats() if re.search(r"ly$", one.words) and not one.words.startswith("every"):
            return bool(LINK_TO_NOUN.search(here.before)) and bool(here.word) and not here.breaks
        case Trouble("past"):
            return bool(re.search(r"'s\s", low[one.end - 1 : one.end + 2]))
    return False


def _is_a_persons_or_a_firms(here: _Setting) -> bool:
    """Whether a weekday's name is somebody's: "Sunday Riley called", "ask Wed Smith", "he sat with them"."""
    if re.match(r"\s*&\s*[A-Z]", here.behind) and not re.match(rf"\s*&\s*(?:{DAY_NAMES})\b", here.behind_low):
        return True
    named = here.shown[0].isupper() and here.capital_next and here.word not in WEEKDAY_NAMES
    if named and re.match(rf"\s+\w+(?: [A-Z]\w+)* (?:{_VERBS})\b", here.behind):
        return True
    if named and re.search(r"\b(?:for|the|with|from|of|via|to|at|re:?|vs)\s+$", here.before):
        return True
    led = re.search(r"\b(?:on|by|this|next|coming|until|till|every|for)\s+$", here.before)
    if here.one.words in ("sun", "sat", "wed") and not led and not here.breaks:
        return here.word in _AFTER_A_VERB or (named and not re.match(r"\s*\d", here.behind))
    return False


def _counts_something(here: _Setting, nth: DayOfMonth) -> bool:
    """Whether an ordinal counts something: "the 3rd escalation"."""
    one, word = here.one, here.word
    if here.breaks:
        return False
    led = re.match(r"(?:on|by)\b", one.words) or re.search(r"\b(?:on|by|until)\s+$", here.before)
    stands_alone = nth.weekday or nth.months is not None or " of " in one.words
    return word in _NOUNS or bool(
        not led and not stands_alone and word and not re.match(r"at|@|\d", word) and here.before.strip()
    )


def _is_an_amount(here: _Setting) -> bool:
    """Whether an hour is an amount: "at 5 seats", "by 20%", "about 3 demos"."""
    if re.match(r"\s*(?:[-+/]\s*\d|k\b|\.\d)", here.behind_low):
        return not re.match(r"\s*-\s*\d", here.behind_low)
    if here.one.words.startswith(("at", "@")):
        return here.word in PRICES
    return here.word in _UNITS or here.word in PRICES or here.word.endswith("s")


def _is_idle(one: Phrase, phrases: list[Phrase], at: int, low: str) -> bool:
    """A weak phrase counts only beside those that make it one."""
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
            if one.words in ("am", "pm", "lunch", "eve", "night", "aft"):
                event = re.match(r"\s+(?:with|at the|for|meeting|out|talk|menu|w/)", low[one.end :])
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
        case TimeOfDay():
            return not ((near_before and before is not None and isinstance(before.meaning, DAY)) or
                        (near_after and after is not None and isinstance(after.meaning, DAY)))  # fmt: skip
        case Trouble():
            return any(not p.weak and isinstance(p.meaning, (*DAY, Repeats, Elapsed)) for p in phrases)
    return False
