"""The few threads that talk to Slack, and who may have one: some are kept for what is urgent."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot.delivery.presence import Presence
from bot.delivery.reconcile import Group

POSTERS = 10
_MOST_POSTS = 6  # of what is not urgent: a page always finds one who is free
_MOST_LOOKS = 2

Run = Callable[[Callable[[], None]], object]


class Posters:
    """
    Counts what is under way. *run* starts a piece of work, by default on threads of its own.

    While Slack does not answer there is room for none, and for one while it is tried.
    """

    def __init__(self, presence: Presence, run: Run | None) -> None:
        self._presence = presence
        self._executor = None if run else ThreadPoolExecutor(POSTERS, thread_name_prefix="post")
        self.run = run or self._submit
        self._posts = 0
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

    def has_room_to_post(self, *, urgent: bool) -> bool:
        """Whether a post may begin."""
        return self.has_room() and (urgent or self._posts < _MOST_POSTS)

    def begin_post(self) -> None:
        """One begins."""
        with self._turn:
            self._posts += 1

    def end_post(self) -> None:
        """One is over."""
        with self._turn:
            self._posts -= 1

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
