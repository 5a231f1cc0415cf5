"""
The transactional outbox: a message that must arrive is a row, written in the transaction of the decision behind it.

This is the transactional outbox pattern; `key` is the idempotency key; HELD is the dead letter. What features use is
here; what the sender does with the rows is in `queue.py`.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.clock import stamp
from bot.delivery.model import Delivery, DeliveryState, Draft
from bot.delivery.rows import as_body, digest, read_delivery
from bot.delivery.set_aside import SetAside
from bot.slack.block_kit import Message
from bot.storage.database import Database, Row
from bot.storage.marks import RESTORED, counted_from, restored_at

_ADD = """
    INSERT INTO outbox (team_id, key, kind, subject, channel, recipient, thread_ts, urgent, joinable, body,
        fallback_to, origin, known_to, withheld, due_at, planned_at, not_before, state, trouble, verify_at,
        doubt_until)
    VALUES (:team_id, :key, :kind, :subject, :channel, :recipient, :thread_ts, :urgent, :joinable, :body,
        :fallback_to, :origin, :known_to, :withheld, :due_at, :now, :now, :state, :trouble, :verify_at,
        :doubt_until)
    ON CONFLICT (team_id, key) DO NOTHING
"""


class Outbox:
    """
    The outbox of one team. Every verb raises StorageUnavailable where nothing can be stored.

    `set_aside` keeps what cannot be read of the team's tables, and tells the admins through this outbox.
    """

    def __init__(self, database: Database, team_id: str) -> None:
        self.database = database
        self.team_id = team_id
        self._restored: str | None = None
        self._epoch: int | None = None
        self.set_aside = SetAside(database, team_id, self.add)

    def add(self, draft: Draft, now: datetime) -> bool:
        """
        Plan *draft*; False if there is one of that key already.

        What was due before a backup was restored may have been posted in the time that the backup knows nothing of: it
        is in doubt, and looked for before it would be posted.
        """
        return self.add_all([draft], now) == 1

    def add_all(self, drafts: Sequence[Draft], now: datetime) -> int:
        """Plan *drafts*, in one transaction; returns how many of their keys are new."""
        return self.database.execute_each(_ADD, [self._row(draft, now) for draft in drafts])

    def _row(self, draft: Draft, now: datetime) -> dict[str, Any]:
        until = self._restored_at()
        may_be_there = stamp(draft.due) < until
        return {
            "team_id": self.team_id,
            "key": draft.key,
            "kind": draft.kind,
            "subject": draft.subject,
            "channel": draft.channel,
            "recipient": draft.recipient or (draft.channel[1:] if draft.channel[0] == "@" else None),
            "thread_ts": draft.thread_ts,
            "urgent": int(draft.urgent),
            "joinable": int(draft.joinable),
            "body": as_body(draft.message),
            "fallback_to": json.dumps(draft.fallback_to),
            "origin": draft.origin or None,
            "known_to": json.dumps(draft.known_to),
            "withheld": as_body(draft.withheld) if draft.withheld else None,
            "due_at": stamp(draft.due),
            "now": stamp(now),
            "state": str(DeliveryState.IN_DOUBT if may_be_there else DeliveryState.PENDING),
            "trouble": RESTORED if may_be_there else None,
            "verify_at": stamp(now) if may_be_there else None,
            "doubt_until": until if may_be_there else None,
        }

    def anew(self) -> str:
        """
        What a key ends with that could be the same as one of the time that a restored backup knows nothing of.

        Empty if nothing was ever restored.
        """
        if self._epoch is None:
            self._epoch = counted_from(self.database, self.team_id)
        return f":{self._epoch}" if self._epoch else ""

    def _restored_at(self) -> str:
        """Asked once: nothing is restored under a running bot."""
        if self._restored is None:
            self._restored = restored_at(self.database, self.team_id)
        return self._restored

    def rewrite(self, key: str, message: Message) -> bool:
        """Let the message of *key* say *message*; False if it has begun to leave."""
        sql = "UPDATE outbox SET body = :body WHERE team_id = :team_id AND key = :key AND state = 'pending'"
        return self.database.execute(sql, {"team_id": self.team_id, "key": key, "body": as_body(message)}) == 1

    def cancel(self, subject: str, kind: str | None = None) -> int:
        """
        Take back all messages about *subject*, or those of *kind*, that have not begun to leave; returns how many.

        What is on its way may arrive; if it does not, it is not sent again.
        """
        about = {"team_id": self.team_id, "subject": subject, "kind": kind}
        of_kind = "" if kind is None else "AND kind = :kind "
        where = f"WHERE team_id = :team_id AND subject = :subject {of_kind}AND state IN"
        with self.database.transaction():
            self.database.execute(
                f"UPDATE outbox SET unwanted = 1 {where} ('sending', 'in_doubt')",  # noqa: S608 - constants of ours
                about,
            )
            return self.database.execute(
                f"UPDATE outbox SET state = 'withdrawn' {where} ('pending', 'claimed')",  # noqa: S608
                about,
            )

    def about(self, subject: str) -> list[Delivery]:
        """All messages about *subject*, in the order in which they were planned."""
        rows = self.database.rows(
            "SELECT * FROM outbox WHERE team_id = :team_id AND subject = :subject ORDER BY id",
            {"team_id": self.team_id, "subject": subject},
        )
        return self.read(rows)

    def read(self, rows: Iterable[Row]) -> list[Delivery]:
        """*rows* as values; those that cannot be read are set aside, and left out."""
        found = []
        for row in rows:
            try:
                found.append(read_delivery(row))
            except Exception as error:  # noqa: BLE001 - whatever is wrong with a row, the others are read
                about, person = row["subject"], row["recipient"]
                people = [person] if isinstance(person, str) and person[:1] in ("U", "W") else []
                self.set_aside.put("outbox", row["id"], error, datetime.now(UTC), people, about=about)
        return found

    def in_message(self, channel: str, slack_ts: str) -> list[Delivery]:
        """What the message *slack_ts* carries, in its order."""
        rows = self.database.rows(
            "SELECT * FROM outbox WHERE team_id = :team_id AND channel = :channel AND slack_ts = :ts "
            "ORDER BY due_at, id",
            {"channel": channel, "ts": slack_ts, "team_id": self.team_id},
        )
        return self.read(rows)

    def shown(self, channel: str, slack_ts: str, message: Message) -> None:
        """The message *slack_ts* looks like *message* now."""
        self.database.execute(
            "UPDATE outbox SET shown = :shown WHERE team_id = :team_id AND channel = :channel AND slack_ts = :ts",
            {
                "team_id": self.team_id,
                "channel": channel,
                "ts": slack_ts,
                "shown": digest(as_body(message)),
            },
        )

    def unknown_look(self, subject: str) -> None:
        """Nobody knows any more what the messages about *subject* look like."""
        self.database.execute(
            "UPDATE outbox SET shown = '' WHERE team_id = :team_id AND subject = :subject",
            {"team_id": self.team_id, "subject": subject},
        )
