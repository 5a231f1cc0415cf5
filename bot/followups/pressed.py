"""What was pressed of a follow-up, and how what was pressed is drawn afterwards: for all of its listeners."""

import logging
import re
from collections.abc import Callable
from typing import Any

from bot.errors import UserError
from bot.followups import reminder_blocks
from bot.followups.model import FollowUp, may_change
from bot.followups.service import FollowUps
from bot.log import failure
from bot.slack.ack import acknowledged
from bot.slack.block_kit import Message
from bot.slack.context import SlackContext
from bot.slack.errors import NotDelivered
from bot.slack.modals import message_window, said_window
from bot.slack.text import shortened
from bot.slack.threads import channel_of, is_home, thread_of

logger = logging.getLogger(__name__)

_OLD = "This button is from an older version of me. `/toughcustomer follow-ups` shows what is open."
Json = dict[str, Any]
Ack = Any  # Bolt's, whose name belongs to other rooms


class FollowUpPresses:
    """Reads presses, carries out what they ask for, and draws what was pressed anew."""

    def __init__(self, follow_ups: FollowUps, slack: SlackContext) -> None:
        self._follow_ups = follow_ups
        self._users = slack.users
        self._replies = slack.replies

    def acts_as_admin(self, one: FollowUp, by: str) -> bool:
        """Whether *by* acts as an admin: Slack is asked only where nothing else allows it."""
        return not may_change(one, by, is_admin=False) and self._users.member(by).is_admin

    def pressed(self, action: Json, body: Json) -> tuple[FollowUp, int]:
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

    def deed(
        self, ack: Ack, body: Json, number: int, do: Callable[..., FollowUp], draw: Callable[[FollowUp], Message]
    ) -> None:
        """Carry out *do*, by whoever pressed, and draw what they pressed anew; where it is refused, say why."""
        try:
            with acknowledged(ack):
                one = do(by=body["user"]["id"])
        except UserError as error:
            self._follow_ups.repair(number)
            if "view" in body and not is_home(body):
                self._replies.change_window(body["view"]["id"], said_window(f"F{number}", str(error)))
                return
            raise
        self.draw_clicked(body, one, draw(one))

    def draw_clicked(self, body: Json, one: FollowUp, drawn: Message) -> None:
        """After a deed: *drawn* in the place of what was clicked, where that is no reminder, which follows its row."""
        if is_home(body):
            return  # it is published anew
        container = body.get("container", {})
        drawn = self.fit_to_be_seen(one, drawn, channel_of(body), body["user"]["id"], in_public=not is_private(body))
        if "view" in body:
            self._replies.change_window(body["view"]["id"], said_window(one.id, drawn.text))
        elif not self._follow_ups.in_message(container.get("channel_id", ""), container.get("message_ts", "")):
            self._replies.respond(body["response_url"], drawn, replace=True)  # an echo or a list

    def fit_to_be_seen(self, one: FollowUp, drawn: Message, channel: str, by: str, *, in_public: bool) -> Message:
        """*drawn*, or that it was moved, where not everybody who sees it may read it."""
        try:
            self._follow_ups.seen_by(one.number, by, channel, in_public=in_public)
        except UserError:
            return reminder_blocks.moved_message(one)
        return drawn

    def show(self, body: Json, shown: Message) -> None:
        """In the place of what only the clicker sees; else for the clicker alone."""
        if "view" in body:
            title = shortened(shown.text, 24)
            if is_home(body):
                self._replies.open_window(body["trigger_id"], message_window(title, shown))
            else:
                self._replies.change_window(body["view"]["id"], message_window(title, shown))
            return
        private = is_private(body)
        thread_ts = None if private else thread_of(body)
        self._replies.respond(body["response_url"], shown, replace=private, thread_ts=thread_ts)

    def replace(self, response_url: str | None, message: Message) -> None:
        """Redraw what was clicked half a minute ago, if that still can be done."""
        if not response_url:
            return
        try:
            self._replies.respond(response_url, message, replace=True)
        except NotDelivered as error:
            failure(logger, "a clicked message could not be redrawn", error)


def is_private(body: Json) -> bool:
    """Whether what was clicked, and the answer in its place, is seen by the clicker alone."""
    return "view" in body or bool(body["container"].get("is_ephemeral")) or channel_of(body).startswith("D")
