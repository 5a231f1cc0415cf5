"""The page's server: what a person sees, what they do, and the traffic as it passes. For this machine only."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from importlib import resources
from typing import Any

from aiohttp import web

from bot.emulator.client import Cannot, Client
from bot.emulator.clock_moves import ClockMoves
from bot.emulator.dispatch import AckOutcome
from bot.emulator.errors import Json, Refused
from bot.emulator.interactions import Interactions
from bot.emulator.modals import Modals
from bot.emulator.model import View
from bot.emulator.screen import screen
from bot.emulator.state import WorkspaceState
from bot.emulator.traffic import Exchange, Traffic
from bot.emulator.views import inputs_of
from bot.emulator.windows import END, PageWindows

_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SETTLE_S = 0.03  # changes that come together are told together
_KEEP_ALIVE_S = 5.0  # a window that was closed is noticed within this
_LOCAL = ("127.0.0.1", "localhost")


@web.middleware
async def only_from_here(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """
    Turn away what another web page sends.

    A Host that is not this machine would be DNS rebinding; an Origin that is not this server is another page.
    """
    if request.host.rpartition(":")[0] not in _LOCAL and request.host not in _LOCAL:
        return web.Response(status=403, text="This workspace is for this machine only.")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        return web.Response(status=403, text="Another page may not use this workspace.")
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return web.Response(status=403, text="Another page may not use this workspace.")
    return await handler(request)


class PageServer:
    """Serves the page to any number of browser windows."""

    def __init__(
        self,
        state: WorkspaceState,
        modals: Modals,
        client: Client,
        interactions: Interactions,
        traffic: Traffic,
        moves: ClockMoves,
    ) -> None:
        self._state = state
        self._modals = modals
        self._client = client
        self._interactions = interactions
        self._traffic = traffic
        self._moves = moves
        self._windows = PageWindows(self._left)
        self._closing: set[asyncio.Task[AckOutcome]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._change_told = False
        self.stage: Json = {}  # what a tour shows: caption, person, channel
        self.on_tour: Callable[[str], None] = lambda what: None  # what a watcher wants of the tour
        state.on_change = self.changed
        traffic.on_change(self._passed)

    def routes(self) -> list[web.RouteDef]:
        """Where it answers."""
        return [
            web.get("/", self._index),
            web.get("/page/screen", self._screen),
            web.get("/page/traffic", self._past_traffic),
            web.get("/page/changes", self._changes),
            web.post("/page/do", self._do),
            web.get("/page/{name}", self._file),
        ]

    @property
    def is_watched(self) -> bool:
        """Whether a window is open."""
        return len(self._windows) > 0

    def changed(self) -> None:
        """Tell all windows to look again, soon."""
        if self._change_told or self._loop is None:
            return
        self._change_told = True
        self._loop.call_later(_SETTLE_S, self._tell_change)

    def show_stage(self, **stage: Any) -> None:
        """Show a tour's caption, and whom and what the page should show."""
        self.stage = stage
        self._windows.tell("stage", stage)

    def _tell_change(self) -> None:
        self._change_told = False
        self._windows.tell("change", {})

    def _passed(self, entry: Exchange) -> None:
        if self.is_watched:
            self._windows.tell("traffic", entry.as_json())

    def _left(self, modal: str) -> None:
        """No window shows the modals above *modal* any more: if still open they are closed, and the app may be told."""
        for view in self._modals.stack_of(modal)[-1:]:
            task = asyncio.get_running_loop().create_task(self._interactions.close(view, everything=True))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """End what goes on for the windows."""
        self._windows.end_all()
        for task in self._closing:
            task.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)

    # serving

    async def _index(self, request: web.Request) -> web.Response:
        return _asset("index.html")

    async def _file(self, request: web.Request) -> web.Response:
        return _asset(request.match_info["name"])

    async def _screen(self, request: web.Request) -> web.Response:
        people = [one.id for one in self._state.users.values() if not one.is_bot]
        user = request.query.get("as") or (people or [""])[0]
        if user not in self._state.users:
            return web.json_response({"problem": f"There is nobody with the id {user!r}."}, status=404)
        window = request.query.get("window", "")
        if "anew" in request.query:
            self._windows.begins_anew(window)
            await asyncio.sleep(0)  # what is closed by that is not drawn any more
        self._windows.shows(window, next((one.id for one in self._modals.stack(user)), ""))
        until = self._moves.until
        more = {"stage": self.stage, "moving_to": until.isoformat() if until else None}
        return web.json_response({**screen(self._state, self._modals, user), **more})

    async def _past_traffic(self, request: web.Request) -> web.Response:
        return web.json_response([entry.as_json() for entry in self._traffic.entries[-200:]])

    async def _changes(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events, until the window is closed."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        self._loop = asyncio.get_running_loop()
        window = request.query.get("window") or secrets.token_hex(4)
        told = self._windows.begin(window, lambda: request.transport is not None)
        told.put_nowait(("change", {}))
        try:
            with contextlib.suppress(ConnectionError):
                while True:
                    try:
                        kind, what = await asyncio.wait_for(told.get(), _KEEP_ALIVE_S)
                        if kind == END:
                            break
                        await response.write(f"event: {kind}\ndata: {json.dumps(what)}\n\n".encode())
                    except TimeoutError:
                        await response.write(b": still here\n\n")
        finally:
            self._windows.end(window, told)
        return response

    async def _do(self, request: web.Request) -> web.Response:
        """What a person does in the page: an object with `as`, `do` and what belongs to it."""
        if request.content_type != "application/json":
            return web.json_response({"problem": "Send JSON."}, status=415)
        try:
            asked = json.loads(await request.text())
            outcome = await self._carry_out(asked)
        except (Cannot, Refused, ValueError, OverflowError) as error:
            return web.json_response({"problem": str(error) or type(error).__name__})
        except (KeyError, TypeError, AttributeError) as error:
            return web.json_response({"problem": f"That is not how to ask: {error}"}, status=400)
        more = {"options": outcome} if isinstance(outcome, list) else {}
        return web.json_response({"problem": outcome.problem if isinstance(outcome, AckOutcome) else "", **more})

    async def _carry_out(self, asked: Json) -> AckOutcome | list[Json] | None:
        user, what = asked["as"], asked["do"]
        if user not in self._state.users or self._state.users[user].is_bot:
            raise Cannot("There is nobody of that id to act as.")
        do = getattr(self, f"_do_{what}", None)
        if do is None:
            raise Cannot(f"{what!r} is nothing that can be done here.")
        result = do(user, asked)
        done: AckOutcome | list[Json] | None = await result if asyncio.iscoroutine(result) else result
        return done

    # what can be done

    def _do_say(self, user: str, asked: Json) -> Awaitable[AckOutcome]:
        return self._client.say(user, asked["channel"], asked["text"], asked.get("thread_ts") or "")

    def _do_edit(self, user: str, asked: Json) -> None:
        self._client.edit(user, asked["channel"], asked["ts"], asked["text"])

    def _do_delete(self, user: str, asked: Json) -> None:
        self._client.delete(user, asked["channel"], asked["ts"])

    def _do_react(self, user: str, asked: Json) -> None:
        self._client.react(user, asked["channel"], asked["ts"], asked["name"])

    def _do_join(self, user: str, asked: Json) -> None:
        self._client.join(user, asked["channel"])

    def _do_read(self, user: str, asked: Json) -> None:
        self._client.read(user, asked["channel"])

    def _do_open(self, user: str, asked: Json) -> None:
        self._client.channel(user, asked["with"])

    def _do_home(self, user: str, asked: Json) -> Awaitable[Any]:
        return self._client.open_home(user, asked["tab"])

    def _do_shortcut(self, user: str, asked: Json) -> Awaitable[AckOutcome]:
        if asked.get("ts"):
            return self._client.use_shortcut(user, asked["name"], asked["channel"], asked["ts"])
        return self._client.use_global_shortcut(user, asked["name"])

    def _do_click(self, user: str, asked: Json) -> Awaitable[AckOutcome]:
        where = (asked["block_id"], asked["action_id"], asked.get("chosen"))
        if asked.get("view"):
            view = self._client.view(user, asked["view"])
            _enter(view, asked.get("values") or {})
            return self._interactions.click_in_view(view, *where)
        return self._interactions.click(user, self._client.message(user, asked["channel"], asked["ts"]), *where)

    def _do_options(self, user: str, asked: Json) -> Awaitable[list[Json]]:
        where = (asked["block_id"], asked["action_id"], str(asked["value"]))
        if asked.get("view"):
            return self._interactions.options(user, self._client.view(user, asked["view"]), *where)
        return self._interactions.options(user, self._client.message(user, asked["channel"], asked["ts"]), *where)

    def _do_submit(self, user: str, asked: Json) -> Awaitable[AckOutcome]:
        view = self._client.view(user, asked["view"])
        _enter(view, asked.get("values") or {})
        return self._interactions.submit(view)

    def _do_close(self, user: str, asked: Json) -> Awaitable[AckOutcome]:
        return self._interactions.close(self._client.view(user, asked["view"]), everything=bool(asked.get("all")))

    def _do_tour(self, user: str, asked: Json) -> None:
        self.on_tour(str(asked["what"]))

    def _do_advance(self, user: str, asked: Json) -> Coroutine[Any, Any, None]:
        step = asked["by"]
        return self._moves.by(self._client.next_morning(user) if step == "morning" else timedelta(seconds=float(step)))


def _enter(view: View, values: Json) -> None:
    """Keep what was typed into a view, by block_id and action_id as in `state.values`."""
    for block_id, action_id, element, _ in inputs_of(view.blocks):
        value = values.get(block_id, {}).get(action_id)
        if isinstance(value, dict) and value.get("type") == element["type"]:
            view.state.setdefault(block_id, {})[action_id] = value


def _asset(name: str) -> web.Response:
    suffix = "." + name.rpartition(".")[2]
    asset = resources.files("bot.emulator").joinpath("page", name)
    if suffix not in _KINDS or "/" in name or not asset.is_file():
        return web.Response(status=404, text="There is nothing here.")
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=asset.read_bytes(), content_type=_KINDS[suffix], charset="utf-8", headers=headers)
