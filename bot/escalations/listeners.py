"""Slack in: what is said in watched threads, clicks, windows and the shortcut, each turned into one verb."""

import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt import Ack

from bot.clock import Clock
from bot.commands.answers import Answers
from bot.errors import UserError
from bot.escalations import blocks
from bot.escalations import settings_modal as settings
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.intake import Intake
from bot.escalations.model import Case, NotNeeded
from bot.escalations.service import Escalations
from bot.escalations.settings_modal import SettingsModal
from bot.escalations.subcommands import check_customer
from bot.log import failure
from bot.slack.ack import acknowledged
from bot.slack.block_kit import Message, sentence
from bot.slack.context import SlackContext
from bot.slack.errors import NotDelivered
from bot.slack.inbox import Inbox
from bot.slack.limits import fit_window
from bot.slack.listening import Listening
from bot.slack.modals import said_window, saved, values_of
from bot.slack.text import plain, quote, text_of
from bot.slack.threads import thread_of
from bot.tactics.blocks import ESCALATE

Json = dict[str, Any]
Begin = Callable[[str | None, str, str, str | None, str, str], Case]
logger = logging.getLogger(__name__)
_OLD = "This button is from an older version of me. `/toughcustomer escalations` shows what is open."


class ThreadListener:
    """Listens to messages in escalation channels and in watched threads."""

    def __init__(self, intake: Intake, slack: SlackContext) -> None:
        self._intake = intake
        self._slack = slack

    def register(self, inbox: Inbox) -> None:
        """Listen to messages. Reading one twice changes nothing."""
        inbox.on("message", self.read, wanted=self.is_wanted, read_only=True)

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
            before = event.get("previous_message") or {}
            self._intake.deleted(event["channel"], _thread(before), event["deleted_ts"])
            return
        said = event["message"] if kind == "message_changed" else event
        if said.get("subtype") == "tombstone":  # what is left of a deleted message that has replies
            self._intake.deleted(event["channel"], _thread(said), said["ts"])
            return
        is_spoken = said.get("subtype") in (None, "file_share", "thread_broadcast", "bot_message")
        if not is_spoken or said.get("user") == self._slack.bot_user_id:
            return
        is_bot = bool(said.get("bot_id") or said.get("subtype") == "bot_message")
        role = Role.BOT if is_bot else Role.CUSTOMER if self._is_outside(event["channel"], said, team_id) else Role.REP
        thread_ts = _thread(said)
        if is_bot and thread_ts is None:
            return  # only people begin a thread
        one = Utterance(said.get("user") or said.get("bot_id") or "", role, plain(text_of(said)), said["ts"])
        version = str((said.get("edited") or {}).get("ts") or said["ts"])
        self._intake.said(event["channel"], thread_ts, one, version)

    def _is_outside(self, channel: str, said: Json, team_id: str) -> bool:
        """Whether somebody of another organisation said it; Slack may name our team all the same."""
        if said.get("user_team") not in (None, team_id):
            return True
        return self._slack.channels.facts(channel).shared and not self._slack.users.is_ours(said["user"])


def _thread(said: Json) -> str | None:
    """The thread that a message is a reply in; None for one in the channel."""
    thread_ts = said.get("thread_ts")
    return str(thread_ts) if thread_ts and thread_ts != said.get("ts") else None


class WindowOrders:
    """Carries out what a window asked for: once, and with the answer in the window, or directly where it is closed."""

    def __init__(self, begin: Begin, answers: Answers, slack: SlackContext, clock: Clock) -> None:
        self._begin = begin
        self._answers = answers
        self._replies = slack.replies
        self._clock = clock

    def register(self, inbox: Inbox) -> None:
        """Listen to what is kept in the inbox."""
        inbox.on(blocks.ESCALATE_WINDOW, self.escalate)

    def escalate(self, order: Json, team_id: str) -> None:
        """Page, and say so."""
        cause = f"view:{order['view']}"
        try:
            case = self._begin(
                order["customer"], order["said"], order["channel"], order.get("thread_ts"), order["by"], cause
            )
            said = blocks.begun_message(case)
        except UserError as error:
            said = sentence(str(error))
        try:
            self._replies.change_window(order["view"], said_window("Escalate", said.text))
        except NotDelivered as error:
            failure(logger, "a window could not be drawn anew; its answer goes directly", error)
            now = self._clock.now()
            self._answers.post(f"@{order['by']}", said, None, cause=cause, said_at=now, to=order["by"])


