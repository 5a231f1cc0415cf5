"""What a text may mean whose date was asked about: each with a date of its own, to be chosen with one tap."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, time, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

from bot.followups.dates.false_positives import without_lookalikes
from bot.followups.dates.grouping import DAY, TIME, Cluster, clusters_in
from bot.followups.dates.letters import as_typed, lowered
from bot.followups.dates.meanings import Elapsed, Repeats
from bot.followups.dates.questions import NotUnderstood
from bot.followups.dates.reader import LONGEST, Due, cut_out, due_by, joined, read, read_as
from bot.followups.dates.recurrence import instant_of
from bot.followups.dates.resolve import month_first
from bot.followups.dates.scanner import phrases_in

MOST = 3
_WITH_A_DAY = ("other-language", "misspelt", "which-day")  # a time alone would be today's
_MAY_BE_TEXT = ("name", "amount", "number-or-date", "someone", "event", "zone-or-name", "several")
_KEEP_ALL = ("none", "name", "number-or-date", "someone", "number", "span")
_LATER_TODAY = (12, 15, 17)


def readings(text: str, now: datetime, zone: ZoneInfo, locale: str, asked: NotUnderstood) -> list[Due]:
    """
    What *text* may mean, of which *asked* was asked: up to `MOST`, the likeliest first; none repeats.

    Where it names no date at all, the times that people choose most, with the whole text.
    """
    text = as_typed(text[:LONGEST])
    common = list(_common(_without_dates(text, asked), now, zone))
    found: list[Due] = []
    for due in _each(text, now, zone, locale, asked):
        if asked.question in _KEEP_ALL and any(due.at == one.at for one in common) and asked.words not in due.text:
            continue  # with the whole text it is among those
        if due.rule is None and all(due.at != one.at for one in found):
            found.append(due)
        if len(found) == MOST:
            return found
    return found + [one for one in common if all(one.at != other.at for other in found)][: MOST - len(found)]


def beginning(text: str, day: str) -> str:
    """*text* with *day*, such as "tomorrow", as the one on which its recurrence begins; "" where it has none."""
    text = as_typed(text[:LONGEST])
    found = next((one for one in phrases_in(lowered(text)) if isinstance(one.meaning, Repeats)), None)
    return f"{text[: found.end]} starting {day}{text[found.end :]}" if found is not None else ""


def _each(text: str, now: datetime, zone: ZoneInfo, locale: str, asked: NotUnderstood) -> Iterator[Due]:
    for changed in _put_otherwise(text, asked):
        with suppress(NotUnderstood):
            yield read(changed, now, zone, locale)
    low = lowered(text)
    if asked.words and asked.question in _MAY_BE_TEXT:
        with suppress(NotUnderstood):
            yield read_as(text, _hidden(low, asked.words), now, zone, locale)
    phrases = without_lookalikes(list(phrases_in(low)), text, low)
    clusters = [one for one in clusters_in(phrases, low) if one.has(*DAY, *TIME, Elapsed, Repeats)]
    if asked.question == "midnight":
        yield from _midnights(text, low, now, zone, clusters[0])
    clusters = _worth_offering(clusters, asked)
    together = [[one, other] for one, other in pairwise(clusters) if _fit(one, other)]
    months = month_first(locale, zone)
    both = months is None or asked.question in ("number-or-date", "is-a-date")
    for chosen in (*together, *([one] for one in clusters)):
        zones = [one for cluster in chosen for one in cluster.all(ZoneInfo)] or [zone]
        for where, first in product(dict.fromkeys((*zones, zone)), (True, False) if both else (months,)):
            with suppress(NotUnderstood):
                yield due_by(chosen, text, low, now, where, first)


def _worth_offering(clusters: list[Cluster], asked: NotUnderstood) -> list[Cluster]:
    """*clusters* as they may be meant: without their zone, one day at a time, or only those with a day."""
    if asked.question == "zone-or-name":
        return clusters + [_without(one, ZoneInfo) for one in clusters]
    if asked.question == "other-weekday":
        return [cluster for one in clusters for cluster in _each_day_of(one)]
    if asked.question in _WITH_A_DAY:
        return [one for one in clusters if one.has(*DAY, Elapsed)]
    return clusters


def _without(cluster: Cluster, kind: type) -> Cluster:
    return Cluster([phrase for phrase in cluster.phrases if not isinstance(phrase.meaning, kind)])


def _hidden(low: str, words: str) -> str:
    """*low* with *words* taken for a part of the text."""
    words = lowered(words)
    at = low.find(words)
    return low if at < 0 else low[:at] + "_" * len(words) + low[at + len(words) :]


def _each_day_of(cluster: Cluster) -> Iterator[Cluster]:
    """The same with one of its days each: weekday and date, which do not fit."""
    days = [phrase for phrase in cluster.phrases if isinstance(phrase.meaning, DAY)]
    for day in days:
        yield Cluster([phrase for phrase in cluster.phrases if phrase is day or phrase not in days])


def _midnights(text: str, low: str, now: datetime, zone: ZoneInfo, cluster: Cluster) -> Iterator[Due]:
    day = Cluster([phrase for phrase in cluster.phrases if isinstance(phrase.meaning, DAY)])
    whole = joined(*cut_out(text, low, [cluster]))
    due = due_by([day], text, low, now, zone, months_first=False)
    for wall in (datetime.combine(due.wall.date() + timedelta(days=days), time(0)) for days in (0, 1)):
        yield Due(instant_of(wall, zone), wall, zone, whole)


def _without_dates(text: str, asked: NotUnderstood) -> str:
    """*text* without what dates it, as far as that is no name or number after all."""
    if asked.question in _KEEP_ALL:
        return text.strip()
    low = lowered(text)
    phrases = [one for one in without_lookalikes(list(phrases_in(low)), text, low) if not one.weak]
    return joined(*cut_out(text, low, clusters_in(phrases, low))) if phrases else text.strip()


def _put_otherwise(text: str, asked: NotUnderstood) -> Iterator[str]:
    """*text* with the words that were asked about as they may have been meant."""
    words = asked.words.strip()
    if not words or words not in text.lower():
        return
    place = re.compile(re.escape(words), re.I)
    if asked.question == "misspelt":
        yield place.sub(asked.meant, text, count=1)
    elif asked.question == "is-a-time":
        clock = f"{words[:2]}:{words[2:]}" if re.fullmatch(r"\d{4}", words) else words
        yield place.sub(f"at {clock}", text, count=1)


def _fit(one: Cluster, other: Cluster) -> bool:
    """Whether one is a day and the other a time."""
    kinds = [(cluster.has(*DAY), cluster.has(*TIME)) for cluster in (one, other)]
    return sorted(kinds) == [(False, True), (True, False)]


def _common(text: str, now: datetime, zone: ZoneInfo) -> Iterator[Due]:
    """Times that people choose most: later today, tomorrow morning, the next week's first."""
    here = now.astimezone(zone).replace(tzinfo=None)
    today = here.date()
    walls = [datetime.combine(today, time(hour)) for hour in _LATER_TODAY]
    walls = [next((wall for wall in walls if wall > here + timedelta(minutes=30)), walls[0])]
    walls += [datetime.combine(today + timedelta(days=days), time(9)) for days in (1, 7 - today.weekday())]
    for wall in walls:
        if wall > here:
            yield Due(instant_of(wall, zone), wall, zone, text)
