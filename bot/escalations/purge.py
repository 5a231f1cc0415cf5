"""What is removed of cases and watched threads, on request or when its time is over."""

from bot.storage.database import Database
from bot.storage.purge import Removed, remove_deliveries

_OF_A_CASE = ("pages", "case_log")


class CasePurge:
    """Removes cases with their threads, pages, logs and messages, over all teams."""

    def customer(self, database: Database, name: str, removed: Removed) -> None:
        """All cases of a customer."""
        rows = database.rows("SELECT team_id, number, channel, thread_ts FROM cases WHERE name = :name", {"name": name})
        for row in rows:
            _remove(database, row["team_id"], row["number"], row["channel"], row["thread_ts"], removed)

    def user(self, database: Database, user: str, removed: Removed) -> None:
        """What a person said in watched threads, and how they were paged."""
        who = {"who": user}
        removed["messages of threads"] += database.execute("DELETE FROM thread_messages WHERE author = :who", who)
        database.execute("DELETE FROM pages WHERE who = :who AND answer IS NOT NULL", who)

    def ended_before(self, database: Database, before: str, removed: Removed) -> None:
        """Closed cases, and what was said in quiet threads."""
        sql = "SELECT team_id, number, channel, thread_ts FROM cases WHERE state = 'closed' AND closed_at < :at"
        for row in database.rows(sql, {"at": before}):
            _remove(database, row["team_id"], row["number"], row["channel"], row["thread_ts"], removed)
        removed["messages of threads"] += _remove_quiet_threads(database, before)


def _remove(database: Database, team_id: str, number: int, channel: str, thread_ts: str, removed: Removed) -> None:
    row = {"team": team_id, "number": number, "channel": channel, "thread": thread_ts}
    for table in _OF_A_CASE:
        database.execute(f"DELETE FROM {table} WHERE team_id = :team AND number = :number", row)  # noqa: S608 - ours
    where = "team_id = :team AND channel = :channel AND thread_ts = :thread"
    removed["messages of threads"] += database.execute(f"DELETE FROM thread_messages WHERE {where}", row)  # noqa: S608
    database.execute(f"DELETE FROM watched WHERE {where}", row)  # noqa: S608 - ours
    remove_deliveries(database, team_id, f"E{number}", removed)
    removed["cases"] += database.execute("DELETE FROM cases WHERE team_id = :team AND number = :number", row)


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
