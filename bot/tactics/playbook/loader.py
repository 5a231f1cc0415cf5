"""
A playbooks folder into a `Playbook`, or all that is wrong with it at once.

    tactics/<id>.md   one card each, in folders of folders if you like
    moments.yaml      the moments, in order: id and name
    sources.yaml      the articles: key, then title and by
    off-topic.txt     texts for which no card fits, one a line
    situations/*.txt  more examples, each with the cards that fit; may be left out
"""

import difflib
import html
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import PlaybookError
from bot.tactics.model import Audience, Card, Moment, Playbook, Source, Stage, Tension
from bot.tactics.playbook.markdown import CardFile, Line, parse_card, read_yaml_mapping
from bot.tactics.playbook.situations import Situation, parse_situations

Choice = TypeVar("Choice", bound=StrEnum)

# Lengths are in characters as Slack counts them, an ampersand as five, and such that any card fits its blocks: a list
# is one section of 3,000 at the most.
_LONGEST = {"name": 60, "essence": 250, "item": 280, "advice": 280, "example": 700}
_FRONT_KEYS = ("name", "moment", "for", "stage", "careful", "sources", "tensions")
_SECTIONS = {"when": (1, 8), "when not": (1, 8), "do": (2, 5), "say": (2, 4), "avoid": (1, 6)}  # least and most items
_OPTIONAL_SECTIONS = ("note",)
_EXAMPLES = "examples"
_LONGEST_ID = 60
_MOST_IN_A_MOMENT = 20
_ID = "letters a-z, digits and hyphens"


def load(folder: Path) -> Playbook:
    """
    Read *folder*.

    Raises PlaybookError with one ``file:line: what is wrong, what is accepted`` for each mistake in the whole folder.
    """
    return _Loading(folder).playbook()


