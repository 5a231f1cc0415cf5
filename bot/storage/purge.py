"""What was kept is removed on request, or when its time is over: rows deleted, and what they held overwritten."""

from datetime import datetime

from bot.clock import stamp
from bot.storage.database import Database

Removed = dict[str, int]  # what was removed, in people's words, to how many
_OF_A_CASE = ("pages", "case_log")


def purge_customer(database: Database, customer: str) -> Removed:
    """Remove all cases and follow-ups of *customer*, with their messages; capitals do not matter."""
    with _overwriting(database):
        names = {"name": customer.casefold()}
        known = database.rows(
            "SELECT team_id, number, channel, thread_ts, customer FROM cases WHERE customer IS NOT NULL"
        )
        cases = [row for row in known if row["customer"].casefold() == names["name"]]
        removed = {"cases": 0, "messages of threads": 0, "deliveries": 0, "follow-ups": 0}
        for row in cases:
            _remove_case(database, row["team_id"], row["number"], row["channel"], row["thread_ts"], removed)
        known = database.rows("SELECT team_id, number, customer FROM followups WHERE customer IS NOT NULL")
        for row in (row for row in known if row["customer"].casefold() == names["name"]):
            _remove_follow_up(database, row["team_id"], row["number"], removed)
    return removed


def purge_user(database: Database, user: str) -> Removed:
    """Remove what *user* (an id) said in watched threads, their follow-ups, and what was sent to them."""
    with _overwriting(database):
        removed = {"cases": 0, "messages of threads": 0, "deliveries": 0, "follow-ups": 0}
        who = {"who": user}
        removed["messages of threads"] += database.execute("DELETE FROM thread_messages WHERE author = :who", who)
        for row in database.rows("SELECT team_id, number FROM followups WHERE owner = :who OR maker = :who", who):
            _remove_follow_up(database, row["team_id"], row["number"], removed)
        sql = """
            DELETE FROM outbox WHERE state IN ('sent', 'failed', 'withdrawn')
                AND (place = '@' || :who OR key LIKE '%:page:%:' || :who)
        """
        removed["deliveries"] += database.execute(sql, who)
        database.execute("DELETE FROM pages WHERE who = :who AND answer IS NOT NULL", who)
    return removed


def purge_before(database: Database, before: datetime) -> Removed:
    """Remove what ended before *before* (UTC): what `retire` removes, and all deliveries, thumbs and events."""
    removed = retire(database, before)
    with _overwriting(database):
        at = {"at": stamp(before)}
        sql = "DELETE FROM outbox WHERE state IN ('sent', 'failed', 'withdrawn') AND due_at < :at"
        removed["deliveries"] += database.execute(sql, at)
        removed["thumbs"] = database.execute("DELETE FROM thumbs WHERE created_at < :at", at)
        removed["events"] = database.execute("DELETE FROM inbox WHERE state = 'done' AND received_at < :at", at)
    return removed


def retire(database: Database, before: datetime) -> Removed:
    """What RETENTION asks for: escalation threads and follow-ups that ended before *before*, and what they held."""
    with _overwriting(database):
        removed = {"cases": 0, "messages of threads": 0, "deliveries": 0, "follow-ups": 0}
        at = {"at": stamp(before)}
        sql = "SELECT team_id, number, channel, thread_ts FROM cases WHERE state = 'closed' AND closed_at < :at"
        for row in database.rows(sql, at):
            _remove_case(database, row["team_id"], row["number"], row["channel"], row["thread_ts"], removed)
        removed["messages of threads"] += _remove_quiet_threads(database, at["at"])
        for row in database.rows("SELECT team_id, number FROM followups WHERE closed_at < :at", at):
            _remove_follow_up(database, row["team_id"], row["number"], removed)
    return removed


class _Overwriting:
    """A transaction in which what is deleted is overwritten, and afterwards leaves the write-ahead log, too."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._transaction = database.transaction()

    def __enter__(self) -> None:
        self._database.rows("PRAGMA secure_delete = ON")
        self._transaction.__enter__()

    def __exit__(self, *error: object) -> None:
        self._transaction.__exit__(*error)  # type: ignore[arg-type]
        self._database.rows("PRAGMA wal_checkpoint(TRUNCATE)")


def _overwriting(database: Database) -> _Overwriting:
    return _Overwriting(database)


def _remove_case(database: Database, team_id: str, number: int, channel: str, thread_ts: str, removed: Removed) -> None:
    row = {"team": team_id, "number": number, "channel": channel, "thread": thread_ts, "subject": f"E{number}"}
    for table in _OF_A_CASE:
        database.execute(f"DELETE FROM {table} WHERE team_id = :team AND number = :number", row)  # noqa: S608 - ours
    where = "team_id = :team AND channel = :channel AND thread_ts = :thread"
    removed["messages of threads"] += database.execute(f"DELETE FROM thread_messages WHERE {where}", row)  # noqa: S608
    database.execute(f"DELETE FROM watched WHERE {where}", row)  # noqa: S608 - ours
    removed["deliveries"] += database.execute("DELETE FROM outbox WHERE team_id = :team AND subject = :subject", row)
    removed["cases"] += database.execute("DELETE FROM cases WHERE team_id = :team AND number = :number", row)


def _remove_follow_up(database: Database, team_id: str, number: int, removed: Removed) -> None:
    row = {"team": team_id, "number": number, "subject": f"F{number}"}
    database.execute("DELETE FROM promises WHERE team_id = :team AND number = :number", row)
    database.execute("DELETE FROM followup_log WHERE team_id = :team AND number = :number", row)
    removed["deliveries"] += database.execute("DELETE FROM outbox WHERE team_id = :team AND subject = :subject", row)
    removed["follow-ups"] += database.execute("DELETE FROM followups WHERE team_id = :team AND number = :number", row)


def _remove_quiet_threads(database: Database, at: str) -> int:
    """What was said in watched threads without an open case, last before *at*."""
    quiet = """
        NOT EXISTS (SELECT 1 FROM cases WHERE cases.team_id = {0}.team_id AND cases.channel = {0}.channel
            AND cases.thread_ts = {0}.thread_ts AND cases.state <> 'closed')
    """
    gone = database.execute(
        f"DELETE FROM thread_messages WHERE at < :at AND {quiet.format('thread_messages')}",  # noqa: S608 - ours
        {"at": at},
    )
    database.execute(f"DELETE FROM watched WHERE began_at < :at AND {quiet.format('watched')}", {"at": at})  # noqa: S608
    return gone
