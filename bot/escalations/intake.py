"""Intake: what is said in watched threads. One verb, one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.escalations.detection.criteria import Detection
from bot.escalations.detection.languages import READ
from bot.escalations.detection.sentences import US, Utterance
from bot.escalations.model import OPEN, Case, CaseState, Trigger
from bot.escalations.opening import Opening
from bot.escalations.page_context import Cards
from bot.escalations.page_store import ENDS_ASKING
from bot.escalations.particulars import as_spoken

_ROOT_WITHIN = timedelta(hours=1)  # so much later the message that begins a thread may come


def said_at(ts: str) -> datetime:
    """The moment of a message, by Slack's ts."""
    return datetime.fromtimestamp(float(ts), UTC)


def _ids(reading: Detection) -> list[str]:
    return [one.criterion.id for one in reading.findings]


class Intake(Opening):
    """Takes in what is said in watched threads: it may begin a case, or carry one on."""

    def begins_threads(self, channel: str) -> bool:
        """Whether every message of *channel* begins a watched thread."""
        return channel in self._settings.channels()

    def is_watched(self, channel: str, thread_ts: str | None) -> bool:
        """Whether a message there is to be read: in an escalation channel, or in a watched thread."""
        return channel in self._settings.channels() or bool(thread_ts and self._store.is_watched(channel, thread_ts))

    def customer_of(self, channel: str, thread_ts: str) -> str | None:
        """Whom the open case of a thread is about; None if that is not known."""
        case = self._store.case_at(channel, thread_ts)
        return case.customer if case is not None else None

    def said(self, channel: str, thread_ts: str | None, one: Utterance, version: str = "") -> None:
        """
        Somebody said something at *one.ts*, or changed it at *version*: keep it, and read its thread.

        In an escalation channel a reply may come before the message that begins its thread: it is kept until then.
        What an app posts begins a thread, too, which is read once a person has replied.
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

    def last_begun(self, by: str, since: datetime) -> tuple[int, datetime] | None:
        """The case that *by* began last by hand, not before *since*, and when."""
        return self._store.last_begun(by, since)

    def deleted(self, channel: str, thread_ts: str | None, ts: str) -> None:
        """A message was deleted: forget its words, and read its thread anew."""
        with self._store.transaction():
            thread = thread_ts or self._store.thread_of(channel, ts) or ts
            self._store.delete_message(channel, thread, ts, self._clock.now())
        if self._store.is_watched(channel, thread):
            self._read(channel, thread)

    def _read(self, channel: str, thread_ts: str) -> None:
        """Read a thread, and do what it asks for. Slack is asked before the transaction, never in it."""
        case = self._store.case_at(channel, thread_ts)
        last = case or self._store.last_at(channel, thread_ts)
        is_own = last is not None and (last.channel, last.thread_ts) == (channel, thread_ts)
        after = max(last.read_from if last is not None and is_own else "", self._store.read_from(channel, thread_ts))
        thread = as_spoken(self._store.thread(channel, thread_ts, after))
        muted = last.muted if last else frozenset()
        reading = self._triggers.reading(thread, muted)
        if case is None:
            self._begin(channel, thread_ts, reading, thread, is_new=last is None, after=after, muted=muted)
            return
        if reading.page:
            self._posts.gathering.cards_for(" ".join(one.evidence for one in reading.findings), _ids(reading))
        named = self._triggers.customer_in(thread) if case.customer is None else None
        now = self._clock.now()
        with self._store.transaction():
            if named is not None:
                self._store.change(case.number, OPEN, customer=named.name)
                self._posts.redraw(case.number)
            self._go_on_in(channel, thread_ts, reading, thread, after, muted, now)
        self._paging.changed()

    def _begin(
        self,
        channel: str,
        thread_ts: str,
        reading: Detection,
        thread: Sequence[Utterance],
        *,
        is_new: bool,
        after: str,
        muted: frozenset[str],
    ) -> None:
        """Begin a case where the thread asks for one, or let it join the one of its customer."""
        if not thread:
            return
        named = self._triggers.customer_in(thread) if thread else None
        customer = named.name if named is not None else None
        # whom only a slip of the finger makes a known one may be somebody else
        other, seen = self._to_join(customer if named is not None and not named.near else None, channel)
        cards = self._cards(reading, thread) if reading.page or (is_new and other is None) else Cards()
        if not reading.page and not (cards.sure and cards.cards and is_new):
            self._say_if_unread(channel, thread_ts, reading, thread)
            return
        if reading.page:
            self._posts.gathering.cards_for(" ".join(one.evidence for one in reading.findings), _ids(reading))
        fresh = self._unopened(
            channel, thread_ts, customer, self._owner(thread), muted=muted, read_from=after,
            card=cards.cards[0].id if cards.cards else "",
        )  # fmt: skip
        now = self._clock.now()
        with self._store.transaction():
            is_as_seen = self._is_as_seen(customer, seen)
            if self._store.case_at(channel, thread_ts) is not None:
                self._go_on_in(channel, thread_ts, reading, thread, after, muted, now)
            elif other is not None and is_as_seen:
                self._join(other, channel, thread_ts, now)
                self._go_on_in(channel, thread_ts, reading, thread, after, muted, now)
            elif is_as_seen:
                self._triggers.forget_names()
                begun = self._paging.open(fresh, now)
                met = self._triggers.met(reading, begun, thread)
                self._paging.meet(begun, [*met, *self._triggers.again(begun, now)], now)
                self._posts.settle_ledger(begun.number)
        self._paging.changed()
        if not is_as_seen:  # a case of that customer has begun or ended meanwhile: look again where this belongs
            self._read(channel, thread_ts)

    def _cards(self, reading: Detection, thread: Sequence[Utterance]) -> Cards:
        """The rep's cards: those of the criteria that are met, else what is found for the last messages."""
        first = self._settings.criteria().cards(_ids(reading), manager=False) if reading.page else ()
        return self._neighbours.cards("\n".join(one.text for one in thread[-6:]), first)

    def _say_if_unread(self, channel: str, thread_ts: str, reading: Detection, thread: Sequence[Utterance]) -> None:
        """The last message is in a language that cannot be read: say so, once in a channel and week."""
        if reading.unread and reading.unread[-1] == len(thread) - 1:
            languages = f"{', '.join(READ[:1])}, and in plain cases in {' and '.join(READ[1:])}"
            self._posts.not_read(channel, thread_ts, languages, self._clock.now())
            self._paging.changed()

    def _go_on_in(
        self,
        channel: str,
        thread_ts: str,
        reading: Detection,
        thread: Sequence[Utterance],
        after: str,
        muted: frozenset[str],
        now: datetime,
    ) -> None:
        """In a transaction: what was read, or is read anew where more was said meanwhile, for the case that is open."""
        case = self._store.case_at(channel, thread_ts)
        again = as_spoken(self._store.thread(channel, thread_ts, after))
        reading = reading if again == thread else self._triggers.reading(again, muted)
        if case is None:
            return
        if (case.channel, case.thread_ts) == (channel, thread_ts):
            self._go_on(case, reading, again, now)
            return
        met = [replace(one, channel=channel, known=True) for one in self._triggers.met(reading, case, again)]
        self._paging.meet(case, self._fresh(case, met), now)
        self._posts.redraw(case.number)

    def _fresh(self, case: Case, met: Sequence[Trigger]) -> list[Trigger]:
        """
        What of *met* is new to *case*.

        Where nobody is being asked any more, the same said once more is new, too: somebody has to hear of it.
        """
        known = {one.criterion for one in case.met if not one.old}
        waits = case.state in (CaseState.OPEN, CaseState.UNANSWERED)
        ended = [one.at for one in self._store.entries(case.number) if one.what in ENDS_ASKING] if waits else []
        since = f"{max(ended).timestamp():.6f}" if ended else ""
        return [one for one in met if one.criterion not in known or (since and one.ts > since)]

    def _owner(self, thread: Sequence[Utterance]) -> str:
        """The first of us who spoke; empty where none of us has."""
        return next((one.author for one in thread if one.role in US and one.author), "")

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
        fresh = self._fresh(case, met)
        still = {one.criterion for one in met}
        gone = [one for one in case.met if one.criterion not in still and self._may_be_gone(case, one, reading, thread)]
        if fresh:
            self._paging.meet(case, fresh, now)
        elif gone and len(gone) == len(case.met) and case.state is CaseState.PAGING:
            self._paging.cancel_pages(case, now)
