"""The known customers, indexed: which of them stands at a place of a text as a name, or a little misspelt."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from bot.customers.everyday_words import EVERYDAY, is_everyday, is_word
from bot.customers.given_names import FIRST_NAMES, PLACES, TOOLS
from bot.customers.predicates import acts, key_at
from bot.customers.sentence_words import (
    ACRONYMS,
    ACTS,
    ADVERBS,
    AT,
    BELONGINGS,
    CALENDAR,
    COMPANY_NOUNS,
    COMPARED,
    CUSTOMER,
    DEALS,
    DETERMINERS,
    DOES,
    DONE,
    HAS,
    HEARS,
    IS,
    LOSES,
    OWNS,
    ROLES,
    TALKS,
    TIMES,
    TITLES,
    WILL,
    WITH,
)
from bot.customers.shapes import NO_NAMES, Tokens, goes_on, is_company, is_first_name, legal_end, without_accents
from bot.customers.spelling import Token, name_key, name_tokens, slips

_SHORTEST_NEAR = 5  # letters of a name that is found misspelt
_TWO_SLIPS_FROM = 11
_SAME_CASE_UP_TO = 2  # letters: "GE" is a name, "ge" is none
_SMALL_FROM = 7  # letters of a misspelt name that is written in small letters
_OTHER_NAMES = NO_NAMES | PLACES | TOOLS | COMPANY_NOUNS
# in capitals after a name, where everything is
_AFTER_A_NAME = NO_NAMES | BELONGINGS | DEALS | IS | HAS | WILL | DOES | ACTS | DONE | ADVERBS
_AUXILIARIES = {"will", "may", "can", "might"}
_DIGITS = re.compile(r"\d+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "ß": "ss"})


class NamePlace(NamedTuple):
    """
    A name in a text, by its tokens. *known*: it is one of the known names; else a longer one that contains one.

    *weak*: people are called so, too.
    """

    start: int
    end: int
    name: str = ""
    known: bool = True
    weak: bool = False


class NameIndex:
    """Known names, made ready once for many texts."""

    def __init__(self, names: Collection[str]) -> None:
        self._exact: dict[str, str] = {}
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        self._loose: dict[str, str | None] = {}
        self._alike: dict[tuple[str, int, int], list[tuple[str, int, str]]] = {}  # by first letter, words and length
        self._most_tokens = 1
        for name in names:
            key = name_key(name)
            if key and key not in self._exact:
                self._exact[key] = name
                self._add(name, key)
        for all_of_it in self._by_first.values():
            all_of_it.sort(key=lambda one: len(one[0]), reverse=True)

    def _add(self, name: str, key: str) -> None:
        parts = name_tokens(name)
        if not parts:
            return
        self._by_first[parts[0]].append((parts, name))
        if {"&", "and"} & set(parts[1:-1]):
            other = {"&": "and", "and": "&"}
            self._by_first[parts[0]].append((tuple(other.get(one, one) for one in parts), name))
        self._most_tokens = max(self._most_tokens, len(parts))
        for loose in _loosened(key):
            self._loose[loose] = None if loose in self._loose and self._loose[loose] != name else name
        if len(key) >= _SHORTEST_NEAR and not all(_is_a_word(one) for one in parts if one.isalnum()):
            self._alike.setdefault((key[0], key.count(" "), len(key)), []).append((key, _letters(key), name))

    def called(self, written: str) -> str | None:
        """The known name that is spelt so, in whatever case."""
        return self._exact.get(name_key(written))

    def at(self, tokens: Tokens, start: int) -> tuple[int, str] | None:
        """Where the longest known name ends that begins at *start*, and which it is."""
        for parts, name in self._by_first.get(tokens[start].key, ()):
            end = start + len(parts)
            if end <= len(tokens) and all(
                tokens[start + at].key == part and not tokens[start + at].dead for at, part in enumerate(parts)
            ):
                return end, name
        return None

    def near(self, written: str) -> str | None:
        """The one known name that *written* is a little off from."""
        key = name_key(written)
        if key in self._loose:
            return self._loose[key]
        plain = without_accents(key)
        if plain in self._loose:
            return self._loose[plain]
        letters, best, found = _letters(key), 3, None
        for size in range(len(key) - 2, len(key) + 3):
            most = 1 + (size >= _TWO_SLIPS_FROM)
            for other, of_other, name in self._alike.get((key[:1], key.count(" "), size), ()):
                if (letters ^ of_other).bit_count() > 2 * most or abs(size - len(key)) > most:
                    continue
                cost = slips(key, other, most)
                if 0 < cost <= most and _same_words(key, other) and _same_end(key, other):
                    found = None if cost == best else name if cost < best else found
                    best = min(best, cost)
        return found

    def places(self, tokens: Tokens) -> Iterator[NamePlace]:
        """Where known names stand as names, and longer names that contain them, from the first on."""
        at = 0
        while at < len(tokens):
            found = None if tokens[at].dead else self.at(tokens, at)
            if found is None:
                at += 1
                continue
            end, name = found
            place = self._judged(tokens, at, end, name)
            if place:
                yield place
            at = max(end, place.end if place else 0)

    def _judged(self, tokens: Tokens, start: int, end: int, name: str) -> NamePlace | None:
        if not _may_stand(tokens[start:end], name) or _is_compared(tokens, start):
            return None
        before = self._longer_start(tokens, start, end)
        if before is None:
            return None
        after = self._longer_end(tokens, end)
        if after > end and tokens[after - 1].raw.isdigit() and tokens[after - 2].key == "-":
            return None  # a ticket: ACME-77
        if after == end + 1 and tokens[end].key == ".":
            after = end  # "Acme Corp." is Acme Corp
        if before < start or after > end:
            common = all(_is_a_word(one.key) for one in tokens[start:end] if one.is_word)
            return NamePlace(before, after, known=False) if not common or is_company(tokens, before, after) else None
        if not _stands_as_name(tokens, start, end):
            return None
        return NamePlace(start, end, name, weak=end == start + 1 and is_first_name(tokens[start].key))

    def _longer_start(self, tokens: Tokens, start: int, end: int) -> int | None:
        """Where a longer name begins that ends with this one; None where it is part of something else."""
        before, token = tokens[start - 1], tokens[start]
        if not start or before.dead:
            return start
        if not before.is_word:
            return self._past_sign(tokens, start)
        if before.key in TITLES and before.key not in ROLES:
            return None
        if not before.capital or before.shouted or token.begins or not token.spaced or not token.capital:
            return start
        if is_first_name(before.key) and end == start + 1:
            return None
        return start if _introduces(before) or self.at(tokens, start - 1) else start - 1

    def _past_sign(self, tokens: Tokens, start: int) -> int | None:
        """The same where a sign stands before the name: "Smith & Acme", "non-Acme", "Mr. Acme"."""
        sign, first = tokens[start - 1].key, tokens[start - 2] if start > 1 else None
        if first is None or first.dead or not first.is_word:
            return start
        glued = not tokens[start].spaced
        if sign == "&":
            return start - 2 if first.capital and not first.shouted and not self.at(tokens, start - 2) else start
        if sign == "-" and glued:
            return start - 2 if first.capital else None if first.key == "non" else start
        return None if sign == "." and (glued or first.key in TITLES) else start

    def _longer_end(self, tokens: Tokens, end: int) -> int:
        """Where a longer name ends that begins with one that ends at *end*."""
        reached = legal_end(tokens, end)
        while reached < len(tokens) and (step := goes_on(tokens, reached)):
            last = tokens[reached + step - 1]
            if (step > 1 and self.at(tokens, reached + step - 1)) or (step == 1 and not _may_go_on(last)):
                break
            if tokens[reached].key == "-" and is_everyday(last.key):
                break
            reached = legal_end(tokens, reached + step)
        return reached

    def near_places(self, tokens: Tokens) -> Iterator[NamePlace]:
        """Where known names stand that are spelt a little differently, by no other word or name."""
        for start, token in enumerate(tokens):
            if token.dead or not token.is_word or not (token.capital or len(token.key) >= _SMALL_FROM):
                continue
            for end in range(min(start + self._most_tokens + 1, len(tokens)), start, -1):
                if name := self._near_at(tokens, start, end):
                    yield NamePlace(start, end, name)
                    break

    def _near_at(self, tokens: Tokens, start: int, end: int) -> str | None:
        first, last = tokens[start], tokens[end - 1]
        if last.dead or not last.is_word or last.key in ROLES or (last.key in EVERYDAY and not last.capital):
            return None
        size = last.end - first.start
        small = not first.capital or first.shouted
        if size < _SHORTEST_NEAR - 1 or (small and size < _SMALL_FROM) or not _may_be_misspelt(tokens, start, end):
            return None
        key = "".join((" " if one.spaced and at else "") + one.key.strip() for at, one in enumerate(tokens[start:end]))
        name = self.near(key)
        if name is None or self._longer_start(tokens, start, end) != start or self._longer_end(tokens, end) != end:
            return None
        plural = key_at(tokens, start - 1) in DETERMINERS and key.endswith("s") and not name_key(name).endswith("s")
        return None if plural else name


def _loosened(key: str) -> set[str]:
    """Other ways to type *key*: without accents, hyphens and apostrophes."""
    ways = {without_accents(key), key.translate(_UMLAUTS)}
    for sign, instead in (("-", ""), ("-", " "), ("'", ""), (".", ""), ("’", "")):
        ways |= {one.replace(sign, instead) for one in set(ways)}
    ways = {" ".join(one.split()) for one in ways} - {key}
    return {one for one in ways if len(one) > 3 and not (" " not in one and (is_word(one) or one in FIRST_NAMES))}


def _letters(key: str) -> int:
    mask = 0
    for letter in key:
        mask |= 1 << (ord(letter) & 63)
    return mask


def _same_words(key: str, other: str) -> bool:
    """Whether only longer words of a name differ, and by a letter or two each; numbers never do."""
    mine, others = key.split(), other.split()
    if _DIGITS.findall(key) != _DIGITS.findall(other):
        return False
    pairs = [(one, two) for one, two in zip(mine, others, strict=True) if one != two]
    if len(mine) > 1 and any(is_word(one) and is_word(two) for one, two in pairs):
        return False
    return all(
        min(len(one), len(two)) >= _SHORTEST_NEAR - 1 and one[0] == two[0] and slips(one, two, _most(two)) <= _most(two)
        for one, two in pairs
    )


def _most(word: str) -> int:
    """How many slips there may be in *word*."""
    return 1 + (len(word) >= _TWO_SLIPS_FROM)


def _same_end(key: str, other: str) -> bool:
    """Whether both end alike, or with the last two letters swapped: "Castell" is not "Castellan"."""
    return key[-1] == other[-1] or sorted(key[-2:]) == sorted(other[-2:])


def _may_be_misspelt(tokens: Tokens, start: int, end: int) -> bool:
    if end > start + 1:
        return True
    key = tokens[start].key
    if is_word(key) or key in _OTHER_NAMES or is_first_name(key):
        return False
    return key_at(tokens, start - 1) not in TITLES


def _introduces(word: Token) -> bool:
    """Whether *word* is written large for another reason than that it begins the name after it."""
    key = word.key
    common = key in NO_NAMES or is_everyday(key) or key in ACRONYMS or key in BELONGINGS
    return (common and key not in COMPANY_NOUNS) or (
        word.begins and (is_word(key) or key.endswith(("ly", "ing", "ed")))
    )


def _may_go_on(word: Token) -> bool:
    """Whether *word*, in capitals after a name, belongs to it."""
    if word.shouted:
        return False
    return word.key in COMPANY_NOUNS or not (word.key in _AFTER_A_NAME or word.raw.isupper() or is_first_name(word.key))


def _may_stand(words: Tokens, name: str) -> bool:
    """Whether *words* are written as *name* must be where it is as short, or as common, as a word that is none."""
    if all(_is_a_word(one.key) for one in words if one.is_word):
        return all(one.capital and not one.shouted for one in words if one.is_word)
    return len(words) > 1 or len(name) > _SAME_CASE_UP_TO or (words[0].raw == name and not words[0].shouted)


def _is_a_word(key: str) -> bool:
    """Whether *key* is more than a company's name."""
    return is_word(key) or key in NO_NAMES or is_first_name(key)


