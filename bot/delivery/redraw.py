"""
Redraws: edits of messages kept as rows, so that what people see follows the data whatever dies in between.

Whoever changes something asks for it in the same transaction (`ask`); a row is all that there is to it. A thread works
the rows off: it draws every message about the subject from the database, and leaves alone what looks right already.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.delivery.model import WHOLE_BOT, Delivery, DeliveryState
from bot.delivery.outbox import Outbox
from bot.delivery.rate_limit import MethodGates
from bot.delivery.rows import as_body, digest
from bot.delivery.transport import UPDATE
from bot.errors import StorageUnavailable
from bot.log import failure
from bot.slack.block_kit import Message
from bot.slack.errors import Fate, NotDelivered
from bot.storage.database import Row
from bot.storage.deliveries import ask_to_redraw

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 1.0
_FAILS_FOR_S = 60.0
_LONGEST_PAUSE_S = 30.0
_KIND = "redraw"
_UNDER_WAY = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.IN_DOUBT)

Draw = Callable[[Sequence[Delivery]], Message | None]  # what one message carries, as it should look now; None: as it is


class Updates(Protocol):
    """Edits messages that were posted."""

    def update(self, channel: str, ts: str, message: Message, /) -> Any:
        """Raises NotDelivered."""


class AskedToWait(Exception):
    """Slack wants no more for now."""


class NotNow(Exception):
    """Slack does not say now what has to be known before this can be drawn, such as who may read it."""


def nobody_counts() -> None:
    """Default: the turns of the loop are not watched."""


class Redraws:
    """
    The messages of one team that are to be drawn anew, those about something urgent first.

    *gates* are shared with whoever else calls Slack; *monotonic* gives their seconds.
    """

    def __init__(
        self,
        outbox: Outbox,
        updates: Updates,
        gates: MethodGates | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gates = gates or MethodGates()
        self._monotonic = monotonic
        self._outbox = outbox
        self._database = outbox.database
        self._updates = updates
        self._draw: dict[str, Draw] = {}  # by the message's kind
        self._woken = threading.Event()
        self._over = threading.Event()
        self._pause_s = 0.0  # before the next try, where Slack did not take one
        self.turned: Callable[[], None] = nobody_counts  # called at every turn of the loop, and after each subject
        self._failing_since: float | None = None
        self._gate_s = 0.0  # until it may be asked again at all
        self._thread = threading.Thread(target=self._run, name="redraws", daemon=True)

    def draw_by(self, kinds: Iterable[str], draw: Draw) -> None:
        """Draw messages of *kinds* so."""
        self._draw |= dict.fromkeys(kinds, draw)

    def ask(self, subject: str, *, repair: bool = False) -> None:
        """
        Have the messages about *subject* drawn anew. To be called in the transaction of what changes them.

        With *repair* even those that look right already by what we know: somebody was shown an old one.
        """
        if repair:
            self._outbox.unknown_look(subject)
        self._outbox.set_aside.release(_KIND, subject)
        ask_to_redraw(self._database, self._outbox.team_id, subject)
        self._woken.set()  # if this comes before the commit, the next look finds it

    def start(self) -> None:
        """Begin, with what an earlier process left."""
        self._thread.start()

    def stop(self, within_s: float) -> None:
        """End; what is left is done after the next start."""
        self._over.set()
        self._woken.set()
        if self._thread.ident:
            self._thread.join(within_s)

    def what_is_wrong(self) -> str | None:
        """For the health report."""
        since = self._failing_since
        if since is not None and self._monotonic() - since > _FAILS_FOR_S:
            return f"messages could not be drawn anew for {self._monotonic() - since:.0f} s"
        ended = self._thread.ident and not self._thread.is_alive() and not self._over.is_set()
        return "messages are no longer drawn anew" if ended else None

    def work_off(self) -> float:
        """
        Draw all that is asked for. What is still on its way stays asked for, as does what could not be drawn now.

        Returns how many seconds Slack is to be left alone: 0, or longer from pass to pass while it does not take one.
        """
        before, self._pause_s, self._gate_s = self._pause_s, 0.0, 0.0
        team = {"team": self._outbox.team_id}
        for row in self._asked_for():
            if self._over.is_set():
                break
            self.turned()
            try:
                is_drawn = self._is_drawn(row["subject"], urgent=bool(row["urgent"]))
            except AskedToWait:
                break
            except NotNow:
                self._pause_s = max(self._pause_s, _LOOK_EVERY_S)
                continue
            except StorageUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - one that cannot be drawn holds up no other
                self._outbox.set_aside.put(_KIND, row["subject"], error, datetime.now(UTC))
                self._pause_s = max(self._pause_s, _LOOK_EVERY_S)
                continue
            if is_drawn:
                self._database.execute(
                    "DELETE FROM redraws WHERE team_id = :team AND subject = :subject AND asked = :asked",
                    {**team, "subject": row["subject"], "asked": row["asked"]},
                )
        self._failing_since = (self._failing_since or self._monotonic()) if self._pause_s else None
        if self._pause_s:
            self._pause_s = max(self._pause_s, min(2 * before, _LONGEST_PAUSE_S))
        return max(self._pause_s, self._gate_s)

    def _asked_for(self) -> list[Row]:
        return self._database.rows(
            f"""
            SELECT subject, asked, EXISTS (
                SELECT 1 FROM outbox WHERE team_id = :team AND outbox.subject = redraws.subject AND outbox.urgent = 1
            ) AS urgent
            FROM redraws WHERE team_id = :team {self._outbox.set_aside.clause(_KIND, "subject")}
            ORDER BY urgent DESC
            """,  # noqa: S608 - a constant of ours
            {"team": self._outbox.team_id},
        )

    def _is_drawn(self, subject: str, *, urgent: bool) -> bool:
        """Draw the messages about *subject*; whether all of them look as they should now, or never will."""
        mine = [one for one in self._outbox.about(subject) if one.draft.kind in self._draw]
        is_done = not any(one.state in _UNDER_WAY for one in mine)
        for channel, ts in dict.fromkeys((one.draft.channel, one.slack_ts) for one in mine):
            carried = self._outbox.in_message(channel, ts) if ts else []
            if not carried:
                continue
            drawn = self._draw[carried[0].draft.kind](carried)
            if drawn is not None and any(one.shown != digest(as_body(drawn)) for one in carried):
                self._wait_for_the_gate(urgent=urgent)
                is_done &= self._update(subject, channel, str(ts), drawn)
        return is_done

    def _wait_for_the_gate(self, *, urgent: bool) -> None:
        now = self._monotonic()
        wait_s = self._gates.wait(UPDATE, now, urgent=urgent)
        if wait_s > 0:
            self._gate_s = wait_s
            raise AskedToWait
        self._gates.begin(UPDATE, now)

    def _update(self, subject: str, channel: str, ts: str, drawn: Message) -> bool:
        try:
            self._updates.update(channel, ts, drawn)
        except NotDelivered as error:  # what was done is done; an old look is answered when it is clicked
            failure(logger, f"{subject} could not be redrawn", error)
            if error.verdict.fate is Fate.REFUSED and error.verdict.reason not in WHOLE_BOT:
                return True
            self._pause_s = max(self._pause_s, error.verdict.wait, _LOOK_EVERY_S)
            if error.verdict.fate is Fate.LATER:
                self._gates.refused(UPDATE, self._monotonic(), error.verdict.wait)
                raise AskedToWait from error
            return False
        self._gates.taken(UPDATE)
        self._outbox.shown(channel, ts, drawn)
        return True

    def _run(self) -> None:
        while not self._over.is_set():
            self._woken.clear()
            self.turned()
            pause_s = 0.0
            try:
                pause_s = self.work_off()
            except Exception as error:  # noqa: BLE001 - the worker's loop
                failure(logger, "drawing messages anew failed", error)
            if not self._over.wait(pause_s):
                self._woken.wait(_LOOK_EVERY_S)
