"""Recurring follow-ups, offers and absences on a real SQLite, with a clock that is moved."""
# ruff: noqa: DTZ001 - local times

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.delivery.outbox import Outbox
from bot.delivery.queue import DeliveryQueue
from bot.delivery.redraw import Redraws
from bot.delivery.sender import Sender
from bot.emulator.clock import MovableClock
from bot.errors import UserError
from bot.followups.days_off import check_country, holidays_of, without_skipping
from bot.followups.model import FollowUp, FollowUpState, Gone, LocalTime, NewFollowUp, Seeking
from bot.followups.occurrences import OccurrenceEnd, Occurrences
from bot.followups.promise_ends import PromiseRecord
from bot.followups.series import Series
from bot.followups.store import FollowUpStore
from bot.followups.undoing import FollowUpUndo
from bot.followups.zone_changes import ZoneChanges
from bot.storage.sqlite import open_database
from tests.delivering import NoUpdates, follow_ups_of
from tests.delivery.simulated_slack import SimulatedSlack, SimulatedTime

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 9:00 in Berlin


class Desk:
    """What a test does and sees: a bot without Slack, in Berlin."""

    def __init__(self, folder: Path) -> None:
        self.clock = MovableClock(MONDAY, running=False)
        self.database = open_database(folder / "bot.db")
        self.outbox = Outbox(self.database, "T1")
        self.service = follow_ups_of(self.outbox, self.clock)
        self.store = FollowUpStore(self.database, "T1")
        self.past = Occurrences(self.database, "T1")

    def make(self, rule: str, wall: datetime, *, promise: bool = False, holidays: str = "") -> FollowUp:
        series = Series(rule, wall, BERLIN, holidays)
        wanted = NewFollowUp(
            "check usage", "U1", LocalTime.local(wall, BERLIN), "C1", "Acme", series=series, promise=promise
        )
        return self.service.make(wanted, "U1")

    def daily(self, **how: object) -> FollowUp:
        return self.make("FREQ=DAILY", datetime(2026, 11, 24, 9), **how)  # type: ignore[arg-type]

    def at(self, *wall: int) -> "Desk":
        """It is that local time, and what is due has fired."""
        then = datetime(*wall, tzinfo=BERLIN).astimezone(UTC)  # type: ignore[arg-type, misc]
        self.clock.advance(then - self.clock.now())
        self.service.timer.fire_due(self.clock.now())
        self.service.promises.fire_due(self.clock.now())
        return self

    def undo(self, by: str) -> None:
        """What *by* did last is taken back."""
        redraws = Redraws(self.outbox, NoUpdates())
        last = FollowUpUndo(self.store, self.service, self.outbox, redraws, self.clock).last(by, MONDAY)
        assert last is not None
        last.take_back("")

    @property
    def one(self) -> FollowUp:
        return self.service.get(1)

    def reminders(self) -> list[str]:
        return [one.draft.key for one in self.outbox.about("F1") if one.draft.kind == "reminder"]

    def told(self, person: str) -> list[str]:
        return [one.draft.message.text for one in self.outbox.about("F1") if one.draft.recipient == person]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.database.close()


def test_done_means_this_occurrence_and_the_next_one_comes(desk: Desk) -> None:
    desk.daily()
    desk.at(2026, 11, 24, 9)
    assert desk.one.state is FollowUpState.DUE

    after = desk.service.done(1, "U2", occurrence=1)

    assert (after.state, after.wanted.due.wall, after.occurrence) == (
        FollowUpState.WAITING,
        datetime(2026, 11, 25, 9),
        2,
    )
    desk.at(2026, 11, 25, 9)
    assert desk.reminders() == ["F1:1:2026-11-24", "F1:2:2026-11-25"]
    past = desk.past.of("F1:1:2026-11-24")
    assert past is not None
    assert (past.how, past.who) == (OccurrenceEnd.DONE, "U2")


def test_an_old_done_says_that_it_is_over_and_changes_nothing(desk: Desk) -> None:
    desk.daily()
    desk.at(2026, 11, 24, 9)
    desk.service.done(1, "U2", occurrence=1)

    with pytest.raises(UserError, match=r"That one is over\. F1 has another time now: tomorrow 9:00"):
        desk.service.done(1, "U2", occurrence=1)

    assert desk.one.occurrence == 2


