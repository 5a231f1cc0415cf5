"""Texts that are as bad for a regular expression as they can be, made out of the expression itself."""

import random
from collections.abc import Callable, Iterable, Iterator
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

COMMON = (
    *("<!", "<!subteam^", "<!subteam^S|", "<@", "<@U", "<@U0|", "<#C0|", "<https://", "<mailto:", "<", ">", "|", "&"),
    *(" ", "\n", "\t", "a", "A", "1", "1 ", "a ", "a,", ", ", "- ", ": ", ".", "(", "[", "[]", "()", "*", "`", "```"),
    *("/", "/ ", "@", ":", ":a", "'", '"', "€", "1,", "1.", "12:", "#", "$1", "a.", "a-", "\u00a0", "é", "😂"),
)
_CATEGORIES = {
    kinds.CATEGORY_DIGIT: "17",
    kinds.CATEGORY_NOT_DIGIT: "a ",
    kinds.CATEGORY_SPACE: " \n",
    kinds.CATEGORY_NOT_SPACE: "a/",
    kinds.CATEGORY_WORD: "a1",
    kinds.CATEGORY_NOT_WORD: " ,",
}
_SAMPLES = 6
_LONGEST_PIECE = 40


def texts_for(expression: str, flags: int, length: int) -> Iterator[str]:
    """
    Texts of *length* characters that come near to matching *expression* at many places.

    Runs of what its classes take and of its literals, of each two that stand side by side in a text that matches, of
    the beginnings of such texts; and such a beginning followed by one long run.
    """
    pieces: dict[str, None] = dict.fromkeys(COMMON)
    tree = parser.parse(expression, flags)
    chance = random.Random(0)
    samples = list(dict.fromkeys("".join(_sample(tree, chance))[:_LONGEST_PIECE] for _ in range(_SAMPLES)))
    letters = dict.fromkeys("".join(samples))
    for sample in samples:
        for at in range(1, len(sample) + 1):
            pieces[sample[at - 1 : at + 1]] = None
            pieces[sample[:at]] = None
            pieces[sample[:at] + " "] = None
    pieces |= dict.fromkeys(letters)
    for piece in pieces:
        yield _repeated(piece, length)
        yield _repeated(piece, length - 1) + "\0"
    for sample in samples:
        for at in range(1, len(sample)):
            yield sample[:at] + _repeated(sample[at - 1], length - at - 1) + "\0"


def _repeated(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


def _sample(tree: Iterable[Any], chance: random.Random) -> Iterator[str]:
    """A text that matches *tree*, but for what looks behind and ahead, in pieces."""
    for kind, value in tree:
        yield from _PARTS.get(kind, _nothing)(value, chance)


def _nothing(value: Any, chance: random.Random) -> Iterator[str]:
    return iter(())


def _repeat(value: Any, chance: random.Random) -> Iterator[str]:
    least, most, inner = value
    for _ in range(min(max(least, chance.choice((1, 2))), most)):
        yield from _sample(inner, chance)


def _one_of(value: Any, chance: random.Random) -> Iterator[str]:
    if value[0][0] is kinds.NEGATE:
        taken = {chr(what) for kind, what in value if kind is kinds.LITERAL}
        yield next(letter for letter in "ab1 <é" if letter not in taken)
        return
    kind, what = chance.choice(value)
    if kind is kinds.LITERAL:
        yield chr(what)
    elif kind is kinds.RANGE:
        yield chr(chance.choice(what))
    else:
        yield chance.choice(_CATEGORIES[what])


_PARTS: dict[Any, Callable[[Any, random.Random], Iterator[str]]] = {
    kinds.LITERAL: lambda value, chance: iter((chr(value),)),
    kinds.NOT_LITERAL: lambda value, chance: iter(("a" if value != ord("a") else "b",)),
    kinds.ANY: lambda value, chance: iter(("a",)),
    kinds.IN: _one_of,
    kinds.BRANCH: lambda value, chance: _sample(chance.choice(value[1]), chance),
    kinds.SUBPATTERN: lambda value, chance: _sample(value[-1], chance),
    kinds.ATOMIC_GROUP: lambda value, chance: _sample(value, chance),
    kinds.MAX_REPEAT: _repeat,
    kinds.MIN_REPEAT: _repeat,
    kinds.POSSESSIVE_REPEAT: _repeat,
}
