"""After a purge no byte of any file of the database holds the words, the name or the id that was to go."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import Application
from bot.clock import stamp
from bot.delivery.model import Draft
from bot.delivery.outbox import Outbox
from bot.emulator.clock import MovableClock
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace
from bot.errors import UserError
from bot.features import shipped
from bot.slack.block_kit import sentence
from bot.storage.database import Database
from bot.storage.purge import Removed, purge_before, purge_customer, purge_user, retire, settings_naming
from bot.storage.sqlite import open_database
from bot.tactics.store import ThumbStore
from tests.conftest import Build
from tests.wire import eventually

PARTS = [one.purge for one in shipped() if one.purge]
MIA, OMAR, ADA = "U0MIA", "U0OMAR", "U0ADA"


def holding(folder: Path, *marks: str) -> dict[str, list[str]]:
    """Which of *marks* stand in which files beside the database, capitals ignored; backups are the admin's."""
    files = {path.name: path.read_bytes().lower() for path in folder.glob("bot.db*")}
    found = {name: [mark for mark in marks if mark.lower().encode() in content] for name, content in files.items()}
    return {name: marks_there for name, marks_there in found.items() if marks_there}


def all_held(folder: Path, *marks: str) -> bool:
    return {mark for there in holding(folder, *marks).values() for mark in there} == set(marks)


@pytest.fixture
def beside(tmp_path: Path) -> Callable[[Callable[[Database], Removed]], Removed]:
    """Does it as the command line does: on a connection of its own, beside the running bot."""

    def beside(work: Callable[[Database], Removed]) -> Removed:
        database = open_database(tmp_path / "bot.db", exclusive=False)
        try:
            return work(database)
        finally:
            database.close()

    return beside


@pytest.fixture
def bot(build: Build) -> Application:
    return build(escalation_channels=("C0ESC",), managers=(OMAR,), admins=(ADA,))


@pytest.fixture
def ada(workspace: Workspace) -> Person:
    return Person(workspace, "ada")


@pytest.fixture
def dana(workspace: Workspace) -> Person:
    return Person(workspace, "dana")


def calm(bot: Application) -> bool:
    """Nothing is on its way, to be drawn anew or to be read."""
    rows = bot.core.database.rows
    return not (
        rows("SELECT 1 FROM outbox WHERE state IN ('pending', 'claimed', 'sending')")
        or rows("SELECT 1 FROM redraws")
        or rows("SELECT 1 FROM inbox WHERE state <> 'done'")
    )


Beside = Callable[[Callable[[Database], Removed]], Removed]


def test_what_somebody_who_leaves_has_said_is_gone_and_what_they_had_open_goes_on(
    bot: Application,
    mia: Person,
    omar: Person,
    dana: Person,
    ada: Person,
    clock: MovableClock,
    tmp_path: Path,
    beside: Beside,
) -> None:
    mia.says("Acme wants to cancel the zebrafish contract over the outage", to="escalations")
    omar.sees("needs you", "zebrafish")
    mia.goes_to("deals").says("/toughcustomer promise Borealis friday 3pm refund the quokka")
    mia.sees("refund the quokka")
    mia.says("/toughcustomer remind @dana tomorrow 3pm sign the renewal of Initech")
    mia.sees("sign the renewal")
    mia.says("/toughcustomer follow-up Acme tomorrow 3pm narwhal")
    echo = mia.sees("narwhal")
    mia.says("@toughcustomer follow-ups mine")
    mia.sees("Open follow-ups of yours")
    clock.advance(days=1, hours=8)
    mia.sees(":bell:", "narwhal")
    mia.says("/toughcustomer why F3")
    bot.core.installed["followups"].follow_ups.done(3, MIA)  # type: ignore[attr-defined]
    dana.says("@mia can tell more", to="escalations", under=dana.sees("zebrafish", where="escalations"))
    assert echo
    assert eventually(lambda: calm(bot))
    assert all_held(tmp_path, "zebrafish", "narwhal", MIA)

    with pytest.raises(UserError, match=r"\(F1, E1\).*--to"):
        beside(lambda database: purge_user(database, MIA, PARTS, now=clock.now()))
    assert all_held(tmp_path, "zebrafish", "narwhal", MIA)

    beside(lambda database: purge_user(database, MIA, PARTS, to=ADA, now=clock.now()))

    assert holding(tmp_path, "zebrafish", "narwhal", MIA) == {}
    ada.sees("somebody who has left gave you F1", "refund the quokka")
    ada.sees("E1 is yours now")
    dana.says("/toughcustomer follow-ups mine")
    dana.sees("sign the renewal of Initech")
    assert eventually(lambda: calm(bot))
    assert holding(tmp_path, "zebrafish", "narwhal", MIA) == {}


