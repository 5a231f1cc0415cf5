"""Another organisation in a shared channel, guests, channels and people that change: as Slack tells apps of them."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.demo_seed import HARBOUR_SALES
from bot.emulator.client import Cannot
from bot.emulator.errors import CannotStart
from bot.emulator.model import User
from bot.emulator.screen import screen
from bot.emulator.seed import Seed, SeedChannel
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace
from tests.emulator.rehearsal import Rehearsal
from tests.wire import eventually

SHARED, DEALS = "C0SHARED", "C0DEALS"


@pytest.fixture
def nils(workspace: Workspace) -> Person:
    """A buyer of another organisation, in #acme-shared."""
    return Person(workspace, "nils").goes_to("#acme-shared")


@pytest.fixture
def gwen(workspace: Workspace) -> Person:
    """A guest, in #deals alone."""
    return Person(workspace, "gwen").goes_to("#deals")


def events(workspace: Workspace, kind: str, count: int = 1) -> list[dict[str, Any]]:
    """The payloads of the events of *kind* that the app has heard, once there are *count* of them."""

    def found() -> list[dict[str, Any]]:
        deliveries = workspace.traffic.deliveries(kind)
        return [one.sent for one in deliveries if one.took_ms is not None]

    assert eventually(lambda: len(found()) >= count), f"{len(found())} of {count} events of {kind}"
    return found()


def test_a_shared_channel_tells_which_organisations_it_connects(web: WebClient) -> None:
    shared = web.conversations_info(channel=SHARED)["channel"]
    assert shared["is_ext_shared"]
    assert shared["conversation_host_id"] == "T0TOUGH"
    assert shared["shared_team_ids"] == ["T0TOUGH", "T0NORTHWIND"]
    assert shared["connected_team_ids"] == ["T0NORTHWIND"]
    assert "U0NILS" in web.conversations_members(channel=SHARED)["members"]
    own = web.conversations_info(channel=DEALS)["channel"]
    assert not own["is_ext_shared"]
    assert "shared_team_ids" not in own
    listed = {one["name"]: one["is_ext_shared"] for one in web.conversations_list()["channels"]}
    assert [name for name, is_shared in listed.items() if is_shared] == ["acme-shared"]


def test_outsiders_and_guests_are_told_from_members(web: WebClient) -> None:
    nils, gwen, mia = (web.users_info(user=one)["user"] for one in ("U0NILS", "U0GWEN", "U0MIA"))
    assert (nils["team_id"], nils["profile"]["team"], nils["is_stranger"]) == ("T0NORTHWIND", "T0NORTHWIND", False)
    assert (gwen["team_id"], gwen["is_restricted"], gwen["is_ultra_restricted"]) == ("T0TOUGH", True, True)
    assert (mia["team_id"], mia["is_restricted"], "is_stranger" in mia) == ("T0TOUGH", False, False)
    members: list[str] = []
    cursor = ""
    while not members or cursor:
        answer = web.users_list(limit=3, cursor=cursor)
        members += [one["id"] for one in answer["members"]]
        cursor = answer["response_metadata"]["next_cursor"]
    assert {"U0NILS", "U0GWEN", "U0MIA"} <= set(members)
    assert len(members) == len(set(members))


def test_an_outsider_with_whom_the_app_shares_no_channel_is_a_stranger(web: WebClient, workspace: Workspace) -> None:
    workspace.leave("nils", "acme-shared")
    assert web.users_info(user="U0NILS")["user"]["is_stranger"]
    with pytest.raises(SlackApiError, match="channel_not_found"):
        web.chat_postMessage(channel="U0NILS", text="hello")
    with pytest.raises(SlackApiError, match="user_not_visible"):
        web.conversations_open(users=["U0NILS"])


def test_the_app_may_ask_about_the_organisations_that_it_shares_channels_with(web: WebClient) -> None:
    assert web.team_info(team="T0NORTHWIND")["team"]["name"] == "Northwind"
    assert web.team_info()["team"]["id"] == "T0TOUGH"
    with pytest.raises(SlackApiError, match="team_not_found"):
        web.team_info(team="T0OTHER")


def test_what_an_outsider_writes_comes_with_our_team_and_tells_theirs_inside(
    nils: Person, mia: Person, workspace: Workspace, rehearsal: Rehearsal
) -> None:
    nils.says("hello")
    mia.says("hello", to="#acme-shared")
    mia.says("hello", to="#deals")

    outside, shared, own = events(workspace, "message", 3)
    assert (outside["team_id"], outside["authorizations"][0]["team_id"]) == ("T0TOUGH", "T0TOUGH")
    marks = {name: outside["event"][name] for name in ("team", "user_team", "source_team")}
    assert marks == dict.fromkeys(marks, "T0NORTHWIND")
    assert outside["event"]["user_profile"]["team"] == "T0NORTHWIND"
    assert (shared["event"]["team"], "user_team" in shared["event"]) == ("T0TOUGH", False)
    assert [one["is_ext_shared_channel"] for one in (outside, shared, own)] == [True, True, False]


