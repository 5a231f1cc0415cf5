"""Slack in: what is said in escalation channels and in watched threads."""

from typing import Any

from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.intake import Intake
from bot.escalations.takers import Takers
from bot.slack.context import SlackContext
from bot.slack.inbox import Inbox
from bot.slack.text import SPOKEN, plain, spoken_to, text_of

Json = dict[str, Any]
_BY_AN_APP = "bot_message"


class ThreadListener:
    """Listens to messages in escalation channels and in watched threads; *takers* hears who takes a case."""

    def __init__(self, intake: Intake, takers: Takers, slack: SlackContext) -> None:
        self._intake = intake
        self._takers = takers
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

    def read_if_wanted(self, event: Json, team_id: str) -> None:
        """The same for an event that somebody else was given."""
        if self.is_wanted(event):
            self.read(event, team_id)

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
        is_spoken = said.get("subtype") in (*SPOKEN, _BY_AN_APP)
        if not is_spoken or said.get("user") == self._slack.bot_user_id:
            return
        is_bot = bool(said.get("bot_id") or said.get("subtype") == _BY_AN_APP)
        role = Role.BOT if is_bot else Role.CUSTOMER if self._is_outside(event["channel"], said, team_id) else Role.REP
        one = Utterance(said.get("user") or said.get("bot_id") or "", role, plain(text_of(said)), said["ts"])
        version = str((said.get("edited") or {}).get("ts") or said["ts"])
        channel, thread_ts = event["channel"], _thread(said)
        # before it is read: what begins a case does not take it
        case = self._takers.case_of(channel, thread_ts) if thread_ts and kind != "message_changed" else None
        self._intake.said(channel, thread_ts, one, version)
        if case is not None and role is Role.REP:
            words = spoken_to(self._slack.bot_user_id, str(said.get("text") or ""))
            to_the_bot = f"<@{self._slack.bot_user_id}" in str(said.get("text") or "")
            self._takers.hear(case, one.author, words, f"{channel}:{thread_ts}", one.ts, to_the_bot=to_the_bot)

    def _is_outside(self, channel: str, said: Json, team_id: str) -> bool:
        """Whether somebody of another organisation said it; Slack may name our team all the same."""
        if said.get("user_team") not in (None, team_id):
            return True
        return self._slack.channels.facts(channel).shared and not self._slack.users.is_ours(said["user"])


def _thread(said: Json) -> str | None:
    """The thread that a message is a reply in; None for one in the channel."""
    thread_ts = said.get("thread_ts")
    return str(thread_ts) if thread_ts and thread_ts != said.get("ts") else None
