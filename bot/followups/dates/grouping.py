"""
Phrases that stand together make one date: "Friday", "at" and "3" are the day and the time of the same.

A text must hold one date and no more: a day here and its time there are one, two days are a question.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.followups.dates.meanings import (
    Ahead,
    Bound,
    Business,
    Dated,
    DayOfMonth,
    Elapsed,
    Limit,
    Meaning,
    Numbers,
    Part,
    Period,
    Phrase,
    Repeats,
    SameTime,
    TimeOfDay,
    Trouble,
    Weekday,
)
from bot.followups.dates.questions import NotUnderstood

M = TypeVar("M")

DAY = (Ahead, Business, Weekday, DayOfMonth, Dated, Numbers, Period)

TIME = (TimeOfDay, Part, SameTime)

GAP = re.compile(
    r"""[\s,.()\[\]"]*+(?:\b(?:at|on|by|of|the|in|for|from|around|about|come|say)\b|[@~:-])?+[\s,(\["]*+(?:\bthe\b|@)?+[\s,]*+"""
)

_OR = re.compile(r"\b(?:or|either)\b|\s/\s")

REFERS_BACK = re.compile(r"\b(?:from|since|of|about|re:?|on|their|his|her|our|the)\s+$")


@dataclass
class Cluster:
    """Phrases that stand together and make one date."""

    phrases: list[Phrase] = field(default_factory=list)

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return self.phrases[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.phrases[-1].end

    def all(self, kind: type[M]) -> list[M]:
        """The meanings of that *kind*, in their order."""
        return [phrase.meaning for phrase in self.phrases if isinstance(phrase.meaning, kind)]

    def has(self, *kinds: type) -> bool:
        """Whether any of its meanings is of one of *kinds*."""
        return any(isinstance(phrase.meaning, kinds) for phrase in self.phrases)


def clusters_in(phrases: Sequence[Phrase], low: str) -> list[Cluster]:
    """The *phrases* of *low* in clusters, left to right."""
    found: list[Cluster] = []
    for one in phrases:
        last = found[-1] if found else None
        if last is not None and GAP.fullmatch(low[last.end : one.start]) and _fits(last, one.meaning):
            last.phrases.append(one)
        else:
            found.append(Cluster([one]))
    return found


def _fits(cluster: Cluster, meaning: Meaning) -> bool:
    if isinstance(meaning, Trouble) or cluster.has(Trouble):
        return False
    if cluster.has(Repeats):
        return not isinstance(meaning, Repeats | Elapsed) and not (
            isinstance(meaning, TimeOfDay) and cluster.has(TimeOfDay)
        )
    if isinstance(meaning, Repeats):
        return not cluster.has(Elapsed)
    if isinstance(meaning, Limit | Bound):
        return False
    if isinstance(meaning, TimeOfDay | SameTime | Elapsed | ZoneInfo):
        return not cluster.has(type(meaning)) and not (
            isinstance(meaning, TimeOfDay | SameTime | Elapsed) and cluster.has(Elapsed, SameTime)
        )
    if isinstance(meaning, Part):
        return not cluster.has(Part, Elapsed)
    days = [one for one in cluster.phrases if isinstance(one.meaning, DAY)]
    if not days:
        return not cluster.has(Elapsed)
    return len(days) == 1 and _is_weekday_and_date(days[0].meaning, meaning)


def _is_weekday_and_date(one: Meaning, other: Meaning) -> bool:
    kinds = {type(one), type(other)}
    plain = [w for w in (one, other) if isinstance(w, Weekday) and not w.weeks and w.week is None]
    return Weekday in kinds and bool(plain) and bool(kinds & {Dated, Numbers, DayOfMonth})


def the_one(clusters: list[Cluster], phrases: Sequence[Phrase], low: str) -> list[Cluster]:
    """The clusters that make the one date together. Raises NotUnderstood."""
    useful = [one for one in clusters if one.has(*DAY, *TIME, Elapsed, Repeats)]
    troubles = [p for p in phrases if isinstance(p.meaning, Trouble)]
    if useful:
        troubles = [p for p in troubles if not (p.meaning == Trouble("past") and REFERS_BACK.search(low[: p.start]))]
    if troubles:
        past = [p for p in troubles if p.meaning == Trouble("past")]
        if past and not useful:
            raise NotUnderstood("over", f'"{past[0].words}"')
        raise NotUnderstood(
            "too-often" if troubles[0].meaning == Trouble("too-often") else "several", troubles[0].words
        )
    if not useful:
        if re.search(r"\b\d{1,2}(?:st|nd|rd|th)\b", low):
            raise NotUnderstood("number")
        if re.search(r"\b\d+ ?(?:h|hrs?|m|mins?|minutes?|hours?|days?|weeks?)\b|\b(?:tomorrow|today)-", low):
            raise NotUnderstood("span")
        raise NotUnderstood("none")
    if len(useful) > 1 and any(_OR.search(low[a.end : b.start]) for a, b in pairwise(useful)):
        raise NotUnderstood("two-dates")
    if len(useful) == 1:
        return useful
    if len(useful) == 2 and _complement(*useful):
        return useful
    raise NotUnderstood("two-dates")


def _complement(one: Cluster, other: Cluster) -> bool:
    """A day here and its time there, in one text."""
    for day, clock in ((one, other), (other, one)):
        timed = clock.has(TimeOfDay, SameTime) or (clock.has(Part) and not clock.has(*DAY))
        only_time = timed and not clock.has(*DAY, Elapsed, Repeats)
        if (
            day.has(*DAY, Repeats)
            and not day.has(TimeOfDay, SameTime, Elapsed)
            and only_time
            and not (day.has(Part) and clock.has(Part))
        ):
            return not isinstance(day.phrases[0].meaning, Period) or day.has(Weekday)
    return False
