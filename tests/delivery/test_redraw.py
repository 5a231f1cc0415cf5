"""What people see follows the rows, whatever dies in between, and what looks right is left alone."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.delivery.model import Delivery, Draft
from bot.delivery.outbox import Outbox
from bot.delivery.queue import DeliveryQueue
from bot.delivery.redraw import NotNow, Redraws
from bot.slack.block_kit import Message, message
from bot.slack.errors import Fate, NotDelivered, Verdict
from bot.storage.sqlite import MEMORY, SqliteDatabase, open_database

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class Slack:
    """Takes updates, or refuses them."""

    def __init__(self) -> None:
        self.updates: list[tuple[str, str, str]] = []
        self.refuses: Fate | None = None
        self.reason, self.wait = "no", 0.0

    def update(self, channel: str, ts: str, message: Message) -> None:
        if self.refuses:
            raise NotDelivered(Verdict(self.refuses, self.reason, self.wait))
        self.updates.append((channel, ts, message.text))


class Bench:
    def __init__(self, database: SqliteDatabase) -> None:
        self.outbox, self.slack = Outbox(database, "T1"), Slack()
        self.queue = DeliveryQueue(self.outbox)
        self.text = "due"
        self.start()

    def start(self) -> None:
        self.redraws = Redraws(self.outbox, self.slack)
        self.redraws.draw_by(["reminder"], self.draw)

    def draw(self, carried: list[Delivery]) -> Message:
        return message(self.text, [])

    def post(self, key: str = "F1:1", ts: str = "1.0") -> None:
        self.outbox.add(Draft(key, "reminder", key.partition(":")[0], "C1", message("due", []), NOW), NOW)
        self.send(ts)

    def send(self, ts: str = "1.0") -> None:
        claimed = self.queue.mark_sending(self.queue.claim("C1", NOW), NOW)
        self.queue.sent(claimed, ts, NOW)

    def left(self) -> int:
        return len(self.outbox.database.rows("SELECT * FROM redraws"))


@pytest.fixture
def bench() -> Iterator[Bench]:
    database = open_database(MEMORY)
    yield Bench(database)
    database.close()


def test_what_is_asked_for_is_drawn_once_and_forgotten(bench: Bench) -> None:
    bench.post()
    bench.text = "done"
    bench.redraws.ask("F1")
    bench.redraws.work_off()
    bench.redraws.work_off()
    assert bench.slack.updates == [("C1", "1.0", "done")]
    assert bench.left() == 0


def test_what_looks_right_is_left_alone(bench: Bench) -> None:
    bench.post()
    bench.redraws.ask("F1")
    bench.redraws.work_off()
    assert (bench.slack.updates, bench.left()) == ([], 0)


def test_what_an_earlier_process_was_asked_for_is_drawn_by_the_next(bench: Bench) -> None:
    bench.post()
    bench.text = "done"
    bench.redraws.ask("F1")
    bench.start()  # the process died between the deed and the drawing
    bench.redraws.work_off()
    assert bench.slack.updates == [("C1", "1.0", "done")]


def test_what_is_on_its_way_is_drawn_once_it_has_arrived(bench: Bench) -> None:
    bench.outbox.add(Draft("F1:1", "reminder", "F1", "C1", message("due", []), NOW), NOW)
    bench.text = "done"
    bench.redraws.ask("F1")
    bench.redraws.work_off()
    assert (bench.slack.updates, bench.left()) == ([], 1)
    bench.send()
    bench.redraws.work_off()
    assert (bench.slack.updates, bench.left()) == ([("C1", "1.0", "done")], 0)


@pytest.mark.parametrize(("fate", "left"), [(Fate.REFUSED, 0), (Fate.LATER, 1), (Fate.NOT_SENT, 1), (Fate.UNKNOWN, 1)])
def test_what_slack_does_not_take_now_is_drawn_later_and_what_it_refuses_is_not(
    bench: Bench, fate: Fate, left: int
) -> None:
    bench.post()
    bench.text = "done"
    bench.slack.refuses = fate
    bench.redraws.ask("F1")
    bench.redraws.work_off()
    assert bench.left() == left


def test_while_slack_takes_nothing_it_is_left_alone_for_longer_and_longer(bench: Bench) -> None:
    bench.post()
    bench.text = "done"
    bench.slack.refuses = Fate.UNKNOWN
    bench.redraws.ask("F1")
    assert [bench.redraws.work_off() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    bench.slack.refuses = None
    assert bench.redraws.work_off() == 0
    bench.text, bench.slack.refuses, bench.slack.wait = "reopened", Fate.LATER, 7.0
    bench.redraws.ask("F1")
    assert bench.redraws.work_off() == 7


def test_what_looks_right_by_what_we_know_is_drawn_all_the_same_to_repair_it(bench: Bench) -> None:
    bench.post()
    bench.redraws.ask("F1", repair=True)
    bench.redraws.work_off()
    assert (bench.slack.updates, bench.left()) == ([("C1", "1.0", "due")], 0)


def test_nothing_is_given_up_while_the_token_is_not_valid(bench: Bench) -> None:
    bench.post()
    bench.text, bench.slack.refuses, bench.slack.reason = "done", Fate.REFUSED, "token_revoked"
    bench.redraws.ask("F1")
    bench.redraws.work_off()
    assert bench.left() == 1


def test_one_that_cannot_be_drawn_holds_up_no_other(bench: Bench) -> None:
    bench.post("F1:1", "1.0")
    bench.post("F2:1", "2.0")
    draw = bench.draw

    def fails_for_the_first(carried: list[Delivery]) -> Message:
        if carried[0].draft.subject == "F1":
            raise ValueError("broken")
        return draw(carried)

    bench.redraws.draw_by(["reminder"], fails_for_the_first)  # type: ignore[arg-type]
    bench.text = "done"
    bench.redraws.ask("F1")
    bench.redraws.ask("F2")
    assert bench.redraws.work_off() > 0
    assert (bench.slack.updates, bench.left()) == ([("C1", "2.0", "done")], 1)


def test_what_nobody_can_say_who_may_read_is_drawn_later(bench: Bench) -> None:
    bench.post()
    draw = bench.redraws._draw["reminder"]

    def not_now(carried: object) -> Message:
        raise NotNow

    bench.redraws.draw_by(["reminder"], not_now)
    bench.text = "done"
    bench.redraws.ask("F1")
    assert bench.redraws.work_off() > 0
    assert (bench.slack.updates, bench.left()) == ([], 1)

    bench.redraws.draw_by(["reminder"], draw)
    assert bench.redraws.work_off() == 0
    assert bench.left() == 0


def test_what_is_asked_for_while_it_is_drawn_is_drawn_again(bench: Bench) -> None:
    bench.post()
    bench.text = "done"
    bench.redraws.ask("F1")
    update = bench.slack.update

    def update_and_ask(channel: str, ts: str, drawn: Message) -> None:
        update(channel, ts, drawn)
        bench.slack.update = update  # type: ignore[method-assign]
        bench.text = "reopened"
        bench.redraws.ask("F1")

    bench.slack.update = update_and_ask  # type: ignore[method-assign]
    bench.redraws.work_off()
    bench.redraws.work_off()
    assert [text for *_, text in bench.slack.updates] == ["done", "reopened"]
