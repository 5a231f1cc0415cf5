"""The verbs of escalations: what is said, who begins a case, and what people press. One verb, one transaction."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.delivery.model import Delivery
from bot.delivery.outbox import Outbox
from bot.errors import UserError
from bot.escalations.detection.criteria import Criteria, Detection
from bot.escalations.detection.sentences import Utterance
from bot.escalations.model import (
    ASKED,
    BROKEN_PROMISE,
    LONGEST_CUSTOMER,
    OPEN,
    Case,
    CaseState,
    Roster,
    Trigger,
    precision,
)
from bot.escalations.paging import CaseMessages, Paging, stamp_of
from bot.escalations.policy import Policy
from bot.escalations.store import CaseLogEntry, CaseStore, Page
from bot.escalations.wording import NOTHING_NOTED, CustomerStatus, closing, moment, state_words, took
from bot.slack.message import Message

_NAMES_S = 30.0
_NOT_TAKEN = (CaseState.OPEN, CaseState.PAGING, CaseState.UNANSWERED)


class Rosters(Protocol):
    """Who would be paged for a case of a channel: asks Slack for zones, groups and members."""

    def roster(self, channel: str, *, private: bool) -> Roster:
        """The chain in force, ready to be kept with a case."""

    def is_private(self, channel: str) -> bool:
        """Whether not everybody may know what is said in *channel*."""


@dataclass(frozen=True, slots=True)
class Cards:
    """What the search has for a thread: *message* to post there, None where nothing fits; *names* for the manager."""

    message: Message | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """All that became of a case."""

    case: Case
    entries: Sequence[CaseLogEntry]
    pages: Sequence[Page]
    deliveries: Sequence[Delivery]


class Escalations:
    """
    The escalations of one team.

    *criteria* gives the criteria in force, *cards* what the search finds for a text, *link* the address of a message;
    *looks* draws what is sent. *noted* gives what a case's customer was told and promised, *customers* those that are
    known besides those of cases.
    """

    def __init__(
        self,
        store: CaseStore,
        outbox: Outbox,
        clock: Clock,
        rosters: Rosters,
        criteria: Callable[[], Criteria],
        cards: Callable[[str], Cards],
        link: Callable[[str, str], str],
        looks: CaseMessages,
        *,
        channels: Sequence[str] = (),
        admins: Sequence[str] = (),
        noted: Callable[[Case], CustomerStatus] = lambda case: NOTHING_NOTED,
        customers: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._clock = clock
        self._rosters = rosters
        self._criteria = criteria
        self._cards = cards
        self.chain = Paging(store, outbox, looks, link, lambda words: cards(words).names, noted, admins)
        self._customers = customers
        self._set_channels = tuple(channels)
        self._wake: Callable[[], None] = lambda: None
        self._known_channels: frozenset[str] | None = None
        self._known_policy: Policy | None = None
        self._policy_is_known = False
        self._known_names: tuple[float, list[str]] = (0.0, [])

    def on_change(self, wake: Callable[[], None]) -> None:
        """Have *wake* called when something may be due sooner than before."""
        self._wake = wake

    # settings

    def channels(self) -> frozenset[str]:
        """The escalation channels: those set in Slack, else those of the settings."""
        if self._known_channels is None:
            stored = self._store.setting("channels")
            self._known_channels = frozenset(self._set_channels if stored is None else stored)
        return self._known_channels

    def set_channels(self, channels: Sequence[str]) -> None:
        """Set the escalation channels from now on."""
        with self._store.transaction():
            self._store.set("channels", list(channels))
        self._known_channels = None

    def policy(self) -> Policy | None:
        """The policy that was set in Slack, if any was."""
        if not self._policy_is_known:
            stored = self._store.setting("policy")
            self._known_policy, self._policy_is_known = Policy.read(stored) if stored else None, True
        return self._known_policy

    def set_policy(self, policy: Policy) -> None:
        """Set the policy of cases that begin from now on."""
        with self._store.transaction():
            self._store.set("policy", policy.to_json())
        self._policy_is_known = False

    # what is said

    def is_watched(self, channel: str, thread_ts: str | None) -> bool:
        """Whether a message there is to be read: in an escalation channel, or in a watched thread."""
        return channel in self.channels() or bool(thread_ts and self._store.is_watched(channel, thread_ts))

    def said(self, channel: str, thread_ts: str | None, ts: str, one: Utterance) -> None:
        """Somebody said something, or changed it: keep it, and read its thread."""
        thread, now = thread_ts or ts, self._clock.now()
        begins = thread_ts is None and channel in self.channels()
        if not begins and not self._store.is_watched(channel, thread):
            return
        with self._store.transaction():
            if begins:
                self._store.watch(channel, ts, now)
            self._store.say(channel, thread, ts, one, now)
        self._read(channel, thread)

    def unsaid(self, channel: str, ts: str) -> None:
        """A message was deleted: forget it, and read its thread anew."""
        with self._store.transaction():
            thread = self._store.unsay(channel, ts)
        if thread:
            self._read(channel, thread)

    def _read(self, channel: str, thread_ts: str) -> None:
        """Read a thread, and do what it asks for. Slack is asked before the transaction, never in it."""
        last = self._store.last_at(channel, thread_ts)
        case = last if last is not None and last.is_open else None
        after = last.read_from if last else ""
        thread = self._store.thread(channel, thread_ts, after)
        muted = last.muted if last else frozenset()
        reading = self._reading(thread, muted)
        cards = Cards()
        if case is None and last is None and thread:
            cards = self._cards("\n".join(one.text for one in thread[-6:]))
        begins = case is None and bool(thread) and (reading.page or cards.message is not None)
        if case is None and not begins:
            return
        private = begins and self._rosters.is_private(channel)
        roster = self._rosters.roster(channel, private=private) if begins else None
        customer = self._customer_in(thread) if begins else None
        if reading.page:
            self.chain.card_names(" ".join(one.evidence for one in reading.findings))
        now = self._clock.now()
        with self._store.transaction():
            case = self._store.open_at(channel, thread_ts)
            again = self._store.thread(channel, thread_ts, after)
            reading = reading if again == thread else self._reading(again, muted)
            if case is not None:
                self._go_on(case, reading, now)
            elif roster is not None and (reading.page or cards.message is not None):
                begun = self.chain.open(
                    channel, thread_ts, private, customer, thread[0].author, None, roster, after, now, muted
                )
                self.chain.meet(begun, [*self._met(reading, begun), *self._again(begun, now)], now)
                self.chain.settle_ledger(begun.number)
                if cards.message is not None:
                    self.chain.tell(begun, "cards", cards.message, now)
        self._wake()

    def _reading(self, thread: Sequence[Utterance], muted: frozenset[str]) -> Detection:
        stored = self.policy()
        return self._criteria().read(thread, stored.high_value if stored else None, muted)

    def _customer_in(self, thread: Sequence[Utterance]) -> str | None:
        """The known customer whom the thread names first, the longest name where several begin alike."""
        for one in thread:
            text = one.text.casefold()
            for name in self._names():
                at = text.find(name.casefold())
                if at >= 0 and not (text[at - 1 : at].isalnum() or text[at + len(name) :][:1].isalnum()):
                    return name
        return None

    def _names(self) -> list[str]:
        """All known customers, the longest name first, as they were half a minute ago at the earliest."""
        until, names = self._known_names
        if until < time.monotonic():
            names = sorted({*self._store.customers(), *self._customers()}, key=len, reverse=True)
            self._known_names = time.monotonic() + _NAMES_S, names
        return names

    def _again(self, case: Case, now: datetime) -> list[Trigger]:
        """Met by how often this customer had to be escalated lately."""
        if case.customer is None:
            return []
        opened = [one.opened_at for one in self._store.about(case.customer)]  # with this case
        found = []
        for criterion in self._criteria().all:
            since = now - timedelta(days=criterion.days)
            times = sum(at > since for at in opened)
            if criterion.times is not None and times >= criterion.times and criterion.id not in case.muted:
                words = f"{times} escalations of {case.customer} in {criterion.days} days"
                found.append(Trigger(criterion.id, criterion.means, words, criterion.urgent, known=True))
        return found

    def _go_on(self, case: Case, reading: Detection, now: datetime) -> None:
        met = self._met(reading, case)
        fresh = [one for one in met if one.criterion not in {old.criterion for old in case.met}]
        still = {one.criterion for one in met}
        gone = [one for one in case.met if not one.known and one.criterion not in still]
        if fresh:
            self.chain.meet(case, fresh, now)
        elif gone and len(gone) == len(case.met) and case.state is CaseState.PAGING:
            self.chain.take_back(case, now)

    def _met(self, reading: Detection, case: Case) -> list[Trigger]:
        if not reading.page:
            return []
        found = [
            Trigger(one.criterion.id, one.criterion.means, one.evidence, one.criterion.urgent)
            for one in reading.findings
        ]
        return [one for one in found if one.criterion not in case.muted]

    # beginning otherwise

    def begin(self, customer: str | None, said: str, channel: str, thread_ts: str | None, by: str) -> Case:
        """
        A person escalates: page at once, whatever the hour. Without a *thread_ts* its thread begins with a message.

        Raises UserError if it cannot be kept, or is open already.
        """
        name = (customer or "").strip()
        if len(name) > LONGEST_CUSTOMER:
            raise UserError(f"A customer's name may have up to {LONGEST_CUSTOMER} characters. Nobody was paged.")
        private = self._rosters.is_private(channel)
        roster = self._rosters.roster(channel, private=private)
        now = self._clock.now()
        met = Trigger(ASKED, "Asked for", said[:600], urgent=True, known=True)
        with self._store.transaction():
            there = self._store.open_at(channel, thread_ts) if thread_ts else None
            if there is not None and any(one.criterion == ASKED for one in there.met):
                raise UserError(f"This is {there.id} already: {state_words(there)}. Nothing new was begun.")
            begun = there is None
            if there is None:
                self._known_names = (0.0, [])
                there = self.chain.open_outside(channel, thread_ts, private, name or None, by, by, roster, said, now)
            else:
                self._store.change(there.number, OPEN, asked_by=by, customer=there.customer or name or None)
            there = self.chain.get(there.number)
            self._store.change(there.number, OPEN, met=(met, *there.met, *(self._again(there, now) if begun else ())))
            there = self.chain.get(there.number)
            if there.state is CaseState.PAGING and there.tries:
                self.chain.page(there, there.step, there.tries, now)
            elif there.state is not CaseState.ACKNOWLEDGED:
                self.chain.move(replace(there, tries=0), now, again=True)
            self._store.log(there.number, by, "escalated", "", now)
            if begun:
                self.chain.settle_ledger(there.number)
            self.chain.mark(there.number)
        self._wake()
        return self.chain.get(there.number)

    def broken_promise(
        self, said: str, customer: str | None, channel: str, thread_ts: str | None, owner: str, then: Callable[[], None]
    ) -> Case | None:
        """
        Something that was promised to *customer* is overdue: page, in its thread. *then* is done with it.

        None where the criteria in force, or people in this thread, do not want to hear of that.
        """
        criterion = next((one for one in self._criteria().all if one.id == BROKEN_PROMISE), None)
        private = self._rosters.is_private(channel)
        roster = self._rosters.roster(channel, private=private)
        now = self._clock.now()
        with self._store.transaction():
            then()
            there = self._store.open_at(channel, thread_ts) if thread_ts else None
            last = self._store.last_at(channel, thread_ts) if thread_ts else None
            if criterion is None or (last is not None and criterion.id in last.muted):
                return None
            met = Trigger(criterion.id, criterion.means, said, criterion.urgent, known=True)
            if there is None:
                there = self.chain.open_outside(channel, thread_ts, private, customer, owner, None, roster, said, now)
                self.chain.meet(there, [met, *self._again(there, now)], now)
                self.chain.settle_ledger(there.number)
            elif all(one.criterion != criterion.id for one in there.met):
                self.chain.meet(there, [met], now)
        self._wake()
        return self.chain.get(there.number)

    # what people press

    def acknowledge(self, number: int, by: str, *, is_admin: bool = False, until: datetime | None = None) -> Case:
        """*by* has it, until a time. The first click wins. Raises UserError with who has it, or who may."""
        now = self._clock.now()
        with self._store.transaction():
            case = self._for(number, by, is_admin=is_admin)
            ends = until or now + case.roster.policy.acknowledged_for
            if ends <= now:
                raise UserError("That time is over already. Until when do you have it?")
            states = (*_NOT_TAKEN, CaseState.ACKNOWLEDGED) if case.taken_by == by else _NOT_TAKEN
            taken = {"taken_by": by, "taken_until": ends, "due_at": ends, "state": CaseState.ACKNOWLEDGED}
            if not self._store.change(number, states, **taken):
                raise UserError(self._who_has(case))
            self._outbox.withdraw(case.id, f"{case.id}:page:")
            self._store.answer(number, by, "taken", None, now)
            self._store.log(number, by, "has it", f"until {ends:%d %b %H:%M} UTC", now)
            self.chain.tell(case, f"taken:{stamp_of(now)}", self.chain.looks.taken_message(self.chain.get(number)), now)
            self.chain.mark(number)
        self._wake()
        return self.chain.get(number)

    def pass_on(self, number: int, by: str, *, is_admin: bool = False) -> Case:
        """Page the next step at once. Raises UserError if somebody has it, or it is closed."""
        now = self._clock.now()
        with self._store.transaction():
            case = self._for(number, by, is_admin=is_admin)
            if case.state is CaseState.ACKNOWLEDGED and case.taken_by != by:
                raise UserError(self._who_has(case))
            at = max((step for step, one in enumerate(case.roster.steps) if by in one.who), default=case.step)
            self._store.answer(number, by, "passed on", None, now)
            self._store.log(number, by, "passed it on", "", now)
            following = max(at, case.step) + 1
            if following < len(case.roster.steps):
                self.chain.move(case, now, at_once=True, again=True, from_step=following)
            else:
                self._store.change(
                    number, OPEN, state=CaseState.UNANSWERED, due_at=None, taken_by=None, taken_until=None
                )
                self.chain.tell(case, f"last:{stamp_of(now)}", self.chain.looks.last_step_message(case, by), now)
            self.chain.mark(number)
        self._wake()
        return self.chain.get(number)

    def not_needed(self, number: int, why: str, by: str, *, is_admin: bool = False) -> Case:
        """Stop the chain, mute what it was for in this thread, and close the case. Raises UserError."""
        now = self._clock.now()
        with self._store.transaction():
            case = self._for(number, by, is_admin=is_admin)
            if case.state is CaseState.ACKNOWLEDGED and case.taken_by != by:
                raise UserError(self._who_has(case))
            self._outbox.withdraw(case.id, f"{case.id}:page:")
            self._store.answer(number, by, "not needed", why, now)
            self._store.log(number, by, "not needed", why, now)
            first, others = case.met[:1], case.met[1:]
            muted = case.muted | {one.criterion for one in first}
            if others:
                self._store.change(
                    number,
                    OPEN,
                    state=CaseState.OPEN,
                    due_at=None,
                    muted=muted,
                    met=others,
                    taken_by=None,
                    taken_until=None,
                )
            else:
                self._store.change(
                    number, OPEN, state=CaseState.CLOSED, due_at=None, muted=muted, closed_at=now, closed_by=by,
                    outcome=f"not needed ({why})", read_from=self._store.last_ts(case.channel, case.thread_ts),
                )  # fmt: skip
            self.chain.mark(number)
        return self.chain.get(number)

    def page_now(self, number: int, by: str) -> Case:
        """Do not wait for working hours, or ask the chain from its beginning once more. Raises UserError."""
        now = self._clock.now()
        with self._store.transaction():
            case = self.chain.get(number)
            if case.state is CaseState.UNANSWERED and case.roster.steps:
                case = replace(case, step=0, tries=0)
            elif not (case.state is CaseState.PAGING and case.tries == 0):
                raise UserError(f"{case.id}: {state_words(case)}.")
            self._store.log(number, by, "asked to page now", "", now)
            self.chain.move(case, now, at_once=True, again=True)
        self._wake()
        return self.chain.get(number)

    def resolve(self, number: int, outcome: str, cause: str, by: str, *, is_admin: bool = False) -> Case:
        """End a case with its outcome and root cause. Raises UserError."""
        now = self._clock.now()
        with self._store.transaction():
            case = self._for(number, by, is_admin=is_admin)
            read_from = self._store.last_ts(case.channel, case.thread_ts)
            self._store.change(
                number, OPEN, state=CaseState.CLOSED, due_at=None, closed_at=now, closed_by=by, outcome=outcome,
                cause=cause, read_from=read_from,
            )  # fmt: skip
            self._outbox.withdraw(case.id, f"{case.id}:page:")
            self._store.log(number, by, outcome, f"root cause: {cause}", now)
            closed = self.chain.get(number)
            self.chain.tell(case, "closed", self.chain.looks.closed_message(closed, took(closed, now)), now)
            self.chain.mark(number)
        self._wake()
        return self.chain.get(number)

    def ask_to_be_added(self, number: int, by: str) -> Case:
        """Tell the rep, in the thread, that *by* would like to be in the channel."""
        now = self._clock.now()
        with self._store.transaction():
            case = self.chain.get(number)
            text = f"<@{case.owner}>: <@{by}> was paged for {case.id} and asks to be added to this channel."
            self.chain.tell(case, f"added:{by}", Message(text), now)
            self._store.log(number, by, "asked to be added", "", now)
        self._wake()
        return case

    # asking

    def get(self, number: int) -> Case:
        """The case of that number. Raises UserError if there is none."""
        return self.chain.get(number)

    def check(self, number: int, by: str, *, is_admin: bool) -> Case:
        """The case, if *by* may take or resolve it now. Raises UserError with who may."""
        return self._for(number, by, is_admin=is_admin)

    def listed(self, which: str, by: str, channel: str) -> list[Case]:
        """The open cases of *which*: "mine", "here", "all" or a customer; private ones only where they are."""
        cases = [
            one
            for one in self._store.all_open()
            if not one.private or one.channel == channel or one.may_take(by, is_admin=False)
        ]
        if which == "mine":
            return [one for one in cases if one.owner == by or one.taken_by == by or by in one.roster.people()]
        if which == "here":
            return [one for one in cases if one.channel == channel]
        return (
            cases if which == "all" else [one for one in cases if (one.customer or "").casefold() == which.casefold()]
        )

    def precision(self) -> dict[str, tuple[int, int]]:
        """For each criterion: pages that were taken, and all that were answered."""
        return precision(self._store.answers())

    def story(self, number: int) -> CaseHistory:
        """All that became of a case. Raises UserError if there is none."""
        case = self.chain.get(number)
        return CaseHistory(case, self._store.entries(number), self._store.pages(number), self._outbox.about(case.id))

    def _for(self, number: int, by: str, *, is_admin: bool) -> Case:
        case = self.chain.get(number)
        if not case.is_open:
            raise UserError(f"{case.id} is closed: {closing(case)}.")
        if not case.may_take(by, is_admin=is_admin):
            people = ", ".join(f"<@{one}>" for one in dict.fromkeys((*case.roster.people(), case.owner)))
            raise UserError(f"Only {people} or an admin can do that with {case.id}. Nothing was changed.")
        return case

    def _who_has(self, case: Case) -> str:
        taken = [one for one in self._store.entries(case.number) if one.what == "has it"]
        since = f", since {moment(taken[-1].at)}" if taken else ""
        until = f", until {moment(case.taken_until)}" if case.taken_until else ""
        return f"<@{case.taken_by}> has {case.id}{since}{until}."
