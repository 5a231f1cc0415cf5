"""Slack in: follow-ups that are handed on. Somebody is asked, accepts or does not, or takes one over."""

import json
from functools import partial
from typing import Any

from bot.errors import UserError
from bot.followups import blocks, buttons, forms
from bot.followups.model import FollowUp
from bot.followups.pressed import FollowUpPresses
from bot.followups.service import FollowUps
from bot.followups.subcommands import beside
from bot.slack.block_kit import Message
from bot.slack.context import SlackContext
from bot.slack.limits import fit_window
from bot.slack.listening import Listening
from bot.slack.modals import said_window, saved, values_of
from bot.slack.threads import is_home

Json = dict[str, Any]
Ack = Any  # Bolt's, whose name belongs to other rooms


class OfferListeners:
    """All that is pressed and filled in to hand a follow-up on."""

    def __init__(self, follow_ups: FollowUps, slack: SlackContext) -> None:
        self._follow_ups = follow_ups
        self._slack = slack
        self._presses = FollowUpPresses(follow_ups, slack)

    def listening(self) -> Listening:
        """The table of their ids."""
        return Listening(
            actions={
                buttons.REASSIGN: self.reassign,
                buttons.ACCEPT: self.accept,
                buttons.DECLINE: self.decline,
                buttons.TAKE_OVER: self.take_over,
            },
            views={buttons.REASSIGN_WINDOW: self.ask},
        )

    def reassign(self, ack: Ack, action: Json, body: Json) -> None:
        """To whom?"""
        ack()
        one, _ = self._presses.pressed(action, body)
        if not one.is_open:
            self._follow_ups.repair(one.number)
            self._follow_ups.refuse_change(one)
        view = forms.reassign_window(one, {"number": one.number, "token": one.token})
        if "view" in body and not is_home(body):
            self._slack.replies.change_window(body["view"]["id"], view)
        else:
            self._slack.replies.open_window(body["trigger_id"], view)

    def ask(self, ack: Ack, body: Json, view: Json) -> None:
        """Somebody was chosen: they are asked; whoever chose themselves has it."""
        about, by = json.loads(view["private_metadata"]), body["user"]["id"]
        to = values_of(view)[buttons.OWNER] or by

        def asked() -> FollowUp:
            one = self._follow_ups.pressed(about["number"], about.get("token", ""))
            self._slack.users.responsible(to)
            if to == by:
                return self._follow_ups.offers.take_over(one.number, by, is_there=self._is_there(one, by))
            return self._follow_ups.offers.offer(one.number, to, by)

        one = saved(ack, buttons.OWNER, asked, "that person")
        if one is None:
            return
        told = f"{one.id} is yours now." if to == by else forms.asked_words(one, to)
        ack(response_action="update", view=fit_window(said_window(one.id, told)))

    def accept(self, ack: Ack, action: Json, body: Json) -> None:
        """They take it."""
        one, _ = self._presses.pressed(action, body)
        accept = partial(self._follow_ups.offers.accept, one.number, is_there=self._is_there(one, body["user"]["id"]))
        self._presses.deed(ack, body, one.number, accept, self._detail)

    def decline(self, ack: Ack, action: Json, body: Json) -> None:
        """They do not."""
        one, _ = self._presses.pressed(action, body)
        decline = partial(self._follow_ups.offers.decline, one.number)
        self._presses.deed(ack, body, one.number, decline, self._detail)

    def take_over(self, ack: Ack, action: Json, body: Json) -> None:
        """Somebody takes what the channel was asked to take."""
        one, _ = self._presses.pressed(action, body)
        by = body["user"]["id"]
        self._slack.users.responsible(by)
        take = partial(self._follow_ups.offers.take_over, one.number, is_there=self._is_there(one, by))
        self._presses.deed(ack, body, one.number, take, self._detail)

    def _is_there(self, one: FollowUp, user: str) -> bool:
        """Whether *user* reads along where it comes back; where Slack does not say, they do."""
        if one.wanted.channel[0] in "D@":
            return True
        try:
            members = self._slack.channels.members(one.wanted.channel)
        except UserError:
            return True
        return members is None or user in members

    def _detail(self, one: FollowUp) -> Message:
        return blocks.detail_message(one, beside(one, self._follow_ups, self._slack))
