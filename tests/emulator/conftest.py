"""A workspace in which the rehearsal app is installed, with every right that it can have."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.demo_seed import HARBOUR_SALES
from bot.emulator.clock import MovableClock
from bot.emulator.manifest import manifest_of
from bot.emulator.stories import PATIENCE_S
from bot.emulator.workspace import Workspace
from tests.conftest import hold_to_slacks_types
from tests.emulator.browser import Window, browser
from tests.emulator.rehearsal import MANIFEST, Rehearsal


@pytest.fixture
def workspace(clock: MovableClock, request: pytest.FixtureRequest) -> Iterator[Workspace]:
    running = Workspace(manifest_of(MANIFEST), clock, waits_s=PATIENCE_S, seed=HARBOUR_SALES).start()
    yield running
    running.stop()
    if request.node.get_closest_marker("odd_payloads") is None:
        hold_to_slacks_types(running)


@pytest.fixture
def web(workspace: Workspace) -> WebClient:
    """slack_sdk's own client, which tries nothing twice."""
    return WebClient(workspace.tokens.bot, base_url=workspace.api_url, retry_handlers=[], timeout=int(PATIENCE_S))


@pytest.fixture
def rehearsal(workspace: Workspace) -> Iterator[Rehearsal]:
    app = Rehearsal(workspace).start()
    yield app
    app.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser for all tests of a module."""
    with browser() as running:
        yield running


@pytest.fixture
def open_window(chromium: Any, workspace: Workspace) -> Iterator[Any]:
    """Opens windows on the page; nothing in them may complain."""
    windows: list[Window] = []

    def open_one(**context: Any) -> Window:
        windows.append(Window(chromium, workspace, **context))
        return windows[-1]

    yield open_one
    for window in windows:
        window.context.close()
        assert window.errors == []
