"""What the search learns from: each card's examples, and the lines of the card that say when it fits."""

from bot.tactics.model import Card, Playbook


def phrases(card: Card) -> tuple[str, ...]:
    """The phrases that stand for *card*, without repetitions."""
    return tuple(dict.fromkeys((card.name, card.essence, *card.when, *card.examples)))


def all_phrases(playbook: Playbook) -> list[str]:
    """The phrases of all cards, then the off-topic ones."""
    return [phrase for card in playbook.cards.values() for phrase in phrases(card)] + list(playbook.off_topic)
