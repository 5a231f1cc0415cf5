"""The cards in force and their search: swapped as a whole when the folder changes, kept while the new one is broken."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.storage.watched import Watched
from bot.tactics.model import Card, Playbook
from bot.tactics.playbook.loader import load, signature
from bot.tactics.search.ranking import CardSearch

if TYPE_CHECKING:  # numpy comes with the extra `semantic` only
    from bot.tactics.search.models import Embedder
    from bot.tactics.search.vectors import VectorCache

logger = logging.getLogger(__name__)

_LOOKED_AT = 400  # own examples that are tried: about ten seconds


@dataclass(frozen=True, slots=True)
class ActivePlaybook:
    """One playbook with its search. Whoever answers takes it once, and sees no change half-way."""

    playbook: Playbook
    search: CardSearch


class PlaybookWatcher(Watched[ActivePlaybook]):
    """
    The cards of *folder*, read again when it changes.

    Raises PlaybookError if there is no good playbook to begin with.
    """

    def __init__(self, folder: Path, *, semantic: bool = True, patient: bool = True) -> None:
        """*semantic* False leaves meanings out. *patient* False answers by words alone until new phrases are learnt."""
        self._engine = _engine() if semantic else None
        self._must_learn = False
        self._patient = patient
        super().__init__("playbooks", lambda: signature(folder), lambda: self._with_search(load(folder)))
        self._patient = True  # whoever changes the cards later does not wait for an answer

    @property
    def active(self) -> ActivePlaybook:
        """The playbook in force, with its search."""
        return self.now

    @property
    def why_not_semantic(self) -> str | None:
        """Why meanings are not compared, or None if they are."""
        if self._engine is None:
            return 'the extra "semantic" is not installed or does not run here: pip install "toughcustomer[semantic]"'
        return None if self.active.search.is_semantic else "new phrases are still being learnt"

    def astray(self) -> list[tuple[str, Card]]:
        """Examples of the team's own that the search reads as another card's, and which; only the first few hundred."""
        if self._engine is None or not self.active.search.is_semantic:
            return []
        cards = self.active.playbook.cards.values()
        own = self._engine[1].own_of(example for card in cards for example in card.examples)
        return self.active.search.astray(own[:_LOOKED_AT])

    def take_up_changes(self) -> bool:
        """Learn what is still to be learnt, or read anew what has changed; True if something new is in force."""
        if self._must_learn:
            self._must_learn = False
            self.now = self._with_search(self.now.playbook)
            return True
        return super().take_up_changes()

    def _with_search(self, playbook: Playbook) -> ActivePlaybook:
        search = CardSearch(playbook, *(self._engine or ()), patient=self._patient)
        self._must_learn = self._engine is not None and not search.is_semantic
        return ActivePlaybook(playbook, search)


def _engine() -> "tuple[Embedder, VectorCache] | None":
    """The embedder and its cache, or None where they cannot be had."""
    try:
        from bot.tactics.search.models import E5
        from bot.tactics.search.vectors import VectorCache, own_vectors

        embedder = E5()
    except (ImportError, OSError, RuntimeError) as error:
        logger.warning("cards are found by words alone, not by meaning: %s", type(error).__name__)
        return None
    return embedder, VectorCache(embedder.model, own=own_vectors())
