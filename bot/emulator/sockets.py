"""Socket Mode: tickets, hello, pings, each envelope to one connection, acknowledgements, being told to reconnect."""

import asyncio
import itertools
import json
import secrets
import time
import uuid
from dataclasses import dataclass
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.emulator.errors import Json

MOST_LINKS = 10
_TICKET_LIVES_S = 30.0
_LIFE_S, _SHORT_LIFE_S = 3600.0, 360.0  # as Slack's debug_reconnects does
_WARNING_S = 10.0
_LINGER_S = 0.5  # the SDK reads its new link only when the old one ends
_PING_EVERY_S = 10.0


@dataclass(eq=False)
class Link:
    """One connection. No envelope goes to one that was *told_to_go*."""

    number: int
    ws: web.WebSocketResponse
    transport: asyncio.Transport | None = None
    told_to_go: bool = False

    @property
    def usable(self) -> bool:
        """Whether an envelope may go to it."""
        return not self.told_to_go and not self.ws.closed


class Sockets:
    """All connections. *base_url* is where the emulator serves, as ws:// and with a final slash."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id
        self._tickets: dict[str, float] = {}
        self._numbers = itertools.count(1)
        self._acks: dict[str, asyncio.Future[Json]] = {}
        self._turn = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.links: list[Link] = []
        self.ever_connected = False
        self.base_url = ""
        self.deaf = False  # takes pings and answers none, as a dead connection does

    @property
    def is_connected(self) -> bool:
        """Whether an envelope would reach the app now."""
        return any(link.usable for link in self.links)

    def new_url(self) -> str:
        """A WebSocket address, good for one connection."""
        ticket = str(uuid.uuid4())
        self._tickets[ticket] = time.monotonic()
        return f"{self.base_url}link/?ticket={ticket}&app_id={self._app_id}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """A connection, from hello to its end."""
        made_at = self._tickets.pop(request.query.get("ticket", ""), None)
        if made_at is None or time.monotonic() - made_at > _TICKET_LIVES_S:
            return web.Response(status=404, text="This ticket is unknown, used up or too old.")
        life_s = _SHORT_LIFE_S if request.query.get("debug_reconnects") == "true" else _LIFE_S
        ws = web.WebSocketResponse(autoping=False)
        await ws.prepare(request)
        link = Link(next(self._numbers), ws, request.transport)
        if len(self.links) >= MOST_LINKS:
            await ws.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": _debug()})
            await ws.close()
            return ws
        self.links.append(link)
        self.ever_connected = True
        tending = asyncio.create_task(self._tend(link, life_s))
        try:
            await ws.send_json(self._hello(life_s))
            async for message in ws:
                await self._take(ws, message.type, message.data)
        finally:
            tending.cancel()
            self.links.remove(link)
        return ws

    async def send(self, kind: str, payload: Json, *, wants_answer: bool, within_s: float, **retry: Any) -> Json | None:
        """
        Send an envelope over one connection and wait for its acknowledgement.

        Returns the acknowledgement; None if none came within *within_s* seconds, or nobody is connected.
        """
        usable = [link for link in self.links if link.usable]
        if not usable:
            return None
        self._turn += 1
        link = usable[self._turn % len(usable)]
        envelope_id = str(uuid.uuid4())
        envelope = {
            "envelope_id": envelope_id,
            "payload": payload,
            "type": kind,
            "accepts_response_payload": wants_answer,
            **retry,
        }
        ack: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._acks[envelope_id] = ack
        try:
            await link.ws.send_json(envelope)
            return await asyncio.wait_for(ack, within_s)
        except (TimeoutError, ConnectionError):  # the latter also where the link is being closed
            return None
        finally:
            del self._acks[envelope_id]

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to reconnect, as Slack does every few hours."""
        await asyncio.gather(*(self._dismiss(link, reason) for link in list(self.links)))

    async def drop(self) -> None:
        """Close every connection, without having told anybody to reconnect."""
        for link in list(self.links):
            link.told_to_go = True
            await link.ws.close(code=WSCloseCode.GOING_AWAY)

    def abort(self) -> None:
        """End every connection without a word, as a cut cable does; slack_sdk notices only after several pings."""
        for link in list(self.links):
            link.told_to_go = True
            if link.transport is not None:
                link.transport.abort()

    async def _dismiss(self, link: Link, reason: str) -> None:
        link.told_to_go = True
        await link.ws.send_json({"type": "disconnect", "reason": reason, "debug_info": _debug()})
        await asyncio.sleep(_LINGER_S)
        await link.ws.close()

    async def _tend(self, link: Link, life_s: float) -> None:
        """Ping a connection, and send it away when its time is over."""
        ends_at = time.monotonic() + life_s
        while (left := ends_at - time.monotonic()) > _WARNING_S:
            await asyncio.sleep(min(_PING_EVERY_S, left - _WARNING_S))
            await link.ws.ping(b"Ping from applink-emulated")
        await link.ws.send_json({"type": "disconnect", "reason": "warning", "debug_info": _debug()})
        await asyncio.sleep(_WARNING_S)
        leaving = asyncio.create_task(self._dismiss(link, "refresh_requested"))
        self._tasks.add(leaving)  # not this task, which ends with the connection
        leaving.add_done_callback(self._tasks.discard)

    async def _take(self, ws: web.WebSocketResponse, kind: WSMsgType, data: Any) -> None:
        if kind is WSMsgType.PING and not self.deaf:
            await ws.pong(data)
        elif kind is WSMsgType.TEXT:
            try:
                answer = json.loads(data)
            except ValueError:
                return
            waiting = self._acks.get(str(answer.get("envelope_id"))) if isinstance(answer, dict) else None
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)

    def _hello(self, life_s: float) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.links),
            "debug_info": {**_debug(), "build_number": 1, "approximate_connection_time": int(life_s)},
            "connection_info": {"app_id": self._app_id},
        }


def _debug() -> Json:
    return {"host": f"applink-{secrets.token_hex(4)}"}
