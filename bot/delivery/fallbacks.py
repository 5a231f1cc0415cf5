"""What cannot be delivered: it ends, and whoever stands in for its reader hears of it in the same transaction."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.delivery.model import Delivery, Draft, undelivered
from bot.delivery.queue import DeliveryQueue

logger = logging.getLogger(__name__)


def give_up(queue: DeliveryQueue, deliveries: Sequence[Delivery], trouble: str, now: datetime) -> None:
    """End *deliveries* because of *trouble*, and plan what is told in their place."""
    logger.warning("%s cannot be delivered (%s)", ", ".join(one.draft.subject for one in deliveries), trouble)
    told: dict[int, Draft] = {}
    for one in deliveries:
        if one.draft.fallback_to:
            told[one.id] = undelivered(replace(one, trouble=trouble), one.draft.fallback_to[0])
    queue.failed(deliveries, trouble, told, now)
