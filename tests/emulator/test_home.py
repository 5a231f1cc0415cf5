"""The Home tab: who may open it, what is told of a click in it, and what Slack refuses to show there."""

from dataclasses import replace
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.demo_seed import HARBOUR_SALES
from bot.emulator.clock import MovableClock
from bot.emulator.controls import row_text
from bot.emulator.manifest import manifest_of
from bot.emulator.stories import Person, StoryBroken
from bot.emulator.workspace import Workspace
from tests.emulator.rehearsal import MANIFEST, Rehearsal, home, plain
from tests.wire import eventually


def clicks(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    return [body for body in rehearsal.heard if body.get("type") == "block_actions"]


def chosen(label: str, value: str) -> dict[str, Any]:
    """An option as it comes back."""
    return {"text": {**plain(label), "emoji": True}, "value": value}


class TestWithAnApp:
    def test_opening_it_returns_what_the_app_shows_there(self, mia: Person, rehearsal: Rehearsal) -> None:
        assert "Globex" in mia.opens_home("Acme")
        rehearsal.items.remove("Globex")
        assert "Globex" not in mia.opens_home()  # drawn anew, and waited for
        opened = [body["event"] for body in rehearsal.heard if "event" in body]
        assert [(one["type"], one["tab"], "view" in one) for one in opened] == [
            ("app_home_opened", "home", False),
            ("app_home_opened", "home", True),
        ]

    def test_a_click_carries_the_view_and_may_open_a_modal(self, mia: Person, rehearsal: Rehearsal) -> None:
        mia.opens_home()
        mia.clicks_in_home("Add one")
        mia.sees_window("A promise")
        (click,) = clicks(rehearsal)
        assert click["container"] == {"type": "view", "view_id": click["view"]["id"]}
        assert (click["view"]["type"], click["view"]["app_installed_team_id"]) == ("home", "T0TOUGH")
        assert click["trigger_id"]
        assert not {"response_url", "channel", "message", "state"} & set(click)

    def test_the_row_tells_which_of_many_buttons_is_meant(self, mia: Person, rehearsal: Rehearsal) -> None:
        mia.opens_home()
        with pytest.raises(StoryBroken, match="3 times in Home"):
            mia.clicks_in_home("Done")
        with pytest.raises(StoryBroken, match="0 times in Home"):
            mia.clicks_in_home("Done", row="Umbrella")
        mia.clicks_in_home("Done", row="Globex")
        assert eventually(lambda: "Globex" not in mia.sees_home())
        assert clicks(rehearsal)[-1]["actions"][0]["value"] == "Globex"

    def test_an_option_of_an_overflow_menu_is_told_and_leaves_no_state(self, mia: Person, rehearsal: Rehearsal) -> None:
        mia.opens_home()
        mia.chooses_in_home("Drop", row="Initech")
        mia.sees_home("2 *open*")
        (click,) = clicks(rehearsal)
        (action,) = click["actions"]
        assert (action["type"], action["action_id"]) == ("overflow", "more_of_item")
        assert action["selected_option"] == chosen("Drop", "drop Initech")
        assert set(click["view"]["state"]["values"]) == {"top", "kinds"}

    def test_menus_and_boxes_are_told_and_stay_when_it_is_drawn_anew(self, mia: Person, rehearsal: Rehearsal) -> None:
        mia.opens_home()
        mia.chooses_in_home("Only mine", row="Whose")
        mia.ticks_in_home("All of them", row="What")
        mia.opens_home()
        values = clicks(rehearsal)[-1]["view"]["state"]["values"]
        assert values["top"]["filter"]["selected_option"]["value"] == "only mine"
        view = mia.workspace.modals.as_json(mia.workspace.modals.homes[mia.id])
        assert [one["value"] for one in view["state"]["values"]["kinds"]["kinds"]["selected_options"]] == [
            "all of them"
        ]

    def test_a_guest_opens_it_and_each_person_sees_their_own(
        self, mia: Person, workspace: Workspace, rehearsal: Rehearsal
    ) -> None:
        gwen = Person(workspace, "gwen")
        assert "Acme" in gwen.opens_home()
        rehearsal.items.clear()
        assert "Acme" not in mia.opens_home()
        assert "Acme" in gwen.sees_home()

    def test_whoever_was_deactivated_opens_it_no_more(self, mia: Person, workspace: Workspace) -> None:
        workspace.deactivate("mia")
        with pytest.raises(StoryBroken, match="deactivated"):
            mia.opens_home()

    def test_an_overflow_menu_works_in_messages_too(self, mia: Person, rehearsal: Rehearsal, web: WebClient) -> None:
        rows = home(["Acme", "Globex"])["blocks"]
        web.chat_postMessage(channel="C0DEALS", text="Open items", blocks=rows)
        message = mia.sees("Globex")
        mia.chooses("Keep", on=message, row="Globex")
        (click,) = clicks(rehearsal)
        assert click["actions"][0]["selected_option"] == chosen("Keep", "keep Globex")
        assert click["container"]["type"] == "message"


def test_an_app_without_a_home_tab_has_none_to_open(clock: MovableClock) -> None:
    manifest = replace(manifest_of(MANIFEST), home_tab=False)
    with Workspace(manifest, clock, seed=HARBOUR_SALES) as workspace:
        with pytest.raises(StoryBroken, match="rehearsal has no Home tab"):
            Person(workspace, "mia").opens_home()
        web = WebClient(workspace.tokens.bot, base_url=workspace.api_url)
        with pytest.raises(SlackApiError, match="not_enabled"):
            web.views_publish(user_id="U0MIA", view=home([]))


@pytest.mark.odd_payloads
def test_what_slack_would_not_publish_is_refused(workspace: Workspace, web: WebClient) -> None:
    def refused(user: str, view: dict[str, Any]) -> tuple[str, str]:
        with pytest.raises(SlackApiError) as caught:
            web.views_publish(user_id=user, view=view)
        answer = caught.value.response
        return answer["error"], " ".join(answer.get("response_metadata", {}).get("messages", []))

    nobody = ("invalid_arguments", "[ERROR] invalid `user_id`")
    workspace.deactivate("jonas")
    assert refused("U0NOBODY", home([])) == nobody
    assert refused("U0TOUGH", home([])) == nobody
    assert refused("U0JONAS", home([])) == nobody
    divider = {"type": "divider"}
    web.views_publish(user_id="U0MIA", view={"type": "home", "blocks": [divider] * 100})
    assert "no more than 100 items" in refused("U0MIA", {"type": "home", "blocks": [divider] * 101})[1]
    long = {"type": "section", "text": plain("x" * 3000)}
    assert refused("U0MIA", {"type": "home", "blocks": [long] * 84})[0] == "view_too_large"


@pytest.mark.odd_payloads
@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (6, "no more than 5 items"),
        (0, "at least 1 item"),
        ({"text": {"type": "mrkdwn", "text": "*x*"}, "value": "x"}, "plain_text"),
        ({"text": plain("x"), "value": "x", "url": "u" * 3001}, "less than 3001"),
    ],
)
def test_an_overflow_menu_that_slack_would_refuse_is_refused(web: WebClient, options: Any, problem: str) -> None:
    one = {"text": plain("x"), "value": "x"}
    menu = {
        "type": "overflow",
        "action_id": "a",
        "options": [one] * options if isinstance(options, int) else [options],
    }
    with pytest.raises(SlackApiError) as caught:
        web.views_publish(user_id="U0MIA", view={"type": "home", "blocks": [{"type": "actions", "elements": [menu]}]})
    assert problem in str(caught.value.response["response_metadata"])


def test_a_row_of_buttons_belongs_to_the_text_above_it() -> None:
    blocks = home(["Acme", "Globex"])["blocks"]
    buttons = [block for block in blocks if block["type"] == "actions"]
    assert "Acme" in row_text(buttons[1], blocks)
    assert "Globex" not in row_text(buttons[1], blocks)
    assert "Acme" not in row_text(buttons[0], blocks)
