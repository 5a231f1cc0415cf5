"""One call of the app: logged, spoiled if a fault was asked for, answered. The same for Web API and `response_url`."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.emulator.faults import Fault
from bot.emulator.traffic import Exchange, Traffic

_LOOK_EVERY_S = 0.02


@dataclass(frozen=True)
class HttpAnswer:
    """A status, headers, and a body: a JSON object, or text."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def problem(self) -> str:
        """What was refused, in Slack's word; nothing if it was not."""
        if isinstance(self.body, dict):
            return str(self.body.get("error", ""))
        return "" if self.status == 200 else str(self.body)

    def response(self) -> web.Response:
        """For aiohttp."""
        if isinstance(self.body, str):
            return web.Response(status=self.status, headers=self.headers, text=self.body)
        return web.json_response(self.body, status=self.status, headers=self.headers)


async def exchange(
    request: web.Request, traffic: Traffic, entry: Exchange, fault: Fault | None, deed: Callable[[], HttpAnswer]
) -> web.Response:
    """Carry out *deed* and answer *request* with what it gives; or as *fault* has it, in the order it describes."""
    if fault is None:
        answer = deed()
        traffic.end(entry, answer.body, status=answer.status, problem=answer.problem)
        return answer.response()
    await _pause(fault.late_s, fault.late_until)
    answer = deed() if fault.deed else HttpAnswer(500, {}, "Internal Server Error")
    problem = answer.problem if fault.deed else ""
    await _pause(fault.hang_s, fault.hang_until)
    if fault.error:
        answer = HttpAnswer(200, answer.headers, {"ok": False, "error": fault.error})
    elif fault.status or fault.body:
        answer = HttpAnswer(fault.status or 200, fault.headers, fault.body)
    if fault.cut:
        traffic.end(entry, answer.body, status=answer.status, problem="cut", answered=False)
        return _closed(request)
    if fault.changes_the_answer:
        problem = fault.error or f"HTTP {answer.status}, on request"
    traffic.end(entry, answer.body, status=answer.status, problem=problem)
    return answer.response()


async def _pause(seconds: float, until: threading.Event | None) -> None:
    if seconds:
        await asyncio.sleep(seconds)
    while until is not None and not until.is_set():
        await asyncio.sleep(_LOOK_EVERY_S)


def _closed(request: web.Request) -> web.Response:
    """The connection is closed without an answer."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()
