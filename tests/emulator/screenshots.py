"""Takes the two screenshots of the README: `make screenshots`, after a change of the page."""

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


def shoot(workspace: Workspace, running: Any, name: str, viewport: dict[str, int], **context: Any) -> None:
    workspace.call(workspace.client.read, "U0MIA", "deals")
    page = running.new_context(viewport=viewport, **context).new_page()
    page.goto(workspace.page_url)
    page.wait_for_selector("#messages .only-you")
    page.wait_for_timeout(400)
    page.screenshot(path=FOLDER / name)


if __name__ == "__main__":
    main()
