"""
Reading a date out of what somebody typed: "Acme tomorrow at 3 call Dana" is 15:00 tomorrow, and "Acme call Dana".

The rule above all others: never guess. A date that could be another one, a second date, a word that looks like a date
and was not understood: each ends in a question to the person. The conventions (a bare 3 is 15:00, no time is 09:00,
"next Tuesday" is next week's) are in `docs/dates.md`.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.followups.dates.errors import TRY, NotUnderstood, unclear
from bot.followups.dates.false_positives import lowered, without_lookalikes
from bot.followups.dates.grouping import Cluster, clusters_in, the_one
from bot.followups.dates.leftovers import nothing_left_over, own_start
from bot.followups.dates.meanings import Elapsed
from bot.followups.dates.recurrence import Recurrence, instant_of
from bot.followups.dates.resolve import Calendar, month_first
from bot.followups.dates.scanner import phrases_in

FARTHEST_YEARS = 10
LONGEST = 4_000  # characters that are searched for a date; what is longer fits into no reminder


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


def read(text: str, now: datetime, zone: ZoneInfo, locale: str = "en-US") -> Due:
    """
    The one date in *text*, as somebody in *zone* means it who writes *text* at *now* (aware).

    *locale* ("en-US") decides, with *zone*, whether 12/3 is in March or in December. Raises NotUnderstood.
    """
    text, unread = html.unescape(text[:LONGEST]), text[LONGEST:]
    low = lowered(text)
    seen = list(phrases_in(low))
    phrases = without_lookalikes(seen, text, low)
    clusters = clusters_in(phrases, low)
    chosen = the_one(clusters, phrases, low)
    nothing_left_over(chosen, [one for one in seen if one not in phrases], low, text)
    zones = {one for cluster in chosen for one in cluster.all(ZoneInfo)}
    if len(zones) > 1:
        raise unclear("I see two time zones.")
    where = zones.pop() if zones else zone
    whole = Cluster([phrase for cluster in chosen for phrase in cluster.phrases])
    asker = Calendar(now.astimezone(where).replace(tzinfo=None), where, month_first(locale, zone))
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
        raise unclear(f"{wall:%-d %B %Y} is more than ten years ahead.")
    before, after = _cut(text, low, chosen)
    kept = _joined(before, after) + unread
    return Due(at, wall, where, kept, rule, _trimmed(before), _trimmed(after) + unread)


def _said(wall: datetime) -> str:
    return f"{wall:%A} {wall.day} {wall:%B %Y, %H:%M}"


def _cut(text: str, low: str, chosen: Sequence[Cluster]) -> tuple[str, str]:
    """What stands before and behind the date; where it comes in two parts, the second is cut out of its side."""
    pieces: list[str] = []
    at = 0
    for cluster in chosen:
        start = own_start(low, cluster.start)
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
