"""Slack in: buttons, windows and the shortcut of follow-ups, each turned into one verb."""

import json
import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt import Ack, App

from bot.errors import StorageUnavailable, UserError
from bot.followups import blocks
from bot.followups.model import FollowUp, LocalTime, NewFollowUp, Snooze, may_change, snoozed
from bot.followups.service import FollowUps
from bot.followups.subcommands import Slack
from bot.log import failure
from bot.slack.errors import NotDelivered, explanation
from bot.slack.message import Message, plain, sentence, text_of
from bot.slack.modals import values_of, without_markup
from bot.slack.replies import Replies
from bot.slack.threads import thread_of
from bot.tactics.blocks import REMIND_ME

_REMEMBERED_WINDOWS = 1_000
logger = logging.getLogger(__name__)

_OLD = "This button is from an older version of me. `/toughcustomer follow-ups` shows what is open."


def register(app: App, follow_ups: FollowUps, slack: Slack) -> None:
    """Listen for all clicks, windows and shortcuts of this feature."""
    screen = _Screen(follow_ups, slack)
    _register_buttons(app, follow_ups, slack, screen)
    _register_openers(app, follow_ups, slack, screen)
    _register_windows(app, follow_ups, slack, screen)


class _Screen:
    """Draws anew what people see of a follow-up, from the database."""

    def __init__(self, follow_ups: FollowUps, slack: Slack) -> None:
        self._follow_ups = follow_ups
        self._outgoing = slack.outgoing

    def after(self, body: dict[str, Any], one: FollowUp, drawn: Message) -> None:
        """After a deed: the reminder itself, and *drawn* in the place of whatever else was clicked."""
        self.redraw(one)
        container = body.get("container", {})
        if (container.get("channel_id"), container.get("message_ts")) in self._follow_ups.messages(one):
            return
        if "view" in body:
            self._outgoing.change_window(body["view"]["id"], blocks.said_window(one.id, drawn.text))
        elif self._is_ours_alone(container):
            self._outgoing.respond(body["response_url"], drawn, replace=True)
        else:
            self.at(container["channel_id"], container["message_ts"])

    def redraw(self, one: FollowUp) -> None:
        """The reminders of *one*, if there are any."""
        for channel, ts in self._follow_ups.messages(one):
            self.at(channel, ts)

    def at(self, channel: str, ts: str) -> None:
        """The reminders that the message at *ts* carries."""
        if carried := self._follow_ups.in_message(channel, ts):
            try:
                self._outgoing.update(channel, ts, blocks.reminders_message(carried))
            except NotDelivered as error:  # what was done is done; the old look is answered when it is clicked
                failure(logger, f"{carried[0].id} could not be redrawn", error)

    def _is_ours_alone(self, container: dict[str, Any]) -> bool:
        """Not a reminder, but an echo or a list."""
        return not self._follow_ups.in_message(container.get("channel_id", ""), container.get("message_ts", ""))


def _handle(action: dict[str, Any]) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+) (\d+)", action.get("value") or "")
    if not found:
        raise UserError(_OLD)
    return int(found[1]), int(found[2])


