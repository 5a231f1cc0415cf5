"""Ctrl-C and SIGTERM, told to whoever waits for the end."""

import _thread
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def ended_by_signals(end: Callable[[], None]) -> Iterator[None]:
    """
    Have *end* called, on a thread of its own, at the first Ctrl-C or SIGTERM; a second Ctrl-C interrupts.

    Not in the handler itself: it may run in the midst of `Event.wait`, which holds the very lock that `Event.set`
    needs, and the process would hang for good.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ended(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, before[signal.SIGINT])
        _thread.start_new_thread(end, ())  # not threading.Thread, whose start waits for a lock, too

    for number in before:
        signal.signal(number, ended)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
