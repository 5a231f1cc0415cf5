"""
Frames: how people who sell write down what a customer may say, without regular expressions.

A frame is words in their order. A word stands for all its inflections ("leave": left, leaving; "=leave" only itself).
``[boss]`` is any entry of the lexicon of that name, ``(a|b c)`` one of these, ``x?`` may be missing, ``..`` up to four
other words, ``...`` up to nine, ``/`` goes on in the next sentence, ``#`` is a number, ``$`` an amount of money, ``^`` the
beginning of a sentence, ``!!`` the end of one that is shouted. ``~`` in front: not enough alone. There is nothing in it
that could run for ever: each gap is bounded, and so is the length of a frame.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import count

from bot.escalations.detection.inflection import forms
from bot.escalations.detection.sentences import split_word

MOST_PARTS = 14
MOST_WAYS = 200
MOST_NEXTS = 2  # sentences into which a frame may go on
_GAPS = {"..": 4, "...": 9}
_COUNT = count(1)  # parts of several criteria's lexicons meet in one memory


class FrameError(ValueError):
    """A frame that cannot be read; the message says what was read and what is accepted."""


class Kind(Enum):
    """What a part of a frame is."""

    PHRASE = auto()
    GAP = auto()
    NEXT = auto()
    NUMBER = auto()
    MONEY = auto()
    START = auto()
    SHOUT = auto()


Phrase = tuple[frozenset[str], ...]  # for each word, the forms that it may have


@dataclass(frozen=True, slots=True)
class FramePart:
    """One part of a frame; *width* is that of a gap, *first* the phrases that it may be, by their first words."""

    kind: Kind
    number: int = 0  # distinguishes parts in the memory of a match
    optional: bool = False
    width: int = 0
    first: Mapping[str, Sequence[Phrase]] | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, read. *key* is the number of the part that is rarest: without it there is nothing to match."""

    text: str
    parts: tuple[FramePart, ...]
    key: int
    crosses: bool
    weak: bool


