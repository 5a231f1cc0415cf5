"""
Reading a date out of what somebody typed: "Acme tomorrow at 3 call Dana" is 15:00 tomorrow, and "Acme call Dana".

The rule above all others: never guess. A date that could be another one, a second date, a word that looks like a date
and was not understood: each ends in a question to the person. The conventions (a bare 3 is 15:00, no time is 09:00,
"next Tuesday" is next week's) are in `docs/dates.md`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.followups.dates.doubts import doubts_in
from bot.followups.dates.false_positives import is_idle, without_lookalikes
from bot.followups.dates.grouping import DAY, GAP, Cluster, clusters_in, the_one
from bot.followups.dates.leftovers import nothing_left_over, own_start
from bot.followups.dates.letters import as_typed, lowered, masked
from bot.followups.dates.meanings import Elapsed, Part, Phrase, Repeats, SameTime, TimeOfDay
from bot.followups.dates.questions import NotUnderstood
from bot.followups.dates.recurrence import Recurrence, instant_of
from bot.followups.dates.resolve import Calendar, month_first
from bot.followups.dates.scanner import phrases_in
from bot.followups.dates.zone_letters import zone_meant

FARTHEST_YEARS = 10
LONGEST = 4_000  # characters that are searched for a date; what is longer fits into no reminder


@dataclass(frozen=True, slots=True)
class Due:
    """
    A date that was understood.

    *at* is in UTC, *wall* the same as local time in *zone*; with *rule* it is the first time. *text* is what was typed
    without the date; *before* and *after* are its two sides. *used* are the words that were read as the date.
    """

    at: datetime
    wall: datetime
    zone: ZoneInfo
    text: str
    rule: Recurrence | None = None
    before: str = ""
    after: str = ""
    used: tuple[str, ...] = ()


def read(text: str, now: datetime, zone: ZoneInfo, locale: str = "en-US", names: Iterable[str] = ()) -> Due:
    """
    The one date in *text*, as somebody in *zone* means it who writes *text* at *now* (aware).

    *locale* ("en-US") decides, with *zone*, whether 12/3 is in March or in December. *names* are known to be names, so
    that the words in them date nothing. Raises NotUnderstood.
    """
    text, unread = as_typed(text[:LONGEST]), text[LONGEST:]
    found = read_as(text, masked(lowered(text), names), now, zone, locale)
    return replace(found, text=found.text + unread, after=found.after + unread)


def read_as(text: str, low: str, now: datetime, zone: ZoneInfo, locale: str) -> Due:
    """The same of *text* as the patterns see it in *low*: what is masked there is a part of the text."""
    chosen, zone_words = _chosen(text, low, american=zone.key.startswith(("America/", "US/")))
    zones = {zone_meant(words, one, zone, now) for words, one in zone_words}
    if len(zones) > 1:
        raise NotUnderstood("two-zones")
    return due_by(chosen, text, low, now, zones.pop() if zones else zone, month_first(locale, zone))


def due_by(
    chosen: Sequence[Cluster], text: str, low: str, now: datetime, zone: ZoneInfo, months_first: bool | None
) -> Due:
    """The date that the clusters *chosen* of *text* make in *zone*. Raises NotUnderstood."""
    whole = Cluster([phrase for cluster in chosen for phrase in cluster.phrases])
    asker = Calendar(now.astimezone(zone).replace(tzinfo=None), zone, months_first)
    wall, rule = asker.resolve(whole)
    at = instant_of(wall, zone)
    if whole.has(Elapsed):
        span = whole.all(Elapsed)[0].by
        at = now.astimezone(UTC) + span
        if span >= timedelta(hours=1):  # nobody means the seconds
            at = (at + timedelta(seconds=30)).replace(second=0, microsecond=0)
        wall = at.astimezone(zone).replace(tzinfo=None)
    if at <= now:
        raise NotUnderstood("over", _said(wall))
    if wall.year > asker.now.year + FARTHEST_YEARS:
        raise NotUnderstood("too-far", f"{wall:%-d %B %Y}")
    before, after = cut_out(text, low, chosen)
    used = tuple(text[cluster.start : cluster.end] for cluster in chosen)
    return Due(at, wall, zone, joined(before, after), rule, _trimmed(before), _trimmed(after), used)


def _chosen(text: str, low: str, *, american: bool) -> tuple[list[Cluster], list[tuple[str, ZoneInfo]]]:
    """The clusters that make the one date of *text*, and the time zones named in them, as they are written."""
    seen = list(phrases_in(low))
    phrases = without_lookalikes(seen, text, low)
    doubts = doubts_in(phrases, text, low, american=american)
    doubted = {doubt.phrase.start for doubt in doubts}
    sure = [one for one in phrases if one.start not in doubted]
    sure = [one for at, one in enumerate(sure) if not (one.weak and is_idle(one, sure, at, low))]
    try:
        chosen = the_one(clusters_in(sure, low), sure, low)
    except NotUnderstood as none:
        if doubts and none.question in ("none", "number", "span"):
            raise NotUnderstood(doubts[0].question, doubts[0].shown) from None
        raise
    for doubt in doubts:
        if not doubt.surely and _would_change(doubt.phrase, chosen, low):
            raise NotUnderstood(doubt.question, doubt.shown)
    nothing_left_over(chosen, [one for one in seen if one not in phrases], doubts, low, text)
    whole = [phrase for cluster in chosen for phrase in cluster.phrases]
    return chosen, [(one.words, one.meaning) for one in whole if isinstance(one.meaning, ZoneInfo)]


def _would_change(doubted: Phrase, chosen: Sequence[Cluster], low: str) -> bool:
    """Whether the date of *chosen* would be another one with what is *doubted*."""
    has_day = any(cluster.has(*DAY, Elapsed, Repeats) for cluster in chosen)
    has_time = any(cluster.has(TimeOfDay, SameTime, Part, Elapsed) for cluster in chosen)
    match doubted.meaning:
        case ZoneInfo():
            return True
        case TimeOfDay() | Part() | SameTime():
            return not has_time
        case Repeats():
            places = [sorted(((one.start, one.end), (doubted.start, doubted.end))) for one in chosen]
            return not has_day or any(GAP.fullmatch(low[first[1] : second[0]]) for first, second in places)
        case _:
            return isinstance(doubted.meaning, (*DAY, Elapsed)) and not has_day


def _said(wall: datetime) -> str:
    return f"{wall:%A} {wall.day} {wall:%B %Y, %H:%M}"


def cut_out(text: str, low: str, chosen: Sequence[Cluster]) -> tuple[str, str]:
    """What stands before and behind the date; where it comes in two parts, the second is cut out of its side."""
    pieces: list[str] = []
    at = 0
    for cluster in chosen:
        start = own_start(low, cluster.start)
        if not low[cluster.end :].strip(" .!,;:-)") and (own := re.search(r"\bfor\s*$", low[:start])):
            start = own.start()
        start, end = _with_its_marks(text, low, start, cluster)
        pieces.append(text[at:start])
        at = max(at, end)
    pieces.append(re.sub(r"^\s*(?:,? ?at the (?:very )?latest\b|,? ?latest\b)", "", text[at:]))
    return pieces[0], " ".join(pieces[1:])


_OPENS, _CLOSES = "*_~`|\"'“‘«»([{„<【「", "*_~`|\"'”’»«)]}“>】」"
_OPENED = re.compile(rf"[{re.escape(_OPENS)}]\s*$")
_CLOSED = re.compile(rf"\s*[{re.escape(_CLOSES)}]")


def _with_its_marks(text: str, low: str, start: int, cluster: Cluster) -> tuple[int, int]:
    """
    Where the date of *cluster* begins and ends with the marks that enclose it: quotes, brackets, Slack's bold and code.

    What opens before it may stand before words of its own, as in "(on friday)".
    """
    end = cluster.end
    for _ in re.findall(rf"[{re.escape(_OPENS)}]", text[start : cluster.start]):
        closed = _CLOSED.match(text, end)
        end = closed.end() if closed else end
    while (opened := _OPENED.search(text, 0, start)) and (closed := _CLOSED.match(text, end)):
        start, end = own_start(low, opened.start()), closed.end()
    inside = text[cluster.start : cluster.end]
    if opened and inside.count(_CLOSES[_OPENS.index(opened[0].strip())]) % 2:
        start = own_start(low, opened.start())
    elif (closed := _CLOSED.match(text, end)) and inside.count(_OPENS[_CLOSES.index(closed[0].strip())]) % 2:
        end = closed.end()
    return start, end


def joined(*parts: str) -> str:
    """*parts* as one text, without the punctuation that hung on a date between them."""
    return _trimmed(" ".join(part for part in parts if part.strip()))


def _trimmed(text: str) -> str:
    """Without the punctuation that hung on the date; names of emoji keep their colons."""
    text = re.sub(r"\s+([,;.])(?=\s|$)", r"\1", re.sub(r"[ \t]{2,}", " ", text)).strip()
    text = re.sub(r"([,;:.–—-]) ?[,;:–—-]+(?=\s)", r"\1", text)
    text = re.sub(r"^(?:[\s,;.–—-]+(?=\s|$|\w)|:(?=\s|$))+\s*", "", text)
    emoji = re.search(r":[\w+-]+:$", text)
    return text if emoji else re.sub(r"[\s,;:.–—-]+$", "", text)
