"""What the starter says: to a greeting, to its command, on its Home."""

from typing import Any

from slack_bolt import Ack, BoltContext, Respond, Say
from slack_sdk import WebClient


def greet(context: BoltContext, say: Say) -> None:
    """Greet back."""
    say(f"{context['matches'][0]}, and good morning")


def echo(command: dict[str, Any], ack: Ack, respond: Respond) -> None:
    """Say it again."""
    ack()
    respond(f"You said: {command['text']}")


def show_home(client: WebClient, event: dict[str, Any]) -> None:
    """Draw the Home tab."""
    if event["tab"] == "home":
        block = {"type": "section", "text": {"type": "mrkdwn", "text": f"*At home, <@{event['user']}>* :house:"}}
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [block]})
