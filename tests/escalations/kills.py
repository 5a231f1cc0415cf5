"""
The whole bot as a real process, killed at each boundary between a message and its page; then another goes on.

`make kills`. Omar is to be paged once, a moment later Priya, once, then the channel hears that nobody answered:
whatever was killed, and whenever. The verdict is what stands in the workspace. A fork server forks the processes;
everything is on this machine and ends by itself.
"""

import itertools
import os
import queue
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fork_server import DRAINED, STUCK, ForkServer, serve_forks
from tests.slowness import Waits, stretched, waits_for

if TYPE_CHECKING:
    from bot.emulator.workspace import Workspace

WAIT_S = 2.5  # of each step of the chain
AT_ONCE = 6
BEARABLE_S = 0.3  # of the settle of half a second
OUTAGE = "Acme says they will take their business elsewhere over the outage"
BOUNDARIES = (
    "received",  # the event is in our inbox, and nothing was read
    "said",  # what was said is kept, and nothing decided
    "read",  # the case and its page are decided, and the event is not done
    *("after_fire", "after_claim", "after_open", "after_mark", "after_post", "after_sent"),
)
_NEVER = {("after_open", 3)}  # there are two people
ESCALATED = (  # the same, for a case that a person begins: its first message, then its page, then what became of each
    "placing",  # the first message has arrived, and the case does not know its thread
    "placed",  # it does, and the page waits for the next look
    "reached",  # a page has arrived, and that is not written down
    "noted",  # it is, in a transaction that has not ended
)
TIMES = 3  # each boundary is passed by several messages: die at the first, the second, the third


@dataclass(frozen=True)
class CrashRun:
    """What one process is given. It ends itself the *times*-th time that it comes to *boundary*."""

    folder: str
    api_url: str
    bot_token: str
    app_token: str
    boundary: str = ""
    times: int = 1
    by_hand: bool = False
    within: float = 600.0
    by: float = 1.0  # the factor that all its times are stretched by


def fork_server() -> None:
    """Fork the processes of all runs."""
    import bot.app
    import bot.features
    import bot.slack.socket  # noqa: F401
    from bot.config import shipped_playbooks
    from bot.escalations.playbook import load
    from bot.tactics.playbook.watcher import PlaybookWatcher

    library = PlaybookWatcher(shipped_playbooks(), semantic=False)
    load(shipped_playbooks())  # read once, for all runs
    serve_forks(lambda given: _run(CrashRun(**given), library))


def _run(run: CrashRun, library: object) -> int:
    from bot.app import build
    from bot.clock import SystemClock
    from bot.config import Settings
    from bot.escalations.intake import Intake

    passed = itertools.count(1)

    def boundary(name: str) -> None:
        if name == run.boundary and next(passed) == run.times:
            os.kill(os.getpid(), signal.SIGKILL)

    from bot.escalations.paging import Paging

    place, note = Paging._place, Paging._note_reached

    def placing(self: Paging, now: object) -> int:
        if self._store.unplaced():
            boundary("placing")
        placed = place(self, now)  # type: ignore[arg-type]
        if placed:
            boundary("placed")
        return placed

    def noting(self: Paging, *args: object) -> None:
        boundary("reached")
        note(self, *args)  # type: ignore[arg-type]
        boundary("noted")

    Paging._place = placing  # type: ignore[method-assign, assignment]
    Paging._note_reached = noting  # type: ignore[method-assign, assignment]
    read = Intake._read

    def reading(self: Intake, *args: object, **named: object) -> None:
        boundary("said")
        read(self, *args, **named)  # type: ignore[arg-type]
        boundary("read")

    Intake._read = reading  # type: ignore[method-assign, assignment]
    settings = Settings(
        slack_bot_token=run.bot_token,
        slack_app_token=run.app_token,
        slack_api_url=run.api_url,
        slack_timeout=timedelta(seconds=run.by),
        settle=timedelta(seconds=0.5 * run.by),
        database=Path(run.folder) / "bot.db",
        escalation_channels=("C0ESC",),
    )
    bot = build(settings, SystemClock(), cards=library)  # type: ignore[arg-type]
    bot.core.sender._failpoint = boundary
    for name, one in bot.core.inbox._by_name.items():
        if one.is_read_only:

            def handler(event: dict[str, object], team_id: str, was: object = one.handler) -> None:
                boundary("received")
                was(event, team_id)  # type: ignore[operator]

            bot.core.inbox._by_name[name] = replace(one, handler=handler)
    bot.start()
    until = time.monotonic() + run.within
    unfinished = """
        SELECT ((SELECT COUNT(*) FROM cases WHERE state = 'unanswered') = 0)
             + (SELECT COUNT(*) FROM inbox WHERE state <> 'done')
             + (SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'claimed', 'sending', 'in_doubt')) AS n
    """
    while time.monotonic() < until:
        if not bot.core.database.rows(unfinished)[0]["n"]:
            return DRAINED
        time.sleep(0.05)
    return STUCK


def tried(server: ForkServer, folder: Path, boundary: str, times: int) -> list[str]:
    """Kill the bot at *boundary* and let another go on; what went wrong, a line each."""

    def attempt(by: float, waits: Waits) -> list[str]:
        where = folder / f"times-{by:.0f}"
        where.mkdir()
        return once(server, where, boundary, times, by, waits)

    return stretched(attempt, BEARABLE_S)


