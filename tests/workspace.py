"""
Slack's side of the wire, on this machine: as much of it as the tests of this folder need.

It answers the Web API and `response_url`s, opens Socket Mode connections, and sends what people do: commands, clicks,
shortcuts, events, signed as Slack signs them. Every call it gets is kept in order. Faults are put in a queue and used
up by the calls that follow. The bot under test is the real one, over real sockets.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

TEAM = "T0TOUGH"
BOT_USER = "U0BOT"
BOT_TOKEN = "xoxb-1-test"
APP_TOKEN = "xapp-1-test"
SECRET = "0123456789abcdef0123456789abcdef"


@dataclass
class Call:
    """One call that the bot made: a Web API *method*, or "response_url"."""

    method: str
    body: dict[str, Any]
    path: str = ""
    at: float = field(default_factory=time.monotonic)

    @property
    def text(self) -> str:
        return shown(self.body)


@dataclass
class Fault:
    """What the next call of *method* gets in place of an answer; *deed* says if it is carried out all the same."""

    method: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    hang_s: float = 0.0
    deed: bool = False


def shown(payload: dict[str, Any]) -> str:
    """All the words of a message: its text and those of its blocks."""
    parts = [str(payload.get("text", ""))]

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("text"), str) and "type" in value:
                parts.append(value["text"])
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(payload.get("blocks") or [])
    return "\n".join(parts)


def elements(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """All that can be clicked in a message."""
    found = []
    for block in payload.get("blocks") or []:
        inside = block.get("elements", []) if block["type"] == "actions" else [block.get("accessory")]
        found += [{**one, "block_id": block.get("block_id", "b")} for one in inside if one]
    return found


class Workspace:
    """One emulated workspace. `start` it, point the bot's SLACK_API_URL at `api_url`, and set `bot_url` for HTTP."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.faults: deque[Fault] = deque()
        self.threads: dict[str, list[dict[str, Any]]] = {}
        self.team = TEAM
        self.user = "U1MIA"
        self.bot_url = ""
        self.acks: dict[str, Any] = {}
        self.sockets: list[web.WebSocketResponse] = []
        self.deaf = False
        self._numbers = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._port = 0

    # running

    def start(self) -> "Workspace":
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/api/"

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def wait_for(self, method: str, count: int = 1, within: float = 8.0) -> list[Call]:
        """The calls of *method*, once there are *count* of them."""
        assert eventually(lambda: len(self.called(method)) >= count, within), (
            f"{len(self.called(method))} of {count} calls of {method}; all: {[call.method for call in self.calls]}"
        )
        return self.called(method)

    # what people do, over HTTP

    def command(self, text: str, **more: str) -> tuple[int, dict[str, Any]]:
        """Type the slash command; gives the status and the acknowledgement's body."""
        return self.send(urllib.parse.urlencode(self.command_payload(text, **more)))

    def command_payload(self, text: str, **more: str) -> dict[str, str]:
        return {
            "command": "/toughcustomer",
            "text": text,
            "team_id": self.team,
            "team_domain": "tough",
            "channel_id": "C1",
            "channel_name": "deals",
            "user_id": "U1MIA",
            "user_name": "mia",
            "api_app_id": "A1",
            "response_url": self.response_url(),
            "trigger_id": "1.2.3",
            **more,
        }

    def click(self, payload: dict[str, Any], label: str, *, place: str = "ephemeral", ticked: bool = True) -> int:
        """Click what is labelled *label* in a message; *place* is ephemeral, channel or direct."""
        for element in elements(payload):
            options = element.get("options") or [{"text": {"text": ""}}]
            if label in (element.get("text", {}).get("text"), options[0]["text"]["text"]):
                return self.send_interaction(self.action_payload(element, place, ticked=ticked))[0]
        raise AssertionError(f"no button {label!r} in {shown(payload)}")

    def action_payload(
        self, element: dict[str, Any], place: str = "ephemeral", *, ticked: bool = True
    ) -> dict[str, Any]:
        channel = "D1" if place == "direct" else "C1"
        action = {key: element[key] for key in ("action_id", "block_id", "value", "type") if key in element}
        if element["type"] == "checkboxes":
            action["selected_options"] = element["options"] if ticked else []
        container: dict[str, Any] = {"type": "message", "message_ts": "1.1", "channel_id": channel}
        container["is_ephemeral"] = place == "ephemeral"
        return {
            "type": "block_actions",
            "team": {"id": self.team, "domain": "tough"},
            "user": {"id": self.user, "team_id": self.team},
            "channel": {"id": channel, "name": "deals"},
            "container": container,
            "actions": [action],
            "response_url": self.response_url(),
            "trigger_id": "1.2.3",
            "api_app_id": "A1",
        }

    def shortcut(self, callback_id: str, message: dict[str, Any]) -> int:
        return self.send_interaction(
            {
                "type": "message_action",
                "callback_id": callback_id,
                "team": {"id": self.team, "domain": "tough"},
                "user": {"id": "U1MIA"},
                "channel": {"id": "C1", "name": "deals"},
                "message": {"ts": "5.5", "user": "U2", **message},
                "response_url": self.response_url(),
                "trigger_id": "1.2.3",
            }
        )[0]

    def send_interaction(self, payload: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return self.send(urllib.parse.urlencode({"payload": json.dumps(payload)}))

    def event_payload(self, event: dict[str, Any], event_id: str = "") -> dict[str, Any]:
        return {
            "type": "event_callback",
            "team_id": self.team,
            "api_app_id": "A1",
            "event_id": event_id or f"Ev{next(self._numbers)}",
            "event_time": int(time.time()),
            "event": event,
        }

    def event(self, event: dict[str, Any], event_id: str = "") -> int:
        body = json.dumps(self.event_payload(event, event_id))
        return self.send(body, content_type="application/json")[0]

    def mention(self, text: str, **more: Any) -> dict[str, Any]:
        ts = f"{next(self._numbers)}.000100"
        return {
            "type": "app_mention",
            "user": "U1MIA",
            "text": f"<@{BOT_USER}> {text}",
            "channel": "C1",
            "ts": ts,
            **more,
        }

    def direct(self, text: str, **more: Any) -> dict[str, Any]:
        ts = f"{next(self._numbers)}.000200"
        message = {"type": "message", "channel_type": "im", "user": "U1MIA", "text": text, "channel": "D1", "ts": ts}
        return {**message, **more}

    def send(
        self,
        body: str,
        *,
        content_type: str = "application/x-www-form-urlencoded",
        secret: str = SECRET,
        timestamp: str | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Send a signed request to the bot."""
        stamp = timestamp or str(int(time.time()))
        digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        request = urllib.request.Request(
            f"{self.bot_url}/slack/events",
            data=body.encode(),
            headers={
                "Content-Type": content_type,
                "X-Slack-Request-Timestamp": stamp,
                "X-Slack-Signature": f"v0={digest}",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                status, raw = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, raw = error.code, error.read().decode()
        try:
            parsed = json.loads(raw) if raw else {}
        except ValueError:
            parsed = {"text": raw}
        return status, parsed

    def response_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/response/{next(self._numbers)}"

    # what people do, over Socket Mode

    def envelope(self, kind: str, payload: dict[str, Any]) -> Any:
        """Send one envelope over the newest connection and wait for its acknowledgement's payload."""
        envelope_id = f"env-{next(self._numbers)}"
        body = {"envelope_id": envelope_id, "type": kind, "payload": payload, "accepts_response_payload": True}
        asyncio.run_coroutine_threadsafe(self.sockets[-1].send_json(body), self._loop).result(5)
        assert eventually(lambda: envelope_id in self.acks), "no acknowledgement"
        return self.acks[envelope_id]

    def drop_sockets(self) -> None:
        for socket in self.sockets:
            asyncio.run_coroutine_threadsafe(socket.close(), self._loop).result(5)

    # serving

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        application = web.Application()
        application.router.add_post("/api/{method}", self._api)
        application.router.add_post("/response/{number}", self._response)
        application.router.add_get("/link", self._link)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        self._loop.run_until_complete(self._runner.setup())
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        self._loop.run_until_complete(site.start())
        self._port = self._runner.addresses[0][1]
        self._ready.set()
        self._loop.run_forever()

    async def _close(self) -> None:
        for socket in self.sockets:
            await socket.close()
        await self._runner.cleanup()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        body = await _body(request)
        if fault := await self._fault(method, body):
            return fault
        self.calls.append(Call(method, body))
        token = request.headers.get("Authorization", "")
        if method == "apps.connections.open":
            if token != f"Bearer {APP_TOKEN}":
                return web.json_response({"ok": False, "error": "invalid_auth"})
            return web.json_response({"ok": True, "url": f"ws://127.0.0.1:{self._port}/link"})
        if token != f"Bearer {BOT_TOKEN}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        return web.json_response(self._answer(method, body), headers={"x-oauth-scopes": "chat:write,commands"})

    def _answer(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        if method == "auth.test":
            return {
                "ok": True,
                "team_id": self.team,
                "user_id": BOT_USER,
                "bot_id": "B0BOT",
                "team": "tough",
                "user": "tc",
            }
        if method == "chat.postMessage":
            return {"ok": True, "channel": body["channel"], "ts": f"{next(self._numbers)}.000900"}
        if method == "conversations.replies":
            return {"ok": True, "messages": self.threads.get(body["ts"], []), "has_more": False}
        return {"ok": False, "error": "unknown_method"}

    async def _response(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        if fault := await self._fault("response_url", body):
            return fault
        self.calls.append(Call("response_url", body, request.path))
        return web.Response(text="ok")

    async def _fault(self, method: str, body: dict[str, Any]) -> web.StreamResponse | None:
        if not self.faults or self.faults[0].method != method:
            return None
        fault = self.faults.popleft()
        if fault.deed:
            self.calls.append(Call(method, body))
        if fault.hang_s:
            await asyncio.sleep(fault.hang_s)
        return web.Response(status=fault.status, headers=fault.headers, text=fault.body)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": 1})
        async for message in socket:
            if message.type is WSMsgType.PING and not self.deaf:
                await socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                answer = json.loads(message.data)
                self.acks[answer["envelope_id"]] = answer.get("payload")
        return socket


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(json.loads(await request.text() or "{}"))
    form = dict(await request.post())
    return {key: json.loads(value) if key in ("blocks", "metadata") else value for key, value in form.items()}


def eventually(is_so: Callable[[], bool], within: float = 8.0) -> bool:
    """Whether *is_so* comes true within *within* seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.01)
    return is_so()
