"""A real headless browser, Debian's chromium driven by playwright; tests that need it are skipped where it is not."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.emulator.stories import PATIENCE_S

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_FLAGS += ["--disable-component-update", "--disable-sync"]


def chromium() -> str | None:
    """Where chromium is installed, if it is."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


@contextmanager
def browser() -> Iterator[Any]:
    """A browser with a profile of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=_FLAGS, timeout=PATIENCE_S * 1000)
        yield running
        running.close()