def test_snooze_moves_this_one_only(desk: Desk) -> None:
    desk.daily()
    desk.at(2026, 11, 24, 9)

    desk.service.snooze(1, 1, LocalTime.local(datetime(2026, 11, 24, 15), BERLIN), "U1")

    assert [one.wall for one in desk.service.series.coming(desk.one)] == [
        datetime(2026, 11, 24, 15),
        datetime(2026, 11, 25, 9),
        datetime(2026, 11, 26, 9),
    ]
    desk.at(2026, 11, 24, 15)
    desk.at(2026, 11, 25, 9)
    assert desk.reminders() == ["F1:1:2026-11-24", "F1:2:2026-11-24", "F1:3:2026-11-25"]
    assert desk.one.missed == 1


def test_several_missed_become_one_with_how_many(desk: Desk) -> None:
    desk.daily()

    desk.at(2026, 11, 27, 9, 30)

    assert desk.reminders() == ["F1:4:2026-11-27"]
    assert desk.one.missed == 3
    [sent] = desk.outbox.about("F1")
    assert "It stands for 3 before it" in str(sent.draft.message.blocks)
    desk.service.done(1, "U1")
    assert (desk.one.missed, desk.one.wanted.due.wall) == (0, datetime(2026, 11, 28, 9))


def test_what_nobody_presses_comes_again_as_one(desk: Desk) -> None:
    desk.daily()
    for day in (24, 25, 26):
        desk.at(2026, 11, day, 9)

    assert desk.reminders() == ["F1:1:2026-11-24", "F1:2:2026-11-25", "F1:3:2026-11-26"]
    assert desk.one.missed == 2
    first = desk.past.of("F1:1:2026-11-24")
    assert first is not None
    assert first.how is OccurrenceEnd.MISSED


def test_pause_resume_and_end(desk: Desk) -> None:
    desk.daily()
    desk.at(2026, 11, 24, 9)

    desk.service.series.pause(1, "U1")
    desk.at(2026, 11, 30, 12)

    assert len(desk.reminders()) == 1
    with pytest.raises(UserError, match="F1 is paused already"):
        desk.service.series.pause(1, "U1")
    with pytest.raises(UserError, match="F1 is paused, so nothing of it is due"):
        desk.service.done(1, "U1")
    resumed = desk.service.series.resume(1, "U1")
    assert (resumed.wanted.due.wall, resumed.missed) == (datetime(2026, 12, 1, 9), 0)
    with pytest.raises(UserError, match="F1 is not paused: it comes tomorrow 9:00"):
        desk.service.series.resume(1, "U1")
    assert desk.service.cancel(1, "U1").state is FollowUpState.CANCELLED
    desk.at(2026, 12, 5, 9)
    assert len(desk.reminders()) == 1


def test_only_what_recurs_can_be_paused(desk: Desk) -> None:
    desk.service.make(NewFollowUp("x", "U1", LocalTime.local(datetime(2026, 11, 24, 9), BERLIN), "C1"), "U1")
    with pytest.raises(UserError, match="F1 comes once"):
        desk.service.series.pause(1, "U1")


def test_this_one_is_changed_or_all_from_now_on(desk: Desk) -> None:
    one = desk.daily()
    moved = LocalTime.local(datetime(2026, 11, 24, 11), BERLIN)
    changed = desk.service.change(1, NewFollowUp(**{**_of(one.wanted), "due": moved}), "U1", this_one=True)
    assert [each.wall.hour for each in desk.service.series.coming(changed)] == [11, 9, 9]

    wall = datetime(2026, 11, 30, 8)
    weekly = Series("FREQ=WEEKLY;BYDAY=MO", wall, BERLIN)
    wanted = NewFollowUp(**{**_of(one.wanted), "due": LocalTime.local(wall, BERLIN), "series": weekly})
    changed = desk.service.change(1, wanted, "U1")

    assert [each.wall.day for each in desk.service.series.coming(changed)] == [30, 7, 14]


def test_another_text_for_all_leaves_their_times_and_how_many_are_left(desk: Desk) -> None:
    desk.make("FREQ=DAILY;COUNT=5", datetime(2026, 11, 24, 9))
    for day in (24, 25):
        desk.at(2026, 11, day, 9)
        desk.service.done(1, "U1")
    later = LocalTime.local(datetime(2026, 11, 26, 11), BERLIN)
    desk.service.change(1, NewFollowUp(**{**_of(desk.one.wanted), "due": later}), "U1", this_one=True)

    changed = desk.service.change(1, NewFollowUp(**{**_of(desk.one.wanted), "text": "check it twice"}), "U1")

    assert [each.wall for each in desk.service.series.coming(changed, 9)] == [
        datetime(2026, 11, 26, 11),
        datetime(2026, 11, 27, 9),
        datetime(2026, 11, 28, 9),
    ]
    assert changed.series is not None
    assert changed.planned is not None
    assert "COUNT=3" in changed.series.rule_from(changed.planned)


