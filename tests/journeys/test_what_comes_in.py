"""What comes in is never lost: gaps, late and repeated events, orders, windows, what scrolls out of sight."""

import sqlite3
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app import Application
from bot.emulator.clock import MovableClock
from bot.emulator.faults import hang, server_error
from bot.emulator.model import PostedMessage
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace
from tests.conftest import Build
from tests.wire import eventually

OUTAGE = "Acme says they will take their business elsewhere over the outage"
CHAIN: dict[str, object] = {"escalation_channels": ("C0ESC",), "managers": ("U0OMAR",), "admins": ("U0ADA",)}


@pytest.fixture(params=["http"])
def transport(request: pytest.FixtureRequest) -> str:
    """One way in is enough here: the other journeys go both."""
    return str(request.param)


@pytest.fixture(autouse=True)
def _nothing_unexpected() -> None:
    """What else is posted on the way is looked at by the other journeys."""


def pages(workspace: Workspace) -> list[PostedMessage]:
    return [one for one in workspace.messages() if one.channel.startswith("D") and "needs you" in one.text]


def cases(bot: Application) -> int:
    return int(bot.core.database.rows("SELECT COUNT(*) AS n FROM cases")[0]["n"])


def test_what_is_said_while_the_bot_is_away_is_read_when_it_is_back_and_says_when_it_was_said(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    bot = build(**CHAIN)
    assert eventually(lambda: bot.core.catch_up._marks.get("heard_until") is not None)
    bot.stop()
    with workspace.events_lost():
        mia.goes_to("#escalations").says(OUTAGE)
        root = omar.sees("elsewhere", where="#escalations")
        mia.says("They want an answer today", under=root)
        mia.says("@toughcustomer follow-up Acme in 3 days check in", under=root)
    workspace.advance(minutes=20)

    build(**CHAIN)
    omar.sees("needs you", "elsewhere", "Said", "I was away, and read it")
    mia.sees("was paged", where="#escalations")
    mia.sees("I will remind you", where="#escalations")
    Person(workspace, "ada").sees("I heard nothing from", "are not answered: please ask again")


def test_what_slack_withholds_is_read_from_history(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    bot = build(**CHAIN)
    assert eventually(lambda: bot.core.catch_up._marks.get("heard_until") is not None)
    with workspace.events_lost():
        mia.goes_to("#escalations").says(OUTAGE)
    assert workspace.tell_rate_limited().ok
    assert "withholds events" in (bot.core.catch_up.what_is_wrong() or "")
    bot.core.catch_up.beat()
    assert bot.core.catch_up.what_is_wrong() is None
    omar.sees("needs you", "elsewhere")
    mia.sees("was paged", where="#escalations")


def test_a_gap_that_slack_does_not_let_us_read_yet_is_read_later(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    bot = build(**CHAIN)
    assert eventually(lambda: bot.core.catch_up._marks.get("heard_until") is not None)
    with workspace.events_lost():
        mia.goes_to("#escalations").says(OUTAGE)
    workspace.tell_rate_limited()
    workspace.faults.add(server_error("conversations.history", deed=False))
    bot.core.catch_up.beat()
    assert cases(bot) == 0
    bot.core.catch_up.beat()
    omar.sees("needs you", "elsewhere")
    mia.sees("was paged", where="#escalations")


def test_a_message_that_was_deleted_meanwhile_counts_no_more(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    bot = build(**CHAIN)
    assert eventually(lambda: bot.core.catch_up._marks.get("heard_until") is not None)
    mia.goes_to("#escalations").says(OUTAGE)
    omar.sees("needs you")
    mia.sees("was paged", where="#escalations")
    thread = omar.sees("Acme says they will", where="#escalations")
    mia.says("and their lawyers call tomorrow", under=thread)
    assert eventually(lambda: bot.core.database.rows("SELECT COUNT(*) AS n FROM thread_messages")[0]["n"] == 2)
    with workspace.events_lost():
        mia.deletes(omar.sees("their lawyers", where="#escalations"))
    workspace.tell_rate_limited()
    bot.core.catch_up.beat()
    kept = "SELECT text FROM thread_messages WHERE deleted = 0"
    assert eventually(lambda: [row["text"] for row in bot.core.database.rows(kept)] == [OUTAGE])


def test_an_event_that_comes_again_after_its_message_was_deleted_brings_nothing_back(
    build: Build, mia: Person, workspace: Workspace
) -> None:
    bot = build(**CHAIN)
    mia.goes_to("#escalations").says("Nothing special here about Acme at all")
    said = Person(workspace, "omar").sees("Nothing special", where="#escalations")
    (event,) = [one for one in workspace.traffic.deliveries("message") if "Nothing special" in str(one.sent)]
    mia.edits(said, OUTAGE.replace("elsewhere", "away, so they said"))
    mia.deletes(said)
    assert eventually(lambda: bot.core.inbox.waiting() == 0)
    workspace.deliver_again(event, retry=1)
    bot.core.database.execute("DELETE FROM inbox")
    workspace.deliver_again(event, retry=2)
    assert eventually(lambda: bot.core.inbox.waiting() == 0)
    assert bot.core.database.rows("SELECT text FROM thread_messages WHERE text <> ''") == []


def test_dates_count_from_when_they_were_written_however_late_they_come(
    build: Build, mia: Person, workspace: Workspace, clock: MovableClock
) -> None:
    build()
    with workspace.events_lost():
        mia.says("@toughcustomer follow-up Acme tomorrow 3pm send the three options")
    (event,) = workspace.traffic.deliveries("app_mention")
    workspace.advance(hours=5)
    workspace.deliver_again(event)
    mia.sees("I will remind you", "Tuesday 24 November 2026, 15:00", where="#deals")


def test_a_held_page_outlives_any_amount_of_talk(
    build: Build, mia: Person, omar: Person, workspace: Workspace, clock: MovableClock
) -> None:
    bot = build(**CHAIN)
    workspace.advance(hours=12)  # nine in the evening in London, ten in Berlin
    mia.goes_to("#escalations").says(
        "Acme: the account manager promised a fix and it is the third time this has broken"
    )
    root = omar.sees("third time", where="#escalations")
    assert eventually(lambda: cases(bot) == 1)
    state = bot.core.database.rows("SELECT state, tries, due_at FROM cases")[0]
    for number in range(61):
        mia.says(f"{number} people come to lunch on Thursday", under=root)
    assert eventually(lambda: bot.core.inbox.waiting() == 0)
    assert bot.core.database.rows("SELECT state, tries, due_at FROM cases")[0] == state
    for seen in ("was paged", "outside working hours", "nobody is being asked"):
        if any(seen in str(one.blocks) + one.text for one in workspace.messages() if one.channel == "C0ESC"):
            mia.sees(seen, where="#escalations")
    for one in pages(workspace):
        omar.sees("needs you")
        assert one


def test_a_window_that_is_submitted_twice_pages_once_and_is_acknowledged_before_slack_is_asked(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    bot = build(managers=("U0OMAR",))
    said = mia.sees("Shout early if one gets hot", where="#deals")
    mia.uses("Escalate this", on=said)
    mia.sees_window("Escalate")
    mia.fills("Customer", "Acme")
    mia.fills("What happened", "they want to cancel over the outage")
    workspace.faults.add(hang("conversations.info", 2.0))
    mia.submits()
    submitted = workspace.traffic.deliveries("view_submission")[-1]
    assert (submitted.took_ms or 0) < 1_500
    mia.sees_window("Acme (E1) is open, and I am paging")
    mia.closes()
    workspace.do(workspace.delivery.send("interactive", submitted.sent))
    assert eventually(lambda: bot.core.inbox.waiting() == 0)
    omar.sees("needs you")
    mia.sees("was paged", where="#deals")
    assert (cases(bot), len(pages(workspace))) == (1, 1)


def test_a_lock_that_lasts_for_seconds_loses_nothing_and_nobody_in_the_channel_hears_of_it(
    build: Build, mia: Person, omar: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = build(**CHAIN)
    monkeypatch.setattr("bot.slack.inbox._STORAGE_PAUSE_S", 0.2)
    bot.core.database.rows("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(bot.core.settings.database, isolation_level=None, check_same_thread=False)
    watched = bot.core.inbox._by_name["message, watched"]
    times = []

    def read(event: dict[str, object], team_id: str) -> None:
        times.append(event["ts"])
        if len(times) == 1:  # it is kept and acknowledged; now another program writes for a second
            other.execute("BEGIN IMMEDIATE")
            threading.Timer(1.0, other.execute, ("ROLLBACK",)).start()
        watched.handler(event, team_id)

    bot.core.inbox._by_name["message, watched"] = replace(watched, handler=read)
    mia.goes_to("#escalations").says(OUTAGE)
    omar.sees("needs you")
    mia.sees("was paged", where="#escalations")
    assert len(times) > 1
    other.close()


def test_a_button_of_another_thing_of_the_same_number_does_nothing(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    bot = build(managers=("U0OMAR",))
    mia.says("/toughcustomer escalate Acme: they want to cancel")
    mia.sees("(E1) is open")
    mia.sees("escalated by", where="#deals")
    mia.sees("was paged", where="#deals")
    page = omar.sees("needs you")
    bot.core.database.execute("UPDATE cases SET token = 'ab12'")  # as if another case had come by that number

    omar.clicks("I have it", on=page)
    omar.sees("This button is of another E1")
    assert bot.core.database.rows("SELECT state FROM cases") == [{"state": "paging"}]


def test_taking_a_case_asks_slack_nothing(build: Build, mia: Person, omar: Person, workspace: Workspace) -> None:
    build(managers=("U0OMAR",), slack_timeout=timedelta(seconds=5))
    mia.says("/toughcustomer escalate Acme: they want to cancel")
    mia.sees("(E1) is open")
    mia.sees("escalated by", where="#deals")
    mia.sees("was paged", where="#deals")
    page = omar.sees("needs you")
    before = len(workspace.traffic.calls("users.info"))
    workspace.faults.add(*(server_error("users.info", deed=False) for _ in range(5)))

    omar.clicks("I have it", on=page)
    omar.sees("You have it until")
    mia.sees("has Acme (E1) until", where="#deals")
    assert len(workspace.traffic.calls("users.info")) == before
    workspace.faults.clear()


def test_a_mention_that_escalates_in_an_escalation_channel_begins_one_case_and_pages_once(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    bot = build(**CHAIN)
    mia.goes_to("#escalations").says(f"@toughcustomer escalate Acme: {OUTAGE}")
    omar.sees("needs you")
    mia.sees("(E1) is open", where="#escalations")
    assert eventually(lambda: bot.core.inbox.waiting() == 0)
    assert (cases(bot), len(pages(workspace))) == (1, 1)


def test_a_second_click_passes_nothing_on_twice(build: Build, mia: Person, omar: Person, workspace: Workspace) -> None:
    bot = build(managers=("U0OMAR", "U0PRIYA", "U0DANA"))
    mia.says("/toughcustomer escalate Acme: they want to cancel")
    page = omar.sees("needs you")
    omar.clicks("Pass it on", on=page)
    (pressed,) = workspace.traffic.deliveries("block_actions")
    workspace.do(workspace.delivery.send("interactive", pressed.sent))
    Person(workspace, "priya").sees("needs you")
    assert eventually(lambda: counted(bot) == ["U0OMAR", "U0PRIYA"])


def counted(bot: Application) -> list[str]:
    return [row["who"] for row in bot.core.database.rows("SELECT who FROM pages ORDER BY page")]


def test_a_customer_who_writes_alone_owns_no_case(build: Build, omar: Person, workspace: Workspace) -> None:
    bot = build(escalation_channels=("C0SHARED",), managers=("U0OMAR",))
    Person(workspace, "nils").goes_to("#acme-shared").says(OUTAGE)
    omar.sees("needs you")
    assert bot.core.database.rows("SELECT owner FROM cases") == [{"owner": "U0OMAR"}]


def test_a_moment_in_which_slack_does_not_say_what_a_channel_is_makes_no_case_public_for_good(
    build: Build, mia: Person, omar: Person, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.inbox._PAUSES_S", (0.05,) * 8)
    bot = build(escalation_channels=("C0SHARED",), managers=("U0OMAR",))
    assert eventually(lambda: bot.core.slack.channels.is_member("C0SHARED") is True)
    bot.core.database.execute("DELETE FROM last_known")
    bot.core.slack.channels._known.clear()
    bot.core.slack.channels._last_known._known.clear()
    workspace.faults.add(*(server_error("conversations.info", deed=False) for _ in range(2)))
    mia.goes_to("#acme-shared").says(OUTAGE)
    omar.sees("needs you")
    assert bot.core.database.rows("SELECT home FROM cases") == [{"home": ""}]
    assert [one for one in workspace.messages() if one.channel == "C0SHARED" and one.bot_id] == []


def test_an_escalation_channel_that_the_bot_is_not_in_is_told_of(build: Build, workspace: Workspace) -> None:
    bot = build(escalation_channels=("C0RANDOM",), admins=("U0ADA",))
    Person(workspace, "ada").sees("is an escalation channel, and I am not in it")
    assert eventually(lambda: "I am not in C0RANDOM" in str(bot.core.health.report()))


def test_a_channel_that_the_bot_is_not_in_and_a_group_that_is_not_there_cannot_be_chosen(
    build: Build, workspace: Workspace
) -> None:
    bot = build(admins=("U0ADA",))
    ada = Person(workspace, "ada").goes_to("#deals")
    ada.says("/toughcustomer settings")
    ada.sees_window("Escalations")
    ada.fills("Escalation channels", ["C0RANDOM", "C0ESC"])
    ada.fills("User groups to page first", "SALES")
    ada.submits()
    ada.sees_window("I am not in this channel", "There is no user group")
    ada.closes()
    assert bot.core.database.rows("SELECT * FROM settings") == []
