"""What leaves together is marked together: fewer commits, the same promises."""

from collections.abc import Callable

import pytest

from bot.delivery.model import DeliveryState
from bot.errors import StorageUnavailable
from bot.storage.sqlite import SqliteDatabase
from tests.delivery.desk import Desk
from tests.delivery.simulated_slack import POST, TROUBLES, Killed


@pytest.fixture
def held(database: SqliteDatabase) -> tuple[Desk, list[Callable[[], None]]]:
    """A desk whose posts have been marked when `step` returns, and leave when the test lets them."""
    desk, posts = Desk(database), []
    desk.run(0)
    desk.sender._posters.run = posts.append
    return desk, posts


def test_two_hundred_that_are_due_cost_a_few_dozen_commits(database: SqliteDatabase) -> None:
    desk, commits = Desk(database), []
    for number in range(200):
        desk.plan(f"F{number}:1", f"C{number}")
    database._connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    desk.run(5)

    assert len(desk.keys) == 200
    assert len(commits) <= 30  # it was 600


def test_where_nothing_is_to_be_sent_nothing_is_written(database: SqliteDatabase) -> None:
    desk, commits = Desk(database), []
    desk.plan("F1:1")
    desk.run(5)
    database._connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    desk.run(60)

    assert commits == []


def test_what_is_cancelled_after_its_mark_and_before_its_bytes_leave_is_not_posted(
    held: tuple[Desk, list[Callable[[], None]]],
) -> None:
    desk, posts = held
    for number in (1, 2):
        desk.plan(f"F{number}:1", f"C{number}")
    desk.sender.step()
    assert desk.state("F1:1") is DeliveryState.SENDING
    desk.outbox.cancel("F1")
    for post in posts:
        post()
    desk.run(120)

    assert desk.keys == ["F2:1"]
    assert desk.state("F1:1") is DeliveryState.CANCELLED


def test_what_waited_after_its_mark_is_marked_anew_so_that_it_would_be_looked_for_where_it_is(
    held: tuple[Desk, list[Callable[[], None]]],
) -> None:
    desk, posts = held
    desk.plan("F1:1")
    desk.sender.step()
    desk.time.pass_by(600)
    for post in posts:
        post()
    desk.sender.step()

    assert desk.keys == ["F1:1"]
    assert desk.delivery("F1:1").sending_at == desk.time.now()
    assert desk.delivery("F1:1").attempt == 1


def test_what_is_marked_and_does_not_leave_in_time_when_the_bot_stops_goes_back_in_line(
    held: tuple[Desk, list[Callable[[], None]]],
) -> None:
    desk, posts = held
    for number in range(30):
        desk.plan(f"F{number}:1", f"C{number}")
    desk.sender.step()
    desk.sender.stop(0.05)
    for post in posts:
        post()

    assert desk.keys == []
    assert {desk.state(f"F{number}:1") for number in range(30)} == {DeliveryState.PENDING}
    assert {desk.delivery(f"F{number}:1").attempt for number in range(30)} == {0}


def test_a_death_with_many_marked_loses_none_and_posts_none_twice(database: SqliteDatabase) -> None:
    deaths = [3, 11, 24]

    def failpoint(name: str) -> None:
        if name == "after_post" and deaths and len(desk.keys) >= deaths[0]:
            deaths.pop(0)
            raise Killed

    desk = Desk(database, failpoint=failpoint)
    for number in range(40):
        desk.plan(f"F{number}:1", f"C{number}", thread_ts="1.0" if number % 2 else None)
    for _ in range(6):
        try:
            desk.run(200)
        except Killed:
            desk.time.pass_by(5)
            desk.restart()

    assert not deaths
    assert sorted(desk.keys) == sorted(f"F{number}:1" for number in range(40))


def test_an_urgent_one_does_not_wait_for_those_that_were_marked_before_it(
    held: tuple[Desk, list[Callable[[], None]]],
) -> None:
    desk, posts = held
    for number in range(50):
        desk.plan(f"F{number}:1", f"C{number}")
    desk.sender.step()
    before = len(posts)
    desk.plan("E1:1", "CPAGE", urgent=True)
    desk.sender.step()
    posts[before]()

    assert desk.keys == ["E1:1"]


def test_what_was_posted_and_could_not_be_written_down_is_written_down_once_the_disk_takes_it(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(database)
    desk.run(0)
    real = desk.queue.all_sent

    def full(posted: object) -> None:
        raise StorageUnavailable("full")

    desk.plan("F1:1")
    monkeypatch.setattr(desk.queue, "all_sent", lambda posted: full(posted) if posted else None)
    with pytest.raises(StorageUnavailable):
        desk.sender.step()
    assert desk.state("F1:1") is DeliveryState.SENDING
    monkeypatch.setattr(desk.queue, "all_sent", real)
    desk.run(300)

    assert desk.keys == ["F1:1"]
    assert desk.state("F1:1") is DeliveryState.SENT


def test_what_is_not_urgent_finds_a_thread_however_many_pages_leave_with_it(
    held: tuple[Desk, list[Callable[[], None]]],
) -> None:
    desk, posts = held
    for number in range(8):
        desk.plan(f"E{number}:1", f"CPAGE{number}", urgent=True)
    for number in range(3):
        desk.plan(f"F{number}:1", f"C{number}")
    desk.sender.step()
    for post in posts:
        post()

    assert {key for key in desk.keys if key[0] == "F"} == {"F0:1", "F1:1", "F2:1"}


def test_once_slack_refuses_a_post_those_that_were_marked_with_it_wait_too(database: SqliteDatabase) -> None:
    desk = Desk(database)
    desk.run(1)
    desk.sender._posters.took(0.0)
    desk.slack.troubles[(POST, desk.slack.calls[POST] + 3)] = TROUBLES[2]
    for number in range(30):
        desk.plan(f"F{number}:1", f"C{number}")
    desk.sender.step()
    after = desk.slack.calls[POST]
    desk.run(120)

    assert after <= 3
    assert sorted(desk.keys) == sorted(f"F{number}:1" for number in range(30))


def test_a_page_overtakes_what_was_marked_for_its_own_channel_and_has_not_begun(
    held: tuple[Desk, list[Callable[[], None]]],
) -> None:
    desk, posts = held
    desk.plan("F1:1", "CPAGE")
    desk.sender.step()
    desk.plan("E1:1", "CPAGE", urgent=True)
    desk.sender.step()
    for post in reversed(posts):
        post()
    desk.sender._posters.run = lambda work: work()
    desk.run(5)

    assert desk.keys == ["E1:1", "F1:1"]
