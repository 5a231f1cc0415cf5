"""What is typed: situations, nothing at all, and `card`."""

from bot.commands.router import Request, Subcommand
from bot.slack.block_kit import Message
from bot.tactics import blocks
from bot.tactics.service import Tactics

# "card declined again, he is furious": the other kind of card
_PAYMENT = frozenset(("accepted", "blocked", "charged", "declined", "details", "expired", "fraud", "holder", "lost"))
_PAYMENT |= {"machine", "number", "payment", "reader", "refused", "rejected", "stolen", "terminal"}


class CardSubcommands:
    """Answers situations and the menu with cards, and knows `card`."""

    def __init__(self, tactics: Tactics) -> None:
        self._tactics = tactics

    def is_quick(self) -> bool:
        """Whether the next answer will take milliseconds."""
        return self._tactics.is_quick()

    def answer(self, request: Request, usage: str | None) -> Message:
        """The cards that fit; *usage* is how the subcommand is written that the words begin like."""
        answer = self._tactics.answer(request.text, request.user_id, own_words=request.own_words)
        return blocks.answer_message(answer, request.place, usage)

    def menu(self, request: Request) -> Message:
        """The nine moments."""
        return blocks.menu_message(self._tactics.moments())

    def all(self) -> tuple[Subcommand, ...]:
        """For the router."""
        return (
            Subcommand(("card",), "card NAME", "shows a card by its name: `card stay calm`", self._card),
            Subcommand(("cards",), "cards", "lists all cards", self._cards),
        )

    def _cards(self, request: Request, rest: str) -> Message | None:
        if rest.lower().strip("?!. ") not in ("", "all", "list"):
            return None
        return blocks.all_cards_message([self._tactics.in_moment(moment.id) for moment in self._tactics.moments()])

    def _card(self, request: Request, name: str) -> Message | None:
        if _PAYMENT & set(name.lower().split()):
            return None
        found = self._tactics.named(name)
        if found is not None:
            return blocks.card_message(found, self._tactics.handle_for([found], shown=found), request.place)
        near = self._tactics.near_names(name)
        # "card is not working" begins a situation; "card stay kalmly" and "card xyz" ask for a card
        if not near and len(name.split()) != 1:
            return None
        return blocks.no_such_card(name, near, self._tactics.handle_for(near))
