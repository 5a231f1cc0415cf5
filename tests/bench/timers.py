"""
Our reminders beside the same rows through bare sqlite3, APScheduler 3 and huey, in one run on this machine.

What is measured: durable schedules a second; finding and firing 1,000 due among many pending; lateness; idle CPU and
memory; and what a SIGKILL while firing loses or doubles. Each part is a process of its own. Trust ratios, not figures.
"""

import argparse
import json
import os
import random
import resource
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.bench.figures import note

ROOT = Path(__file__).resolve().parents[2]
BERLIN = ZoneInfo("Europe/Berlin")
SYSTEMS = ("bare", "ours", "apscheduler", "huey")
FAR = timedelta(days=300)


def cpu_s() -> float:
    """Processor time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


# ours


class Ours:
    """Follow-ups and the outbox; *sink* stands in for Slack, since it is the store and the timers that are compared."""

    def __init__(self, folder: Path, sink: Callable[[str], None] = lambda key: None) -> None:
        from bot.clock import SystemClock
        from bot.delivery.outbox import Outbox
        from bot.delivery.queue import DeliveryQueue
        from bot.delivery.sender import Sender
        from bot.storage.sqlite import open_database
        from tests.bench.sink import SinkTransport
        from tests.delivering import follow_ups_of

        self.database = open_database(folder / "ours.db")
        outbox = Outbox(self.database, "T1")
        self.queue = DeliveryQueue(outbox)
        self.service = follow_ups_of(outbox, SystemClock())
        self.sender = Sender(
            self.queue,
            SinkTransport(folder / "sink", sink),
            SystemClock(),
            timedelta(seconds=0.2),
            timers=[self.service.timer],
            join=False,
        )

    def schedule(self, at: datetime, number: int) -> str:
        from bot.followups.model import LocalTime, NewFollowUp

        return self.service.make(
            NewFollowUp(f"promise {number}", "U1", LocalTime.of(at, BERLIN), f"C{number}"), "U1"
        ).id

    def fill(self, count: int, at: datetime) -> None:
        from bot.clock import stamp

        row = ("T1", "x", "U1", "U1", "C1", stamp(at), "2027-01-01T09:00:00.000", "Europe/Berlin", stamp(at))
        with self.database.transaction():
            self.database._connection.executemany(
                "INSERT INTO followups (team_id, number, text, owner, maker, channel, due_at, wall, zone, made_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((row[0], 10_000_000 + number, *row[1:]) for number in range(count)),
            )

    def fire(self, now: datetime) -> int:
        """Let the sender run until everything that is due is sent and written down: the whole way but for Slack."""
        self.sender.start()
        left = "SELECT COUNT(*) AS n FROM followups WHERE state = 'waiting' AND due_at <= :now"
        while self.database.rows(left, {"now": now.isoformat()})[0]["n"] or self.sender.counts():
            time.sleep(0.002)
        return int(self.database.rows("SELECT COUNT(*) AS n FROM outbox WHERE state = 'sent'")[0]["n"])

    def run(self) -> None:
        self.sender.start()

    def close(self) -> None:
        self.sender.stop(1.0)
        self.database.close()


class Bare:
    """The same rows by hand: a follow-up and a line of its log in one transaction, WAL and FULL."""

    def __init__(self, folder: Path, sink: Callable[[str], None] = lambda key: None) -> None:
        self.sink = sink
        self.db = sqlite3.connect(folder / "bare.db", isolation_level=None, check_same_thread=False)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.executescript(
            """
            CREATE TABLE IF NOT EXISTS followups (team_id TEXT NOT NULL, number INTEGER NOT NULL, customer TEXT,
                text TEXT NOT NULL, owner TEXT, maker TEXT, channel TEXT, thread_ts TEXT, private INTEGER, due_at TEXT,
                wall TEXT, zone TEXT, rule TEXT, state TEXT DEFAULT 'waiting', occurrence INTEGER, made_at TEXT,
                closed_at TEXT, closed_by TEXT, PRIMARY KEY (team_id, number)) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS due ON followups (due_at) WHERE state = 'waiting';
            CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, number INTEGER, at TEXT, who TEXT, what TEXT);
            """
        )
        self._over = threading.Event()

    def schedule(self, at: datetime, number: int) -> str:
        due = at.astimezone(UTC).isoformat(timespec="milliseconds")
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute(
            "INSERT INTO followups VALUES ('T1', ?, NULL, ?, 'U1', 'U1', ?, NULL, 0, ?, ?, 'Europe/Berlin', NULL, "
            "'waiting', 1, ?, NULL, NULL)",
            (number, f"promise {number}", f"C{number}", due, due, due),
        )
        self.db.execute("INSERT INTO log (number, at, who, what) VALUES (?, ?, 'U1', 'made')", (number, due))
        self.db.execute("COMMIT")
        return str(number)

    def fill(self, count: int, at: datetime) -> None:
        due = at.astimezone(UTC).isoformat(timespec="milliseconds")
        self.db.execute("BEGIN")
        self.db.executemany(
            "INSERT INTO followups (team_id, number, text, due_at, state) VALUES ('T1', ?, 'x', ?, 'waiting')",
            ((10_000_000 + number, due) for number in range(count)),
        )
        self.db.execute("COMMIT")

    def fire(self, now: datetime) -> int:
        due = now.astimezone(UTC).isoformat(timespec="milliseconds")
        fired = 0
        while rows := self.db.execute(
            "SELECT number FROM followups WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at LIMIT 100", (due,)
        ).fetchall():
            for (number,) in rows:
                self.sink(str(number))
            self.db.execute("BEGIN IMMEDIATE")
            self.db.executemany("UPDATE followups SET state = 'sent' WHERE team_id = 'T1' AND number = ?", rows)
            self.db.execute("COMMIT")
            fired += len(rows)
        return fired

    def run(self) -> None:
        def loop() -> None:
            while not self._over.is_set():
                self.fire(datetime.now(UTC))
                row = self.db.execute("SELECT MIN(due_at) FROM followups WHERE state = 'waiting'").fetchone()
                pause = 1.0
                if row[0]:
                    pause = min(1.0, max(0.0, (datetime.fromisoformat(row[0]) - datetime.now(UTC)).total_seconds()))
                self._over.wait(pause)

        threading.Thread(target=loop, daemon=True).start()

    def close(self) -> None:
        self._over.set()
        time.sleep(0.1)
        self.db.close()


SINK: list[Callable[[str], None]] = [lambda key: None]


def fired(key: str) -> None:
    """What APScheduler calls: by name, since its jobs are pickled."""
    SINK[0](key)


class APScheduler:
    """APScheduler 3 with its SQLite store, in WAL and FULL as ours."""

    def __init__(self, folder: Path, sink: Callable[[str], None] = lambda key: None) -> None:
        from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
        from apscheduler.schedulers.background import BackgroundScheduler
        from sqlalchemy import create_engine, event

        SINK[0] = sink
        engine = create_engine(f"sqlite:///{folder / 'aps.db'}")

        @event.listens_for(engine, "connect")
        def _durable(connection: Any, record: object) -> None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")

        self.store = SQLAlchemyJobStore(engine=engine)
        self.scheduler = BackgroundScheduler(
            jobstores={"default": self.store}, job_defaults={"misfire_grace_time": None}, timezone=UTC
        )
        self.scheduler.start(paused=True)

    def schedule(self, at: datetime, number: int) -> str:
        self.scheduler.add_job(fired, "date", run_date=at, args=[str(number)], id=str(number))
        return str(number)

    def fill(self, count: int, at: datetime) -> None:
        self.schedule(at, 10_000_000)
        connection = self.store.engine.raw_connection()
        row = connection.execute(
            "SELECT next_run_time, job_state FROM apscheduler_jobs WHERE id = '10000000'"
        ).fetchone()
        connection.executemany(
            "INSERT INTO apscheduler_jobs VALUES (?, ?, ?)", ((str(10_000_001 + n), *row) for n in range(count - 1))
        )
        connection.commit()
        connection.close()

    def fire(self, now: datetime) -> int:
        done: list[str] = []
        SINK[0] = done.append
        due = len(self.store.get_due_jobs(now))
        self.scheduler.resume()
        while len(done) < due:
            time.sleep(0.001)
        self.scheduler.pause()
        return len(done)

    def run(self) -> None:
        self.scheduler.resume()

    def close(self) -> None:
        self.scheduler.shutdown(wait=False)


class Huey:
    """huey with its SQLite storage, synchronous FULL, its consumer with one thread."""

    def __init__(self, folder: Path, sink: Callable[[str], None] = lambda key: None) -> None:
        from huey import SqliteHuey

        self.huey = SqliteHuey(filename=str(folder / "huey.db"), fsync=True, utc=True, results=False)
        self.sink = sink

        @self.huey.task(name="fired")  # type: ignore[untyped-decorator]
        def fired(key: str) -> None:
            self.sink(key)

        self.task = fired

    def schedule(self, at: datetime, number: int) -> str:
        self.huey.add_schedule(self.task.s(str(number), eta=at.astimezone(UTC).replace(tzinfo=None)))
        return str(number)

    def fill(self, count: int, at: datetime) -> None:
        self.schedule(at, 10_000_000)
        connection = sqlite3.connect(self.huey.storage.filename)
        row = connection.execute("SELECT queue, data, timestamp FROM schedule ORDER BY timestamp DESC").fetchone()
        connection.executemany(
            "INSERT INTO schedule (queue, data, timestamp) VALUES (?, ?, ?)", (row for _ in range(count - 1))
        )
        connection.commit()
        connection.close()

    def fire(self, now: datetime) -> int:
        done = 0
        for task in self.huey.read_schedule(now.astimezone(UTC).replace(tzinfo=None)):
            self.huey.enqueue(task)
        while (task := self.huey.dequeue()) is not None:
            self.huey.execute(task)
            done += 1
        return done

    def run(self) -> None:
        consumer = self.huey.create_consumer(workers=1, periodic=False, initial_delay=0.01, max_delay=0.05)
        consumer._set_signal_handlers = lambda: None
        threading.Thread(target=consumer.run, daemon=True).start()

    def close(self) -> None:
        return


MAKERS: dict[str, Callable[..., Any]] = {"ours": Ours, "bare": Bare, "apscheduler": APScheduler, "huey": Huey}


# the parts, each in a process of its own


def schedules(name: str, folder: Path, count: int) -> dict[str, float]:
    """Durable schedules a second, one call at a time."""
    system = MAKERS[name](folder)
    at = datetime.now(UTC) + FAR
    began, cpu = time.perf_counter(), cpu_s()
    for number in range(1, count + 1):
        system.schedule(at, number)
    took = time.perf_counter() - began
    return {"a second": count / took, "CPU ms each": (cpu_s() - cpu) * 1000 / count}


def firing(name: str, folder: Path, pending: int) -> dict[str, float]:
    """Seconds to find and fire 1,000 due ones among *pending*."""
    system = MAKERS[name](folder)
    system.fill(pending, datetime.now(UTC) + FAR)
    for number in range(1, 1001):
        system.schedule(datetime.now(UTC) + timedelta(milliseconds=1500), number)
    time.sleep(1.6)
    began, cpu = time.perf_counter(), cpu_s()
    count = system.fire(datetime.now(UTC))
    took = time.perf_counter() - began
    assert count == 1000, f"{name} fired {count}"
    return {"s": took, "CPU s": cpu_s() - cpu}


def lateness(name: str, folder: Path, pending: int) -> dict[str, float]:
    """How late 500 timers come, spread over ten seconds, each in a channel of its own, with *pending* others."""
    late: list[float] = []
    due: dict[str, float] = {}

    def sink(key: str) -> None:
        late.append(time.time() - due[key.partition(":")[0]])

    system = MAKERS[name](folder, sink)
    system.fill(pending, datetime.now(UTC) + FAR)
    begins = datetime.now(UTC) + timedelta(seconds=3)
    for number in range(1, 501):
        at = begins + timedelta(milliseconds=number * 20)
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        due[system.schedule(at, number)] = at.timestamp()
    system.run()
    while len(late) < 500 and time.time() < begins.timestamp() + 20:
        time.sleep(0.05)
    ordered = sorted(late)
    return {
        "p50 ms": ordered[len(ordered) // 2] * 1000,
        "p99 ms": ordered[int(len(ordered) * 0.99)] * 1000,
        "max ms": ordered[-1] * 1000,
    }


def idle(name: str, folder: Path, pending: int) -> dict[str, float]:
    """CPU in 20 idle seconds with *pending* ones, and the memory."""
    system = MAKERS[name](folder)
    system.fill(pending, datetime.now(UTC) + FAR)
    system.run()
    time.sleep(2)
    cpu = cpu_s()
    time.sleep(20)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {"CPU ms": (cpu_s() - cpu) * 1000, "RSS MB": pages * resource.getpagesize() / 1e6}


def killed_life(name: str, folder: Path) -> dict[str, float]:
    """One process of the kill test: fires into a file until nothing is left."""
    file = (folder / "fired").open("a", buffering=1)

    def sink(key: str) -> None:
        time.sleep(0.002)
        file.write(f"{key.removeprefix('F').partition(':')[0]}\n")

    system = MAKERS[name](folder, sink)
    system.run()
    quiet, seen = 0, -1
    while quiet < 40:
        time.sleep(0.1)
        size = (folder / "fired").stat().st_size
        quiet = 0 if size != seen else quiet + 1
        seen = size
    return {}


def kills(name: str, folder: Path, count: int = 2000, most: int = 6) -> dict[str, float]:
    """What SIGKILL at random moments while firing *count* due timers loses and doubles."""
    system = MAKERS[name](folder)
    for number in range(1, count + 1):
        system.schedule(datetime.now(UTC) + timedelta(seconds=1), number)
    system.close()
    (folder / "fired").touch()
    time.sleep(1.2)
    chance = random.Random(7)
    done = 0
    while True:
        process = _started("killed_life", name, folder)
        try:
            process.wait(chance.uniform(0.8, 2.2) if done < most else 120)
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            done += 1
    # ours is looked for in its destination, so there it is counted
    lines = [key.partition(":")[0] for key in (folder / ("sink" if name == "ours" else "fired")).read_text().split()]
    return {"kills": done, "lost": count - len(set(lines)), "doubled": len(lines) - len(set(lines))}


PARTS: dict[str, Callable[..., dict[str, float]]] = {
    part.__name__: part for part in (schedules, firing, lateness, idle, kills, killed_life)
}


def _started(part: str, name: str, folder: Path, *more: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.bench.timers", "--part", part, name, str(folder), *map(str, more)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONWARNINGS": "ignore"}
    )


def measured(part: str, name: str, *more: object) -> dict[str, float]:
    """Run one part in a process and a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out, _ = _started(part, name, Path(folder), *more).communicate(timeout=600)
        return dict(json.loads(out.splitlines()[-1])) if out.strip() else {}


