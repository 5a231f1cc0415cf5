"""
What one of us says that we shall do for a customer by when: "I'll send the fix by Friday 3pm".

It is offered to whoever said so, and so it is better to miss one than to ask about something else.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.followups.dates.questions import NotUnderstood
from bot.followups.dates.reader import Due, joined, read
from bot.followups.said.other_tongues import pledges_abroad
from bot.followups.said.own_words import LONGEST, OwnSentence, own_words, sentences
from bot.followups.said.pledges import Pledge, pledges_in
from bot.followups.said.reservations import is_among_us, is_over, is_withheld

_COMMITS = re.compile(
    r"(?:'|’)ll\b|\b(?:will|ill|shall|going to|gonna|told|promised?|assured|guarantee\w*|inform\w*|committed|pledged|agreed|"
    r"confirmed|let|gave|given|owe|quoted|advised|notified|settled|gets|\w{2,}ing|goes|ich|wir|v(?:oy|amos) a|prometi\w+|"
    r"(?:i|we) (?:\w+ )?(?:send|deliver|ship|call|ring|write|repair|refund|bring|visit|fix|replace|exchange|give|pay))\b|"
    r"[aei]r(?:é|emos)\b|promet",
    re.I,
)
_HOLDS_A_DATE = re.compile(
    r"\d|\b(?:to(?:day|night)|t(?:o?m(?:o?rr?o?w|rw|r|w)|omm?or+ow)|mrw|2moro|noon|mid-?day|eo[dwmbq]|cob|cop|morning|"
    r"afternoon|evening|week|month|(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?|weds|end of|close of|"
    r"hours?|minutes?|days?|lunch(?:time)?|jan(?:uary)?|feb(?:ruary)?|march|april|may|june|july|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|o'clock|first thing|half|quarter|morgen|heute|mittags?|"
    r"(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|ma[nñ]ana|hoy)\b",
    re.I,
)
# questions that are about when; the others are whether it is a date at all
_ABOUT_WHEN = frozenset(
    "zone-letters unknown-zone two-zones two-dates two-times several which-day is-a-time is-a-date midnight "
    "noon-or-midnight today other-weekday no-such-day which-month period weekday-today misspelt".split()
)
_NO_TIME = re.compile(r"(?:soon\w*|asap|a\.s\.a\.p\.?|shortly|later|at some point|sometime|one day|eventually)", re.I)
_NAMES_A_DAY = re.compile(
    r"\b(?:to(?:day|night)|t(?:o?m(?:o?rr?o?w|rw|r|w)|omm?or+ow)|mrw|eo[dwmq]|cob|(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|"
    r"sun)(?:day)?|week|month|hours?|minutes?|days|\d{1,2}(?:st|nd|rd|th)|\d{1,2} (?:dec|jan|nov)\w*|morgen|heute|\w{3,8}tag|"
    r"lunes|martes|jueves|viernes|ma[nñ]ana)\b",
    re.I,
)
# where another clause begins, which is no part of what is promised
_NEXT_CLAUSE = re.compile(
    r"[,;]?\s+(?:but|because|since|so that|so (?:please|we|they|i|you|don't)|as (?:they|he|she|we|it)|which|who|otherwise|"
    r"while|although|though|and (?:i|we|they|he|she|it|the|again|told|please|you|that|then (?:they|we|he|she))|in case|"
    r"then (?:they|we|he|she|i|it))\b(?!'d)|\s+-+\s+|,\s+(?:i|we|they|he|she|you|let|please|told|that|the customer|can|could)\b"
    r"|\s\(|[;.]\s",
    re.I,
)
_LAST_CLAUSE = re.compile(r".*(?:[,;:.(]\s|\s-\s)(?=.*\S)")
_LEFT_AT_END = re.compile(
    r"[\s,;:-]+(?:by|until|till|before|at|on|for|no later than|latest|the|and|w/?|bis|antes del?|para el)$", re.I
)
_LEFT_AT_START = re.compile(r"^(?:(?:them|him|her) that|for|that|to) (?=\w)", re.I)
_MOST_LED = 8  # words, of a clause before that holds the date
# as people say it who learnt English late; and "before noon", which for one deed is "by noon"
_UNTIL = re.compile(
    r"\buntil\b|\btill(?= (?:to|mon|tue|wed|thu|fri|sat|sun|\d))|\bbefore(?= (?:(?:tomorrow|\w{3,6}day) )?(?:noon|midday|\d))",
    re.I,
)
# behind a date, another thing that is done then, or later
_AND_THEN_ALSO = re.compile(r"\sand\s")
_CLAUSE_OF_ITS_OWN = re.compile(r"\b(?:i|we|they|he|she|you|is|are|am|was|were|told|said)\b", re.I)
_LONGEST_ACT, _LOOKED_BEHIND = 200, 60  # characters


@dataclass(frozen=True, slots=True)
class SaidPromise:
    """
    What somebody said that we do: *what*, and when it is *due*, in UTC, on the wall and in which zone.

    Where it could mean two times, or is not sure, *due* is None and *question* what to ask.
    """

    what: str
    due: Due | None
    question: NotUnderstood | None = None


def commits(text: str) -> bool:
    """Whether *text* has any word with which people promise: what has none is looked at no further."""
    return _COMMITS.search(text) is not None


def promised(text: str, now: datetime, zone: ZoneInfo, locale: str, names: Iterable[str]) -> SaidPromise | None:
    """
    What *text*, written by one of us at *now* (aware), promises to a customer with a time; None where nothing is.

    *zone* and *locale* are the writer's, as `dates.reader.read` takes them; *names* are known to be names.
    """
    text = text[:LONGEST]
    if not (commits(text) and _HOLDS_A_DATE.search(text)):
        return None
    message = own_words(text)
    low = message.lower()
    names = [name for name in names if name.lower() in low]
    for sentence in sentences(message):
        if not sentence.asks and commits(sentence.text) and _HOLDS_A_DATE.search(sentence.text):
            for pledge in (*pledges_in(sentence.text), *pledges_abroad(sentence.text)):
                if (found := _dated(pledge, sentence, message, names, (now, zone, locale))) is not None:
                    return found
    return None


def _dated(
    pledge: Pledge, sentence: OwnSentence, message: str, names: Iterable[str], asker: tuple[datetime, ZoneInfo, str]
) -> SaidPromise | None:
    """What is promised by *pledge*, if it is meant, and says by when."""
    before = sentence.text[: pledge.start]
    end = _NEXT_CLAUSE.search(pledge.act, 3)
    act = pledge.act[: end.start() if end else _LONGEST_ACT]
    rest = pledge.act[len(act) :]
    behind = act if rest.lstrip(", ").startswith("and ") else act + rest[:_LOOKED_BEHIND]
    if is_withheld(before, behind) or is_among_us(act, message, ours=pledge.ours):
        return None
    if pledge.told and (is_over(message) or _HOLDS_A_DATE.search(pledge.led)):
        return None
    led = _LAST_CLAUSE.sub("", before) if _HOLDS_A_DATE.search(before) else ""
    led = "" if len(led.split()) > _MOST_LED or _CLAUSE_OF_ITS_OWN.search(led) else led
    if not led and _HOLDS_A_DATE.search(before) and not _NAMES_A_DAY.search(act):
        return None  # "I'm back tomorrow, I'll call them at 3": not today
    for said in (act, _AND_THEN_ALSO.split(act, maxsplit=1)[0], f"{act}{rest[:_LONGEST_ACT]}"):
        if _HOLDS_A_DATE.search(led + said) and (found := _read(led, said, names, asker)) is not None:
            return found
    return None


def _read(lead: str, said: str, names: Iterable[str], asker: tuple[datetime, ZoneInfo, str]) -> SaidPromise | None:
    now, zone, locale = asker
    said = _UNTIL.sub("by", said)
    try:
        due = read(f"{lead} {said}" if lead else said, now, zone, locale, names)
    except NotUnderstood as unsure:
        bounded = unsure.question == "left-over" and unsure.words in ("before", "until")
        if not (bounded or unsure.question in _ABOUT_WHEN) or _NO_TIME.fullmatch(unsure.words):
            return None
        return SaidPromise(_trimmed(said), None, unsure)
    if due.rule is not None:
        return None
    before = _LEFT_AT_END.sub("", due.before)
    is_aside = bool(before) and due.text.endswith(f", {due.after}")  # "the recap tonight, writing it now"
    text = (due.after or due.text) if lead else joined(before, "" if is_aside else due.after)
    return SaidPromise(_trimmed(text), due)


def _trimmed(what: str) -> str:
    what = _LEFT_AT_START.sub("", _LEFT_AT_END.sub("", what.strip(" ,;:.!-)(")))
    return what.strip(" ,;:.!-)(")
