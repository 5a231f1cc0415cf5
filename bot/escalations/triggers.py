"""Triggers: the criteria that a thread or its customer meets, as a case keeps them."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.customers.names import KnownNames, NamedCustomer
from bot.escalations.detection.criteria import Detection
from bot.escalations.detection.sentences import Utterance
from bot.escalations.model import Case, Trigger
from bot.escalations.page_context import Neighbours
from bot.escalations.settings import EscalationSettings
from bot.escalations.store import CaseStore

_NAMES_S = 30.0


class Triggers:
    """Reads threads by the criteria in force, and knows customers by their names."""

    def __init__(self, store: CaseStore, settings: EscalationSettings, neighbours: Neighbours) -> None:
        self._store = store
        self._settings = settings
        self._neighbours = neighbours
        self._looked_up = -_NAMES_S
        self._known: frozenset[str] = frozenset()
        self._index = KnownNames(())

    def reading(self, thread: Sequence[Utterance], muted: frozenset[str]) -> Detection:
        """What the criteria in force find in *thread*, but for those that are *muted* there."""
        return self._settings.criteria().read(thread, self._settings.high_value(), muted)

    def customer_in(self, thread: Sequence[Utterance]) -> NamedCustomer | None:
        """The customer whom the thread is about, as known names are written; None where that cannot be said surely."""
        return self._names().customer_in([one.text for one in thread])

    def forget_names(self) -> None:
        """A customer may be new: look the names up again."""
        self._looked_up = -_NAMES_S

    def _names(self) -> KnownNames:
        """All known customers, as they were half a minute ago at the earliest; indexed anew only where one is new."""
        if self._looked_up + _NAMES_S < time.monotonic():
            names = frozenset({*self._store.customers(), *self._neighbours.customers()})
            if names != self._known:
                self._known, self._index = names, KnownNames(names)
            self._looked_up = time.monotonic()
        return self._index

    def again(self, case: Case, now: datetime) -> list[Trigger]:
        """Met by how often this customer had to be escalated lately."""
        if case.customer is None:
            return []
        about = self._store.about(case.customer)  # with this case
        opened = [one.opened_at for one in about if one.met or one.number == case.number]
        found = []
        for criterion in self._settings.criteria().all:
            since = now - timedelta(days=criterion.days)
            times = sum(at > since for at in opened)
            if criterion.times is not None and times >= criterion.times and criterion.id not in case.muted:
                words = f"{times} escalations of {case.customer} in {criterion.days} days"
                found.append(Trigger(criterion.id, criterion.means, words, criterion.urgent, known=True))
        return found

    def met(self, reading: Detection, case: Case, thread: Sequence[Utterance]) -> list[Trigger]:
        """The criteria that *reading* found in *thread*, as *case* keeps them; none where they are too few to page."""
        if not reading.page:
            return []
        known = {one.criterion for one in case.met}  # of those the reasons are kept
        found = [
            Trigger(
                one.criterion.id,
                one.criterion.means,
                one.evidence,
                one.criterion.urgent,
                ts=thread[one.message].ts if one.message < len(thread) else "",
                because=() if one.criterion.id in known else tuple(self._settings.criteria().why(thread, one)),
            )
            for one in reading.findings
        ]
        return [one for one in found if one.criterion not in case.muted]
