"""The verbs of cases: what people press, and what they ask. One verb, one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.delivery.model import Delivery
from bot.delivery.outbox import Outbox
from bot.errors import UserError
from bot.escalations.model import OPEN, Case, CaseState, precision, urgency
from bot.escalations.page_store import GAVE, PASSED, PASSED_TO, CaseLogEntry, Page
from bot.escalations.paging import Paging
from bot.escalations.posts import stamp_of
from bot.escalations.store import CaseStore
from bot.escalations.wording import closing, last_pages, people, state_words, who_has
from bot.slack.block_kit import Message, moment
from bot.slack.readers import Readable, Readers

NOBODYS: dict[str, None] = {"due_at": None, "taken_by": None, "taken_until": None}
_A_MOMENT = timedelta(seconds=5)
NOT_TAKEN = (CaseState.OPEN, CaseState.PAGING, CaseState.UNANSWERED)


Once = Callable[[], bool]


def always() -> bool:
    """Default: it is done each time."""
    return True


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """All that became of a case."""

    case: Case
    entries: Sequence[CaseLogEntry]
    pages: Sequence[Page]
    deliveries: Sequence[Delivery]


class CaseVerbs:
    """
    What the verbs of cases share.

    *is_admin* asks Slack whether somebody is an admin: only where nothing else allows it.
    """

    def __init__(
        self,
        store: CaseStore,
        outbox: Outbox,
        paging: Paging,
        clock: Clock,
        readers: Readers,
        is_admin: Callable[[str], bool],
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._paging = paging
        self._posts = paging.posts
        self._clock = clock
        self._readers = readers
        self._is_admin = is_admin

    def _acts_as_admin(self, number: int, by: str) -> bool:
        """Whether *by* may act because they are an admin. Asks Slack: not to be called in a transaction."""
        return not self._store.known(number).may_take(by, is_admin=False) and self._is_admin(by)

    def _for(self, number: int, by: str, *, is_admin: bool) -> Case:
        case = self._store.known(number)
        if not case.is_open:
            raise UserError(f"{case.id} is closed: {closing(case)}.")
        if not case.may_take(by, is_admin=is_admin):
            may = ", ".join(f"<@{one}>" for one in dict.fromkeys((*case.roster.people(), case.owner)) if one)
            raise UserError(
                f"Only {may} or an admin can do that with {case.id} while somebody is being asked or has it. "
                "Nothing was changed."
            )
        return case

    def _did_just(self, case: Case, by: str, what: str, now: datetime) -> bool:
        """Whether *by* did that a moment ago: a press that came twice."""
        entries = self._store.entries(case.number)
        return any(one.who == by and one.what == what and abs(now - one.at) < _A_MOMENT for one in entries)

    def _who_has(self, case: Case) -> str:
        taken = [one.at for one in self._store.entries(case.number) if one.what == "has it"]
        return who_has(case, taken[-1] if taken else None)


class Escalations(CaseVerbs):
    """The cases of one team: who has each, and who is asked."""

    # what people press

    def acknowledge(self, number: int, by: str, *, until: datetime | None = None, once: Once = always) -> Case:
        """
        *by* has it, until a time. The first click wins. Raises UserError with who has it, or who may.

        Nothing is done where *once*, asked in the same transaction, says that it was done before.
        """
        now, is_admin = self._clock.now(), self._acts_as_admin(number, by)
        with self._store.transaction():
            if not once():
                return self._store.known(number)
            case = self._for(number, by, is_admin=is_admin)
            states = (*NOT_TAKEN, CaseState.ACKNOWLEDGED) if case.taken_by == by else NOT_TAKEN
            self._give(case, by, by, states, until, now)
        self._paging.changed()
        return self._store.known(number)

    def assign(self, number: int, by: str, to: str, *, once: Once = always) -> Case:
        """*by* says that *to* has it, whoever had it before; *once* as above. Raises UserError where *by* may not."""
        now, is_admin = self._clock.now(), self._acts_as_admin(number, by)
        with self._store.transaction():
            if not once():
                return self._store.known(number)
            case = self._for(number, by, is_admin=is_admin)
            self._give(case, by, to, (*NOT_TAKEN, CaseState.ACKNOWLEDGED), None, now)
        self._paging.changed()
        return self._store.known(number)

    def _give(
        self, case: Case, by: str, to: str, states: Sequence[CaseState], until: datetime | None, now: datetime
    ) -> None:
        """Let *to* have it; the thread hears of it once, and a new time changes what was said."""
        ends = until or now + case.roster.policy.acknowledged_for
        if ends <= now:
            raise UserError("That time is over already. Until when do you have it?")
        had = case.taken_by if case.state is CaseState.ACKNOWLEDGED else None
        taken = {"taken_by": to, "taken_until": ends, "due_at": ends, "state": CaseState.ACKNOWLEDGED}
        if not self._store.change(case.number, states, **taken):
            raise UserError(self._who_has(case))
        self._outbox.cancel(case.id, "page")
        if by != to:
            self._store.log(case.number, by, GAVE, f"<@{to}>", now)
            page = self._store.add_pages(case, [to], case.step, now)
            self._posts.page(self._store.known(case.number), page, [to], now)
        self._store.answer(case.number, to, "taken", None, now)
        self._store.log(case.number, to, "has it", f"until {ends:%d %b %H:%M} UTC", now)
        if had != to:
            told = self._posts.messages.taken_message(self._store.known(case.number))
            self._posts.tell(case, f"taken:{stamp_of(now)}", told, now, kind="taken")
        self._posts.redraw(case.number)

    def pass_on(self, number: int, by: str) -> Case:
        """Page the next step at once. Raises UserError if somebody has it, or it is closed."""
        now, is_admin = self._clock.now(), self._acts_as_admin(number, by)
        with self._store.transaction():
            case = self._for(number, by, is_admin=is_admin)
            if not self._passed(case, by, now):
                return case  # a second press, or of somebody whom it does not wait for
            in_chain = [step for step, one in enumerate(case.roster.steps) if by in one.who]
            following = max(in_chain[-1], case.step) + 1 if in_chain else case.step  # a rep had it: where it was
            if following < len(case.roster.steps):
                self._paging.move(case, now, at_once=True, again=True, from_step=following)
            else:
                self._store.change(number, OPEN, state=CaseState.UNANSWERED, **NOBODYS)
            self._tell_passed(case, by, now)
        self._paging.changed()
        return self._store.known(number)

    def pass_to(self, number: int, by: str, to: str) -> Case:
        """Page *to* at once, and nobody else. Raises UserError if somebody has it, or *to* is who passes it on."""
        if to == by:
            raise UserError("That is you. Press I have it after all, or choose somebody else.")
        now, is_admin = self._clock.now(), self._acts_as_admin(number, by)
        with self._store.transaction():
            case = self._for(number, by, is_admin=is_admin)
            if to in self._store.left_out(case):
                raise UserError(
                    f"<@{to}> asked for it, passed it on or cannot be reached. Please choose somebody else."
                )
            if not any(one.who == by for one in self._passes(case)):
                self._passed(case, by, now)
            self._outbox.cancel(case.id, "page")
            self._store.call_off(number, now)
            step = min(case.step, max(len(case.roster.steps) - 1, 0))
            self._store.change(number, OPEN, policy=case.roster.with_step(step if case.roster.steps else -1, to))
            case = self._store.known(number)
            self._store.log(number, by, PASSED_TO, f"<@{to}>", now)
            at = step + 1 if len(case.roster.steps) > 1 else 0
            self._paging.page(case, at, 1, now)
            self._tell_passed(case, by, now)
        self._paging.changed()
        return self._store.known(number)

    def _passed(self, case: Case, by: str, now: datetime) -> bool:
        """Write down that *by* passes it on; whether it waits for them."""
        if case.state is CaseState.ACKNOWLEDGED and case.taken_by != by:
            raise UserError(self._who_has(case))
        is_again = by in self._store.left_out(case) and any(one.who == by for one in self._passes(case))
        if is_again and case.taken_by != by:
            return False
        self._store.answer(case.number, by, "passed on", None, now)
        self._store.log(case.number, by, PASSED, "", now)
        is_asked = case.state is CaseState.PAGING and bool(case.tries) and by in case.roster.people_of(case.step)
        if case.taken_by == by or is_asked or case.state is not CaseState.PAGING:
            return True
        self._posts.redraw(case.number)
        return False

    def _passes(self, case: Case) -> list[CaseLogEntry]:
        return [one for one in self._store.entries(case.number) if one.what == PASSED]

    def _tell_passed(self, case: Case, by: str, now: datetime) -> None:
        """Say in the thread to whom it went."""
        after, messages = self._store.known(case.number), self._posts.messages
        asked = [one.who for one in last_pages(self._store.pages(case.number)) if one.who != by and one.answer is None]
        if after.state is CaseState.PAGING and after.tries and asked:
            self._posts.tell(case, f"passed:{stamp_of(now)}", messages.passed_message(case, by, people(asked)), now)
        elif after.state is CaseState.UNANSWERED and not self._outbox_told(case, now):
            self._posts.tell(case, f"last:{stamp_of(now)}", messages.last_step_message(case, by), now)
        self._posts.redraw(case.number)

    def _outbox_told(self, case: Case, now: datetime) -> bool:
        """Whether the channel was told at this very moment that nobody is left."""
        return any(one.draft.kind == "end" and one.planned_at == now for one in self._outbox.about(case.id))

    def page_now(self, number: int, by: str) -> Case:
        """
        Do not wait for working hours, or ask the chain (once more), but for those who passed it on.

        Raises UserError where somebody was asked a moment ago, or nobody is left to ask.
        """
        now = self._clock.now()
        with self._store.transaction():
            case = self._store.known(number)
            pages = self._store.pages(number)
            if case.state in (CaseState.UNANSWERED, CaseState.OPEN) and case.roster.steps:
                again = max((one.at for one in pages), default=now) + case.roster.policy.wait
                if pages and again > now:
                    raise UserError(f"{case.id}: all of them were paged a moment ago. Ask again {moment(again)}.")
                case = replace(case, step=0, tries=0)
            elif not (case.state is CaseState.PAGING and case.tries == 0):
                raise UserError(f"{case.id}: {state_words(case, pages)}.")
            self._check_somebody_is_left(case)
            self._store.log(number, by, "asked to page now", "", now)
            self._paging.move(case, now, at_once=True, again=True)
        self._paging.changed()
        return self._store.known(number)

    def _check_somebody_is_left(self, case: Case) -> None:
        """Raise UserError where everybody in the chain has passed it on, or cannot be reached."""
        left_out, chain = self._store.left_out(case), case.roster.people()
        if chain and left_out.issuperset(chain):
            raise UserError(
                f"{people(chain)} passed {case.id} on or cannot be reached, so there is nobody to page. Who "
                "takes it? Write “@name takes it” in its thread."
            )

    def ask_to_be_added(self, number: int, by: str) -> Case:
        """Tell the rep, in the thread, that *by* would like to be in the channel."""
        now = self._clock.now()
        with self._store.transaction():
            case = self._store.known(number)
            text = f"<@{case.owner}>: <@{by}> was paged for {case.id} and asks to be added to this channel."
            self._posts.tell(case, f"added:{by}{self._outbox.anew()}", Message(text), now)
            self._store.log(number, by, "asked to be added", "", now)
        self._paging.changed()
        return case

    def repair(self, number: int) -> None:
        """Have what people see of it drawn anew, whatever it looks like, if there is such a case."""
        with self._store.transaction():
            if self._store.get(number) is not None:
                self._posts.redraw(number, repair=True)

    # asking

    def get(self, number: int) -> Case:
        """The case of that number. Raises UserError if there is none."""
        return self._store.known(number)

    def check(self, number: int, by: str) -> Case:
        """The case, if *by* may take or resolve it now. Raises UserError with who may."""
        return self._for(number, by, is_admin=self._acts_as_admin(number, by))

    def pressed(self, number: int, token: str) -> int:
        """*number*, if what was pressed carries the random part of that case. Raises UserError."""
        if self._store.known(number).token != token:
            raise UserError(f"This button is of another E{number}, which is gone. Nothing was changed.")
        return number

    def listed(self, which: str, by: str, channel: str, *, in_public: bool) -> Readable[Case]:
        """
        The open cases of *which*: "mine", "here", "all" or a customer, as far as whoever sees the answer may read them.

        What nobody has comes first, of that what is urgent, of that the oldest. *in_public*: that is everybody in
        *channel*; else *by* alone.
        """
        cases = self._store.all_open()
        if which == "mine":
            cases = [one for one in cases if one.owner == by or one.taken_by == by or by in one.roster.people()]
        elif which == "here":
            cases = [one for one in cases if one.channel == channel]
        elif which != "all":
            cases = self._store.open_about(which)
        cases.sort(key=urgency)

        def may_hear(one: Case) -> bool:
            return self._readers.may_hear(by, channel, one.channel, in_public=in_public)

        return self._readers.readable(cases, may_hear, in_public=in_public)

    def past(self, customer: str, by: str, channel: str, *, in_public: bool) -> list[Case]:
        """The closed cases of a customer, the last first, as far as whoever sees the answer may read them."""
        closed = [one for one in self._store.about(customer) if not one.is_open]
        closed.sort(key=lambda one: one.closed_at or one.opened_at, reverse=True)

        def may_hear(one: Case) -> bool:
            return self._readers.may_hear(by, channel, one.channel, in_public=in_public)

        return self._readers.readable(closed, may_hear, in_public=in_public).items

    def in_list(self, case: Case) -> tuple[Case, Sequence[Page], str]:
        """*case* with what a list says of it: its pages, and the address of its thread."""
        return case, self._store.pages(case.number), self._posts.gathering.link_of(case)

    def seen_by(self, number: int, by: str, channel: str, *, in_public: bool) -> Case:
        """The case of that number, if whoever sees the answer may read it. Raises UserError."""
        case = self._store.known(number)
        if not self._readers.may_hear(by, channel, case.channel, in_public=in_public):
            raise UserError(f"{case.id} belongs to a channel whose words I cannot repeat here. Ask for it in there.")
        return case

    def precision(self) -> dict[str, tuple[int, int]]:
        """For each criterion: pages that were taken, and all that were answered."""
        return precision(self._store.answers())

    def story(self, number: int) -> CaseHistory:
        """All that became of a case. Raises UserError if there is none."""
        case = self._store.known(number)
        return CaseHistory(case, self._store.entries(number), self._store.pages(number), self._outbox.about(case.id))
