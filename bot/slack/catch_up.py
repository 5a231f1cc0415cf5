"""
Catching up: what was said while the bot was away is read from Slack's history, and goes the way of every event.

Slack repeats an event for some minutes and then gives up; of what is said later nobody is told. So the moment up to
which events were heard is kept, and after a gap the channels and threads that are watched are read from then on.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_sdk import WebClient

from bot.clock import Clock, instant, is_instant, stamp
from bot.log import failure
from bot.slack.errors import Fate, judge
from bot.slack.inbox import Inbox
from bot.slack.pages import pages
from bot.slack.text import is_by_a_person
from bot.storage.marks import Marks

logger = logging.getLogger(__name__)

BEAT_EVERY = timedelta(seconds=30)
HEARD_UNTIL = "heard_until"  # the mark
TOLD_FROM = timedelta(minutes=5)  # Slack itself repeats events for so long
_A_GAP_S = 180.0  # between two beats: the machine slept
_BEFORE = timedelta(minutes=2)  # events may come so late, and in any order
_PAGE = 200
_MOST_PAGES = 25
_END: Mapping[str, Any] = {}  # stands behind the last message, where that was reached

Json = dict[str, Any]
Thread = tuple[str, str]  # a channel, and the ts of the message that began it


def _uptime_s() -> float:
    """Seconds that the machine has been up, those asleep counted, where it can tell; nobody sets this clock."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


@dataclass(frozen=True, slots=True)
class Gap:
    """Events were not heard from *since* to *until*; *read* messages were read from history afterwards."""

    since: datetime
    until: datetime
    read: int


