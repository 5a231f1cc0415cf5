"""Long work on the database in small steps, so that whatever else needs it never waits for long."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from bot.storage.database import Database

Removed = dict[str, int]  # what was removed, in people's words, to how many
Step = Callable[[Removed], None]  # done whole or not at all; it looks anew at what it changes
Looks = Iterator[Sequence[Step]]  # what each look into the database has found to do; a look is outside of transactions

_AIM_S = 0.01  # for one transaction with its way to the disk, so that even a slow one stays below 50 ms
_MOST_AT_A_TIME_S, _LEAST_AT_A_TIME_S = 0.015, 0.001  # of work in one transaction
_SHORTEST_BREATH_S = 0.002
AT_ONCE = 200  # rows that one look finds, and that a step changes, at the most


def in_small_steps(database: Database, looks: Looks, removed: Removed) -> None:
    """
    Do all steps that *looks* find, a few in each transaction, counted in *removed*.

    How much is done at a time follows from how long the last one took. Between transactions the database is left to
    others for as long as it was held. Raises StorageUnavailable; what was
    done until then stays done, and the rest is found by the next call.
    """
    at_a_time = _LEAST_AT_A_TIME_S
    for found in looks:
        waiting = deque(found)
        while waiting:
            began = time.monotonic()
            with database.transaction():
                while waiting and time.monotonic() - began < at_a_time:
                    waiting.popleft()(removed)
            took = max(_SHORTEST_BREATH_S, time.monotonic() - began)
            at_a_time = min(_MOST_AT_A_TIME_S, max(_LEAST_AT_A_TIME_S, at_a_time * _AIM_S / took))
            time.sleep(took)


def count(removed: Removed, what: str, how_many: int) -> None:
    """Add to what was removed."""
    removed[what] = removed.get(what, 0) + how_many
