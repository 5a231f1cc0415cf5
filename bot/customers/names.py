"""
Whom a thread is about: the door to this room.

A known customer first, else a name that stands where only a customer's can. A wrong name is worse than none, since what
is said about one customer is brought together.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.customers.known_names import NameIndex, NamePlace
from bot.customers.labels import form_value, head
from bot.customers.patterns import hints, in_small_letters, mentions, people_in
from bot.customers.shapes import ReadMessage, is_name
from bot.customers.spelling import name_key, tokens

__all__ = ["KnownNames", "NamedCustomer", "customer_in", "find_known", "name_key"]

_MOST_MESSAGES = 30  # of a thread, the first: whom it is about, they say
_LONGEST_NAME = 80  # characters


@dataclass(frozen=True, slots=True)
class NamedCustomer:
    """A customer by *name*, as it is *known*, else as it was written. *near*: known, but spelt a little differently."""

    name: str
    known: bool
    near: bool = False


class KnownNames:
    """The known customers' names, made ready once for many threads."""

    def __init__(self, names: Collection[str]) -> None:
        self._index = NameIndex(names)

    def customer_in(self, texts: Sequence[str]) -> NamedCustomer | None:
        """Whom a thread (messages as plain text, the first first) is about; None where that cannot be said surely."""
        messages = [ReadMessage(text, split) for text in texts[:_MOST_MESSAGES] if (split := tokens(text))]
        if not messages:
            return None
        return (
            self._in_form(messages[0])
            or self._at_head(messages[0])
            or self._mentioned(messages)
            or next((found for one in messages[1:] if (found := self._in_form(one))), None)
            or self._misspelt(messages)
            or self._unknown(messages)
        )

    def find_known(self, text: str) -> tuple[int, int, str] | None:
        """The known customer whom *text* names first and as a name: where, and which."""
        found = tokens(text)
        places = [one for one in self._index.places(found) if one.known]
        place = next((one for one in places if not one.weak), places[0] if places else None)
        return (found[place.start].start, found[place.end - 1].end, place.name) if place else None

    def _in_form(self, message: ReadMessage) -> NamedCustomer | None:
        place = form_value(message, self._index.called)
        return self._named(message, place) if place else None

    def _at_head(self, message: ReadMessage) -> NamedCustomer | None:
        place = head(message)
        if place is None:
            return None
        if self._index.called(message.written(place.start, place.end)):
            is_one = any(one.known and one.start == place.start for one in self._index.places(message.tokens))
        else:
            is_one = is_name(message.tokens, place.start, place.end)
        return self._named(message, place) if is_one else None

    def _named(self, message: ReadMessage, place: NamePlace) -> NamedCustomer | None:
        found = message.written(place.start, place.end)
        if known := self._index.called(found):
            return NamedCustomer(known, known=True)
        if near := self._index.near(found):
            return NamedCustomer(near, known=True, near=True)
        return NamedCustomer(found, known=False) if len(found) <= _LONGEST_NAME else None

    def _mentioned(self, messages: Sequence[ReadMessage]) -> NamedCustomer | None:
        weak = None
        for message in messages:
            for place in self._index.places(message.tokens):
                if not place.known:
                    return self._named(message, place)
                if not place.weak:
                    return NamedCustomer(place.name, known=True)
                weak = weak or NamedCustomer(place.name, known=True)
        return weak

    def _misspelt(self, messages: Sequence[ReadMessage]) -> NamedCustomer | None:
        for message in messages:
            for place in self._index.near_places(message.tokens):
                return NamedCustomer(place.name, known=True, near=True)
        return None

    def _unknown(self, messages: Sequence[ReadMessage]) -> NamedCustomer | None:
        people = frozenset(name for one in messages for name in people_in(one.tokens))
        for message in messages:
            for place in mentions(message, people):
                return self._named(message, place)
        for message in messages:
            if places := list(hints(message, people)):
                names = {message.written(one.start, one.end) for one in places}
                return self._named(message, places[0]) if len(names) == 1 else None
        small = ((one, in_small_letters(one)) for one in messages)
        return next((self._named(one, found) for one, found in small if found), None)


@lru_cache(maxsize=8)
def _ready(names: frozenset[str]) -> KnownNames:
    return KnownNames(sorted(names))


def customer_in(texts: Sequence[str], known: Collection[str] = ()) -> NamedCustomer | None:
    """Whom a thread (messages as plain text, the first first) is about; None where that cannot be said surely."""
    return _ready(frozenset(known)).customer_in(texts)


def find_known(text: str, known: Collection[str]) -> tuple[int, int, str] | None:
    """
    The known customer whom *text* names first and as a name: where, and which.

    The longest name, where several begin there; one that is a first name, too, only where no other stands.
    """
    return _ready(frozenset(known)).find_known(text)
