"""Intake: what is said in watched threads, and what else begins a case. One verb, one transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.errors import UserError
from bot.escalations.detection.criteria import Detection
from bot.escalations.detection.sentences import Utterance
from bot.escalations.model import ASKED, BROKEN_PROMISE, LONGEST_CUSTOMER, OPEN, Case, CaseState, Trigger
from bot.escalations.on_call import Rosters
from bot.escalations.paging import Paging
from bot.escalations.posts import Cards, Neighbours
from bot.escalations.settings import EscalationSettings
from bot.escalations.store import CaseStore
from bot.escalations.triggers import Triggers
from bot.escalations.wording import state_words


class Intake:
    """Takes in what may begin a case, or carry one on."""

    def __init__(
        self, store: CaseStore, paging: Paging, settings: EscalationSettings, on_call: Rosters, neighbours: Neighbours,
        clock: Clock,
    ) -> None:  # fmt: skip
        self._store = store
        self._paging = paging
        self._posts = paging.posts
        self._triggers = Triggers(store, settings, neighbours)
        self._settings = settings
        self._on_call = on_call
        self._neighbours = neighbours
        self._clock = clock

    def is_watched(self, channel: str, thread_ts: str | None) -> bool:
        """Whether a message there is to be read: in an escalation channel, or in a watched thread."""
        return channel in self._settings.channels() or bool(thread_ts and self._store.is_watched(channel, thread_ts))

    def said(self, channel: str, thread_ts: str | None, ts: str, one: Utterance) -> None:
        """Somebody said something, or changed it: keep it, and read its thread."""
        thread, now = thread_ts or ts, self._clock.now()
        begins = thread_ts is None and channel in self._settings.channels()
        if not begins and not self._store.is_watched(channel, thread):
            return
        with self._store.transaction():
            if begins:
                self._store.watch(channel, ts, now)
            self._store.say(channel, thread, ts, one, now)
        self._read(channel, thread)

    def deleted(self, channel: str, ts: str) -> None:
        """A message was deleted: forget it, and read its thread anew."""
        with self._store.transaction():
            thread = self._store.delete_message(channel, ts)
        if thread:
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
            cards = self._neighbours.cards("\n".join(one.text for one in thread[-6:]))
        begins = case is None and bool(thread) and (reading.page or cards.message is not None)
        if case is None and not begins:
            return
        fresh = None
        if begins:
            customer = self._triggers.customer_in(thread)
            fresh = self._unopened(channel, thread_ts, customer, thread[0].author, muted=muted, read_from=after)
        if reading.page:
            self._posts.card_names(" ".join(one.evidence for one in reading.findings))
        now = self._clock.now()
        with self._store.transaction():
            case = self._store.open_at(channel, thread_ts)
            again = self._store.thread(channel, thread_ts, after)
            reading = reading if again == thread else self._triggers.reading(again, muted)
            if case is not None:
                self._go_on(case, reading, now)
            elif fresh is not None and (reading.page or cards.message is not None):
                begun = self._paging.open(fresh, now)
                self._paging.meet(begun, [*self._triggers.met(reading, begun), *self._triggers.again(begun, now)], now)
                self._posts.settle_ledger(begun.number)
                if cards.message is not None:
                    self._posts.tell(begun, "cards", cards.message, now)
        self._paging.changed()

    def _unopened(self, channel: str, thread_ts: str | None, customer: str | None, owner: str, **more: Any) -> Case:
        """A case that is not kept yet, with the chain in force. Asks Slack: not to be called in a transaction."""
        private = self._on_call.is_private(channel)
        return Case(
            channel=channel,
            thread_ts=thread_ts or "",
            private=private,
            customer=customer,
            owner=owner,
            roster=self._on_call.roster(channel, private=private),
            opened_at=self._clock.now(),
            **more,
        )

    def _go_on(self, case: Case, reading: Detection, now: datetime) -> None:
        met = self._triggers.met(reading, case)
        fresh = [one for one in met if one.criterion not in {old.criterion for old in case.met}]
        still = {one.criterion for one in met}
        gone = [one for one in case.met if not one.known and one.criterion not in still]
        if fresh:
            self._paging.meet(case, fresh, now)
        elif gone and len(gone) == len(case.met) and case.state is CaseState.PAGING:
            self._paging.cancel_pages(case, now)

    def begin(self, customer: str | None, said: str, channel: str, thread_ts: str | None, by: str) -> Case:
        """
        A person escalates: page at once, whatever the hour. Without a *thread_ts* its thread begins with a message.

        Raises UserError if it cannot be kept, or is open already.
        """
        name = (customer or "").strip()
        if len(name) > LONGEST_CUSTOMER:
            raise UserError(f"A customer's name may have up to {LONGEST_CUSTOMER} characters. Nobody was paged.")
        fresh = self._unopened(channel, thread_ts, name or None, by, asked_by=by)
        now = self._clock.now()
        met = Trigger(ASKED, "Asked for", said[:600], urgent=True, known=True)
        with self._store.transaction():
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
