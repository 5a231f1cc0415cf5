"""
Frames: how people who sell write down what a customer may say, without regular expressions.

A frame is words in their order. A word stands for all its inflections ("leave": left, leaving; "=leave" only itself).
``[boss]`` is any entry of the lexicon of that name, ``(a|b c)`` one of these, ``x?`` may be missing, ``..`` up to four
other words, ``...`` up to nine, ``/`` goes on in the next sentence, ``#`` is a number, ``$`` an amount of money, ``^`` the
beginning of a sentence, ``!!`` the end of one that is shouted. ``~`` in front: not enough alone. There is nothing in it
that could run for ever: each gap is bounded, and so is the length of a frame.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import count

from bot.escalations.words import Sentence, forms, misspelt, split_word

MOST_PARTS = 14
MOST_WAYS = 200
MOST_NEXTS = 2  # sentences into which a frame may go on
_REMEMBERED = 5_000  # sentences, each a few words long
_GAPS = {"..": 4, "...": 9}
_NUMBER = re.compile(r"\d[\d.,]*(?:k|m|th|rd|nd|st|x|%)?$")
_AMOUNT = re.compile(r"\d[\d.,]*(?:k|m|mm|bn)?$")
_NUMBERS = frozenset(
    """
        two three four five six seven eight nine ten eleven twelve dozen dozens hundred hundreds thousand
        thousands several couple
    """.split()
)
_MONEY = frozenset(
    ["$", "€", "£", "usd", "eur", "gbp", "dollar", "dollars", "euro", "euros", "pounds", "quid", "bucks"]
)


_COUNT = count(1)  # parts of several criteria's lexicons meet in one memory


class FrameError(ValueError):
    """A frame that cannot be read; the message says what was read and what is accepted."""


class _Kind(Enum):
    PHRASE = auto()
    GAP = auto()
    NEXT = auto()
    NUMBER = auto()
    MONEY = auto()
    START = auto()
    SHOUT = auto()


_Phrase = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class _Part:
    kind: _Kind
    number: int = 0  # distinguishes parts in the memory of a match
    optional: bool = False
    width: int = 0
    first: Mapping[str, Sequence[_Phrase]] | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, read. *key* is the number of the part that is rarest: without it there is nothing to match."""

    text: str
    parts: tuple[_Part, ...]
    key: int
    crosses: bool
    weak: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Words *start* to *end* of sentence *sentence*; *end_sentence* differs where a frame goes on in the next."""

    sentence: int
    start: int
    end: int
    end_sentence: int


class Lexicons:
    """Named lists of words and phrases. An entry may be the ``[name]`` of another list."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = lists
        self._read: dict[str, dict[str, list[_Phrase]]] = {}
        self._inline: dict[str, dict[str, list[_Phrase]]] = {}
        self._numbers: dict[int, int] = {}

    def named(self, name: str, inside: tuple[str, ...] = ()) -> dict[str, list[_Phrase]]:
        """The list *name*, as phrases by their first word. Raises FrameError."""
        if name not in self._lists:
            known = ", ".join(sorted(self._lists))
            raise FrameError(f'there is no lexicon "[{name}]"; the lexicons are: {known}')
        if name in inside:
            raise FrameError(f'the lexicon "[{name}]" contains itself')
        if name not in self._read:
            self._read[name] = self._phrases(self._lists[name], (*inside, name))
        return self._read[name]

    def inline(self, text: str) -> dict[str, list[_Phrase]]:
        """The alternatives of ``(a|b c)``, or one word."""
        if text not in self._inline:
            self._inline[text] = self._phrases(_alternatives(text), ())
        return self._inline[text]

    def number(self, table: Mapping[str, Sequence[_Phrase]]) -> int:
        """A number for *table*, the same for the same one."""
        if id(table) not in self._numbers:
            self._numbers[id(table)] = next(_COUNT)
        return self._numbers[id(table)]

    def _phrases(self, entries: Iterable[str], inside: tuple[str, ...]) -> dict[str, list[_Phrase]]:
        found: dict[str, list[_Phrase]] = {}
        for entry in entries:
            if other := re.fullmatch(r"\[([\w-]+)\]", str(entry).strip()):
                for word, phrases in self.named(other[1], inside).items():
                    found.setdefault(word, []).extend(phrases)
                continue
            phrase = _phrase(str(entry))
            if not phrase:
                raise FrameError(f'"{entry}" has no words in it')
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
def _phrase(entry: str) -> _Phrase:
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
            known = frozenset({part}) if exact or not alone else forms(part)
            if alone and not exact and len(part) >= 6:
                known |= frozenset(
                    typo for form in known if len(form) >= 6 for typo in misspelt(form) if len(typo) >= 6
                )
            words.append(known)
    return tuple(words)


