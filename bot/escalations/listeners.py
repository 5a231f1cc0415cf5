"""Slack in: clicks, windows and the shortcut, each turned into one verb."""

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
from bot.escalations import blocks, case_windows
from bot.escalations import buttons as ids
from bot.escalations import settings_modal as settings
from bot.escalations.closing import Closing
from bot.escalations.lists import CaseLists
from bot.escalations.model import Case, CaseOutcome, NotNeeded
from bot.escalations.prefilled import EscalateForms
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
Begin = Callable[[str | None, str, str, str | None, str, str], tuple[Case, bool]]
logger = logging.getLogger(__name__)
_OLD = "This button is from an older version of me. `/toughcustomer escalations` shows what is open."


class WindowOrders:
    """Carries out what a window asked for: once, and with the answer in the window, or directly where it is closed."""

    def __init__(self, begin: Begin, answers: Answers, slack: SlackContext, clock: Clock) -> None:
        self._begin = begin
        self._answers = answers
        self._replies = slack.replies
        self._clock = clock

    def register(self, inbox: Inbox) -> None:
        """Listen to what is kept in the inbox."""
        inbox.on(ids.ESCALATE_WINDOW, self.escalate)

    def escalate(self, order: Json, team_id: str) -> None:
        """Page, and say so."""
        cause = f"view:{order['view']}"
        try:
            begun = self._begin(
                order["customer"], order["said"], order["channel"], order.get("thread_ts"), order["by"], cause
            )
            said = blocks.begun_message(*begun)
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

    def __init__(  # noqa: PLR0913 - a part for each kind of press
        self,
        cases: Escalations,
        closing: Closing,
        lists: CaseLists,
        forms: EscalateForms,
        orders: Inbox,
        settings_modal: SettingsModal,
        slack: SlackContext,
        clock: Clock,
    ) -> None:
        self._cases = cases
        self._closing = closing
        self._lists = lists
        self._forms = forms
        self._orders = orders
        self._settings = settings_modal
        self._users = slack.users
        self._channels = slack.channels
        self._replies = slack.replies
        self._clock = clock

    def listening(self) -> Listening:
        """The table of all ids."""
        return Listening(
            actions={
                ids.HAVE_IT: self.have_it,
                ids.TAKE: self.take,
                ids.PASS_ON: self.pass_on,
                ids.PASS_TO: self.pass_to,
                ids.NOT_NEEDED: self.not_needed,
                ids.PAGE_NOW: self.page_now,
                ids.ASK_TO_BE_ADDED: self.ask_to_be_added,
                ids.RESOLVE: self.resolve,
                ids.REOPEN: self.reopen,
                ids.CUSTOMER_OF: self.customer_of,
                ids.DETAILS: self.details,
                ids.MORE: self.more,
                ids.PICK_TIME: self.pick_time,
                ESCALATE: self.escalate,
            },
            choices={ids.UNTIL: self.until, ids.NOT_NEEDED_FOR: self.not_needed_for},
            views={
                ids.ESCALATE_WINDOW: self.escalated,
                ids.RESOLVE_WINDOW: self.resolved,
                ids.TIME_WINDOW: self.time_picked,
                ids.CUSTOMER_WINDOW: self.customer_named,
                settings.WINDOW: self.settings_saved,
            },
            shortcuts={ids.ESCALATE_THIS: self.escalate_this},
        )

    # buttons

    def have_it(self, ack: Ack, action: Json, body: Json) -> None:
        """Somebody takes it."""
        with acknowledged(ack):
            self._deed(action, partial(self._cases.acknowledge, by=body["user"]["id"]))

    def take(self, ack: Ack, action: Json, body: Json) -> None:
        """The same from a list, which is drawn anew."""
        handle, which, start = self._lists.asked(str(action.get("value") or ""))
        with acknowledged(ack):
            self._deed({"value": handle}, partial(self._cases.acknowledge, by=body["user"]["id"]))
        self._show_list(body, which, start)

    def until(self, ack: Ack, action: Json, body: Json) -> None:
        """Until then."""
        with acknowledged(ack):
            by, now = body["user"]["id"], self._clock.now()
            name = action["action_id"].removeprefix(ids.UNTIL)
            if name == "TODAY":
                ends: datetime | None = _today(now, self._zone(by))
            else:
                span = {"QUARTER": timedelta(minutes=15), "HOUR": timedelta(hours=1)}.get(name)
                ends = now + span if span else None  # the policy's default, once more
            self._deed(action, partial(self._cases.acknowledge, by=by, until=ends))

    def pass_on(self, ack: Ack, action: Json, body: Json) -> None:
        """The next step, at once."""
        with acknowledged(ack):
            self._deed(action, partial(self._cases.pass_on, by=body["user"]["id"]))

    def pass_to(self, ack: Ack, action: Json, body: Json) -> None:
        """Somebody else than the next in the chain."""
        with acknowledged(ack):
            to = str(action["selected_user"])
            self._users.responsible(to)
            handle = str(action["block_id"]).removeprefix(f"{ids.PASS_TO}.")
            self._deed({"value": handle}, partial(self._cases.pass_to, by=body["user"]["id"], to=to))

    def not_needed(self, ack: Ack, action: Json, body: Json) -> None:
        """One tap closes it; why, is asked afterwards."""
        with acknowledged(ack):
            case = self._deed(action, partial(self._closing.not_needed, by=body["user"]["id"]))
        if not self._lists.is_page(body):
            said = blocks.closed_as_not_needed_message(case)
            self._replies.respond(body["response_url"], said, thread_ts=thread_of(body))

    def not_needed_for(self, ack: Ack, action: Json, body: Json) -> None:
        """That is why."""
        why = NotNeeded[action["action_id"].removeprefix(ids.NOT_NEEDED_FOR)]
        with acknowledged(ack):
            case = self._deed(action, partial(self._closing.explain, why=str(why), by=body["user"]["id"]))
        if not self._lists.is_page(body):
            self._replies.respond(body["response_url"], blocks.explained_message(case, str(why)), replace=True)

    def page_now(self, ack: Ack, action: Json, body: Json) -> None:
        """Without waiting for working hours."""
        with acknowledged(ack):
            self._deed(action, partial(self._cases.page_now, by=body["user"]["id"]))

    def ask_to_be_added(self, ack: Ack, action: Json, body: Json) -> None:
        """To the private channel."""
        with acknowledged(ack):
            self._cases.ask_to_be_added(self._pressed(action), body["user"]["id"])
        self._replies.respond(body["response_url"], Message("I have asked in the thread that you be added."))

    def reopen(self, ack: Ack, action: Json, body: Json) -> None:
        """It goes on where it was."""
        with acknowledged(ack):
            self._deed(action, partial(self._closing.reopen, by=body["user"]["id"]))

    def details(self, ack: Ack, action: Json, body: Json) -> None:
        """All that became of a case."""
        ack()
        message = self._lists.details(self._pressed(action), body["user"]["id"], body["channel"]["id"])
        self._replies.respond(body["response_url"], message, thread_ts=thread_of(body))

    def more(self, ack: Ack, action: Json, body: Json) -> None:
        """More of a list."""
        ack()
        start, _, which = str(action["value"]).partition(" ")
        self._show_list(body, which, int(start))

    def _show_list(self, body: Json, which: str, start: int) -> None:
        message = self._lists.listed(which, body["user"]["id"], body["channel"]["id"], start=start)
        is_private = bool(body.get("container", {}).get("is_ephemeral")) or body["channel"]["id"].startswith("D")
        self._replies.respond(body["response_url"], message, replace=is_private, thread_ts=thread_of(body))

    # what opens a window

    def resolve(self, ack: Ack, action: Json, body: Json) -> None:
        """How did it end?"""
        ack()
        case = self._checked(action, body["user"]["id"])
        self._replies.open_window(body["trigger_id"], case_windows.resolve_window(case))

    def customer_of(self, ack: Ack, action: Json, body: Json) -> None:
        """Which customer is it?"""
        ack()
        case = self._cases.get(self._pressed(action))
        self._replies.open_window(body["trigger_id"], case_windows.customer_window(case, self._forms.likely(case)))

    def pick_time(self, ack: Ack, action: Json, body: Json) -> None:
        """A time of one's own."""
        ack()
        by = body["user"]["id"]
        case, zone = self._checked(action, by), self._zone(by) or self._users.zone(by)
        suggested = (self._clock.now() + timedelta(hours=2)).astimezone(zone)
        self._replies.open_window(body["trigger_id"], case_windows.time_window(case, suggested, zone))

    def escalate(self, ack: Ack, action: Json, body: Json) -> None:
        """From a card, with the words that it was found for."""
        ack()
        about = {"channel": body["channel"]["id"], "thread_ts": thread_of(body)}
        view = self._forms.from_card(str(action.get("value") or ""), body["user"]["id"], about)
        self._replies.open_window(body["trigger_id"], view)

    def escalate_this(self, ack: Ack, shortcut: Json) -> None:
        """From a message."""
        ack()
        said = shortcut["message"]
        about = {"channel": shortcut["channel"]["id"], "thread_ts": said.get("thread_ts") or said["ts"]}
        view = self._forms.from_message(plain(text_of(said)), about)
        self._replies.open_window(shortcut["trigger_id"], view)

    # windows

    def escalated(self, ack: Ack, body: Json, view: Json) -> None:
        """
        The form was filled in: it is kept, acknowledged, and then carried out.

        What is kept is done once, however often it is submitted and whatever dies on the way; Slack waits three seconds
        for the acknowledgement, and may itself take longer to answer what has to be asked.
        """
        about, values = json.loads(view["private_metadata"]), values_of(view)
        customer, said = str(values[ids.CUSTOMER] or "").strip(), str(values[ids.TEXT] or "").strip()
        order = {**about, "customer": customer, "said": said, "by": body["user"]["id"], "view": view["id"]}

        def keep() -> Json:
            check_customer(customer, about["channel"])
            self._orders.order(ids.ESCALATE_WINDOW, f"view:{view['id']}", order)
            return order

        if saved(ack, ids.CUSTOMER, keep) is not None:
            shown = said_window("Escalate", f"Got it: paging somebody for {quote(customer)} now.")
            ack(response_action="update", view=fit_window(shown))

    def resolved(self, ack: Ack, body: Json, view: Json) -> None:
        """It ended so, or goes on with somebody."""
        about, values, by = json.loads(view["private_metadata"]), values_of(view), body["user"]["id"]
        outcome, cause = str(values[ids.OUTCOME]), values.get(ids.CAUSE)
        line, to = str(values.get(ids.LINE) or "").strip(), str(values.get(ids.WHO) or "")
        chosen = next((one for one in CaseOutcome if one == outcome), None)

        def resolve() -> Case:
            number = self._cases.pressed(about["number"], about.get("token", ""))
            if to and chosen is CaseOutcome.TO_ANOTHER:
                self._users.responsible(to)
                members = self._channels.members(self._cases.get(number).channel)
                if members is not None and to not in members:
                    raise UserError("They are not in the channel of this case. Invite them first. Nothing was changed.")
            return self._closing.resolve(number, outcome, cause, by, line=line, to=to or None)

        if saved(ack, ids.WHO if chosen is CaseOutcome.TO_ANOTHER else ids.OUTCOME, resolve) is not None:
            ack()

    def time_picked(self, ack: Ack, body: Json, view: Json) -> None:
        """Until that time."""
        about, values, by = json.loads(view["private_metadata"]), values_of(view), body["user"]["id"]
        wall = datetime.fromisoformat(f"{values[ids.DAY]}T{values[ids.TIME]}")
        ends = wall.replace(tzinfo=ZoneInfo(about["zone"])).astimezone(UTC)

        def acknowledge() -> Case:
            number = self._cases.pressed(about["number"], about.get("token", ""))
            return self._cases.acknowledge(number, by, until=ends)

        if saved(ack, ids.DAY, acknowledge) is not None:
            ack()

    def customer_named(self, ack: Ack, body: Json, view: Json) -> None:
        """It is about that customer."""
        about, by = json.loads(view["private_metadata"]), body["user"]["id"]
        customer = str(values_of(view).get(ids.CUSTOMER) or "")

        def rename() -> Case:
            return self._closing.rename(self._cases.pressed(about["number"], about.get("token", "")), customer, by)

        if saved(ack, ids.CUSTOMER, rename) is not None:
            ack()

    def settings_saved(self, ack: Ack, body: Json, view: Json) -> None:
        """An admin has set them: the window says what changed."""
        done = saved(ack, settings.SAVED_AT, lambda: self._settings.save(body["user"]["id"], view))
        if done is None:
            return
        errors, summary = done
        if errors:
            ack(response_action="errors", errors=errors)
        else:
            ack(response_action="update", view=fit_window(summary))

    # helpers

    def _deed(self, action: Json, do: Callable[..., Case]) -> Case:
        """Carry out *do*; where it is refused, the message that was pressed is drawn anew all the same."""
        number = self._pressed(action)
        try:
            return do(number)
        except UserError:
            self._cases.repair(number)
            raise

    def _checked(self, action: Json, by: str) -> Case:
        return self._cases.check(self._pressed(action), by)

    def _pressed(self, action: Json) -> int:
        """The number of the case whose button was pressed. Raises UserError where it is none of its buttons."""
        found = re.fullmatch(r"(\d{1,9})(?: ([0-9a-f]+))?", str(action.get("value") or ""))
        if not found:
            raise UserError(_OLD)
        return self._cases.pressed(int(found[1]), found[2] or "")

    def _zone(self, user: str) -> ZoneInfo | None:
        """As it was last known: nobody who takes a case waits for Slack."""
        known = self._users.known(user)
        return known.zone if known else None


def _today(now: datetime, zone: ZoneInfo | None) -> datetime:
    """The end of the working day: in an hour at the earliest, in four where nobody knows when that is."""
    if zone is None:
        return now + timedelta(hours=4)
    local = now.astimezone(zone)
    evening = datetime.combine(local.date(), time(18), zone).astimezone(UTC)
    return max(evening, now + timedelta(hours=1))