def test_an_outsiders_click_comes_with_our_team_and_their_window_with_theirs(
    nils: Person, rehearsal: Rehearsal, web: WebClient
) -> None:
    button = {"type": "button", "action_id": "open_form", "text": {"type": "plain_text", "text": "Open"}}
    web.chat_postMessage(channel=SHARED, text="x", blocks=[{"type": "actions", "elements": [button]}])
    nils.sees("Open")
    nils.clicks("Open")
    nils.sees_window("Customer")
    nils.fills("Customer", "nobody")
    nils.fills("How", "Call")
    nils.submits()

    click = next(body for body in rehearsal.heard if body.get("type") == "block_actions")
    assert (click["team"]["id"], click["user"]["team_id"]) == ("T0TOUGH", "T0NORTHWIND")
    sent = next(body for body in rehearsal.heard if body.get("type") == "view_submission")
    assert (sent["team"]["id"], sent["user"]["team_id"]) == ("T0NORTHWIND", "T0NORTHWIND")
    assert sent["view"]["app_installed_team_id"] == "T0TOUGH"


def test_an_outsider_and_a_guest_find_only_the_channels_that_they_are_in(
    nils: Person, gwen: Person, workspace: Workspace
) -> None:
    for person, theirs in ((nils, "acme-shared"), (gwen, "deals")):
        assert workspace.client.channel(person.id, theirs).name == theirs
        listed = workspace.call(screen, workspace.state, workspace.modals, person.id)["channels"]
        assert [one["name"] for one in listed] == [theirs]
        for other in ("general", "escalations"):
            with pytest.raises(Cannot, match="There is no conversation"):
                person.says("hello", to=other)
            with pytest.raises(Cannot, match="There is no conversation"):
                workspace.call(workspace.client.join, person.id, other)


def test_an_outsider_is_not_invited_to_a_channel_that_is_not_shared(mia: Person, workspace: Workspace) -> None:
    mia.says("/invite @nils", to="#deals")
    assert "U0NILS" not in workspace.state.channels[DEALS].members


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"shared_with": ["T0OTHER"]}, r"#w is shared with \['T0OTHER'\]"),
        ({}, r"#w has members of other organisations: \['U1'\]"),
    ],
)
def test_a_seed_with_outsiders_where_they_cannot_be_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(CannotStart, match=said):
        Seed(users=[User("U1", "u", "U", team="T0OTHER")], channels=[SeedChannel("C1", "w", ["U1"], **changed)])
    assert HARBOUR_SALES.organisations[0].id == "T0NORTHWIND"


def test_a_channel_is_made_private_and_keeps_its_id(web: WebClient, workspace: Workspace, rehearsal: Rehearsal) -> None:
    workspace.make_private("deals", by="omar")

    (told,) = events(workspace, "message")
    event = told["event"]
    assert (event["subtype"], event["user"], event["channel_type"]) == ("channel_convert_to_private", "U0OMAR", "group")
    assert web.conversations_info(channel=DEALS)["channel"]["is_private"]
    with pytest.raises(ValueError, match="private already"):
        workspace.make_private("deals")


def test_who_leaves_or_is_removed_sees_nothing_more(workspace: Workspace, rehearsal: Rehearsal) -> None:
    workspace.leave("jonas", "deals")

    (left,) = events(workspace, "member_left_channel")
    assert (left["event"]["user"], left["event"]["channel"]) == ("U0JONAS", DEALS)
    assert events(workspace, "message")[0]["event"]["subtype"] == "channel_leave"
    with pytest.raises(ValueError, match="jonas is not in #deals"):
        workspace.leave("jonas", "deals")


def test_the_app_hears_that_it_was_removed_and_then_nothing(
    mia: Person, web: WebClient, workspace: Workspace, rehearsal: Rehearsal
) -> None:
    workspace.remove_app("deals", by="omar")
    workspace.remove_app("key-accounts")
    mia.says("is anybody there?", to="#deals")

    (left,), (of_group,) = events(workspace, "channel_left"), events(workspace, "group_left")
    assert (left["event"]["channel"], left["event"]["actor_id"]) == (DEALS, "U0OMAR")
    assert of_group["event"]["channel"] == "G0KEY"
    assert workspace.traffic.deliveries("message") == []
    with pytest.raises(SlackApiError, match="not_in_channel"):
        web.conversations_history(channel=DEALS)


def test_whose_account_is_closed_is_in_no_channel_and_cannot_be_written_to(
    web: WebClient, workspace: Workspace, rehearsal: Rehearsal
) -> None:
    workspace.deactivate("jonas")

    (changed,) = events(workspace, "user_change")
    assert (changed["event"]["user"]["id"], changed["event"]["user"]["deleted"]) == ("U0JONAS", True)
    assert "U0JONAS" not in web.conversations_members(channel=DEALS)["members"]
    with pytest.raises(SlackApiError, match="user_disabled"):
        web.chat_postMessage(channel="U0JONAS", text="hello")
