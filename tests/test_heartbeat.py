"""The heartbeat leaves while all is well, and its silence says the rest."""

import logging
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.heartbeat import Heartbeat
from tests.conftest import Build
from tests.wire import eventually

SECRET = "/ping/5e1f-secret"


class Watch:
    """Whoever watches from outside: keeps what was asked, and answers as told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        self.hangs = False
        self.let_go = threading.Event()
        watch = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                watch.asked.append(self.path)
                if watch.hangs:
                    watch.let_go.wait()
                self.send_response(watch.status)
                if watch.status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}{SECRET}"


@pytest.fixture
def watch() -> Iterator[Watch]:
    made = Watch()
    yield made
    made.let_go.set()
    made.server.shutdown()


def test_it_leaves_again_and_again_while_all_is_well_and_not_otherwise(watch: Watch) -> None:
    well = threading.Event()
    heart = Heartbeat(watch.url, well.is_set, every_s=0.02)
    heart.start()
    time.sleep(0.1)
    assert watch.asked == []
    assert heart.age() is None
    well.set()
    assert eventually(lambda: len(watch.asked) > 2)
    assert set(watch.asked) == {SECRET}
    assert heart.age() is not None
    well.clear()
    time.sleep(0.05)  # one may be under way
    sent = len(watch.asked)
    time.sleep(0.1)
    assert len(watch.asked) == sent
    heart.stop()


@pytest.mark.parametrize("status", [500, 302])
def test_what_goes_wrong_is_logged_once_without_the_address(
    watch: Watch, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    watch.status = status
    heart = Heartbeat(watch.url, lambda: True, every_s=0.02)
    with caplog.at_level(logging.INFO):
        heart.start()
        assert eventually(lambda: len(watch.asked) > 2)
        watch.status = 200
        assert eventually(lambda: "arrives again" in caplog.text)
    heart.stop()
    assert caplog.text.count("does not arrive") == 1
    assert f"HTTP {status}" in caplog.text
    assert "secret" not in caplog.text
    assert "/elsewhere" not in watch.asked


def test_a_server_that_hangs_or_is_gone_harms_nothing(watch: Watch, build: Build) -> None:
    watch.hangs = True
    bot = build(heartbeat_url=watch.url)
    assert bot.oversight._heartbeat is not None
    bot.oversight._heartbeat._every_s = 0.01
    sending = threading.Thread(target=bot.oversight._heartbeat._send, daemon=True)
    sending.start()
    assert eventually(lambda: watch.asked == [SECRET])

    assert bot.core.health.report()[0]
    began = time.monotonic()
    bot.oversight.stop()
    assert time.monotonic() - began < 1.0


def test_it_waits_for_the_first_audit_and_for_all_to_be_well(watch: Watch, build: Build) -> None:
    bot = build(heartbeat_url=watch.url)
    assert not bot.oversight._is_all_well()
    bot.core.audit.run()
    bot.core.health.report()
    assert bot.oversight._is_all_well()
    bot.core.database.execute("INSERT INTO quarantine VALUES ('T0HARBOR', 'followup', 'F3', 'x', 'x')")
    bot.core.database.execute("UPDATE quarantine SET team_id = :team", {"team": bot.core.team_id})
    bot.core.health.report()
    assert not bot.oversight._is_all_well()
