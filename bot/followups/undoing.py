"""The last thing that somebody did to a follow-up, taken back."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.clock import Clock, instant, stamp
from bot.commands.undo import LastDeed
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import Redraws
from bot.errors import UserError
from bot.followups import blocks
from bot.followups.model import FollowUp, FollowUpState, LocalTime
from bot.followups.service import FollowUps
from bot.followups.store import FollowUpLogEntry, FollowUpStore
from bot.slack.block_kit import Message, message, section
from bot.slack.text import escaped

_CANNOT = (
    "The last thing you did was that {id} was {what}. I cannot take that back by myself: press *Change*, or *Reassign*."
)


class FollowUpUndo:
    """Takes back making, ending and snoozing; of the rest it says what to press."""

    def __init__(
        self, store: FollowUpStore, follow_ups: FollowUps, outbox: Outbox, redraws: Redraws, clock: Clock
    ) -> None:
        self._store = store
        self._follow_ups = follow_ups
        self._outbox = outbox
        self._redraws = redraws
        self._clock = clock

    def last(self, by: str, since: datetime) -> LastDeed | None:
        """What *by* did last, not before *since*; None if nothing."""
        found = self._store.last_entry(by, since)
        if found is None or found[1].what == "undone":
            return None
        number, entry = found
        return LastDeed(entry.at, partial(self._take_back, number, entry, by))

    def _take_back(self, number: int, entry: FollowUpLogEntry, by: str) -> Message:
        one = self._follow_ups.get(number)
        if entry.what == "made":
            return _said(
                self._follow_ups.cancel(number, by, is_admin=True), "is cancelled, as if you had not written it"
            )
        if entry.what in ("done", "cancelled"):
            return _said(self._reopened(number, by), "is open again")
        if entry.what == "snoozed":
            return _said(self._with_time(number, self._time_before(one), by), "is back at its time")
        text = _CANNOT.format(id=one.id, what=entry.what)
        return message(text, [section(text), *blocks.detail_message(one).blocks])

    def _time_before(self, one: FollowUp) -> LocalTime:
        times = [each.detail for each in self._store.entries(one.number) if each.what in ("made", "changed", "snoozed")]
        if len(times) < 2:
            raise UserError(f"I do not know any more when {one.id} was due before. Press *Change*.")
        return LocalTime.of(instant(times[-2]), one.wanted.due.zone)

    def _reopened(self, number: int, by: str) -> FollowUp:
        """Its end taken back: it is due at its time, or still. Raises UserError where it has not ended."""
        now = self._clock.now()
        with self._store.transaction():
            before = self._follow_ups.get(number)
            state = FollowUpState.WAITING if before.wanted.due.at > now else FollowUpState.DUE
            if before.is_open or not self._store.reopen(number, state):
                raise UserError(f"{before.id} is open already. Nothing was changed.")
            self._store.log(number, by, "undone", "", now)
            self._redraws.ask(before.id)
            if before.wanted.promise:
                self._follow_ups.promises.given(self._follow_ups.get(number), now)
        self._follow_ups.changed()
        return self._follow_ups.get(number)

    def _with_time(self, number: int, due: LocalTime, by: str) -> FollowUp:
        """It has the time *due* that it had before; if that is over, it is due now. Raises UserError if it ended."""
        now = self._clock.now()
        with self._store.transaction():
            before = self._follow_ups.get(number)
            if not self._store.replace(before, replace(before.wanted, due=due)):
                self._follow_ups.refuse_change(before, by)
            if due.at <= now:
                self._store.fall_due(number)
            self._outbox.cancel(before.id)
            self._store.log(number, by, "undone", stamp(due.at), now)
            self._redraws.ask(before.id)
        self._follow_ups.changed()
        return self._follow_ups.get(number)


def _said(one: FollowUp, what: str) -> Message:
    lead = f"{one.id} {what}"
    return message(f"{lead}: {escaped(one.title())}", [section(f"*{lead}.*"), *blocks.detail_message(one).blocks])
