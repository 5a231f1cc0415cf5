"""What is removed of cases and watched threads, on request or when its time is over."""

from collections.abc import Sequence
from datetime import datetime

from bot.clock import stamp
from bot.customers.names import name_key
from bot.delivery.outbox import Outbox
from bot.escalations.evidence import blank_words
from bot.escalations.leaving import leaving_steps, open_without_anybody
from bot.escalations.page_store import MET
from bot.escalations.store import CaseStore
from bot.storage.database import Database, Row
from bot.storage.deliveries import ask_to_redraw, remove_deliveries
from bot.storage.purge import Leaver
from bot.storage.steps import AT_ONCE, Looks, Removed, Step, count
from bot.storage.traces import NameTrace

_READ_AT_ONCE = 1_000  # messages that are looked through in one go
_NOBODY_CLOSED_IT = "nobody closed it"
_OPEN_SINCE = f"""
    SELECT team_id, number, opened_at FROM cases
    WHERE state <> 'closed' AND opened_at < :at AND (opened_at, team_id, number) > (:opened_at, :team_id, :number)
    ORDER BY opened_at, team_id, number LIMIT {AT_ONCE}
"""  # noqa: S608 - a constant of ours
_IS_QUIET = """
    SELECT 1 FROM cases AS one
    WHERE team_id = :team AND number = :number AND state <> 'closed' AND (due_at IS NULL OR due_at < :at)
        AND NOT EXISTS (SELECT 1 FROM case_log WHERE case_log.team_id = one.team_id AND case_log.number = one.number
            AND case_log.at >= :at)
        AND NOT EXISTS (SELECT 1 FROM thread_messages AS said WHERE said.team_id = one.team_id
            AND said.channel = one.channel AND said.thread_ts = one.thread_ts AND said.at >= :at)
        AND NOT EXISTS (SELECT 1 FROM watched JOIN thread_messages AS said ON said.team_id = watched.team_id
            AND said.channel = watched.channel AND said.thread_ts = watched.thread_ts
            WHERE watched.team_id = one.team_id AND watched.joined = one.number AND said.at >= :at)
        AND NOT EXISTS (SELECT 1 FROM followups WHERE followups.team_id = one.team_id AND followups.promise = 1
            AND followups.channel = one.channel AND followups.thread_ts = one.thread_ts
            AND followups.state IN ('waiting', 'due'))
        AND NOT EXISTS (SELECT 1 FROM followups WHERE followups.team_id = one.team_id AND followups.name = one.name
            AND followups.promise = 1 AND followups.state IN ('waiting', 'due'))
"""
_SAID_BEFORE = f"""
    SELECT team_id, channel, thread_ts, ts, at FROM thread_messages
    WHERE at < :before AND (at, team_id, channel, thread_ts, ts) > (:at, :team_id, :channel, :thread_ts, :ts)
    ORDER BY at, team_id, channel, thread_ts, ts LIMIT {AT_ONCE}
"""  # noqa: S608 - a constant of ours
_MESSAGE = ("team_id", "channel", "thread_ts", "ts")
_HAS_CASE = """
    SELECT 1 FROM cases WHERE cases.team_id = :team_id AND cases.channel = :channel AND cases.thread_ts = :thread_ts
"""
_WATCHED_LONG_AGO = f"""
    SELECT team_id, channel, thread_ts FROM watched AS one
    WHERE began_at < :at AND NOT EXISTS (SELECT 1 FROM cases WHERE cases.team_id = one.team_id
        AND cases.channel = one.channel AND cases.thread_ts = one.thread_ts)
    AND NOT EXISTS (SELECT 1 FROM thread_messages AS said WHERE said.team_id = one.team_id
        AND said.channel = one.channel AND said.thread_ts = one.thread_ts)
    ORDER BY began_at LIMIT {AT_ONCE}
"""  # noqa: S608 - a constant of ours


