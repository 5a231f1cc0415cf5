"""
Reading a date out of what somebody typed: "Acme tomorrow at 3 call Dana" is 15:00 tomorrow, and "Acme call Dana".

The rule above all others: never guess. A date that could be another one, a second date, a word that looks like a date
and was not understood: each ends in a question to the person. The conventions (a bare 3 is 15:00, no time is 09:00,
"next Tuesday" is next week's) are in `docs/dates.md`.
"""

import calendar
import difflib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from bot.followups.phrases import (
    DAYS,
    MONTH_NAMES,
    WEEKDAY_NAMES,
    Ahead,
    Bound,
    Business,
    Clock,
    Dated,
    DayOfMonth,
    Elapsed,
    Limit,
    Meaning,
    Numbers,
    Part,
    Period,
    Phrase,
    Rule,
    Trouble,
    Weekday,
    phrases_in,
)
from bot.followups.recurrence import Recurrence, first_after, instant_of

M = TypeVar("M")

MORNING, EVENING = time(9), time(17)
FARTHEST_YEARS = 10
_LONGEST = 4_000  # characters that are searched for a date

TRY = 'Try "friday 3pm", "in 2 hours", "tomorrow 9:00" or "2026-12-04 15:00".'


@dataclass(frozen=True, slots=True)
class Due:
    """
    A date that was understood.

    *at* is in UTC, *wall* the same as local time in *zone*; with *rule* it is the first time. *text* is what was typed
    without the date; *before* and *after* are its two sides.
    """

    at: datetime
    wall: datetime
    zone: ZoneInfo
    text: str
    rule: Recurrence | None = None
    before: str = ""
    after: str = ""


class NotUnderstood(Exception):
    """
    No date that could be relied on. *error* is "none", "past" or "ambiguous"; *ask* is what to ask the person.

    *ask* may hold the person's own words.
    """

    def __init__(self, error: str, ask: str) -> None:
        super().__init__(error)
        self.error = error
        self.ask = ask


@dataclass
class _Cluster:
    """Phrases that stand together and make one date."""

    phrases: list[Phrase] = field(default_factory=list)

    @property
    def start(self) -> int:
        return self.phrases[0].start

    @property
    def end(self) -> int:
        return self.phrases[-1].end

    def all(self, kind: type[M]) -> list[M]:
        return [phrase.meaning for phrase in self.phrases if isinstance(phrase.meaning, kind)]

    def has(self, *kinds: type) -> bool:
        return any(isinstance(phrase.meaning, kinds) for phrase in self.phrases)


_DAY = (Ahead, Business, Weekday, DayOfMonth, Dated, Numbers, Period)
_TIME = (Clock, Part)


def read(text: str, now: datetime, zone: ZoneInfo, locale: str = "en-US") -> Due:
    """
    The one date in *text*, as somebody in *zone* means it who writes *text* at *now* (aware).

    *locale* ("en-US") decides, with *zone*, whether 12/3 is in March or in December. Raises NotUnderstood.
    """
    text = html.unescape(text)
    low = _lowered(text[:_LONGEST])
    seen = list(phrases_in(low))
    phrases = _without_lookalikes(seen, text, low)
    clusters = _clusters(phrases, low)
    chosen = _the_one(clusters, phrases, low)
    _nothing_left_over(chosen, [one for one in seen if one not in phrases], low, text)
    zones = {one for cluster in chosen for one in cluster.all(ZoneInfo)}
    if len(zones) > 1:
        raise _unclear("I see two time zones.")
    where = zones.pop() if zones else zone
    whole = _Cluster([phrase for cluster in chosen for phrase in cluster.phrases])
    asker = _Asker(now.astimezone(where).replace(tzinfo=None), where, _month_first(locale, zone))
    wall, rule = asker.resolve(whole)
    at = instant_of(wall, where)
    if whole.has(Elapsed):
        span = whole.all(Elapsed)[0].by
        at = now.astimezone(UTC) + span
        if span >= timedelta(hours=1):
            at = at.replace(second=0, microsecond=0)  # nobody means the seconds
        wall = at.astimezone(where).replace(tzinfo=None)
    if at <= now:
        raise NotUnderstood("past", f"{_said(wall)} is over. When shall it be? {TRY}")
    if wall.year > asker.now.year + FARTHEST_YEARS:
        raise _unclear(f"{wall:%-d %B %Y} is more than ten years ahead.")
    before, after = _cut(text, low, chosen)
    return Due(at, wall, where, _joined(before, after), rule, _trimmed(before), _trimmed(after))


def _unclear(why: str) -> NotUnderstood:
    return NotUnderstood("ambiguous", f"{why} When exactly? {TRY}")


def _said(wall: datetime) -> str:
    return f"{wall:%A} {wall.day} {wall:%B %Y, %H:%M}"


