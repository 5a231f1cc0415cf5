"""How a case ends, goes on with a rep, or is taken up again; and whom it is about. One verb, one transaction."""

from datetime import datetime

from bot.errors import UserError
from bot.escalations.model import LONGEST_CUSTOMER, OPEN, Case, CaseOutcome, CaseState
from bot.escalations.posts import stamp_of
from bot.escalations.service import NOBODYS, CaseVerbs
from bot.escalations.wording import name_of, outcome_words, took

_NOT_NEEDED = "not needed"


class Closing(CaseVerbs):
    """The ends of cases of one team."""

    def not_needed(self, number: int, by: str) -> Case:
        """Stop the chain, mute what it was for in this thread, and close the case: in one tap. Raises UserError."""
        now, is_admin = self._clock.now(), self._acts_as_admin(number, by)
        with self._store.transaction():
            case = self._for(number, by, is_admin=is_admin)
            if case.state is CaseState.ACKNOWLEDGED and case.taken_by != by:
                raise UserError(self._who_has(case))
            if self._did_just(case, by, _NOT_NEEDED, now):
                return case  # a second click
            self._outbox.cancel(case.id, "page")
            self._store.answer(number, by, _NOT_NEEDED, None, now)
            self._store.log(number, by, _NOT_NEEDED, "", now)
            seen = case.met[:1]
            of_one_message = {one.criterion for one in case.met if seen and one.ts and one.ts == seen[0].ts}
            over = of_one_message | {one.criterion for one in seen}
            others = tuple(one for one in case.met if one.criterion not in over)
            muted = case.muted | over
            if others:
                self._store.change(number, OPEN, state=CaseState.OPEN, muted=muted, met=others, **NOBODYS)
            else:
                self._end(case, by, now, outcome=_NOT_NEEDED, muted=muted)
                if by != case.owner:
                    told = self._posts.messages.not_needed_message(case, by)
                    self._posts.tell(case, f"closed{self._again(case)}{self._outbox.anew()}", told, now, kind="closed")
            self._posts.redraw(number)
        self._paging.changed()
        return self._store.known(number)

    def explain(self, number: int, why: str, by: str) -> Case:
        """Why it was not needed: the feedback that tunes the rules. Raises UserError where *by* has not said so."""
        now = self._clock.now()
        with self._store.transaction():
            case = self._store.known(number)
            if not self._store.explain(number, by, why) and case.closed_by != by:
                raise UserError(f"{name_of(case)} was not closed as not needed by you. Nothing was changed.")
            if (case.outcome or "").startswith(_NOT_NEEDED):
                self._store.change(number, outcome=f"{_NOT_NEEDED} ({why})")
            self._store.log(number, by, "said why", why, now)
            self._posts.redraw(number)
        return self._store.known(number)

    def resolve(
        self, number: int, outcome: str, cause: str | None, by: str, *, line: str = "", to: str | None = None
    ) -> Case:
        """
        End a case with its outcome and root cause, or let it go on with its rep, or with *to*. Raises UserError.

        *line* is what everybody in the thread is told.
        """
        chosen = next((one for one in CaseOutcome if one == outcome), None)
        if chosen is CaseOutcome.TO_ANOTHER and not to:
            raise UserError("Which rep? Choose who looks after them now. Nothing was changed.")
        now, is_admin = self._clock.now(), self._acts_as_admin(number, by)
        with self._store.transaction():
            case = self._for(number, by, is_admin=is_admin)
            self._outbox.cancel(case.id, "page")
            if chosen is not None and chosen.goes_on:
                self._hand_over(case, chosen, by, to or case.owner, line, now)
            else:
                self._end(case, by, now, outcome=outcome, cause=cause, line=line)
                self._store.log(number, by, outcome, f"root cause: {cause}" if cause else "", now)
                closed = self._store.known(number)
                told = self._posts.messages.closed_message(closed, took(closed, now))
                self._posts.tell(case, f"closed{self._again(case)}{self._outbox.anew()}", told, now, kind="closed")
            self._posts.redraw(number)
        self._paging.changed()
        return self._store.known(number)

    def _hand_over(self, case: Case, outcome: CaseOutcome, by: str, to: str, line: str, now: datetime) -> None:
        """The case goes on, with *to*: nobody is asked any more until something is said anew."""
        if not to:
            raise UserError("There is no rep to hand it to. Choose “To another rep”, and whom. Nothing was changed.")
        self._store.change(case.number, OPEN, state=CaseState.OPEN, owner=to, **self._dealt_with(case))
        self._store.log(case.number, by, "handed back", f"<@{to}>", now)
        told = self._posts.messages.handed_message(case, str(outcome), by, to, line)
        self._posts.tell(case, f"handed:{stamp_of(now)}", told, now)

    def _dealt_with(self, case: Case) -> dict[str, object]:
        """What a case is set to once somebody has dealt with it: what was said counts no more, and the chain is new."""
        self._store.read_anew(case.number)
        read_from = self._store.last_ts(case.channel, case.thread_ts)
        return {**NOBODYS, "met": case.settled(), "step": 0, "tries": 0, "read_from": max(read_from, case.read_from)}

    def _end(self, case: Case, by: str, now: datetime, **values: object) -> None:
        read_from = self._store.last_ts(case.channel, case.thread_ts)
        self._store.change(
            case.number, OPEN, state=CaseState.CLOSED, due_at=None, closed_at=now, closed_by=by, read_from=read_from,
            **values,
        )  # fmt: skip
        self._store.part(case.number)

    def _again(self, case: Case) -> str:
        """What the key of a summary ends with after it was reopened."""
        times = sum(one.what == "reopened" for one in self._store.entries(case.number))
        return f":{times}" if times else ""

    def reopen(self, number: int, by: str) -> Case:
        """Let a case go on where it was, for 14 days after its end. Raises UserError with what to do instead."""
        now = self._clock.now()
        with self._store.transaction():
            case = self._store.known(number)
            if case.is_open:
                return case
            if not case.may_be_reopened(now):
                raise UserError(f"{name_of(case)} ended more than 14 days ago. Escalate it anew where it goes on.")
            other = self._store.case_at(case.channel, case.thread_ts)
            if other is not None:
                raise UserError(f"{other.id} is open in that thread already. Go on there.")
            self._store.change(
                number, (CaseState.CLOSED,), state=CaseState.OPEN, closed_at=None, closed_by=None, outcome=None,
                cause=None, line="", muted=frozenset(), **self._dealt_with(case),
            )  # fmt: skip
            self._store.log(number, by, "reopened", outcome_words(case.outcome), now)
            told = self._posts.messages.reopened_message(self._store.known(number), by)
            self._posts.tell(case, f"reopened{self._again(case)}{self._outbox.anew()}", told, now)
            self._posts.redraw(number)
        self._paging.changed()
        return self._store.known(number)

    def rename(self, number: int, customer: str, by: str) -> Case:
        """It is about *customer*. Raises UserError."""
        name = " ".join(customer.split())
        if name[:1] in ("@", "#"):
            raise UserError("That is a person or a channel. Which customer is it? Nothing was changed.")
        if not name:
            raise UserError("Which customer is it? Nothing was changed.")
        if len(name) > LONGEST_CUSTOMER:
            raise UserError(f"A customer's name may have up to {LONGEST_CUSTOMER} characters. Nothing was changed.")
        now = self._clock.now()
        with self._store.transaction():
            case = self._store.known(number)
            if case.customer != name:
                self._store.change(number, customer=name)
                self._store.log(number, by, "named the customer", "", now)
            self._posts.redraw(number)
        return self._store.known(number)
