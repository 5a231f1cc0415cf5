"""Handing a follow-up on: somebody is asked, and has it once they accept; until then its owner stays."""

from datetime import datetime
from typing import Protocol

from bot.clock import Clock
from bot.delivery.model import Draft
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import Redraws
from bot.errors import UserError
from bot.followups.model import FollowUp, Offer, known
from bot.followups.refusals import found, still_open
from bot.followups.store import FollowUpStore
from bot.slack.block_kit import Message


class OfferMessages(Protocol):
    """How offers are shown."""

    def offer_message(self, follow_up: FollowUp, by: str, /) -> Message:
        """To whoever is asked by *by* to take it."""

    def answered_message(self, follow_up: FollowUp, who: str, *, accepted: bool) -> Message:
        """To whoever asked, or had it: what *who* said."""

    def withdrawn_message(self, follow_up: FollowUp, /) -> Message:
        """To whoever was asked, when there is nothing to take any more."""

    def left_message(self, follow_up: FollowUp, gone: str, /) -> Message:
        """To whoever made one for *gone*, who has left."""


class Offers:
    """The verbs of handing on, by the number of the follow-up. Every one but `withdrawn` raises UserError."""

    def __init__(
        self, store: FollowUpStore, outbox: Outbox, redraws: Redraws, clock: Clock, messages: OfferMessages
    ) -> None:
        self._store = store
        self._clock = clock
        self._outbox = outbox
        self._redraws = redraws
        self._messages = messages

    def offer(self, number: int, to: str, by: str) -> FollowUp:
        """Ask *to* to take it over; whoever was asked before hears that they need not. Nobody asks themselves."""
        now = self._clock.now()
        with self._store.transaction():
            one = still_open(self._store, number, now)
            if to == one.wanted.owner:
                raise UserError(f"{one.id} is <@{to}>'s already. Nothing was changed.")
            if one.offer is not None and one.offer.to == to:
                raise UserError(f"<@{to}> has been asked to take {one.id} already, and has not answered yet.")
            self.withdrawn(one, now)
            self._store.offer(one.number, Offer(to, by))
            self._store.log(one.number, by, "offered", f"<@{to}>", now)
            self._send(one, "offer", to, self._messages.offer_message(one, by), now)
            self._redraws.ask(one.id)
        return found(self._store, number)

    def accept(self, number: int, by: str, *, is_there: bool = True) -> FollowUp:
        """
        *by* takes it; whoever asked, and whoever had it, hear of it.

        Where *by* reads no longer along where it comes back (not *is_there*), it comes back to them directly.
        """
        now = self._clock.now()
        with self._store.transaction():
            one = still_open(self._store, number, now)
            self._give(one, by, self._offered(one, by).by, now, is_there=is_there)
        return found(self._store, number)

    def decline(self, number: int, by: str) -> FollowUp:
        """*by* does not want it; whoever asked hears of it."""
        now = self._clock.now()
        with self._store.transaction():
            one = still_open(self._store, number, now)
            offer = self._offered(one, by)
            self._store.offer(one.number, None)
            self._store.log(one.number, by, "declined", "", now)
            self._send(one, "answered", offer.by, self._messages.answered_message(one, by, accepted=False), now)
            self._redraws.ask(one.id)
        return found(self._store, number)

    def take_over(self, number: int, by: str, *, is_there: bool = True) -> FollowUp:
        """*by* takes it without being asked; whoever had it, or was asked, hears of it."""
        now = self._clock.now()
        with self._store.transaction():
            one = still_open(self._store, number, now)
            if by == one.wanted.owner:
                raise UserError(f"{one.id} is yours already.")
            if one.offer is not None and one.offer.to != by:
                self.withdrawn(one, now)
            self._give(one, by, by, now, is_there=is_there)
        return found(self._store, number)

    def withdrawn(self, one: FollowUp, now: datetime) -> None:
        """There is nothing to take any more: whoever was asked is told. In the transaction of what ended it."""
        if one.offer is None:
            return
        self._store.offer(one.number, None)
        self._send(one, "offer over", one.offer.to, self._messages.withdrawn_message(one), now)

    def back_to_its_maker(self, one: FollowUp, now: datetime) -> FollowUp:
        """Whom it was for has left: who made it is told, and has it now. In the transaction in which it falls due."""
        before, direct = one.wanted.owner, one.wanted.channel[0] in "D@"
        self._store.give_to(one.number, one.maker, f"@{one.maker}" if direct else one.wanted.channel)
        self._store.log(one.number, "", "reassigned", f"<@{one.maker}>", now)
        given = found(self._store, one.number)
        self._redraws.ask(one.id)
        self._send(given, "given", one.maker, self._messages.left_message(given, before), now)
        return given

    def _offered(self, one: FollowUp, by: str) -> Offer:
        if one.wanted.owner == by:
            raise UserError(f"{one.id} is yours already.")
        if one.offer is None or one.offer.to != by:
            raise UserError(
                f"{one.id} is not offered to you any more: it is <@{one.wanted.owner}>'s. Nothing was changed."
            )
        return one.offer

    def _give(self, one: FollowUp, to: str, asked_by: str, now: datetime, *, is_there: bool) -> None:
        direct = one.wanted.channel[0] in "D@" or not is_there
        self._store.give_to(one.number, to, f"@{to}" if direct else one.wanted.channel)
        self._store.offer(one.number, None)
        self._store.log(one.number, to, "reassigned", f"<@{to}>", now)
        given = self._store.get(one.number) or one
        told = self._messages.answered_message(given, to, accepted=True)
        for person in dict.fromkeys((asked_by, one.wanted.owner)):
            if person != to:
                self._send(given, "answered", person, told, now)
        self._redraws.ask(one.id)

    def _send(self, one: FollowUp, kind: str, to: str, drawn: Message, now: datetime) -> None:
        """A direct message, once for each turn that the log tells of."""
        key = f"{one.id}:{kind}:{self._store.turns(one.number)}:{to}"
        belongs = known(one)
        belongs["known_to"] = (*belongs["known_to"], to)  # whoever asks them tells them of it
        self._outbox.add(Draft(key, kind, one.id, f"@{to}", drawn, now, recipient=to, **belongs), now)