class CaseListeners:
    """All that is clicked, submitted or asked for by a shortcut, of cases. *orders* keeps what a window asks for."""

    def __init__(
        self, escalations: Escalations, orders: Inbox, settings_modal: SettingsModal, slack: SlackContext, clock: Clock
    ) -> None:
        self._escalations = escalations
        self._orders = orders
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
        with acknowledged(ack):
            self._deed(action, partial(self._escalations.acknowledge, by=body["user"]["id"]))

    def until(self, ack: Ack, action: Json, body: Json) -> None:
        """Until then."""
        with acknowledged(ack):
            by, now = body["user"]["id"], self._clock.now()
            spans = {"QUARTER": timedelta(minutes=15), "HOUR": timedelta(hours=1)}
            span = spans.get(action["action_id"].removeprefix(blocks.UNTIL))
            ends = now + span if span else _today(now, self._zone(by))
            self._deed(action, partial(self._escalations.acknowledge, by=by, until=ends))

    def pass_on(self, ack: Ack, action: Json, body: Json) -> None:
        """The next step, at once."""
        with acknowledged(ack):
            self._deed(action, partial(self._escalations.pass_on, by=body["user"]["id"]))

    def not_needed(self, ack: Ack, action: Json, body: Json) -> None:
        """Why not?"""
        ack()
        case = self._checked(action, body["user"]["id"])
        self._replies.respond(body["response_url"], blocks.why_not_message(case), thread_ts=thread_of(body))

    def not_needed_for(self, ack: Ack, action: Json, body: Json) -> None:
        """That is why."""
        why = NotNeeded[action["action_id"].removeprefix(blocks.NOT_NEEDED_FOR)]
        with acknowledged(ack):
            case = self._deed(action, partial(self._escalations.not_needed, why=str(why), by=body["user"]["id"]))
        said = Message(f"{case.id} was not needed ({why}). Nobody is asked any more.")
        self._replies.respond(body["response_url"], said, replace=True)

    def page_now(self, ack: Ack, action: Json, body: Json) -> None:
        """Without waiting for working hours."""
        with acknowledged(ack):
            self._deed(action, partial(self._escalations.page_now, by=body["user"]["id"]))

    def ask_to_be_added(self, ack: Ack, action: Json, body: Json) -> None:
        """To the private channel."""
        with acknowledged(ack):
            self._escalations.ask_to_be_added(self._pressed(action), body["user"]["id"])
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
        case, zone = self._checked(action, by), self._zone(by) or self._users.zone(by)
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
        """
        The form was filled in: it is kept, acknowledged, and then carried out.

        What is kept is done once, however often it is submitted and whatever dies on the way; Slack waits three seconds
        for the acknowledgement, and may itself take longer to answer what has to be asked.
        """
        about, values = json.loads(view["private_metadata"]), values_of(view)
        customer, said = str(values[blocks.CUSTOMER] or "").strip(), str(values[blocks.TEXT] or "").strip()
        order = {**about, "customer": customer, "said": said, "by": body["user"]["id"], "view": view["id"]}

        def keep() -> Json:
            check_customer(customer, about["channel"])
            self._orders.order(blocks.ESCALATE_WINDOW, f"view:{view['id']}", order)
            return order

        if saved(ack, blocks.CUSTOMER, keep) is not None:
            shown = said_window("Escalate", f"I have it, and page for {quote(customer)} now.")
            ack(response_action="update", view=fit_window(shown))

    def resolved(self, ack: Ack, body: Json, view: Json) -> None:
        """It ended so."""
        about, values, by = json.loads(view["private_metadata"]), values_of(view), body["user"]["id"]
        outcome, cause = str(values[blocks.OUTCOME]), str(values[blocks.CAUSE])

        def resolve() -> Case:
            number = self._escalations.pressed(about["number"], about.get("token", ""))
            return self._escalations.resolve(number, outcome, cause, by)

        if saved(ack, blocks.OUTCOME, resolve) is not None:
            ack()

    def time_picked(self, ack: Ack, body: Json, view: Json) -> None:
        """Until that time."""
        about, values, by = json.loads(view["private_metadata"]), values_of(view), body["user"]["id"]
        wall = datetime.fromisoformat(f"{values[blocks.DAY]}T{values[blocks.TIME]}")
        ends = wall.replace(tzinfo=ZoneInfo(about["zone"])).astimezone(UTC)

        def acknowledge() -> Case:
            number = self._escalations.pressed(about["number"], about.get("token", ""))
            return self._escalations.acknowledge(number, by, until=ends)

        if saved(ack, blocks.DAY, acknowledge) is not None:
            ack()

    def settings_saved(self, ack: Ack, body: Json, view: Json) -> None:
        """An admin has set them."""
        errors = self._settings.save(body["user"]["id"], view)
        if errors:
            ack(response_action="errors", errors=errors)
        else:
            ack()

    # helpers

    def _deed(self, action: Json, do: Callable[..., Case]) -> Case:
        """Carry out *do*; where it is refused, the message that was pressed is drawn anew all the same."""
        number = self._pressed(action)
        try:
            return do(number)
        except UserError:
            self._escalations.repair(number)
            raise

    def _checked(self, action: Json, by: str) -> Case:
        return self._escalations.check(self._pressed(action), by)

    def _pressed(self, action: Json) -> int:
        """The number of the case whose button was pressed. Raises UserError where it is none of its buttons."""
        found = re.fullmatch(r"(\d{1,9})(?: ([0-9a-f]+))?", str(action.get("value") or ""))
        if not found:
            raise UserError(_OLD)
        return self._escalations.pressed(int(found[1]), found[2] or "")

    def _zone(self, user: str) -> ZoneInfo | None:
        """As it was last known: nobody who takes a case waits for Slack."""
        known = self._users.known(user)
        return known.zone if known else None


def _today(now: datetime, zone: ZoneInfo | None) -> datetime:
    """The end of the working day; four hours from now where nobody knows when that is, an hour where it is over."""
    if zone is None:
        return now + timedelta(hours=4)
    local = now.astimezone(zone)
    evening = datetime.combine(local.date(), time(18), zone).astimezone(UTC)
    return evening if evening > now else now + timedelta(hours=1)
