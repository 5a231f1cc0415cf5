"""The browser windows that are on the page: what each is told, and which modal each shows."""

import asyncio
from collections.abc import Callable
from typing import Any

END = "end"
_MOST_WAITING = 500

Told = asyncio.Queue[tuple[str, Any]]


class PageWindows:
    """
    Windows by an id that each keeps when it is loaded anew.

    *left* is called with the id of a first modal that no window shows any more, though some did: to Slack, the client
    in which it was open has gone away.
    """

    def __init__(self, left: Callable[[str], None]) -> None:
        self._left = left
        self._streams: dict[str, tuple[Told, Callable[[], bool]]] = {}
        self._shown: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._streams)

    def begin(self, window: str, is_there: Callable[[], bool]) -> Told:
        """*window* listens, as long as *is_there* says so; what it is told comes out of the queue."""
        if window in self._streams:
            self._streams[window][0].put_nowait((END, {}))
        told = Told()
        self._streams[window] = told, is_there
        return told

    def end(self, window: str, told: Told) -> None:
        """*window* listens to *told* no more: it is closed, unless it listens anew already."""
        if window in self._streams and self._streams[window][0] is told:
            del self._streams[window]
            told.put_nowait((END, {}))
            self.shows(window, "")

    def begins_anew(self, window: str) -> None:
        """*window* was loaded just now, and shows nothing yet. Others that are closed are noticed, too."""
        self.shows(window, "")
        for other, (told, is_there) in list(self._streams.items()):
            if not is_there():
                self.end(other, told)

    def shows(self, window: str, modal: str) -> None:
        """*window* shows the stack of modals that begins with *modal*; or none, where that is empty."""
        before = self._shown.pop(window, "")
        if modal and window:
            self._shown[window] = modal
        if before and before not in self._shown.values():
            self._left(before)

    def end_all(self) -> None:
        """The workspace ends: nothing is left by anybody, and nobody is told any more."""
        self._shown.clear()
        self.tell(END, {})

    def tell(self, kind: str, what: Any) -> None:
        """Tell every window."""
        for told, _ in self._streams.values():
            if told.qsize() < _MOST_WAITING:  # a window that does not listen looks anew when it does
                told.put_nowait((kind, what))
