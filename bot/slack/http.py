"""
The bot over HTTP: Bolt's WSGI adapter behind waitress.

`POST /slack/events` takes everything from Slack, `GET /health` tells how the bot is, `GET /metrics` gives figures, and
what features serve besides. In Socket Mode all but the first.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import waitress
from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from waitress.wasyncore import close_all, loop

from bot.errors import SettingsError
from bot.slack.bolt import WORKERS
from bot.slack.health import LIVE, READY, WHOLE, Health

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

EVENTS = "/slack/events"
_LONGEST_STAMP = 12  # digits; seconds since 1970 have ten
_LARGEST_BODY = 1 << 20  # Slack's own payloads stay far below
_CROWD = 20  # connections
_PAUSE_S = 10e-6  # for each of them
_PASSED_ON = ("FORWARDED", "X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_FORWARDED_PROTO", "X_REAL_IP", "VIA")

File = Callable[[str], bytes | None]  # by its path; None where there is none
NO_FILES: Mapping[str, "File"] = MappingProxyType({})
Page = Callable[[bool], tuple[str, bytes, str]]  # asked from this machine? to status line, body, content type


def wsgi(
    health: Health, app: App | None, metrics: Page | None = None, files: Mapping[str, File] = NO_FILES
) -> "WSGIApplication":
    """The WSGI application; with *app* None, `/health`, *metrics* and *files* (by how their paths begin) alone."""
    bolt = SlackRequestHandler(app, path=EVENTS) if app is not None else None

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path in (WHOLE, LIVE, READY) and method in ("GET", "HEAD"):
            status, body = health.response(path, inside=_asked_from_here(environ))
            line = "200 OK" if status == 200 else "503 Service Unavailable"
            return _answer(start_response, line, body if method == "GET" else b"", "application/json")
        if path == "/metrics" and method == "GET" and metrics is not None:
            return _answer(start_response, *metrics(_asked_from_here(environ)))
        begins = next((one for one in files if path.startswith(one)), None)
        if begins is not None and method in ("GET", "HEAD"):
            return _file(start_response, files[begins](path), with_body=method == "GET")
        if bolt is None or path != EVENTS:
            return _answer(start_response, "404 Not Found", b"Not found. Slack's requests go to POST /slack/events.")
        if method != "POST":
            return _answer(start_response, "405 Method Not Allowed", b"Slack's requests are POST requests.")
        stamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "")
        if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > _LONGEST_STAMP:
            # the SDK's verifier raises on anything but a number, which would count as our own error
            return _answer(start_response, "401 Unauthorized", b"This is not a signed request of Slack's.")
        try:
            return bolt(environ, start_response)
        except UnicodeDecodeError:
            return _answer(start_response, "400 Bad Request", b"The body is not UTF-8 text.")

    return serve


class HttpServer:
    """Serves *application* on *host*:*port* from threads of its own; port 0 takes any free one."""

    def __init__(self, application: "WSGIApplication", host: str, port: int) -> None:
        try:
            self._server: Any = waitress.create_server(
                application,
                host=host,
                port=port,
                ipv4=":" not in host,
                ipv6=":" in host,
                threads=WORKERS,
                ident=None,
                max_request_body_size=_LARGEST_BODY,
                clear_untrusted_proxy_headers=False,  # they show that somebody asks through a proxy
                connection_limit=1000,
            )
        except (OSError, ValueError) as error:
            number = error.errno if isinstance(error, OSError) else None
            why = os.strerror(number) if number and number > 0 else "there is no such address here"
            mistake = f"Nothing can be served at HOST {host}, PORT {port}: {why}. Choose others, or end what is there."
            raise SettingsError([mistake]) from error
        self._accept_one = self._server.handle_accept
        self._server.handle_accept = self._accept_all
        self.port = int(self._server.effective_port)
        self._thread = threading.Thread(target=self._run, name="http", daemon=True)

    def _run(self) -> None:
        """
        Waitress' own loop, which looks at every connection each time: where there are many, it looks less often.

        What has happened meanwhile is then handled in one go; else to look at a crowd costs more than to answer it.
        """
        adj, connections = self._server.adj, self._server._map
        while connections:
            loop(timeout=adj.asyncore_loop_timeout, use_poll=adj.asyncore_use_poll, map=connections, count=1)
            if len(connections) > _CROWD:
                time.sleep(len(connections) * _PAUSE_S)

    def _accept_all(self) -> None:
        """
        Take all connections that wait, up to its limit.

        Waitress takes one for each turn of its loop, and looks at the limit as often: a burst waits for long.
        """
        known, most = -1, self._server.adj.connection_limit
        while known != (known := len(self._server._map)) and known < most:
            self._accept_one()

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self, within_s: float) -> None:
        """Take no new connection, finish the answers under way within *within_s* seconds, and end."""
        self._server.accepting = False
        self._server.task_dispatcher.shutdown(timeout=within_s)
        opened = dict(self._server._map)
        if self._thread.ident:
            # its loop ends once its map is empty; until then no other thread may close what it looks at
            self._server.trigger.pull_trigger(self._server._map.clear)
            self._thread.join(within_s)
        if not self._thread.is_alive():
            close_all(opened, ignore_all=True)

    def what_is_wrong(self) -> str | None:
        """For the health report."""
        return None if self._thread.is_alive() else "the HTTP server has stopped"


def _asked_from_here(environ: "WSGIEnvironment") -> bool:
    """Whether a program on this machine asks, and not somebody else through a proxy on this machine."""
    try:
        is_here = ip_address(environ.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return is_here and not any(f"HTTP_{name}" in environ for name in _PASSED_ON)


def _file(start_response: "StartResponse", body: bytes | None, *, with_body: bool) -> Iterable[bytes]:
    """A calendar that belongs to one person; what is not there is not told from what is wrong."""
    if body is None:
        return _answer(start_response, "404 Not Found", b"There is nothing at this address, or no longer.")
    headers = [
        ("Content-Type", "text/calendar; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "private, max-age=300"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Robots-Tag", "noindex"),
    ]
    start_response("200 OK", headers)
    return [body] if with_body else [b""]


def _answer(start_response: "StartResponse", status: str, body: bytes, kind: str = "text/plain") -> Iterable[bytes]:
    kind = kind if "charset" in kind else f"{kind}; charset=utf-8"
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]
