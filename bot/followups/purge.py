"""What is removed of follow-ups and promises, on request or when its time is over; open ones are handed over."""

from collections.abc import Sequence
from datetime import datetime

from bot.clock import stamp
from bot.customers.names import name_key
from bot.delivery.model import Draft
from bot.delivery.outbox import Outbox
from bot.followups.offer_blocks import given_message
from bot.followups.store import FollowUpStore
from bot.storage.database import Database, Row
from bot.storage.deliveries import ask_to_redraw, remove_deliveries
from bot.storage.purge import Leaver
from bot.storage.steps import AT_ONCE, Looks, Removed, Step, count
from bot.storage.traces import GONE, NameTrace

_OPEN = ("waiting", "due")
_PROMISES_OF = "DELETE FROM promise_ends WHERE name = :name AND name IS NOT NULL"


class FollowUpPurge:
    """Removes follow-ups with their logs, promises and messages, over all teams."""

    def customer_names(self, database: Database) -> set[str]:
        """All customers that a follow-up was made about."""
        rows = database.rows("SELECT DISTINCT customer FROM followups WHERE customer IS NOT NULL")
        return {row["customer"] for row in rows}

    def customer(self, database: Database, name: NameTrace) -> Looks:
        """All follow-ups of a customer, and those whose text names them; how promises to them ended."""
        gone = {"name": name_key(name.name)}
        yield [lambda removed: count(removed, "other rows", database.execute(_PROMISES_OF, gone))]
        sql = f"""
            SELECT team_id, number, customer, text FROM followups WHERE (team_id, number) > (:team, :number)
            ORDER BY team_id, number LIMIT {AT_ONCE}
        """  # noqa: S608 - a constant of ours
        last: Row = {"team": "", "number": 0}
        while rows := database.rows(sql, last):
            last = {"team": rows[-1]["team_id"], "number": rows[-1]["number"]}
            yield [
                _removing(database, row)
                for row in rows
                if name_key(row["customer"] or "") == name_key(name.name) or name.is_in(row["text"])
            ]

    def without_anybody(self, database: Database, leaver: Leaver) -> list[str]:
        """The open ones that somebody made for themselves."""
        rows = _of(database, leaver.user)
        return [
            f"F{row['number']}"
            for row in rows
            if row["state"] in _OPEN and leaver.heir is None and _heir(row, leaver) is None
        ]

    def user(self, database: Database, leaver: Leaver) -> Looks:
        """
        Closed ones that a person made or owns go; open ones go to whoever is left of the two, else to the heir.

        Nobody is asked any more to take something over by them, or in their place.
        """
        yield [_leaving(database, row, leaver) for row in _of(database, leaver.user)]
        offers = "SELECT team_id, number FROM followups WHERE offered_to = :who OR offered_by = :who"
        yield [_offer_ending(database, row) for row in database.rows(offers, {"who": leaver.user})]

    def end_what_nobody_ends(self, database: Database, before: datetime, now: datetime) -> Looks:
        """Cancel what was due before then, and nobody pressed, and what was paused before then, and nobody resumed."""
        untouched = """
            state = 'due' AND due_at >= :at AND +next_at IS NOT NULL AND missed > 0 AND made_at < :at AND NOT EXISTS (
                SELECT 1 FROM followup_log AS log WHERE log.team_id = followups.team_id
                AND log.number = followups.number AND log.who <> '' AND log.at >= :at)
        """
        for of_these in ("state = 'due' AND due_at < :at", "state = 'waiting' AND paused_at < :at", untouched):
            sql = f"SELECT team_id, number FROM followups WHERE {of_these} LIMIT {AT_ONCE}"  # noqa: S608 - ours
            while rows := database.rows(sql, {"at": stamp(before)}):
                yield [_ending(database, row, now) for row in rows]

    def ended_before(self, database: Database, before: datetime) -> Looks:
        """Those that are done or cancelled; of those that recur and go on, the occurrences that were over by then."""
        sql = f"""
            SELECT team_id, number FROM followups WHERE closed_at IS NOT NULL AND closed_at < :at
            ORDER BY closed_at LIMIT {AT_ONCE}
        """  # noqa: S608 - a constant of ours
        while rows := database.rows(sql, {"at": stamp(before)}):
            yield [_removing(database, row) for row in rows]
        past = f"SELECT team_id, key FROM occurrences WHERE at < :at ORDER BY at LIMIT {AT_ONCE}"  # noqa: S608 - ours
        while rows := database.rows(past, {"at": stamp(before)}):
            yield [_occurrence_removing(database, row) for row in rows]


def _occurrence_removing(database: Database, row: Row) -> Step:
    """An occurrence that is long over, and its reminder's row."""

    def remove(removed: Removed) -> None:
        sent = "DELETE FROM outbox WHERE team_id = :team_id AND key = :key AND state IN ('sent', 'failed', 'withdrawn')"
        count(removed, "deliveries", database.execute(sent, row))
        database.execute("DELETE FROM occurrences WHERE team_id = :team_id AND key = :key", row)

    return remove


