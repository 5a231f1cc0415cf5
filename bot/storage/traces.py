"""Where a person or a customer shows in what is kept: found in texts and in JSON, and masked."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

GONE = "GONE"  # stands for the id of somebody whose data was removed; no id of Slack's looks like it
SOMEBODY = "somebody who has left"  # how it is shown
_ZERO_WIDTH_SPACE = "\u200b"


class Trace(Protocol):
    """Somebody or something, as it shows in text."""

    def is_in(self, text: object) -> bool:
        """Whether it shows in *text*: plain, in Slack's markup, or JSON. False for what is no text."""


class PersonTrace:
    """A person by id, wherever it stands as a whole."""

    def __init__(self, user: str) -> None:
        self.user = user
        whole = rf"(?<![A-Za-z0-9]){re.escape(user)}(?![A-Za-z0-9])"
        self._whole = re.compile(whole)
        self._mention = re.compile(rf"<@{re.escape(user)}(?:\|[^>]*)?>")
        self._called = re.compile(rf"(?<!<)@{re.escape(user)}(?![A-Za-z0-9])")

    def is_in(self, text: object) -> bool:
        """Whether the id stands in *text*. False for what is no text."""
        return isinstance(text, str) and self._whole.search(text) is not None

    def masked(self, text: str) -> str:
        """*text* with the id replaced by one that stands for nobody; in JSON, lists and keys lose it instead."""
        value = _as_json(text)
        if value is not None:
            return json.dumps(self._without(value), ensure_ascii=False)
        return self._in_words(text)

    def _in_words(self, text: str) -> str:
        text = self._mention.sub(f"<@{GONE}>", text)
        return self._whole.sub(GONE, self._called.sub(SOMEBODY, text))

    def _without(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._without(one) for one in value if one != self.user]
        if isinstance(value, dict):
            return {self._in_words(key): self._without(one) for key, one in value.items() if key != self.user}
        return self._in_words(value) if isinstance(value, str) else value


class NameTrace:
    """
    A customer by *name*, as whole words and however it is capitalised.

    *others* are the names of other customers: one that holds this name, as Acme Corp holds Acme, is not this one.
    """

    def __init__(self, name: str, others: Iterable[str] = ()) -> None:
        self.name = name
        self._words = _whole_words(normal(name))
        folded = {normal(one) for one in others} - {normal(name)}
        longer = sorted((one for one in folded if self._words.search(one)), key=len, reverse=True)
        self._longer = [_whole_words(one) for one in longer]

    def is_in(self, text: object) -> bool:
        """Whether *text*, plain, in Slack's markup or JSON, names the customer. False for what is no text."""
        return isinstance(text, str) and any(self._is_in(one) for one in _strings(text))

    def _is_in(self, text: str) -> bool:
        words = normal(text)
        if self._words.search(words) is None:
            return False
        for longer in self._longer:
            words = longer.sub(" ", words)
        return self._words.search(words) is not None


def normal(text: str) -> str:
    """*text* for comparing: without Slack's entities, what keeps it from being formatted, capitals and line breaks."""
    return " ".join(html.unescape(text).replace(_ZERO_WIDTH_SPACE, "").split()).casefold()


def _whole_words(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")


def _as_json(text: str) -> Any:
    """*text* as a list or an object of JSON; None where it is neither."""
    if text[:1] not in ("[", "{"):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _strings(text: str) -> Iterator[str]:
    value = _as_json(text)
    if value is None:
        yield text
    else:
        yield from _in_json(value)


def _in_json(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _in_json(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _in_json(one)
