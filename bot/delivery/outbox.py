"""
The transactional outbox: a message that must arrive is a row, written in the transaction of the decision behind it.

This is the transactional outbox pattern; `key` is the idempotency key; HELD is the dead letter. What features use is
here; what the sender does with the rows is in `queue.py`.
"""

import hashlib
import json
from datetime import datetime

from bot.clock import instant, stamp
from bot.delivery.model import Delivery, DeliveryState, Draft
from bot.slack.block_kit import Message
from bot.slack.limits import fit
from bot.storage.database import Database, Row


class Outbox:
    """The outbox of one team. Every verb raises StorageUnavailable where nothing can be stored."""

    def __init__(self, database: Database, team_id: str) -> None:
        self.database = database
        self.team_id = team_id

    def add(self, draft: Draft, now: datetime) -> bool:
        """Plan *draft*; False if there is one of that key already."""
        added = self.database.execute(
            """
            INSERT INTO outbox (team_id, key, kind, subject, channel, recipient, thread_ts, urgent, joinable, body,
                fallback_to, private_to, due_at, planned_at, not_before)
            VALUES (:team_id, :key, :kind, :subject, :channel, :recipient, :thread_ts, :urgent, :joinable, :body,
                :fallback_to, :private_to, :due_at, :now, :now)
            ON CONFLICT (team_id, key) DO NOTHING
            """,
            {
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
                "private_to": json.dumps(draft.private_to),
                "due_at": stamp(draft.due),
                "now": stamp(now),
            },
        )
        return added == 1

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
        return [read_delivery(row) for row in rows]

    def in_message(self, channel: str, slack_ts: str) -> list[Delivery]:
        """What the message *slack_ts* carries, in its order."""
        rows = self.database.rows(
            "SELECT * FROM outbox WHERE team_id = :team_id AND channel = :channel AND slack_ts = :ts "
            "ORDER BY due_at, id",
            {"channel": channel, "ts": slack_ts, "team_id": self.team_id},
        )
        return [read_delivery(row) for row in rows]

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


def as_body(message: Message) -> str:
    """A message as the outbox keeps it."""
    fitted = fit(message)
    return json.dumps({"text": fitted.text, "blocks": list(fitted.blocks)}, ensure_ascii=False)


def digest(body: str) -> str:
    """What tells one body from another."""
    return hashlib.blake2b(body.encode(errors="surrogatepass"), digest_size=12).hexdigest()


def read_delivery(row: Row) -> Delivery:
    """A row of the outbox as a value."""
    body = json.loads(row["body"])
    draft = Draft(
        key=row["key"],
        subject=row["subject"],
        kind=row["kind"],
        channel=row["channel"],
        message=Message(body["text"], tuple(body["blocks"])),
        due=instant(row["due_at"]),
        thread_ts=row["thread_ts"],
        fallback_to=tuple(json.loads(row["fallback_to"])),
        private_to=tuple(json.loads(row["private_to"])),
        urgent=bool(row["urgent"]),
        joinable=bool(row["joinable"]),
        recipient=row["recipient"] or "",
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
        verify_at=at("verify_at"),
        verifications=row["verifications"],
        slack_ts=row["slack_ts"],
        trouble=row["trouble"],
        late_because=row["late_because"],
        shown=digest(row["body"]) if row["shown"] is None else row["shown"],
    )
