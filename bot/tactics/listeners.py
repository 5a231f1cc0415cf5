"""Slack in: commands, mentions, messages, shortcuts and buttons, each turned into one verb."""

import re
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.slack.ack import AckDeadlines, CommandReply
from bot.slack.inbox import Inbox
from bot.slack.message import Message, is_by_a_person, plain, sentence, spoken_to, text_of
from bot.slack.replies import Replies
from bot.slack.router import COMMAND, Place, Request, Router, Subcommand
from bot.slack.runner import at_once
from bot.slack.threads import last_messages, thread_of
from bot.tactics import blocks
from bot.tactics.service import AnswerRef, Tactics

# "card declined again, he is furious": the other kind of card
_PAYMENT = frozenset(("accepted", "blocked", "charged", "declined", "details", "expired", "fraud", "holder", "lost"))
_PAYMENT |= {"machine", "number", "payment", "reader", "refused", "rejected", "stolen", "terminal"}


def router_for(tactics: Tactics) -> Router:
    """The router whose situations and menu are answered with cards, and which knows `card`."""

    def situation(asked: Request, usage: str | None) -> Message:
        answer = tactics.answer(asked.text, asked.user_id, own_words=asked.own_words)
        return blocks.answer_message(answer, asked.place, usage)

    def menu(asked: Request) -> Message:
        return blocks.menu_message(tactics.moments())

    def card(asked: Request, name: str) -> Message | None:
        if _PAYMENT & set(name.lower().split()):
            return None
        found = tactics.named(name)
        if found is not None:
            return blocks.card_message(found, tactics.handle_for([found], shown=found), asked.place)
        near = tactics.near_names(name)
        # "card is not working" begins a situation; "card stay kalmly" and "card xyz" ask for a card
        if not near and len(name.split()) != 1:
            return None
        return blocks.no_such_card(name, near, tactics.handle_for(near))

    router = Router(situation, menu)
    router.add(Subcommand(("card",), "card NAME", "shows a card by its name: `card stay calm`", card))
    return router


def register(
    app: App,
    tactics: Tactics,
    router: Router,
    inbox: Inbox,
    outgoing: Replies,
    deadlines: AckDeadlines,
    client: WebClient,
    bot_user_id: str,
) -> None:
    """Listen for all that this feature answers. *client* reads threads; *bot_user_id* is who is mentioned."""

    @app.command(COMMAND)
    @at_once(lambda body: tactics.is_quick() and router.is_quick(str(body.get("text") or "")))
    def command(ack: Ack, command: dict[str, Any], context: BoltContext) -> None:
        def later(message: Message) -> None:
            outgoing.respond(command["response_url"], message)

        reply = deadlines.promise(CommandReply(ack, later))
        context["reply"] = reply  # the error boundary answers through it, too
        text = plain(command.get("text", ""))
        where = {"channel": command["channel_id"], "raw": command.get("text", ""), "trigger_id": command["trigger_id"]}
        asked = Request(command["team_id"], command["user_id"], text, Place.PRIVATE, **where)
        reply.send(router.answer(asked))

    @app.shortcut(blocks.TACTICS_FOR_THIS)
    def tactics_for_this(ack: Ack, shortcut: dict[str, Any], context: BoltContext) -> None:
        ack()
        text = plain(text_of(shortcut["message"]))
        if not text:
            answer = sentence(
                "That message has no words that I can read. Tell me what is happening with /toughcustomer."
            )
        else:
            found = tactics.answer(text, shortcut["user"]["id"], own_words=False)
            answer = blocks.answer_message(found, Place.PRIVATE)
        outgoing.respond(shortcut["response_url"], answer, thread_ts=shortcut["message"].get("thread_ts"))

    def mention(event: dict[str, Any], team_id: str) -> None:
        thread_ts = event.get("thread_ts")
        text = own = spoken_to(bot_user_id, event.get("text", ""))
        if not own and thread_ts:
            text = plain(last_messages(client, event["channel"], thread_ts, before=event["ts"]))
        where = {"channel": event["channel"], "thread_ts": thread_ts, "raw": event.get("text", "")}
        answer = router.answer(Request(team_id, event["user"], text, Place.CHANNEL, own_words=bool(own), **where))
        outgoing.post(event["channel"], answer, thread_ts or event["ts"])

    def direct_message(event: dict[str, Any], team_id: str) -> None:
        text = spoken_to(bot_user_id, text_of(event))
        answer = router.answer(Request(team_id, event["user"], text, Place.DIRECT, channel=event["channel"]))
        outgoing.post(event["channel"], answer, event.get("thread_ts"))

    inbox.on("app_mention", mention, wanted=is_by_a_person)
    inbox.on("message", direct_message, wanted=_is_direct_message)
    _register_buttons(app, tactics, outgoing)


def _register_buttons(app: App, tactics: Tactics, outgoing: Replies) -> None:
    def show(body: dict[str, Any], message: Message) -> None:
        """Redraw what only the clicker sees; in a channel, answer the clicker alone and leave the message as it is."""
        place = _place(body)
        thread_ts = thread_of(body) if place is Place.CHANNEL else None
        outgoing.respond(body["response_url"], message, replace=place is not Place.CHANNEL, thread_ts=thread_ts)

    @app.action(blocks.OPEN)
    def open_card(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        answer = tactics.reopen(AnswerRef.decode(action["value"]), body["user"]["id"])
        place = _place(body)
        show(body, blocks.answer_message(answer, Place.PRIVATE if place is Place.CHANNEL else place))

    @app.action(blocks.SHARE)
    def share(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        handle = AnswerRef.decode(action["value"])
        message = blocks.shared_message(tactics.card(handle.shown), body["user"]["id"])
        outgoing.respond(body["response_url"], message, in_channel=True, thread_ts=thread_of(body))

    @app.action(re.compile(f"^({re.escape(blocks.HELPED)}|{re.escape(blocks.DID_NOT_HELP)})$"))
    def thumb(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        handle = AnswerRef.decode(action["value"])
        helped = action["action_id"] == blocks.HELPED
        by = body["user"]["id"]
        tactics.thumb(handle, by, helped=helped)
        noted = blocks.noted_message(
            tactics.reopen(handle, by),
            _place(body),
            helped=helped,
            may_lend=tactics.has_words(handle, by),
            lent=tactics.has_lent(handle, by),
        )
        show(body, noted)

    @app.action(blocks.LEND_WORDS)
    def lend_words(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        # the block's id carries the handle: an emptied box sends no option, and a private message no copy of itself
        handle = AnswerRef.decode(action["block_id"])
        tactics.lend_words(handle, body["user"]["id"], lend=bool(action.get("selected_options")))

    @app.action(re.compile(f"^{re.escape(blocks.MOMENT)}"))
    def moment(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        ack()
        chosen, cards = tactics.in_moment(action["value"])
        show(body, blocks.moment_message(chosen, cards, tactics.handle_for(cards)))


def _place(body: dict[str, Any]) -> Place:
    """Who sees the message that was clicked."""
    container = body.get("container", {})
    if container.get("is_ephemeral"):
        return Place.PRIVATE
    channel = body.get("channel", {}).get("id") or container.get("channel_id") or ""
    return Place.DIRECT if channel.startswith("D") else Place.CHANNEL


def _is_direct_message(event: dict[str, Any]) -> bool:
    """A person wrote to the bot itself."""
    return event.get("channel_type") == "im" and is_by_a_person(event)
