"""Looks for what is in doubt, begun while there is room for them, urgent ones first."""

import logging
from collections.abc import Callable
from datetime import datetime

from bot.delivery.direct import DirectConversations
from bot.delivery.model import Delivery
from bot.delivery.posters import Posters
from bot.delivery.presence import Presence
from bot.delivery.reconcile import Group, Reconciler
from bot.delivery.transport import HISTORY, OPEN, REPLIES
from bot.log import failure
from bot.slack.errors import NotDelivered

logger = logging.getLogger(__name__)


class Looks:
    """*ended* is called after each."""

    def __init__(
        self,
        reconciler: Reconciler,
        posters: Posters,
        presence: Presence,
        direct: DirectConversations,
        ended: Callable[[], None],
    ) -> None:
        self._reconciler = reconciler
        self._posters = posters
        self._presence = presence
        self._direct = direct
        self._ended = ended

    def begin(self, now: datetime) -> None:
        """Begin all that may be begun."""
        if not self._posters.has_room():
            return
        for group, urgent in self._reconciler.places(now):
            method = OPEN if group[0].startswith("@") else REPLIES if group[1] else HISTORY
            if self._presence.wait(method, urgent=urgent) > 0 or not (doubtful := self._reconciler.due(group, now)):
                continue
            if self._posters.may_look(group, urgent=urgent):
                self._posters.run(lambda group=group, doubtful=doubtful: self._look(group, doubtful))  # type: ignore[misc]

    def _look(self, group: Group, doubtful: list[Delivery]) -> None:
        try:
            if not group[0].startswith("@"):
                self._reconciler.look(group, doubtful)
            elif self._direct.has_to_be_opened(group[0]):
                self._direct.open(group[0])
        except NotDelivered as error:
            self._reconciler.could_not_look(doubtful, error)
        except Exception as error:  # noqa: BLE001 - the worker's loop
            failure(logger, f"looking for {doubtful[0].draft.subject} failed", error)
        finally:
            self._posters.end_look(group)
            self._ended()
