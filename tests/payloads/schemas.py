"""
JSON Schemas of Slack's own types, made by `ts-json-schema-generator` from its npm packages (`make tools` fetches them).

Where node or the packages are missing, `load` says so and the checks are skipped. Two corrections: a block must be one
of the known ones (the types let any `{type: …}` pass), and lengths are taken from the types' comments.
"""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

from bot.emulator.methods import METHODS
from bot.emulator.traffic import Exchange

HERE = Path(__file__).resolve().parent
PACKAGES = HERE / "node_modules"
GENERATED = HERE / ".generated"
GENERATOR = PACKAGES / "ts-json-schema-generator" / "bin" / "ts-json-schema-generator.js"
_INTERACTIONS = {
    "block_actions": "BlockAction",
    "view_submission": "ViewSubmitAction",
    "view_closed": "ViewClosedAction",
    "message_action": "MessageShortcut",
    "shortcut": "GlobalShortcut",
}
_EVENTS = {
    "app_mention": "AppMentionEvent",
    "app_home_opened": "AppHomeOpenedEvent",
    "reaction_added": "ReactionAddedEvent",
    "reaction_removed": "ReactionRemovedEvent",
    "member_joined_channel": "MemberJoinedChannelEvent",
    "member_left_channel": "MemberLeftChannelEvent",
    "channel_left": "ChannelLeftEvent",
    "group_left": "GroupLeftEvent",
    "user_change": "UserChangeEvent",
    "user_status_changed": "UserStatusChangedEvent",
    "dnd_updated_user": "DNDUpdatedUserEvent",
}
_MESSAGES = {  # by subtype
    "": "GenericMessageEvent",
    "message_changed": "MessageChangedEvent",
    "message_deleted": "MessageDeletedEvent",
    "file_share": "FileShareMessageEvent",
    "thread_broadcast": "ThreadBroadcastMessageEvent",
    "bot_message": "BotMessageEvent",
    "me_message": "MeMessageEvent",
    "channel_join": "ChannelJoinMessageEvent",
    "channel_leave": "ChannelLeaveMessageEvent",
}
_BY_HAND = {  # types with a part of a name that another type has, too: the generator would know one of them
    "DndTeamInfoResponse": {
        "type": "object",
        "required": ["users"],
        "properties": {
            "users": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "required": ["dnd_enabled", "next_dnd_start_ts", "next_dnd_end_ts"],
                    "properties": {
                        "dnd_enabled": {"type": "boolean"},
                        "next_dnd_start_ts": {"type": "number"},
                        "next_dnd_end_ts": {"type": "number"},
                    },
                    "additionalProperties": False,
                },
            }
        },
    }
}
_SNOOZE = ("snooze_enabled", "snooze_endtime", "snooze_remaining", "snooze_is_indefinite")
_OUTSIDE = ("user_team", "source_team", "user_profile")
_WITHOUT_TYPE = ("channel_convert_to_private",)  # documented, and not in Slack's types
_NUMBERS = ("limit", "post_at", "length")
_FLAGS = (
    "inclusive",
    "include_locale",
    "include_all_metadata",
    "return_im",
    "exclude_archived",
    "include_num_members",
    "include_users",
)
_LONGEST = re.compile(r"[Mm]ax(?:imum)? length (?:for|of) (?:the text in )?(?:this field is )?(\d+) characters")
_MOST = re.compile(r"[Mm]aximum number of items is (\d+)|maximum of (\d+) elements|Max of (\d+) blocks")


class NotHere(Exception):
    """Why the schemas cannot be made on this machine."""


class Schemas:
    """Holds payloads to Slack's types."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._definitions = schema["definitions"]
        self._passed: set[str] = set()

    @cache  # noqa: B019 - one object for the whole run
    def _validator(self, name: str) -> Draft7Validator:
        return Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": self._definitions})

    def knows(self, name: str) -> bool:
        """Whether Slack's packages have a type of that name."""
        return name in self._definitions

    def problem(self, name: str, payload: Any) -> str:
        """What is wrong with *payload* as a *name*; nothing if it is one."""
        key = hashlib.sha256(f"{name} {json.dumps(payload, sort_keys=True)}".encode()).hexdigest()
        if key in self._passed:
            return ""
        error = best_match(self._validator(name).iter_errors(payload))
        if error is None:
            self._passed.add(key)
            return ""
        return f"{name}, at {error.json_path}: {error.message[:400]}"

    def problems_in(self, entry: Exchange) -> Iterator[str]:
        """What is wrong in one exchange, in both directions."""
        for name, payload in types_of(entry):
            if problem := self.problem(name, payload):
                yield f"{entry.way} {entry.kind}: {problem}"


