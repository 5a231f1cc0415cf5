"""Somebody leaves: what they said goes, also where cases quote it, and what they had in open cases is handed over."""

import json
from collections.abc import Sequence
from typing import Any

from bot.clock import stamp
from bot.commands.router import COMMAND
from bot.delivery.model import Draft
from bot.delivery.outbox import Outbox
from bot.escalations.evidence import blank_words, is_counted, promise_in
from bot.escalations.model import ASKED
from bot.escalations.store import CaseStore
from bot.slack.block_kit import sentence
from bot.storage.database import Database, Row
from bot.storage.deliveries import HANDED, ask_to_redraw
from bot.storage.purge import Leaver
from bot.storage.steps import Looks, Removed, Step, count
from bot.storage.traces import GONE, normal

_OF_THREAD = "team_id = :team_id AND channel = :channel AND thread_ts = :thread_ts"


def open_without_anybody(database: Database, leaver: Leaver) -> list[str]:
    """The ids of open cases that would have no owner, or a step of which would page nobody."""
    if leaver.heir is not None:
        return []
    rows = database.rows("SELECT * FROM cases WHERE state <> 'closed'")
    return [f"E{row['number']}" for row in rows if _owner_after(row, leaver) is None or _pages_nobody(row, leaver)]


def leaving_steps(database: Database, leaver: Leaver) -> Looks:
    """What a person said, thread by thread; then what else they had to do with cases; then how they were paged."""
    said = "SELECT DISTINCT team_id, channel, thread_ts FROM thread_messages WHERE author = :who"
    yield [_leaving_thread(database, row, leaver) for row in database.rows(said, {"who": leaver.user})]
    part = """
        SELECT team_id, number FROM cases
        WHERE owner = :who OR asked_by = :who OR taken_by = :who OR closed_by = :who
            OR policy LIKE '%' || :who || '%' OR met LIKE '%broken-promise%' OR met LIKE '%"channel": "_%'
    """
    yield [_leaving_case(database, row, leaver) for row in database.rows(part, {"who": leaver.user})]
    paged = "SELECT team_id, number, page FROM pages WHERE who = :who"
    yield [_leaving_page(database, row, leaver) for row in database.rows(paged, {"who": leaver.user})]


def _leaving_thread(database: Database, thread: Row, leaver: Leaver) -> Step:
    def step(removed: Removed) -> None:
        sql = f"DELETE FROM thread_messages WHERE {_OF_THREAD} AND author = :who"  # noqa: S608 - a constant of ours
        count(removed, "messages of threads", database.execute(sql, {**thread, "who": leaver.user}))
        for case in database.rows(f"SELECT * FROM cases WHERE {_OF_THREAD}", thread):  # noqa: S608 - ours
            _leave_case(database, case, leaver, removed)

    return step


def _leaving_case(database: Database, found: Row, leaver: Leaver) -> Step:
    def step(removed: Removed) -> None:
        sql = "SELECT * FROM cases WHERE team_id = :team_id AND number = :number"
        for case in database.rows(sql, found):
            _leave_case(database, case, leaver, removed)

    return step


def _leave_case(database: Database, case: Row, leaver: Leaver, removed: Removed) -> None:
    """
    Blank what the case quotes, but for what somebody else has said, or what we counted; hand over what is open.

    A quote whose message is gone may have been theirs, so it does not stay.
    """
    thread = {name: case[name] for name in ("team_id", "channel", "thread_ts")}
    sql = f"SELECT text FROM thread_messages WHERE {_OF_THREAD}"  # noqa: S608 - a constant of ours
    said = [normal(row["text"]) for row in database.rows(sql, thread)]

    def stays(met: Row) -> bool:
        if met["criterion"] == ASKED:
            return bool(case["asked_by"] not in (leaver.user, GONE))
        if (number := promise_in(met)) is not None:
            return _is_others_promise(database, case["team_id"], number, leaver)
        if met.get("channel"):  # said in a thread that had joined the case
            return _stands(database, case["team_id"], met["channel"], met["ts"])
        words = normal(met["evidence"])
        return is_counted(met["evidence"]) or any(words in one for one in said)

    blank_words(database, case, stays, line_stays=case["closed_by"] not in (leaver.user, GONE))
    if case["state"] != "closed":
        _hand_over(database, case, leaver, removed)


def _stands(database: Database, team_id: str, channel: str, ts: str) -> bool:
    """Whether that message is kept."""
    rows = database.rows(
        "SELECT 1 FROM thread_messages WHERE team_id = :team AND channel = :channel AND ts = :ts AND deleted = 0",
        {"team": team_id, "channel": channel, "ts": ts},
    )
    return bool(rows)


