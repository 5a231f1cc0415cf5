"""
Promises: follow-ups that a customer was told of, so that their time counts.

The owner is warned when half and when four fifths of the time is gone; where it is less than an hour, when ten minutes
are left. A while after its time a promise that is not done is broken, and whoever asks for those hears of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.clock import instant, stamp
from bot.delivery.model import Draft
from bot.delivery.outbox import Outbox
from bot.followups.follow_up_rows import first_time
from bot.followups.model import FollowUp, known
from bot.followups.promise_ends import PromiseEnd, PromiseEnds, occurrence_of
from bot.followups.store import FollowUpStore
from bot.quantities import Hours, shifted_into
from bot.slack.block_kit import Message
from bot.storage.database import Database, Row

GRACE = timedelta(minutes=15)
_KIND = "promise"  # what is set aside


def default_grace() -> timedelta:
    """How late is still kept, where nobody says otherwise."""
    return GRACE


def nobody(one: FollowUp) -> None:
    """Default: nobody hears of it."""


def any_time(owner: str) -> tuple[Hours, ZoneInfo] | None:
    """Default: people work at any time."""
    return None


def as_it_is(at: datetime) -> datetime:
    """Default: a warning comes when its share of the time is gone."""
    return at


_TWO_WARNINGS_FROM = timedelta(hours=1)
_ONE_WARNING_FROM = timedelta(minutes=20)
_LAST_MINUTES = timedelta(minutes=10)
_SLACK = timedelta(seconds=50)  # "in 1 hour" is an hour, though it is a full minute, and kept a moment later


class FollowUpMessages(Protocol):
    """How what comes back is shown: reminders, and the warnings of promises."""

    def reminder_message(self, follow_up: FollowUp, /) -> Message:
        """The reminder, as it stands."""

    def warning_message(self, follow_up: FollowUp, due: datetime, now: datetime, /) -> Message:
        """To whoever promised it for *due*, while there is time to keep it, as it leaves at *now*."""


class PromiseStep(StrEnum):
    """What comes next for a promise."""

    HALF = "half"
    MOST = "most"
    SOON = "soon"
    BROKEN = "broken"


_SHARE = {PromiseStep.HALF: 0.5, PromiseStep.MOST: 0.8}


def steps(
    made: datetime, due: datetime, grace: timedelta = GRACE, shift: Callable[[datetime], datetime] = as_it_is
) -> tuple[tuple[PromiseStep, datetime], ...]:
    """
    When what happens to a promise made at *made* for *due*; warnings when *shift* says, which knows working hours.

    There are two warnings where there is an hour or more, none where there are less than twenty minutes.
    """
    broken, time = (PromiseStep.BROKEN, due + grace), due - made + _SLACK
    if time >= _TWO_WARNINGS_FROM:
        return *((step, shift(made + (due - made) * share)) for step, share in _SHARE.items()), broken
    return ((PromiseStep.SOON, shift(due - _LAST_MINUTES)), broken) if time >= _ONE_WARNING_FROM else (broken,)


@dataclass(frozen=True, slots=True)
class PromiseWatch:
    """What is still to happen to a promise: when its owner is warned, and from when on it is broken."""

    warned_at: tuple[datetime, ...]
    broken_at: datetime


def time_left(left: timedelta) -> str:
    """How long it is until something is due: "50 min left", "2 h 30 min left", "3 days left"."""
    minutes = max(1, round(left.total_seconds() / 60))
    if minutes >= 48 * 60:
        return f"{round(minutes / (24 * 60))} days left"
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest)
    return f"{' '.join(parts)} left" if left > timedelta() else "no time left"


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise as it is kept: its follow-up, for when it was given, and when it was found broken, if it was."""

    follow_up: FollowUp
    due: datetime
    broken_at: datetime | None


