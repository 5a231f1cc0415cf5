"""Periodic background jobs, one thread each."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.log import failure

logger = logging.getLogger(__name__)

_TOO_LONG_S = 60.0
_SOON_S = 0.5  # after the start: once it serves
_TOO_OFTEN = 3


@dataclass
class _Job:
    name: str
    every_s: float
    do: Callable[[], object]
    thread: threading.Thread
    began: float | None = None  # while it is under way, by the monotonic clock
    failures: int = 0  # in a row


class PeriodicJobs:
    """Runs jobs at intervals. One that fails is logged and run again at its next turn."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._stopping = threading.Event()
        self._jobs: list[_Job] = []
        self._once: list[threading.Thread] = []

    def every(self, interval: timedelta, name: str, job: Callable[[], object], *, at_once: bool = False) -> None:
        """Run *job* every *interval*, first after one, or *at_once*. To be called before `start`."""
        thread = threading.Thread(target=lambda: self._run(mine, at_once=at_once), name=name, daemon=True)
        mine = _Job(name, interval.total_seconds(), job, thread)
        self._jobs.append(mine)

    def once(self, name: str, job: Callable[[], object]) -> None:
        """Run *job* once, soon after `start`: what need not be done before the first answer. To be called before it."""

        def do() -> None:
            if not self._stopping.wait(_SOON_S):
                job()

        self._once.append(threading.Thread(target=do, name=name, daemon=True))

    def start(self) -> None:
        """Begin."""
        for thread in self._once:
            thread.start()
        for job in self._jobs:
            job.thread.start()

    def stop(self, within_s: float) -> None:
        """End, waiting *within_s* seconds at the most for jobs under way."""
        self._stopping.set()
        for job in (one for one in self._jobs if one.thread.ident):  # none has begun where the start failed
            job.thread.join(within_s / max(1, len(self._jobs)))

    def what_has_stopped(self) -> str | None:
        """For the health report: jobs that have ended."""
        if self._stopping.is_set():
            return None
        dead = [f"{one.name} stopped" for one in self._jobs if one.thread.ident and not one.thread.is_alive()]
        return "; ".join(dead) or None

    def what_fails(self) -> str | None:
        """For the health report: jobs that failed several times in a row, or have been at it for long."""
        now = self._monotonic()
        failing = [f"{one.name} failed {one.failures} times in a row" for one in self._jobs
                   if one.failures >= _TOO_OFTEN]  # fmt: skip
        long = [f"{one.name} runs for {now - one.began:.0f} s" for one in self._jobs
                if one.began is not None and now - one.began > _TOO_LONG_S]  # fmt: skip
        return "; ".join(failing + long) or None

    def _run(self, job: _Job, *, at_once: bool) -> None:
        while not self._stopping.wait(0.0 if at_once else job.every_s):
            at_once = False
            job.began = self._monotonic()
            try:
                job.do()
                job.failures = 0
            except Exception as error:  # noqa: BLE001 - the worker's loop
                job.failures += 1
                failure(logger, f"{job.name} failed", error)
            finally:
                job.began = None
