"""From what phrases mean to a day and a time, for somebody at a given moment and place."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from bot.followups.dates.grouping import DAY, TIME, Cluster
from bot.followups.dates.meanings import (
    DAYS,
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
    Repeats,
    SameTime,
    TimeOfDay,
    Weekday,
)
from bot.followups.dates.questions import NotUnderstood
from bot.followups.dates.recurrence import Recurrence, first_after

MORNING, EVENING = time(9), time(17)


@dataclass(frozen=True)
class Calendar:
    """Where and when the person is: *now* as local time in *zone*. *month_first* is None where it is not sure."""

    now: datetime
    zone: ZoneInfo
    month_first: bool | None

    @property
    def today(self) -> date:
        """The date where the person is."""
        return self.now.date()

    def resolve(self, cluster: Cluster) -> tuple[datetime, Recurrence | None]:
        """The local time that *cluster* stands for, and its rule. Raises NotUnderstood."""
        if cluster.has(Repeats):
            return self._recurring(cluster)
        if cluster.has(Elapsed):
            if cluster.has(*DAY, *TIME):
                raise NotUnderstood("two-dates")
            return self.now, None
        clock = self._clock(cluster)
        days = [one.meaning for one in cluster.phrases if isinstance(one.meaning, DAY)]
        if not days:
            return self._next(clock or MORNING, cluster), None
        return self._on_a_day(days, clock, cluster), None

    def _on_a_day(self, days: Sequence[Meaning], clock: time | None, cluster: Cluster) -> datetime:
        if cluster.has(SameTime) and isinstance(days[0], Period):
            return self._a_period_later(days[0])
        day = self._day(days, clock)
        if clock == time(0) and any(c.hour == 0 and "midnight" in p.words for p in cluster.phrases
                                    if isinstance(c := p.meaning, TimeOfDay)):  # fmt: skip
            if day != self.today:
                raise NotUnderstood("midnight")
            return datetime.combine(day + timedelta(days=1), clock)
        if clock is None:
            if day == self.today and not isinstance(days[0], Period):
                raise NotUnderstood("today")
            clock = EVENING if any(_is_an_end(one) for one in days) else MORNING
        return datetime.combine(day, clock)

    def _a_period_later(self, period: Period) -> datetime:
        if period.edge != "start" or period.ahead != 1 or period.unit not in ("week", "month"):
            raise NotUnderstood("period")
        later = relativedelta(weeks=1) if period.unit == "week" else relativedelta(months=1)
        return self.now.replace(second=0, microsecond=0) + later

    def _clock(self, cluster: Cluster) -> time | None:
        if cluster.has(SameTime):
            return self.now.time().replace(second=0, microsecond=0)
        clocks, parts = cluster.all(TimeOfDay), cluster.all(Part)
        part = parts[0] if parts else None
        if not clocks:
            return time(part.hour) if part else None
        if len(clocks) > 1:
            raise NotUnderstood("two-times")
        clock = clocks[0]
        hour = clock.hour
        if (part is not None and part.late and 1 <= hour <= 11 and clock.bare) or (
            clock.bare and part is None and 1 <= hour <= 6
        ):
            hour += 12
        elif part is not None and part.late and hour == 12 and part.hour == 18:
            raise NotUnderstood("noon-or-midnight")
        return time(hour, clock.minute, clock.second)

    def _next(self, clock: time, cluster: Cluster) -> datetime:
        """Without a day: the next time that it is so late."""
        wall = datetime.combine(self.today, clock)
        today = any(part.this for part in cluster.all(Part))
        if today and clock == time(0):
            return wall + timedelta(days=1)
        return wall if today or wall > self.now else wall + timedelta(days=1)

    def _day(self, days: Sequence[Meaning], clock: time | None) -> date:  # noqa: C901 - one case for each meaning
        if len(days) == 2:
            weekday = next(one for one in days if isinstance(one, Weekday))
            other = next(one for one in days if not isinstance(one, Weekday))
            if isinstance(other, DayOfMonth):
                other = replace(other, weekday=weekday.day)
            day = self._day([other], clock)
            if day.weekday() != weekday.day:
                raise NotUnderstood("other-weekday", f"{day.day} {day:%B %Y} is a {day:%A}")
            return day
        match days[0]:
            case Ahead(by):
                return self._in_range(by)
            case Business(count):
                return _working_days_after(self.today, count)
            case Weekday() as weekday:
                return self._weekday(weekday, clock)
            case DayOfMonth() as nth:
                return self._nth(nth, clock)
            case Dated() as dated:
                return self._dated(dated, clock)
            case Numbers() as numbers:
                return self._dated(self._which(numbers), clock)
            case Period() as period:
                return self._period(period)
        raise AssertionError(days)

    def _in_range(self, by: relativedelta) -> date:
        try:
            return self.today + by
        except (OverflowError, ValueError):
            raise NotUnderstood("too-far", "That") from None

    def _is_over(self, day: date, clock: time | None) -> bool:
        return datetime.combine(day, clock or MORNING) <= self.now

    def _weekday(self, weekday: Weekday, clock: time | None) -> date:
        if weekday.week is not None:
            day = self.today - timedelta(days=self.today.weekday()) + timedelta(days=7 * weekday.week + weekday.day)
            if weekday.week == 0 and (day < self.today or self._is_over(day, clock)):
                raise NotUnderstood("over", f"{day:%A} of this week")
            return day
        ahead = (weekday.day - self.today.weekday()) % 7
        if ahead == 0 and weekday.weeks:
            raise NotUnderstood("weekday-today", f"{self.today:%A}")
        if ahead == 0 and (clock is None or self._is_over(self.today, clock)):
            ahead = 7
        return self.today + timedelta(days=ahead + 7 * weekday.weeks)

    def _nth(self, nth: DayOfMonth, clock: time | None) -> date:
        if not (nth.day == -1 or 1 <= nth.day <= 31):
            raise NotUnderstood("no-such-day", f"{nth.day}th of a month")
        months = range(13) if nth.months is None else (nth.months,)
        for ahead in months:
            first = self.today.replace(day=1) + relativedelta(months=ahead)
            last = calendar.monthrange(first.year, first.month)[1]
            if nth.day > last:
                if nth.months is not None:
                    raise NotUnderstood("no-such-day", f"{nth.day} {first:%B}")
                continue
            day = first.replace(day=last if nth.day == -1 else nth.day)
            if day < self.today or (nth.months is None and self._is_over(day, clock)):
                continue
            if nth.weekday is not None and day.weekday() != nth.weekday:
                raise NotUnderstood("other-weekday", f"{day.day} {day:%B} is a {day:%A}")
            return day
        raise NotUnderstood("over", "That day")

    def _which(self, numbers: Numbers) -> Dated:
        first, second = numbers.first, numbers.second
        if first > 12 or (second <= 12 and self.month_first is False):
            return Dated(second, first, numbers.year)
        if second > 12 or first == second or self.month_first:
            return Dated(first, second, numbers.year)
        raise NotUnderstood("which-month", f"{first}/{second}", f"{_month(first)} or in {_month(second)}")

    def _dated(self, dated: Dated, clock: time | None) -> date:
        if not 1 <= dated.month <= 12:
            raise NotUnderstood("no-such-day", f"month {dated.month}")
        years = [dated.year] if dated.year is not None else range(self.today.year, self.today.year + 9)
        for year in years:
            try:
                last = calendar.monthrange(year, dated.month)[1]
                day = date(year, dated.month, last if dated.day == -1 else dated.day)
            except ValueError:
                continue
            if dated.year is None and day == self.today and clock is None and self._is_over(day, clock):
                raise NotUnderstood("today")
            if dated.year is not None or not (day < self.today or self._is_over(day, clock)):
                return day
        raise NotUnderstood("no-such-day", f"{dated.day} {_month(dated.month)}{f' {dated.year}' if dated.year else ''}")

    def _period(self, period: Period) -> date:
        start = _start_of(period.unit, self.today, period.ahead)
        after = _start_of(period.unit, self.today, period.ahead + 1)
        if period.unit == "year" and period.edge != "end":
            raise NotUnderstood("period")
        if period.edge == "end":
            day = start + timedelta(days=4) if period.unit == "week" else after - timedelta(days=1)
        elif period.edge == "middle":
            if period.unit not in ("week", "month"):
                raise NotUnderstood("period")
            day = start + timedelta(days=2 if period.unit == "week" else 14)
        else:
            day = start
        if day < self.today or (day == self.today and period.edge == "middle"):
            raise NotUnderstood("period")
        return day

    # recurrences

    def _recurring(self, cluster: Cluster) -> tuple[datetime, Recurrence]:
        rules = cluster.all(Repeats)
        rule = rules[0]
        if len(rules) > 1:
            rule = _merged(rules)
        days, starts, ends = self._roles(cluster)
        clock = self._clock(cluster) or (time(rule.hour) if rule.hour is not None else MORNING)
        start = self._day([starts], clock) if starts is not None else self.today
        rule, months = self._narrowed(rule, days, start, explicit=starts is not None, adverb=cluster)
        recurrence = Recurrence(rule.freq, rule.interval, _by_day(rule.days), rule.monthdays, months, _place(rule.days))
        wall = first_after(recurrence, self.now, datetime.combine(start, clock))
        if wall is None:
            raise NotUnderstood("over", "The last of these times")
        return wall, self._limited(recurrence, cluster, ends, wall)

    def _roles(self, cluster: Cluster) -> tuple[list[Meaning], Meaning | None, Meaning | None]:
        """The days that belong to the rule, the day it starts on, the day it ends on."""
        own: list[Meaning] = []
        starts = ends = None
        bound: Bound | None = None
        for phrase in cluster.phrases:
            meaning = phrase.meaning
            if isinstance(meaning, Bound):
                bound = meaning
            elif isinstance(meaning, DAY):
                if bound is None:
                    own.append(meaning)
                elif bound.ends:
                    ends = meaning
                else:
                    starts = meaning
                bound = None
        if bound is not None:
            raise NotUnderstood("bound")
        return own, starts, ends

    def _narrowed(  # noqa: C901 - one case for each meaning
        self, rule: Repeats, days: Sequence[Meaning], start: date, *, explicit: bool, adverb: Cluster
    ) -> tuple[Repeats, tuple[int, ...]]:
        """*rule* with what the other phrases say of its days, and its months for a yearly one."""
        months: tuple[int, ...] = ()
        for day in days:
            if (
                isinstance(day, Weekday)
                and rule.freq == "WEEKLY"
                and not day.weeks
                and day.week is None
                and not rule.days
            ):
                rule = replace(rule, days=(DAYS[day.day],))
            elif isinstance(day, DayOfMonth) and rule.freq == "MONTHLY" and not rule.days and not rule.monthdays:
                rule = replace(rule, monthdays=(day.day,))
            elif isinstance(day, Dated | Numbers) and rule.freq == "YEARLY":
                dated = self._which(day) if isinstance(day, Numbers) else day
                self._check_day_of_year(dated)
                rule, months = replace(rule, monthdays=(dated.day,)), (dated.month,)
            elif len(days) == 1 and not explicit and isinstance(day, Ahead) and not rule.days and not rule.monthdays:
                return self._narrowed(rule, (), self._in_range(day.by), explicit=True, adverb=adverb)
            else:
                raise NotUnderstood("rule-and-date")
        if rule.freq == "MONTHLY" and rule.interval > 1 and not explicit:
            raise NotUnderstood("beginning")
        if rule.freq == "WEEKLY" and not rule.days:
            rule = replace(rule, days=(DAYS[start.weekday()],))
        if rule.freq == "MONTHLY" and not rule.days and not rule.monthdays:
            rule = replace(rule, monthdays=(start.day,))
        if rule.freq == "YEARLY" and not months:
            raise NotUnderstood("which-of-year")
        if rule.freq == "DAILY" and rule.interval > 1 and not explicit:
            raise NotUnderstood("beginning")
        if any(not (day == -1 or 1 <= day <= 31) for day in rule.monthdays):
            raise NotUnderstood("no-such-day", "such day in any month")
        # RFC 5545 leaves out months without a 31st; people mean the last day then
        return replace(rule, monthdays=tuple(-1 if day == 31 else day for day in rule.monthdays)), months

    def _ending(self, dated: Dated) -> date:
        """The last day, with its year, be it over or not. Raises NotUnderstood where there is none."""
        assert dated.year is not None
        try:
            last = calendar.monthrange(dated.year, dated.month)[1]
            return date(dated.year, dated.month, last if dated.day == -1 else dated.day)
        except (ValueError, calendar.IllegalMonthError):
            raise NotUnderstood("no-such-day", f"{dated.day} {_month(dated.month)} {dated.year}") from None

    def _check_day_of_year(self, dated: Dated) -> None:
        """Raise NotUnderstood where no year has that day."""
        longest = calendar.monthrange(2028, dated.month)[1] if 1 <= dated.month <= 12 else 0
        if dated.day > longest:
            raise NotUnderstood("no-such-day", f"{dated.day} {_month(dated.month)}")

    def _limited(self, rule: Recurrence, cluster: Cluster, ends: Meaning | None, first: datetime) -> Recurrence:
        limits = cluster.all(Limit)
        if ends is not None:
            until = self._day([ends], None) if not isinstance(ends, Dated) or ends.year is None else self._ending(ends)
            if until < first.date():
                raise NotUnderstood("over", f"The end, {until.day} {until:%B %Y},")
            return replace(rule, until=until)
        if not limits:
            return rule
        limit = limits[0]
        if limit.count:
            return replace(rule, count=limit.count)
        assert limit.span is not None
        return replace(rule, until=(first + limit.span - timedelta(days=1)).date())


def _is_an_end(day: Meaning) -> bool:
    return (isinstance(day, Period) and day.edge == "end") or (isinstance(day, Dated) and day.day == -1)


def _merged(rules: Sequence[Repeats]) -> Repeats:
    """ "weekly, every Monday" is one rule; two different ones are none."""
    with_days = [one for one in rules if one.days or one.monthdays]
    if len(with_days) > 1 or len({one.freq for one in rules}) > 1 or len({one.interval for one in rules} - {1}) > 1:
        raise NotUnderstood("two-dates")
    kept = with_days[0] if with_days else rules[0]
    return replace(kept, interval=max(one.interval for one in rules))


def _by_day(days: tuple[str, ...]) -> tuple[str, ...]:
    return DAYS[:5] if any(day.endswith("work") for day in days) else days


def _place(days: tuple[str, ...]) -> int | None:
    return next((int(day.removesuffix("work")) for day in days if day.endswith("work")), None)


def _month(number: int) -> str:
    return calendar.month_name[number] if 1 <= number <= 12 else f"month {number}"


def _start_of(unit: str, today: date, ahead: int) -> date:
    if unit == "week":
        return today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
    if unit == "month":
        return today.replace(day=1) + relativedelta(months=ahead)
    if unit == "quarter":
        return today.replace(day=1, month=(today.month - 1) // 3 * 3 + 1) + relativedelta(months=3 * ahead)
    return today.replace(day=1, month=1) + relativedelta(years=ahead)


def _working_days_after(day: date, count: int) -> date:
    if count > 2600:
        raise NotUnderstood("too-far", "That")
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


_US_ZONES = re.compile(
    r"America/(?:New_York|Detroit|Chicago|Denver|Phoenix|Los_Angeles|Anchorage|Juneau|Boise|Menominee|Indiana/.*|"
    r"Kentucky/.*|North_Dakota/.*)|Pacific/Honolulu|US/.*"
)


def month_first(locale: str, zone: ZoneInfo) -> bool | None:
    """Whether 12/3 is in December for this person; None where country and language disagree."""
    american = locale.replace("_", "-").upper().endswith("-US")
    there = bool(_US_ZONES.fullmatch(zone.key))
    return there if american == there else None
