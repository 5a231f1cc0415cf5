"""
Tests of real processes on the real clock, on a machine that may be busy.

"Exactly once" rests on time: Slack accepts no request later than a settle after we gave up on it. An emulated Slack
that gets no processor for so long breaks that premise, and what then comes twice tells nothing. So it is watched how
long the workspace kept others waiting; where that was too long to tell, the same is tried again with all times longer.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.emulator.workspace import Workspace

STRETCHES = (1.0, 4.0, 16.0)
_LOOK_EVERY_S = 0.02


class Waits:
    """How long the workspace kept somebody waiting at the most, in seconds."""

    def __init__(self) -> None:
        self.longest_s = 0.0


@contextmanager
def waits_for(workspace: Workspace, *, onto: Waits) -> Iterator[None]:
    """Watch how long *workspace*, and this machine, take for nothing at all."""
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            began = time.monotonic()
            time.sleep(_LOOK_EVERY_S)
            workspace.call(lambda: None)
            onto.longest_s = max(onto.longest_s, time.monotonic() - began - _LOOK_EVERY_S)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def stretched(attempt: Callable[[float, Waits], list[str]], bearable_s: float) -> list[str]:
    """
    What goes wrong in *attempt*, which is given a factor for all its times, and where to note how long it waited.

    Where something does and the waits were longer than *bearable_s* times the factor, it is tried with the next one.
    """
    wrong: list[str] = []
    for factor in STRETCHES:
        waits = Waits()
        wrong = attempt(factor, waits)
        if not wrong or waits.longest_s <= bearable_s * factor:
            break
    return wrong