def _is_compared(tokens: Tokens, start: int) -> bool:
    """Whether the customer is only mentioned beside the one who is meant: "same as Acme"."""
    return (key_at(tokens, start - 2), key_at(tokens, start - 1)) in COMPARED or (
        key_at(tokens, start - 1),
    ) in COMPARED


def _stands_as_name(tokens: Tokens, start: int, end: int) -> bool:
    """Whether the words from *start* to *end*, where they are everyday ones, stand there as a customer's name."""
    words = [one for one in tokens[start:end] if one.is_word]
    if not all(_is_a_word(one.key) for one in words):
        return True
    first, before, after = tokens[start], key_at(tokens, start - 1), key_at(tokens, end)
    if after == ":" and first.begins:
        return first.key not in CALENDAR and not key_at(tokens, end + 1)[:1].isdigit()
    if before in TIMES and first.key in CALENDAR:
        return False
    if acts(tokens, end, surely=True):
        return before not in DETERMINERS and not (first.key in _AUXILIARIES and _is_helped(after))
    if first.key in CALENDAR or before in TITLES or _all_in_capitals(tokens, start):
        return False
    rare = not any(is_everyday(one.key) or one.key in NO_NAMES or is_first_name(one.key) for one in words)
    if before in CUSTOMER | LOSES or after in DEALS or (rare and not first.begins and before not in DETERMINERS):
        return True
    earlier = tokens[start - 2] if start > 1 else first
    behind_one = earlier.key in ROLES | HEARS | OWNS or (earlier.capital and is_first_name(earlier.key))
    return (before in AT and behind_one) or (before in WITH and earlier.key in TALKS)


def _is_helped(verb: str) -> bool:
    """Whether *verb* is such as follows an auxiliary: "Will ask", not "Will asked"."""
    return verb != "will" and verb[-1:] not in ("s", "d")


def _all_in_capitals(tokens: Tokens, at: int) -> bool:
    """Whether every longer word of the sentence is written large, as in a headline."""
    low = at
    while low and not tokens[low].begins:
        low -= 1
    high = at + 1
    while high < len(tokens) and not tokens[high].begins:
        high += 1
    words = [one for one in tokens[low:high] if one.is_word and len(one.raw) > 3]
    return len(words) > 2 and all(one.capital for one in words)
