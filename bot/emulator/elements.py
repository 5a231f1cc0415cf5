"""Elements, texts and options of Block Kit, checked as Slack checks them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any

Json = dict[str, Any]

_PROPERTIES = {
    "section": {"text", "fields", "accessory", "expand"},
    "divider": set(),
    "header": {"text", "level"},
    "context": {"elements"},
    "actions": {"elements"},
    "input": {"label", "element", "dispatch_action", "hint", "optional"},
    "button": {"text", "action_id", "url", "value", "style", "confirm", "accessibility_label", "agent_prompt"}
    | {"agent_prompt_display", "visible_to_user_ids"},
    "plain_text": {"text", "emoji"},
    "mrkdwn": {"text", "verbatim"},
}
_TEXTS: Mapping[str, Sequence[tuple[str, int, bool]]] = {  # by type: attribute, longest, required; plain text only
    "header": [("text", 150, True)],
    "input": [("label", 2000, True), ("hint", 2000, False)],
    "button": [("text", 75, True)],
    "workflow_button": [("text", 75, True)],
    "image": [("title", 2000, False)],
    "video": [("title", 200, True), ("description", 200, False)],
    "confirm": [("title", 100, True), ("confirm", 30, False), ("deny", 30, False)],
}
_STRINGS: Mapping[str, Sequence[tuple[str, int, bool]]] = {  # by type: attribute, longest, required
    "button": [("value", 2000, False), ("url", 3000, False), ("accessibility_label", 75, False)],
    "image": [("image_url", 3000, False), ("alt_text", 2000, True)],
    "markdown": [("text", 12_000, True)],
    "video": [("author_name", 50, False), ("alt_text", 2000, True), ("video_url", 3000, True)],
    "file": [("external_id", 255, True), ("source", 255, True)],
}
_MOST_OPTIONS = {"checkboxes": 10, "radio_buttons": 10, "overflow": 5, "static_select": 100, "multi_static_select": 100}
_FORMATTED = ("checkboxes", "radio_buttons")  # whose options may be mrkdwn
_RICH_PARTS = {"text", "link", "user", "channel", "usergroup", "emoji", "date", "broadcast", "team", "color"}
_RICH_PARTS |= {"rich_text_section"}  # the items of a list
_INITIAL: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "datepicker": ("initial_date", lambda value: date.fromisoformat(value).isoformat() == value),
    "timepicker": ("initial_time", lambda value: time.fromisoformat(value).strftime("%H:%M") == value),
    "datetimepicker": ("initial_date_time", lambda value: 1_000_000_000 <= int(value) <= 9_999_999_999),
}
_MOST_CELL_TEXT = {"table": 10_000, "data_table": 20_000}
LONGEST_ID = 255


def element_problems(element: Json, kind: str, at: str) -> Iterator[str]:  # noqa: C901, PLR0912 - one branch for each kind of part
    """What is wrong with an element's own parts."""
    action_id = element.get("action_id")
    if action_id is not None and (not isinstance(action_id, str) or len(action_id) > LONGEST_ID):
        yield f"must be a string of no more than {LONGEST_ID} characters [json-pointer:{at}/action_id]"
    if kind == "image":
        yield from image_problems(element, at)
    if "placeholder" in element:
        yield from text_problems(element["placeholder"], f"{at}/placeholder", 150, plain=True)
    url = element.get("url")
    if url is not None and not str(url).startswith(("https://", "http://", "mailto:", "tel:", "slack://")):
        yield f"invalid url [json-pointer:{at}/url]"
    if kind == "icon_button":
        yield from _string(element, "icon", at, 255, required=True)
        yield from text_problems(element.get("text"), f"{at}/text", 75, plain=True)
    if kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            one = element.get(name)
            if not isinstance(one, dict):
                yield f"missing required field: {name} [json-pointer:{at}]"
            else:
                yield from text_problems(one.get("text"), f"{at}/{name}/text", 75, plain=True)
                yield from _string(one, "value", f"{at}/{name}", 2000, required=True)
    if kind == "button" and element.get("style", "primary") not in ("primary", "danger"):
        yield f"must be `primary` or `danger` [json-pointer:{at}/style]"
    if kind in _MOST_OPTIONS:
        yield from _options(element, kind, at)
    if kind == "plain_text_input":
        yield from _bounds(element, at)
    if kind in _INITIAL:
        yield from _initial(element, kind, at)
    if kind == "number_input" and "is_decimal_allowed" not in element:
        yield f"missing required field: is_decimal_allowed [json-pointer:{at}]"
    if kind.startswith("multi_") and not is_positive(element.get("max_selected_items", 1)):
        yield f"must be at least 1 [json-pointer:{at}/max_selected_items]"
    if "confirm" in element and not isinstance(element["confirm"], dict):
        yield f"must provide an object [json-pointer:{at}/confirm]"
    elif "confirm" in element:
        yield from attribute_problems({**element["confirm"], "type": "confirm"}, f"{at}/confirm")
        yield from text_problems(element["confirm"].get("text"), f"{at}/confirm/text", 300)


