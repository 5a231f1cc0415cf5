"""What the HTTP server answers, besides Slack's requests."""

import http.client
import json
import socket
import threading
import time

import pytest

from bot.app import Application
from bot.emulator.stories import PATIENCE_S, Person
from bot.emulator.workspace import Workspace
from bot.slack.health import Health
from bot.slack.http import HttpServer, wsgi
from tests.conftest import Build
from tests.wire import JSON, Wire, eventually


def ask(bot: Application, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", bot.port or 0, timeout=PATIENCE_S)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    raw = answer.read()
    connection.close()
    return answer.status, raw


def test_health_tells_how_the_bot_is(bot: Application) -> None:
    status, body = ask(bot, "GET", "/health")

    report = json.loads(body)
    assert status == 200
    assert (report["status"], report["cards"], report["search"]) == ("ok", 41, "words alone")


def test_health_is_503_with_the_reason_when_nothing_can_be_stored(bot: Application) -> None:
    bot.core.database.execute("PRAGMA query_only = 1")
    bot.core.health.report()  # as our own thread does every few seconds

    status, body = ask(bot, "GET", "/health")
    assert status == 503
    assert "cannot store anything now" in json.loads(body)["reasons"]["database"]
    status, body = ask(bot, "GET", "/health/ready")
    assert status == 503
    assert list(json.loads(body)["reasons"]) == ["database"]
    assert ask(bot, "GET", "/health/live")[0] == 200


def test_asking_for_health_writes_nothing(bot: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.health.LOOK_EVERY_S", 10 * PATIENCE_S)
    bot.core.health.stop()
    log = bot.core.settings.database.with_name("bot.db-wal")
    before = log.stat().st_mtime_ns

    for path in ("/health", "/health/live", "/health/ready") * 20:
        assert ask(bot, "GET", path)[0] == 200

    assert log.stat().st_mtime_ns == before


def test_health_names_nothing_to_who_asks_through_a_proxy(bot: Application) -> None:
    assert ask(bot, "GET", "/health", **{"X-Forwarded-For": "192.0.2.7"}) == (200, b'{"status": "ok"}')


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("POST", "/other", 404), ("GET", "/slack/events", 405), ("GET", "/slack/install", 404)],
)
def test_what_is_not_slacks_gets_a_plain_answer(bot: Application, method: str, path: str, status: int) -> None:
    assert ask(bot, method, path)[0] == status


def test_a_body_larger_than_any_of_slacks_is_refused(bot: Application, wire: Wire) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", bot.port or 0, timeout=PATIENCE_S)
    connection.putrequest("POST", "/slack/events")
    connection.putheader("Content-Length", str(2 << 20))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    assert wire.command("he wants my boss")[0] == 200


def test_what_nobody_signed_makes_no_error_of_ours(bot: Application) -> None:
    stamp = {"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": "v0=x"}
    assert ask(bot, "POST", "/slack/events", b"x", **stamp)[0] == 401
    stamp["X-Slack-Request-Timestamp"] = "1"
    assert ask(bot, "POST", "/slack/events", b"\xff\xfe", **stamp)[0] == 400


def test_the_handshake_of_the_events_api_is_answered(wire: Wire) -> None:
    status, answer = wire.send(
        json.dumps({"type": "url_verification", "challenge": "abc", "token": "t"}), content_type=JSON
    )
    assert status == 200
    assert "abc" in str(answer)


def test_what_is_under_way_when_the_bot_is_stopped_is_answered(
    build: Build, workspace: Workspace, mia: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app._DRAIN_S", PATIENCE_S)
    bot = build()
    mia.says("@toughcustomer he wants my boss")
    assert eventually(lambda: [one.ok for one in workspace.traffic.deliveries("app_mention")] == [True])

    bot.stop()

    assert len(workspace.traffic.calls("chat.postMessage")) == 1


@pytest.mark.parametrize("word", ["the payload of their contract is wrong and he wants my boss", "payload"])
def test_a_command_is_answered_whatever_word_is_in_it(wire: Wire, word: str) -> None:
    status, answer = wire.command(word)

    assert status == 200
    assert answer["response_type"] == "ephemeral"
    assert "another workspace" not in answer["text"]


def test_thirty_commands_at_once_are_all_answered_as_they_are_one_by_one(wire: Wire, workspace: Workspace) -> None:
    situations = ("he wants my boss", "they shout at me", "the server crashed")
    said = [f"{situation}, since {n} hours" for n in range(10) for situation in situations]
    alone = {text: wire.command(text)[1]["text"] for text in said}
    at_once: list[str] = []
    statuses: list[int] = []
    before = len(workspace.traffic.calls("response_url"))

    def types(text: str) -> None:
        status, answer = wire.command(text)
        statuses.append(status)
        at_once.extend([answer["text"]] if answer else [])

    threads = [threading.Thread(target=types, args=(text,)) for text in said]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    def afterwards() -> list[str]:
        return [call.sent["text"] for call in workspace.traffic.calls("response_url")[before:]]

    assert statuses == [200] * 30
    assert eventually(lambda: len(at_once) + len(afterwards()) == 30)
    assert sorted([*at_once, *afterwards()]) == sorted(alone.values())


def test_a_crowd_is_taken_in_up_to_the_limit_and_the_rest_once_others_have_gone() -> None:
    server = HttpServer(wsgi(Health(), None), "127.0.0.1", 0)
    server._server.adj.connection_limit = 8  # with its own two
    crowd = [socket.create_connection(("127.0.0.1", server.port), PATIENCE_S) for _ in range(30)]
    server.start()
    try:
        eventually(lambda: len(server._server._map) == 8)
        time.sleep(0.2)
        assert len(server._server._map) == 8
        for one in crowd[:-1]:
            one.close()
        crowd[-1].sendall(b"GET /health/live HTTP/1.0\r\n\r\n")
        assert crowd[-1].recv(1000).startswith(b"HTTP/1.0 200")
    finally:
        server.stop(PATIENCE_S)
        for one in crowd:
            one.close()
