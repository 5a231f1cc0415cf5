"""The verbs of follow-ups: one verb, one transaction; reminders leave through the outbox."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn

from bot.clock import Clock, stamp
from bot.delivery.model import ANSWER, Delivery, Draft
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import NotNow, Redraws
from bot.errors import StorageUnavailable, UserError
from bot.followups.model import (
    FollowUp,
    FollowUpState,
    LocalTime,
    NewFollowUp,
    checked,
    known,
    may_change,
)
from bot.followups.promises import FollowUpMessages, Promises, PromiseWatch
from bot.followups.store import FollowUpLogEntry, FollowUpStore
from bot.slack.readers import Readable, Readers
from bot.storage.deeds import Deeds


def nothing() -> None:
    """Default: nobody is told."""


def nobody_has(user: str) -> bool:
    """Default: nobody has left."""
    return False


@dataclass(frozen=True, slots=True)
class FollowUpHistory:
    """All that became of a follow-up: who did what, and its messages with their receipts."""

    follow_up: FollowUp
    entries: Sequence[FollowUpLogEntry]
    deliveries: Sequence[Delivery]


class FollowUps:
    """
    The follow-ups of one team.

    *messages* draws what is sent; *readers* says who may read what; *admins* are told last when a reminder cannot be
    delivered. `changed` is called when something may be due sooner.
    """

    def __init__(  # noqa: PLR0913 - what it keeps, sends and draws with
        self,
        store: FollowUpStore,
        outbox: Outbox,
        redraws: Redraws,
        clock: Clock,
        messages: FollowUpMessages,
        promises: Promises,
        deeds: Deeds,
        readers: Readers,
        admins: Sequence[str] = (),
    ) -> None:
        self._store, self.is_public = store, store.is_public
        self._outbox = outbox
        self._clock = clock
        self._messages = messages
        self.promises = promises
        self._deeds = deeds
        self._readers = readers
        self._redraws = redraws
        self.has_left: Callable[[str], bool] = nobody_has  # asked of an owner when it falls due; asks nothing of Slack
        self.changed: Callable[[], None] = nothing  # called when something may be due sooner than before
        self._admins = tuple(admins)

    # asking

    def get(self, number: int) -> FollowUp:
        """The follow-up of that number. Raises UserError if there is none."""
        found = self._store.get(number)
        if found is None and self._store.is_set_aside(number):
            raise UserError(
                f"I cannot read F{number}: its row in my database is damaged. I left it as it is and told the admins."
            )
        if found is None:
            raise UserError(f"There is no F{number}. It may have been purged, or belongs to another workspace.")
        return found

    def seen_by(self, number: int, by: str, channel: str, *, in_public: bool = False) -> FollowUp:
        """The same, if whoever sees the answer may read it. Raises UserError."""
        found = self.get(number)
        if not self._may_hear(found, by, channel, in_public=in_public):
            raise UserError(f"F{number} belongs to a conversation whose words I cannot repeat here. Ask for it there.")
        return found

    def pressed(self, number: int, token: str) -> FollowUp:
        """The follow-up whose button was pressed. Raises UserError where it is none of its buttons."""
        found = self.get(number)
        if found.token != token:
            raise UserError(f"This button belongs to an older F{number} that is gone. Nothing was changed.")
        return found

    def made_by(self, cause: str) -> FollowUp | None:
        """What was made because of *cause*, the name of a message or a window."""
        number = self._deeds.done(cause)
        return self._store.get(number) if number is not None else None

    def _may_hear(self, one: FollowUp, by: str, channel: str, *, in_public: bool) -> bool:
        wanted = one.wanted
        return self._readers.may_hear(by, channel, wanted.channel, (one.maker, wanted.owner), in_public=in_public)

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
            found = [one for one in self.mine(by) if which == "mine" or one.wanted.promise]
        else:
            found = self.here(channel) if which == "here" else self._store.open_for(which)

        def may_hear(one: FollowUp) -> bool:
            return self._may_hear(one, by, channel, in_public=in_public)

        return self._readers.readable(found, may_hear, in_public=in_public)

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

    def moved(self, carried: Sequence[Delivery], found: Sequence[FollowUp]) -> frozenset[int]:
        """
        Those of *found* that whoever sees the message which carries them may not read any more. Asks Slack.

        Raises NotNow where Slack does not say.
        """
        draft = carried[0].draft
        hidden = set()
        for one in found:
            if draft.recipient:
                may_read = self._readers.may_read(draft.recipient, one.wanted.channel, (one.maker, one.wanted.owner))
                if may_read is None:
                    raise NotNow
            else:
                may_read = self._readers.may_be_shown(draft.channel, one.wanted.channel)
            if not may_read:
                hidden.add(one.number)
        return frozenset(hidden)

    def of(self, deliveries: Sequence[Delivery]) -> list[FollowUp]:
        """The follow-ups that *deliveries* are about."""
        found = [self._store.get(int(one.draft.subject[1:])) for one in deliveries if one.draft.kind != ANSWER]
        return [one for one in found if one is not None]

    def watch(self, one: FollowUp) -> PromiseWatch | None:
        """What is still to happen to *one*, if it is a promise."""
        return self.promises.watch(one, self._clock.now()) if one.wanted.promise else None

    def repair(self, number: int) -> None:
        """Have its messages drawn anew, whatever they look like."""
        with self._store.transaction():
            self._redraws.ask(f"F{number}", repair=True)

    def is_news(self, given: Delivery, one: FollowUp) -> bool:
        """Whether what *given* tells, that somebody is responsible now, is still the last that happened to *one*."""
        entries = self._store.entries(one.number)
        return given.draft.recipient == one.wanted.owner and bool(entries) and entries[-1].what == "reassigned"

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

    def change(self, number: int, wanted: NewFollowUp, by: str, *, is_admin: bool = False, cause: str = "") -> FollowUp:
        """Make it *wanted*, and remind of it anew; *cause* names what asked for it. Raises UserError."""
        now = self._clock.now()
        checked(wanted, now)
        with self._store.transaction():
            before = self._may_change(number, by, is_admin=is_admin)
            wanted = replace(wanted, promise=before.wanted.promise)
            if not self._store.replace(before, wanted):
                raise UserError(self._closed(self.get(number)))
            self._outbox.cancel(before.id)
            self._store.log(number, by, "changed", stamp(wanted.due.at), now)
            self._deeds.note(cause, before.id, now)
            if wanted.promise:
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

    def done(self, number: int, by: str) -> FollowUp:
        """End it as done, by anybody. Raises UserError if it has ended already."""
        with self._store.transaction():
            self._close(number, FollowUpState.DONE, by)
        return self.get(number)

    def snooze(self, number: int, occurrence: int, until: LocalTime, by: str) -> FollowUp:
        """Remind again at *until*; *occurrence* is the reminder that was pressed. Raises UserError."""
        now = self._clock.now()
        with self._store.transaction():
            before = self.get(number)
            wanted = checked(replace(before.wanted, due=until), now)
            if before.is_open and before.occurrence != occurrence:
                raise UserError(f"{before.id} has a new time already: {before.wanted.due.near(now)}.")
            if not self._store.replace(before, wanted):
                raise UserError(self._closed(before))
            self._outbox.cancel(before.id)
            self._store.log(number, by, "snoozed", stamp(until.at), now)
            self._redraws.ask(before.id)
        self.changed()
        return self.get(number)

    def refuse_change(self, one: FollowUp, by: str) -> NoReturn:
        """Raise UserError with why *by* cannot change *one*."""
        if not one.is_open:
            raise UserError(self._closed(one))
        raise UserError(self._not_theirs(one))

    def reassign(self, number: int, to: str, by: str, *, is_there: bool = True) -> FollowUp:
        """
        Make *to* responsible, and let them hear of it: an edit of the reminder notifies nobody.

        What was to come back in somebody's direct conversation, or in a channel that *to* is not in, comes back in that
        of *to*. Raises UserError if it has ended.
        """
        now = self._clock.now()
        with self._store.transaction():
            before = self.get(number)
            direct = before.wanted.channel[0] in "D@" or not is_there
            if not self._store.give_to(number, to, f"@{to}" if direct else before.wanted.channel):
                raise UserError(self._closed(before))
            self._store.log(number, by, "reassigned", f"<@{to}>", now)
            self._redraws.ask(before.id)
            given = self.get(number)
            if to not in (by, before.wanted.owner):
                times, drawn = self._store.times_given(number), self._messages.given_message(given, by)
                key = f"{given.id}:given:{times}"
                draft = Draft(key, "given", given.id, f"@{to}", drawn, now, recipient=to, **known(given))
                self._outbox.add(draft, now)
        self.changed()
        return given

    # coming due

    def fire_due(self, now: datetime) -> int:
        """Put the reminders of all that is due at *now* into the outbox; returns how many."""
        fired = 0
        while self._store.is_due(now):
            try:
                with self._store.transaction():  # what is read in it cannot be changed by a click meanwhile
                    due = self._store.due(now)
                    self._fall_due(due, now)
                if not due:
                    break  # a time that is written otherwise than ours: it is no more due than it can be found
            except StorageUnavailable:
                raise
            except Exception:  # noqa: BLE001 - one of them is bad: it is found out which
                fired += self._fire_each(now)
            else:
                fired += len(due)
        return fired

    def _fire_each(self, now: datetime) -> int:
        fired = 0
        for one in self._store.due(now):
            try:
                with self._store.transaction():
                    again = self._store.get(one.number)
                    if again is not None and again.state is FollowUpState.WAITING and again.wanted.due.at <= now:
                        self._fall_due([again], now)
                        fired += 1
            except Exception as error:  # noqa: BLE001 - the others fall due all the same
                self._outbox.set_aside.put("follow-up", one.id, error, now, (one.wanted.owner,))
        return fired

    def _fall_due(self, due: Sequence[FollowUp], now: datetime) -> None:
        theirs = [
            self._back_to_its_maker(one, now)
            if self.has_left(one.wanted.owner) and not self.has_left(one.maker)
            else one
            for one in due
        ]
        self._store.fall_due([one.number for one in due])
        self._outbox.add_all([self._reminder(one) for one in theirs], now)

    def _back_to_its_maker(self, one: FollowUp, now: datetime) -> FollowUp:
        """Whom it was for has left: who made it is told, and has it now."""
        before, direct = one.wanted.owner, one.wanted.channel[0] in "D@"
        self._store.give_to(one.number, one.maker, f"@{one.maker}" if direct else one.wanted.channel)
        self._store.log(one.number, "", "reassigned", f"<@{one.maker}>", now)
        given = self.get(one.number)
        key = f"{given.id}:given:{self._store.times_given(one.number)}"
        drawn = self._messages.left_message(given, before)
        self._outbox.add(
            Draft(key, "given", given.id, f"@{one.maker}", drawn, now, recipient=one.maker, **known(given)), now
        )
        return given

    def next_due(self) -> datetime | None:
        """When the next one is due."""
        return self._store.next_due()

    def _reminder(self, one: FollowUp) -> Draft:
        return Draft(
            key=one.key,
            kind="reminder",
            subject=one.id,
            channel=one.wanted.channel,
            message=self._messages.reminder_message(replace(one, state=FollowUpState.DUE)),
            due=one.wanted.due.at,
            thread_ts=one.wanted.thread_ts,
            fallback_to=tuple(dict.fromkeys((one.wanted.owner, one.maker, *self._admins))),
            joinable=True,
            **known(one),
        )

    def _close(self, number: int, state: FollowUpState, by: str) -> None:
        now = self._clock.now()
        if not self._store.close(number, state, by, now):
            raise UserError(self._closed(self.get(number)))
        self._outbox.cancel(f"F{number}")
        self._store.log(number, by, str(state), "", now)
        self._redraws.ask(f"F{number}")
        closed = self.get(number)
        if closed.wanted.promise:
            self.promises.over(closed)

    def _may_change(self, number: int, by: str, *, is_admin: bool) -> FollowUp:
        found = self.get(number)
        if not may_change(found, by, is_admin=is_admin):
            raise UserError(self._not_theirs(found))
        return found

    def _not_theirs(self, one: FollowUp) -> str:
        people = " or ".join(f"<@{user}>" for user in dict.fromkeys((one.wanted.owner, one.maker)))
        return f"Only {people} or an admin can change or cancel {one.id}. Nothing was changed."

    def _closed(self, one: FollowUp) -> str:
        if one.is_open:
            return f"{one.id} was changed by somebody else a moment ago. Please look again."
        how = "cancelled" if one.state is FollowUpState.CANCELLED else "done"
        closed_at = LocalTime.of(one.closed_at, one.wanted.due.zone) if one.closed_at else None
        at = f", {closed_at.near(self._clock.now())}" if closed_at else ""
        if one.closed_by is None:
            return f"{one.id} was {how}{at}: nobody had pressed Done for a long time."
        return f"{one.id} was {'marked ' if how == 'done' else ''}{how} by <@{one.closed_by}>{at}."
