"""What people write never shows up in the log, whichever way it comes and at whatever level."""

import json
import logging
import subprocess
import sys
import urllib.parse
from pathlib import Path
from typing import Any

import pytest

from bot.log import SafeFormatter, failure, frames
from tests.test_cli import environ as environ  # the fixture
from tests.test_cli import line_with, start
from tests.workspace import APP_TOKEN, BOT_TOKEN, SECRET, Fault, Workspace, eventually

MARKER = "xylophone-marker"
SITUATION = f"{MARKER} he wants to talk to my boss"


def go_through_every_path(workspace: Workspace, http: bool) -> None:
    """Post the marker in all ways that lead into the bot, the broken ones included."""
    if http:
        _, answer = workspace.command(SITUATION)
        workspace.command(f"card {MARKER}")
        workspace.command(f"help {MARKER}")
        workspace.command(SITUATION, team_id="T0OTHER")
        body = urllib.parse.urlencode(workspace.command_payload(SITUATION))
        workspace.send(body, secret="f" * 32)
        workspace.send(body, timestamp="1")
        for junk in (f"{{{MARKER}", f"payload={MARKER}", f'"{MARKER}"', f"[{MARKER}"):
            workspace.send(junk, content_type="application/json")
            workspace.send(junk)
        send_event: Any = workspace.event
        interact: Any = workspace.send_interaction
    else:
        answer = workspace.envelope("slash_commands", workspace.command_payload(SITUATION))

        def send_event(event: dict[str, Any]) -> None:
            workspace.envelope("events_api", workspace.event_payload(event))

        def interact(payload: dict[str, Any]) -> None:
            workspace.envelope("interactive", payload)

    actions = next(block for block in answer["blocks"] if block["type"] == "actions")["elements"]
    for element in actions:
        interact(workspace.action_payload({**element, "block_id": "b"}))
    for action_id in ("tactics.open", MARKER):
        interact(
            workspace.action_payload({"type": "button", "action_id": action_id, "block_id": MARKER, "value": MARKER})
        )
    interact(
        {
            "type": "message_action",
            "callback_id": "tactics_for_this",
            "team": {"id": workspace.team},
            "user": {"id": "U1"},
            "channel": {"id": "C1"},
            "message": {"ts": "1.1", "text": SITUATION},
            "response_url": workspace.response_url(),
        }
    )
    workspace.faults.append(Fault("chat.postMessage", status=500, body=MARKER))
    send_event(workspace.mention(SITUATION))
    assert eventually(lambda: not workspace.faults)
    send_event(workspace.direct(SITUATION))
    workspace.threads["7.7"] = [{"ts": "0.1", "user": "U2", "text": SITUATION}]
    send_event(workspace.mention("", thread_ts="7.7"))
    workspace.faults.append(Fault("conversations.replies", body=json.dumps({"ok": False, "error": MARKER})))
    send_event(workspace.mention("", thread_ts="8.8"))
    send_event(workspace.mention(SITUATION, user=None))
    del workspace.calls[:]
    send_event(workspace.direct(f"{SITUATION} again"))
    workspace.wait_for("chat.postMessage")


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "ERROR"])
@pytest.mark.parametrize("mode", ["http", "socket"])
def test_a_marker_posted_through_every_path_is_not_in_the_log(
    workspace: Workspace, environ: dict[str, str], tmp_path: Path, level: str, mode: str
) -> None:
    way_in = {"SLACK_SIGNING_SECRET": SECRET, "PORT": "0"} if mode == "http" else {"SLACK_APP_TOKEN": APP_TOKEN}
    process = start({**environ, **way_in, "LOG_LEVEL": level}, tmp_path)
    ready = line_with(process, "ready")
    workspace.bot_url = ready.split("ready: ")[1].strip().removesuffix("/slack/events")

    go_through_every_path(workspace, http=mode == "http")

    process.terminate()
    out, err = process.communicate(timeout=20)
    log = out + err
    assert MARKER not in log
    assert "xylophone" not in log
    for secret in (BOT_TOKEN, APP_TOKEN, SECRET):
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