def _offer_ending(database: Database, row: Row) -> Step:
    """Nobody is asked to take it over any more."""

    def end(removed: Removed) -> None:
        database.execute(
            "UPDATE followups SET offered_to = NULL, offered_by = NULL WHERE team_id = :team_id AND number = :number",
            row,
        )
        ask_to_redraw(database, row["team_id"], f"F{row['number']}")

    return end


def _of(database: Database, user: str) -> Sequence[Row]:
    sql = "SELECT team_id, number, owner, maker, state FROM followups WHERE owner = :who OR maker = :who"
    return database.rows(sql, {"who": user})


def _heir(row: Row, leaver: Leaver) -> str | None:
    """Who is responsible for an open one from now on: its owner, its maker, or the heir."""
    return next((one for one in (row["owner"], row["maker"]) if one not in (leaver.user, GONE)), leaver.heir)


def _removing(database: Database, row: Row) -> Step:
    key = {"team": row["team_id"], "number": row["number"]}

    def remove(removed: Removed) -> None:
        for table in ("promises", "promise_ends", "occurrences"):
            database.execute(f"DELETE FROM {table} WHERE team_id = :team AND number = :number", key)  # noqa: S608 - ours
        database.execute("DELETE FROM followup_log WHERE team_id = :team AND number = :number", key)
        remove_deliveries(database, row["team_id"], f"F{row['number']}", removed)
        gone = database.execute("DELETE FROM followups WHERE team_id = :team AND number = :number", key)
        count(removed, "follow-ups", gone)

    return remove


def _ending(database: Database, row: Row, now: datetime) -> Step:
    key = {"team": row["team_id"], "number": row["number"]}

    def end(removed: Removed) -> None:
        ended = database.execute(
            "UPDATE followups SET state = 'cancelled', closed_at = :now, offered_to = NULL, offered_by = NULL "
            "WHERE team_id = :team AND number = :number AND (state = 'due' OR paused_at IS NOT NULL)",
            {**key, "now": stamp(now)},
        )
        if ended:
            database.execute("UPDATE promises SET next_at = NULL WHERE team_id = :team AND number = :number", key)
            FollowUpStore(database, row["team_id"]).log(row["number"], "", "nobody closed it", "", now)
            Outbox(database, row["team_id"]).cancel(f"F{row['number']}")
            ask_to_redraw(database, row["team_id"], f"F{row['number']}")

    return end


def _leaving(database: Database, found: Row, leaver: Leaver) -> Step:
    remove = _removing(database, found)

    def leave(removed: Removed) -> None:
        sql = "SELECT * FROM followups WHERE team_id = :team AND number = :number"
        rows = database.rows(sql, {"team": found["team_id"], "number": found["number"]})
        if not rows or leaver.user not in (rows[0]["owner"], rows[0]["maker"]):
            return
        heir = _heir(rows[0], leaver)
        if rows[0]["state"] not in _OPEN:
            remove(removed)
        elif heir is not None:
            _hand_over(database, rows[0], heir, leaver)
            count(removed, "handed over", 1)

    return leave


def _hand_over(database: Database, row: Row, heir: str, leaver: Leaver) -> None:
    """
    *heir* is responsible, and counts as its maker where that was the leaver. Its text stays: it is what is to be done.

    Who was not responsible before hears of it, as of anything else that is given to them.
    """
    direct = row["channel"] == f"@{leaver.user}" or (row["channel"][0] in "D@" and row["owner"] == leaver.user)
    changed = {
        "owner": heir,
        "maker": heir if row["maker"] == leaver.user else row["maker"],
        "channel": f"@{heir}" if direct else row["channel"],
        "text": leaver.trace.masked(row["text"]) if leaver.trace.is_in(row["text"]) else row["text"],
    }
    database.execute(
        "UPDATE followups SET owner = :owner, maker = :maker, channel = :channel, text = :text "
        "WHERE team_id = :team AND number = :number",
        {**changed, "team": row["team_id"], "number": row["number"]},
    )
    store, outbox = FollowUpStore(database, row["team_id"]), Outbox(database, row["team_id"])
    one = store.get(row["number"])
    if one is None:
        return
    ask_to_redraw(database, row["team_id"], one.id)
    if row["owner"] == heir:
        return
    store.log(one.number, GONE, "reassigned", f"<@{heir}>", leaver.now)
    times = sum(entry.what == "reassigned" for entry in store.entries(one.number))
    drawn = given_message(one, GONE)
    outbox.add(
        Draft(f"{one.id}:given:{times}", "given", one.id, f"@{heir}", drawn, leaver.now, recipient=heir), leaver.now
    )
