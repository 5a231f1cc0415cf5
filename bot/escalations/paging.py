"""Paging: what a case does without user input, opened, each step paged, ended; also the timer for due cases."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.delivery.model import Delivery, DeliveryState, Draft
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import Redraws
from bot.errors import UserError
from bot.escalations.model import OPEN, Case, CaseState, NextStep, Trigger, next_move
from bot.escalations.store import CaseStore
from bot.escalations.wording import NOTHING_NOTED, CustomerStatus, PageContext
from bot.slack.block_kit import Message

_LOOK_AGAIN = timedelta(seconds=5)
_REMEMBERED = 1_000


def nothing() -> None:
    """Default: nobody is told."""


class CaseMessages(Protocol):
    """How a case is shown: every message that its verbs send."""

    def root_message(self, case: Case, said: str, /) -> Message:
        """What begins the thread of a case that has none."""

    def page_message(self, case: Case, who: str, about: PageContext, /) -> Message:
        """The direct message to *who*."""

    def ledger_message(self, case: Case, noted: CustomerStatus, /) -> Message:
        """The one message of the case that is edited in place."""

    def taken_message(self, case: Case, /) -> Message:
        """Somebody has it."""

    def lapsed_message(self, case: Case, by: str, /) -> Message:
        """*by* had it, and the time has passed."""

    def held_message(self, case: Case, /) -> Message:
        """The page waits for working hours."""

    def unanswered_message(self, case: Case, /) -> Message:
        """The chain has ended."""

    def last_step_message(self, case: Case, by: str, /) -> Message:
        """*by*, the last in the chain, passed it on."""

    def closed_message(self, case: Case, took: str, /) -> Message:
        """It is over; *took* is how long it was open."""


@dataclass(frozen=True, slots=True)
class Cards:
    """What the search has for a thread: *message* to post there, None where nothing fits; *names* for the manager."""

    message: Message | None = None
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Neighbours:
    """
    What other features tell, once they are connected.

    *cards* is what the search finds for a text, *status* what a case's customer was told and promised, *customers*
    those that are known besides those of cases.
    """

    cards: Callable[[str], Cards] = lambda text: Cards()
    status: Callable[[Case], CustomerStatus] = lambda case: NOTHING_NOTED
    customers: Callable[[], Sequence[str]] = tuple


class Paging:
    """
    Moves a case on: opens it, pages each step, ends it.

    *messages* draws what is sent; *link* gives the address of a message. Its verbs are called in the transaction of
    what causes them.
    """

    def __init__(
        self,
        store: CaseStore,
        outbox: Outbox,
        redraws: Redraws,
        messages: CaseMessages,
        link: Callable[[str, str], str],
        neighbours: Neighbours,
        admins: Sequence[str] = (),
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._redraws = redraws
        self.messages = messages
        self._link = link
        self._neighbours = neighbours
        self._card_names: OrderedDict[str, tuple[str, ...]] = OrderedDict()  # a page is drawn more than once
        self._admins = tuple(admins)
        self.changed: Callable[[], None] = nothing  # called when something may be due sooner than before
        redraws.draw_by(["page"], self._draw_page)
        redraws.draw_by(["ledger"], self._draw_ledger)

    def open(self, case: Case, now: datetime) -> Case:
        """Keep a new case, with its ledger; returns it with its number."""
        case = self._store.add(case)
        self._store.log(case.number, case.asked_by or "", "opened", "", now)
        if case.thread_ts:
            self.tell(case, "ledger", self.ledger(case), now, kind="ledger")
        return case

    def open_outside(self, case: Case, said: str, now: datetime) -> Case:
        """Open a case for something that was not read in its thread; only what follows is read."""
        case = self.open(replace(case, read_from=f"{now.timestamp():.6f}"), now)
        if case.thread_ts:
            self._store.watch(case.channel, case.thread_ts, now)
        else:
            self.tell(case, "root", self.messages.root_message(case, said), now, kind="root", urgent=True)
        return case

    def settle_ledger(self, number: int) -> None:
        """Let the ledger that is about to leave say how the case stands at the end of what was decided."""
        case = self.get(number)
        self._outbox.rewrite(f"{case.id}:ledger", self.ledger(case))
        self.redraw(number)

    def _place(self, now: datetime) -> int:
        """Give a thread to those cases whose first message has arrived; returns to how many."""
        placed = 0
        for case in self._store.unplaced():
            root = next((one for one in self._outbox.about(case.id) if one.draft.kind == "root"), None)
            if root is None or root.state is not DeliveryState.SENT:
                continue
            with self._store.transaction():
                self._store.change(case.number, thread_ts=str(root.slack_ts))
                self._store.watch(case.channel, str(root.slack_ts), now)
                case = self.get(case.number)
                self.tell(case, "ledger", self.ledger(case), now, kind="ledger")
                self.redraw(case.number)
            placed += 1
        return placed

    def meet(self, case: Case, fresh: Sequence[Trigger], now: datetime) -> None:
        """Criteria are met: page, or add them to a page that is out; an urgent one that is new pages anew."""
        if not fresh:
            return
        urgent = any(one.urgent for one in fresh) and not case.urgent
        self._store.change(case.number, OPEN, met=(*case.met, *fresh))
        for one in fresh:
            self._store.log(case.number, "", "criterion met", f"{one.criterion}: {one.evidence[:200]}", now)
        case = self.get(case.number)
        held = case.state is CaseState.PAGING and case.tries == 0
        if case.state in (CaseState.OPEN, CaseState.UNANSWERED) or (
            urgent and (held or case.state is not CaseState.ACKNOWLEDGED)
        ):
            self.move(replace(case, tries=0) if case.state is not CaseState.PAGING or held else case, now, again=True)
        elif urgent:
            self.page(case, case.step, case.tries, now)
        self.redraw(case.number)

    def cancel_pages(self, case: Case, now: datetime) -> None:
        """What the case was for is gone before anybody was told: no page, no case."""
        waiting = case.tries == 0
        out = self._outbox.cancel(case.id, "page")
        sent = [
            one for one in self._outbox.about(case.id) if one.draft.kind == "page" and one.state is DeliveryState.SENT
        ]
        if (out or waiting) and not sent:
            self._outbox.cancel(case.id)
            self._store.change(
                case.number, OPEN, state=CaseState.CLOSED, due_at=None, closed_at=now, outcome="taken back", met=()
            )
            self._store.log(case.number, "", "taken back before anybody was paged", "", now)
            self.redraw(case.number)

    def fire_due(self, now: datetime) -> int:
        """Go on with every case whose time has come, or whose thread has begun; returns how many."""
        fired = self._place(now)
        for found in self._store.due(now):
            with self._store.transaction():
                case = self.get(found.number)
                if case.due_at is None or case.due_at > now:
                    continue
                if (later := self._not_before(case, now)) is not None:
                    self._store.change(case.number, due_at=later)
                else:
                    self.move(case, now)
                    fired += 1
        return fired

    def _not_before(self, case: Case, now: datetime) -> datetime | None:
        """
        When to look again where nobody had the time to answer: the wait counts from when the page had arrived.

        So a page that is late, because Slack was away or the bot was, does not take the next step's people with it.
        """
        if case.state is not CaseState.PAGING or case.tries == 0:
            return None
        last = _key(case, self._store.pages(case.number)[-1].number)
        mine = [one for one in self._outbox.about(case.id) if one.draft.key.startswith(last)]
        arrived = [one.sent_at for one in mine if one.state is DeliveryState.SENT and one.sent_at is not None]
        if arrived:
            ends = min(arrived) + case.roster.steps[case.step].wait
            return ends if ends > now else None
        on_their_way = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.IN_DOUBT)
        return now + _LOOK_AGAIN if any(one.state in on_their_way for one in mine) else None

    def next_due(self) -> datetime | None:
        """When the next case goes on."""
        return self._store.next_due()

    def move(
        self, case: Case, now: datetime, *, again: bool = False, at_once: bool = False, from_step: int | None = None
    ) -> None:
        """Do what comes next: page, hold back, or end; *again* and *from_step* where somebody asks for it."""
        if case.state is CaseState.ACKNOWLEDGED and not again and from_step is None and self._has_spoken(case):
            self._store.change(case.number, OPEN, due_at=None)
            return
        move = next_move(case, now, at_once=at_once, from_step=from_step)
        if move.lapsed:
            self._store.log(case.number, move.lapsed, "let it lapse", "", now)
            self.tell(case, f"lapsed:{stamp_of(now)}", self.messages.lapsed_message(case, move.lapsed), now)
        if move.ended:
            self._end(case, now)
        elif move.held_until:
            self._hold(case, move, now)
        else:
            self.page(case, move.step, move.tries, now)
        self.redraw(case.number)

    def _has_spoken(self, case: Case) -> bool:
        """Whether whoever has it said something in the thread since."""
        if case.taken_by is None:
            return False
        thread = self._store.thread(case.channel, case.thread_ts, self._since(case))
        return any(one.author == case.taken_by for one in thread)

    def _since(self, case: Case) -> str:
        taken = [one for one in self._store.entries(case.number) if one.what == "has it"]
        return f"{taken[-1].at.timestamp():.6f}" if taken else ""

    def page(self, case: Case, step: int, tries: int, now: datetime) -> None:
        """Page that step, for the *tries*-th time."""
        who, wait = case.roster.steps[step].who, case.roster.steps[step].wait
        self._store.change(
            case.number,
            OPEN,
            state=CaseState.PAGING,
            step=step,
            tries=tries,
            due_at=now + wait,
            taken_by=None,
            taken_until=None,
        )
        page = self._store.add_pages(case, who, step, now)
        drawn = self.get(case.number)
        about = self.about_page(drawn)
        rest = tuple(one for later in case.roster.steps[step + 1 :] for one in later.who)
        private = tuple(case.roster.people()) if case.private else ()
        for one in who:
            draft = Draft(
                key=_key(case, page) + one,
                kind="page",
                subject=case.id,
                channel=f"@{one}",
                message=self.messages.page_message(drawn, one, about),
                due=now,
                urgent=True,
                fallback_to=tuple(dict.fromkeys((one, *rest, *self._admins))),
                private_to=private,
            )
            self._outbox.add(draft, now)
            self._store.log(case.number, "", "paged", f"<@{one}>", now)

    def _hold(self, case: Case, move: NextStep, now: datetime) -> None:
        self._store.change(
            case.number, OPEN, state=CaseState.PAGING, step=move.step, tries=move.tries, due_at=move.held_until,
            taken_by=None, taken_until=None,
        )  # fmt: skip
        if move.held_until:
            self.tell(case, f"held:{stamp_of(move.held_until)}", self.messages.held_message(self.get(case.number)), now)
            self._store.log(case.number, "", "held back until working hours", "", now)

    def _end(self, case: Case, now: datetime) -> None:
        self._store.change(case.number, OPEN, state=CaseState.UNANSWERED, due_at=None, taken_by=None, taken_until=None)
        self._store.log(
            case.number, "", "nobody answered" if case.roster.steps else "nobody is set to be paged", "", now
        )
        told = self.messages.unanswered_message(self.get(case.number))
        times = len([one for one in self._store.entries(case.number) if one.what.startswith("nobody")])
        thread_ts = None if case.roster.steps else case.thread_ts or None
        self._outbox.add(
            Draft(
                key=f"{case.id}:end:{times}",
                kind="thread",
                subject=case.id,
                channel=case.channel,
                message=told,
                due=now,
                urgent=True,
                thread_ts=thread_ts,
                fallback_to=tuple(dict.fromkeys((case.owner, *self._admins))),
            ),
            now,
        )

    def ledger(self, case: Case) -> Message:
        """The ledger of *case* as it should look now."""
        return self.messages.ledger_message(case, self._neighbours.status(case))

    def customer_noted(self, channel: str, thread_ts: str | None, customer: str | None) -> None:
        """Something was told or promised there: the ledger has to show it."""
        there = self._store.open_at(channel, thread_ts) if thread_ts else None
        if there is not None and there.customer is None and customer:
            self._store.change(there.number, OPEN, customer=customer)
        about = self._store.about(customer) if customer else []
        for case in [*([there] if there else []), *(one for one in about if one.is_open)]:
            self.redraw(case.number)

    def about_page(self, case: Case) -> PageContext:
        """What a page says besides its case."""
        earlier = (
            [one for one in self._store.about(case.customer) if one.number != case.number] if case.customer else []
        )
        history = f"{len(earlier)} earlier escalation{'s' * (len(earlier) != 1)} of {case.customer}" if earlier else ""
        words = " ".join(one.evidence for one in case.met)
        link = self._link(case.channel, case.thread_ts) if case.thread_ts else ""
        return PageContext(link, history, self.card_names(words) if words else ())

    def card_names(self, words: str) -> tuple[str, ...]:
        """The names of the cards that fit *words*."""
        if words not in self._card_names:
            self._card_names[words] = self._neighbours.cards(words).names
            if len(self._card_names) > _REMEMBERED:
                self._card_names.popitem(last=False)
        return self._card_names[words]

    def redraw(self, number: int, *, repair: bool = False) -> None:
        """Have what people see of it drawn anew; with *repair* whatever it looks like."""
        self._redraws.ask(f"E{number}", repair=repair)

    def _draw_page(self, carried: Sequence[Delivery]) -> Message | None:
        case = self._store.get(int(carried[0].draft.subject[1:]))
        return self.messages.page_message(case, carried[0].draft.recipient, self.about_page(case)) if case else None

    def _draw_ledger(self, carried: Sequence[Delivery]) -> Message | None:
        case = self._store.get(int(carried[0].draft.subject[1:]))
        is_ledger = not carried[0].draft.recipient  # else it tells somebody that the ledger could not be posted
        return self.ledger(case) if case and is_ledger else None

    def get(self, number: int) -> Case:
        """The case of that number. Raises UserError if there is none."""
        case = self._store.get(number)
        if case is None:
            raise UserError(f"There is no E{number}. It may have been purged, or belongs to another workspace.")
        return case

    def tell(
        self, case: Case, what: str, said: Message, now: datetime, *, kind: str = "thread", urgent: bool = False
    ) -> None:
        """Post in the case's thread, through the outbox."""
        private = tuple({case.owner, *case.roster.people()}) if case.private else ()
        draft = Draft(
            key=f"{case.id}:{what}",
            kind=kind,
            subject=case.id,
            channel=case.channel,
            message=said,
            due=now,
            thread_ts=case.thread_ts or None,
            fallback_to=tuple(dict.fromkeys((case.owner, *self._admins))),
            urgent=urgent,
            private_to=private,
        )
        self._outbox.add(draft, now)


def stamp_of(at: datetime) -> str:
    """A moment as part of a key."""
    return f"{at.timestamp():.3f}"


def _key(case: Case, page: int) -> str:
    """What the keys of that page's messages begin with, copies in other places included."""
    return f"{case.id}:page:{page}:"
