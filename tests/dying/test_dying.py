"""Whatever the bot dies of, and whenever: each order is done once and answered once, or whoever gave it is told."""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import Application
from bot.config import shipped_manifest
from bot.demo_seed import HARBOUR_SALES
from bot.emulator.clock import MovableClock
from bot.emulator.manifest import read_manifest
from bot.emulator.text import words
from bot.emulator.workspace import Workspace
from tests.conftest import Build
from tests.dying.death import Death, bury, threaten
from tests.dying.orders import ORDERS, Order, counted, has_paged
from tests.wire import eventually

# who is dead leaves its threads with an error
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
SETTINGS: dict[str, object] = {
    "managers": ("U0OMAR",),
    "escalation_channels": ("C0ESC",),
    "slack_timeout": timedelta(seconds=2),
    "settle": timedelta(seconds=0.2),
}
ALL = range(1, 81)
POINTS = ALL if os.environ.get("DEATHS") == "all" else (1, 2, 5, 9, 14)  # `make deaths` takes all
UNFINISHED = """
    SELECT (SELECT COUNT(*) FROM inbox WHERE state <> 'done')
         + (SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'claimed', 'sending', 'in_doubt')) AS n
"""


@pytest.fixture
def workspace(clock: MovableClock) -> Iterator[Workspace]:
    """One that gives up waiting soon for those who are dead."""
    running = Workspace(read_manifest(shipped_manifest()), clock, waits_s=1.0, seed=HARBOUR_SALES).start()
    yield running
    running.stop()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), running=True)


@pytest.fixture(autouse=True)
def _the_dead_are_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their threads end with an error, which nobody need read."""
    monkeypatch.setattr(threading, "excepthook", lambda args: None)


def shown(workspace: Workspace, part: str) -> int:
    """How many messages of the bot show *part*."""
    mine = [one for one in workspace.messages() if one.bot_id]
    return sum(part in (words({"blocks": one.blocks}) if one.blocks else one.text) for one in mine)


def lives_through(order: Order, at: int, build: Build, workspace: Workspace) -> None:
    """One order with death at the *at*-th statement."""
    bot, death = build(**SETTINGS), Death(at)
    order.prepare(workspace)
    assert eventually(lambda: counted(bot, UNFINISHED) == 0)
    threaten(bot, death)
    death.arm()
    was_accepted = order.give(workspace)
    if not eventually(lambda: death.is_over, within=2.0):
        pytest.skip(f"there are fewer than {at} statements")
    bury(bot)
    bot = build(**SETTINGS)
    for _ in range(3):
        workspace.advance(minutes=1)  # Slack sends again what was not acknowledged
    assert eventually(lambda: counted(bot, UNFINISHED) == 0 and is_settled(order, bot, was_accepted)), left(bot)
    verdict(order, bot, workspace, was_accepted=was_accepted)


def left(bot: Application) -> list[object]:
    """What is not finished, to be told."""
    messages = bot.core.database.rows(
        "SELECT key, state, channel, trouble, verify_at FROM outbox WHERE state <> 'sent'"
    )
    return [*messages, *bot.core.database.rows("SELECT kind, state, payload FROM inbox WHERE state <> 'done'")]


def is_settled(order: Order, bot: Application, was_accepted: bool) -> bool:
    return counted(bot, order.done) == 1 or not (order.must or was_accepted)


def verdict(order: Order, bot: Application, workspace: Workspace, *, was_accepted: bool) -> None:
    done = counted(bot, order.done)
    assert done == 1 or (done == 0 and not order.must and not was_accepted), f"{order.name}: done {done} times"
    if order.answer and done:
        assert eventually(lambda: shown(workspace, order.answer) >= 1), f"{order.name}: nobody was answered"
    if order.answer:
        assert shown(workspace, order.answer) <= 1, f"{order.name}: answered twice"
    pages = [one for one in workspace.messages() if one.channel.startswith("D") and "needs you" in one.text]
    assert len(pages) == (done if "case" in order.done else 0) or (order.prepare is has_paged and len(pages) == 1)


@pytest.mark.parametrize("at", POINTS)
@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name.replace(" ", "-"))
def test_what_dies_with_an_order_in_its_hands_has_done_it_once_after_the_next_start(
    order: Order, at: int, build: Build, workspace: Workspace
) -> None:
    lives_through(order, at, build, workspace)
