"""Buttons that type for somebody: what they carry is answered as if written, in the place of the question."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.commands.router import Place, Request, Router
from bot.errors import UserError
from bot.slack.block_kit import LONGEST_CARRIED, Block, button, named
from bot.slack.bolt import NOT_OURS
from bot.slack.context import SlackContext
from bot.slack.listening import Listening
from bot.slack.text import plain, quote
from bot.slack.threads import channel_of, thread_of

RUN = "commands.run."  # a number follows: ids within a message differ
_NOT_YOURS = "That was asked of <@{}>. Write it yourself, and it is yours."


def run_button(label: str, typed: str, by: str, number: int = 0) -> Block | None:
    """A button that types *typed* (as Slack sends it) for *by*; None where that is too long for a button."""
    value = json.dumps({"by": by, "run": typed}, ensure_ascii=False)
    if len(value) > LONGEST_CARRIED:
        return None
    return button(label, f"{RUN}{number}", value, accessible=named(label, quote(plain(typed), 60)))


def check_whose(asked: str, by: str) -> None:
    """Raises UserError where *by* answers a question that was asked of somebody else."""
    if asked != by:
        raise UserError(_NOT_YOURS.format(asked))


def _shown_at(container: dict[str, Any]) -> datetime | None:
    """When the question was shown: from then on its dates count, however late somebody presses."""
    try:
        return datetime.fromtimestamp(float(container["message_ts"]), UTC)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


class RunButtons:
    """Answers presses of what `run_button` made."""

    def __init__(self, router: Router, slack: SlackContext, team_id: str) -> None:
        self._team_id = team_id
        self._router = router
        self._slack = slack

    def listening(self) -> Listening:
        """The table of its ids."""
        return Listening(choices={RUN: self.run})

    def run(self, ack: Callable[[], object], action: dict[str, Any], body: dict[str, Any]) -> None:
        """Answer what the button types, in the place of the question."""
        ack()
        asked, by = json.loads(action["value"]), body["user"]["id"]
        check_whose(asked["by"], by)
        if not self._slack.users.is_ours(by):
            raise UserError(NOT_OURS)
        container = body.get("container") or {}
        channel = channel_of(body)
        private = bool(container.get("is_ephemeral"))
        place = Place.PRIVATE if private else Place.DIRECT if channel.startswith("D") else Place.CHANNEL
        trigger = str(body.get("trigger_id") or "")
        request = Request(
            self._team_id, by, plain(asked["run"]), place, channel=channel, thread_ts=thread_of(body),
            raw=asked["run"], trigger_id=trigger, said_at=_shown_at(container),
            cause=f"run:{channel}:{container.get('message_ts')}",
        )  # fmt: skip
        self._slack.replies.respond(body["response_url"], self._router.answer(request), replace=True)
