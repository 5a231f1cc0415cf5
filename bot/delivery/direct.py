"""Direct conversations, kept by person: Slack lets one ask for some fifty a minute, so each is asked for once."""

from bot.delivery.presence import Presence
from bot.delivery.queue import DeliveryQueue
from bot.delivery.reconcile import Failpoint
from bot.delivery.transport import OPEN, Transport
from bot.slack.errors import NotDelivered
from bot.slack.last_known import LastKnown


class DirectConversations:
    """Those of one team, known to the outbox as "@" and a person until they are open. Raises StorageUnavailable."""

    def __init__(
        self,
        queue: DeliveryQueue,
        transport: Transport,
        last_known: LastKnown,
        presence: Presence,
        failpoint: Failpoint,
    ) -> None:
        self._queue = queue
        self._transport = transport
        self._last_known = last_known
        self._presence = presence
        self._failpoint = failpoint
        self._opened: set[str] = set()  # in this process: Slack has just said so

    def has_to_be_opened(self, person: str) -> bool:
        """Whether Slack has to be asked for that of *person*; if not, what waits for them is there now."""
        known = self._of(person[1:])
        if known is not None:
            self._queue.opened(person, known)
        return known is None

    def open(self, person: str) -> None:
        """Ask Slack for that of *person*, and keep it. Raises NotDelivered."""
        try:
            channel = self._transport.open(person[1:])
        except NotDelivered as error:
            self._presence.hear(OPEN, person, error)
            raise
        self._presence.hear(OPEN, person, None)
        self._failpoint("before_keep")
        self._last_known.put("direct", person[1:], channel)
        self._opened.add(channel)
        self._queue.opened(person, channel)
        self._failpoint("after_open")

    def forget(self, channel: str) -> str | None:
        """
        Slack knows no *channel*: whose it was, to be opened anew; None where it was opened a moment ago, or by nobody.
        """
        return None if channel in self._opened else self._last_known.forget("direct", channel)

    def _of(self, person: str) -> str | None:
        remembered = self._last_known.get("direct", person)
        channel = str(remembered.value) if remembered is not None else ""
        return channel if channel[:1] in ("D", "G") else None
