"""Opening: how a case begins, or joins the one that is open about its customer; by a person, or by the clock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.commands.router import COMMAND
from bot.errors import UserError
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.model import ASKED, BROKEN_PROMISE, LONGEST_CUSTOMER, OPEN, Case, CaseState, Trigger
from bot.escalations.on_call import Rosters
from bot.escalations.page_context import Neighbours
from bot.escalations.paging import Paging
from bot.escalations.posts import stamp_of
from bot.escalations.settings import EscalationSettings
from bot.escalations.store import CaseStore
from bot.escalations.triggers import Triggers
from bot.slack.readers import Readers
from bot.storage.deeds import Deeds


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


class Opening:
    """Opens cases, and finds those that are open."""

    def __init__(  # noqa: PLR0913 - what it takes in, and where it goes
        self, store: CaseStore, paging: Paging, settings: EscalationSettings, on_call: Rosters, neighbours: Neighbours,
        clock: Clock, deeds: Deeds, readers: Readers,
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
        self._readers = readers

    def begun_by(self, cause: str) -> Case | None:
        """The case that was begun, or escalated, because of *cause*."""
        number = self._deeds.done(cause)
        return self._store.get(number) if number is not None else None

    def begin(
        self, customer: str | None, said: str, channel: str, thread_ts: str | None, by: str, cause: str = ""
    ) -> tuple[Case, bool]:
        """
        A person escalates: page at once, whatever the hour. Without a *thread_ts* its thread begins with a message.

        Where there is an open case of that customer, it is that one, and its thread hears the words. Returns the case,
        and whether it was open before. Done once for each *cause*. Raises UserError if it cannot be kept.
        """
        name = " ".join((customer or "").split())
        if len(name) > LONGEST_CUSTOMER:
            raise UserError(f"A customer's name may have up to {LONGEST_CUSTOMER} characters. Nobody was paged.")
        fresh = _at_home(self._unopened(channel, thread_ts, name or None, by, asked_by=by))
        met = Trigger(ASKED, "Asked for", said[:600], urgent=True, known=True)
        if met.evidence:
            # searched for here, and not while the database is held
            self._posts.gathering.cards_for(met.evidence, [met.criterion])
        while True:
            other, seen = self._to_join(name or None, channel)
            now = self._clock.now()
            with self._store.transaction():
                if (done := self.begun_by(cause)) is not None:
                    return done, False
                there = self._store.case_at(channel, thread_ts) if thread_ts else None
                if there is None and not self._is_as_seen(name or None, seen):
                    continue  # a case of that customer has begun or ended meanwhile
                begun = there is None and other is None
                if begun:
                    self._triggers.forget_names()
                    number = self._paging.open_outside(fresh, said, now).number
                else:
                    number = (there or other or fresh).number
                    self._add(self._store.known(number), met, by, name, now, where=(channel, thread_ts))
                self._ask_for(self._store.known(number), met, now, begun=begun)
                self._store.log(number, by, "escalated", "", now)
                self._deeds.note(cause, f"E{number}", now)
                if begun:
                    self._posts.settle_ledger(number)
                self._posts.redraw(number)
            self._paging.changed()
            return self._store.known(number), not begun

    def _add(
        self, there: Case, met: Trigger, by: str, name: str, now: datetime, *, where: tuple[str, str | None]
    ) -> None:
        """*by* asks once more, *where* they are, for an open case: its thread hears of it, and theirs joins it."""
        channel, thread_ts = where
        if thread_ts and (there.channel, there.thread_ts) != where and self._store.case_at(channel, thread_ts) is None:
            self._join(there, channel, thread_ts, now)
        said = self._store.thread(there.channel, there.thread_ts) if there.thread_ts else []
        words = "" if any(met.evidence in one.text for one in said) else met.evidence
        may_be_quoted = channel == there.channel
        if words or there.state is CaseState.ACKNOWLEDGED:
            added = self._posts.messages.added_message(there, by, words if may_be_quoted else "")
            self._posts.tell(there, f"added:{by}:{stamp_of(now)}", added, now)
        asked_by = there.asked_by or (by if by not in there.roster.people() else None)
        self._store.change(there.number, OPEN, asked_by=asked_by, customer=there.customer or name or None)

    def _ask_for(self, there: Case, met: Trigger, now: datetime, *, begun: bool) -> None:
        """Somebody asks for the manager in the case *there*: whoever is not being asked yet is paged."""
        again = self._triggers.again(there, now) if begun else []
        if not any(one.criterion == ASKED and not one.old for one in there.met):
            others = [one for one in there.met if one.criterion != ASKED]
            self._store.change(there.number, OPEN, met=(met, *others, *again))
        there = self._store.known(there.number)
        is_held = there.state is CaseState.PAGING and not there.tries
        if there.state in (CaseState.OPEN, CaseState.UNANSWERED) or is_held:
            start = replace(there, step=0 if there.state is CaseState.UNANSWERED else there.step, tries=0)
            self._paging.move(start, now, again=True)

    def broken_promise(
        self, said: str, customer: str | None, channel: str, thread_ts: str | None, owner: str, then: Callable[[], None]
    ) -> Case | None:
        """
        Something that was promised to *customer* is overdue: page, in its thread. *then* is done with it.

        None where the criteria in force, or people in this thread, do not want to hear of that.
        """
        criterion = next((one for one in self._settings.criteria().all if one.id == BROKEN_PROMISE), None)
        fresh = self._unopened(channel, thread_ts, customer, owner)
        other, _ = self._to_join(customer, channel)
        now = self._clock.now()
        with self._store.transaction():
            then()
            last = self._store.last_at(channel, thread_ts) if thread_ts else None
            if criterion is None or (last is not None and criterion.id in last.muted):
                return None
            there = self._store.case_at(channel, thread_ts) if thread_ts else None
            there = there or (self._store.get(other.number) if other else None)
            met = Trigger(criterion.id, criterion.means, said, criterion.urgent, known=True)
            if there is None or not there.is_open:
                there = self._paging.open_outside(fresh, said, now)
                self._paging.meet(there, [met, *self._triggers.again(there, now)], now)
                self._posts.settle_ledger(there.number)
            elif all((one.criterion, one.evidence) != (met.criterion, met.evidence) for one in there.met):
                if thread_ts and (there.channel, there.thread_ts) != (channel, thread_ts):
                    self._join(there, channel, thread_ts, now)
                self._paging.meet(there, [met], now)
        self._paging.changed()
        return self._store.known(there.number)

    def _join(self, other: Case, channel: str, thread_ts: str, now: datetime) -> None:
        """Let a thread belong to *other*, and say so in it."""
        self._store.watch(channel, thread_ts, now)
        self._store.join(channel, thread_ts, other.number)
        self._posts.joined(self._store.known(other.number), channel, thread_ts, now)

    def _is_as_seen(self, customer: str | None, seen: frozenset[int]) -> bool:
        """Whether the open cases of *customer* are those that were *seen* before the transaction."""
        return customer is None or {one.number for one in self._store.open_about(customer)} == seen

    def _to_join(self, customer: str | None, channel: str) -> tuple[Case | None, frozenset[int]]:
        """
        The open case of *customer* that what is said in *channel* may join, and the numbers of all that there are.

        Each place may be shown in the other. Asks Slack: not to be called in a transaction.
        """
        found = self._store.open_about(customer) if customer is not None else []
        seen = frozenset(one.number for one in found)
        for case in found:
            if case.home is None and case.thread_ts and self._readers.may_join(channel, case.channel):
                return case, seen
        return None, seen

    def customer_named_in(self, text: str) -> str:
        """The customer whom *text* names; "" for nobody."""
        found = self._triggers.customer_in([Utterance("", Role.REP, text)])
        return found.name if found is not None else ""

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
