"""
Rows of the outbox: SQL in, values out.

`add` is called inside the transaction of the decision that causes the message; every other verb is a transition of the
protocol, and a conditional UPDATE, so that whoever comes second changes nothing.
"""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.clock import instant, stamp
from bot.delivery.model import Delivery, DeliveryState, Draft, why_late
from bot.slack.limits import fit
from bot.slack.message import Message
from bot.storage.database import Database, Row

_IN_LINE = "state = CASE WHEN unwanted THEN 'withdrawn' ELSE :state END"
_UNSENT = "('pending', 'claimed', 'sending', 'in_doubt')"
_MOST_AT_ONCE = 15
_LONGEST_WAIT = timedelta(seconds=60)
_MOST_CHARACTERS = 24_000  # of JSON: about a third of it is text, and Slack refuses some 13,000 of that
_MOST_BLOCKS = 48  # of the 50 that Slack takes; one is the heading


class Outbox:
    """The outbox of one team. *owner* marks the rows that this process works on."""

    def __init__(self, database: Database, team_id: str) -> None:
        self._database = database
        self._team_id = team_id
        self._owner = secrets.token_hex(4)

    # deciding

    def add(self, draft: Draft, now: datetime) -> bool:
        """Plan *draft*; False if there is one of that key already. Raises StorageUnavailable."""
        return (
            self._database.execute(
                """
            INSERT INTO outbox (team_id, key, subject, place, thread_ts, urgent, joinable, body, tell, private_to,
                due_at, planned_at, not_before)
            VALUES (:team_id, :key, :subject, :place, :thread_ts, :urgent, :joinable, :body, :tell, :private_to,
                :due_at, :now, :now)
            ON CONFLICT (team_id, key) DO NOTHING
            """,
                {
                    "team_id": self._team_id,
                    "key": draft.key,
                    "subject": draft.subject,
                    "place": draft.place,
                    "thread_ts": draft.thread_ts,
                    "urgent": int(draft.urgent),
                    "joinable": int(draft.joinable),
                    "body": _body(draft.message),
                    "tell": json.dumps(draft.tell),
                    "private_to": json.dumps(draft.private_to),
                    "due_at": stamp(draft.due),
                    "now": stamp(now),
                },
            )
            == 1
        )

    def rewrite(self, key: str, message: Message) -> bool:
        """Let the message of *key* say *message*; False if it has begun to leave."""
        sql = "UPDATE outbox SET body = :body WHERE team_id = :team_id AND key = :key AND state = 'pending'"
        return self._database.execute(sql, {"team_id": self._team_id, "key": key, "body": _body(message)}) == 1

    def withdraw(self, subject: str, keys: str = "") -> int:
        """
        Take back all messages about *subject* whose key begins with *keys* and that have not begun to leave.

        Returns how many.

        What is on its way may arrive; if it does not, it is not sent again.
        """
        about = {"team_id": self._team_id, "subject": subject, "keys": f"{keys}%"}
        with self._database.transaction():
            self._database.execute(
                """
                UPDATE outbox SET unwanted = 1
                WHERE team_id = :team_id AND subject = :subject AND key LIKE :keys
                    AND state IN ('sending', 'in_doubt')
                """,
                about,
            )
            return self._database.execute(
                """
                UPDATE outbox SET state = 'withdrawn'
                WHERE team_id = :team_id AND subject = :subject AND key LIKE :keys
                    AND state IN ('pending', 'claimed')
                """,
                about,
            )

    # sending

    def places(self, now: datetime) -> list[tuple[str, bool]]:
        """Where something may be posted at *now*, each with whether something urgent is among it."""
        rows = self._database.rows(
            """
            WITH RECURSIVE known (place) AS (
                SELECT MIN(place) FROM outbox WHERE state = 'pending'
                UNION ALL
                SELECT (SELECT MIN(place) FROM outbox WHERE state = 'pending' AND place > known.place)
                FROM known WHERE known.place IS NOT NULL
            )
            SELECT place, (SELECT urgent FROM outbox WHERE state = 'pending' AND outbox.place = known.place
                           AND not_before <= :now ORDER BY urgent DESC, id LIMIT 1) AS urgent
            FROM known WHERE place IS NOT NULL
            """,
            {"now": stamp(now)},
        )
        return [(row["place"], bool(row["urgent"])) for row in rows if row["urgent"] is not None]

    def claim(self, place: str, now: datetime, *, join: bool = True) -> list[Delivery]:
        """
        Take the next message for *place*: one delivery, or with *join* several that are due in the same spot.

        Within a thread, none before an earlier one is sent. Empty if there is nothing, or all of it must wait.
        """
        with self._database.transaction():
            rows = self._database.rows(
                f"""
                SELECT * FROM outbox AS one
                WHERE state = 'pending' AND place = :place AND not_before <= :now AND (thread_ts IS NULL OR NOT EXISTS (
                    SELECT 1 FROM outbox AS earlier
                    WHERE earlier.place = :place AND earlier.thread_ts = one.thread_ts AND earlier.id < one.id
                    AND earlier.state IN {_UNSENT} AND NOT (earlier.joinable AND one.joinable AND
                        earlier.state = 'pending' AND earlier.not_before <= :now)))
                ORDER BY urgent DESC, id LIMIT :most
                """,  # noqa: S608 - a constant of ours
                {"place": place, "now": stamp(now), "most": _MOST_AT_ONCE},
            )
            if not rows:
                return []
            first = rows[0]
            alike = [row for row in rows if row["joinable"] and row["thread_ts"] == first["thread_ts"]]
            chosen = _what_fits(alike) if join and first["joinable"] and len(alike) >= 3 else rows[:1]
            for row in chosen:
                self._set(row["id"], DeliveryState.PENDING, state="claimed", owner=self._owner, claimed_at=stamp(now))
            return [_delivery({**row, "state": "claimed", "claimed_at": stamp(now)}) for row in chosen]

    def mark_sending(self, deliveries: Sequence[Delivery], now: datetime) -> list[Delivery]:
        """
        Record, durably, that *deliveries* leave now; returns those that still should.

        After this commit they count as perhaps posted; what was withdrawn before it is never posted.
        """
        leaving = []
        with self._database.transaction():
            for one in deliveries:
                late = why_late(one, now)
                marked = self._database.execute(
                    """
                    UPDATE outbox SET state = 'sending', sending_at = :now, attempt = attempt + 1, late_because = :late
                    WHERE id = :id AND state = 'claimed' AND owner = :owner
                    """,
                    {"id": one.id, "now": stamp(now), "owner": self._owner, "late": late},
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

    def not_sent(self, deliveries: Sequence[Delivery], not_before: datetime, trouble: str) -> None:
        """They surely did not arrive: try again at *not_before*."""
        with self._database.transaction():
            for one in deliveries:
                self._set(
                    one.id,
                    DeliveryState.SENDING,
                    state="pending",
                    not_before=stamp(not_before),
                    trouble=trouble,
                    owner=None,
                )

    def separate(self, deliveries: Sequence[Delivery], now: datetime, trouble: str) -> None:
        """Slack did not take them as one message: let each try alone."""
        with self._database.transaction():
            for one in deliveries:
                self._set(
                    one.id,
                    DeliveryState.SENDING,
                    state="pending",
                    joinable=0,
                    not_before=stamp(now),
                    trouble=trouble,
                    owner=None,
                )

    def release(self, deliveries: Sequence[Delivery], not_before: datetime, trouble: str) -> None:
        """They were claimed, and nothing was sent: try again at *not_before*."""
        with self._database.transaction():
            for one in deliveries:
                self._set(
                    one.id,
                    DeliveryState.CLAIMED,
                    state="pending",
                    not_before=stamp(not_before),
                    trouble=trouble,
                    owner=None,
                )

    def doubt(self, deliveries: Sequence[Delivery], look_at: datetime, trouble: str) -> None:
        """They may have arrived: look for them at *look_at*."""
        with self._database.transaction():
            for one in deliveries:
                self._set(
                    one.id,
                    DeliveryState.SENDING,
                    state="in_doubt",
                    look_at=stamp(look_at),
                    looks=0,
                    trouble=trouble,
                    owner=None,
                )

    def failed(self, deliveries: Sequence[Delivery], trouble: str, told: Mapping[int, Draft], now: datetime) -> None:
        """They never will arrive; *told* holds, by delivery, what is sent in their place."""
        with self._database.transaction():
            for one in deliveries:
                ended = self._set(one.id, one.state, state="failed", trouble=trouble, owner=None)
                if ended and one.id in told and not self._is_unwanted(one):
                    self.add(told[one.id], now)

    def opened(self, place: str, channel: str) -> None:
        """The direct conversation with the person of *place* is *channel*."""
        self._database.execute(
            "UPDATE outbox SET place = :channel WHERE team_id = :team_id AND place = :place AND state <> 'sent'",
            {"channel": channel, "team_id": self._team_id, "place": place},
        )

    # looking back

    def recover(self, now: datetime, settle: timedelta) -> int:
        """
        Take over from a process that is gone: returns how many of its messages are in doubt.

        What it had only claimed was never on the wire. What it had marked as leaving is looked for one *settle* after
        that; or after now, where the clock was set back.
        """
        with self._database.transaction():
            self.clock_was_set_back(now, settle)  # perhaps while nothing ran
            self._database.execute("UPDATE outbox SET state = 'pending', owner = NULL WHERE state = 'claimed'")
            rows = self._database.rows("SELECT id, sending_at FROM outbox WHERE state = 'sending'")
            for row in rows:
                look_at = min(instant(row["sending_at"]) + settle, now + settle)
                self._set(
                    row["id"],
                    DeliveryState.SENDING,
                    state="in_doubt",
                    look_at=stamp(look_at),
                    looks=0,
                    trouble="crash",
                    owner=None,
                )
        return len(rows)

    def clock_was_set_back(self, now: datetime, settle: timedelta) -> None:
        """Let nothing wait for hours because the clock was set back: what waits, waits from *now* on."""
        with self._database.transaction():
            self._database.execute(
                "UPDATE outbox SET look_at = :at WHERE state = 'in_doubt' AND look_at > :at",
                {"at": stamp(now + settle)},
            )
            self._database.execute(
                "UPDATE outbox SET not_before = :at WHERE state = 'pending' AND not_before > :at",
                {"at": stamp(now + _LONGEST_WAIT)},
            )

    def put_right(self, stranded: Sequence[Delivery], now: datetime, settle: timedelta) -> None:
        """Put *stranded*, whose fate could not be stored, back in line, or in doubt where they had begun to leave."""
        with self._database.transaction():
            for one in stranded:
                self._set(one.id, DeliveryState.CLAIMED, state="pending", owner=None)
                self._set(one.id, DeliveryState.SENDING, state="in_doubt", look_at=stamp(now + settle), looks=0,
                          trouble="storage", owner=None)  # fmt: skip

    def doubtful(self, now: datetime) -> list[Delivery]:
        """Those in doubt that may be looked for at *now*, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM outbox WHERE state = 'in_doubt' AND look_at <= :now ORDER BY id", {"now": stamp(now)}
        )
        return [_delivery(row) for row in rows]

    def found(self, delivery: Delivery, slack_ts: str, now: datetime) -> None:
        """It had arrived, as the message *slack_ts*."""
        self._set(delivery.id, DeliveryState.IN_DOUBT, state="sent", sent_at=stamp(now), slack_ts=slack_ts)

    def not_found(self, delivery: Delivery, look_at: datetime) -> None:
        """It was not there; look once more at *look_at*."""
        self._set(delivery.id, DeliveryState.IN_DOUBT, look_at=stamp(look_at), looks=delivery.looks + 1)

    def look_later(self, deliveries: Iterable[Delivery], look_at: datetime) -> None:
        """It could not be looked for now."""
        with self._database.transaction():
            for one in deliveries:
                self._set(one.id, DeliveryState.IN_DOUBT, look_at=stamp(look_at))

    def send_again(self, delivery: Delivery, now: datetime, trouble: str) -> None:
        """It is sure that it did not arrive."""
        self._set(delivery.id, DeliveryState.IN_DOUBT, state="pending", not_before=stamp(now), trouble=trouble)

    def hold(self, delivery: Delivery, trouble: str, told: Draft | None, now: datetime) -> None:
        """Nobody can look whether it arrived: it is not sent again, and *told* is sent to somebody who can."""
        with self._database.transaction():
            held = self._set(delivery.id, DeliveryState.IN_DOUBT, state="held", trouble=trouble)
            if held and told is not None and not self._is_unwanted(delivery):
                self.add(told, now)

    def _is_unwanted(self, delivery: Delivery) -> bool:
        return bool(
            self._database.rows("SELECT unwanted FROM outbox WHERE id = :id", {"id": delivery.id})[0]["unwanted"]
        )

    # asking

    def next_at(self) -> datetime | None:
        """When something is to be posted or looked for next, by its own time."""
        rows = self._database.rows(
            """
            SELECT MIN(at) AS at FROM (
                SELECT MIN(not_before) AS at FROM outbox WHERE state = 'pending'
                UNION ALL SELECT MIN(look_at) FROM outbox WHERE state = 'in_doubt'
            )
            """
        )
        return instant(rows[0]["at"]) if rows[0]["at"] else None

    def about(self, subject: str) -> list[Delivery]:
        """All messages about *subject*, in the order in which they were planned."""
        rows = self._database.rows(
            "SELECT * FROM outbox WHERE team_id = :team_id AND subject = :subject ORDER BY id",
            {"team_id": self._team_id, "subject": subject},
        )
        return [_delivery(row) for row in rows]

    def in_message(self, place: str, slack_ts: str) -> list[Delivery]:
        """What the message *slack_ts* carries, in its order."""
        rows = self._database.rows(
            "SELECT * FROM outbox WHERE place = :place AND slack_ts = :ts AND team_id = :team_id ORDER BY due_at, id",
            {"place": place, "ts": slack_ts, "team_id": self._team_id},
        )
        return [_delivery(row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many are not sent yet, or never will be, by state."""
        rows = self._database.rows(
            """
            SELECT state, COUNT(*) AS n FROM outbox
            WHERE state IN ('pending', 'claimed', 'sending', 'in_doubt', 'held', 'failed') GROUP BY state
            """
        )
        return {row["state"]: row["n"] for row in rows}

    def _set(self, row_id: int, only_if: DeliveryState, **values: Any) -> bool:
        """
        Change a row that is in the state *only_if*; False if it no longer is.

        One that nobody wants any more is withdrawn instead of being put back in line.
        """
        assignments = ", ".join(f"{name} = :{name}" for name in values)
        if values.get("state") == "pending":
            assignments = assignments.replace("state = :state", _IN_LINE)
        changed = self._database.execute(
            f"UPDATE outbox SET {assignments} WHERE id = :row_id AND state = :only_if",  # noqa: S608 - names of ours
            {**values, "row_id": row_id, "only_if": str(only_if)},
        )
        return changed == 1


def _body(message: Message) -> str:
    fitted = fit(message)
    return json.dumps({"text": fitted.text, "blocks": list(fitted.blocks)}, ensure_ascii=False)


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


def _delivery(row: Row) -> Delivery:
    body = json.loads(row["body"])
    draft = Draft(
        key=row["key"],
        subject=row["subject"],
        place=row["place"],
        message=Message(body["text"], tuple(body["blocks"])),
        due=instant(row["due_at"]),
        thread_ts=row["thread_ts"],
        tell=tuple(json.loads(row["tell"])),
        private_to=tuple(json.loads(row["private_to"])),
        urgent=bool(row["urgent"]),
        joinable=bool(row["joinable"]),
    )

    def at(name: str) -> datetime | None:
        return instant(row[name]) if row[name] else None

    return Delivery(
        id=row["id"],
        team_id=row["team_id"],
        draft=draft,
        state=DeliveryState(row["state"]),
        planned_at=instant(row["planned_at"]),
        not_before=instant(row["not_before"]),
        attempt=row["attempt"],
        claimed_at=at("claimed_at"),
        sending_at=at("sending_at"),
        sent_at=at("sent_at"),
        look_at=at("look_at"),
        looks=row["looks"],
        slack_ts=row["slack_ts"],
        trouble=row["trouble"],
        late_because=row["late_because"],
    )
