"""
Situations as people told them, one a line, behind the ids of the cards that fit: examples that several cards share.

    hold-equal-footing common-goal: they asked for our offboarding guide, all smiles
    none: where is the parking form
"""

from dataclasses import dataclass

from bot.tactics.playbook.markdown import Line

NO_CARD = "none"
_FORM = f'"card-id: what is happening", with up to three ids, or "{NO_CARD}: …" where no card fits'
_MOST_CARDS = 3


@dataclass(frozen=True, slots=True)
class Situation:
    """One of them; *cards* are ids as they are written, none where no card fits."""

    number: int
    cards: tuple[str, ...]
    text: str


def parse_situations(text: str) -> tuple[list[Situation], list[Line]]:
    """The situations of one file, and what is wrong with it, by line. Lines that begin with # are remarks."""
    found, mistakes = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        before, colon, said = line.partition(": ")
        cards = tuple(before.split())
        if not colon or not said.strip() or not 0 < len(cards) <= _MOST_CARDS:
            mistakes.append(Line(number, f"this line is not of the form {_FORM}"))
        elif NO_CARD in cards and len(cards) > 1:
            mistakes.append(Line(number, f'"{NO_CARD}" stands beside a card; leave one of them out'))
        else:
            found.append(Situation(number, () if cards == (NO_CARD,) else cards, said.strip()))
    return found, mistakes
