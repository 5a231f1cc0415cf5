"""The last look of a purge: whatever column of whatever table still shows a person, or a customer."""

import json
from collections.abc import Sequence

from bot.storage.database import Database, Row
from bot.storage.deliveries import deliveries_naming
from bot.storage.steps import Looks, Removed, Step, count
from bot.storage.traces import NameTrace, PersonTrace

_NOT_SWEPT = ("settings", "outbox")  # the first is an admin's to change, the second was seen to already


def sweep_person(database: Database, who: PersonTrace) -> Looks:
    """Mask the person's id in all tables, those of features that do not ship included; a row whose key it is goes."""
    yield [_forget_events(database, who)]
    about = {"who": who.user}
    known = "DELETE FROM last_known WHERE id = :who AND kind IN ('person', 'direct')"
    yield [lambda removed: count(removed, "other rows", database.execute(known, about))]
    for table in _tables(database):
        columns = database.rows(f"PRAGMA table_info({table})")
        keys = [one["name"] for one in sorted(columns, key=lambda one: int(one["pk"])) if one["pk"]] or ["rowid"]
        texts = [one["name"] for one in columns if one["type"] == "TEXT" and one["name"] != "team_id"]
        named = " OR ".join(f"instr({name}, :who) > 0" for name in texts)
        if not named:
            continue
        found = database.rows(f"SELECT {', '.join(keys)} FROM {table} WHERE {named}", about)  # noqa: S608 - from the schema
        yield [_masking(database, table, keys, texts, who, row) for row in found]


def _tables(database: Database) -> list[str]:
    rows = database.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return [row["name"] for row in rows if row["name"] not in _NOT_SWEPT and not row["name"].startswith("_")]


def _masking(
    database: Database, table: str, keys: Sequence[str], texts: Sequence[str], who: PersonTrace, key: Row
) -> Step:
    where = " AND ".join(f"{name} = :{name}" for name in keys)

    def mask(removed: Removed) -> None:
        rows = database.rows(f"SELECT {', '.join(texts)} FROM {table} WHERE {where}", key)  # noqa: S608 - from the schema
        changed = {name: who.masked(value) for name, value in (rows[0] if rows else {}).items() if who.is_in(value)}
        if changed.keys() & set(keys):
            count(removed, "other rows", database.execute(f"DELETE FROM {table} WHERE {where}", key))  # noqa: S608
        elif changed:
            assignments = ", ".join(f"{name} = :{name}" for name in changed)
            database.execute(f"UPDATE {table} SET {assignments} WHERE {where}", {**key, **changed})  # noqa: S608

    return mask


def _forget_events(database: Database, who: PersonTrace) -> Step:
    """Events that the person caused count as done: their ids stay for a day, so that Slack's repeats find them."""

    def forget(removed: Removed) -> None:
        sql = "SELECT team_id, event_id, payload FROM inbox WHERE payload IS NOT NULL AND instr(payload, :who) > 0"
        for row in database.rows(sql, {"who": who.user}):
            if who.user in _authors(row["payload"]):
                _end_event(database, row, removed)

    return forget


def _authors(payload: str) -> list[object]:
    """Who wrote a message that an event tells of, or caused the event."""
    try:
        event = json.loads(payload)
    except ValueError:
        return []
    parts = [event, *(event.get(name) for name in ("message", "previous_message"))] if isinstance(event, dict) else []
    return [one.get("user") for one in parts if isinstance(one, dict)]


def _end_event(database: Database, row: Row, removed: Removed) -> None:
    ended = database.execute(
        "UPDATE inbox SET state = 'done', payload = NULL, trouble = NULL WHERE team_id = :team AND event_id = :event",
        {"team": row["team_id"], "event": row["event_id"]},
    )
    count(removed, "events", ended)


def sweep_customer(database: Database, name: NameTrace) -> Looks:
    """What names a customer in messages to be sent, events, words lent for learning, and what was set aside."""
    yield from deliveries_naming(database, name)

    def events(removed: Removed) -> None:
        for row in database.rows("SELECT team_id, event_id, payload FROM inbox WHERE payload IS NOT NULL"):
            if name.is_in(row["payload"]):
                _end_event(database, row, removed)

    yield [events]
    thumbs = (
        "SELECT team_id, answer, card_id, example, words FROM thumbs WHERE words IS NOT NULL OR example IS NOT NULL"
    )
    forget = (
        "UPDATE thumbs SET words = NULL, example = '' "
        "WHERE team_id = :team_id AND answer = :answer AND card_id = :card_id"
    )
    yield from _each(database, name, thumbs, ("example", "words"), forget)
    aside = "SELECT team_id, kind, key, why FROM quarantine"
    delete = "DELETE FROM quarantine WHERE team_id = :team_id AND kind = :kind AND key = :key"
    yield from _each(database, name, aside, ("key", "why"), delete)
    known = "SELECT team_id, kind, id, value FROM last_known"
    delete = "DELETE FROM last_known WHERE team_id = :team_id AND kind = :kind AND id = :id"
    yield from _each(database, name, known, ("value",), delete)


def _each(database: Database, name: NameTrace, sql: str, columns: Sequence[str], change: str) -> Looks:
    """Run *change* for each row of *sql* that names the customer in one of *columns*."""
    found = [row for row in database.rows(sql) if any(name.is_in(row[column]) for column in columns)]
    yield [_change(database, change, row) for row in found]


def _change(database: Database, sql: str, row: Row) -> Step:
    used = {name: value for name, value in row.items() if f":{name}" in sql}
    return lambda removed: count(removed, "other rows", database.execute(sql, used))
