"""
From what is said to the page, and what it costs where nothing is watched.

`python -m tests.bench.pages`: message events over HTTP to a channel without escalations, and to one with, beside an
empty Bolt listener, in rounds that alternate. Then 50 messages a second for 40 s over 100 threads in 20 channels, each
channel with a manager of its own, and in each thread one message that meets a criterion, with and without 100,000
threads stored.
"""

import http.client
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bot.clock import stamp
from bot.config import shipped_manifest
from bot.demo_seed import HARBOUR_SALES, MIA, TEAM_ID
from bot.emulator.dispatch import signed
from bot.emulator.manifest import read_manifest
from bot.emulator.model import Conversation, PostedMessage, User
from bot.emulator.workspace import Workspace
from bot.escalations.policy import Hours, Policy, Step
from bot.escalations.store import CaseStore
from bot.storage.sqlite import open_database
from tests.bench.figures import note
from tests.bench.search import percentile
from tests.wire import Wire, eventually

CHANNELS, THREADS, A_SECOND, LASTS_S = 20, 100, 50, 40
STORED = 100_000
ROUNDS, EVENTS = 3, 600
ORDINARY = (  # what no card fits, and no criterion
    "the meeting room is free again",
    "the new coffee machine is here",
    "who took the good stapler?",
    "parking is full today",
    "friday is a holiday in bavaria",
)
TROUBLE = "they say they will take their business elsewhere over the outage"


@contextmanager
def served(workspace: Workspace, kind: str, folder: Path) -> Iterator[int]:
    """A process of `tests.bench.serve`; its port."""
    tokens = (workspace.tokens.bot, workspace.tokens.signing_secret)
    command = [sys.executable, "-m", "tests.bench.serve", kind, workspace.api_url, str(folder), *tokens]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


@dataclass
class Stage:
    """The workspace of the load: channels, each with a manager, and threads in them."""

    workspace: Workspace
    managers: dict[str, str]
    threads: list[tuple[str, str]]


def stage(folder: Path) -> Stage:
    """Channels with managers, their settings stored, and no thread begun."""
    workspace = Workspace(read_manifest(shipped_manifest()), seed=HARBOUR_SALES).start()
    workspace.webapi.posts_a_minute = 3000
    managers = {}
    for number in range(CHANNELS):
        channel, manager = f"C0LOAD{number:02d}", f"U0BOSS{number:02d}"
        workspace.state.users[manager] = User(manager, f"boss{number}", f"Boss {number}", "Manager", "Europe/Berlin")
        members = [MIA, manager, workspace.state.bot_user_id]
        workspace.state.channels[channel] = Conversation(
            channel, channel.lower(), "channel", members, int(time.time()), MIA, "load"
        )
        managers[channel] = manager
    database = open_database(folder / "bench.db")
    store = CaseStore(database, TEAM_ID)
    wait = timedelta(hours=1)
    chains = {channel: (Step((manager,), wait),) for channel, manager in managers.items()}
    with store.transaction():
        store.set("policy", Policy(hours=Hours(always=True), channels=chains).to_json())
        store.set("channels", sorted(managers))
    database.close()
    return Stage(workspace, managers, [])


def fill(folder: Path) -> None:
    """100,000 threads of three messages each, and 20,000 cases that are over."""
    connection = sqlite3.connect(folder / "bench.db")
    at = stamp(datetime(2026, 1, 1, tzinfo=UTC))
    rows = [(f"C0LOAD{n % CHANNELS:02d}", f"{1_700_000_000 + n}.000100") for n in range(STORED)]
    connection.executemany(
        f"INSERT INTO watched (team_id, channel, thread_ts, began_at) VALUES ('{TEAM_ID}', ?, ?, '{at}')", rows
    )
    said = [
        (c, ts, f"{1_700_000_000 + n}.{part:06d}", ORDINARY[part])
        for n, (c, ts) in enumerate(rows)
        for part in range(3)
    ]
    connection.executemany(
        "INSERT INTO thread_messages (team_id, channel, thread_ts, ts, author, role, text, at)"
        f" VALUES ('{TEAM_ID}', ?, ?, ?, 'U0MIA', 'rep', ?, '{at}')",
        said,
    )
    policy = json.dumps({"policy": Policy().to_json(), "steps": [], "zones": {}, "outsiders": []})
    cases = [(n + 1, c, ts, f"Customer {n % 500}", f"customer {n % 500}") for n, (c, ts) in enumerate(rows[:20_000])]
    connection.executemany(
        "INSERT INTO cases (team_id, number, channel, thread_ts, customer, name, owner, policy, state, opened_at,"
        " closed_at, outcome)"
        f" VALUES ('{TEAM_ID}', ?, ?, ?, ?, ?, 'U0MIA', '{policy}', 'closed', '{at}', '{at}', 'resolved')",
        cases,
    )
    connection.execute("INSERT INTO numbers VALUES (?, 'case', ?)", (TEAM_ID, len(cases)))
    connection.commit()
    connection.close()


