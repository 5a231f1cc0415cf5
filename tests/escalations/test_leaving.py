"""Somebody leaves: what becomes of their words, of what they had open, and of what others still need."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.delivery.rows import as_body
from bot.errors import UserError
from bot.escalations.model import Case, CaseState
from bot.escalations.policy import Step
from bot.features import shipped
from bot.followups.model import LocalTime, NewFollowUp
from bot.followups.service import FollowUps
from bot.slack.block_kit import message, section, small
from bot.storage.database import Database
from bot.storage.purge import Removed, purge_customer, purge_user, retire
from tests.delivering import follow_ups_of
from tests.escalations.case_desk import OUTAGE, Desk

PARTS = [one.purge for one in shipped() if one.purge]
ONE_EACH = (Step(("U1",), timedelta(minutes=10)), Step(("U2",), timedelta(minutes=10)))


def leaves(desk: Desk, user: str, to: str | None = None) -> Removed:
    return purge_user(desk.database, user, PARTS, to=to, now=desk.clock.now())


def told(desk: Desk, person: str) -> list[str]:
    rows = desk.database.rows("SELECT body FROM outbox WHERE recipient = :who AND kind <> 'page'", {"who": person})
    return [row["body"] for row in rows]


def quoted(case: Case) -> list[str]:
    return [one.evidence for one in case.met]


def promised(desk: Desk, text: str, owner: str, by: str, **more: Any) -> FollowUps:
    follow_ups = follow_ups_of(desk.outbox, desk.clock)
    due = LocalTime.of(desk.clock.now() + timedelta(days=1), ZoneInfo("UTC"))
    follow_ups.make(NewFollowUp(text, owner, due, "C1", **more), by)
    return follow_ups


def test_a_case_goes_to_whoever_has_it(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.cases.acknowledge(1, "U1")
    leaves(desk, "U9")
    assert desk.cases.get(1).owner == "U1"
    assert any("E1 is yours now" in one for one in told(desk, "U1"))


def test_where_nobody_else_has_a_case_nothing_is_removed_and_it_is_said_what_to_write(desk: Desk) -> None:
    desk.say(OUTAGE)
    with pytest.raises(UserError, match=r"Nothing was removed.*\(E1\).*purge --user U9 --to"):
        leaves(desk, "U9")
    assert desk.cases.get(1).owner == "U9"
    assert quoted(desk.cases.get(1))


def test_the_only_one_of_a_step_has_to_be_replaced_and_the_other_is_paged_now(desk: Desk) -> None:
    desk.chain.steps = ONE_EACH
    desk.say(OUTAGE)
    with pytest.raises(UserError, match=r"\(E1\)"):
        leaves(desk, "U1")

    leaves(desk, "U1", to="U7")
    desk.paging.fire_due(desk.clock.now())

    assert desk.cases.get(1).roster.people() == ("U7", "U2")
    assert desk.pages() == ["U7"]


def test_one_of_two_in_a_step_leaves_the_other(desk: Desk) -> None:
    desk.say(OUTAGE)
    leaves(desk, "U2")
    assert desk.cases.get(1).roster.people() == ("U1", "U3")


def test_a_case_that_somebody_had_who_leaves_is_asked_about_anew(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.cases.pass_on(1, "U1")
    desk.cases.acknowledge(1, "U2")
    leaves(desk, "U2")
    desk.pass_time(1)
    assert desk.cases.get(1).state is CaseState.UNANSWERED
    assert all("U2" not in str(row) for row in desk.database.rows("SELECT * FROM case_log"))


def test_what_somebody_else_said_is_still_quoted_and_what_they_said_is_not(desk: Desk) -> None:
    ts = desk.say("Acme wants to cancel the zebrafish contract", by="U9")
    desk.say("and their lawyer has sent a formal walrus notice", thread=ts, by="U8")
    desk.say("he called our support girl an idiot", thread=ts, by="U8")
    before = quoted(desk.cases.get(1))
    assert any("zebrafish" in one for one in before)

    leaves(desk, "U9", to="U7")

    after = quoted(desk.cases.get(1))
    assert len(after) == len(before)
    assert not any("zebrafish" in one for one in after)
    assert [one for one in after if one] == [one for one in before if "zebrafish" not in one] != []
    assert desk.cases.get(1).state is CaseState.PAGING


def test_both_of_a_step_who_leave_stay_one_page_of_the_statistics(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.cases.pass_on(1, "U1")
    desk.closing.not_needed(1, "U3")
    before = desk.cases.precision()
    for one in ("U2", "U3", "U1"):
        leaves(desk, one)
    assert desk.cases.precision() == before == {"threatens-to-leave": (0, 1)}
    assert {row["who"] for row in desk.database.rows("SELECT who FROM pages")} == {"GONE"}


def test_whoever_has_left_is_shown_as_somebody_in_everything_that_is_sent() -> None:
    drawn = as_body(message("<@GONE> has it", [section("owner <@GONE>"), small("by <@GONE>")]))
    assert "GONE" not in drawn
    assert drawn.count("somebody who has left") == 3


def test_a_follow_up_that_somebody_made_for_another_stays_with_them(desk: Desk) -> None:
    follow_ups = promised(desk, "sign the renewal", "U8", by="U9")
    assert leaves(desk, "U9")["follow-ups"] == 0
    assert (follow_ups.get(1).wanted.owner, follow_ups.get(1).maker) == ("U8", "U8")
    assert told(desk, "U8") == []


def test_a_follow_up_that_somebody_was_given_goes_back_to_its_maker_who_hears_of_it(desk: Desk) -> None:
    follow_ups = promised(desk, "sign the renewal", "U9", by="U8")
    leaves(desk, "U9")
    assert follow_ups.get(1).wanted.owner == "U8"
    assert any("somebody who has left gave you F1" in one for one in told(desk, "U8"))


def test_a_promise_that_was_broken_is_no_longer_quoted_once_it_has_gone_with_its_maker(desk: Desk) -> None:
    follow_ups = promised(desk, "send the zebrafish fix", "U9", by="U9", customer="Acme", promise=True)
    said = f"{follow_ups.get(1).wanted.text}, promised for friday (F1)"
    desk.intake.broken_promise(said, "Acme", "C1", "100.1", "U8", lambda: None)
    follow_ups.done(1, "U9")
    assert any("zebrafish" in one for one in quoted(desk.cases.get(1)))

    leaves(desk, "U9")

    assert "zebrafish" not in str(desk.database.rows("SELECT * FROM cases"))
    assert "zebrafish" not in str(desk.database.rows("SELECT * FROM case_log"))
    assert "zebrafish" not in str(desk.database.rows("SELECT * FROM outbox"))


def test_how_often_a_customer_was_escalated_is_not_told_in_cases_of_others(desk: Desk) -> None:
    desk.intake.begin("Borealis", "the roof leaks", "C5", "200.1", "U9")
    counted = (
        '[{"criterion": "again", "means": "Again", "evidence": "3 escalations of Acme in 30 days", "urgent": false}]'
    )
    desk.database.execute("UPDATE cases SET met = :met", {"met": counted})
    purge_customer(desk.database, "ACME", PARTS)
    assert quoted(desk.cases.get(1)) == [""]


def test_a_quiet_case_stays_open_while_a_promise_to_its_customer_is(desk: Desk, database: Database) -> None:
    desk.intake.begin("Acme", "they left the call", "C5", "100.1", "U9")
    desk.cases.acknowledge(1, "U1", until=desk.clock.now() + timedelta(minutes=5))
    follow_ups = promised(desk, "send the fix", "U8", by="U8", customer="acme", promise=True)
    desk.clock.advance(days=181)

    def hourly() -> None:
        retire(database, desk.clock.now() - timedelta(days=180), PARTS, now=desk.clock.now())

    hourly()
    assert desk.cases.get(1).is_open
    follow_ups.done(1, "U8")
    hourly()
    assert desk.cases.get(1).outcome == "nobody closed it"
    assert desk.cases.get(1).closed_by is None
