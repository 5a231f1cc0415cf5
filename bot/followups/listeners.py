"""Slack in: buttons, windows and the shortcut of follow-ups, each turned into one verb."""

import json
import logging
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from slack_bolt import Ack

from bot.clock import Clock, instant
from bot.errors import UserError
from bot.followups import blocks, buttons, forms, reminder_blocks
from bot.followups.form_filling import FollowUpForms, picked
from bot.followups.model import (
    FollowUp,
    LocalTime,
    NewFollowUp,
    Snooze,
    may_change,
    snoozed,
)
from bot.followups.pressed import FollowUpPresses, is_private
from bot.followups.service import FollowUps
from bot.followups.subcommands import beside
from bot.slack.block_kit import Message
from bot.slack.context import SlackContext
from bot.slack.limits import fit_window
from bot.slack.listening import Listening
from bot.slack.modals import saved, values_of
from bot.slack.text import plain, text_of
from bot.slack.threads import channel_of, is_home, thread_of
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
        self._presses = FollowUpPresses(follow_ups, slack)
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
                buttons.DONE: self.done,
                buttons.CANCEL: self.cancel,
                buttons.SNOOZE: self.snooze,
                buttons.SNOOZE_UNTIL: self.pick_a_time,
                buttons.PAUSE: self.pause,
                buttons.RESUME: self.resume,
                buttons.KNOWS: self.told,
                buttons.KNOWS_NOT: self.told,
                buttons.CHANGE: self.change,
                buttons.SHOW: self.show,
                buttons.MORE: self.more,
                REMIND_ME: self.remind_me,
                buttons.CHECK_IN: self.check_in,
            },
            choices={buttons.SNOOZE_FOR: self.snooze_for},
            views={
                buttons.SAVE_WINDOW: self.save,
                buttons.SNOOZE_WINDOW: self.snooze_until,
            },
            shortcuts={buttons.FOLLOW_UP_ON_THIS: self.follow_up_on_this},
        )

    # buttons

    def done(self, ack: Ack, action: Json, body: Json) -> None:
        """It is done."""
        one, occurrence = self._presses.pressed(action, body)
        done = partial(self._follow_ups.done, one.number, occurrence=occurrence if one.series else None)
        self._presses.deed(ack, body, one.number, done, self._done)

    def cancel(self, ack: Ack, action: Json, body: Json) -> None:
        """It ends before it was done."""
        one, _ = self._presses.pressed(action, body)
        is_admin = self._presses.acts_as_admin(one, body["user"]["id"])
        cancel = partial(self._follow_ups.cancel, one.number, is_admin=is_admin)
        self._presses.deed(ack, body, one.number, cancel, self._detail)

    def pause(self, ack: Ack, action: Json, body: Json) -> None:
        """It does not come until somebody resumes it."""
        one, _ = self._presses.pressed(action, body)
        self._presses.deed(ack, body, one.number, partial(self._follow_ups.series.pause, one.number), self._detail)

    def resume(self, ack: Ack, action: Json, body: Json) -> None:
        """It comes again."""
        one, _ = self._presses.pressed(action, body)
        self._presses.deed(ack, body, one.number, partial(self._follow_ups.series.resume, one.number), self._detail)

    def snooze(self, ack: Ack, action: Json, body: Json) -> None:
        """Until when?"""
        one, occurrence = self._presses.pressed(action, body)
        if one.is_open and one.occurrence == occurrence:
            ack()
            self._follow_ups.check_snooze(one)
            if "view" in body:
                self._presses.show(body, reminder_blocks.snooze_choices(one))
            else:
                self._replies.respond(
                    body["response_url"], reminder_blocks.snooze_choices(one), thread_ts=thread_of(body)
                )
            return
        # says why not, and draws the old message anew
        later = snoozed(Snooze.HOUR, self._clock.now(), one.wanted.due.zone)
        snooze = partial(self._follow_ups.snooze, one.number, occurrence, later)
        self._presses.deed(ack, body, one.number, snooze, self._detail)

    def snooze_for(self, ack: Ack, action: Json, body: Json) -> None:
        """So long."""
        one, occurrence = self._presses.pressed(action, body)
        choice = Snooze[action["action_id"].removeprefix(buttons.SNOOZE_FOR)]
        until = snoozed(choice, self._clock.now(), self._zone_for(body["user"]["id"], one))
        if one.wanted.promise:
            ack()
            self._presses.show(body, reminder_blocks.told_question(one, until, self._clock.now()))
            return
        snooze = partial(self._follow_ups.snooze, one.number, occurrence, until)
        self._presses.deed(ack, body, one.number, snooze, reminder_blocks.snoozed_message)

    def told(self, ack: Ack, action: Json, body: Json) -> None:
        """A promise is put off, and the customer knows, or does not."""
        carried = json.loads(action["value"])
        one, occurrence = self._presses.pressed({"value": carried["of"]}, body)
        until = LocalTime.of(instant(carried["at"]), ZoneInfo(carried["zone"]))
        knows = action["action_id"] == buttons.KNOWS
        snooze = partial(self._follow_ups.snooze, one.number, occurrence, until, customer_knows=knows)
        drawn = reminder_blocks.snoozed_message if knows else reminder_blocks.not_told_message
        self._presses.deed(ack, body, one.number, snooze, drawn)

    def more(self, ack: Ack, action: Json, body: Json) -> None:
        """The next page of a list."""
        ack()
        start, _, which = str(action.get("value")).partition(" ")
        is_public = not is_private(body)
        found = self._follow_ups.listed(which, body["user"]["id"], body["channel"]["id"], in_public=is_public)
        begin = int(start) if start.isdigit() else 0
        self._presses.show(body, blocks.list_message(which, found.items, begin, hidden=found.hidden))

    def show(self, ack: Ack, action: Json, body: Json) -> None:
        """One of a list."""
        ack()
        number = self._presses.pressed(action, body)[0].number
        one = self._follow_ups.seen_by(number, body["user"]["id"], channel_of(body))
        self._presses.show(body, self._detail(one))

    def _detail(self, one: FollowUp) -> Message:
        return blocks.detail_message(one, beside(one, self._follow_ups, self._slack))

    def _done(self, one: FollowUp) -> Message:
        return blocks.done_message(one, beside(one, self._follow_ups, self._slack))

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
        one, by = self._presses.pressed(action, body)[0], body["user"]["id"]
        if not one.is_open or not may_change(one, by, is_admin=self._presses.acts_as_admin(one, by)):
            self._follow_ups.refuse_change(one)
        wanted = one.wanted
        about = {"number": one.number, "token": one.token, "channel": wanted.channel, "thread_ts": wanted.thread_ts}
        about |= {"occurrence": one.occurrence}
        if "view" not in body:
            about |= {"response_url": body.get("response_url", "")}
            about |= {"seen_in": channel_of(body), "in_public": not is_private(body)}
        view = forms.save_window(
            wanted.due,
            owner=wanted.owner,
            channel=wanted.channel,
            customer=wanted.customer or "",
            text=wanted.text,
            about=about,
            title=f"Change {one.id}",
            series=one.series,
        )
        if "view" in body and not is_home(body):
            self._replies.change_window(body["view"]["id"], view)
        else:
            self._replies.open_window(body["trigger_id"], view)

    def pick_a_time(self, ack: Ack, action: Json, body: Json) -> None:
        """A window for a time of one's own."""
        ack()
        one, occurrence = self._presses.pressed(action, body)
        suggested = snoozed(Snooze.TOMORROW, self._clock.now(), self._zone_for(body["user"]["id"], one))
        about = {"number": one.number, "token": one.token, "occurrence": occurrence}
        about["response_url"] = body.get("response_url", "")
        view = forms.snooze_window(one, suggested, about)
        if "view" in body and not is_home(body):
            self._replies.change_window(body["view"]["id"], view)
        else:
            self._replies.open_window(body["trigger_id"], view)

    # windows

    def save(self, ack: Ack, body: Json, view: Json) -> None:
        """The form was filled in."""
        about, values = json.loads(view["private_metadata"]), values_of(view)
        by = body["user"]["id"]
        filled_in = saved(ack, buttons.CHANNEL, partial(self._forms.read, about, values, by), "its owner")
        if filled_in is None:
            return
        wanted, why = filled_in
        about |= {"scope": values.get(buttons.SCOPE)}
        field = buttons.DAY if wanted.text.strip() else buttons.TEXT
        one = saved(ack, field, partial(self._keep, view["id"], about, wanted, by), "its owner")
        if one is None:
            return
        said = beside(one, self._follow_ups, self._slack, why)
        ack(response_action="update", view=fit_window(forms.saved_window(one, said)))
        seen_in, in_public = about.get("seen_in", ""), bool(about.get("in_public"))
        echo = blocks.echo_message(one, said)
        echo = self._presses.fit_to_be_seen(one, echo, seen_in, by, in_public=in_public)
        self._presses.replace(about.get("response_url"), echo)

    def snooze_until(self, ack: Ack, body: Json, view: Json) -> None:
        """A time was picked."""
        about, by = json.loads(view["private_metadata"]), body["user"]["id"]
        until = picked(values_of(view), about["zone"])

        def snooze() -> FollowUp:
            number = self._follow_ups.pressed(about["number"], about.get("token", "")).number
            told = values_of(view).get(buttons.TOLD)
            knows = None if told is None else told == buttons.YES
            return self._follow_ups.snooze(number, about["occurrence"], until, by, customer_knows=knows)

        one = saved(ack, buttons.DAY, snooze, "its owner")
        if one is None:
            return
        ack()
        self._presses.replace(about.get("response_url"), reminder_blocks.snoozed_message(one))

    # helpers

    def _keep(self, view_id: str, about: Json, wanted: NewFollowUp, by: str) -> FollowUp:
        if "number" not in about:
            return self._follow_ups.make(wanted, by, f"view:{view_id}")
        one = self._follow_ups.pressed(about["number"], about.get("token", ""))
        this_one = about.get("scope") == buttons.THIS_ONE
        is_admin = self._presses.acts_as_admin(one, by)
        seen = about.get("occurrence")
        return self._follow_ups.change(one.number, wanted, by, is_admin=is_admin, this_one=this_one, occurrence=seen)

    def _zone_for(self, user: str, one: FollowUp) -> ZoneInfo:
        """The zone of whoever presses; that of the follow-up where Slack does not say now."""
        try:
            return self._users.member(user).zone or one.wanted.due.zone
        except UserError:
            return one.wanted.due.zone
