"""Events that are lost, late, twice or out of order; faults that last; and Slack's word that there are too many."""

from datetime import timedelta

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.emulator.clock import MovableClock
from bot.emulator.faults import EVERY, UNTIL_LIFTED, Fault
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace
from tests.emulator.rehearsal import Rehearsal
from tests.wire import eventually


def heard(rehearsal: Rehearsal) -> list[str]:
    """What the app has heard people say, in the order in which it came."""
    return [body["event"]["text"] for body in rehearsal.heard if body.get("event", {}).get("type") == "message"]


def test_lost_events_do_not_reach_the_app_and_may_be_delivered_later(
    mia: Person, workspace: Workspace, rehearsal: Rehearsal
) -> None:
    with workspace.events_lost():
        mia.says("first")
        mia.says("second")
    mia.says("third")
    assert eventually(lambda: heard(rehearsal) == ["third"])

    lost = [one for one in workspace.traffic.deliveries("message") if one.problem == "lost"]
    for one in reversed(lost):
        assert workspace.deliver_again(one).ok

    assert heard(rehearsal) == ["third", "second", "first"]


def test_an_event_that_is_delivered_again_is_the_same_event(
    mia: Person, workspace: Workspace, rehearsal: Rehearsal
) -> None:
    mia.says("once")
    assert eventually(lambda: heard(rehearsal) == ["once"])
    (first,) = workspace.traffic.deliveries("message")

    assert workspace.deliver_again(first, retry=1).ok

    ids = [one.sent["event_id"] for one in workspace.traffic.deliveries("message")]
    assert ids == [first.sent["event_id"]] * 2
    assert workspace.traffic.deliveries("message")[-1].retry == 1


def test_only_events_are_delivered_again(workspace: Workspace, web: WebClient) -> None:
    web.auth_test()
    with pytest.raises(ValueError, match=r"auth.test is no event"):
        workspace.deliver_again(workspace.traffic.calls("auth.test")[0])


def test_the_app_is_told_that_its_events_are_withheld(
    workspace: Workspace, clock: MovableClock, rehearsal: Rehearsal
) -> None:
    workspace.wait_for_acks(1.0)  # it has no listener for it
    clock.advance(seconds=90)
    workspace.tell_rate_limited()

    (told,) = [one.sent for one in workspace.traffic.deliveries("app_rate_limited")]
    assert {name: told[name] for name in ("type", "team_id", "api_app_id")} == {
        "type": "app_rate_limited",
        "team_id": "T0TOUGH",
        "api_app_id": "A0TOUGH",
    }
    assert told["minute_rate_limited"] == int(clock.now().timestamp()) - 30


def test_every_call_may_fail_for_an_hour_of_the_workspaces_time(
    workspace: Workspace, web: WebClient, clock: MovableClock
) -> None:
    workspace.faults.add(Fault(EVERY, error="service_unavailable", lasts=timedelta(hours=1)))
    for _ in range(2):
        with pytest.raises(SlackApiError, match="service_unavailable"):
            web.users_info(user="U0MIA")
        with pytest.raises(SlackApiError, match="service_unavailable"):
            web.team_info()
        clock.advance(minutes=29)
    assert not workspace.faults.all_met

    clock.advance(minutes=2)

    assert web.users_info(user="U0MIA")["ok"]
    assert workspace.faults.all_met


def test_a_fault_may_last_until_it_is_lifted(workspace: Workspace, web: WebClient, clock: MovableClock) -> None:
    workspace.faults.add(Fault("users.info", error="internal_error", times=UNTIL_LIFTED))
    for _ in range(3):
        clock.advance(days=1)
        with pytest.raises(SlackApiError, match="internal_error"):
            web.users_info(user="U0MIA")
        assert web.team_info()["ok"]

    workspace.faults.clear()

    assert web.users_info(user="U0MIA")["ok"]
