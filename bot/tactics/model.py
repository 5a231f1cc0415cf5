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
    """
    One tactic card. *essence* is one sentence; the lists are in the order in which they are shown.

    *careful* cards do harm where they are wrong, such as those that end a relationship: they are shown first only where
    the search is sure.
    """

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
    careful: bool = False


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


class FitLevel(StrEnum):
    """How well the best card of an answer fits."""

    NONE = "none"  # no card does: silence is better than a guess
    UNSURE = "unsure"  # one of the first few does, probably, and the person says which
    SURE = "sure"  # the first does, about nine times in ten where a customer is difficult


@dataclass(frozen=True, slots=True)
class Match:
    """
    A card that the search found.

    *share* is how often a card found like this is right, from 0 to 1; over all cards the shares
    add up to how likely it is that any card fits.
    """

    card: Card
    share: float


@dataclass(frozen=True, slots=True)
class Found:
    """
    What a search found.

    *matches* are in order, best first. *words* are those of the text that spoke for the best; perhaps none, where
    meaning alone did.
    """

    matches: tuple[Match, ...]
    fit: FitLevel
    words: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether there is an answer at all."""
        return self.fit is not FitLevel.NONE
