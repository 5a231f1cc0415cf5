"""What health says of parts that fail, hang or stop, and whom it says it to."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.emulator.stories import PATIENCE_S
from bot.slack.health import LIVE, OLD_AFTER_S, READY, WHOLE, Health
from bot.slack.http import wsgi


class Mono:
    """A monotonic clock that tests move."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def mono() -> Mono:
    return Mono()


@pytest.fixture
def health(mono: Mono) -> Iterator[Health]:
    made = Health(answer_within_s=PATIENCE_S, monotonic=mono)
    yield made
    made.stop()


def asked(health: Health, path: str, **environ: str) -> tuple[str, dict[str, Any]]:
    """What is answered over HTTP, by the application itself: the status, and the body."""
    status: list[str] = []
    request = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "REMOTE_ADDR": "127.0.0.1", **environ}
    body = wsgi(health, None)(request, lambda line, headers, exc=None: status.append(line) or status.append)  # type: ignore[arg-type,return-value,func-returns-value,misc]
    return status[0], json.loads(b"".join(body))


def test_a_check_that_hangs_makes_the_bot_unwell_and_holds_up_no_other() -> None:
    let_go, times = threading.Event(), []
    health = Health(answer_within_s=0.2)
    health.check("stuck", lambda: times.append(1) or str(let_go.wait(PATIENCE_S)))  # type: ignore[func-returns-value]
    health.check("database", lambda: "the disk is full")
    health.note("cards", lambda: 41)

    began = time.monotonic()
    health.report()
    well, report = health.report()

    assert time.monotonic() - began < PATIENCE_S
    assert not well
    assert report["cards"] == 41
    assert report["reasons"]["database"] == "the disk is full"  # type: ignore[index]
    assert "no answer for" in report["reasons"]["stuck"]  # type: ignore[index]
    assert times == [1]  # it is not asked again and again while it hangs
    let_go.set()


def test_a_check_that_fails_makes_the_bot_unwell_with_the_kind_of_error_and_nothing_more(health: Health) -> None:
    def broken() -> str | None:
        raise ValueError("Acme is shouting")

    health.check("part", broken)
    well, report = health.report()
    assert (well, report["reasons"]) == (False, {"part": "cannot tell: ValueError"})


def test_asking_costs_nothing_since_the_report_is_kept(health: Health) -> None:
    times: list[int] = []
    health.check("database", lambda: times.append(1))  # type: ignore[func-returns-value]
    health.start()
    before = len(times)

    for _ in range(200):
        assert asked(health, WHOLE)[0] == "200 OK"

    assert len(times) <= before + 1  # our own thread may have looked meanwhile


def test_what_costs_something_is_asked_less_often(health: Health) -> None:
    times: list[int] = []
    health.check("database", lambda: str(times.append(1)), every_s=30.0)  # type: ignore[func-returns-value]
    for _ in range(3):
        assert not health.report(anew=False)[0]  # what it said the last time stays
    assert len(times) == 1
    health.report()
    assert len(times) == 2


def test_before_the_first_look_and_when_the_last_one_is_old_the_bot_is_unwell(health: Health, mono: Mono) -> None:
    assert asked(health, WHOLE)[0].startswith("503")
    assert asked(health, READY)[0].startswith("503")
    health.report()
    assert asked(health, WHOLE)[0] == "200 OK"

    mono.at += OLD_AFTER_S + 1

    status, report = asked(health, WHOLE)
    assert status.startswith("503")
    assert report["reasons"] == {"health": "the last report is 61 s old"}


def test_a_loop_that_has_not_turned_for_a_minute_makes_the_bot_unwell_and_not_alive(health: Health, mono: Mono) -> None:
    turned = health.loop("delivery")
    health.start()
    mono.at += 59
    assert asked(health, LIVE)[0] == "200 OK"
    mono.at += 2
    assert asked(health, LIVE) == (
        "503 Service Unavailable",
        {
            "status": "unwell",
            "reasons": {"delivery": "it has not turned for 61 s", "health": "it has not turned for 61 s"},
        },
    )
    assert not health.report()[0]
    turned()
    assert "delivery" not in asked(health, LIVE)[1]["reasons"]


def test_alive_and_ready_are_two_things(health: Health) -> None:
    health.check("database", lambda: "the disk is full", needed=True)
    health.check("late", lambda: "message F1 waits to be sent")
    health.loop("delivery")
    health.report()

    assert asked(health, LIVE) == ("200 OK", {"status": "ok"})
    assert asked(health, READY)[1]["reasons"] == {"database": "the disk is full"}


def test_late_messages_do_not_make_the_bot_unready(health: Health) -> None:
    health.check("late", lambda: "message F1 waits to be sent")
    health.report()

    assert asked(health, WHOLE)[0].startswith("503")
    assert asked(health, READY)[0] == "200 OK"


@pytest.mark.parametrize(
    "environ",
    [{"REMOTE_ADDR": "10.0.0.9"}, {"HTTP_X_FORWARDED_FOR": "10.0.0.9"}, {"HTTP_FORWARDED": "for=x"}, {"HTTP_VIA": "1"}],
)
def test_others_than_this_machine_get_one_word(health: Health, environ: dict[str, str]) -> None:
    health.check("playbooks", lambda: "playbooks/tactics/stay-calm.md:5: broken")
    health.note("version", lambda: "0.1.0")
    health.report()

    for path in (WHOLE, LIVE, READY):
        status, report = asked(health, path, **environ)
        assert report == {"status": "ok" if status == "200 OK" else "unwell"}
    assert asked(health, WHOLE, REMOTE_ADDR="::1")[1]["version"] == "0.1.0"
