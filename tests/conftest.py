"""What the tests share: a workspace, a bot connected to it, a clock that can be moved, a copy of the playbooks."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import app
from bot.config import Settings, shipped_playbooks
from bot.tactics.library import Library
from tests.workspace import BOT_TOKEN, SECRET, Workspace


class MovableClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, **by: float) -> None:
        self._now += timedelta(**by)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own cache of vectors."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def playbooks(tmp_path: Path) -> Path:
    """A copy of the shipped playbooks, to be changed."""
    return Path(shutil.copytree(shipped_playbooks(), tmp_path / "playbooks"))


@pytest.fixture(scope="session")
def library() -> Library:
    """The shipped playbooks with the whole search."""
    return Library(shipped_playbooks())


@pytest.fixture(scope="session")
def words_only() -> Library:
    """The shipped playbooks, searched by words alone: quick to make and to ask."""
    return Library(shipped_playbooks(), semantic=False)


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    running = Workspace().start()
    yield running
    running.stop()


Build = Callable[..., app.Application]


@pytest.fixture
def build(workspace: Workspace, clock: MovableClock, tmp_path: Path, words_only: Library) -> Iterator[Build]:
    """Builds and starts bots that are connected to the workspace over HTTP; words alone unless told otherwise."""
    running: list[app.Application] = []

    def build(*, cards: Library | None = None, **changed: object) -> app.Application:
        values: dict[str, object] = {
            "slack_bot_token": BOT_TOKEN,
            "slack_signing_secret": SECRET,
            "slack_api_url": workspace.api_url,
            "slack_timeout": timedelta(seconds=1),
            "port": 0,
            "database": tmp_path / "bot.db",
            **changed,
        }
        if "playbooks" not in changed:
            cards = cards or words_only
        bot = app.build(Settings(**values), clock, cards=cards)  # type: ignore[arg-type]
        running.append(bot)
        bot.start()
        workspace.bot_url = f"http://127.0.0.1:{bot.port}"
        return bot

    yield build
    for bot in running:
        bot.stop()


@pytest.fixture
def bot(build: Build) -> app.Application:
    return build()
