"""One card file, Markdown with front matter, into its parts and their line numbers: the form, not the meaning."""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

_HEADING = re.compile(r"##\s+(.+?)\s*")
_SUBHEADING = re.compile(r"###+\s.*")  # for the reader's eye only
_ITEM = re.compile(r"(?:[-*]|\d+[.)])\s+(.+)")


@dataclass(frozen=True, slots=True)
class Line:
    """A text, its continuation lines joined, and the line on which it begins."""

    number: int
    text: str


@dataclass(slots=True)
class CardFile:
    """
    What stands in a card file.

    *front* maps each key of the front matter to its value, *front_lines* to its line. *essence* is the text before
    the first heading. *sections* maps a heading, in lower case, to its items; a paragraph counts as one item.
    *mistakes* holds what is wrong with the form.
    """

    front: dict[str, Any] = field(default_factory=dict)
    front_lines: dict[str, int] = field(default_factory=dict)
    essence: Line = Line(1, "")
    sections: dict[str, list[Line]] = field(default_factory=dict)
    section_lines: dict[str, int] = field(default_factory=dict)
    mistakes: list[Line] = field(default_factory=list)


def parse_card(text: str) -> CardFile:
    """Read one card file. Mistakes of form are in the result; nothing is raised."""
    lines = text.removeprefix("\ufeff").splitlines()
    card = CardFile()
    if not lines or lines[0].strip() != "---":
        card.mistakes.append(Line(1, 'the file does not begin with "---" and its front matter'))
        return card
    closing = next((index for index, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if closing is None:
        card.mistakes.append(Line(1, 'the front matter is not closed with a line "---"'))
        return card
    _read_front("\n".join(lines[1:closing]), card)
    _read_body(lines[closing + 1 :], closing + 2, card)
    return card


def read_yaml_mapping(text: str, first_line: int = 1) -> tuple[dict[str, Any], dict[str, int], list[Line]]:
    """A YAML mapping's values, the line of each key, and what is wrong with it. *first_line* is that of *text*."""
    try:
        node = yaml.compose(text, Loader=_loader())
        values = yaml.load(text, Loader=_loader())  # noqa: S506 - a safe loader, in C where it is there
    except ValueError as error:  # a date that is none, a number that is none
        return {}, {}, [Line(first_line, f"not valid YAML: {error}")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it cannot be read"
        hint = " (a text with a colon in it needs quotes around it)" if "mapping values" in problem else ""
        return {}, {}, [Line(first_line + (mark.line if mark else 0), f"not valid YAML: {problem}{hint}")]
    if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
        return {}, {}, [Line(first_line, 'expected lines of the form "key: value"')]
    numbers: dict[str, int] = {}
    mistakes: list[Line] = []
    for key, _ in node.value:
        line = first_line + key.start_mark.line
        if key.value in numbers:
            mistakes.append(Line(line, f'"{key.value}" stands here twice'))
        numbers[str(key.value)] = line
    # YAML reads "yes" and "on" as true; what stands there counts
    if len(values) == len(node.value):
        values = dict(zip((str(key.value) for key, _ in node.value), values.values(), strict=True))
    return {str(key): value for key, value in values.items()}, numbers, mistakes


def _loader() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _read_front(text: str, card: CardFile) -> None:
    card.front, card.front_lines, mistakes = read_yaml_mapping(text, first_line=2)
    card.mistakes += mistakes


def _read_body(lines: list[str], first_line: int, card: CardFile) -> None:
    section: str | None = None
    items: list[Line] = []
    paragraph_open = False
    for number, raw in enumerate(lines, first_line):
        line = raw.strip()
        if heading := _HEADING.fullmatch(line):
            section = heading[1].lower()
            items = []
            if section in card.sections:
                card.mistakes.append(Line(number, f'the section "{heading[1]}" stands here twice'))
            card.sections[section] = items
            card.section_lines[section] = number
            paragraph_open = False
        elif not line or _SUBHEADING.fullmatch(line):
            paragraph_open = False
        elif section is None:
            joined = f"{card.essence.text} {line}".strip()
            card.essence = Line(card.essence.number if card.essence.text else number, joined)
        elif item := _ITEM.fullmatch(line):
            items.append(Line(number, item[1]))
            paragraph_open = True
        elif paragraph_open and items:
            items[-1] = Line(items[-1].number, f"{items[-1].text} {line}")
        else:
            items.append(Line(number, line))
            paragraph_open = True