# before the phrases: one character stays one character, so that places in the text stay the same

_SAME = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " ", "\u202f": " ",
                       "\u2009": " ", "\t": " ", "\n": " ", "|": " ", "*": " ", "_": " "})  # fmt: skip
_MASKED = re.compile(
    r"<[^>]*>|https?://\S+|\bwww\.\S+|\S+@\S+\.\w+|\b[\w-]+\.(?:com|io|ai|net|org|co)\b|:[a-z][\w+-]*:"
    r"|\bv\d[\w.]*|\+\d[\d ()-]{6,}\d|\b\d{2,4}[ -]\d{3,4}[ -]\d{3,4}\b"
    r"|\(?\d{3}\)?[ -]\d{3}[ -]\d{4}|[$€£]\s?\d[\d.,]*[kmb]?(?:/\w+)?|\d[\d.,]*\s?%"
    r"|\b24/7\b|(?<=the )\bsun\b|\b\d-\w*eleven\b|`[^`]*`|\boffice 365\b|\bm365\b|\bnet[ -]?\d+\b"
)


def _lowered(text: str) -> str:
    low = "".join(one.lower() if len(one.lower()) == 1 else one for one in text.translate(_SAME))
    low = re.sub(r"(?<=\d{4}-\d\d-\d\d)t(?=\d\d:\d\d)", " ", low)
    return _MASKED.sub(lambda found: "_" * len(found.group()), low)


# what only looks like a date

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
_PRICES = ["percent", "pct", "%", "dollars", "euros", "pounds", "usd", "eur", "k", "per", "x", "times"]
_UNITS = ["seat", "licence", "license", "user", "unit", "people", "of"]
_COMPANY = (
    "Inc|Ltd|LLC|GmbH|AG|PLC|plc|Corp|Co|Group|Foods|Health|Media|Capital|Bank|Partners|Systems|Software|Labs|Bikes|"
    "Pharma|Holdings|Brothers|Networks|Energy|Insurance|Solutions|Technologies|Studios|Books|Street|Road|Microsystems"
)
_LINK_TO_NOUN = re.compile(r"\b(?:the|a|an|our|their|his|her|my|your|its|this|that|no|new)\s+(?:\w+\s+)?$")
_REFERS_BACK = re.compile(r"\b(?:from|since|of|about|re:?|on|their|his|her|our|the)\s+$")


def _without_lookalikes(phrases: list[Phrase], text: str, low: str) -> list[Phrase]:
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
    match one.meaning:
        case Weekday() if one.words.rstrip(".") in WEEKDAY_NAMES:
            named = shown[0].isupper() and capital_next and word not in WEEKDAY_NAMES
            if re.match(r"\s*&\s*[A-Z]", text[one.end :]) and not re.match(
                rf"\s*&\s*(?:{_DAY_NAMES})\b", low[one.end :]
            ):
                return True
            if named and re.match(r"\s+\w+ (?:is|are|was|were|has|wants|needs|said|says|asked)\b", text[one.end :]):
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
            return word in ("of", "price", "score", "split", "full", "done", "teams", "stars") or bool(
                re.search(r"\b(?:scored?|rated|got|is|are)\s+$", before)
            )
        case Clock() if re.fullmatch(r"(?:at|by|'?round|around|about|@) ?[\w-]+", one.words) and one.meaning.bare:
            if re.match(r"\s*(?:[-+/]\s*\d|k\b|\.\d)", low[one.end :]):
                return not re.match(r"\s*-\s*\d", low[one.end :])
            if one.words.startswith(("at", "@")):
                return word in _PRICES
            return word in _UNITS or word in _PRICES or word.endswith("s")
        case Rule() if re.search(r"ly$", one.words) and not one.words.startswith("every"):
            return bool(_LINK_TO_NOUN.search(before)) and bool(word) and not after_break
        case Trouble("past"):
            return bool(re.search(r"'s\s", low[one.end - 1 : one.end + 2]))
    return False


