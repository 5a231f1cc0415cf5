"""Whose zone a few letters mean: CST is Chicago's, and Shanghai's; the person's own comes first."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.followups.dates.questions import NotUnderstood

# where letters stand for the zone of the place, although the tz database has another name for it
_ELSEWHERE = {
    "bst": ("Asia/Dhaka", "Pacific/Bougainville"),
    "cst": ("America/Havana", "Asia/", "Australia/"),
    "est": ("Australia/",),
    "ist": ("Asia/Jerusalem", "Asia/Tel_Aviv", "Europe/Dublin"),
    "mst": ("Asia/Kuala_Lumpur", "Asia/Kuching", "Asia/Yangon", "Asia/Rangoon", "Europe/Moscow"),
    "pst": ("Asia/Manila", "Pacific/Pitcairn"),
    "ast": ("Asia/",),
    "gst": ("Atlantic/South_Georgia", "Pacific/Guam"),
    "wat": ("Asia/",),
    "nst": ("Asia/",),
    "ict": ("Europe/",),
    "pht": ("America/",),
    "edt": ("Australia/",),
    "cdt": ("America/Havana", "Asia/", "Australia/"),
}


def zone_meant(letters: str, usual: ZoneInfo, own: ZoneInfo, now: datetime) -> ZoneInfo:
    """
    The zone that *letters* (small) mean to somebody in *own*: theirs, if it bears them, else the *usual* one.

    Raises NotUnderstood where both may be meant.
    """
    if len(letters) > 4 or usual.key == own.key:
        return usual
    bears = {str(datetime(now.year, month, 1, tzinfo=own).tzname()).lower() for month in (1, 7)}
    if letters in bears or (own.key.startswith("Australia/") and f"a{letters}" in bears):
        return own
    if own.key.startswith(_ELSEWHERE.get(letters, ("-",))):
        raise NotUnderstood("zone-letters", letters.upper(), f"{usual.key} or {own.key}")
    return usual
