"""What is removed of the outbox: messages of what is gone, to a person, and the wording of what has arrived."""

import json
from datetime import datetime

from bot.clock import stamp
from bot.storage.database import Database, Row
from bot.storage.steps import AT_ONCE, Looks, Removed, Step, count
from bot.storage.traces import GONE, PersonTrace, Trace

OVER = "('sent', 'failed', 'withdrawn')"
HANDED = "handed"  # the kind of a message that tells somebody that a case is theirs now; it quotes nothing
_FORGOTTEN = '{"text": "", "blocks": []}'
_TEXTS = (
    "key, kind, subject, channel, recipient, thread_ts, body, withheld, fallback_to, origin, known_to, owner, "
    "slack_ts, trouble, late_because, shown"
)


def remove_deliveries(database: Database, team_id: str, subject: str, removed: Removed) -> None:
    """Remove all messages about *subject*, and what was set aside of it."""
    about = {"team": team_id, "subject": subject}
    gone = database.execute("DELETE FROM outbox WHERE team_id = :team AND subject = :subject", about)
    count(removed, "deliveries", gone)
    database.execute("DELETE FROM redraws WHERE team_id = :team AND subject = :subject", about)
    database.execute("DELETE FROM deeds WHERE team_id = :team AND subject = :subject", about)
    database.execute("DELETE FROM quarantine WHERE team_id = :team AND key = :subject", about)


def ask_to_redraw(database: Database, team_id: str, subject: str) -> None:
    """Have the messages about *subject* drawn anew by the bot; see `bot/delivery/redraw.py`."""
    database.execute(
        """
        INSERT INTO redraws (team_id, subject) VALUES (:team, :subject)
        ON CONFLICT (team_id, subject) DO UPDATE SET asked = redraws.asked + 1
        """,
        {"team": team_id, "subject": subject},
    )


def reword(database: Database, team_id: str, subject: str) -> None:
    """Let what is still to be sent about *subject* say no more than that; once it is there, it is drawn anew."""
    words = json.dumps({"text": f"{subject}: what stood here was removed on request.", "blocks": []})
    database.execute(
        f"""
        UPDATE outbox SET body = :words, withheld = CASE WHEN withheld IS NULL THEN NULL ELSE :words END, shown = ''
        WHERE team_id = :team AND subject = :subject AND state NOT IN {OVER} AND kind <> :handed
        """,  # noqa: S608 - a constant of ours
        {"team": team_id, "subject": subject, "words": words, "handed": HANDED},
    )
    ask_to_redraw(database, team_id, subject)


def forget_wordings(database: Database) -> Looks:
    """
    The wording of all messages that have arrived or never will: nobody needs it, and it may quote anybody.

    Ledgers that are still to be sent quote what was promised elsewhere: they are drawn anew.
    """
    sql = f"""
        SELECT id FROM outbox WHERE id > :after AND state IN {OVER} AND (body <> :words OR withheld <> :words)
        ORDER BY id LIMIT {AT_ONCE}
    """  # noqa: S608 - constants of ours
    after = 0
    while rows := database.rows(sql, {"after": after, "words": _FORGOTTEN}):
        span = {"first": rows[0]["id"], "last": (after := rows[-1]["id"]), "words": _FORGOTTEN}

        def forget(removed: Removed, span: Row = span) -> None:
            database.execute(
                f"""
                UPDATE outbox SET body = :words, withheld = CASE WHEN withheld IS NULL THEN NULL ELSE :words END,
                    shown = COALESCE(shown, '')
                WHERE id BETWEEN :first AND :last AND state IN {OVER}
                """,  # noqa: S608 - a constant of ours
                span,
            )

        yield [forget]
    waiting = database.rows(f"SELECT team_id, subject FROM outbox WHERE kind = 'ledger' AND state NOT IN {OVER}")  # noqa: S608
    yield [_rewording(database, row) for row in waiting]


def _rewording(database: Database, row: Row) -> Step:
    return lambda removed: reword(database, row["team_id"], row["subject"])


def deliveries_naming(database: Database, trace: Trace) -> Looks:
    """Messages that are still to be sent, and in which *trace* shows, say no more than what they are about."""
    rows = database.rows(f"SELECT team_id, subject, body, withheld FROM outbox WHERE state NOT IN {OVER}")  # noqa: S608
    yield [_rewording(database, row) for row in rows if trace.is_in(row["body"]) or trace.is_in(row["withheld"])]


def deliveries_of(database: Database, who: PersonTrace) -> Looks:
    """Messages to a person go; others no longer name them, not in what is still to be sent either."""
    sql = f"""
        SELECT id FROM outbox WHERE id > :after AND (recipient = :who OR {_named()}) ORDER BY id LIMIT {AT_ONCE}
    """  # noqa: S608 - constants of ours
    after = 0
    while rows := database.rows(sql, {"after": after, "who": who.user}):
        after = rows[-1]["id"]
        yield [_leaving(database, who, row["id"]) for row in rows]


def _named() -> str:
    return " OR ".join(f"instr({column}, :who) > 0" for column in _TEXTS.split(", "))


def _leaving(database: Database, who: PersonTrace, row_id: int) -> Step:
    def leave(removed: Removed) -> None:
        rows = database.rows(f"SELECT {_TEXTS} FROM outbox WHERE id = :id", {"id": row_id})  # noqa: S608 - ours
        if not rows:
            return
        if rows[0]["recipient"] == who.user or rows[0]["channel"] == f"@{who.user}":
            count(removed, "deliveries", database.execute("DELETE FROM outbox WHERE id = :id", {"id": row_id}))
            return
        changed = {name: who.masked(value) for name, value in rows[0].items() if who.is_in(value)}
        if "known_to" in changed:  # who else is withheld from is told by those who know: it must not become empty
            known = json.loads(rows[0]["known_to"])
            changed["known_to"] = json.dumps([GONE if one == who.user else one for one in known])
        if "key" in changed:
            changed["key"] = f"{changed['key']}:{row_id}"  # two that have left must not have one key
        if changed:
            assignments = ", ".join(f"{name} = :{name}" for name in changed)
            database.execute(f"UPDATE outbox SET {assignments} WHERE id = :id", {**changed, "id": row_id})  # noqa: S608

    return leave


def orphaned_deliveries(database: Database, before: datetime) -> Looks:
    """Messages that were due before then and have arrived or never will, but for those of cases that are open."""
    sql = f"""
        SELECT id FROM outbox WHERE state IN {OVER} AND due_at < :at AND NOT EXISTS (
            SELECT 1 FROM cases WHERE cases.team_id = outbox.team_id AND outbox.subject LIKE 'E%'
            AND cases.number = CAST(substr(outbox.subject, 2) AS INTEGER) AND cases.state <> 'closed')
        ORDER BY due_at LIMIT {AT_ONCE}
    """  # noqa: S608 - constants of ours
    while rows := database.rows(sql, {"at": stamp(before)}):
        ids = {f"id{number}": row["id"] for number, row in enumerate(rows)}

        def remove(removed: Removed, ids: Row = ids) -> None:
            names = ", ".join(f":{name}" for name in ids)
            count(removed, "deliveries", database.execute(f"DELETE FROM outbox WHERE id IN ({names})", ids))  # noqa: S608

        yield [remove]