class CatchUp:
    """
    Reads up on what was missed. *reader* is for calls that may well be made again.

    `is_connected` tells whether events can come now. `channels`, `threads` and `kept` say what is watched: channels
    as a whole, single threads, and the ts of the messages of a thread that are kept; `told` hears of each gap.
    """

    def __init__(self, marks: Marks, clock: Clock, inbox: Inbox, reader: WebClient, bot_user_id: str) -> None:
        self._marks = marks
        self._clock = clock
        self._inbox = inbox
        self._reader = reader
        self._bot_user_id = bot_user_id
        self.is_connected: Callable[[], bool] = lambda: True
        self.channels: Callable[[], Iterable[str]] = tuple
        self.threads: Callable[[], Iterable[Thread]] = tuple
        self.kept: Callable[[Thread], Iterable[str]] = lambda thread: ()
        self.told: Callable[[Gap], None] = lambda gap: None
        self._withheld_since: datetime | None = None
        self._is_sure = False  # that all was heard up to the last beat
        self._beat_at = _uptime_s()
        self._turn = threading.Lock()

    def missed(self, minute: int) -> None:
        """Slack says that it withholds events from that minute on (seconds since 1970)."""
        logger.warning("Slack withholds events: more than 30,000 came within an hour")
        with self._turn:
            self._withheld_since = self._withheld_since or datetime.fromtimestamp(minute, UTC)

    def what_is_wrong(self) -> str | None:
        """For the health report."""
        since = self._withheld_since
        return f"Slack withholds events since {since:%H:%M} UTC; they are read from history" if since else None

    def beat(self) -> None:
        """Read what was missed since the last beat, if anything was; and note that all is heard up to now."""
        slept = _uptime_s() - self._beat_at > _A_GAP_S
        self._beat_at = _uptime_s()
        self._is_sure = self._is_sure and not slept
        if not self.is_connected():
            self._is_sure = False
            return
        now = self._clock.now()
        since = self._owed(self._last_heard())
        if since is not None and not self._read_since(since, now):
            return  # Slack does not answer: the mark stays where it is, and the next beat tries again
        self._is_sure = True
        with self._turn:
            self._withheld_since = None
        self._marks.set(HEARD_UNTIL, stamp(now))

    def _last_heard(self) -> datetime | None:
        # what was heard in the time that a restored backup does not know was answered then: it is not done again
        kept = max(self._marks.get(HEARD_UNTIL) or "", self._marks.restored_at())
        return instant(kept) if is_instant(kept) else None

    def _owed(self, last: datetime | None) -> datetime | None:
        """From when on history has to be read; None if all was heard."""
        withheld = self._withheld_since
        if last is None or self._is_sure:
            return withheld
        return min(last, withheld or last)

    def _read_since(self, since: datetime, now: datetime) -> bool:
        """Read all that is watched from *since* on; False where Slack did not let us."""
        oldest, found = (since - _BEFORE).timestamp(), 0
        try:
            for channel in sorted(self.channels()):
                found += self._read_channel(channel, oldest)
            for thread in sorted(self.threads()):
                found += self._read_thread(thread, oldest, whole=True)
        except Exception as error:  # noqa: BLE001 - judged where it was raised; what is left is read at the next beat
            failure(logger, "what was said meanwhile could not be read yet", error)
            return False
        self.told(Gap(since, now, found))
        return True

    def _read_channel(self, channel: str, oldest: float) -> int:
        found = 0
        for message in self._pages(self._reader.conversations_history, channel=channel, oldest=f"{oldest:.6f}"):
            if message is _END:
                break
            found += self._take(channel, message, oldest)
            if message.get("reply_count"):
                found += self._read_thread((channel, str(message["ts"])), oldest)
        return found

    def _read_thread(self, thread: Thread, oldest: float, *, whole: bool = False) -> int:
        """Read a thread; *whole*: what is kept of it and no longer there was deleted."""
        channel, thread_ts = thread
        there: set[str] = set()
        found, is_all = 0, False
        for message in self._pages(self._reader.conversations_replies, channel=channel, ts=thread_ts):
            is_all = message is _END
            if not is_all:
                there.add(str(message["ts"]))
                found += self._take(channel, message, oldest)
        if whole and there and is_all:  # of what was not read to its end nobody knows what was deleted
            for ts in set(self.kept(thread)) - there:
                gone = {"type": "message", "subtype": "message_deleted", "channel": channel, "deleted_ts": ts}
                before = {"ts": ts, "thread_ts": thread_ts}
                found += self._accept(f"gone:{channel}:{ts}", {**gone, "previous_message": before})
        return found

    def _take(self, channel: str, message: Mapping[str, Any], oldest: float) -> int:
        """Let a message go the way of every event; returns 1 for one that is new to us, and was said meanwhile."""
        is_late = float(message["ts"]) >= oldest
        event = {**message, "channel": channel, "channel_type": "channel"}
        version = (message.get("edited") or {}).get("ts", "")
        name = f"{channel}:{message['ts']}:{version}"
        taken = self._accept(f"read:{name}", {**event, "type": "message"})
        if is_late and is_by_a_person(message) and f"<@{self._bot_user_id}" in str(message.get("text")):
            self._accept(f"read:mention:{name}", {**event, "type": "app_mention"})
        return taken if is_late else 0

    def _accept(self, event_id: str, event: Json) -> int:
        return int(self._inbox.accept({"event_id": event_id, "event": event}))

    def _pages(self, method: Callable[..., Any], **asked: Any) -> Iterator[Mapping[str, Any]]:
        """
        The messages that *method* gives, and _END once they are all; none where Slack says no for good.

        Raises what the call raises.
        """
        try:
            for answer, is_last in pages(method, _MOST_PAGES, limit=_PAGE, **asked):
                yield from answer.get("messages") or ()
                if is_last:
                    yield _END
                    return
        except Exception as error:
            if judge(error).fate is Fate.REFUSED:
                failure(logger, f"{asked['channel']} cannot be read", error)
                return
            raise
        logger.warning(
            "%s holds more than can be read: the newest %d messages were", asked["channel"], _PAGE * _MOST_PAGES
        )
