"""Modals and Home tabs, checked as Slack checks them; and what stands in their inputs."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bot.emulator.block_rules import MODAL, problems

Json = dict[str, Any]

_TITLES = (("title", True), ("submit", False), ("close", False))
_PROPERTIES = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
_MODAL_PROPERTIES = _PROPERTIES | {"title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"}
_LARGEST = 250_000
_VALUES = {  # by element type: the name in state.values, that of the initial value, what is empty
    "plain_text_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "users_select": ("selected_user", "initial_user", None),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "channels_select": ("selected_channel", "initial_channel", None),
    "checkboxes": ("selected_options", "initial_options", ()),
    "multi_static_select": ("selected_options", "initial_options", ()),
    "multi_external_select": ("selected_options", "initial_options", ()),
    "multi_users_select": ("selected_users", "initial_users", ()),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", ()),
    "multi_channels_select": ("selected_channels", "initial_channels", ()),
    "file_input": ("files", "", ()),
}
_CHOSEN_FROM = {"overflow": ("selected_option", "", None)}  # told as it is chosen, and never in state.values


def view_problems(view: object, surface: str) -> list[str]:
    """All that Slack would refuse in *view* on *surface* (modal or home)."""
    if not isinstance(view, dict):
        return ["must provide an object [json-pointer:/view]"]
    return list(_view_problems(view, surface))


def _view_problems(view: Json, surface: str) -> Iterator[str]:
    if view.get("type") != surface:
        yield f"unsupported type: {view.get('type')} [json-pointer:/view/type]"
        return
    for name in view:
        if name not in (_MODAL_PROPERTIES if surface == MODAL else _PROPERTIES):
            yield f"invalid additional property: {name} [json-pointer:/view]"
    for name, longest in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if len(str(view.get(name) or "")) > longest:
            yield f"must be less than {longest + 1} characters [json-pointer:/view/{name}]"
    if surface == MODAL:
        yield from _titles(view)
    yield from problems(view.get("blocks"), surface, "/view/blocks")
    inputs = [at for at, block in enumerate(_list(view.get("blocks"))) if block.get("type") == "input"]
    if surface == MODAL and inputs and not view.get("submit"):
        yield f"must define `submit` to use `input` block [json-pointer:/view/blocks/{inputs[0]}/input]"
    if len(json.dumps(view)) > _LARGEST:
        yield "view is too large [json-pointer:/view]"


def _titles(view: Json) -> Iterator[str]:
    for name, required in _TITLES:
        title = view.get(name)
        if title is None:
            if required:
                yield f"missing required field: {name} [json-pointer:/view]"
        elif not isinstance(title, dict) or title.get("type") != "plain_text" or not title.get("text"):
            yield f"must be a `plain_text` object [json-pointer:/view/{name}]"
        elif len(str(title["text"])) > 24:
            yield f"must be less than 25 characters [json-pointer:/view/{name}/text]"


def _list(blocks: object) -> list[Json]:
    return [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []


def inputs_of(blocks: Sequence[Json]) -> Iterator[tuple[str, str, Json, Json]]:
    """All that holds a value, as block_id, action_id, element and its block; those inside containers, too."""
    for block in blocks:
        elements = [block.get("element"), block.get("accessory"), *_list(block.get("elements"))]
        for element in elements:
            if isinstance(element, dict) and element.get("type") in _VALUES:
                yield block["block_id"], element["action_id"], element, block
        yield from inputs_of(_list(block.get("child_blocks")))


def values_of(blocks: Sequence[Json], entered: dict[str, Json]) -> dict[str, Json]:
    """
    The `state.values` of a payload: *entered* by block_id and action_id, else initial values, else null or [].

    What was entered counts only while its block_id and action_id are there.
    """
    values: dict[str, Json] = {}
    for block_id, action_id, element, _ in inputs_of(blocks):
        kind = element["type"]
        name, initial, empty = _VALUES[kind]
        value = entered.get(block_id, {}).get(action_id)
        if not isinstance(value, dict) or value.get("type") != kind:
            begun: Any = element.get(initial, list(empty) if empty is not None else None)
            if name == "selected_option" and begun is not None:
                begun = _bare(begun)
            elif name == "selected_options":
                begun = [_bare(option) for option in begun]
            value = {"type": kind, name: begun}
        values.setdefault(block_id, {})[action_id] = value
    return values


def entered(element: Json, value: Any) -> Json:
    """What is told of *element* once *value* was entered in it: a string, an option's label, a list of them."""
    kind = element["type"]
    name, _, empty = _CHOSEN_FROM.get(kind) or _VALUES[kind]
    if name in ("selected_option", "selected_options"):
        labels = [value] if isinstance(value, str) else list(value or ())
        chosen = [option for option in options_of(element) if option["text"]["text"] in labels]
        missing = set(labels) - {option["text"]["text"] for option in chosen}
        if missing:
            raise ValueError(f"no option {sorted(missing)} among {[o['text']['text'] for o in options_of(element)]}")
        bare = [_bare(option) for option in chosen]
        return {"type": kind, name: bare if empty is not None else next(iter(bare), None)}
    return {"type": kind, name: (value or None) if empty is None else list(value or ())}


def _bare(option: Json) -> Json:
    """An option as it comes back: without its description, as Slack's types have it."""
    return {part: option[part] for part in ("text", "value")}


def options_of(element: Json) -> list[Json]:
    """All options of a menu or group of boxes, those in groups included."""
    grouped = [option for group in element.get("option_groups") or () for option in group["options"]]
    return [*(element.get("options") or ()), *grouped]


def what_is_missing(blocks: Sequence[Json], values: dict[str, Json]) -> dict[str, str]:
    """By block_id, what Slack's own client complains of before it submits a modal."""
    errors = {}
    for block_id, action_id, element, block in inputs_of(blocks):
        if block.get("type") != "input":
            continue
        name = _VALUES[element["type"]][0]
        value = values.get(block_id, {}).get(action_id, {}).get(name)
        if value in (None, "", [], ()):
            if not block.get("optional"):
                errors[block_id] = "Please complete this required field."
        elif complaint := _complaint(element, str(value)):
            errors[block_id] = complaint
    return errors


def _complaint(element: Json, value: str) -> str:
    kind = element["type"]
    if kind == "plain_text_input" and len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if kind == "plain_text_input" and len(value) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    if kind == "email_text_input" and "@" not in value[1:-1]:
        return "Please enter a valid email address."
    if kind == "url_text_input" and "://" not in value:
        return "Please enter a valid URL."
    if kind == "number_input":
        try:
            number = float(value) if element.get("is_decimal_allowed") else int(value)
        except ValueError:
            return "Please enter a number."
        if not float(element.get("min_value", number)) <= number <= float(element.get("max_value", number)):
            return "Please enter a number within the limits."
    return ""
