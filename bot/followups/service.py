"""The verbs of follow-ups: one verb, one transaction; reminders leave through the outbox."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from bot.clock import Clock, stamp
from bot.delivery.model import ANSWER, Delivery
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import NotNow, Redraws
from bot.errors import UserError
from bot.followups.coming_due import ComingDue
from bot.followups.follow_up_log import FollowUpLogEntry
from bot.followups.model import (
    FollowUp,
    FollowUpState,
    LocalTime,
    NewFollowUp,
    checked,
    known,
    may_change,
)
from bot.followups.offers import Offers
from bot.followups.promise_ends import PromiseRecord
from bot.followups.promises import Promises, PromiseWatch
from bot.followups.refusals import found, refuse_as_closed, refuse_as_not_theirs
from bot.followups.series_verbs import SeriesVerbs, nothing, take_back_reminders
from bot.followups.store import FollowUpStore
from bot.slack.readers import Readable, Readers
from bot.slack.text import quote
from bot.storage.deeds import Deeds


def _is_of_ours(delivery: Delivery) -> bool:
    return delivery.draft.kind not in (ANSWER, "morning")


@dataclass(frozen=True, slots=True)
class FollowUpHistory:
    """All that became of a follow-up: who did what, and its messages with their receipts."""

    follow_up: FollowUp
    entries: Sequence[FollowUpLogEntry]
    deliveries: Sequence[Delivery]


class FollowUps:
    """
    The follow-ups of one team.

    *readers* says who may read what; *series* are the verbs of what recurs, *offers* those
    of what is handed on, *timer* fires what is due. `changed` is called when something may be due sooner.
    """

    def __init__(  # noqa: PLR0913 - what it keeps, sends and draws with
        self,
        store: FollowUpStore,
        outbox: Outbox,
        redraws: Redraws,
        clock: Clock,
        promises: Promises,
        deeds: Deeds,
        readers: Readers,
        series: SeriesVerbs,
        offers: Offers,
        timer: ComingDue,
    ) -> None:
        self._store, self.is_public = store, store.is_public
        self._outbox = outbox
        self._clock = clock
        self.promises = promises
        self._deeds = deeds
        self._readers = readers
        self._redraws = redraws
        self.series = series
        self.offers = offers
        self.timer = timer
        self.changed: Callable[[], None] = nothing  # called when something may be due sooner than before

    # asking

    def get(self, number: int) -> FollowUp:
        """The follow-up of that number. Raises UserError if there is none."""
        return found(self._store, number)

    def seen_by(self, number: int, by: str, channel: str, *, in_public: bool = False) -> FollowUp:
        """The same, if whoever sees the answer may read it. Raises UserError."""
        one = self.get(number)
        if not self._may_hear(one, by, channel, in_public=in_public):
            raise UserError(f"F{number} belongs to a conversation whose words I cannot repeat here. Ask for it there.")
        return one

    def pressed(self, number: int, token: str) -> FollowUp:
        """The follow-up whose button was pressed. Raises UserError where it is none of its buttons."""
        one = self.get(number)
        if one.token != token:
            raise UserError(f"This button belongs to an older F{number} that is gone. Nothing was changed.")
        return one

    def made_by(self, cause: str) -> FollowUp | None:
        """What was made because of *cause*, the name of a message or a window."""
        number = self._deeds.done(cause)
        return self._store.get(number) if number is not None else None

    def _may_hear(self, one: FollowUp, by: str, channel: str, *, in_public: bool) -> bool:
        wanted = one.wanted
        return self._readers.may_hear(by, channel, wanted.channel, known(one)["known_to"], in_public=in_public)

    def mine(self, user: str) -> list[FollowUp]:
        """The open ones that *user* is reminded of."""
        return self._store.open_of(user)

    def here(self, channel: str) -> list[FollowUp]:
        """The open ones of *channel*."""
        return self._store.open_in(channel)

    def listed(self, which: str, by: str, channel: str, *, in_public: bool = False) -> Readable[FollowUp]:
        """
        The open ones of *which*, as far as whoever sees the answer may read them.

        *which* is "mine", "promises", "here" or a customer.

        *in_public*: that is everybody in *channel*; else *by* alone.
        """
        if which in ("mine", "promises"):
            chosen = [one for one in self.mine(by) if which == "mine" or one.wanted.promise]
        else:
            chosen = self.here(channel) if which == "here" else self._store.open_for(which)

        def may_hear(one: FollowUp) -> bool:
            return self._may_hear(one, by, channel, in_public=in_public)

        return self._readers.readable(chosen, may_hear, in_public=in_public)

    def record_for(self, customer: str, by: str, channel: str, *, in_public: bool = False) -> PromiseRecord:
        """How promises to *customer* ended, as far as whoever sees the answer may know where they were made."""

        def may_be_told(origin: str) -> bool:
            return self._readers.may_hear(by, channel, origin, in_public=in_public)

        return self.promises.ends.record_for(customer, may_be_told)

    def customers(self) -> list[str]:
        """Every customer that a follow-up was made about."""
        return self._store.customers()

    def is_customer(self, name: str) -> bool:
        """Whether a follow-up was ever made about *name*."""
        return self._store.is_known(name)

    def story(self, number: int) -> FollowUpHistory:
        """All that became of that follow-up. Raises UserError if there is none."""
        follow_up = self.get(number)
        return FollowUpHistory(follow_up, self._store.entries(number), self._outbox.about(follow_up.id))

    def in_message(self, channel: str, ts: str) -> list[FollowUp]:
        """The follow-ups that a message of ours carries, in its order."""
        return self.of(self._outbox.in_message(channel, ts))

    def moved(self, carried: Sequence[Delivery], theirs: Sequence[FollowUp]) -> frozenset[int]:
        """
        Those of *theirs* that whoever sees the message which carries them may not read any more. Asks Slack.

        Raises NotNow where Slack does not say.
        """
        draft = carried[0].draft
        hidden = set()
        for one in theirs:
            if draft.recipient:
                may_read = self._readers.may_read(draft.recipient, one.wanted.channel, known(one)["known_to"])
                if may_read is None:
                    raise NotNow
            else:
                may_read = self._readers.may_be_shown(draft.channel, one.wanted.channel)
            if not may_read:
                hidden.add(one.number)
        return frozenset(hidden)

    def of(self, deliveries: Sequence[Delivery]) -> list[FollowUp]:
        """The follow-ups that *deliveries* are about."""
        carried = [self._store.get(int(one.draft.subject[1:])) for one in deliveries if _is_of_ours(one)]
        return [one for one in carried if one is not None]

    def watch(self, one: FollowUp) -> PromiseWatch | None:
        """What is still to happen to *one*, if it is a promise."""
        return self.promises.watch(one, self._clock.now()) if one.wanted.promise else None

    def is_declined(self, one: FollowUp, who: str) -> bool:
        """Whether *who* said last that they do not take it."""
        answers = [entry for entry in self._store.entries(one.number) if entry.what in ("offered", "declined")]
        theirs = [entry for entry in answers if entry.who == who or entry.detail == f"<@{who}>"]
        return bool(theirs) and theirs[-1].what == "declined"

    def repair(self, number: int) -> None:
        """Have its messages drawn anew, whatever they look like."""
        with self._store.transaction():
            self._redraws.ask(f"F{number}", repair=True)

    def is_news(self, told: Delivery, one: FollowUp) -> bool:
        """Whether what *told* tells, who is responsible now or is asked, is still the last that happened to *one*."""
        entries = self._store.entries(one.number)
        last = entries[-1].what if entries else ""
        if told.draft.kind == "offer":
            return one.offer is not None and one.offer.to == told.draft.recipient
        return told.draft.recipient == one.wanted.owner and last == "reassigned"

    # doing

    def make(self, wanted: NewFollowUp, by: str, cause: str = "") -> FollowUp:
        """
        Keep a new follow-up, once for each *cause*. Raises UserError or StorageUnavailable; then nothing was stored.
        """
        now = self._clock.now()
        if (made := self.made_by(cause)) is not None:
            return made
        checked(wanted, now)
        with self._store.transaction():
            if (made := self.made_by(cause)) is not None:
                return made
            made = self._store.add(wanted, by, now)
            self._deeds.note(cause, made.id, now)
            if wanted.promise:
                self.promises.given(made, now)
        self.changed()
        return made

    def is_as_made(self, one: FollowUp) -> bool:
        """Whether nobody has done anything to it since it was made."""
        return one.is_open and all(entry.what in ("made", "warned") for entry in self._store.entries(one.number))

    def change(
        self,
        number: int,
        wanted: NewFollowUp,
        by: str,
        *,
        is_admin: bool = False,
        cause: str = "",
        this_one: bool = False,
        occurrence: int | None = None,
    ) -> FollowUp:
        """
        Make it *wanted*, and remind of it anew; *cause* names what asked for it. Raises UserError.

        With *this_one* only the occurrence that is next is moved, and its series goes on as it was; *occurrence* is the
        one that was seen by whoever changed it.
        """
        now = self._clock.now()
        checked(wanted, now)
        with self._store.transaction():
            before = self._may_change(number, by, is_admin=is_admin)
            wanted = replace(wanted, promise=before.wanted.promise)
            if before.series is not None and occurrence not in (None, before.occurrence):
                raise UserError(
                    f"{before.id} has gone on since you opened this: it comes {before.wanted.due.near(now)} now. "
                    "Nothing was changed. Please open *Change* again."
                )
            if before.series is not None:
                self.series.check_change(before, wanted, this_one=this_one)
                self.series.time_changed(before, by, now)
            planned = self.series.planned_in(before, wanted, this_one=this_one)
            if not self._store.replace(before, wanted, planned=planned):
                refuse_as_closed(self.get(number), now)
            take_back_reminders(self._outbox, before.id)
            self._store.log(number, by, "changed", stamp(wanted.due.at), now)
            self._deeds.note(cause, before.id, now)
            if wanted.promise and before.paused_at is None:
                self.promises.given(self.get(number), now)
            self._redraws.ask(before.id)
        self.changed()
        return self.get(number)

    def cancel(self, number: int, by: str, *, is_admin: bool = False) -> FollowUp:
        """End it before it was done; a reminder that has not begun to leave is taken back. Raises UserError."""
        with self._store.transaction():
            self._may_change(number, by, is_admin=is_admin)
            self._close(number, FollowUpState.CANCELLED, by)
        return self.get(number)

    def done(self, number: int, by: str, occurrence: int | None = None) -> FollowUp:
        """
        End it as done, by anybody; of one that recurs, this *occurrence*. Raises UserError if it has ended already.

        Without *occurrence* it is the one that is due, or the next.
        """
        with self._store.transaction():
            one = self.get(number)
            goes_on = one.is_open and one.series and self.series.done(one, occurrence, by, self._clock.now())
            if not goes_on:
                self._close(number, FollowUpState.DONE, by)
        self.changed()
        return self.get(number)

    def snooze(
        self, number: int, occurrence: int, until: LocalTime, by: str, *, customer_knows: bool | None = None
    ) -> FollowUp:
        """
        Remind again at *until*; *occurrence* is the reminder that was pressed. Raises UserError.

        A promise can be put off once. Where the *customer_knows* the new time, it counts from now on; else the old one.
        """
        now = self._clock.now()
        with self._store.transaction():
            before = self.get(number)
            wanted = checked(replace(before.wanted, due=until), now)
            if before.is_open and before.occurrence != occurrence:
                raise UserError(f"{before.id} has a new time already: {before.wanted.due.near(now)}.")
            if before.is_open and before.wanted.promise:
                self.check_snooze(before)
                if customer_knows is None:
                    raise UserError("Does the customer know the new time? Press *Snooze* again, and say so.")
            if before.is_open and before.series is not None:
                self.series.snooze(before, occurrence, until, by, now)
            elif self._store.replace(before, wanted):
                take_back_reminders(self._outbox, before.id)
                self._store.log(number, by, "snoozed", stamp(until.at), now)
                self._redraws.ask(before.id)
            else:
                refuse_as_closed(before, now)
            if before.wanted.promise and customer_knows:
                self.promises.given(self.get(number), now)
        self.changed()
        return self.get(number)

    def check_snooze(self, one: FollowUp) -> None:
        """Raise UserError where *one* is a promise that was put off once since it was made, changed, or last done."""
        if one.wanted.promise and self.is_put_off(one):
            whom = one.wanted.customer or "the customer"
            raise UserError(
                f"You put {one.id} off once already. Agree a new time with {quote(whom)} and press *Change*, or *Done*."
            )

    def is_put_off(self, one: FollowUp) -> bool:
        """Whether it was put off since it was made, changed, or last done."""
        if one.series is not None:
            return self.series.is_put_off(one)
        snoozed = 0
        for entry in self._store.entries(one.number):
            if entry.what in ("made", "changed"):
                snoozed = 0
            snoozed += {"snoozed": 1, "undone": -1}.get(entry.what, 0)
        return snoozed > 0

    def broken_reported(self, number: int) -> None:
        """Somebody has heard that a promise was broken; of one that recurs, the next occurrence counts from now on."""
        self.promises.reported(number)
        one = self._store.get(number)
        following = self.series.following(one) if one is not None and one.is_open and one.series is not None else None
        if one is not None and following is not None and one.state is FollowUpState.DUE:
            self.promises.next_given(one, following, self._clock.now())

    def refuse_change(self, one: FollowUp) -> NoReturn:
        """Raise UserError with why somebody cannot change *one*."""
        if not one.is_open:
            refuse_as_closed(one, self._clock.now())
        refuse_as_not_theirs(one)

    def _close(self, number: int, state: FollowUpState, by: str) -> None:
        now, before = self._clock.now(), self.get(number)
        if before.is_open:
            for kind in ("reminder", "warning", "request", "offer"):
                self._outbox.cancel(before.id, kind)
            self.offers.withdrawn(before, now)
        if not self._store.close(number, state, by, now):
            refuse_as_closed(before, now)
        if before.series is not None:
            self.series.ended(before, by, now)
        self._store.log(number, by, str(state), "", now)
        self._redraws.ask(f"F{number}")
        closed = self.get(number)
        if closed.wanted.promise:
            self.promises.over(closed, now, kept=state is FollowUpState.DONE)

    def _may_change(self, number: int, by: str, *, is_admin: bool) -> FollowUp:
        one = self.get(number)
        if not may_change(one, by, is_admin=is_admin):
            refuse_as_not_theirs(one)
        return one