def _is_idle(one: Phrase, phrases: list[Phrase], at: int, low: str) -> bool:
    """A weak phrase counts only beside those that make it one."""
    before = phrases[at - 1] if at else None
    after = phrases[at + 1] if at + 1 < len(phrases) else None
    behind = low[before.end : one.start] if before else "x"
    ahead = low[one.end : after.start] if after else "x"
    near_before, near_after = bool(_GAP.fullmatch(behind)), bool(_GAP.fullmatch(ahead))
    match one.meaning:
        case ZoneInfo():
            said = before is not None and isinstance(before.meaning, Clock | Part | Weekday | Ahead)
            return not (said and re.fullmatch(r"\s*[(]?", behind))
        case Part():
            day_before = near_before and before is not None and isinstance(before.meaning, (*_DAY, Clock, Rule))
            day_after = near_after and after is not None and isinstance(after.meaning, (*_DAY, Clock))
            if one.words in ("am", "pm", "lunch", "eve", "night", "aft"):
                event = re.match(r"\s+(?:with|at the|for|meeting|out|talk|menu|w/)", low[one.end :])
                return not day_before or bool(event)
            if day_before or day_after:
                noun = re.match(r"\s+(?:call|meeting|standup|session|briefing|slot|show|sync)s?\b", low[one.end :])
                return bool(noun) and not day_before
            return True
        case Elapsed() | Ahead():
            others = [p for p in phrases if p is not one and isinstance(p.meaning, (*_DAY, *_TIME, Elapsed, Rule))]
            edge = not low[: one.start].strip() or not low[one.end :].strip(" .!")
            noun = re.match(r"\s+(?:call|demo|meeting|slot|chat|session|trial|sync|window|block|max)\b", low[one.end :])
            return bool(others) or not edge or bool(noun)
        case Limit() | Bound():
            return not any(isinstance(p.meaning, Rule) for p in phrases)
        case Clock():
            return not ((near_before and before is not None and isinstance(before.meaning, _DAY)) or
                        (near_after and after is not None and isinstance(after.meaning, _DAY)))  # fmt: skip
        case Trouble():
            return any(not p.weak and isinstance(p.meaning, (*_DAY, Rule, Elapsed)) for p in phrases)
    return False


# phrases that stand together

_GAP = re.compile(
    r"[\s,.(]*(?:\b(?:at|on|by|of|the|in|for|from|around|about|come|say)\b|[@~:(-]|- )?[\s,(]*(?:\bthe\b|@)?[\s,]*"
)
_OR = re.compile(r"\b(?:or|either)\b|\s/\s")


def _clusters(phrases: Sequence[Phrase], low: str) -> list[_Cluster]:
    found: list[_Cluster] = []
    for one in phrases:
        last = found[-1] if found else None
        if last is not None and _GAP.fullmatch(low[last.end : one.start]) and _fits(last, one.meaning):
            last.phrases.append(one)
        else:
            found.append(_Cluster([one]))
    return found


def _fits(cluster: _Cluster, meaning: Meaning) -> bool:
    if isinstance(meaning, Trouble) or cluster.has(Trouble):
        return False
    if cluster.has(Rule):
        return not isinstance(meaning, Rule | Elapsed) and not (isinstance(meaning, Clock) and cluster.has(Clock))
    if isinstance(meaning, Rule):
        return not cluster.has(Elapsed)
    if isinstance(meaning, Limit | Bound):
        return False
    if isinstance(meaning, Clock | Elapsed | ZoneInfo):
        return not cluster.has(type(meaning)) and not (isinstance(meaning, Clock | Elapsed) and cluster.has(Elapsed))
    if isinstance(meaning, Part):
        return not cluster.has(Part, Elapsed)
    days = [one for one in cluster.phrases if isinstance(one.meaning, _DAY)]
    if not days:
        return not cluster.has(Elapsed)
    return len(days) == 1 and _is_weekday_and_date(days[0].meaning, meaning)


def _is_weekday_and_date(one: Meaning, other: Meaning) -> bool:
    kinds = {type(one), type(other)}
    plain = [w for w in (one, other) if isinstance(w, Weekday) and not w.weeks and w.week is None]
    return Weekday in kinds and bool(plain) and bool(kinds & {Dated, Numbers, DayOfMonth})


def _the_one(clusters: list[_Cluster], phrases: Sequence[Phrase], low: str) -> list[_Cluster]:
    """The clusters that make the one date together. Raises NotUnderstood."""
    useful = [one for one in clusters if one.has(*_DAY, *_TIME, Elapsed, Rule)]
    troubles = [p for p in phrases if isinstance(p.meaning, Trouble)]
    if useful:
        troubles = [p for p in troubles if not (p.meaning == Trouble("past") and _REFERS_BACK.search(low[: p.start]))]
    if troubles:
        past = [p for p in troubles if p.meaning == Trouble("past")]
        if past and not useful:
            raise NotUnderstood("past", f'"{past[0].words}" is over. When shall it be? {TRY}')
        raise _unclear(f'"{troubles[0].words}" could be more than one time.')
    if not useful:
        if re.search(r"\b\d{1,2}(?:st|nd|rd|th)\b", low):
            raise _unclear("I see a number that may be a date.")
        raise NotUnderstood("none", f"I see no date in that. {TRY}")
    if len(useful) > 1 and any(_OR.search(low[a.end : b.start]) for a, b in pairwise(useful)):
        raise _unclear("I see two dates.")
    if len(useful) == 1:
        return useful
    if len(useful) == 2 and _complement(*useful):
        return useful
    raise _unclear("I see two dates.")


