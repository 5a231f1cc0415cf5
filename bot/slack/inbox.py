"""
The inbox: events are stored before they are acknowledged, and handled afterwards.

Bolt acknowledges an event before its listener runs, so whatever dies in between would be lost. Here the event is a row
first: Slack's repeats find it there (same `event_id`), a mention that comes as two events is one subject, and what was
not finished when the process died is begun again after the start. So every handler may be called again with the same
event: what it makes is made once (`storage/deeds.py`), and what it says leaves through the outbox, once.

What fails for want of the disk is tried again until it works. What fails otherwise is tried a few times and then set
aside as *dead*, which whoever runs the bot hears of: nothing is dropped silently.
"""

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from bot.clock import Clock, stamp
from bot.errors import StorageUnavailable, UserError
from bot.log import failure
from bot.slack.event_rows import BeganTooOften, CannotBeRead, Event, Row, event_of
from bot.slack.subscriptions import Handler, Subscription, together
from bot.storage.database import Database
from bot.storage.purge import wipe_log

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(hours=24)  # Slack repeats an event for minutes, and with Delayed Events for a day
_WORKERS = 4
_READERS = 2  # of them, for what answers nobody
_CALM_S, _LONGEST_CALM_S = 0.005, 0.1  # what answers nobody lets a burst be acknowledged first, so long at the most
_AT_ONCE = 50  # events that are marked as done in one go
_PAUSES_S = (1.0, 5.0, 30.0, 120.0)  # before it is tried again; then it is dead
_STORAGE_PAUSE_S = 2.0
_PATIENT_S = 30.0  # so long somebody who waits for an answer is not told that the disk does not take it
_MOST_BEGUN = 3  # times that a process may die over one event


