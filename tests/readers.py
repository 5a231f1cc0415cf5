"""
The reader's-eye oracle: did anybody read, in what the bot shows, words that were typed where they are not?

Looked at is every version of every message and window of the bot's, with what notifications tell of it, by everybody
who could see it from the first moment that they could. A word counts if it is *rare*: of five letters, or a number of
three digits, and neither in the bot's own texts, nor in the cards, nor the name of anybody or of any channel. Four
words in a row count, too, however ordinary each is. Whoever typed them, was named in them, or was at that moment a
member of a place where anybody typed them, may read them; of public places so may every full member of ours, but
neither guests nor people of other organisations. The name of the customer about whom somebody is paged they may read.

What this cannot see: words of a single place that are ordinary ones, changed, or cut into pieces of three.
"""

import ast
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.config import shipped_playbooks
from bot.emulator.errors import Json
from bot.emulator.journal import Journal, Shown, Stretch, Typed
from bot.emulator.text import words
from bot.emulator.workspace import Workspace

BOT = Path(__file__).resolve().parents[1] / "bot"
_NOT_ITS_TEXTS = {"emulator", "demo_seed.py", "tour.py"}
_SHORTEST_WORD, _SHORTEST_NUMBER, _ROW = 5, 3, 4
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATE = re.compile(r"<!date\^[^>]*>")
_LINK = re.compile(r"<(?:https?|mailto|tel|slack):[^>|]*(?:\|([^>]*))?>|https?://\S+")
_MARKUP = re.compile(r"<[@#!][^>]*>|:[a-z0-9_+-]+:")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_MEANS = re.compile(r"^ +means: (.*)", re.MULTILINE)
_PAGED = re.compile(r"^(.{1,150}?) needs you\b", re.MULTILINE)

Words = frozenset[str]
NOTHING: Words = frozenset()


@dataclass(frozen=True)
class Leak:
    """*reader* could read *said* in *message*, which *by* had typed in *place*, where the reader was not."""

    reader: str
    said: str
    by: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.reader} reads “{self.said}”, typed by {self.by} in {self.place}, in:\n{self.message}"


def leaks(workspace: Workspace) -> list[Leak]:
    """All that anybody could read and should not, as the workspace stands; the first message of each alone."""
    return workspace.call(lambda: list(_Readers(workspace).leaks()))


def assert_no_leaks(workspace: Workspace) -> None:
    """Fail with what was read by whom."""
    found = leaks(workspace)
    assert not found, "\n---\n".join(str(one) for one in found)


class _Readers:
    """Everybody of a workspace, and what they may read."""

    def __init__(self, workspace: Workspace) -> None:
        state = workspace.state
        self._state = state
        self._people = state.people
        self._journal: Journal = state.journal
        names = [f"{one.name} {one.real_name} {one.title}" for one in state.users.values()]
        names += [channel.name for channel in state.channels.values()]
        names += [f"{group.name} {group.handle}" for group in state.user_groups]
        names += [state.seed.team_name, *(one.name for one in state.seed.organisations)]
        self._known = own_words() | {word for name in names for word in tokens(name)}
        self._stays = {place: dict(stays) for place, stays in self._journal.stays.items()}
        for channel in state.channels.values():  # members whom a test has put there by hand count from the start
            for one in channel.members:
                self._stays.setdefault(channel.id, {}).setdefault(one, [Stretch(0)])
        self._typed = [(one, said(one.text)) for one in self._journal.typed]

    def leaks(self) -> Iterator[Leak]:
        told: set[tuple[str, str]] = set()
        for shown in self._journal.shown:
            content = _everything(shown.content)
            read = said(content) - self._known
            if not any(read & typed for _, typed in self._typed):
                continue
            for reader, at in self._readers_of(shown):
                for leak in self._read_by(reader, at, read, content):
                    if (reader, leak.said) not in told:
                        told.add((reader, leak.said))
                        yield leak

    def _read_by(self, reader: str, at: float, read: Words, content: str) -> Iterator[Leak]:
        """What *reader* reads at the instant *at* and should not."""
        before = [(one, typed & read) for one, typed in self._typed if one.at <= at and typed & read]
        mine = [typed for one, typed in before if self._was_there(reader, one, at)]
        theirs = read - NOTHING.union(*mine, self._customers_of(reader, at))
        for one, typed in before:
            for word in sorted(typed & theirs, key=lambda word: (-len(word), word))[:3]:
                theirs -= {word}
                yield Leak(self._name(reader), word, self._name(one.by), self._place(one), content)

    def _readers_of(self, shown: Shown) -> Iterator[tuple[str, float]]:
        """Everybody who could see *shown*, with the first instant at which they could."""
        if shown.only_for:
            yield shown.only_for, shown.span.since
            return
        everybody = [one for one, user in self._state.users.items() if not user.is_bot]
        for one in everybody:
            spans = list(self._stays.get(shown.place, {}).get(one, []))
            if self._people.is_full_member(one):
                spans += self._journal.public.get(shown.place, [])
            if firsts := [first for span in spans if (first := _overlap(span, shown.span)) is not None]:
                yield one, min(firsts)

    def _was_there(self, reader: str, typed: Typed, at: float) -> bool:
        """Whether *reader* typed it, was given it, or could read it where it was typed."""
        if typed.by == reader or (reader in typed.to and not self._people.is_foreign(reader)):
            return True
        return any(self._is_in(reader, place, typed.at, at) for place in {typed.place, *typed.to_all})

    def _is_in(self, reader: str, place: str, since: float, at: float) -> bool:
        """Whether *reader* was a member of *place* between the two instants, or it is public for them at the second."""
        stays = self._stays.get(place, {}).get(reader, [])
        if any(span.since <= at and span.until > since for span in stays):
            return True
        public = self._journal.public.get(place, [])
        return self._people.is_full_member(reader) and any(span.holds_at(at) for span in public)

    def _customers_of(self, reader: str, at: float) -> Words:
        """The names of the customers about whom *reader* was paged by then."""
        if not self._people.is_full_member(reader):
            return NOTHING
        direct = {one.id for one in self._state.channels.values() if one.kind == "im" and reader in one.members}
        pages = [one.content for one in self._journal.shown if one.place in direct and one.span.since <= at]
        return frozenset(word for page in pages for name in _PAGED.findall(words(page)) for word in tokens(name))

    def _name(self, user: str) -> str:
        return self._state.users[user].name if user in self._state.users else user

    def _place(self, typed: Typed) -> str:
        places = [typed.place, *sorted(typed.to_all)]
        there = [self._state.channels[one] for one in places if one in self._state.channels]
        return ", ".join(f"#{one.name}" if one.name else "a direct conversation" for one in there) or "a window"


