"""
The soak: the real bot, killed at random moments while Slack misbehaves, and not one reminder lost or posted twice: of
what comes once, of what recurs, and of promises, whose owner is warned.

`make soak` (2,000 follow-ups, 200 kills, up to 30 minutes) and `make soak-short` (120 and 12, two minutes, and up to
ten on a busy machine). The workspace outlives the bot, and its log is the verdict. Everything is on this machine, and
bounded in count and time.
"""

import argparse
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.clock import instant, stamp
from bot.config import shipped_manifest
from bot.demo_seed import HARBOUR_SALES, MIA, OMAR, TEAM_ID
from bot.emulator.clock import MovableClock
from bot.emulator.faults import Fault, cut, garbage, hang, lag, late, refusal, server_error, too_many
from bot.emulator.manifest import read_manifest
from bot.emulator.model import Conversation, PostedMessage
from bot.emulator.workspace import Workspace
from bot.followups.model import FollowUp, LocalTime, NewFollowUp
from bot.followups.series import Series
from bot.slack.bolt import client_for, reading_client_for
from bot.storage.sqlite import SqliteDatabase, open_database
from tests.delivering import delivering
from tests.delivery.delivery_check import arrived, broken_promises

ROOT = Path(__file__).resolve().parents[2]
BERLIN = ZoneInfo("Europe/Berlin")
TIMEOUT_S, SETTLE_S = 2.0, 1.0
CHANNELS = 40
LIVES_S = (0.2, 7.0)  # how long the bot lives between two kills
LATE_S = 2.5  # from then on the receipt must say why
POST = "chat.postMessage"


@dataclass(frozen=True)
class Plan:
    """How much, and the seed that all chance comes from."""

    followups: int
    kills: int
    seed: int
    within: float  # seconds for all of it


