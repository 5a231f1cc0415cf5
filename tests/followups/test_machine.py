"""
Whatever people do, however the clock is set, and wherever the process dies: each reminder comes once, and never early.

Hypothesis makes up the stories. The database is real, time and Slack are virtual, and a plain dict says what is right.
"""

import tempfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.delivery.outbox import Outbox
from bot.delivery.queue import DeliveryQueue
from bot.delivery.sender import Sender
from bot.errors import UserError
from bot.followups.model import FollowUpState, LocalTime, NewFollowUp, Snooze, snoozed
from bot.storage.sqlite import open_database
from tests.delivering import follow_ups_of
from tests.delivery.mutants import NeverLooks
from tests.delivery.simulated_slack import Killed, Outcome, SimulatedSlack, SimulatedTime

TEAM = "T1"
SETTLE = timedelta(seconds=25)
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata"]
FAILPOINTS = ["after_fire", "after_claim", "after_mark", "after_post", "after_sent", "after_doubt", "before_look"]
FAILPOINTS += ["after_look", "after_reconcile", "after_trouble"]
PEOPLE = ["U1", "U2", "U3"]


@dataclass(frozen=True)
class Known:
    """What is right about one follow-up."""

    state: FollowUpState
    due: LocalTime
    occurrence: int
    owner: str
    zone: ZoneInfo


