"""Recurrences: "every monday", "the last friday of each month", "for 3 weeks"."""

import re

from dateutil.relativedelta import relativedelta

from bot.followups.dates.meanings import DAYS, Bound, DayOfMonth, Limit, Meaning, Repeats, Trouble
from bot.followups.dates.patterns.registry import Pattern, phrase_in
from bot.followups.dates.patterns.spans import span_of
from bot.followups.dates.vocabulary import EACH, MONTH, NTH, ORD, WD, WDS, N, nth_of, number, weekday_of

RECURRENCES: list[Pattern] = []
_phrase = phrase_in(RECURRENCES)


_PAIR = rf"(?:{WDS}|{WD})"
_LIST = rf"{_PAIR}(?:(?: ?, ?| ?/ ?| ?& ?| ?\+ ?| and | ?, and ){_PAIR})*"
_RANGE = rf"{WD} ?(?:-|to|thru|through|until|till) ?{WD}"


def _listed(text: str) -> tuple[str, ...]:
    found = [weekday_of(one) for one in re.findall(_PAIR, text)]
    if re.fullmatch(_RANGE, text) and len(found) == 2:
        first, last = found
        found = [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return tuple(DAYS[day] for day in sorted(set(found)))


@_phrase(rf"{EACH} (?P<k>other|second|2nd|alternate)? ?(?:week on )?(?P<d>{_RANGE}|{_LIST})|alternate (?P<e>{_PAIR})")
def _every_weekday(found: re.Match[str]) -> Meaning:
    if found["k"] in ("second", "2nd") and not found["e"]:
        return Trouble("ambiguous")  # the second of each month, or each second one?
    return Repeats("WEEKLY", 2 if found["k"] or found["e"] else 1, _listed(found["d"] or found["e"]))


@_phrase(
    rf"(?P<d>{WDS}(?:(?: ?, ?| ?/ ?| ?& ?| and | ?, and ){_PAIR})*|{WD}(?: ?& ?| and | ?/ ?){WDS})|(?P<r>{WD} ?(?:-|thru|through) ?{WD})(?= at| @| \d)"
)
def _weekdays(found: re.Match[str]) -> Meaning:
    return Repeats("WEEKLY", 1, _listed(found["d"] or found["r"]))


@_phrase(rf"(?:{EACH}|once (?:a|per)) (?P<k>other|second|alternate|(?P<o>{ORD}|third|fourth|fifth)|(?P<n>{N}))? ?(?P<u>days?|weekdays?|business days?|working days?|work ?days?|weeks?|fortnights?|months?|quarters?|years?|mornings?|afternoons?|evenings?|nights?|lunchtimes?)")  # fmt: skip
def _every_unit(found: re.Match[str]) -> Meaning:
    unit = found["u"].removesuffix("s").replace(" ", "")
    counted = int(number(found["n"])) if found["n"] else nth_of(found["o"]) if found["o"] else 2
    interval = counted if found["k"] else 1
    if unit in ("weekday", "businessday", "workingday", "workday"):
        return Repeats("WEEKLY", 1, DAYS[:5]) if interval == 1 else Trouble("ambiguous")
    hours = {"morning": 9, "lunchtime": 12, "afternoon": 14, "evening": 18}
    if unit == "night":
        return Repeats("DAILY", interval, hour=18)
    if unit in hours:
        return Repeats("DAILY", interval, hour=hours[unit])
    named = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
    if unit in named:
        return Repeats(named[unit], interval)
    return Repeats("WEEKLY", 2 * interval) if unit == "fortnight" else Repeats("MONTHLY", 3 * interval)


@_phrase(rf"{EACH} (?:hour|minute|\d+ (?:hours?|minutes?|mins?|hrs?)|half hour|few \w+|so often|time|now and then)|hourly|twice (?:a|per) \w+|(?:two|three|\d+) times (?:a|per) \w+|semi-?monthly|bi-?monthly|{EACH} {NTH} {WD}")  # fmt: skip
def _not_by_days(found: re.Match[str]) -> Meaning:
    return Trouble("too-often" if re.search(r"hour|minute|mins?\b|hrs?\b", found.group()) else "ambiguous")


@_phrase(
    r"(?P<k>bi-?|every other )?(?P<w>daily|weekly|fortnightly|monthly|quarterly|yearly|annually)|biweekly|bi-weekly"
)
def _adverb(found: re.Match[str]) -> Meaning:
    word = found["w"] or "weekly"
    freq, interval = {
        "daily": ("DAILY", 1),
        "weekly": ("WEEKLY", 1),
        "fortnightly": ("WEEKLY", 2),
        "monthly": ("MONTHLY", 1),
        "quarterly": ("MONTHLY", 3),
        "yearly": ("YEARLY", 1),
        "annually": ("YEARLY", 1),
    }[word]
    return Repeats(freq, interval * (2 if found["k"] or not found["w"] else 1))


@_phrase(r"(?:on )?weekdays|on (?:workdays|work days|business days|working days)")
def _on_weekdays(found: re.Match[str]) -> Meaning:
    return Repeats("WEEKLY", 1, DAYS[:5])


_OF_MONTH = r"(?: day)? of (?:every|each|the|ev)(?P<other> other| second)? (?P<unit>month|quarter)"


@_phrase(rf"(?P<ev>{EACH} )?(?:the )?(?P<n>{NTH})(?: and(?: the)? (?P<n2>{NTH}))? (?P<wd>{WD}|weekday|business day|working day) (?:of|in) (?P<each>every|each|ev|the) (?:month)|(?:monthly|{EACH} month),?(?: on)? the (?P<a>{NTH}) (?P<b>{WD}|weekday|business day|working day)")  # fmt: skip
def _nth_weekday_of_each_month(found: re.Match[str]) -> Meaning:
    if found["each"] == "the" and not found["ev"]:
        return Trouble("ambiguous")
    what = found["wd"] or found["b"]
    places = [nth_of(one) for one in (found["n"] or found["a"], found["n2"]) if one]
    if not re.fullmatch(WD, what):
        return Repeats("MONTHLY", 1, tuple(f"{'+' if p > 0 else ''}{p}work" for p in places))
    return Repeats("MONTHLY", 1, tuple(f"{place}{DAYS[weekday_of(what)]}" for place in places))


@_phrase(rf"(?:on )?(?:the )?(?P<n>{NTH})(?: (?:and|&)(?: the)? (?P<n2>{NTH}))?{_OF_MONTH}|(?:on )?(?:the )?last day of (?:every|each) month|(?:monthly|{EACH} month),?(?: on)?(?: the)? (?P<a>{ORD}|last day|last|first)(?: (?:and|&)(?: the)? (?P<b>{ORD}))?(?: day)?|{EACH} (?P<c>{ORD})(?: (?:and|&)(?: the)? (?P<e>{ORD}))?(?: of the month)?")  # fmt: skip
def _nth_of_each_month(found: re.Match[str]) -> Meaning:
    first, second = found["n"] or found["a"] or found["c"], found["n2"] or found["b"] or found["e"]
    if found["unit"] and (found["unit"] == "quarter" or " of the month" in found.group()):
        # "the 5th of the month" is the next one, and not each
        single = not second and found["unit"] == "month" and first not in ("last",)
        return DayOfMonth(nth_of(first)) if single else Trouble("ambiguous")
    if not first or first == "last day":
        return Repeats("MONTHLY", 1, monthdays=(-1,))
    days = tuple(nth_of(one) for one in (first, second) if one)
    return Repeats("MONTHLY", 2 if found["other"] else 1, monthdays=days)


@_phrase(
    rf"(?:every|each) year on|(?:yearly|annually),?(?: on)|{EACH} (?=(?:{MONTH} \d|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{MONTH}))"
)
def _each_year(found: re.Match[str]) -> Meaning:
    return Repeats("YEARLY")


@_phrase(rf"(?:for(?: the next)? )(?P<n>{N}) (?P<u>days?|weeks?|wks?|months?|years?)|(?P<t>\d+|three|four|five|six|ten) times|x ?(?P<x>\d+)", weak=True)  # fmt: skip
def _for_so_long(found: re.Match[str]) -> Meaning | None:
    if found["n"]:
        span = span_of(number(found["n"]), found["u"])
        return Limit(span=span) if isinstance(span, relativedelta) else None
    return Limit(count=int(number(found["t"] or found["x"])))


@_phrase(r"(?P<u>until|till|til|through)|starting(?: from| on)?|beginning(?: on)?|from|commencing|as of", weak=True)
def _bound(found: re.Match[str]) -> Meaning:
    return Bound(ends=bool(found["u"]))
