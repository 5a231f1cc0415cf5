"""The verbs of recurring follow-ups: this occurrence is done or put off, the series is paused, resumed, changed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.clock import Clock, stamp
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import Redraws
from bot.errors import UserError
from bot.followups.model import FollowUp, FollowUpState, LocalTime, NewFollowUp
from bot.followups.occurrences import OccurrenceEnd, Occurrences, PastOccurrence
from bot.followups.promises import Promises
from bot.followups.refusals import found, recurring
from bot.followups.series import A_MOMENT, IsHoliday
from bot.followups.series_steps import HolidaysOf, coming, done, next_at, paused, put_off, resumed
from bot.followups.store import FollowUpStore


def nothing() -> None:
    """Default: nobody is told."""


def take_back_reminders(outbox: Outbox, subject: str) -> None:
    """What was to come of *subject* itself does not come; what others are told of it still does."""
    for kind in ("reminder", "warning"):
        outbox.cancel(subject, kind)


class SeriesVerbs:
    """
    The verbs of follow-ups that recur. Every one raises UserError.

    `pause` and `resume` are asked for by number; the others are called in the transaction of whoever was asked.
    """

    def __init__(
        self,
        store: FollowUpStore,
        occurrences: Occurrences,
        outbox: Outbox,
        redraws: Redraws,
        promises: Promises,
        clock: Clock,
        holidays_of: HolidaysOf,
    ) -> None:
        self._clock = clock
        self._store = store
        self._occurrences = occurrences
        self._outbox = outbox
        self._redraws = redraws
        self._promises = promises
        self._holidays_of = holidays_of
        self.changed: Callable[[], None] = nothing  # called when something may be due sooner than before

    def following(self, one: FollowUp) -> FollowUp | None:
        """*one* with its next occurrence ahead; None where this is the last."""
        return done(one, self._holidays(one))

    def coming(self, one: FollowUp, count: int = 3) -> Sequence[LocalTime]:
        """The next *count* times of *one*, this occurrence first; fewer where it ends."""
        return coming(one, count, self._holidays(one))

    def done(self, one: FollowUp, occurrence: int | None, by: str, now: datetime) -> bool:
        """This occurrence is done; False where it was the last, so that the whole has ended."""
        self._check(one, occurrence, now)
        following = done(one, self._holidays(one))
        if following is None:
            return False
        if one.wanted.promise:
            self._promises.over(one, now, kept=True)
        self._go_on(one, following, OccurrenceEnd.DONE, by, now)
        self._store.log(one.number, by, "done-once", stamp(following.wanted.due.at), now)
        if one.wanted.promise:
            self._promises.given(following, now)
        return True

    def is_put_off(self, one: FollowUp) -> bool:
        """Whether the present occurrence was put off before."""
        past = self._occurrences.last_of(one.number)
        if past is None or past.how is not OccurrenceEnd.SNOOZED:
            return False
        return past.until is not None and past.planned == one.planned

    def snooze(self, one: FollowUp, occurrence: int | None, until: LocalTime, by: str, now: datetime) -> None:
        """This occurrence comes again at *until*, the others as planned."""
        self._check(one, occurrence, now)
        moved = put_off(one, until, self._holidays(one))
        self._go_on(one, moved, OccurrenceEnd.SNOOZED, by, now)
        self._store.log(one.number, by, "snoozed", stamp(moved.wanted.due.at), now)

    def pause(self, number: int, by: str) -> FollowUp:
        """It does not come until somebody resumes it."""
        now = self._clock.now()
        with self._store.transaction():
            one = recurring(self._store, number, now)
            if one.paused_at is not None:
                raise UserError(f"{one.id} is paused already. Press *Resume*, and it comes again.")
            self._go_on(one, paused(one, now), OccurrenceEnd.PAUSED, by, now)
            self._store.log(one.number, by, "paused", "", now)
            if one.wanted.promise:
                self._promises.over(one, now, kept=False)
        return found(self._store, number)

    def resume(self, number: int, by: str) -> FollowUp:
        """It comes again, from the next time on that is still ahead."""
        now = self._clock.now()
        with self._store.transaction():
            one = recurring(self._store, number, now)
            if one.paused_at is None:
                raise UserError(f"{one.id} is not paused: it comes {one.wanted.due.near(now)}.")
            again = resumed(one, now, self._holidays(one))
            if again is None:
                raise UserError(f"None of the times of {one.id} is still to come. Press *Change* for others, or *End*.")
            self._store.go_on(self._store.numbered(again, one), one)
            self._store.log(one.number, by, "resumed", stamp(again.wanted.due.at), now)
            self._redraws.ask(one.id)
            if one.wanted.promise:
                self._promises.given(again, now)
        self.changed()
        return found(self._store, number)

    def check_change(self, one: FollowUp, wanted: NewFollowUp, *, this_one: bool) -> None:
        """Raise UserError where this occurrence would be moved behind the next, or none would ever come."""
        if wanted.series is not None and not wanted.series.next_few(
            wanted.due.wall - A_MOMENT, 1, self._holidays_of(wanted.series.holidays)
        ):
            raise UserError("None of these times would ever come. Nothing was changed.")
        following = next_at(one, self._holidays(one))
        if this_one and following is not None and following <= wanted.due.at:
            raise UserError(
                "The next one comes before that. Choose an earlier time, or press *Done*. Nothing was changed."
            )

    def planned_in(self, before: FollowUp, wanted: NewFollowUp, *, this_one: bool) -> datetime | None:
        """Which time of its series the next one is once it is *wanted*; None where that is the first of another."""
        if before.series is None or wanted.series is None:
            return None
        if this_one or (wanted.series == before.series and wanted.due == before.wanted.due):
            return before.planned
        return wanted.due.wall if wanted.series == before.series else None

    def as_it_was(self, one: FollowUp, past: PastOccurrence, *, has_come: bool) -> FollowUp:
        """*one* as it was before *past* was over; a reminder that was taken back with it comes under another key."""
        before = past.before(one)
        if not has_come:
            return replace(before, state=FollowUpState.WAITING, paused_at=None, occurrence=one.occurrence + 1)
        following = next_at(before, self._holidays(one))
        return replace(before, state=FollowUpState.DUE, paused_at=None, next_at=following)

    def time_changed(self, one: FollowUp, by: str, now: datetime) -> None:
        """Its reminder, if it has come, is about another time from now on."""
        self._occurrences.end(one, OccurrenceEnd.SNOOZED, by, now)

    def ended(self, one: FollowUp, by: str, now: datetime) -> None:
        """The whole has ended, and what its last message says stays right."""
        self._occurrences.end(one, OccurrenceEnd.OVER, by, now)

    def _go_on(self, one: FollowUp, following: FollowUp, how: OccurrenceEnd, by: str, now: datetime) -> None:
        until = following.wanted.due.at if how is OccurrenceEnd.SNOOZED else None
        self._occurrences.end(one, how, by, now, until)
        if not self._store.go_on(self._store.numbered(following, one), one):
            raise UserError(f"{one.id} was changed by somebody else a moment ago. Please look again.")
        take_back_reminders(self._outbox, one.id)
        self._redraws.ask(one.id)

    def _check(self, one: FollowUp, occurrence: int | None, now: datetime) -> None:
        """Raise UserError where another occurrence was meant than the present one, or none comes."""
        if one.paused_at is not None:
            raise UserError(f"{one.id} is paused, so nothing of it is due. Press *Resume* or *End*.")
        if occurrence is not None and occurrence != one.occurrence:
            raise UserError(f"That one is over. {one.id} has another time now: {one.wanted.due.near(now)}.")

    def _holidays(self, one: FollowUp) -> IsHoliday:
        return self._holidays_of(one.series.holidays if one.series else "")