def read_frame(text: str, lexicons: Lexicons) -> Frame:
    """Read one frame. Raises FrameError."""
    parts: list[_Part] = []
    key: tuple[tuple[bool, int], int] | None = None
    pieces = _pieces(text)
    weak = pieces[:1] == ["~"]
    pieces = pieces[weak:]
    if len(pieces) > MOST_PARTS:
        raise FrameError(f'"{text}" has {len(pieces)} parts; a frame may have up to {MOST_PARTS}')
    for piece in pieces:
        if piece in _GAPS:
            parts.append(_Part(_Kind.GAP, width=_GAPS[piece]))
            continue
        special = {"/": _Kind.NEXT, "#": _Kind.NUMBER, "$": _Kind.MONEY, "^": _Kind.START, "!!": _Kind.SHOUT}.get(piece)
        if special:
            parts.append(_Part(special))
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
        parts.append(_Part(_Kind.PHRASE, number, optional, first=table))
        rarity = _rarity(table)
        if not optional and (key is None or rarity > key[0]):
            key = rarity, number
    if key is None or not any(part.kind is _Kind.PHRASE and not part.optional for part in parts):
        raise FrameError(f'"{text}" has no word that must be there')
    if sum(part.kind is _Kind.NEXT for part in parts) > MOST_NEXTS:
        raise FrameError(f'"{text}" goes on in more than {MOST_NEXTS} sentences')
    if parts[-1].kind is _Kind.GAP or parts[0].kind in (_Kind.GAP, _Kind.NEXT):
        raise FrameError(f'"{text}" begins or ends with a gap; leave it out there')
    return Frame(text, tuple(parts), key[1], any(part.kind is _Kind.NEXT for part in parts), weak)


_Read = tuple[tuple[tuple[str, ...], bool], ...]  # sentences: their words, and whether they are shouted
_COMMON = frozenset(
    """
        i you he she it we they me him her us them my your his its our their the a an this that to of in on at
        by for with and or is are was were be been has have had do does did not n't 's 're 'll 've 'd 'm will
        would so as
    """.split()
)


def _rarity(table: Mapping[str, object]) -> tuple[bool, int]:
    return _COMMON.isdisjoint(table), -len(table)