def _complement(one: _Cluster, other: _Cluster) -> bool:
    """A day here and its time there, in one text."""
    for day, clock in ((one, other), (other, one)):
        timed = clock.has(Clock) or (clock.has(Part) and not clock.has(*_DAY))
        only_time = timed and not clock.has(*_DAY, Elapsed, Rule)
        if (
            day.has(*_DAY, Rule)
            and not day.has(Clock, Elapsed)
            and only_time
            and not (day.has(Part) and clock.has(Part))
        ):
            return not isinstance(day.phrases[0].meaning, Period) or day.has(Weekday)
    return False


_LEFT_OVER = re.compile(
    r"\b(?:every|hourly|nightly|daily|weekly|fortnightly|biweekly|monthly|quarterly|yearly|annually|weekdays|weekends|"
    r"mornings|afternoons|evenings|nights|(?:mon|tues|wednes|thurs|fri|satur|sun)days|tonight|midnight|fortnight|"
    r"o'?clock|(?:public|bank) holidays?|to-morrow|wkly|mthly|qtrly|make that|or rather|i mean|week-?ish|(?:tomorrow|today|noon)-\w+|(?:close|end) of (?:the )?\w+ ?(?:day)?|"
    r"hundred hours|zulu)\b|\b\d{1,2}:\d\d\b|\b\d{1,2} ?(?:[ap]|[ap]m)\b"
    r"|\b(?:\d{1,2}(?:st|nd|rd|th)?|first|second|third|\w+-?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|"
    rf"tenth|teenth|tieth)) of (?:{'|'.join(MONTH_NAMES)})\b"
    r"|\b(?:at|by|around|about|say) (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon)\b(?! \w+s\b)"
)
_HOUR_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_SPELLED_TIME = re.compile(
    rf"\b(?:{_HOUR_WORDS})[- ](?:five|ten|fifteen|twenty|twenty-five|thirty|forty|forty-five|fifty)\b(?!-)"
    r"|\b\d{1,2}(?:st|nd|rd|th)\b(?!\s+\w)"
)
_DAY_NAMES = "|".join(sorted(WEEKDAY_NAMES, key=len, reverse=True))
_A_WEEKDAY = re.compile(
    rf"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b(?!'|\.\w)|\b(?:{_DAY_NAMES})[/&+-](?:{_DAY_NAMES})\b"
)
_SPELLED = ("monday", "tuesday", "wednesday", "thursday", "saturday", "tomorrow", "tonight", "fortnight", "september",
            "february", "november", "december", "october")  # fmt: skip


def _nothing_left_over(chosen: Sequence[_Cluster], lookalikes: Sequence[Phrase], low: str, text: str) -> None:
    """Raise NotUnderstood if something outside the chosen phrases still looks like a part of a date."""
    rest = low
    for phrase in (phrase for cluster in chosen for phrase in cluster.phrases):
        rest = rest[: phrase.start] + "\0" * (phrase.end - phrase.start) + rest[phrase.end :]
    if found := _SPELLED_TIME.search(rest):
        raise _unclear(f'I do not know what "{found.group()}" means for it.')
    known = {at for phrase in lookalikes for at in range(phrase.start, phrase.end)}
    for found in _A_WEEKDAY.finditer(rest):
        if found.start() not in known:
            raise _unclear(f'I do not know what "{found.group()}" means for it.')
    for found in _LEFT_OVER.finditer(rest):
        adjective = _LINK_TO_NOUN.search(rest[: found.start()]) and re.match(r"\s+[a-z]", rest[found.end() :])
        if not adjective:
            raise _unclear(f'I do not know what "{found.group()}" means for it.')
    for found in re.finditer(r"\bat (\d[\w.:]*)(?:\s+([a-z]+))?", rest):
        if _LIKE_A_TIME.fullmatch(found[1].rstrip(".:")) and (found[2] or "") not in _PRICES:
            raise _unclear(f'Is "{found[1]}" a time?')
    for found in re.finditer(r"[a-z]{5,}(?!'s|\w)", rest):
        near = difflib.get_close_matches(found.group(), _SPELLED, 1, 0.86)
        if near and near[0] != found.group():
            raise _unclear(f'Is "{found.group()}" meant to be {near[0]}?')
    for cluster in chosen:
        _nothing_beside(cluster, low)
        if re.match(r"\s*\(?[A-Z]{2,4}T\b|,?\s*\(?\w+(?: \w+)? (?:time|clock)\b", text[cluster.end :]):
            raise _unclear("I do not know that time zone.")
        if re.match(r"\s*(?:or|and/or|/)\s+(?:\w+\s)?(?:so|later|the day after|earlier)\b", low[cluster.end :]):
            raise _unclear("That could be more than one time.")


