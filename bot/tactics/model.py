"""The values of this feature: cards, moments, playbooks, and what a search gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class Audience(StrEnum):
    """Whom a card is for."""

    REP = "rep"
    MANAGER = "manager"
    BOTH = "both"


class Stage(StrEnum):
    """How far the person across the table has come."""

    PROSPECT = "prospect"
    CUSTOMER = "customer"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Tension:
    """A card, by id and name, whose advice pulls the other way, and one line on how to choose between the two."""

    card_id: str
    name: str
    advice: str


@dataclass(frozen=True, slots=True)
class Source:
    """An article that teaches a tactic."""

    key: str
    title: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One of the moments of a difficult deal, in the order in which they come."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Card:
    """One tactic card. *essence* is one sentence; the lists are in the order in which they are shown."""

    id: str
    name: str
    essence: str
    moment: str
    audience: Audience
    stage: Stage
    sources: tuple[str, ...]
    tensions: tuple[Tension, ...]
    when: tuple[str, ...]
    when_not: tuple[str, ...]
    do: tuple[str, ...]
    say: tuple[str, ...]
    avoid: tuple[str, ...]
    note: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Playbook:
    """All content of one playbooks folder. *off_topic* holds texts for which no card fits."""

    cards: Mapping[str, Card]
    moments: tuple[Moment, ...]
    sources: Mapping[str, Source]
    off_topic: tuple[str, ...]

    @cached_property
    def by_moment(self) -> Mapping[str, tuple[Card, ...]]:
        """The cards of each moment, moments in order."""
        return {m.id: tuple(card for card in self.cards.values() if card.moment == m.id) for m in self.moments}


@dataclass(frozen=True, slots=True)
class Match:
    """
    A card that the search found.

    *score* is between 0 and 1 and comparable within one answer only. *why* holds the words of the text, or the example
    phrase, that spoke for the card. *example* is the nearest example phrase.
    """

    card: Card
    score: float
    why: tuple[str, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Found:
    """The matches, best first, and whether the best is good enough to be shown as an answer rather than as a guess."""

    matches: tuple[Match, ...]
    fits: bool