class CasePurge:
    """Removes cases with their threads, pages, logs and messages, over all teams."""

    def customer_names(self, database: Database) -> set[str]:
        """All customers that a case was about."""
        rows = database.rows("SELECT DISTINCT customer FROM cases WHERE customer IS NOT NULL")
        return {row["customer"] for row in rows}

    def customer(self, database: Database, name: NameTrace) -> Looks:
        """Cases of a customer, threads and unnamed cases that name them; in cases of others what names them."""
        # by the names themselves: the keys may be those of an older version
        spelt = [one for one in self.customer_names(database) if name_key(one) == name_key(name.name)]
        sql = "SELECT team_id, channel, thread_ts FROM cases WHERE customer = :name"
        for one in spelt:
            yield [_naming_thread(database, row, name) for row in database.rows(sql, {"name": one})]
        yield [_naming_thread(database, row, name) for row in _threads_naming(database, name)]
        yield [_naming_case(database, row, name) for row in _cases_naming(database, name)]

    def without_anybody(self, database: Database, leaver: Leaver) -> list[str]:
        """Open cases whose owner leaves, or a step of which would page nobody."""
        return open_without_anybody(database, leaver)

    def user(self, database: Database, leaver: Leaver) -> Looks:
        """What a person said in watched threads, wherever cases quote it; open cases are handed over."""
        yield from leaving_steps(database, leaver)

    def end_what_nobody_ends(self, database: Database, before: datetime, now: datetime) -> Looks:
        """Close cases in which nothing has happened since then, and of whose customer no promise is open."""
        last: Row = {"at": stamp(before), "opened_at": "", "team_id": "", "number": 0}
        while rows := database.rows(_OPEN_SINCE, last):
            last |= rows[-1]
            yield [_closing(database, row, before, now) for row in rows]

    def ended_before(self, database: Database, before: datetime) -> Looks:
        """Closed cases, and what was said in threads without a case."""
        at = {"at": stamp(before)}
        sql = f"""
            SELECT team_id, number FROM cases WHERE closed_at IS NOT NULL AND closed_at < :at
            ORDER BY closed_at LIMIT {AT_ONCE}
        """  # noqa: S608 - a constant of ours
        while rows := database.rows(sql, at):
            yield [_removing(database, row) for row in rows]
        last: Row = {"before": stamp(before), **dict.fromkeys(("at", *_MESSAGE), "")}
        while rows := database.rows(_SAID_BEFORE, last):
            last |= rows[-1]
            yield [_forgetting(database, row, unless=_HAS_CASE) for row in rows]
        while rows := database.rows(_WATCHED_LONG_AGO, at):
            yield [_unwatching(database, row) for row in rows]


def _removing(database: Database, found: Row) -> Step:
    return lambda removed: _remove(database, found["team_id"], found["number"], removed)


def _remove(database: Database, team_id: str, number: int, removed: Removed) -> None:
    key = {"team": team_id, "number": number}
    sql = "SELECT channel, thread_ts FROM cases WHERE team_id = :team AND number = :number"
    for row in database.rows(sql, key):
        database.execute("DELETE FROM pages WHERE team_id = :team AND number = :number", key)
        database.execute("DELETE FROM case_log WHERE team_id = :team AND number = :number", key)
        remove_deliveries(database, team_id, f"E{number}", removed)
        count(removed, "cases", database.execute("DELETE FROM cases WHERE team_id = :team AND number = :number", key))
        _remove_thread(database, {"team_id": team_id, **row}, removed)


def _remove_thread(database: Database, thread: Row, removed: Removed) -> None:
    """What was said in a thread, unless another case has grown from it."""
    key = {name: thread[name] for name in ("team_id", "channel", "thread_ts")}
    where = "team_id = :team_id AND channel = :channel AND thread_ts = :thread_ts"
    if database.rows(f"SELECT 1 FROM cases WHERE {where}", key):  # noqa: S608 - ours
        return
    said = database.execute(f"DELETE FROM thread_messages WHERE {where}", key)  # noqa: S608 - ours
    count(removed, "messages of threads", said)
    database.execute(f"DELETE FROM watched WHERE {where}", key)  # noqa: S608 - ours


def _forgetting(database: Database, row: Row, unless: str = "SELECT 1 FROM cases WHERE 1 = 0") -> Step:
    """Remove one message, unless there is a row of *unless*."""
    where = "team_id = :team_id AND channel = :channel AND thread_ts = :thread_ts AND ts = :ts"
    sql = f"DELETE FROM thread_messages WHERE {where} AND NOT EXISTS ({unless})"  # noqa: S608 - ours
    key = {column: row[column] for column in _MESSAGE}
    return lambda removed: count(removed, "messages of threads", database.execute(sql, key))


def _unwatching(database: Database, row: Row) -> Step:
    sql = "DELETE FROM watched WHERE team_id = :team_id AND channel = :channel AND thread_ts = :thread_ts"
    return lambda removed: count(removed, "watched threads", database.execute(sql, row))


