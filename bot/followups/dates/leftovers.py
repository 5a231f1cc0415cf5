"""
The left-over guard: whatever still looks like a date, beside the one that was understood, is asked about.

It is what keeps a date from being silently wrong: a word that nobody thought of must not pass for a part of the text.
"""

import difflib
import re
from collections.abc import Sequence

from bot.followups.dates.errors import unclear
from bot.followups.dates.false_positives import DAY_NAMES, LINK_TO_NOUN, PRICES
from bot.followups.dates.grouping import DAY, Cluster
from bot.followups.dates.meanings import Elapsed, Numbers, Part, Phrase, Repeats, TimeOfDay
from bot.followups.dates.vocabulary import MONTH_NAMES

# words of time that nothing above has made sense of; a capital makes them a name, a number before them a quantity
_VOCABULARY = re.compile(
    r"\b(?:weeks?|wks?|months?|mornings?|afternoons?|evenings?|nights?|noon|fortnights?|weekends?|clock|tomorrow|today|"
    r"yesterday|tonight|earlier|earliest|latest|soonest|following|previous|coming|eve|\w+-ish)\b(?!')"
)
# beside a time without a day: what may be the day
_A_DAY = re.compile(
    rf"\b(?:days?|working|business|weekday|{'|'.join(MONTH_NAMES)})\b(?!\.\w)|\b\d{{1,2}}[-./][a-z\d]{{2,}}|\bday\b"
)
_HOUR_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_LEFT_OVER = re.compile(
    r"\b(?:every|hourly|nightly|daily|weekly|fortnightly|biweekly|monthly|quarterly|yearly|annually|weekdays|weekends|"
    r"mornings|afternoons|evenings|nights|(?:mon|tues|wednes|thurs|fri|satur|sun)days|tonight|midnight|fortnight|"
    r"o'?clock|(?:public|bank) holidays?|to-morrow|wkly|mthly|qtrly|"
    r"make that|same time|half[- ]past|quarter[- ](?:past|to)|or rather|i mean|week-?ish|"
    r"(?:tomorrow|today|noon)-\w+|(?:close|end) of (?:the )?\w+ ?(?:day)?|"
    r"hundred hours|zulu)\b|\b\d{1,2}:\d\d\b|\b\d{1,2} ?(?:[ap]|[ap]m)\b"
    r"|\b(?:\d{1,2}(?:st|nd|rd|th)?|first|second|third|\w+-?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|"
    rf"tenth|teenth|tieth)) of (?:{'|'.join(MONTH_NAMES)})\b"
    rf"|\b(?:at|by|around|about|say) (?:{_HOUR_WORDS}|noon)\b(?! \w+s\b)"
)
_SPELLED_TIME = re.compile(
    rf"\b(?:{_HOUR_WORDS})[- ](?:five|ten|fifteen|twenty|twenty-five|thirty|forty|forty-five|fifty)\b(?!-)"
    r"|\b\d{1,2}(?:st|nd|rd|th)\b(?!\s+\w)"
)

_A_WEEKDAY = re.compile(
    rf"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b(?!'|\.\w)|\b(?:{DAY_NAMES})[/&+-](?:{DAY_NAMES})\b"
)

_SPELLED = ("monday", "tuesday", "wednesday", "thursday", "saturday", "tomorrow", "tonight", "fortnight", "september",
            "february", "november", "december", "october")  # fmt: skip

_OWN = re.compile(
    r"(?:(?:(?<=\s)|^)(?:at|on|by|due|due on|due by|no later than|not later than|latest by|latest|this|"
    r"the|around|'?round|about|come|scheduled for|again)|@|[-(~])\s*$"
)


_FARTHEST_OWN = 60  # characters before a date in which its own word begins, blanks included


def own_start(low: str, start: int) -> int:
    """Where a date in *low* that begins at *start* begins with the words that are its own, as in "no later than"."""
    while own := _OWN.search(low, max(0, start - _FARTHEST_OWN), start):
        start = own.start()
    return start


