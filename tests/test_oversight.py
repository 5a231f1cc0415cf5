"""What stands in the health report stands in the operator's guide, too."""

import re
from pathlib import Path

from tests.conftest import Build

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "operations.md").read_text()


def test_every_reason_that_can_be_shown_is_in_the_guide_with_what_to_do(build: Build) -> None:
    bot = build()
    rows = set(re.findall(r"^\| `(\w+)` \| ", GUIDE.split("## Alarms")[1], re.MULTILINE))

    shown = {*bot.core.health._checks, *bot.core.health._alive, "slack"}  # the last in Socket Mode alone

    assert shown == rows


def test_every_figure_is_in_the_guide(build: Build) -> None:
    bot = build(heartbeat_url="http://127.0.0.1:9/")
    listed = GUIDE.split("after `toughcustomer_`")[1].split("\n\n")[0]
    for figure in bot.core.figures._figures:
        name = figure.name.removeprefix("toughcustomer_") + ("_total" if figure.counts else "")
        assert re.search(rf"`{name}[`{{]", listed), name