def once(server: ForkServer, folder: Path, boundary: str, times: int, by: float, waits: Waits) -> list[str]:
    """The same once, with all times multiplied by *by*."""
    from bot.config import shipped_manifest
    from bot.demo_seed import HARBOUR_SALES, OMAR, PRIYA, TEAM_ID
    from bot.emulator.clock import MovableClock
    from bot.emulator.manifest import read_manifest
    from bot.emulator.workspace import Workspace
    from bot.escalations.policy import Hours, Policy, Step
    from bot.escalations.store import CaseStore
    from bot.storage.sqlite import open_database

    workspace = Workspace(read_manifest(shipped_manifest()), MovableClock(), waits_s=3 * by, seed=HARBOUR_SALES).start()
    try:
        wait = timedelta(seconds=WAIT_S * by)
        policy = Policy((Step((OMAR,), wait), Step((PRIYA,), wait)), wait, 0, hours=Hours(always=True))
        database = open_database(folder / "bot.db")
        CaseStore(database, TEAM_ID).set("policy", policy.to_json())
        database.close()
        run = CrashRun(
            str(folder), workspace.api_url, workspace.tokens.bot, workspace.tokens.app, boundary, times,
            by_hand=boundary in ESCALATED, by=by,
        )  # fmt: skip
        with waits_for(workspace, onto=waits):
            ended = _ended(workspace, server, run)
        return [ended] if ended else list(_wrong(workspace, OMAR, PRIYA, wait.total_seconds()))
    finally:
        workspace.stop()


def _ended(workspace: "Workspace", server: ForkServer, run: CrashRun) -> str:
    """Let Mia tell of the outage during *run*, and during another after it; how they ended, if not as they should."""
    from bot.emulator.stories import Person

    with ThreadPoolExecutor(1) as pool:
        ends = pool.submit(server.run, run)
        while not workspace.call(lambda: any(link.usable for link in workspace.sockets.links)):
            if ends.done():
                return f"the bot did not connect, and ended with {ends.result()}"
            time.sleep(0.02)
        if run.by_hand:
            Person(workspace, "mia").goes_to("#deals").says("/toughcustomer escalate Acme: they left the call")
        else:
            Person(workspace, "mia").goes_to("#escalations").says(OUTAGE)
        first = ends.result()
    if first == DRAINED:
        return "that boundary was never reached" if run.boundary else ""
    second = server.run(replace(run, boundary=""))
    return "" if (first, second) == (-signal.SIGKILL, DRAINED) else f"they ended with {first} and {second}"


def _wrong(workspace: "Workspace", omar: str, priya: str, wait_s: float) -> Sequence[str]:
    """What is not as it should be in the workspace."""
    said = workspace.messages()
    channels = workspace.state.channels

    def pages(person: str) -> list[float]:
        direct = {one.id for one in channels.values() if one.kind == "im" and person in one.members}
        return [float(one.ts) for one in said if one.channel in direct and "needs you" in one.text]

    ends = [one for one in said if one.channel[0] == "C" and "Nobody has answered" in one.text]
    ledgers = [one for one in said if one.channel[0] == "C" and one.text.startswith("Escalation E")]
    wrong = [
        f"{what} {times} times"
        for what, times in (
            ("Omar was paged", len(pages(omar))),
            ("Priya was paged", len(pages(priya))),
            ("the channel was told", len(ends)),
            ("the ledger was posted", len(ledgers)),
        )
        if times != 1
    ]
    if not wrong and pages(priya)[0] - pages(omar)[0] < wait_s - 0.2:
        wrong.append(f"Priya was paged {pages(priya)[0] - pages(omar)[0]:.1f} s after Omar")
    return wrong


def all_wrong(cases: Sequence[tuple[str, int]], folder: Path, at_once: int = AT_ONCE) -> list[str]:
    """Try all *cases*, several at once; what went wrong, a line each."""
    waiting: queue.Queue[ForkServer] = queue.Queue()
    servers = [ForkServer("tests.escalations.kills", "fork-server") for _ in range(min(at_once, len(cases)))]
    for one in servers:
        waiting.put(one)

    def one_case(case: tuple[str, int]) -> list[str]:
        where = folder / f"{case[0] or 'none'}-{case[1]}"
        where.mkdir()
        server = waiting.get()
        try:
            return [f"killed at {case[0] or 'nothing'} ({case[1]}): {line}" for line in tried(server, where, *case)]
        finally:
            waiting.put(server)

    try:
        with ThreadPoolExecutor(len(servers)) as pool:
            return [line for lines in pool.map(one_case, cases) for line in lines]
    finally:
        for one in servers:
            one.close()


def main() -> None:
    if sys.argv[1:] == ["fork-server"]:
        fork_server()
        return
    cases = [("", 1), *((name, 1) for name in BOUNDARIES[:3])]
    cases += [(name, times) for name in BOUNDARIES[4:] for times in range(1, TIMES + 1) if (name, times) not in _NEVER]
    cases += [("after_fire", 1), ("after_fire", 2)]  # the second step, and the end
    cases += [(name, 1) for name in ESCALATED] + [("reached", 2), ("noted", 2)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        wrong = all_wrong(cases, Path(folder))
    lost = sum(" 0 times" in line for line in wrong)
    print(f"{len(cases)} runs in {time.monotonic() - began:.0f} s: {lost} lost, {len(wrong) - lost} doubled or stuck")
    for line in wrong:
        print(f"  {line}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
