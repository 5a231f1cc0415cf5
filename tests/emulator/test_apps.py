"""Other people's Bolt apps, run unchanged: one of the starter template's shape, and the template itself."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.emulator.apps import running
from bot.emulator.errors import CannotStart
from bot.emulator.manifest import read_manifest
from bot.emulator.model import User
from bot.emulator.seed import Seed, SeedChannel
from bot.emulator.stories import PATIENCE_S, Person
from bot.emulator.workspace import Workspace

STARTER = Path(__file__).with_name("starter")
README = Path("bot/emulator/README.md")


@pytest.fixture
def slack() -> Iterator[Workspace]:
    manifest = read_manifest(STARTER / "manifest.json")
    workspace = Workspace(manifest, waits_s=PATIENCE_S, post_every_s=0)
    with workspace, running(workspace, STARTER / "app.py", within_s=PATIENCE_S):
        yield workspace


def test_an_app_of_the_starters_shape_answers_all_that_it_listens_to(slack: Workspace) -> None:
    sam, alex = Person(slack, "sam"), Person(slack, "alex")
    sam.says("hello")
    alex.sees("hello, and good morning", where="general")
    sam.says("/echo good morning")
    assert sam.sees("You said: good morning").only_you
    sam.opens_home()
    sam.sees_home("At home, <@U0SAM>")
    sam.uses("Begin a form")
    sam.sees_window("Press the button")
    sam.clicks("Change the form")
    sam.sees_window("It has changed")
    sam.fills("What do you wish for?", "a quiet quarter")
    sam.fills("Who shall hear of it?", "C0GENERAL")
    sam.submits()
    alex.sees("<@U0SAM> wishes for a quiet quarter", where="general")


def test_what_the_readme_shows_works_as_it_stands(tmp_path: Path) -> None:
    app = Path(shutil.copytree(STARTER, tmp_path / "app"))
    fixture, story, own_people = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    (app / "conftest.py").write_text(fixture.replace("post_every_s=0", f"post_every_s=0, waits_s={PATIENCE_S}"))
    (app / "test_app.py").write_text(story)
    (app / "test_people.py").write_text(own_people)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_app.py", "test_people.py"],
        cwd=app,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr
    assert len(fixture.partition("@pytest")[2].splitlines()) <= 12


def test_an_app_that_does_not_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text("raise SystemExit('SLACK_TEAM is missing')")
    with Workspace(read_manifest(STARTER / "manifest.json")) as workspace:
        said = r"app.py ended with 1. It printed last:\nSLACK_TEAM is missing"
        with pytest.raises(CannotStart, match=said), running(workspace, script):
            raise AssertionError("it did not start")
        script.write_text("import time; print('I wait', flush=True); time.sleep(600)")
        said = r"has not connected by Socket Mode. It printed last:\nI wait"
        with pytest.raises(CannotStart, match=said), running(workspace, script, within_s=3):
            raise AssertionError("it did not connect")


def test_people_channels_and_hints_are_whoever_starts_its_to_give() -> None:
    seed = Seed(
        team_name="Ward 7",
        users=[User("U0ANN", "ann", "Ann Bell", is_admin=True)],
        channels=[
            SeedChannel("C0WARD", "ward-7", ["U0ANN"]),
            SeedChannel("G0STAFF", "staff", ["U0ANN"], is_private=True),
        ],
        opens="ward-7",
    )
    manifest = read_manifest(STARTER / "manifest.json")
    with Workspace(manifest, seed=seed) as workspace, Workspace(manifest, seed=seed) as other:
        assert set(workspace.invitation()["users"]) == {"ann", "slackbot", "Starter"}
        assert Person(workspace, "ann").place == "ward-7"
        Person(workspace, "ann").says("only here")
        assert [one.text for one in other.messages()] == []
        assert workspace.call(workspace.state.find_channel, "staff").kind == "group"


@pytest.mark.skipif("BOLT_TEMPLATE" not in os.environ, reason="give its folder: make test-template FOLDER=…")
def test_bolts_own_starter_template_answers_all_that_it_listens_to() -> None:
    folder = Path(os.environ["BOLT_TEMPLATE"])
    manifest = read_manifest(folder / "manifest.json")
    with Workspace(manifest, post_every_s=0) as workspace, running(workspace, folder / "app.py"):
        sam, alex = Person(workspace, "sam"), Person(workspace, "alex")
        sam.says("hello")
        alex.sees("hello, how are you?", where="general")
        sam.says("/sample-command good morning")
        assert sam.sees("Your command was: good morning").only_you
        sam.opens_home()
        sam.sees_home("Welcome home, <@U0SAM>")
        sam.uses("Run sample shortcut")
        sam.sees_window("Click the button to update the modal")
        sam.clicks("Update modal")
        sam.sees_window("You updated the modal!")
        sam.fills("What are your hopes and dreams?", "a quiet quarter")
        sam.fills("Select a channel to message the result to", "C0GENERAL")
        sam.submits()
        alex.sees("<@U0SAM> submitted the following", "a quiet quarter", where="general")