def _is_others_promise(database: Database, team_id: str, number: int, leaver: Leaver) -> bool:
    """Whether the promise is kept after them: nobody's own that has ended."""
    rows = database.rows(
        "SELECT owner, maker, state FROM followups WHERE team_id = :team AND number = :number",
        {"team": team_id, "number": number},
    )
    return bool(rows) and (
        leaver.user not in (rows[0]["owner"], rows[0]["maker"]) or rows[0]["state"] in ("waiting", "due")
    )


def _owner_after(case: Row, leaver: Leaver) -> str | None:
    """The owner of an open case from now on: as before, whoever asked for it, whoever has it, or the heir."""
    people = [case["owner"], case["asked_by"], case["taken_by"]]
    return next((one for one in people if one and one not in (leaver.user, GONE)), leaver.heir)


def _pages_nobody(case: Row, leaver: Leaver) -> bool:
    return any(step["who"] == [leaver.user] for step in json.loads(case["policy"])["steps"])


def _hand_over(database: Database, case: Row, leaver: Leaver, removed: Removed) -> None:
    roster = json.loads(case["policy"])
    changed: dict[str, Any] = {}
    if case["owner"] == leaver.user:
        changed["owner"] = _owner_after(case, leaver)
    if case["taken_by"] == leaver.user:
        changed |= {"taken_by": leaver.heir} if leaver.heir else {"taken_by": GONE, "taken_until": stamp(leaver.now)}
        changed |= {} if leaver.heir else {"due_at": stamp(leaver.now)}  # so the chain goes on
    steps = roster["steps"]
    if any(leaver.user in step["who"] for step in steps):
        if case["state"] == "paging" and case["tries"] and steps[case["step"]]["who"] == [leaver.user]:
            changed["due_at"] = stamp(leaver.now)  # whoever takes their place is paged now
        changed["policy"] = json.dumps(_after(roster, case, leaver))
    if not changed:
        return
    assignments = ", ".join(f"{name} = :{name}" for name in changed)
    where = "team_id = :team AND number = :number"
    key = {"team": case["team_id"], "number": case["number"]}
    database.execute(f"UPDATE cases SET {assignments} WHERE {where}", {**changed, **key})  # noqa: S608 - names of ours
    ask_to_redraw(database, case["team_id"], f"E{case['number']}")
    heirs = [changed[name] for name in ("owner", "taken_by") if changed.get(name) not in (None, GONE)]
    if heirs:
        count(removed, "handed over", 1)
    for heir in dict.fromkeys(heirs):
        _tell(database, case, heir, leaver)


def _after(roster: dict[str, Any], case: Row, leaver: Leaver) -> dict[str, Any]:
    """The chain without them; the heir stands where nobody else does."""
    for step in (*roster["steps"], *roster.get("named", ())):
        others = [one for one in step["who"] if one != leaver.user]
        step["who"] = others or [leaver.heir]
    zones = roster["zones"]
    zone = zones.pop(leaver.user, "UTC")
    if leaver.heir and leaver.heir in _people(roster["steps"]) and leaver.heir not in zones:
        zones[leaver.heir] = zone
    roster.pop("outsiders", None)  # of an older version: who may read is asked when it is shown
    return {**roster, "zones": zones}


def _people(steps: Sequence[Row]) -> set[str]:
    return {one for step in steps for one in step["who"]}


def _tell(database: Database, case: Row, heir: str, leaver: Leaver) -> None:
    """No word of the case: it may be one of a private channel."""
    store, outbox = CaseStore(database, case["team_id"]), Outbox(database, case["team_id"])
    store.log(case["number"], GONE, "handed over", f"<@{heir}>", leaver.now)
    name, times = f"E{case['number']}", len(store.entries(case["number"]))
    text = f"{name} is yours now: whoever had it has left. `{COMMAND} why {name}`, in its channel, tells how it stands."
    key = f"{name}:handed:{times}:{heir}"
    outbox.add(Draft(key, HANDED, name, f"@{heir}", sentence(text), leaver.now, recipient=heir), leaver.now)


def _leaving_page(database: Database, page: Row, leaver: Leaver) -> Step:
    """A page stays for the statistics, to nobody; two to nobody are one, the one that was answered."""
    where = "team_id = :team_id AND number = :number AND page = :page AND who = :who"

    def step(removed: Removed) -> None:
        theirs, nobodys = {**page, "who": leaver.user}, {**page, "who": GONE}
        known = database.rows(f"SELECT answer FROM pages WHERE {where}", nobodys)  # noqa: S608 - ours
        if known and known[0]["answer"]:
            database.execute(f"DELETE FROM pages WHERE {where}", theirs)  # noqa: S608 - ours
            return
        if known:
            database.execute(f"DELETE FROM pages WHERE {where}", nobodys)  # noqa: S608 - ours
        database.execute(f"UPDATE pages SET who = :gone WHERE {where}", {**theirs, "gone": GONE})  # noqa: S608 - ours

    return step
