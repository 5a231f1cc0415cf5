"""Durations, working hours and amounts of money, as people type them: in Slack, in the environment, in a playbook."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import isfinite
from zoneinfo import ZoneInfo

DURATION = 'a number and its unit, such as "90s", "10 minutes", "2h" or "1 day"'
HOURS = 'days and times such as "Mon-Fri 9-17" or "Mon-Sat 8:30-18:00", or "always"'
MONEY = 'an amount such as "50000", "50k" or "€1.5m"'
_LONGEST = 100  # characters that are looked at
_STEP_BACK, _STEP_ON = timedelta(hours=1), timedelta(minutes=5)
_REPEATED = 40  # of what was typed, in an error

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_UNIT_NAMES = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sek", "sekunde", "sekunden"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden"), 3600),
    **dict.fromkeys(("d", "day", "days", "tag", "tage", "tagen"), 86400),
}
_IN_WORDS = {  # the longest first
    "a quarter of an ": "0.25 ",
    "quarter of an ": "0.25 ",
    "half an ": "0.5 ",
    "half a ": "0.5 ",
    "one ": "1 ",
    "an ": "1 ",
    "a ": "1 ",
}
_SPAN = re.compile(r"([0-9]++(?:[.,][0-9]++)?) ?([a-z]++)\.?,? ?(?:and )?")

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"),
)
_MANY_DAYS = {
    **dict.fromkeys(("weekdays", "workdays", "working days", "werktags", "weekday"), range(5)),
    **dict.fromkeys(("daily", "every day", "all days", "täglich", "taeglich"), range(7)),
    **dict.fromkeys(("weekends", "weekend", "at weekends"), range(5, 7)),
}
_ALWAYS = ("always", "24/7", "any time", "anytime", "at any hour", "round the clock", "immer")
_TO = ("–", "—", " to ", " until ", " till ", " through ", " bis ")
_TIME = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2}))? ?(am|pm|a\.m\.|p\.m\.|h|uhr)?")
_WRITTEN_OUT = re.compile(r"[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}")

_TIMES = {
    **dict.fromkeys(("k", "tsd", "thousand", "grand"), 1e3),
    **dict.fromkeys(("m", "mm", "mn", "mio", "million"), 1e6),
}
_CURRENCY = r"(?:[$€£]|usd|eur|gbp|chf|dollars?|euros?|pounds?|francs?)"
_AMOUNT = re.compile(
    rf"{_CURRENCY}? ?([0-9]{{1,3}}(?:[,.' ’][0-9]{{3}})+(?:[.,][0-9]{{1,2}})?|[0-9]+(?:[.,][0-9]+)?)"
    rf" ?({'|'.join(_TIMES)})?\.? ?{_CURRENCY}?"
)
_MOST_MONEY = 1e12


def duration(value: object) -> timedelta:
    """Read "10m" or "half an hour", to the millisecond. Raises ValueError with what is accepted."""
    text = typed = _tidied(str(value))
    for words, number in _IN_WORDS.items():
        if typed.startswith(words):
            typed = number + typed.removeprefix(words)
            break
    seconds = 0.0
    while found := _SPAN.match(typed):
        if found[2] not in _UNIT_NAMES:
            break
        seconds += float(found[1].replace(",", ".")) * _UNIT_NAMES[found[2]]
        typed = typed[found.end() :]
    milliseconds = round(min(seconds, 1e10) * 1000)
    if typed or milliseconds <= 0:
        unit = f"; for minutes write {text} minutes" if re.fullmatch(r"[1-9][0-9]{0,3}", text) else ""
        raise ValueError(f'"{_repeated(value)}" is no duration; use {DURATION}{unit}')
    if milliseconds > 30 * 86_400_000:
        raise ValueError(f'"{_repeated(value)}" is longer than 30 days; use {DURATION}')
    return timedelta(milliseconds=milliseconds)


def as_typed(span: timedelta) -> str:
    """*span* the way `duration` reads it."""
    seconds = span.total_seconds()
    for unit in "dhm":
        if seconds >= _UNITS[unit] and seconds % _UNITS[unit] == 0:
            return f"{seconds / _UNITS[unit]:.0f}{unit}"
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


def amount(value: object) -> float:
    """
    Read "50k", "50.000 €" or "1,500.50", to the cent; a number is itself. Raises ValueError with what is accepted.

    One group of three digits behind a comma or a point are thousands.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and value >= 0:
        return float(value)
    found = _AMOUNT.fullmatch(_tidied(str(value)))
    if not found:
        raise ValueError(f'"{_repeated(value)}" is no amount of money; write {MONEY}')
    read = round(_number(found[1]) * _TIMES.get(found[2] or "", 1), 2)
    if read > _MOST_MONEY:
        raise ValueError(f'"{_repeated(value)}" is more money than I can count; write {MONEY}')
    return read


