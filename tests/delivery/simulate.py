"""
A simulation of delivery in virtual time: every boundary of the protocol at which a process can die, with every thing
that can go wrong with every call of Slack, at every position, under clocks that are set, or stand still.

A run is told by its number and the seed, and repeats itself exactly. Its judge is what the simulated Slack holds at
the end. `make simulate` runs all; the suite runs a share that the seed picks.
"""

import argparse
import itertools
import multiprocessing
import os
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.delivery.model import DeliveryState
from bot.delivery.redraw import Redraws
from bot.delivery.transport import HISTORY, OPEN, REPLIES, UPDATE
from bot.slack.block_kit import message
from bot.storage.sqlite import MEMORY, SqliteDatabase, open_database
from tests.delivery.desk import Desk
from tests.delivery.simulated_slack import POST, TROUBLES, Killed

FAILPOINTS = (
    *("", "after_fire", "after_claim", "after_mark", "after_trouble", "after_post", "after_sent", "after_doubt"),
    *("before_keep", "after_open", "before_look", "after_look", "after_reconcile"),
)
METHODS = (POST, OPEN, HISTORY, REPLIES, UPDATE)
POSITIONS = (1, 2, 3, 4)
CLOCKS = ("steady", "back", "forward", "suspended")
LONGEST_S = 1_800.0
HOUR, DAYS = timedelta(hours=1), timedelta(days=2)


@dataclass(frozen=True)
class Combination:
    """
    One run. The process dies at the *hit*-th time that it comes by *failpoint*; the call *position* of *method* meets
    the trouble of that number. *clock* moves when that call is made, or, where there is none, in the fifth second.
    """

    failpoint: str
    trouble: int
    method: str
    position: int
    clock: str
    hit: int


def combinations() -> list[Combination]:
    """All of them. The hit goes round, so that each failpoint is met early and late."""
    places = itertools.product(FAILPOINTS, range(len(TROUBLES)), METHODS, POSITIONS, CLOCKS)
    return [Combination(*place, 1 + number % 3) for number, place in enumerate(places)]


class Plans:
    """A feature whose messages come due."""

    def __init__(self, desk: Desk, due: datetime) -> None:
        self.desk, self.due, self.is_planned = desk, due, False

    def fire_due(self, now: datetime) -> int:
        if self.is_planned or now < self.due:
            return 0
        with self.desk.database.transaction():
            self.desk.plan("F6:1", "C1", thread_ts="1.0")
            self.desk.plan("E1:1", "@UMANAGER", urgent=True, fallback_to=("UADMIN",))
            self.is_planned = True
        return 2

    def next_due(self) -> datetime | None:
        return None if self.is_planned else self.due


