"""Slack in: the shortcut and the buttons of cards, each turned into one verb."""

from typing import Any

from slack_bolt import Ack

from bot.commands.router import Place
from bot.errors import UserError
from bot.slack.block_kit import Message, sentence
from bot.slack.context import SlackContext
from bot.slack.errors import NotDelivered
from bot.slack.listening import Listening
from bot.slack.text import plain, text_of
from bot.slack.threads import channel_of, thread_of
from bot.tactics import blocks
from bot.tactics.service import CHOICE, AnswerRef, Tactics

Json = dict[str, Any]
_READ_BY_OTHERS = "Another organisation reads this channel, so I share no card in it."
_NO_WORDS = "That message has no words that I can read. Type what is happening: /toughcustomer he is shouting at me"
_NO_MEMBER = ("not_in_channel", "channel_not_found")  # why the bot cannot post where it may answer a click


class CardListeners:
    """All that is clicked in an answer with cards."""

    def __init__(self, tactics: Tactics, slack: SlackContext) -> None:
        self._tactics = tactics
        self._replies = slack.replies
        self._channels = slack.channels

    def listening(self) -> Listening:
        """The table of all ids."""
        return Listening(
            actions={
                blocks.OPEN: self.open_card,
                blocks.CHOOSE: self.choose,
                blocks.NONE_OF_THESE: self.none_of_these,
                blocks.ALL_MOMENTS: self.none_of_these,
                blocks.BACK: self.back,
                blocks.WHOLE: self.whole_card,
                blocks.SHARE: self.share,
                blocks.TAKE_BACK: self.take_back,
                blocks.HELPED: self.helped,
                blocks.DID_NOT_HELP: self.did_not_help,
                blocks.LEND_WORDS: self.lend_words,
            },
            choices={blocks.MOMENT: self.moment, blocks.PEEK: self.peek},
            shortcuts={blocks.TACTICS_FOR_THIS: self.tactics_for_this},
        )

    def tactics_for_this(self, ack: Ack, shortcut: Json) -> None:
        """Cards for a message, seen by whoever asked alone."""
        ack()
        text = plain(text_of(shortcut["message"]))
        if text:
            found = self._tactics.answer(text, shortcut["user"]["id"], own_words=False)
            answer = blocks.answer_message(found, Place.PRIVATE)
        else:
            answer = sentence(_NO_WORDS)
        self._replies.respond(shortcut["response_url"], answer, thread_ts=shortcut["message"].get("thread_ts"))

    def open_card(self, ack: Ack, action: Json, body: Json) -> None:
        """Another card of the same answer."""
        ack()
        answer = self._tactics.reopen(AnswerRef.decode(action["value"]), body["user"]["id"])
        self._show(body, blocks.answer_message(answer, _seen_from(body)))

    def peek(self, ack: Ack, action: Json, body: Json) -> None:
        """A card that stands as a button in another feature's message: to whoever pressed it, alone."""
        ack()
        card = self._tactics.card(str(action.get("value") or ""))
        shown = blocks.peeked_message(card, self._tactics.handle_for([card], shown=card))
        self._replies.respond(body["response_url"], shown, thread_ts=thread_of(body))

    def choose(self, ack: Ack, action: Json, body: Json) -> None:
        """One of several cards that may fit."""
        ack()
        answer, kept = self._tactics.choose(AnswerRef.decode(action["value"]), body["user"]["id"])
        self._show(body, blocks.chosen_message(answer, _seen_from(body), kept=kept))

    def whole_card(self, ack: Ack, action: Json, body: Json) -> None:
        """All that stands on the open card."""
        ack()
        answer = self._tactics.reopen(AnswerRef.decode(action["value"]), body["user"]["id"])
        self._show(body, blocks.answer_message(answer, _seen_from(body), whole=True))

    def none_of_these(self, ack: Ack, action: Json, body: Json) -> None:
        """None of the cards that may fit does, or none of a moment: the moments, and with them all cards."""
        ack()
        self._show(body, blocks.menu_message(self._tactics.moments()))

    def back(self, ack: Ack, action: Json, body: Json) -> None:
        """From an opened card to the answer, or the moment, that it was opened from."""
        ack()
        handle = AnswerRef.decode(action["value"])
        if handle.origin not in ("", CHOICE):
            self._show(body, self._moment(handle.origin))
            return
        answer = self._tactics.back(handle, body["user"]["id"])
        self._show(body, blocks.answer_message(answer, _seen_from(body)))

    def share(self, ack: Ack, action: Json, body: Json) -> None:
        """The card to the channel, without the words that found it; whoever shares it can take it back."""
        ack()
        channel, thread_ts = body["channel"]["id"], thread_of(body)
        if self._channels.facts(channel).shared:
            raise UserError(_READ_BY_OTHERS)
        card = self._tactics.card(AnswerRef.decode(action["value"]).shown)
        ts = self._shared(body, channel, blocks.shared_message(card, body["user"]["id"]), thread_ts)
        self._replies.respond(body["response_url"], blocks.receipt_message(card, channel, ts), thread_ts=thread_ts)

    def _shared(self, body: Json, channel: str, message: Message, thread_ts: str | None) -> str | None:
        """
        The ts of *message*, posted in *channel*; None where it was posted through the click alone.

        Where the bot is no member, Slack lets it answer a click all the same, but never says which message that became.
        """
        try:
            return self._replies.post(channel, message, thread_ts)
        except NotDelivered as error:
            if error.verdict.reason not in _NO_MEMBER:
                raise
        self._replies.respond(body["response_url"], message, in_channel=True, thread_ts=thread_ts)
        return None

    def take_back(self, ack: Ack, action: Json, body: Json) -> None:
        """The card that was shared is removed from the channel again."""
        ack()
        channel, _, ts = str(action["value"]).partition(" ")
        self._replies.delete(channel, ts)
        self._replies.respond(body["response_url"], sentence(f"Taken back from <#{channel}>."), replace=True)

    def helped(self, ack: Ack, action: Json, body: Json) -> None:
        """A thumb up."""
        ack()
        self._thumb(action, body, helped=True)

    def did_not_help(self, ack: Ack, action: Json, body: Json) -> None:
        """A thumb down."""
        ack()
        self._thumb(action, body, helped=False)

    def lend_words(self, ack: Ack, action: Json, body: Json) -> None:
        """The box "Use my words as an example"."""
        ack()
        # the block's id carries the handle: an emptied box sends no option, and a private message no copy of itself
        handle = AnswerRef.decode(action["block_id"])
        lend = bool(action.get("selected_options"))
        self._tactics.lend_words(handle, body["user"]["id"], lend=lend)
        told = blocks.lent_message(self._tactics.card(handle.shown), lent=lend)
        self._replies.respond(body["response_url"], told, thread_ts=thread_of(body))

    def moment(self, ack: Ack, action: Json, body: Json) -> None:
        """The cards of one moment."""
        ack()
        self._show(body, self._moment(action["value"]))

    def _moment(self, moment_id: str) -> Message:
        chosen, cards = self._tactics.in_moment(moment_id)
        return blocks.moment_message(chosen, cards, self._tactics.handle_for(cards, origin=chosen.id))

    def _thumb(self, action: Json, body: Json, *, helped: bool) -> None:
        handle, by = AnswerRef.decode(action["value"]), body["user"]["id"]
        self._tactics.thumb(handle, by, helped=helped)
        noted = blocks.noted_message(
            self._tactics.reopen(handle, by),
            _place(body),
            helped=helped,
            may_lend=self._tactics.has_words(handle, by),
            lent=self._tactics.has_lent(handle, by),
        )
        self._show(body, noted)

    def _show(self, body: Json, message: Message) -> None:
        """Redraw what only the clicker sees; in a channel, answer the clicker alone and leave the message as it is."""
        place = _place(body)
        thread_ts = thread_of(body) if place is Place.CHANNEL else None
        self._replies.respond(body["response_url"], message, replace=place is not Place.CHANNEL, thread_ts=thread_ts)


def _seen_from(body: Json) -> Place:
    """Where the answer to a click is seen: what is clicked in a channel is answered to the clicker alone."""
    place = _place(body)
    return Place.PRIVATE if place is Place.CHANNEL else place


def _place(body: Json) -> Place:
    """Who sees the message that was clicked."""
    if body.get("container", {}).get("is_ephemeral"):
        return Place.PRIVATE
    return Place.DIRECT if channel_of(body).startswith("D") else Place.CHANNEL
