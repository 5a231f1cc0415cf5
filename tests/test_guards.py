"""
The guards around the core, each with a value test, and tests of the tests: without its guard that test fails.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config import shipped_playbooks
from bot.delivery import fallbacks
from bot.delivery.model import Delivery, DeliveryState, Draft, undelivered
from bot.delivery.outbox import Outbox
from bot.emulator.clock import MovableClock
from bot.errors import UserError
from bot.escalations.model import Roster
from bot.escalations.on_call import OnCall
from bot.escalations.playbook import EscalationPlaybook, load
from bot.escalations.policy import Policy
from bot.escalations.settings import EscalationSettings
from bot.escalations.store import CaseStore
from bot.followups import store as followup_store
from bot.followups.model import LocalTime, NewFollowUp
from bot.followups.purge import FollowUpPurge
from bot.slack.block_kit import message
from bot.slack.channels import Channel
from bot.slack.readers import Readers
from bot.slack.users import Member
from bot.storage.database import Database
from bot.storage.deeds import Deeds
from bot.storage.purge import purge_customer
from bot.storage.sqlite import open_database
from tests.delivering import follow_ups_of
from tests.escalations.case_desk import Desk

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "bot.db")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW, running=False)


def wanted(customer: str = "Acme") -> NewFollowUp:
    return NewFollowUp("ring them", "U1", LocalTime.of(NOW + timedelta(days=1), ZoneInfo("UTC")), "C1", customer)


# an order is done once, however often it is begun


def an_order_is_done_once(database: Database, clock: MovableClock) -> None:
    follow_ups = follow_ups_of(Outbox(database, "T1"), clock)
    first, again = follow_ups.make(wanted(), "U1", "C1:1.1"), follow_ups.make(wanted(), "U1", "C1:1.1")
    assert first.number == again.number
    assert follow_ups.make(wanted(), "U1", "C1:2.2").number == first.number + 1
    desk = Desk(database, clock)
    begun = [desk.intake.begin("Acme", "they leave", "C1", None, "U9", "view:1")[0].number for _ in range(2)]
    assert begun == [1, 1]
    desk.send("E1:root", "5.5")
    desk.pass_time(0)
    assert desk.pages() == ["U1"]


def test_an_order_is_done_once(database: Database, clock: MovableClock) -> None:
    an_order_is_done_once(database, clock)


def test_deeds_without_keys_are_noticed(
    database: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deeds, "note", lambda *_: None)
    with pytest.raises(AssertionError):
        an_order_is_done_once(database, clock)


# ids never come back, and no button acts on something else of its number


def no_id_comes_back(database: Database, clock: MovableClock) -> None:
    follow_ups = follow_ups_of(Outbox(database, "T1"), clock)
    old = follow_ups.make(wanted(), "U1")
    purge_customer(database, "Acme", [FollowUpPurge()])
    new = follow_ups.make(wanted("Borealis"), "U1")
    assert new.number != old.number
    assert new.token != old.token


def test_no_id_comes_back(database: Database, clock: MovableClock) -> None:
    no_id_comes_back(database, clock)


def test_ids_by_the_highest_that_is_there_are_noticed(
    database: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def highest(kept: Database, team_id: str, kind: str) -> int:
        return int(kept.rows(f"SELECT COALESCE(MAX(number), 0) + 1 AS n FROM {kind}s")[0]["n"])

    monkeypatch.setattr(followup_store, "next_number", highest)
    with pytest.raises(AssertionError):
        no_id_comes_back(database, clock)


def test_a_button_of_something_else_of_that_number_does_nothing(database: Database, clock: MovableClock) -> None:
    follow_ups = follow_ups_of(Outbox(database, "T1"), clock)
    one = follow_ups.make(wanted(), "U1")
    assert follow_ups.pressed(one.number, one.token).number == one.number
    for other in ("", "ab12cd34"):
        with pytest.raises(UserError, match="belongs to an older F1"):
            follow_ups.pressed(one.number, other)


# where words were said goes with them, at every hop


def it_stays_with_the_words(hop: Callable[[Delivery, str], Draft]) -> None:
    first = Draft(
        "E1:page:1:U1", "page", "E1", "@U1", message("secret"), NOW, fallback_to=("U2", "UADMIN"), recipient="U1",
        origin="G1", withheld=message("something"),
    )  # fmt: skip
    for person in ("U2", "UADMIN"):
        lost = Delivery(1, "T1", first, DeliveryState.FAILED, NOW, NOW, trouble="user_disabled")
        first = hop(lost, person)
        assert first.origin == "G1"
        assert first.withheld is not None
        assert "secret" not in first.withheld.text
        assert "something" in first.withheld.text


def test_where_words_were_said_goes_with_them_at_every_hop() -> None:
    it_stays_with_the_words(undelivered)
    assert fallbacks.undelivered is undelivered


def test_an_origin_that_is_dropped_on_a_hop_is_noticed() -> None:
    def forgetful(delivery: Delivery, person: str) -> Draft:
        told = undelivered(delivery, person)
        return Draft(told.key, told.kind, told.subject, told.channel, told.message, told.due, recipient=person)

    with pytest.raises(AssertionError):
        it_stays_with_the_words(forgetful)


# groups are resolved when a step is reached


class Workspace:
    """Slack's side: who is in which group, as far as it says so now, and as it last did."""

    def __init__(self) -> None:
        self.says: dict[str, tuple[str, ...]] = {}
        self.said: dict[str, tuple[str, ...]] = {}

    def in_group(self, group: str) -> tuple[str, ...]:
        if group not in self.says:
            raise UserError("I could not ask Slack who is in that group (HTTP 500).")
        self.said[group] = self.says[group]
        return self.says[group]

    def known_in_group(self, group: str) -> tuple[str, ...] | None:
        return self.said.get(group)

    def known(self, user: str) -> Member | None:
        return Member(user, ZoneInfo("Europe/Berlin"), "en-US", is_admin=False)

    def member(self, user: str) -> Member | None:
        return self.known(user)


