"""What a case posts: its messages through the outbox, and what people see of it drawn anew."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.delivery.model import Delivery, Draft
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import NotNow, Redraws
from bot.escalations.model import OPEN, Case, CaseState, Trigger
from bot.escalations.page_context import Gathering, nth_page
from bot.escalations.store import CaseStore
from bot.escalations.wording import ChainEnd, LedgerContext, PageContext, state_words
from bot.slack.block_kit import Message, message, section, small
from bot.slack.readers import Readers


def nothing() -> None:
    """Default: nobody is told."""


class CaseMessages(Protocol):
    """How a case is shown: every message that its verbs send."""

    def root_message(self, case: Case, said: str, /) -> Message:
        """What begins the thread of a case that has none."""

    def page_message(self, case: Case, who: str, about: PageContext, /, *, outside: bool) -> Message:
        """The direct message to *who*; *outside*: they may not read what was said."""

    def ledger_message(self, case: Case, about: LedgerContext, /) -> Message:
        """The one message of the case that is edited in place."""

    def taken_message(self, case: Case, /) -> Message:
        """Somebody has it."""

    def lapsed_message(self, case: Case, by: str, coming: str, /) -> Message:
        """*by* had it, and the time has passed; *coming* is what is done about it, in a sentence."""

    def passed_message(self, case: Case, by: str, to: str, /) -> Message:
        """*by* passed it on, *to* people named as mentions."""

    def held_message(self, case: Case, /) -> Message:
        """The page waits for working hours."""

    def unknown_message(self, case: Case, /) -> Message:
        """Slack does not say who is to be paged."""

    def unreachable_message(self, case: Case, who: dict[str, str], coming: str, /) -> Message:
        """Pages did not arrive, because of what Slack said of each person; *coming* as above."""

    def unanswered_message(self, case: Case, end: ChainEnd, /) -> Message:
        """The chain has ended."""

    def last_step_message(self, case: Case, by: str, /) -> Message:
        """*by*, the last in the chain, passed it on."""

    def joined_message(self, case: Case, state: str, link: str, /) -> Message:
        """For another thread about the same customer."""

    def added_message(self, case: Case, by: str, said: str, /) -> Message:
        """Somebody escalates it once more."""

    def handed_message(self, case: Case, outcome: str, by: str, to: str, line: str, /) -> Message:
        """It goes on with a rep."""

    def not_needed_message(self, case: Case, by: str, /) -> Message:
        """*by* closed it as not needed."""

    def news_message(self, case: Case, fresh: Sequence[Trigger], link: str, /) -> Message:
        """For whoever has it: more was said."""

    def ended_message(self, case: Case, state: str, /) -> Message:
        """In the place of the loud end, once somebody has it."""

    def closed_message(self, case: Case, took: str, /) -> Message:
        """It is over; *took* is how long it was open."""

    def reopened_message(self, case: Case, by: str, /) -> Message:
        """It goes on where it was."""

    def refused_message(self, case: Case, why: str, /) -> Message:
        """Somebody wrote that they take it, and may not."""

    def not_read_message(self, languages: str, /) -> Message:
        """For a thread in another language."""


class CasePosts:
    """
    The messages of cases. *messages* draws them, of what is *gathering*; *readers* says who may read.

    What is posted is posted in the transaction of what causes it, in words for those who may read them and in words
    for those who may not: which of them somebody gets is asked in the moment of sending, and at each drawing anew.
    """

    def __init__(
        self,
        store: CaseStore,
        outbox: Outbox,
        redraws: Redraws,
        messages: CaseMessages,
        gathering: Gathering,
        readers: Readers,
        admins: Sequence[str] = (),
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._redraws = redraws
        self.messages = messages
        self.gathering = gathering
        self._readers = readers
        self._admins = tuple(admins)
        redraws.draw_by(["page"], self._draw_page)
        redraws.draw_by(["ledger"], self._draw_ledger)
        redraws.draw_by(["taken"], self._draw_taken)
        redraws.draw_by(["end"], self._draw_end)

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
        where = self.gathering.link_of(case)
        line = f"{case.id} in <#{case.channel}>, which other organisations read" + (
            f" · <{where}|thread>" if where else ""
        )
        return message(said.text, [small(line), *(said.blocks or (section(said.text),))])

    def page(self, case: Case, number: int, who: Sequence[str], now: datetime) -> None:
        """Page *who*, with the page *number* of the case. Where one does not arrive, `Paging` goes on to the next."""
        for one in who:
            about = self.gathering.page(case, one)
            draft = Draft(
                key=page_key(case, number) + one,
                kind="page",
                subject=case.id,
                channel=f"@{one}",
                message=self.messages.page_message(case, one, about, outside=False),
                due=now,
                urgent=True,
                recipient=one,
                origin=case.channel,
                withheld=self.messages.page_message(case, one, about, outside=True),
            )
            self._outbox.add(draft, now)

    def unanswered(self, case: Case, times: int, end: ChainEnd, now: datetime) -> None:
        """Tell the channel, for the *times*-th time, that nobody has answered; the admins, if nobody was reached."""
        said = self.messages.unanswered_message(case, end)
        key = f"end:{times}"
        self.tell(replace(case, thread_ts="") if case.roster.steps else case, key, said, now, kind="end", urgent=True)
        if end.reached:
            return
        for admin in self._admins:
            draft = Draft(
                key=f"{case.id}:{key}:{admin}", kind="end", subject=case.id, channel=f"@{admin}", message=said, due=now,
                urgent=True, recipient=admin, origin=case.channel,
                withheld=message(f"Nobody could be reached about {case.id}, a case in a channel that you are not in."),
            )  # fmt: skip
            self._outbox.add(draft, now)

    def not_read(self, channel: str, thread_ts: str, languages: str, now: datetime) -> None:
        """Say once in a channel and week that a thread's language cannot be read."""
        year, week, _ = now.isocalendar()
        draft = Draft(
            key=f"language:{channel}:{year}-{week}", kind="language", subject=f"{channel}:{thread_ts}", channel=channel,
            message=self.messages.not_read_message(languages), due=now, thread_ts=thread_ts,
        )  # fmt: skip
        self._outbox.add(draft, now)

    def say_in(self, case: Case, channel: str, thread_ts: str, what: str, said: Message, now: datetime) -> None:
        """Answer in a thread that belongs to *case* what was written there."""
        draft = Draft(
            key=f"{case.id}:{what}", kind="thread", subject=case.id, channel=channel, message=said, due=now,
            thread_ts=thread_ts, origin=case.channel, withheld=message("Heard."),
        )  # fmt: skip
        self._outbox.add(draft, now)

    def joined(self, case: Case, channel: str, thread_ts: str, now: datetime) -> None:
        """Say in another thread that *case* is open about the same customer."""
        again = sum(one.what == "reopened" for one in self._store.entries(case.number))
        said = self.messages.joined_message(case, self._state_of(case), self.gathering.link_of(case))
        draft = Draft(
            key=f"{case.id}:joined:{again}:{channel}:{thread_ts}", kind="joined", subject=case.id, channel=channel,
            message=said, due=now, thread_ts=thread_ts, origin=case.channel,
            withheld=message(f"There is an open case about this already, {case.id}. What is said here counts for it."),
        )  # fmt: skip
        self._outbox.add(draft, now)

    def _state_of(self, case: Case) -> str:
        """How it stands, in words."""
        return state_words(case, self._store.pages(case.number))

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
        shown = self.gathering.as_shown(case, may_be_shown)
        drawn = self.messages.ledger_message(shown, self.gathering.ledger(case, may_be_shown))
        return drawn if case.home is None else self._elsewhere(case, drawn)

    def customer_noted(self, channel: str, thread_ts: str | None, customer: str | None) -> None:
        """Something was told or promised there: the ledger has to show it."""
        there = self._store.open_at(channel, thread_ts) if thread_ts else None
        if there is not None and there.customer is None and customer:
            self._store.change(there.number, OPEN, customer=customer)
        about = self._store.open_about(customer) if customer else []
        for case in [*([there] if there else []), *about]:
            self.redraw(case.number)

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
        nth = nth_page(self._outbox.about(draft.subject), carried[0])

        def may_be_shown(channel: str) -> bool:
            return bool(self._readers.may_read(draft.recipient, channel))

        about = self.gathering.page(case, draft.recipient, nth, may_be_shown)
        return self.messages.page_message(case, draft.recipient, about, outside=not may_read)

    def _draw_ledger(self, carried: Sequence[Delivery]) -> Message | None:
        case = self._store.get(int(carried[0].draft.subject[1:]))
        draft = carried[0].draft
        if case is None or "/told:" in draft.key:  # it tells somebody that the ledger could not be posted
            return None
        place = draft.channel if case.home is None else f"@{draft.recipient}" if draft.recipient else draft.channel
        if not self._readers.may_be_shown(place, case.channel) or self._readers.is_read_by_others(place):
            return None
        return self._ledger(case, lambda origin: self._readers.may_be_shown(place, origin))

    def _draw_end(self, carried: Sequence[Delivery]) -> Message | None:
        """The loud end, once somebody has the case or it is over: nobody is to take it any more."""
        draft = carried[0].draft
        case = self._store.get(int(draft.subject[1:]))
        ends = [one for one in self._outbox.about(draft.subject) if one.draft.kind == "end"]
        last = [one for one in ends if one.draft.channel == draft.channel][-1]  # an end is told in several places
        is_over = case is not None and (case.state is not CaseState.UNANSWERED or last.id != carried[0].id)
        if case is None or not is_over or not case.roster.steps or "/told:" in draft.key:
            return None
        place = f"@{draft.recipient}" if draft.recipient else draft.channel
        if case.home is not None or not self._readers.may_be_shown(place, case.channel):
            return None
        return self.messages.ended_message(case, self._state_of(case))

    def _draw_taken(self, carried: Sequence[Delivery]) -> Message | None:
        """The last message of who has it, for as long as they have it: its time may have changed."""
        draft = carried[0].draft
        case = self._store.get(int(draft.subject[1:]))
        if case is None or case.state is not CaseState.ACKNOWLEDGED or case.home is not None or "/told:" in draft.key:
            return None
        last = [one for one in self._outbox.about(draft.subject) if one.draft.kind == "taken"][-1]
        return self.messages.taken_message(case) if last.id == carried[0].id else None


def stamp_of(at: datetime) -> str:
    """A moment as part of a key."""
    return f"{at.timestamp():.3f}"


def page_key(case: Case, page: int) -> str:
    """What the keys of that page's messages begin with, copies in other places included."""
    return f"{case.id}:page:{page}:"
