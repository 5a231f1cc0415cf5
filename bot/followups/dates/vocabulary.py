"""The words of dates as people type them: names, numbers, units and zones; and the pieces that patterns are made of."""

import re
from typing import Any


def listed(words: str) -> list[str]:
    """The words of a list as it is written in a line."""
    return words.split()


WEEKDAY_NAMES: dict[str, int] = {}
for _index, _names in enumerate(
    (
        "monday mon munday",
        "tuesday tues tue teusday tuseday tusday",
        "wednesday weds wed wensday wendesday wednsday wedensday wednesay",
        "thursday thurs thur thu thr thurday thrusday thirsday thusday thursdy",
        "friday fri firday fryday frday",
        "saturday sat saterday satruday",
        "sunday sun sundy",
    )
):
    WEEKDAY_NAMES |= dict.fromkeys(_names.split(), _index)
MONTH_NAMES: dict[str, int] = {}
for _index, _names in enumerate(
    (
        "january jan",
        "february feb febuary feburary",
        "march mar",
        "april apr",
        "may",
        "june jun",
        "july jul",
        "august aug",
        "september sept sep",
        "october oct",
        "november nov",
        "december dec",
    ),
    1,
):
    MONTH_NAMES |= dict.fromkeys(_names.split(), _index)
NUMBERS = dict(
    zip(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
        ],
        range(1, 16),
        strict=True,
    )
) | {"a": 1, "an": 1, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "sixty": 60, "ninety": 90}
NUMBERS |= {"a couple of": 2, "a couple": 2, "couple of": 2, "couple": 2}
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1, "final": -1}
ZONES = {
    "msk": "Europe/Moscow", "trt": "Europe/Istanbul", "sast": "Africa/Johannesburg", "wib": "Asia/Jakarta",
    "ict": "Asia/Bangkok", "pht": "Asia/Manila", "myt": "Asia/Kuala_Lumpur", "kst": "Asia/Seoul",
    "awst": "Australia/Perth", "acst": "Australia/Adelaide", "acdt": "Australia/Adelaide", "akst": "America/Anchorage",
    "akdt": "America/Anchorage", "hst": "Pacific/Honolulu", "brt": "America/Sao_Paulo", "clt": "America/Santiago",
    "pkt": "Asia/Karachi", "npt": "Asia/Kathmandu", "wat": "Africa/Lagos", "eat": "Africa/Nairobi",
    "cat": "Africa/Maputo", "nst": "America/St_Johns", "ndt": "America/St_Johns", "ast": "America/Halifax",
    "adt": "America/Halifax", "gst": "Asia/Dubai", "wet": "Europe/Lisbon", "west": "Europe/Lisbon",
    "utc": "UTC",
    "zulu": "UTC", "gmt": "UTC", "z": "UTC", "est": "America/New_York", "edt": "America/New_York",
    "et": "America/New_York", "eastern": "America/New_York", "cst": "America/Chicago", "cdt": "America/Chicago",
    "ct": "America/Chicago", "central": "America/Chicago", "mst": "America/Denver", "mdt": "America/Denver",
    "mt": "America/Denver", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles", "bst": "Europe/London", "uk time": "Europe/London",
    "london time": "Europe/London", "cet": "Europe/Berlin", "cest": "Europe/Berlin", "berlin time": "Europe/Berlin",
    "paris time": "Europe/Paris", "eet": "Europe/Helsinki", "eest": "Europe/Helsinki", "ist": "Asia/Kolkata",
    "jst": "Asia/Tokyo", "tokyo time": "Asia/Tokyo", "sgt": "Asia/Singapore", "hkt": "Asia/Hong_Kong",
    "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "sydney time": "Australia/Sydney",
    "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland", "ny time": "America/New_York",
    "new york time": "America/New_York", "eastern time": "America/New_York", "pacific time": "America/Los_Angeles",
    "central time": "America/Chicago", "mountain time": "America/Denver", "singapore time": "Asia/Singapore",
    "chicago time": "America/Chicago", "india time": "Asia/Kolkata",
}  # fmt: skip
# zones by their whole names, each with "time", "standard time", "daylight time", "summer time"
_SPELT = {
    "central european": "Europe/Berlin", "middle european": "Europe/Berlin", "eastern european": "Europe/Athens",
    "western european": "Europe/Lisbon", "west european": "Europe/Lisbon", "central africa": "Africa/Maputo",
    "central african": "Africa/Maputo", "east africa": "Africa/Nairobi", "east african": "Africa/Nairobi",
    "west africa": "Africa/Lagos", "west african": "Africa/Lagos", "south africa": "Africa/Johannesburg",
    "south african": "Africa/Johannesburg", "eastern": "America/New_York", "central": "America/Chicago",
    "mountain": "America/Denver", "pacific": "America/Los_Angeles", "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu", "hawaiian": "Pacific/Honolulu", "atlantic": "America/Halifax",
    "newfoundland": "America/St_Johns", "british": "Europe/London", "uk": "Europe/London", "irish": "Europe/Dublin",
    "greenwich mean": "UTC", "coordinated universal": "UTC", "universal": "UTC", "israel": "Asia/Jerusalem",
    "india": "Asia/Kolkata", "indian": "Asia/Kolkata", "china": "Asia/Shanghai", "chinese": "Asia/Shanghai",
    "japan": "Asia/Tokyo", "japanese": "Asia/Tokyo", "korea": "Asia/Seoul", "korean": "Asia/Seoul",
    "singapore": "Asia/Singapore", "hong kong": "Asia/Hong_Kong", "gulf": "Asia/Dubai", "pakistan": "Asia/Karachi",
    "moscow": "Europe/Moscow", "turkey": "Europe/Istanbul", "turkish": "Europe/Istanbul",
    "australian eastern": "Australia/Sydney", "australian central": "Australia/Adelaide",
    "australian western": "Australia/Perth", "new zealand": "Pacific/Auckland", "brasilia": "America/Sao_Paulo",
    "argentina": "America/Argentina/Buenos_Aires", "philippine": "Asia/Manila", "german": "Europe/Berlin",
    "new york": "America/New_York", "ny": "America/New_York", "texas": "America/Chicago",
    "us eastern": "America/New_York", "us pacific": "America/Los_Angeles", "us central": "America/Chicago",
    "us mountain": "America/Denver", "india standard": "Asia/Kolkata", "west coast": "America/Los_Angeles",
    "east coast": "America/New_York", "california": "America/Los_Angeles",
}  # fmt: skip
for _name, _zone in _SPELT.items():
    ZONES |= dict.fromkeys(
        (f"{_name} {kind}" for kind in ("time", "standard time", "daylight time", "summer time")), _zone
    )


