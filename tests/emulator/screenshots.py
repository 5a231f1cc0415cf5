"""Takes the screenshots of the README and of docs/commands.md: `make screenshots`, after a change of what they show."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import app, demo
from bot.config import Settings, shipped_manifest
from bot.demo_seed import HARBOUR_SALES
from bot.emulator.clock import MovableClock
from bot.emulator.manifest import read_manifest
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace
from tests.emulator.browser import browser

TROUBLE = (
    "Nordwind: Ms Lang just told me they will cancel if the import isn't fixed by tomorrow. 120k a year, and we "
    "already missed two dates. Can you call her today?"
)
FOLDER = Path(__file__).resolve().parents[2] / "docs"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    clock = MovableClock(datetime(2026, 11, 23, 8, 42, tzinfo=UTC), running=False)
    workspace = Workspace(read_manifest(shipped_manifest()), clock, seed=HARBOUR_SALES).start()
    with tempfile.TemporaryDirectory() as folder:
        bot = app.build(demo.settings_for(workspace, Settings(), Path(folder)), workspace.clock)
        bot.start()
        try:
            with browser() as running:
                take(workspace, running)
                take_a_home(workspace, running)
                take_a_case(workspace, running)
        finally:
            bot.stop()
            workspace.stop()


def take(workspace: Workspace, running: Any) -> None:
    mia = Person(workspace, "mia")
    mia.says("/toughcustomer he wants to talk to my boss right now")
    mia.sees("Offer your manager")
    shoot(workspace, running, "demo-light.png", {"width": 1280, "height": 860})
    mia.clicks("Share")
    workspace.advance(timedelta(minutes=1))
    shoot(workspace, running, "demo-dark-phone.png", {"width": 390, "height": 844}, color_scheme="dark")


def take_a_home(workspace: Workspace, running: Any) -> None:
    """What is Mia's, on a screen and on a phone in the dark."""
    mia = Person(workspace, "mia").goes_to("deals")
    for typed in (
        "follow-up Acme in 10 minutes send the three options",
        "promise Borealis today 16:30 call back about the credit note",
        "promise Nordwind thursday 12:00 send the import report",
        "follow-up Initech every monday 9:00 look at their usage",
    ):
        mia.says(f"/toughcustomer {typed}")
        mia.sees((typed.split(maxsplit=1)[0] == "promise" and "Promise saved") or "I will remind")
    workspace.advance(timedelta(minutes=11))
    mia.sees(":bell:", "three options")
    for name, viewport, context in (
        ("home-light.png", {"width": 1000, "height": 900}, {}),
        ("home-dark-phone.png", {"width": 390, "height": 844}, {"color_scheme": "dark"}),
    ):
        window = running.new_context(viewport=viewport, **context).new_page()
        window.goto(workspace.page_url)
        window.wait_for_selector("#messages .message")
        open_place(window, "toughcustomer")
        window.get_by_role("tab", name="Home").click()
        window.wait_for_selector("#home >> text=three options")
        window.wait_for_timeout(600)
        window.screenshot(path=FOLDER / name)


def take_a_case(workspace: Workspace, running: Any) -> None:
    """The page, the ledger, the queue, and the form that ends a case."""
    mia, omar = Person(workspace, "mia").goes_to("escalations"), Person(workspace, "omar")
    mia.says(TROUBLE)
    page = omar.sees("Nordwind needs you", where="toughcustomer")
    mia.sees("was paged", where="escalations")
    show(workspace, running, "case-page.png", "U0OMAR", "toughcustomer")
    omar.clicks("I have it", on=page)
    ledger = mia.sees("has it until", where="escalations")
    show(workspace, running, "case-ledger-phone.png", "U0MIA", "escalations", phone=True, color_scheme="dark")
    mia.goes_to("deals").says("/toughcustomer escalate Borealis: he is shouting at our support engineer")
    omar.sees("Borealis needs you", where="toughcustomer")
    omar.goes_to("general").says("/toughcustomer escalations")
    omar.sees("2 open escalations")
    show(workspace, running, "case-queue.png", "U0OMAR", "general")
    window = running.new_context(viewport={"width": 1000, "height": 760}).new_page()
    window.goto(workspace.page_url)
    open_place(window, "escalations")
    window.locator(".replies").first.click()
    window.get_by_role("button", name="Resolve").last.click()
    window.wait_for_selector("dialog[open]")
    window.wait_for_timeout(500)
    window.screenshot(path=FOLDER / "case-end.png")
    assert ledger


def show(
    workspace: Workspace, running: Any, name: str, who: str, place: str, *, phone: bool = False, **context: Any
) -> None:
    """What *who* sees in *place*; on a phone in the first thread of it."""
    viewport = {"width": 390, "height": 844} if phone else {"width": 1000, "height": 640}
    window = running.new_context(viewport=viewport, **context).new_page()
    window.goto(workspace.page_url)
    window.wait_for_selector("#messages .message")
    if who != "U0MIA":
        window.select_option("#acting", who)
    open_place(window, place)
    if phone:
        window.locator(".replies").first.click()
    window.wait_for_timeout(800)
    window.screenshot(path=FOLDER / name)


def open_place(window: Any, place: str) -> None:
    """Open a channel or conversation of the list; on a phone from behind the menu."""
    if window.is_visible("#menu"):
        window.click("#menu")
    window.locator("#sidebar").get_by_role("button", name=place).click()
    window.wait_for_timeout(500)


def shoot(workspace: Workspace, running: Any, name: str, viewport: dict[str, int], **context: Any) -> None:
    workspace.call(workspace.client.read, "U0MIA", "deals")
    page = running.new_context(viewport=viewport, **context).new_page()
    page.goto(workspace.page_url)
    page.wait_for_selector("#messages .only-you")
    page.wait_for_timeout(400)
    page.screenshot(path=FOLDER / name)


if __name__ == "__main__":
    main()
