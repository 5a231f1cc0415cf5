"""Slack in: buttons, windows and the shortcut of follow-ups, each turned into one verb."""

import json
import logging
import re
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from slack_bolt import Ack

from bot.clock import Clock
from bot.errors import UserError
from bot.followups import blocks, forms
from bot.followups.form_filling import FollowUpForms, picked
from bot.followups.model import (
    FollowUp,
    NewFollowUp,
    Snooze,
    may_change,
    snoozed,
)
from bot.followups.service import FollowUps
from bot.followups.subcommands import beside
from bot.log import failure
from bot.slack.ack import acknowledged
from bot.slack.block_kit import Message
from bot.slack.context import SlackContext
from bot.slack.errors import NotDelivered
from bot.slack.limits import fit_window
from bot.slack.listening import Listening
from bot.slack.modals import said_window, saved, values_of
from bot.slack.text import plain, text_of
from bot.slack.threads import channel_of, thread_of
from bot.tactics.blocks import REMIND_ME
from bot.tactics.service import AnswerRef

logger = logging.getLogger(__name__)

_OLD = "This button is from an older version of me. `/toughcustomer follow-ups` shows what is open."
Json = dict[str, Any]


class CardNotes(Protocol):
    """What is known of an answer with cards, one of whose buttons was pressed."""

    def note(self, handle: AnswerRef, by: str) -> str:
        """What *by* may want to be reminded of."""


