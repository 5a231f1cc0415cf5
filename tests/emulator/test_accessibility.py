"""
The page as axe sees it, in a real browser: on each screen of the tour nothing that keeps somebody from using it.

axe looks at names, roles and contrast; `test_browser.py` looks at the keyboard.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.app import Application
from bot.config import shipped_manifest
from bot.demo_seed import HARBOUR_SALES
from bot.emulator.clock import MovableClock
from bot.emulator.manifest import read_manifest
from bot.emulator.stories import PATIENCE_S, Person
from bot.emulator.workspace import Workspace
from tests.conftest import Build
from tests.emulator.browser import Window
from tests.emulator.rehearsal import Rehearsal
from tests.wire import other_bot_says

AXE = Path(__file__).resolve().parent / "node_modules" / "axe-core" / "axe.min.js"
if not AXE.exists():
    pytest.skip("axe-core is not there: let make tools fetch it, which needs npm", allow_module_level=True)

GRAVE = ("serious", "critical")
LOOKS = [
    pytest.param({"viewport": {"width": width, "height": height}, "color_scheme": scheme}, id=f"{width}-{scheme}")
    for width, height in ((1440, 900), (390, 844))
    for scheme in ("light", "dark")
]


def grave(window: Window, screen: str) -> list[str]:
    """What axe finds on *screen*, which is shown now: the rule, and where."""
    if not window.page.evaluate("'axe' in window"):
        window.page.evaluate(AXE.read_text())
    window.page.wait_for_timeout(200)  # what slides in has arrived
    found = window.page.evaluate("axe.run(document, { resultTypes: ['violations'] }).then((one) => one.violations)")
    return [
        f"{screen}: {one['id']}: {node['target']}: {node['failureSummary']}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def goes_to(window: Window, place: str) -> None:
    """Open *place*; on a phone from behind the menu."""
    if window.page.is_visible("#menu"):
        window.page.click("#menu")
    window.page.locator("#sidebar").get_by_role("button", name=place).click()


@pytest.mark.parametrize("look", LOOKS)
class TestTheScreensOfTheTour:
    """`/toughcustomer` itself."""

    @pytest.fixture
    def workspace(self, clock: MovableClock) -> Iterator[Workspace]:
        with Workspace(read_manifest(shipped_manifest()), clock, waits_s=PATIENCE_S, seed=HARBOUR_SALES) as running:
            yield running

    @pytest.fixture
    def transport(self) -> str:
        return "socket"

    @pytest.fixture(autouse=True)
    def bot(self, build: Build) -> Application:
        return build(escalation_channels=("C0ESC",), managers=("U0OMAR", "U0PRIYA"), admins=("U0ADA",))

    def test_nothing_grave(self, look: dict[str, Any], open_window: Any, workspace: Workspace, mia: Person) -> None:
        window = open_window(**look)
        found = grave(window, "a channel")
        if window.page.is_visible("#menu"):
            window.page.click("#menu")
            found += grave(window, "the list of people")
            window.page.keyboard.press("Escape")

        window.say("/toughcustomer he wants to talk to my boss right now")
        window.page.locator("#messages .only-you").wait_for()
        window.page.type("#composer", "/")
        found += grave(window, "a private answer, and what completes")
        window.page.fill("#composer", "")

        message = window.page.locator("#messages .message", has_text="talk to my boss").first
        message.hover()
        message.get_by_role("button", name="More actions").click()
        found += grave(window, "the menu of a message")
        window.page.get_by_role("menuitem", name="Reply in thread").click()
        window.say("@toughcustomer", "#thread-composer")
        window.page.locator("#thread-messages .message").nth(2).wait_for()
        found += grave(window, "a thread")
        window.page.get_by_role("button", name="Close the thread").click()

        workspace.do(workspace.client.say("U0OMAR", "mia", "Can you join the call? :bell:"))
        workspace.do(workspace.client.say("U0PRIYA", "mia", "And me?"))
        window.page.locator(".toast").wait_for()
        found += grave(window, "a notice, and one that waits")
        window.page.get_by_role("button", name="Dismiss all").click()

        mia.says("Acme says they will take their business elsewhere over the outage", to="escalations")
        window.act_as("U0OMAR")
        goes_to(window, "toughcustomer")
        window.page.locator("#messages .actions button").first.wait_for()
        found += grave(window, "a direct message")
        goes_to(window, "#escalations")
        window.page.locator("#messages .replies").first.click()
        window.page.locator("#thread-messages .actions button").first.wait_for()
        found += grave(window, "a thread with what may be done about it")
        window.page.get_by_role("button", name="Close the thread").click()
        message = window.page.locator("#messages .message").last
        message.hover()
        message.get_by_role("button", name="More actions").click()
        window.page.get_by_role("menuitem", name="Follow up on this").click()
        window.page.get_by_role("dialog").get_by_role("heading").wait_for()
        found += grave(window, "a modal")
        window.page.keyboard.press("Escape")
        window.page.get_by_role("dialog").wait_for(state="hidden")

        window.page.get_by_role("button", name="Traffic").click()
        window.page.locator("#entries summary").last.click()
        found += grave(window, "the traffic")
        workspace.call(workspace.page.show_stage, caption="Mia has ten seconds.", step="1 of 5", number=1)
        window.page.locator("#caption").wait_for()
        found += grave(window, "a caption of the tour")
        assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_grave_in_what_other_apps_show(
    look: dict[str, Any], open_window: Any, workspace: Workspace, web: WebClient, rehearsal: Rehearsal
) -> None:
    picker = {"type": "multi_users_select", "action_id": "pick", "placeholder": {"type": "plain_text", "text": "Who"}}
    fields = {"type": "section", "text": {"type": "mrkdwn", "text": "~old~ *new* `code`"}, "accessory": picker}
    image = {"type": "image", "image_url": "https://x.example/x.png", "alt_text": "a chart"}
    alert = {"type": "context", "elements": [{"type": "mrkdwn", "text": "<!date^1764000000^{date}|then> <#C0DEALS>"}]}
    web.chat_postMessage(channel="C0DEALS", text="x", blocks=[fields, image, alert])
    ts = other_bot_says(workspace, "hello <@U0MIA> <https://x.example|there>").ts
    workspace.call(workspace.client.react, "U0OMAR", "C0DEALS", ts, "eyes")
    window = open_window(**look)
    found = grave(window, "other blocks, a mention, a reaction")
    window.say("/rehearse form")
    window.page.get_by_role("dialog").get_by_role("button", name="Keep").click()
    window.page.get_by_text("Please complete this required field.").first.wait_for()
    found += grave(window, "a modal with mistakes")
    window.page.keyboard.press("Escape")
    window.page.get_by_role("dialog").wait_for(state="hidden")
    goes_to(window, "rehearsal")
    window.page.get_by_role("tab", name="Home").click()
    window.sees("Your open items", "#home")
    found += grave(window, "the Home tab")
    window.page.get_by_role("tab", name="Messages").click()
    goes_to(window, "#random")
    message = window.page.locator("#messages .message").last
    message.hover()
    message.get_by_role("button", name="More actions").click()
    found += grave(window, "a channel that one is in")
    window.page.keyboard.press("Escape")
    window.act_as("U0PRIYA")
    goes_to(window, "#random")
    found += grave(window, "a channel that one could join")
    rehearsal.stop()
    assert not found, "\n" + "\n".join(found)
