"""What only looks like a date: prices, versions, Monday Night Foods, "the 2nd demo", "a weekly report"."""

import re
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
    r"<[^>]*>|https?://\S+|\bwww\.\S+|\S+@\S+\.\w+|\b[\w-]+\.(?:com|io|ai|net|org|co)\b|:[a-z][\w+-]*:"
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

LINK_TO_NOUN = re.compile(r"\b(?:the|a|an|our|their|his|her|my|your|its|this|that|no|new)\s+(?:\w+\s+)?$")


def without_lookalikes(phrases: list[Phrase], text: str, low: str) -> list[Phrase]:
    """Those of *phrases* that are what they look like."""
    kept = [one for one in phrases if not _only_looks_like_one(one, text, low)]
    return [one for at, one in enumerate(kept) if not (one.weak and _is_idle(one, kept, at, low))]


def _only_looks_like_one(one: Phrase, text: str, low: str) -> bool:
    following = re.match(r"[\s,]*([\w'%]+)", low[one.end :])
    word = following[1] if following else ""
    after_break = bool(re.match(r"\s*[,;:.!?()-]", low[one.end :]))
    shown, before = text[one.start : one.end], low[: one.start]
    if shown[:1].isupper() and re.match(rf"(?:\s+[A-Z]\w+)?\s+(?:{_COMPANY})\b", text[one.end :]):
        return True
    capital_next = bool(re.match(r"\s+[A-Z][a-z]", text[one.end :]))
    if one.words in ("noon", "midnight") and shown[0].isupper() and capital_next:
        return True
    match one.meaning:
        case Weekday() if one.words.rstrip(".") in WEEKDAY_NAMES:
            named = shown[0].isupper() and capital_next and word not in WEEKDAY_NAMES
            if re.match(r"\s*&\s*[A-Z]", text[one.end :]) and not re.match(
                rf"\s*&\s*(?:{DAY_NAMES})\b", low[one.end :]
            ):
                return True
            if named and re.match(
                rf"\s+\w+(?: [A-Z]\w+)* (?:{_VERBS})\b",
                text[one.end :],
            ):
                return True
            if named and re.search(r"\b(?:for|the|with|from|of|via|to|at|re:?|vs)\s+$", before):
                return True
            if one.words in ("sat", "sun", "wed", "mon", "fri", "tue", "thu"):
                led = re.search(r"\b(?:on|by|this|next|coming|until|till|every|for)\s+$", before)
                if one.words in ("sun", "sat", "wed") and not led and not after_break:
                    verb = word in (
                        "with",
                        "down",
                        "in",
                        "on",
                        "through",
                        "there",
                        "for",
                        "and",
                        "and",
                        "their",
                        "out",
                        "life",
                    )
                    return verb or (named and not re.match(r"\s*\d", text[one.end :]))
            return False
        case Dated(year=None) if re.match(r"(?:may|march|mar)\b", one.words) and shown[0].islower():
            plural = word.endswith("s") or word in ("more", "new", "of", "other", "big", "extra", "additional", "or")
            return plural and not after_break and not re.search(r"(?:st|nd|rd|th)$", one.words)
        case DayOfMonth():
            led = re.match(r"(?:on|by)\b", one.words) or re.search(r"\b(?:on|by|until)\s+$", before)
            return not after_break and (word in _NOUNS or (not led and not one.meaning.weekday and bool(word) and
                                        one.meaning.months is None and " of " not in one.words and
                                        not re.match(r"at|@|\d", word) and bool(before.strip())))  # fmt: skip
        case Numbers(year=None) if not re.search(r"\bin\s+$", before):
            return word in (
                "of",
                "inch",
                "inches",
                "in",
                "mm",
                "cm",
                "cup",
                "mile",
                "ton",
                "price",
                "score",
                "split",
                "full",
                "done",
                "teams",
                "stars",
            ) or bool(re.search(r"\b(?:scored?|rated|got|is|are)\s+$", before))
        case TimeOfDay() if re.fullmatch(r"(?:at|by|'?round|around|about|@) ?[\w-]+", one.words) and one.meaning.bare:
            if re.match(r"\s*(?:[-+/]\s*\d|k\b|\.\d)", low[one.end :]):
                return not re.match(r"\s*-\s*\d", low[one.end :])
            if one.words.startswith(("at", "@")):
                return word in PRICES
            return word in _UNITS or word in PRICES or word.endswith("s")
        case Repeats() if re.search(r"ly$", one.words) and not one.words.startswith("every"):
            return bool(LINK_TO_NOUN.search(before)) and bool(word) and not after_break
        case Trouble("past"):
            return bool(re.search(r"'s\s", low[one.end - 1 : one.end + 2]))
    return False


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
