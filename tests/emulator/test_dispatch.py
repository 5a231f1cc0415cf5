"""How events reach an app: over Socket Mode by slack_sdk's own client and over signed HTTP, and again if need be."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.emulator.stories import PATIENCE_S, Person
from bot.emulator.workspace import Workspace
from bot.slack.socket import hang_up
from tests.wire import HURRIED_S, eventually


class Socket:
    """One Socket Mode connection; *acks* says whether it acknowledges."""

    def __init__(self, workspace: Workspace, *, acks: bool = True) -> None:
        self.client = SocketModeClient(
            workspace.tokens.app, web_client=WebClient(workspace.tokens.bot, base_url=workspace.api_url)
        )
        self.heard: list[SocketModeRequest] = []
        self.acks = acks
        self.client.socket_mode_request_listeners.append(self._hear)
        self.client.connect()

    def _hear(self, client: Any, request: SocketModeRequest) -> None:
        self.heard.append(request)
        if self.acks:
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    def close(self) -> None:
        hang_up(self.client)


@pytest.fixture
def sockets(workspace: Workspace) -> Iterator[Any]:
    made: list[Socket] = []

    def connect(**more: Any) -> Socket:
        made.append(Socket(workspace, **more))
        return made[-1]

    yield connect
    for one in made:
        one.close()


def test_each_envelope_goes_to_one_connection(sockets: Any, mia: Person) -> None:
    one, other = sockets(), sockets()
    for number in range(6):
        mia.says(f"message {number}")
    assert eventually(lambda: len(one.heard) + len(other.heard) == 6)
    assert one.heard
    assert other.heard


def test_a_ticket_is_good_for_one_connection_and_ten_connections_are_the_most(
    sockets: Any, workspace: Workspace
) -> None:
    web = WebClient(base_url=workspace.api_url)
    url = web.apps_connections_open(app_token=workspace.tokens.app)["url"]
    assert "ticket=" in url
    for _ in range(10):
        sockets()
    assert eventually(lambda: len(workspace.sockets.links) == 10)
    eleventh = sockets()
    assert eventually(lambda: not eleventh.client.is_connected())
    assert len(workspace.sockets.links) == 10


def test_an_event_that_nobody_acknowledges_comes_again_at_once_and_after_one_and_five_minutes(
    sockets: Any, mia: Person, workspace: Workspace
) -> None:
    workspace.wait_for_acks(HURRIED_S)
    deaf = sockets(acks=False)
    mia.says("is anybody there")
    assert eventually(lambda: len(deaf.heard) == 2)  # and at once again
    assert eventually(lambda: workspace.traffic.deliveries()[-1].problem == "timeout")
    workspace.advance(seconds=59)
    assert not eventually(lambda: len(deaf.heard) > 2, within=0.4)
    workspace.advance(seconds=2)
    assert eventually(lambda: len(deaf.heard) == 3)
    assert eventually(lambda: workspace.traffic.deliveries()[-1].problem == "timeout")
    deaf.acks = True
    workspace.wait_for_acks(PATIENCE_S)
    workspace.advance(minutes=5)
    assert eventually(lambda: len(deaf.heard) == 4)

    assert [request.retry_attempt for request in deaf.heard] == [0, 1, 2, 3]
    assert {request.payload["event_id"] for request in deaf.heard} == {deaf.heard[0].payload["event_id"]}
    assert deaf.heard[1].retry_reason == "timeout"
    assert len({request.envelope_id for request in deaf.heard}) == 4


def test_an_interaction_is_never_sent_twice(sockets: Any, mia: Person, workspace: Workspace) -> None:
    workspace.wait_for_acks(HURRIED_S)
    deaf = sockets(acks=False)
    assert mia.says("/rehearse x").problem == "operation_timeout"
    workspace.advance(minutes=10)
    assert not eventually(lambda: len(deaf.heard) > 1, within=0.4)


def test_told_to_leave_a_connection_gets_nothing_more_and_the_next_one_everything(
    sockets: Any, mia: Person, workspace: Workspace
) -> None:
    one = sockets()
    workspace.refresh_sockets("warning")
    assert eventually(lambda: [link.number for link in workspace.sockets.links if link.usable] == [2])
    mia.says("are you back")
    assert eventually(lambda: len(one.heard) == 1)


def test_a_cut_connection_gets_nothing_more(sockets: Any, mia: Person, workspace: Workspace) -> None:
    sockets()
    workspace.cut_sockets()
    assert eventually(lambda: workspace.sockets.links == [])
    assert mia.says("/rehearse x").problem == "dispatch_failed"


def test_what_is_said_before_anybody_ever_listened_is_not_kept(sockets: Any, mia: Person, workspace: Workspace) -> None:
    mia.says("too early")
    mia.says("/rehearse x")
    mia.sees("failed with the error “dispatch_failed”")
    listener = sockets()
    workspace.advance(minutes=10)
    assert not eventually(lambda: listener.heard != [], within=0.4)


class Endpoint:
    """An app over HTTP that answers with *status*; every request is kept with its headers."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                parsed = json.loads(body) if body.startswith(b"{") else {}
                answer = json.dumps({"challenge": parsed.get("challenge", "")}).encode()
                self.send_response(endpoint.status)
                for name, value in endpoint.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer if "challenge" in parsed else b"")

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/slack/events"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    running = Endpoint()
    yield running
    running.server.shutdown()
    running.server.server_close()


