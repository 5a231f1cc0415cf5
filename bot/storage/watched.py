"""Files watched by polling: what was read from them is read again when they change, and kept while they are broken."""

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from bot.errors import PlaybookError
from bot.log import failure

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Watched(Generic[T]):
    """
    What *read* gives, in `now`; read again when *signature* of its files has changed.

    *what* names it in the log. Raises what *read* raises if there is nothing good to begin with.
    """

    def __init__(self, what: str, signature: Callable[[], object], read: Callable[[], T]) -> None:
        self._what = what
        self._signature = signature
        self._read = read
        self._tell: Callable[[tuple[str, ...]], None] = lambda mistakes: None
        self._seen = self._loaded = signature()
        self.mistakes: tuple[str, ...] = ()
        self.now: T = read()

    def on_mistakes(self, tell: Callable[[tuple[str, ...]], None]) -> None:
        """Have *tell* called with what is wrong, whenever a change cannot be used."""
        self._tell = tell

    def take_up_changes(self) -> bool:
        """
        Read anew what has changed; True if something new is in force.

        A change counts once it has been the same at two calls, so that half-saved files don't count as broken.
        """
        now = self._signature()
        settled, self._seen = now == self._seen, now
        if not settled or now == self._loaded:
            return False
        self._loaded = now
        try:
            self.now = self._read()
        except PlaybookError as error:
            return self._refuse(error.mistakes)
        except Exception as error:  # noqa: BLE001 - told like any other mistake: nobody looks into the log at once
            reference = failure(logger, f"the changed {self._what} cannot be read", error)
            return self._refuse((f"{self._what}: it cannot be read; see {reference} in the log.",))
        self.mistakes = ()
        logger.info("the changed %s is in force", self._what)
        return True

    def _refuse(self, mistakes: tuple[str, ...]) -> bool:
        self.mistakes = mistakes
        logger.error("the changed %s is broken in %d places; the last good one stays", self._what, len(mistakes))
        self._tell(mistakes)
        return False