def pages(*, stored: bool) -> list[float]:
    """Seconds from each message that meets a criterion to its page, over HTTP."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = stage(folder)
        if stored:
            fill(folder)
        try:
            with served(made.workspace, "words", folder) as port:
                assert made.workspace.deliver_to(f"http://127.0.0.1:{port}/slack/events") == ""
                return _load(made)
        finally:
            made.workspace.stop()


def _load(made: Stage) -> list[float]:
    workspace, chance = made.workspace, random.Random(7)

    def say(channel: str, text: str, thread_ts: str = "") -> str:
        ts = workspace.call(workspace.state.new_ts)
        said = PostedMessage(ts, channel, MIA, text, thread_ts=thread_ts)
        workspace.call(workspace.state.post, said)
        return str(ts)

    channels = sorted(made.managers)
    for number in range(THREADS):
        channel = channels[number % CHANNELS]
        made.threads.append((channel, say(channel, "the room is booked")))
        time.sleep(0.02)
    time.sleep(2)
    every, said_at = A_SECOND * LASTS_S // THREADS, {}
    began = time.monotonic()
    for number in range(A_SECOND * LASTS_S):
        time.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))
        if number % every == every // 2:  # in turn, so that Slack's second a channel is not what is measured
            channel, thread_ts = made.threads[number // every]
            said_at[thread_ts.replace(".", "")] = time.time()
            say(channel, TROUBLE, thread_ts)
        else:
            say(*_shuffled(chance, made.threads))
    lag = time.monotonic() - began - LASTS_S
    found = lambda: {  # noqa: E731
        key: float(one.ts)
        for one in workspace.messages()
        if "needs you" in one.text and one.channel.startswith("D")
        for key in said_at
        if f"/p{key}|" in json.dumps(one.blocks)
    }
    eventually(lambda: len(found()) == THREADS, within=20)
    arrived = found()
    print(f"  {len(arrived)} of {THREADS} pages; the load itself was {max(0.0, lag):.2f} s behind at its end")
    return sorted(arrived[key] - at for key, at in said_at.items() if key in arrived)


def _shuffled(chance: random.Random, threads: list[tuple[str, str]]) -> tuple[str, str, str]:
    channel, thread_ts = chance.choice(threads)
    return channel, chance.choice(ORDINARY), thread_ts


def events() -> None:
    """Message events beside an empty listener."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workspace = Workspace(read_manifest(shipped_manifest()), seed=HARBOUR_SALES).start()
        try:
            with served(workspace, "empty", folder) as empty, served(workspace, "words", folder) as bot:
                times: dict[str, list[float]] = {"empty": [], "not watched": [], "watched": []}
                for number in range(ROUNDS + 1):
                    for kind, port, channel in (
                        ("empty", empty, "C0RANDOM"), ("not watched", bot, "C0RANDOM"), ("watched", bot, "C0ESC"),
                    ):  # fmt: skip
                        took = _events(workspace, port, channel)
                        times[kind] += took if number else []  # the first round warms up
            print("| message events | median, p99 | ratio of medians | bar |")
            print("|---|---|---|---|")
            for kind, bar in (("empty", 0.0), ("not watched", 2.0), ("watched", 2.0)):
                ratio = median(times[kind]) / median(times["empty"])
                shown = f"{median(times[kind]):.2f}, {percentile(times[kind], 0.99):.2f} ms"
                print(f"| {kind} | {shown} | {ratio:.2f} | {bar or '–'} |")
                if bar:
                    note(f"a message, {kind} / empty listener", ratio, bar)
        finally:
            workspace.stop()


def _events(workspace: Workspace, port: int, channel: str) -> list[float]:
    wire = Wire(workspace, "")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    times = []
    for number in range(EVENTS):
        ts = f"{time.time():.6f}"
        event = {
            "type": "message", "channel": channel, "channel_type": "channel", "user": MIA, "ts": ts, "event_ts": ts,
            "text": ORDINARY[number % len(ORDINARY)],
        }  # fmt: skip
        body = json.dumps(wire.event_payload(event))
        headers = {**signed(workspace.tokens.signing_secret, body), "Content-Type": "application/json"}
        began = time.monotonic()
        connection.request("POST", "/slack/events", body, headers)
        answer = connection.getresponse()
        answer.read()
        times.append((time.monotonic() - began) * 1000)
        assert answer.status == 200
    return times


def main() -> None:
    events()
    for stored in (False, True):
        print(f"{A_SECOND} messages a second over {THREADS} threads, {STORED if stored else 0:,} threads stored:")
        took = pages(stored=stored)
        took = took or [99.0]
        p99 = percentile(took, 0.99)
        print(f"  from message to page: median {median(took):.2f} s, p99 {p99:.2f} s, longest {took[-1]:.2f} s")
        threads = f"{STORED if stored else 0:,} threads stored"
        note(f"from message to page, p99, {threads}, s", p99 if len(took) == THREADS else 99.0, 1.0)


if __name__ == "__main__":
    main()
