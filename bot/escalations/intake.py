"""Intake: what is said in watched threads, and what else begins a case. One verb, one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.commands.router import COMMAND
from bot.errors import UserError
from bot.escalations.detection.criteria import Detection
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.model import ASKED, BROKEN_PROMISE, LONGEST_CUSTOMER, OPEN, Case, CaseState, Trigger
from bot.escalations.on_call import Rosters
from bot.escalations.paging import Paging
from bot.escalations.posts import Cards, Neighbours
from bot.escalations.settings import EscalationSettings
from bot.escalations.store import CaseStore
from bot.escalations.triggers import Triggers
from bot.escalations.wording import state_words
from bot.storage.deeds import Deeds

_ROOT_WITHIN = timedelta(hours=1)  # so much later the message that begins a thread may come


def said_at(ts: str) -> datetime:
    """The moment of a message, by Slack's ts."""
    return datetime.fromtimestamp(float(ts), UTC)


def _at_home(case: Case) -> Case:
    """A case whose thread begins with a message of ours: not where other organisations would read it."""
    if case.home is None or case.thread_ts:
        return case
    if not case.home or case.private:
        raise UserError(
            "Another organisation reads this channel, so I keep no case in it. Write the same in a channel of ours, or "
            f"let an admin choose a home channel in `{COMMAND} settings`. Nobody was paged."
        )
    return replace(case, channel=case.home, home=None)


def _ids(reading: Detection) -> list[str]:
    return [one.criterion.id for one in reading.findings]


