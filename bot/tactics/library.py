"""
The playbook in force and its search: swapped as a whole when the folder changes, kept when the new one is broken.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import PlaybookError
from bot.log import failure
from bot.tactics.loader import load, signature
from bot.tactics.model import Playbook
from bot.tactics.phrases import all_phrases
from bot.tactics.search import CardSearch

if TYPE_CHECKING:  # numpy comes with the extra `semantic` only
    from bot.tactics.vectors import Embedder, VectorCache

logger = logging.getLogger(__name__)

_AT_ONCE = 40  # new phrases embedded before the first answer: about a second; more are done in the background


@dataclass(frozen=True, slots=True)
class Shelf:
    """One playbook with its search. Whoever answers takes it once, and sees no change half-way."""

    playbook: Playbook
    search: CardSearch


class Library:
    """
    Reads *folder*, and again when `look` finds it changed.

    *tell* is called with the mistakes of a broken folder, once for each state of it. Raises PlaybookError if there is
    no good playbook to begin with.
    """

    def __init__(self, folder: Path, *, semantic: bool = True, patient: bool = True) -> None:
        """*semantic* False leaves meanings out. *patient* False answers by words alone until new phrases are learnt."""
        self._folder = folder
        self._tell: Callable[[tuple[str, ...]], None] = lambda mistakes: None
        self._engine = _engine() if semantic else None
        self._seen = signature(folder)
        self._loaded = self._seen
        self.mistakes: tuple[str, ...] = ()
        playbook = load(folder)
        self._unfinished = not patient and self._engine is not None and self._costs(playbook) > _AT_ONCE
        self.shelf = Shelf(playbook, CardSearch(playbook)) if self._unfinished else self._shelve(playbook)

    def on_mistakes(self, tell: Callable[[tuple[str, ...]], None]) -> None:
        """Have *tell* called with what is wrong, whenever the folder is changed into something that cannot be used."""
        self._tell = tell

    @property
    def why_not_semantic(self) -> str | None:
        """Why meanings are not compared, or None if they are."""
        if self._engine is None:
            return 'the extra "semantic" is not installed or does not run here: pip install "toughcustomer[semantic]"'
        return None if self.shelf.search.is_semantic else "new phrases are still being learnt"

    def look(self) -> bool:
        """
        Take up a changed folder; True if there is a new shelf.

        A change is taken up once it has been the same at two looks, so that half-saved files don't count as broken.
        """
        if self._unfinished:
            self._unfinished = False
            self.shelf = self._shelve(self.shelf.playbook)
            return True
        now = signature(self._folder)
        settled, self._seen = now == self._seen, now
        if not settled or now == self._loaded:
            return False
        self._loaded = now
        try:
            playbook = load(self._folder)
            self.shelf = self._shelve(playbook)
        except PlaybookError as error:
            return self._refuse(error.mistakes)
        except Exception as error:  # noqa: BLE001 - told like any other mistake: nobody looks into the log at once
            reference = failure(logger, "the changed playbooks cannot be read", error)
            return self._refuse((f"{self._folder.name}: it cannot be read; see {reference} in the log.",))
        self.mistakes = ()
        logger.info("the changed playbooks are in force: %d cards", len(playbook.cards))
        return True

    def _refuse(self, mistakes: tuple[str, ...]) -> bool:
        self.mistakes = mistakes
        logger.error("the changed playbooks are broken in %d places; the last good ones stay", len(mistakes))
        self._tell(mistakes)
        return False

    def _shelve(self, playbook: Playbook) -> Shelf:
        if self._engine is None:
            return Shelf(playbook, CardSearch(playbook))
        return Shelf(playbook, CardSearch(playbook, *self._engine))

    def _costs(self, playbook: Playbook) -> int:
        return len(self._engine[1].missing(all_phrases(playbook))) if self._engine else 0


def _engine() -> "tuple[Embedder, VectorCache] | None":
    """The embedder and its cache, or None where they cannot be had."""
    try:
        from bot.tactics.vectors import E5, VectorCache, own_vectors

        embedder = E5()
    except (ImportError, OSError, RuntimeError) as error:
        logger.warning("cards are found by words alone, not by meaning: %s", type(error).__name__)
        return None
    return embedder, VectorCache(embedder.model, own=own_vectors())
