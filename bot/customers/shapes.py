"""What a written name looks like: where it ends, and whether it is a company's, and not a person's or a common word."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from bot.customers.everyday_words import is_everyday, is_word
from bot.customers.given_names import FIRST_NAMES, PLACES, TOOLS
from bot.customers.sentence_words import (
    ACRONYMS,
    ACTS,
    ADVERBS,
    CALENDAR,
    CAPITAL_FORMS,
    COMPANY,
    COMPANY_FIRST,
    COMPANY_NOUNS,
    CUSTOMER,
    DOES,
    DONE,
    HAS,
    HUMAN,
    IS,
    KIN,
    LABELS,
    LEADS,
    LEGAL_FORMS,
    PRONOUNS,
    ROLES,
    SAYS,
    TITLES,
    WILL,
)
from bot.customers.spelling import Token

Tokens = Sequence[Token]
_MOST_WORDS = 6
_ALSO_ROLES = {"SA", "SE", "AS", "SP", "CO", "Co", "AB", "SL", "NV", "BV", "AG"}
_LONG = 7  # letters from which an ending tells a word
_MOST_OF_A_PERSON = 3
_OF = {"of", "de", "von", "van", "der", "del", "du", "di", "da", "dos", "la", "zu", "den"}
_OF_A_PLACE = {
    "house",
    "port",
    "city",
    "county",
    "isle",
    "society",
    "church",
    "ministry",
    "league",
    "world",
    "state",
    "town",
}
_PARTICLES = {"de", "van", "der", "den", "da", "dos", "ter", "ten", "di", "la", "le", "du"}
_AND = {"and", "und", "et", "y", "e"}
_ABBREVIATED = {"rd", "qa", "tc", "pl", "om", "ls", "ma", "dd", "hs", "ts", "tcs", "ae"}  # R&D, Q&A, T&C, P&L
_DOMAINS = {"com", "io", "ai", "de", "net", "org", "co", "uk", "eu", "app", "dev", "fr", "es", "it", "nl", "ch", "at"}
_CONTRACTED = {"s", "ll", "re", "ve", "d", "t", "m"}
_COMMON_ENDINGS = (
    "ers",
    "ors",
    "ists",
    "ants",
    "ees",
    "ungen",
    "able",
    "less",
    "ful",
    "ing",
    "ings",
    "tion",
    "ness",
    "ung",
    "heit",
    "keit",
    "ity",
    "ism",
    "ly",
    "error",
    "exception",
)
_DOTTED = {"inc", "ltd", "corp", "co", "pty", "pte", "bros"}
_IN_SMALL = {"inc", "llc", "gmbh", "ltd", "corp", "plc", "corporation"}  # legal forms that are no other word
# what ends a name that goes on in capitals: "Acme CFO", "Acme Friday", "Acme Escalation"
_AFTER_A_NAME = (ROLES | LABELS | TITLES | CALENDAR | CUSTOMER | LEADS | SAYS | HUMAN | IS | HAS | WILL) - COMPANY_NOUNS
_NEVER_FIRST = ROLES | CALENDAR | TOOLS
_PARTS_OF_NAMES = COMPANY_NOUNS - ROLES
NO_NAMES = LEADS | LABELS | ROLES | CALENDAR | TITLES | CUSTOMER | COMPANY | HUMAN | SAYS
_NOT_IN_SMALL = NO_NAMES | COMPANY_NOUNS | PLACES | TOOLS | ACRONYMS | IS | WILL | HAS | DOES | ADVERBS | ACTS | DONE
_LEADING = LEADS | LABELS


def without_accents(key: str) -> str:
    """*key* as it is typed where the keyboard has no accents."""
    if key.isascii():
        return key
    return "".join(one for one in unicodedata.normalize("NFD", key) if not unicodedata.combining(one))


def is_first_name(key: str) -> bool:
    """Whether people are called so."""
    return without_accents(key) in FIRST_NAMES


class ReadMessage(NamedTuple):
    """A text and its tokens."""

    text: str
    tokens: Tokens

    def breaks(self, at: int) -> bool:
        """Whether a line begins with the token at *at*."""
        return at > 0 and "\n" in self.text[self.tokens[at - 1].end : self.tokens[at].start]

    def written(self, start: int, end: int) -> str:
        """The name that the tokens from *start* to *end* make, as it stands in the text."""
        return " ".join(self.text[self.tokens[start].start : self.tokens[end - 1].end].split())


def name_end(tokens: Tokens, start: int) -> int:
    """Where the name ends that begins at *start*; *start* itself where none does."""
    if not _begins_a_name(tokens, start):
        return start
    end, words = start + 1, 1
    while end < len(tokens) and words < _MOST_WORDS and legal_end(tokens, end) == end:
        if not (step := goes_on(tokens, end)):
            break
        end, words = end + step, words + 1
    return legal_end(tokens, end)


def person_end(tokens: Tokens, start: int) -> int:
    """Where a person's name ends that begins at *start* with a title or a first name."""
    end = start + 1
    if tokens[start].key in TITLES and end < len(tokens):
        end += tokens[end].key == "." and not tokens[end].spaced
    words = 0
    while tokens[start].key in TITLES and end + 1 < len(tokens) and tokens[end].key in _PARTICLES:
        end += 1  # Mevrouw de Graaf
    while end < len(tokens) and words < _MOST_OF_A_PERSON:
        small = tokens[end].is_word and not tokens[end].capital
        step = 0 if small or tokens[end].key in "&+" else goes_on(tokens, end)
        if not step:
            break
        end, words = end + step, words + 1
    return end


