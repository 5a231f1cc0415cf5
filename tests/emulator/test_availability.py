"""Statuses and paused notifications, as Slack tells an app of them: in answers, and in events."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.demo_seed import HARBOUR_SALES
from bot.emulator.clock import MovableClock
from bot.emulator.manifest import manifest_of
from bot.emulator.workspace import Workspace
from tests.emulator.rehearsal import MANIFEST, Rehearsal
from tests.wire import eventually

WITHOUT_DND = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}


def events(workspace: Workspace, kind: str, count: int = 1) -> list[dict[str, Any]]:
    """The events of *kind* that the app has heard, once there are *count* of them."""
    assert eventually(lambda: len(workspace.traffic.deliveries(kind)) >= count)
    return [one.sent["event"] for one in workspace.traffic.deliveries(kind)]


def status(web: WebClient, user: str = "U0MIA") -> tuple[str, str, int]:
    profile = web.users_info(user=user)["user"]["profile"]
    return profile["status_text"], profile["status_emoji"], profile["status_expiration"]


def in_hours(workspace: Workspace, hours: float) -> datetime:
    return workspace.clock.now() + timedelta(hours=hours)


def seconds(when: datetime) -> int:
    return int(when.timestamp())


@pytest.mark.usefixtures("rehearsal")
class TestStatus:
    def test_a_status_is_told_in_answers_and_in_events(self, workspace: Workspace, web: WebClient) -> None:
        back = in_hours(workspace, 48)
        workspace.set_status("mia", "On holiday", ":palm_tree:", until=back)

        assert status(web) == ("On holiday", ":palm_tree:", seconds(back))
        listed = {one["id"]: one["profile"] for one in web.users_list()["members"]}
        assert (listed["U0MIA"]["status_text"], listed["U0OMAR"]["status_text"]) == ("On holiday", "")
        for kind in ("user_change", "user_status_changed"):
            (event,) = events(workspace, kind)
            assert event["user"]["id"] == "U0MIA"
            assert event["user"]["profile"]["status_expiration"] == seconds(back)

    def test_a_status_without_end_stays_until_it_is_cleared(self, workspace: Workspace, web: WebClient) -> None:
        workspace.set_status("mia", "Working from home")
        assert status(web) == ("Working from home", ":speech_balloon:", 0)
        workspace.advance(days=30)
        assert status(web)[0] == "Working from home"

        workspace.clear_status("mia")
        assert status(web) == ("", "", 0)
        assert events(workspace, "user_change", 2)[1]["user"]["profile"]["status_text"] == ""

    def test_a_status_ends_when_its_time_has_come(self, workspace: Workspace, web: WebClient) -> None:
        workspace.set_status("mia", "Lunch", ":bento:", until=in_hours(workspace, 1))
        workspace.advance(minutes=59)
        assert status(web)[0] == "Lunch"
        workspace.advance(minutes=1)
        assert status(web) == ("", "", 0)
        ended = events(workspace, "user_change", 2)[1]["user"]["profile"]
        assert (ended["status_text"], ended["status_emoji"], ended["status_expiration"]) == ("", "", 0)

    def test_a_move_of_the_clock_stops_where_a_status_ends(self, workspace: Workspace) -> None:
        stops: list[datetime] = []

        def settle() -> None:
            stops.append(workspace.clock.now())

        workspace.moves.settle = settle
        end = in_hours(workspace, 1)
        workspace.set_status("mia", "Lunch", until=end)
        workspace.advance(hours=3)
        assert end in stops

    def test_nobody_hears_of_it_who_did_not_ask(self, clock: MovableClock) -> None:
        asked = manifest_of(MANIFEST)
        deaf = replace(asked, events=asked.events - {"user_change", "user_status_changed", "dnd_updated_user"})
        with Workspace(deaf, clock, seed=HARBOUR_SALES) as workspace:
            app = Rehearsal(workspace).start()
            workspace.set_status("mia", "On holiday")
            workspace.pause_notifications("mia", until=in_hours(workspace, 1))
            workspace.client.channel("U0MIA", "deals")
            workspace.do(workspace.client.say("U0MIA", "deals", "hello"))
            events(workspace, "message")  # events come in order
            app.stop()
            assert not workspace.traffic.deliveries("user_change")
            assert not workspace.traffic.deliveries("dnd_updated_user")


def test_what_slack_would_not_take_as_a_status_is_refused(workspace: Workspace) -> None:
    with pytest.raises(ValueError, match="100 characters"):
        workspace.set_status("mia", "x" * 101)
    with pytest.raises(ValueError, match="no emoji"):
        workspace.set_status("mia", "x", "palm_tree")
    with pytest.raises(ValueError, match="has passed"):
        workspace.set_status("mia", "x", until=workspace.clock.now())
    with pytest.raises(ValueError, match="no time zone"):
        workspace.set_status("mia", "x", until=datetime(2030, 1, 1))  # noqa: DTZ001 - that is what is refused
    with pytest.raises(ValueError, match="clear it"):
        workspace.set_status("mia")
    with pytest.raises(ValueError, match="no status"):
        workspace.clear_status("mia")
    with pytest.raises(ValueError, match="nobody called"):
        workspace.set_status("zoe", "x")


class TestDoNotDisturb:
    def test_a_pause_by_hand_is_seen_by_others_as_its_time_alone(self, workspace: Workspace, web: WebClient) -> None:
        assert web.dnd_info(user="U0OMAR").data == {"ok": True, **WITHOUT_DND}
        begun, end = workspace.clock.now(), in_hours(workspace, 2)
        workspace.pause_notifications("omar", until=end)

        told = web.dnd_info(user="U0OMAR")
        assert told["dnd_enabled"]
        assert (told["next_dnd_start_ts"], told["next_dnd_end_ts"]) == (seconds(begun), seconds(end))
        # Slack's page on dnd.info: "visible if the user being queried is also the current user"
        assert not [name for name in told.data if name.startswith("snooze")]

        workspace.resume_notifications("omar")
        assert web.dnd_info(user="U0OMAR").data == {"ok": True, **WITHOUT_DND}

    def test_a_pause_is_over_when_its_time_has_come(self, workspace: Workspace, web: WebClient) -> None:
        workspace.pause_notifications("omar", until=in_hours(workspace, 2))
        workspace.advance(hours=2)
        assert not web.dnd_info(user="U0OMAR")["dnd_enabled"]
        with pytest.raises(ValueError, match="has not paused"):
            workspace.resume_notifications("omar")

    def test_whoever_asks_about_themselves_is_told_of_the_snooze(self, workspace: Workspace, web: WebClient) -> None:
        assert not web.dnd_info()["snooze_enabled"]
        end = in_hours(workspace, 1)
        workspace.pause_notifications(workspace.state.bot_user_id, until=end)
        own = web.dnd_info(user=workspace.state.bot_user_id)
        assert (own["snooze_enabled"], own["snooze_is_indefinite"]) == (True, False)
        assert (own["snooze_endtime"], own["snooze_remaining"]) == (seconds(end), 3600)

    def test_several_people_are_asked_for_at_once(self, workspace: Workspace, web: WebClient) -> None:
        workspace.pause_notifications("omar", until=in_hours(workspace, 2))
        users = web.dnd_teamInfo(users="U0MIA,U0OMAR")["users"]
        assert {user: one["dnd_enabled"] for user, one in users.items()} == {"U0MIA": False, "U0OMAR": True}
        with pytest.raises(SlackApiError, match="no_users_provided"):
            web.dnd_teamInfo(users="")
        with pytest.raises(SlackApiError, match="invalid_arguments"):
            web.dnd_teamInfo(users=["U0MIA"] * 51)

    @pytest.mark.usefixtures("rehearsal")
    def test_a_pause_and_its_end_by_hand_are_told(self, workspace: Workspace) -> None:
        end = in_hours(workspace, 2)
        workspace.pause_notifications("omar", until=end)
        workspace.resume_notifications("omar")
        paused, resumed = events(workspace, "dnd_updated_user", 2)
        assert (paused["user"], paused["dnd_status"]["dnd_enabled"]) == ("U0OMAR", True)
        assert paused["dnd_status"]["next_dnd_end_ts"] == seconds(end)
        assert resumed["dnd_status"] == WITHOUT_DND

    def test_the_scope_is_asked_for(self, clock: MovableClock) -> None:
        asked = manifest_of(MANIFEST)
        without = replace(asked, scopes=tuple(one for one in asked.scopes if one != "dnd:read"))
        assert asked.hears("dnd_updated_user")
        assert not without.hears("dnd_updated_user")
        with Workspace(without, clock, seed=HARBOUR_SALES) as workspace:
            web = WebClient(workspace.tokens.bot, base_url=workspace.api_url)
            with pytest.raises(SlackApiError, match="missing_scope"):
                web.dnd_info(user="U0OMAR")
