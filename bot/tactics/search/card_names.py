"""A card by its name or id, typos forgiven: "stay calm", "apologize", "imaginery audience"."""

import difflib

from bot.tactics.model import Card, Playbook, joined
from bot.tactics.search.lexical import words

_LONGEST_NAME = 100  # in characters, with room for stray signs
_ALIKE = 0.75  # share of letters that a typed word and a word of the name must have in common
_ENOUGH = 0.72  # how well all typed words together must fit
_NEAR = 0.42
_CLEAR = 0.05  # by how much the best must lead, or it is a guess between two
_FILLERS = frozenset(("the", "a", "an", "to", "of", "and", "it", "is", "it's", "card", "when", "you", "your", "them"))


def card_named(typed: str, playbook: Playbook) -> Card | None:
    """The one card that *typed* names, or None if none does or several do equally well."""
    cards = playbook.cards
    wanted = _content(typed) if len(typed) <= _LONGEST_NAME else []  # a story is no name, and takes long to compare
    if not wanted:
        return None
    if exact := named_exactly(typed, playbook):
        return exact
    ranked = sorted(((_likeness(wanted, card), card.id) for card in cards.values()), reverse=True)
    best, runner_up = ranked[0], ranked[1] if len(ranked) > 1 else (0.0, "")
    if best[0] < _ENOUGH or best[0] - runner_up[0] < _CLEAR:
        return None
    return cards[best[1]]


def named_exactly(typed: str, playbook: Playbook) -> Card | None:
    """The card whose id or name *typed* is, but for case and punctuation; "card" may stand before it."""
    if len(typed) > _LONGEST_NAME:
        return None
    wanted = joined(typed)
    return playbook.by_name.get(wanted) or playbook.by_name.get(wanted.removeprefix("card-"))


def near_names(typed: str, playbook: Playbook, most: int = 3) -> list[Card]:
    """The cards whose names are nearest to *typed*, for "did you mean"; fewer than *most* if they are far off."""
    cards = playbook.cards
    if len(typed) > _LONGEST_NAME:
        return []
    wanted = [word for word in _content(typed) if len(word) > 3]  # "not" is in many names, and near to none
    if not wanted:
        return []
    ranked = sorted(((_likeness(wanted, card), card.id) for card in cards.values()), reverse=True)
    return [cards[card_id] for likeness, card_id in ranked[:most] if likeness > _NEAR]


def _content(text: str) -> list[str]:
    found = words(text.replace("-", " "))
    return [word for word in found if word not in _FILLERS] or found


def _likeness(wanted: list[str], card: Card) -> float:
    """From 0 to 1: how well the typed words are found in the card's id or name, and a little for leaving none out."""
    return max(_fit(wanted, _content(card.id)), _fit(wanted, _content(card.name)))


def _fit(wanted: list[str], name: list[str]) -> float:
    found = sum(max((_alike(word, other) for other in name), default=0.0) for word in wanted) / len(wanted)
    covered = sum(any(_alike(word, other) for word in wanted) for other in name) / len(name)
    return 0.8 * found + 0.2 * covered


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    ratio = difflib.SequenceMatcher(None, one, other).ratio()
    if min(len(one), len(other)) >= 4 and (other.startswith(one) or one.startswith(other)):
        ratio = max(ratio, 0.9)
    return ratio if ratio >= _ALIKE else 0.0
