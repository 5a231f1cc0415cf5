"""A recurring follow-up, and what becomes of it: its time comes, it is done, put off, paused, resumed. Pure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.followups.dates.recurrence import instant_of
from bot.followups.model import FollowUp, FollowUpState, LocalTime
from bot.followups.series import IsHoliday, Series

HolidaysOf = Callable[[str], IsHoliday]  # of a country such as "DE-BY"; "" has none


def came(one: FollowUp, now: datetime, is_holiday: IsHoliday) -> FollowUp:
    """
    *one* once its time has come at *now*, or, if it is due, that of the next.

    What has come besides, and what nobody pressed, becomes one with it, and is counted as missed.
    """
    series, planned = _recurring(one)
    passed = series.passed(planned, now, is_holiday)
    if passed:
        planned = passed[-1]
        wanted = replace(one.wanted, due=LocalTime.local(planned, series.zone))
        more = len(passed)  # each has a number of its own, as if somebody had looked
        one = replace(
            one, wanted=wanted, planned=planned, missed=one.missed + more, occurrence=one.occurrence + more, hint=None
        )
    return replace(one, state=FollowUpState.DUE, next_at=next_at(one, is_holiday))


def next_at(one: FollowUp, is_holiday: IsHoliday) -> datetime | None:
    """When the next one after the present occurrence comes; None where it was the last."""
    series, planned = _recurring(one)
    wall = series.after(planned, is_holiday)
    return instant_of(wall, series.zone) if wall is not None else None


def done(one: FollowUp, is_holiday: IsHoliday) -> FollowUp | None:
    """*one* with its next occurrence ahead; None where this was the last."""
    series, planned = _recurring(one)
    wall = series.after(planned, is_holiday)
    return _ahead(one, wall) if wall is not None else None


def put_off(one: FollowUp, until: LocalTime, is_holiday: IsHoliday) -> FollowUp:
    """*one* with this occurrence moved to *until*; where the next would come before that, it joins the next."""
    series, planned = _recurring(one)
    wall = series.after(planned, is_holiday)
    if wall is not None and instant_of(wall, series.zone) <= until.at:
        return replace(_ahead(one, wall), missed=one.missed + 1)
    return replace(
        one,
        wanted=replace(one.wanted, due=until),
        state=FollowUpState.WAITING,
        next_at=None,
        occurrence=one.occurrence + 1,
        hint=None,
    )


def paused(one: FollowUp, now: datetime) -> FollowUp:
    """*one*, which does not come until somebody resumes it."""
    return replace(
        one, state=FollowUpState.WAITING, paused_at=now, next_at=None, occurrence=one.occurrence + 1, hint=None
    )


def resumed(one: FollowUp, now: datetime, is_holiday: IsHoliday) -> FollowUp | None:
    """*one* with the first occurrence ahead that is still to come after *now*; None where none is."""
    series, planned = _recurring(one)
    if one.wanted.due.at > now:
        return replace(one, paused_at=None, occurrence=one.occurrence + 1)
    wall = next((wall for wall in series.times(planned, is_holiday) if instant_of(wall, series.zone) > now), None)
    return replace(_ahead(one, wall), paused_at=None) if wall is not None else None


def coming(one: FollowUp, count: int, is_holiday: IsHoliday) -> list[LocalTime]:
    """The next *count* times of *one*, the present occurrence first."""
    if one.series is None or one.planned is None:
        return [one.wanted.due]
    walls = one.series.next_few(one.planned, count - 1, is_holiday)
    return [one.wanted.due, *(LocalTime.local(wall, one.series.zone) for wall in walls)]


def _ahead(one: FollowUp, wall: datetime) -> FollowUp:
    series, _ = _recurring(one)
    return replace(
        one,
        wanted=replace(one.wanted, due=LocalTime.local(wall, series.zone)),
        state=FollowUpState.WAITING,
        planned=wall,
        next_at=None,
        missed=0,
        occurrence=one.occurrence + 1,
        hint=None,
    )


def _recurring(one: FollowUp) -> tuple[Series, datetime]:
    assert one.series is not None
    assert one.planned is not None
    return one.series, one.planned