class Soak:
    """One soak: a workspace, a database, and a bot that is started and killed."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.chance = random.Random(plan.seed)
        self.folder = folder
        self.database = folder / "bot.db"
        self.workspace = Workspace(read_manifest(shipped_manifest()), MovableClock(), seed=HARBOUR_SALES).start()
        self.workspace.webapi.posts_a_minute = 3000  # the channels' own pace is what is tried here
        self.due: dict[str, datetime] = {}
        self.errors = (folder / "stderr").open("ab")
        self._over = threading.Event()

    def prepare(self) -> None:
        """Channels, some threads in them, and follow-ups that come due all through the time of the kills."""
        channels = [f"C0SOAK{number:02d}" for number in range(CHANNELS)]
        roots: dict[str, str] = {}
        for channel in channels:
            members = [MIA, OMAR, self.workspace.state.bot_user_id]
            made = Conversation(channel, channel.lower(), "channel", members, int(time.time()), MIA, "soak")
            self.workspace.state.channels[channel] = made
            ts = self.workspace.call(self.workspace.state.new_ts)
            self.workspace.call(self.workspace.state.post, PostedMessage(ts, channel, MIA, "a thread"), silently=True)
            roots[channel] = ts
        database = open_database(self.database)
        clock = MovableClock(running=False)
        follow_ups, _ = delivering(database, TEAM_ID, clock, *self._clients(), settle=timedelta(seconds=1))
        lasts = self.plan.kills * sum(LIVES_S) / 2
        begins = clock.now() + timedelta(seconds=5 + self.plan.followups / 400)
        offsets = sorted(self.chance.uniform(0, lasts) for _ in range(self.plan.followups))
        for number, offset in enumerate(offsets):
            channel = self.chance.choice(channels)
            at = begins + timedelta(milliseconds=round(offset * 1000))
            at = at.replace(microsecond=at.microsecond // 1000 * 1000)
            thread = roots[channel] if self.chance.random() < 0.3 else None
            kind = self.chance.choices(("once", "first", "next", "warning"), (75, 10, 10, 5))[0]
            if kind in ("first", "next"):  # rules know whole seconds
                at, thread = at.replace(microsecond=0), None
            due = LocalTime.of(at, BERLIN)
            series = Series("FREQ=DAILY", due.wall, BERLIN) if kind in ("first", "next") else None
            if kind == "warning":  # half of its time is gone then
                due, thread = LocalTime.of(at + timedelta(hours=1), BERLIN), None
            wanted = NewFollowUp(
                f"promise {number}", OMAR, due, channel, thread_ts=thread, series=series, promise=kind == "warning"
            )
            made = follow_ups.make(wanted, MIA)
            self.due[self._expected(database, made, kind, at)] = at
        database.close()

    def _expected(self, database: SqliteDatabase, made: FollowUp, kind: str, at: datetime) -> str:
        """The key of what comes at *at*; *made* is put where it would be by then."""
        if kind == "next":  # it came yesterday, and nobody pressed: now its next occurrence comes
            before = made.wanted.due.wall - timedelta(days=1)
            database.execute(
                "UPDATE followups SET state = 'due', due_at = :due, wall = :wall, planned = :wall, starts = :wall, "
                "next_at = :at WHERE number = :number",
                {"due": stamp(at - timedelta(days=1)), "wall": before.isoformat(timespec="milliseconds"),
                 "at": stamp(at), "number": made.number},
            )  # fmt: skip
            return f"{made.id}:2:{made.wanted.due.wall:%Y-%m-%d}"
        if kind == "warning":
            database.execute(
                "UPDATE promises SET made_at = :made, next_at = :at WHERE number = :number",
                {"made": stamp(at - timedelta(hours=1)), "at": stamp(at), "number": made.number},
            )
            return f"{made.key}:half"
        return made.key

    def _clients(self) -> list[object]:
        makers = (client_for, reading_client_for)
        return [make(self.workspace.tokens.bot, self.workspace.api_url, timedelta(seconds=1)) for make in makers]

    def run(self) -> list[str]:
        """Kill and start again, then let it finish; returns what was promised and not kept."""
        spoiler = threading.Thread(target=self._spoil, daemon=True)
        spoiler.start()
        until = time.monotonic() + self.plan.within
        for number in range(self.plan.kills):
            bot = self._start()
            time.sleep(self.chance.uniform(*LIVES_S))
            bot.kill()
            bot.wait()
            if (number + 1) % 10 == 0:
                print(f"{number + 1} kills, {len(arrived(self.workspace))} of {len(self.due)} arrived", flush=True)
            if time.monotonic() > until - 30:
                return [f"only {number + 1} of {self.plan.kills} kills fitted into {self.plan.within:.0f} s"]
        self._over.set()
        bot = self._start()
        try:
            while time.monotonic() < until and len(arrived(self.workspace)) < len(self.due):
                time.sleep(0.2)
            time.sleep(2 * (TIMEOUT_S + SETTLE_S))  # for whatever would come twice
        finally:
            bot.terminate()
            bot.wait(15)
        return [*broken_promises(self.workspace, self.due), *self._late_without_a_reason()]

    def _start(self) -> "subprocess.Popen[bytes]":
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "SLACK_BOT_TOKEN": self.workspace.tokens.bot,
            "SLACK_APP_TOKEN": self.workspace.tokens.app,
            "SLACK_API_URL": self.workspace.api_url,
            "SLACK_TIMEOUT": f"{TIMEOUT_S}s",
            "SETTLE": f"{SETTLE_S}s",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "LOG_LEVEL": "ERROR",
        }
        return subprocess.Popen([sys.executable, "-m", "bot", "run"], env=environ, cwd=self.folder, stderr=self.errors)

    def _spoil(self) -> None:
        """Let something go wrong several times a second, of every kind."""
        while not self._over.wait(self.chance.uniform(0.1, 0.9)):
            fault = self.chance.choice(_FAULTS)()
            if sum(one.method == fault.method for one, _ in self.workspace.faults._waiting) < 3:
                self.workspace.faults.add(fault)

    def _late_without_a_reason(self) -> list[str]:
        database = open_database(self.database, exclusive=False)
        rows = database.rows("SELECT key, due_at, sent_at, sending_at, late_because, state FROM outbox")
        database.close()
        said = []
        for row in rows:
            if row["state"] != "sent":
                said.append(f"{row['key']} is {row['state']} in the end")
                continue
            late_s = (instant(row["sending_at"]) - instant(row["due_at"])).total_seconds()
            if late_s > LATE_S and not row["late_because"]:
                said.append(f"{row['key']} left {late_s:.1f} s late, and its receipt does not say why")
        return said


def _history(make: object, *rest: object, **named: object) -> Fault:
    method = random.choice(("conversations.history", "conversations.replies"))
    return make(method, *rest, **named)  # type: ignore[operator, no-any-return]


_FAULTS = (
    lambda: cut(POST, deed=True),
    lambda: cut(POST, deed=False),
    lambda: server_error(POST, deed=True),
    lambda: server_error(POST, deed=False),
    lambda: garbage(POST, deed=True),
    lambda: hang(POST, TIMEOUT_S + 0.5),
    lambda: late(POST, TIMEOUT_S + 0.4),
    lambda: too_many(POST),
    lambda: refusal(POST, "internal_error"),
    lambda: _history(lag, 1.2),
    lambda: _history(server_error, deed=False),
    lambda: _history(too_many),
    lambda: _history(cut, deed=False),
)


def lateness(workspace: Workspace, due: dict[str, datetime], database: SqliteDatabase) -> str:
    """How late they were, in a line."""
    found = arrived(workspace)
    late = sorted(float(found[key][0].ts) - at.timestamp() for key, at in due.items() if key in found)
    if not late:
        return "none arrived"
    middle, p99 = late[len(late) // 2], late[int(len(late) * 0.99)]
    again = "attempt > 1 OR verifications > 0 OR trouble IS NOT NULL"
    doubted = database.rows(f"SELECT COUNT(*) AS n FROM outbox WHERE {again}")[0]["n"]
    most = f"{p99:.1f} s (p99), {late[-1]:.1f} s at the most"
    return f"late by {middle:.2f} s (median), {most}; {doubted} were in trouble once"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--followups", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--within", type=float, default=1800)
    asked = parser.parse_args()
    plan = Plan(asked.followups, asked.kills, asked.seed, asked.within)
    print(f"seed {plan.seed}: {plan.followups} follow-ups, {plan.kills} kills", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        soak = Soak(plan, Path(folder))
        stack.callback(soak.workspace.stop)
        soak.prepare()
        broken = soak.run()
        database = open_database(soak.database, exclusive=False)
        print(lateness(soak.workspace, soak.due, database))
        database.close()
        lost = sum("0 times" in line for line in broken)
        twice = sum("times" in line for line in broken) - lost
        print(f"{time.monotonic() - began:.0f} s: {lost} lost, {twice} posted twice, {len(broken)} promises broken")
        for line in broken[:40]:
            print(f"  {line}")
        if broken:
            sys.stdout.write((soak.folder / "stderr").read_text()[-4000:])
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
