"""A backup is put back, and what people see: no reminder a second time, no number twice; a lost file ends the bot."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import Application
from bot.emulator.clock import MovableClock
from bot.emulator.stories import Person
from bot.storage.backup import back_up
from bot.storage.restore import restore
from tests.conftest import Build
from tests.wire import eventually


@pytest.mark.odd_payloads  # Slack's types know no metadata of ours in a history
def test_a_reminder_of_the_lost_time_does_not_come_again_and_what_is_new_gets_a_new_number(
    build: Build, mia: Person, omar: Person, clock: MovableClock, tmp_path: Path
) -> None:
    bot = build()
    mia.says("/toughcustomer follow-up Acme in 30 minutes send the options")
    mia.sees("I will remind you", "F1")
    back_up(tmp_path / "bot.db", tmp_path / "copy.db")
    clock.advance(minutes=30)
    omar.sees(":bell:", "send the options")
    mia.says("/toughcustomer follow-up Bolt tomorrow 3pm call")
    mia.sees("I will remind you", "F2")
    bot.stop()

    clock.advance(minutes=5)
    restore(tmp_path / "bot.db", tmp_path / "copy.db", clock.now())
    again = build()

    database = again.core.database
    assert eventually(lambda: database.rows("SELECT state FROM outbox WHERE subject = 'F1'") == [{"state": "sent"}])
    omar.sees_nothing_new(within=1.0)
    mia.says("/toughcustomer follow-up Cargo tomorrow 4pm call")
    mia.sees("I will remind you", "F2001")


def _delete(path: Path) -> None:
    path.unlink()


def _exchange(path: Path) -> None:
    shutil.copyfile(path, path.with_name("other.db"))
    path.with_name("other.db").replace(path)


@pytest.mark.parametrize("meddle", [_delete, _exchange])
def test_when_its_file_is_gone_nothing_is_promised_and_the_bot_ends_to_be_started_anew(
    bot: Application, mia: Person, tmp_path: Path, meddle: Callable[[Path], None]
) -> None:
    meddle(tmp_path / "bot.db")

    mia.says("/toughcustomer follow-up Acme tomorrow 3pm send it")
    mia.sees("I could not store that")

    assert bot.wait() is False
