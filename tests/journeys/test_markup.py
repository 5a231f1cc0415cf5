"""What people type into names, texts and windows is seen as they typed it by others, and calls nobody."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.app import Application
from bot.emulator.clock import MovableClock
from bot.emulator.stories import Person, Seen
from bot.emulator.workspace import Workspace
from tests.conftest import Build

NAME = "<!here|x> <@U0EVIL> & *Co*"
CHAIN = {"escalation_channels": ("C0ESC",), "managers": ("U0OMAR", "U0PRIYA")}
CALLS = re.compile(r"<!(?!date\^\d+\^\{)|<@U0EVIL|<https://evil")


@pytest.fixture(params=["socket"])
def transport(request: pytest.FixtureRequest) -> str:
    """One way in is enough here: the other journeys go both."""
    return str(request.param)


@pytest.fixture(autouse=True)
def _running(build: Build) -> Application:
    return build(**CHAIN)


@pytest.fixture(autouse=True)
def _nothing_unexpected(workspace: Workspace) -> Iterator[None]:
    """A case says more than is looked at here; but nothing that the bot has sent calls anybody who was not meant."""
    yield
    sent = [one.sent for one in workspace.traffic.calls()] + [one.answer for one in workspace.traffic.deliveries()]
    texts = [text for one in sent for text in mrkdwn_in(one)]
    assert any("Co" in text for text in texts)
    assert [text for text in texts if CALLS.search(text)] == []


def mrkdwn_in(value: Any) -> Iterator[str]:
    """All that Slack would read as markup in a payload; plain text and what comes back unseen is none."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            value = json.loads(value)
        except ValueError:
            return
    if isinstance(value, dict):
        if isinstance(value.get("text"), str) and value.get("type") != "plain_text":
            yield value["text"]
        for name, one in value.items():
            if name not in ("private_metadata", "metadata"):
                yield from mrkdwn_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from mrkdwn_in(one)


def read(seen: Seen) -> str:
    """*seen* as people see it."""
    return html.unescape(seen.text).replace("\u200b", "")


def test_a_customer_may_be_called_like_a_whole_channel(mia: Person, omar: Person) -> None:
    mia.goes_to("#deals")
    mia.says(f"/toughcustomer escalate {NAME}: <!channel> is down")
    assert "<!here|x> <@U0EVIL> & *Co* needs you" in read(omar.sees("needs you", where="@toughcustomer"))
    mia.says(f"/toughcustomer escalate {NAME}: <https://evil.example|good> news: <!subteam^S0MANAGERS> knows")
    said = read(mia.sees("(E1) again", where="#deals"))
    assert "<!here|x> <@U0EVIL> & *Co* (E1) again: <https://evil.example|good> news: <!subteam^S0MANAGERS>" in said
    mia.says("/toughcustomer escalations")
    assert "<!here|x> <@U0EVIL> & *Co*" in read(mia.sees("open escalation"))
    mia.says("/toughcustomer why E1")
    assert "<!here|x> <@U0EVIL> & *Co** (E1)" in read(mia.sees("escalated it", "Times are"))


def test_a_follow_up_says_what_was_typed_and_calls_nobody(mia: Person, clock: MovableClock) -> None:
    mia.goes_to("#deals")
    mia.says(f"/toughcustomer follow-up {NAME}: tomorrow 3pm tell <!everyone> of <https://evil.example|it>")
    assert "<!everyone>" in read(mia.sees("I will remind you"))

    clock.advance(days=1, hours=6)
    assert "<!everyone> of <https://evil.example|it>" in read(mia.sees(":bell:"))
