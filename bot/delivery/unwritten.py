"""What threads have done and nobody has written down yet: kept until the disk takes it."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.delivery.model import Delivery, Posted
from bot.delivery.queue import DeliveryQueue
from bot.delivery.reconcile import Reconciler


class Unwritten:
    """May be told of from any thread; whoever decides takes all of it. *settle* as in `Sender`."""

    def __init__(self, queue: DeliveryQueue, reconciler: Reconciler, settle: timedelta) -> None:
        self._queue = queue
        self._reconciler = reconciler
        self._settle = settle
        self._posted: list[Posted] = []
        self._channels: list[str] = []  # whose post has ended
        self._stranded: list[Delivery] = []  # whose fate could not be stored
        self._turn = threading.Lock()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write down."""
        return not (self._posted or self._channels or self._stranded)

    def posted(self, one: Posted) -> None:
        """It is in its channel."""
        with self._turn:
            self._posted.append(one)

    def over(self, channel: str) -> None:
        """A post to *channel* has ended, however."""
        with self._turn:
            self._channels.append(channel)

    def strand(self, deliveries: Sequence[Delivery]) -> None:
        """What became of *deliveries* could not be stored."""
        with self._turn:
            self._stranded += deliveries

    def take(self) -> tuple[list[Posted], list[str]]:
        """What has been posted, and where posts have ended; to be given back where it could not be stored."""
        with self._turn:
            posted, self._posted = self._posted, []
            channels, self._channels = self._channels, []
        return posted, channels

    def give_back(self, posted: list[Posted], channels: Sequence[str] = ()) -> None:
        """It could not be stored."""
        with self._turn:
            self._posted = posted + self._posted
            self._channels = [*channels, *self._channels]

    def write_down(self) -> bool:
        """Store what has been posted; whether there was any."""
        with self._turn:
            posted, self._posted = self._posted, []
        try:
            self._queue.all_sent(posted)
        except BaseException:
            self.give_back(posted)
            raise
        return bool(posted)

    def put_stranded_right(self, now: datetime) -> None:
        """Put what is stranded back in line, or in doubt where it had begun to leave."""
        with self._turn:
            stranded, self._stranded = self._stranded, []
        try:
            if stranded:
                self._reconciler.doubted(stranded)
                self._queue.put_right(stranded, now, self._settle)
        except BaseException:
            self.strand(stranded)
            raise