def _bounds(element: Json, at: str) -> Iterator[str]:
    for name, least in (("min_length", 0), ("max_length", 1)):
        value = element.get(name, least)
        if not isinstance(value, int) or not least <= value <= 3000:
            yield f"must be between {least} and 3000 [json-pointer:{at}/{name}]"
            return
    if element.get("min_length", 0) > element.get("max_length", 3000):
        yield f"`min_length` must not exceed `max_length` [json-pointer:{at}/min_length]"


def _initial(element: Json, kind: str, at: str) -> Iterator[str]:
    """An initial date or time that is none."""
    name, is_one = _INITIAL[kind]
    value = element.get(name)
    if value is None:
        return
    try:
        good = is_one(value)
    except (ValueError, TypeError):
        good = False
    if not good:
        yield f"invalid {name} [json-pointer:{at}/{name}]"


def inner(thing: Json, name: str = "elements") -> Sequence[Any]:
    """What stands inside a thing."""
    inside = thing.get(name)
    return inside if isinstance(inside, list) else ()


def is_empty_text(one: object) -> bool:
    """A text part without text, or an element that rich text does not know."""
    if not isinstance(one, dict) or one.get("type") not in _RICH_PARTS:
        return True
    return one["type"] == "text" and (not isinstance(one.get("text"), str) or not one["text"])


