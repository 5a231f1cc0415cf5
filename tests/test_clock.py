"""Instants are kept as what they are, whatever zone they come in."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.clock import instant, stamp


def test_the_two_times_of_a_repeated_hour_are_kept_as_two() -> None:
    summer = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    winter = summer.replace(fold=1)

    assert stamp(summer) == "2026-10-25T00:30:00.000+00:00"
    assert stamp(winter) == "2026-10-25T01:30:00.000+00:00"
    assert instant(stamp(winter)) == winter.astimezone(UTC)