_BEFORE_IT = re.compile(
    r"\b(?:late|early|end|mid|half|quarter|every|each|last|past|previous|first|second|third|other|until|till|since|before|"
    r"after|between|not|no|except|than|of|only|next to|next|pre|post|bar|coming to|in)\s+(?:the\s+|on\s+)?$|(?:day|today|tomorrow)'s\s+$"
)
_BEHIND_IT = re.compile(
    r"[\s,]*-?(?:weeks?|months?|fortnight|after|before|or|until|till|ish|earliest|latest|late|early|end|onwards?|night|"
    r"thru|through|except|if possible|half|quarter|plus|z|instead of|next|last|just gone|back|only|the week|following)\b"
)
_NUMBER_BEHIND = re.compile(r"[\s,]*(?:at |@ ?|about |around |by )?(?<![\w$-])(\d[\w.:]*)(?:-?ish)?(?:\s+([a-z]+))?")
_LIKE_A_TIME = re.compile(r"\d{1,2}|[01]?\d[h.:]?[0-5]\d|2[0-3][h.:]?[0-5]\d|\d{1,2}[hz]|\d{1,2}:\d\dz")


def _nothing_beside(cluster: _Cluster, low: str) -> None:
    """
    Words right beside a date that change it, and numbers that may be its time.

    "Tuesday 3 call Dana" may mean three o'clock; "Tuesday 3 demos" does not.
    """
    start = cluster.start
    while own := _OWN.search(low, 0, start):
        start = own.start()
    behind_it = None if re.match(r",? ?latest", low[cluster.end :]) else _BEHIND_IT.match(low[cluster.end :])
    if found := _BEFORE_IT.search(low[:start]) or behind_it:
        raise _unclear(f'I do not know what "{found.group().strip(" ,-")}" means for it.')
    if re.match(r"\s*(?:-|to)\s*\d", low[cluster.end :]):
        raise _unclear("I see two times.")
    if cluster.has(Clock, Elapsed):
        return
    if cluster.has(Rule) and re.search(rf"\b(?:{_HOUR_WORDS}|\d+)\s+$", low[:start]):
        raise _unclear("That could be more than one time.")
    numbers = cluster.all(Numbers)
    if numbers and numbers[0].second == 10 and numbers[0].year is None:
        raise _unclear(f"Is {numbers[0].first}/10 a date?")
    if dotted := re.search(r"(?<![\w.$])(?:[1-9]|1\d|2[0-3])\.[0-5]\d(?![\w.%]|\s?(?:k|m|gb|percent)\b)", low):
        raise _unclear(f'Is "{dotted.group()}" a time?')
    behind = _NUMBER_BEHIND.match(low[cluster.end :])
    counts = behind is not None and (behind[2] or "").endswith("s") and behind[2] != "plus" and not cluster.has(Part)
    if behind and _LIKE_A_TIME.fullmatch(behind[1].rstrip(".:")) and not counts:
        raise _unclear(f'Is the "{behind[1]}" a time?')
    before = re.search(r"(?<![\w.$#-])(\d{1,2})\s+(?:on\s+)?$", low[: cluster.start])
    counted = before and re.search(
        r"\b(?:q|day|week|phase|step|tier|office|room|part|plan|no\.?)\s*$", low[: before.start()]
    )
    if before and 1 <= int(before[1]) <= 23 and not counted:
        raise _unclear(f'Is the "{before[1]}" a time?')


# from meanings to a day and a time