def is_positive(value: object) -> bool:
    """Whether it is a whole number above zero."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _options(element: Json, kind: str, at: str) -> Iterator[str]:
    groups = element.get("option_groups")
    if groups is not None and kind.endswith("static_select"):
        if "options" in element:
            yield f"must define either `options` or `option_groups` [json-pointer:{at}]"
        yield from count_problems(groups, f"{at}/option_groups", 100)
        for index, group in enumerate(groups if isinstance(groups, list) else ()):
            if not isinstance(group, dict):
                yield f"must provide an object [json-pointer:{at}/option_groups/{index}]"
                continue
            yield from text_problems(group.get("label"), f"{at}/option_groups/{index}/label", 75, plain=True)
            yield from _option_list(group.get("options"), f"{at}/option_groups/{index}/options", 100, kind)
        return
    yield from _option_list(element.get("options"), f"{at}/options", _MOST_OPTIONS[kind], kind)
    initial = element.get("initial_options") or [one for one in [element.get("initial_option")] if one]
    values = {str(option.get("value")) for option in inner(element, "options") if isinstance(option, dict)}
    if not isinstance(initial, list) or any(
        not isinstance(one, dict) or str(one.get("value")) not in values for one in initial
    ):
        yield f"the initial option must be one of the options [json-pointer:{at}]"


def _option_list(options: object, at: str, most: int, kind: str) -> Iterator[str]:
    yield from count_problems(options, at, most)
    for index, option in enumerate(options if isinstance(options, list) else ()):
        if not isinstance(option, dict):
            yield f"must provide an object [json-pointer:{at}/{index}]"
            continue
        yield from text_problems(option.get("text"), f"{at}/{index}/text", 75, plain=kind not in _FORMATTED)
        yield from _string(option, "value", f"{at}/{index}", 150, required=True)
        if "url" in option and kind != "overflow":
            yield f"invalid additional property: url [json-pointer:{at}/{index}]"
        yield from _string(option, "url", f"{at}/{index}", 3000, required=False)
        if "description" in option:
            yield from text_problems(option["description"], f"{at}/{index}/description", 75)


def attribute_problems(thing: Json, at: str) -> Iterator[str]:
    """What the tables above say of a block or element."""
    kind = str(thing.get("type"))
    for name, longest, required in _TEXTS.get(kind, ()):
        if name in thing or required:
            yield from text_problems(thing.get(name), f"{at}/{name}", longest, plain=True)
    for name, longest, required in _STRINGS.get(kind, ()):
        yield from _string(thing, name, at, longest, required=required)
    if kind in _PROPERTIES:
        yield from _additional(thing, _PROPERTIES[kind] | {"type", "block_id", "action_id"}, at)


def _additional(thing: Json, allowed: set[str], at: str) -> Iterator[str]:
    for name in thing:
        if name not in allowed:
            yield f"invalid additional property: {name} [json-pointer:{at}]"


def text_problems(text: object, at: str, longest: int, *, plain: bool = False) -> Iterator[str]:
    """A text object; *plain* where mrkdwn is not allowed."""
    if text is None:
        yield f"missing required field: {at.rsplit('/', 1)[1]} [json-pointer:{at.rsplit('/', 1)[0]}]"
        return
    if not isinstance(text, dict) or text.get("type") not in ("plain_text", "mrkdwn"):
        yield f"must provide a text object [json-pointer:{at}]"
        return
    if plain and text["type"] != "plain_text":
        yield f"must be a `plain_text` object [json-pointer:{at}/type]"
    yield from _string(text, "text", at, longest, required=True)
    yield from _additional(text, _PROPERTIES[text["type"]] | {"type"}, at)


def _string(thing: Json, name: str, at: str, longest: int, *, required: bool) -> Iterator[str]:
    value = thing.get(name)
    if value is None:
        if required:
            yield f"missing required field: {name} [json-pointer:{at}]"
    elif not isinstance(value, str):
        yield f"must be a string [json-pointer:{at}/{name}]"
    elif required and not value:
        yield f"must be more than 0 characters [json-pointer:{at}/{name}]"
    elif len(value) > longest:
        yield f"must be less than {longest + 1} characters [json-pointer:{at}/{name}]"


def count_problems(items: object, at: str, most: int, *, least: int = 1) -> Iterator[str]:
    """What is wrong with how many items there are."""
    if not isinstance(items, list):
        yield f"must provide an array [json-pointer:{at}]"
    elif len(items) < least:
        yield f"must have at least {least} item [json-pointer:{at}]"
    elif len(items) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"


def row_problems(block: Json, at: str, most: int, widest: int) -> Iterator[str]:
    """What is wrong with the rows of a table."""
    rows = block.get("rows")
    yield from count_problems(rows, f"{at}/rows", most)
    text = 0
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        yield from count_problems(row, f"{at}/rows/{index}", widest)
        if not all(isinstance(cell, dict) for cell in (row if isinstance(row, list) else ())):
            yield f"must provide objects [json-pointer:{at}/rows/{index}]"
        text += sum(len(_words(cell)) for cell in (row if isinstance(row, list) else ()))
    if text > _MOST_CELL_TEXT[block["type"]]:
        yield f"the cells must hold no more than {_MOST_CELL_TEXT[block['type']]} characters [json-pointer:{at}/rows]"


def _words(cell: object) -> str:
    if isinstance(cell, dict):
        own = cell.get("text")
        return (own if isinstance(own, str) else "") + "".join(_words(one) for one in inner(cell))
    return ""


def image_problems(image: Json, at: str) -> Iterator[str]:
    """What is wrong with where an image comes from."""
    url = image.get("image_url")
    if bool(url) == bool(image.get("slack_file")):
        yield f"must define either `image_url` or `slack_file` [json-pointer:{at}]"
    elif url and not str(url).startswith(("https://", "http://")):
        yield f"invalid url [json-pointer:{at}/image_url]"
