"""Which customer a follow-up is about, and what is to be done, by what was typed."""

import re
from collections.abc import Iterable

from bot.customers.names import find_known, name_key
from bot.followups.dates.reader import Due
from bot.followups.model import LONGEST_CUSTOMER

_VERBS = frozenset(
    (
        *("call", "ring", "phone", "email", "mail", "text", "ping", "buzz", "message", "write", "tell", "ask", "nudge"),
        *("send", "resend", "share", "forward", "give", "get", "post", "invoice", "bill", "pay", "chase", "remind"),
        *("check", "review", "update", "confirm", "prepare", "prep", "book", "schedule", "meet", "talk", "speak"),
        *("follow", "finish", "make", "do", "discuss", "let", "see", "log", "sign", "close", "demo", "please", "me"),
        *("visit", "show", "order", "renew", "submit", "draft", "quote", "present", "find", "fix", "look", "try"),
    )
)
_MOST_WORDS = 4  # of a customer's name that was not marked as one
_HEAD = re.compile(rf"([^:\n]{{1,{LONGEST_CUSTOMER}}}):\s+(\S.*)", re.S)
_NAME = re.compile(r"[A-Z0-9][\w'’&.,-]*(?:\s+(?:&|and|of|[A-Z0-9][\w'’&.,-]*))*")


def customer_and_text(due: Due, known: Iterable[str], *, lone: bool = False) -> tuple[str | None, str]:
    """
    Whom a follow-up is about, and what is to be done ("" where only the customer was named).

    The customer is what stands before a colon, unless that is a task; else a *known* customer's name that opens the
    text, the longest first; else the one to four words before the date, when words follow it, or, with *lone*, when
    they are written as names are; else a known customer named anywhere; else nobody.
    """
    text, known = _to_do(due.text), list(known)
    head = _HEAD.fullmatch(text)
    if head and not head[1].endswith(" ") and _may_be_a_name(head[1].strip()):
        return head[1].strip(), _to_do(head[2])
    found = find_known(text, known)
    if found is not None and found[0] == 0 and re.match(r"[\s,:-]+\S|\W*$", text[found[1] :]):
        return text[: found[1]], _to_do(text[found[1] :])
    named = _to_do(due.before).strip('"“”„')
    if named and len(named.split()) <= _MOST_WORDS and len(named) <= LONGEST_CUSTOMER and _may_be_a_name(named):
        if due.after:
            return named, _to_do(due.after)
        if lone and _NAME.fullmatch(named):
            return named, ""
    return (found[2] if found is not None else None), text


def customer_named(text: str, known: Iterable[str]) -> str | None:
    """The *known* customer whom *text* names; None where it names none."""
    found = find_known(text, list(known))
    return found[2] if found is not None else None


def without_customer(text: str, customer: str | None) -> str:
    """*text* without *customer* where that only stands before a colon: "Acme: call back" is to call back."""
    head, colon, rest = text.partition(":")
    said_before = customer and colon and name_key(head.strip()) == name_key(customer)
    return _to_do(rest) or text if said_before else text


_TELLS = re.compile(
    r"\b(?:is|are|was|were|went|has|had|wants?|says?|said|will|won't|didn't|doesn't|isn't|not|don't|because|but|he|she|"
    r"they)\b",
    re.I,
)


def tells(text: str) -> bool:
    """Whether *text* tells a story: somebody does or is something."""
    return _TELLS.search(text) is not None


def is_a_task(text: str) -> bool:
    """Whether *text* says what somebody is to do, and tells no story: "send the quote"."""
    first = (text.split() or [""])[0].lower()
    return first in _VERBS - {"please", "me", "do", "let"} and len(text.split()) > 1 and not tells(text)


def _may_be_a_name(text: str) -> bool:
    """Not a verb that begins what is to be done, and not only emoji or numbers."""
    plain = re.sub(r":[\w+-]++:?", "", text)
    letters = re.search(r"[^\W\d_]", plain) or re.search(r"(?<![\w/])\d[\w/]*+\s++\w|\d/\d", plain)
    return bool(text) and text.split()[0].lower() not in _VERBS and bool(letters)


def _to_do(text: str) -> str:
    text = re.sub(r"^:(?=\s)", "", text.strip(" ,;–—-")).strip()
    return re.sub(r"^to\s+(?=[a-z])", "", text)