def types_of(entry: Exchange) -> Iterator[tuple[str, Any]]:
    """The types that the payloads of an exchange must be of."""
    if entry.way == "from app":
        if entry.kind == "response_url":
            yield "RespondArguments", entry.sent
        elif entry.kind in METHODS:
            yield f"{type_name(entry.kind)}Arguments", _typed(entry.sent)
            if isinstance(entry.answer, dict) and not entry.problem:
                yield f"{type_name(entry.kind)}Response", entry.answer
        return
    if entry.kind.startswith("/"):
        yield "SlashCommand", entry.sent
        if isinstance(entry.answer, dict):
            yield "RespondArguments", entry.answer
    elif entry.sent["type"] == "event_callback":
        yield "EnvelopedEvent", entry.sent
        event = entry.sent["event"]
        if event.get("subtype") not in _WITHOUT_TYPE:
            yield _EVENTS.get(entry.kind) or _MESSAGES[event.get("subtype", "")], event
    elif entry.kind in _INTERACTIONS:
        yield _INTERACTIONS[entry.kind], entry.sent
        if entry.kind == "view_submission" and isinstance(entry.answer, dict) and entry.answer:
            yield "ViewResponseAction", entry.answer


def _typed(sent: dict[str, Any]) -> dict[str, Any]:
    """What came as strings of a form, as what it means."""
    typed = {name: value for name, value in sent.items() if name != "team_id"}  # Bolt adds it to every call
    for name, value in sent.items():
        if name in _NUMBERS and isinstance(value, str) and value.isdigit():
            typed[name] = int(value)
        elif name in _FLAGS and value in ("0", "1", "true", "false", "True", "False"):
            typed[name] = value in ("1", "true", "True")
    return typed


def type_name(method: str) -> str:
    """chat.postMessage is ChatPostMessage."""
    return "".join(part[0].upper() + part[1:] for part in method.split("."))


