"""The engine in virtual time, with a real database: pace, joining, order, what cannot be delivered, and doubt."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.delivery.history import receipt
from bot.delivery.model import DeliveryState
from bot.slack.errors import Fate, NotDelivered, Verdict
from bot.storage.sqlite import MEMORY, open_database
from tests.delivery.desk import SETTLE, Desk
from tests.delivery.simulated_slack import Outcome


@pytest.fixture
def desk() -> Iterator[Desk]:
    database = open_database(MEMORY)
    yield Desk(database)
    database.close()


def test_the_same_key_is_planned_once_however_often_it_is_decided(desk: Desk) -> None:
    desk.plan("F1:1")
    desk.plan("F1:1")
    desk.run(5)

    assert desk.keys == ["F1:1"]


def test_two_in_a_channel_come_alone_and_a_burst_as_one_message(desk: Desk) -> None:
    for number in (1, 2):
        desk.plan(f"F{number}:1", "CTWO", joinable=True)
    for number in range(10, 30):
        desk.plan(f"F{number}:1", "CMANY", joinable=True)
    desk.run(10)

    two = {mono for _, channel, _, _, mono in desk.slack.posted if channel == "CTWO"}
    many = {mono for _, channel, _, _, mono in desk.slack.posted if channel == "CMANY"}
    assert len(two) == 2
    assert len(many) == 2  # as many in one message as Slack takes blocks
    assert len(desk.keys) == 22


def test_a_thread_keeps_its_order_while_its_first_message_is_in_doubt_and_its_channel_goes_on(desk: Desk) -> None:
    desk.slack.outcomes = [Outcome.LOST]
    desk.plan("F1:1", thread_ts="1.0")
    desk.plan("F2:1", thread_ts="1.0")
    desk.plan("F3:1")
    desk.run(10)
    assert desk.keys == ["F3:1"]

    desk.run(60)
    assert desk.keys == ["F3:1", "F1:1", "F2:1"]


def test_twenty_channels_with_fifty_each_take_what_slacks_pace_takes(desk: Desk) -> None:
    desk.sender._join = False
    for number in range(1000):
        desk.plan(f"F{number}:1", f"C{number % 20}")
    began = desk.time.mono
    desk.run(56)

    assert len(desk.keys) == 1000
    assert desk.slack.posted[-1][4] - began <= 1.1 * 50
    assert desk.slack.too_fast == 0


def test_one_busy_channel_does_not_keep_another_waiting(desk: Desk) -> None:
    desk.sender._join = False
    for number in range(300):
        desk.plan(f"F{number}:1", "CBUSY")
    desk.run(3)
    desk.plan("F900:1", "CQUIET")
    at = desk.time.mono
    desk.run(1)

    (quiet,) = [mono for key, _, _, _, mono in desk.slack.posted if key == "F900:1"]
    assert quiet - at < 0.1


def test_urgent_messages_go_first(desk: Desk) -> None:
    desk.plan("F1:1")
    desk.plan("F2:1", urgent=True)
    desk.run(3)

    assert desk.keys == ["F2:1", "F1:1"]


def test_a_message_taken_back_in_time_is_never_posted(desk: Desk) -> None:
    desk.plan("F1:1")
    assert desk.outbox.cancel("F1") == 1
    desk.run(3)

    assert desk.keys == []
    assert desk.state("F1:1") is DeliveryState.CANCELLED


@pytest.mark.parametrize("outcome", [Outcome.ANSWER_LOST, Outcome.LOST, Outcome.LATER, Outcome.NOT_SENT])
def test_whatever_becomes_of_the_first_try_it_arrives_once(desk: Desk, outcome: Outcome) -> None:
    desk.slack.outcomes = [outcome]
    desk.plan("F1:1")
    desk.run(90)

    assert desk.keys == ["F1:1"]
    assert desk.state("F1:1") is DeliveryState.SENT


def test_a_doubtful_one_is_not_sent_again_before_it_was_looked_for_twice(desk: Desk) -> None:
    desk.slack.outcomes = [Outcome.LOST]
    desk.plan("F1:1")
    began = desk.time.mono
    desk.run(90)

    assert desk.slack.posted[0][4] - began >= 2 * SETTLE.total_seconds()


def refusing(desk: Desk, monkeypatch: pytest.MonkeyPatch, reason: str, places: str) -> None:
    """Slack refuses every post to *places*."""
    post = desk.slack.post

    def refuse(channel: str, *rest: object) -> str:
        if channel.startswith(places):
            raise NotDelivered(Verdict(Fate.REFUSED, reason))
        return post(channel, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.slack, "post", refuse)


def test_an_archived_channels_reminder_reaches_the_owner_directly(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(desk, monkeypatch, "is_archived", "C")
    desk.plan("F1:1", fallback_to=("U1", "U2"))
    desk.run(5)

    assert [(key, channel) for key, channel, *_ in desk.slack.posted] == [("F1:1/told:U1", "DU1")]
    assert desk.state("F1:1") is DeliveryState.FAILED


def test_when_the_owner_cannot_be_told_either_the_next_one_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(desk, monkeypatch, "is_archived", "C")
    opened = desk.slack.open

    def open_(person: str) -> str:
        if person == "U1":
            raise NotDelivered(Verdict(Fate.REFUSED, "user_disabled"))
        return opened(person)

    monkeypatch.setattr(desk.slack, "open", open_)
    desk.plan("F1:1", fallback_to=("U1", "U2"))
    desk.run(5)

    assert desk.keys == ["F1:1/told:U2"]


def unreadable(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def arrived(*asked: object) -> dict[str, str]:
        raise NotDelivered(Verdict(Fate.REFUSED, "not_in_channel"))

    monkeypatch.setattr(desk.slack, "arrived", arrived)


def test_a_doubtful_reminder_that_nobody_can_look_for_is_held_and_its_owner_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable(desk, monkeypatch)
    desk.slack.outcomes = [Outcome.ANSWER_LOST]
    desk.plan("F1:1", fallback_to=("U1",))
    desk.run(90)

    assert desk.keys == ["F1:1", "F1:1/told:U1"]
    assert desk.state("F1:1") is DeliveryState.HELD


def test_a_doubtful_page_that_nobody_can_look_for_is_sent_once_more_and_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable(desk, monkeypatch)
    said: list[str] = []
    post = desk.slack.post

    def watched(channel: str, thread_ts: str | None, message: object, keys: list[str]) -> str:
        said.append(str(message))
        return post(channel, thread_ts, message, keys)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.slack, "post", watched)
    desk.slack.outcomes = [Outcome.ANSWER_LOST, Outcome.ANSWER_LOST]
    desk.plan("E1:1", urgent=True)
    desk.run(200)

    assert desk.keys == ["E1:1", "E1:1"]
    assert "may be a repeat" not in said[0]
    assert "may be a repeat" in said[1]


def test_a_late_one_says_when_it_was_due_and_why_it_is_late(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    post = desk.slack.post

    def watched(channel: str, thread_ts: str | None, message: object, keys: list[str]) -> str:
        said.append(str(message))
        return post(channel, thread_ts, message, keys)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.slack, "post", watched)
    desk.plan("F1:1")
    desk.time.pass_by(3600)
    desk.run(2)

    assert "Late: this should have come <!date^" in said[0]
    (one,) = desk.outbox.about("F1")
    lines = " ".join(line for _, line in receipt(one, lambda at: f"{at:%H:%M}"))
    assert "message planned" in lines
    assert "handed to Slack" in lines
    assert f"as message {one.slack_ts}" in lines
    assert "It went out late: many messages were due at once" in lines


def test_after_the_clock_was_set_back_nothing_waits_for_hours(desk: Desk) -> None:
    desk.slack.outcomes = [Outcome.LOST]
    desk.plan("F1:1")
    desk.run(2)
    desk.time.set_by(timedelta(hours=-5))
    desk.run(90)

    assert desk.keys == ["F1:1"]


def test_after_the_clock_was_set_forward_a_doubtful_one_is_still_given_its_time(desk: Desk) -> None:
    desk.slack.outcomes = [Outcome.LOST]
    desk.plan("F1:1")
    desk.run(2)
    desk.time.set_by(timedelta(hours=5))
    desk.run(20)

    assert desk.state("F1:1") is DeliveryState.IN_DOUBT


@pytest.mark.parametrize("outcome", [Outcome.LOST, Outcome.LATER, Outcome.NOT_SENT])
def test_what_nobody_wants_any_more_while_it_is_on_its_way_is_not_sent_again(desk: Desk, outcome: Outcome) -> None:
    desk.slack.outcomes = [outcome]
    withdrawn: list[int] = []
    post = desk.slack.post

    def done_meanwhile(*asked: Any) -> str:
        withdrawn.append(desk.outbox.cancel("F1"))
        return post(*asked)

    desk.slack.post = done_meanwhile  # type: ignore[method-assign]
    desk.plan("F1:1", fallback_to=("U1",))
    desk.run(90)

    assert withdrawn == [0]  # too late to take it back, but not to send it again
    assert desk.keys == []
    assert desk.state("F1:1") is DeliveryState.CANCELLED


def test_a_refused_token_loses_nothing_and_makes_the_bot_unwell(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        refusing(desk, patched, "token_revoked", "C")
        desk.plan("F1:1", fallback_to=("U1",))
        desk.run(5)
        assert desk.state("F1:1") is DeliveryState.PENDING
        assert "token" in str(desk.sender.what_is_wrong())
    desk.run(120)

    assert desk.keys == ["F1:1"]
    assert desk.sender.what_is_wrong() is None


def test_a_joined_message_that_is_too_much_for_slack_is_taken_apart(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = desk.slack.post

    def refuse(channel: str, thread_ts: str | None, message: Any, keys: list[str]) -> str:
        if len(keys) > 1:
            raise NotDelivered(Verdict(Fate.REFUSED, "msg_blocks_too_long"))
        return post(channel, thread_ts, message, keys)

    monkeypatch.setattr(desk.slack, "post", refuse)
    for number in range(4):
        desk.plan(f"F{number}:1", joinable=True)
    desk.run(10)

    assert sorted(desk.keys) == [f"F{number}:1" for number in range(4)]


def test_while_something_is_in_doubt_the_engine_sleeps(desk: Desk) -> None:
    desk.slack.outcomes = [Outcome.LOST]
    desk.plan("F1:1", thread_ts="1.0")
    desk.plan("F2:1", thread_ts="1.0")
    desk.run(5)

    steps = 0
    until = desk.time.mono + 10
    while desk.time.mono < until:
        desk.time.pass_by(desk.sender.step())
        steps += 1
    assert steps < 30


def refused_for(open_direct: Callable[[str], str], gone: str) -> Callable[[str], str]:
    """Opening conversations, where somebody has left."""

    def opened(person: str) -> str:
        if person == gone:
            raise NotDelivered(Verdict(Fate.REFUSED, "user_disabled"))
        return open_direct(person)

    return opened


def test_text_of_a_private_channel_is_not_told_to_others_at_any_hop(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing(desk, monkeypatch, "is_archived", "C")
    said: list[str] = []
    post = desk.slack.post

    def watched(channel: str, thread_ts: str | None, message: Any, keys: list[str]) -> str:
        said.append(str(message))
        return post(channel, thread_ts, message, keys)

    monkeypatch.setattr(desk.slack, "post", watched)
    desk.sender._may_read = lambda draft: draft.recipient == "U1"
    desk.plan("F1:1", fallback_to=("U8", "U9"))
    desk.plan("F2:1", fallback_to=("U1",))
    monkeypatch.setattr(desk.slack, "open", refused_for(desk.slack.open, "U8"))
    desk.run(5)

    to_the_owner, to_others = sorted(one for one in said if "could not post" in one)
    assert "F1:1 is due" not in to_others
    assert "F1 is due. It is from a channel that you are not in" in to_others
    assert "F2:1 is due" in to_the_owner


@pytest.mark.slow
def test_ten_thousand_over_two_hundred_channels_take_what_slacks_pace_takes(desk: Desk) -> None:
    desk.sender._join = False
    for number in range(10_000):
        desk.plan(f"F{number}:1", f"C{number % 200}")
    began = desk.time.mono
    desk.run(60)

    assert len(desk.keys) == 10_000
    assert desk.slack.too_fast == 0
    lasted = desk.slack.posted[-1][4] - began
    assert lasted <= 1.1 * 50
