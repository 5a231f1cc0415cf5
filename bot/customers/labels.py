"""Customers that stand where a label asks for them: in the lines of forms, and before a colon at the beginning."""

from collections.abc import Callable

from bot.customers.everyday_words import is_everyday
from bot.customers.known_names import NamePlace
from bot.customers.patterns import of_person, with_genitive
from bot.customers.predicates import key_at, past_aside
from bot.customers.sentence_words import CALENDAR, COMPANY, CUSTOMER, FORM_LABELS, HUMAN, LABELS, LEADS, NOTHING, ROLES
from bot.customers.shapes import NO_NAMES, ReadMessage, Tokens, is_first_name, is_name, is_person, name_end, person_end

_LONGEST_LABEL = 5  # tokens: "name of the customer"
_ABOUT = {"from", "von", "de", "about", "re", "for", "regarding", "für"}
_MARKS = {"*", "_", "~", '"', "'", ">", "-", "•", "`"}


def form_value(message: ReadMessage, is_known: Callable[[str], object]) -> NamePlace | None:
    """The customer of a form: "Customer: Acme"; in small letters, too, where *is_known* knows the name."""
    tokens = message.tokens
    for at, token in enumerate(tokens):
        if token.begins and (start := _after_label(message, at)):
            end, last = _value_end(message, start)
            if is_known(message.written(start, last)):
                return NamePlace(start, last)
            return _value(tokens, start, last, end)
    return None


def _after_label(message: ReadMessage, at: int) -> int | None:
    """Where the value of a label for customers begins that begins at *at*."""
    tokens = message.tokens
    for length in range(_LONGEST_LABEL, 0, -1):
        end = at + length
        if tuple(one.key for one in tokens[at:end]) not in FORM_LABELS or len(tokens) < end:
            continue
        if key_at(tokens, end) == "/" and key_at(tokens, end + 1) in CUSTOMER | COMPANY:
            end += 2  # "Client / account"
        colon = False
        while end < len(tokens) and tokens[end].key.strip() in {":", *_MARKS}:
            colon = colon or tokens[end].key == ":"
            end += 1
        marked = key_at(tokens, at - 1) in ("*", "_")
        if end < len(tokens) and (colon or (marked and message.breaks(end))):
            return end
    return None


def _value_end(message: ReadMessage, start: int) -> tuple[int, int]:
    """Where the value that begins at *start* ends, and where its last word does."""
    tokens = message.tokens
    end = start + 1
    while end < len(tokens) and not message.breaks(end) and tokens[end].key not in ("|", ";", "*"):
        if tokens[end].begins and tokens[end - 1].key in ".!?":
            break
        end += 1
    last = end
    while last > start + 1 and not tokens[last - 1].is_word and tokens[last - 1].key not in (")", "!"):
        last -= 1
    return end, last


def _value(tokens: Tokens, start: int, last: int, end: int) -> NamePlace | None:
    reached = name_end(tokens, start)
    if reached > start and is_person(tokens, start, reached):
        reached = person_end(tokens, start)
        return of_person(tokens, start, reached) or (
            NamePlace(reached + 1, name_end(tokens, reached + 1)) if _is_company_after(tokens, reached, end) else None
        )
    if reached > start and is_name(tokens, start, reached):
        return NamePlace(start, reached)
    whole = [one for one in tokens[start:last] if one.is_word]
    if not whole or whole[0].key in NOTHING | LABELS | LEADS | ROLES | HUMAN | CALENDAR or tokens[start].dead:
        return None
    if reached == last and reached > start:
        return NamePlace(start, reached)
    plain = len(whole) <= 3 and not any(
        is_everyday(one.key) or one.key in NO_NAMES or is_first_name(one.key) for one in whole
    )
    return NamePlace(start, last) if plain and all(one.raw.isalpha() for one in whole) else None


def _is_company_after(tokens: Tokens, comma: int, end: int) -> bool:
    if key_at(tokens, comma) not in (",", "/", " -", "|"):
        return False
    reached = name_end(tokens, comma + 1)
    return comma + 1 < reached <= end and is_name(tokens, comma + 1, reached)


def head(message: ReadMessage) -> NamePlace | None:
    """What stands before a colon at the beginning: "Nordwind: they want to cancel"."""
    tokens = message.tokens
    at = _past_greeting(tokens)
    while at + 1 < len(tokens) and key_at(tokens, at) in _ABOUT | LABELS:
        at += 1
    end = name_end(tokens, at)
    if end == at or not tokens[at].is_word:
        return None
    end = with_genitive(tokens, end)
    after = past_aside(tokens, end)
    for _ in range(2):
        after += key_at(tokens, after) in ROLES | LABELS and not tokens[after].begins
    if key_at(tokens, after) != ":" or (after + 1 < len(tokens) and not tokens[after + 1].spaced):
        return None
    return NamePlace(at, end)


def _past_greeting(tokens: Tokens) -> int:
    """Where a text begins behind mentions, emoji, greetings, and labels like "[URGENT]"."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if (token.key == "[" and (close := _closing(tokens, at))) or (
            token.key == ":" and key_at(tokens, at + 1) and not tokens[at + 1].spaced and (close := _emoji(tokens, at))
        ):
            at = close
        elif token.dead or not token.is_word or (reached := _past_label(tokens, at)) == at:
            if token.is_word and not token.dead:
                return at
            at += 1
        else:
            at = reached
    return 0


def _closing(tokens: Tokens, at: int) -> int:
    return next((end + 1 for end in range(at, min(at + 8, len(tokens))) if tokens[end].key == "]"), 0)


def _emoji(tokens: Tokens, at: int) -> int:
    for end in range(at + 1, min(at + 12, len(tokens))):
        if tokens[end].spaced:
            return 0
        if tokens[end].key == ":":
            return end + 1
    return 0


def _past_label(tokens: Tokens, at: int) -> int:
    """Behind "URGENT - ", "Hi team, ", "Escalation: "; *at* where there is none of these."""
    end = at
    while end < min(at + 4, len(tokens)) and tokens[end].key in LABELS:
        end += 1
    if end > at and (end == len(tokens) or tokens[end].key.strip() in {":", ",", "-", "!", ".", "|", ")"}):
        return end
    return at