def test_this_one_is_not_moved_behind_the_next(desk: Desk) -> None:
    one = desk.daily()
    moved = LocalTime.local(datetime(2026, 11, 26, 11), BERLIN)
    with pytest.raises(UserError, match="The next one comes before that"):
        desk.service.change(1, NewFollowUp(**{**_of(one.wanted), "due": moved}), "U1", this_one=True)


def test_the_last_one_done_ends_it(desk: Desk) -> None:
    desk.make("FREQ=DAILY;COUNT=2", datetime(2026, 11, 24, 9))
    desk.at(2026, 11, 24, 9)
    desk.service.done(1, "U1")
    desk.at(2026, 11, 25, 9)
    assert desk.service.done(1, "U1").state is FollowUpState.DONE


@pytest.mark.parametrize(
    ("typed", "rest", "country"),
    [
        ("every friday skip holidays call", "every friday call", ""),
        ("every day unless it's a bank holiday call", "every day call", ""),
        ("every day skip holidays of the United States call", "every day call", "US"),
        ("every day except public holidays in the UK call", "every day call", "GB"),
        ("every day without holidays of DE-BY call", "every day call", "DE-BY"),
        ("check it weekly, skip holidays of the U.S.", "check it weekly", "US"),
        ("every day skip holidays in my region call", "every day in my region call", ""),
        (
            "every day check that Anna is not taking holidays",
            "every day check that Anna is not taking holidays",
            None,
        ),
        ("every day don't skip holidays", "every day don't skip holidays", None),
        ("every day plan the holidays", "every day plan the holidays", None),
    ],
)
def test_whose_holidays_are_meant(typed: str, rest: str, country: str | None) -> None:
    found, named = without_skipping(typed)
    assert (found, check_country(named) if named else named) == (rest, country)


def test_holidays_that_are_named_another_way_are_refused_rather_than_those_of_ones_own_country() -> None:
    _, named = without_skipping("every friday skip german holidays call")
    with pytest.raises(UserError, match='no holidays of "german"'):
        check_country(named or "")


def test_holidays_of_a_country_are_skipped(desk: Desk) -> None:
    one = desk.make("FREQ=WEEKLY;BYDAY=FR", datetime(2026, 12, 18, 9), holidays="DE")
    assert [each.wall.date() for each in desk.service.series.coming(one)] == [
        datetime(2026, 12, 18).date(),
        datetime(2027, 1, 8).date(),  # both Fridays in between are holidays
        datetime(2027, 1, 15).date(),
    ]
    assert holidays_of("DE")(datetime(2026, 12, 25).date())


def test_a_recurring_promise_counts_each_time(desk: Desk) -> None:
    desk.daily(promise=True)
    desk.at(2026, 11, 24, 9)
    desk.service.done(1, "U1")
    desk.at(2026, 11, 25, 9)
    desk.at(2026, 11, 25, 9, 20)
    assert [one.follow_up.id for one in desk.service.promises.broken()] == ["F1"]
    desk.service.done(1, "U1")
    desk.at(2026, 11, 26, 9)
    desk.at(2026, 11, 26, 9, 20)
    desk.at(2026, 11, 27, 9)

    assert desk.service.promises.ends.record_of("U1") == PromiseRecord(kept=1, late=1, broken=1)
    assert desk.service.promises.ends.record_for("ACME", lambda channel: True) == PromiseRecord(1, 1, 1)
    assert not desk.service.promises.ends.record_for("Acme", lambda channel: False)


def test_a_promise_that_was_paused_or_ended_by_mistake_is_watched_again(desk: Desk) -> None:
    one = desk.daily(promise=True)
    watched = desk.service.watch(one)
    desk.service.series.pause(1, "U1")
    assert desk.service.watch(desk.one) is None
    desk.service.series.resume(1, "U1")
    assert desk.service.watch(desk.one) == watched

    for verb in (desk.service.cancel, desk.service.series.pause):
        verb(1, "U1")
        desk.undo("U1")
        assert desk.service.watch(desk.one) == watched


