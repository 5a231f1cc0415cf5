"""Two workspaces in one database: neither's sender, inbox, lists or redraws ever see the other's rows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.delivery.outbox import Outbox
from bot.delivery.queue import DeliveryQueue
from bot.delivery.sender import Sender
from bot.delivery.waiting import WaitingChannels
from bot.emulator.clock import MovableClock
from bot.emulator.stories import PATIENCE_S
from bot.followups.model import LocalTime, NewFollowUp
from bot.slack.inbox import Inbox
from bot.storage.sqlite import SqliteDatabase
from tests.delivering import follow_ups_of
from tests.delivery.simulated_slack import SimulatedSlack, SimulatedTime
from tests.wire import eventually


class Team:
    """One workspace with its own Slack, on a database that it shares."""

    def __init__(self, database: SqliteDatabase, team_id: str, time: SimulatedTime) -> None:
        self.time, self.slack = time, SimulatedSlack(time)
        outbox = Outbox(database, team_id)
        self.outbox, self.queue = outbox, DeliveryQueue(outbox)
        self.follow_ups = follow_ups_of(outbox, time)
        self.sender = Sender(
            self.queue,
            self.slack,
            time,
            timedelta(seconds=25),
            timers=[self.follow_ups.timer],
            run=lambda work: work(),
            monotonic=time.monotonic,
        )

    def make(self, text: str) -> None:
        due = LocalTime.of(self.time.now() + timedelta(minutes=5), ZoneInfo("UTC"))
        self.follow_ups.make(NewFollowUp(text, "U1", due, "C1", "Acme"), "U1")


def test_each_sender_posts_its_own_and_counts_its_own(database: SqliteDatabase) -> None:
    time = SimulatedTime()
    one, other = Team(database, "T1", time), Team(database, "T2", time)
    one.make("of the first")
    other.make("of the second")
    other.make("of the second, too")
    time.pass_by(301)

    for _ in range(5):
        one.sender.step()
        time.pass_by(2)
    assert [key.partition(":")[0] for key, *_ in one.slack.posted] == ["F1"]
    assert other.slack.posted == []
    assert other.queue.counts() == {}

    for _ in range(8):
        other.sender.step()
        time.pass_by(2)
    assert sorted({key.partition(":")[0] for key, *_ in other.slack.posted}) == ["F1", "F2"]
    assert len(one.slack.posted) == 1


def test_what_one_left_in_doubt_is_recovered_by_nobody_else(database: SqliteDatabase) -> None:
    time = SimulatedTime()
    one, other = Team(database, "T1", time), Team(database, "T2", time)
    one.make("of the first")
    time.pass_by(301)
    one.follow_ups.timer.fire_due(time.now())
    one.queue.mark_sending(one.queue.claim("C1", time.now()), time.now())

    assert other.queue.recover(time.now(), timedelta(seconds=25)) == 0
    assert WaitingChannels(other.queue, time.monotonic).channels(time.now()) == []
    assert one.queue.recover(time.now(), timedelta(seconds=25)) == 1


def test_lists_numbers_and_redraws_are_each_teams_own(database: SqliteDatabase) -> None:
    time = SimulatedTime()
    one, other = Team(database, "T1", time), Team(database, "T2", time)
    one.make("of the first")
    other.make("of the second")

    assert [found.wanted.text for found in other.follow_ups.mine("U1")] == ["of the second"]
    assert [found.number for found in other.follow_ups.listed("Acme", "U1", "C1").items] == [1]
    one.follow_ups.done(1, "U1")
    assert other.follow_ups.get(1).is_open
    assert [row["team_id"] for row in database.rows("SELECT team_id FROM redraws")] == ["T1"]


def test_the_events_of_one_are_read_by_its_own_inbox_alone(database: SqliteDatabase) -> None:
    clock = MovableClock(datetime(2026, 11, 24, 10, 0, tzinfo=UTC), running=False)
    heard: dict[str, list[str]] = {"T1": [], "T2": []}
    inboxes = {team: Inbox(database, clock, team) for team in heard}
    for team, inbox in inboxes.items():
        inbox.on("app_mention", lambda event, heard_by: heard[heard_by].append(event["text"]))
        payload = {"event_id": "Ev1", "event": {"type": "app_mention", "channel": "C1", "ts": "1.1", "text": team}}
        inbox.accept(payload)
    assert {team: inbox.waiting() for team, inbox in inboxes.items()} == {"T1": 1, "T2": 1}

    inboxes["T2"].start()
    assert eventually(lambda: inboxes["T2"].waiting() == 0)
    assert heard == {"T1": [], "T2": ["T2"]}
    inboxes["T1"].start()
    assert eventually(lambda: inboxes["T1"].waiting() == 0)
    assert heard == {"T1": ["T1"], "T2": ["T2"]}
    for inbox in inboxes.values():
        inbox.stop(PATIENCE_S)
