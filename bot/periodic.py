"""Periodic background jobs, one thread each."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from bot.log import failure

logger = logging.getLogger(__name__)


class PeriodicJobs:
    """Runs jobs at intervals. One that fails is logged and run again at its next turn."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def every(self, interval: timedelta, name: str, job: Callable[[], object], *, at_once: bool = False) -> None:
        """Run *job* every *interval*, first after one, or *at_once*. To be called before `start`."""
        args = (interval.total_seconds(), name, job, at_once)
        self._threads.append(threading.Thread(target=self._run, args=args, name=name, daemon=True))

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, within_s: float) -> None:
        """End, waiting *within_s* seconds at the most for jobs under way."""
        self._stopping.set()
        for thread in (one for one in self._threads if one.ident):  # none has begun where the start failed
            thread.join(within_s / max(1, len(self._threads)))

    def what_is_wrong(self) -> str | None:
        """For the health report."""
        dead = [thread.name for thread in self._threads if thread.ident and not thread.is_alive()]
        return f"stopped: {', '.join(dead)}" if dead and not self._stopping.is_set() else None

    def _run(self, seconds: float, name: str, job: Callable[[], object], at_once: bool) -> None:
        while not self._stopping.wait(0.0 if at_once else seconds):
            at_once = False
            try:
                job()
            except Exception as error:  # noqa: BLE001 - the worker's loop
                failure(logger, f"{name} failed", error)
