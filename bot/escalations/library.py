"""The criteria in force; takes up a changed file while the bot runs, and keeps the last good one."""

import logging
from collections.abc import Callable
from pathlib import Path

from bot.config import shipped_playbooks
from bot.errors import PlaybookError
from bot.escalations.loader import NAME, Escalation, load

logger = logging.getLogger(__name__)
_Signature = tuple[int, int] | None


class EscalationLibrary:
    """
    Reads ``escalation.yaml`` of *folder*, or the shipped one where a folder has none, and again when it was changed.

    Raises PlaybookError if there is no good one to begin with.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder if (folder / NAME).is_file() else shipped_playbooks()
        self._tell: Callable[[tuple[str, ...]], None] = lambda mistakes: None
        self._seen = self._loaded = self._signature()
        self.mistakes: tuple[str, ...] = ()
        self.now: Escalation = load(self._folder)

    def on_mistakes(self, tell: Callable[[tuple[str, ...]], None]) -> None:
        """Have *tell* called with what is wrong, whenever the file is changed into something that cannot be used."""
        self._tell = tell

    def look(self) -> bool:
        """Take up a changed file, once it has been the same at two looks; True if it is in force."""
        now = self._signature()
        settled, self._seen = now == self._seen, now
        if not settled or now == self._loaded:
            return False
        self._loaded = now
        try:
            self.now = load(self._folder)
        except PlaybookError as error:
            self.mistakes = error.mistakes
            logger.error("the changed %s is broken in %d places; the last good one stays", NAME, len(error.mistakes))
            self._tell(error.mistakes)
            return False
        self.mistakes = ()
        logger.info("the changed %s is in force: %d criteria", NAME, len(self.now.criteria.all))
        return True

    def _signature(self) -> _Signature:
        try:
            found = (self._folder / NAME).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size
