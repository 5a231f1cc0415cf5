"""
The sender's side of the outbox: leases (claim), the mark before sending, and what became of each message.

Every verb is a transition of the protocol and a conditional UPDATE, so that whoever comes second changes nothing.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.clock import stamp
from bot.delivery.model import ANSWER, Delivery, DeliveryState, Draft, Posted, why_late
from bot.delivery.outbox import Outbox
from bot.delivery.rows import as_body, digest, what_fits
from bot.slack.block_kit import message
from bot.storage.database import Row

_IN_LINE = "state = CASE WHEN unwanted = 1 THEN 'withdrawn' ELSE :state END"
_UNSENT = "('pending', 'claimed', 'sending', 'in_doubt')"
_MOST_AT_ONCE = 15
_MOST_PLACES = 50
_LONGEST_WAIT = timedelta(seconds=60)
_BLANK = as_body(message("answered"))  # in the place of an answer's words, once it is sent
_MARK = """
    UPDATE outbox SET state = 'sending', sending_at = :now, left_at = :left_at, doubt_until = NULL,
        attempt = attempt + (state <> 'sending'), late_because = :late, owner = :owner
    WHERE team_id = :team AND id = :id
"""


class DeliveryQueue:
    """What the sender takes from *outbox*, for its team alone. The rows that it works on are marked as its own."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self.database = outbox.database
        self.team_id = outbox.team_id
        self._owner = secrets.token_hex(4)
        self.set_aside, self.read = outbox.set_aside, outbox.read

    # sending

    def take(
        self, channels: Sequence[str], now: datetime, left_at: datetime | None = None, *, join: bool = True
    ) -> list[list[Delivery]]:
        """
        The next message for each of *channels*, marked as leaving *now*, in one transaction; [] where all must wait.

        *left_at* is the same moment by Slack's clock. After this they count as perhaps posted. What is for a person
        ("@" and an id) is only claimed, since a conversation with them is to be opened first.
        """
        with self.database.transaction():
            taken = [
                self.claim(channel, now, join=join) if channel[0] == "@" else self._next_for(channel, now, join=join)
                for channel in channels
            ]
            leaving = [one for found in taken for one in found if one.state is DeliveryState.PENDING]
            self.database.execute_each(
                f"{_MARK} AND state = 'pending'", [self._mark(one, now, left_at) for one in leaving]
            )

        def marked(one: Delivery) -> Delivery:
            return replace(one, state=DeliveryState.SENDING, sending_at=now, left_at=left_at)

        return [[marked(one) if one.state is DeliveryState.PENDING else one for one in found] for found in taken]

    def claim(self, channel: str, now: datetime, *, join: bool = True) -> list[Delivery]:
        """
        Take the next message for *channel*: one delivery, or with *join* several that are due in the same spot.

        Within a thread, none before an earlier one is sent. Empty if there is nothing, or all of it must wait.
        """
        with self.database.transaction():
            found = self._next_for(channel, now, join=join)
            for one in found:
                self._set(one.id, DeliveryState.PENDING, state="claimed", owner=self._owner, claimed_at=stamp(now))
            return [replace(one, state=DeliveryState.CLAIMED, claimed_at=now) for one in found]

    def _next_for(self, channel: str, now: datetime, *, join: bool) -> list[Delivery]:
        rows = self.database.rows(
            f"""
            SELECT * FROM outbox AS one
            WHERE team_id = :team AND state = 'pending' AND channel = :channel AND not_before <= :now
            {self.sound("one")} AND (thread_ts IS NULL OR NOT EXISTS (
                SELECT 1 FROM outbox AS earlier
                WHERE earlier.team_id = :team AND earlier.channel = :channel AND earlier.thread_ts = one.thread_ts
                AND earlier.id < one.id AND earlier.state IN {_UNSENT} {self.sound("earlier")}
                AND NOT (earlier.joinable = 1 AND one.joinable = 1
                    AND earlier.state = 'pending' AND earlier.not_before <= :now)))
            ORDER BY urgent DESC, id LIMIT :most
            """,  # noqa: S608 - a constant of ours
            {"team": self.team_id, "channel": channel, "now": stamp(now), "most": _MOST_AT_ONCE if join else 1},
        )
        if not rows:
            return []
        chosen = self._chosen(rows, join=join)
        readable = self.read(chosen)
        # one that cannot be read is set aside, so that the next look finds others
        return readable if len(readable) == len(chosen) else self._next_for(channel, now, join=join)

    def _chosen(self, rows: Sequence[Row], *, join: bool) -> Sequence[Row]:
        """Which of *rows* leave as one message."""
        first = rows[0]
        alike = [row for row in rows if row["joinable"] and row["thread_ts"] == first["thread_ts"]]
        if not join or not first["joinable"] or len(alike) < 3:
            return rows[:1]
        try:
            return what_fits(alike)
        except (ValueError, TypeError, LookupError):
            return alike  # one of them cannot be read, as will be found out next

    def mark_sending(
        self, deliveries: Sequence[Delivery], now: datetime, left_at: datetime | None = None
    ) -> list[Delivery]:
        """
        Record, durably, that *deliveries*, claimed or marked before, leave *now*, and *left_at* by Slack's clock.

        Returns those that still should: what was cancelled meanwhile is not posted.
        """
        with self.database.transaction():
            wanted = self.still_wanted(deliveries)
            held = "(state = 'sending' OR (state = 'claimed' AND owner = :owner))"
            return [
                one for one in wanted if self.database.execute(f"{_MARK} AND {held}", self._mark(one, now, left_at))
            ]

    def still_wanted(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Those of *deliveries* that nobody has cancelled since they were taken; the others end here."""
        ids = ", ".join(str(one.id) for one in deliveries)
        unwanted = self.database.rows(
            f"SELECT id FROM outbox WHERE id IN ({ids}) AND unwanted = 1 AND team_id = :team",  # noqa: S608 - numbers
            {"team": self.team_id},
        )
        gone = {row["id"] for row in unwanted}
        for one in deliveries:
            if one.id in gone:
                self._set(one.id, DeliveryState.SENDING, state=str(DeliveryState.CANCELLED), owner=None)
        return [one for one in deliveries if one.id not in gone]

    def _mark(self, one: Delivery, now: datetime, left_at: datetime | None) -> dict[str, Any]:
        left, late = stamp(left_at) if left_at else None, why_late(one, now)
        mine = {"team": self.team_id, "id": one.id, "owner": self._owner}
        return {**mine, "now": stamp(now), "left_at": left, "late": late}

    def unmark(self, deliveries: Sequence[Delivery], now: datetime) -> None:
        """Their bytes never left: back in line, as if they had not been taken."""
        with self.database.transaction():
            for one in deliveries:
                self._set(
                    one.id, DeliveryState.SENDING, state="pending", owner=None, not_before=stamp(now),
                    attempt=one.attempt, trouble=one.trouble,
                )  # fmt: skip

    def sent(self, deliveries: Sequence[Delivery], slack_ts: str, now: datetime, said: Sequence[Delivery] = ()) -> None:
        """They are in the channel, as the message *slack_ts*; *said*: as their recipients may read them."""
        self.all_sent([Posted(deliveries, slack_ts, now, said)])

    def all_sent(self, posted: Sequence[Posted]) -> None:
        """Write down several messages that are in their channels, in one transaction, if there are any."""
        if not posted:
            return
        rows, shown = [], []
        for it in posted:
            for one in it.deliveries:
                rows.append({"team": self.team_id, "id": one.id, "at": stamp(it.at), "ts": it.slack_ts})
            for one, other in zip(it.deliveries, it.said, strict=False):
                if other is not one:
                    look = digest(as_body(other.draft.message))
                    shown.append({"team": self.team_id, "id": one.id, "shown": look})
        with self.database.transaction():
            self.database.execute_each(
                f"""
                UPDATE outbox SET state = 'sent', sent_at = :at, slack_ts = :ts, owner = NULL,
                    body = CASE WHEN kind = '{ANSWER}' THEN '{_BLANK}' ELSE body END
                WHERE team_id = :team AND id = :id AND state = 'sending'
                """,  # noqa: S608 - a constant of ours
                rows,
            )
            self.database.execute_each("UPDATE outbox SET shown = :shown WHERE team_id = :team AND id = :id", shown)

    def _forget_words(self, delivery: Delivery) -> None:
        """What somebody typed is kept until it is answered, and no longer."""
        if delivery.draft.kind == ANSWER:
            self.database.execute(
                "UPDATE outbox SET body = :body WHERE team_id = :team AND id = :id",
                {"body": _BLANK, "team": self.team_id, "id": delivery.id},
            )

    def not_sent(self, deliveries: Sequence[Delivery], not_before: datetime, trouble: str) -> None:
        """They surely did not arrive: try again at *not_before*."""
        self._back_in_line(deliveries, DeliveryState.SENDING, not_before, trouble)

    def send_apart(self, deliveries: Sequence[Delivery], now: datetime, trouble: str) -> None:
        """Slack did not take them as one message: let each try alone."""
        self._back_in_line(deliveries, DeliveryState.SENDING, now, trouble, joinable=0)

    def release(self, deliveries: Sequence[Delivery], not_before: datetime, trouble: str) -> None:
        """They were claimed, and nothing was sent: try again at *not_before*."""
        self._back_in_line(deliveries, DeliveryState.CLAIMED, not_before, trouble)

    def doubt(
        self, deliveries: Sequence[Delivery], verify_at: datetime, trouble: str, until: datetime | None = None
    ) -> None:
        """They may have arrived, perhaps as late as *until*: look for them at *verify_at*."""
        with self.database.transaction():
            for one in deliveries:
                self._doubt(one.id, verify_at, trouble)
                if until is not None:
                    self._set(one.id, DeliveryState.IN_DOUBT, doubt_until=stamp(until))

    def failed(self, deliveries: Sequence[Delivery], trouble: str, told: Mapping[int, Draft], now: datetime) -> None:
        """They never will arrive; *told* holds, by delivery, what is sent in their place."""
        with self.database.transaction():
            for one in deliveries:
                ended = self._set(one.id, one.state, state="failed", trouble=trouble, owner=None)
                if ended and one.id in told and not self._is_cancelled(one):
                    self._outbox.add(told[one.id], now)

    def opened(self, person: str, channel: str) -> None:
        """The direct conversation with *person* (as "@" and an id) is *channel*."""
        known = {"channel": channel, "team": self.team_id, "person": person}
        sql = "UPDATE outbox SET channel = :channel WHERE team_id = :team AND channel = :person AND "
        with self.database.transaction():  # two statements, since each has an index of its own
            self.database.execute(f"{sql}state = 'pending'", known)
            self.database.execute(f"{sql}state IN ('claimed', 'sending', 'in_doubt', 'held', 'failed')", known)

    def reopen(self, channel: str, person: str) -> None:
        """*channel* is no direct conversation with *person* (an id) any more: open one anew for what is under way."""
        self.database.execute(
            """
            UPDATE outbox SET channel = :person WHERE team_id = :team AND channel = :channel
                AND state IN ('pending', 'claimed', 'sending')
            """,
            {"channel": channel, "team": self.team_id, "person": f"@{person}"},
        )

    # looking back

    def recover(self, now: datetime, settle: timedelta) -> int:
        """
        Take over from a process that is gone: returns how many of its messages are in doubt.

        What it had only claimed was never on the wire. What it had marked as leaving is looked for one *settle* after
        that; or after now, where the clock was set back.
        """
        with self.database.transaction():
            team = {"team": self.team_id}
            self.database.execute(
                "UPDATE outbox SET state = 'pending', owner = NULL WHERE team_id = :team AND state = 'claimed'", team
            )
            rows = self.database.rows("SELECT * FROM outbox WHERE team_id = :team AND state = 'sending'", team)
            self.clock_was_set_back(now, settle)  # perhaps while nothing ran
            sending = self.read(rows)
            for one in sending:
                self._doubt(one.id, min((one.sending_at or now) + settle, now + settle), "crash")
        return len(sending)

    def clock_was_set_back(self, now: datetime, settle: timedelta) -> None:
        """Let nothing wait for hours because the clock was set back: what waits, waits from *now* on."""
        with self.database.transaction():
            self.database.execute(
                "UPDATE outbox SET verify_at = :at WHERE team_id = :team AND state = 'in_doubt' AND verify_at > :at",
                {"team": self.team_id, "at": stamp(now + settle)},
            )
            self.database.execute(
                "UPDATE outbox SET not_before = :at WHERE team_id = :team AND state = 'pending' AND not_before > :at",
                {"team": self.team_id, "at": stamp(now + _LONGEST_WAIT)},
            )

    def put_right(self, stranded: Sequence[Delivery], now: datetime, settle: timedelta) -> None:
        """Put *stranded*, whose fate could not be stored, back in line, or in doubt where they had begun to leave."""
        with self.database.transaction():
            for one in stranded:
                self._set(one.id, DeliveryState.CLAIMED, state="pending", owner=None, not_before=stamp(now))
                self._doubt(one.id, now + settle, "storage")

    def doubtful_places(self, now: datetime) -> list[tuple[str, str | None, bool]]:
        """
        Where something in doubt may be looked for at *now*: channel, thread, and whether something urgent is among it.

        Urgent ones first, then those that wait longest; some dozens at the most.
        """
        rows = self.database.rows(
            f"""
            SELECT channel, thread_ts, MAX(urgent) AS urgent FROM outbox
            WHERE team_id = :team AND state = 'in_doubt' AND verify_at <= :now {self.sound("outbox")}
            GROUP BY channel, thread_ts ORDER BY MAX(urgent) DESC, MIN(id) LIMIT {_MOST_PLACES}
            """,  # noqa: S608 - constants of ours
            {"team": self.team_id, "now": stamp(now)},
        )
        return [(row["channel"], row["thread_ts"], bool(row["urgent"])) for row in rows]

    def doubtful(self, channel: str, thread_ts: str | None, now: datetime) -> list[Delivery]:
        """Those in doubt there that may be looked for at *now*, oldest first."""
        rows = self.database.rows(
            f"""
            SELECT * FROM outbox WHERE team_id = :team AND state = 'in_doubt' AND verify_at <= :now
                AND channel = :channel AND COALESCE(thread_ts, '') = :thread {self.sound("outbox")}
            ORDER BY id
            """,  # noqa: S608 - a constant of ours
            {"team": self.team_id, "now": stamp(now), "channel": channel, "thread": thread_ts or ""},
        )
        return self.read(rows)

    def found(self, delivery: Delivery, slack_ts: str, now: datetime) -> None:
        """It had arrived, as the message *slack_ts*."""
        with self.database.transaction():
            self._set(delivery.id, DeliveryState.IN_DOUBT, state="sent", sent_at=stamp(now), slack_ts=slack_ts)
            self._forget_words(delivery)

    def not_found(self, delivery: Delivery, verify_at: datetime) -> None:
        """It was not there; look once more at *verify_at*."""
        self._set(
            delivery.id, DeliveryState.IN_DOUBT, verify_at=stamp(verify_at), verifications=delivery.verifications + 1
        )

    def verify_later(self, delivery: Delivery, verify_at: datetime, unreadable: int) -> None:
        """It could not be looked for now, *unreadable* times in all."""
        self._set(delivery.id, DeliveryState.IN_DOUBT, verify_at=stamp(verify_at), unreadable=unreadable)

    def send_again(self, delivery: Delivery, now: datetime, trouble: str) -> None:
        """It is sure that it did not arrive."""
        self._set(delivery.id, DeliveryState.IN_DOUBT, state="pending", not_before=stamp(now), trouble=trouble)

    def hold(self, delivery: Delivery, trouble: str, told: Draft | None, now: datetime) -> None:
        """Nobody can look whether it arrived: it is not sent again, and *told* is sent to somebody who can."""
        with self.database.transaction():
            held = self._set(delivery.id, DeliveryState.IN_DOUBT, state="held", trouble=trouble)
            if held and told is not None and not self._is_cancelled(delivery):
                self._outbox.add(told, now)

    def _back_in_line(
        self, deliveries: Sequence[Delivery], only_if: DeliveryState, not_before: datetime, trouble: str, **more: Any
    ) -> None:
        with self.database.transaction():
            for one in deliveries:
                values = {"not_before": stamp(not_before), "trouble": trouble, "owner": None, **more}
                self._set(one.id, only_if, state="pending", **values)

    def _doubt(self, row_id: int, verify_at: datetime, trouble: str) -> None:
        self._set(
            row_id,
            DeliveryState.SENDING,
            state="in_doubt",
            verify_at=stamp(verify_at),
            verifications=0,
            unreadable=0,
            trouble=trouble,
            owner=None,
        )

    def _is_cancelled(self, delivery: Delivery) -> bool:
        rows = self.database.rows(
            "SELECT unwanted FROM outbox WHERE team_id = :team AND id = :id",
            {"team": self.team_id, "id": delivery.id},
        )
        return bool(rows[0]["unwanted"])

    # asking

    def sound(self, table: str) -> str:
        """SQL that leaves out what is set aside."""
        return self.set_aside.clause("outbox", f"CAST({table}.id AS TEXT)")

    def counts(self) -> dict[str, int]:
        """How many are not sent yet, or never will be, by state."""
        rows = self.database.rows(
            """
            SELECT state, COUNT(*) AS n FROM outbox
            WHERE team_id = :team AND state IN ('pending', 'claimed', 'sending', 'in_doubt', 'held', 'failed')
            GROUP BY state
            """,
            {"team": self.team_id},
        )
        return {row["state"]: row["n"] for row in rows}

    def _set(self, row_id: int, only_if: DeliveryState, **values: Any) -> bool:
        """
        Change a row that is in the state *only_if*; False if it no longer is.

        One that nobody wants any more is cancelled instead of being put back in line.
        """
        assignments = ", ".join(f"{name} = :{name}" for name in values)
        if values.get("state") == "pending":
            assignments = assignments.replace("state = :state", _IN_LINE)
        changed = self.database.execute(
            f"UPDATE outbox SET {assignments} "  # noqa: S608 - names of ours
            "WHERE team_id = :team AND id = :row_id AND state = :only_if",
            {**values, "team": self.team_id, "row_id": row_id, "only_if": str(only_if)},
        )
        return changed == 1
