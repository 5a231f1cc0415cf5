"""How names are spelt: one key for all spellings of a name, and a text as words and signs to compare with it."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

LONGEST_READ = 4_000  # characters of one message: whom it is about, it says before that
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("’‘‛ʼ`´′ʹ＇", "'"),
        **dict.fromkeys("“”„‟«»″＂", '"'),
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff™®©"),
    }
)
_TOKEN = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060])*+|[^\s\u200b-\u200d\u2060\ufeff]")
_CHUNK = re.compile(r"\S++")
_GLUE = {"'", "-", ".", "_"}
_ENDS = {".", "!", "?", "…"}
_OPENS = {":", ";", "-", "•", "(", "[", '"', "'", "|", ">", "*", "_", "~"}
_ABBREVIATED = {"mr", "mrs", "ms", "dr", "st", "prof", "vs", "no", "approx", "co", "inc", "ltd", "corp", "bros", "mme"}


def fold(text: str) -> str:
    """*text* as it is compared: without case, without kinds of apostrophes, quotes and dashes."""
    if text.isascii():
        return text.lower().replace("`", "'")
    text = unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS)
    # what casefold makes of the Turkish dotted and dotless letters, which are both typed as I
    return unicodedata.normalize("NFKC", text.casefold()).replace("\u0307", "").replace("ı", "i")


def name_key(name: str) -> str:
    """
    The same for all spellings of one name: case, kinds of apostrophes, quotes and dashes, spaces, full-width letters.

    "Weiß" has the key of "WEISS", "İzmir" that of "izmir", "Acme and Sons" that of "Acme & Sons"; "Acme & Sons",
    "Acme, Inc." and "Acme Corp" have others than "Acme".
    """
    key = " ".join(fold(name).split()).replace(" and ", " & ")
    if len(key) > 2 and key[0] == key[-1] and key[0] in "'\"":
        key = key[1:-1].strip()
    return key.rstrip(".") or key


class Token(NamedTuple):
    """
    A word or a sign of a text: *is_word* if it has letters or digits, *capital* if it is written as names are.

    *spaced*: a blank stands before it. *dead*: in a mention, an address, or a link. *begins*: the first of a sentence.
    *shouted*: in a sentence without small letters, so that its capitals say nothing.
    """

    start: int
    end: int
    raw: str
    key: str
    spaced: bool
    is_word: bool
    capital: bool
    dead: bool = False
    begins: bool = False
    shouted: bool = False


def _is_capital(raw: str) -> bool:
    """Whether *raw* is written as names are: Acme, ACME, 3M, eBay."""
    return raw[0].isupper() or not (raw.islower() or raw == raw.lower())


def name_tokens(name: str) -> tuple[str, ...]:
    """The keys of a name's words and signs, without the signs at its ends that are often left out."""
    keys = [one.key for one in _split(name)]
    while keys and keys[-1] in ".!?,:;'\"":
        keys.pop()
    while keys and keys[0] in ".!?,:;'\"(":
        keys.pop(0)
    return tuple(keys)


def tokens(text: str) -> list[Token]:
    """The words and signs of *text*, of no more than its first `LONGEST_READ` characters."""
    text = text[:LONGEST_READ]
    found = _split(text)
    dead = [one.span() for one in _CHUNK.finditer(text) if _is_address(one[0])]
    marked: list[Token] = []
    sentence = 0
    for at, token in enumerate(found):
        if at and _opens(text, found, at):
            _mark(marked, sentence)
            sentence = at
        while dead and dead[0][1] <= token.start:
            dead.pop(0)
        is_dead = bool(dead) and dead[0][0] <= token.start
        marked.append(token._replace(dead=is_dead) if is_dead else token)
    _mark(marked, sentence)
    return marked


def _split(text: str) -> list[Token]:
    found = []
    end = 0
    for one in _TOKEN.finditer(text):
        raw = one[0]
        key = fold(raw) or raw
        spaced = one.start() > end or not end
        if key in _GLUE and (spaced or text[one.end() : one.end() + 1].strip() == ""):
            key = f" {key}" if key != "." else key
        end = one.end()
        is_word = raw[0].isalnum()
        found.append(Token(one.start(), end, raw, key, spaced, is_word, is_word and _is_capital(raw)))
    return found


def _is_address(chunk: str) -> bool:
    return "@" in chunk or "://" in chunk or (chunk[0] == "#" and len(chunk) > 1)


def _opens(text: str, found: list[Token], at: int) -> bool:
    """Whether a sentence begins with the token at *at*."""
    before, token = found[at - 1], found[at]
    if "\n" in text[before.end : token.start]:
        return True
    if before.key in _ENDS:
        abbreviated = before.raw == "." and at > 1 and found[at - 2].key in _ABBREVIATED
        return token.spaced and not abbreviated
    return False


def _mark(marked: list[Token], start: int) -> None:
    """The sentence from *start* on: which words begin it or a part of it, and whether it is shouted."""
    words = [one for one in marked[start:] if one.is_word and not one.dead]
    letters = "".join(one.raw for one in words if len(one.raw) > 1)
    shouted = len(words) > 2 and letters.isupper()
    opens = True
    for at in range(start, len(marked)):
        token = marked[at]
        if token.dead:
            continue
        if not token.is_word:
            opens = opens or (token.key.strip() in _OPENS and token.key not in ("'", "-", "_"))
            continue
        if opens or shouted:
            marked[at] = token._replace(begins=opens, shouted=shouted)
        opens = False


def slips(one: str, other: str, most: int) -> int:
    """
    How many slips of the finger lie between *one* and *other*; most + 1 where more than *most*, or no slips at all.

    A slip leaves a letter out, puts one in, swaps two, or hits the key beside the right one: "Narvik" is no slip for
    "Norvik".
    """
    beside = _beside()
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        earlier, before, row = before, row, [at]
        for to, wanted in enumerate(other, 1):
            hit = 0 if letter == wanted else 1 if wanted in beside.get(letter, "") else most + 1
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + hit)
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                cost = min(cost, earlier[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


@lru_cache(maxsize=1)
def _beside() -> dict[str, str]:
    """Each letter's neighbours on the keyboard."""
    found: dict[str, str] = {}
    for rows in (("qwertyuiop", "asdfghjkl", "zxcvbnm"), ("qwertzuiopü", "asdfghjklöä", "yxcvbnm")):
        for line, above in zip(rows, ("", *rows), strict=False):
            for at, letter in enumerate(line):
                found[letter] = found.get(letter, "") + line[max(at - 1, 0) : at] + line[at + 1 : at + 2]
                for near in above[at : at + 2]:
                    found[letter] += near
                    found[near] += letter
    return found
