"""Events are kept before they are acknowledged, and worked on once."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.emulator.clock import MovableClock
from bot.emulator.stories import PATIENCE_S
from bot.errors import StorageUnavailable, UserError
from bot.slack.inbox import Inbox
from bot.storage.sqlite import SqliteDatabase, open_database
from tests.wire import eventually


def payload(event_id: str, ts: str = "1.1", kind: str = "app_mention") -> dict[str, Any]:
    return {"event_id": event_id, "event": {"type": kind, "channel": "C1", "ts": ts, "text": "secret words"}}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    opened = open_database(tmp_path / "bot.db")
    yield opened
    opened.close()


@pytest.fixture
def inbox(database: SqliteDatabase, clock: MovableClock) -> Iterator[Inbox]:
    made = Inbox(database, clock, "T1")
    yield made
    made.stop(PATIENCE_S)


def test_an_event_is_handled_and_then_only_its_id_type_and_time_are_kept(
    inbox: Inbox, database: SqliteDatabase, clock: MovableClock
) -> None:
    handled: list[dict[str, Any]] = []
    inbox.on("app_mention", lambda event, team: handled.append(event))
    inbox.start()

    inbox.accept(payload("Ev1"))

    assert eventually(lambda: inbox.waiting() == 0)
    assert [event["text"] for event in handled] == ["secret words"]
    (row,) = database.rows("SELECT * FROM inbox")
    assert row["payload"] is None
    assert (row["event_id"], row["kind"], row["received_at"]) == ("Ev1", "app_mention", clock.now().isoformat())


def test_a_repeated_event_and_a_second_event_of_the_same_message_cost_nothing(inbox: Inbox) -> None:
    handled: list[object] = []
    inbox.on("app_mention", lambda event, team: handled.append(event))
    inbox.on("message", lambda event, team: handled.append(event))
    inbox.start()

    for _ in range(5):
        inbox.accept(payload("Ev1"))
    inbox.accept(payload("Ev2", kind="message"))
    inbox.accept(payload("Ev3", ts="2.2"))

    assert eventually(lambda: len(handled) == 2)
    assert not eventually(lambda: len(handled) > 2, within=0.2)


def test_what_nobody_wants_is_not_kept(inbox: Inbox, database: SqliteDatabase) -> None:
    inbox.on("message", lambda event, team: None, wanted=lambda event: False)
    inbox.accept(payload("Ev1", kind="message"))
    inbox.accept(payload("Ev2", kind="reaction_added"))

    assert database.rows("SELECT * FROM inbox") == []


def test_what_was_not_begun_when_the_process_died_is_done_after_the_start(
    inbox: Inbox, database: SqliteDatabase, clock: MovableClock
) -> None:
    inbox.on("app_mention", lambda event, team: None)
    inbox.accept(payload("Ev1"))  # kept, and no worker runs: as if the process died here

    handled: list[object] = []
    reborn = Inbox(database, clock, "T1")
    reborn.on("app_mention", lambda event, team: handled.append(event))
    reborn.start()

    assert eventually(lambda: len(handled) == 1)
    reborn.stop(PATIENCE_S)


def test_what_was_begun_when_the_process_died_is_begun_again(
    inbox: Inbox, database: SqliteDatabase, clock: MovableClock
) -> None:
    inbox.on("app_mention", lambda event, team: None)
    inbox.accept(payload("Ev1"))
    database.execute("UPDATE inbox SET state = 'working', attempts = 1")

    handled: list[object] = []
    reborn = Inbox(database, clock, "T1")
    reborn.on("app_mention", lambda event, team: handled.append(event))
    reborn.start()

    assert eventually(lambda: reborn.waiting() == 0)
    reborn.stop(PATIENCE_S)
    assert len(handled) == 1
    assert database.rows("SELECT state, payload FROM inbox") == [{"state": "done", "payload": None}]


def test_what_the_process_dies_of_again_and_again_is_given_up_and_told(
    inbox: Inbox, database: SqliteDatabase, clock: MovableClock
) -> None:
    inbox.on("app_mention", lambda event, team: None)
    inbox.accept(payload("Ev1"))
    database.execute("UPDATE inbox SET state = 'working', attempts = 3")

    handled: list[object] = []
    given_up: list[str] = []
    reborn = Inbox(database, clock, "T1")
    reborn.on("app_mention", lambda event, team: handled.append(event))
    reborn.on_dead(lambda event, reference: given_up.append(reference))
    reborn.start()

    assert eventually(lambda: len(given_up) == 1)
    reborn.stop(PATIENCE_S)
    assert handled == []
    assert database.rows("SELECT state FROM inbox") == [{"state": "dead"}]


def test_what_is_only_read_is_tried_again_with_pauses_and_nobody_in_the_channel_hears_of_it(
    inbox: Inbox, database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.inbox._PAUSES_S", (0.01, 0.01))
    tried: list[str] = []
    told: list[str] = []
    given_up: list[str] = []

    def read(event: dict[str, Any], team: str) -> None:
        tried.append(event["ts"])
        if event["ts"] == "1.1" or len(tried) < 3:
            raise KeyError("secret words")

    inbox.on("message", read, read_only=True)
    inbox.on_trouble(lambda event, error, reference: told.append(reference))
    inbox.on_dead(lambda event, reference: given_up.append(event["ts"]))
    inbox.start()
    inbox.accept(payload("Ev1", kind="message"))
    inbox.accept(payload("Ev2", ts="2.2", kind="message"))

    assert eventually(lambda: given_up == ["1.1"] and inbox.waiting() == 0)
    assert told == []
    assert tried.count("1.1") == 3
    states = database.rows("SELECT event_id, state, payload IS NULL AS is_gone FROM inbox ORDER BY event_id")
    assert [(row["event_id"], row["state"]) for row in states if row["state"] == "dead"] == [("Ev1", "dead")]


def test_a_row_that_holds_no_event_is_given_up_and_the_others_are_handled(
    inbox: Inbox, database: SqliteDatabase
) -> None:
    handled: list[str] = []
    inbox.on("app_mention", lambda event, team: handled.append(event["ts"]))
    inbox.accept(payload("Ev1"))
    inbox.accept(payload("Ev2", ts="2.2"))
    database.execute("UPDATE inbox SET payload = 'spoiled' WHERE event_id = 'Ev1'")
    inbox.start()

    assert eventually(lambda: handled == ["2.2"] and inbox.waiting() == 0)
    assert database.rows("SELECT event_id FROM inbox WHERE state = 'dead'") == [{"event_id": "Ev1"}]


def test_a_handler_that_fails_is_told_of_and_the_next_event_is_handled(inbox: Inbox) -> None:
    told: list[str] = []
    handled: list[str] = []

    def handle(event: dict[str, Any], team: str) -> None:
        if event["ts"] == "1.1":
            raise KeyError("secret words")
        handled.append(event["ts"])

    inbox.on("app_mention", handle)
    inbox.on_trouble(lambda event, error, reference: told.append(reference))
    inbox.start()
    inbox.accept(payload("Ev1"))
    inbox.accept(payload("Ev2", ts="2.2"))

    assert eventually(lambda: handled == ["2.2"] and len(told) == 1)
    assert told[0].startswith("TC-")


def test_ids_are_forgotten_after_a_day(inbox: Inbox, database: SqliteDatabase, clock: MovableClock) -> None:
    inbox.on("app_mention", lambda event, team: None)
    inbox.start()
    inbox.accept(payload("Ev1"))
    assert eventually(lambda: inbox.waiting() == 0)

    clock.advance(hours=23)
    assert inbox.forget_old() == 0
    clock.advance(hours=2)
    assert inbox.forget_old() == 1


def test_one_slow_answer_does_not_hold_up_the_others(inbox: Inbox) -> None:
    let_go = threading.Event()
    handled: list[str] = []
    wait: Callable[[], bool] = lambda: let_go.wait()  # noqa: E731 - a name for the type

    def handle(event: dict[str, Any], team: str) -> None:
        if event["ts"] == "1.1":
            wait()
        handled.append(event["ts"])

    inbox.on("app_mention", handle)
    inbox.start()
    inbox.accept(payload("Ev1"))
    inbox.accept(payload("Ev2", ts="2.2"))

    assert eventually(lambda: handled == ["2.2"])
    let_go.set()
    assert eventually(lambda: handled == ["2.2", "1.1"])


def test_what_could_not_be_stored_is_tried_again_until_it_can(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.inbox._STORAGE_PAUSE_S", 0.01)
    locked = [True] * 6
    read: list[str] = []

    def keep(event: dict[str, Any], team: str) -> None:
        if event["ts"] == "1.1" and locked:
            locked.pop()
            raise StorageUnavailable("another program writes")
        read.append(event["ts"])

    inbox.on("message", keep, read_only=True)
    inbox.start()
    inbox.accept(payload("Ev1", kind="message"))
    inbox.accept(payload("Ev2", ts="2.2", kind="message"))

    assert eventually(lambda: read == ["2.2", "1.1"])
    assert eventually(lambda: inbox.waiting() == 0)


def test_a_disk_that_is_full_for_a_while_kills_no_order_and_whoever_waits_is_told_once(
    inbox: Inbox, database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.inbox._STORAGE_PAUSE_S", 0.01)
    monkeypatch.setattr("bot.slack.inbox._PATIENT_S", 0.05)
    inbox.start()
    told: list[str] = []
    handled: list[str] = []
    inbox.on("app_mention", lambda event, team: handled.append(event["ts"]))
    inbox.on_trouble(lambda event, error, reference: told.append(reference))
    execute, tries = database.execute, []

    def full(sql: str, parameters: Any = None) -> int:
        if "UPDATE inbox" in sql and len(tries) < 6:
            tries.append(sql)
            raise StorageUnavailable("the disk is full")
        return execute(sql, parameters)

    monkeypatch.setattr(database, "execute", full)
    inbox.accept(payload("Ev1"))

    assert eventually(lambda: handled == ["1.1"] and inbox.waiting() == 0)
    assert len(told) == 1
    assert database.rows("SELECT state, attempts FROM inbox") == [{"state": "done", "attempts": 1}]


def test_what_slack_does_not_say_while_something_is_read_is_asked_again(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.inbox._PAUSES_S", (0.01, 0.01, 0.01))
    tried: list[str] = []

    def read(event: dict[str, Any], team: str) -> None:
        tried.append(event["ts"])
        if len(tried) < 3:
            raise UserError("I could not ask Slack who that is.")

    inbox.on("message", read, read_only=True)
    inbox.start()
    inbox.accept(payload("Ev1", kind="message"))
    assert eventually(lambda: len(tried) == 3 and inbox.waiting() == 0)
