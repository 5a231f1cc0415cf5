"""The few threads that talk to Slack, and who may have one: some are kept for what is urgent."""

import threading
from collections import deque
from collections.abc import Callable, Container, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bot.delivery.model import Delivery
from bot.delivery.presence import Presence
from bot.delivery.reconcile import Group

POSTERS = 10
_MOST_POSTS = 6  # of what is not urgent: a page always finds one who is free
_MOST_LOOKS = 2

_AHEAD_S = 0.25  # what leaves within it may be marked together
_MOST_AHEAD = 8  # posts for each thread
_OF_THE_LAST = 0.2  # how much of the usual time the last post tells

Run = Callable[[Callable[[], None]], object]


@dataclass(frozen=True, slots=True)
class Load:
    """One message for *channel*: *deliveries*, taken when the monotonic clock said *marked_at*."""

    channel: str
    deliveries: list[Delivery]
    urgent: bool
    marked_at: float


class Posters:
    """
    Counts what is under way. *run* starts a piece of work, by default on threads of its own.

    While Slack does not answer there is room for none, and for one while it is tried.
    """

    def __init__(self, presence: Presence, run: Run | None) -> None:
        self._presence = presence
        self._executor = None if run else ThreadPoolExecutor(POSTERS, thread_name_prefix="post")
        self.run = run or self._submit
        self._posts = 0  # threads that post
        self._takers = 0  # those of them that take what is not urgent
        self._loads: deque[Load] = deque()  # taken, and not begun
        self._usual_s = _AHEAD_S  # that a post takes
        self._looks: set[Group] = set()
        self._turn = threading.Lock()

    @property
    def under_way(self) -> int:
        """How many posts and looks."""
        with self._turn:
            return self._posts + len(self._looks)

    def has_room(self) -> bool:
        """Whether anything may begin."""
        return self.under_way < self._presence.at_once(POSTERS)

    def room_to_post(self, *, urgent: bool) -> int:
        """How many posts may begin: for those that are not urgent as many as will leave within a moment."""
        with self._turn:
            tasks, usual_s = self._posts, self._usual_s
            free = self._presence.at_once(POSTERS) - tasks - len(self._looks)
        if urgent or free <= 0:
            return max(0, free)
        ahead = 1 if self._presence.at_once(POSTERS) < POSTERS else int(_AHEAD_S / max(usual_s, _AHEAD_S / _MOST_AHEAD))
        return max(0, min(free, _MOST_POSTS - tasks)) * max(1, ahead)

    def post(self, loads: Sequence[Load], work: Callable[[Load], None]) -> None:
        """Do *work* for each of *loads*: an urgent one at once, the others in their order as threads come free."""
        for load in loads:
            if load.urgent:
                with self._turn:
                    self._posts += 1
                self.run(lambda load=load: self._work_on(load, work))  # type: ignore[misc]
        others = [load for load in loads if not load.urgent]
        with self._turn:
            self._loads.extend(others)
        for _ in range(min(len(others), _MOST_POSTS)):
            with self._turn:
                if self._takers and self._posts >= _MOST_POSTS:
                    return  # those that are at work take the rest
                self._posts += 1
                self._takers += 1
            self.run(lambda: self._work_off(work))

    def withdraw(self, channels: Container[str] | None = None) -> list[Load]:
        """Those that nobody has begun for *channels*, or for any; they are posted no more."""
        with self._turn:
            found = [load for load in self._loads if channels is None or load.channel in channels]
            for load in found:
                self._loads.remove(load)
        return found

    def _work_on(self, load: Load, work: Callable[[Load], None]) -> None:
        try:
            work(load)
        finally:
            with self._turn:
                self._posts -= 1

    def _work_off(self, work: Callable[[Load], None]) -> None:
        """Take what waits until nothing does; whoever adds more meanwhile either sees us or begins another."""
        try:
            while True:
                with self._turn:
                    if not self._loads:
                        self._posts -= 1
                        self._takers -= 1
                        return
                    load = self._loads.popleft()
                work(load)
        except BaseException:
            with self._turn:
                self._posts -= 1
                self._takers -= 1
            raise

    def took(self, seconds: float) -> None:
        """A post took so long."""
        with self._turn:
            self._usual_s += _OF_THE_LAST * (seconds - self._usual_s)

    def may_look(self, group: Group, *, urgent: bool) -> bool:
        """Whether a look for *group* may begin; if so, it counts as begun."""
        room = self.has_room()
        with self._turn:
            if not room or group in self._looks or (not urgent and len(self._looks) >= _MOST_LOOKS):
                return False
            self._looks.add(group)
            return True

    def end_look(self, group: Group) -> None:
        """It is over."""
        with self._turn:
            self._looks.discard(group)

    def stop(self) -> None:
        """Begin nothing more."""
        if self._executor:
            self._executor.shutdown(wait=False, cancel_futures=True)

    def _submit(self, work: Callable[[], None]) -> None:
        assert self._executor
        self._executor.submit(work)
