"""
The Home tab: how long it takes from the wish to publish it until Slack has it, with many follow-ups.

`python -m tests.bench.home` runs the bot beside the emulated workspace, and times each publishing whole: gathered from
the database, drawn, and sent over the wire.
"""

import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from bot import app
from bot.config import Settings, shipped_manifest, shipped_playbooks
from bot.demo_seed import HARBOUR_SALES
from bot.emulator.clock import MovableClock
from bot.emulator.manifest import read_manifest
from bot.emulator.workspace import Workspace
from bot.followups.install import FollowUpParts
from bot.followups.model import LocalTime, NewFollowUp
from bot.followups.series import Series
from bot.tactics.playbook.watcher import PlaybookWatcher
from tests.bench.figures import note

if TYPE_CHECKING:
    from bot.home.publisher import HomePublisher

BARS_MS = {500: 300.0, 5_000: None}
TIMES = 15
BERLIN = ZoneInfo("Europe/Berlin")


def filled(parts: FollowUpParts, clock: MovableClock, count: int) -> None:
    """So many follow-ups of Mia: a third promised, a tenth recurring."""
    now = clock.now()
    with parts.store.transaction():
        for number in range(count):
            due = LocalTime.of(now + timedelta(minutes=10 + 37 * number), BERLIN)
            series = Series("FREQ=WEEKLY;BYDAY=MO", due.wall, BERLIN) if number % 10 == 0 else None
            wanted = NewFollowUp(
                f"send option {number} & see what they say", "U0MIA", due, "C0DEALS", f"Customer {number % 50}",
                promise=number % 3 == 0, series=series,
            )  # fmt: skip
            parts.follow_ups.make(wanted, "U0MIA")


def main() -> None:
    library = PlaybookWatcher(shipped_playbooks(), semantic=False)
    for count, bar in BARS_MS.items():
        clock = MovableClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), running=False)
        workspace = Workspace(read_manifest(shipped_manifest()), clock, seed=HARBOUR_SALES).start()
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(
                slack_bot_token=workspace.tokens.bot, slack_app_token=workspace.tokens.app,
                slack_api_url=workspace.api_url, database=Path(folder) / "bot.db", managers=("U0MIA",),
            )  # fmt: skip
            bot = app.build(settings, clock, cards=library)
            bot.start()
            try:
                filled(cast("FollowUpParts", bot.core.installed["followups"]), clock, count)
                publisher = cast("HomePublisher", bot.core.installed["home"])
                took = []
                for _ in range(TIMES):
                    began = time.perf_counter()
                    publisher._publish("U0MIA")
                    took.append((time.perf_counter() - began) * 1000)
                blocks = len(workspace.modals.homes["U0MIA"].body["blocks"])
                print(
                    f"{count:,} follow-ups: {statistics.median(took):.0f} ms (longest {max(took):.0f}), {blocks} blocks"
                )
                note(f"Home published with {count:,} follow-ups, ms", statistics.median(took), bar)
            finally:
                bot.stop()
                workspace.stop()


if __name__ == "__main__":
    main()
