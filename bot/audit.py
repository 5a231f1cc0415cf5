"""
The self-audit: once a minute the rows are looked through for what should have gone on and did not.

Each feature adds looks of its own. A finding is a fault of ours, or of somebody who changed the database by hand: it
makes the bot unwell, with the ids, until it is mended.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.log import failure
from bot.storage.database import Database

logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
PATIENCE = timedelta(minutes=1)  # what is over by less is only about to happen
_MOST = 100  # rows that one look finds
_NAMED = 10  # ids in one reason


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """*subject* is a short id ("F12"), *what* a clause that says what did not happen to it."""

    subject: str
    what: str


Look = Callable[[datetime], Iterable[AuditFinding]]  # at now, in UTC


class SelfAudit:
    """Runs the looks, and keeps what they found."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._looks: dict[str, Look] = {}
        self._found: frozenset[AuditFinding] = frozenset()
        self._failed: tuple[str, ...] = ()
        self._turn = threading.Lock()
        self.has_run = False
        self.count = 0  # of all findings since the start, each once for as long as it stays

    def add(self, name: str, look: Look) -> None:
        """Add a look; *name* is for the report where it fails."""
        self._looks[name] = look

    def run(self) -> None:
        """Look. One that fails is told, and holds up no other."""
        found: set[AuditFinding] = set()
        failed = []
        with self._turn:
            for name, look in self._looks.items():
                try:
                    found |= set(look(self._clock.now()))
                except Exception as error:  # noqa: BLE001 - a loop that must go on
                    failure(logger, f"the audit of {name} failed", error)
                    failed.append(name)
            for one in sorted(found - self._found, key=lambda one: (one.what, one.subject)):
                logger.error("audit: %s: %s", one.subject, one.what)
            self.count += len(found - self._found)
            self._found, self._failed, self.has_run = frozenset(found), tuple(failed), True

    @property
    def findings(self) -> frozenset[AuditFinding]:
        """What the last look found."""
        return self._found

    def is_clean(self) -> bool:
        """Whether it has run and found nothing."""
        return self.has_run and not self._found and not self._failed

    def what_is_wrong(self) -> str | None:
        """For the health report."""
        parts = [f"{what}: {listed(one.subject for one in self._found if one.what == what)}" for what in self._kinds()]
        parts += [f"{name} could not be looked through" for name in self._failed]
        return "; ".join(parts) or None

    def _kinds(self) -> list[str]:
        return sorted({one.what for one in self._found})


class RowLooks:
    """Looks through rows of one team that people know by *letter* and a number."""

    def __init__(self, database: Database, team_id: str, letter: str) -> None:
        self._database = database
        self._team_id = team_id
        self._letter = letter

    def find(self, sql: str, what: str, **values: str) -> Iterator[AuditFinding]:
        """
        A finding that says *what* for each ``number`` that *sql* gives, which may name ``:team``.

        A hundred at the most: more would say nothing more.
        """
        for row in self._database.rows(f"{sql} LIMIT {_MOST}", {"team": self._team_id, **values}):
            yield AuditFinding(f"{self._letter}{row['number']}", what)


def listed(subjects: Iterable[str]) -> str:
    """Some of *subjects* in their order, and how many more there are."""
    known = sorted(subjects, key=lambda one: (len(one), one))
    more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    return ", ".join(known[:_NAMED]) + more