@cache
def load() -> Schemas:
    """Make the schemas, or take those of an earlier run. Raises NotHere."""
    if shutil.which("node") is None:
        raise NotHere("install node (18 or newer) with npm, then `make tools` fetches what else it takes")
    if not (PACKAGES / "ts-json-schema-generator").is_dir():
        raise NotHere("`make tools` fetches Slack's packages from npm")
    source = _source()
    version = hashlib.sha256((source + (HERE / "package.json").read_text()).encode()).hexdigest()[:16]
    kept = GENERATED / f"{version}.json"
    if not kept.is_file():
        GENERATED.mkdir(exist_ok=True)
        (GENERATED / "payloads.ts").write_text(source)
        made = subprocess.run(
            ["node", GENERATOR, "--path", GENERATED / "payloads.ts", "--no-type-check", "--type", "*", "-o", kept],
            cwd=HERE,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise RuntimeError(f"the generator failed: {made.stderr[-500:]}")
    return Schemas(corrected(json.loads(kept.read_text())))


def _source() -> str:
    """A TypeScript file that names every type we need."""
    api = PACKAGES / "@slack" / "web-api" / "dist" / "types"
    declared = "\n".join(path.read_text() for path in api.rglob("*.d.ts"))
    wanted = [f"{type_name(method)}{part}" for method in sorted(METHODS) for part in ("Arguments", "Response")]
    web_api = [one for one in wanted if one not in _BY_HAND and re.search(rf"\b(?:interface|type) {one}\b", declared)]
    bolt = [*_INTERACTIONS.values(), "SlashCommand", "EnvelopedEvent", "RespondArguments", "ViewResponseAction"]
    types = [*_EVENTS.values(), *_MESSAGES.values(), "KnownBlock"]
    lines = [f"import type {{ {', '.join(names)} }} from '{package}';" for package, names in (
        ("@slack/web-api", web_api),
        ("@slack/bolt", bolt),
        ("@slack/types", types),
    )]  # fmt: skip
    return "\n".join([*lines, *(f"export type Our{name} = {name};" for name in [*web_api, *bolt, *types])])


def corrected(schema: Any) -> Any:
    """Known blocks only; lengths and counts from the comments; and where the types are stricter than Slack."""
    for definition in list(_walk(schema)):
        options = definition.get("anyOf")
        if options and {"$ref": "#/definitions/KnownBlock"} in options:
            definition["anyOf"] = [one for one in options if one != {"$ref": "#/definitions/Block"}]
        for part in (definition.get("properties") or {}).values():
            _limit(part)
    definitions = schema["definitions"]
    definitions.update(_BY_HAND)
    definitions["BaseSlackEvent"].pop("additionalProperties", None)  # checked as the event that it is
    # the generator takes "one of these contents" for "all of them"
    definitions["RespondArguments"].pop("required", None)
    # the types of answers were made from samples, which did not hold every block
    known = {"type": "array", "items": {"$ref": "#/definitions/KnownBlock"}}
    for definition in list(_walk(definitions)):
        of = ((definition.get("properties") or {}).get("blocks") or {}).get("items") or {}
        if "#/definitions/KnownBlock" not in json.dumps(of):
            definition.get("properties", {}).update({"blocks": known} if of else {})
    # the generator knows one type of a name, and there are several views
    definitions["View"] = {"anyOf": [{"$ref": "#/definitions/HomeView"}, {"$ref": "#/definitions/ModalView"}]}
    answered = {"type": "object", "required": ["id", "type", "blocks", "hash", "state"]}
    for name in [name for name in definitions if name.startswith("Views") and name.endswith("Response")]:
        definitions[name].get("properties", {}).update(view=answered)
    definitions["AppHomeOpenedEvent"]["properties"]["view"] = answered  # what was published, with its id and state
    # and of several answers that have a part of one name, the smallest
    for name in ("ConversationsInfoResponse", "ConversationsOpenResponse"):
        definitions[name]["properties"]["channel"] = {"type": "object", "required": ["id"]}
    changed = {"type": "object", "required": ["type", "text"], "properties": {"blocks": known}}
    for name in ("ConversationsListResponse", "UsersConversationsResponse"):
        listed = {"type": "array", "items": {"type": "object", "required": ["id"]}}
        definitions.get(name, {}).get("properties", {}).update(channels=listed)
    _know_outsiders(definitions)
    definitions["ChatUpdateResponse"]["properties"]["message"] = changed
    # documented of whoever asks about themselves, as an app seldom does
    definitions["DndInfoResponse"]["properties"].update({name: {} for name in _SNOOZE})
    # null where nothing was done, which the types have as a number
    definitions["ConversationsHistoryResponse"]["properties"].pop("channel_actions_ts", None)
    definitions["ConversationsHistoryResponse"].pop("additionalProperties", None)
    # an app's own message tells its app_id, which the type has forgotten
    definitions["GenericMessageEvent"]["properties"]["app_id"] = {"type": "string"}
    definitions["MessageAttachment"]["properties"]["id"] = {"type": "number"}  # numbered by Slack
    # Slack leaves the place out of a message inside an event, where the types repeat it
    inside = {"type": "object", "required": ["type", "ts", "text"], "properties": {"blocks": known}}
    for name in ("MessageChangedEvent", "MessageDeletedEvent"):
        for part in ("message", "previous_message"):
            if part in definitions[name]["properties"]:
                definitions[name]["properties"][part] = inside
    _remember_parts(definitions)
    # a click in a modal or Home tab has no response_url
    click = definitions["BlockAction"] if "properties" in definitions["BlockAction"] else None
    if click is not None:
        click["required"] = [name for name in click["required"] if name != "response_url"]
    return schema


def _remember_parts(definitions: Any) -> None:
    """What the types have forgotten: the style of a button that was pressed, and the marks of a forwarded message."""
    for definition in list(_walk(definitions)):
        properties = definition.get("properties") or {}
        if (properties.get("type") or {}).get("const") == "button" and "action_ts" in properties:
            properties["style"] = {"type": "string"}
    shared = ("is_share", "is_msg_unfurl", "author_id", "channel_id", "message_blocks")
    definitions["MessageAttachment"]["properties"].update({name: {} for name in shared})


def _know_outsiders(definitions: dict[str, Any]) -> None:
    """What tells of other organisations, which only some of the types have."""
    marks = {name: definitions["AppMentionEvent"]["properties"][name] for name in _OUTSIDE}
    for name in ("GenericMessageEvent", "FileShareMessageEvent", "ThreadBroadcastMessageEvent"):
        definitions[name]["properties"] = {**marks, **definitions[name]["properties"]}
    for definition in list(_walk(definitions)):
        properties = definition.get("properties") or {}
        if "is_ultra_restricted" in properties:
            properties.setdefault("is_stranger", {"type": "boolean"})


def _limit(part: dict[str, Any]) -> None:
    comment = " ".join(str(part.get("description", "")).split())
    if found := _LONGEST.search(comment):
        longest = int(found[1])
        if part.get("type") == "string":
            part["maxLength"] = longest
        elif "$ref" in part:
            part["allOf"] = [{"$ref": part.pop("$ref")}, {"properties": {"text": {"maxLength": longest}}}]
    if part.get("type") == "array" and (found := _MOST.search(comment)):
        part["maxItems"] = int(next(group for group in found.groups() if group))


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner)