def test_a_paused_promise_is_neither_warned_of_nor_broken_whatever_is_changed(desk: Desk) -> None:
    one = desk.daily(promise=True)
    desk.service.series.pause(1, "U1")
    moved = LocalTime.local(datetime(2026, 11, 24, 11), BERLIN)
    desk.service.change(1, NewFollowUp(**{**_of(one.wanted), "due": moved}), "U1", this_one=True)

    desk.at(2026, 11, 25, 12)

    assert desk.service.promises.broken() == []
    assert not desk.told("U1")


def test_once_a_broken_one_was_heard_of_the_next_is_watched_and_it_is_late_when_it_is_done(desk: Desk) -> None:
    desk.daily(promise=True)
    desk.at(2026, 11, 24, 9, 20)
    desk.service.broken_reported(1)
    assert desk.one.is_broken

    desk.service.done(1, "U1")

    assert not desk.one.is_broken
    assert desk.service.promises.ends.record_of("U1") == PromiseRecord(late=1)
    assert desk.service.watch(desk.one) is not None
    desk.undo("U1")
    assert (desk.one.is_broken, desk.service.promises.ends.record_of("U1")) == (True, PromiseRecord(broken=1))
    desk.at(2026, 11, 25, 9)
    assert not desk.one.is_broken
    desk.at(2026, 11, 25, 9, 20)
    assert [each.follow_up.id for each in desk.service.promises.broken()] == ["F1"]
    assert desk.service.promises.ends.record_of("U1") == PromiseRecord(broken=2)


def test_what_is_done_again_after_an_undo_is_taken_back_again(desk: Desk) -> None:
    desk.daily()
    desk.at(2026, 11, 24, 9)
    desk.database.execute("UPDATE outbox SET state = 'sent', slack_ts = '1.1', sent_at = due_at", {})
    for _ in range(3):
        desk.service.done(1, "U1")
        desk.undo("U1")
        assert (desk.one.state, desk.one.wanted.due.wall) == (FollowUpState.DUE, datetime(2026, 11, 24, 9))


def test_another_text_does_not_count_as_putting_it_off(desk: Desk) -> None:
    one = desk.daily(promise=True)
    desk.service.change(1, NewFollowUp(**{**_of(one.wanted), "text": "check it twice"}), "U1")
    assert not desk.service.is_put_off(desk.one)

    later = LocalTime.local(datetime(2026, 11, 24, 11), BERLIN)
    desk.service.snooze(1, desk.one.occurrence, later, "U1", customer_knows=True)
    assert desk.service.is_put_off(desk.one)
    desk.undo("U1")
    assert not desk.service.is_put_off(desk.one)


def test_a_promise_is_put_off_once_and_counts_anew_only_where_the_customer_knows(desk: Desk) -> None:
    due = LocalTime.local(datetime(2026, 11, 24, 9), BERLIN)
    for number in (1, 2):
        desk.service.make(NewFollowUp("send it", "U1", due, "C1", "Acme", promise=True), "U1")
        assert number
    desk.at(2026, 11, 24, 9)
    later = LocalTime.local(datetime(2026, 11, 24, 15), BERLIN)
    with pytest.raises(UserError, match="Does the customer know the new time"):
        desk.service.snooze(1, 1, later, "U1")

    desk.service.snooze(1, 1, later, "U1", customer_knows=True)
    desk.service.snooze(2, 1, later, "U1", customer_knows=False)

    desk.at(2026, 11, 24, 9, 30)
    assert [one.follow_up.id for one in desk.service.promises.broken()] == ["F2"]
    with pytest.raises(UserError, match="off once already"):
        desk.service.snooze(1, 2, LocalTime.local(datetime(2026, 11, 24, 16), BERLIN), "U1", customer_knows=True)


def test_an_offer_is_accepted_once_and_only_by_whom_it_was_made_to(desk: Desk) -> None:
    desk.daily()
    offers = desk.service.offers
    offers.offer(1, "U2", "U1")
    with pytest.raises(UserError, match="not offered to you any more"):
        offers.accept(1, "U3")
    with pytest.raises(UserError, match="has been asked to take F1 already"):
        offers.offer(1, "U2", "U1")

    assert offers.accept(1, "U2").wanted.owner == "U2"

    with pytest.raises(UserError, match="F1 is yours already"):
        offers.accept(1, "U2")
    with pytest.raises(UserError, match="is <@U2>'s already"):
        offers.offer(1, "U2", "U1")
    assert "<@U2> has F1 now" in desk.told("U1")[0]


