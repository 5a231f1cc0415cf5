"""
Delivery as a whole: the real bot against the emulated Slack.

A thousand reminders due at once in twenty channels, joining off, which Slack's pace lets leave in fifty seconds; all
posts refused for five seconds; and the processor's time of the idle bot, and of its delivery thread, with 100,000
follow-ups waiting. Some four minutes.
"""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import app
from bot.clock import SystemClock, stamp
from bot.config import Settings, shipped_manifest, shipped_playbooks
from bot.demo_seed import HARBOUR_SALES, MIA, TEAM_ID
from bot.emulator.clock import MovableClock
from bot.emulator.faults import too_many
from bot.emulator.manifest import read_manifest
from bot.emulator.model import Conversation
from bot.emulator.workspace import Workspace
from bot.followups.model import LocalTime, NewFollowUp
from bot.followups.store import FollowUpStore
from bot.storage.sqlite import open_database
from tests.bench.figures import note
from tests.delivery.delivery_check import arrived

CHANNELS, EACH = 20, 50
REFUSES_S = 5.0  # all posts, as Slack does where a workspace sends too many


def settings(workspace: Workspace, folder: Path) -> Settings:
    return Settings(
        slack_bot_token=workspace.tokens.bot,
        slack_app_token=workspace.tokens.app,
        slack_api_url=workspace.api_url,
        database=folder / "bench.db",
        playbooks=shipped_playbooks(),
    )


def _channels(workspace: Workspace) -> None:
    for number in range(CHANNELS):
        members = [MIA, workspace.state.bot_user_id]
        channel = Conversation(f"C0B{number:02d}", f"b{number:02d}", "channel", members, int(time.time()), MIA, "")
        workspace.state.channels[channel.id] = channel


@contextmanager
def crowded(workspace: Workspace, folder: Path, each: int, within: timedelta) -> Iterator[LocalTime]:
    """The bot at work, with *each* follow-ups in each channel, all due *within* that time; yields when."""
    workspace.webapi.posts_a_minute = 5000
    _channels(workspace)
    database = open_database(folder / "bench.db")
    store = FollowUpStore(database, TEAM_ID)
    due = LocalTime.of(datetime.now(UTC) + within, ZoneInfo("UTC"))
    with store.transaction():
        for number in range(CHANNELS * each):
            store.add(NewFollowUp(f"promise {number}", MIA, due, f"C0B{number % CHANNELS:02d}"), MIA, datetime.now(UTC))
    database.close()
    bot = app.build(settings(workspace, folder), SystemClock(), join=False)
    bot.start()
    try:
        yield due
    finally:
        bot.stop()


def burst(workspace: Workspace, folder: Path) -> None:
    """A thousand at once."""
    with crowded(workspace, folder, EACH, timedelta(seconds=8)) as due:
        until = time.monotonic() + 120
        while len(arrived(workspace)) < CHANNELS * EACH and time.monotonic() < until:
            time.sleep(0.2)
    found = arrived(workspace)
    last = max(float(messages[0].ts) for messages in found.values())
    refused = sum(entry.status == 429 for entry in workspace.traffic.calls("chat.postMessage"))
    lasted = last - due.at.timestamp()
    pace = f"{lasted / EACH:.2f} of the {EACH} s that Slack's pace sets "
    print(f"{len(found)} of {CHANNELS * EACH} in {CHANNELS} channels: {lasted:.1f} s, {pace}; {refused} refused")
    note("20 channels × 50 / Slack's pace", lasted / EACH, 1.03)
    note("20 channels × 50, refused", refused, 0)


def idle(workspace: Workspace, folder: Path) -> None:
    """Twenty idle seconds, with 100,000 waiting. The workspace is in this process, too, so threads are counted."""
    database = open_database(folder / "bench.db")
    then = datetime.now(UTC).replace(microsecond=0) + timedelta(days=300)
    far, wall = stamp(then), f"{then:%Y-%m-%dT%H:%M:%S}.000"
    with database.transaction():
        database._connection.executemany(
            "INSERT INTO followups (team_id, number, text, owner, maker, channel, due_at, wall, zone, made_at) "
            f"VALUES ('{TEAM_ID}', ?, 'x', 'U1', 'U1', 'C1', '{far}', '{wall}', 'UTC', '{far}')",
            ((100_000 + number,) for number in range(100_000)),
        )
    database.close()
    before = {thread.native_id for thread in threading.enumerate()}
    bot = app.build(settings(workspace, folder), SystemClock())
    bot.start()
    time.sleep(3)
    ours = {t.native_id: t.name for t in threading.enumerate() if t.native_id not in before and t.native_id}
    began = {thread: _cpu_ms(thread) for thread in ours}
    time.sleep(20)
    used = {thread: max(0.0, _cpu_ms(thread) - began[thread]) for thread in ours}
    delivery = sum(ms for thread, ms in used.items() if ours[thread] == "delivery")
    whole = sum(used.values())
    print(f"20 idle seconds: the delivery thread {delivery:.0f} ms, the whole bot {whole:.0f} ms")
    note("20 idle seconds with 100,000 waiting, processor, ms", whole, 30)
    bot.stop()


def refusals(workspace: Workspace, folder: Path) -> None:
    """Every post refused for five seconds in the middle of a burst: how long until it is at full pace again."""
    with crowded(workspace, folder, 90, timedelta(seconds=5)):
        time.sleep(11)
        workspace.faults.add(too_many("chat.postMessage", 1, times=100))
        time.sleep(REFUSES_S)
        workspace.faults.clear()
        time.sleep(60)
    calls = workspace.traffic.calls("chat.postMessage")
    began = min(entry.at for entry in calls)
    refused = [entry.at - began for entry in calls if entry.status == 429]
    taken = [entry.at - began for entry in calls if entry.status == 200]
    last, last_told = max(refused), 6.0 + REFUSES_S + 1.0
    full = next((at for at in range(int(last), int(last) + 60) if sum(at <= one < at + 2 for one in taken) >= 36), 999)
    later = sum(one > last_told for one in refused)
    print(f"{len(refused)} refused, the last after {last:.0f} s; nine tenths of full pace {full - last:.0f} s after it")
    note("all refused for 5 s: seconds until full pace after it", full - last, 30)
    note("all refused for 5 s: refused after it", later, 0)


def _cpu_ms(thread: int) -> float:
    """Processor time of a thread, by the kernel's account in nanoseconds."""
    path = Path(f"/proc/self/task/{thread}/schedstat")
    return int(path.read_text().split()[0]) / 1e6 if path.exists() else 0.0


def main() -> None:
    for part in (idle, burst, refusals):
        workspace = Workspace(read_manifest(shipped_manifest()), MovableClock(), seed=HARBOUR_SALES).start()
        with tempfile.TemporaryDirectory() as folder:
            part(workspace, Path(folder))
        workspace.stop()


if __name__ == "__main__":
    main()
