"""The values of this feature: cards, moments, playbooks, and what a search gives."""

import re
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

    @cached_property
    def by_name(self) -> Mapping[str, Card]:
        """Each card under its id and its name, both as words joined by hyphens."""
        return {key: card for card in self.cards.values() for key in (card.id, joined(card.name))}


def joined(text: str) -> str:
    """The words of *text*, in lower case, joined by hyphens: "Don't argue" is "dont-argue"."""
    return "-".join(re.findall(r"[^\W_]+", re.sub("['’`´]", "", text.lower())))


@dataclass(frozen=True, slots=True)
class Match:
    """A card that the search found; *score* is between 0 and 1 and comparable within one answer only."""

    card: Card
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """
    What a search found.

    *matches* are in order, best first. *fits* says whether the best is good enough to be shown as an answer rather than
    as a guess. *words* are those of the text that spoke for the best; perhaps none, where meaning alone did.
    """

    matches: tuple[Match, ...]
    fits: bool
    words: tuple[str, ...] = ()
