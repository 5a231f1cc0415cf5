"""The check of payloads against Slack's own types is checked itself: it passes what is right and finds what is not."""

import copy
from typing import Any

import pytest

from tests.payloads.schemas import NotHere, Schemas, load

POST = {"channel": "C0DEALS", "text": "x", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x"}}]}


@pytest.fixture
def schemas() -> Schemas:
    try:
        return load()
    except NotHere as error:
        pytest.skip(f"payloads are not held to Slack's own types: {error}")


def test_a_payload_of_slacks_type_passes(schemas: Schemas) -> None:
    assert schemas.problem("ChatPostMessageArguments", POST) == ""


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("blocks", 0, "type"), "banner"),  # any {type: …} would pass Slack's types as they are
        (("blocks", 0, "text", "text"), "x" * 151),  # a length from the types' comments
        (("blocks", 0, "colour"), "red"),
        (("channel",), 5),
    ],
)
def test_a_payload_that_is_not_is_found(schemas: Schemas, path: tuple[Any, ...], wrong: object) -> None:
    payload: Any = copy.deepcopy(POST)
    inside = payload
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = wrong
    assert "ChatPostMessageArguments" in schemas.problem("ChatPostMessageArguments", payload)


def test_every_type_that_is_asked_for_is_known(schemas: Schemas) -> None:
    wanted = (
        "SlashCommand",
        "BlockAction",
        "ViewSubmitAction",
        "EnvelopedEvent",
        "AppMentionEvent",
        "RespondArguments",
    )
    assert all(schemas.knows(name) for name in wanted)
