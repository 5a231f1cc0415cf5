"""Takers: whoever writes in a thread that they take its case, or that somebody does, is understood and answered."""

from collections.abc import Callable

from bot.clock import Clock
from bot.commands.router import Place, Request
from bot.errors import UserError
from bot.escalations.model import Case
from bot.escalations.paging import Paging
from bot.escalations.service import Escalations
from bot.escalations.store import CaseStore
from bot.escalations.taking import taking
from bot.storage.deeds import Deeds

_NOT_NOW = "Only who is being asked, the rep or an admin can take {} now. Once nobody is being asked, anybody here can."


class Takers:
    """Gives cases to those who write that they take them. *may_have* raises UserError for who cannot have one."""

    def __init__(
        self,
        store: CaseStore,
        cases: Escalations,
        paging: Paging,
        clock: Clock,
        deeds: Deeds,
        may_have: Callable[[str, str], None],
    ) -> None:
        self._store = store
        self._cases = cases
        self._paging = paging
        self._clock = clock
        self._deeds = deeds
        self._may_have = may_have

    def hear(self, case: Case, by: str, words: str, where: str, ts: str, *, to_the_bot: bool) -> None:
        """
        *by* wrote *words* at *ts* in the thread *where* (``channel:thread_ts``): give the case to whom they say, once.

        Where that cannot be, the thread is told why.
        """
        cause = f"taking:{where.partition(':')[0]}:{ts}"
        said = taking(words, to_the_bot=to_the_bot)
        if said is None or (said.in_passing and not to_the_bot and by not in case.roster.people()):
            return

        def once() -> bool:
            if self._deeds.done(cause) is not None:
                return False
            self._deeds.note(cause, case.id, self._clock.now())
            return True

        who, now, posts = said.who or by, self._clock.now(), self._paging.posts
        channel, _, thread_ts = where.partition(":")
        try:
            if who != by:
                self._may_have(who, case.channel)
                taken = self._cases.assign(case.number, by, who, once=once)
            else:
                taken = self._cases.acknowledge(case.number, by, once=once)
            told = posts.messages.taken_message(taken)
        except UserError as error:
            # nobody of the chain is called because somebody wrote "mine" in passing
            why = str(error) if case.may_take(by, is_admin=False) else _NOT_NOW.format(case.id)
            told = posts.messages.refused_message(case, why)
            is_refused = True
        else:
            is_refused = False
        if is_refused or (case.channel, case.thread_ts) != (channel, thread_ts):
            with self._store.transaction():
                posts.say_in(case, channel, thread_ts, f"heard:{cause}", told, now)
        self._paging.changed()

    def is_heard(self, request: Request) -> bool:
        """Whether a mention is of this kind, and so is not a question to be answered with cards."""
        if request.place is not Place.CHANNEL or request.thread_ts is None or not request.own_words:
            return False
        return (
            taking(request.text, to_the_bot=True) is not None
            and self.case_of(request.channel, request.thread_ts) is not None
        )

    def case_of(self, channel: str, thread_ts: str) -> Case | None:
        """The open case that a thread belongs to."""
        return self._store.case_at(channel, thread_ts)
