"""Whether what follows a name is what only a customer does: "Acme says", "Acme's CFO is furious", "Acme will leave"."""

from bot.customers.sentence_words import (
    ACTS,
    ADVERBS,
    BARE_ROLES,
    BELONGINGS,
    DOES,
    DONE,
    HAS,
    HUMAN,
    IS,
    PRONOUNS,
    ROLES,
    SAYS,
    SPEAKERS,
    TITLES,
    WILL,
)
from bot.customers.shapes import Tokens, is_first_name

_LONGEST_ASIDE = 12  # tokens between brackets
_NOT = {"won", "doesn", "don", "didn", "isn", "aren", "hasn", "haven", "wouldn", "can", "couldn", "wasn", "weren"}
_MOST_ADVERBS = 4
_GERMAN_WILL = {
    "kündigen",
    "wechseln",
    "mit",
    "den",
    "die",
    "uns",
    "nicht",
    "raus",
    "aussteigen",
    "sofort",
    "zum",
    "zur",
}


def key_at(tokens: Tokens, at: int) -> str:
    """The word or sign at *at*; "" past the end, and for mentions."""
    return tokens[at].key if 0 <= at < len(tokens) and not tokens[at].dead else ""


def past_aside(tokens: Tokens, at: int) -> int:
    """Where the text goes on after brackets that open at *at*."""
    if key_at(tokens, at) != "(":
        return at
    for end in range(at + 1, min(at + _LONGEST_ASIDE, len(tokens))):
        if tokens[end].key == ")":
            return end + 1
    return at


def past_adverbs(tokens: Tokens, at: int) -> int:
    """Where the text goes on after words like "just" and "absolutely"."""
    end = at
    while end < min(at + _MOST_ADVERBS, len(tokens)) and (
        tokens[end].key in ADVERBS or (tokens[end].key.endswith("ly") and len(tokens[end].key) > 4)
    ):
        end += 1
    return end


def acts(tokens: Tokens, at: int, *, surely: bool = False) -> bool:
    """
    Whether the subject that ends before *at* does what customers do.

    *surely*: nothing that things do as well, as in "Target keeps moving".
    """
    at = past_aside(tokens, at)
    if key_at(tokens, at) == "'" and not tokens[at].spaced:
        ending = key_at(tokens, at + 1)
        after = past_adverbs(tokens, at + 2)
        if ending == "s":
            return _of_it(tokens, at + 2) or key_at(tokens, after) in HUMAN
        return ending in ("ll", "d", "re") and key_at(tokens, after) in ACTS | HUMAN
    for _ in range(2):
        at += key_at(tokens, at) in BARE_ROLES and not tokens[at].begins
    return _verb(tokens, past_adverbs(tokens, at), surely)


def _of_it(tokens: Tokens, at: int) -> bool:
    """Whether somebody or something of a customer's stands at *at*, an adjective or two before it."""
    keys = [key_at(tokens, at + ahead) for ahead in range(3)]
    if keys[0] in SPEAKERS or keys[0] in BELONGINGS or keys[0] in TITLES or keys[1] in SPEAKERS:
        return True
    return (keys[1] in BELONGINGS and keys[0].isalpha()) or (keys[0] in ROLES and _verb(tokens, at + 1, True))


def _verb(tokens: Tokens, at: int, surely: bool) -> bool:
    key, after = key_at(tokens, at), past_adverbs(tokens, at + 1)
    following = key_at(tokens, after)
    if key in _NOT and following == "'":
        return not surely or key in ("won", "wouldn")
    if key in IS:
        return following in HUMAN
    if key in HAS:
        return following in DONE
    if key in WILL:
        return following in ACTS or following in _GERMAN_WILL
    return key in SAYS or (not surely and key in DOES)


def is_a_person(tokens: Tokens, at: int) -> bool:
    """Whether the words after *at* speak of one person, as in "Okafor says he will cancel", and no other."""
    ends = 0
    for token in tokens[at:]:
        if token.key in ROLES or (token.capital and (token.key in TITLES or is_first_name(token.key))):
            return False
        if token.key in PRONOUNS:
            return True
        if token.begins and token.key not in PRONOUNS:
            ends += 1
            if ends > 1:
                return False
    return False
