"""What was kept is removed on request, or when its time is over: rows deleted, and what they held overwritten."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import stamp
from bot.storage.database import Database

_TRY_AGAIN_S = 0.1
Removed = dict[str, int]  # what was removed, in people's words, to how many


class Purge(Protocol):
    """What one feature removes. It counts what it removed in *removed*, and is called in a transaction."""

    def customer(self, database: Database, name: str, removed: Removed) -> None:
        """All that is about the customer of that *name*, case folded."""

    def user(self, database: Database, user: str, removed: Removed) -> None:
        """What is by or about a person, by id."""

    def ended_before(self, database: Database, before: str, removed: Removed) -> None:
        """What ended before then, as `stamp` writes it."""


def purge_customer(database: Database, customer: str, parts: Iterable[Purge]) -> Removed:
    """Remove all cases and follow-ups of *customer*, with their messages; capitals do not matter."""
    with _overwriting(database) as removed:
        for part in parts:
            part.customer(database, customer.casefold(), removed)
    return removed


def purge_user(database: Database, user: str, parts: Iterable[Purge]) -> Removed:
    """Remove what *user* (an id) said in watched threads, their follow-ups, and what was sent to them."""
    with _overwriting(database) as removed:
        for part in parts:
            part.user(database, user, removed)
        removed["deliveries"] += database.execute(
            "DELETE FROM outbox WHERE state IN ('sent', 'failed', 'withdrawn') AND recipient = :who", {"who": user}
        )
    return removed


def purge_before(database: Database, before: datetime, parts: Iterable[Purge]) -> Removed:
    """Remove what ended before *before* (UTC): what `retire` removes, and all deliveries, thumbs and events."""
    removed = retire(database, before, parts)
    with _overwriting(database):
        at = {"at": stamp(before)}
        sql = "DELETE FROM outbox WHERE state IN ('sent', 'failed', 'withdrawn') AND due_at < :at"
        removed["deliveries"] += database.execute(sql, at)
        removed["thumbs"] = database.execute("DELETE FROM thumbs WHERE created_at < :at", at)
        removed["events"] = database.execute("DELETE FROM inbox WHERE state = 'done' AND received_at < :at", at)
    return removed


def retire(database: Database, before: datetime, parts: Iterable[Purge]) -> Removed:
    """What RETENTION asks for: escalation threads and follow-ups that ended before *before*, and what they held."""
    with _overwriting(database) as removed:
        for part in parts:
            part.ended_before(database, stamp(before), removed)
    return removed


def remove_deliveries(database: Database, team_id: str, subject: str, removed: Removed) -> None:
    """Remove all messages about *subject*."""
    about = {"team": team_id, "subject": subject}
    removed["deliveries"] += database.execute("DELETE FROM outbox WHERE team_id = :team AND subject = :subject", about)
    database.execute("DELETE FROM redraws WHERE team_id = :team AND subject = :subject", about)


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
    """A transaction in which what is deleted is overwritten, and afterwards leaves the write-ahead log, too."""
    database.rows("PRAGMA secure_delete = ON")
    with database.transaction():
        yield {"cases": 0, "messages of threads": 0, "deliveries": 0, "follow-ups": 0}
    wipe_log(database)
