"""
Each person's follow-ups as a calendar that they subscribe to, by an address that only they know.

The address is made once and shown once: of it only a digest is kept. A new one ends the old one.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from bot.clock import Clock, stamp
from bot.followups.days_off import holidays_of
from bot.followups.ical import CalendarEntry, calendar_bytes
from bot.followups.model import FollowUp
from bot.followups.store import FollowUpStore
from bot.storage.database import Database

PATH = "/calendar/"
ENDING = ".ics"
_LONGEST_TOKEN = 100
_NAME = "Follow-ups"


def nobody_has_left(user: str) -> bool:
    """Default: everybody is there."""
    return False


class CalendarFeeds:
    """The feeds of one team. *url* is the address of the bot's HTTP port as calendar programs reach it; "" for none."""

    def __init__(self, database: Database, team_id: str, store: FollowUpStore, clock: Clock, url: str) -> None:
        self._database = database
        self._team_id = team_id
        self._store = store
        self._clock = clock
        self._url = url.rstrip("/")
        self.has_left: Callable[[str], bool] = nobody_has_left

    @property
    def is_on(self) -> bool:
        """Whether there are feeds at all."""
        return bool(self._url)

    def has(self, user: str) -> bool:
        """Whether *user* has an address."""
        sql = "SELECT 1 FROM feeds WHERE team_id = :team AND user = :user"
        return bool(self._database.rows(sql, {"team": self._team_id, "user": user}))

    def new_address(self, user: str) -> str:
        """A new address for *user*, which nobody can find out again; one that they had before ends."""
        token = secrets.token_urlsafe(32)
        self._database.execute(
            "INSERT INTO feeds (team_id, user, digest, made_at) VALUES (:team, :user, :digest, :now) "
            "ON CONFLICT (team_id, user) DO UPDATE SET digest = excluded.digest, made_at = excluded.made_at",
            {"team": self._team_id, "user": user, "digest": _digest(token), "now": stamp(self._clock.now())},
        )
        return f"{self._url}{PATH}{token}{ENDING}"

    def end(self, user: str) -> None:
        """The address of *user* answers no more."""
        self._database.execute(
            "DELETE FROM feeds WHERE team_id = :team AND user = :user", {"team": self._team_id, "user": user}
        )

    def answer(self, path: str) -> bytes | None:
        """The calendar at *path*; None where there is none, be it wrong, ended, or of somebody who has left."""
        if not self.is_on or not path.startswith(PATH) or not path.endswith(ENDING):
            return None
        token = path.removeprefix(PATH).removesuffix(ENDING)
        if not token or len(token) > _LONGEST_TOKEN:
            return None
        sql = "SELECT user FROM feeds WHERE team_id = :team AND digest = :digest"
        rows = self._database.rows(sql, {"team": self._team_id, "digest": _digest(token)})
        if not rows or self.has_left(str(rows[0]["user"])):
            return None
        return calendar_of(self._store.open_of(str(rows[0]["user"])), self._clock.now())


def calendar_of(follow_ups: Iterable[FollowUp], now: datetime) -> bytes:
    """*follow_ups* as a calendar; what is paused is not in it, since it does not come."""
    entries = [_entry(one) for one in follow_ups if one.paused_at is None]
    return calendar_bytes(entries, now, _NAME, holidays_of)


def _entry(one: FollowUp) -> CalendarEntry:
    promised = "Promised to the customer. " if one.wanted.promise else ""
    repeats = f"{one.series.words()}. " if one.series else ""
    return CalendarEntry(
        uid=f"{one.id}-{one.token}@toughcustomer",
        title=one.title(),
        notes=f"{promised}{repeats}{one.id} in Slack.",
        at=one.wanted.due.at,
        zone=one.wanted.due.zone,
        changed=one.made_at + timedelta(seconds=one.occurrence),
        series=one.series,
        planned=one.planned,
        is_promise=one.wanted.promise,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
