"""Signed requests to a bot over HTTP: such as Slack sends, and such as it never would."""

import http.client
import json
import time
import urllib.parse
from collections.abc import Callable
from typing import Any

from bot.emulator.dispatch import signed
from bot.emulator.model import PostedMessage
from bot.emulator.stories import PATIENCE_S
from bot.emulator.text import words
from bot.emulator.traffic import Exchange
from bot.emulator.workspace import Workspace

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
HURRIED_S = 0.3  # for Slack's three seconds, where a test lets them pass


class Wire:
    """Sends to the bot at *bot_url* what *workspace* could send, or nearly."""

    def __init__(self, workspace: Workspace, bot_url: str) -> None:
        self.workspace = workspace
        self.bot_url = bot_url

    def send(
        self, body: str, *, content_type: str = FORM, secret: str = "", timestamp: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """Send *body*, signed; gives the status and the answer."""
        parts = urllib.parse.urlsplit(self.bot_url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_S)
        headers = signed(secret or self.workspace.tokens.signing_secret, body, timestamp)
        connection.request("POST", "/slack/events", body.encode(), {**headers, "Content-Type": content_type})
        answer = connection.getresponse()
        raw = answer.read().decode()
        connection.close()
        try:
            parsed = json.loads(raw) if raw else {}
        except ValueError:
            parsed = {"text": raw}
        return answer.status, parsed

    def command_payload(self, text: str, **changed: Any) -> dict[str, Any]:
        """What Slack sends for `/toughcustomer` in #deals by Mia."""
        workspace = self.workspace
        command = workspace.state.manifest.commands[0]
        channel = workspace.state.channels["C0DEALS"]
        made = workspace.call(workspace.interactions.command_payload, "U0MIA", channel, command, "")
        return {**made, "text": text, **changed}

    def command(self, text: str, **changed: Any) -> tuple[int, dict[str, Any]]:
        """Use the command, *text* as it comes over the wire; gives the status and the acknowledgement's body."""
        return self.send(urllib.parse.urlencode(self.command_payload(text, **changed)))

    def interaction(self, payload: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Send a click, shortcut or submission."""
        return self.send(urllib.parse.urlencode({"payload": json.dumps(payload)}))

    def event(self, payload: dict[str, Any]) -> int:
        """Send an event's envelope; gives the status."""
        return self.send(json.dumps(payload), content_type=JSON)[0]

    def event_payload(self, event: dict[str, Any], event_id: str = "") -> dict[str, Any]:
        """The envelope of *event*."""
        state = self.workspace.state
        made = event_id or self.workspace.call(state.new_id, "Ev")
        now = int(state.now_s)
        shared = {"token": "t", "team_id": state.team_id, "api_app_id": state.app_id, "event_time": now}
        return {**shared, "type": "event_callback", "event_id": made, "event": event}

    def mention(self, text: str, **changed: Any) -> dict[str, Any]:
        """The event of a mention by Mia in #deals. The message itself is not in the workspace."""
        return {
            "type": "app_mention",
            "user": "U0MIA",
            "text": f"<@U0TOUGH> {text}",
            "channel": "C0DEALS",
            **self._ts(),
        } | changed

    def direct(self, text: str, **changed: Any) -> dict[str, Any]:
        """The event of a direct message by Mia. The message itself is not in the workspace."""
        place = self.workspace.call(self.workspace.client.channel, "U0MIA", "toughcustomer").id
        message = {"type": "message", "channel_type": "im", "user": "U0MIA", "text": text, "channel": place}
        return {**message, **self._ts(), **changed}

    def last_click(self) -> dict[str, Any]:
        """The payload of the last click, to be changed and sent again."""
        return dict(self.workspace.traffic.deliveries("block_actions")[-1].sent)

    def _ts(self) -> dict[str, str]:
        ts = self.workspace.call(self.workspace.state.new_ts)
        return {"ts": ts, "event_ts": ts}


def wait_for(workspace: Workspace, method: str, count: int = 1, *, answered: bool = True) -> list[Exchange]:
    """The bot's calls of *method*, once there are *count* of them that were *answered*, or not yet."""
    traffic = workspace.traffic
    assert eventually(lambda: sum(bool(e.status) is answered for e in traffic.calls(method)) >= count), (
        f"{len(traffic.calls(method))} of {count} calls of {method}; all: {[e.kind for e in traffic.entries]}"
    )
    return traffic.calls(method)


def other_bot_says(workspace: Workspace, text: str, place: str = "C0DEALS", thread_ts: str = "") -> PostedMessage:
    """Another app's bot posts."""
    ts = workspace.call(workspace.state.new_ts)
    message = PostedMessage(ts, place, "U0STATUS", text, bot_id="B0STATUS", thread_ts=thread_ts)
    return workspace.call(workspace.state.post, message)


def shown(payload: dict[str, Any]) -> str:
    """All that can be read in a payload."""
    return words(payload)


def eventually(is_so: Callable[[], bool], within: float = PATIENCE_S) -> bool:
    """Whether *is_so* comes true within *within* seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.01)
    return is_so()
