"""A real headless browser, Debian's chromium driven by playwright; tests that need it are skipped where it is not."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

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
    """A browser with a profile of its own. Skips the test where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make test installs it")
    path = chromium()
    if path is None:
        pytest.skip("Chromium is not installed: install it, or run make tools, which does so as root on Debian")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=_FLAGS, timeout=PATIENCE_S * 1000)
        yield running
        running.close()
