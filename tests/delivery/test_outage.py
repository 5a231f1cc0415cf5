"""After an outage, and where many are to be written to: Slack is not stormed, and a page overtakes everything."""

import pytest

from bot.delivery.model import DeliveryState
from bot.delivery.outage import Answering, Outage
from bot.delivery.posters import POSTERS
from bot.delivery.rate_limit import MethodGates, RateLimiter
from bot.delivery.redraw import Redraws
from bot.delivery.transport import HISTORY, OPEN, UPDATE
from bot.slack.block_kit import message
from bot.slack.errors import Fate, NotDelivered, Verdict
from bot.storage.sqlite import SqliteDatabase
from tests.delivery.crowd import CHANNELS, floor_s, in_doubt_everywhere
from tests.delivery.desk import Desk
from tests.delivery.simulated_slack import POST, PROBE, START, TROUBLES, Outcome

DOWN = next(one for one in TROUBLES if one.name == "503 without")


@pytest.fixture
def desk(database: SqliteDatabase) -> Desk:
    made = Desk(database, join=False)
    made.slack.limited = True
    return made


def test_while_slack_is_away_one_probe_goes_at_growing_pauses_and_nothing_else(desk: Desk) -> None:
    desk.run(1)
    for number in range(200):
        desk.plan(f"F{number}:1", f"C{number}")
    desk.slack.down = DOWN
    desk.slack.calls.clear()
    desk.run(300)

    assert desk.slack.calls[POST] == 3
    assert desk.slack.calls[HISTORY] == 0
    assert 12 <= desk.slack.calls[PROBE] <= 16  # after 1, 2, 4, 8, 16, and then every 30 seconds
    assert f"Slack has not answered since {START:%d %b}" in str(desk.sender.what_is_wrong())

    desk.slack.down = None
    desk.run(120)
    assert len(desk.keys) == 200
    assert desk.sender.what_is_wrong() is None


def test_a_single_failure_stops_nobody(desk: Desk) -> None:
    desk.slack.outcomes = [Outcome.LOST]
    for number in range(20):
        desk.plan(f"F{number}:1", f"C{number}")
    desk.run(1)
    assert len(desk.keys) == 19


def test_a_thousand_channels_in_doubt_are_clear_as_soon_as_slacks_pace_allows(desk: Desk) -> None:
    in_doubt_everywhere(desk, down_for_s=20.0)
    began = desk.time.mono
    desk.run(2 * floor_s(), until=lambda: desk.time.mono - began > 60 and not desk.sender.counts())

    assert len(desk.keys) == CHANNELS
    assert len(set(desk.keys)) == CHANNELS
    assert desk.time.mono - began <= 1.2 * floor_s()
    assert desk.slack.refused.total() <= 0.01 * desk.slack.calls.total()


def test_pages_in_doubt_are_looked_for_before_reminders_in_doubt(desk: Desk) -> None:
    in_doubt_everywhere(desk, down_for_s=20.0, urgent=[990, 995, 999])
    desk.run(60, until=lambda: len(desk.slack.looks) >= 3)

    assert [channel for channel, *_ in desk.slack.looks[:3]] == ["C990", "C995", "C999"]


def test_a_page_planned_in_an_outage_overtakes_thousands_of_reminders_and_of_people_to_be_told(desk: Desk) -> None:
    desk.slack.posts_a_minute = 300
    desk.run(1)
    with desk.database.transaction():
        for number in range(5_000):
            desk.plan(f"F{number}:1", f"C{number % 2_500}")
        for number in range(150):
            desk.plan(f"G{number}:1", f"@U{number}")
    desk.run(10)  # long enough for Slack to refuse some
    desk.slack.down = DOWN
    desk.run(20)
    desk.plan("E1:1", "@UMANAGER", urgent=True)
    desk.run(5)
    desk.slack.down = None
    answers_from = desk.time.mono
    desk.run(60, until=lambda: "E1:1" in desk.keys)

    assert desk.time.mono - answers_from <= 2.0


def test_a_page_planned_while_thousands_go_out_leaves_at_once(desk: Desk) -> None:
    desk.slack.posts_a_minute = 300
    with desk.database.transaction():
        for number in range(5_000):
            desk.plan(f"F{number}:1", f"C{number % 2_500}")
        for number in range(150):
            desk.plan(f"G{number}:1", f"@U{number}")
    desk.run(45)
    desk.plan("E1:1", "@UMANAGER", urgent=True)
    planned = desk.time.mono
    # but for Slack's own Retry-After, which holds for the workspace
    desk.run(10, until=lambda: "E1:1" in desk.keys)

    assert desk.time.mono - planned <= 2.0


def test_reminders_never_take_all_who_post(database: SqliteDatabase) -> None:
    desk = Desk(database)
    desk.run(0)
    begun: list[str] = []
    desk.sender._posters.run = lambda work: begun.append("one")  # calls that hang for ever
    for number in range(50):
        desk.plan(f"F{number}:1", f"C{number}")
    desk.sender.step()
    assert len(begun) < POSTERS
    before = len(begun)
    desk.plan("E1:1", "CPAGE", urgent=True)
    desk.sender.step()
    assert len(begun) == before + 1


