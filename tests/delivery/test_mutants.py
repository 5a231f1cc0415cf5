"""Tests of the tests: each guard is taken away once, and the test that is there for it fails."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.storage.sqlite import SqliteDatabase
from tests.delivery import test_looks, test_outage, test_poison
from tests.delivery.desk import Desk
from tests.delivery.mutants import parts


def crowded(database: SqliteDatabase, mutant: str) -> Desk:
    desk = Desk(database, join=False, **parts(mutant))
    desk.slack.limited = True
    return desk


def calm(database: SqliteDatabase, mutant: str) -> Desk:
    return Desk(database, admins=["UADMIN"], **parts(mutant))


def weekend(desk: Desk) -> None:
    test_looks.test_after_a_weekend_in_a_busy_channel_a_doubtful_message_is_found_or_sent_with_one_look(desk, True)


def ahead(desk: Desk) -> None:
    test_looks.test_two_hours_ahead_and_one_lost_answer_is_not_posted_twice_where_slack_tells_the_time(desk, True)


CASES: list[tuple[str, Callable[[SqliteDatabase, str], Desk], Callable[[Desk], None]]] = [
    ("looks without end", calm, weekend),
    ("looks by our clock", calm, ahead),
    (
        "has no gates",
        crowded,
        test_outage.test_a_hundred_and_fifty_people_told_for_the_first_time_are_each_opened_once_and_ever_after_known,
    ),
    (
        "forgets conversations",
        crowded,
        test_outage.test_a_hundred_and_fifty_people_told_for_the_first_time_are_each_opened_once_and_ever_after_known,
    ),
    (
        "never probes",
        crowded,
        test_outage.test_while_slack_is_away_one_probe_goes_at_growing_pauses_and_nothing_else,
    ),
    ("takes turns", crowded, test_outage.test_a_page_planned_while_thousands_go_out_leaves_at_once),
    ("looks in turn", crowded, test_outage.test_pages_in_doubt_are_looked_for_before_reminders_in_doubt),
]


@pytest.mark.parametrize(("mutant", "desk_of", "check"), CASES, ids=[mutant for mutant, *_ in CASES])
def test_without_its_guard_the_test_fails(
    database: SqliteDatabase,
    mutant: str,
    desk_of: Callable[[SqliteDatabase, str], Desk],
    check: Callable[[Desk], None],
) -> None:
    with pytest.raises(AssertionError):
        check(desk_of(database, mutant))


def test_timers_that_are_not_kept_apart_are_noticed(database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    room = test_poison.Room(database, admins=["UADMIN"], **parts("fires all together"))
    with pytest.raises(ZeroDivisionError):
        test_poison.test_a_timer_that_fails_keeps_back_no_message_and_no_other_timer(room, monkeypatch)


def test_reminders_that_may_take_all_who_post_are_noticed(database: SqliteDatabase) -> None:
    from tests.delivery import mutants

    class Greedy(mutants.Sender):
        def __init__(self, *given: object, **more: object) -> None:
            super().__init__(*given, **more)  # type: ignore[arg-type]
            room = self._posters.room_to_post
            self._posters.room_to_post = lambda *, urgent: room(urgent=True)  # type: ignore[method-assign]
            post = self._posters.post
            self._posters.post = lambda loads, work: post([replace(one, urgent=True) for one in loads], work)  # type: ignore[method-assign]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(test_outage, "Desk", lambda opened: Desk(opened, sender_of=Greedy))
        with pytest.raises(AssertionError):
            test_outage.test_reminders_never_take_all_who_post(database)
