"""What the tests of escalations share: a clock that is moved, a real SQLite, a desk."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.emulator.clock import MovableClock
from bot.storage.database import Database
from bot.storage.sqlite import open_database
from tests.escalations.case_desk import Desk


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 11, 24, 10, 0, tzinfo=UTC), running=False)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "bot.db")
    yield opened
    opened.close()


@pytest.fixture
def desk(database: Database, clock: MovableClock) -> Desk:
    return Desk(database, clock)