def test_a_hundred_and_fifty_people_told_for_the_first_time_are_each_opened_once_and_ever_after_known(
    desk: Desk,
) -> None:
    for number in range(150):
        desk.plan(f"F{number}:1", f"@U{number}")
    desk.run(240)
    assert len(desk.keys) == 150
    assert sorted(desk.slack.opened) == sorted(f"U{number}" for number in range(150))
    assert desk.slack.refused[OPEN] <= 0.01 * desk.slack.calls[OPEN]

    desk.restart()
    for number in range(150):
        desk.plan(f"G{number}:1", f"@U{number}")
    desk.run(10)
    assert len(desk.keys) == 300
    assert len(desk.slack.opened) == 150


def test_a_conversation_that_is_gone_is_opened_anew_and_only_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.plan("F1:1", "@U1")
    desk.run(5)
    desk.restart()
    gone = {"DU1"}
    post, opened = desk.slack.post, desk.slack.open

    def refuse(channel: str, *rest: object) -> str:
        if channel in gone:
            raise NotDelivered(Verdict(Fate.REFUSED, "channel_not_found"))
        return post(channel, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.slack, "post", refuse)
    monkeypatch.setattr(desk.slack, "open", lambda person: f"{opened(person)}NEW")
    desk.plan("F2:1", "@U1")
    desk.run(5)
    assert [(key, channel) for key, channel, *_ in desk.slack.posted] == [("F1:1", "DU1"), ("F2:1", "DU1NEW")]

    gone.add("DU1NEW")
    desk.plan("F3:1", "@U1", fallback_to=("U2",))
    desk.run(5)
    assert desk.state("F3:1") is DeliveryState.FAILED
    assert desk.slack.opened == ["U1", "U1", "U2"]


def test_messages_are_drawn_anew_as_fast_as_slack_takes_it_and_cases_first(desk: Desk) -> None:
    redraws = Redraws(desk.outbox, desk.slack, MethodGates(), desk.time.monotonic)
    redraws.draw_by(["reminder"], lambda carried: message("done"))
    for number in range(100):
        desk.plan(f"F{number}:1", f"C{number}")
    desk.plan("E1:1", "CE", urgent=True)
    desk.run(5)
    for number in range(100):
        redraws.ask(f"F{number}")
    redraws.ask("E1")
    until = desk.time.mono + 300
    while desk.database.rows("SELECT 1 FROM redraws") and desk.time.mono < until:
        desk.time.pass_by(max(0.1, redraws.work_off()))

    assert len(desk.slack.updated) == 101
    assert desk.slack.updated[0][0] == "CE"
    assert desk.slack.refused[UPDATE] == 0


def test_a_refusal_of_slack_is_learnt_for_that_method_alone() -> None:
    gates = MethodGates()
    assert gates.wait(HISTORY, 100.0) == 0
    gates.begin(HISTORY, 100.0)
    gates.refused(HISTORY, 100.0, 30.0)
    assert gates.wait(HISTORY, 100.0, urgent=True) == 30.0
    assert gates.wait(OPEN, 100.0) == 0
    for _ in range(20):
        gates.begin(HISTORY, 130.0)
    pause = gates.wait(HISTORY, 130.0, urgent=True)
    assert pause > 0
    for _ in range(400):
        gates.taken(HISTORY)
    assert gates.wait(HISTORY, 130.0, urgent=True) == pytest.approx(pause / 2)


def test_some_room_of_each_method_is_kept_for_what_is_urgent() -> None:
    gates = MethodGates()
    while gates.wait(OPEN, 100.0) == 0:
        gates.begin(OPEN, 100.0)
    kept = 0
    while gates.wait(OPEN, 100.0, urgent=True) == 0:
        gates.begin(OPEN, 100.0)
        kept += 1
    assert kept == 5


def test_the_rate_that_was_learnt_does_not_hold_back_what_is_urgent_and_slacks_own_word_does() -> None:
    pace = RateLimiter()
    pace.slow_down("A", 10.0, 3.0)
    assert not pace.gate_is_open(12.9, urgent=True)
    pace.begin("B", 13.0)
    pace.begin("C", 13.0)
    assert not pace.gate_is_open(13.0)
    assert pace.gate_is_open(13.0, urgent=True)


def test_slack_is_away_after_a_few_failures_in_several_places_and_tried_with_one_call() -> None:
    outage, now = Outage(), START
    for place in ("C1", "C1", "C2"):
        assert outage.at_once(8) == 8
        outage.unanswered(place, now, 10.0)
    assert outage.state is Answering.AWAY
    assert outage.at_once(8) == 0
    assert not outage.is_probe_due(10.9, urgent=False)
    assert outage.is_probe_due(11.0, urgent=False)
    outage.probing()
    assert not outage.is_probe_due(11.0, urgent=False)
    outage.probed(now, 11.0, answered=False)
    assert outage.next_probe_in(11.0, urgent=False) == 2.0
    assert outage.next_probe_in(11.0, urgent=True) == 1.0
    outage.probed(now, 13.0, answered=True)
    assert outage.at_once(8) == 1
    outage.answered()
    assert outage.at_once(8) == 8


def test_what_cannot_be_opened_holds_up_no_other_channel(desk: Desk) -> None:
    desk.slack.troubles = {(OPEN, number): TROUBLES[2] for number in range(1, 4)}  # 429
    desk.plan("F1:1", "@U1")
    desk.plan("F2:1", "C2")
    desk.run(1)
    assert desk.keys == ["F2:1"]
    desk.run(30)
    assert desk.keys == ["F2:1", "F1:1"]