class FollowUpListeners:
    """All that is clicked, submitted or asked for by a shortcut, of follow-ups; *cards* knows what a card was for."""

    def __init__(
        self, follow_ups: FollowUps, slack: SlackContext, clock: Clock, forms: FollowUpForms, cards: CardNotes | None
    ) -> None:
        self._follow_ups = follow_ups
        self._cards = cards
        self._slack = slack
        self._users = slack.users
        self._channels = slack.channels
        self._replies = slack.replies
        self._clock = clock
        self._forms = forms

    def listening(self) -> Listening:
        """The table of all ids."""
        return Listening(
            actions={
                blocks.DONE: self.done,
                blocks.CANCEL: self.cancel,
                blocks.SNOOZE: self.snooze,
                blocks.SNOOZE_UNTIL: self.pick_a_time,
                blocks.REASSIGN: self.reassign,
                blocks.CHANGE: self.change,
                blocks.SHOW: self.show,
                blocks.MORE: self.more,
                REMIND_ME: self.remind_me,
                blocks.CHECK_IN: self.check_in,
            },
            choices={blocks.SNOOZE_FOR: self.snooze_for},
            views={
                blocks.SAVE_WINDOW: self.save,
                blocks.SNOOZE_WINDOW: self.snooze_until,
                blocks.REASSIGN_WINDOW: self.give,
            },
            shortcuts={blocks.FOLLOW_UP_ON_THIS: self.follow_up_on_this},
        )

    # buttons

    def done(self, ack: Ack, action: Json, body: Json) -> None:
        """It is done."""
        one, _ = self._pressed(action, body)
        self._deed(ack, body, one.number, partial(self._follow_ups.done, one.number), blocks.detail_message)

    def cancel(self, ack: Ack, action: Json, body: Json) -> None:
        """It ends before it was done."""
        one, _ = self._pressed(action, body)
        is_admin = self._acts_as_admin(one, body["user"]["id"])
        cancel = partial(self._follow_ups.cancel, one.number, is_admin=is_admin)
        self._deed(ack, body, one.number, cancel, blocks.detail_message)

    def snooze(self, ack: Ack, action: Json, body: Json) -> None:
        """Until when?"""
        one, occurrence = self._pressed(action, body)
        if one.is_open and one.occurrence == occurrence:
            ack()
            self._replies.respond(body["response_url"], blocks.snooze_choices(one), thread_ts=thread_of(body))
            return
        # says why not, and draws the old message anew
        later = snoozed(Snooze.HOUR, self._clock.now(), one.wanted.due.zone)
        snooze = partial(self._follow_ups.snooze, one.number, occurrence, later)
        self._deed(ack, body, one.number, snooze, blocks.detail_message)

    def snooze_for(self, ack: Ack, action: Json, body: Json) -> None:
        """So long."""
        one, occurrence = self._pressed(action, body)
        choice = Snooze[action["action_id"].removeprefix(blocks.SNOOZE_FOR)]
        until = snoozed(choice, self._clock.now(), self._zone_for(body["user"]["id"], one))
        snooze = partial(self._follow_ups.snooze, one.number, occurrence, until)
        self._deed(ack, body, one.number, snooze, blocks.snoozed_message)

    def more(self, ack: Ack, action: Json, body: Json) -> None:
        """The next page of a list."""
        ack()
        start, _, which = str(action.get("value")).partition(" ")
        is_public = not _is_private(body)
        found = self._follow_ups.listed(which, body["user"]["id"], body["channel"]["id"], in_public=is_public)
        begin = int(start) if start.isdigit() else 0
        self._show(body, blocks.list_message(which, found.items, begin, hidden=found.hidden))

    def show(self, ack: Ack, action: Json, body: Json) -> None:
        """One of a list."""
        ack()
        number = self._pressed(action, body)[0].number
        one = self._follow_ups.seen_by(number, body["user"]["id"], body["channel"]["id"])
        self._show(body, blocks.detail_message(one, beside(one, self._follow_ups, self._slack)))

    # what opens a window: within three seconds of the click, so nothing slow stands before it

    def remind_me(self, ack: Ack, action: Json, body: Json) -> None:
        """
        The form, from a card: with what its asker wrote, else the card's name.

        In an open channel it comes back directly, unless it was asked in a thread: a note on a customer is not for all.
        """
        ack()
        channel, thread_ts = channel_of(body), thread_of(body)
        facts = None if thread_ts else self._channels.facts(channel)
        is_open = facts is not None and not (facts.private and facts.is_known)
        text = self._cards.note(AnswerRef.decode(action["value"]), body["user"]["id"]) if self._cards else ""
        view = self._forms.filled_in(body["user"]["id"], text, "" if is_open else channel, thread_ts)
        self._replies.open_window(body["trigger_id"], view)

    def check_in(self, ack: Ack, action: Json, body: Json) -> None:
        """The form, from the summary of a case: to ask its customer in a few days how it goes."""
        ack()
        customer = str(action.get("value") or "").strip()
        view = self._forms.check_in(body["user"]["id"], customer, channel_of(body), thread_of(body))
        self._replies.open_window(body["trigger_id"], view)

    def follow_up_on_this(self, ack: Ack, shortcut: Json) -> None:
        """The form, with the words of a message."""
        ack()
        said = shortcut["message"]
        text = plain(text_of(said))
        thread_ts = said.get("thread_ts") or said["ts"]
        view = self._forms.filled_in(shortcut["user"]["id"], text, shortcut["channel"]["id"], thread_ts)
        self._replies.open_window(shortcut["trigger_id"], view)

    def change(self, ack: Ack, action: Json, body: Json) -> None:
        """The form, filled in."""
        ack()
        one, by = self._pressed(action, body)[0], body["user"]["id"]
        if not one.is_open or not may_change(one, by, is_admin=self._acts_as_admin(one, by)):
            self._follow_ups.refuse_change(one, by)
        wanted = one.wanted
        about = {"number": one.number, "token": one.token, "channel": wanted.channel, "thread_ts": wanted.thread_ts}
        if "view" not in body:
            about |= {"response_url": body.get("response_url", "")}
            about |= {"seen_in": channel_of(body), "in_public": not _is_private(body)}
        view = forms.save_window(
            wanted.due,
            owner=wanted.owner,
            channel=wanted.channel,
            customer=wanted.customer or "",
            text=wanted.text,
            about=about,
            title=f"Change {one.id}",
        )
        if "view" in body:
            self._replies.change_window(body["view"]["id"], view)
        else:
            self._replies.open_window(body["trigger_id"], view)

    def pick_a_time(self, ack: Ack, action: Json, body: Json) -> None:
        """A window for a time of one's own."""
        ack()
        one, occurrence = self._pressed(action, body)
        suggested = snoozed(Snooze.TOMORROW, self._clock.now(), self._zone_for(body["user"]["id"], one))
        about = {"number": one.number, "token": one.token, "occurrence": occurrence}
        about["response_url"] = body.get("response_url", "")
        self._replies.open_window(body["trigger_id"], forms.snooze_window(one, suggested, about))

    def reassign(self, ack: Ack, action: Json, body: Json) -> None:
        """To whom?"""
        ack()
        one, _ = self._pressed(action, body)
        if not one.is_open:
            self._follow_ups.repair(one.number)
            self._follow_ups.refuse_change(one, body["user"]["id"])
        about = {"number": one.number, "token": one.token}
        self._replies.open_window(body["trigger_id"], forms.reassign_window(one, about))

    # windows

    def save(self, ack: Ack, body: Json, view: Json) -> None:
        """The form was filled in."""
        about, values = json.loads(view["private_metadata"]), values_of(view)
        by = body["user"]["id"]
        filled_in = saved(ack, blocks.CHANNEL, partial(self._forms.read, about, values, by), "its owner")
        if filled_in is None:
            return
        wanted, why = filled_in
        field = blocks.DAY if wanted.text.strip() else blocks.TEXT
        one = saved(ack, field, partial(self._keep, view["id"], about, wanted, by), "its owner")
        if one is None:
            return
        said = beside(one, self._follow_ups, self._slack, why)
        ack(response_action="update", view=fit_window(forms.saved_window(one, said)))
        seen_in, in_public = about.get("seen_in", ""), bool(about.get("in_public"))
        echo = blocks.echo_message(one, said)
        echo = self._fit_to_be_seen(one, echo, seen_in, by, in_public=in_public)
        self._replace(about.get("response_url"), echo)

    def snooze_until(self, ack: Ack, body: Json, view: Json) -> None:
        """A time was picked."""
        about, by = json.loads(view["private_metadata"]), body["user"]["id"]
        until = picked(values_of(view), about["zone"])

        def snooze() -> FollowUp:
            number = self._follow_ups.pressed(about["number"], about.get("token", "")).number
            return self._follow_ups.snooze(number, about["occurrence"], until, by)

        one = saved(ack, blocks.DAY, snooze, "its owner")
        if one is None:
            return
        ack()
        self._replace(about.get("response_url"), blocks.snoozed_message(one))

    def give(self, ack: Ack, body: Json, view: Json) -> None:
        """Somebody else was chosen."""
        about, by = json.loads(view["private_metadata"]), body["user"]["id"]
        to = values_of(view)[blocks.OWNER] or by

        def reassigned() -> FollowUp:
            number = self._follow_ups.pressed(about["number"], about.get("token", "")).number
            self._users.responsible(to)
            members = self._channels.members(self._follow_ups.get(number).wanted.channel)
            return self._follow_ups.reassign(number, to, by, is_there=members is None or to in members)

        one = saved(ack, blocks.OWNER, reassigned, "its owner")
        if one is None:
            return
        told = "" if to == by else " I have told them."
        said = said_window(one.id, f"{one.id} is for <@{to}> now.{told}")
        ack(response_action="update", view=fit_window(said))

    # helpers

    def _keep(self, view_id: str, about: Json, wanted: NewFollowUp, by: str) -> FollowUp:
        if "number" not in about:
            return self._follow_ups.make(wanted, by, f"view:{view_id}")
        one = self._follow_ups.pressed(about["number"], about.get("token", ""))
        return self._follow_ups.change(one.number, wanted, by, is_admin=self._acts_as_admin(one, by))

    def _acts_as_admin(self, one: FollowUp, by: str) -> bool:
        """Whether *by* acts as an admin: Slack is asked only where nothing else allows it."""
        return not may_change(one, by, is_admin=False) and self._users.member(by).is_admin

    def _pressed(self, action: Json, body: Json) -> tuple[FollowUp, int]:
        """
        What was pressed, and on which of its reminders.

        Raises UserError where it is none of its buttons, or whoever pressed may not read it: it was moved since.
        """
        found = re.fullmatch(r"(\d{1,9}) (\d{1,9})(?: ([0-9a-f]+))?", action.get("value") or "")
        if not found:
            raise UserError(_OLD)
        one = self._follow_ups.pressed(int(found[1]), found[3] or "")
        self._follow_ups.seen_by(one.number, body["user"]["id"], channel_of(body))
        return one, int(found[2])

    def _zone_for(self, user: str, one: FollowUp) -> ZoneInfo:
        """The zone of whoever presses; that of the follow-up where Slack does not say now."""
        try:
            return self._users.member(user).zone or one.wanted.due.zone
        except UserError:
            return one.wanted.due.zone

    def _deed(
        self, ack: Ack, body: Json, number: int, do: Callable[..., FollowUp], draw: Callable[[FollowUp], Message]
    ) -> None:
        """Carry out *do*, by whoever pressed, and draw what they pressed anew; where it is refused, say why."""
        try:
            with acknowledged(ack):
                one = do(by=body["user"]["id"])
        except UserError as error:
            self._follow_ups.repair(number)
            if "view" in body:
                self._replies.change_window(body["view"]["id"], said_window(f"F{number}", str(error)))
                return
            raise
        self._draw_clicked(body, one, draw(one))

    def _draw_clicked(self, body: Json, one: FollowUp, drawn: Message) -> None:
        """After a deed: *drawn* in the place of what was clicked, where that is no reminder, which follows its row."""
        container = body.get("container", {})
        drawn = self._fit_to_be_seen(one, drawn, channel_of(body), body["user"]["id"], in_public=not _is_private(body))
        if "view" in body:
            self._replies.change_window(body["view"]["id"], said_window(one.id, drawn.text))
        elif not self._follow_ups.in_message(container.get("channel_id", ""), container.get("message_ts", "")):
            self._replies.respond(body["response_url"], drawn, replace=True)  # an echo or a list

    def _fit_to_be_seen(self, one: FollowUp, drawn: Message, channel: str, by: str, *, in_public: bool) -> Message:
        """*drawn*, or that it was moved, where not everybody who sees it may read it."""
        try:
            self._follow_ups.seen_by(one.number, by, channel, in_public=in_public)
        except UserError:
            return blocks.moved_message(one)
        return drawn

    def _show(self, body: Json, shown: Message) -> None:
        """In the place of what only the clicker sees; else for the clicker alone."""
        private = _is_private(body)
        thread_ts = None if private else thread_of(body)
        self._replies.respond(body["response_url"], shown, replace=private, thread_ts=thread_ts)

    def _replace(self, response_url: str | None, message: Message) -> None:
        """Redraw what was clicked half a minute ago, if that still can be done."""
        if not response_url:
            return
        try:
            self._replies.respond(response_url, message, replace=True)
        except NotDelivered as error:
            failure(logger, "a clicked message could not be redrawn", error)


def _is_private(body: Json) -> bool:
    """Whether what was clicked, and the answer in its place, is seen by the clicker alone."""
    return "view" in body or bool(body["container"].get("is_ephemeral")) or channel_of(body).startswith("D")
