"""The figures for Prometheus: what they say, and to whom."""

import re
import sys

import pytest

from bot.app import Application
from bot.emulator.faults import Fault
from bot.emulator.stories import Person
from bot.metrics import Figures
from tests.conftest import Build
from tests.slack.test_http import ask

needs_library = pytest.mark.skipif(
    pytest.importorskip is None, reason=""
)


def figures(bot: Application) -> dict[str, float]:
    """What stands at /metrics, by name and labels."""
    status, text = ask(bot, "GET", "/metrics")
    assert status == 200
    found = re.findall(r"^(\w+(?:\{[^}]*\})?) (\S+)$", text.decode(), re.MULTILINE)
    return {name: float(number) for name, number in found}


def test_without_the_library_it_says_which_extra_is_needed(
    bot: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client.exposition", None)
    status, said = ask(bot, "GET", "/metrics")
    assert status == 404
    assert "pip install 'toughcustomer[metrics]'" in said.decode()
