"""A text as the patterns read it: in plain small letters, from whatever keyboard; what can hold no date masked."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_SIGNS = {
    **dict.fromkeys("’‘‛ʼ´′＇", "'"), **dict.fromkeys("“”„‟«»″＂", '"'), **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("\t\n\r|`*_", " "), "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ß": "ß",
}  # fmt: skip
# letters of other alphabets that are drawn like one of ours
_LOOKALIKES = dict(zip("аеорсухіјѕԁһӏкмнтвгαοριυνκτ", "aeopcyxijsdhlkmhtbraopiuvkt", strict=True))
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_UNSEEN_IN_WORDS = re.compile(rf"(?<=[\w\s:.])[{_UNSEEN}]+(?=[!-~\s]|$)|(?<![^\s])[{_UNSEEN}]+|(?<=[!-~])[{_UNSEEN}]+")
_FOREIGN_LETTER = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W_]++")
# before signs are made plain: Slack's markup, links, emoji
_ADDRESS = re.compile(
    r"<(?:[@#!]|[a-z]{2,8}:)[^<>]*>|\b[A-Za-z][A-Za-z+]{1,9}://\S+|\b[Ww]ww\.\S+|:[A-Za-z][\w+-]*:(?!\d)"
)
_OPENING = re.compile(r"(?<![\w'])'(?=[a-z0-9])(?!(?:round|\d\d)\b)|~(?=[a-z~])|(?<=[a-z\d])~|~(?=~)")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
# what holds no date: Slack's markup, addresses, phone numbers (not the time that follows one), prices, versions, emoji
_MASKED = re.compile(
    r"(?<![^\s>\d])(?>\S+?@)\S+\.\w+"
    r"|(?<![\w.-])[\w-]++(?:\.[\w-]++){0,3}?\.(?:com|io|ai|net|org|co|de|uk|eu|fr|es|dev|app|example)\b(?:/\S*+)?"
    r"|\bv\d[\w.]*"
    r"|\+\d[\d ()./-]{5,20}\d\b(?!:\d|\s?[ap]\.?m\b|\s?(?:h|uhr)\b)(?<![ ./-]\d)(?<![ ./-]\d\d)"
    r"|\b0\d{2,4}[ /-]\d{4,9}\b|\b\d{2,4}[ -]\d{3,4}[ -]\d{3,4}\b"
    r"|\(?\b\d{3}\)?[ -]\d{3}[ -]\d{4}\b|\b\d{3}[ -]\d{4}\b(?=[ ,;]|$)|[$€£]\s?\d[\d.,]*[kmb]?(?:/\w+)?"
    r"|(?<![\d.,])\d[\d.,]*+\s?%"
    r"|\b24/7\b|(?<=the )\bsun\b|\b\d-\w*eleven\b|\boffice 365\b|\bm365\b|\bnet[ -]?\d+\b"
)


def as_typed(text: str) -> str:
    """*text* without what cannot be seen in it: zero-width blanks, soft hyphens, marks of direction."""
    return text if text.isascii() else _UNSEEN_IN_WORDS.sub("", text)


def unescaped(text: str) -> str:
    """*text* with Slack's three entities as signs, and no others: the rest of a link is its own."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[1]], text)


def lowered(text: str) -> str:
    """*text* in small plain letters, and what can hold no date masked; one character stays one."""
    text = _ADDRESS.sub(lambda found: "\x00" * len(found.group()), text)
    low = "".join(map(_plain, text))
    if _FOREIGN_LETTER.search(low):
        low = _WORD.sub(_in_our_letters, low)
    low = _OPENING.sub(" ", low)
    low = re.sub(r"(?<=\d{4}-\d\d-\d\d)t(?=\d\d:\d\d)", " ", low)
    return _MASKED.sub(lambda found: "_" * len(found.group()), low)


def masked(low: str, names: Iterable[str]) -> str:
    """*low* with those of *names* masked that consist of several words, or have digits."""
    for name in names:
        if not re.search(r"[\s\d/.-]", name):
            continue
        plain = lowered(name)
        at = low.find(plain)
        while at >= 0:
            end = at + len(plain)
            if not (low[at - 1 : at].isalnum() or low[end : end + 1].isalnum()):
                low = low[:at] + "_" * len(plain) + low[end:]
            at = low.find(plain, end)
    return low


@lru_cache(maxsize=4096)
def _plain(one: str) -> str:
    """One character as one plain small one: without accent, a digit of any alphabet as ours."""
    if one.isascii():
        return _SIGNS.get(one, one.lower())
    if one in _SIGNS:
        return _SIGNS[one]
    if one.isspace():
        return " "
    digit = unicodedata.decimal(one, None)
    if digit is not None:
        return str(digit)
    found = unicodedata.normalize("NFKD", one)
    base = "".join(letter for letter in found if not unicodedata.combining(letter)).lower()
    base = _SIGNS.get(base, base)
    return base if len(base) == 1 else (one.lower() if len(one.lower()) == 1 else one)


def _in_our_letters(found: re.Match[str]) -> str:
    """A word that mixes alphabets in ours; one that is wholly of another stays, but for "pm"."""
    word = found.group()
    if word.isascii():
        return word
    ours = "".join(_LOOKALIKES.get(letter, letter) for letter in word)
    mixed = any(letter.isascii() for letter in word)
    return ours if mixed or ours in ("am", "pm") else word