class Promises:
    """
    The promises of one team. *messages* draws the warnings for the owner.

    `grace` tells how late is still kept, `hours` when its owner works and in which zone; `noted` is called when one was
    made, changed, kept or broken.
    Every method raises StorageUnavailable where nothing can be stored.
    """

    def __init__(
        self,
        database: Database,
        team_id: str,
        outbox: Outbox,
        messages: FollowUpMessages,
    ) -> None:
        self._database = database
        self._team_id = team_id
        self._follow_ups = FollowUpStore(database, team_id, outbox.set_aside)
        self._set_aside = outbox.set_aside
        self._outbox = outbox
        self._messages = messages
        self.ends = PromiseEnds(database, team_id)
        self.grace: Callable[[], timedelta] = default_grace
        self.noted: Callable[[FollowUp], None] = nobody
        self.hours: Callable[[str], tuple[Hours, ZoneInfo] | None] = any_time

    def _planned(self, one: FollowUp, made: datetime, due: datetime) -> tuple[tuple[PromiseStep, datetime], ...]:
        """What happens to it when; its owner is warned in their working hours, where the time allows it."""
        works = self.hours(one.wanted.owner)
        if works is None:
            return steps(made, due, self.grace())
        hours, zone = works
        return steps(made, due, self.grace(), lambda at: shifted_into(hours, at, made, due, zone))

    # deciding: called in the transaction of what was done to the follow-up

    def given(self, follow_up: FollowUp, now: datetime) -> None:
        """It was promised, or promised for another time: count from *now*. What was broken before, unseen, is noted."""
        due, planned = follow_up.wanted.due.at, occurrence_of(follow_up)
        before = self._row(follow_up.number)
        is_watched, is_this = bool(before and before["next_at"]), bool(before and before["planned"] == planned)
        if planned and before and is_watched and is_this and instant(before["due_at"]) == due:
            # it was given when the one before it was broken
            self._mark(follow_up.number, due, is_broken=False)
            return
        if before and is_watched and not is_this and _is_late(before, now, self.grace()):
            self.ends.end(follow_up, PromiseEnd.BROKEN, now, before["planned"])
        _, at = self._planned(follow_up, now, due)[0]
        self._database.execute(
            """
            INSERT INTO promises (team_id, number, made_at, due_at, next_at, planned)
            VALUES (:team, :number, :now, :due, :at, :planned)
            ON CONFLICT (team_id, number) DO UPDATE SET made_at = excluded.made_at, due_at = excluded.due_at,
                next_at = excluded.next_at, planned = excluded.planned, broken_at = NULL, reported = 0
            """,
            {**self._key(follow_up.number), "now": stamp(now), "due": stamp(due), "at": stamp(at), "planned": planned},
        )
        self._mark(follow_up.number, due, is_broken=False)
        self.noted(follow_up)

    def moved(self, follow_up: FollowUp, due: datetime) -> None:
        """It is due at another instant, since its zone's rules have changed: what was promised is the local time."""
        rows = self._rows("number = :number AND next_at IS NOT NULL", number=follow_up.number)
        if rows and instant(rows[0]["due_at"]) == follow_up.wanted.due.at:
            planned = self._planned(follow_up, instant(rows[0]["made_at"]), due)
            after = instant(rows[0]["next_at"]) - (follow_up.wanted.due.at - due)
            coming = next((at for _, at in planned if at >= after), planned[-1][1])
            self._set(follow_up.number, "due_at = :due, next_at = :at", due=stamp(due), at=stamp(coming))
            self.noted(follow_up)

    def restored(self, follow_up: FollowUp, now: datetime) -> None:
        """Its end was taken back: it goes on as it was promised, and is not found broken twice."""
        self.ends.not_kept_after_all(follow_up)
        row = self._row(follow_up.number)
        if follow_up.series is not None and not self.ends.was_broken(follow_up):
            if follow_up.paused_at is None:
                self.given(follow_up, now)
            return
        if follow_up.series is not None:  # it was heard of once
            self._mark(follow_up.number, follow_up.wanted.due.at, is_broken=True)
            if row and row["planned"] == occurrence_of(follow_up):
                self._set(follow_up.number, "next_at = NULL, broken_at = :now, reported = 1", now=stamp(now))
                return
        if row and row["broken_at"] is None:
            planned = self._planned(follow_up, instant(row["made_at"]), instant(row["due_at"]))
            coming = next((at for _, at in planned if at > now), planned[-1][1])
            self._set(follow_up.number, "next_at = :at", at=stamp(coming))
            self.noted(follow_up)

    def over(self, follow_up: FollowUp, now: datetime, *, kept: bool) -> None:
        """It was kept, if late, or cancelled."""
        row = self._row(follow_up.number)
        is_late = row is not None and _is_late(row, now, self.grace())
        if not kept and row and row["next_at"] and is_late:
            self.ends.end(follow_up, PromiseEnd.BROKEN, now, row["planned"])
        if kept:
            is_late = is_late or self.ends.was_broken(follow_up)
            self.ends.end(follow_up, PromiseEnd.LATE if is_late else PromiseEnd.KEPT, now)
        self.stopped(follow_up)

    def stopped(self, follow_up: FollowUp) -> None:
        """Its time does not count any more: it is over, or paused."""
        self._set(follow_up.number, "next_at = NULL")
        self.noted(follow_up)

    def _mark(self, number: int, due: datetime, *, is_broken: bool) -> None:
        """What its reminders and lists say of it."""
        self._database.execute(
            "UPDATE followups SET promised_for = :due, broken = :broken WHERE team_id = :team AND number = :number",
            {**self._key(number), "due": stamp(due), "broken": int(is_broken)},
        )

    def reported(self, number: int) -> None:
        """Mark a broken promise as handed to escalations."""
        self._set(number, "reported = 1")

    def next_given(self, one: FollowUp, following: FollowUp, now: datetime) -> None:
        """*one*, which recurs, was broken: the *following* occurrence is promised from now on."""
        self.given(following, now)
        self._mark(one.number, one.wanted.due.at, is_broken=True)

    # coming due

    def fire_due(self, now: datetime) -> int:
        """Warn of those whose time runs out, and find those that are broken; returns how many."""
        rows = self._rows(f"next_at <= :now {self._sound()}", now=stamp(now))
        for row in rows:
            try:
                with self._database.transaction():
                    self._go_on(row, now)
            except Exception as error:  # noqa: BLE001 - the others go on all the same
                self._set_aside.put(_KIND, f"F{row['number']}", error, now)
        return len(rows)

    def _go_on(self, row: Row, now: datetime) -> None:
        one = self._follow_ups.get(row["number"])
        if one is None and self._follow_ups.is_set_aside(row["number"]):
            return  # it cannot be read now: it goes on once it can
        if one is None or not one.is_open or one.paused_at is not None:
            self._set(row["number"], "next_at = NULL")
            return
        planned = self._planned(one, instant(row["made_at"]), instant(row["due_at"]))
        passed = [(step, at) for step, at in planned if at <= now]
        coming = next((at for _, at in planned if at > now), None)
        if coming is None:
            self._set(one.number, "next_at = NULL, broken_at = :now", now=stamp(now))
            self.ends.end(one, PromiseEnd.BROKEN, now, row["planned"])
            self._mark(one.number, instant(row["due_at"]), is_broken=True)
            self._follow_ups.log(one.number, "", "broken", "", now)
            self.noted(one)
        else:
            self._set(one.number, "next_at = :at", at=stamp(coming))
            if passed:
                self._warn(one, *passed[-1], instant(row["due_at"]), now)

    def next_due(self) -> datetime | None:
        """When something is to happen next."""
        try:
            return self._first_due()
        except (ValueError, TypeError):  # a time that is none: find out whose
            for row in self._rows(f"next_at IS NOT NULL {self._sound()}"):
                try:
                    instant(row["next_at"])
                except (ValueError, TypeError) as error:
                    self._set_aside.put(_KIND, f"F{row['number']}", error, datetime.now(UTC))
            return self._first_due()

    def _first_due(self) -> datetime | None:
        to_come = f"FROM promises WHERE team_id = :team AND next_at IS NOT NULL {self._sound()}"
        return first_time(self._database, "next_at", to_come, {"team": self._team_id})

    def _sound(self) -> str:
        """SQL that leaves out what is set aside."""
        return self._set_aside.clause(_KIND, "'F' || number")

    def _warn(self, one: FollowUp, step: PromiseStep, at: datetime, due: datetime, now: datetime) -> None:
        key = f"{one.key}:{step}"
        drawn = self._messages.warning_message(one, due, now)
        draft = Draft(key, "warning", one.id, f"@{one.wanted.owner}", drawn, at, **known(one))
        self._outbox.add(draft, now)
        self._follow_ups.log(one.number, "", "warned", time_left(due - now), now)

    # asking

    def watch(self, one: FollowUp, now: datetime) -> PromiseWatch | None:
        """What is still to happen to *one* after *now*; None where nothing is, since it is no promise or has ended."""
        rows = self._rows("number = :number AND next_at IS NOT NULL", number=one.number) if one.is_open else []
        if not rows:
            return None
        try:
            planned = self._planned(one, instant(rows[0]["made_at"]), instant(rows[0]["due_at"]))
        except (ValueError, TypeError):  # a row that cannot be read is set aside once its time comes
            return None
        warned_at = tuple(at for step, at in planned if step is not PromiseStep.BROKEN and at > now)
        return PromiseWatch(warned_at, planned[-1][1])

    def broken(self) -> list[Promise]:
        """Those that were found broken, and that nobody has heard of yet."""
        return self._promises("broken_at IS NOT NULL AND reported = 0")

    def of_thread(self, channel: str, thread_ts: str) -> list[Promise]:
        """What was promised in a thread, the last first."""
        where = """
            number IN (SELECT number FROM followups
                       WHERE team_id = :team AND channel = :channel AND thread_ts = :thread AND promise = 1)
        """
        return self._promises(where, channel=channel, thread=thread_ts)

    def of_customer(self, customer: str) -> list[Promise]:
        """What was promised to *customer* and is still open, the last first."""
        numbers = [one.number for one in self._follow_ups.open_for(customer) if one.wanted.promise]
        return [one for number in numbers for one in self._promises("number = :number", number=number)]

    def _promises(self, where: str, **values: object) -> list[Promise]:
        found = []
        for row in self._rows(where, **values):
            one = self._follow_ups.get(row["number"])
            if one is None:
                continue
            try:
                broken_at = instant(row["broken_at"]) if row["broken_at"] else None
                found.append(Promise(one, instant(row["due_at"]), broken_at))
            except (ValueError, TypeError) as error:
                self._set_aside.put(_KIND, one.id, error, datetime.now(UTC), (one.wanted.owner,))
        return found

    def _key(self, number: int) -> dict[str, object]:
        return {"team": self._team_id, "number": number}

    def _row(self, number: int) -> Row | None:
        return next(iter(self._rows("number = :number", number=number)), None)

    def _rows(self, where: str, **values: object) -> list[Row]:
        sql = f"SELECT * FROM promises WHERE team_id = :team AND {where} ORDER BY number DESC"  # noqa: S608 - ours
        return self._database.rows(sql, {"team": self._team_id, **values})

    def _set(self, number: int, assignments: str, **values: object) -> None:
        sql = f"UPDATE promises SET {assignments} WHERE team_id = :team AND number = :number"  # noqa: S608 - ours
        self._database.execute(sql, {**self._key(number), **values})


def _is_late(row: Row, now: datetime, grace: timedelta) -> bool:
    return row["broken_at"] is not None or now >= instant(row["due_at"]) + grace
