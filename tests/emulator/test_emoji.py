"""Emoji: every name that is used has a character in the page, and a drawing or its name where no font has that."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.emulator.emoji import NAMES
from bot.emulator.workspace import Workspace
from tests.emulator.browser import Window, browser

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "bot" / "emulator" / "page" / "emoji.js").read_text()
NAMED = re.compile(r"(?<![\w:/]):([a-z][a-z0-9_+-]*|[+-]1):(?![\w:/])")


def in_the_page() -> dict[str, str]:
    """The page's table: characters by name."""
    table = PAGE.split("const TABLE = `")[1].split("`")[0]
    return dict(re.findall(r"(\S+) (\S+)", table))


def texts_of(path: Path) -> Iterator[str]:
    """The texts of a module; what is put into one stands as a letter."""
    tree = ast.parse(path.read_text())
    parts = {id(part) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for part in one.values}
    for one in ast.walk(tree):
        if isinstance(one, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in one.values)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in parts:
            yield one.value


def test_every_emoji_in_the_bots_texts_is_drawn() -> None:
    known, used = in_the_page(), set()
    for path in sorted((ROOT / "bot").rglob("*.py")):
        if path.parent.name == "storage":
            continue  # SQL, which nobody is shown
        found = {name for text in texts_of(path) for name in NAMED.findall(text)}
        used |= found
        assert found <= known.keys(), path
    assert {"bell", "zzz", "raising_hand", "no_entry_sign"} <= used  # it does look
    for path in [*(ROOT / "playbooks").rglob("*.md"), *(ROOT / "playbooks").rglob("*.yaml"), ROOT / "manifest.json"]:
        assert set(NAMED.findall(path.read_text())) <= known.keys(), path


def test_every_emoji_that_may_be_a_reaction_is_drawn_and_no_two_lines_give_one_name() -> None:
    assert in_the_page().keys() == NAMES
    assert all(not character.isascii() for character in in_the_page().values())
    names = re.findall(r"(\S+) \S+", PAGE.split("const TABLE = `")[1].split("`")[0])
    assert len(names) == len(set(names))


def test_where_no_font_has_them_the_bots_are_drawings_and_others_their_names(
    workspace: Workspace, tmp_path: Path
) -> None:
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        "<selectfont><rejectfont><glob>*moji*</glob></rejectfont></selectfont></fontconfig>"
    )
    workspace.do(workspace.client.say("U0MIA", "C0DEALS", ":+1: 👎 :zzz: and :rocket: :no_such:"))
    with browser(env={"FONTCONFIG_FILE": str(fonts)}) as running:
        window = Window(running, workspace)
        drawn = window.page.locator("#messages .message").last.locator(".emoji")
        shown: list[Any] = drawn.evaluate_all(
            "all => all.map((one) => [one.ariaLabel, one.querySelector('svg') ? 'drawn' : one.textContent])"
        )
        assert shown == [["thumbs up", "drawn"], ["thumbs down", "drawn"], ["zzz", "drawn"], ["rocket", ":rocket:"]]
        assert ":no_such:" in window.page.locator("#messages .message").last.text_content()
        assert window.errors == []
        window.context.close()