def test_http_deliveries_are_signed_with_real_time_and_repeated_with_slacks_headers(
    endpoint: Endpoint, mia: Person, workspace: Workspace
) -> None:
    assert workspace.deliver_to(endpoint.url) == ""
    workspace.advance(days=3)
    endpoint.status = 500
    mia.says("over HTTP")
    assert eventually(lambda: len(endpoint.heard) == 3)  # the challenge, the event, the event again
    assert eventually(lambda: [entry.problem for entry in workspace.traffic.deliveries()] == ["http_error"] * 2)
    workspace.advance(minutes=1)
    assert eventually(lambda: len(endpoint.heard) == 4)

    verifier = SignatureVerifier(workspace.tokens.signing_secret)
    assert all(verifier.is_valid_request(body, headers) for headers, body in endpoint.heard)
    first, again, later = (headers for headers, _ in endpoint.heard[1:])
    assert "x-slack-retry-num" not in first
    assert (again["x-slack-retry-num"], again["x-slack-retry-reason"]) == ("1", "http_error")
    assert later["x-slack-retry-num"] == "2"


def test_an_app_can_ask_not_to_be_told_again(endpoint: Endpoint, mia: Person, workspace: Workspace) -> None:
    assert workspace.deliver_to(endpoint.url) == ""
    endpoint.status, endpoint.headers = 503, {"x-slack-no-retry": "1"}
    mia.says("once is enough")
    assert eventually(lambda: len(endpoint.heard) == 2)
    workspace.advance(minutes=10)
    assert not eventually(lambda: len(endpoint.heard) > 2, within=0.4)


def control(workspace: Workspace, body: object) -> dict[str, Any]:
    request = urllib.request.Request(
        workspace.invitation()["http_delivery"]["at"],
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return dict(json.loads(answer.read()))
    except urllib.error.HTTPError as error:
        return dict(json.loads(error.read()))


def test_http_delivery_is_asked_for_by_one_request_and_only_to_this_machine(
    endpoint: Endpoint, mia: Person, workspace: Workspace
) -> None:
    assert control(workspace, {"url": "https://slack.example/events"})["error"] == "Only a URL on this machine."
    for elsewhere in ("http://127.0.0.1.evil.example/", "http://127.0.0.1:1@evil.example/", "http://[::1"):
        assert control(workspace, {"url": elsewhere})["error"] == "Only a URL on this machine."
    assert "Send" in control(workspace, [])["error"]
    endpoint.status = 404
    assert "http_error" in control(workspace, {"url": endpoint.url})["error"]
    assert "connection_failed" in control(workspace, {"url": "http://127.0.0.1:1/"})["error"]
    endpoint.status = 200
    assert control(workspace, {"url": endpoint.url}) == {"ok": True}

    mia.says("/rehearse hello world")

    _, body = endpoint.heard[-1]
    assert b"text=hello+world" in body
    assert control(workspace, {"url": ""}) == {"ok": True}
    assert mia.says("/rehearse x").problem == "dispatch_failed"  # back to Socket Mode, where nobody is


def test_a_revoked_ticket_is_no_way_in(workspace: Workspace) -> None:
    with pytest.raises(SlackApiError, match="invalid_auth"):
        WebClient(base_url=workspace.api_url).apps_connections_open(app_token="xapp-1-A-wrong")
    link = f"{workspace.page_url}link/?ticket=guess"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(link, timeout=PATIENCE_S)
