"""
What the tests share: the emulated workspace, a bot connected to it, its people, a clock, a copy of the playbooks.

Whatever passes between Slack and the bot in any test is held to Slack's own types afterwards, where node is there.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot import app
from bot.config import Settings, shipped_manifest, shipped_playbooks
from bot.core import Feature
from bot.demo_seed import HARBOUR_SALES
from bot.emulator.clock import MovableClock
from bot.emulator.manifest import read_manifest
from bot.emulator.stories import PATIENCE_S, Person
from bot.emulator.workspace import Workspace
from bot.tactics.playbook.watcher import PlaybookWatcher
from tests.payloads.schemas import NotHere, load
from tests.wire import Wire

SLACK_WAITS = timedelta(seconds=PATIENCE_S)  # no test fails because the machine is busy
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own cache of vectors."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def clock() -> MovableClock:
    """A Monday morning that lasts until somebody moves it."""
    return MovableClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), running=False)


@pytest.fixture
def playbooks(tmp_path: Path) -> Path:
    """A copy of the shipped playbooks, to be changed."""
    return Path(shutil.copytree(shipped_playbooks(), tmp_path / "playbooks"))


@pytest.fixture(scope="session")
def library() -> PlaybookWatcher:
    """The shipped playbooks with the whole search."""
    return PlaybookWatcher(shipped_playbooks())


@pytest.fixture(scope="session")
def words_only() -> PlaybookWatcher:
    """The shipped playbooks, searched by words alone: quick to make and to ask."""
    return PlaybookWatcher(shipped_playbooks(), semantic=False)


@pytest.fixture
def workspace(clock: MovableClock, request: pytest.FixtureRequest) -> Iterator[Workspace]:
    running = Workspace(read_manifest(shipped_manifest()), clock, waits_s=PATIENCE_S, seed=HARBOUR_SALES).start()
    yield running
    running.stop()
    if request.node.get_closest_marker("odd_payloads") is None:
        hold_to_slacks_types(running)


def hold_to_slacks_types(workspace: Workspace) -> None:
    """Fail for any payload, in either direction, that is not of Slack's type for it. Without node, look at none."""
    try:
        schemas = load()
    except NotHere:
        return  # test_payloads.py tells of it
    problems = [problem for entry in workspace.traffic.entries for problem in schemas.problems_in(entry)]
    assert problems == []


@pytest.fixture
def transport() -> str:
    """How Slack reaches the bot: "http", or "socket" in tests that ask for it."""
    return "http"


Build = Callable[..., app.Application]


@pytest.fixture
def build(
    workspace: Workspace, clock: MovableClock, tmp_path: Path, words_only: PlaybookWatcher, transport: str
) -> Iterator[Build]:
    """Builds and starts bots that are connected to the workspace; words alone unless told otherwise."""
    running: list[app.Application] = []

    def build(
        *, cards: PlaybookWatcher | None = None, more: Sequence[Feature] = (), **changed: object
    ) -> app.Application:
        values: dict[str, object] = {
            "slack_bot_token": workspace.tokens.bot,
            "slack_signing_secret": workspace.tokens.signing_secret if transport == "http" else "",
            "slack_app_token": workspace.tokens.app if transport == "socket" else "",
            "slack_api_url": workspace.api_url,
            "slack_timeout": timedelta(seconds=PATIENCE_S),
            "port": 0,
            "database": tmp_path / "bot.db",
            **changed,
        }
        if "playbooks" not in changed:
            cards = cards or words_only
        bot = app.build(Settings(**values), clock, cards=cards, more=more, slack_waits=SLACK_WAITS)  # type: ignore[arg-type]
        running.append(bot)
        bot.start()
        if transport == "http":
            assert workspace.deliver_to(f"http://127.0.0.1:{bot.port}/slack/events") == ""
        return bot

    yield build
    for bot in running:
        bot.stop()


@pytest.fixture
def bot(build: Build) -> app.Application:
    return build()


@pytest.fixture
def wire(bot: app.Application, workspace: Workspace) -> Wire:
    """Signed requests to the running bot, as they should be and as they should not."""
    return Wire(workspace, f"http://127.0.0.1:{bot.port}")


@pytest.fixture
def mia(workspace: Workspace) -> Person:
    """A rep, in #deals."""
    return Person(workspace, "mia")


@pytest.fixture
def omar(workspace: Workspace) -> Person:
    """Her manager, in #deals."""
    return Person(workspace, "omar")
