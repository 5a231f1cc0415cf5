"""Many at once: all are acknowledged first, and each gets its own answer."""

import threading
import time
from collections.abc import Callable

from bot.slack.load import RequestLoad


def test_few_under_way_are_no_high_load_and_many_are() -> None:
    load = RequestLoad()
    with load, load:
        assert not load.is_high()
        with load:
            assert load.is_high()
    assert not load.is_high()


def _takes(do: Callable[[], None]) -> float:
    began = time.monotonic()
    do()
    return time.monotonic() - began


def test_a_calm_moment_comes_at_once_where_nothing_else_is_under_way() -> None:
    load = RequestLoad()
    with load:
        pass
    time.sleep(0.02)

    assert _takes(lambda: load.wait_for_calm(time.monotonic())) < 0.1


def test_a_burst_is_waited_for_and_a_load_that_does_not_end_is_not() -> None:
    load, over = RequestLoad(), threading.Event()

    def burst() -> None:
        with load, load:
            over.wait(0.15)

    threading.Thread(target=burst).start()
    time.sleep(0.02)
    assert 0.08 < _takes(lambda: load.wait_for_calm(time.monotonic())) < 0.45

    with load, load:
        assert 0.4 < _takes(lambda: load.wait_for_calm(time.monotonic())) < 1.5


def test_what_has_waited_for_its_turn_does_not_wait_for_a_calm_moment_as_well() -> None:
    load = RequestLoad()
    with load, load:
        assert _takes(lambda: load.wait_for_calm(time.monotonic() - 1)) < 0.1