def test_an_offer_that_ends_with_its_follow_up_is_told(desk: Desk) -> None:
    desk.daily()
    desk.service.offers.offer(1, "U2", "U1")
    desk.service.cancel(1, "U1")
    assert any("You need not take F1 any more" in text for text in desk.told("U2"))
    with pytest.raises(UserError, match="F1 was cancelled by <@U1>"):
        desk.service.offers.accept(1, "U2")


def test_an_owner_who_is_gone_when_it_falls_due_is_stood_in_for(desk: Desk) -> None:
    desk.daily()
    desk.service.timer.who_is_gone = lambda owner, channel: Seeking(Gone.AWAY) if owner == "U1" else None
    desk.at(2026, 11, 24, 9)
    assert desk.one.seeking == Seeking(Gone.AWAY)
    [sent] = desk.outbox.about("F1")
    assert "<@U1> is away. Who takes it?" in str(sent.draft.message.blocks)
    assert "Take it over" in str(sent.draft.message.blocks)

    taken = desk.service.offers.take_over(1, "U3")

    assert (taken.wanted.owner, taken.seeking) == ("U3", None)
    assert "<@U3> has F1 now" in desk.told("U1")[0]


def zones_of(desk: Desk, version: str) -> ZoneChanges:
    from bot.delivery.redraw import Redraws

    redraws = Redraws(desk.outbox, NoUpdates())  # type: ignore[arg-type]
    return ZoneChanges(
        desk.store, desk.service.promises, desk.outbox, redraws, desk.clock, holidays_of, lambda: version, lambda: None
    )


def test_new_rules_of_a_zone_move_the_instant_and_not_the_local_time_and_its_owner_is_told(desk: Desk) -> None:
    due = LocalTime.local(datetime(2026, 11, 24, 9), BERLIN)
    desk.service.make(NewFollowUp("send it", "U1", due, "C1", promise=True), "U1")
    desk.daily()
    assert zones_of(desk, "2026a").look() == 0
    # as if it had been planned by rules under which clocks in Berlin were an hour behind those of today
    early = "2026-11-24T09:00:00.000+00:00"
    desk.database.execute("UPDATE followups SET due_at = :at", {"at": early})
    desk.database.execute("UPDATE promises SET due_at = :at", {"at": early})
    assert zones_of(desk, "2026a").look() == 0, "nothing is looked at while the rules are the same"

    assert zones_of(desk, "2026b").look() == 2

    assert [desk.service.get(number).wanted.due.at for number in (1, 2)] == [due.at, due.at]
    assert any("The rules of the clocks in Europe/Berlin have changed" in text for text in desk.told("U1"))
    assert zones_of(desk, "2026b").look() == 0


def test_an_hour_that_comes_twice_is_not_moved_by_new_rules(desk: Desk) -> None:
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # 2:30 for the second time
    one = desk.service.make(NewFollowUp("x", "U1", LocalTime.of(second, BERLIN), "C1"), "U1")
    assert zones_of(desk, "2026c").look() == 0
    assert desk.service.get(one.number).wanted.due.at == second


def test_a_thousand_recurring_ones_at_nine_in_one_channel_come_once_each(tmp_path: Path) -> None:
    time = SimulatedTime(MONDAY)
    slack = SimulatedSlack(time)
    database = open_database(tmp_path / "bot.db")
    outbox = Outbox(database, "T1")
    service = follow_ups_of(outbox, time)
    wall = datetime(2026, 11, 24, 9)
    series = Series("FREQ=DAILY", wall, BERLIN)
    for number in range(1000):
        service.make(NewFollowUp(f"look at {number}", "U1", LocalTime.local(wall, BERLIN), "C1", series=series), "U1")
    sender = Sender(
        DeliveryQueue(outbox), slack, time, timedelta(seconds=25), timers=[service.timer], run=lambda work: work(),
        monotonic=time.monotonic,
    )  # fmt: skip
    for _ in range(2):
        time.pass_by(24 * 3600)
        for _ in range(3000):
            pause = sender.step()
            if not database.rows("SELECT 1 FROM outbox WHERE state IN ('pending', 'claimed', 'sending') LIMIT 1"):
                break
            time.pass_by(max(pause, 0.05))
    keys = [key for key, *_ in slack.posted]
    assert len(keys) == len(set(keys)) == 2000
    assert slack.too_fast == 0
    database.close()


def _of(wanted: NewFollowUp) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in NewFollowUp.__dataclass_fields__}