def said(text: str) -> Words:
    """What tells that somebody repeats *text*: its rare words, and the rows of four words in it."""
    rows: set[str] = set()
    rare: set[str] = set()
    for line in text.splitlines():
        of_line = tokens(line)
        rare |= {one for one in of_line if _is_rare(one)}
        rows |= set(_rows(of_line))
    return frozenset(rare | rows)


def tokens(text: str) -> list[str]:
    """The words and numbers of a text in Slack's markup as they are read, in small letters."""
    plain = _LINK.sub(lambda match: f" {match[1] or ''} ", _DATE.sub(" ", text))
    plain = html.unescape(_MARKUP.sub(" ", plain)).lower()
    found = _WORD.findall(plain.replace("’", "'"))
    return [one.replace(",", "") if one[0].isdigit() else one.removesuffix("'s") for one in found]


def _rows(of_line: Sequence[str]) -> Iterator[str]:
    for at in range(len(of_line) - _ROW + 1):
        row = of_line[at : at + _ROW]
        if sum(len(one) >= _ROW for one in row) >= 2:  # "it is in the" is anybody's
            yield " ".join(row)


def _is_rare(word: str) -> bool:
    if word[0].isdigit():
        return len(word) >= _SHORTEST_NUMBER and not _YEAR.fullmatch(word)
    return len(word) >= _SHORTEST_WORD


def _overlap(one: Stretch, other: Stretch) -> float | None:
    """The first instant that lies in both."""
    since, until = max(one.since, other.since), min(one.until, other.until)
    return since if since < until else None


def _everything(content: Json) -> str:
    """All that can be read in a message or window, and what a notification tells of it."""
    hidden = [content.get("text") or "", *(str(one.get("fallback") or "") for one in content.get("attachments") or ())]
    confirmed = [words(one) for one in _confirmations(content.get("blocks") or [])]
    return "\n".join(
        dict.fromkeys([words(content), *(one for one in hidden if isinstance(one, str)), *confirmed])
    ).strip()


def _confirmations(value: object) -> Iterator[Json]:
    if isinstance(value, dict):
        if isinstance(value.get("confirm"), dict):
            yield value["confirm"]
        for inner in value.values():
            yield from _confirmations(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _confirmations(inner)


@cache
def own_words() -> Words:
    """What the bot's own texts consist of, and what it shows of the cards and criteria that it comes with."""
    files = [path for path in sorted(BOT.rglob("*.py")) if not _NOT_ITS_TEXTS & set(path.relative_to(BOT).parts)]
    texts = [text for path in files for text in _strings(path.read_text(encoding="utf-8"))]
    return NOTHING.union(*map(said, texts), *map(said, _shown_of_playbooks(shipped_playbooks())))


def _shown_of_playbooks(folder: Path) -> Iterator[str]:
    """What stands in the playbooks to be shown: not the examples, from which the search learns."""
    for path in sorted((folder / "tactics").glob("*.md")):
        yield path.read_text(encoding="utf-8").partition("\n## Examples")[0]
    for name in ("moments.yaml", "sources.yaml"):
        yield (folder / name).read_text(encoding="utf-8")
    yield from _MEANS.findall((folder / "escalation.yaml").read_text(encoding="utf-8"))


def _strings(source: str) -> Iterable[str]:
    """The texts in a file of Python, without its docstrings."""
    tree = ast.parse(source)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value
