"""Slack's app manifest: valid, all the bot needs, and no scope more."""

import json
import re
from pathlib import Path

import jsonschema

from bot.commands.router import COMMAND
from bot.escalations.buttons import ESCALATE_THIS
from bot.followups.buttons import FOLLOW_UP_ON_THIS
from bot.slack.channels import CHANGES
from bot.tactics.blocks import TACTICS_FOR_THIS

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = json.loads((ROOT / "manifest.json").read_text())
SCHEMA = ROOT.parent / "shared" / "data" / "manifest.schema.2.0.0.json"

# The scopes that Slack asks for, by Web API method and by subscription.
METHODS = {
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "chat_delete": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "dnd_info": {"dnd:read"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_members": {"channels:read", "groups:read"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history"},
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "users_list": {"users:read"},
    "views_open": set(),
    "views_update": set(),
    "views_publish": set(),
    "usergroups_list": {"usergroups:read"},
    "auth_test": set(),
}
EVENTS = {"app_mention": {"app_mentions:read"}, "message.im": {"im:history"}}
EVENTS |= {one: {"channels:read"} for one in ("channel_left", "channel_shared", "channel_unshared")}
EVENTS |= {"group_left": {"groups:read"}}
EVENTS |= {one: {"channels:read", "groups:read"} for one in ("member_joined_channel", "member_left_channel")}
EVENTS |= {"user_change": {"users:read"}, "dnd_updated_user": {"dnd:read"}, "app_home_opened": set()}
EVENTS |= {"message.channels": {"channels:history"}, "message.groups": {"groups:history"}}


def code() -> str:
    return "\n".join(path.read_text() for path in (ROOT / "bot").rglob("*.py") if "emulator" not in path.parts)


if SCHEMA.is_file():  # it is not ours to ship

    def test_it_is_valid_against_slacks_own_schema() -> None:
        jsonschema.validate(MANIFEST, json.loads(SCHEMA.read_text()))


def test_every_scope_that_the_code_uses_is_asked_for_and_every_one_asked_for_is_used() -> None:
    called = set(re.findall(r"(?:client|reader)\.([a-z]+_[a-zA-Z_]+)[(,]", code())) - {
        "issue_new_wss_url",
        "connect_to_new_endpoint",
    }
    called -= {"is_connected", "base_url"}
    subscribed = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    used = set().union(*(METHODS[method] for method in called), *(EVENTS[event] for event in subscribed), {"commands"})
    assert called == set(METHODS)
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == used


def test_every_event_is_listened_for_and_every_one_listened_for_is_subscribed() -> None:
    listened = set(re.findall(r'inbox\.on(?:_change\()?\(?"(\w+)"', code())) | set(CHANGES)
    not_events = {one for one in CHANGES if one.endswith(("_private", "_public", "_leave"))}  # kinds of messages
    assert {
        event.split(".")[0] for event in MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    } == listened - not_events


def test_the_command_and_the_shortcuts_are_those_of_the_code() -> None:
    features = MANIFEST["features"]
    assert [command["command"] for command in features["slash_commands"]] == [COMMAND]
    assert [(one["callback_id"], one["name"]) for one in features["shortcuts"]] == [
        (TACTICS_FOR_THIS, "Tactics for this"),
        (ESCALATE_THIS, "Escalate this"),
        (FOLLOW_UP_ON_THIS, "Follow up on this"),
    ]
    assert all(len(one["name"]) <= 24 for one in features["shortcuts"])


def test_the_reason_of_every_scope_is_told() -> None:
    table = (ROOT / "docs" / "install.md").read_text().split("## The scopes, and why")[1].split("\n## ")[0]
    assert set(re.findall(r"`([\w:.]+:[\w.]+|commands)`", table)) == set(MANIFEST["oauth_config"]["scopes"]["bot"])
