"""How many requests are under way, and a calm moment to do what nobody's acknowledgement waits for."""

import threading
import time

_MANY = 2  # requests under way, above which an answer is no longer computed before the acknowledgement
_CALM_S = 0.005  # without a new request
_LONGEST_WAIT_S = 0.5  # for a calm moment: then it is done all the same


class RequestLoad:
    """Context manager around each request that is dispatched."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._under_way = 0
        self._last_at = 0.0

    def __enter__(self) -> None:
        with self._turn:
            self._under_way += 1
        self._last_at = time.monotonic()

    def __exit__(self, *ended: object) -> None:
        with self._turn:
            self._under_way -= 1

    def is_high(self) -> bool:
        """Whether so many are under way that each would wait for all the others' answers."""
        return self._under_way > _MANY

    def wait_for_calm(self, since: float) -> None:
        """Let a burst be acknowledged first, until half a second after *since*, by the monotonic clock, at the most."""
        until = since + _LONGEST_WAIT_S
        while (now := time.monotonic()) < until and (self._under_way > 1 or now - self._last_at < _CALM_S):
            time.sleep(_CALM_S)
