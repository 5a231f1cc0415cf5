"""Other people's Bolt apps, run unchanged: one of the starter template's shape, and the template itself."""

import json
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


def answers_everything(workspace: Workspace, said: dict[str, str]) -> None:
    """A word, a command, Home, a shortcut, a button in its modal and the form, each answered in the app's own words."""
    sam, alex = Person(workspace, "sam"), Person(workspace, "alex")
    sam.says("hello")
    alex.sees(said["greeting"], where="general")
    sam.says(f"{said['command']} good morning")
    assert sam.sees(f"{said['echo']}: good morning").only_you
    sam.opens_home()
    sam.sees_home(said["home"])
    sam.uses(said["shortcut"])
    sam.sees_window(said["form"])
    sam.clicks(said["button"])
    sam.sees_window(said["changed"])
    sam.fills(said["wish"], "a quiet quarter")
    sam.fills(said["where"], "C0GENERAL")
    sam.submits()
    alex.sees(said["kept"], "a quiet quarter", where="general")


def test_an_app_of_the_starters_shape_answers_all_that_it_listens_to(slack: Workspace) -> None:
    said = {
        "greeting": "hello, and good morning",
        "command": "/echo",
        "echo": "You said",
        "home": "At home, <@U0SAM>",
        "shortcut": "Begin a form",
        "form": "Press the button",
        "button": "Change the form",
        "changed": "It has changed",
        "wish": "What do you wish for?",
        "where": "Who shall hear of it?",
        "kept": "<@U0SAM> wishes for a quiet quarter",
    }
    answers_everything(slack, said)


def pytest_in(app: Path, *tests: str) -> "subprocess.CompletedProcess[str]":
    """Run *tests* of an author's folder, as they would."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=app,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S * 3,
    )


def test_what_the_readme_shows_works_as_it_stands(tmp_path: Path) -> None:
    app = Path(shutil.copytree(STARTER, tmp_path / "app"))
    fixture, story, own_people = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    (app / "conftest.py").write_text(fixture.replace("post_every_s=0", f"post_every_s=0, waits_s={PATIENCE_S}"))
    (app / "test_app.py").write_text(story.replace('sees("hello")', 'sees("hello", within=20)'))
    (app / "test_people.py").write_text(own_people)
    ran = pytest_in(app, "test_app.py", "test_people.py")
    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr
    assert len(fixture.partition("@pytest")[2].splitlines()) <= 12
    (app / "listeners" / "talk.py").write_text((app / "listeners" / "talk.py").read_text().replace("say(f", "print(f"))
    silent = pytest_in(app, "test_app.py")
    assert "1 failed" in silent.stdout, silent.stdout
    assert "hello, and good morning" in silent.stdout  # what the app printed


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
        said = {
            "greeting": "hello, how are you?",
            "command": "/sample-command",
            "echo": "Your command was",
            "home": "Welcome home, <@U0SAM>",
            "shortcut": "Run sample shortcut",
            "form": "Click the button to update the modal",
            "button": "Update modal",
            "changed": "You updated the modal!",
            "wish": "What are your hopes and dreams?",
            "where": "Select a channel to message the result to",
            "kept": "<@U0SAM> submitted the following",
        }
        answers_everything(workspace, said)


def test_an_app_is_called_by_the_name_of_its_bot_user(tmp_path: Path) -> None:
    raw = json.loads((STARTER / "manifest.json").read_text())
    raw["features"]["bot_user"]["display_name"] = "Deal Helper"
    raw["oauth_config"]["scopes"]["bot"].append("app_mentions:read")
    raw["settings"]["event_subscriptions"]["bot_events"].append("app_mention")
    (tmp_path / "manifest.json").write_text(json.dumps(raw))
    with Workspace(read_manifest(tmp_path / "manifest.json")) as workspace:
        Person(workspace, "sam").says("@Deal Helper what now?")
        assert workspace.messages()[-1].text == "<@U0APP> what now?"


@pytest.mark.parametrize("broken", ['{"display_information": {}, "features": {"slash_commands": [{}]}}', "name: yaml"])
def test_a_manifest_that_lacks_something_is_told_and_no_traceback(tmp_path: Path, broken: str) -> None:
    (tmp_path / "manifest.json").write_text(broken)
    with pytest.raises(CannotStart, match=r"manifest.json (lacks something|is not JSON)"):
        read_manifest(tmp_path / "manifest.json")


def test_a_seed_that_names_what_is_not_there_is_refused() -> None:
    ann = [User("U0ANN", "ann", "Ann Bell")]
    with pytest.raises(CannotStart, match=r"#w has members that are no ids of users: \['ann'\]"):
        Seed(users=ann, channels=[SeedChannel("C1", "w", ["ann"])])
    with pytest.raises(CannotStart, match=r"opens #general, which is none of its channels"):
        Seed(users=ann, channels=[SeedChannel("C1", "w", ["U0ANN"])], opens="general")
    with Workspace(read_manifest(STARTER / "manifest.json"), seed=Seed(users=ann, channels=[])) as workspace:
        assert Person(workspace, "ann").place == ""


def test_clients_that_would_ask_slack_ask_the_workspace_and_others_whom_they_were_told() -> None:
    script = (
        "import runpy, sys; launcher = runpy.run_path(sys.argv[1]); launcher['point_at']('http://127.0.0.1:1/api/')\n"
        "from slack_sdk import WebClient; from slack_sdk.web.legacy_client import LegacyWebClient\n"
        "for made in (WebClient(), WebClient(base_url='https://slack.com/api'), LegacyWebClient(),"
        " WebClient(base_url='https://www.slack.com/api/'), WebClient(base_url='https://proxy.example/api/')):\n"
        "    print(made.base_url)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, "bot/emulator/launcher.py"], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["http://127.0.0.1:1/api/"] * 4 + ["https://proxy.example/api/"]
