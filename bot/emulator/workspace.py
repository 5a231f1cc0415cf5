"""
The emulated workspace: started, it serves Slack's side of the wire on 127.0.0.1, on a loop of its own thread.

All that this module offers may be called from any thread.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import CancelledError
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from aiohttp import web

from bot.emulator.changes import Changes
from bot.emulator.client import Client
from bot.emulator.clock import MovableClock
from bot.emulator.clock_moves import ClockMoves
from bot.emulator.dispatch import AckOutcome, Dispatcher
from bot.emulator.errors import CannotStart, Json
from bot.emulator.faults import Faults
from bot.emulator.hooks import Hooks
from bot.emulator.interactions import Interactions
from bot.emulator.manifest import Manifest
from bot.emulator.modals import Modals
from bot.emulator.model import PostedMessage, Upload
from bot.emulator.pace import POST_EVERY_S
from bot.emulator.page import PageServer, only_from_here
from bot.emulator.responses import Responses
from bot.emulator.seed import Seed
from bot.emulator.sockets import Sockets
from bot.emulator.state import WorkspaceState
from bot.emulator.traffic import Exchange, Traffic
from bot.emulator.webapi import Tokens, WebApi, new_tokens

logger = logging.getLogger(__name__)

T = TypeVar("T")

_HOST = "127.0.0.1"
_LOCAL = ("127.0.0.1", "localhost", "::1")
_TICK_S = 0.2
_LARGEST_REQUEST = 16 * 1024 * 1024
SLACK_WAITS_S = 3.0
_BEGIN_WITHIN_S, _END_WITHIN_S = 120.0, 10.0


class Workspace:
    """
    One workspace, with one app of *manifest* installed. *port* 0 takes any free one.

    *seed* gives its people, channels and hints; without it there are two people and two channels. Used in a `with`
    statement, it serves until the end of the block.

    Its time is that of *clock*. Deadlines of the wire are real seconds: *waits_s* is how long it waits for an
    acknowledgement, and how long a trigger_id can be used; Slack's own 3 s, or more on a machine that is busy. A second
    post in a channel within *post_every_s* is refused with 429, which Slack itself does not do to each short burst.
    """

    def __init__(
        self,
        manifest: Manifest,
        clock: MovableClock | None = None,
        seed: Seed | None = None,
        *,
        port: int = 0,
        tokens: Tokens | None = None,
        waits_s: float = SLACK_WAITS_S,
        post_every_s: float = POST_EVERY_S,
    ) -> None:
        seed = seed or Seed()
        self.clock = clock or MovableClock()
        self.tokens = tokens or new_tokens(seed.app_id)
        self.traffic = Traffic()
        self.faults = Faults(self.clock.now)
        self.state = WorkspaceState(manifest, self.clock, seed)
        self.changes = Changes(self.state)
        self.hooks = Hooks()
        self.modals = Modals(self.state)
        self.sockets = Sockets(self.state.app_id)
        self.delivery = Dispatcher(self.state, self.sockets, self.traffic, self.tokens.signing_secret)
        self.responses = Responses(self.state, self.hooks, self.traffic, self.faults)
        self.interactions = Interactions(self.state, self.modals, self.hooks, self.delivery, self.responses)
        self.client = Client(self.state, self.modals, self.interactions)
        self.webapi = WebApi(self.state, self.modals, self.hooks, self.sockets, self.traffic, self.faults, self.tokens)
        self.moves = ClockMoves(self.state)
        self.page = PageServer(self.state, self.modals, self.client, self.interactions, self.traffic, self.moves)
        self.webapi.pace.post_every_s = post_every_s
        self.state.on_event = self.delivery.tell
        self.wait_for_acks(waits_s)
        self.port = port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=self._serve, name="emulated-slack", daemon=True)

    # running

    def start(self) -> Self:
        """Begin to serve. Raises CannotStart where the port is taken."""
        self._thread.start()
        if not self._ready.wait(_BEGIN_WITHIN_S):
            raise CannotStart(f"The emulated workspace did not start within {_BEGIN_WITHIN_S:.0f} s. Try again.")
        if self._failure is not None:
            raise CannotStart(
                f"Port {self.port} cannot be used: {self._failure.strerror}. Choose another, or 0 for a free one."
            )
        return self

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End, and close every connection, even one whose other side does not listen."""
        if self._thread.is_alive():
            closing = asyncio.run_coroutine_threadsafe(self._close(), self._loop)
            with contextlib.suppress(TimeoutError, CancelledError):
                closing.result(_END_WITHIN_S)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_END_WITHIN_S)
        if not self._loop.is_running():
            self._loop.close()

    @property
    def page_url(self) -> str:
        """Where the page is."""
        return f"http://{_HOST}:{self.port}/"

    @property
    def api_url(self) -> str:
        """Where the Web API is, in place of Slack's own."""
        return f"{self.page_url}api/"

    def invitation(self) -> Json:
        """All that a program needs to use this workspace, as one JSON object."""
        return {
            "api_url": self.api_url,
            "page_url": self.page_url,
            "bot_token": self.tokens.bot,
            "app_token": self.tokens.app,
            "signing_secret": self.tokens.signing_secret,
            "channels": {channel.name: channel.id for channel in self.state.channels.values() if channel.name},
            "users": {user.name: user.id for user in self.state.users.values()},
            "http_delivery": {
                "how": 'POST the JSON object {"url": …} to `at`; the URL must answer Slack\'s url_verification. '
                "An empty url goes back to Socket Mode.",
                "at": f"{self.page_url}control/deliver-to",
            },
        }

    # from any thread

    def wait_for_acks(self, seconds: float) -> None:
        """From now on wait so many real seconds for an acknowledgement, and let a trigger_id be used as long."""
        self.delivery.ack_within_s = self.hooks.trigger_lives_s = seconds

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Carry out *work* on the workspace's own thread, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def call(self, function: Callable[..., T], *args: Any, **named: Any) -> T:
        """Call *function* on the workspace's own thread, and wait for it."""

        async def work() -> T:
            return function(*args, **named)

        return self.do(work())

    def advance(self, by: timedelta | None = None, **parts: float) -> None:
        """Move the clock forward, and let happen what is due by then; with stops where `moves.settle` is set."""
        self.do(self.moves.by(by if by is not None else timedelta(**parts)))

    def deliver_to(self, url: str) -> str:
        """Deliver over signed HTTP to *url* from now on; what is wrong with it, or nothing. Empty: Socket Mode."""
        return self.do(self._deliver_to(url))

    def drop_sockets(self) -> None:
        """Close every Socket Mode connection, without having told anybody to reconnect."""
        self.do(self.sockets.drop())

    def cut_sockets(self) -> None:
        """End every Socket Mode connection without a word, as a cut cable does."""
        self.call(self.sockets.abort)

    def refresh_sockets(self, reason: str = "refresh_requested") -> None:
        """Tell every Socket Mode connection to reconnect."""
        self.do(self.sockets.refresh(reason))

    @contextlib.contextmanager
    def events_lost(self) -> Iterator[None]:
        """Meanwhile no event reaches the app; each stands in the traffic as lost, for `deliver_again`."""
        self.delivery.loses_events = True
        try:
            yield
        finally:
            self.delivery.loses_events = False

    def deliver_again(self, event: Exchange, *, retry: int = 0) -> AckOutcome:
        """Deliver an event of the traffic once more, as it was then: a second time, late, or after later ones."""
        if event.sent.get("type") != "event_callback":
            raise ValueError(f"{event.kind} is no event; take one of traffic.deliveries('message') or the like")
        return self.do(self.delivery.send("events_api", event.sent, retry=retry, reason="timeout" if retry else ""))

    def tell_rate_limited(self) -> AckOutcome:
        """Tell the app that it gets no events for a while. It gets them all the same, unless `events_lost`."""
        return self.do(self.delivery.tell_rate_limited())

    def add(self, person: str, channel: str) -> None:
        """*person* becomes a member of *channel*; both by name or id, here and below."""
        self.call(self.changes.add, person, channel)

    def leave(self, person: str, channel: str) -> None:
        """*person* leaves *channel* or is removed from it. Raises ValueError where they are not in it."""
        self.call(self.changes.leave, person, channel)

    def remove_app(self, channel: str, by: str = "") -> None:
        """Somebody removes the app from *channel*. Raises ValueError where it is not in it."""
        self.call(self.changes.remove_app, channel, by)

    def make_private(self, channel: str, by: str = "") -> None:
        """A public channel becomes private. Raises ValueError where it is so already."""
        self.call(self.changes.make_private, channel, by)

    def deactivate(self, person: str) -> None:
        """*person*'s account is closed."""
        self.call(self.changes.deactivate, person)

    def set_status(self, person: str, text: str = "", emoji: str = "", *, until: datetime | None = None) -> None:
        """*person* sets their status; without *until* it stays. Raises ValueError for what Slack would not take."""
        self.call(self.changes.set_status, person, text, emoji, until)

    def clear_status(self, person: str) -> None:
        """*person* clears their status. Raises ValueError where they have none."""
        self.call(self.changes.clear_status, person)

    def pause_notifications(self, person: str, *, until: datetime) -> None:
        """*person* pauses their notifications by hand. Raises ValueError for a time that has passed."""
        self.call(self.changes.pause_notifications, person, until)

    def resume_notifications(self, person: str) -> None:
        """*person* ends that pause. Raises ValueError where there is none."""
        self.call(self.changes.resume_notifications, person)

    def messages(self) -> list[PostedMessage]:
        """Every message of every conversation, ephemeral ones included."""
        return self.call(lambda: [m for c in self.state.channels.values() for m in c.messages.values()])

    def show_stage(self, **stage: Any) -> None:
        """Show a tour's caption in the page."""
        self.call(self.page.show_stage, **stage)

    # on its own thread

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._open())
        except OSError as error:
            self._failure = error
            self._loop.run_until_complete(self._runner.cleanup())
            self._ready.set()
            return
        self._ready.set()
        self._loop.run_forever()

    async def _open(self) -> None:
        application = web.Application(middlewares=[only_from_here], client_max_size=_LARGEST_REQUEST)
        application.add_routes(
            [
                web.route("*", "/api/{method}", self.webapi.handle),
                web.get("/link/", self.sockets.handle),
                web.post("/response/{token}", self.responses.handle),
                web.post("/upload/{file_id}", self._upload),
                web.get("/files/{file_id}", self._download),
                web.post("/control/deliver-to", self._control),
                *self.page.routes(),
            ]
        )
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, _HOST, self.port).start()
        self.port = self._runner.addresses[0][1]
        self.webapi.base_url = self.interactions.base_url = self.page_url
        self.sockets.base_url = self.page_url.replace("http://", "ws://")
        self._ticking = asyncio.create_task(self._tick())

    async def _close(self) -> None:
        self._ticking.cancel()
        self.sockets.abort()
        await self.page.close()
        await self.delivery.close()
        await self._runner.cleanup()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            try:
                self.state.run_due()
            except Exception:
                logger.exception("a scheduled message could not be posted: a mistake of the emulator's own")
            self.hooks.forget_old(self.state.now_s)
            self.modals.forget_old()

    async def _deliver_to(self, url: str) -> str:
        problem = await self.delivery.verify(url) if url else ""
        if not problem:
            self.delivery.http_url = url
        return problem

    async def _control(self, request: web.Request) -> web.Response:
        try:
            url = (await request.json())["url"]
        except (ValueError, KeyError, TypeError):
            return web.json_response({"ok": False, "error": 'Send {"url": "http://…"}.'}, status=400)
        if url and not _is_on_this_machine(str(url)):
            return web.json_response({"ok": False, "error": "Only a URL on this machine."}, status=400)
        problem = await self._deliver_to(str(url))
        return web.json_response({"ok": not problem, **({"error": problem} if problem else {})})

    async def _upload(self, request: web.Request) -> web.Response:
        upload: Upload | None = self.state.uploads.get(request.match_info["file_id"])
        if upload is None or upload.completed:
            return web.Response(status=404, text="file_not_found")
        content = await self._posted(request)
        if len(content) != upload.length:
            return web.Response(status=400, text=f"{len(content)} bytes came where {upload.length} were announced")
        upload.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def _posted(self, request: web.Request) -> bytes:
        if request.content_type != "multipart/form-data":
            return await request.read()
        for value in (await request.post()).values():
            if isinstance(value, web.FileField):
                return value.file.read()
        return b""

    async def _download(self, request: web.Request) -> web.Response:
        upload = self.state.uploads.get(request.match_info["file_id"])
        if upload is None or upload.content is None:
            return web.Response(status=404, text="file_not_found")
        if request.headers.get("Authorization") != f"Bearer {self.tokens.bot}":
            return web.Response(status=403, text="not_authed")
        return web.Response(body=upload.content, headers={"Content-Disposition": "attachment"})


def _is_on_this_machine(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname in _LOCAL and "@" not in parts.netloc
