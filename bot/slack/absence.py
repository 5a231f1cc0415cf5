"""Who is away: by a status that says so and lasts, or by notifications that are paused. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_SAYS_AWAY = re.compile(
    r"\b(?:vacation\w*|holidays?|on leave|(?:parental|sick|annual|maternity|paternity) leave|(?:out|off) sick|sick|ill|"
    r"ooo|out of (?:the )?office|away|pto|off (?:today|until|till|work)|day off|time off|sabbatical|urlaub|krank|"
    r"abwesend|elternzeit|vacaciones|de baja|ausente|cong[eé]s?|absent|malade|f[eé]rias)\b",
    re.I,
)
_AWAY_EMOJI = frozenset(
    (
        *("palm_tree", "desert_island", "island", "beach_with_umbrella", "airplane", "airplane_departure", "luggage"),
        *("face_with_thermometer", "thermometer", "mask", "hospital", "sneezing_face", "baby", "no_entry"),
    )
)
_HERE = re.compile(r"\b(?:back|in (?:a )?meeting|lunch|remote\w*|home ?office|commut\w+|focus\w*)\b", re.I)


@dataclass(frozen=True, slots=True)
class Status:
    """What somebody has set in Slack: a *text*, an *emoji* by its name, and *until* when; None where it stays."""

    text: str = ""
    emoji: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away *until* then, as far as anybody knows (None: nobody does), by their status or by a pause."""

    until: datetime | None
    by_status: bool


def absence(status: Status, paused: tuple[datetime, datetime] | None, now: datetime, wait: timedelta) -> Absence | None:
    """
    Whether somebody is away for longer than *wait* from *now* on; None if not.

    *paused* is from when and until when notifications are held back: by hand, or by their own schedule, which Slack
    does not tell apart.
    """
    lasts = status.until is None or status.until > now + wait
    if lasts and _is_away(status):
        return Absence(status.until, by_status=True)
    if paused is not None and paused[0] <= now and paused[1] > now + wait:
        return Absence(paused[1], by_status=False)
    return None


def _is_away(status: Status) -> bool:
    if _SAYS_AWAY.search(status.text):
        return True
    return not _HERE.search(status.text) and status.emoji.strip(":") in _AWAY_EMOJI
