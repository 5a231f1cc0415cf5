"""A modal that is opened by a shortcut, changed by a button of its own, and posted to a channel where it is sent."""

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient


def _plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def _form(title: str, first: dict[str, Any]) -> dict[str, Any]:
    wish = {"type": "plain_text_input", "action_id": "wish", "multiline": True}
    where = {"type": "conversations_select", "action_id": "where", "response_url_enabled": True}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": _plain(title),
        "submit": _plain("Send"),
        "blocks": [
            first,
            {"type": "input", "block_id": "wish", "label": _plain("What do you wish for?"), "element": wish},
            {"type": "input", "block_id": "where", "label": _plain("Who shall hear of it?"), "element": where},
        ],
    }


def begin(body: dict[str, Any], ack: Ack, client: WebClient) -> None:
    """Open the form."""
    ack()
    button = {"type": "button", "text": _plain("Change the form"), "action_id": "fill_more"}
    first = {"type": "section", "text": {"type": "mrkdwn", "text": "Press the button"}, "accessory": button}
    client.views_open(trigger_id=body["trigger_id"], view=_form("A form", first))


def fill_more(body: dict[str, Any], ack: Ack, client: WebClient) -> None:
    """Change the form while it stands open."""
    ack()
    first = {"type": "section", "text": {"type": "mrkdwn", "text": "It has changed"}}
    client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=_form("Changed", first))


def keep(view: dict[str, Any], ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    """Post what was entered."""
    ack()
    entered = view["state"]["values"]
    channel = entered["where"]["where"]["selected_conversation"]
    wish = entered["wish"]["wish"]["value"]
    client.chat_postMessage(channel=channel, text=f"<@{body['user']['id']}> wishes for {wish}")