def test_what_names_a_customer_is_gone_and_others_stay(
    bot: Application, mia: Person, omar: Person, clock: MovableClock, tmp_path: Path, beside: Beside
) -> None:
    mia.says("Zyxxcorp wants to cancel the zebrafish contract over the outage", to="escalations")
    omar.sees("needs you", "zebrafish")
    mia.says("lunch at Zyxxcorp, anyone?", to="escalations")
    mia.goes_to("deals").says("/toughcustomer escalate Borealis: they cancel, as ZYXXCORP did")
    mia.sees("is open")
    mia.says("/toughcustomer follow-up Zyxxcorp tomorrow 3pm narwhal")
    mia.sees("narwhal")
    mia.says("/toughcustomer follow-up Acme tomorrow 3pm quote them less than Zyxxcorp")
    mia.sees("quote them less")
    mia.says("/toughcustomer follow-up Initech tomorrow 3pm order the quokka")
    mia.sees("quokka")
    with bot.core.database.transaction():
        thumbs = ThumbStore(bot.core.database)
        thumbs.set("T0TOUGH", "a", "stay-calm", helped=True, example="", at=clock.now())
        thumbs.set_words("T0TOUGH", "a", "stay-calm", "the zyxxcorp buyer shouts")
    assert eventually(lambda: calm(bot))
    assert all_held(tmp_path, "zyxxcorp", "zebrafish", "narwhal")

    removed = beside(lambda database: purge_customer(database, "zyxxCORP", PARTS))

    assert (removed["cases"], removed["follow-ups"]) == (1, 2)
    assert holding(tmp_path, "zyxxcorp", "zebrafish", "narwhal") == {}
    assert all_held(tmp_path, "borealis", "quokka")


@pytest.mark.parametrize(
    "said", ["Ferrum Corp will take their business elsewhere", "Ferrum Corp: the invoice is wrong"]
)
def test_another_customer_whose_name_holds_the_name_stays(
    said: str, bot: Application, mia: Person, tmp_path: Path, beside: Beside
) -> None:
    mia.goes_to("deals").says("/toughcustomer follow-up Ferrum Corp: ring them tomorrow 3pm")
    mia.sees("I will remind you")
    mia.says(said, to="escalations")
    assert eventually(lambda: calm(bot) and bool(bot.core.database.rows("SELECT 1 FROM thread_messages")))

    removed = beside(lambda database: purge_customer(database, "Ferrum", PARTS))

    assert sum(removed.values()) == 0
    assert all_held(tmp_path, said.partition(":")[0])


def test_a_reminder_and_a_thread_that_nobody_ends_end_by_themselves_and_leave_nothing(
    bot: Application, mia: Person, omar: Person, clock: MovableClock, tmp_path: Path
) -> None:
    mia.says("the buyer goes quiet on us and hides a fear, zebrafish", to="escalations")  # cards only
    mia.sees("nobody is being asked", where="escalations")
    mia.says("Acme wants to cancel the walrus contract over the outage", to="escalations")
    omar.sees("needs you", "walrus")
    omar.clicks("I have it")
    mia.goes_to("deals").says("/toughcustomer follow-up Acme in 5 minutes narwhal")
    clock.advance(minutes=6)
    reminder = mia.sees(":bell:", "narwhal")
    clock.advance(hours=1)  # "I have it" lapses, and whoever is paged again says nothing
    mia.sees("nobody else is left to ask", where="escalations")
    assert eventually(lambda: calm(bot))
    kept = timedelta(days=180)

    def hourly() -> Removed:
        """As the running bot does it, once it has noticed what time it is."""
        eventually(lambda: False, within=1.2)
        assert eventually(lambda: calm(bot))
        removed = retire(bot.core.database, clock.now() - kept, PARTS, now=clock.now())
        assert eventually(lambda: calm(bot))
        return removed

    clock.advance(days=179)
    hourly()
    assert all_held(tmp_path, "zebrafish", "narwhal", "walrus")
    clock.advance(days=3)
    hourly()
    mia.says("/toughcustomer why F1")
    mia.sees("nobody closed it")
    mia.clicks("Done", on=reminder)
    mia.sees("nobody had pressed Done for a long time")
    clock.advance(days=179)
    hourly()
    assert all_held(tmp_path, "narwhal")
    clock.advance(days=3)
    hourly()
    assert holding(tmp_path, "zebrafish", "narwhal", "walrus") == {}


