"""The newest time zone rules win, whichever side has them."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import tzdata

from bot import time_zones


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in the place of the system's time zones; the rules of before come back."""
    monkeypatch.setattr(time_zones, "_SYSTEM", (str(tmp_path),))
    yield tmp_path
    monkeypatch.undo()
    time_zones.use_newest_rules()


def test_the_packages_rules_win_over_older_ones_of_the_system(system: Path) -> None:
    (system / "tzdata.zi").write_text("# version 2020a\n")

    time_zones.use_newest_rules()

    assert zoneinfo.TZPATH == ()
    assert (
        time_zones.in_words() == f"time zones: rules of the package tzdata, {tzdata.IANA_VERSION} (the system's: 2020a)"
    )
    # since the summer of 2026 the clocks of Vancouver stay as they are
    noon = datetime(2026, 12, 15, 12, tzinfo=zoneinfo.ZoneInfo("America/Vancouver"))
    assert noon.astimezone(UTC).hour == 19


def test_the_systems_rules_win_where_they_are_newer(system: Path) -> None:
    (system / "+VERSION").write_text("2999z\n")

    time_zones.use_newest_rules()

    assert (str(system),) == zoneinfo.TZPATH
    assert "the system's rules, 2999z" in time_zones.in_words()


def test_a_system_without_a_version_is_taken_for_older(system: Path) -> None:
    time_zones.use_newest_rules()

    assert zoneinfo.TZPATH == ()
    assert "without a version" in time_zones.in_words()
