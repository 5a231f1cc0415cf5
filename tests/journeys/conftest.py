"""Journeys run over Socket Mode and over HTTP, and nothing may come that nobody in the story has seen."""

from collections.abc import Iterator

import pytest

from bot.emulator.stories import unexpected
from bot.emulator.workspace import Workspace


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def _nothing_unexpected(workspace: Workspace) -> Iterator[None]:
    yield
    assert [seen.text for seen in unexpected(workspace)] == []
