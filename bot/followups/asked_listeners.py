"""Slack in: what answers a question about a follow-up, with one tap or in a form."""

import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import instant
from bot.commands.again import check_whose
from bot.followups import asked_blocks, blocks
from bot.followups.form_filling import FollowUpForms
from bot.followups.model import LocalTime, NewFollowUp
from bot.followups.service import FollowUps
from bot.followups.subcommands import beside, directly
from bot.slack.context import SlackContext
from bot.slack.listening import Listening
from bot.slack.threads import channel_of

Json = dict[str, Any]
Ack = Callable[[], object]


class AskedListeners:
    """Takes one of the readings, or opens the form."""

    def __init__(self, follow_ups: FollowUps, forms: FollowUpForms, slack: SlackContext) -> None:
        self._follow_ups = follow_ups
        self._forms = forms
        self._slack = slack

    def listening(self) -> Listening:
        """The table of its ids."""
        return Listening(
            actions={asked_blocks.FORM: self.form, asked_blocks.LEAVE: self.leave},
            choices={asked_blocks.TAKE: self.take},
        )

    def take(self, ack: Ack, action: Json, body: Json) -> None:
        """It means this: keep it, once, and show the echo in the place of the question."""
        ack()
        about, by, channel_id = self._asked(action, body)
        owner = str(about.get("owner") or by)
        if owner != by:
            self._slack.users.responsible(owner)
        channel = self._slack.channels.to_post_in(channel_id)
        wanted = NewFollowUp(
            text=str(about["text"]),
            owner=owner,
            due=LocalTime.of(instant(str(about["at"])), ZoneInfo(str(about["zone"]))),
            channel=channel.id,
            customer=about.get("customer"),
            thread_ts=_thread(about, channel_id),
            private=channel.private,
            promise=bool(about.get("promise")),
        )
        placed, why = directly(wanted, channel, self._slack.channels, by)
        one = self._follow_ups.make(placed, by, f"asked:{channel_id}:{body['container'].get('message_ts')}")
        echo = blocks.echo_message(one, beside(one, self._follow_ups, self._slack, why))
        self._slack.replies.respond(body["response_url"], echo, replace=True)

    def form(self, ack: Ack, action: Json, body: Json) -> None:
        """Another time, or somebody else: the form, filled in."""
        ack()
        about, by, channel = self._asked(action, body)
        self._slack.replies.open_window(
            body["trigger_id"], self._forms.asked(by, about, channel, _thread(about, channel))
        )

    def leave(self, ack: Ack, body: Json) -> None:
        """It is not to be tracked: the question goes."""
        ack()
        self._slack.replies.take_away(body["response_url"])

    def _asked(self, action: Json, body: Json) -> tuple[Json, str, str]:
        about, by = json.loads(action["value"]), str(body["user"]["id"])
        check_whose(str(about.get("by", by)), by)
        return about, by, channel_of(body)


def _thread(about: Json, channel: str) -> str | None:
    """The thread in which it was asked, if the question stands in the same channel."""
    return about.get("thread") if about.get("channel") == channel else None
