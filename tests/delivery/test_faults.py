"""
Each boundary of the protocol at which a process can be killed, with each thing that Slack can do wrong at that moment.

Whatever happens, every reminder arrives once: the verdict is the workspace's own log. And the tests are tested:
delivery that is broken on purpose must be caught by them.
"""

import itertools
import queue
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config import shipped_manifest
from bot.demo_seed import HARBOUR_SALES, MIA, TEAM_ID
from bot.emulator.clock import MovableClock
from bot.emulator.faults import Fault, cut, garbage, hang, lag, late, server_error, too_many
from bot.emulator.manifest import read_manifest
from bot.emulator.stories import PATIENCE_S
from bot.emulator.workspace import Workspace
from bot.followups.model import LocalTime, NewFollowUp
from bot.slack.bolt import client_for, reading_client_for
from bot.storage.sqlite import open_database
from tests.delivering import delivering
from tests.delivery.crash_runs import CrashRun
from tests.delivery.delivery_check import broken_promises
from tests.fork_server import DRAINED, ForkServer
from tests.slowness import STRETCHES, Waits, stretched, waits_for

POST, READ = "chat.postMessage", "conversations.replies"
AT_ONCE = 8
TIMEOUT_S, SETTLE_S = 0.5, 0.4
BEARABLE_S = 0.1  # some of the cases leave no more between what Slack may take and when we look

FAILPOINTS = [
    "",
    "after_fire",
    "after_claim",
    "after_mark",
    "after_trouble",
    "after_post",
    "after_sent",
    "after_doubt",
    "before_look",
    "after_look",
    "after_reconcile",
]
Faults = Callable[[float], list[Fault]]  # by the factor that all times are stretched by
FAULTS: dict[str, Faults] = {
    "nothing": lambda by: [],
    "posted, and the answer lost": lambda by: [cut(POST, deed=True)],
    "cut before it was posted": lambda by: [cut(POST, deed=False)],
    "500 after it was posted": lambda by: [server_error(POST, deed=True)],
    "500 before it was posted": lambda by: [server_error(POST, deed=False)],
    "garbage after it was posted": lambda by: [garbage(POST, deed=True)],
    "posted, and the answer too late": lambda by: [hang(POST, by * (TIMEOUT_S + 0.3))],
    "posted after we gave up": lambda by: [late(POST, by * (TIMEOUT_S + 0.2))],
    "429": lambda by: [too_many(POST)],
    "posted, answer lost, history lags": lambda by: [cut(POST, deed=True), lag(READ, by * 0.9, times=2)],
    "posted, answer lost, history fails": lambda by: [cut(POST, deed=True), server_error(READ, deed=False)],
}

Servers = queue.Queue[ForkServer]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    made = [ForkServer("tests.delivery.crash_runs") for _ in range(AT_ONCE)]
    waiting: Servers = queue.Queue()
    for one in made:
        waiting.put(one)
    yield waiting
    for one in made:
        one.close()


def tried(servers: Servers, folder: Path, failpoint: str, fault: str, mutant: str = "") -> list[str]:
    """Kill a process at *failpoint* while Slack has *fault*, let another finish; what was promised and not kept."""

    def attempt(by: float, waits: Waits) -> list[str]:
        where = folder / f"times-{by:.0f}"
        where.mkdir(parents=True)
        return once(servers, where, failpoint, fault, mutant, by, waits)

    return stretched(attempt, BEARABLE_S)


def once(
    servers: Servers,
    folder: Path,
    failpoint: str,
    fault: str,
    mutant: str,
    by: float,
    waits: Waits,
) -> list[str]:
    """The same once, with all times multiplied by *by*."""
    workspace = Workspace(read_manifest(shipped_manifest()), MovableClock(), seed=HARBOUR_SALES).start()
    server = servers.get()
    try:
        with waits_for(workspace, onto=waits):
            return reminded(server, workspace, folder, failpoint, FAULTS[fault](by), mutant, by)
    finally:
        servers.put(server)
        workspace.stop()


def reminded(
    server: ForkServer,
    workspace: Workspace,
    folder: Path,
    failpoint: str,
    faults: list[Fault],
    mutant: str,
    by: float,
) -> list[str]:
    """What becomes of two reminders in *workspace*."""
    database = open_database(folder / "bot.db")
    clients = [
        make("xoxb-1", workspace.api_url, timedelta(seconds=PATIENCE_S)) for make in (client_for, reading_client_for)
    ]
    clock = MovableClock(running=False)
    follow_ups, _ = delivering(database, TEAM_ID, clock, *clients, settle=timedelta(seconds=PATIENCE_S))
    root = next(reversed(workspace.state.channels["C0DEALS"].messages))
    due: dict[str, datetime] = {}
    for number in range(2):
        at = clock.now() + timedelta(seconds=0.05 + number / 50)
        moment = LocalTime.of(at, ZoneInfo("Europe/Berlin"))
        made = follow_ups.make(NewFollowUp("send it", MIA, moment, "C0DEALS", thread_ts=root), MIA)
        due[made.key] = at.replace(microsecond=at.microsecond // 1000 * 1000)
    database.close()
    workspace.faults.add(*faults)
    run = CrashRun(
        str(folder / "bot.db"),
        workspace.api_url,
        workspace.tokens.bot,
        failpoint,
        mutant,
        TIMEOUT_S * by,
        SETTLE_S * by,
    )
    first = server.run(run)
    assert first in (DRAINED, -signal.SIGKILL), f"the first process ended with {first}"
    if first != DRAINED:
        second = server.run(CrashRun(run.database, run.api_url, run.token, "", mutant, TIMEOUT_S * by, SETTLE_S * by))
        assert second == DRAINED, f"the second process ended with {second}"
    return list(broken_promises(workspace, due))


def test_whatever_fails_and_wherever_it_is_killed_each_reminder_arrives_once(servers: Servers, tmp_path: Path) -> None:
    cases = list(itertools.product(FAILPOINTS, FAULTS))

    def one(case: tuple[str, str]) -> list[str]:
        failpoint, fault = case
        folder = tmp_path / f"{FAILPOINTS.index(failpoint)}-{list(FAULTS).index(fault)}"
        return [f"{failpoint or 'no kill'}, {fault}: {it}" for it in tried(servers, folder, failpoint, fault)]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        broken = [line for lines in pool.map(one, cases) for line in lines]

    assert broken == []


@pytest.mark.parametrize(
    ("mutant", "failpoint", "fault"),
    [
        ("marks after the post", "after_post", "nothing"),
        ("never looks", "after_post", "nothing"),
        ("never looks", "", "posted, and the answer lost"),
        ("repeats by itself", "", "posted, and the answer lost"),
        ("settles at once", "", "posted after we gave up"),
        ("settles at once", "", "posted, answer lost, history lags"),
    ],
)
def test_delivery_that_is_broken_on_purpose_is_caught(
    servers: Servers, tmp_path: Path, mutant: str, failpoint: str, fault: str
) -> None:
    for by in STRETCHES:  # a process that gets no processor may look so late that it is right by accident
        folder = tmp_path / f"times-{by:.0f}"
        folder.mkdir()
        broken = once(servers, folder, failpoint, fault, mutant, by, Waits())
        if caught := any("was posted 2 times" in line or "was posted 3 times" in line for line in broken):
            break

    assert caught, broken
