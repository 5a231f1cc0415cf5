"""
What was kept is removed on request, or when its time is over: rows deleted, and what they held overwritten.

How long what is kept, without a request (RETENTION is 180 days unless set otherwise; `retire` runs every hour):

| what | until |
|---|---|
| a closed case with its thread, pages, log and messages | RETENTION after it was closed |
| a case that nobody closes | RETENTION after the last that happened in it; then it is closed, and kept as above |
| a follow-up with its log and messages | RETENTION after it was done or cancelled |
| a reminder that nobody presses | RETENTION after it was due; then it is cancelled, and kept as above |
| a recurring one that is paused and nobody resumes | RETENTION after it was paused; then the same |
| an occurrence of a recurring one that goes on | RETENTION after it was over |
| how a promise ended | as long as its follow-up |
| what is said in watched threads without a case, and what marks a deleted message | RETENTION after it was said |
| an event from Slack | its text until it is handled, its id a day; one that could not be handled, RETENTION |
| what was done because of which message, window or press: ids and times | a week |
| what Slack last said of people, groups and channels | RETENTION after Slack last said it |
| what was set aside because it could not be read | RETENTION |
| a thumb: card, time, matched example, and words lent for learning, none with a name | until `purge --before` |
| settings made in Slack, what people chose in Home, the digest of a calendar address | until they are changed |
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Protocol

from bot.clock import SystemClock, stamp
from bot.errors import UserError
from bot.storage.database import Database, Row
from bot.storage.deliveries import deliveries_of, forget_wordings, orphaned_deliveries
from bot.storage.steps import Looks, Removed, count, in_small_steps
from bot.storage.sweep import sweep_customer, sweep_person
from bot.storage.traces import NameTrace, PersonTrace

_TRY_AGAIN_S = 0.1
_CHECKPOINT_EVERY = 100  # pages of the write-ahead log
_DEEDS_KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody whose data is to be removed, at *now*; *heir* gets what is open and would be left without anybody."""

    trace: PersonTrace
    heir: str | None
    now: datetime

    @property
    def user(self) -> str:
        """Their id."""
        return self.trace.user


class Purge(Protocol):
    """What one feature removes: each method looks for it and gives the steps, each done whole or not at all."""

    def customer_names(self, database: Database) -> set[str]:
        """All customers that it knows by name."""

    def customer(self, database: Database, name: NameTrace) -> Looks:
        """All that is about a customer, and where it is named in what is about others."""

    def without_anybody(self, database: Database, leaver: Leaver) -> list[str]:
        """The ids, such as F12, of what is open and would be left without anybody."""

    def user(self, database: Database, leaver: Leaver) -> Looks:
        """Hand over what is open, and remove what is by or about a person; ids alone are masked afterwards."""

    def end_what_nobody_ends(self, database: Database, before: datetime, now: datetime) -> Looks:
        """End what nobody has touched since *before*."""

    def ended_before(self, database: Database, before: datetime) -> Looks:
        """Remove what ended before then."""


def purge_customer(database: Database, customer: str, parts: Iterable[Purge]) -> Removed:
    """Remove what is about *customer*, and where they are named elsewhere; capitals do not matter."""
    parts = list(parts)
    known = set().union(*(part.customer_names(database) for part in parts))
    name = NameTrace(customer, known)
    return _removed(
        database,
        *(part.customer(database, name) for part in parts),
        forget_wordings(database),
        sweep_customer(database, name),
    )


def purge_user(
    database: Database, user: str, parts: Iterable[Purge], *, to: str | None = None, now: datetime | None = None
) -> Removed:
    """
    Remove what *user* (an id) said and was sent, and their id everywhere but in settings (`settings_naming`).

    What is open is handed over: to whoever made or asked for it, else *to*. Raises UserError, and has removed nothing,
    where something open would be left without anybody.
    """
    parts = list(parts)
    leaver = Leaver(PersonTrace(user), to, now or SystemClock().now())
    left = [one for part in parts for one in part.without_anybody(database, leaver)]
    if left:
        raise UserError(
            f"Nothing was removed: nobody else would have what is open ({', '.join(left)}). Name who gets it: "
            f"toughcustomer purge --user {user} --to U012AB3CD. Or end it first."
        )
    return _removed(
        database,
        *(part.user(database, leaver) for part in parts),
        forget_wordings(database),
        deliveries_of(database, leaver.trace),
        sweep_person(database, leaver.trace),
    )


def settings_naming(database: Database, user: str) -> list[str]:
    """Which settings made in Slack name *user*: they say whom to page, so only an admin changes them."""
    rows = database.rows("SELECT name, value FROM settings ORDER BY team_id, name")
    return sorted({row["name"] for row in rows if PersonTrace(user).is_in(row["value"])})


