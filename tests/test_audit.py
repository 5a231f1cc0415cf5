"""The self-audit: a day's work leaves nothing to find, and each thing that got stuck is found, by its id."""

from datetime import timedelta
from typing import Any

import pytest

from bot.app import Application
from bot.audit import AuditFinding, SelfAudit
from bot.clock import stamp
from bot.emulator.clock import MovableClock
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace
from tests.conftest import Build
from tests.wire import eventually


@pytest.fixture
def bot(build: Build, mia: Person, omar: Person, workspace: Workspace) -> Application:
    """One that has a promise (F1) and a follow-up (F2) that are due, one that is not (F3), and a case (E1)."""
    bot = build(managers=("U0OMAR",), escalation_channels=("C0ESC",))
    mia.says("/toughcustomer promise Acme in 3 days send the fix")
    mia.sees("send the fix")
    mia.says("/toughcustomer follow-up Globex tomorrow 3pm send the options")
    mia.sees("send the options")
    mia.says("/toughcustomer follow-up Initech in 5 days call them")
    mia.sees("call them")
    mia.says("Acme wants to cancel the contract over the outage", to="escalations")
    omar.sees("needs you")
    workspace.advance(timedelta(days=1, hours=8))
    mia.sees(":bell:", "send the options")
    return bot


def found(bot: Application) -> list[tuple[str, str]]:
    bot.core.audit.run()
    return sorted((one.subject, one.what) for one in bot.core.audit.findings)


def test_a_days_work_leaves_nothing_to_find(bot: Application, omar: Person, workspace: Workspace) -> None:
    assert eventually(lambda: found(bot) == [])
    omar.clicks("I have it")
    workspace.advance(timedelta(days=4))
    assert eventually(lambda: found(bot) == [])
    workspace.advance(timedelta(days=3))
    assert eventually(lambda: found(bot) == [])
    assert bot.core.audit.is_clean()


SPOILED = [
    ("UPDATE cases SET state = 'paging', due_at = NULL", "E1", "has no next step"),
    (
        "UPDATE cases SET state = 'acknowledged', due_at = NULL, taken_until = :later",
        "E1",
        "has no next step",
    ),
    (
        "UPDATE cases SET thread_ts = '', due_at = :later, state = 'paging'",
        "E1",
        "has no thread, and no message that begins one is on its way",
    ),
    ("DELETE FROM outbox WHERE subject = 'F2'", "F2", "is due, and there is no reminder of it"),
    ("UPDATE promises SET next_at = NULL", "F1", "is promised, and nobody watches its time"),
]


@pytest.mark.parametrize(("sql", "subject", "what"), SPOILED)
def test_what_will_never_go_on_is_found_and_makes_the_bot_unwell(
    bot: Application, clock: MovableClock, sql: str, subject: str, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = bot.core.audit.count
    bot.core.database.execute(sql, {"later": stamp(clock.now() + timedelta(hours=1))})

    assert (subject, what) in found(bot)

    well, report = bot.core.health.report()
    assert not well
    assert f"{what}: {subject}" in report["reasons"]["audit"]  # type: ignore[index]
    assert f"audit: {subject}: {what}" in caplog.text
    assert bot.core.audit.count > before
    counted = bot.core.audit.count
    bot.core.audit.run()
    assert bot.core.audit.count == counted  # each once for as long as it stays


@pytest.mark.parametrize(
    ("sql", "subject", "what"),
    [
        ("UPDATE followups SET due_at = :before WHERE number = 3", "F3", "its time is over, and it was not put due"),
        ("UPDATE cases SET state = 'paging', due_at = :before", "E1", "has not gone on when its time came"),
        (
            "UPDATE promises SET next_at = :before",
            "F1",
            "is promised, and nobody was warned or told when its time came",
        ),
        (
            "UPDATE promises SET next_at = NULL, broken_at = :before, reported = 0",
            "F1",
            "is a broken promise that nobody has heard of",
        ),
    ],
)
def test_what_has_waited_for_more_than_a_minute_is_found(
    bot: Application, clock: MovableClock, sql: str, subject: str, what: str
) -> None:
    bot.core.sender.stop(10)  # nothing goes on any more
    bot.core.jobs.stop(10)
    clock_now = clock.now()

    bot.core.database.execute(sql, {"before": stamp(clock_now - timedelta(seconds=59))})
    assert found(bot) == []
    bot.core.database.execute(sql, {"before": stamp(clock_now - timedelta(seconds=61))})
    assert found(bot) == [(subject, what)]


def test_whoever_has_a_case_and_wrote_in_its_thread_needs_no_next_step(bot: Application, clock: MovableClock) -> None:
    bot.core.database.execute(
        "UPDATE cases SET state = 'acknowledged', due_at = NULL, taken_until = :before",
        {"before": stamp(clock.now() - timedelta(seconds=1))},
    )
    assert found(bot) == []


def test_a_look_that_fails_is_told_and_holds_up_no_other(clock: MovableClock) -> None:
    def broken(now: Any) -> list[AuditFinding]:
        raise ValueError

    audit = SelfAudit(clock)
    audit.add("cases", broken)
    audit.add("follow-ups", lambda now: [AuditFinding("F12", "stands still"), AuditFinding("F9", "stands still")])
    assert not audit.is_clean()
    audit.run()
    assert audit.what_is_wrong() == "stands still: F9, F12; cases could not be looked through"
    assert not audit.is_clean()


# A row of each table that somebody spoiled, or that another version wrote: what stands still is noticed in a minute.
POISON = [
    "UPDATE followups SET zone = 'Mars/Olympus', due_at = :past WHERE number = 3",
    "UPDATE cases SET policy = 'no JSON', state = 'paging', due_at = :past",
    "UPDATE promises SET due_at = 'someday', next_at = :past",
    "UPDATE outbox SET body = 'no JSON', state = 'pending', not_before = :past, planned_at = :past",
    """
    INSERT INTO inbox (team_id, event_id, kind, received_at, state, payload)
    SELECT team_id, 'Ev1', 'app_mention', :past, 'received', 'no JSON' FROM cases
    """,
    "INSERT INTO quarantine SELECT team_id, 'followup', 'F3', 'zone', :past FROM cases",
]


@pytest.mark.parametrize("sql", POISON)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_spoiled_row_of_any_table_makes_the_bot_unwell(
    bot: Application, clock: MovableClock, sql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert eventually(lambda: bot.core.health.report()[0])
    monkeypatch.setattr("bot.slack.health.OLD_AFTER_S", 3.0)  # for the minute, which passes in real time
    bot.core.database.execute(sql, {"past": stamp(clock.now() - timedelta(minutes=11))})

    assert eventually(lambda: (bot.core.audit.run(), not bot.core.health.report()[0])[1])
