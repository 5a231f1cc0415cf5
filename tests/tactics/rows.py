"""Labelled situations and what a search makes of them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.tactics.model import FitLevel, Found

DATA = Path(__file__).resolve().parents[1] / "data"
OWN = DATA / "situations.jsonl"
STRANGERS = DATA / "situations_strangers.jsonl"
HARD = ("pasted", "story", "indirect")
BINS = 10


@dataclass(frozen=True, slots=True)
class Row:
    """
    *primary* holds the ids of the cards that this person needs first; empty where no card fits.

    *relevant* are others that would help. *hand* tells who wrote it, by the beginning of its id.
    """

    text: str
    primary: frozenset[str]
    relevant: frozenset[str]
    kind: str
    hand: str


@dataclass(frozen=True, slots=True)
class Figures:
    """
    Shares from 0 to 1, an answer that does not fit counted as none where the search is gated.

    *hard* is hit@3 over pasted, story and indirect rows, *gate* right answers and silences, *silent* those of the rows
    that no card fits. *opened* is how often one card is opened, *wrong* how often that card is of no use, *exits* how
    often a careful card stands first and is of no use, all of all rows.
    """

    hit1: float
    hit3: float
    hard: float
    gate: float
    silent: float
    opened: float
    wrong: float
    exits: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose share lies between two tenths: how many, what they said on average, how often they were right."""

    count: int
    said: float
    right: float


def read(path: Path = OWN) -> list[Row]:
    """The rows of a file, as of `tests/data/README.md`."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [
        Row(
            row["text"],
            frozenset(row["primary"]),
            frozenset(row["relevant"]),
            row["kind"],
            str(row.get("id", "")).rpartition("-")[0],
        )
        for row in rows
    ]


def measure(find: Callable[[str], Found], rows: Sequence[Row], *, gated: bool) -> Figures:
    """Ask *find* each row. With *gated* an answer that does not fit counts as none."""
    first, among_three, hard, gate, silent, opened, wrong, exits = [], [], [], [], [], [], [], []
    for row in rows:
        found = find(row.text)
        ids = [match.card.id for match in found.matches] if found.fits or not gated else []
        useful = row.primary | row.relevant
        gate.append(bool(ids) == bool(row.primary))
        opened.append(found.fit is FitLevel.SURE)
        wrong.append(opened[-1] and ids[0] not in useful)
        exits.append(bool(ids) and found.matches[0].card.careful and ids[0] not in useful)
        if not row.primary:
            silent.append(not ids)
        else:
            first.append(bool(row.primary & set(ids[:1])))
            among_three.append(bool(row.primary & set(ids[:3])))
            if row.kind in HARD:
                hard.append(among_three[-1])
    return Figures(*map(_share, (first, among_three, hard, gate, silent, opened, wrong, exits)))


def calibration(find: Callable[[str], Found], rows: Sequence[Row]) -> list[Bin]:
    """How often the first card is right, by the share it has, in ten bins; over the rows that are answered."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for row in rows:
        found = find(row.text)
        if found.fits:
            best = found.matches[0]
            bins[min(BINS - 1, int(BINS * best.share))].append((best.share, best.card.id in row.primary))
    return [Bin(len(one), _share([share for share, _ in one]), _share([right for _, right in one])) for one in bins]


def _share(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