class Lexicons:
    """Named lists of words and phrases. An entry may be the ``[name]`` of another list."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = lists
        self._read: dict[str, dict[str, list[Phrase]]] = {}
        self._inline: dict[str, dict[str, list[Phrase]]] = {}
        self._numbers: dict[int, int] = {}
        self.size = 0  # words spelt out so far, inflections included: what it costs in memory and time

    def named(self, name: str, inside: tuple[str, ...] = ()) -> dict[str, list[Phrase]]:
        """The list *name*, as phrases by their first word. Raises FrameError."""
        if name not in self._lists:
            known = ", ".join(sorted(self._lists))
            raise FrameError(f'there is no lexicon "[{name}]"; the lexicons are: {known}')
        if name in inside:
            raise FrameError(f'the lexicon "[{name}]" contains itself')
        if name not in self._read:
            self._read[name] = self._phrases(self._lists[name], (*inside, name))
        return self._read[name]

    def inline(self, text: str) -> dict[str, list[Phrase]]:
        """The alternatives of ``(a|b c)``, or one word."""
        if text not in self._inline:
            self._inline[text] = self._phrases(_alternatives(text), ())
        return self._inline[text]

    def number(self, table: Mapping[str, Sequence[Phrase]]) -> int:
        """A number for *table*, the same for the same one."""
        if id(table) not in self._numbers:
            self._numbers[id(table)] = next(_COUNT)
        return self._numbers[id(table)]

    def _phrases(self, entries: Iterable[str], inside: tuple[str, ...]) -> dict[str, list[Phrase]]:
        found: dict[str, list[Phrase]] = {}
        for entry in entries:
            if other := re.fullmatch(r"\[([\w-]+)\]", str(entry).strip()):
                for word, phrases in self.named(other[1], inside).items():
                    found.setdefault(word, []).extend(phrases)
                continue
            phrase = _phrase(str(entry))
            if not phrase:
                raise FrameError(f'"{entry}" has no words in it')
            self.size += sum(len(known) for known in phrase)
            for word in phrase[0]:
                found.setdefault(word, []).append(phrase)
        return found


def _pieces(text: str, at: str = " ") -> list[str]:
    """*text* cut at each *at* that stands in no parentheses. Raises FrameError where these do not match."""
    found, depth, piece = [], 0, ""
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            break
        if depth == 0 and letter == at:
            found.append(piece)
            piece = ""
        else:
            piece += letter
    if depth:
        raise FrameError(f'the parentheses in "{text}" do not match')
    return [one.strip() for one in (*found, piece) if one.strip()]


def _alternatives(text: str) -> list[str]:
    """``a|b (c|d)`` as a, b c, b d. Raises FrameError where that is too much."""
    found = []
    for one in _pieces(text, "|"):
        ways = [""]
        for piece in _pieces(one):
            inside = _alternatives(piece[1:-1]) if piece.startswith("(") and piece.endswith(")") else [piece]
            ways = [f"{way} {more}".strip() for way in ways for more in inside]
            if len(ways) > MOST_WAYS:
                raise FrameError(f'"{text}" can be read in more than {MOST_WAYS} ways; make two frames of it')
        found += ways
    return found


@lru_cache(maxsize=50_000)
def _phrase(entry: str) -> Phrase:
    words: list[frozenset[str]] = []
    for typed in entry.lower().replace("’", "'").split():
        exact, bare = typed.startswith("="), typed.lstrip("=")
        if re.search(r"[\[\](){}|\\^*+?]", bare) and not re.fullmatch(r"[\w*@#]+", bare):
            raise FrameError(
                f'"{typed}" is no word; regular expressions are not accepted, frames are words and [lists]'
            )
        parts = split_word(bare)
        for part in parts:
            alone = len(parts) == 1
            words.append(frozenset({part}) if exact or not alone else forms(part))
    return tuple(words)


def read_frame(text: str, lexicons: Lexicons) -> Frame:  # noqa: C901 - one branch for each kind of piece
    """Read one frame. Raises FrameError."""
    parts: list[FramePart] = []
    key: tuple[tuple[bool, int], int] | None = None
    pieces = _pieces(text)
    weak = pieces[:1] == ["~"]
    pieces = pieces[weak:]
    if len(pieces) > MOST_PARTS:
        raise FrameError(f'"{text}" has {len(pieces)} parts; a frame may have up to {MOST_PARTS}')
    for piece in pieces:
        if piece in _GAPS:
            parts.append(FramePart(Kind.GAP, width=_GAPS[piece]))
            continue
        special = {"/": Kind.NEXT, "#": Kind.NUMBER, "$": Kind.MONEY, "^": Kind.START, "!!": Kind.SHOUT}.get(piece)
        if special:
            parts.append(FramePart(special))
            continue
        optional = piece.endswith("?")
        bare = piece[:-1] if optional else piece
        if bare.startswith("[") and bare.endswith("]"):
            table = lexicons.named(bare[1:-1])
        elif bare.startswith("(") and bare.endswith(")"):
            table = lexicons.inline(bare[1:-1])
        else:
            table = lexicons.inline(bare)
        number = lexicons.number(table)
        parts.append(FramePart(Kind.PHRASE, number, optional, first=table))
        rarity = _rarity(table)
        if not optional and (key is None or rarity > key[0]):
            key = rarity, number
    if key is None or not any(part.kind is Kind.PHRASE and not part.optional for part in parts):
        raise FrameError(f'"{text}" has no word that must be there')
    if sum(part.kind is Kind.NEXT for part in parts) > MOST_NEXTS:
        raise FrameError(f'"{text}" goes on in more than {MOST_NEXTS} sentences')
    if parts[-1].kind is Kind.GAP or parts[0].kind in (Kind.GAP, Kind.NEXT):
        raise FrameError(f'"{text}" begins or ends with a gap; leave it out there')
    return Frame(text, tuple(parts), key[1], any(part.kind is Kind.NEXT for part in parts), weak)


_COMMON = frozenset(
    """
        i you he she it we they me him her us them my your his its our their the a an this that to of in on at
        by for with and or is are was were be been has have had do does did not n't 's 're 'll 've 'd 'm will
        would so as
    """.split()
)


def _rarity(table: Mapping[str, object]) -> tuple[bool, int]:
    return _COMMON.isdisjoint(table), -len(table)