class Intake:
    """Takes in what may begin a case, or carry one on."""

    def __init__(
        self, store: CaseStore, paging: Paging, settings: EscalationSettings, on_call: Rosters, neighbours: Neighbours,
        clock: Clock, deeds: Deeds,
    ) -> None:  # fmt: skip
        self._store = store
        self._paging = paging
        self._posts = paging.posts
        self._triggers = Triggers(store, settings, neighbours)
        self._settings = settings
        self._on_call = on_call
        self._neighbours = neighbours
        self._clock = clock
        self._deeds = deeds

    def begins_threads(self, channel: str) -> bool:
        """Whether every message of *channel* begins a watched thread."""
        return channel in self._settings.channels()

    def is_watched(self, channel: str, thread_ts: str | None) -> bool:
        """Whether a message there is to be read: in an escalation channel, or in a watched thread."""
        return channel in self._settings.channels() or bool(thread_ts and self._store.is_watched(channel, thread_ts))

    def said(self, channel: str, thread_ts: str | None, one: Utterance, version: str = "") -> None:
        """
        Somebody said something at *one.ts*, or changed it at *version*: keep it, and read its thread.

        In an escalation channel a reply may come before the message that begins its thread: it is kept until then.
        """
        thread, now = thread_ts or one.ts, self._clock.now()
        here = channel in self._settings.channels()
        is_watched = self._store.is_watched(channel, thread)
        if not here and not is_watched:
            return
        begins = here and thread_ts is None
        may_begin_late = here and not is_watched and now - said_at(thread) < _ROOT_WITHIN
        if not (begins or is_watched or may_begin_late):
            return
        with self._store.transaction():
            if begins:
                self._store.watch(channel, one.ts, now)
            self._store.say(channel, thread, one, version or one.ts, now)
        if begins or is_watched:  # even where it is no news: whoever kept it may have died before reading it
            self._read(channel, thread)

    def deleted(self, channel: str, thread_ts: str | None, ts: str) -> None:
        """A message was deleted: forget its words, and read its thread anew."""
        with self._store.transaction():
            thread = thread_ts or self._store.thread_of(channel, ts) or ts
            self._store.delete_message(channel, thread, ts, self._clock.now())
        if self._store.is_watched(channel, thread):
            self._read(channel, thread)

    def _read(self, channel: str, thread_ts: str) -> None:
        """Read a thread, and do what it asks for. Slack is asked before the transaction, never in it."""
        last = self._store.last_at(channel, thread_ts)
        case = last if last is not None and last.is_open else None
        after = last.read_from if last else ""
        thread = self._store.thread(channel, thread_ts, after)
        muted = last.muted if last else frozenset()
        reading = self._triggers.reading(thread, muted)
        cards = Cards()
        if case is None and last is None and thread:
            first = self._settings.criteria().cards(_ids(reading), manager=False) if reading.page else ()
            cards = self._neighbours.cards("\n".join(one.text for one in thread[-6:]), first)
        begins = case is None and bool(thread) and (reading.page or cards.message is not None)
        if case is None and not begins:
            return
        fresh = None
        if begins:
            customer = self._triggers.customer_in(thread)
            owner = self._owner(thread)
            fresh = self._unopened(channel, thread_ts, customer, owner, muted=muted, read_from=after)
        if reading.page:
            self._posts.card_names(" ".join(one.evidence for one in reading.findings), _ids(reading))
        now = self._clock.now()
        with self._store.transaction():
            case = self._store.open_at(channel, thread_ts)
            again = self._store.thread(channel, thread_ts, after)
            reading = reading if again == thread else self._triggers.reading(again, muted)
            if case is not None:
                self._go_on(case, reading, again, now)
            elif fresh is not None and (reading.page or cards.message is not None):
                begun = self._paging.open(fresh, now)
                self._paging.meet(
                    begun, [*self._triggers.met(reading, begun, again), *self._triggers.again(begun, now)], now
                )
                self._posts.settle_ledger(begun.number)
                if cards.message is not None:
                    self._posts.tell(begun, "cards", cards.message, now)
        self._paging.changed()

    def _owner(self, thread: Sequence[Utterance]) -> str:
        """The first of us who spoke; empty where none of us has."""
        return next((one.author for one in thread if one.role is not Role.CUSTOMER), "")

    def _unopened(self, channel: str, thread_ts: str | None, customer: str | None, owner: str, **more: Any) -> Case:
        """A case that is not kept yet, with the chain in force. Asks Slack: not to be called in a transaction."""
        place = self._on_call.place(channel)
        if not place.is_known:
            raise UserError("I could not ask Slack about this channel. Nobody was paged. Please try again.")
        roster = self._on_call.roster(channel, at_once="asked_by" in more)
        return Case(
            channel=channel,
            thread_ts=thread_ts or "",
            private=place.private,
            home=self._settings.home() if place.shared else None,
            customer=customer,
            owner=owner or next(iter(roster.people()), ""),
            roster=roster,
            opened_at=self._clock.now(),
            **more,
        )

    def _may_be_gone(self, case: Case, one: Trigger, reading: Detection, thread: Sequence[Utterance]) -> bool:
        """
        Whether it can be over: its message is deleted, no longer has the words, or was taken back or settled since.

        Not where it has only scrolled out of sight, or where people talk on.
        """
        if one.known:
            return False
        at = next((number for number, said in enumerate(thread) if said.ts == one.ts), None)
        if at is None:
            return not one.ts or not self._store.stands(case.channel, case.thread_ts, one.ts)
        return one.evidence not in thread[at].text or at in reading.over

    def _go_on(self, case: Case, reading: Detection, thread: Sequence[Utterance], now: datetime) -> None:
        met = self._triggers.met(reading, case, thread)
        fresh = [one for one in met if one.criterion not in {old.criterion for old in case.met}]
        still = {one.criterion for one in met}
        gone = [one for one in case.met if one.criterion not in still and self._may_be_gone(case, one, reading, thread)]
        if fresh:
            self._paging.meet(case, fresh, now)
        elif gone and len(gone) == len(case.met) and case.state is CaseState.PAGING:
            self._paging.cancel_pages(case, now)

    def begun_by(self, cause: str) -> Case | None:
        """The case that was begun, or escalated, because of *cause*."""
        number = self._deeds.done(cause)
        return self._store.get(number) if number is not None else None

    def begin(
        self, customer: str | None, said: str, channel: str, thread_ts: str | None, by: str, cause: str = ""
    ) -> Case:
        """
        A person escalates: page at once, whatever the hour. Without a *thread_ts* its thread begins with a message.

        Done once for each *cause*. Raises UserError if it cannot be kept, or is open already.
        """
        name = (customer or "").strip()
        if len(name) > LONGEST_CUSTOMER:
            raise UserError(f"A customer's name may have up to {LONGEST_CUSTOMER} characters. Nobody was paged.")
        fresh = _at_home(self._unopened(channel, thread_ts, name or None, by, asked_by=by))
        now = self._clock.now()
        met = Trigger(ASKED, "Asked for", said[:600], urgent=True, known=True)
        if met.evidence:
            # searched for here, and not while the database is held
            self._posts.card_names(met.evidence, [met.criterion])
        with self._store.transaction():
            if (done := self.begun_by(cause)) is not None:
                return done
            there = self._store.open_at(channel, thread_ts) if thread_ts else None
            if there is not None and any(one.criterion == ASKED for one in there.met):
                raise UserError(f"This is {there.id} already: {state_words(there)}. Nothing new was begun.")
            begun = there is None
            if there is None:
                self._triggers.forget_names()
                there = self._paging.open_outside(fresh, said, now)
            else:
                self._store.change(there.number, OPEN, asked_by=by, customer=there.customer or name or None)
            there = self._store.known(there.number)
            again = self._triggers.again(there, now) if begun else []
            self._store.change(there.number, OPEN, met=(met, *there.met, *again))
            there = self._store.known(there.number)
            if there.state is CaseState.PAGING and there.tries:
                self._paging.page(there, there.step, there.tries, now)
            elif there.state is not CaseState.ACKNOWLEDGED:
                self._paging.move(replace(there, tries=0), now, again=True)
            self._store.log(there.number, by, "escalated", "", now)
            self._deeds.note(cause, there.id, now)
            if begun:
                self._posts.settle_ledger(there.number)
            self._posts.redraw(there.number)
        self._paging.changed()
        return self._store.known(there.number)

    def broken_promise(
        self, said: str, customer: str | None, channel: str, thread_ts: str | None, owner: str, then: Callable[[], None]
    ) -> Case | None:
        """
        Something that was promised to *customer* is overdue: page, in its thread. *then* is done with it.

        None where the criteria in force, or people in this thread, do not want to hear of that.
        """
        criterion = next((one for one in self._settings.criteria().all if one.id == BROKEN_PROMISE), None)
        fresh = self._unopened(channel, thread_ts, customer, owner)
        now = self._clock.now()
        with self._store.transaction():
            then()
            there = self._store.open_at(channel, thread_ts) if thread_ts else None
            last = self._store.last_at(channel, thread_ts) if thread_ts else None
            if criterion is None or (last is not None and criterion.id in last.muted):
                return None
            met = Trigger(criterion.id, criterion.means, said, criterion.urgent, known=True)
            if there is None:
                there = self._paging.open_outside(fresh, said, now)
                self._paging.meet(there, [met, *self._triggers.again(there, now)], now)
                self._posts.settle_ledger(there.number)
            elif all(one.criterion != criterion.id for one in there.met):
                self._paging.meet(there, [met], now)
        self._paging.changed()
        return self._store.known(there.number)