class Inbox:
    """The event inbox of one team."""

    def __init__(self, database: Database, clock: Clock, team_id: str) -> None:
        self._database = database
        self._team_id = team_id
        self._clock = clock
        self._subscriptions: dict[str, list[Subscription]] = {}
        self._by_name: dict[str, Subscription] = {}
        self._trouble: Callable[[Event, Exception, str], None] = lambda event, error, reference: None
        self._dead: Callable[[Event, str], None] = lambda event, reference: None
        self._changes: dict[str, Callable[[Event], None]] = {}
        self._missed: Callable[[int], None] = lambda minute: None
        self._arrived = threading.Condition()
        self._turn = threading.Lock()
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self._orders: deque[Row] = deque()  # what somebody waits for
        self._queue: deque[Row] = deque()  # what is only read
        self._later: list[tuple[float, Row]] = []  # what is tried again, and from when on
        self._reading = 0
        self._last_at = 0.0
        self._finished: deque[Row] = deque()

    def on(
        self,
        kind: str,
        handler: Handler,
        wanted: Callable[[Event], bool] = lambda event: True,
        *,
        read_only: bool = False,
    ) -> None:
        """
        Have *handler* called with each event of type *kind* for which *wanted* is true; others are not even kept.

        It may be called again with what it was working on when the process died. A *read_only* one answers nobody: it
        takes its time, and nobody in the channel hears of its trouble. There may be several for one kind of event,
        which is kept once.
        """
        name = f"{kind}, watched" if read_only else kind
        one, before = Subscription(name, handler, wanted, read_only), self._by_name.get(name)
        subscriptions = self._subscriptions.setdefault(kind, [])
        if before is not None and read_only:
            subscriptions.remove(before)
            one = together(before, one)
        self._by_name[name] = one
        subscriptions.append(one)

    def on_change(self, kinds: Iterable[str], hear: Callable[[Event], None]) -> None:
        """Have *hear* called at once with events of *kinds*, by type or subtype: what they change is only in memory."""
        self._changes |= dict.fromkeys(kinds, hear)

    def on_trouble(self, tell: Callable[[Event, Exception, str], None]) -> None:
        """Have *tell* called with the event, the error and its reference when an answer fails, to tell the person."""
        self._trouble = tell

    def on_dead(self, tell: Callable[[Event, str], None]) -> None:
        """Have *tell* called with an event that was given up, and its reference in the log."""
        self._dead = tell

    def on_missed(self, hear: Callable[[int], None]) -> None:
        """Have *hear* called with the minute (seconds since 1970) from which on Slack withheld events."""
        self._missed = hear

    def missed(self, payload: dict[str, Any]) -> None:
        """Slack tells that it withholds events, since there are too many (``app_rate_limited``)."""
        self._missed(int(payload.get("minute_rate_limited") or 0))

    def accept(self, payload: dict[str, Any]) -> bool:
        """
        Keep one ``event_callback`` payload, unless it is known or nobody wants it. After this it may be acknowledged.

        True if it was kept. Raises StorageUnavailable: then it must not be acknowledged, so that Slack sends it again.
        """
        event = payload.get("event") or {}
        if hear := self._changes.get(event.get("subtype") or event.get("type", "")):
            hear(event)
        subscriptions = self._subscriptions.get(event.get("type", ""), ())
        subscription = next((one for one in subscriptions if one.wanted(event)), None)
        if subscription is None:
            return False
        subject = f"{event['channel']}:{event['ts']}" if "channel" in event and "ts" in event else None
        # a mention in a watched thread comes as two events, and both are wanted
        return self._keep(subscription, payload["event_id"], None if subscription.is_read_only else subject, event)

    def order(self, kind: str, cause: str, event: Event) -> None:
        """
        Keep what somebody ordered otherwise than by an event, for the handler of *kind*; *cause* is its own id.

        Raises StorageUnavailable: then nothing was kept.
        """
        self._keep(self._by_name[kind], cause, cause, event)

    def _keep(self, subscription: Subscription, event_id: str, subject: str | None, event: Event) -> bool:
        row = {
            "team_id": self._team_id,
            "event_id": event_id,
            "kind": subscription.name,
            "subject": subject,
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
            queue = self._queue if subscription.is_read_only else self._orders
            wakes = not queue or not subscription.is_read_only
            queue.append({**row, "arrived": self._last_at, "attempts": 0})
            if wakes:
                with self._arrived:
                    self._arrived.notify()
        return kept == 1

    def start(self) -> None:
        """Work on what arrives, and first on what was left over."""
        left_over = self._database.rows(
            "SELECT * FROM inbox WHERE team_id = :team AND state IN ('received', 'working') AND state <> 'done' "
            "ORDER BY received_at",
            {"team": self._team_id},
        )
        self._orders.clear()  # what was kept before this is among the rows
        self._queue.clear()
        begun = sum(row["state"] == "working" for row in left_over)
        if begun:
            logger.warning("%d events were being answered when the last run ended; they are begun again", begun)
        for row in left_over:
            queue = self._queue if self._is_read_only(row) else self._orders
            queue.append({**row, "arrived": 0.0})
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
        sql = "SELECT COUNT(*) AS n FROM inbox WHERE team_id = :team AND state <> 'done' AND state <> 'dead'"
        rows = self._database.rows(sql, {"team": self._team_id})
        return int(rows[0]["n"]) - len(self._finished)

    # working

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
                if not self._orders:
                    # the time-out only matters for what is tried again, and for notices that were missed
                    self._arrived.wait(_CALM_S if self._queue and self._reading < _READERS else 1.0)
                if self._stopping:
                    return

    def _next(self) -> Row | None:
        """What to work on: first what somebody waits for, then what is only read."""
        if self._stopping:
            return None
        with self._turn:
            self._put_back_in_line()
            if self._orders:
                return self._orders.popleft()
            if not self._queue:
                self._store_finished()
            elif self._reading < _READERS and self._is_calm():
                self._reading += 1
                return self._queue.popleft()
            return None

    def _put_back_in_line(self) -> None:
        """Those whose pause is over."""
        now = time.monotonic()
        for at, row in [one for one in self._later if one[0] <= now]:
            self._later.remove((at, row))
            (self._queue if self._is_read_only(row) else self._orders).append(row)

    def _is_calm(self) -> bool:
        now = time.monotonic()
        return now - self._last_at > _CALM_S or now - self._queue[0]["arrived"] > _LONGEST_CALM_S

    def _is_read_only(self, row: Row) -> bool:
        return row["kind"] in self._by_name and self._by_name[row["kind"]].is_read_only

    def _handle(self, row: Row) -> None:
        is_read_only = self._is_read_only(row)
        try:
            if self._has_begun(row, is_read_only=is_read_only):
                self._done(row, is_read_only=is_read_only)
        except Exception as error:  # noqa: BLE001 - the worker's loop
            failure(logger, f"event {row['event_id']} was handled but could not be marked", error)
            self._again(row, _STORAGE_PAUSE_S)
        finally:
            if is_read_only:
                with self._turn:
                    self._reading -= 1

    def _has_begun(self, row: Row, *, is_read_only: bool) -> bool:
        """Handle *row*; whether that is the end of it."""
        event: Event = {}
        try:
            event = event_of(row)
            if row["kind"] in self._by_name:
                if not is_read_only and not self._begin(row):
                    raise BeganTooOften
                self._by_name[row["kind"]].handler(event, row["team_id"])
        except UserError as error:
            if is_read_only:  # nobody asked for it: it is Slack that did not say something
                self._try_again(row, event, error)
                return False
            self._tell(event, error, "")  # theirs to mend, and no trouble of ours
        except StorageUnavailable as error:
            self._wait_for_the_disk(row, event, error, is_read_only=is_read_only)
            return False
        except (CannotBeRead, BeganTooOften) as error:
            self._give_up(row, event, error)
            return False
        except Exception as error:  # noqa: BLE001 - the worker's loop
            if is_read_only:
                self._try_again(row, event, error)
                return False
            self._tell(event, error, failure(logger, f"event {row['event_id']} ({row['kind']}) failed", error))
        return True

    def _begin(self, row: Row) -> bool:
        """Mark what somebody waits for as begun; False where that was done too often by processes that died of it."""
        if row.get("is_begun"):
            return True  # by this process, which lives
        attempts = row["attempts"] + 1
        values = {"attempts": attempts, "team": self._team_id, "id": row["event_id"]}
        self._database.execute(
            "UPDATE inbox SET state = 'working', attempts = :attempts WHERE team_id = :team AND event_id = :id", values
        )
        row |= {"attempts": attempts, "is_begun": True}
        return bool(attempts <= _MOST_BEGUN)

    def _wait_for_the_disk(self, row: Row, event: Event, error: StorageUnavailable, *, is_read_only: bool) -> None:
        """It is done as soon as it can be stored, however long that takes; whoever waits is told so, once."""
        waited_s = time.monotonic() - row["arrived"] if row["arrived"] else 0.0
        if not is_read_only and waited_s > _PATIENT_S and not row.get("is_told"):
            row["is_told"] = True
            self._tell(event, error, failure(logger, f"event {row['event_id']} waits for the disk", error))
        self._again(row, _STORAGE_PAUSE_S)

    def _done(self, row: Row, *, is_read_only: bool) -> None:
        if not is_read_only:
            self._set([row], "done")
            return
        with self._turn:
            self._finished.append(row)
            if len(self._finished) >= _AT_ONCE:
                self._store_finished()

    def _again(self, row: Row, pause_s: float) -> None:
        with self._turn:
            self._later.append((time.monotonic() + pause_s, row))

    def _try_again(self, row: Row, event: Event, error: Exception) -> None:
        """Back to the queue with a pause; after a few times it is dead."""
        if row["attempts"] >= len(_PAUSES_S):
            self._give_up(row, event, error)
            return
        pause_s = _PAUSES_S[row["attempts"]]
        row["attempts"] += 1
        self._database.execute(
            "UPDATE inbox SET attempts = :attempts, not_before = :at WHERE team_id = :team AND event_id = :id",
            {
                "attempts": row["attempts"],
                "at": stamp(self._clock.now() + timedelta(seconds=pause_s)),
                "team": self._team_id,
                "id": row["event_id"],
            },
        )
        failure(logger, f"event {row['event_id']} ({row['kind']}) failed, and is tried again in {pause_s:.0f} s", error)
        self._again(row, pause_s)

    def _give_up(self, row: Row, event: Event, error: Exception) -> None:
        reference = failure(logger, f"event {row['event_id']} ({row['kind']}) is given up", error)
        self._database.execute(
            "UPDATE inbox SET state = 'dead', attempts = :attempts, trouble = :trouble "
            "WHERE team_id = :team AND event_id = :id",
            {"attempts": row["attempts"], "trouble": reference, "team": self._team_id, "id": row["event_id"]},
        )
        try:
            self._dead(event, reference)
        except Exception as second:  # noqa: BLE001 - the worker's loop
            failure(logger, f"{reference} could not be told", second)

    def _store_finished(self) -> None:
        """Several at once: what is read again after a crash does no harm."""
        finished = [self._finished.popleft() for _ in range(len(self._finished))]
        try:
            if finished:
                self._set(finished, "done")
        except Exception:
            self._finished.extendleft(reversed(finished))
            raise

    def _tell(self, event: Event, error: Exception, reference: str) -> None:
        try:
            self._trouble(event, error, reference)
        except Exception as second:  # noqa: BLE001 - the worker's loop
            failure(logger, f"{reference} could not be told", second)

    def _set(self, rows: Sequence[Row], state: str) -> None:
        ids = {f"id{number}": row["event_id"] for number, row in enumerate(rows)}
        self._database.execute(
            f"UPDATE inbox SET state = :state, payload = NULL WHERE team_id = :team_id "  # noqa: S608 - numbers
            f"AND event_id IN ({', '.join(f':{name}' for name in ids)})",
            {"state": state, "team_id": self._team_id, **ids},
        )
