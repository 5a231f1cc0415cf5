"""A small app that uses all that Slack offers, so that the emulator can be tested with more than our bot needs yet."""

import threading
from collections.abc import Sequence
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.emulator.workspace import Workspace
from bot.slack.socket import hang_up

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "rehearsal"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {"command": "/rehearse", "description": "d", "usage_hint": "a word", "should_escape": True},
            {"command": "/raw", "description": "d", "should_escape": False},
        ],
        "shortcuts": [
            {"name": "Look at this", "type": "message", "callback_id": "look", "description": "d"},
            {"name": "Begin", "type": "global", "callback_id": "begin", "description": "d"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                *(f"{kind}:{right}" for kind in ("channels", "groups", "im", "mpim") for right in ("history", "read")),
                *("app_mentions:read", "chat:write", "commands", "users:read", "users:read.email", "team:read"),
                *("im:write", "mpim:write", "reactions:read", "reactions:write", "usergroups:read", "dnd:read"),
                *("emoji:read", "pins:read", "bookmarks:read", "files:read", "files:write", "channels:join"),
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                *("message.channels", "message.groups", "message.im", "app_mention", "app_home_opened"),
                *("reaction_added", "member_joined_channel", "member_left_channel"),
                *("channel_left", "group_left", "user_change", "user_status_changed", "dnd_updated_user"),
            ]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def form(title: str = "A promise", **more: Any) -> dict[str, Any]:
    """A modal with one of each of the fields that people fill in most."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Keep"),
        "private_metadata": "kept",
        "blocks": [
            {
                "type": "input",
                "block_id": "customer",
                "label": plain("Customer"),
                "hint": plain("As on the contract"),
                "element": {"type": "plain_text_input", "action_id": "name", "min_length": 2},
            },
            {
                "type": "input",
                "block_id": "how",
                "label": plain("How"),
                "element": {
                    "type": "static_select",
                    "action_id": "way",
                    "options": [{"text": plain(word), "value": word.lower()} for word in ("Call", "Mail")],
                },
            },
            {
                "type": "input",
                "block_id": "day",
                "label": plain("Day"),
                "optional": True,
                "element": {"type": "datepicker", "action_id": "date"},
            },
        ],
        **more,
    }


def home(items: Sequence[str]) -> dict[str, Any]:
    """A Home tab with a row for each of *items*, and all that stands in one."""
    words = [{"text": plain(word), "value": word.lower()} for word in ("All of them", "Only mine")]
    chosen = {"type": "static_select", "action_id": "filter", "options": words, "placeholder": plain("Whose")}
    boxes = {"type": "checkboxes", "action_id": "kinds", "options": words}
    opens = {"type": "button", "action_id": "done", "text": plain("Add one"), "value": "open", "style": "primary"}
    rows = [block for item in items for block in home_row(item)]
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Your open items")},
            {"type": "actions", "block_id": "top", "elements": [opens, chosen]},
            *rows,
            {"type": "section", "block_id": "kinds", "text": {"type": "mrkdwn", "text": "What"}, "accessory": boxes},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": f"{len(items)} *open*"}]},
        ],
    }


def home_row(item: str) -> list[dict[str, Any]]:
    """A row of the Home tab, whose blocks have no ids of their own."""
    options = [{"text": plain(word), "value": f"{word.lower()} {item}"} for word in ("Drop", "Keep")]
    menu = {"type": "overflow", "action_id": "more_of_item", "options": options}
    done = {"type": "button", "action_id": "done", "text": plain("Done"), "value": item}
    text = {"type": "mrkdwn", "text": f"*{item}* waits for an offer, which is due today"}
    return [
        {"type": "divider"},
        {"type": "section", "text": text, "accessory": menu},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": f"promised to {item}"}]},
        {"type": "actions", "elements": [done]},
    ]


class Rehearsal:
    """The app, connected over Socket Mode. *heard* keeps what it was sent; what is slow in it waits for *let_go*."""

    def __init__(self, workspace: Workspace) -> None:
        self.client = WebClient(workspace.tokens.bot, base_url=workspace.api_url, retry_handlers=[])
        self.heard: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self.items = ["Acme", "Globex", "Initech"]
        self.let_go = threading.Event()
        self.app = App(client=self.client, token_verification_enabled=False, signing_secret="x")
        self._listen()
        self._handler = SocketModeHandler(self.app, workspace.tokens.app)

    def start(self) -> "Rehearsal":
        self._handler.connect()
        return self

    def stop(self) -> None:
        self.let_go.set()
        hang_up(self._handler.client)

    def _listen(self) -> None:
        app = self.app

        @app.middleware
        def hear(body: dict[str, Any], next: Any) -> None:  # noqa: A002 - Bolt's name
            self.heard.append(body)
            next()

        @app.command("/rehearse")
        def rehearse(ack: Ack, command: dict[str, Any], respond: Any) -> None:
            self._rehearse(ack, command, respond)

        @app.command("/raw")
        def raw(ack: Ack, command: dict[str, Any]) -> None:
            ack(command["text"])

        @app.view("form")
        def submitted(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
            customer = view["state"]["values"]["customer"]["name"]["value"]
            answers: dict[str, dict[str, Any]] = {
                "nobody": {"response_action": "errors", "errors": {"customer": "There is no such customer."}},
                "wrong": {"response_action": "errors", "errors": {"elsewhere": "?"}},
                "again": {"response_action": "update", "view": form("Again")},
                "more": {"response_action": "push", "view": form("More")},
                "all": {"response_action": "clear"},
            }
            if customer == "late":
                self.let_go.wait()
            ack(**answers.get(customer, {}))
            if customer not in answers and customer != "late":
                self.client.chat_postMessage(channel="C0DEALS", text=f"Kept for {customer}: {view['private_metadata']}")

        @app.view_closed("form")
        def closed(ack: Ack) -> None:
            ack()

        @app.shortcut("look")
        def look(ack: Ack, shortcut: dict[str, Any], respond: Any) -> None:
            ack()
            respond(f"You looked at: {shortcut['message']['text']}")

        @app.shortcut("begin")
        def begin(ack: Ack, shortcut: dict[str, Any]) -> None:
            ack()
            self.client.views_open(trigger_id=shortcut["trigger_id"], view=form("Begin"))

        @app.action("more")
        def more(ack: Ack, body: dict[str, Any], respond: Any) -> None:
            ack()
            respond(text="Replaced", replace_original=True)

        @app.action("drop")
        def drop(ack: Ack, respond: Any) -> None:
            ack()
            respond(delete_original=True)

        @app.action("open_form")
        def open_form(ack: Ack, body: dict[str, Any]) -> None:
            ack()
            self.client.views_open(trigger_id=body["trigger_id"], view=form(notify_on_close=True))

        @app.action("pick")
        def pick(ack: Ack) -> None:
            ack()

        @app.event("app_home_opened")
        def home(event: dict[str, Any]) -> None:
            if event["tab"] == "home":
                self.publish(event["user"])

        @app.event(__import__("re").compile(".*"))
        def others() -> None:
            pass

        @app.action("done")
        @app.action("more_of_item")
        def item(ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
            ack()
            value = action.get("value") or action["selected_option"]["value"]
            self.items = [one for one in self.items if one != value.removeprefix("drop ")]
            if value == "open":
                self.client.views_open(trigger_id=body["trigger_id"], view=form())
            self.publish(body["user"]["id"])

        @app.action("filter")
        @app.action("kinds")
        def chosen(ack: Ack) -> None:
            ack()

    def publish(self, user: str) -> None:
        """Show *user* a Home of many rows."""
        self.client.views_publish(user_id=user, view=home(self.items))

    def _rehearse(self, ack: Ack, command: dict[str, Any], respond: Any) -> None:
        word = command["text"]
        if word == "slow":
            self.let_go.wait()
        if word == "raise":
            raise KeyError(word)
        if word == "form":
            ack()
            self.client.views_open(trigger_id=command["trigger_id"], view=form(notify_on_close=True))
        elif word in ("late form", "two forms"):
            ack()
            threading.Thread(target=self._two_forms, args=(command["trigger_id"], word == "late form")).start()
        elif word == "six":
            ack()
            statuses = [respond(f"answer {number}").status_code for number in range(1, 7)]
            self.errors.append(str(statuses))
        elif word == "in channel":
            ack(text="For all", response_type="in_channel")
        elif word == "buttons":
            elements = [
                {"type": "button", "action_id": one, "text": plain(one), "value": one}
                for one in ("more", "drop", "open_form")
            ]
            ack(text="Buttons", blocks=[{"type": "actions", "elements": elements}])
        elif word == "bad blocks":
            ack(text="x", blocks=[{"type": "header", "text": plain("x" * 151)}])
        else:
            ack(f"You wrote: {word}")

    def _two_forms(self, trigger_id: str, late: bool) -> None:
        if late:
            self.let_go.wait()
        for _ in range(2):
            try:
                self.client.views_open(trigger_id=trigger_id, view=form())
            except SlackApiError as error:
                self.errors.append(error.response["error"])
