"""Journey 1: a rep types what is happening and gets the card that fits. Over HTTP, with signed requests."""

import pytest

from tests.workspace import Workspace, elements, shown

pytestmark = pytest.mark.usefixtures("bot")

SITUATION = "he wants to talk to my boss right now"


def test_the_command_is_answered_in_its_own_acknowledgement_with_the_fitting_card(workspace: Workspace) -> None:
    status, answer = workspace.command(SITUATION)

    assert status == 200
    assert answer["response_type"] == "ephemeral"
    assert answer["text"].startswith("Offer your manager before they demand one:")
    assert "I'd like my manager to hear this from you directly" in shown(answer)
    assert workspace.called("response_url") == []


def test_the_other_cards_can_be_opened_in_place(workspace: Workspace) -> None:
    _, answer = workspace.command(SITUATION)
    closed = [one for one in elements(answer) if one["text"]["text"] == "Open"]
    assert len(closed) == 2

    assert workspace.click(answer, "Open") == 200

    (redrawn,) = workspace.wait_for("response_url")
    assert redrawn.body["replace_original"] is True
    assert "Offer your manager" in redrawn.text
    assert redrawn.body["text"] != answer["text"]


def test_a_card_is_shared_with_the_channel_without_the_private_words(workspace: Workspace) -> None:
    _, answer = workspace.command(f"{SITUATION}, fool")

    workspace.click(answer, "Share")

    (shared,) = workspace.wait_for("response_url")
    assert shared.body["response_type"] == "in_channel"
    assert "Offer your manager before they demand one" in shared.text
    assert "<@U1MIA>" in shared.text
    assert "fool" not in shared.text
