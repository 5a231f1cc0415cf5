"""Training phrases of the search: each card's examples, and the lines of the card that say when it fits."""

from bot.tactics.model import Card, Playbook


def phrases(card: Card) -> tuple[str, ...]:
    """The phrases that stand for *card*, without repetitions."""
    return tuple(dict.fromkeys((card.name, card.essence, *card.when, *card.examples)))


def all_phrases(playbook: Playbook) -> dict[str, tuple[int, ...]]:
    """Every text to learn from, once, with the places of its cards in the playbook; their number for off-topic ones."""
    found: dict[str, tuple[int, ...]] = {}
    for phrase, number in labelled_phrases(playbook):
        found[phrase] = (*found.get(phrase, ()), number)
    return found | dict.fromkeys((text for text in playbook.off_topic if text not in found), (len(playbook.cards),))


def labelled_phrases(playbook: Playbook) -> list[tuple[str, int]]:
    """The phrases of all cards, each with the place of its card in the playbook."""
    return [(phrase, number) for number, card in enumerate(playbook.cards.values()) for phrase in phrases(card)]
