"""Every regular expression of the bot ends in time, whatever text somebody, or another app, has written."""

import ast
import dataclasses
import importlib
import pkgutil
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import bot
from bot.followups.dates import reader
from bot.followups.said import own_words
from tests.adverse import texts_for

LONGEST = 100_000  # characters
MOST_S = 1.0  # of processor time for one text
_PROBE = 5_000  # what takes quadratic time, and too long for LONGEST, takes at least SUSPICIOUS_S for so much
_SUSPICIOUS_S = 0.0015
ROOT = Path(bot.__file__).parent
METHODS = ("search", "match", "fullmatch", "sub", "split", "findall", "finditer")
# where a door lets no more through than that: what is behind it is given no more
DOORS = {"bot.followups.dates": reader.LONGEST, "bot.followups.said": own_words.LONGEST}
NOT_READ = ("bot.emulator", "bot.__main__", "bot.demo", "bot.tour")  # nothing that people write in Slack comes there
LOCALS: dict[str, Any] = {"bot_user_id": "U0BOT", "begins": "tactics.moment."}  # what expressions are made with


@dataclass(frozen=True)
class Use:
    """One expression, and how it is used."""

    where: str
    expression: str
    flags: int
    method: str

    @property
    def longest(self) -> int:
        return next((most for begins, most in DOORS.items() if self.where.startswith(begins)), LONGEST)

    def on(self, text: str) -> None:
        found = getattr(re.compile(self.expression, self.flags), self.method)
        result = found("", text) if self.method == "sub" else found(text)
        if self.method == "finditer":
            for _ in result:
                pass


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(bot.__path__, "bot."):
        if not found.name.startswith(NOT_READ):
            yield importlib.import_module(found.name)


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text())


@lru_cache
def _methods_by_name() -> dict[str, set[str]]:
    """With which methods of a pattern each name is used, in all of the bot."""
    found: dict[str, set[str]] = defaultdict(set)
    for module in _modules():
        for node in ast.walk(_tree(module)):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                name = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
                found[name].add(node.attr)
    return found


def _kept(value: Any, name: str, depth: int = 0) -> Iterator[tuple[str, re.Pattern[str]]]:
    """The patterns in *value*, each with the name by which it is used."""
    if isinstance(value, re.Pattern):
        yield name, value
    elif depth > 4 or isinstance(value, type | ModuleType | str):
        return
    elif dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            yield from _kept(getattr(value, one.name), one.name, depth + 1)
    elif isinstance(value, dict):
        for one in (*value, *value.values()):
            yield from _kept(one, name, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _kept(one, name, depth + 1)


def _written(module: ModuleType) -> Iterator[tuple[str, str, int]]:
    """Method, expression and flags of each call of `re` in *module* that holds its expression."""
    for node in ast.walk(_tree(module)):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if not is_call or not isinstance(node.func.value, ast.Name) or node.func.value.id != "re":
            continue
        if node.func.attr not in METHODS:
            continue
        flags = next((_value(word.value, module) for word in node.keywords if word.arg == "flags"), 0)
        at = {"sub": 3}.get(node.func.attr, 2)
        flags = flags or (int(_value(node.args[at], module)) if len(node.args) > at else 0)
        first = node.args[0]
        for branch in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
            if not isinstance(branch, ast.Name) or hasattr(module, branch.id):
                yield node.func.attr, _value(branch, module), int(flags)


def _value(node: ast.expr, module: ModuleType) -> Any:
    return eval(compile(ast.Expression(node), str(module.__file__), "eval"), {**vars(module), **LOCALS})


@lru_cache
def uses() -> tuple[Use, ...]:
    """Every expression of the bot and how it is used, each once."""
    found: dict[tuple[str, int, str], Use] = {}
    for module in _modules():
        for name, value in vars(module).items():
            for known_as, pattern in _kept(value, name):
                for method in _methods_by_name().get(known_as) or {"search"}:
                    one = Use(module.__name__, pattern.pattern, pattern.flags & ~re.UNICODE, method)
                    found.setdefault((one.expression, one.flags, method), one)
        for method, expression, flags in _written(module):
            found.setdefault((expression, flags, method), Use(module.__name__, expression, flags, method))
    return tuple(found.values())


def _took_s(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _too_long(one: Use) -> str:
    """The text, shortened, for which *one* takes too long; "" where there is none."""
    sizes = [one.longest] if one.longest < LONGEST else [_PROBE, _PROBE * 4, LONGEST]
    for probe, *later in zip(*(texts_for(one.expression, one.flags, size) for size in sizes), strict=True):
        took = _took_s(lambda text=probe: one.on(text))
        if took > MOST_S:
            return f"{took:.1f} s for {len(probe)} of {probe[:30]!r}"
        if took < _SUSPICIOUS_S:
            continue
        for text in later:
            took = _took_s(lambda text=text: one.on(text))
            if took > MOST_S:
                return f"{took:.1f} s for {len(text)} of {text[:30]!r}"
    return ""


@pytest.mark.parametrize("module", sorted({one.where for one in uses()}))
def test_every_expression_of_a_module_ends_in_time(module: str) -> None:
    slow = {one.expression[:120]: took for one in uses() if one.where == module and (took := _too_long(one))}
    assert not slow
