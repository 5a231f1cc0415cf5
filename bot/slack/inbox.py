"""
Events, kept before they are acknowledged, and worked on afterwards.

Bolt acknowledges an event before its listener runs, so whatever dies in between would be lost. Here the event is a row
first: Slack's repeats find it there (same `event_id`), a mention that comes as two events is one subject, and what was
not begun when the process died is done after the start. What *was* begun is not begun again: an answer to a person
may be lost in a crash, and they ask again; it must not come twice.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.errors import UserError
from bot.log import failure
from bot.storage.database import Database

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(hours=24)  # Slack repeats an event for minutes, and with Delayed Events for a day
_WORKERS = 4

Event = dict[str, Any]
Handler = Callable[[Event, str], None]  # the inner event and the team's id


@dataclass(frozen=True, slots=True)
class _Subscription:
    name: str
    handler: Handler
    wanted: Callable[[Event], bool]
    repeatable: bool


class Inbox:
    """
    The event inbox of one team.

    *trouble* is called with the event, the error and its reference when a handler fails, to tell the person.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._subscriptions: dict[str, list[_Subscription]] = {}
        self._by_name: dict[str, _Subscription] = {}
        self._trouble: Callable[[Event, Exception, str], None] = lambda event, error, reference: None
        self._arrived = threading.Condition()
        self._stopping = False
        self._threads: list[threading.Thread] = []

    def on(
        self,
        kind: str,
        handler: Handler,
        wanted: Callable[[Event], bool] = lambda event: True,
        *,
        repeatable: bool = False,
    ) -> None:
        """
        Have *handler* called with each event of type *kind* for which *wanted* is true; others are not even kept.

        A *repeatable* handler may be called again with what it was working on when the process died; it answers nobody.
        """
        name = f"{kind}, watched" if repeatable else kind
        self._by_name[name] = _Subscription(name, handler, wanted, repeatable)
        self._subscriptions.setdefault(kind, []).append(self._by_name[name])

    def on_trouble(self, tell: Callable[[Event, Exception, str], None]) -> None:
        """Have *tell* called when a handler fails."""
        self._trouble = tell

    def accept(self, team_id: str, payload: dict[str, Any]) -> None:
        """
        Keep one ``event_callback`` payload, unless it is known or nobody wants it. After this it may be acknowledged.

        Raises StorageUnavailable: then it must not be acknowledged, so that Slack sends it again.
        """
        event = payload.get("event") or {}
        subscriptions = self._subscriptions.get(event.get("type", ""), ())
        subscription = next((one for one in subscriptions if one.wanted(event)), None)
        if subscription is None:
            return
        subject = f"{event['channel']}:{event['ts']}" if "channel" in event and "ts" in event else None
        kept = self._database.execute(
            """
            INSERT OR IGNORE INTO inbox (team_id, event_id, kind, subject, received_at, state, payload)
            VALUES (:team_id, :event_id, :kind, :subject, :at, 'received', :payload)
            """,
            {
                "team_id": team_id,
                "event_id": payload["event_id"],
                "kind": subscription.name,
                # a mention in a watched thread comes as two events, and both are wanted
                "subject": None if subscription.repeatable else subject,
                "at": self._clock.now().isoformat(),
                "payload": json.dumps(event),
            },
        )
        if kept:
            with self._arrived:
                self._arrived.notify()

    def start(self) -> None:
        """Work on what arrives, and first on what was left over."""
        left = self._database.rows("SELECT kind, COUNT(*) AS n FROM inbox WHERE state = 'working' GROUP BY kind")
        for kind, number in ((row["kind"], row["n"]) for row in left):
            again = kind in self._by_name and self._by_name[kind].repeatable
            if again:
                ends = "state = 'received'"
            else:
                ends = "state = 'done', payload = NULL"
                logger.warning("%d events were being answered when the last run ended; they are not again", number)
            sql = f"UPDATE inbox SET {ends} WHERE state = 'working' AND kind = :kind"  # noqa: S608 - ours
            self._database.execute(sql, {"kind": kind})
        for number in range(_WORKERS):
            thread = threading.Thread(target=self._work, name=f"inbox-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, within_s: float) -> None:
        """Begin nothing more, and wait for what is being worked on, *within_s* seconds at the most."""
        with self._arrived:
            self._stopping = True
            self._arrived.notify_all()
        deadline = time.monotonic() + within_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def forget_old(self) -> int:
        """Drop the ids of events that Slack will not repeat any more, and all traces of text; returns how many."""
        self._database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return self._database.execute(
            "DELETE FROM inbox WHERE state = 'done' AND received_at < :before",
            {"before": (self._clock.now() - KEPT_FOR).isoformat()},
        )

    def waiting(self) -> int:
        """How many events are not done yet."""
        return int(self._database.rows("SELECT COUNT(*) AS n FROM inbox WHERE state <> 'done'")[0]["n"])

    def _work(self) -> None:
        while True:
            try:
                row = self._claim()
            except Exception as error:  # noqa: BLE001 - the worker's loop: one of the two places, see style
                failure(logger, "could not read the inbox", error)
                row = None
            if row is not None:
                self._handle(row)
                continue
            with self._arrived:
                if self._stopping:
                    return
                # the time-out only matters where a notice was missed because the disk was full
                self._arrived.wait(1.0)
                if self._stopping:
                    return

    def _claim(self) -> dict[str, Any] | None:
        if self._stopping:
            return None
        with self._database.transaction():
            rows = self._database.rows(
                "SELECT * FROM inbox WHERE state = 'received' ORDER BY received_at LIMIT 1",
            )
            if not rows:
                return None
            known = self._by_name.get(rows[0]["kind"])
            # its text goes now, where what was begun is never begun again
            self._set(rows[0], "working", keep=known is not None and known.repeatable)
            return rows[0]

    def _handle(self, row: dict[str, Any]) -> None:
        event = json.loads(row["payload"])
        try:
            if row["kind"] in self._by_name:
                self._by_name[row["kind"]].handler(event, row["team_id"])
        except UserError as error:  # theirs to mend, and no trouble of ours
            self._tell(event, error, "")
        except Exception as error:  # noqa: BLE001 - the worker's loop
            reference = failure(logger, f"event {row['event_id']} ({row['kind']}) failed", error)
            self._tell(event, error, reference)
        try:
            self._set(row, "done")
        except Exception as error:  # noqa: BLE001 - the worker's loop
            failure(logger, f"event {row['event_id']} was handled but could not be marked", error)

    def _tell(self, event: Event, error: Exception, reference: str) -> None:
        try:
            self._trouble(event, error, reference)
        except Exception as second:  # noqa: BLE001 - the worker's loop
            failure(logger, f"{reference} could not be told", second)

    def _set(self, row: dict[str, Any], state: str, *, keep: bool = False) -> None:
        self._database.execute(
            """
            UPDATE inbox SET state = :state, payload = CASE WHEN :keep THEN payload END
            WHERE team_id = :team_id AND event_id = :event_id
            """,
            {"state": state, "keep": int(keep), "team_id": row["team_id"], "event_id": row["event_id"]},
        )
