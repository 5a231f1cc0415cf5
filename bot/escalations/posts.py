"""What a case posts: its messages through the outbox, and what people see of it drawn anew."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.delivery.model import Delivery, Draft
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import NotNow, Redraws
from bot.escalations.detection.criteria import Criteria
from bot.escalations.model import OPEN, Case
from bot.escalations.store import CaseStore
from bot.escalations.wording import NOTHING_NOTED, CustomerStatus, PageContext
from bot.slack.block_kit import Message, message, section, small
from bot.slack.readers import Readers
from bot.slack.text import quote

_REMEMBERED = 1_000


def nothing() -> None:
    """Default: nobody is told."""


class CaseMessages(Protocol):
    """How a case is shown: every message that its verbs send."""

    def root_message(self, case: Case, said: str, /) -> Message:
        """What begins the thread of a case that has none."""

    def page_message(self, case: Case, who: str, about: PageContext, /, *, outside: bool) -> Message:
        """The direct message to *who*; *outside*: they may not read what was said."""

    def ledger_message(self, case: Case, noted: CustomerStatus, /) -> Message:
        """The one message of the case that is edited in place."""

    def taken_message(self, case: Case, /) -> Message:
        """Somebody has it."""

    def lapsed_message(self, case: Case, by: str, /) -> Message:
        """*by* had it, and the time has passed."""

    def held_message(self, case: Case, /) -> Message:
        """The page waits for working hours."""

    def unknown_message(self, case: Case, /) -> Message:
        """Slack does not say who is to be paged."""

    def unanswered_message(self, case: Case, /) -> Message:
        """The chain has ended."""

    def last_step_message(self, case: Case, by: str, /) -> Message:
        """*by*, the last in the chain, passed it on."""

    def closed_message(self, case: Case, took: str, /) -> Message:
        """It is over; *took* is how long it was open."""


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards for a thread: *message* to post there, None where none surely fits; *names* of those that may."""

    message: Message | None = None
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Neighbours:
    """
    What other features tell, once they are connected.

    *cards* is those of the ids, or where there are none what is found for a text; *status* what a case's customer was
    told and promised, of what may be shown in a place by the test that it is given; *customers* are those known besides
    cases'.
    """

    cards: Callable[[str, Sequence[str]], Cards] = lambda text, first: Cards()
    status: Callable[[Case, Callable[[str], bool]], CustomerStatus] = lambda case, may_be_shown: NOTHING_NOTED
    customers: Callable[[], Sequence[str]] = tuple


