"""The repository keeps its own promises."""

import re
import shutil
import subprocess
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
GUIDES = [path for where in ("*.md", "docs/*.md", "findings/*.md", "bot/**/*.md") for path in sorted(ROOT.glob(where))]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# what a protocol or a base class has described already
IMPLEMENTED = {
    "now",
    "embed",
    "model",
    "waiting",
    "transaction",
    "execute",
    "execute_each",
    "version",
    "rows",
    "check_writable",
    "close",
    "run",
}
IMPLEMENTED |= {
    "execute_each",
    "version",
    "dispatch",
    "formatMessage",
    "formatException",
    "process",
    "post",
    "open",
    "arrived",
}


def name_of(requirement: str) -> str:
    return re.split(r"[<>=;\[ ]", requirement)[0].lower()


def test_every_dependency_has_its_reason_in_the_readme() -> None:
    table = README.split("## What it is built on, and why")[1].split("`requirements")[0].lower()
    extras = PROJECT["optional-dependencies"]
    for requirement in [*PROJECT["dependencies"], *(one for extra in extras.values() for one in extra)]:
        assert name_of(requirement) in table or name_of(requirement) == "toughcustomer", requirement


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_and_hashed_and_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    for requirement in re.findall(r"^[a-z][^\n]*(?:\n    --hash[^\n]*)*", text, re.MULTILINE):
        assert "==" in requirement
        assert "--hash=sha256:" in requirement


def test_requirements_hold_what_the_project_asks_for() -> None:
    pinned = {name_of(line) for line in (ROOT / "requirements.txt").read_text().splitlines() if line[:1].isalpha()}
    wanted = {name_of(one) for one in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["semantic"]]}
    assert wanted <= pinned


def test_what_is_pinned_twice_is_pinned_alike() -> None:
    pinned = [dict(re.findall(r"^([a-zA-Z0-9_.-]+)==(\S+) .*$", (ROOT / name).read_text(), re.MULTILINE))
              for name in ("requirements.txt", "requirements-dev.txt")]  # fmt: skip
    running, developing = pinned
    assert {name: version for name, version in running.items() if developing.get(name, version) != version} == {}


def test_the_version_is_in_the_changelog() -> None:
    from bot import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()


def mapped() -> set[str]:
    """The files of the map in `bot/README.md`, by whole path: each level of its tree is four characters wide."""
    found: set[str] = set()
    folders: list[str] = []
    for line in (ROOT / "bot" / "README.md").read_text().split("```")[1].splitlines()[2:]:
        indent = re.match(r"[│├└─ ]*", line)
        assert indent is not None
        folders = folders[: indent.end() // 4 - 1]
        if folder := re.match(r"(\w+)/", line[indent.end() :]):
            folders.append(folder[1])
        found |= {"/".join([*folders, name]) for name in re.findall(r"(?<![`\w./])\w+\.py\b(?!`)", line)}
    return found


def test_every_module_is_on_the_map_and_every_one_on_the_map_is_there() -> None:
    there = {str(path.relative_to(ROOT / "bot")) for path in bot_files() if path.name != "__init__.py"}
    assert mapped() == there


def test_every_command_is_in_the_reference() -> None:
    from bot.cli import main

    reference = (ROOT / "docs" / "commands.md").read_text()
    for command in main.commands:
        assert f"toughcustomer {command}" in reference, command


def test_the_readme_is_read_in_one_sitting_and_its_links_lead_somewhere() -> None:
    assert len(README.splitlines()) <= 140
    for guide in GUIDES:
        text = re.sub(r"```.*?```", "", guide.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            there = (guide.parent / target.partition("#")[0]).exists()
            assert there or "://" in target, f"{guide.relative_to(ROOT)} links to {target}"


def test_every_finding_is_in_its_table_and_says_what_it_saw() -> None:
    table = (ROOT / "findings" / "README.md").read_text()
    scripts = sorted((ROOT / "findings").glob("*.sh"))
    assert sorted(re.findall(r"^\| `([\w-]+\.sh)`", table, re.MULTILINE)) == [one.name for one in scripts]
    for script in scripts:
        head = [line[2:] for line in script.read_text().splitlines()[1:] if line.startswith("# ")]
        told = [word for line in head for word in re.findall(r"^(Guess|Seen|Versions|We):", line)]
        assert told == ["Guess", "Seen", "Versions", "We"], script.name
        subprocess.run(["sh", "-n", script], check=True)


def test_ci_is_one_line_that_calls_make_ci() -> None:
    assert (ROOT / ".ci" / "run").read_text().split("\n") == ["make ci", ""]
    assert "make ci" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()


def test_every_make_target_that_is_named_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in {one for guide in GUIDES for one in re.findall(r"`make ([\w-]+)", guide.read_text())}:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_public_thing_has_a_docstring() -> None:
    import ast

    for path in (ROOT / "bot").rglob("*.py"):
        tree = ast.parse(path.read_text())
        nodes = [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef))]
        inner = {id(x) for n in nodes if isinstance(n, ast.FunctionDef) for x in ast.walk(n) if x is not n}
        for node in nodes:
            name = getattr(node, "name", "module")
            private_class = any(
                isinstance(c, ast.ClassDef) and c.name.startswith("_") and node in ast.walk(c) for c in ast.walk(tree)
            )
            if name.startswith("_") or id(node) in inner or private_class:
                continue
            assert ast.get_docstring(node) or name in IMPLEMENTED or path.name == "__main__.py", f"{path}: {name}"


def test_nothing_is_left_over_from_a_workbench() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("only what git tracks is looked through: install git, and clone the repository rather than copy it")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in (".npz", ".zip", ".png") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?<!\w)/(?:home|root|Users|work)/\w", text), name


TABLES = {"bot/storage/migrations.py"}  # steps that were released never change, and are read one by one
LONGEST_FILE, LONGEST_FUNCTION = 400, 60


def bot_files() -> list[Path]:
    return sorted((ROOT / "bot").rglob("*.py"))


def test_a_file_and_a_function_are_read_in_one_sitting() -> None:
    import ast

    for path in bot_files():
        text = path.read_text()
        if str(path.relative_to(ROOT)) in TABLES:
            continue
        assert text.count("\n") <= LONGEST_FILE, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, f"{path}: {node.name}"


SAME_MEANING = {
    *("model", "store", "purge", "audit", "service", "blocks", "subcommands", "cli", "listeners"),  # of each feature
    *("install", "buttons"),  # of each feature, too
    "names",  # of cards, of customers
    *("errors", "clock", "modals", "text"),  # the emulator's own, of the same things
}


def test_no_file_name_means_something_else_in_another_room() -> None:
    names = Counter(path.stem for path in bot_files() if path.name != "__init__.py")
    assert {name for name, times in names.items() if times > 1} <= SAME_MEANING


def test_no_class_name_stands_twice() -> None:
    import ast

    names = [
        node.name
        for path in bot_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_sql_is_of_one_dialect_outside_storage() -> None:
    for path in bot_files():
        if path.parent.name != "storage":
            text = path.read_text()
            for word in ("INSERT OR", "PRAGMA", "+team_id", "rowid", "IFNULL"):
                assert word not in text, f"{path}: {word}"
