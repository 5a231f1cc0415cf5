"""
The left-over guard: whatever still looks like a date, beside the one that was understood, is asked about.

It is what keeps a date from being silently wrong: a word that nobody thought of must not pass for a part of the text.
"""

import re
from collections.abc import Sequence

from bot.followups.dates.doubts import Doubt
from bot.followups.dates.false_positives import DAY_NAMES, LINK_TO_NOUN
from bot.followups.dates.grouping import DAY, Cluster
from bot.followups.dates.meanings import Elapsed, Numbers, Part, Phrase, Repeats, SameTime, TimeOfDay
from bot.followups.dates.misspelt import day_meant
from bot.followups.dates.patterns.other_languages import MAY_BE_A_DAY, NOT_READ
from bot.followups.dates.questions import NotUnderstood
from bot.followups.dates.vocabulary import MONTH_NAMES
from bot.followups.dates.words_around import PRICES, is_plural

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
    r"hundred hours|zulu)\b|\b\d{1,2}:\d\d\b|\b\d{1,4} ?(?:[ap]|[ap]m)\b"
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

_OWN = re.compile(
    r"(?:(?:(?<=[\s(\"\[<])|^)(?:at|on|by|due|due on|due by|no later than|not later than|latest by|latest|this|"
    r"the|around|'?round|about|come|scheduled for)|@|[-(~])\s*$"
)


_FARTHEST_OWN = 60  # characters before a date in which its own word begins, blanks included


def own_start(low: str, start: int) -> int:
    """Where a date in *low* that begins at *start* begins with the words that are its own, as in "no later than"."""
    while own := _OWN.search(low, max(0, start - _FARTHEST_OWN), start):
        start = own.start()
    return start


def nothing_left_over(
    chosen: Sequence[Cluster], lookalikes: Sequence[Phrase], doubts: Sequence[Doubt], low: str, text: str
) -> None:
    """
    Raise NotUnderstood if something outside the chosen phrases still looks like a part of a date.

    *lookalikes* are phrases that are none, *doubts* those that are a part of the text.
    """
    rest = low
    for phrase in (*(phrase for cluster in chosen for phrase in cluster.phrases), *(one.phrase for one in doubts)):
        rest = rest[: phrase.start] + "\0" * (phrase.end - phrase.start) + rest[phrase.end :]
    _no_word_of_time(chosen, lookalikes, rest, text)
    if not any(cluster.has(*DAY, Elapsed, Repeats) for cluster in chosen):
        _no_day(chosen, rest, low)
    elif any(phrase.foreign for cluster in chosen for phrase in cluster.phrases):
        _nothing_in_another_language(rest)
    for found in re.finditer(r"\bat (\d[\w.:]*)(?:\s+([a-z]+))?", rest):
        word = found[2] or ""
        if _LIKE_A_TIME.fullmatch(found[1].rstrip(".:")) and word not in PRICES and not is_plural(word):
            raise NotUnderstood("is-a-time", found[1])
    for found in re.finditer(r"[a-z]{5,}(?!'s|\w)", rest):
        if day := day_meant(found.group(), surely=True):
            raise NotUnderstood("misspelt", found.group(), day)
    for cluster in chosen:
        _nothing_beside(cluster, low)
        _no_other_zone(text[cluster.end :])
        if re.match(r"\s*(?:or|and/or|/)\s+(?:\w+\s)?(?:so|later|the day after|earlier)\b", low[cluster.end :]):
            raise NotUnderstood("several", "or so")


def _no_other_zone(behind: str) -> None:
    if re.match(r"\s*\(?[A-Z]{2,4}T\b|,?\s*\(?\w+(?: \w+)? (?:time|clock)\b", behind):
        raise NotUnderstood("unknown-zone")


