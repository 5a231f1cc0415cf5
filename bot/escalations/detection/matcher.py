"""Where frames hold in sentences: a matcher that looks only at those whose rarest part is there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.escalations.detection.frames import MOST_NEXTS, Frame, FramePart, Kind
from bot.escalations.detection.sentences import Sentence

_REMEMBERED = 5_000  # sentences, each a few words long
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


@dataclass(frozen=True, slots=True)
class Span:
    """Words *start* to *end* of sentence *sentence*; *end_sentence* differs where a frame goes on in the next."""

    sentence: int
    start: int
    end: int
    end_sentence: int


_Read = tuple[tuple[tuple[str, ...], bool], ...]  # sentences: their words, and whether they are shouted


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
        if part.kind is Kind.NEXT:
            return
        if part.kind is Kind.PHRASE and not part.optional:
            yield part.number


def _match(
    parts: tuple[FramePart, ...],
    sentences: _Read,
    places: Mapping[int, Sequence[int]],
    memory: dict[tuple[int, int, int], list[int]],
) -> Span | None:
    first = parts[0]
    is_first = first.kind is Kind.PHRASE and not first.optional
    for start in places.get(first.number, ()) if is_first else range(len(sentences[0][0])):
        end = _follow(parts, 0, sentences, 0, start, memory)
        if end is not None:
            return Span(0, start, end[1], end[0])
    return None


def _follow(  # noqa: C901 - one branch for each kind of part
    parts: tuple[FramePart, ...],
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
    if part.kind is Kind.NEXT:
        return _follow(parts, index + 1, sentences, at + 1, 0, memory) if at + 1 < len(sentences) else None
    if part.kind is Kind.START:
        return _follow(parts, index + 1, sentences, at, here, memory) if here == 0 else None
    if part.kind is Kind.SHOUT:
        return (at, here) if is_loud else None
    if part.kind is Kind.GAP:
        nexts = parts[index + 1]
        if nexts.kind is Kind.SHOUT:
            return (at, here) if is_loud else None
        if nexts.kind is Kind.NEXT:
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
    part: FramePart, words: tuple[str, ...], at: int, here: int, memory: dict[tuple[int, int, int], list[int]]
) -> Sequence[int]:
    """Behind which words *part* may end when it begins at *here*, the longest first."""
    if here >= len(words):
        return ()
    word = words[here]
    if part.kind is Kind.NUMBER:
        return (here + 1,) if _is_number(word) else ()
    if part.kind is Kind.MONEY:
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
