"""The last thing that somebody did to a follow-up, taken back."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.clock import Clock, instant, stamp
from bot.commands.undo import LastDeed
from bot.delivery.model import DeliveryState
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import Redraws
from bot.errors import UserError
from bot.followups import blocks
from bot.followups.follow_up_log import FollowUpLogEntry
from bot.followups.model import FollowUp, FollowUpState, LocalTime
from bot.followups.occurrences import OccurrenceEnd, Occurrences
from bot.followups.series_verbs import take_back_reminders
from bot.followups.service import FollowUps
from bot.followups.store import FollowUpStore
from bot.slack.block_kit import Message, message, section
from bot.slack.text import escaped
from bot.storage.deeds import Deeds

_TIMES = ("made", "changed", "snoozed", "undone")  # entries that say for when
_CANNOT = (
    "The last thing you did was that {id} was {what}. I cannot take that back by myself: press *Change*, or *Reassign*."
)


class FollowUpUndo:
    """Takes back making, ending, snoozing, pausing and offering; of the rest it says what to press."""

    def __init__(
        self, store: FollowUpStore, follow_ups: FollowUps, outbox: Outbox, redraws: Redraws, clock: Clock
    ) -> None:
        self._past = Occurrences(outbox.database, outbox.team_id)
        self._store = store
        self._follow_ups = follow_ups
        self._outbox = outbox
        self._redraws = redraws
        self._deeds = Deeds(outbox.database, outbox.team_id)
        self._clock = clock

    def last(self, by: str, since: datetime) -> LastDeed | None:
        """What *by* did last, not before *since*; None if nothing, or if it was taken back already."""
        found = self._store.last_entry(by, since)
        if found is None or found[1].what == "undone":
            return None
        number, entry = found
        return LastDeed(entry.at, f"F{number}", partial(self._take_back, number, entry, by))

    def _take_back(self, number: int, entry: FollowUpLogEntry, by: str, cause: str) -> Message:
        with self._store.transaction():
            said = self._taken_back(number, entry, by)
            self._deeds.note(cause, f"F{number}", self._clock.now())
        self._follow_ups.changed()
        return said

    def _taken_back(self, number: int, entry: FollowUpLogEntry, by: str) -> Message:
        one = self._follow_ups.get(number)
        people = [each for each in self._store.entries(number) if each.who]
        if people and people[-1] != entry:
            raise UserError(f"Somebody else changed {one.id} since. Nothing was taken back; press *Change*.")
        if entry.what == "made":
            ended = self._follow_ups.cancel(number, by, is_admin=True)
            return self._said(ended, "is cancelled, as if you had not written it")
        if entry.what in ("done", "cancelled"):
            return self._said(self._reopened(number, by), "is open again")
        if entry.what == "paused":
            return self._said(self._occurrence_back(one, by), "comes again")
        if entry.what == "resumed":
            return self._said(self._follow_ups.series.pause(number, by), "is paused again")
        if entry.what == "offered":
            return self._said(self._not_offered(one, by), "is offered to nobody now")
        if one.series is not None and entry.what in ("done-once", "snoozed"):
            return self._said(self._occurrence_back(one, by), "is back at its time")
        if entry.what == "snoozed":
            return self._said(self._with_time(number, self._time_before(one), by), "is back at its time")
        text = _CANNOT.format(id=one.id, what=entry.what)
        return message(text, [section(text), *blocks.detail_message(one).blocks])

    def _not_offered(self, one: FollowUp, by: str) -> FollowUp:
        now = self._clock.now()
        self._follow_ups.offers.withdrawn(one, now)
        self._store.log(one.number, by, "undone", "", now)
        self._redraws.ask(one.id)
        return self._follow_ups.get(one.number)

    def _occurrence_back(self, one: FollowUp, by: str) -> FollowUp:
        """The last occurrence of one that recurs is not over after all. Raises UserError where nobody knows it."""
        now = self._clock.now()
        past = self._past.last_of(one.number)
        if past is None:
            raise UserError(f"I do not know any more when {one.id} was due before. Press *Change*.")
        has_come = self._has_come(one, past.key)
        before = self._follow_ups.series.as_it_was(one, past, has_come=has_come)
        self._past.take_back(past)
        self._past.end(one, OccurrenceEnd.OVER, by, now)  # so that its number is not used again
        if not has_come:
            before = self._store.numbered(before, one)
        self._store.go_on(before, one)
        take_back_reminders(self._outbox, one.id)
        self._store.log(one.number, by, "undone", stamp(past.due), now)
        self._redraws.ask(one.id)
        if one.wanted.promise:
            self._follow_ups.promises.restored(before, now)
        return self._follow_ups.get(one.number)

    def _has_come(self, one: FollowUp, key: str) -> bool:
        return any(each.draft.key == key and each.state is DeliveryState.SENT for each in self._outbox.about(one.id))

    def _time_before(self, one: FollowUp) -> LocalTime:
        entries = self._store.entries(one.number)
        times = [each.detail for each in entries if each.what in _TIMES and each.detail]
        if len(times) < 2:
            raise UserError(f"I do not know any more when {one.id} was due before. Press *Change*.")
        return LocalTime.of(instant(times[-2]), one.wanted.due.zone)

    def _reopened(self, number: int, by: str) -> FollowUp:
        """Its end taken back. It is due where it has come already; else it comes. Raises UserError where it is open."""
        now = self._clock.now()
        before = self._follow_ups.get(number)
        has_come = self._has_come(before, before.key)
        state = FollowUpState.DUE if has_come else FollowUpState.WAITING
        if before.is_open or not self._store.reopen(number, state):
            raise UserError(f"{before.id} is open already. Nothing was changed.")
        reopened = self._follow_ups.get(number)
        past = self._past.of(reopened.key)
        if past is not None:
            self._past.take_back(past)
        if not has_come:  # its message was taken back with it: the next one is another
            self._come_anew(reopened)
        self._store.log(number, by, "undone", "", now)
        self._redraws.ask(before.id)
        if before.wanted.promise:
            self._follow_ups.promises.restored(self._follow_ups.get(number), now)
        return self._follow_ups.get(number)

    def _come_anew(self, one: FollowUp) -> None:
        """It comes under another number, and nothing else of it changes."""
        if one.series is None:
            self._store.replace(one, one.wanted)
        else:
            self._store.go_on(self._store.numbered(replace(one, occurrence=one.occurrence + 1), one), one)

    def _with_time(self, number: int, due: LocalTime, by: str) -> FollowUp:
        """It has the time *due* that it had before; if that is over, it is due again. Raises UserError if it ended."""
        now = self._clock.now()
        before = self._follow_ups.get(number)
        if not self._store.replace(before, replace(before.wanted, due=due)):
            self._follow_ups.refuse_change(before)
        if due.at <= now:
            self._store.fall_due([number])  # its reminder was there before it was snoozed
        take_back_reminders(self._outbox, before.id)
        self._store.log(number, by, "undone", stamp(due.at), now)
        self._redraws.ask(before.id)
        if before.wanted.promise:
            self._follow_ups.promises.given(self._follow_ups.get(number), now)
        return self._follow_ups.get(number)

    def _said(self, one: FollowUp, what: str) -> Message:
        lead = f"{one.id} {what}"
        coming = self._follow_ups.series.coming(one) if one.series and one.is_open else ()
        shown = blocks.detail_message(one, blocks.Beside(coming=coming))
        return message(f"{lead}: {escaped(one.title())}", [section(f"*{lead}.*"), *shown.blocks])
