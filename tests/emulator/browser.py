"""A real headless browser, Debian's chromium driven by playwright; tests that need it are skipped where it is not."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from bot.emulator.stories import PATIENCE_S
from bot.emulator.workspace import Workspace
from tests.wire import eventually

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_FLAGS += ["--disable-component-update", "--disable-sync"]


def chromium() -> str | None:
    """Where chromium is installed, if it is."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


@contextmanager
def browser(env: Mapping[str, str] | None = None) -> Iterator[Any]:
    """A browser with a profile of its own; *env* is added to its environment. Skips where none is installed."""
    if chromium() is None:
        pytest.skip("Chromium is not installed: install it, or let make tools do so (as root on Debian)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium(), args=_FLAGS, timeout=PATIENCE_S * 1000, env={**os.environ, **(env or {})}
        )
        yield running
        running.close()


class Window:
    """One browser window on the page; *errors* are what its console complains of."""

    def __init__(
        self, chromium: Any, workspace: Workspace, *, sees: str = "#messages .message", **context: Any
    ) -> None:
        self.errors: list[str] = []
        self.context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **context})
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_S * 1000)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        self.page.goto(workspace.page_url)
        self.page.wait_for_selector(sees)

    def say(self, text: str, box: str = "#composer") -> None:
        self.page.fill(box, text)
        self.page.press(box, "Enter")

    def act_as(self, user: str) -> None:
        self.page.select_option("#acting", user)
        name = self.page.locator("#acting option:checked").text_content().split(" ·")[0]
        self.until(f"!document.querySelector('#sidebar').textContent.includes('{name}')")

    def sees(self, text: str, within: str = "#messages") -> Any:
        found = self.page.locator(within).get_by_text(text).last
        found.wait_for()
        return found

    def until(self, expression: str) -> None:
        """Wait until *expression* is true in the page. (The page's own policy forbids playwright's way of waiting.)"""
        assert eventually(lambda: bool(self.page.evaluate(expression))), expression

    def focus(self) -> str:
        return str(self.page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.id"))