def _begins_a_name(tokens: Tokens, at: int) -> bool:
    if at >= len(tokens):
        return False
    token = tokens[at]
    if token.dead or not token.is_word:
        return False
    digit = token.raw.isdigit() and at + 2 < len(tokens) and tokens[at + 1].key == "-" and tokens[at + 2].capital
    return token.capital or digit


def goes_on(tokens: Tokens, at: int) -> int:
    """How many tokens from *at* on belong to the name that ends there so far."""
    token = tokens[at]
    if token.dead:
        return 0
    if not token.is_word:
        return _past_sign(tokens, at) if at + 1 < len(tokens) and tokens[at + 1].is_word else 0
    if not token.capital:
        return _through_small_words(tokens, at)
    ends = token.key in _AFTER_A_NAME or token.begins or (token.raw.isupper() and token.key in ACRONYMS)
    return 0 if ends or not token.spaced else 1


def _past_sign(tokens: Tokens, at: int) -> int:
    """The same where a sign stands at *at*, and a word after it."""
    token, before, after = tokens[at], tokens[at - 1], tokens[at + 1]
    glued = not after.spaced and not after.dead
    match token.key:
        case "&" | "+":
            return 2 if after.capital or after.key in KIN else 0
        case "-":
            cooperative = after.key == "op" and before.key == "co"
            return 2 if glued and (after.capital or after.raw.isdigit() or cooperative) else 0
        case "'" if after.key == "s":
            behind = tokens[at + 2] if at + 2 < len(tokens) else after
            return 3 if behind.key in _PARTS_OF_NAMES and behind.capital else 0
        case "'":
            name = after.capital or len(before.raw) <= 1
            return 2 if glued and name and after.key not in _CONTRACTED else 0
        case ".":
            saint = before.key == "st" and after.capital
            return 2 if saint or (glued and not token.spaced and after.key in _DOMAINS) else 0
    return 0


def _through_small_words(tokens: Tokens, at: int) -> int:
    """The same for "of" in "Bank of Ireland", "and" in "Smith and Sons"."""
    if tokens[at - 1].key in ROLES:
        return 0  # "Kollege von"
    for last in range(at, min(at + 2, len(tokens) - 1)):
        word, after = tokens[last].key, tokens[last + 1]
        if word in _AND and last == at:
            return 2 if after.key in KIN and after.capital else 0
        if word not in _OF or (word == "of" and last == at and tokens[at - 1].key not in COMPANY_NOUNS | _OF_A_PLACE):
            return 0
        if after.capital and after.is_word and not after.dead and after.key not in _AFTER_A_NAME:
            return last - at + 2
    return 0


def legal_end(tokens: Tokens, end: int) -> int:
    """Where a name ends with its legal forms: "Acme, Inc.", "Wagner GmbH & Co. KG"; *end* where it has none."""
    if end < len(tokens) and tokens[end].key == "." and not tokens[end].spaced and tokens[end - 1].key in _DOTTED:
        end += 1
    while end < len(tokens):
        comma = tokens[end].key == "," and not tokens[end].spaced
        at = end + comma
        reached = _legal_form(tokens, at)
        if comma and reached > at and tokens[at].raw in _ALSO_ROLES:
            return end
        if reached == at and tokens[end].key == "&":
            reached = _legal_form(tokens, end + 1)
            at = end + 1
        if reached == at:
            return end
        end = reached
    return end