class CasePosts:
    """
    The messages of cases. *messages* draws them; *link* gives the address of a message; *readers* says who may read.

    What is posted is posted in the transaction of what causes it, in words for those who may read them and in words
    for those who may not: which of them somebody gets is asked in the moment of sending, and at each drawing anew.
    """

    def __init__(  # noqa: PLR0913 - what it draws with, and where it posts
        self,
        store: CaseStore,
        outbox: Outbox,
        redraws: Redraws,
        messages: CaseMessages,
        link: Callable[[str, str], str],
        neighbours: Neighbours,
        readers: Readers,
        criteria: Callable[[], Criteria],
        admins: Sequence[str] = (),
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._redraws = redraws
        self.messages = messages
        self._link = link
        self._neighbours = neighbours
        self._readers = readers
        self._criteria = criteria
        # a page is drawn more than once
        self._card_names: OrderedDict[tuple[str, tuple[str, ...]], tuple[str, ...]] = OrderedDict()
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
        """
        Post in the case's thread, through the outbox; or where it posts, because others read its channel.

        It was due at *due*, where that is not *now*.
        """
        if case.home == "" and not urgent:
            return  # it may post nowhere, and the owner hears directly of what cannot wait
        channel, thread_ts = case.channel, case.thread_ts or None
        if case.home is not None:
            channel, thread_ts = case.home or f"@{case.owner}", None
            said = self._elsewhere(case, said)
        draft = Draft(
            key=f"{case.id}:{what}",
            kind=kind,
            subject=case.id,
            channel=channel,
            message=said,
            due=due or now,
            thread_ts=thread_ts,
            fallback_to=self._instead(case.owner),
            urgent=urgent,
            origin=case.channel,
            withheld=self._elsewhere(case, message(f"{case.id} goes on in a channel that not everybody here reads.")),
        )
        self._outbox.add(draft, now)

    def _elsewhere(self, case: Case, said: Message) -> Message:
        """*said* with a word on where it belongs."""
        where = self._link(case.channel, case.thread_ts) if case.thread_ts else ""
        line = f"{case.id} in <#{case.channel}>, which other organisations read" + (
            f" · <{where}|thread>" if where else ""
        )
        return message(said.text, [small(line), *(said.blocks or (section(said.text),))])

    def page(self, case: Case, number: int, who: Sequence[str], now: datetime) -> None:
        """Page *who*, with the page *number* of the case."""
        about = self.about_page(case)
        later = range(case.step + 1, len(case.roster.steps))
        rest = tuple(one for step in later for one in case.roster.people_of(step))
        for one in who:
            draft = Draft(
                key=page_key(case, number) + one,
                kind="page",
                subject=case.id,
                channel=f"@{one}",
                message=self.messages.page_message(case, one, about, outside=False),
                due=now,
                urgent=True,
                fallback_to=self._instead(one, *rest),
                recipient=one,
                origin=case.channel,
                withheld=self.messages.page_message(case, one, about, outside=True),
            )
            self._outbox.add(draft, now)

    def unanswered(self, case: Case, times: int, now: datetime) -> None:
        """Tell the channel, for the *times*-th time, that nobody has answered."""
        case = replace(case, thread_ts="") if case.roster.steps else case
        self.tell(case, f"end:{times}", self.messages.unanswered_message(case), now, urgent=True)

    def _instead(self, *people: str) -> tuple[str, ...]:
        """Who hears of it in turn where it cannot be delivered: *people*, at last the admins."""
        return tuple(dict.fromkeys((*people, *self._admins)))

    def settle_ledger(self, number: int) -> None:
        """Let the ledger that is about to leave say how the case stands at the end of what was decided."""
        case = self._store.known(number)
        self._outbox.rewrite(f"{case.id}:ledger", self.ledger(case))
        self.redraw(number)

    def ledger(self, case: Case) -> Message:
        """The ledger of *case*, with what was promised in its own channel: nothing is asked of Slack for it."""
        return self._ledger(case, lambda origin: origin == case.channel)

    def _ledger(self, case: Case, may_be_shown: Callable[[str], bool]) -> Message:
        drawn = self.messages.ledger_message(case, self._neighbours.status(case, may_be_shown))
        return drawn if case.home is None else self._elsewhere(case, drawn)

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
        name = case.customer or ""
        earlier = [one for one in self._store.about(name) if one.number != case.number] if name else []
        history = f"{len(earlier)} earlier escalation{'s' * (len(earlier) != 1)} of {quote(name)}" if earlier else ""
        words = " ".join(one.evidence for one in case.met)
        link = self._link(case.channel, case.thread_ts) if case.thread_ts else ""
        return PageContext(link, history, self.card_names(words, [one.criterion for one in case.met]) if words else ())

    def card_names(self, words: str, met: Sequence[str]) -> tuple[str, ...]:
        """The names of the manager's cards for the criteria *met*, by id; where there are none, those for *words*."""
        key = words, self._criteria().cards(met, manager=True)
        if key not in self._card_names:
            self._card_names[key] = self._neighbours.cards(*key).names
            if len(self._card_names) > _REMEMBERED:
                self._card_names.popitem(last=False)
        return self._card_names[key]

    def redraw(self, number: int, *, repair: bool = False) -> None:
        """Have what people see of it drawn anew; with *repair* whatever it looks like."""
        self._redraws.ask(f"E{number}", repair=repair)

    def _draw_page(self, carried: Sequence[Delivery]) -> Message | None:
        draft = carried[0].draft
        case = self._store.get(int(draft.subject[1:]))
        if case is None:
            return None
        may_read = self._readers.may_read(draft.recipient, case.channel)
        if may_read is None:
            raise NotNow
        return self.messages.page_message(case, draft.recipient, self.about_page(case), outside=not may_read)

    def _draw_ledger(self, carried: Sequence[Delivery]) -> Message | None:
        case = self._store.get(int(carried[0].draft.subject[1:]))
        draft = carried[0].draft
        if case is None or "/told:" in draft.key:  # it tells somebody that the ledger could not be posted
            return None
        place = draft.channel if case.home is None else f"@{draft.recipient}" if draft.recipient else draft.channel
        if not self._readers.may_be_shown(place, case.channel) or self._readers.is_read_by_others(place):
            return None
        return self._ledger(case, lambda origin: self._readers.may_be_shown(place, origin))


def stamp_of(at: datetime) -> str:
    """A moment as part of a key."""
    return f"{at.timestamp():.3f}"


def page_key(case: Case, page: int) -> str:
    """What the keys of that page's messages begin with, copies in other places included."""
    return f"{case.id}:page:{page}:"
