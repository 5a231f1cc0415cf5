"""
Follow-ups that close themselves, nearly: somebody says in the thread that it is done, and the reminder asks **Done?**

It is never closed by what somebody says: the words may be about anything else.
"""

from datetime import UTC, datetime
from typing import Any

from bot.clock import Clock
from bot.delivery.redraw import Redraws
from bot.followups.model import FollowUp, Hint
from bot.followups.said.ended import awaits_answer, says_answered, says_done
from bot.followups.store import FollowUpStore
from bot.slack.inbox import Inbox
from bot.slack.text import is_by_a_person, plain, text_of

Json = dict[str, Any]


class DoneHints:
    """Listens in threads in which something is to be done. *bot* is our own user: what is said to it are commands."""

    def __init__(self, store: FollowUpStore, redraws: Redraws, clock: Clock, bot: str) -> None:
        self._store = store
        self._redraws = redraws
        self._clock = clock
        self._bot = bot

    def register(self, inbox: Inbox) -> None:
        """Listen. Hearing it twice changes nothing."""
        inbox.on("message", self.read, wanted=self.is_wanted, read_only=True)

    def is_wanted(self, event: Json) -> bool:
        """Whether a message may say that something of its thread is done: nearly none does, at next to no cost."""
        thread_ts = event.get("thread_ts")
        if not thread_ts or thread_ts == event.get("ts") or not is_by_a_person(event):
            return False
        text = text_of(event)
        words = plain(text)
        if f"<@{self._bot}" in text or not (says_done(words) or says_answered(words)):
            return False
        return self._store.has_open_in_thread(str(event.get("channel")), str(thread_ts))

    def read(self, event: Json, team_id: str) -> None:
        """Note it on what it may be about: the speaker's own, or what waits for an answer of the customer."""
        who, text = str(event["user"]), plain(text_of(event))
        at = datetime.fromtimestamp(float(event["ts"]), UTC)
        for one in self._store.open_in_thread(str(event["channel"]), str(event["thread_ts"])):
            what = _what(one, who, text)
            if what and at > one.made_at and one.hint is None and one.paused_at is None:
                with self._store.transaction():
                    self._store.hint(one.number, Hint(what, who, at))
                    self._store.log(one.number, "", "hinted", f"{what} <@{who}>", self._clock.now())
                    self._redraws.ask(one.id)


def _what(one: FollowUp, who: str, text: str) -> str:
    if who == one.wanted.owner and says_done(text):
        return "done"
    return "answered" if says_answered(text) and awaits_answer(one.wanted.text) else ""