class FollowUpMachine(RuleBasedStateMachine):
    queue_of: type[DeliveryQueue] = DeliveryQueue

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.time = SimulatedTime()
        self.slack = SimulatedSlack(self.time)
        self.right: dict[int, Known] = {}
        self.due_of: dict[str, datetime] = {}
        self.expected: set[str] = set()
        self.kill_at = ""
        self.set_unseen = False  # the clock was set, and the bot has not looked since
        self.open()

    def open(self) -> None:
        self.database = open_database(Path(self.folder.name) / "bot.db")
        outbox = Outbox(self.database, TEAM)
        self.service = follow_ups_of(outbox, self.time)
        self.sender = Sender(
            self.queue_of(outbox),
            self.slack,
            self.time,
            SETTLE,
            timers=[self.service.timer],
            run=lambda work: work(),
            monotonic=self.time.monotonic,
            failpoint=self.failpoint,
        )
        self.sender.recover()

    def failpoint(self, name: str) -> None:
        if name == self.kill_at:
            self.kill_at = ""
            raise Killed

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    # what people do

    @rule(
        minutes=st.integers(1, 4000), zone=st.sampled_from(ZONES), thread=st.booleans(), channel=st.sampled_from("AB")
    )
    def schedule(self, minutes: int, zone: str, thread: bool, channel: str) -> None:
        where = ZoneInfo(zone)
        due = LocalTime.of(self.time.now() + timedelta(minutes=minutes), where)
        wanted = NewFollowUp("send it", "U1", due, f"C{channel}", thread_ts="1.0" if thread else None)
        made = self.service.make(wanted, "U1")
        self.right[made.number] = Known(FollowUpState.WAITING, due, 1, "U1", where)
        self.due_of[made.key] = due.at

    @precondition(lambda self: self.right)
    @rule(data=st.data(), minutes=st.integers(-100, 3000))
    def change(self, data: st.DataObject, minutes: int) -> None:
        number, known = self.some(data)
        due = LocalTime.of(self.time.now() + timedelta(minutes=minutes), known.zone)
        wanted = replace(self.service.get(number).wanted, due=due)
        self.do(number, minutes > 0 and self.is_open(known), lambda: self.service.change(number, wanted, "U1"), due)

    @precondition(lambda self: self.right)
    @rule(data=st.data(), choice=st.sampled_from(Snooze))
    def snooze(self, data: st.DataObject, choice: Snooze) -> None:
        number, known = self.some(data)
        until = snoozed(choice, self.time.now(), known.zone)
        occurrence = self.service.get(number).occurrence
        self.do(number, self.is_open(known), lambda: self.service.snooze(number, occurrence, until, "U2"), until)

    @precondition(lambda self: self.right)
    @rule(data=st.data())
    def press_an_old_snooze(self, data: st.DataObject) -> None:
        number, known = self.some(data)
        until = snoozed(Snooze.HOUR, self.time.now(), known.zone)
        self.do(number, False, lambda: self.service.snooze(number, known.occurrence - 1, until, "U2"), until)

    @precondition(lambda self: self.right)
    @rule(data=st.data(), how=st.sampled_from([FollowUpState.DONE, FollowUpState.CANCELLED]))
    def close(self, data: st.DataObject, how: FollowUpState) -> None:
        number, known = self.some(data)
        verb = self.service.done if how is FollowUpState.DONE else self.service.cancel
        try:
            verb(number, "U1")
            assert self.is_open(known)
            self.right[number] = replace(known, state=how)
        except UserError:
            assert not self.is_open(known)

    @precondition(lambda self: self.right)
    @rule(data=st.data(), to=st.sampled_from(PEOPLE))
    def reassign(self, data: st.DataObject, to: str) -> None:
        number, known = self.some(data)
        try:
            self.service.offers.take_over(number, to)
            self.right[number] = replace(known, owner=to)
        except UserError:
            assert not self.is_open(known) or known.owner == to

    # what happens to them

    @rule(minutes=st.integers(1, 5000))
    def time_passes(self, minutes: int) -> None:
        self.time.pass_by(minutes * 60)

    @rule(minutes=st.integers(-600, 600))
    def somebody_sets_the_clock(self, minutes: int) -> None:
        if self.set_unseen:
            self.deliver()  # the bot looks every second: nobody sets the clock twice in between
        self.time.set_by(timedelta(minutes=minutes))
        self.set_unseen = True

    @rule(outcomes=st.lists(st.sampled_from(Outcome), min_size=1, max_size=4))
    def slack_misbehaves(self, outcomes: list[Outcome]) -> None:
        self.slack.outcomes += outcomes

    @rule()
    def restart(self) -> None:
        self.database.close()
        self.time.pass_by(1.0)  # it takes a second, in which nothing is posted
        self.open()

    @rule(at=st.sampled_from(FAILPOINTS))
    def dies_while_delivering(self, at: str) -> None:
        self.kill_at = at
        self.deliver()
        self.kill_at = ""

    @rule()
    def deliver(self) -> None:
        """Let the bot run until nothing is left to do, dying on the way if it must."""
        self.set_unseen = False
        for _ in range(600):
            try:
                pause = self.sender.step()
            except Killed:
                self.database.close()
                self.time.pass_by(1.0)
                self.open()
                continue
            if not self.unfinished():
                break
            self.time.pass_by(min(max(pause, 0.01), 1.0))
        assert not self.unfinished(), "it never came to rest"
        now = self.time.now()
        for number, known in self.right.items():
            if known.state is FollowUpState.WAITING and known.due.at <= now:
                self.right[number] = replace(known, state=FollowUpState.DUE)
                self.expected.add(self.service.get(number).key)

    def unfinished(self) -> bool:
        open_rows = self.database.rows(
            "SELECT COUNT(*) AS n FROM outbox WHERE state IN ('pending', 'claimed', 'sending', 'in_doubt')"
        )
        due = self.service.timer.next_due()
        return bool(open_rows[0]["n"]) or (due is not None and due <= self.time.now())

    # helpers

    def some(self, data: st.DataObject) -> tuple[int, Known]:
        number = data.draw(st.sampled_from(sorted(self.right)))
        return number, self.right[number]

    def is_open(self, known: Known) -> bool:
        return known.state in (FollowUpState.WAITING, FollowUpState.DUE)

    def do(self, number: int, may: bool, verb: object, due: LocalTime) -> None:
        """Carry out *verb*, which gives the follow-up a new time, if it may be."""
        known = self.right[number]
        try:
            changed = verb()  # type: ignore[operator]
        except UserError:
            assert not may
            return
        assert may
        self.right[number] = replace(known, state=FollowUpState.WAITING, due=due, occurrence=known.occurrence + 1)
        self.due_of[changed.key] = due.at

    # what always holds

    @invariant()
    def nothing_is_posted_twice_or_early(self) -> None:
        keys = [key for key, *_ in self.slack.posted]
        assert len(keys) == len(set(keys))
        for key, _, _, at, _ in self.slack.posted:
            assert ":answered:" in key or at >= self.due_of[key]

    @invariant()
    def what_was_due_was_posted(self) -> None:
        missing = self.expected - {key for key, *_ in self.slack.posted}
        assert not missing, self.database.rows("SELECT * FROM outbox WHERE key = :key", {"key": min(missing)})

    @invariant()
    def the_database_says_what_is_right(self) -> None:
        for number, known in self.right.items():
            kept = self.service.get(number)
            assert (kept.state, kept.occurrence, kept.wanted.owner) == (known.state, known.occurrence, known.owner)
            if known.state is FollowUpState.WAITING:
                assert kept.wanted.due == known.due

    @invariant()
    def slack_is_not_pressed(self) -> None:
        assert self.slack.too_fast == 0


FollowUpMachine.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a story of forty steps takes minutes
)
TestFollowUps = FollowUpMachine.TestCase


class NeverLooksMachine(FollowUpMachine):
    """The same with delivery that is broken on purpose."""

    queue_of = NeverLooks


def test_the_machine_catches_delivery_that_never_looks() -> None:
    broken = settings(
        max_examples=200,
        stateful_step_count=40,
        deadline=None,
        database=None,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(NeverLooksMachine, settings=settings(broken, phases=[Phase.generate]))