def test_what_ended_before_a_day_is_gone_and_what_is_open_stays(
    bot: Application, mia: Person, omar: Person, clock: MovableClock, tmp_path: Path, beside: Beside
) -> None:
    mia.says("Acme wants to cancel the zebrafish contract over the outage", to="escalations")
    omar.sees("needs you", "zebrafish")
    mia.goes_to("deals").says("/toughcustomer follow-up Acme in 5 minutes narwhal")
    mia.sees("narwhal")
    mia.says("/toughcustomer follow-up Borealis in 5 days order the quokka")
    mia.sees("quokka")
    clock.advance(minutes=6)
    mia.sees(":bell:", "narwhal")
    bot.core.installed["followups"].follow_ups.done(1, MIA)  # type: ignore[attr-defined]
    number = bot.core.database.rows("SELECT number FROM cases")[0]["number"]
    assert eventually(lambda: calm(bot))
    with bot.core.database.transaction():
        bot.core.database.execute(
            "UPDATE cases SET state = 'closed', closed_at = :at, due_at = NULL WHERE number = :number",
            {"at": stamp(clock.now()), "number": number},
        )
    clock.advance(days=1)

    beside(lambda database: purge_before(database, clock.now(), PARTS))

    assert holding(tmp_path, "zebrafish", "narwhal") == {}
    assert all_held(tmp_path, "quokka")


# where else it may stand: every text column of every table, whoever adds one

ID = "U0LEAVER"
ROWS: dict[str, dict[str, object]] = {
    "inbox": {"state": "done"},
    "outbox": {"state": "pending", "body": '{"text": "x", "blocks": []}', "fallback_to": "[]", "known_to": "[]"},
    "followups": {"state": "waiting", "due_at": "2026-11-24T09:00:00.000+00:00", "wall": "2026-11-24T09:00:00.000",
                  "zone": "UTC", "made_at": "2026-11-24T09:00:00.000+00:00", "channel": "C1"},
    "cases": {"state": "closed", "policy": '{"policy": {}, "steps": [], "zones": {}, "outsiders": []}', "met": "[]",
              "muted": "[]"},
    "last_known": {"kind": "group", "value": "[]"},
    "thumbs": {"helped": 1},
    "occurrences": {"state": "done"},
    "promise_ends": {"how": "kept"},
}  # fmt: skip
AS_JSON = {"payload", "fallback_to", "known_to", "policy", "met", "muted", "value", "body", "withheld"}
CHECKED = {"state", "kind", "how", "team_id", "zone", "wall"}
NOT_MASKED = {"settings"}


def text_columns() -> Iterator[tuple[str, str]]:
    database = open_database(Path(":memory:"))
    for table in database.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"):
        name = table["name"]
        if name.startswith("_") or name in NOT_MASKED:
            continue
        for column in database.rows(f"PRAGMA table_info({name})"):
            is_time = column["name"].endswith(("_at", "_until", "not_before")) or column["name"] == "at"
            if column["type"] == "TEXT" and column["name"] not in CHECKED and not is_time:
                yield name, column["name"]
    database.close()


def said_in(column: str) -> str:
    text = f"<@{ID}> and {ID} and @{ID}"
    if column in ("body", "withheld"):
        return json.dumps({"text": text, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]})
    if column == "met":
        return json.dumps([{"criterion": "x", "means": "x", "evidence": text, "urgent": False, "known": False}])
    if column == "policy":
        step = {"who": [ID, "U2"], "wait": 60}
        return json.dumps({"policy": {}, "steps": [step], "zones": {ID: "UTC"}, "outsiders": [ID]})
    return json.dumps([ID, "U2"]) if column in AS_JSON else ID


def insert(database: Database, table: str, given: dict[str, object]) -> None:
    """A row of *table* that holds what is *given*, and else as little as it may."""
    values: dict[str, object] = {}
    for one in database.rows(f"PRAGMA table_info({table})"):
        if one["notnull"] or one["pk"]:
            values[one["name"]] = ROWS.get(table, {}).get(one["name"], 1 if one["type"] == "INTEGER" else "x")
    values |= given
    names = ", ".join(values)
    database.execute(f"INSERT INTO {table} ({names}) VALUES (:{names.replace(', ', ', :')})", values)


@pytest.mark.parametrize(("table", "column"), list(text_columns()))
def test_an_id_goes_from_every_column_that_can_hold_it(table: str, column: str, tmp_path: Path) -> None:
    database = open_database(tmp_path / "bot.db")
    insert(database, table, {column: said_in(column)})
    assert all_held(tmp_path, ID)

    purge_user(database, ID, PARTS, to="U2")

    assert holding(tmp_path, ID, "LEAVER") == {}
    database.close()


