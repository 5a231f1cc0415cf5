"""A phrase where it stands: what is before and behind it, and how it is written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.followups.dates.grouping import GAP
from bot.followups.dates.meanings import Phrase
from bot.followups.dates.words_around import TASK_VERBS

_WORD_AFTER = re.compile(r"\s+([^\s,;:()]+)")
_NEAR = 80  # characters on either side that say what a word is


@dataclass(frozen=True)
class Setting:
    """A phrase where it stands in *text* (as typed) and *low* (in small letters), with its neighbours."""

    one: Phrase
    text: str
    low: str
    before_it: Phrase | None
    after_it: Phrase | None
    american: bool = False

    @cached_property
    def shown(self) -> str:
        """The phrase as it was typed."""
        return self.text[self.one.start : self.one.end]

    @cached_property
    def before(self) -> str:
        """What stands before it, in small letters."""
        return self.low[max(0, self.one.start - _NEAR) : self.one.start]

    @cached_property
    def behind(self) -> str:
        """What stands behind it, as typed."""
        return self.text[self.one.end : self.one.end + _NEAR]

    @cached_property
    def behind_low(self) -> str:
        """The same in small letters."""
        return self.low[self.one.end : self.one.end + _NEAR]

    @cached_property
    def word(self) -> str:
        """The next word, in small letters; "" behind the end or a full stop."""
        following = _WORD_AFTER.match(self.behind_low)
        return following[1].strip("\"'.!?") if following else ""

    @cached_property
    def previous(self) -> str:
        """The word before it, as typed; "" at the beginning and behind punctuation."""
        before = self.text[max(0, self.one.start - _NEAR) : self.one.start]
        word = before.split()[-1] if before[-1:].isspace() and before.strip() else ""
        return "" if word[-1:] in (",", ";", ":", "(", ")") else word.lstrip("(\"'")

    @cached_property
    def begins(self) -> bool:
        """Whether nothing stands before it."""
        return not self.low[: self.one.start].strip(" \"'(-")

    @cached_property
    def ends(self) -> bool:
        """Whether nothing stands behind it."""
        return not self.low[self.one.end :].strip(" .!?\"')")

    @cached_property
    def breaks(self) -> bool:
        """Whether a comma or the like follows."""
        return bool(re.match(r"\s*[,;:.!?()-]", self.behind_low))

    @cached_property
    def capital(self) -> bool:
        """Whether each of its words is written as names are."""
        return all(word[0].isupper() for word in self.shown.split() if word[0].isalpha())

    @cached_property
    def capital_next(self) -> bool:
        """Whether a name may follow: a word with a capital that is no part of a date."""
        found = re.match(r"\s+(?:&\s+)?([A-Z][\w'&.-]*)", self.behind)
        return found is not None and not (
            self.after_it is not None and self.after_it.start < self.one.end + found.end()
        )

    @cached_property
    def capital_before(self) -> bool:
        """Whether a name may stand before it: a word with a capital that is no part of a date, nor the first verb."""
        found = self.previous
        if not found or not found[0].isupper() or self.text[self.one.start - 1 : self.one.start] != " ":
            return False
        start = self.one.start - 1 - len(found)
        if self.before_it is not None and self.before_it.end > start:
            return False
        return not (self.low[:start].strip() == "" and found.lower() in TASK_VERBS)

    @cached_property
    def name_begins_text(self) -> bool:
        """Whether nothing stands before the words with capitals that end in it."""
        before = self.text[: self.one.start]
        if before.split()[:1] and before.split()[0].lower() in TASK_VERBS:
            return False
        return re.fullmatch(r"\W*(?:[A-Z0-9][\w'&.-]*\s+(?:&\s+)?)+", before) is not None

    def _beside(self, other: Phrase | None, kinds: tuple[type, ...]) -> bool:
        if other is None or not isinstance(other.meaning, kinds):
            return False
        between = (
            self.low[other.end : self.one.start]
            if other.end <= self.one.start
            else self.low[self.one.end : other.start]
        )
        return bool(GAP.fullmatch(between))

    def behind_a(self, *kinds: type) -> bool:
        """Whether one of *kinds* stands right before it."""
        return self._beside(self.before_it, kinds)

    def before_a(self, *kinds: type) -> bool:
        """Whether one of *kinds* stands right behind it."""
        return self._beside(self.after_it, kinds)

    def beside_a(self, *kinds: type) -> bool:
        """Either."""
        return self.behind_a(*kinds) or self.before_a(*kinds)


def setting(phrases: Sequence[Phrase], at: int, text: str, low: str, *, american: bool = False) -> Setting:
    """The phrase at *at* of *phrases* where it stands."""
    before, after = phrases[at - 1] if at else None, phrases[at + 1] if at + 1 < len(phrases) else None
    return Setting(phrases[at], text, low, before, after, american)
