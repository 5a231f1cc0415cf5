"""What the app may do and is told of: the scopes, events, command and shortcuts of its manifest."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.emulator.errors import CannotStart

Json = dict[str, Any]

# what Slack asks for before it delivers an event
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "channel_left": "channels:read",
    "group_left": "groups:read",
    "user_change": "users:read",
    "user_status_changed": "users:read",
    "dnd_updated_user": "dnd:read",
}


@dataclass(frozen=True)
class Command:
    """A slash command."""

    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True)
class Shortcut:
    """A message or global shortcut."""

    name: str
    callback_id: str
    description: str
    kind: str


@dataclass(frozen=True)
class Manifest:
    """An app as Slack knows it."""

    name: str
    scopes: tuple[str, ...]
    events: frozenset[str]
    commands: Sequence[Command] = ()
    shortcuts: Sequence[Shortcut] = ()
    home_tab: bool = False
    messages_tab: bool = True
    writable_messages_tab: bool = True
    bot_name: str = ""  # of its user; without it the app's own

    def hears(self, event: str) -> bool:
        """Subscribed to *event*, and allowed to hear it."""
        scope = EVENT_SCOPES.get(event)
        return event in self.events and (scope is None or scope in self.scopes)

    def command(self, name: str) -> Command | None:
        """The command *name*, slash included."""
        return next((one for one in self.commands if one.command == name), None)


def read_manifest(path: Path) -> Manifest:
    """Read a manifest in JSON. Raises CannotStart with what is wrong."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CannotStart(f"The manifest {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CannotStart(f"The manifest {path} is not JSON: {error}.") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("display_information"), dict):
        raise CannotStart(f"The manifest {path} has no display_information; use a Slack app manifest, as JSON.")
    try:
        return manifest_of(raw)
    except (KeyError, TypeError, AttributeError) as error:
        raise CannotStart(f"The manifest {path} lacks something that Slack asks for: {error}.") from error


def manifest_of(raw: Json) -> Manifest:
    """The parts of a manifest that an emulated workspace needs."""
    features, settings = raw.get("features") or {}, raw.get("settings") or {}
    home = features.get("app_home") or {}
    scopes = ((raw.get("oauth_config") or {}).get("scopes") or {}).get("bot") or []
    return Manifest(
        name=raw["display_information"].get("name", "app"),
        scopes=tuple(scopes),
        events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or ()),
        commands=[
            Command(
                one["command"], one.get("description", ""), one.get("usage_hint", ""), bool(one.get("should_escape"))
            )
            for one in features.get("slash_commands") or ()
        ],
        shortcuts=[
            Shortcut(one["name"], one["callback_id"], one.get("description", ""), one["type"])
            for one in features.get("shortcuts") or ()
        ],
        home_tab=bool(home.get("home_tab_enabled")),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        writable_messages_tab=not home.get("messages_tab_read_only_enabled"),
        bot_name=(features.get("bot_user") or {}).get("display_name", ""),
    )
