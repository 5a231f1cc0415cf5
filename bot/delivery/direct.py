"""Direct conversations, kept by person: Slack lets one ask for some fifty a minute, so each is asked for once."""

import json

from bot.clock import Clock, stamp
from bot.delivery.presence import Presence
from bot.delivery.queue import DeliveryQueue
from bot.delivery.reconcile import Failpoint
from bot.delivery.transport import OPEN, Transport
from bot.slack.errors import NotDelivered

_KIND = "direct"


class DirectConversations:
    """Those of one team, known to the outbox as "@" and a person until they are open. Raises StorageUnavailable."""

    def __init__(
        self, queue: DeliveryQueue, transport: Transport, clock: Clock, presence: Presence, failpoint: Failpoint
    ) -> None:
        self._queue = queue
        self._database = queue.database
        self._team_id = queue.team_id
        self._transport = transport
        self._clock = clock
        self._presence = presence
        self._failpoint = failpoint
        self._opened: dict[str, str] = {}  # in this process: Slack has just said so

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
        self._database.execute(
            """
            INSERT INTO last_known (team_id, kind, id, value, at) VALUES (:team, :kind, :id, :channel, :at)
            ON CONFLICT (team_id, kind, id) DO UPDATE SET value = excluded.value, at = excluded.at
            """,
            {**self._key(person[1:]), "channel": json.dumps(channel), "at": stamp(self._clock.now())},
        )
        self._opened[person[1:]] = channel
        self._queue.opened(person, channel)
        self._failpoint("after_open")

    def forget(self, channel: str) -> str | None:
        """
        Slack knows no *channel*: whose it was, to be opened anew; None where it was opened a moment ago, or by nobody.
        """
        if channel in self._opened.values():
            return None
        where = "team_id = :team AND kind = :kind AND value = :channel"
        known = {"team": self._team_id, "kind": _KIND, "channel": json.dumps(channel)}
        rows = self._database.rows(f"SELECT id FROM last_known WHERE {where}", known)  # noqa: S608 - a constant of ours
        if not rows:
            return None
        self._database.execute(f"DELETE FROM last_known WHERE {where}", known)  # noqa: S608
        return str(rows[0]["id"])

    def _of(self, person: str) -> str | None:
        if person in self._opened:
            return self._opened[person]
        rows = self._database.rows(
            "SELECT value FROM last_known WHERE team_id = :team AND kind = :kind AND id = :id", self._key(person)
        )
        channel = str(rows[0]["value"]).strip('"') if rows else ""
        return channel if channel[:1] in ("D", "G") else None

    def _key(self, person: str) -> dict[str, object]:
        return {"team": self._team_id, "kind": _KIND, "id": person}
