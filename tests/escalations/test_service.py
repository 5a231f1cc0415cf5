"""The verbs of escalations on a real SQLite, with a clock that is moved: who is paged, once, and what stops it."""

from datetime import timedelta

import pytest

from bot.emulator.clock import MovableClock
from bot.errors import UserError
from bot.escalations.model import CaseState
from bot.escalations.page_context import Cards
from bot.escalations.policy import Step
from bot.escalations.purge import CasePurge
from bot.escalations.store import CaseStore
from bot.escalations.wording import CardRef
from bot.followups.purge import FollowUpPurge
from bot.storage.database import Database
from bot.storage.purge import purge_before, purge_customer, purge_user, retire
from tests.escalations.case_desk import OUTAGE, Desk

PARTS = [CasePurge(), FollowUpPurge()]


def test_the_chain_resumes_where_it_was_and_does_not_page_three_levels_at_once(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.open()  # the process died, and is back hours later

    desk.pass_time(240)
    desk.paging.fire_due(desk.clock.now())

    assert desk.pages() == ["U1", "U1"]


def test_the_wait_counts_from_when_a_page_arrived(desk: Desk) -> None:
    desk.say(OUTAGE)
    for _ in range(30):  # Slack is away
        desk.clock.advance(minutes=1)
        desk.paging.fire_due(desk.clock.now())
    assert desk.pages() == ["U1"]

    desk.arrive()
    desk.clock.advance(minutes=9)
    desk.paging.fire_due(desk.clock.now())
    assert desk.pages() == ["U1"]
    desk.clock.advance(minutes=1)
    desk.paging.fire_due(desk.clock.now())
    assert desk.pages() == ["U1", "U1"]


def test_an_event_that_is_read_twice_pages_once(desk: Desk) -> None:
    ts = desk.say(OUTAGE)
    desk.say(OUTAGE, ts=ts)
    assert desk.pages() == ["U1"]
    assert len(desk.cases.listed("all", "U9", "C1", in_public=True).items) == 1


def test_a_step_of_two_is_paged_together_and_one_of_them_is_enough(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.cases.pass_on(1, "U1")
    assert desk.pages() == ["U1", "U2", "U3"]

    desk.cases.acknowledge(1, "U3")
    desk.pass_time(29)

    assert desk.cases.get(1).taken_by == "U3"
    with pytest.raises(UserError, match="<@U3> has E1, since"):
        desk.cases.acknowledge(1, "U2")


def test_a_policy_that_is_edited_counts_for_the_next_case(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.chain.steps = (Step(("U7",), timedelta(minutes=1)),)
    desk.pass_time(10)
    desk.say(OUTAGE.replace("Acme", "Borealis"))
    assert desk.pages("E1") == ["U1", "U1"]
    assert desk.pages("E2") == ["U7"]


def test_high_value_as_set_in_slack_counts(desk: Desk) -> None:
    desk.settings.change({"high_value": 20_000})
    desk.say("Acme says they will take their business elsewhere over the outage, that is $30k ARR")
    assert [one.criterion for one in desk.cases.get(1).met] == ["threatens-to-leave", "high-value"]

    desk.settings.change({"high_value": 40_000})
    desk.say("Bolt says they will take their business elsewhere over the outage, that is $30k ARR")
    assert [one.criterion for one in desk.cases.get(2).met] == ["threatens-to-leave"]


def test_nobody_to_page_is_said_in_the_thread_at_once_with_how_to_set_it(desk: Desk) -> None:
    desk.chain.steps = ()
    ts = desk.say(OUTAGE)
    (told,) = [one.draft for one in desk.outbox.about("E1") if one.draft.kind == "end"]
    assert told.thread_ts == ts
    assert "nobody is set to be paged" in told.message.text
    assert "/toughcustomer settings" in told.message.text


def test_a_message_that_is_deleted_before_its_page_has_left_takes_it_back(desk: Desk) -> None:
    ts = desk.say(OUTAGE)
    desk.intake.deleted("C1", None, ts)
    assert desk.pages() == []
    assert desk.cases.get(1).state is CaseState.CLOSED


def test_a_later_all_sorted_takes_back_a_page_that_waits(desk: Desk) -> None:
    desk.clock.advance(hours=12)
    ts = desk.say("third outage this month at Acme, the same root cause")
    assert desk.cases.get(1).state is CaseState.PAGING
    desk.say("nvm, wrong customer", thread=ts)
    assert desk.cases.get(1).state is CaseState.CLOSED
    desk.pass_time(24 * 60)
    assert desk.pages() == []


def test_an_urgent_criterion_in_an_open_case_pages_anew(desk: Desk) -> None:
    ts = desk.say("third outage this month at Acme, the same root cause")
    assert desk.pages() == ["U1"]
    desk.say("and now he called our support girl an idiot", thread=ts)
    assert desk.pages() == ["U1", "U1"]


def test_a_muted_criterion_does_not_page_again_in_that_thread(desk: Desk) -> None:
    ts = desk.say(OUTAGE)
    desk.closing.not_needed(1, "U1")
    desk.say("they will take their business elsewhere, I say", thread=ts)
    assert desk.pages("E1") == desk.pages("E2") == []

    desk.say("and now their lawyer has sent a formal notice", thread=ts)
    assert desk.pages("E2") == ["U1"]
    assert [one.criterion for one in desk.cases.get(2).met] == ["legal-or-public"]

    assert desk.cases.precision() == {"threatens-to-leave": (0, 1)}


def test_a_case_that_only_got_cards_pages_nobody_until_a_criterion_is_met(
    database: Database, clock: MovableClock
) -> None:
    desk = Desk(database, clock, Cards((CardRef("stay-calm", "Stay calm"),), sure=True))
    ts = desk.say("she is going quiet on me")
    assert desk.cases.get(1).state is CaseState.OPEN
    assert desk.pages() == []
    desk.say("now they will take their business elsewhere", thread=ts)
    assert desk.pages() == ["U1"]


def test_a_known_customer_whom_the_thread_names_is_the_cases(desk: Desk) -> None:
    desk.intake.begin("Acme Corp", "they left the call", "C5", None, "U9")
    desk.say("Acme Corp say they will take their business elsewhere")
    desk.say("Acmexy say they will take their business elsewhere")
    assert [desk.cases.get(number).customer for number in (2, 3)] == ["Acme Corp", "Acmexy"]
    assert desk.paging.posts.gathering.page(desk.cases.get(2), "U1").history.startswith(
        "1 earlier escalation of Acme Corp"
    )


def test_the_third_escalation_of_a_customer_says_so(desk: Desk) -> None:
    for number in range(3):
        desk.intake.begin("Acme", "they left the call", "C5", f"10{number}.1", "U9")
        desk.pass_time(60 * 24)
        desk.closing.resolve(number + 1, "solved", "defect", "U1")
    assert [[one.criterion for one in desk.cases.get(number).met] for number in (1, 2, 3)] == [
        ["asked"], ["asked"], ["asked", "unresolved-repeat"],
    ]  # fmt: skip
    assert desk.cases.get(3).met[1].evidence == "3 escalations of Acme in 30 days"


def test_a_case_without_a_thread_lives_in_the_message_that_begins_it_and_its_page_leads_there(desk: Desk) -> None:
    case, _ = desk.intake.begin("Acme", "they left the call", "C5", None, "U9")
    assert (case.thread_ts, desk.pages()) == ("", [])
    desk.open()  # the process died before the first message left

    desk.send("E1:root", "100.5")
    desk.pass_time(0)

    assert desk.cases.get(1).thread_ts == "100.5"
    assert desk.pages() == ["U1"]
    assert "p100.5|Open the thread" in str(desk.page().blocks)
    ledger = next(one.draft for one in desk.outbox.about("E1") if one.draft.kind == "ledger")
    assert ledger.thread_ts == "100.5"
    desk.say("now their lawyer is on the phone", thread="100.5", channel="C5")
    assert [one.criterion for one in desk.cases.get(1).met][:2] == ["asked", "legal-or-public"]


def test_a_broken_promise_pages_in_its_thread_once_and_is_added_to_a_case_that_is_open(desk: Desk) -> None:
    said: list[str] = []
    for _ in range(2):
        desk.intake.broken_promise("the fix, by noon", "Acme", "C5", "100.1", "U9", lambda: said.append("heard"))
    assert (desk.pages(), said) == (["U1"], ["heard", "heard"])
    assert [(one.criterion, one.evidence) for one in desk.cases.get(1).met] == [("broken-promise", "the fix, by noon")]

    ts = desk.say(OUTAGE.replace("Acme", "Borealis"))
    desk.intake.broken_promise("the fix, by noon", "Borealis", "C1", ts, "U9", lambda: None)
    assert [one.criterion for one in desk.cases.get(2).met] == ["threatens-to-leave", "broken-promise"]


def test_what_the_clock_found_is_not_taken_back_by_words(desk: Desk) -> None:
    desk.intake.broken_promise("the fix, by noon", "Acme", "C5", "100.1", "U9", lambda: None)
    desk.say("all sorted, they are happy again", thread="100.1", channel="C5")
    assert desk.cases.get(1).state is CaseState.PAGING


def test_escalating_twice_in_one_thread_pages_once(desk: Desk) -> None:
    desk.intake.begin("Acme", "they left the call", "C5", "100.1", "U9")
    case, was_open = desk.intake.begin("Acme", "again", "C5", "100.1", "U8")
    assert (case.number, was_open, desk.pages()) == (1, True, ["U1"])


def test_only_what_follows_an_escalation_by_hand_is_read(desk: Desk) -> None:
    desk.intake.begin("Acme", "x", "C5", "100.1", "U9")
    desk.clock.advance(minutes=1)
    desk.say("they will cancel the contract", thread="100.1", channel="C5", ts="100.2")
    assert [one.criterion for one in desk.cases.get(1).met] == ["asked"]
    desk.say("they will cancel the contract", thread="100.1", channel="C5")
    assert [one.criterion for one in desk.cases.get(1).met] == ["asked", "threatens-to-leave"]


def test_other_workspaces_never_see_a_case(desk: Desk, database: Database) -> None:
    desk.say(OUTAGE)
    assert CaseStore(database, "T2").all_open() == []


def everything(database: Database) -> str:
    tables = ("thread_messages", "cases", "case_log", "pages", "outbox", "watched", "followups")
    return str([dict(row) for table in tables for row in database.rows(f"SELECT * FROM {table}")])


def test_purge_of_a_customer_leaves_nothing_of_it(desk: Desk, database: Database) -> None:
    desk.intake.begin("Acme", "they left the call", "C5", "100.1", "U9")
    desk.intake.begin("Borealis", "the roof leaks", "C5", "200.1", "U9")

    removed = purge_customer(database, "ACME", PARTS)

    assert removed["cases"] == 1
    assert removed["deliveries"] > 1
    assert "Acme" not in everything(database)
    assert "Borealis" in everything(database)


def test_purge_of_a_person_removes_what_they_said(desk: Desk, database: Database) -> None:
    desk.say("lunch with my secret friend?", by="U8")
    assert purge_user(database, "U8", PARTS)["messages of threads"] == 1
    assert "secret friend" not in everything(database)


def test_what_is_over_goes_after_its_retention_and_what_is_open_stays(desk: Desk, database: Database) -> None:
    desk.say(OUTAGE)
    lively = desk.say("Borealis will take their business elsewhere")
    desk.closing.resolve(1, "resolved", "defect", "U1")
    desk.clock.advance(days=200)
    desk.say("Borealis has not decided yet", thread=lively)
    removed = retire(database, desk.clock.now() - timedelta(days=180), PARTS, now=desk.clock.now())
    assert removed["cases"] == 1
    assert "Acme" not in everything(database)
    assert "Borealis" in everything(database)
    assert purge_before(database, desk.clock.now(), PARTS)["cases"] == 0


def test_the_chain_is_asked_again_by_hand_only_after_its_wait(desk: Desk) -> None:
    desk.say(OUTAGE)
    for _ in range(5):
        desk.pass_time(11)
    assert desk.cases.get(1).state is CaseState.UNANSWERED
    paged = len(desk.pages())

    desk.cases.page_now(1, "U9")
    assert len(desk.pages()) == paged + 1
    for _ in range(5):
        desk.pass_time(11)
    assert desk.cases.get(1).state is CaseState.UNANSWERED
    desk.database.execute("UPDATE pages SET paged_at = :now", {"now": desk.clock.now().isoformat()})
    with pytest.raises(UserError, match="a moment ago"):
        desk.cases.page_now(1, "U9")
