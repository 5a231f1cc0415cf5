"""`toughcustomer demo` as people and scripts start it: as a process of its own."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.config import Settings
from bot.demo import DemoOptions, office_hours, run
from bot.emulator.stories import PATIENCE_S
from tests.test_cli import OURS, ROOT, toughcustomer
from tests.wire import eventually


class Demo:
    """A running demo; *told* is what it says first, as JSON where it is."""

    def __init__(self, folder: Path, *options: str) -> None:
        environ = {**OURS, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
        environ["XDG_CACHE_HOME"] = os.environ["XDG_CACHE_HOME"]
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environ,
            cwd=folder,
        )
        assert self.process.stdout
        self.line = self.process.stdout.readline()

    @property
    def told(self) -> dict[str, Any]:
        return dict(json.loads(self.line))

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, out + err


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Any]:
    running: list[Demo] = []

    def start(*options: str) -> Demo:
        running.append(Demo(Path(tempfile.mkdtemp(dir=tmp_path)), *options))
        return running[-1]

    yield start
    for demo in running:
        if demo.process.poll() is None:
            demo.process.kill()
            demo.process.communicate()


def test_the_demo_says_where_it_is_and_ctrl_c_leaves_nothing_behind(start: Any) -> None:
    demo = start("--json")
    with urllib.request.urlopen(demo.told["page_url"], timeout=PATIENCE_S) as page:
        assert b"A Slack workspace on this machine" in page.read()
    assert list(demo.folder.iterdir()) != []  # its database, for as long as it runs

    status, said = demo.end()

    assert status == 0
    assert "Traceback" not in said
    assert list(demo.folder.iterdir()) == []
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(demo.told["page_url"], timeout=PATIENCE_S)


def test_what_people_are_told_names_the_page_and_what_to_type(start: Any) -> None:
    demo = start()
    first = [demo.process.stdout.readline() for _ in range(4)]
    said = demo.line + "".join(first)
    assert "http://127.0.0.1:" in said
    assert "type  /toughcustomer" in said
    assert demo.end(signal.SIGTERM)[0] == 0


def test_two_demos_run_at_once(start: Any) -> None:
    one, other = start("--json"), start("--json")
    assert one.told["page_url"] != other.told["page_url"]
    for demo in (one, other):
        assert WebClient(demo.told["bot_token"], base_url=demo.told["api_url"]).auth_test()["ok"]


def test_the_workspace_alone_tells_all_that_another_program_needs(start: Any, tmp_path: Path) -> None:
    manifest = tmp_path / "other.json"
    scopes = {"scopes": {"bot": ["chat:write"]}}
    manifest.write_text(json.dumps({"display_information": {"name": "other"}, "oauth_config": scopes}))
    demo = start("--no-bot", "--manifest", str(manifest))
    told = demo.told
    assert set(told) == {
        *("api_url", "page_url", "bot_token", "app_token", "signing_secret", "channels", "users", "http_delivery")
    }
    assert (sorted(told["channels"]), sorted(told["users"])) == (
        ["general", "random"],  # its author's own people: none of the demo's
        ["alex", "other", "sam", "slackbot"],
    )
    web = WebClient(told["bot_token"], base_url=told["api_url"])
    assert web.auth_test()["user"] == "other"
    assert web.chat_postMessage(channel=told["channels"]["general"], text="hello")["ok"]
    assert demo.end()[0] == 0


def test_the_tour_as_text_tells_every_step_and_ends_with_0() -> None:
    told = toughcustomer("demo", "--tour", "--all", "--text")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Mia says: /toughcustomer he wants to talk to my boss right now" in told.stdout
    assert "Omar sees: Offer your manager" in told.stdout
    assert told.stdout.rstrip().endswith("Every step happened.")


def test_the_short_tour_has_a_promise_that_is_broken_and_who_hears_of_it() -> None:
    told = toughcustomer("demo", "--tour", "--text")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Omar sees: Acme needs you: broken promise" in told.stdout
    assert told.stdout.rstrip().endswith("Every step happened.")


def test_a_tour_in_which_something_does_not_happen_says_so_and_is_no_success(
    playbooks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    card = playbooks / "tactics" / "offer-your-manager.md"
    card.write_text(card.read_text().replace("Offer your manager before they demand one", "Something else entirely"))
    monkeypatch.setattr("bot.emulator.stories.PATIENCE_S", 3.0)
    assert not run(DemoOptions(tour=True, text=True), Settings(playbooks=playbooks))
    assert "This did not happen: Mia does not see" in capsys.readouterr().out


def test_a_tour_in_the_page_says_so_and_is_ended_by_ctrl_c(start: Any) -> None:
    demo = start("--tour")
    assert demo.end()[0] == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--text"], "toughcustomer demo --tour --text"),
        (["--tour", "--no-bot"], "The tour needs the bot"),
        (["--manifest", "nowhere.json"], "cannot be read"),
        (["--manifest", "pyproject.toml"], "is not JSON"),
        (["--port", "99999"], "not in the range"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(options: list[str], said: str) -> None:
    refused = toughcustomer("demo", *options)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_port_that_is_taken_is_told(start: Any) -> None:
    port = start("--no-bot").told["page_url"].rsplit(":", 1)[1].strip("/")
    refused = toughcustomer("demo", "--no-bot", "--port", port)
    assert refused.returncode == 2
    assert f"Port {port} cannot be used" in refused.stderr


def test_the_demo_begins_when_people_are_at_work() -> None:
    at_work = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    assert office_hours(at_work) == at_work
    for outside, begins in (
        (datetime(2026, 11, 21, 12, 0, tzinfo=UTC), "2026-11-23T08:40:00+00:00"),
        (datetime(2026, 11, 24, 20, 0, tzinfo=UTC), "2026-11-25T08:40:00+00:00"),
        (datetime(2026, 11, 24, 5, 0, tzinfo=UTC), "2026-11-24T08:40:00+00:00"),
    ):
        assert office_hours(outside).isoformat() == begins


def test_a_demo_ends_while_its_page_is_being_watched(start: Any) -> None:
    demo = start("--json")
    watched = threading.Event()

    def watch() -> None:
        with (
            urllib.request.urlopen(f"{demo.told['page_url']}page/changes", timeout=PATIENCE_S) as stream,
            contextlib.suppress(http.client.HTTPException, OSError),
        ):
            stream.readline()
            watched.set()
            stream.read()

    threading.Thread(target=watch, daemon=True).start()
    assert watched.wait(PATIENCE_S)
    assert demo.end()[0] == 0
    assert eventually(lambda: demo.process.poll() == 0)