@dataclass(frozen=True)
class _Asker:
    """Where and when the person is: *now* as local time in *zone*. *month_first* is None where it is not sure."""

    now: datetime
    zone: ZoneInfo
    month_first: bool | None

    @property
    def today(self) -> date:
        return self.now.date()

    def resolve(self, cluster: _Cluster) -> tuple[datetime, Recurrence | None]:
        """The local time that *cluster* stands for, and its rule. Raises NotUnderstood."""
        if cluster.has(Rule):
            return self._recurring(cluster)
        if cluster.has(Elapsed):
            if cluster.has(*_DAY, *_TIME):
                raise _unclear("I see both a span and a time of day.")
            return self.now, None
        clock = self._clock(cluster)
        days = [one.meaning for one in cluster.phrases if isinstance(one.meaning, _DAY)]
        if not days:
            return self._next(clock or MORNING, cluster), None
        return self._on_a_day(days, clock, cluster), None

    def _on_a_day(self, days: Sequence[Meaning], clock: time | None, cluster: _Cluster) -> datetime:
        day = self._day(days, clock)
        if clock == time(0) and any(c.hour == 0 and "midnight" in p.words for p in cluster.phrases
                                    if isinstance(c := p.meaning, Clock)):  # fmt: skip
            if day != self.today:
                raise _unclear("Midnight before or after that day?")
            return datetime.combine(day + timedelta(days=1), clock)
        if clock is None:
            if day == self.today and not isinstance(days[0], Period):
                raise _unclear("Today, but at what time?")
            clock = EVENING if any(_is_an_end(one) for one in days) else MORNING
        return datetime.combine(day, clock)

    def _clock(self, cluster: _Cluster) -> time | None:
        clocks, parts = cluster.all(Clock), cluster.all(Part)
        part = parts[0] if parts else None
        if not clocks:
            return time(part.hour) if part else None
        if len(clocks) > 1:
            raise _unclear("I see two times.")
        clock = clocks[0]
        hour = clock.hour
        if (part is not None and part.late and 1 <= hour <= 11 and clock.bare) or (
            clock.bare and part is None and 1 <= hour <= 6
        ):
            hour += 12
        elif part is not None and part.late and hour == 12 and part.hour == 18:
            raise _unclear("Is that noon or midnight?")
        return time(hour, clock.minute, clock.second)

    def _next(self, clock: time, cluster: _Cluster) -> datetime:
        """Without a day: the next time that it is so late."""
        wall = datetime.combine(self.today, clock)
        today = any(part.this for part in cluster.all(Part))
        if today and clock == time(0):
            return wall + timedelta(days=1)
        return wall if today or wall > self.now else wall + timedelta(days=1)

    def _day(self, days: Sequence[Meaning], clock: time | None) -> date:
        if len(days) == 2:
            weekday = next(one for one in days if isinstance(one, Weekday))
            other = next(one for one in days if not isinstance(one, Weekday))
            if isinstance(other, DayOfMonth):
                other = replace(other, weekday=weekday.day)
            day = self._day([other], clock)
            if day.weekday() != weekday.day:
                raise _unclear(f"{day.day} {day:%B %Y} is a {day:%A}.")
            return day
        match days[0]:
            case Ahead(by):
                return self._in_range(by)
            case Business(count):
                return _working_days_after(self.today, count)
            case Weekday() as weekday:
                return self._weekday(weekday, clock)
            case DayOfMonth() as nth:
                return self._nth(nth, clock)
            case Dated() as dated:
                return self._dated(dated, clock)
            case Numbers() as numbers:
                return self._dated(self._which(numbers), clock)
            case Period() as period:
                return self._period(period)
        raise AssertionError(days)

    def _in_range(self, by: relativedelta) -> date:
        try:
            return self.today + by
        except (OverflowError, ValueError):
            raise _unclear("That is too far ahead.") from None

    def _is_over(self, day: date, clock: time | None) -> bool:
        return datetime.combine(day, clock or MORNING) <= self.now

    def _weekday(self, weekday: Weekday, clock: time | None) -> date:
        if weekday.week is not None:
            day = self.today - timedelta(days=self.today.weekday()) + timedelta(days=7 * weekday.week + weekday.day)
            if weekday.week == 0 and (day < self.today or self._is_over(day, clock)):
                raise NotUnderstood("past", f"{day:%A} of this week is over. When shall it be? {TRY}")
            return day
        ahead = (weekday.day - self.today.weekday()) % 7
        if ahead == 0 and weekday.weeks:
            raise _unclear(f"It is {self.today:%A} today.")
        if ahead == 0 and (clock is None or self._is_over(self.today, clock)):
            ahead = 7
        return self.today + timedelta(days=ahead + 7 * weekday.weeks)

    def _nth(self, nth: DayOfMonth, clock: time | None) -> date:
        if not (nth.day == -1 or 1 <= nth.day <= 31):
            raise _unclear(f"There is no {nth.day}th of a month.")
        months = range(13) if nth.months is None else (nth.months,)
        for ahead in months:
            first = self.today.replace(day=1) + relativedelta(months=ahead)
            last = calendar.monthrange(first.year, first.month)[1]
            if nth.day > last:
                if nth.months is not None:
                    raise _unclear(f"{first:%B} has only {last} days.")
                continue
            day = first.replace(day=last if nth.day == -1 else nth.day)
            if day < self.today or (nth.months is None and self._is_over(day, clock)):
                continue
            if nth.weekday is not None and day.weekday() != nth.weekday:
                raise _unclear(f"{day.day} {day:%B} is a {day:%A}.")
            return day
        raise NotUnderstood("past", f"That day is over. When shall it be? {TRY}")

    def _which(self, numbers: Numbers) -> Dated:
        first, second = numbers.first, numbers.second
        if first > 12 or (second <= 12 and self.month_first is False):
            return Dated(second, first, numbers.year)
        if second > 12 or first == second or self.month_first:
            return Dated(first, second, numbers.year)
        raise _unclear(f"Is {first}/{second} in {_month(first)} or in {_month(second)}?")

    def _dated(self, dated: Dated, clock: time | None) -> date:
        if not 1 <= dated.month <= 12:
            raise _unclear(f"There is no month {dated.month}.")
        years = [dated.year] if dated.year is not None else range(self.today.year, self.today.year + 9)
        for year in years:
            try:
                last = calendar.monthrange(year, dated.month)[1]
                day = date(year, dated.month, last if dated.day == -1 else dated.day)
            except ValueError:
                continue
            if dated.year is not None or not (day < self.today or self._is_over(day, clock)):
                return day
        raise _unclear(f"There is no {dated.day} {_month(dated.month)}{f' {dated.year}' if dated.year else ''}.")

    def _period(self, period: Period) -> date:
        start = _start_of(period.unit, self.today, period.ahead)
        after = _start_of(period.unit, self.today, period.ahead + 1)
        if period.unit == "year" and period.edge != "end":
            raise _unclear("A year is long.")
        if period.edge == "end":
            day = start + timedelta(days=4) if period.unit == "week" else after - timedelta(days=1)
        elif period.edge == "middle":
            if period.unit not in ("week", "month"):
                raise _unclear("The middle of that could be several days.")
            day = start + timedelta(days=2 if period.unit == "week" else 14)
        else:
            day = start
        if day < self.today or (day == self.today and period.edge == "middle"):
            raise _unclear("That is over already, or soon.")
        return day

    # recurrences

    def _recurring(self, cluster: _Cluster) -> tuple[datetime, Recurrence]:
        rules = cluster.all(Rule)
        rule = rules[0]
        if len(rules) > 1:
            rule = _merged(rules)
        days, starts, ends = self._roles(cluster)
        clock = self._clock(cluster) or (time(rule.hour) if rule.hour is not None else MORNING)
        start = self._day([starts], clock) if starts is not None else self.today
        rule, months = self._narrowed(rule, days, start, explicit=starts is not None, adverb=cluster)
        recurrence = Recurrence(rule.freq, rule.interval, _by_day(rule.days), rule.monthdays, months, _place(rule.days))
        wall = first_after(recurrence, self.now, datetime.combine(start, clock))
        if wall is None:
            raise NotUnderstood("past", f"That would never happen again. {TRY}")
        return wall, self._limited(recurrence, cluster, ends, wall)

    def _roles(self, cluster: _Cluster) -> tuple[list[Meaning], Meaning | None, Meaning | None]:
        """The days that belong to the rule, the day it starts on, the day it ends on."""
        own: list[Meaning] = []
        starts = ends = None
        bound: Bound | None = None
        for phrase in cluster.phrases:
            meaning = phrase.meaning
            if isinstance(meaning, Bound):
                bound = meaning
            elif isinstance(meaning, _DAY):
                if bound is None:
                    own.append(meaning)
                elif bound.ends:
                    ends = meaning
                else:
                    starts = meaning
                bound = None
        if bound is not None:
            raise _unclear("Until when, or from when?")
        return own, starts, ends

    def _narrowed(
        self, rule: Rule, days: Sequence[Meaning], start: date, *, explicit: bool, adverb: _Cluster
    ) -> tuple[Rule, tuple[int, ...]]:
        """*rule* with what the other phrases say of its days, and its months for a yearly one."""
        months: tuple[int, ...] = ()
        for day in days:
            if (
                isinstance(day, Weekday)
                and rule.freq == "WEEKLY"
                and not day.weeks
                and day.week is None
                and not rule.days
            ):
                rule = replace(rule, days=(DAYS[day.day],))
            elif isinstance(day, DayOfMonth) and rule.freq == "MONTHLY" and not rule.days and not rule.monthdays:
                rule = replace(rule, monthdays=(day.day,))
            elif isinstance(day, Dated | Numbers) and rule.freq == "YEARLY":
                dated = self._which(day) if isinstance(day, Numbers) else day
                rule, months = replace(rule, monthdays=(dated.day,)), (dated.month,)
            elif len(days) == 1 and not explicit and isinstance(day, Ahead) and not rule.days and not rule.monthdays:
                return self._narrowed(rule, (), self._in_range(day.by), explicit=True, adverb=adverb)
            else:
                raise _unclear("I see both a recurrence and another date.")
        if rule.freq == "MONTHLY" and rule.interval > 1 and not explicit:
            raise _unclear("Beginning when?")
        if rule.freq == "WEEKLY" and not rule.days:
            rule = replace(rule, days=(DAYS[start.weekday()],))
        if rule.freq == "MONTHLY" and not rule.days and not rule.monthdays:
            rule = replace(rule, monthdays=(start.day,))
        if rule.freq == "YEARLY" and not months:
            raise _unclear("On which day of the year?")
        if rule.freq == "DAILY" and rule.interval > 1 and not explicit:
            raise _unclear("Beginning when?")
        if any(not (day == -1 or 1 <= day <= 31) for day in rule.monthdays):
            raise _unclear("No month has that day.")
        # RFC 5545 leaves out months without a 31st; people mean the last day then
        return replace(rule, monthdays=tuple(-1 if day == 31 else day for day in rule.monthdays)), months

    def _limited(self, rule: Recurrence, cluster: _Cluster, ends: Meaning | None, first: datetime) -> Recurrence:
        limits = cluster.all(Limit)
        if ends is not None:
            return replace(rule, until=self._day([ends], None))
        if not limits:
            return rule
        limit = limits[0]
        if limit.count:
            return replace(rule, count=limit.count)
        assert limit.span is not None
        return replace(rule, until=(first + limit.span - timedelta(days=1)).date())


