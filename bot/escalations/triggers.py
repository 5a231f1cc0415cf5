"""Triggers: the criteria that a thread or its customer meets, as a case keeps them."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.escalations.detection.criteria import Detection
from bot.escalations.detection.sentences import Utterance
from bot.escalations.model import Case, Trigger
from bot.escalations.posts import Neighbours
from bot.escalations.settings import EscalationSettings
from bot.escalations.store import CaseStore

_NAMES_S = 30.0


class Triggers:
    """Reads threads by the criteria in force, and knows customers by their names."""

    def __init__(self, store: CaseStore, settings: EscalationSettings, neighbours: Neighbours) -> None:
        self._store = store
        self._settings = settings
        self._neighbours = neighbours
        self._known_names: tuple[float, list[str]] = (0.0, [])

    def reading(self, thread: Sequence[Utterance], muted: frozenset[str]) -> Detection:
        """What the criteria in force find in *thread*, but for those that are *muted* there."""
        return self._settings.criteria().read(thread, self._settings.high_value(), muted)

    def customer_in(self, thread: Sequence[Utterance]) -> str | None:
        """The known customer whom the thread names first, the longest name where several begin alike."""
        for one in thread:
            text = one.text.casefold()
            for name in self._names():
                at = text.find(name.casefold())
                if at >= 0 and not (text[at - 1 : at].isalnum() or text[at + len(name) :][:1].isalnum()):
                    return name
        return None

    def forget_names(self) -> None:
        """A customer may be new: look the names up again."""
        self._known_names = (0.0, [])

    def _names(self) -> list[str]:
        """All known customers, the longest name first, as they were half a minute ago at the earliest."""
        until, names = self._known_names
        if until < time.monotonic():
            names = sorted({*self._store.customers(), *self._neighbours.customers()}, key=len, reverse=True)
            self._known_names = time.monotonic() + _NAMES_S, names
        return names

    def again(self, case: Case, now: datetime) -> list[Trigger]:
        """Met by how often this customer had to be escalated lately."""
        if case.customer is None:
            return []
        opened = [one.opened_at for one in self._store.about(case.customer)]  # with this case
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