def nothing_left_over(chosen: Sequence[Cluster], lookalikes: Sequence[Phrase], low: str, text: str) -> None:  # noqa: C901, PLR0912 - a list of doubts, the first of which is asked about
    """Raise NotUnderstood if something outside the chosen phrases still looks like a part of a date."""
    rest = low
    for phrase in (phrase for cluster in chosen for phrase in cluster.phrases):
        rest = rest[: phrase.start] + "\0" * (phrase.end - phrase.start) + rest[phrase.end :]
    if found := _SPELLED_TIME.search(rest):
        raise unclear(f'I do not know what "{found.group()}" means for it.')
    for found in _VOCABULARY.finditer(rest):
        if not text[found.start()].isupper() and not re.search(r"\d[ -]?$", rest[: found.start()]):
            raise unclear(f'I do not know what "{found.group()}" means for it.')
    if not any(cluster.has(*DAY, Elapsed, Repeats) for cluster in chosen) and (found := _A_DAY.search(rest)):
        raise unclear(f'I see a time, and do not know which day "{found.group()}" is.')
    known = {at for phrase in lookalikes for at in range(phrase.start, phrase.end)}
    for found in _A_WEEKDAY.finditer(rest):
        if found.start() not in known:
            raise unclear(f'I do not know what "{found.group()}" means for it.')
    for found in _LEFT_OVER.finditer(rest):
        adjective = LINK_TO_NOUN.search(rest[: found.start()]) and re.match(r"\s+[a-z]", rest[found.end() :])
        if not adjective:
            raise unclear(f'I do not know what "{found.group()}" means for it.')
    for found in re.finditer(r"\bat (\d[\w.:]*)(?:\s+([a-z]+))?", rest):
        if _LIKE_A_TIME.fullmatch(found[1].rstrip(".:")) and (found[2] or "") not in PRICES:
            raise unclear(f'Is "{found[1]}" a time?')
    for found in re.finditer(r"[a-z]{5,}(?!'s|\w)", rest):
        near = difflib.get_close_matches(found.group(), _SPELLED, 1, 0.86)
        if near and near[0] != found.group():
            raise unclear(f'Is "{found.group()}" meant to be {near[0]}?')
    for cluster in chosen:
        _nothing_beside(cluster, low)
        if re.match(r"\s*\(?[A-Z]{2,4}T\b|,?\s*\(?\w+(?: \w+)? (?:time|clock)\b", text[cluster.end :]):
            raise unclear("I do not know that time zone.")
        if re.match(r"\s*(?:or|and/or|/)\s+(?:\w+\s)?(?:so|later|the day after|earlier)\b", low[cluster.end :]):
            raise unclear("That could be more than one time.")


_BEFORE_IT = re.compile(
    r"\b(?:late|early|end|mid|half|quarter|every|each|last|past|previous|first|second|third|other|until|till|since|"
    r"before|after|between|not|no|except|than|of|only|next to|next|pre|post|bar|"
    r"coming to|in|working|business|bank|school)\s+(?:the\s+|on\s+)?$"
    r"|(?:day|today|tomorrow|week|month)'s\s+$"
)

_BEHIND_IT = re.compile(
    r"[\s,]*-?(?:weeks?|months?|fortnight|after|before|or|until|till|ish|earliest|latest|late|early|end|onwards?|"
    r"night|thru|through|except|if possible|half|quarter|plus|z|instead of|next|last|just gone|gone|back|"
    r"only|but one|wks?|the week|following)\b"
)

_NUMBER_BEHIND = re.compile(r"[\s,]*(?:at |@ ?|about |around |by )?(?<![\w$-])(\d[\w.:]*)(?:-?ish)?(?:\s+([a-z]+))?")

_LIKE_A_TIME = re.compile(r"\d{1,2}|[01]?\d[h.:]?[0-5]\d|2[0-3][h.:]?[0-5]\d|\d{1,2}[hz]|\d{1,2}:\d\dz")


def _nothing_beside(cluster: Cluster, low: str) -> None:
    """
    Words right beside a date that change it, and numbers that may be its time.

    "Tuesday 3 call Dana" may mean three o'clock; "Tuesday 3 demos" does not.
    """
    start = own_start(low, cluster.start)
    behind_it = None if re.match(r",? ?latest", low[cluster.end :]) else _BEHIND_IT.match(low[cluster.end :])
    if found := _BEFORE_IT.search(low[:start]) or behind_it:
        raise unclear(f'I do not know what "{found.group().strip(" ,-")}" means for it.')
    if re.match(r"\s*(?:-|to)\s*\d", low[cluster.end :]):
        raise unclear("I see two times.")
    if cluster.has(TimeOfDay, Elapsed):
        return
    if cluster.has(Repeats) and re.search(rf"\b(?:{_HOUR_WORDS}|\d+)\s+$", low[:start]):
        raise unclear("That could be more than one time.")
    numbers = cluster.all(Numbers)
    if numbers and numbers[0].second == 10 and numbers[0].year is None:
        raise unclear(f"Is {numbers[0].first}/10 a date?")
    if dotted := re.search(r"(?<![\w.$])(?:[1-9]|1\d|2[0-3])\.[0-5]\d(?![\w.%]|\s?(?:k|m|gb|percent)\b)", low):
        raise unclear(f'Is "{dotted.group()}" a time?')
    behind = _NUMBER_BEHIND.match(low[cluster.end :])
    counts = behind is not None and (behind[2] or "").endswith("s") and behind[2] != "plus" and not cluster.has(Part)
    if behind and _LIKE_A_TIME.fullmatch(behind[1].rstrip(".:")) and not counts:
        raise unclear(f'Is the "{behind[1]}" a time?')
    before = re.search(r"(?<![\w.$#-])(\d{1,2})\s+(?:on\s+)?$", low[: cluster.start])
    counted = before and re.search(
        r"\b(?:q|day|week|phase|step|tier|office|room|part|plan|no\.?)\s*$", low[: before.start()]
    )
    if before and 1 <= int(before[1]) <= 23 and not counted:
        raise unclear(f'Is the "{before[1]}" a time?')
