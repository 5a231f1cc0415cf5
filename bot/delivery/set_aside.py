"""Rows that cannot be read, set aside so that they stop nobody: admins hear of each once, and `/health` tells."""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime

from bot.delivery.model import Draft
from bot.errors import StorageUnavailable
from bot.log import failure
from bot.slack.block_kit import message, section
from bot.slack.text import quote
from bot.storage import quarantine
from bot.storage.database import Database

logger = logging.getLogger(__name__)


class SetAside:
    """
    What is set aside of one team. *plan* is the outbox's `add`; *admins* are told.

    What needs a row that it cannot read calls `put`, and asks `clause` or `keys` so as not to meet it again.
    """

    def __init__(self, database: Database, team_id: str, plan: Callable[[Draft, datetime], bool]) -> None:
        self._database = database
        self._team_id = team_id
        self._plan = plan
        self.admins: tuple[str, ...] = ()
        self._known: dict[str, set[str]] = {}
        self._turn = threading.Lock()

    def put(
        self, kind: str, key: object, error: Exception, now: datetime, people: Iterable[str] = (), *, about: object = ""
    ) -> None:
        """
        Set the row *key* of *kind* aside because of *error*, and tell the admins and *people* (ids) once.

        *about* is the id of what it is about, where that is not its key.

        Raises StorageUnavailable; also where *error* is that, since then the row is not to blame.
        """
        if isinstance(error, StorageUnavailable):
            raise error
        key = str(key)
        self.keys(kind)
        with self._database.transaction():
            if quarantine.put(self._database, self._team_id, kind, key, type(error).__name__, now):
                failure(logger, f"{kind} {key} cannot be read and is left alone until the next start", error)
            for person in dict.fromkeys((*people, *self.admins)):
                self._plan(self._word(kind, key, str(about), person, now), now)
        with self._turn:
            self._known[kind].add(key)

    def keys(self, kind: str) -> set[str]:
        """What of *kind* is set aside."""
        with self._turn:
            if kind in self._known:
                return set(self._known[kind])
        # not while it is our turn: whoever holds the database may be about to ask for it
        found = quarantine.keys(self._database, self._team_id, kind)
        with self._turn:
            return set(self._known.setdefault(kind, found))

    def clause(self, kind: str, column: str, team: str = ":team") -> str:
        """SQL that leaves out what is set aside, by its key in *column*; begins with AND, or is empty."""
        if not self.keys(kind):
            return ""
        return f"AND {column} NOT IN (SELECT key FROM quarantine WHERE team_id = {team} AND kind = '{kind}')"  # noqa: S608 - ours

    def release(self, kind: str, key: str) -> None:
        """Try that row again."""
        if key in self.keys(kind):
            quarantine.release(self._database, self._team_id, kind, key)
            with self._turn:
                self._known[kind].discard(key)

    def clear(self) -> None:
        """Try all of it again, at a start."""
        quarantine.clear(self._database, self._team_id)
        with self._turn:
            self._known.clear()

    def what_is_wrong(self) -> str | None:
        """For the health report."""
        try:
            counts = quarantine.count(self._database, self._team_id)
        except StorageUnavailable:
            return None  # the database says so itself
        if not counts:
            return None
        what = ", ".join(f"{number} of {kind}" for kind, number in counts.items())
        return f"rows that cannot be read are left alone: {what}"

    def _word(self, kind: str, key: str, about: str, person: str, now: datetime) -> Draft:
        which = f"{kind} {quote(key, 60)}" + (f", about {quote(about, 60)}" if about else "")
        text = (
            f"I cannot read a row of my database: {which}. I left it as it is, and go on with all the rest; I try "
            "it again at my next start. The log of that moment says what is wrong with it."
        )
        return Draft(
            f"aside:{kind}:{key}:{person}".replace(" ", "_"),
            "aside",
            f"{kind} {key}",
            f"@{person}",
            message(text, [section(text)]),
            now,
        )
