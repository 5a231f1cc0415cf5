"""Slack in: the slash command, mentions and direct messages, each answered by the router."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.commands.answers import Answers
from bot.commands.router import COMMAND, Place, Request, Router
from bot.errors import UserError
from bot.slack.ack import AckDeadlines, CommandReply
from bot.slack.block_kit import Block, Message, message, section, sentence, small
from bot.slack.bolt import NOT_OURS
from bot.slack.context import SlackContext
from bot.slack.inbox import Inbox
from bot.slack.runner import at_once
from bot.slack.text import forwarded_in, is_by_a_person, plain, spoken_to, text_of, without_mention
from bot.slack.threads import last_messages

_EDITED_WITHIN_S = 3600.0  # of being written: what is mended later was not meant for the bot
_ALONE = "You asked in <#{}>, where another organisation reads along. So I answer you alone."


class CommandListeners:
    """The three ways in which people write to the bot."""

    def __init__(self, router: Router, slack: SlackContext, deadlines: AckDeadlines, answers: Answers) -> None:
        self._router = router
        self._slack = slack
        self._deadlines = deadlines
        self._answers = answers

    def register(self, app: App, inbox: Inbox) -> None:
        """Listen for all of them."""
        is_quick, knows = self._router.is_quick, self._slack.users.known

        @app.command(COMMAND)
        @at_once(lambda body: is_quick(str(body.get("text") or "")) and knows(str(body.get("user_id"))) is not None)
        def command(ack: Ack, command: dict[str, Any], context: BoltContext) -> None:
            self.command(ack, command, context)

        inbox.on("app_mention", self.mention, wanted=is_by_a_person)
        inbox.on("message", self.message, wanted=lambda event: _is_direct_message(event) or self._is_edited(event))

    def command(self, ack: Ack, command: dict[str, Any], context: BoltContext) -> None:
        """The slash command: answered in the acknowledgement, or after it."""

        def later(message: Message) -> None:
            self._slack.replies.respond(command["response_url"], message)

        reply = self._deadlines.promise(CommandReply(ack, later))
        context["reply"] = reply  # the error boundary answers through it, too
        if not self._slack.users.is_ours(command["user_id"]):
            reply.send(sentence(NOT_OURS))
            return
        raw = command.get("text", "")
        where = {"channel": command["channel_id"], "raw": raw, "trigger_id": command["trigger_id"]}
        request = Request(command["team_id"], command["user_id"], plain(raw), Place.PRIVATE, **where)
        reply.send(self._router.answer(request))

    def mention(self, event: dict[str, Any], team_id: str, *, edited: bool = False) -> None:
        """
        A mention: of its own words, or of its thread's last ones; *edited*: as it was put otherwise since.

        Where people of other organisations read along, the answer goes to whoever asked, alone.
        """
        if not self._is_served(event):
            return
        thread_ts = event.get("thread_ts")
        text = own = spoken_to(self._slack.bot_user_id, event.get("text", ""))
        forwarded = plain(forwarded_in(event))
        if not own and forwarded:
            text = forwarded
        elif not own and thread_ts:
            text = plain(last_messages(self._slack.reader, event["channel"], thread_ts, before=event["ts"]))
        shared = self._slack.channels.facts(event["channel"]).shared
        raw = without_mention(self._slack.bot_user_id, str(event.get("text") or ""))
        where = {"channel": event["channel"], "thread_ts": thread_ts, "raw": raw}
        place = Place.PRIVATE if shared else Place.CHANNEL
        request = Request(
            team_id, event["user"], text, place, own_words=bool(own), forwarded=forwarded if own else "", **where,
            **_cause(event, edited=edited), edits=_cause(event)["cause"] if edited else "",
        )  # fmt: skip
        if self._router.is_heard_elsewhere(request):
            return
        answer = self._answer(request)
        if shared:
            answer = message(answer.text, [small(_ALONE.format(event["channel"])), *_blocks(answer)])
            self._post(event, f"@{event['user']}", answer, None, edited=edited)
        else:
            self._post(event, event["channel"], answer, thread_ts or event["ts"], edited=edited)

    def direct_message(self, event: dict[str, Any], team_id: str) -> None:
        """What somebody wrote to the bot itself."""
        if not self._is_served(event):
            return
        self._slack.channels.speaks_with(event["channel"], event["user"])
        forwarded = plain(forwarded_in(event))
        own = spoken_to(self._slack.bot_user_id, event.get("text") or "") if forwarded else ""
        text = own or spoken_to(self._slack.bot_user_id, text_of(event))
        request = Request(
            team_id, event["user"], text, Place.DIRECT, channel=event["channel"],
            raw=without_mention(self._slack.bot_user_id, str(event.get("text") or "")),
            forwarded=forwarded if own else "", **_cause(event),
        )  # fmt: skip
        self._post(event, event["channel"], self._answer(request), event.get("thread_ts"))

    def message(self, event: dict[str, Any], team_id: str) -> None:
        """
        What was written to the bot, or a mention that was edited.

        That is read again, once: what it had ordered is changed, and not ordered twice.
        """
        if event.get("subtype") == "message_changed":
            for hears in self._router.edits_heard:
                hears(event, team_id)
            self.mention({**event["message"], "channel": event["channel"]}, team_id, edited=True)
        else:
            self.direct_message(event, team_id)

    def _is_edited(self, event: dict[str, Any]) -> bool:
        if event.get("subtype") != "message_changed" or event.get("channel_type") == "im":
            return False
        said, before = event.get("message") or {}, event.get("previous_message") or {}
        mention, text = f"<@{self._slack.bot_user_id}", str(said.get("text") or "")
        is_new = mention in text and text != before.get("text") and mention in str(before.get("text") or "")
        fresh = float(event.get("ts") or 0) - float(said.get("ts") or 0) < _EDITED_WITHIN_S
        return is_new and fresh and is_by_a_person(said)

    def _answer(self, request: Request) -> Message:
        try:
            return self._router.answer(request)
        except UserError as error:  # theirs to mend
            return sentence(str(error))

    def _is_served(self, event: dict[str, Any]) -> bool:
        """Whether they are of our organisation; others get one sentence, and no more."""
        if self._slack.users.is_ours(event["user"]):
            return True
        self._post(event, event["channel"], sentence(NOT_OURS), event.get("thread_ts") or event["ts"])
        return False

    def _post(
        self, event: dict[str, Any], channel: str, said: Message, thread_ts: str | None, *, edited: bool = False
    ) -> None:
        self._answers.post(channel, said, thread_ts, to=event["user"], **_cause(event, edited=edited))


def _cause(event: dict[str, Any], *, edited: bool = False) -> dict[str, Any]:
    """The name of a message, of its own or as it was *edited*, and when it was written."""
    said_at = datetime.fromtimestamp(float(event["ts"]), UTC)
    return {"cause": f"{event['channel']}:{event['ts']}{':edited' * edited}", "said_at": said_at}


def _blocks(said: Message) -> Sequence[Block]:
    return said.blocks or (section(said.text),)


def _is_direct_message(event: dict[str, Any]) -> bool:
    return event.get("channel_type") == "im" and is_by_a_person(event)
