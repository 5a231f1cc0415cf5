"""What a case posts: its messages through the outbox, and what people see of it drawn anew."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.delivery.model import Delivery, Draft
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import Redraws
from bot.escalations.model import OPEN, Case
from bot.escalations.store import CaseStore
from bot.escalations.wording import NOTHING_NOTED, CustomerStatus, PageContext
from bot.slack.block_kit import Message

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


class CasePosts:
    """
    The messages of cases. *messages* draws them; *link* gives the address of a message.

    What is posted is posted in the transaction of what causes it.
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
        redraws.draw_by(["page"], self._draw_page)
        redraws.draw_by(["ledger"], self._draw_ledger)

    def tell(
        self,
        case: Case,
        what: str,
        said: Message,
        now: datetime,
        *,
        kind: str = "thread",
        urgent: bool = False,
        due: datetime | None = None,
    ) -> None:
        """Post in the case's thread, through the outbox; it was due at *due* where that is not *now*."""
        private = tuple({case.owner, *case.roster.people()}) if case.private else ()
        draft = Draft(
            key=f"{case.id}:{what}",
            kind=kind,
            subject=case.id,
            channel=case.channel,
            message=said,
            due=due or now,
            thread_ts=case.thread_ts or None,
            fallback_to=self._instead(case.owner),
            urgent=urgent,
            known_to=private,
        )
        self._outbox.add(draft, now)

    def page(self, case: Case, number: int, who: Sequence[str], now: datetime) -> None:
        """Page *who*, with the page *number* of the case."""
        about = self.about_page(case)
        rest = tuple(one for later in case.roster.steps[case.step + 1 :] for one in later.who)
        private = tuple(case.roster.people()) if case.private else ()
        for one in who:
            draft = Draft(
                key=page_key(case, number) + one,
                kind="page",
                subject=case.id,
                channel=f"@{one}",
                message=self.messages.page_message(case, one, about),
                due=now,
                urgent=True,
                fallback_to=self._instead(one, *rest),
                known_to=private,
            )
            self._outbox.add(draft, now)

    def unanswered(self, case: Case, times: int, now: datetime) -> None:
        """Tell the channel, for the *times*-th time, that nobody has answered."""
        draft = Draft(
            key=f"{case.id}:end:{times}",
            kind="thread",
            subject=case.id,
            channel=case.channel,
            message=self.messages.unanswered_message(case),
            due=now,
            urgent=True,
            thread_ts=None if case.roster.steps else case.thread_ts or None,
            fallback_to=self._instead(case.owner),
        )
        self._outbox.add(draft, now)

    def _instead(self, *people: str) -> tuple[str, ...]:
        """Who hears of it in turn where it cannot be delivered: *people*, at last the admins."""
        return tuple(dict.fromkeys((*people, *self._admins)))

    def settle_ledger(self, number: int) -> None:
        """Let the ledger that is about to leave say how the case stands at the end of what was decided."""
        case = self._store.known(number)
        self._outbox.rewrite(f"{case.id}:ledger", self.ledger(case))
        self.redraw(number)

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


def stamp_of(at: datetime) -> str:
    """A moment as part of a key."""
    return f"{at.timestamp():.3f}"


def page_key(case: Case, page: int) -> str:
    """What the keys of that page's messages begin with, copies in other places included."""
    return f"{case.id}:page:{page}:"
