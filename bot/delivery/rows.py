"""Rows of the outbox: a message as it is kept, and a row as a value."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from bot.clock import instant
from bot.delivery.model import Delivery, DeliveryState, Draft
from bot.slack.block_kit import Message
from bot.slack.limits import fit
from bot.storage.database import Row

_MOST_CHARACTERS = 24_000  # of JSON: about a third of it is text, and Slack refuses some 13,000 of that
_MOST_BLOCKS = 48  # of the 50 that Slack takes; one is the heading


def as_body(message: Message) -> str:
    """A message as the outbox keeps it."""
    fitted = fit(message)
    return json.dumps({"text": fitted.text, "blocks": list(fitted.blocks)}, ensure_ascii=False)


def as_message(body: str) -> Message:
    """What `as_body` wrote, as a message."""
    kept = json.loads(body)
    return Message(kept["text"], tuple(kept["blocks"]))


def digest(body: str) -> str:
    """What tells one body from another."""
    return hashlib.blake2b(body.encode(errors="surrogatepass"), digest_size=12).hexdigest()


def read_delivery(row: Row) -> Delivery:
    """A row of the outbox as a value."""
    draft = Draft(
        key=row["key"],
        subject=row["subject"],
        kind=row["kind"],
        channel=row["channel"],
        message=as_message(row["body"]),
        due=instant(row["due_at"]),
        thread_ts=row["thread_ts"],
        fallback_to=tuple(json.loads(row["fallback_to"])),
        known_to=tuple(json.loads(row["known_to"])),
        urgent=bool(row["urgent"]),
        joinable=bool(row["joinable"]),
        recipient=row["recipient"] or "",
        origin=row["origin"] or "",
        withheld=as_message(row["withheld"]) if row["withheld"] else None,
    )

    def at(name: str) -> datetime | None:
        return None if row[name] is None else instant(row[name])

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
        unreadable=row["unreadable"],
        doubt_until=at("doubt_until"),
        left_at=at("left_at"),
    )


def what_fits(rows: Sequence[Row]) -> list[Row]:
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
