"""What people type around what they mean: pasted marks, the command twice, politeness; and what is nearly ours."""

import re
from collections.abc import Iterable

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_HEAD = 60  # characters in which the words of a command stand
_PAIRS = dict(zip("`\"“„'‘*_«([", "`\"”“'’*_»)]", strict=True))
_COMMAND = re.compile(r"^(?:/\s?toughcustomer\b|@?toughcustomer\b[:,]?)\s*", re.I)
_POLITE = re.compile(
    r"^(?:(?:hey|hi|hello|ok|okay|thanks|thank you|thx|cheers|so|and|now|also|just|please|pls|plz|kindly|bot|there|"
    r"quickly|"
    r"(?:can|could|would|will) (?:you|u)(?: please| pls| kindly| quickly)?|"
    r"i(?:'d| would)? (?:need|want|like) you to|you (?:must|should)|don't forget to|"
    r"(?:set|create|make|add)(?: up)?(?: me)?(?: a| another| new)?(?= (?:new )?(?:reminder|follow)))"
    r"[\s,!.:]++)++(?=\S)",
    re.I,
)
_LONG_ENOUGH = 5  # letters of a word that one may be a slip away from
_ENDINGS = ("s", "d", "r")  # "promised", "reminds" and "reminder" are words of their own


def as_typed(text: str) -> str:
    """*text* without what was pasted around a command: quotes, backticks, invisible letters, the command itself."""
    head, rest = text[:_HEAD], text[_HEAD:]
    head = _UNSEEN.sub("", head)
    text = (head + rest).strip()
    for _ in range(3):
        before = text
        while len(text) > 2 and _PAIRS.get(text[0]) == text[-1] and text[0] not in text[1:-1]:
            text = text[1:-1].strip()
        if len(text) > 6 and text.startswith("```") and text.endswith("```"):
            text = text[3:-3].strip()
        text = _COMMAND.sub("", text)
        if text == before:
            break
    words = text.split(maxsplit=2)
    if len(words) > 1 or _DASHES.search(text[:_HEAD]):
        first = words[0] if words else ""
        text = _DASHES.sub("-", first) + text[len(first) :]
    return text


def without_politeness(text: str) -> str:
    """*text* from where it says what is to be done: "can you remind me …" is "remind me …"."""
    return _POLITE.sub("", text)


def nearly(word: str, words: Iterable[str]) -> str | None:
    """The one of *words* that *word* is one slip of the finger away from; None if it is none, or another word."""
    typed = word.lower().strip("?!.:,")
    short = len(typed) == _LONG_ENOUGH - 1  # so short a word only with two letters exchanged
    if len(typed) < _LONG_ENOUGH - 1:
        return None
    shortest, longest = (len(typed), len(typed)) if short else (max(_LONG_ENOUGH, len(typed) - 1), len(typed) + 1)
    for known in words:
        ends_alike = typed[0] == known[0] or typed[-1] == known[-1]  # as one slip leaves one end as it was
        if not (shortest <= len(known) <= longest and ends_alike) or typed == known or not _one_slip(typed, known):
            continue
        if not short:
            return None if typed[:-1] == known and typed.endswith(_ENDINGS) else known
        if sorted(typed) == sorted(known):
            return known
    return None


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter too many, too few, another, or two exchanged make *one* of *other*."""
    if abs(len(one) - len(other)) > 1:
        return False
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[at:], other[at:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
