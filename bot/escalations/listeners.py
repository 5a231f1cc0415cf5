"""Slack in: what is said in watched threads, clicks, windows and the shortcut, each turned into one verb."""

import json
import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt import Ack, App

from bot.delivery.model import Delivery
from bot.errors import UserError
from bot.escalations import blocks
from bot.escalations import settings_modal as settings
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.model import Case, NotNeeded
from bot.escalations.on_call import OnCall
from bot.escalations.service import Escalations
from bot.escalations.subcommands import Beginning
from bot.log import failure
from bot.slack.errors import NotDelivered
from bot.slack.inbox import Inbox
from bot.slack.message import Message, plain, text_of
from bot.slack.modals import values_of, without_markup
from bot.slack.threads import thread_of
from bot.tactics.blocks import ESCALATE

logger = logging.getLogger(__name__)
_REMEMBERED = 10_000  # messages
_OLD = "This button is from an older version of me. `/toughcustomer escalations` shows what is open."


def register(
    app: App, escalations: Escalations, beginning: Beginning, desk: OnCall, inbox: Inbox, bot_user_id: str
) -> "Screen":
    """Listen for all messages, clicks, windows and shortcuts; returns what draws cases anew."""
    inbox.on("message", _reader(escalations, bot_user_id), wanted=_wanted(escalations), repeatable=True)
    screen = Screen(escalations, beginning)
    _register_buttons(app, escalations, beginning, screen)
    _register_windows(app, escalations, beginning, desk, screen)
    return screen


class Screen:
    """Draws anew what people see of a case, from the database."""

    def __init__(self, escalations: Escalations, beginning: Beginning) -> None:
        self._escalations = escalations
        self._outgoing = beginning.outgoing
        self._began = beginning.clock.now()
        self._shown: OrderedDict[tuple[str, str], Message] = OrderedDict()  # by channel and ts, as they were drawn last

    def redraw(self) -> None:
        """The ledgers and pages of all cases that changed."""
        for case, deliveries in self._escalations.chain.changed():
            about = self._escalations.chain.about_page(case)
            for one in deliveries:
                who = one.draft.key.rpartition(":")[2]
                drawn = (
                    blocks.page_message(case, who, about)
                    if ":page:" in one.draft.key
                    else self._escalations.chain.ledger(case)
                )
                if drawn != self._looks_like(one):
                    self._draw(case, one, drawn)

    def _looks_like(self, one: Delivery) -> Message | None:
        """What people see of *one*; None if that is not known, because an earlier run may have drawn it."""
        shown = self._shown.get((one.draft.place, str(one.slack_ts)))
        return shown or (one.draft.message if one.sent_at and one.sent_at >= self._began else None)

    def _draw(self, case: Case, one: Delivery, drawn: Message) -> None:
        try:
            self._outgoing.update(one.draft.place, str(one.slack_ts), drawn)
        except NotDelivered as error:  # what was done is done; the old look is answered when it is clicked
            failure(logger, f"{case.id} could not be redrawn", error)
            return
        self._shown[one.draft.place, str(one.slack_ts)] = drawn
        if len(self._shown) > _REMEMBERED:
            self._shown.popitem(last=False)


def _wanted(escalations: Escalations) -> Callable[[dict[str, Any]], bool]:
    def wanted(event: dict[str, Any]) -> bool:
        if event.get("channel_type") not in ("channel", "group", None) or str(event.get("channel", "D"))[0] == "D":
            return False
        said = event.get("message") or event.get("previous_message") or event
        return escalations.is_watched(event["channel"], said.get("thread_ts") or said.get("ts"))

    return wanted


def _reader(escalations: Escalations, bot_user_id: str) -> Callable[[dict[str, Any], str], None]:
    def read(event: dict[str, Any], team_id: str) -> None:
        kind = event.get("subtype")
        if kind == "message_deleted":
            escalations.unsaid(event["channel"], event["deleted_ts"])
            return
        said = event["message"] if kind == "message_changed" else event
        if said.get("subtype") == "tombstone":  # what is left of a deleted message that has replies
            escalations.unsaid(event["channel"], said["ts"])
            return
        if (
            said.get("subtype") not in (None, "file_share", "thread_broadcast", "bot_message")
            or said.get("user") == bot_user_id
        ):
            return
        is_bot = bool(said.get("bot_id") or said.get("subtype") == "bot_message")
        outside = said.get("user_team") not in (None, team_id)
        role = Role.BOT if is_bot else Role.CUSTOMER if outside else Role.REP
        thread_ts = said.get("thread_ts") if said.get("thread_ts") != said["ts"] else None
        if is_bot and thread_ts is None:
            return  # only people begin a thread
        one = Utterance(said.get("user") or said.get("bot_id") or "", role, plain(text_of(said)))
        escalations.said(event["channel"], thread_ts, said["ts"], one)

    return read


def _number(value: object) -> int:
    if not re.fullmatch(r"\d{1,9}", str(value or "")):
        raise UserError(_OLD)
    return int(str(value))


