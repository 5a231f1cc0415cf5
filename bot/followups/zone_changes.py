"""
When the rules of time zones change, what is planned moves with the wall clock, and its owner is told.

Local time is what was agreed, so it stays; its instant follows the rules that are in force. Looked at once after a
start, where the rules are of another version than at the last.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from bot.clock import Clock, stamp
from bot.delivery.model import Draft
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import Redraws
from bot.followups.dates.recurrence import instant_of
from bot.followups.model import FollowUp, LocalTime, known
from bot.followups.promises import Promises
from bot.followups.reminder_blocks import clocks_message
from bot.followups.series_steps import HolidaysOf, next_at
from bot.followups.store import FollowUpStore
from bot.storage.marks import Marks

_MARK = "zone rules"
_AT_ONCE = 500


class ZoneChanges:
    """Moves what is planned. *version* names the rules in force; `changed` is called when something moved."""

    def __init__(  # noqa: PLR0913 - what it reads, moves and tells
        self,
        store: FollowUpStore,
        promises: Promises,
        outbox: Outbox,
        redraws: Redraws,
        clock: Clock,
        holidays_of: HolidaysOf,
        version: Callable[[], str],
        changed: Callable[[], None],
    ) -> None:
        self._store = store
        self._promises = promises
        self._outbox = outbox
        self._redraws = redraws
        self._clock = clock
        self._holidays_of = holidays_of
        self._version = version
        self._changed = changed

    def look(self) -> int:
        """Move all that the rules in force put elsewhere, if they are new; returns how many were moved."""
        marks, version = Marks(self._outbox.database, self._outbox.team_id), self._version()
        if marks.get(_MARK) == version:
            return 0
        moved: dict[str, list[FollowUp]] = defaultdict(list)
        last = 0
        while found := self._store.waiting_after(last, _AT_ONCE):
            last = found[-1].number
            for one in self._moved(found):
                moved[one.wanted.owner].append(one)
        now = self._clock.now()
        for owner, theirs in moved.items():
            self._tell(owner, theirs, version, now)
        marks.set(_MARK, version)
        if moved:
            self._changed()
        return sum(map(len, moved.values()))

    def _moved(self, found: Iterable[FollowUp]) -> list[FollowUp]:
        changes = [(one, *times) for one in found if (times := self._as_now(one)) != (one.wanted.due.at, one.next_at)]
        if not changes:
            return []
        moved, now = [], self._clock.now()
        with self._store.transaction():
            for one, due, following in changes:
                at = LocalTime(due, one.wanted.due.wall, one.wanted.due.zone)
                self._store.move(one.number, at, following)
                if due != one.wanted.due.at:
                    self._store.log(one.number, "", "moved", stamp(due), now)
                    if one.wanted.promise:
                        self._promises.moved(one, due)
                    self._redraws.ask(one.id)
                    moved.append(replace(one, wanted=replace(one.wanted, due=at)))
        return moved

    def _as_now(self, one: FollowUp) -> tuple[datetime, datetime | None]:
        """When *one* is due by the rules in force, and its next occurrence, if it is due now."""
        due = one.wanted.due
        shown = due.at.astimezone(due.zone).replace(tzinfo=None)
        at = due.at if shown == due.wall else instant_of(due.wall, due.zone)
        following = one.next_at
        if following is not None and one.series is not None:
            following = next_at(one, self._holidays_of(one.series.holidays))
        return at, following

    def _tell(self, owner: str, theirs: list[FollowUp], version: str, now: datetime) -> None:
        key = f"{theirs[0].id}:clocks:{version}:{owner}"
        drawn = clocks_message(theirs)
        self._outbox.add(
            Draft(key, "clocks", theirs[0].id, f"@{owner}", drawn, now, recipient=owner, **known(theirs[0])), now
        )
