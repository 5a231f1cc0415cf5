"""
A backup at any moment, the rest lost, and restored: nothing of the lost time is repeated.

A simulated Slack goes on through all of it, so that what was posted in the lost time stands there.
"""

import os
import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.delivery.outbox import Outbox
from bot.delivery.queue import DeliveryQueue
from bot.delivery.sender import Sender
from bot.emulator.clock import MovableClock
from bot.errors import UserError
from bot.followups.model import LocalTime, NewFollowUp
from bot.slack.errors import Fate, NotDelivered, Verdict
from bot.storage.backup import back_up
from bot.storage.restore import restore
from bot.storage.sqlite import SqliteDatabase, open_database
from tests.delivering import follow_ups_of
from tests.delivery.simulated_slack import SimulatedSlack, SimulatedTime
from tests.escalations.case_desk import OUTAGE, Desk

UTC_ZONE = ZoneInfo("UTC")
# `make lost-time` takes all of them
SEEDS = (range(60), range(20)) if os.environ.get("LOST_TIME") == "all" else (range(12), range(6))


class SlackWithNames(SimulatedSlack):
    """As Slack: a person is no conversation that could be looked into."""

    def arrived(self, channel: str, thread_ts: str | None, since: float, until: float) -> dict[str, str]:
        if channel[0] == "@":
            raise NotDelivered(Verdict(Fate.REFUSED, "channel_not_found"))
        return super().arrived(channel, thread_ts, since, until)


class Rep:
    """Makes follow-ups, puts them off, gives them away, does some; each life of the bot begins with `open`."""

    def __init__(self, seed: int, time: SimulatedTime, slack: SimulatedSlack) -> None:
        self.chance, self.time, self.slack = random.Random(seed), time, slack

    def open(self, database: SqliteDatabase) -> None:
        outbox = Outbox(database, "T1")
        self.service = follow_ups_of(outbox, self.time)
        self.sender = Sender(
            DeliveryQueue(outbox),
            self.slack,
            self.time,
            timedelta(seconds=25),
            timers=[self.service.timer, self.service.promises],
            run=lambda work: work(),
            monotonic=self.time.monotonic,
        )
        self.sender.recover()
        self.made: set[int] = set()

    def act(self) -> None:
        at = self.time.now() + timedelta(minutes=self.chance.choice([1, 2, 5, 20, 90]))
        due, who = LocalTime.of(at, UTC_ZONE), self.chance.choice(["U1", "U2"])
        known = sorted(self.made) or [1]
        with suppress(UserError):
            match self.chance.randrange(6):
                case 0 | 1:
                    wanted = NewFollowUp("x", who, due, self.chance.choice(["C1", "C2"]), "Acme")
                    promise = self.chance.random() < 0.3
                    self.made.add(self.service.make(NewFollowUp(**{**_of(wanted), "promise": promise}), "U1").number)
                case 2:
                    one = self.service.get(self.chance.choice(known))
                    self.service.snooze(one.number, one.occurrence, due, who, customer_knows=False)
                case 3:
                    self.service.offers.take_over(self.chance.choice(known), who)
                case 4:
                    self.service.done(self.chance.choice(known), who)
        self.pass_by(self.chance.choice([1, 5, 30, 300]))

    def pass_by(self, seconds: float) -> None:
        until = self.time.mono + seconds
        while self.time.mono < until:
            self.time.pass_by(min(self.sender.step(), until - self.time.mono))
        self.sender.step()


def _of(wanted: NewFollowUp) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in wanted.__slots__}


@pytest.mark.parametrize("seed", SEEDS[0])
def test_no_message_comes_twice_and_no_id_is_given_twice_whenever_the_backup_was_made(
    seed: int, tmp_path: Path
) -> None:
    time = SimulatedTime()
    slack = SlackWithNames(time)
    rep = Rep(seed, time, slack)
    database = open_database(tmp_path / "bot.db")
    rep.open(database)
    for _ in range(rep.chance.randrange(25)):
        rep.act()
    back_up(tmp_path / "bot.db", tmp_path / "copy.db")
    before = set(rep.made)
    for _ in range(rep.chance.randrange(1, 25)):
        rep.act()
    lost = rep.made - before
    database.close()
    for left in tmp_path.glob("bot.db*"):
        left.unlink()  # the disk is gone

    time.pass_by(rep.chance.choice([5, 60, 3600]))
    restore(tmp_path / "bot.db", tmp_path / "copy.db", time.now())
    database = open_database(tmp_path / "bot.db")
    rep.open(database)
    rep.made |= before
    for _ in range(20):
        rep.act()
    rep.pass_by(3 * 3600)

    twice = {key: times for key, times in Counter(key for key, *_ in slack.posted).items() if times > 1}
    assert twice == {}
    assert not lost & (rep.made - before)
    assert database.rows("SELECT key FROM outbox WHERE state IN ('in_doubt', 'claimed', 'sending', 'pending')") == []
    database.close()


class Case:
    """What happens to cases in a few hours, at random."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def act(self, desk: Desk) -> None:
        number, by = self.chance.randrange(1, 4), self.chance.choice(["U1", "U2", "U9"])
        with suppress(UserError, AttributeError):
            match self.chance.randrange(6):
                case 0 | 1:
                    desk.say(OUTAGE.replace("Acme", self.chance.choice(["Acme", "Bolt", "Cargo"])))
                case 2:
                    desk.cases.acknowledge(number, by)
                case 3:
                    desk.cases.pass_on(number, by)
                case 4:
                    desk.cases.close(number, by, "saved", "ours")
                case 5:
                    desk.cases.ask_to_be_added(number, by)
        desk.pass_time(self.chance.choice([1, 4, 11, 45]))


@pytest.mark.parametrize("seed", SEEDS[1])
def test_no_page_or_line_of_a_case_takes_a_key_of_the_lost_time(seed: int, tmp_path: Path) -> None:
    clock = MovableClock(datetime(2026, 11, 24, 10, 0, tzinfo=UTC), running=False)
    happens = Case(seed)
    database = open_database(tmp_path / "bot.db")
    desk = Desk(database, clock)
    for _ in range(happens.chance.randrange(1, 8)):
        happens.act(desk)
    back_up(tmp_path / "bot.db", tmp_path / "copy.db")
    for _ in range(8):
        happens.act(desk)
    lost = {row["key"] for row in database.rows("SELECT key FROM outbox")}
    cases = {row["number"] for row in database.rows("SELECT number FROM cases")}
    database.close()
    for left in tmp_path.glob("bot.db*"):
        left.unlink()

    clock.advance(minutes=happens.chance.choice([0, 5, 600]))
    restored = restore(tmp_path / "bot.db", tmp_path / "copy.db", clock.now())
    database = open_database(tmp_path / "bot.db")
    kept = {row["key"] for row in database.rows("SELECT key FROM outbox")}
    known = {row["number"] for row in database.rows("SELECT number FROM cases")}
    again = Desk(database, clock)
    again.paging.fire_due(clock.now())
    at_once = database.rows("SELECT key FROM outbox WHERE kind = 'page' AND state = 'pending'")
    assert at_once == []  # whoever took it meanwhile is left in peace
    for _ in range(8):
        happens.act(again)

    new = {row["key"] for row in database.rows("SELECT key FROM outbox")} - kept
    assert new & lost == set()
    fresh = {row["number"] for row in database.rows("SELECT number FROM cases")} - known
    assert fresh & cases == set()
    assert restored.begun.first_ids[1].startswith("E2")
    database.close()
