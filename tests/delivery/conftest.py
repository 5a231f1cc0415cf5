"""A database in memory."""

from collections.abc import Iterator

import pytest

from bot.storage.sqlite import MEMORY, SqliteDatabase, open_database


@pytest.fixture
def database() -> Iterator[SqliteDatabase]:
    opened = open_database(MEMORY)
    yield opened
    opened.close()
