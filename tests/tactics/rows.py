"""Labelled situations and what a search makes of them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.tactics.model import Found

OWN = Path(__file__).resolve().parents[1] / "data" / "situations.jsonl"
HARD = ("pasted", "story", "indirect")


@dataclass(frozen=True, slots=True)
class Row:
    """*primary* holds the ids of the cards that this person needs first; empty where no card fits."""

    text: str
    primary: frozenset[str]
    kind: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1. *hard* is hit@3 over pasted, story and indirect rows, *gate* right answers and silences."""

    hit1: float
    hit3: float
    hard: float
    gate: float


def read(path: Path = OWN) -> list[Row]:
    """The rows of a file, as of `tests/data/README.md`."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [Row(row["text"], frozenset(row["primary"]), row["kind"]) for row in rows]


def measure(find: Callable[[str], Found], rows: Sequence[Row], *, gated: bool) -> Figures:
    """Ask *find* each row. With *gated* an answer that does not fit counts as none."""
    first, among_three, hard, gate = [], [], [], []
    for row in rows:
        found = find(row.text)
        ids = [match.card.id for match in found.matches] if found.fits or not gated else []
        gate.append(bool(ids) == bool(row.primary))
        if row.primary:
            first.append(bool(row.primary & set(ids[:1])))
            among_three.append(bool(row.primary & set(ids[:3])))
            if row.kind in HARD:
                hard.append(among_three[-1])
    return Figures(_share(first), _share(among_three), _share(hard), _share(gate))


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0