def money(value: float) -> str:
    """*value* the way `amount` reads it: "50,000"."""
    return f"{value:,.0f}" if round(value, 2) % 1 == 0 else f"{value:,.2f}"


def _number(text: str) -> float:
    """Read the number whose last sign may be a decimal one: three digits behind it make it one of thousands."""
    digits = re.sub(r"[ '’]", "", text)
    sign = max(",.", key=digits.rfind)
    if sign not in digits:
        return float(digits)
    whole, _, rest = digits.rpartition(sign)
    whole = re.sub(r"[,.]", "", whole)
    is_grouped = len(rest) == 3 and len(whole) <= 3 and whole != "0"
    return float(whole + rest) if is_grouped or digits.count(sign) > 1 else float(f"{whole}.{rest}")


class _Unclear(ValueError):
    """It may be read in the two ways that stand in it."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours: days of the week (Monday is 0) and local times; an *end* before *start* is past midnight."""

    days: frozenset[int] = frozenset(range(5))
    start: time = time(8)
    end: time = time(18)
    always: bool = False

    @classmethod
    def read(cls, text: str) -> "Hours":
        """Read "Mon-Fri 9-17", "weekdays 8:30 to 18:00" or "always". Raises ValueError with what is accepted."""
        typed = _tidied(text)
        if typed in _ALWAYS:
            return cls(always=True)
        for word in _TO:
            typed = typed.replace(word, "-")
        typed = typed.replace(" -", "-").replace("- ", "-")
        first_digit = next((at for at, letter in enumerate(typed) if letter.isdigit()), len(typed))
        try:
            days = _days(typed[:first_digit].strip(" ,:"))
            start, end = _times(typed[first_digit:])
        except _Unclear as error:
            raise ValueError(f'"{_repeated(text)}" could be {error}; write one of them') from None
        except ValueError as error:
            why = f": {error}" if str(error) else ""
            raise ValueError(f'"{_repeated(text)}" are no working hours{why}; use {HOURS}') from None
        return cls(days, start, end)

    def __str__(self) -> str:
        if self.always:
            return "always"
        first = next((day for day in sorted(self.days) if (day - 1) % 7 not in self.days), 0)
        last = _DAYS[(first + len(self.days) - 1) % 7].title()
        days = _DAYS[first].title() if len(self.days) == 1 else f"{_DAYS[first].title()}-{last}"
        end = f"{self.end:%H:%M}" if self.end != self.start else "24:00"
        return f"{days} {self.start:%H:%M}-{end}"

    def next_open(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The first moment from *now* on (UTC) that lies in working hours of *zone*; *now* itself if it does."""
        if self.always:
            return now
        local = now.astimezone(zone)
        for offset in range(-1, 9):
            day = local.date() + timedelta(days=offset)
            if day.weekday() not in self.days:
                continue
            start = datetime.combine(day, self.start, zone).astimezone(UTC)
            over_night = timedelta(days=self.end <= self.start)
            end = datetime.combine(day + over_night, self.end, zone).astimezone(UTC)
            if now < end:
                return max(now, start)
        return now


def shifted_into(hours: Hours, at: datetime, after: datetime, before: datetime, zone: ZoneInfo) -> datetime:
    """
    *at*, or the nearest moment within *hours* of *zone*: the last one that is *after* then, else the next *before*
    that time; *at* itself where there is neither. All in UTC.
    """
    if hours.next_open(at, zone) == at:
        return at
    earlier = at
    while earlier > after and hours.next_open(earlier, zone) > at:
        earlier -= _STEP_BACK
    if earlier > after:  # within a step of the end of a working day, or in it
        while hours.next_open(earlier + _STEP_ON, zone) == earlier + _STEP_ON:
            earlier += _STEP_ON
        return earlier
    later = hours.next_open(at, zone)
    return later if later < before else at


def _days(typed: str) -> frozenset[int]:
    """Read "mon-fri", "weekdays" or "sat"."""
    if typed in _MANY_DAYS:
        return frozenset(_MANY_DAYS[typed])
    if not typed:
        raise ValueError("the days are missing")
    first, *more = (_day(one) for one in typed.split("-"))
    if len(more) > 1:
        raise ValueError("one range of days is all I can keep")
    last = more[0] if more else first
    return frozenset(day % 7 for day in range(first, last + 1 if last >= first else last + 8))


def _day(name: str) -> int:
    name = name.strip(" .")
    if len(name) >= 2:
        for number, full in enumerate(_DAY_NAMES):
            if full.startswith(name) or name == f"{full}s":
                return number % 7
    raise ValueError(f'"{name}" is no day' if name else "")


def _times(typed: str) -> tuple[time, time]:
    """Read "9-17", "09:00-17:30", "9am-5pm"; what may be morning or afternoon is asked about."""
    start_text, sign, end_text = typed.partition("-")
    start, end = _TIME.fullmatch(start_text), _TIME.fullmatch(end_text)
    if not sign or not start or not end:
        raise ValueError("" if typed else "the times are missing")
    begins, ends = _clock_time(start), _clock_time(end)
    if begins == ends and (int(start[1]), int(end[1])) != (0, 24):
        raise ValueError(f"they begin and end at {begins:%H:%M}")
    if not _WRITTEN_OUT.fullmatch(typed) and (both := _other_half(start, end, begins, ends)):
        raise _Unclear(both)
    return begins, ends


def _other_half(start: re.Match[str], end: re.Match[str], begins: time, ends: time) -> str:
    """Which two readings times have that leave open whether morning or afternoon is meant; "" where they are clear."""
    half_a_day = time(12)
    if not _half(end) and time(0) < ends < begins <= half_a_day:
        return f"{begins:%H:%M}-{_later(ends):%H:%M} or, past midnight, {begins:%H:%M}-{ends:%H:%M}"
    if _half(end) and not _half(start) and begins < half_a_day and _later(begins) < ends:
        return f"{begins:%H:%M}-{ends:%H:%M} or {_later(begins):%H:%M}-{ends:%H:%M}"
    return ""


def _half(found: re.Match[str]) -> str:
    """Which half of the day the time says that it is in, "a" or "p"; "" where it says none."""
    return found[3][0] if found[3] in ("am", "pm", "a.m.", "p.m.") else ""


def _later(at: time) -> time:
    return at.replace(hour=(at.hour + 12) % 24)


def _clock_time(found: re.Match[str]) -> time:
    hour, minute, half = int(found[1]), int(found[2] or 0), _half(found)
    if half and not 1 <= hour <= 12:
        raise ValueError(f'"{found[0]}" is no time')
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if (hour, minute) == (24, 0):
        return time(0)
    if hour > 23 or minute > 59:
        raise ValueError(f'"{found[0]}" is no time')
    return time(hour, minute)


def _tidied(text: str) -> str:
    """*text* in one line of small letters; what is longer than anybody would type is not read at all."""
    return " ".join(text.lower().split()) if len(text) <= _LONGEST else "?"


def _repeated(value: object) -> str:
    text = str(value)
    return text if len(text) <= _REPEATED else f"{text[:_REPEATED]}…"