def signature(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes whenever a file of *folder* does: path, time of change and size of each. Empty if it is gone."""
    found = []
    for entry in _entries(str(folder)):
        with suppress(OSError):
            state = entry.stat()
            found.append((entry.path, state.st_mtime_ns, state.st_size))
    return tuple(sorted(found))


def files_of(folder: Path) -> list[Path]:
    """All files below *folder*, links followed, without those that editors and systems leave about."""
    return sorted(Path(entry.path) for entry in _entries(str(folder)))


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    """The same, as the system lists them: it is asked every few seconds."""
    with suppress(OSError), os.scandir(folder) as listed:
        for entry in listed:
            if entry.is_dir():
                yield from _entries(entry.path)
            elif not entry.name.startswith((".", "_")) and entry.name != "README.md":
                yield entry


class _Loading:
    """One reading of one folder: gathers mistakes while it goes on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mistakes: list[str] = []

    def playbook(self) -> Playbook:
        if not (self._folder / "tactics").is_dir():
            raise PlaybookError(
                [f"{self._folder}: there is no folder tactics/ with cards in it; PLAYBOOKS names the folder above it."]
            )
        moments = self._moments()
        sources = self._sources()
        off_topic = self._off_topic()
        cards: dict[str, Card] = {}
        files: dict[str, tuple[Path, CardFile]] = {}
        for path in (path for path in files_of(self._folder / "tactics") if path.suffix == ".md"):
            if path.stem in files:
                self._wrong(path, 1, f'the id "{path.stem}" is taken by {self._shown(files[path.stem][0])}; rename one')
                continue
            text = self._text(path)
            if text is None:
                continue
            files[path.stem] = path, parse_card(text)
            cards[path.stem] = self._card(path, files[path.stem][1], moments, sources)
        if not files:
            self._mistakes.append(f"{self._shown(self._folder / 'tactics')}: there is no card, a file ending in .md")
        self._check_names(cards, files)
        self._check_moments(cards, moments)
        self._check_tensions(cards, files)
        more, off_topic_too = self._situations(cards, off_topic)
        if self._mistakes:
            raise PlaybookError(self._mistakes)
        order = {moment: index for index, moment in enumerate(moments)}
        ranked = sorted(
            (_completed(card, cards, more[card.id]) for card in cards.values()),
            key=lambda card: (order[card.moment], card.audience is Audience.MANAGER, card.name),
        )
        off_topic = tuple(dict.fromkeys((*off_topic, *off_topic_too)))
        return Playbook({card.id: card for card in ranked}, tuple(moments.values()), sources, off_topic)

    # files beside the cards

    def _moments(self) -> dict[str, Moment]:
        path, values, lines = self._yaml("moments.yaml")
        for key, name in values.items():
            if not isinstance(name, str) or not 0 < len(name) <= 30:
                self._wrong(
                    path, lines.get(key, 1), f'the name of moment "{key}" must be a text of at most 30 characters'
                )
        if len(values) > 25:
            self._wrong(path, 1, f"{len(values)} moments; a menu in Slack holds 25 at the most")
        return {key: Moment(key, str(name)) for key, name in values.items()}

    def _sources(self) -> dict[str, Source]:
        path, values, lines = self._yaml("sources.yaml")
        sources: dict[str, Source] = {}
        for key, value in values.items():
            if not isinstance(value, dict) or not isinstance(value.get("title"), str) or set(value) - {"title", "by"}:
                self._wrong(
                    path, lines.get(key, 1), f'source "{key}" must have "title" and may have "by", nothing else'
                )
            else:
                sources[key] = Source(key, value["title"], str(value.get("by") or ""))
        return sources

    def _off_topic(self) -> tuple[str, ...]:
        text = self._text(self._folder / "off-topic.txt")
        lines = (line.strip() for line in (text or "").splitlines())
        return tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))

    def _situations(
        self, cards: Mapping[str, Card], off_topic: tuple[str, ...]
    ) -> tuple[Mapping[str, list[str]], list[str]]:
        """The examples of each card, and the texts for which no card fits, of the folder situations/."""
        examples: dict[str, list[str]] = {card_id: [] for card_id in cards}
        none: list[str] = []
        without_card = set(off_topic)
        with_card = {example for card in cards.values() for example in card.examples}
        for text in sorted(without_card & with_card):
            self._wrong(self._folder / "off-topic.txt", 1, f'"{text[:80]}" is an example of a card, too; decide which')
        for path in (path for path in files_of(self._folder / "situations") if path.suffix == ".txt"):
            found, mistakes = parse_situations(self._text(path) or "")
            for mistake in mistakes:
                self._wrong(path, mistake.number, mistake.text)
            for one in found:
                self._fitting(path, Line(one.number, one.text), "example")
                for card_id in one.cards:
                    if card_id in examples:
                        examples[card_id].append(one.text)
                    else:
                        self._wrong(path, one.number, f'there is no card "{card_id}"; use {_one_of(card_id, cards)}')
                if not one.cards:
                    none.append(one.text)
                self._check_sides(path, one, with_card, without_card)
        return examples, none

    def _check_sides(self, path: Path, one: Situation, with_card: set[str], without_card: set[str]) -> None:
        """No text may stand for a card in one place and for none in another."""
        if one.text in (without_card if one.cards else with_card):
            said = "for no card" if one.cards else "for a card"
            self._wrong(path, one.number, f"this text stands {said} elsewhere; decide which it is")
        (with_card if one.cards else without_card).add(one.text)

    def _yaml(self, name: str) -> tuple[Path, dict[str, Any], dict[str, int]]:
        path = self._folder / name
        text = self._text(path)
        if text is None:
            return path, {}, {}
        values, lines, mistakes = read_yaml_mapping(text)
        for mistake in mistakes:
            self._wrong(path, mistake.number, mistake.text)
        return path, values, lines

    def _text(self, path: Path) -> str | None:
        try:
            return path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            self._wrong(path, line, "this is not UTF-8 text; save the file as UTF-8")
        except OSError as error:
            self._wrong(path, 1, f"it cannot be read: {error.strerror}")
        return None

    # one card

    def _card(self, path: Path, file: CardFile, moments: Mapping[str, Moment], sources: Mapping[str, Source]) -> Card:
        for mistake in file.mistakes:
            self._wrong(path, mistake.number, mistake.text)
        if not path.stem.replace("-", "").isalnum() or path.stem != path.stem.lower() or not path.stem.isascii():
            self._wrong(path, 1, f'the file name gives the id "{path.stem}"; use {_ID}')
        if len(path.stem) > _LONGEST_ID:
            self._wrong(path, 1, f"the id has {len(path.stem)} characters; {_LONGEST_ID} fit a button")
        self._check_keys(path, file)
        moment = self._text_value(path, file, "moment")
        if moment and moment not in moments:
            self._wrong(path, file.front_lines["moment"], f'moment is "{moment}"; use {_one_of(moment, moments)}')
        named = self._list_value(path, file, "sources")
        for key in named:
            if key not in sources:
                self._wrong(path, file.front_lines["sources"], f'source "{key}" is not in sources.yaml')
        return Card(
            id=path.stem,
            name=self._text_value(path, file, "name"),
            essence=self._fitting(path, file.essence, "essence"),
            moment=moment,
            audience=self._choice(path, file, "for", Audience),
            stage=self._choice(path, file, "stage", Stage),
            sources=named,
            tensions=self._tensions(path, file),
            when=self._section(path, file, "when"),
            when_not=self._section(path, file, "when not"),
            do=self._section(path, file, "do"),
            say=self._section(path, file, "say"),
            avoid=self._section(path, file, "avoid"),
            note=" ".join(self._fitting(path, line, "item") for line in file.sections.get("note", [])),
            examples=self._examples(path, file),
            careful=self._careful(path, file),
        )

    def _check_keys(self, path: Path, file: CardFile) -> None:
        if not file.front:
            return
        for key in (key for key in file.front if key not in _FRONT_KEYS):
            self._wrong(path, file.front_lines.get(key, 1), f'unknown key "{key}"; use {_one_of(key, _FRONT_KEYS)}')
        known = (*_SECTIONS, *_OPTIONAL_SECTIONS, _EXAMPLES)
        for heading in (heading for heading in file.sections if heading not in known):
            self._wrong(
                path, file.section_lines[heading], f'unknown section "{heading}"; use {_one_of(heading, known)}'
            )
        if not file.essence.text:
            self._wrong(path, 1, "the essence is missing: one sentence between the front matter and the first heading")

    def _text_value(self, path: Path, file: CardFile, key: str) -> str:
        if not file.front:
            return ""
        value = file.front.get(key)
        if not isinstance(value, str) or not value.strip():
            self._wrong(path, file.front_lines.get(key, 1), f'"{key}" is missing or not a text')
            return ""
        return self._fitting(path, Line(file.front_lines[key], value.strip()), key)

    def _list_value(self, path: Path, file: CardFile, key: str) -> tuple[str, ...]:
        value = file.front.get(key)
        if file.front and (not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value)):
            self._wrong(path, file.front_lines.get(key, 1), f'"{key}" must be a list such as [dragon, irate-caller]')
            return ()
        return tuple(value or ())

    def _choice(self, path: Path, file: CardFile, key: str, kind: type[Choice]) -> Choice:
        value = file.front.get(key)
        accepted = [one.value for one in kind]
        if value in accepted:
            return kind(value)
        if file.front:
            said = f'is "{value}"' if key in file.front else "is missing"
            line = file.front_lines.get(key, 1)
            self._wrong(path, line, f"{key} {said}; use {', '.join(accepted[:-1])} or {accepted[-1]}")
        return kind(accepted[-1])

    def _careful(self, path: Path, file: CardFile) -> bool:
        value = file.front.get("careful", False)
        if not isinstance(value, bool):
            self._wrong(path, file.front_lines["careful"], f'careful is "{value}"; use true, or leave the line out')
        return value is True

    def _tensions(self, path: Path, file: CardFile) -> tuple[Tension, ...]:
        value = file.front.get("tensions") or {}
        line = file.front_lines.get("tensions", 1)
        if not isinstance(value, dict) or not all(isinstance(advice, str) for advice in value.values()):
            self._wrong(path, line, '"tensions" must have lines of the form "card-id: how to choose"')
            return ()
        return tuple(Tension(str(to), "", self._fitting(path, Line(line, how), "advice")) for to, how in value.items())

    def _section(self, path: Path, file: CardFile, name: str) -> tuple[str, ...]:
        items = file.sections.get(name, [])
        least, most = _SECTIONS[name]
        if not least <= len(items) <= most:
            line = file.section_lines.get(name, 1)
            self._wrong(path, line, f'the section "{name}" has {len(items)} lines; it needs {least} to {most}')
        return tuple(self._fitting(path, item, "item") for item in items)

    def _examples(self, path: Path, file: CardFile) -> tuple[str, ...]:
        items = file.sections.get(_EXAMPLES, [])
        if not items:
            line = file.section_lines.get(_EXAMPLES, 1)
            self._wrong(path, line, 'the section "examples" is missing or empty: phrases as people would type them')
        return tuple(dict.fromkeys(self._fitting(path, item, "example") for item in items))

    # checks across cards

    def _check_moments(self, cards: Mapping[str, Card], moments: Mapping[str, Moment]) -> None:
        for moment in moments:
            count = sum(card.moment == moment for card in cards.values())
            if count > _MOST_IN_A_MOMENT:
                path = self._folder / "moments.yaml"
                self._wrong(path, 1, f'moment "{moment}" has {count} cards; {_MOST_IN_A_MOMENT} fit one message')

    def _check_names(self, cards: Mapping[str, Card], files: Mapping[str, tuple[Path, CardFile]]) -> None:
        first: dict[str, str] = {}
        for card in cards.values():
            key = card.name.casefold()
            if key and key in first:
                path, file = files[card.id]
                self._wrong(path, file.front_lines["name"], f'the name "{card.name}" is that of {first[key]}, too')
            first.setdefault(key, card.id)

    def _check_tensions(self, cards: Mapping[str, Card], files: Mapping[str, tuple[Path, CardFile]]) -> None:
        for card in cards.values():
            path, file = files[card.id]
            line = file.front_lines.get("tensions", 1)
            for tension in card.tensions:
                other = cards.get(tension.card_id)
                if other is None or other is card:
                    hint = _one_of(tension.card_id, cards)
                    self._wrong(path, line, f'a tension names "{tension.card_id}", which is no other card; use {hint}')
                elif card.id not in {back.card_id for back in other.tensions}:
                    back_path = self._shown(files[other.id][0])
                    self._wrong(
                        path, line, f'the tension with "{other.id}" is one-sided; add "{card.id}" in {back_path}'
                    )

    def _fitting(self, path: Path, line: Line, what: str) -> str:
        longest = _LONGEST.get(what, _LONGEST["item"])
        if 5 * len(line.text) > longest and (length := len(html.escape(line.text, quote=False))) > longest:
            self._wrong(path, line.number, f"this text has {length} characters; {longest} fit ({what})")
        return line.text

    def _wrong(self, path: Path, line: int, what: str) -> None:
        self._mistakes.append(f"{self._shown(path)}:{line}: {what}.")

    def _shown(self, path: Path) -> str:
        return str(Path(self._folder.name) / path.relative_to(self._folder))


def _completed(card: Card, cards: Mapping[str, Card], more: list[str]) -> Card:
    """*card* with the names of those it is in tension with, and with *more* examples."""
    tensions = (replace(tension, name=cards[tension.card_id].name) for tension in card.tensions)
    return replace(card, tensions=tuple(tensions), examples=tuple(dict.fromkeys((*card.examples, *more))))


def _one_of(wrong: str, accepted: Mapping[str, object] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(wrong, list(accepted), n=1, cutoff=0.5)
    return f'"{near[0]}"' if near and len(accepted) > 6 else "one of " + ", ".join(accepted)
