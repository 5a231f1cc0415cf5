"""How what happens reaches the app: over Socket Mode or signed HTTP, within a few seconds, events again if need be."""

import asyncio
import hashlib
import hmac
import json
import time
import urllib.parse
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from bot.emulator.errors import Json
from bot.emulator.sockets import Sockets
from bot.emulator.state import WorkspaceState
from bot.emulator.traffic import Traffic

RETRY_AFTER = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))  # of the workspace's time
_LOOK_AT_CLOCK_S = 0.1
_SOCKET_TYPE = {"slash_commands": "slash_commands", "events_api": "events_api"}


@dataclass(frozen=True)
class AckOutcome:
    """
    What became of a delivery: *problem* is empty if it was acknowledged in time, else Slack's word for it.

    *answer* is what the acknowledgement carried: an object, a text, or nothing.
    """

    problem: str = ""
    answer: Any = None
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        """Acknowledged in time."""
        return not self.problem


class Dispatcher:
    """Sends to the app: to `http_url` if one is set, else over Socket Mode."""

    def __init__(self, state: WorkspaceState, sockets: Sockets, traffic: Traffic, signing_secret: str) -> None:
        self._state = state
        self._sockets = sockets
        self._traffic = traffic
        self._secret = signing_secret
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession | None = None
        self.ack_within_s = 0.0  # real seconds; the workspace sets it
        self.http_url = ""
        self.loses_events = False
        self.token = "emulated-verification-token"  # noqa: S105 - Slack's long deprecated field, still there

    async def close(self) -> None:
        """Give up all retries."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    async def verify(self, url: str) -> str:
        """Ask *url* for its challenge, as Slack does before it delivers to it; what is wrong, or nothing."""
        challenge = hashlib.sha256(str(time.time()).encode()).hexdigest()
        body = {"type": "url_verification", "token": self.token, "challenge": challenge}
        outcome = await self._post(url, json.dumps(body), "application/json", {})
        if not outcome.ok:
            return f"it answered with {outcome.problem}"
        answer = outcome.answer.get("challenge") if isinstance(outcome.answer, dict) else outcome.answer
        return "" if answer == challenge else "it did not answer with the challenge"

    def tell(self, event: Json) -> None:
        """Deliver an event, and again until it is acknowledged. Returns at once."""
        payload = {
            "token": self.token,
            "team_id": self._state.team_id,
            "context_team_id": self._state.team_id,
            "context_enterprise_id": None,
            "api_app_id": self._state.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self._state.new_id("Ev"),
            "event_time": int(self._state.now_s),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self._state.team_id,
                    "user_id": self._state.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": self._is_ext_shared(event),
            "event_context": self._state.new_id("4-"),
        }
        payload = {name: value for name, value in payload.items() if value is not None}
        if self.loses_events:
            now = self._state.clock.now().isoformat()
            entry = self._traffic.begin("to app", _name("events_api", payload), payload, now)
            self._traffic.end(entry, None, problem="lost", answered=False)
            return
        self._start(self.tell_until_heard(payload))

    def _is_ext_shared(self, event: Json) -> bool:
        """Whether *event* is of a channel that other organisations share."""
        place = event.get("channel") or event.get("item", {}).get("channel", "")
        channel = self._state.channels.get(place["id"] if isinstance(place, dict) else place)
        return channel is not None and channel.is_ext_shared

    async def tell_rate_limited(self) -> AckOutcome:
        """Tell the app that events are withheld from it since this minute: 30,000 of them an hour are too many."""
        minute = int(self._state.now_s) // 60 * 60
        ids = {"token": self.token, "team_id": self._state.team_id, "api_app_id": self._state.app_id}
        return await self.send("events_api", {**ids, "type": "app_rate_limited", "minute_rate_limited": minute})

    async def tell_until_heard(self, payload: Json) -> None:
        """Deliver an event's *payload*: at once, and where it is not acknowledged at once again, after 1 and 5 min."""
        if not self.http_url and not self._sockets.ever_connected:
            return  # nobody has ever listened: what is said before is not kept for later
        outcome = await self.send("events_api", payload)
        for number, after in enumerate(RETRY_AFTER, 1):
            if outcome.ok or outcome.no_retry:
                return
            due = self._state.clock.now() + after
            while self._state.clock.now() < due:
                await asyncio.sleep(_LOOK_AT_CLOCK_S)
            outcome = await self.send("events_api", payload, retry=number, reason=outcome.problem)

    async def send(self, kind: str, payload: Json, *, retry: int = 0, reason: str = "") -> AckOutcome:
        """Deliver once. *kind* is slash_commands, interactive or events_api."""
        entry = self._traffic.begin(
            "to app", _name(kind, payload), payload, self._state.clock.now().isoformat(), retry=retry
        )
        if self.http_url:
            outcome = await self._send_http(kind, payload, retry, reason)
        else:
            outcome = await self._send_socket(kind, payload, retry, reason)
        self._traffic.end(entry, outcome.answer, problem=outcome.problem, answered=outcome.ok)
        return outcome

    async def _send_socket(self, kind: str, payload: Json, retry: int, reason: str) -> AckOutcome:
        more: Json = {}
        if kind == "events_api":
            more = {"retry_attempt": retry, "retry_reason": reason}
        if not self._sockets.is_connected:
            return AckOutcome("no_connection")
        wants_answer = kind == "slash_commands" or payload.get("type") in ("view_submission", "block_suggestion")
        ack = await self._sockets.send(
            _SOCKET_TYPE.get(kind, "interactive"),
            payload,
            wants_answer=wants_answer,
            within_s=self.ack_within_s,
            **more,
        )
        return AckOutcome("timeout") if ack is None else AckOutcome(answer=ack.get("payload"))

    async def _send_http(self, kind: str, payload: Json, retry: int, reason: str) -> AckOutcome:
        headers = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason} if retry else {}
        if kind == "events_api":
            return await self._post(self.http_url, json.dumps(payload), "application/json", headers)
        form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
        body = urllib.parse.urlencode(form)
        return await self._post(self.http_url, body, "application/x-www-form-urlencoded", headers)

    async def _post(self, url: str, body: str, content_type: str, headers: dict[str, str]) -> AckOutcome:
        if self._http is None:
            self._http = aiohttp.ClientSession()
        try:
            async with self._http.post(
                url,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=self.ack_within_s),
                data=body.encode(),
                headers={**signed(self._secret, body), "Content-Type": content_type, **headers},
            ) as response:
                text = await response.text()
                no_retry = response.headers.get("x-slack-no-retry") == "1"
                if not 200 <= response.status < 300:
                    return AckOutcome("http_error", no_retry=no_retry)
                return AckOutcome(answer=_parsed(text), no_retry=no_retry)
        except TimeoutError:
            return AckOutcome("http_timeout")
        except (aiohttp.ClientError, OSError):
            return AckOutcome("connection_failed")

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def signed(secret: str, body: str, timestamp: str = "") -> dict[str, str]:
    """Slack's two signature headers for *body*; the timestamp is real time whatever the workspace's clock says."""
    stamp = timestamp or str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    }


def _parsed(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _name(kind: str, payload: Json) -> str:
    """What the log calls it: the command, the type of interaction, or of event."""
    if kind == "slash_commands":
        return str(payload["command"])
    if payload.get("type") == "event_callback":
        return str(payload["event"]["type"])
    return str(payload["type"])