def purge_before(database: Database, before: datetime, parts: Iterable[Purge]) -> Removed:
    """Remove what ended before *before* (UTC): what RETENTION would, and all deliveries, thumbs and events."""
    at = stamp(before)
    thumbs = "SELECT team_id, answer, card_id FROM thumbs WHERE created_at < :at LIMIT 200"
    thumb = "DELETE FROM thumbs WHERE team_id = :team_id AND answer = :answer AND card_id = :card_id"
    events = "SELECT team_id, event_id FROM inbox WHERE state = 'done' AND received_at < :at LIMIT 200"
    event = "DELETE FROM inbox WHERE team_id = :team_id AND event_id = :event_id"
    return _removed(
        database,
        *(part.ended_before(database, before) for part in parts),
        orphaned_deliveries(database, before),
        _all_rows(database, thumbs, thumb, at, "thumbs"),
        _all_rows(database, events, event, at, "events"),
        _left_over(database, before),
    )


def retire(database: Database, before: datetime, parts: Iterable[Purge], *, now: datetime | None = None) -> Removed:
    """
    What RETENTION asks for: what ended or was last touched before *before*, as the table above says.

    What nobody ends is ended at *now*. In small steps, so that a running bot is never held up by it.
    """
    parts, now = list(parts), now or SystemClock().now()
    return _removed(
        database,
        *(part.ended_before(database, before) for part in parts),
        *(part.end_what_nobody_ends(database, before, now) for part in parts),
        orphaned_deliveries(database, before),
        _left_over(database, before),
        _old_deeds(database, now - _DEEDS_KEPT_FOR),
        always=False,
    )


def _left_over(database: Database, before: datetime) -> Looks:
    """Events that were never handled, and what was known, or set aside, long ago."""
    at = stamp(before)
    # the index of those that are not done is a small one
    parked = "SELECT team_id, event_id FROM inbox WHERE state <> 'done' AND received_at < :at LIMIT 200"
    yield from _all_rows(
        database, parked, "DELETE FROM inbox WHERE team_id = :team_id AND event_id = :event_id", at, "events"
    )
    for table, key in (("last_known", "id"), ("quarantine", "key")):
        find = f"SELECT team_id, kind, {key} FROM {table} WHERE at < :at LIMIT 200"  # noqa: S608 - one of two
        forget = f"DELETE FROM {table} WHERE team_id = :team_id AND kind = :kind AND {key} = :{key}"  # noqa: S608
        yield from _all_rows(database, find, forget, at, "other rows")


def _old_deeds(database: Database, before: datetime) -> Looks:
    delete = "DELETE FROM deeds WHERE team_id = :team_id AND cause = :cause"
    find = "SELECT team_id, cause FROM deeds WHERE team_id = :team AND at < :at ORDER BY at LIMIT 200"
    for row in database.rows("SELECT DISTINCT team_id FROM numbers"):
        yield from _all_rows(database, find, delete, stamp(before), "other rows", team=row["team_id"])


def _all_rows(database: Database, find: str, delete: str, at: str, what: str, **more: str) -> Looks:
    """Run *delete* for all that *find* gives, until it gives nothing."""

    def step(removed: Removed, row: Row) -> None:
        count(removed, what, database.execute(delete, row))

    while rows := database.rows(find, {"at": at, **more}):
        yield [lambda removed, row=row: step(removed, row) for row in rows]  # type: ignore[misc]


def _removed(database: Database, *looks: Looks, always: bool = True) -> Removed:
    """Do it all; what was removed leaves the write-ahead log, too, and with *always* what was removed before."""
    with _overwriting(database) as removed:
        in_small_steps(database, chain.from_iterable(looks), removed)
    if always or any(removed.values()):
        wipe_log(database)
    return removed


def wipe_log(database: Database, within: timedelta = timedelta()) -> bool:
    """
    Have what was deleted leave the write-ahead log, too; tried again *within* that time.

    False if somebody reads all the while what stands there: then it leaves when this is called later.
    """
    until = time.monotonic() + within.total_seconds()
    while not (done := database.wipe_log()) and time.monotonic() < until:
        time.sleep(_TRY_AGAIN_S)
    return done


@contextmanager
def _overwriting(database: Database) -> Iterator[Removed]:
    """What is deleted meanwhile is overwritten; the log is worked off often, so that it never takes long."""
    database.rows("PRAGMA secure_delete = ON")
    usual = database.rows("PRAGMA wal_autocheckpoint")[0]["wal_autocheckpoint"]
    database.rows(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_EVERY}")
    try:
        yield {"cases": 0, "messages of threads": 0, "deliveries": 0, "follow-ups": 0}
    finally:
        database.rows(f"PRAGMA wal_autocheckpoint = {int(usual)}")
