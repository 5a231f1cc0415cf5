"""
The sender's side of the outbox: leases (claim), the mark before sending, and what became of each message.

Every verb is a transition of the protocol and a conditional UPDATE, so that whoever comes second changes nothing.
"""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.clock import instant, stamp
from bot.delivery.model import ANSWER, Delivery, DeliveryState, Draft, why_late
from bot.delivery.outbox import Outbox
from bot.delivery.rows import as_body, read_delivery
from bot.slack.block_kit import message
from bot.storage.database import Row

_IN_LINE = "state = CASE WHEN unwanted = 1 THEN 'withdrawn' ELSE :state END"
_UNSENT = "('pending', 'claimed', 'sending', 'in_doubt')"
_MOST_AT_ONCE = 15
_LONGEST_WAIT = timedelta(seconds=60)
_MOST_CHARACTERS = 24_000  # of JSON: about a third of it is text, and Slack refuses some 13,000 of that
_MOST_BLOCKS = 48  # of the 50 that Slack takes; one is the heading


class DeliveryQueue:
    """What the sender takes from *outbox*, for its team alone; it marks the rows that it works on as its own."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._database = outbox.database
        self._team_id = outbox.team_id
        self._owner = secrets.token_hex(4)

    # sending

    def channels(self, now: datetime) -> list[tuple[str, bool]]:
        """Where something may be posted at *now*, each with whether something urgent is among it."""
        rows = self._database.rows(
            """
            WITH RECURSIVE known (channel) AS (
                SELECT MIN(channel) FROM outbox WHERE team_id = :team AND state = 'pending'
                UNION ALL
                SELECT (SELECT MIN(channel) FROM outbox
                        WHERE team_id = :team AND state = 'pending' AND channel > known.channel)
                FROM known WHERE known.channel IS NOT NULL
            )
            SELECT channel, (SELECT urgent FROM outbox
                            WHERE team_id = :team AND state = 'pending' AND outbox.channel = known.channel
                                AND not_before <= :now
                            ORDER BY urgent DESC, id LIMIT 1) AS urgent
            FROM known WHERE channel IS NOT NULL
            """,
            {"team": self._team_id, "now": stamp(now)},
        )
        return [(row["channel"], bool(row["urgent"])) for row in rows if row["urgent"] is not None]

    def has_urgent(self, now: datetime) -> bool:
        """Whether anything that somebody waits for has not left yet."""
        return any(urgent for _, urgent in self.channels(now))

    def claim(self, channel: str, now: datetime, *, join: bool = True) -> list[Delivery]:
        """
        Take the next message for *channel*: one delivery, or with *join* several that are due in the same spot.

        Within a thread, none before an earlier one is sent. Empty if there is nothing, or all of it must wait.
        """
        with self._database.transaction():
            rows = self._database.rows(
                f"""
                SELECT * FROM outbox AS one
                WHERE team_id = :team AND state = 'pending' AND channel = :channel AND not_before <= :now
                AND (thread_ts IS NULL OR NOT EXISTS (
                    SELECT 1 FROM outbox AS earlier
                    WHERE earlier.team_id = :team AND earlier.channel = :channel AND earlier.thread_ts = one.thread_ts
                    AND earlier.id < one.id AND earlier.state IN {_UNSENT}
                    AND NOT (earlier.joinable = 1 AND one.joinable = 1
                        AND earlier.state = 'pending' AND earlier.not_before <= :now)))
                ORDER BY urgent DESC, id LIMIT :most
                """,  # noqa: S608 - a constant of ours
                {"team": self._team_id, "channel": channel, "now": stamp(now), "most": _MOST_AT_ONCE},
            )
            if not rows:
                return []
            first = rows[0]
            alike = [row for row in rows if row["joinable"] and row["thread_ts"] == first["thread_ts"]]
            chosen = _what_fits(alike) if join and first["joinable"] and len(alike) >= 3 else rows[:1]
            for row in chosen:
                self._set(row["id"], DeliveryState.PENDING, state="claimed", owner=self._owner, claimed_at=stamp(now))
            return [read_delivery({**row, "state": "claimed", "claimed_at": stamp(now)}) for row in chosen]

    def mark_sending(self, deliveries: Sequence[Delivery], now: datetime) -> list[Delivery]:
        """
        Record, durably, that *deliveries* leave now; returns those that still should.

        After this commit they count as perhaps posted; what was cancelled before it is never posted.
        """
        leaving = []
        with self._database.transaction():
            for one in deliveries:
                late = why_late(one, now)
                marked = self._database.execute(
                    """
                    UPDATE outbox SET state = 'sending', sending_at = :now, attempt = attempt + 1, late_because = :late
                    WHERE team_id = :team AND id = :id AND state = 'claimed' AND owner = :owner
                    """,
                    {"team": self._team_id, "id": one.id, "now": stamp(now), "owner": self._owner, "late": late},
                )
                if marked:
                    leaving.append(one)
        return leaving

    def sent(self, deliveries: Sequence[Delivery], slack_ts: str, now: datetime) -> None:
        """They are in the channel, as the message *slack_ts*."""
        with self._database.transaction():
            for one in deliveries:
                self._set(
                    one.id, DeliveryState.SENDING, state="sent", sent_at=stamp(now), slack_ts=slack_ts, owner=None
                )
                self._forget_words(one)

    def _forget_words(self, delivery: Delivery) -> None:
        """What somebody typed is kept until it is answered, and no longer."""
        if delivery.draft.kind == ANSWER:
            self._database.execute(
                "UPDATE outbox SET body = :body WHERE team_id = :team AND id = :id",
                {"body": as_body(message("answered")), "team": self._team_id, "id": delivery.id},
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

    def doubt(self, deliveries: Sequence[Delivery], verify_at: datetime, trouble: str) -> None:
        """They may have arrived: look for them at *verify_at*."""
        with self._database.transaction():
            for one in deliveries:
                self._doubt(one.id, verify_at, trouble)

    def failed(self, deliveries: Sequence[Delivery], trouble: str, told: Mapping[int, Draft], now: datetime) -> None:
        """They never will arrive; *told* holds, by delivery, what is sent in their place."""
        with self._database.transaction():
            for one in deliveries:
                ended = self._set(one.id, one.state, state="failed", trouble=trouble, owner=None)
                if ended and one.id in told and not self._is_cancelled(one):
                    self._outbox.add(told[one.id], now)

    def opened(self, person: str, channel: str) -> None:
        """The direct conversation with *person* (as "@" and an id) is *channel*."""
        known = {"channel": channel, "team": self._team_id, "person": person}
        sql = "UPDATE outbox SET channel = :channel WHERE team_id = :team AND channel = :person AND "
        with self._database.transaction():  # two statements, since each has an index of its own
            self._database.execute(f"{sql}state = 'pending'", known)
            self._database.execute(f"{sql}state IN ('claimed', 'sending', 'in_doubt', 'held', 'failed')", known)

    # looking back

    def recover(self, now: datetime, settle: timedelta) -> int:
        """
        Take over from a process that is gone: returns how many of its messages are in doubt.

        What it had only claimed was never on the wire. What it had marked as leaving is looked for one *settle* after
        that; or after now, where the clock was set back.
        """
        with self._database.transaction():
            self.clock_was_set_back(now, settle)  # perhaps while nothing ran
            team = {"team": self._team_id}
            self._database.execute(
                "UPDATE outbox SET state = 'pending', owner = NULL WHERE team_id = :team AND state = 'claimed'", team
            )
            rows = self._database.rows(
                "SELECT id, sending_at FROM outbox WHERE team_id = :team AND state = 'sending'", team
            )
            for row in rows:
                verify_at = min(instant(row["sending_at"]) + settle, now + settle)
                self._doubt(row["id"], verify_at, "crash")
        return len(rows)

    def clock_was_set_back(self, now: datetime, settle: timedelta) -> None:
        """Let nothing wait for hours because the clock was set back: what waits, waits from *now* on."""
        with self._database.transaction():
            self._database.execute(
                "UPDATE outbox SET verify_at = :at WHERE team_id = :team AND state = 'in_doubt' AND verify_at > :at",
                {"team": self._team_id, "at": stamp(now + settle)},
            )
            self._database.execute(
                "UPDATE outbox SET not_before = :at WHERE team_id = :team AND state = 'pending' AND not_before > :at",
                {"team": self._team_id, "at": stamp(now + _LONGEST_WAIT)},
            )

    def put_right(self, stranded: Sequence[Delivery], now: datetime, settle: timedelta) -> None:
        """Put *stranded*, whose fate could not be stored, back in line, or in doubt where they had begun to leave."""
        with self._database.transaction():
            for one in stranded:
                self._set(one.id, DeliveryState.CLAIMED, state="pending", owner=None)
                self._doubt(one.id, now + settle, "storage")

    def doubtful(self, now: datetime) -> list[Delivery]:
        """Those in doubt that may be looked for at *now*, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM outbox WHERE team_id = :team AND state = 'in_doubt' AND verify_at <= :now ORDER BY id",
            {"team": self._team_id, "now": stamp(now)},
        )
        return [read_delivery(row) for row in rows]

    def found(self, delivery: Delivery, slack_ts: str, now: datetime) -> None:
        """It had arrived, as the message *slack_ts*."""
        with self._database.transaction():
            self._set(delivery.id, DeliveryState.IN_DOUBT, state="sent", sent_at=stamp(now), slack_ts=slack_ts)
            self._forget_words(delivery)

    def not_found(self, delivery: Delivery, verify_at: datetime) -> None:
        """It was not there; look once more at *verify_at*."""
        self._set(
            delivery.id, DeliveryState.IN_DOUBT, verify_at=stamp(verify_at), verifications=delivery.verifications + 1
        )

    def verify_later(self, deliveries: Iterable[Delivery], verify_at: datetime) -> None:
        """It could not be looked for now."""
        with self._database.transaction():
            for one in deliveries:
                self._set(one.id, DeliveryState.IN_DOUBT, verify_at=stamp(verify_at))

    def send_again(self, delivery: Delivery, now: datetime, trouble: str) -> None:
        """It is sure that it did not arrive."""
        self._set(delivery.id, DeliveryState.IN_DOUBT, state="pending", not_before=stamp(now), trouble=trouble)

    def hold(self, delivery: Delivery, trouble: str, told: Draft | None, now: datetime) -> None:
        """Nobody can look whether it arrived: it is not sent again, and *told* is sent to somebody who can."""
        with self._database.transaction():
            held = self._set(delivery.id, DeliveryState.IN_DOUBT, state="held", trouble=trouble)
            if held and told is not None and not self._is_cancelled(delivery):
                self._outbox.add(told, now)

    def _back_in_line(
        self, deliveries: Sequence[Delivery], only_if: DeliveryState, not_before: datetime, trouble: str, **more: Any
    ) -> None:
        with self._database.transaction():
            for one in deliveries:
                self._set(
                    one.id,
                    only_if,
                    state="pending",
                    not_before=stamp(not_before),
                    trouble=trouble,
                    owner=None,
                    **more,
                )

    def _doubt(self, row_id: int, verify_at: datetime, trouble: str) -> None:
        self._set(
            row_id,
            DeliveryState.SENDING,
            state="in_doubt",
            verify_at=stamp(verify_at),
            verifications=0,
            trouble=trouble,
            owner=None,
        )

    def _is_cancelled(self, delivery: Delivery) -> bool:
        rows = self._database.rows(
            "SELECT unwanted FROM outbox WHERE team_id = :team AND id = :id",
            {"team": self._team_id, "id": delivery.id},
        )
        return bool(rows[0]["unwanted"])

    # asking

    def next_at(self) -> datetime | None:
        """When something is to be posted or looked for next, by its own time."""
        rows = self._database.rows(
            """
            SELECT MIN(at) AS at FROM (
                SELECT MIN(not_before) AS at FROM outbox WHERE team_id = :team AND state = 'pending'
                UNION ALL SELECT MIN(verify_at) FROM outbox WHERE team_id = :team AND state = 'in_doubt'
            ) AS times
            """,
            {"team": self._team_id},
        )
        return instant(rows[0]["at"]) if rows[0]["at"] else None

    def counts(self) -> dict[str, int]:
        """How many are not sent yet, or never will be, by state."""
        rows = self._database.rows(
            """
            SELECT state, COUNT(*) AS n FROM outbox
            WHERE team_id = :team AND state IN ('pending', 'claimed', 'sending', 'in_doubt', 'held', 'failed')
            GROUP BY state
            """,
            {"team": self._team_id},
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
        changed = self._database.execute(
            f"UPDATE outbox SET {assignments} "  # noqa: S608 - names of ours
            "WHERE team_id = :team AND id = :row_id AND state = :only_if",
            {**values, "team": self._team_id, "row_id": row_id, "only_if": str(only_if)},
        )
        return changed == 1


def _what_fits(rows: Sequence[Row]) -> list[Row]:
    """As many of *rows*, from the first on, as one message holds; each may get one more line if it is late."""
    chosen: list[Row] = []
    blocks = characters = 0
    for row in rows:
        blocks += max(1, len(json.loads(row["body"])["blocks"])) + 1
        characters += len(row["body"])
        if chosen and (blocks > _MOST_BLOCKS or characters > _MOST_CHARACTERS):
            break
        chosen.append(row)
    return chosen
