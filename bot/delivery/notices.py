"""Notices: what whoever runs the bot must hear of, to ADMINS directly and through the outbox."""

import logging
from collections.abc import Callable, Sequence

from bot.clock import Clock
from bot.delivery.model import Draft
from bot.delivery.outbox import Outbox
from bot.slack.block_kit import Message

logger = logging.getLogger(__name__)


class Notices:
    """Tells *admins*. *wake* is called when there is something to send."""

    def __init__(self, outbox: Outbox, admins: Sequence[str], clock: Clock, wake: Callable[[], None]) -> None:
        self._outbox = outbox
        self._admins = tuple(admins)
        self._clock = clock
        self._wake = wake

    def tell(self, key: str, said: Message) -> None:
        """Tell each of them once for each *key* (without spaces). Raises StorageUnavailable."""
        if not self._admins:
            logger.warning("nobody is named in ADMINS, so nobody is told: notice %s", key)
        now = self._clock.now()
        for admin in self._admins:
            self._outbox.add(Draft(f"notice:{key}:{admin}", "notice", f"notice:{key}", f"@{admin}", said, now), now)
        self._wake()
