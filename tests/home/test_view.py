# ruff: noqa: DTZ001 - local times
"""How Home and the morning list look: values in, a view out, within Slack's limits however much there is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.emulator.block_rules import HOME
from bot.emulator.views import view_problems
from bot.followups.model import FollowUp, FollowUpState, LocalTime, NewFollowUp, Offer
from bot.followups.promise_ends import PromiseRecord
from bot.followups.series import Series
from bot.home.blocks import home_view, morning_message
from bot.home.model import LISTED, HomeGroup, HomeView, group_of, grouped
from bot.slack.limits import fit, fit_window
from bot.tactics.model import Moment

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # Tuesday, 9:00 in Berlin
NASTY = "<!channel> & `*_~ " + "x" * 1480


def one(
    number: int,
    hours: float,
    *,
    state: FollowUpState = FollowUpState.WAITING,
    promise: bool = False,
    text: str = "call",
) -> FollowUp:
    due = LocalTime.of(NOW + timedelta(hours=hours), BERLIN)
    wanted = NewFollowUp(text, "U1", due, "C1", "Acme", promise=promise)
    return FollowUp(number, wanted, "U1", state, 1, NOW - timedelta(days=9), token="abcd1234")


def view(follow_ups: list[FollowUp], **more: object) -> HomeView:
    found = grouped(follow_ups, NOW, BERLIN)
    counts = {group: sum(kind is group for kind, _ in found) for group in HomeGroup}
    return HomeView("U1", NOW, BERLIN, follow_ups=found[:LISTED], counts=counts, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "state", "promise", "group"),
    [
        (-48, FollowUpState.DUE, False, HomeGroup.LATE),
        (-1, FollowUpState.DUE, False, HomeGroup.TODAY),
        (3, FollowUpState.WAITING, True, HomeGroup.TODAY),
        (30, FollowUpState.WAITING, True, HomeGroup.PROMISED),
        (30, FollowUpState.WAITING, False, HomeGroup.LATER),
    ],
)
def test_where_a_follow_up_stands(hours: float, state: FollowUpState, promise: bool, group: HomeGroup) -> None:
    assert group_of(one(1, hours, state=state, promise=promise), NOW, BERLIN) is group


def test_a_promise_that_was_broken_stands_first_and_says_for_when_it_was_given() -> None:
    broken = replace(one(1, 30, promise=True), promised_for=NOW - timedelta(hours=2), is_broken=True)

    shown = list(mrkdwn(home_view(view([one(2, 3), broken]))))

    assert group_of(broken, NOW, BERLIN) is HomeGroup.LATE
    [row] = [text for text in shown if "F1" in text]
    assert "promised for <!date" in row
    assert "broken" in row
    assert shown.index(row) < next(at for at, text in enumerate(shown) if "F2" in text)


def test_what_is_today_depends_on_the_zone_of_whoever_looks() -> None:
    tonight = one(1, 14)  # 23:00 in Berlin, the next day in Auckland
    assert group_of(tonight, NOW, BERLIN) is HomeGroup.TODAY
    assert group_of(tonight, NOW, ZoneInfo("Pacific/Auckland")) is HomeGroup.LATER


def test_the_late_ones_come_first_and_each_group_is_counted() -> None:
    shown = home_view(view([one(1, 50), one(2, 2), one(3, -50, state=FollowUpState.DUE), one(4, 60, promise=True)]))
    text = str(shown)
    assert "1 late · 1 due today · 1 promised · 1 later" in text
    assert text.index("*Late*") < text.index("*Due today*") < text.index("*Promised*") < text.index("*Later*")


def mrkdwn(part: object) -> Iterator[str]:
    """Every text that Slack reads as markup."""
    if isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            yield part["text"]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from mrkdwn(each)


@pytest.mark.parametrize("count", [0, 1, 12, 13, 500, 5_000])
def test_it_stays_within_slacks_limits_however_much_there_is(count: int) -> None:
    series = Series("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;INTERVAL=3", datetime(2026, 11, 30, 9), BERLIN)
    found = [one(number, number - 20, promise=number % 2 == 0, text=NASTY) for number in range(count)]
    offered = [
        FollowUp(9, NewFollowUp(NASTY, "U2", found[0].wanted.due, "C1", "A" * 80, series=series), "U2",
                 FollowUpState.WAITING, 1, NOW, token="ab", offer=Offer("U1", "U2"))
        for _ in range(5)
    ] if found else []  # fmt: skip
    moments = [Moment(f"m{number}", "A moment of a difficult deal") for number in range(9)]
    shown = fit_window(
        home_view(
            view(
                found,
                offered=offered,
                moments=moments,
                record=PromiseRecord(1, 2, 3),
                is_manager=True,
                precision=[("threatens to leave", 3, 4)] * 12,
                country="DE-BY",
                has_feed=True,
            )
        )
    )
    assert view_problems(shown, HOME) == []
    assert not [text for text in mrkdwn(shown) if "<!channel>" in text]


def test_the_morning_list_says_what_is_late_due_and_promised_and_nothing_where_there_is_nothing() -> None:
    assert morning_message(view([])) is None
    assert morning_message(view([one(1, 60, promise=True), one(2, 70)])) is None
    said = morning_message(
        view([one(1, -48, state=FollowUpState.DUE), one(2, 3), one(3, 60, promise=True), one(4, 90)])
    )
    assert said is not None
    assert said.text == "Tuesday 24 November: 1 late, 1 due today, 1 promised"
    assert "F4" not in str(said.blocks)
    assert fit(morning_message(view([one(n, 3, text=NASTY) for n in range(300)])) or said)
