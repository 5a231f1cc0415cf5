"""What is in doubt is looked for where it can be, and nowhere else; what cannot be looked for comes to an end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import SystemClock, stamp
from bot.config import shipped_manifest
from bot.delivery.model import Delivery, DeliveryState, Draft
from bot.delivery.presence import Presence
from bot.delivery.reconcile import span
from bot.delivery.transport import HISTORY, REPLIES, SlackTransport
from bot.demo_seed import HARBOUR_SALES
from bot.emulator.clock import MovableClock
from bot.emulator.manifest import read_manifest
from bot.emulator.workspace import Workspace
from bot.slack.block_kit import message
from bot.slack.bolt import client_for
from bot.slack.errors import Fate, NotDelivered, Verdict
from bot.storage.sqlite import MEMORY, open_database
from tests.delivery.desk import SETTLE, Desk
from tests.delivery.simulated_slack import START, TROUBLES, Killed, Outcome

LOST = next(one for one in TROUBLES if one.name == "503 without")


@pytest.fixture
def desk() -> Iterator[Desk]:
    database = open_database(MEMORY)
    yield Desk(database, admins=["UADMIN"])
    database.close()


def killed_with_one_marked(desk: Desk, *, posted: bool) -> None:
    """The process dies with one message on its way."""

    def die(method: str) -> None:
        if method == "chat.postMessage":
            raise Killed

    desk.slack.troubles[("chat.postMessage", 1)] = TROUBLES[0] if posted else LOST
    desk.slack.during = die
    desk.plan("F1:1", fallback_to=("U1",))
    with pytest.raises(Killed):
        desk.run(5)
    desk.slack.during = lambda method: None


@pytest.mark.parametrize("posted", [True, False])
def test_after_a_weekend_in_a_busy_channel_a_doubtful_message_is_found_or_sent_with_one_look(
    desk: Desk, posted: bool
) -> None:
    desk.slack.chatter_a_minute = 200.0  # 720,000 messages over the weekend
    killed_with_one_marked(desk, posted=posted)
    desk.time.pass_by(60 * 3600)
    desk.restart()
    desk.run(60)

    assert desk.keys == ["F1:1"]
    assert desk.state("F1:1") is DeliveryState.SENT
    assert len(desk.slack.looks) == 1


def test_it_is_looked_for_around_the_moment_in_which_it_left_and_not_after(desk: Desk) -> None:
    desk.slack.outcomes = [Outcome.LOST]
    desk.plan("F1:1")
    desk.run(5)
    desk.time.pass_by(3 * 3600)
    desk.run(5)

    ((_, since, until),) = desk.slack.looks
    left = START.timestamp()
    assert left - 600 < since < left
    assert left + SETTLE.total_seconds() < until < left + SETTLE.total_seconds() + 600


def test_where_too_much_was_said_even_then_only_the_very_moment_is_looked_at(desk: Desk) -> None:
    desk.slack.chatter_a_minute = 2_000.0  # ten minutes of it are more than one look can read
    desk.slack.outcomes = [Outcome.ANSWER_LOST]
    desk.plan("F1:1")
    desk.run(60)

    assert desk.keys == ["F1:1"]
    assert desk.state("F1:1") is DeliveryState.SENT


def test_a_look_that_can_never_be_finished_ends_as_held_and_told(desk: Desk) -> None:
    desk.slack.chatter_a_minute = 1_000_000.0
    desk.slack.outcomes = [Outcome.ANSWER_LOST]
    desk.plan("F1:1", fallback_to=("U1",), thread_ts="1.0")
    desk.plan("F2:1", thread_ts="1.0")
    desk.run(300)

    assert desk.state("F1:1") is DeliveryState.HELD
    assert desk.delivery("F1:1").unreadable == 2  # and the third was the last
    assert sorted(desk.keys) == ["F1:1", "F1:1/told:U1", "F2:1"]
    assert desk.slack.calls[REPLIES] == 2 * 3  # the wide one and the tightest


def test_a_channel_that_never_answers_while_others_do_ends_as_held_and_slack_that_is_away_does_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = desk.slack.arrived
    broken = {"CBROKEN"}

    def fails(channel: str, *rest: object) -> dict[str, str]:
        if channel in broken:
            raise NotDelivered(Verdict(Fate.UNKNOWN, "HTTP 500"))
        return arrived(channel, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.slack, "arrived", fails)
    desk.slack.outcomes = [Outcome.LOST]
    desk.plan("F1:1", "CBROKEN")
    desk.run(6 * 3600)  # nobody else says anything: for all we know Slack is away
    assert desk.state("F1:1") is DeliveryState.IN_DOUBT
    assert "Slack has not answered since" in str(desk.sender.what_is_wrong())

    for number in range(2, 400):
        desk.plan(f"F{number}:1", "CGOOD", joinable=True)
        desk.run(30)
    assert desk.state("F1:1") is DeliveryState.HELD
    assert desk.sender.what_is_wrong() is None


def test_what_only_a_backup_remembers_is_looked_for_from_when_it_was_due_until_then(desk: Desk) -> None:
    desk.plan("F1:1")
    desk.run(3)
    desk.time.pass_by(2 * 3600)
    where = {"until": stamp(desk.time.now())}
    desk.database.execute(
        "UPDATE outbox SET state = 'in_doubt', verify_at = :until, doubt_until = :until, sending_at = NULL, "
        "left_at = NULL, sent_at = NULL, slack_ts = NULL",
        where,
    )
    desk.restart()
    desk.run(60)

    assert desk.keys == ["F1:1"]
    assert desk.state("F1:1") is DeliveryState.SENT


@pytest.mark.parametrize("dates", [True, False])
def test_two_hours_ahead_and_one_lost_answer_is_not_posted_twice_where_slack_tells_the_time(
    desk: Desk, dates: bool
) -> None:
    desk.slack.dates = dates
    desk.time.set_by(timedelta(hours=2))
    desk.slack.outcomes = [Outcome.ANSWER_LOST]
    desk.plan("F1:1")
    desk.run(120)

    assert (desk.keys == ["F1:1"]) is dates  # without its time there is nothing to go by


def test_the_window_goes_by_slacks_time_and_moves_by_what_our_clock_is_ahead() -> None:
    at = datetime(2027, 1, 1, 12, tzinfo=UTC)
    hour, settle = timedelta(hours=1), timedelta(seconds=25)
    draft = Draft("F1:1", "reminder", "F1", "C1", message("due"), at - hour)
    one = Delivery(1, "T1", draft, DeliveryState.IN_DOUBT, at, at, sending_at=at + hour)
    assert span(one, settle, None) == (at + hour, at + hour + settle)
    assert span(one, settle, hour) == (at, at + settle)
    left = Delivery(1, "T1", draft, DeliveryState.IN_DOUBT, at, at, sending_at=at + hour, left_at=at)
    assert span(left, settle, hour) == (at, at + settle)
    restored = Delivery(1, "T1", draft, DeliveryState.IN_DOUBT, at, at, doubt_until=at + 3 * hour)
    assert span(restored, settle, None) == (at - hour, at + 3 * hour)


def test_over_the_wire_it_is_found_between_the_two_ends_and_slacks_time_is_learnt() -> None:
    clock = MovableClock()
    workspace = Workspace(read_manifest(shipped_manifest()), clock, seed=HARBOUR_SALES).start()
    try:
        clock.advance(hours=5)
        client = client_for(workspace.tokens.bot, workspace.api_url, timedelta(seconds=20))
        transport = SlackTransport(client, client)
        presence = Presence(transport, SystemClock())
        root = next(reversed(workspace.state.channels["C0DEALS"].messages))
        workspace.webapi.pace.post_every_s = 0.0
        posted = {
            thread: float(transport.post("C0DEALS", thread, message("due"), [f"F{number}:1"]))
            for number, thread in enumerate((None, root))
        }
        ahead = presence.ahead()
        assert ahead is not None
        assert timedelta(hours=-5, seconds=-30) < ahead < timedelta(hours=-5, seconds=30)
        for number, (thread, at) in enumerate(posted.items()):
            key = f"F{number}:1"
            assert transport.arrived("C0DEALS", thread, at, at) == {key: f"{at:.6f}"}
            assert transport.arrived("C0DEALS", thread, at + 1, at + 9) == {}
        assert transport.arrived("C0DEALS", None, posted[None] - 9, posted[None] - 1) == {}
        asked = workspace.traffic.calls(HISTORY)
        assert all("latest" in entry.sent and "oldest" in entry.sent for entry in asked)
    finally:
        workspace.stop()
