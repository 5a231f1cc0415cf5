"""The figures for Prometheus: what they say, and to whom."""

import re
import sys
from importlib.util import find_spec

import pytest

from bot.app import Application
from bot.emulator.faults import too_many
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace
from bot.metrics import Figures
from tests.conftest import Build
from tests.slack.test_http import ask
from tests.wire import eventually

needs_library = pytest.mark.skipif(
    find_spec("prometheus_client") is None, reason="prometheus-client is not here: pip install 'toughcustomer[metrics]'"
)


def figures(bot: Application) -> dict[str, float]:
    """What stands at /metrics now, by name and labels."""
    bot.core.figures._made_at = None  # as if the few seconds for which it is kept were over
    status, text = ask(bot, "GET", "/metrics")
    assert status == 200
    found = re.findall(r"^(\w+(?:\{[^}]*\})?) (\S+)$", text.decode(), re.MULTILINE)
    return {name: float(number) for name, number in found}


@needs_library
def test_they_tell_of_messages_events_cases_and_calls(
    build: Build, mia: Person, omar: Person, workspace: Workspace
) -> None:
    bot = build(managers=("U0OMAR",))
    workspace.faults.add(too_many("chat.postMessage"))
    mia.says("/toughcustomer escalate Acme: they want to cancel")
    omar.sees("needs you")
    bot.core.health.report()

    told = figures(bot)

    assert told['toughcustomer_open_cases{state="paging"}'] == 1
    assert told['toughcustomer_slack_calls_total{method="chat.postMessage",outcome="ok"}'] >= 1
    assert told['toughcustomer_slack_calls_total{method="chat.postMessage",outcome="refused for now"}'] == 1
    assert told["toughcustomer_well"] == 1
    assert told["toughcustomer_set_aside"] == 0
    assert "toughcustomer_oldest_unsent_seconds" in told
    assert told["toughcustomer_wal_bytes"] > 0
    assert told['toughcustomer_loop_age_seconds{loop="delivery"}'] < 60
    assert told["process_resident_memory_bytes"] > 0
    assert not [name for name in told if "Acme" in name]

    bot.core.database.execute("INSERT INTO quarantine SELECT team_id, 'followup', 'F3', 'zone', 'x' FROM cases")
    bot.core.health.report()
    assert eventually(lambda: figures(bot)["toughcustomer_well"] == 0)
    assert figures(bot)["toughcustomer_set_aside"] == 1


@needs_library
def test_one_figure_that_cannot_be_read_hides_no_other() -> None:
    def broken() -> float:
        raise ValueError

    shown = Figures()
    shown.add("events", "Events", broken)
    shown.add("messages", "Messages", lambda: {("held",): 2.0}, labels=("state",))

    _, text, _ = shown.page(to_all=False)(True)

    assert b'toughcustomer_messages{state="held"} 2.0' in text
    assert b"toughcustomer_events" not in text


@needs_library
def test_they_are_read_at_most_every_few_seconds_however_often_they_are_asked_for() -> None:
    at, times = [0.0], [0]

    def count() -> float:
        times[0] += 1
        return times[0]

    shown = Figures(monotonic=lambda: at[0])
    shown.add("events", "Events", count)
    page = shown.page(to_all=False)
    for _ in range(100):
        page(True)
    assert times == [1]
    at[0] = 5.0
    assert b"toughcustomer_events 2.0" in page(True)[1]


@needs_library
def test_others_than_this_machine_read_them_only_where_it_was_set(build: Build) -> None:
    bot = build()
    assert ask(bot, "GET", "/metrics")[0] == 200
    status, said = ask(bot, "GET", "/metrics", **{"X-Forwarded-For": "10.0.0.9"})
    assert status == 404
    assert b"METRICS=on" in said
    assert bot.core.figures.page(to_all=True)(False)[0] == "200 OK"


def test_without_the_library_it_says_which_extra_is_needed(bot: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client.exposition", None)
    status, said = ask(bot, "GET", "/metrics")
    assert status == 404
    assert b"pip install 'toughcustomer[metrics]'" in said
