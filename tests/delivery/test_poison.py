"""One row that nobody can read stops nobody: all else goes on, the admins hear of it once, and health says so."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.delivery.model import DeliveryState
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import Redraws
from bot.errors import StorageUnavailable, UserError
from bot.followups.install import build
from bot.followups.model import LocalTime, NewFollowUp
from bot.storage import quarantine
from bot.storage.sqlite import MEMORY, SqliteDatabase, open_database
from tests.delivering import Everybody
from tests.delivery.desk import TEAM, Desk
from tests.delivery.simulated_slack import Outcome

BERLIN = ZoneInfo("Europe/Berlin")
WRONG_TIMES = ["", "garbage", "2027-99-99T00:00:00.000+00:00", "zzz", b"\x00"]


class Room(Desk):
    """Delivery and follow-ups, with an admin who is told."""

    def restart(self) -> None:
        super().restart()
        self.redraws = Redraws(self.outbox, self.slack, monotonic=self.time.monotonic)
        self.follow_ups = build(self.outbox, self.redraws, self.time, Everybody(), self.admins)
        self.sender.add_timer(self.follow_ups.timer)
        self.sender.add_timer(self.follow_ups.promises)
        self.follow_ups.changed = self.sender.wake

    def make(self, text: str, minutes: float = 5, *, promise: bool = False) -> int:
        due = LocalTime.of(self.time.now() + timedelta(minutes=minutes), BERLIN)
        wanted = NewFollowUp(text, "U1", due, f"C{text}", "Acme", promise=promise)
        return self.follow_ups.make(wanted, "U1").number

    @property
    def told(self) -> list[str]:
        return [key for key, channel, *_ in self.slack.posted if channel == "DUADMIN" and key.startswith("aside:")]

    def places(self) -> set[str]:
        return {channel for _, channel, *_ in self.slack.posted}


@pytest.fixture
def room() -> Iterator[Room]:
    database = open_database(MEMORY)
    made = Room(database, admins=["UADMIN"])
    made.run(0)
    yield made
    database.close()


def is_unwell_and_told_once(room: Room, what: str, times: int = 1) -> None:
    assert what in str(room.sender.what_is_wrong())
    assert len(room.told) == times, room.told
    room.restart()
    room.run(10)
    assert len(room.told) == times


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("not_before", value) for value in WRONG_TIMES),
        *(("due_at", value) for value in WRONG_TIMES),
        ("planned_at", "never"),
        ("body", "no JSON"),
        ("body", "[]"),
        ("body", '{"text": "no blocks"}'),
        ("body", '{"text": "x", "blocks": 5}'),
        ("fallback_to", "{"),
        ("known_to", "{"),
        ("withheld", "{"),
        ("doubt_until", "soon"),
        ("recipient", b"\xff"),
    ],
)
def test_a_row_of_the_outbox(room: Room, column: str, value: object) -> None:
    for number in range(1, 6):
        room.plan(f"F{number}:1", "C1", thread_ts="1.0", joinable=True)
    room.plan("F6:1", "C2")
    room.spoil("outbox", column, value, "key = 'F2:1'")
    room.run(30)

    expected = {f"F{number}:1" for number in (1, 3, 4, 5, 6)}
    readable = column == "recipient"  # no more than an id that nobody has
    assert expected <= set(room.keys)
    assert ("F2:1" in room.keys) is readable
    if not readable:
        is_unwell_and_told_once(room, "1 of outbox")


def test_a_row_of_the_outbox_that_is_in_doubt_or_was_on_its_way(room: Room) -> None:
    room.slack.outcomes = [Outcome.LOST] * 2
    room.plan("F1:1", "C1")
    room.plan("F2:1", "C2")
    room.run(5)
    room.spoil("outbox", "verify_at", "", "key = 'F1:1'")
    room.run(90)
    assert sorted(room.keys) == ["F2:1", "aside:outbox:1:UADMIN"]

    room.plan("F3:1", "C3")
    room.plan("F4:1", "C4")
    for channel in ("C3", "C4"):
        room.queue.mark_sending(room.queue.claim(channel, room.time.now()), room.time.now())
    room.spoil("outbox", "sending_at", "x", "key = 'F3:1'")
    room.restart()
    room.run(90)
    assert room.state("F4:1") is DeliveryState.SENT


def test_a_state_that_does_not_exist(room: Room) -> None:
    room.plan("F1:1")
    room.plan("F2:1")
    room.spoil("outbox", "state", "banana", "key = 'F1:1'")
    assert room.outbox.about("F1") == []
    room.run(10)
    assert "F2:1" in room.keys
    assert "1 of outbox" in str(room.sender.what_is_wrong())


def test_a_mended_row_is_sent_after_the_next_start(room: Room) -> None:
    room.plan("F1:1")
    body = room.database.rows("SELECT body FROM outbox")[0]["body"]
    room.spoil("outbox", "body", "?", "key = 'F1:1'")
    room.run(5)
    room.spoil("outbox", "body", body, "key = 'F1:1'")
    room.run(5)
    assert "F1:1" not in room.keys

    room.restart()
    room.run(5)
    assert "F1:1" in room.keys
    assert room.sender.what_is_wrong() is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("due_at", value) for value in WRONG_TIMES),
        ("wall", "noon"),
        ("made_at", "?"),
        ("state", "asleep"),
        ("channel", ""),
    ],
)
def test_a_follow_up(room: Room, column: str, value: object) -> None:
    bad, good = room.make("ONE"), room.make("TWO")
    room.spoil("followups", column, value, f"number = {bad}")
    if column in ("made_at", "state"):
        assert [one.number for one in room.follow_ups.listed("Acme", "U1", "CTWO").items] == [good]
    room.run(400)

    assert "CTWO" in room.places()
    if column != "state":
        assert "CONE" not in room.places()
        assert "1 of follow-up" in str(room.sender.what_is_wrong())
        if column != "channel":
            with pytest.raises(UserError, match="its row in my database is damaged"):
                room.follow_ups.get(bad)
        is_unwell_and_told_once(room, "follow-up")
    assert room.follow_ups.listed("Acme", "U1", "CTWO").items


def test_a_follow_up_in_a_zone_that_this_machine_lacks_is_brought_back_on_time_all_the_same(room: Room) -> None:
    number = room.make("ONE")
    room.spoil("followups", "zone", "Europe/Atlantis", f"number = {number}")
    found = room.follow_ups.get(number)
    assert found.wanted.due.zone.key == "Europe/Atlantis"
    assert str(found.wanted.due) == "Saturday 27 March 2027, 10:05 (Europe/Atlantis)"
    assert found.wanted.due.at.astimezone(found.wanted.due.zone).hour == 10
    room.run(400)

    assert room.places() == {"CONE"}
    assert room.sender.what_is_wrong() is None


@pytest.mark.parametrize(
    ("column", "value"), [("next_at", "zzz"), ("next_at", b"\x00"), ("made_at", "?"), ("due_at", "?")]
)
def test_a_promise(room: Room, column: str, value: object) -> None:
    bad, good = room.make("ONE", 240, promise=True), room.make("TWO", 240, promise=True)
    room.spoil("promises", column, value, f"number = {bad}")
    room.run(130 * 60)

    assert [key for key in room.keys if key.endswith(":half")] == [f"F{good}:1:2027-03-27:half"]
    assert "1 of promise" in str(room.sender.what_is_wrong())
    assert len(room.told) == 1
    room.run(130 * 60)
    assert {f"F{bad}:1:2027-03-27", f"F{good}:1:2027-03-27"} <= set(room.keys)


def test_a_line_of_a_follow_ups_log(room: Room) -> None:
    number = room.make("ONE")
    room.spoil("followup_log", "at", "?", f"number = {number}")
    assert room.follow_ups.story(number).entries == []
    room.run(400)
    assert "CONE" in room.places()
    assert "1 of follow-up log" in str(room.sender.what_is_wrong())


def test_the_counter_of_numbers(room: Room) -> None:
    first = room.make("ONE")
    room.spoil("numbers", "last", "many", "kind = 'followup'")
    second = room.make("TWO")
    room.run(400)
    assert second > first + 900
    assert room.make("THREE") == second + 1
    assert {"CONE", "CTWO"} <= room.places()
    assert "1 of counter" in str(room.sender.what_is_wrong())


@pytest.mark.parametrize("value", ["", "nonsense", 'D" OR 1'])
def test_a_conversation_that_was_kept(room: Room, value: str) -> None:
    room.plan("F1:1", "@U1")
    room.run(5)
    room.spoil("last_known", "value", value, "id = 'U1'")
    room.restart()
    room.plan("F2:1", "@U1")
    room.run(5)
    assert tuple(room.keys) == ("F1:1", "F2:1") or value.startswith("D")
    assert room.state("F2:1") is DeliveryState.SENT


@pytest.mark.parametrize("subject", ["garbage", "F", "F999"])
def test_something_that_is_to_be_drawn_anew(room: Room, subject: str) -> None:
    number = room.make("ONE")
    room.run(400)
    room.plan(f"{subject}:1", "CX")
    room.run(5)
    room.redraws.ask(subject)
    room.follow_ups.done(number, "U1")
    for _ in range(5):
        room.redraws.work_off()
        room.time.pass_by(5)

    assert [channel for channel, *_ in room.slack.updated] == ["CONE"]
    if subject != "F999":
        room.run(5)
        assert "1 of redraw" in str(room.sender.what_is_wrong())
        assert len(room.told) == 1


def test_a_timer_that_fails_keeps_back_no_message_and_no_other_timer(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def fire_due(self, now: datetime) -> int:
            raise ZeroDivisionError

        def next_due(self) -> datetime | None:
            raise ZeroDivisionError

    room.sender.timers._timers.insert(0, Broken())
    room.make("ONE")
    room.plan("E1:1", "CPAGE", urgent=True)
    room.run(400)

    assert {"CPAGE", "CONE"} <= room.places()
    assert "what is due cannot be found out: Broken" in str(room.sender.what_is_wrong())
    monkeypatch.setattr(Broken, "fire_due", lambda self, now: 0)
    monkeypatch.setattr(Broken, "next_due", lambda self: None)
    room.run(2)
    assert room.sender.what_is_wrong() is None


def test_what_is_set_aside_is_of_one_team_and_is_tried_again_after_a_start(room: Room) -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    assert quarantine.put(room.database, TEAM, "case", "E1", "ValueError", now)
    assert not quarantine.put(room.database, TEAM, "case", "E1", "ValueError", now)
    quarantine.put(room.database, "T2", "case", "E2", "ValueError", now)
    assert quarantine.keys(room.database, TEAM, "case") == {"E1"}
    assert quarantine.count(room.database, TEAM) == {"case": 1}
    room.restart()
    room.sender.step()
    assert quarantine.count(room.database, TEAM) == {}
    assert quarantine.count(room.database, "T2") == {"case": 1}


def test_a_full_disk_is_no_fault_of_the_row(room: Room) -> None:
    with pytest.raises(StorageUnavailable):
        room.outbox.set_aside.put("case", "E1", StorageUnavailable("full"), room.time.now())
    assert room.outbox.set_aside.keys("case") == set()


def test_what_could_not_be_posted_is_shown_with_its_words_where_it_has_no_blocks(room: Room) -> None:
    from bot.delivery.model import Delivery, Draft, undelivered
    from bot.slack.block_kit import sentence

    now = room.time.now()
    draft = Draft("E1:end", "told", "E1", "C1", sentence("Nobody has answered about Acme."), now, fallback_to=("U1",))
    one = Delivery(1, TEAM, draft, DeliveryState.FAILED, now, now, trouble="is_archived")
    told = undelivered(one, "U1").message
    shown: list[Any] = [block["text"]["text"] for block in told.blocks]
    assert any("that channel is archived" in text for text in shown)
    assert "Nobody has answered about Acme." in shown


def test_asking_what_is_set_aside_waits_for_nobody_who_holds_the_database() -> None:
    database: SqliteDatabase = open_database(MEMORY)
    aside = Outbox(database, TEAM).set_aside
    is_held, let_go = threading.Event(), threading.Event()

    def asks_while_it_holds_the_database() -> None:
        with database.transaction():
            is_held.set()
            let_go.wait(5)
            aside.keys("case")

    first = threading.Thread(target=asks_while_it_holds_the_database, daemon=True)
    first.start()
    assert is_held.wait(5)
    second = threading.Thread(target=lambda: aside.keys("case"), daemon=True)
    second.start()
    second.join(0.2)  # it waits for the database
    let_go.set()
    first.join(5)
    second.join(5)
    assert not first.is_alive()
    assert not second.is_alive()
