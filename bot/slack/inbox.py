"""
The inbox: events are stored before they are acknowledged, and handled afterwards.

Bolt acknowledges an event before its listener runs, so whatever dies in between would be lost. Here the event is a row
first: Slack's repeats find it there (same `event_id`), a mention that comes as two events is one subject, and what was
not begun when the process died is done after the start. What *was* begun is not begun again: an answer to a person
may be lost in a crash, and they ask again; it must not come twice.
"""

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.errors import StorageUnavailable, UserError
from bot.log import failure
from bot.storage.database import Database
from bot.storage.purge import wipe_log

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(hours=24)  # Slack repeats an event for minutes, and with Delayed Events for a day
_WORKERS = 4
_READERS = 2  # of them, for what answers nobody
_CALM_S, _LONGEST_CALM_S = 0.005, 0.1  # what answers nobody lets a burst be acknowledged first, so long at the most
_AT_ONCE = 50  # events that are marked as done in one go

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

    def __init__(self, database: Database, clock: Clock, team_id: str) -> None:
        self._database = database
        self._team_id = team_id
        self._clock = clock
        self._subscriptions: dict[str, list[_Subscription]] = {}
        self._by_name: dict[str, _Subscription] = {}
        self._trouble: Callable[[Event, Exception, str], None] = lambda event, error, reference: None
        self._arrived = threading.Condition()
        self._turn = threading.Lock()
        self._stopping = False
        self._asked = True  # something that is to be answered may be there
        self._threads: list[threading.Thread] = []
        self._queue: deque[dict[str, Any]] = deque()  # of repeatable events, which are rows all the same
        self._reading = 0
        self._last_at = 0.0
        self._finished: deque[dict[str, Any]] = deque()

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

    def accept(self, payload: dict[str, Any]) -> None:
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
        row = {
            "team_id": self._team_id,
            "event_id": payload["event_id"],
            "kind": subscription.name,
            # a mention in a watched thread comes as two events, and both are wanted
            "subject": None if subscription.repeatable else subject,
            "at": self._clock.now().isoformat(),
            "payload": json.dumps(event),
        }
        kept = self._database.execute(
            """
            INSERT INTO inbox (team_id, event_id, kind, subject, received_at, state, payload)
            VALUES (:team_id, :event_id, :kind, :subject, :at, 'received', :payload)
            ON CONFLICT DO NOTHING
            """,
            row,
        )
        if kept:
            self._last_at = time.monotonic()
            wakes = not self._queue or not subscription.repeatable
            if subscription.repeatable:
                self._queue.append({**row, "arrived": self._last_at})
            else:
                self._asked = True
            if wakes:
                with self._arrived:
                    self._arrived.notify()

    def start(self) -> None:
        """Work on what arrives, and first on what was left over."""
        team = {"team": self._team_id}
        # "<> 'done'" as well: only then SQLite takes the index of those that are not done
        sql = "SELECT COUNT(*) AS n FROM inbox WHERE team_id = :team AND state = 'working' AND state <> 'done'"
        left = self._database.rows(sql, team)[0]["n"]
        if left:
            logger.warning("%d events were being answered when the last run ended; they are not answered again", left)
            self._database.execute(
                "UPDATE inbox SET state = 'done', payload = NULL WHERE team_id = :team AND state = 'working'", team
            )
        left_over = self._database.rows(
            "SELECT * FROM inbox WHERE team_id = :team AND state = 'received' AND state <> 'done' ORDER BY received_at",
            team,
        )
        self._queue.extend({**row, "arrived": 0.0} for row in left_over if self._is_repeatable(row))
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
        try:
            self._store_finished()
        except StorageUnavailable as error:
            failure(logger, "events are read once more after the next start", error)

    def forget_old(self) -> int:
        """Drop the ids of events that Slack will not repeat any more, and all traces of text; returns how many."""
        gone = self._database.execute(
            "DELETE FROM inbox WHERE team_id = :team AND state = 'done' AND received_at < :before",
            {"team": self._team_id, "before": (self._clock.now() - KEPT_FOR).isoformat()},
        )
        wipe_log(self._database)
        return gone

    def waiting(self) -> int:
        """How many events are not done yet."""
        sql = "SELECT COUNT(*) AS n FROM inbox WHERE team_id = :team AND state <> 'done'"
        rows = self._database.rows(sql, {"team": self._team_id})
        return int(rows[0]["n"]) - len(self._finished)

    def _work(self) -> None:
        while True:
            try:
                row = self._next()
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
                self._arrived.wait(_CALM_S if self._queue and self._reading < _READERS else 1.0)
                if self._stopping:
                    return

    def _next(self) -> dict[str, Any] | None:
        """What to work on: first what somebody waits for, then what is only read."""
        if self._stopping:
            return None
        with self._turn:
            if self._asked or not self._queue:
                self._asked = False
                if (row := self._claim()) is not None:
                    self._asked = True
                    return row
            if not self._queue:
                self._store_finished()
            elif self._reading < _READERS and self._is_calm():
                self._reading += 1
                return self._queue.popleft()
            return None

    def _is_calm(self) -> bool:
        now = time.monotonic()
        return now - self._last_at > _CALM_S or now - self._queue[0]["arrived"] > _LONGEST_CALM_S

    def _claim(self) -> dict[str, Any] | None:
        names = [one.name for one in self._by_name.values() if not one.repeatable]
        kinds = ", ".join(f":kind{number}" for number in range(len(names)))
        rows = self._database.rows(
            f"SELECT * FROM inbox WHERE team_id = :team AND state = 'received' AND state <> 'done' "  # noqa: S608 - numbers
            f"AND kind IN ({kinds}) ORDER BY received_at LIMIT 1",
            {"team": self._team_id, **{f"kind{number}": name for number, name in enumerate(names)}},
        )
        if rows:
            self._set(rows, "working")  # its text goes now: what was begun is never begun again
        return rows[0] if rows else None

    def _is_repeatable(self, row: dict[str, Any]) -> bool:
        return row["kind"] in self._by_name and self._by_name[row["kind"]].repeatable

    def _store_finished(self) -> None:
        """Several at once: what is read again after a crash does no harm."""
        finished = [self._finished.popleft() for _ in range(len(self._finished))]
        try:
            if finished:
                self._set(finished, "done")
        except Exception:
            self._finished.extendleft(reversed(finished))
            raise

    def _handle(self, row: dict[str, Any]) -> None:
        event = json.loads(row["payload"])
        is_kept = True
        try:
            if row["kind"] in self._by_name:
                self._by_name[row["kind"]].handler(event, row["team_id"])
        except UserError as error:  # theirs to mend, and no trouble of ours
            self._tell(event, error, "")
        except Exception as error:  # noqa: BLE001 - the worker's loop
            reference = failure(logger, f"event {row['event_id']} ({row['kind']}) failed", error)
            self._tell(event, error, reference)
            is_kept = not isinstance(error, StorageUnavailable)
        try:
            if self._is_repeatable(row):
                with self._turn:
                    self._reading -= 1
                    if is_kept:  # else it is read again after the next start
                        self._finished.append(row)
                    if len(self._finished) >= _AT_ONCE:
                        self._store_finished()
            else:
                self._set([row], "done")
        except Exception as error:  # noqa: BLE001 - the worker's loop
            failure(logger, f"event {row['event_id']} was handled but could not be marked", error)

    def _tell(self, event: Event, error: Exception, reference: str) -> None:
        try:
            self._trouble(event, error, reference)
        except Exception as second:  # noqa: BLE001 - the worker's loop
            failure(logger, f"{reference} could not be told", second)

    def _set(self, rows: Sequence[dict[str, Any]], state: str) -> None:
        ids = {f"id{number}": row["event_id"] for number, row in enumerate(rows)}
        self._database.execute(
            f"UPDATE inbox SET state = :state, payload = NULL WHERE team_id = :team_id "  # noqa: S608 - numbers
            f"AND event_id IN ({', '.join(f':{name}' for name in ids)})",
            {"state": state, "team_id": self._team_id, **ids},
        )
