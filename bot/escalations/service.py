"""The verbs of cases: what people press, and what they ask. One verb, one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.delivery.model import Delivery
from bot.delivery.outbox import Outbox
from bot.errors import UserError
from bot.escalations.model import OPEN, Case, CaseState, precision
from bot.escalations.paging import Paging
from bot.escalations.posts import stamp_of
from bot.escalations.store import CaseLogEntry, CaseStore, Page
from bot.escalations.wording import closing, state_words, took, who_has
from bot.slack.block_kit import Message, moment
from bot.slack.readers import Readable, Readers

_NOBODYS: dict[str, None] = {"due_at": None, "taken_by": None, "taken_until": None}
_A_MOMENT = timedelta(seconds=5)
_NOT_TAKEN = (CaseState.OPEN, CaseState.PAGING, CaseState.UNANSWERED)


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """All that became of a case."""

    case: Case
    entries: Sequence[CaseLogEntry]
    pages: Sequence[Page]
    deliveries: Sequence[Delivery]


class Escalations:
    """The cases of one team. *is_admin* asks Slack whether somebody is an admin: only where nothing else allows it."""

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

    # what people press

    def acknowledge(self, number: int, by: str, *, until: datetime | None = None) -> Case:
        """*by* has it, until a time. The first click wins. Raises UserError with who has it, or who may."""
        now, is_admin = self._clock.now(), self._acts_as_admin(number, by)
        with self._store.transaction():
            case = self._for(number, by, is_admin=is_admin)
            ends = until or now + case.roster.policy.acknowledged_for
            if ends <= now:
                raise UserError("That time is over already. Until when do you have it?")
            states = (*_NOT_TAKEN, CaseState.ACKNOWLEDGED) if case.taken_by == by else _NOT_TAKEN
            taken = {"taken_by": by, "taken_until": ends, "due_at": ends, "state": CaseState.ACKNOWLEDGED}
            if not self._store.change(number, states, **taken):
                raise UserError(self._who_has(case))
            self._outbox.cancel(case.id, "page")
            self._store.answer(number, by, "taken", None, now)
            self._store.log(number, by, "has it", f"until {ends:%d %b %H:%M} UTC", now)
            told = self._posts.messages.taken_message(self._store.known(number))
            self._posts.tell(case, f"taken:{stamp_of(now)}", told, now)
            self._posts.redraw(number)
        self._paging.changed()
        return self._store.known(number)

    def pass_on(self, number: int, by: str) -> Case:
        """Page the next step at once. Raises UserError if somebody has it, or it is closed."""
        now, is_admin = self._clock.now(), self._acts_as_admin(number, by)
        with self._store.transaction():
            case = self._for(number, by, is_admin=is_admin)
            if case.state is CaseState.ACKNOWLEDGED and case.taken_by != by:
                raise UserError(self._who_has(case))
            if self._did_just(case, by, "passed it on", now):
                return case  # a second click
            at = max((step for step, one in enumerate(case.roster.steps) if by in one.who), default=case.step)
            self._store.answer(number, by, "passed on", None, now)
            self._store.log(number, by, "passed it on", "", now)
            following = max(at, case.step) + 1
            if following < len(case.roster.steps):
                self._paging.move(case, now, at_once=True, again=True, from_step=following)
            else:
                self._store.change(number, OPEN, state=CaseState.UNANSWERED, **_NOBODYS)
                self._posts.tell(case, f"last:{stamp_of(now)}", self._posts.messages.last_step_message(case, by), now)
            self._posts.redraw(number)
        self._paging.changed()
        return self._store.known(number)

    def not_needed(self, number: int, why: str, by: str) -> Case:
        """Stop the chain, mute what it was for in this thread, and close the case. Raises UserError."""
        now, is_admin = self._clock.now(), self._acts_as_admin(number, by)
        with self._store.transaction():
            case = self._for(number, by, is_admin=is_admin)
            if case.state is CaseState.ACKNOWLEDGED and case.taken_by != by:
                raise UserError(self._who_has(case))
            if self._did_just(case, by, "not needed", now):
                return case  # a second click
            self._outbox.cancel(case.id, "page")
            self._store.answer(number, by, "not needed", why, now)
            self._store.log(number, by, "not needed", why, now)
            first, others = case.met[:1], case.met[1:]
            muted = case.muted | {one.criterion for one in first}
            if others:
                self._store.change(number, OPEN, state=CaseState.OPEN, muted=muted, met=others, **_NOBODYS)
            else:
                self._store.change(
                    number, OPEN, state=CaseState.CLOSED, due_at=None, muted=muted, closed_at=now, closed_by=by,
                    outcome=f"not needed ({why})", read_from=self._store.last_ts(case.channel, case.thread_ts),
                )  # fmt: skip
            self._posts.redraw(number)
        return self._store.known(number)

    def page_now(self, number: int, by: str) -> Case:
        """Do not wait for working hours, or ask the chain from its beginning once more. Raises UserError."""
        now = self._clock.now()
        with self._store.transaction():
            case = self._store.known(number)
            if case.state is CaseState.UNANSWERED and case.roster.steps:
                again = max((one.at for one in self._store.pages(number)), default=now) + case.roster.policy.wait
                if again > now:
                    raise UserError(f"{case.id}: all of them were paged a moment ago. Ask again at {moment(again)}.")
                case = replace(case, step=0, tries=0)
            elif not (case.state is CaseState.PAGING and case.tries == 0):
                raise UserError(f"{case.id}: {state_words(case)}.")
            self._store.log(number, by, "asked to page now", "", now)
            self._paging.move(case, now, at_once=True, again=True)
        self._paging.changed()
        return self._store.known(number)

    def resolve(self, number: int, outcome: str, cause: str, by: str) -> Case:
        """End a case with its outcome and root cause. Raises UserError."""
        now, is_admin = self._clock.now(), self._acts_as_admin(number, by)
        with self._store.transaction():
            case = self._for(number, by, is_admin=is_admin)
            read_from = self._store.last_ts(case.channel, case.thread_ts)
            self._store.change(
                number, OPEN, state=CaseState.CLOSED, due_at=None, closed_at=now, closed_by=by, outcome=outcome,
                cause=cause, read_from=read_from,
            )  # fmt: skip
            self._outbox.cancel(case.id, "page")
            self._store.log(number, by, outcome, f"root cause: {cause}", now)
            closed = self._store.known(number)
            self._posts.tell(
                case,
                f"closed{self._outbox.anew()}",
                self._posts.messages.closed_message(closed, took(closed, now)),
                now,
            )
            self._posts.redraw(number)
        self._paging.changed()
        return self._store.known(number)

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

        *in_public*: that is everybody in *channel*; else *by* alone.
        """
        cases = self._store.all_open()
        if which == "mine":
            cases = [one for one in cases if one.owner == by or one.taken_by == by or by in one.roster.people()]
        elif which == "here":
            cases = [one for one in cases if one.channel == channel]
        elif which != "all":
            cases = [one for one in cases if (one.customer or "").casefold() == which.casefold()]

        def may_hear(one: Case) -> bool:
            return self._readers.may_hear(by, channel, one.channel, in_public=in_public)

        return self._readers.readable(cases, may_hear, in_public=in_public)

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

    def _acts_as_admin(self, number: int, by: str) -> bool:
        """Whether *by* may act because they are an admin. Asks Slack: not to be called in a transaction."""
        return not self._store.known(number).may_take(by, is_admin=False) and self._is_admin(by)

    def _for(self, number: int, by: str, *, is_admin: bool) -> Case:
        case = self._store.known(number)
        if not case.is_open:
            raise UserError(f"{case.id} is closed: {closing(case)}.")
        if not case.may_take(by, is_admin=is_admin):
            people = ", ".join(f"<@{one}>" for one in dict.fromkeys((*case.roster.people(), case.owner)))
            raise UserError(f"Only {people} or an admin can do that with {case.id}. Nothing was changed.")
        return case

    def _did_just(self, case: Case, by: str, what: str, now: datetime) -> bool:
        """Whether *by* did that a moment ago: a press that came twice."""
        entries = self._store.entries(case.number)
        return any(one.who == by and one.what == what and abs(now - one.at) < _A_MOMENT for one in entries)

    def _who_has(self, case: Case) -> str:
        taken = [one.at for one in self._store.entries(case.number) if one.what == "has it"]
        return who_has(case, taken[-1] if taken else None)
