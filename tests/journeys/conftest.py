"""
Journeys run over Socket Mode and over HTTP.

After each of them nothing may have come that nobody in the story has seen, and nobody may have read what is not theirs.
"""

from collections.abc import Iterator

import pytest

from bot.emulator.stories import unexpected
from bot.emulator.workspace import Workspace
from tests.readers import assert_no_leaks


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def _nothing_unexpected(workspace: Workspace) -> Iterator[None]:
    yield
    assert [seen.text for seen in unexpected(workspace)] == []


@pytest.fixture(autouse=True)
def _nobody_reads_what_is_not_theirs(workspace: Workspace) -> Iterator[None]:
    yield
    assert_no_leaks(workspace)