def _no_word_of_time(chosen: Sequence[Cluster], lookalikes: Sequence[Phrase], rest: str, text: str) -> None:
    if found := _SPELLED_TIME.search(rest):
        raise NotUnderstood("left-over", found.group())
    for found in _VOCABULARY.finditer(rest):
        if not text[found.start()].isupper() and not re.search(r"\d[ -]?$", rest[: found.start()]):
            raise NotUnderstood("left-over", found.group())
    known = {at for phrase in lookalikes for at in range(phrase.start, phrase.end)}
    for found in _A_WEEKDAY.finditer(rest):
        if found.start() not in known:
            raise NotUnderstood("left-over", found.group())
    for found in _LEFT_OVER.finditer(rest):
        adjective = LINK_TO_NOUN.search(rest[: found.start()]) and re.match(r"\s+[a-z]", rest[found.end() :])
        if not adjective:
            raise NotUnderstood("left-over", found.group())


def _no_day(chosen: Sequence[Cluster], rest: str, low: str) -> None:
    """A time without a day is the next one, and so no word beside it may be a day, in whatever language."""
    if found := _A_DAY.search(rest):
        raise NotUnderstood("which-day", found.group())
    for found in re.finditer(r"[a-z\d]{4,}(?!'s|\w)", rest):
        if day := day_meant(found.group()):
            raise NotUnderstood("misspelt", found.group(), day)
    if found := MAY_BE_A_DAY.search(rest):
        raise NotUnderstood("other-language", found.group())
    for cluster in chosen:
        beside = (
            re.search(r"([^\W\d_]+)\W{0,3}$", low[: cluster.start]),
            re.match(r"\W{0,3}([^\W\d_]+)", low[cluster.end :]),
        )
        for found in filter(None, beside):
            if not found[1].isascii():
                raise NotUnderstood("other-language", found[1])
    _nothing_in_another_language(rest)


def _nothing_in_another_language(rest: str) -> None:
    if found := NOT_READ.search(rest):
        raise NotUnderstood("other-language", found.group())


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

_ORDINAL_BEHIND = re.compile(
    r"[\s,]*(\d{1,2}(?:st|nd|rd|th)|(?:on )?the (?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
    r"eleventh|twelfth|thirteenth|fourteenth|fifteenth|twentieth|thirtieth|twenty-\w+))\b"
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
        raise NotUnderstood("left-over", found.group().strip(" ,-"))
    if re.match(r"\s*(?:-|to)\s*\d", low[cluster.end :]):
        raise NotUnderstood("two-times")
    if ordinal := _ORDINAL_BEHIND.match(low[cluster.end :]):
        raise NotUnderstood("is-a-date", ordinal[1])
    if not cluster.has(TimeOfDay, SameTime, Elapsed):
        _no_number_beside(cluster, start, low)


def _no_number_beside(cluster: Cluster, start: int, low: str) -> None:
    """A day without a time: no number that may be its time stands beside it."""
    if cluster.has(Repeats) and re.search(rf"\b(?:{_HOUR_WORDS}|\d+)\s+$", low[:start]):
        raise NotUnderstood("several", low[start : cluster.end])
    numbers = cluster.all(Numbers)
    if numbers and numbers[0].second == 10 and numbers[0].year is None:
        raise NotUnderstood("is-a-date", f"{numbers[0].first}/10")
    if dotted := re.search(r"(?<![\w.$])(?:[1-9]|1\d|2[0-3])\.[0-5]\d(?![\w.%]|\s?(?:k|m|gb|percent)\b)", low):
        raise NotUnderstood("is-a-time", dotted.group())
    behind = _NUMBER_BEHIND.match(low[cluster.end :])
    counts = behind is not None and (behind[2] or "").endswith("s") and behind[2] != "plus" and not cluster.has(Part)
    if behind and _LIKE_A_TIME.fullmatch(behind[1].rstrip(".:")) and not counts:
        raise NotUnderstood("is-a-time", behind[1])
    before = re.search(r"(?<![\w.$#-])(\d{1,2})\s+(?:on\s+)?$", low[: cluster.start])
    counted = before and re.search(
        r"\b(?:q|day|week|phase|step|tier|office|room|part|plan|no\.?)\s*$", low[: before.start()]
    )
    if before and 1 <= int(before[1]) <= 23 and not counted:
        raise NotUnderstood("is-a-time", before[1])
    four = re.search(r"(?<![\w.$#/-])((?:[01]\d|2[0-3])[0-5]\d)\s+(?:on\s+)?$", low[: cluster.start])
    if four:
        raise NotUnderstood("is-a-time", four[1])