def _is_an_end(day: Meaning) -> bool:
    return (isinstance(day, Period) and day.edge == "end") or (isinstance(day, Dated) and day.day == -1)


def _merged(rules: Sequence[Rule]) -> Rule:
    """ "weekly, every Monday" is one rule; two different ones are none."""
    with_days = [one for one in rules if one.days or one.monthdays]
    if len(with_days) > 1 or len({one.freq for one in rules}) > 1 or len({one.interval for one in rules} - {1}) > 1:
        raise _unclear("I see two recurrences.")
    kept = with_days[0] if with_days else rules[0]
    return replace(kept, interval=max(one.interval for one in rules))


def _by_day(days: tuple[str, ...]) -> tuple[str, ...]:
    return DAYS[:5] if any(day.endswith("work") for day in days) else days


def _place(days: tuple[str, ...]) -> int | None:
    return next((int(day.removesuffix("work")) for day in days if day.endswith("work")), None)


def _month(number: int) -> str:
    return calendar.month_name[number] if 1 <= number <= 12 else f"month {number}"


def _start_of(unit: str, today: date, ahead: int) -> date:
    if unit == "week":
        return today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
    if unit == "month":
        return today.replace(day=1) + relativedelta(months=ahead)
    if unit == "quarter":
        return today.replace(day=1, month=(today.month - 1) // 3 * 3 + 1) + relativedelta(months=3 * ahead)
    return today.replace(day=1, month=1) + relativedelta(years=ahead)


def _working_days_after(day: date, count: int) -> date:
    if count > 2600:
        raise _unclear("That is too far ahead.")
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


_US_ZONES = re.compile(
    r"America/(?:New_York|Detroit|Chicago|Denver|Phoenix|Los_Angeles|Anchorage|Juneau|Boise|Menominee|Indiana/.*|"
    r"Kentucky/.*|North_Dakota/.*)|Pacific/Honolulu|US/.*"
)


def _month_first(locale: str, zone: ZoneInfo) -> bool | None:
    """Whether 12/3 is in December for this person; None where country and language disagree."""
    american = locale.replace("_", "-").upper().endswith("-US")
    there = bool(_US_ZONES.fullmatch(zone.key))
    return there if american == there else None


# the rest of the text

_OWN = re.compile(
    r"(?:(?:(?<=\s)|^)(?:at|on|by|due|due on|due by|no later than|not later than|latest by|latest|this|"
    r"the|around|'?round|about|come|scheduled for|again)|@|[-(~])\s*$"
)


def _cut(text: str, low: str, chosen: Sequence[_Cluster]) -> tuple[str, str]:
    """What stands before and behind the date; where it comes in two parts, the second is cut out of its side."""
    pieces: list[str] = []
    at = 0
    for cluster in chosen:
        start = cluster.start
        while own := _OWN.search(low, 0, start):
            start = own.start()
        if not low[cluster.end :].strip(" .!,;:-)") and (own := re.search(r"\bfor\s*$", low[:start])):
            start = own.start()
        pieces.append(text[at:start])
        at = cluster.end
    pieces.append(re.sub(r"^\s*(?:\)|,? ?at the (?:very )?latest\b|,? ?latest\b)", "", text[at:]))
    return pieces[0], " ".join(pieces[1:])


def _joined(*parts: str) -> str:
    return _trimmed(" ".join(part for part in parts if part.strip()))


def _trimmed(text: str) -> str:
    """Without the punctuation that hung on the date; names of emoji keep their colons."""
    text = re.sub(r"\s+([,;.])(?=\s|$)", r"\1", re.sub(r"[ \t]{2,}", " ", text)).strip()
    text = re.sub(r"([,;:.–—-]) ?[,;:–—-]+(?=\s)", r"\1", text)
    text = re.sub(r"^(?:[\s,;.–—-]+(?=\s|$|\w)|:(?=\s|$))+\s*", "", text)
    emoji = re.search(r":[\w+-]+:$", text)
    return text if emoji else re.sub(r"[\s,;:.–—-]+$", "", text)