class Matcher:
    """Finds frames in sentences. *frames* are any values with a frame each."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._frames = frames
        self._by_key: dict[int, list[int]] = {}
        self._crossing: dict[str, list[int]] = {}  # those whose key may stand in the next sentence
        self._begins: dict[str, set[int]] = {}
        self._needs: list[tuple[int, ...]] = []
        known: set[int] = set()
        for number, frame in enumerate(frames):
            self._by_key.setdefault(frame.key, []).append(number)
            self._needs.append(tuple(_needed(frame)))
            for part in frame.parts:
                if part.first is not None and part.number not in known:
                    known.add(part.number)
                    for word in part.first:
                        self._begins.setdefault(word, set()).add(part.number)
                if frame.crosses and part.number == frame.key:
                    for word in part.first or ():
                        self._crossing.setdefault(word, []).append(number)
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._find)  # a thread is read again at each message

    def find(self, sentences: Sequence[Sentence], at: int) -> list[tuple[int, Span]]:
        """Which frames, by number, begin in sentence *at*, and where; the first place of each."""
        read = tuple((tuple(one.words), one.ending == "!!") for one in sentences[at : at + 1 + MOST_NEXTS])
        return [
            (number, Span(at, span.start, span.end, at + span.end_sentence)) for number, span in self._remembered(read)
        ]

    def _find(self, sentences: _Read) -> list[tuple[int, Span]]:
        """The same for the first of *sentences*."""
        words = sentences[0][0]
        following = sentences[1][0] if len(sentences) > 1 else ()
        begins = self._begins
        places: dict[int, list[int]] = {}  # by part: the words with which it may begin
        for at, word in enumerate(words):
            for number in begins.get(word, ()):
                places.setdefault(number, []).append(at)
            if _is_number(word):
                for number in begins.get("#", ()):
                    places.setdefault(number, []).append(at)
        keys = self._by_key
        candidates = {number for part in places for number in keys.get(part, ())}
        for word in following:
            candidates.update(self._crossing.get(word, ()))
        found = []
        memory: dict[tuple[int, int, int], list[int]] = {}
        for number in sorted(candidates):
            if _in_order(self._needs[number], places):
                span = _match(self._frames[number].parts, sentences, places, memory)
                if span:
                    found.append((number, span))
        return found


def _in_order(needed: Sequence[int], places: Mapping[int, Sequence[int]]) -> bool:
    """Whether the parts *needed* can begin one behind the other."""
    last = -1
    for part in needed:
        last = next((at for at in places.get(part, ()) if at > last), -1)
        if last < 0:
            return False
    return True


def _needed(frame: Frame) -> Iterator[int]:
    """The parts that a sentence must have; those behind a ``/`` stand in the next."""
    for part in frame.parts:
        if part.kind is _Kind.NEXT:
            return
        if part.kind is _Kind.PHRASE and not part.optional:
            yield part.number


def _match(
    parts: tuple[_Part, ...],
    sentences: _Read,
    places: Mapping[int, Sequence[int]],
    memory: dict[tuple[int, int, int], list[int]],
) -> Span | None:
    first = parts[0]
    is_first = first.kind is _Kind.PHRASE and not first.optional
    for start in places.get(first.number, ()) if is_first else range(len(sentences[0][0])):
        end = _follow(parts, 0, sentences, 0, start, memory)
        if end is not None:
            return Span(0, start, end[1], end[0])
    return None


def _follow(
    parts: tuple[_Part, ...],
    index: int,
    sentences: _Read,
    at: int,
    here: int,
    memory: dict[tuple[int, int, int], list[int]],
) -> tuple[int, int] | None:
    """Sentence and word behind the rest of *parts*, matched from word *here*; None if they do not match."""
    if index == len(parts):
        return at, here
    part = parts[index]
    words, is_loud = sentences[at]
    if part.kind is _Kind.NEXT:
        return _follow(parts, index + 1, sentences, at + 1, 0, memory) if at + 1 < len(sentences) else None
    if part.kind is _Kind.START:
        return _follow(parts, index + 1, sentences, at, here, memory) if here == 0 else None
    if part.kind is _Kind.SHOUT:
        return (at, here) if is_loud else None
    if part.kind is _Kind.GAP:
        nexts = parts[index + 1]
        if nexts.kind is _Kind.SHOUT:
            return (at, here) if is_loud else None
        if nexts.kind is _Kind.NEXT:
            return (
                _follow(parts, index + 1, sentences, at, len(words), memory)
                if len(words) - here <= part.width
                else None
            )
        for place in range(here, min(here + part.width, len(words)) + 1):
            end = _follow(parts, index + 1, sentences, at, place, memory)
            if end is not None:
                return end
        return None
    for place in _ends(part, words, at, here, memory):
        end = _follow(parts, index + 1, sentences, at, place, memory)
        if end is not None:
            return end
    if part.optional:
        return _follow(parts, index + 1, sentences, at, here, memory)
    return None


def _ends(
    part: _Part, words: tuple[str, ...], at: int, here: int, memory: dict[tuple[int, int, int], list[int]]
) -> Sequence[int]:
    """Behind which words *part* may end when it begins at *here*, the longest first."""
    if here >= len(words):
        return ()
    word = words[here]
    if part.kind is _Kind.NUMBER:
        return (here + 1,) if _is_number(word) else ()
    if part.kind is _Kind.MONEY:
        behind = words[here + 1] if here + 1 < len(words) else ""
        if word in ("$", "€", "£") and _AMOUNT.match(behind):
            return (here + 2,)
        if _AMOUNT.match(word) and (behind in _MONEY or word[-1] in "km"):
            return (here + 2 if behind in _MONEY else here + 1,)
        return ()
    remembered = memory.get((part.number, at, here))
    if remembered is not None:
        return remembered
    ends: list[int] = []
    table = part.first or {}
    phrases = [*table.get(word, ()), *(table["#"] if "#" in table and _is_number(word) else ())]
    for phrase in phrases:
        end = here + len(phrase)
        if end <= len(words) and all(_is_one(words[here + offset], phrase[offset]) for offset in range(1, len(phrase))):
            ends.append(end)
    ends = sorted(set(ends), reverse=True)
    memory[part.number, at, here] = ends
    return ends


def _is_number(word: str) -> bool:
    return word in _NUMBERS or bool(_NUMBER.match(word))


def _is_one(word: str, known: frozenset[str]) -> bool:
    return word in known or ("#" in known and _is_number(word))
