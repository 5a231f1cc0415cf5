"""Slack in: what is said in watched threads, clicks, windows and the shortcut, each turned into one verb."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt import Ack

from bot.clock import Clock
from bot.errors import UserError
from bot.escalations import blocks
from bot.escalations import settings_modal as settings
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.intake import Intake
from bot.escalations.model import Case, NotNeeded
from bot.escalations.service import Escalations
from bot.escalations.settings_modal import SettingsModal
from bot.slack.block_kit import Message
from bot.slack.context import SlackContext
from bot.slack.inbox import Inbox
from bot.slack.listening import Listening
from bot.slack.modals import values_of, without_markup
from bot.slack.text import plain, text_of
from bot.slack.threads import thread_of
from bot.tactics.blocks import ESCALATE

Json = dict[str, Any]
Begin = Callable[[str | None, str, str, str | None, str], Case]

_OLD = "This button is from an older version of me. `/toughcustomer escalations` shows what is open."


class ThreadListener:
    """Listens to messages in escalation channels and in watched threads."""

    def __init__(self, intake: Intake, bot_user_id: str) -> None:
        self._intake = intake
        self._bot_user_id = bot_user_id

    def register(self, inbox: Inbox) -> None:
        """Listen to messages. Reading one twice changes nothing."""
        inbox.on("message", self.read, wanted=self.is_wanted, repeatable=True)

    def is_wanted(self, event: Json) -> bool:
        """Whether the event is to be kept: it is of a watched thread, or may begin one."""
        if event.get("channel_type") not in ("channel", "group", None) or str(event.get("channel", "D"))[0] == "D":
            return False
        said = event.get("message") or event.get("previous_message") or event
        return self._intake.is_watched(event["channel"], said.get("thread_ts") or said.get("ts"))

    def read(self, event: Json, team_id: str) -> None:
        """Take in a message, its change or its end."""
        kind = event.get("subtype")
        if kind == "message_deleted":
            self._intake.deleted(event["channel"], event["deleted_ts"])
            return
        said = event["message"] if kind == "message_changed" else event
        if said.get("subtype") == "tombstone":  # what is left of a deleted message that has replies
            self._intake.deleted(event["channel"], said["ts"])
            return
        is_spoken = said.get("subtype") in (None, "file_share", "thread_broadcast", "bot_message")
        if not is_spoken or said.get("user") == self._bot_user_id:
            return
        is_bot = bool(said.get("bot_id") or said.get("subtype") == "bot_message")
        outside = said.get("user_team") not in (None, team_id)
        role = Role.BOT if is_bot else Role.CUSTOMER if outside else Role.REP
        thread_ts = said.get("thread_ts") if said.get("thread_ts") != said["ts"] else None
        if is_bot and thread_ts is None:
            return  # only people begin a thread
        one = Utterance(said.get("user") or said.get("bot_id") or "", role, plain(text_of(said)))
        self._intake.said(event["channel"], thread_ts, said["ts"], one)


class CaseListeners:
    """All that is clicked, submitted or asked for by a shortcut, of cases. *begin* begins one for a person."""

    def __init__(
        self, escalations: Escalations, begin: Begin, settings_modal: SettingsModal, slack: SlackContext, clock: Clock
    ) -> None:
        self._escalations = escalations
        self._begin = begin
        self._settings = settings_modal
        self._users = slack.users
        self._replies = slack.replies
        self._clock = clock

    def listening(self) -> Listening:
        """The table of all ids."""
        return Listening(
            actions={
                blocks.HAVE_IT: self.have_it,
                blocks.PASS_ON: self.pass_on,
                blocks.NOT_NEEDED: self.not_needed,
                blocks.PAGE_NOW: self.page_now,
                blocks.ASK_TO_BE_ADDED: self.ask_to_be_added,
                blocks.RESOLVE: self.resolve,
                blocks.PICK_TIME: self.pick_time,
                ESCALATE: self.escalate,
            },
            choices={blocks.UNTIL: self.until, blocks.NOT_NEEDED_FOR: self.not_needed_for},
            views={
                blocks.ESCALATE_WINDOW: self.escalated,
                blocks.RESOLVE_WINDOW: self.resolved,
                blocks.TIME_WINDOW: self.time_picked,
                settings.WINDOW: self.settings_saved,
            },
            shortcuts={blocks.ESCALATE_THIS: self.escalate_this},
        )

    # buttons

    def have_it(self, ack: Ack, action: Json, body: Json) -> None:
        """Somebody takes it."""
        ack()
        by = body["user"]["id"]
        self._deed(action, partial(self._escalations.acknowledge, by=by, is_admin=self._is_admin(by)))

    def until(self, ack: Ack, action: Json, body: Json) -> None:
        """Until then."""
        ack()
        by, now = body["user"]["id"], self._clock.now()
        spans = {"QUARTER": timedelta(minutes=15), "HOUR": timedelta(hours=1)}
        span = spans.get(action["action_id"].removeprefix(blocks.UNTIL))
        ends = now + span if span else _today(now, self._zone(by))
        self._deed(action, partial(self._escalations.acknowledge, by=by, is_admin=self._is_admin(by), until=ends))

    def pass_on(self, ack: Ack, action: Json, body: Json) -> None:
        """The next step, at once."""
        ack()
        by = body["user"]["id"]
        self._deed(action, partial(self._escalations.pass_on, by=by, is_admin=self._is_admin(by)))

    def not_needed(self, ack: Ack, action: Json, body: Json) -> None:
        """Why not?"""
        ack()
        case = self._checked(action, body["user"]["id"])
        self._replies.respond(body["response_url"], blocks.why_not_message(case), thread_ts=thread_of(body))

    def not_needed_for(self, ack: Ack, action: Json, body: Json) -> None:
        """That is why."""
        ack()
        by, number = body["user"]["id"], _number(action)
        why = NotNeeded[action["action_id"].removeprefix(blocks.NOT_NEEDED_FOR)]
        self._deed(action, partial(self._escalations.not_needed, why=str(why), by=by, is_admin=self._is_admin(by)))
        said = Message(f"E{number} was not needed ({why}). Nobody is asked any more.")
        self._replies.respond(body["response_url"], said, replace=True)

    def page_now(self, ack: Ack, action: Json, body: Json) -> None:
        """Without waiting for working hours."""
        ack()
        self._deed(action, partial(self._escalations.page_now, by=body["user"]["id"]))

    def ask_to_be_added(self, ack: Ack, action: Json, body: Json) -> None:
        """To the private channel."""
        ack()
        self._escalations.ask_to_be_added(_number(action), body["user"]["id"])
        self._replies.respond(body["response_url"], Message("I have asked in the thread that you be added."))

    # what opens a window

    def resolve(self, ack: Ack, action: Json, body: Json) -> None:
        """How did it end?"""
        ack()
        case = self._checked(action, body["user"]["id"])
        self._replies.open_window(body["trigger_id"], blocks.resolve_window(case))

    def pick_time(self, ack: Ack, action: Json, body: Json) -> None:
        """A time of one's own."""
        ack()
        by = body["user"]["id"]
        case, zone = self._checked(action, by), self._zone(by)
        suggested = (self._clock.now() + timedelta(hours=2)).astimezone(zone)
        self._replies.open_window(body["trigger_id"], blocks.time_window(case, suggested, zone))

    def escalate(self, ack: Ack, body: Json) -> None:
        """From a card."""
        ack()
        about = {"channel": body["channel"]["id"], "thread_ts": thread_of(body)}
        self._replies.open_window(body["trigger_id"], blocks.escalate_window("", about))

    def escalate_this(self, ack: Ack, shortcut: Json) -> None:
        """From a message."""
        ack()
        said = shortcut["message"]
        about = {"channel": shortcut["channel"]["id"], "thread_ts": said.get("thread_ts") or said["ts"]}
        self._replies.open_window(shortcut["trigger_id"], blocks.escalate_window(plain(text_of(said)), about))

    # windows

    def escalated(self, ack: Ack, body: Json, view: Json) -> None:
        """The form was filled in."""
        about, values = json.loads(view["private_metadata"]), values_of(view)
        customer, said = str(values[blocks.CUSTOMER] or "").strip(), str(values[blocks.TEXT] or "").strip()
        try:
            if not customer:
                raise UserError("Which customer is it?")
            self._begin(customer, said, about["channel"], about.get("thread_ts"), body["user"]["id"])
        except UserError as error:
            ack(response_action="errors", errors={blocks.CUSTOMER: without_markup(str(error))})
            return
        ack()

    def resolved(self, ack: Ack, body: Json, view: Json) -> None:
        """It ended so."""
        about, values, by = json.loads(view["private_metadata"]), values_of(view), body["user"]["id"]
        outcome, cause = str(values[blocks.OUTCOME]), str(values[blocks.CAUSE])
        try:
            self._escalations.resolve(about["number"], outcome, cause, by, is_admin=self._is_admin(by))
        except UserError as error:
            ack(response_action="errors", errors={blocks.OUTCOME: without_markup(str(error))})
            return
        ack()

    def time_picked(self, ack: Ack, body: Json, view: Json) -> None:
        """Until that time."""
        about, values, by = json.loads(view["private_metadata"]), values_of(view), body["user"]["id"]
        wall = datetime.fromisoformat(f"{values[blocks.DAY]}T{values[blocks.TIME]}")
        ends = wall.replace(tzinfo=ZoneInfo(about["zone"])).astimezone(UTC)
        try:
            self._escalations.acknowledge(about["number"], by, is_admin=self._is_admin(by), until=ends)
        except UserError as error:
            ack(response_action="errors", errors={blocks.DAY: without_markup(str(error))})
            return
        ack()

    def settings_saved(self, ack: Ack, body: Json, view: Json) -> None:
        """An admin has set them."""
        errors = self._settings.save(body["user"]["id"], view)
        if errors:
            ack(response_action="errors", errors=errors)
        else:
            ack()

    # helpers

    def _deed(self, action: Json, do: Callable[..., Case]) -> None:
        """Carry out *do*; where it is refused, the message that was pressed is drawn anew all the same."""
        number = _number(action)
        try:
            do(number)
        except UserError:
            self._escalations.repair(number)
            raise

    def _checked(self, action: Json, by: str) -> Case:
        return self._escalations.check(_number(action), by, is_admin=self._is_admin(by))

    def _is_admin(self, user: str) -> bool:
        return self._users.member(user).is_admin

    def _zone(self, user: str) -> ZoneInfo:
        return self._users.member(user).zone or ZoneInfo("UTC")


def _number(action: Json) -> int:
    value = str(action.get("value") or "")
    if not re.fullmatch(r"\d{1,9}", value):
        raise UserError(_OLD)
    return int(value)


def _today(now: datetime, zone: ZoneInfo) -> datetime:
    """The end of the working day, or an hour from now if that is over."""
    local = now.astimezone(zone)
    evening = datetime.combine(local.date(), time(18), zone).astimezone(UTC)
    return evening if evening > now else now + timedelta(hours=1)
