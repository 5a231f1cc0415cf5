"""Times of day: "3pm", "half past four", "15h30"."""

import re

from bot.followups.dates.meanings import Meaning, SameTime, TimeOfDay, Trouble
from bot.followups.dates.patterns.registry import Pattern, phrase_in
from bot.followups.dates.vocabulary import HOUR, MERIDIEM, MONTH, number

TIMES: list[Pattern] = []
_phrase = phrase_in(TIMES)


def _clock(hour: int, minute: int, second: int, meridiem: str | None) -> Meaning:
    if meridiem:
        if not 1 <= hour <= 12:
            return Trouble("ambiguous")
        hour = hour % 12 + (12 if meridiem.startswith("p") else 0)
    if hour > 23 or minute > 59 or second > 59:
        return Trouble("ambiguous")
    return TimeOfDay(hour, minute, second, bare=not meridiem and 1 <= hour <= 12)


@_phrase(rf"(?:at |@ ?|by |'?round |around |about |~)?(?P<h>\d{{1,2}})[:.h](?P<m>\d\d)(?::(?P<s>\d\d))? ?(?P<a>{MERIDIEM})|(?:at |@ ?|by |'?round |around |about |~)?(?P<h2>\d{{1,2}}):(?P<m2>\d\d)(?::(?P<s2>\d\d))?(?: ?(?:h|hrs|hours|uhr)(?!&))?|(?:at |@ ?|by )?(?P<h3>\d{{1,2}})h(?P<m3>\d\d)|(?:at |@ ?|by )(?P<h4>\d{{1,2}})\.(?P<m4>\d\d)")  # fmt: skip
def _hour_and_minute(found: re.Match[str]) -> Meaning | None:
    hour = int(found["h"] or found["h2"] or found["h3"] or found["h4"])
    minute = int(found["m"] or found["m2"] or found["m3"] or found["m4"])
    if found["h4"] and (hour > 23 or minute > 59):
        return None  # "at 9.90" is a price
    clock = _clock(hour, minute, int(found["s"] or found["s2"] or 0), found["a"])
    written_out = len(found["h"] or found["h2"] or found["h3"] or found["h4"]) == 2 or not isinstance(clock, TimeOfDay)
    if isinstance(clock, TimeOfDay) and (clock.hour >= 13 or clock.hour == 0 or (written_out and clock.hour < 10)):
        return TimeOfDay(clock.hour, clock.minute, clock.second)
    return clock


@_phrase(
    rf"(?:at |@ ?|by |'?round |around |about |~)?(?P<h>\d{{1,2}})(?:-?ish)? ?(?P<a>{MERIDIEM})(?:-?ish)?|(?:at |@ ?)?(?P<w>{HOUR}) (?P<b>{MERIDIEM})"
)
def _hour_am_pm(found: re.Match[str]) -> Meaning:
    return _clock(int(found["h"]) if found["h"] else int(number(found["w"])), 0, 0, found["a"] or found["b"])


@_phrase(
    rf"(?:at|@|'?round|around|about|by|before) ?(?P<h>{HOUR})(?:-?ish)?(?: ?o'?clock)?(?! ?(?:of |{MONTH}\b))|(?P<o>{HOUR}) ?o'?clock"
)
def _bare_hour(found: re.Match[str]) -> Meaning | None:
    text = found["h"] or found["o"]
    if found.group().startswith("before"):
        return Trouble("ambiguous")
    return _clock(int(number(text)), 0, 0, None)


@_phrase(r"(?P<at>at |@ ?|by )(?P<h>\d{1,2}) ?h(?!&)")
def _hour_h(found: re.Match[str]) -> Meaning:
    return _clock(int(found["h"]), 0, 0, None)


@_phrase(r"(?:um |at |@ ?)?(?P<h>\d{1,2}) ?uhr")
def _uhr(found: re.Match[str]) -> Meaning:
    clock = _clock(int(found["h"]), 0, 0, None)
    return TimeOfDay(clock.hour) if isinstance(clock, TimeOfDay) else clock


@_phrase(r"(?P<h>[789]|1\d|2[0-3])h", weak=True)
def _bare_hour_h(found: re.Match[str]) -> Meaning:
    return _clock(int(found["h"]), 0, 0, None)


@_phrase(
    rf"(?:at |@ ?)?(?P<h>{HOUR})(?::(?P<m>\d\d))?(?: ?o'?clock)? (?:in the (?P<p>morning|afternoon|evening)|(?P<n>at night))"
)
def _hour_in_the_part(found: re.Match[str]) -> Meaning:
    meridiem = "am" if found["p"] == "morning" else "pm"
    return _clock(int(number(found["h"])), int(found["m"] or 0), 0, meridiem)