class World:
    """A database, a Slack, and processes that come and go."""

    def __init__(self, database: SqliteDatabase, one: Combination, seed: int, parts: dict[str, Any]) -> None:
        self.one = one
        self.random = random.Random(f"{seed}:{one}")
        self.hits = 0
        self.moved = one.clock == "steady"
        self.desk = Desk(database, failpoint=self.failpoint, **parts)
        self.desk.slack.troubles[(one.method, one.position)] = TROUBLES[one.trouble]
        self.desk.slack.during = self.during
        self.plans = Plans(self.desk, self.desk.time.now() + timedelta(seconds=2))
        self.begin()

    def failpoint(self, name: str) -> None:
        if name == self.one.failpoint:
            self.hits += 1
            if self.hits == self.one.hit:
                raise Killed

    def during(self, method: str) -> None:
        if method == self.one.method and self.desk.slack.calls[method] == self.one.position:
            self.move_the_clock()

    def move_the_clock(self) -> None:
        if self.moved:
            return
        self.moved = True
        if self.one.clock == "suspended":
            self.desk.time.suspend(DAYS)
        else:
            self.desk.time.set_by(-HOUR if self.one.clock == "back" else DAYS)
            self.plans.due = min(self.plans.due, self.desk.time.now() + timedelta(seconds=2))

    def begin(self) -> None:
        """A new process."""
        self.plans.is_planned = bool(self.desk.outbox.about("E1"))
        self.desk.sender.add_timer(self.plans)
        self.redraws = Redraws(self.desk.outbox, self.desk.slack, monotonic=self.desk.time.monotonic)
        self.redraws.draw_by(["reminder"], lambda carried: message(f"{carried[0].draft.key} is done"))

    def go(self) -> None:
        """Plan, and let time pass until nothing is left to do."""
        desk = self.desk
        desk.plan("F1:1", "C1", thread_ts="1.0", fallback_to=("U1",))
        desk.plan("F2:1", "C1", thread_ts="1.0", fallback_to=("U1",))
        desk.plan("F3:1", "C1")
        desk.plan("F4:1", "C2")
        desk.plan("F5:1", "@U5")
        desk.slack.down, asked = None, False
        end = desk.time.mono + LONGEST_S
        while desk.time.mono < end:
            try:
                desk.run(self.random.uniform(0.5, 3.0))
                if desk.time.mono > 1005.0:
                    self.move_the_clock()
                if not asked and desk.time.mono > 1008.0:
                    self.redraws.ask("F1")
                    self.redraws.ask("F5")
                    asked = True
                self.redraws.work_off()
            except Killed:
                desk.time.pass_by(self.random.uniform(1.0, 60.0))
                desk.restart()
                self.begin()
            if asked and self.plans.is_planned and not self.left():
                return

    def left(self) -> bool:
        counts = self.desk.sender.counts()
        open_ones = {state for state in counts if state not in ("held", "failed")}
        return bool(open_ones) or bool(self.desk.database.rows("SELECT 1 FROM redraws"))

    def broken(self) -> Iterator[str]:
        """What was promised and not kept."""
        desk, found = self.desk, {}
        for posted in desk.slack.kept:
            found.setdefault(posted.key, []).append(posted)
        for key in ("F1:1", "F2:1", "F3:1", "F4:1", "F5:1", "F6:1", "E1:1"):
            times = len(found.get(key, ()))
            held = any(one.draft.key == key and one.state is DeliveryState.HELD for one in desk.outbox.about(key[:2]))
            if held and f"{key}/told:U1" not in found:
                yield f"{key} is held, and nobody was told"
            if times != 1 and not held:
                yield f"{key} was posted {times} times"
        thread = [one.key for one in sorted(desk.slack.kept, key=lambda one: one.at) if one.thread_ts == "1.0"]
        if thread != sorted(thread):
            yield f"the thread has {thread}"
        if self.left():
            yield "it never came to an end"
        if desk.slack.too_fast:
            yield "a channel was posted to twice within a second"
        drawn = {text for _, _, text in desk.slack.updated}
        if drawn < {"F1:1 is done", "F5:1 is done"}:
            yield f"of what was to be drawn anew there is only {drawn}"
        if desk.sender.what_is_wrong() is not None:
            yield f"it is unwell: {desk.sender.what_is_wrong()}"
        if set(desk.slack.opened) - {"U5", "UMANAGER", "U1", "UADMIN"}:
            yield "somebody was written to who should not be"


def _template() -> bytes:
    database = open_database(MEMORY)
    try:
        return database._connection.serialize()
    finally:
        database.close()


_SCHEMA: list[bytes] = []


def fresh() -> SqliteDatabase:
    """An empty database with our schema, made in a moment."""
    if not _SCHEMA:
        _SCHEMA.append(_template())
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.deserialize(_SCHEMA[0])
    return SqliteDatabase(connection, MEMORY, None)


def run(one: Combination, seed: int, parts: dict[str, Any] | None = None) -> list[str]:
    """What was promised and not kept in this run."""
    database = fresh()
    try:
        world = World(database, one, seed, dict(parts or {}))
        world.go()
        return [f"{one}: {line}" for line in world.broken()]
    finally:
        database.close()


def picked(seed: int, share: int) -> list[Combination]:
    """So many of all, by the seed."""
    every = combinations()
    return random.Random(seed).sample(every, min(share, len(every)))


def _run_quietly(pair: tuple[Combination, int]) -> list[str]:
    return run(*pair)


def _begin_quietly() -> None:
    import logging

    logging.disable(logging.CRITICAL)
    os.nice(5)


def main() -> int:
    """All of them, or so many as are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--runs", type=int, default=len(combinations()))
    asked = parser.parse_args()
    every = combinations()
    chosen = every if asked.runs >= len(every) else picked(asked.seed, asked.runs)
    began = time.monotonic()
    with multiprocessing.Pool(2, _begin_quietly) as pool:
        pairs = ((one, asked.seed) for one in chosen)
        broken = [line for lines in pool.imap_unordered(_run_quietly, pairs, 50) for line in lines]
    for line in broken[:40]:
        print(line)
    print(
        f"{len(chosen)} runs of {len(every)} combinations ({len(FAILPOINTS)} failpoints, {len(TROUBLES)} troubles, "
        f"{len(METHODS)} methods, {len(POSITIONS)} positions, {len(CLOCKS)} clocks), seed {asked.seed}: "
        f"{len(broken)} promises broken, {time.monotonic() - began:.0f} s"
    )
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
