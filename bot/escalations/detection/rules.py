"""The rules of detection as values: criteria, guards, what frames are for, and what was found."""

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

from bot.escalations.detection.clause_features import Clause
from bot.escalations.detection.frames import Frame
from bot.escalations.detection.sentences import NEGATION


class Where(StrEnum):
    """In whose words a frame holds."""

    ANYONE = "anyone"
    CUSTOMER = "customer"
    US = "us"


class Sensitivity(StrEnum):
    """How sure it has to be before somebody is paged."""

    USUAL = "usual"
    STRICT = "strict"


class Guard(StrEnum):
    """
    What keeps quiet, by how far it reaches.

    *ELSEWHERE*: our sentence is about somebody else's customers, a rule, a training; *JOKE* one among us. *SETTLED*: it
    is over, said in the same sentence or later. *OVER*: the same, and so sure that messages before it no longer count.
    *TAKEN_BACK*: what was said before, by us, was wrong. *AUTOMATIC*: the
    whole message was written by a machine. *HARMLESS*: the sentence that follows turns it round.
    """

    ELSEWHERE = "elsewhere"
    JOKE = "joke"
    SETTLED = "settled"
    OVER = "over"
    TAKEN_BACK = "taken_back"
    AUTOMATIC = "automatic"
    HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class Criterion:
    """
    One reason to bring in the manager. *lifts* are the guards that do not hold for it ("negation", "if", "settled").

    What words do not show: *above* is the amount of money from which on it holds; *times* how many escalations of one
    customer within *days* make it hold. *learnt*: whether what was learnt has a say in it. *pages*: whether it does alone.
    *rep_cards* and *manager_cards* are the ids of the tactic cards that help.
    """

    id: str
    means: str
    urgent: bool
    lifts: frozenset[str] = frozenset()
    above: float | None = None
    times: int | None = None
    days: int = 30
    learnt: bool = False
    pages: bool = True
    rep_cards: tuple[str, ...] = ()
    manager_cards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A frame, and what it is for: a criterion with *where*, a criterion's exception, or a guard.

    *sure*: it pages whatever was learnt.
    """

    frame: Frame
    criterion: Criterion | None = None
    where: Where | None = None
    guard: Guard | None = None
    sure: bool = False

    @property
    def speaks_of_us(self) -> bool:
        """Whether the frame itself says I or we."""
        return self._says({"i", "we", "our", "us", "my", "me"})

    @property
    def says_no(self) -> bool:
        """Whether the frame itself has a negation."""
        return self._says(NEGATION)

    def _says(self, words: Set[str]) -> bool:
        return any(part.first and not words.isdisjoint(part.first) for part in self.frame.parts)


@dataclass(frozen=True, slots=True)
class Finding:
    """
    *criterion* is met by *evidence*, word for word in message *message*; *weak* is not enough alone.

    *sure*: a phrase of the team's own shows it. *clause* is where it stands among what is said, if it was learnt.
    """

    criterion: Criterion
    evidence: str
    message: int
    weak: bool = False
    sure: bool = False
    clause: Clause | None = None
