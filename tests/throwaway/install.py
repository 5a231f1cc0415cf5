"""Praise, added to the bot."""

from typing import Any

from slack_bolt import Ack

from bot.commands.router import Request, Subcommand
from bot.core import Core, Feature
from bot.slack.block_kit import Message, sentence
from bot.slack.context import SlackContext
from bot.slack.listening import Listening
from tests.throwaway import blocks
from tests.throwaway.store import TABLES, PraisePurge, PraiseStore, stories


class Praise:
    """The subcommand, the button, and what `why` tells."""

    def __init__(self, store: PraiseStore, slack: SlackContext) -> None:
        self._store = store
        self._replies = slack.replies

    def praise(self, request: Request, whom: str) -> Message | None:
        return self._drawn(self._store.add(whom, request.user_id)) if whom else None

    def more(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        self._store.more(int(action["value"]))
        self._replies.respond(body["response_url"], self._drawn(int(action["value"])), replace=True)

    def why(self, request: Request, number: int) -> Message:
        return sentence(f"P{number} is about {self._store.get(number)[0]}.")

    def _drawn(self, number: int) -> Message:
        return blocks.praise_message(number, *self._store.get(number))


def install(core: Core) -> Praise:
    praise = Praise(PraiseStore(core.database, core.team_id), core.slack)
    core.router.add(Subcommand(("praise",), "praise WHOM", "praises somebody", praise.praise))
    core.why.add("P", "praise", praise.why)
    Listening(actions={blocks.MORE: praise.more}).register(core.bolt)
    return praise


FEATURE = Feature("throwaway", install, purge=PraisePurge(), letter="P", stories=stories, tables=[TABLES])