def test_settings_that_name_somebody_are_reported_and_not_changed(tmp_path: Path) -> None:
    database = open_database(tmp_path / "bot.db")
    database.execute("INSERT INTO settings VALUES ('T1', 'policy', :value)", {"value": json.dumps({"chain": [ID]})})
    purge_user(database, ID, PARTS)
    assert settings_naming(database, ID) == ["policy"]
    database.close()


def test_a_message_to_somebody_else_no_longer_tells_who_knew_of_it_and_still_withholds(
    tmp_path: Path, clock: MovableClock
) -> None:
    database = open_database(tmp_path / "bot.db")
    outbox, now = Outbox(database, "T1"), clock.now()
    told = Draft("E1/told:U2", "page", "E1", "@U2", sentence("x"), now, fallback_to=(ID, "U3"), known_to=(ID,))
    outbox.add(told, now)
    purge_user(database, ID, PARTS)
    (left,) = outbox.about("E1")
    assert left.draft.fallback_to == ("U3",)
    assert left.draft.known_to
    assert "U2" not in left.draft.known_to
    database.close()


NAMED = "Smith & Søn <Ltd>"
NAMED_COLUMNS = [
    ("thread_messages", "text"), ("cases", "met"), ("cases", "customer"), ("case_log", "detail"), ("outbox", "body"),
    ("outbox", "withheld"), ("followups", "text"), ("followups", "customer"), ("inbox", "payload"), ("thumbs", "words"),
    ("thumbs", "example"), ("quarantine", "why"), ("last_known", "value"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column"), NAMED_COLUMNS)
@pytest.mark.parametrize("shown", [NAMED, "SMITH &amp; SØN &lt;LTD&gt;"])
def test_a_name_goes_from_wherever_it_is_said_or_drawn(
    table: str, column: str, shown: str, tmp_path: Path, clock: MovableClock
) -> None:
    database = open_database(tmp_path / "bot.db")
    text = f"ask how {shown} does it, zebrafish" if column != "customer" else NAMED
    met = [{"criterion": "x", "means": "x", "evidence": text, "urgent": False, "known": False}]
    value = {
        "met": json.dumps(met),
        "detail": f"x: {text}",
        "body": json.dumps({"text": text, "blocks": []}, ensure_ascii=False),
        "withheld": json.dumps({"text": text, "blocks": []}),
        "payload": json.dumps({"text": text}),
        "value": json.dumps({"name": text}),
    }.get(column, text)
    more = {"what": "criterion met"} if table == "case_log" else {}
    if column == "customer" and table == "cases":
        more = {"name": NAMED.casefold()}
    insert(database, table, {column: value, **more})
    if table == "case_log":
        insert(database, "cases", {"number": 1})
    assert all_held(tmp_path, "zebrafish" if column != "customer" else "Smith")

    purge_customer(database, NAMED.upper(), PARTS)

    assert holding(tmp_path, "zebrafish", "Smith") == {}
    database.close()


LEFT_OVER = {
    "inbox": {"state": "dead", "received_at": "{at}", "payload": "zebrafish"},
    "last_known": {"at": "{at}", "value": '"zebrafish"'},
    "quarantine": {"at": "{at}", "why": "zebrafish"},
    "thread_messages": {"at": "{at}", "text": "zebrafish", "deleted": 1},
    "watched": {"began_at": "{at}", "channel": "zebrafish"},
    "outbox": {"state": "sent", "due_at": "{at}", "subject": "E9", "trouble": "zebrafish"},
}


@pytest.mark.parametrize("table", LEFT_OVER)
def test_what_hangs_on_nothing_goes_after_its_retention_and_not_before(
    table: str, tmp_path: Path, clock: MovableClock
) -> None:
    database = open_database(tmp_path / "bot.db")
    at = stamp(clock.now())
    insert(database, table, {name: at if value == "{at}" else value for name, value in LEFT_OVER[table].items()})
    for days, stays in ((179, True), (2, False)):
        clock.advance(days=days)
        retire(database, clock.now() - timedelta(days=180), PARTS, now=clock.now())
        assert bool(holding(tmp_path, "zebrafish")) is stays
    database.close()


def test_what_was_done_because_of_which_message_is_forgotten_after_a_week(tmp_path: Path, clock: MovableClock) -> None:
    database = open_database(tmp_path / "bot.db")
    database.execute("INSERT INTO numbers VALUES ('T1', 'case', 1)")
    database.execute("INSERT INTO deeds VALUES ('T1', 'C1:zebrafish', 'E1', :at)", {"at": stamp(clock.now())})
    for days, stays in ((6, True), (2, False)):
        clock.advance(days=days)
        retire(database, clock.now() - timedelta(days=180), PARTS, now=clock.now())
        assert bool(holding(tmp_path, "zebrafish")) is stays
    database.close()
