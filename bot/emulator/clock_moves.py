"""
Moves of the workspace's clock: in one step, or with a stop wherever the app has something to do on the way.

An app that shares the clock and sees it jump by an hour was, as far as it can tell, not running for an hour.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.emulator.state import WorkspaceState

_MOST_STOPS = 200  # then the rest in one step: something comes due again and again


class ClockMoves:
    """
    Moves the clock of *state*, one move after another.

    *settle*, where it is set, is called at every stop, on a thread of its own: it waits until the app has done what is
    due by now, and tells when the next thing is due.
    """

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state
        self._turn = asyncio.Lock()
        self.settle: Callable[[], datetime | None] | None = None
        self.until: datetime | None = None  # where it is moving to now

    async def by(self, step: timedelta) -> None:
        """Move forward by *step*. Raises ValueError for a step backward."""
        async with self._turn:
            if self.settle is None or step <= timedelta():
                return self._jump(step)
            self.until = self._state.clock.now() + step
            try:
                await self._go(self.settle, self.until)
            finally:
                self.until = None
                self._state.on_change()

    async def _go(self, settle: Callable[[], datetime | None], end: datetime) -> None:
        for _ in range(_MOST_STOPS):
            self._state.on_change()
            due = await asyncio.to_thread(settle)
            now = self._state.clock.now()
            stops = [one for one in (due, *self._state.scheduled_times()) if one is not None and now < one < end]
            self._jump(max(timedelta(), min([end, *stops]) - now))
            if not stops:
                break
        else:
            self._jump(max(timedelta(), end - self._state.clock.now()))
        await asyncio.to_thread(settle)

    def _jump(self, step: timedelta) -> None:
        self._state.clock.advance(step)
        self._state.run_due()
        self._state.on_change()