def any_of(names: Any) -> str:
    """A pattern that matches any of *names*, the longest first."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


WD = rf"(?:{any_of(WEEKDAY_NAMES)})\.?"
WDS = rf"(?:{any_of([f'{name}s' for name in WEEKDAY_NAMES if len(name) > 5])})"
MONTH = rf"(?:{any_of(MONTH_NAMES)})\.?"
N = rf"(?:\d+(?:\.\d+)?½?|½|{any_of(NUMBERS)})"
UNIT = (
    r"(?:seconds?|secs?|s|minutes?|mins?|minuets?|m|hours?|hrs?|hr|h|days?|d|weeks?|wks?|w|fortnights?|months?|mths?|"
    r"mos?|years?|yrs?)"
)
ORD = r"(?:\d{1,2}(?:st|nd|rd|th))"
NTH = rf"(?:{any_of(ORDINALS)}|{ORD})"
EACH = r"(?:every|each|ev\.?)"
MERIDIEM = r"(?:a\.?m\.?|p\.?m\.?)(?![a-z])"
HOUR = rf"(?:\d{{1,2}}|{any_of([n for n, v in NUMBERS.items() if v <= 12 and len(n) > 2 and ' ' not in n and n != 'couple'])})"
BUSINESS = r"(?:business|working|work|biz|bus\.?)[ -]?days?"
TOMORROW = r"(?:tomorrow|tomorow|tommorow|tommorrow|tomorro|tomorrw|tmrw|tmrow|tomoz|tomz|tmoz|2moz|tmoro|tmrrw|tomoro|tomorrows|tmr|tmw|tom|2moro|2morrow|2mrw|morrow)"
AFTER = r"(?:from (?:now|today)|hence|from right now)"
YEAR = r"(?:(?:,? |,)(?P<y>(?:19|20|99)\d\d|'\d\d))?"
# borders of a phrase: not inside a word, number, price, address, version or name with a hyphen
LEFT, RIGHT = r"(?<![\w$€£#&/.'-])(?<!\w[@:])", r"(?![\w$€£/%]|-\w|\.\w|'s\b|'\w|,\d{3}(?!\d)|:\d)"


def number(text: str) -> float:
    """A number in digits or in words."""
    text, half = text.strip().removesuffix("½"), 0.5 * text.strip().endswith("½")
    if not text:
        return half
    return half + (float(text) if text[0].isdigit() else float(NUMBERS[text]))


def nth_of(text: str) -> int:
    """An ordinal in digits or in words, "3rd" or "third", as a number; -1 for "last"."""
    return ORDINALS[text] if text in ORDINALS else int(re.sub(r"\D", "", text))


def weekday_of(text: str) -> int:
    """A weekday by its name, as typed or in the plural; Monday is 0."""
    name = text.strip(" .")
    return WEEKDAY_NAMES[name] if name in WEEKDAY_NAMES else WEEKDAY_NAMES[name.removesuffix("s")]


def year_of(text: str | None) -> int | None:
    """A year as typed, "2027" or "'27"; None where there is none."""
    if not text:
        return None
    return 2000 + int(text[1:]) if text.startswith("'") else int(text)
