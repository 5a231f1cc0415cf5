"""Messages that are late, stuck or in doubt for too long are noticed, and named."""

from datetime import timedelta

import pytest

from bot.delivery.lateness import Lateness
from bot.delivery.model import Draft
from bot.delivery.outbox import Outbox
from bot.delivery.queue import DeliveryQueue
from bot.emulator.clock import MovableClock
from bot.slack.block_kit import message
from bot.storage.sqlite import MEMORY, open_database

TIMEOUT = timedelta(seconds=15)


class Bench:
    """An outbox with the sender's side of it, and what is noticed."""

    def __init__(self, clock: MovableClock) -> None:
        self.clock = clock
        self.outbox = Outbox(open_database(MEMORY), "T1")
        self.queue = DeliveryQueue(self.outbox)
        self.refused: str | None = None
        self.lateness = Lateness(self.outbox, clock, TIMEOUT, lambda: self.refused)

    def plan(self, subject: str, *, urgent: bool = False) -> None:
        now = self.clock.now()
        self.outbox.add(Draft(f"{subject}:1", "reminder", subject, "C1", message("due", []), now, urgent=urgent), now)


@pytest.fixture
def bench(clock: MovableClock) -> Bench:
    return Bench(clock)


def test_an_urgent_message_is_late_after_a_minute_and_another_after_ten(bench: Bench) -> None:
    bench.plan("E7", urgent=True)
    bench.plan("F12")
    bench.clock.advance(seconds=60)
    assert bench.lateness.what_is_late() is None

    bench.clock.advance(seconds=1)
    assert bench.lateness.what_is_late() == "urgent message E7 (the oldest for 61 s) waits to be sent"

    bench.clock.advance(minutes=10)
    assert "message F12 (the oldest for 661 s) waits to be sent" in str(bench.lateness.what_is_late())
    assert bench.lateness.oldest() == timedelta(seconds=661)


def test_while_slack_takes_no_messages_only_urgent_ones_are_called_late(bench: Bench) -> None:
    bench.plan("F12")
    bench.refused = "Slack takes no messages: my token was revoked"
    bench.clock.advance(minutes=20)
    assert bench.lateness.what_is_late() is None
    bench.plan("E7", urgent=True)
    bench.clock.advance(minutes=2)
    assert "E7" in str(bench.lateness.what_is_late())


def test_a_call_that_does_not_come_back_is_told_after_three_times_its_time_out(bench: Bench) -> None:
    bench.plan("F12")
    bench.queue.mark_sending(bench.queue.claim("C1", bench.clock.now()), bench.clock.now())
    bench.clock.advance(seconds=45)
    assert bench.lateness.what_is_stuck() is None
    bench.clock.advance(seconds=1)
    assert bench.lateness.what_is_stuck() == "message F12 (the oldest for 46 s) is being sent"


def test_what_is_in_doubt_for_ten_minutes_is_told(bench: Bench) -> None:
    bench.plan("F12")
    claimed = bench.queue.mark_sending(bench.queue.claim("C1", bench.clock.now()), bench.clock.now())
    bench.queue.doubt(claimed, bench.clock.now(), "TimeoutError")
    bench.clock.advance(minutes=10)
    assert bench.lateness.what_is_stuck() is None
    bench.clock.advance(seconds=1)
    assert bench.lateness.what_is_stuck() == "message F12 (the oldest for 601 s) is in doubt"


def test_many_are_counted_by_the_first_few_names(bench: Bench) -> None:
    for number in range(1, 9):
        bench.plan(f"F{number}")
    bench.clock.advance(minutes=11)
    assert "F1, F2, F3, F4, F5 and others" in str(bench.lateness.what_is_late())


def test_what_was_sent_or_taken_back_is_not_late(bench: Bench) -> None:
    bench.plan("F1")
    bench.queue.sent(
        bench.queue.mark_sending(bench.queue.claim("C1", bench.clock.now()), bench.clock.now()),
        "1.0",
        bench.clock.now(),
    )
    bench.plan("F2")
    bench.outbox.cancel("F2")
    bench.clock.advance(hours=1)
    assert bench.lateness.what_is_late() is None
    assert bench.lateness.what_is_stuck() is None