def groups_are_resolved_late(database: Database, as_known: Callable[[OnCall, Roster], Roster]) -> None:
    slack, store = Workspace(), CaseStore(database, "T1")
    settings = EscalationSettings(store, lambda: EscalationPlaybook(load(shipped_playbooks()).criteria, Policy()))
    settings.change({"chain": [{"who": ["S01"], "wait": "5m"}]})
    on_call = OnCall(slack, None, settings)  # type: ignore[arg-type]

    begun = on_call.roster("C1", at_once=True)
    assert begun.people() == ()
    slack.says["S01"] = ("U1",)
    on_call.ask_wanted()
    assert as_known(on_call, begun).people() == ("U1",)
    slack.says = {}
    on_call.refresh()
    assert as_known(on_call, begun).people() == ("U1",)  # the last known stands in
    slack.says["S01"] = ("U2",)
    on_call.refresh()
    assert as_known(on_call, begun).people() == ("U2",)


def test_groups_are_resolved_when_a_step_is_reached(database: Database) -> None:
    groups_are_resolved_late(database, OnCall.as_known)


def test_groups_that_are_resolved_once_are_noticed(database: Database) -> None:
    with pytest.raises(AssertionError):
        groups_are_resolved_late(database, lambda on_call, roster: roster)


# who may read


class Places:
    """Slack's side: channels, their members, and who is a guest or of another organisation."""

    def __init__(self) -> None:
        self.private, self.shared, self.guests_there = {"G1"}, {"CX"}, frozenset({"UGUEST", "UOTHER"})
        self.there = {"C1": {"U1", "U2"}, "C2": {"U1", "UGUEST"}, "G1": {"U1"}, "CX": {"U1", "UOTHER"}}

    def is_ours(self, user: str) -> bool:
        return user != "UOTHER"

    def member(self, user: str) -> Member:
        return Member(user, None, "en", is_admin=False, is_guest=user == "UGUEST")

    def guests(self) -> frozenset[str]:
        return self.guests_there

    def is_private(self, channel: str) -> bool:
        return channel in self.private

    def facts(self, channel: str) -> Channel:
        return Channel(channel, channel in self.private, channel in self.shared)

    def members(self, channel: str) -> frozenset[str] | None:
        return frozenset(self.there[channel]) if channel in self.there else None

    def is_direct_with(self, direct: str, person: str) -> bool:
        return direct == f"D{person}"


@pytest.mark.parametrize(
    ("person", "origin", "may"),
    [
        ("U2", "C1", True), ("U2", "C2", True), ("U2", "G1", False), ("U1", "G1", True), ("U2", "", True),
        ("UGUEST", "C2", True), ("UGUEST", "C1", False), ("UGUEST", "G1", False),
        ("UOTHER", "CX", False), ("UOTHER", "C1", False), ("UOTHER", "", False),
        ("U1", "@U1", True), ("U2", "@U1", False), ("U1", "DU1", True), ("U2", "DU1", False),
        ("U2", "GGONE", True), ("UGUEST", "GGONE", None),
    ],
)  # fmt: skip
def test_who_may_read_what(person: str, origin: str, may: bool | None) -> None:
    places = Places()
    assert Readers(places, places).may_read(person, origin) is may  # type: ignore[arg-type]


@pytest.mark.parametrize("person", ["UGUEST", "U2"])
def test_who_made_it_or_is_reminded_of_it_knows_it_anywhere_but_nobody_of_others(person: str) -> None:
    readers = Readers(Places(), Places())  # type: ignore[arg-type]
    assert readers.may_read(person, "G1", (person,)) is True
    assert readers.may_read("UOTHER", "G1", ("UOTHER",)) is False


@pytest.mark.parametrize(
    ("channel", "origin", "may"),
    [
        ("C1", "C1", True), ("G1", "C1", True), ("C1", "G1", False), ("C2", "C1", False), ("CX", "C1", False),
        ("C1", "@U1", False), ("DU1", "@U1", True), ("DU2", "@U1", False), ("@U1", "G1", True), ("@U2", "G1", False),
        ("C1", "CX", True),
    ],
)  # fmt: skip
def test_what_may_stand_where_everybody_reads_it(channel: str, origin: str, may: bool) -> None:
    places = Places()
    places.there["DU1"], places.there["DU2"] = {"U1"}, {"U2"}
    assert Readers(places, places).may_be_shown(channel, origin) is may  # type: ignore[arg-type]
