"""
Whatever people do to recurring follow-ups, and wherever the process dies: each occurrence comes once, and never early.

Hypothesis makes up the stories. The database is real, time and Slack are virtual; what is right is kept beside it, by
the pure steps that `test_series.py` tests on their own.
"""
# ruff: noqa: DTZ001 - local times

import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.delivery.outbox import Outbox
from bot.delivery.queue import DeliveryQueue
from bot.delivery.sender import Sender
from bot.errors import UserError
from bot.followups.model import FollowUp, FollowUpState, LocalTime, NewFollowUp
from bot.followups.series import Series, no_holidays
from bot.followups.series_steps import came, done, paused, put_off, resumed
from bot.storage.sqlite import open_database
from tests.delivering import follow_ups_of
from tests.delivery.simulated_slack import Killed, Outcome, SimulatedSlack, SimulatedTime

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata"]
RULES = ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"]
RULES += ["FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=DAILY;COUNT=4"]
FAILPOINTS = ["after_fire", "after_claim", "after_mark", "after_post", "after_sent", "before_look", "after_look"]


class SeriesMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.time = SimulatedTime()
        self.slack = SimulatedSlack(self.time)
        self.right: dict[int, FollowUp] = {}
        self.expected: dict[str, datetime] = {}
        self.may_come: dict[str, datetime] = {}
        self.kill_at = ""
        self.open()

    def open(self) -> None:
        self.database = open_database(Path(self.folder.name) / "bot.db")
        outbox = Outbox(self.database, "T1")
        self.service = follow_ups_of(outbox, self.time)
        self.sender = Sender(
            DeliveryQueue(outbox), self.slack, self.time, timedelta(seconds=25), timers=[self.service.timer],
            run=lambda work: work(), monotonic=self.time.monotonic, failpoint=self.failpoint,
        )  # fmt: skip
        self.sender.recover()

    def failpoint(self, name: str) -> None:
        if name == self.kill_at:
            self.kill_at = ""
            raise Killed

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    def restarted(self) -> None:
        self.database.close()
        self.time.pass_by(1.0)
        self.open()

    # what people do

    @rule(rule=st.sampled_from(RULES), hour=st.sampled_from([2, 9]), minute=st.sampled_from([0, 30]),
          zone=st.sampled_from(ZONES))  # fmt: skip
    def schedule(self, rule: str, hour: int, minute: int, zone: str) -> None:
        if len(self.right) >= 3:
            return
        where = ZoneInfo(zone)
        series = self.series_from(rule, self.time.now().astimezone(where).replace(tzinfo=None), hour, minute, where)
        due = LocalTime.local(series.starts, where)
        if due.at <= self.time.now():
            return
        made = self.service.make(NewFollowUp("look", "U1", due, "CA", series=series), "U1")
        self.right[made.number] = made

    def series_from(self, rule: str, now: datetime, hour: int, minute: int, zone: ZoneInfo) -> Series:
        begins = datetime(now.year, now.month, now.day, hour, minute) + timedelta(days=1)
        series = Series(rule.replace(";COUNT=4", ""), begins, zone)
        return Series(rule, next(series.times(begins - timedelta(minutes=1))), zone)

    @precondition(lambda self: self.right)
    @rule(data=st.data())
    def press_done(self, data: st.DataObject) -> None:
        one = self.some(data)
        following = done(one, no_holidays) if one.is_open and one.paused_at is None else None
        self.do(one, one.is_open and one.paused_at is None, lambda: self.service.done(one.number, "U1"), following)

    @precondition(lambda self: self.right)
    @rule(data=st.data())
    def press_an_old_done(self, data: st.DataObject) -> None:
        one = self.some(data)
        self.do(one, False, lambda: self.service.done(one.number, "U1", occurrence=one.occurrence - 1), one)

    @precondition(lambda self: self.right)
    @rule(data=st.data(), minutes=st.integers(1, 4000))
    def snooze(self, data: st.DataObject, minutes: int) -> None:
        one = self.some(data)
        until = LocalTime.of(self.time.now() + timedelta(minutes=minutes), one.wanted.due.zone)
        may = one.is_open and one.paused_at is None
        moved = put_off(one, until, no_holidays) if may else one
        self.do(one, may, lambda: self.service.snooze(one.number, one.occurrence, until, "U1"), moved)

    @precondition(lambda self: self.right)
    @rule(data=st.data())
    def pause(self, data: st.DataObject) -> None:
        one = self.some(data)
        may = one.is_open and one.paused_at is None
        self.do(one, may, lambda: self.service.series.pause(one.number, "U1"), paused(one, self.time.now()))

    @precondition(lambda self: self.right)
    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        one = self.some(data)
        is_paused = one.is_open and one.paused_at is not None
        again = resumed(one, self.time.now(), no_holidays) if is_paused else None
        self.do(one, is_paused and again is not None, lambda: self.service.series.resume(one.number, "U1"), again)

    @precondition(lambda self: self.right)
    @rule(data=st.data(), minutes=st.integers(1, 3000))
    def change_this_one(self, data: st.DataObject, minutes: int) -> None:
        one = self.some(data)
        due = LocalTime.of(self.time.now() + timedelta(minutes=minutes), one.wanted.due.zone)
        wanted = replace(one.wanted, due=due)
        following = done(one, no_holidays)
        may = one.is_open and (following is None or following.wanted.due.at > due.at)
        moved = replace(one, wanted=wanted, state=FollowUpState.WAITING, next_at=None,
                        occurrence=one.occurrence + 1)  # fmt: skip
        self.do(one, may, lambda: self.service.change(one.number, wanted, "U1", this_one=True), moved)

    @precondition(lambda self: self.right)
    @rule(data=st.data(), rule=st.sampled_from(RULES), hour=st.sampled_from([1, 8]))
    def change_all_from_now_on(self, data: st.DataObject, rule: str, hour: int) -> None:
        one = self.some(data)
        zone = one.wanted.due.zone
        series = self.series_from(rule, self.time.now().astimezone(zone).replace(tzinfo=None), hour, 0, zone)
        due = LocalTime.local(series.starts, zone)
        wanted = replace(one.wanted, due=due, series=series)
        moved = replace(one, wanted=wanted, planned=series.starts, state=FollowUpState.WAITING, next_at=None, missed=0,
                        occurrence=one.occurrence + 1)  # fmt: skip
        may = one.is_open and due.at > self.time.now()
        self.do(one, may, lambda: self.service.change(one.number, wanted, "U1"), moved)

    @precondition(lambda self: self.right)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        one = self.some(data)
        ended = replace(one, state=FollowUpState.CANCELLED)
        self.do(one, one.is_open, lambda: self.service.cancel(one.number, "U1"), ended)

    # what happens to them

    @rule(minutes=st.integers(1, 6000))
    def time_passes(self, minutes: int) -> None:
        self.time.pass_by(minutes * 60)

    @rule(outcomes=st.lists(st.sampled_from(Outcome), min_size=1, max_size=4))
    def slack_misbehaves(self, outcomes: list[Outcome]) -> None:
        self.slack.outcomes += outcomes

    @rule(at=st.sampled_from(FAILPOINTS))
    def dies_while_delivering(self, at: str) -> None:
        self.kill_at = at
        self.deliver()
        self.kill_at = ""

    @rule()
    def deliver(self) -> None:
        """Let the bot run until nothing is left to do, dying on the way if it must."""
        began = self.time.now()
        for _ in range(800):
            try:
                pause = self.sender.step()
            except Killed:
                self.restarted()
                continue
            self.go_on(began)
            if not self.unfinished():
                break
            self.time.pass_by(min(max(pause, 0.01), 1.0))
        assert not self.unfinished(), "it never came to rest"

    def go_on(self, began: datetime) -> None:
        """What has come by now, as it should have."""
        for number, one in self.right.items():
            kept = self.service.get(number)
            while one.is_open and one.paused_at is None and kept.occurrence >= one.occurrence:
                is_due = one.wanted.due.at if one.state is FollowUpState.WAITING else one.next_at
                if (
                    is_due is None
                    or is_due > self.time.now()
                    or (kept.state, kept.occurrence) == (one.state, one.occurrence)
                ):
                    break
                # it fell due in one step, at some moment since: of those that give what was kept, the first
                one = self.as_kept(one, kept, is_due)
            self.right[number] = one
            if one.state is FollowUpState.DUE:
                self.expected[one.key] = one.wanted.due.at

    def as_kept(self, one: FollowUp, kept: FollowUp, due: datetime) -> FollowUp:
        gone_on = came(one, self.time.now(), no_holidays)
        if kept.planned is not None and gone_on.planned is not None and kept.planned < gone_on.planned:
            gone_on = came(one, max(due, kept.wanted.due.at), no_holidays)
        return gone_on

    def unfinished(self) -> bool:
        open_rows = self.database.rows(
            "SELECT COUNT(*) AS n FROM outbox WHERE state IN ('pending', 'claimed', 'sending', 'in_doubt')"
        )
        due = self.service.timer.next_due()
        return bool(open_rows[0]["n"]) or (due is not None and due <= self.time.now())

    # helpers

    def some(self, data: st.DataObject) -> FollowUp:
        return self.right[data.draw(st.sampled_from(sorted(self.right)))]

    def do(self, one: FollowUp, may: bool, verb: object, after: FollowUp | None) -> None:
        try:
            verb()  # type: ignore[operator]
        except UserError:
            assert not may
            return
        assert may
        if one.state is FollowUpState.DUE:
            self.expected.pop(one.key, None)  # it may have been taken back before it left
            self.may_come[one.key] = one.wanted.due.at
        self.right[one.number] = after or replace(one, state=FollowUpState.DONE)

    # what always holds

    @invariant()
    def nothing_is_posted_twice_or_early(self) -> None:
        keys = [key for key, *_ in self.slack.posted]
        assert len(keys) == len(set(keys))
        for key, _, _, at, _ in self.slack.posted:
            due = self.expected.get(key, self.may_come.get(key))
            assert due is not None, key
            assert at >= due

    @invariant()
    def what_was_due_was_posted(self) -> None:
        if not self.unfinished():
            assert not self.expected.keys() - {key for key, *_ in self.slack.posted}

    @invariant()
    def the_database_says_what_is_right(self) -> None:
        if self.unfinished():
            return
        for number, one in self.right.items():
            kept = self.service.get(number)
            assert (kept.state, kept.occurrence, kept.planned, kept.missed) == (
                one.state, one.occurrence, one.planned, one.missed,
            )  # fmt: skip
            assert kept.wanted.due == one.wanted.due
            assert kept.next_at == (one.next_at if one.is_open else kept.next_at)


SeriesMachine.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
TestSeries = SeriesMachine.TestCase
