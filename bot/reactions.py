"""The one table of reactions: when something happens in one feature, what another does."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import cast
from zoneinfo import ZoneInfo

from bot.core import Core
from bot.delivery.model import Draft
from bot.errors import UserError
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.install import EscalationParts
from bot.escalations.model import Case
from bot.escalations.page_context import Cards
from bot.escalations.wording import NOTHING_NOTED, CardRef, CustomerStatus
from bot.followups.install import FollowUpParts
from bot.followups.model import FollowUp, LocalTime, known
from bot.followups.promises import Promise
from bot.followups.reminder_blocks import lost_message
from bot.log import failure
from bot.quantities import Hours
from bot.slack.block_kit import moment
from bot.slack.text import quote
from bot.tactics.model import Card
from bot.tactics.service import AnswerRef, Tactics

logger = logging.getLogger(__name__)

_LOOK_FOR_BROKEN = timedelta(seconds=1)
_BROKEN = "broken promise"  # what is set aside


class Reactions:
    """What the features tell one another."""

    def __init__(self, core: Core, tactics: Tactics, follow_ups: FollowUpParts, escalations: EscalationParts) -> None:
        self._core = core
        self._tactics = tactics
        self._follow_ups, self._catcher = follow_ups.follow_ups, follow_ups.catcher
        self._escalations = escalations

    def connect(self) -> None:
        """When a case needs cards, or its customer's status; when a promise is noted or broken; when a rep asks."""
        neighbours, promises = self._escalations.neighbours, self._follow_ups.promises
        neighbours.cards = self.cards_for
        neighbours.card = self.card_of
        neighbours.words = self.words_of
        neighbours.status = self.status_of
        neighbours.record = self.record_of
        neighbours.customers = self._follow_ups.customers
        neighbours.is_public = self._follow_ups.is_public
        self._tactics.speaks_for = self.cards_of_criteria
        self._tactics.is_manager = self._escalations.on_call.is_manager
        promises.grace = self.grace
        promises.hours = self.hours_of
        promises.noted = self.promise_noted
        self._catcher.is_watched = self._escalations.intake.is_watched
        self._catcher.customer_of = self._escalations.intake.customer_of
        self._core.jobs.every(_LOOK_FOR_BROKEN, "promises", self.hear_of_broken)

    def cards_for(self, text: str, first: Sequence[str]) -> Cards:
        """
        The cards for a thread, and whether the first surely fits.

        Those of the ids *first*, where they are known to fit; else those that the search finds for *text*.
        """
        answer = self._tactics.answer(text, "", own_words=False, first=first)
        found = [card for card in (answer.shown, *answer.others) if card is not None]
        return Cards(tuple(_as_ref(card) for card in found), sure=answer.shown is not None)

    def card_of(self, card_id: str) -> CardRef | None:
        """The card of that id, where the playbook has it."""
        try:
            return _as_ref(self._tactics.card(card_id))
        except UserError:
            return None

    def words_of(self, value: str, by: str) -> str:
        """What *by* typed for the answer that a button of *value* stands on; "" where it is forgotten."""
        try:
            return self._tactics.words(AnswerRef.decode(value), by)
        except UserError:
            return ""

    def cards_of_criteria(self, situation: str) -> Sequence[str]:
        """The ids of the rep's cards for the criteria that *situation* meets."""
        criteria = self._escalations.settings.criteria()
        found = criteria.read([Utterance("", Role.REP, situation)])
        return criteria.cards([one.criterion.id for one in found.findings], manager=False) if found.page else ()

    def status_of(self, case: Case, may_be_shown: Callable[[str], bool]) -> CustomerStatus:
        """
        What the customer of *case* was told and promised, as far as anybody wrote it down.

        Only what was said where *may_be_shown* says so: whoever sees the ledger reads it.
        """
        promises = self._follow_ups.promises
        found = promises.of_thread(case.channel, case.thread_ts) if case.thread_ts else []
        if case.customer:
            found += [one for one in promises.of_customer(case.customer) if one not in found]
        found = [one for one in found if may_be_shown(one.follow_up.wanted.channel)]
        if not found:
            return NOTHING_NOTED
        last = found[0].follow_up
        told = f"“{quote(last.wanted.text, 200)}”, noted by <@{last.maker}> {moment(last.made_at)}"
        return CustomerStatus(told, "; ".join(_in_words(one) for one in found[:3]))

    def record_of(self, case: Case, may_be_shown: Callable[[str], bool]) -> str:
        """How promises to the customer of *case* ended, in words; "" where none has."""
        if not case.customer:
            return ""
        record = self._follow_ups.promises.ends.record_for(case.customer, may_be_shown)
        return f"promises so far: {record}" if record else ""

    def hours_of(self, owner: str) -> tuple[Hours, ZoneInfo] | None:
        """When *owner* works, and in which time zone; None where that is not known."""
        known = self._core.slack.users.known(owner)
        if known is None or known.zone is None:
            return None
        return self._escalations.settings.policy().hours, known.zone

    def grace(self) -> timedelta:
        """How late a promise may be."""
        return self._escalations.settings.policy().grace

    def promise_noted(self, one: FollowUp) -> None:
        """A promise was made, changed, kept or broken: the ledger of its case shows it."""
        wanted = one.wanted
        self._escalations.paging.posts.customer_noted(wanted.channel, wanted.thread_ts, wanted.customer)

    def hear_of_broken(self) -> None:
        """Have the manager paged for promises that were found broken; in a direct conversation tell only its owner."""
        promises, now, aside = self._follow_ups.promises, self._core.clock.now(), self._core.outbox.set_aside
        for promise in promises.broken():
            if promise.follow_up.id in aside.keys(_BROKEN):
                continue
            try:
                self._hear_of(promise, now)
            except (ValueError, TypeError, LookupError) as error:
                aside.put(_BROKEN, promise.follow_up.id, error, now, (promise.follow_up.wanted.owner,))
            except Exception as error:  # noqa: BLE001 - Slack's trouble passes, and the others are heard of all the same
                failure(logger, f"nobody could hear of {promise.follow_up.id} yet", error)

    def _hear_of(self, promise: Promise, now: datetime) -> None:
        one, wanted = promise.follow_up, promise.follow_up.wanted
        if wanted.channel[0] in "D@":
            key = f"{one.key}:lost{self._core.outbox.anew()}"
            draft = Draft(key, "lost", one.id, f"@{wanted.owner}", lost_message(one), now, **known(one))
            with self._core.database.transaction():
                self._core.outbox.add(draft, now)
                self._follow_ups.broken_reported(one.number)
            return
        due = LocalTime.of(promise.due, wanted.due.zone).near(promise.broken_at or now)
        said = f"{wanted.text}, promised for {due} ({one.id})"
        reported = partial(self._follow_ups.broken_reported, one.number)
        self._escalations.intake.broken_promise(
            said, wanted.customer, wanted.channel, wanted.thread_ts, wanted.owner, reported
        )


def install(core: Core) -> None:
    """Connect the features that are installed."""
    parts = core.installed
    Reactions(
        core,
        cast("Tactics", parts["tactics"]),
        cast("FollowUpParts", parts["followups"]),
        cast("EscalationParts", parts["escalations"]),
    ).connect()


def _as_ref(card: Card) -> CardRef:
    return CardRef(card.id, card.name, card.essence)


def _in_words(promise: Promise) -> str:
    follow_up = promise.follow_up
    kept = "" if follow_up.is_open else f", {follow_up.state}"
    how = ", *broken*" if promise.broken_at and follow_up.is_open else kept
    who = f"<@{follow_up.wanted.owner}>, {follow_up.id}{how}"
    return f"{quote(follow_up.wanted.text, 200)} by {moment(promise.due)} ({who})"
