"""Slack in: the slash command, mentions and direct messages, each answered by the router."""

from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.commands.router import COMMAND, Place, Request, Router
from bot.slack.ack import AckDeadlines, CommandReply
from bot.slack.block_kit import Message
from bot.slack.context import SlackContext
from bot.slack.inbox import Inbox
from bot.slack.runner import at_once
from bot.slack.text import is_by_a_person, plain, spoken_to, text_of
from bot.slack.threads import last_messages


class CommandListeners:
    """The three ways in which people write to the bot."""

    def __init__(self, router: Router, slack: SlackContext, deadlines: AckDeadlines) -> None:
        self._router = router
        self._slack = slack
        self._deadlines = deadlines

    def register(self, app: App, inbox: Inbox) -> None:
        """Listen for all of them."""
        is_quick = self._router.is_quick

        @app.command(COMMAND)
        @at_once(lambda body: is_quick(str(body.get("text") or "")))
        def command(ack: Ack, command: dict[str, Any], context: BoltContext) -> None:
            self.command(ack, command, context)

        inbox.on("app_mention", self.mention, wanted=is_by_a_person)
        inbox.on("message", self.direct_message, wanted=_is_direct_message)

    def command(self, ack: Ack, command: dict[str, Any], context: BoltContext) -> None:
        """The slash command: answered in the acknowledgement, or after it."""

        def later(message: Message) -> None:
            self._slack.replies.respond(command["response_url"], message)

        reply = self._deadlines.promise(CommandReply(ack, later))
        context["reply"] = reply  # the error boundary answers through it, too
        raw = command.get("text", "")
        where = {"channel": command["channel_id"], "raw": raw, "trigger_id": command["trigger_id"]}
        request = Request(command["team_id"], command["user_id"], plain(raw), Place.PRIVATE, **where)
        reply.send(self._router.answer(request))

    def mention(self, event: dict[str, Any], team_id: str) -> None:
        """A mention: of its own words, or of its thread's last ones."""
        thread_ts = event.get("thread_ts")
        text = own = spoken_to(self._slack.bot_user_id, event.get("text", ""))
        if not own and thread_ts:
            text = plain(last_messages(self._slack.reader, event["channel"], thread_ts, before=event["ts"]))
        where = {"channel": event["channel"], "thread_ts": thread_ts, "raw": event.get("text", "")}
        request = Request(team_id, event["user"], text, Place.CHANNEL, own_words=bool(own), **where)
        self._slack.replies.post(event["channel"], self._router.answer(request), thread_ts or event["ts"])

    def direct_message(self, event: dict[str, Any], team_id: str) -> None:
        """What somebody wrote to the bot itself."""
        text = spoken_to(self._slack.bot_user_id, text_of(event))
        answer = self._router.answer(Request(team_id, event["user"], text, Place.DIRECT, channel=event["channel"]))
        self._slack.replies.post(event["channel"], answer, event.get("thread_ts"))


def _is_direct_message(event: dict[str, Any]) -> bool:
    return event.get("channel_type") == "im" and is_by_a_person(event)
