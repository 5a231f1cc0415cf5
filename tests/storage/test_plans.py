"""What people wait for never walks all rows of their team, however long the bot has been used."""

import re
from datetime import timedelta
from pathlib import Path

from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace
from bot.escalations.store import CaseStore
from bot.features import shipped
from bot.followups.store import FollowUpStore
from bot.storage.purge import retire
from bot.storage.sqlite import SqliteDatabase, open_database
from tests.bench.retire import KEPT, NOW, fill
from tests.conftest import Build

LARGE = "cases|followups|promises|outbox|inbox|watched|thread_messages|case_log|followup_log"
FEW = "pending|next|due|open|state|broken|doubtful"  # indexes of what is not over yet
WALKS = re.compile(rf"SCAN (?:{LARGE})\b|SEARCH (?:{LARGE}) USING (?!.*_(?:{FEW})\b).*\(team_id=\?\)$")
# asked once at the start, or by /health
AT_START = ("state = 'claimed'", "state = 'sending'", "GROUP BY state")


def test_no_query_of_a_days_work_walks_a_whole_table(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    bot = build(managers=("U0OMAR",), escalation_channels=("C0ESC",))
    database = bot.core.database
    assert isinstance(database, SqliteDatabase)
    asked: set[str] = set()
    database._connection.set_trace_callback(asked.add)

    mia.says("/toughcustomer follow-up Acme tomorrow 3pm send the options")
    mia.sees("send the options")
    mia.says("/toughcustomer promise Acme friday 3pm send the fix")
    mia.sees("send the fix")
    for listed in ("follow-ups", "follow-ups here", "follow-ups Acme", "escalations", "why F1"):
        mia.says(f"/toughcustomer {listed}")
    mia.says("Acme wants to cancel the contract over the outage", to="escalations")
    omar.sees("needs you")
    omar.clicks("I have it")
    workspace.advance(timedelta(days=1, hours=8))
    mia.sees(":bell:", "send the options")
    mia.clicks("Done")
    mia.sees("Done by")
    bot.core.audit.run()
    bot.core.health.report()
    database._connection.set_trace_callback(None)

    queries = {one for one in asked if re.match(r"\s*(SELECT|UPDATE|DELETE|WITH)\b", one)}
    assert len(queries) > 50
    walking = {
        (plan, query)
        for query in queries
        if not any(known in query for known in AT_START)
        for row in database._connection.execute(f"EXPLAIN QUERY PLAN {query}")
        if WALKS.match(plan := str(row[3]))
    }
    assert walking == set()


def test_looking_for_what_is_over_and_for_names_walks_no_table(tmp_path: Path) -> None:
    database = open_database(tmp_path / "bot.db")
    fill(database, 1, 50, NOW - timedelta(days=1))
    asked: set[str] = set()
    database._connection.set_trace_callback(asked.add)

    retire(database, NOW - KEPT, [one.purge for one in shipped() if one.purge], now=NOW)
    assert FollowUpStore(database, "T1").open_for("CUSTOMER 7") == []
    assert "Customer 7" in FollowUpStore(database, "T1").customers()
    assert "Customer 7" in CaseStore(database, "T1").customers()

    database._connection.set_trace_callback(None)
    plans = {
        str(row[3])
        for query in asked
        if re.match(r"\s*(SELECT|WITH)\b", query)
        for row in database._connection.execute(f"EXPLAIN QUERY PLAN {query}")
    }
    for index in ("cases_closed", "followups_closed", "followups_due_since", "cases_open_since", "outbox_over"):
        assert any(index in plan for plan in plans), index
    assert {plan for plan in plans if WALKS.match(plan)} == set()
    database.close()
