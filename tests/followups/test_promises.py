"""Promises on a real SQLite, with a clock that is moved: warned in time, broken only after a while, heard of once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.delivery.outbox import Outbox
from bot.emulator.clock import MovableClock
from bot.followups.dates.reader import read
from bot.followups.model import FollowUp, LocalTime, NewFollowUp
from bot.followups.promises import PromiseStep, steps, time_left
from bot.storage.sqlite import open_database
from tests.delivering import follow_ups_of

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


class Bench:
    """What a test does and sees."""

    def __init__(self, folder: Path) -> None:
        self.clock = MovableClock(NOON, running=False)
        self.database = open_database(folder / "bot.db")
        self.outbox = Outbox(self.database, "T1")
        self.heard: list[str] = []
        self.open()

    def open(self) -> None:
        self.service = follow_ups_of(self.outbox, self.clock)
        self.promises = self.service.promises
        self.promises.noted = lambda one: self.heard.append(one.id)

    def promise(self, minutes: float, thread_ts: str | None = "100.1") -> FollowUp:
        due = LocalTime.of(self.clock.now() + timedelta(minutes=minutes), BERLIN)
        return self.service.make(NewFollowUp("send the fix", "U1", due, "C1", "Acme", thread_ts, promise=True), "U1")

    def pass_time(self, minutes: float) -> None:
        self.clock.advance(minutes=minutes)
        self.service.timer.fire_due(self.clock.now())
        self.promises.fire_due(self.clock.now())

    def warnings(self) -> list[str]:
        return [one.draft.key.rpartition(":")[2] for one in self.outbox.about("F1") if one.draft.channel == "@U1"]

    def broken(self) -> list[str]:
        return [one.follow_up.id for one in self.promises.broken()]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.database.close()


def test_when_what_happens() -> None:
    due = NOON + timedelta(hours=10)
    assert steps(NOON, due) == (
        (PromiseStep.HALF, NOON + timedelta(hours=5)),
        (PromiseStep.MOST, NOON + timedelta(hours=8)),
        (PromiseStep.BROKEN, NOON + timedelta(hours=10, minutes=15)),
    )


@pytest.mark.parametrize(
    ("minutes", "warned_before_the_end"),
    [(60, [30, 12]), (59, [10]), (20, [10]), (19, []), (5, [])],
)
def test_under_an_hour_one_warning_ten_minutes_before_and_none_under_twenty_minutes(
    minutes: int, warned_before_the_end: list[int]
) -> None:
    due = NOON + timedelta(minutes=minutes)
    for made in (NOON, NOON + timedelta(seconds=2)):  # "in 1 hour" is an hour, though it takes a moment to be kept
        *warnings, _ = steps(made, due)
        assert [round((due - at).total_seconds() / 60) for _, at in warnings] == warned_before_the_end


@pytest.mark.parametrize("second", [0, 1, 29, 30, 59])
def test_an_hour_is_an_hour_at_whatever_second_it_is_typed_and_kept(second: int) -> None:
    typed = NOON.replace(second=second)
    due = read("in 1 hour send the fix", typed, ZoneInfo("Europe/Berlin")).at

    assert abs(due - typed - timedelta(hours=1)) <= timedelta(seconds=30)
    for kept in (typed, typed + timedelta(seconds=20)):
        assert [step for step, _ in steps(kept, due)] == [PromiseStep.HALF, PromiseStep.MOST, PromiseStep.BROKEN]


def test_the_owner_is_warned_twice_and_reminded_and_it_is_broken_only_after_a_while(bench: Bench) -> None:
    bench.promise(100)
    seen = []
    for _ in range(8):
        bench.pass_time(16)
        seen.append((len(bench.warnings()), bench.broken()))
    assert seen == [(0, []), (0, []), (0, []), (1, []), (2, []), (2, []), (2, []), (2, ["F1"])]
    assert bench.warnings() == ["half", "most"]
    assert [one.draft.key for one in bench.outbox.about("F1") if one.draft.channel == "C1"] == ["F1:1:2026-11-24"]


def test_a_promise_under_an_hour_is_warned_of_once_with_the_minutes_that_are_left(bench: Bench) -> None:
    bench.promise(50)
    bench.pass_time(39)
    assert bench.warnings() == []
    bench.pass_time(2)
    (warning,) = [one.draft.message for one in bench.outbox.about("F1") if one.draft.channel == "@U1"]
    assert warning.text.startswith("9 min left: Acme: send the fix")


def test_a_warning_says_the_time_that_is_left_when_it_leaves(bench: Bench) -> None:
    bench.promise(100)
    bench.open()  # nothing ran for a while
    bench.pass_time(70)
    (warning,) = [one.draft.message for one in bench.outbox.about("F1") if one.draft.channel == "@U1"]
    assert warning.text.startswith("30 min left")


def test_what_is_still_to_happen_to_a_promise_is_known_until_it_has_ended(bench: Bench) -> None:
    one = bench.promise(100)
    watch = bench.service.watch(one)
    assert watch is not None
    assert [at - NOON for at in (*watch.warned_at, watch.broken_at)] == [
        timedelta(minutes=minutes) for minutes in (50, 80, 115)
    ]
    bench.pass_time(60)
    watch = bench.service.watch(one)
    assert watch is not None
    assert [at - NOON for at in watch.warned_at] == [timedelta(minutes=80)]
    assert bench.service.watch(bench.service.done(1, "U1")) is None


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0.2, "1 min left"), (50, "50 min left"), (60, "1 h left"), (150, "2 h 30 min left"), (3000, "2 days left")],
)
def test_how_long_is_left(minutes: float, said: str) -> None:
    assert time_left(timedelta(minutes=minutes)) == said


def test_a_promise_that_is_kept_is_never_broken(bench: Bench) -> None:
    bench.promise(100)
    bench.pass_time(60)
    bench.service.done(1, "U1")
    bench.pass_time(600)
    assert (bench.warnings(), bench.broken()) == (["half"], [])


def test_one_that_was_promised_for_another_time_counts_from_then(bench: Bench) -> None:
    one = bench.promise(100)
    bench.pass_time(90)
    later = LocalTime.of(bench.clock.now() + timedelta(minutes=200), BERLIN)
    changed = NewFollowUp("send the fix", "U1", later, "C1", "Acme", "100.1")
    bench.service.change(one.number, changed, "U1")
    bench.pass_time(99)
    assert (len(bench.warnings()), bench.broken()) == (1, [])
    bench.pass_time(1)
    assert len(bench.warnings()) == 2


def test_to_be_reminded_later_does_not_make_the_customer_wait_longer(bench: Bench) -> None:
    bench.promise(100)
    bench.pass_time(100)
    bench.service.snooze(1, 1, LocalTime.of(bench.clock.now() + timedelta(days=1), BERLIN), "U1", customer_knows=False)
    bench.pass_time(15)
    assert bench.broken() == ["F1"]


def test_after_downtime_only_the_last_warning_comes_and_what_is_broken_is_found(bench: Bench) -> None:
    bench.promise(100)
    bench.open()
    bench.pass_time(85)
    assert bench.warnings() == ["most"]
    bench.open()
    bench.pass_time(600)
    assert bench.broken() == ["F1"]
    bench.promises.reported(1)
    assert bench.broken() == []


def test_what_is_asked_of_a_thread_and_of_a_customer(bench: Bench) -> None:
    bench.promise(100)
    bench.promise(200, thread_ts=None)
    assert [one.follow_up.id for one in bench.promises.of_thread("C1", "100.1")] == ["F1"]
    assert {one.follow_up.id for one in bench.promises.of_customer("acme")} == {"F1", "F2"}
    bench.service.done(1, "U1")
    assert [one.follow_up.id for one in bench.promises.of_customer("acme")] == ["F2"]
    assert bench.heard == ["F1", "F2", "F1"]