def show(title: str, rows: dict[str, dict[str, float]]) -> None:
    print(f"\n{title}")
    columns = list(next(iter(rows.values())))
    print(f"  {'':14}" + "".join(f"{one:>14}" for one in columns))
    for name, values in rows.items():
        print(f"  {name:14}" + "".join(f"{values.get(one, float('nan')):14,.3f}" for one in columns), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", nargs="+")
    parser.add_argument("--few", action="store_true", help="what `make bench` has a bar for")
    parser.add_argument("--quick", action="store_true", help="fewer and smaller, for a first look")
    asked = parser.parse_args()
    if asked.part:
        part, name, folder, *more = asked.part
        print(json.dumps(PARTS[part](name, Path(folder), *map(int, more))), flush=True)
        os._exit(0)
    count, largest = (500, 100_000) if asked.quick else (2000, 1_000_000)

    def median(part: str, name: str, *more: object) -> dict[str, float]:
        made = [measured(part, name, *more) for _ in range(3)]
        return {column: statistics.median(one[column] for one in made) for column in made[0]}

    if asked.few:
        few = {name: median("schedules", name, count)["a second"] for name in ("ours", "bare")}
        print(f"durable schedules a second: ours {few['ours']:,.0f}, bare sqlite3 {few['bare']:,.0f}")
        note("durable schedules / bare sqlite3", few["ours"] / few["bare"], 0.8, at_least=True)
        took = {name: median("firing", name, largest)["s"] for name in ("ours", "apscheduler", "bare")}
        print(f"1,000 due among {largest:,}: {', '.join(f'{name} {s:.2f} s' for name, s in took.items())}")
        note("1,000 due among 1M / APScheduler 3", took["ours"] / took["apscheduler"], 0.25)
        return
    made = {name: median("schedules", name, count) for name in SYSTEMS}
    show(f"durable schedules, {count} one by one", made)
    print(f"  ours : bare = {made['ours']['a second'] / made['bare']['a second']:.2f} (at least 0.4 is asked)")
    for name in SYSTEMS:
        sizes = {str(pending): median("firing", name, pending) for pending in (1000, 100_000, largest)}
        show(f"{name}: 1,000 due among so many pending", sizes)
        ratio = sizes[str(largest)]["s"] / sizes["1000"]["s"]
        print(f"  {largest:,} : 1,000 = {ratio:.2f} (at most 1.5 is asked of ours)")
    show("lateness with 100,000 pending", {name: measured("lateness", name, 100_000) for name in SYSTEMS})
    show("20 idle seconds with 100,000 pending", {name: measured("idle", name, 100_000) for name in SYSTEMS})
    show("SIGKILL while firing 2,000", {name: measured("kills", name) for name in SYSTEMS})


if __name__ == "__main__":
    main()
