"""The timer of follow-ups: what is due becomes a reminder in the outbox, once; what recurs goes on."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.delivery.model import Draft
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import Redraws
from bot.errors import StorageUnavailable
from bot.followups.model import FollowUp, FollowUpState, Gone, Seeking, known
from bot.followups.occurrences import OccurrenceEnd, Occurrences
from bot.followups.offers import Offers
from bot.followups.promises import FollowUpMessages, Promises
from bot.followups.series_steps import HolidaysOf, came
from bot.followups.store import FollowUpStore


def nobody_has(user: str) -> bool:
    """Default: nobody has left."""
    return False


def everybody_is_there(owner: str, channel: str) -> Seeking | None:
    """Default: everybody is there to see it."""
    return None


class ComingDue:
    """
    Fires what is due of one team. *messages* draws the reminders; *admins* are told last when one cannot be delivered.

    `has_left` and `who_is_gone` are asked of an owner when it falls due, and ask nothing of Slack.
    """

    def __init__(  # noqa: PLR0913 - what it reads, writes and draws with
        self,
        store: FollowUpStore,
        occurrences: Occurrences,
        outbox: Outbox,
        redraws: Redraws,
        messages: FollowUpMessages,
        promises: Promises,
        offers: Offers,
        holidays_of: HolidaysOf,
        admins: Sequence[str] = (),
    ) -> None:
        self._store = store
        self._occurrences = occurrences
        self._outbox = outbox
        self._redraws = redraws
        self._messages = messages
        self._promises = promises
        self._offers = offers
        self._holidays_of = holidays_of
        self._admins = tuple(admins)
        self.has_left: Callable[[str], bool] = nobody_has
        self.who_is_gone: Callable[[str, str], Seeking | None] = everybody_is_there

    def next_due(self) -> datetime | None:
        """When the next one is due."""
        return self._store.next_due()

    def fire_due(self, now: datetime) -> int:
        """Put the reminders of all that is due at *now* into the outbox; returns how many."""
        fired = 0
        while self._store.is_due(now):
            try:
                with self._store.transaction():  # what is read in it cannot be changed by a click meanwhile
                    due = self._due(now)
                    self._fall_due(due, now)
                if not due:
                    break  # a time that is written otherwise than ours: it is no more due than it can be found
            except StorageUnavailable:
                raise
            except Exception:  # noqa: BLE001 - one of them is bad: it is found out which
                fired += self._fire_each(now)
            else:
                fired += len(due)
        return fired

    def _due(self, now: datetime) -> list[FollowUp]:
        return self._store.due(now) + self._store.due_again(now)

    def _fire_each(self, now: datetime) -> int:
        fired = 0
        for one in self._due(now):
            try:
                with self._store.transaction():
                    again = self._store.get(one.number)
                    if again is not None and _is_due(again, now):
                        self._fall_due([again], now)
                        fired += 1
            except Exception as error:  # noqa: BLE001 - the others fall due all the same
                self._outbox.set_aside.put("follow-up", one.id, error, now, (one.wanted.owner,))
        return fired

    def _fall_due(self, due: Sequence[FollowUp], now: datetime) -> None:
        theirs = [self._offers.back_to_its_maker(one, now) if self._is_left_to_its_maker(one) else one for one in due]
        self._store.fall_due([one.number for one in theirs if one.series is None])
        reminded = [self._gone_on(one, now) if one.series is not None else one for one in theirs]
        self._outbox.add_all([self._reminder(self._sought(one)) for one in reminded if one is not None], now)

    def _sought(self, one: FollowUp) -> FollowUp:
        """*one*, with the request to take it over where its owner will not see to it, and others may."""
        is_direct = one.wanted.channel[0] in "D@"
        seeking = None if is_direct else self.who_is_gone(one.wanted.owner, one.wanted.channel)
        if seeking is None and one.seeking is not None and one.seeking.gone is Gone.NOT_HERE:
            seeking = one.seeking  # until they come back
        if seeking != one.seeking:
            self._store.seek(one.number, seeking)
            self._redraws.ask(one.id)
        return replace(one, seeking=seeking)

    def _is_left_to_its_maker(self, one: FollowUp) -> bool:
        """Whether its owner is not there any more, nobody has taken it, and its maker is there."""
        is_gone = self.has_left(one.wanted.owner) or (one.seeking is not None and one.seeking.gone is Gone.NOT_HERE)
        return is_gone and one.maker != one.wanted.owner and not self.has_left(one.maker)

    def _gone_on(self, one: FollowUp, now: datetime) -> FollowUp | None:
        """*one*, which recurs, with the occurrence that has come; None where none has, after all."""
        assert one.series is not None
        gone_on = self._store.numbered(came(one, now, self._holidays_of(one.series.holidays)), one)
        self._store.go_on(gone_on, one)
        if one.wanted.promise and gone_on.planned != one.planned:
            self._promises.given(gone_on, now)
        if one.state is not FollowUpState.DUE:
            return gone_on
        if gone_on.occurrence == one.occurrence:
            return None  # the rules of its zone have changed: the next one comes later
        self._occurrences.end(one, OccurrenceEnd.MISSED, "", now)
        self._redraws.ask(one.id)
        return gone_on

    def _reminder(self, one: FollowUp) -> Draft:
        return Draft(
            key=one.key,
            kind="reminder",
            subject=one.id,
            channel=one.wanted.channel,
            message=self._messages.reminder_message(replace(one, state=FollowUpState.DUE)),
            due=one.wanted.due.at,
            thread_ts=one.wanted.thread_ts,
            fallback_to=tuple(dict.fromkeys((one.wanted.owner, one.maker, *self._admins))),
            joinable=True,
            **known(one),
        )


def _is_due(one: FollowUp, now: datetime) -> bool:
    if one.state is FollowUpState.DUE:
        return one.next_at is not None and one.next_at <= now
    return one.state is FollowUpState.WAITING and one.paused_at is None and one.wanted.due.at <= now