def _legal_form(tokens: Tokens, at: int) -> int:
    """Where the legal form at *at* ends; *at* where there is none."""
    if (
        at >= len(tokens)
        or tokens[at].dead
        or tokens[at].shouted
        or (not tokens[at].spaced and tokens[at - 1].key != "&")
    ):
        return at
    token = tokens[at]
    if at + 1 < len(tokens) and tokens[at + 1].key == "-":
        return at  # Co-op
    small = token.raw.islower()
    if token.raw in CAPITAL_FORMS or (token.key in LEGAL_FORMS and (not small or token.key in _IN_SMALL)):
        end = at + 1
        dotted = end < len(tokens) and tokens[end].key == "." and not tokens[end].spaced
        return end + 1 if dotted and token.key in _DOTTED else end
    letters, end = token.raw, at + 1
    if len(letters) > 1:
        return at
    while end + 1 < len(tokens) and tokens[end].key in "./" and not tokens[end].spaced and not tokens[end + 1].spaced:
        if not tokens[end + 1].is_word:
            break
        letters, end = letters + tokens[end + 1].raw, end + 2
    if letters in CAPITAL_FORMS or letters.lower() in LEGAL_FORMS:
        return end + (end < len(tokens) and tokens[end].key == ".")
    return at


def has_legal_form(tokens: Tokens, start: int, end: int) -> bool:
    """Whether the name from *start* to *end* ends with a legal form, and has more than that."""
    return any(legal_end(tokens, at) == end for at in range(start + 1, end))


def is_company(tokens: Tokens, start: int, end: int) -> bool:
    """Whether nothing but a company is called so: "Wagner GmbH", "Moss & Lane", "Hollis Bank"."""
    keys = [one.key for one in tokens[start:end] if one.is_word]
    if len(keys) < 2 or (keys[0] in PRONOUNS and keys[-1] in KIN) or all(map(is_first_name, keys[:2])):
        return False
    if has_legal_form(tokens, start, end):
        # "Third SA" is a colleague
        return not (all(map(_is_common, keys[:-1])) and tokens[end - 1].raw in _ALSO_ROLES)
    if keys[-1] in KIN and keys[-1] not in ("company", "partners", "co"):
        return True
    if keys[0] in COMPANY_FIRST and not _is_common(keys[1]):
        return True
    if keys[-1] in COMPANY_NOUNS:
        return keys[0] not in NO_NAMES - COMPANY_NOUNS or (keys[0] in ("new", "good", "great", "old", "all"))
    joined = any(one.key == "&" for one in tokens[start:end]) and "".join(keys) not in _ABBREVIATED
    return joined and not all(is_first_name(key) for key in keys) and not all(map(_is_common, keys))


def is_person(tokens: Tokens, start: int, end: int) -> bool:
    """Whether a person is called so, as far as the words tell: "Gwen", "Mr Stone", "Sue Lawless"."""
    first = tokens[start]
    if first.key in TITLES:
        return True
    return is_first_name(first.key) and not is_company(tokens, start, end) and not first.raw.isupper()


def is_name(tokens: Tokens, start: int, end: int) -> bool:
    """Whether a company may be called so, and nobody and nothing else is, as far as the words tell."""
    if start >= end or is_person(tokens, start, end):
        return False
    if is_company(tokens, start, end):
        return True
    words = [one for one in tokens[start:end] if one.is_word]
    first = words[0]
    if first.key in _NEVER_FIRST or (first.raw.isupper() and first.key in ACRONYMS):
        return False
    if first.key in NO_NAMES and len(words) > 1 and first.key in _LEADING:
        return False
    if len(words) == 1:
        return _is_single_name(first)
    if first.raw.isupper() and any(one.raw.isdigit() for one in words[1:]):
        return False  # HB-22817
    if first.raw.isdigit():
        return words[1].start == first.end + 1  # 7-Eleven
    return not all(_is_common(one.key) for one in words)


def is_small_name(word: Token) -> bool:
    """Whether *word*, by somebody who types all in small letters, can be nothing but a name."""
    key = word.key
    common = is_word(key) or key in _NOT_IN_SMALL
    return word.raw.isalpha() and len(key) > 3 and not (common or is_first_name(key) or _ends_like_a_word(key))


def _is_single_name(word: Token) -> bool:
    key, raw = word.key, word.raw
    if _is_common(key) or key in COMPANY_NOUNS or key in PLACES or key in TOOLS or is_first_name(key) or word.shouted:
        return False
    if raw[0].isdigit():
        return len(raw) > 1 and key not in ACRONYMS
    if key in ACRONYMS and not raw.islower() and (raw.isupper() or len(raw) <= 3):
        return False
    if any(map(str.isdigit, raw)) and len(raw) <= 4:
        return False
    short = 4 if raw.isupper() else 3
    return len(raw) >= short and not _ends_like_a_word(key)


def _ends_like_a_word(key: str) -> bool:
    return len(key) >= _LONG and key.endswith(_COMMON_ENDINGS)


def _is_common(key: str) -> bool:
    return key in NO_NAMES or is_everyday(key) or key.isdigit()
