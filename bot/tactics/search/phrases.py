"""Training phrases of the search: each card's examples, and the lines of the card that say when it fits."""

from bot.tactics.model import Card, Playbook


def phrases(card: Card) -> tuple[str, ...]:
    """The phrases that stand for *card*, without repetitions."""
    return tuple(dict.fromkeys((card.name, card.essence, *card.when, *card.examples)))


def all_phrases(playbook: Playbook) -> list[str]:
    """The phrases of all cards, then the off-topic ones."""
    return [phrase for phrase, _ in labelled_phrases(playbook)] + list(playbook.off_topic)


def labelled_phrases(playbook: Playbook) -> list[tuple[str, int]]:
    """The phrases of all cards, each with the place of its card in the playbook."""
    return [(phrase, number) for number, card in enumerate(playbook.cards.values()) for phrase in phrases(card)]