def _register_buttons(app: App, escalations: Escalations, beginning: Beginning, screen: Screen) -> None:
    people, outgoing, clock = beginning.people, beginning.outgoing, beginning.clock

    def admin(user: str) -> bool:
        return people.member(user).is_admin

    def deed(do: Callable[[], Case]) -> None:
        try:
            do()
        finally:
            screen.redraw()

    @app.action(blocks.HAVE_IT)
    def have_it(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        by, number = body["user"]["id"], _number(action.get("value"))
        deed(lambda: escalations.acknowledge(number, by, is_admin=admin(by)))

    @app.action(re.compile(f"^{re.escape(blocks.UNTIL)}"))
    def until(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        by, number, now = body["user"]["id"], _number(action.get("value")), clock.now()
        choice = action["action_id"].removeprefix(blocks.UNTIL)
        ends = {"QUARTER": now + timedelta(minutes=15), "HOUR": now + timedelta(hours=1)}.get(choice) or _today(
            now, _zone(beginning, by)
        )
        deed(lambda: escalations.acknowledge(number, by, is_admin=admin(by), until=ends))

    @app.action(blocks.PASS_ON)
    def pass_on(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        by, number = body["user"]["id"], _number(action.get("value"))
        deed(lambda: escalations.pass_on(number, by, is_admin=admin(by)))

    @app.action(blocks.NOT_NEEDED)
    def not_needed(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        by = body["user"]["id"]
        case = escalations.check(_number(action.get("value")), by, is_admin=admin(by))
        outgoing.respond(body["response_url"], blocks.why_not_message(case), thread_ts=thread_of(body))

    @app.action(re.compile(f"^{re.escape(blocks.NOT_NEEDED_FOR)}"))
    def not_needed_for(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        by, number = body["user"]["id"], _number(action.get("value"))
        why = NotNeeded[action["action_id"].removeprefix(blocks.NOT_NEEDED_FOR)]
        deed(lambda: escalations.not_needed(number, str(why), by, is_admin=admin(by)))
        outgoing.respond(
            body["response_url"], Message(f"E{number} was not needed ({why}). Nobody is asked any more."), replace=True
        )

    @app.action(blocks.PAGE_NOW)
    def page_now(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        deed(lambda: escalations.page_now(_number(action.get("value")), body["user"]["id"]))

    @app.action(blocks.ASK_TO_BE_ADDED)
    def ask_to_be_added(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        escalations.ask_to_be_added(_number(action.get("value")), body["user"]["id"])
        outgoing.respond(body["response_url"], Message("I have asked in the thread that you be added."))

    @app.action(blocks.RESOLVE)
    def resolve(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        by = body["user"]["id"]
        case = escalations.check(_number(action.get("value")), by, is_admin=admin(by))
        outgoing.open_window(body["trigger_id"], blocks.resolve_window(case))

    @app.action(blocks.PICK_TIME)
    def pick_time(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        by = body["user"]["id"]
        case = escalations.check(_number(action.get("value")), by, is_admin=admin(by))
        zone = _zone(beginning, by)
        outgoing.open_window(
            body["trigger_id"], blocks.time_window(case, (clock.now() + timedelta(hours=2)).astimezone(zone), zone)
        )

    @app.action(ESCALATE)
    def escalate(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        about = {"channel": body["channel"]["id"], "thread_ts": thread_of(body)}
        outgoing.open_window(body["trigger_id"], blocks.escalate_window("", about))

    @app.shortcut(blocks.ESCALATE_THIS)
    def escalate_this(ack: Ack, shortcut: dict[str, Any]) -> None:
        ack()
        said = shortcut["message"]
        about = {"channel": shortcut["channel"]["id"], "thread_ts": said.get("thread_ts") or said["ts"]}
        outgoing.open_window(shortcut["trigger_id"], blocks.escalate_window(plain(text_of(said)), about))


def _today(now: datetime, zone: ZoneInfo) -> datetime:
    """The end of the working day, or an hour from now if that is over."""
    local = now.astimezone(zone)
    evening = datetime.combine(local.date(), time(18), zone).astimezone(UTC)
    return evening if evening > now else now + timedelta(hours=1)


def _zone(beginning: Beginning, user: str) -> ZoneInfo:
    return beginning.people.member(user).zone or ZoneInfo("UTC")


def _register_windows(app: App, escalations: Escalations, beginning: Beginning, desk: OnCall, screen: Screen) -> None:
    people = beginning.people

    @app.view(blocks.ESCALATE_WINDOW)
    def escalate(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        about, values = json.loads(view["private_metadata"]), values_of(view)
        try:
            customer, said = str(values[blocks.CUSTOMER] or "").strip(), str(values[blocks.TEXT] or "").strip()
            if not customer:
                raise UserError("Which customer is it?")
            beginning.begin(customer, said, about["channel"], about.get("thread_ts"), body["user"]["id"])
        except UserError as error:
            ack(response_action="errors", errors={blocks.CUSTOMER: without_markup(str(error))})
            return
        ack()
        screen.redraw()

    @app.view(blocks.RESOLVE_WINDOW)
    def resolve(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        about, values, by = json.loads(view["private_metadata"]), values_of(view), body["user"]["id"]
        try:
            is_admin = people.member(by).is_admin
            escalations.resolve(
                about["number"], str(values[blocks.OUTCOME]), str(values[blocks.CAUSE]), by, is_admin=is_admin
            )
        except UserError as error:
            ack(response_action="errors", errors={blocks.OUTCOME: without_markup(str(error))})
            return
        ack()
        screen.redraw()

    @app.view(blocks.TIME_WINDOW)
    def until(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        about, values, by = json.loads(view["private_metadata"]), values_of(view), body["user"]["id"]
        wall = datetime.fromisoformat(f"{values[blocks.DAY]}T{values[blocks.TIME]}")
        ends = wall.replace(tzinfo=ZoneInfo(about["zone"])).astimezone(UTC)
        try:
            escalations.acknowledge(about["number"], by, is_admin=people.member(by).is_admin, until=ends)
        except UserError as error:
            ack(response_action="errors", errors={blocks.DAY: without_markup(str(error))})
            return
        ack()
        screen.redraw()

    @app.view(settings.WINDOW)
    def set_up(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        errors = settings.save(escalations, desk, people, body["user"]["id"], view)
        if errors:
            ack(response_action="errors", errors=errors)
        else:
            ack()
