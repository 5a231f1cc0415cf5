"""Every call that Slack is asked fails, once and for an hour, in the main journeys: they end as they would have."""

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import Application
from bot.config import shipped_manifest
from bot.demo_seed import HARBOUR_SALES
from bot.emulator.clock import MovableClock
from bot.emulator.faults import Fault, hang, server_error, too_many
from bot.emulator.manifest import read_manifest
from bot.emulator.stories import Person, StoryBroken
from bot.emulator.text import words
from bot.emulator.workspace import Workspace
from bot.escalations.policy import Policy, Step
from tests.conftest import Build
from tests.dying.test_dying import UNFINISHED, counted
from tests.readers import assert_no_leaks
from tests.wire import eventually

METHODS = (
    *("users.info", "users.list", "usergroups.users.list", "usergroups.list", "conversations.info"),
    *("conversations.members", "conversations.open", "conversations.history", "conversations.replies"),
    *("chat.postMessage", "chat.update", "views.update", "response_url"),
)
FAULTS: dict[str, Callable[[str], Fault]] = {
    "500": lambda method: server_error(method, deed=False),
    "500 after the deed": lambda method: server_error(method, deed=True),
    "429": lambda method: too_many(method, 1),
    "hang": lambda method: hang(method, 1.5),
    "500 for an hour": lambda method: replace(server_error(method, deed=False, times=10**9), lasts=timedelta(hours=1)),
    "429 for an hour": lambda method: replace(too_many(method, 1, times=10**9), lasts=timedelta(hours=1)),
}
MANAGERS = {"U0OMAR", "U0PRIYA"}


@dataclass(frozen=True)
class Story:
    """What people do, and what comes of it: who is *paged*, how many reminders come."""

    begin: Callable[[Workspace], None]
    paged: frozenset[str] = frozenset()
    reminders: int = 0


def says(text: str, place: str) -> Callable[[Workspace], None]:
    return lambda workspace: says_it(workspace, text, place)


def says_it(workspace: Workspace, text: str, place: str) -> None:
    try:
        Person(workspace, "mia").goes_to(place).says(text)
    except StoryBroken:
        return  # Slack says so, and Mia knows


STORIES = {
    "thread": Story(says("Acme says they will take their business elsewhere", "#escalations"), frozenset(MANAGERS)),
    "private thread": Story(
        says("Acme says they will take their business elsewhere", "#key-accounts"), frozenset(MANAGERS)
    ),
    "mention": Story(says("@toughcustomer escalate Acme: they want to cancel", "#deals"), frozenset(MANAGERS)),
    "reminder": Story(says("@toughcustomer follow-up Acme in 2 hours ring them", "#deals"), reminders=1),
    "direct": Story(says("follow-up Acme in 2 hours ring them", "toughcustomer"), reminders=1),
}
ALL = [(story, method, fault) for story in STORIES for method in METHODS for fault in FAULTS]
CHOSEN = ALL if os.environ.get("FAULTS") == "all" else random.Random(15).sample(ALL, 12)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), running=True)


@pytest.fixture
def workspace(clock: MovableClock) -> Iterator[Workspace]:
    running = Workspace(read_manifest(shipped_manifest()), clock, waits_s=3.0, seed=HARBOUR_SALES).start()
    yield running
    running.stop()


def opened(build: Build) -> Application:
    bot = build(
        escalation_channels=("C0ESC", "G0KEY"),
        admins=("U0ADA",),
        slack_timeout=timedelta(seconds=1),
        settle=timedelta(seconds=0.2),
    )
    chain = (Step(("S0MANAGERS",), timedelta(minutes=30)),)
    bot.core.database.execute(
        "INSERT INTO settings VALUES ('T0TOUGH', 'policy', :value)",
        {"value": json.dumps(Policy(chain, timedelta(minutes=30)).to_json())},
    )
    return bot


def keys(workspace: Workspace) -> Counter[str]:
    """How often each message that must arrive once is there."""
    found: Counter[str] = Counter()
    for one in workspace.messages():
        if one.bot_id and one.metadata:
            found.update(one.metadata["event_payload"]["keys"].split())
    return found


def is_over(bot: Application) -> bool:
    waiting = counted(bot, "SELECT COUNT(*) AS n FROM followups WHERE state = 'waiting'")
    return counted(bot, UNFINISHED) + counted(bot, "SELECT COUNT(*) AS n FROM redraws") + waiting == 0


def ledger_tells_the_truth(bot: Application, workspace: Workspace) -> bool:
    """Whether the ledger shows what the database says."""
    ledger = next(one for one in workspace.messages() if "*State:*" in words({"blocks": one.blocks}))
    state = bot.core.database.rows("SELECT state FROM cases")[0]["state"]
    return {"paging": "were paged", "unanswered": "nobody answered"}[state] in words({"blocks": ledger.blocks})


@pytest.mark.parametrize(("story", "method", "fault"), CHOSEN)
def test_it_ends_as_it_would_have(
    story: str, method: str, fault: str, build: Build, workspace: Workspace, clock: MovableClock
) -> None:
    bot, told = opened(build), STORIES[story]
    workspace.faults.add(FAULTS[fault](method))
    told.begin(workspace)
    for _ in range(9 if told.reminders else 7):
        eventually(lambda: False, within=0.25)
        workspace.advance(minutes=15)
    workspace.faults.clear()
    for _ in range(8):
        if eventually(lambda: is_over(bot), within=2.0):
            break
        workspace.advance(minutes=1)
    assert is_over(bot), bot.core.database.rows("SELECT key, state, trouble FROM outbox WHERE state <> 'sent'")

    arrived = keys(workspace)
    assert {key: times for key, times in arrived.items() if times > 1} == {}
    failed = counted(bot, "SELECT COUNT(*) AS n FROM outbox WHERE state IN ('failed', 'held')")
    if told.paged:
        assert {row["who"] for row in bot.core.database.rows("SELECT who FROM pages")} == told.paged
        for row in bot.core.database.rows("SELECT number, page, who FROM pages"):
            assert arrived[f"E{row['number']}:page:{row['page']}:{row['who']}"] == 1 or failed
        assert eventually(lambda: ledger_tells_the_truth(bot, workspace))
    if told.reminders:
        shown = [words({"blocks": one.blocks}) or one.text for one in workspace.messages()]
        was_refused = any("I could not ask Slack" in one for one in shown)  # and Mia knows
        assert sum(":bell:" in one for one in shown) == 1 or was_refused
    assert_no_leaks(workspace)
