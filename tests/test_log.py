"""What people write never shows up in the log, whichever way it comes and at whatever level."""

import logging
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

import pytest

from bot.emulator.faults import Fault, refusal
from bot.emulator.stories import PATIENCE_S, Person
from bot.emulator.workspace import Workspace
from bot.log import SafeFormatter, failure, frames
from tests.test_cli import environ as environ  # the fixture
from tests.test_cli import line_with, start
from tests.wire import JSON, Wire, eventually

MARKER = "xylophone-marker"
SITUATION = f"{MARKER} he wants to talk to my boss"


def go_through_every_path(workspace: Workspace, wire: Wire | None) -> None:
    """Post the marker in all ways that lead into the bot, the broken ones included, which need HTTP."""
    mia, omar = Person(workspace, "mia"), Person(workspace, "omar")
    mia.says(f"/toughcustomer {SITUATION}")
    answer = mia.sees(MARKER)
    mia.says(f"/toughcustomer card {MARKER}")
    mia.says(f"/toughcustomer help {MARKER}")
    for label in ("Open", "Share", "👍", "👎"):
        mia.clicks(label, on=answer)
        time.sleep(0.2)
    mia.says(f"Acme: {SITUATION}")
    root = omar.sees(f"Acme: {SITUATION}")
    omar.uses("Tactics for this", on=root)
    if wire is not None:
        send_what_is_broken(wire)
    workspace.faults.add(Fault("chat.postMessage", status=500, body=MARKER))
    mia.says(f"@toughcustomer {SITUATION}")
    assert eventually(lambda: workspace.faults.all_met)
    omar.says("@toughcustomer", under=root)
    workspace.faults.add(refusal("conversations.replies", MARKER))
    omar.says("@toughcustomer", under=root)
    assert eventually(lambda: workspace.faults.all_met)
    mia.says(SITUATION, to="toughcustomer")
    mia.sees("*Say*", where="toughcustomer")


def send_what_is_broken(wire: Wire) -> None:
    wire.command(SITUATION, team_id="T0OTHER")
    body = urllib.parse.urlencode(wire.command_payload(SITUATION))
    wire.send(body, secret="f" * 32)
    wire.send(body, timestamp="1")
    for junk in (f"{{{MARKER}", f"payload={MARKER}", f'"{MARKER}"', f"[{MARKER}"):
        wire.send(junk, content_type=JSON)
        wire.send(junk)
    click = wire.last_click()
    for action_id in ("tactics.open", MARKER):
        wire.interaction({**click, "actions": [{**click["actions"][0], "action_id": action_id, "value": MARKER}]})
    wire.event(wire.event_payload(wire.mention(SITUATION, user=None)))


@pytest.mark.odd_payloads
@pytest.mark.parametrize("level", ["DEBUG", "INFO", "ERROR"])
@pytest.mark.parametrize("mode", ["http", "socket"])
def test_a_marker_posted_through_every_path_is_not_in_the_log(
    workspace: Workspace, environ: dict[str, str], tmp_path: Path, level: str, mode: str
) -> None:
    tokens = workspace.tokens
    way_in = {"SLACK_SIGNING_SECRET": tokens.signing_secret, "PORT": "0"}
    process = start(
        {**environ, **(way_in if mode == "http" else {"SLACK_APP_TOKEN": tokens.app}), "LOG_LEVEL": level}, tmp_path
    )
    url = line_with(process, "ready").split("ready: ")[1].strip()
    wire = None
    if mode == "http":
        assert workspace.deliver_to(url) == ""
        wire = Wire(workspace, url.removesuffix("/slack/events"))

    go_through_every_path(workspace, wire)

    process.terminate()
    out, err = process.communicate(timeout=PATIENCE_S)
    log = out + err
    assert MARKER not in log
    assert "xylophone" not in log
    for secret in (tokens.bot, tokens.app, tokens.signing_secret):
        assert secret not in log
    assert "TC-" in log  # failures were logged, by reference
    assert MARKER.encode() not in (tmp_path / "bot.db").read_bytes()


def test_a_reference_and_the_places_are_logged_and_the_message_is_not(caplog: pytest.LogCaptureFixture) -> None:
    def stumble() -> None:
        try:
            raise KeyError(MARKER)
        except KeyError as error:
            raise ValueError(f"about {MARKER}") from error

    with pytest.raises(ValueError, match=MARKER) as caught:
        stumble()
    reference = failure(logging.getLogger("bot.test"), "stumbling", caught.value)

    assert reference in caplog.text
    assert "in stumble" in caplog.text
    assert "KeyError" in caplog.text
    assert MARKER not in caplog.text


def test_frames_end_where_a_cause_was_suppressed() -> None:
    def stumble() -> None:
        try:
            raise KeyError(1)
        except KeyError:
            raise ValueError(2) from None

    with pytest.raises(ValueError, match="2") as caught:
        stumble()
    assert "KeyError" not in frames(caught.value)


@pytest.mark.parametrize(
    ("name", "said", "shown"),
    [
        ("slack_bolt.App", f"Unhandled request ({{'text': '{MARKER}'}})", "Unhandled request"),
        ("slack_bolt", f"Invalid request signature detected (body: {MARKER})", "Invalid request signature detected"),
        ("slack_sdk.web", f"Failed to send a request to Slack API server: {MARKER}", "Failed to send a request"),
        ("waitress", f'"{MARKER}"', ""),
        ("bot.slack", "event Ev1 failed", "event Ev1 failed"),
    ],
)
def test_what_libraries_say_is_cut_before_anything_they_were_given(name: str, said: str, shown: str) -> None:
    record = logging.LogRecord(name, logging.ERROR, "f", 1, said, None, None)
    line = SafeFormatter().format(record)
    assert shown in line
    assert MARKER not in line


def test_an_exception_that_a_library_logs_keeps_its_frames_and_loses_its_message() -> None:
    try:
        raise ValueError(MARKER)
    except ValueError:
        record = logging.LogRecord("slack_sdk", logging.ERROR, "f", 1, "Failed: x", None, sys.exc_info())
    line = SafeFormatter().format(record)
    assert "builtins.ValueError" in line
    assert MARKER not in line


def test_a_thread_that_dies_is_logged_without_its_message() -> None:
    script = """
import sys, threading
from bot import log
log.configure("DEBUG")
def die(): raise ValueError(sys.argv[1])
t = threading.Thread(target=die); t.start(); t.join()
raise KeyError(sys.argv[1])
"""
    ended = subprocess.run([sys.executable, "-c", script, MARKER], capture_output=True, text=True, check=False)
    assert ended.stderr.count("TC-") == 2
    assert MARKER not in ended.stderr