def _closing(database: Database, row: Row, before: datetime, now: datetime) -> Step:
    key = {"team": row["team_id"], "number": row["number"]}

    def close(removed: Removed) -> None:
        if not database.rows(_IS_QUIET, {**key, "at": stamp(before)}):
            return
        database.execute(
            "UPDATE cases SET state = 'closed', due_at = NULL, closed_at = :now, outcome = :outcome "
            "WHERE team_id = :team AND number = :number",
            {**key, "now": stamp(now), "outcome": _NOBODY_CLOSED_IT},
        )
        store = CaseStore(database, row["team_id"])
        store.part(row["number"])
        store.log(row["number"], "", _NOBODY_CLOSED_IT, "", now)
        Outbox(database, row["team_id"]).cancel(f"E{row['number']}")
        ask_to_redraw(database, row["team_id"], f"E{row['number']}")

    return close


# where a customer is named


def _threads_naming(database: Database, name: NameTrace) -> list[Row]:
    sql = f"""
        SELECT team_id, channel, thread_ts, ts, text FROM thread_messages
        WHERE (team_id, channel, thread_ts, ts) > (:team_id, :channel, :thread_ts, :ts)
        ORDER BY team_id, channel, thread_ts, ts LIMIT {_READ_AT_ONCE}
    """  # noqa: S608 - a constant of ours
    last: Row = dict.fromkeys(("team_id", "channel", "thread_ts", "ts"), "")
    found: dict[tuple[str, str, str], Row] = {}
    while rows := database.rows(sql, last):
        last = {column: rows[-1][column] for column in last}
        found |= {(row["team_id"], row["channel"], row["thread_ts"]): row for row in rows if name.is_in(row["text"])}
    return list(found.values())


def _cases_naming(database: Database, name: NameTrace) -> Sequence[Row]:
    found: dict[tuple[str, int], Row] = {}
    sql = f"""
        SELECT team_id, number, met, line FROM cases WHERE (team_id, number) > (:team_id, :number)
        ORDER BY team_id, number LIMIT {_READ_AT_ONCE}
    """  # noqa: S608 - a constant of ours
    last: Row = {"team_id": "", "number": 0}
    while rows := database.rows(sql, last):
        last = {column: rows[-1][column] for column in last}
        found |= {
            (row["team_id"], row["number"]): row for row in rows if name.is_in(row["met"]) or name.is_in(row["line"])
        }
    sql = f"""
        SELECT id, team_id, number, detail FROM case_log WHERE id > :id AND what = :what
        ORDER BY id LIMIT {_READ_AT_ONCE}
    """  # noqa: S608 - a constant of ours
    last = {"id": 0, "what": MET}
    while rows := database.rows(sql, last):
        last["id"] = rows[-1]["id"]
        found |= {(row["team_id"], row["number"]): row for row in rows if name.is_in(row["detail"])}
    return list(found.values())


def _naming_thread(database: Database, thread: Row, name: NameTrace) -> Step:
    """A thread that names the customer goes, but where it is about others: then the messages that name them do."""
    key = {column: thread[column] for column in ("team_id", "channel", "thread_ts")}
    where = "team_id = :team_id AND channel = :channel AND thread_ts = :thread_ts"

    key_of = name_key(name.name)

    def step(removed: Removed) -> None:
        cases = database.rows(f"SELECT * FROM cases WHERE {where}", key)  # noqa: S608 - ours
        for case in cases:
            if _key(case) in (None, key_of):
                _remove(database, case["team_id"], case["number"], removed)
        others = [case for case in cases if _key(case) not in (None, key_of)]
        if not others:
            _remove_thread(database, thread, removed)
        for row in database.rows(f"SELECT * FROM thread_messages WHERE {where}", key):  # noqa: S608 - ours
            if name.is_in(row["text"]):
                _forgetting(database, row)(removed)
        for case in others:
            _blank(database, case, name)

    return step


def _naming_case(database: Database, found: Row, name: NameTrace) -> Step:
    key, key_of = {"team": found["team_id"], "number": found["number"]}, name_key(name.name)

    def step(removed: Removed) -> None:
        for case in database.rows("SELECT * FROM cases WHERE team_id = :team AND number = :number", key):
            if _key(case) in (None, key_of):
                _remove(database, case["team_id"], case["number"], removed)
            else:
                _blank(database, case, name)

    return step


def _blank(database: Database, case: Row, name: NameTrace) -> None:
    """What a case of somebody else says of the customer."""
    blank_words(database, case, lambda met: not name.is_in(met["evidence"]), line_stays=not name.is_in(case["line"]))


def _key(case: Row) -> str | None:
    return name_key(case["customer"]) if case["customer"] else None