def _register_buttons(app: App, follow_ups: FollowUps, slack: Slack, screen: _Screen) -> None:
    def deed(
        body: dict[str, Any], number: int, do: Callable[[str], FollowUp], draw: Callable[[FollowUp], Message]
    ) -> None:
        try:
            one = do(body["user"]["id"])
        except UserError as error:
            screen.redraw(follow_ups.get(number))
            if "view" in body:
                slack.outgoing.change_window(body["view"]["id"], blocks.said_window(f"F{number}", str(error)))
                return
            raise
        screen.after(body, one, draw(one))

    @app.action(blocks.DONE)
    def done(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        number, _ = _handle(action)
        deed(body, number, lambda by: follow_ups.done(number, by), blocks.detail_message)

    @app.action(blocks.CANCEL)
    def cancel(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        number, _ = _handle(action)
        admin = slack.people.member(body["user"]["id"]).is_admin
        deed(body, number, lambda by: follow_ups.cancel(number, by, is_admin=admin), blocks.detail_message)

    @app.action(blocks.SNOOZE)
    def snooze(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        number, occurrence = _handle(action)
        one = follow_ups.get(number)
        if not one.is_open or one.occurrence != occurrence:
            # says why not, and draws the old message anew
            later = snoozed(Snooze.HOUR, slack.clock.now(), one.wanted.due.zone)
            deed(body, number, lambda by: follow_ups.snooze(number, occurrence, later, by), blocks.detail_message)
            return
        slack.outgoing.respond(body["response_url"], blocks.snooze_choices(one), thread_ts=thread_of(body))

    @app.action(re.compile(f"^{re.escape(blocks.SNOOZE_FOR)}"))
    def snooze_for(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        number, occurrence = _handle(action)
        choice = Snooze[action["action_id"].removeprefix(blocks.SNOOZE_FOR)]
        until = snoozed(choice, slack.clock.now(), _zone_for(slack, body["user"]["id"], follow_ups.get(number)))
        deed(body, number, lambda by: follow_ups.snooze(number, occurrence, until, by), _snoozed_sentence)

    @app.action(blocks.MORE)
    def more(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        start, _, which = str(action.get("value")).partition(" ")
        channel, container = body["channel"]["id"], body["container"]
        private = bool(container.get("is_ephemeral")) or channel.startswith("D")
        found = follow_ups.listed(which, body["user"]["id"], channel)
        page = blocks.list_message(which, found, int(start) if start.isdigit() else 0)
        slack.outgoing.respond(
            body["response_url"], page, replace=private, thread_ts=None if private else thread_of(body)
        )

    @app.action(blocks.SHOW)
    def show(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        number, _ = _handle(action)
        one = follow_ups.seen_by(number, body["user"]["id"], body["channel"]["id"])
        private = bool(body["container"].get("is_ephemeral")) or body["channel"]["id"].startswith("D")
        slack.outgoing.respond(
            body["response_url"],
            blocks.detail_message(one),
            replace=private,
            thread_ts=None if private else thread_of(body),
        )


def _snoozed_sentence(one: FollowUp) -> Message:
    return sentence(f"{one.id} comes again on {one.wanted.due}.")


def _zone_for(slack: Slack, user: str, one: FollowUp) -> ZoneInfo:
    """The zone of whoever presses; that of the follow-up where Slack does not say now."""
    try:
        return slack.people.member(user).zone or one.wanted.due.zone
    except UserError:
        return one.wanted.due.zone


def _register_openers(app: App, follow_ups: FollowUps, slack: Slack, screen: _Screen) -> None:
    """What opens a window: within three seconds of the click, so nothing slow stands before it."""

    def open_form(body: dict[str, Any], *, text: str, channel: str, thread_ts: str | None) -> None:
        user = body["user"]["id"]
        due = snoozed(Snooze.TOMORROW, slack.clock.now(), slack.people.zone(user))
        about = {"channel": channel, "thread_ts": thread_ts}
        view = blocks.save_window(due, owner=user, channel=channel, text=text, about=about)
        slack.outgoing.open_window(body["trigger_id"], view)

    @app.action(REMIND_ME)
    def remind_me(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        open_form(body, text="", channel=body["channel"]["id"], thread_ts=thread_of(body))

    @app.shortcut(blocks.FOLLOW_UP_ON_THIS)
    def follow_up_on_this(ack: Ack, shortcut: dict[str, Any]) -> None:
        ack()
        said = shortcut["message"]
        text = " ".join(plain(text_of(said)).split())
        thread_ts = said.get("thread_ts") or said["ts"]
        open_form(shortcut, text=text[:300], channel=shortcut["channel"]["id"], thread_ts=thread_ts)

    @app.action(blocks.CHANGE)
    def change(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        number, _ = _handle(action)
        one, by = follow_ups.get(number), body["user"]["id"]
        if not one.is_open or not may_change(one, by, is_admin=slack.people.member(by).is_admin):
            follow_ups.refuse_change(one, by)
        wanted = one.wanted
        about = {"number": number, "channel": wanted.channel, "thread_ts": wanted.thread_ts}
        if "view" not in body:
            about |= {"response_url": body.get("response_url", "")}
        view = blocks.save_window(
            wanted.due,
            owner=wanted.owner,
            channel=wanted.channel,
            customer=wanted.customer or "",
            text=wanted.text,
            about=about,
            title=f"Change {one.id}",
        )
        if "view" in body:
            slack.outgoing.change_window(body["view"]["id"], view)
        else:
            slack.outgoing.open_window(body["trigger_id"], view)

    @app.action(blocks.SNOOZE_UNTIL)
    def pick_a_time(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        number, occurrence = _handle(action)
        one = follow_ups.get(number)
        suggested = snoozed(Snooze.TOMORROW, slack.clock.now(), _zone_for(slack, body["user"]["id"], one))
        about = {"number": number, "occurrence": occurrence, "response_url": body.get("response_url", "")}
        slack.outgoing.open_window(body["trigger_id"], blocks.snooze_window(one, suggested, about))

    @app.action(blocks.REASSIGN)
    def reassign(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        number, _ = _handle(action)
        one = follow_ups.get(number)
        if not one.is_open:
            screen.redraw(one)
            follow_ups.refuse_change(one, body["user"]["id"])
        slack.outgoing.open_window(body["trigger_id"], blocks.reassign_window(one, {"number": number}))


def _register_windows(app: App, follow_ups: FollowUps, slack: Slack, screen: _Screen) -> None:
    def answered(ack: Ack, field: str, work: Callable[[], FollowUp]) -> FollowUp | None:
        """Carry out *work*; where it cannot be done, say so at *field* and leave the window open."""
        try:
            return work()
        except UserError as error:
            ack(response_action="errors", errors={field: without_markup(str(error), "its owner")})
        except StorageUnavailable as error:
            said = explanation(error, failure(logger, "a window could not be saved", error))
            ack(response_action="errors", errors={field: said})
        return None

    made = _Made(follow_ups)

    @app.view(blocks.SAVE_WINDOW)
    def save(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        about, by = json.loads(view["private_metadata"]), body["user"]["id"]
        values = values_of(view)
        try:
            channel = slack.places.to_post_in(values[blocks.CHANNEL] or about["channel"])
        except UserError as error:
            ack(response_action="errors", errors={blocks.CHANNEL: without_markup(str(error), "its owner")})
            return
        same = channel.id == about["channel"]
        wanted = NewFollowUp(
            text=values[blocks.TEXT] or "",
            owner=values[blocks.OWNER] or by,
            due=_picked(values, about["zone"]),
            channel=channel.id,
            customer=(values[blocks.CUSTOMER] or "").strip() or None,
            thread_ts=about.get("thread_ts") if same else None,
            private=channel.private,
        )

        def work() -> FollowUp:
            if "number" not in about:
                return made.once(view["id"], lambda: follow_ups.make(wanted, by))
            admin = slack.people.member(by).is_admin
            return follow_ups.change(about["number"], wanted, by, is_admin=admin)

        field = blocks.DAY if wanted.text.strip() else blocks.TEXT
        one = answered(ack, field, work)
        if one is None:
            return
        ack(response_action="update", view=blocks.saved_window(one))
        screen.redraw(one)
        if url := about.get("response_url"):
            _replace(slack.outgoing, url, blocks.echo_message(one))

    @app.view(blocks.SNOOZE_WINDOW)
    def snooze(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        about, by = json.loads(view["private_metadata"]), body["user"]["id"]
        until = _picked(values_of(view), about["zone"])
        one = answered(ack, blocks.DAY, lambda: follow_ups.snooze(about["number"], about["occurrence"], until, by))
        if one is None:
            return
        ack()
        screen.redraw(one)
        if url := about.get("response_url"):
            _replace(slack.outgoing, url, _snoozed_sentence(one))

    @app.view(blocks.REASSIGN_WINDOW)
    def reassign(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        about, by = json.loads(view["private_metadata"]), body["user"]["id"]
        to = values_of(view)[blocks.OWNER] or by

        def give() -> FollowUp:
            slack.people.responsible(to)
            return follow_ups.reassign(about["number"], to, by)

        one = answered(ack, blocks.OWNER, give)
        if one is None:
            return
        told = "" if to == by else " I have told them."
        ack(response_action="update", view=blocks.said_window(one.id, f"{one.id} is for <@{to}> now.{told}"))
        screen.redraw(one)


class _Made:
    """What was made of which window: Slack lets people press Save again when an answer took too long."""

    def __init__(self, follow_ups: FollowUps) -> None:
        self._follow_ups = follow_ups
        self._numbers: OrderedDict[str, int] = OrderedDict()
        self._turn = threading.Lock()

    def once(self, view_id: str, make: Callable[[], FollowUp]) -> FollowUp:
        """What *make* makes, or made of that window before."""
        with self._turn:
            if view_id in self._numbers:
                return self._follow_ups.get(self._numbers[view_id])
            one = make()
            self._numbers[view_id] = one.number
            if len(self._numbers) > _REMEMBERED_WINDOWS:
                self._numbers.popitem(last=False)
            return one


def _replace(outgoing: Replies, response_url: str, message: Message) -> None:
    """Redraw what was clicked half a minute ago, if that still can be done."""
    try:
        outgoing.respond(response_url, message, replace=True)
    except NotDelivered as error:
        failure(logger, "a clicked message could not be redrawn", error)


def _picked(values: dict[str, str | None], zone: str) -> LocalTime:
    wall = datetime.fromisoformat(f"{values[blocks.DAY]}T{values[blocks.TIME]}")
    return LocalTime.local(wall, ZoneInfo(zone))