@_phrase(r"(?:at |@ ?)?(?P<h>\d{1,2})(?::(?P<m>\d\d))?(?P<a>[ap])", weak=True)
def _hour_a_p(found: re.Match[str]) -> Meaning:
    return _clock(int(found["h"]), int(found["m"] or 0), 0, f"{found['a']}m")


@_phrase(
    rf"(?:at |@ ?|by |around )(?P<h>{HOUR})[ -](?P<m>thirty|fifteen|forty-five|forty five)(?: ?(?P<a>{MERIDIEM}))?"
)
def _hour_thirty(found: re.Match[str]) -> Meaning:
    minutes = {"thirty": 30, "fifteen": 15}.get(found["m"], 45)
    return _clock(int(number(found["h"])), minutes, 0, found["a"])


@_phrase(r"(?P<h>\d{1,2})-?ish", weak=True)
def _ish(found: re.Match[str]) -> Meaning:
    return _clock(int(found["h"]), 0, 0, None)


@_phrase(r"(?:at |@ ?|by )(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?: ?(?:h|hrs|hours))?|(?P<h2>[01]\d|2[0-3])(?P<m2>[0-5]\d) ?(?:h|hrs|hours)")  # fmt: skip
def _four_digits(found: re.Match[str]) -> Meaning:
    return TimeOfDay(int(found["h"] or found["h2"]), int(found["m"] or found["m2"]))


@_phrase(r"(?P<h>0\d)(?P<m>[0-5]\d)", weak=True)
def _four_digits_alone(found: re.Match[str]) -> Meaning:
    return TimeOfDay(int(found["h"]), int(found["m"]))


@_phrase(rf"(?:at |by )?(?P<w>half|quarter|(?P<n>\d{{1,2}}|five|ten|twenty|twenty-five)(?: mins?| minutes?)?)(?P<d>[ -]past[ -]| past | after | to | till | of | before )(?P<h>{HOUR}) ?(?P<a>{MERIDIEM})?|(?:at )?half (?P<british>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{{1,2}})(?! (?:days?|weeks?|hours?|price))")  # fmt: skip
def _spoken(found: re.Match[str]) -> Meaning | None:
    if found["british"]:
        return _clock(int(number(found["british"])), 30, 0, None)
    minutes = {"half": 30, "quarter": 15}.get(found["w"]) or int(number(found["n"].replace("twenty-five", "25")))
    if minutes > 30 or (found["w"] == "half" and found["d"].strip("- ") != "past"):
        return None
    hour = int(number(found["h"]))
    if found["d"].strip("- ") in ("to", "till", "of", "before"):
        if not found["a"] and found["n"] and found["d"].strip() == "to" and found["n"].isdigit() and minutes % 5:
            return None  # "3 to 4 seats"
        # the bare hour is judged before the minutes are taken off: "quarter to 7" is in the morning as 7 is
        hour, minutes = (hour - 1) or 12, 60 - minutes
        if not found["a"]:
            named = int(number(found["h"]))
            late = 1 <= named <= 6
            return TimeOfDay(hour + 12 if late and hour != 12 else (12 if named == 1 else hour), minutes)
        if found["a"].startswith("p") and number(found["h"]) == 12:
            return TimeOfDay(11, minutes)
    return _clock(hour, minutes, 0, found["a"])


@_phrase(r"(?:at |by |around |@ ?)?(?P<w>noon|midday|mid-day|midnight)(?:-?ish)?")
def _noon(found: re.Match[str]) -> Meaning:
    return TimeOfDay(0) if found["w"] == "midnight" else TimeOfDay(12)


@_phrase(
    r"(?:at )?(?:about |around )?(?:exactly )?(?:this|(?:the )?same|(?:the )?exact same) time(?: of (?:the )?day)?(?: as (?:now|today))?",
    weak=True,
)
def _same_time(found: re.Match[str]) -> Meaning:
    return SameTime()


@_phrase(r"(?:at )?(?:the )?same hour")
def _same_hour(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous")


@_phrase(rf"(?:at |@ ?|by |'?round |around |about |~)?(?P<h>\d{{1,2}})(?P<m>[0-5]\d) ?(?P<a>{MERIDIEM})")
def _digits_am_pm(found: re.Match[str]) -> Meaning:
    return _clock(int(found["h"]), int(found["m"]), 0, found["a"])
