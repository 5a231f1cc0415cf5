"""
Block Kit, checked as Slack checks it: types, required parts, lengths, counts, unique ids, and what fits which surface.

Numbers are from Slack's Block Kit reference and the comments of its own type definitions (@slack/types). Problems read
like Slack's: what is wrong, and a JSON pointer to where.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any

Json = dict[str, Any]

MESSAGE, MODAL, HOME = "message", "modal", "home"
MOST_BLOCKS = {MESSAGE: 50, MODAL: 100, HOME: 100}
_EVERYWHERE = {"actions", "card", "context", "divider", "header", "image", "input", "rich_text", "section", "video"}
_BLOCKS = {
    MESSAGE: _EVERYWHERE
    | {"call", "carousel", "container", "context_actions", "data_table", "data_visualization", "file", "markdown"}
    | {"plan", "table", "task_card"},
    MODAL: _EVERYWHERE | {"alert"},
    HOME: _EVERYWHERE | {"carousel", "container", "data_visualization"},
}
_IN_CONTAINER = {"actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "table"}
_IN_CONTAINER |= {"video"}

_SELECTS = {f"{data}_select" for data in ("static", "external", "users", "conversations", "channels")}
_SELECTS |= {f"multi_{select}" for select in _SELECTS}
_CHOICES = _SELECTS | {"checkboxes", "radio_buttons", "datepicker", "timepicker"}
_ELEMENTS = {
    "section": _CHOICES | {"button", "image", "overflow", "workflow_button"},
    "actions": _CHOICES | {"button", "datetimepicker", "overflow", "rich_text_input", "workflow_button"},
    "input": _CHOICES
    | {"datetimepicker", "email_text_input", "file_input", "number_input", "plain_text_input", "rich_text_input"}
    | {"url_text_input"},
    "context": {"image", "plain_text", "mrkdwn"},
    "context_actions": {"feedback_buttons", "icon_button"},
}
# what may stand in the objects that are written most; elsewhere, additional properties are not looked for
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
_RICH_PARTS = {"text", "link", "user", "channel", "usergroup", "emoji", "date", "broadcast", "team", "color"}
_RICH_PARTS |= {"rich_text_section"}  # the items of a list
_INITIAL: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "datepicker": ("initial_date", lambda value: date.fromisoformat(value).isoformat() == value),
    "timepicker": ("initial_time", lambda value: time.fromisoformat(value).strftime("%H:%M") == value),
    "datetimepicker": ("initial_date_time", lambda value: 1_000_000_000 <= int(value) <= 9_999_999_999),
}
_MOST_CELL_TEXT = {"table": 10_000, "data_table": 20_000}
_LONGEST_ID = 255


def problems(blocks: object, surface: str, at: str = "/blocks") -> list[str]:
    """All that Slack would refuse in *blocks* on *surface* (message, modal or home); empty if it takes them."""
    if not isinstance(blocks, list):
        return [f"must provide an array [json-pointer:{at}]"]
    found = []
    if len(blocks) > MOST_BLOCKS[surface]:
        found.append(f"no more than {MOST_BLOCKS[surface]} items allowed [json-pointer:{at}]")
    found += _Check(surface).all(blocks, at)
    return found


class _Check:
    """One look through the blocks of one message or view."""

    def __init__(self, surface: str) -> None:
        self._surface = surface
        self._block_ids: set[str] = set()
        self._focused = 0
        self._seen: dict[str, int] = {}

    def all(self, blocks: Sequence[object], at: str) -> Iterator[str]:
        for index, block in enumerate(blocks):
            yield from self.block(block, f"{at}/{index}", _BLOCKS[self._surface])
        if self._seen.get("table", 0) > 1:
            yield f"only_one_table_allowed [json-pointer:{at}]"
        if self._seen.get("data_visualization", 0) > 2:
            yield f"no more than 2 data_visualization blocks allowed [json-pointer:{at}]"
        if self._seen.get("markdown_text", 0) > 12_000:
            yield f"the markdown blocks of one message must hold no more than 12000 characters [json-pointer:{at}]"

    def block(self, block: object, at: str, allowed: set[str]) -> Iterator[str]:
        if not isinstance(block, dict):
            yield f"must provide an object [json-pointer:{at}]"
            return
        kind = str(block.get("type"))
        if kind not in allowed:
            yield f"unsupported type: {kind} [json-pointer:{at}/type]"
            return
        self._seen[kind] = self._seen.get(kind, 0) + 1
        yield from self._block_id(block, at)
        yield from _attributes(block, at)
        check = getattr(self, f"_{kind}", None)
        if check is not None:
            yield from check(block, at)

    def _block_id(self, block: Json, at: str) -> Iterator[str]:
        block_id = block.get("block_id")
        if block_id is None:
            return
        if not isinstance(block_id, str) or len(block_id) > _LONGEST_ID:
            yield f"must be a string of no more than {_LONGEST_ID} characters [json-pointer:{at}/block_id]"
        elif block_id and block_id in self._block_ids:
            yield f"`block_id` {block_id} already exists [json-pointer:{at}/block_id]"
        else:
            self._block_ids.add(block_id)

    # by block type

    def _section(self, block: Json, at: str) -> Iterator[str]:
        text, fields = block.get("text"), block.get("fields")
        if text is None and not fields:
            yield f"must define either `text` or `fields` [json-pointer:{at}]"
        if text is not None:
            yield from _text(text, f"{at}/text", 3000)
        if fields is not None:
            yield from _count(fields, f"{at}/fields", 10)
            for index, one in enumerate(fields if isinstance(fields, list) else ()):
                yield from _text(one, f"{at}/fields/{index}", 2000)
        if "accessory" in block:
            yield from self._element(block["accessory"], f"{at}/accessory", "section")

    def _actions(self, block: Json, at: str) -> Iterator[str]:
        yield from self._elements(block, at, "actions", 25)

    def _context(self, block: Json, at: str) -> Iterator[str]:
        yield from self._elements(block, at, "context", 10)

    def _context_actions(self, block: Json, at: str) -> Iterator[str]:
        yield from self._elements(block, at, "context_actions", 5)

    def _input(self, block: Json, at: str) -> Iterator[str]:
        if "element" not in block:
            yield f"missing required field: element [json-pointer:{at}]"
        else:
            yield from self._element(block["element"], f"{at}/element", "input")

    def _image(self, block: Json, at: str) -> Iterator[str]:
        yield from _image_source(block, at)

    def _rich_text(self, block: Json, at: str) -> Iterator[str]:
        kinds = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
        parts = block.get("elements")
        yield from _count(parts, f"{at}/elements", 10_000, least=0)
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            if not isinstance(part, dict) or str(part.get("type")) not in kinds:
                yield f"unsupported rich text element [json-pointer:{at}/elements/{index}]"
            elif "elements" not in part or not all(isinstance(one, dict) for one in _inner(part)):
                yield f"must provide an array of objects [json-pointer:{at}/elements/{index}/elements]"
            elif any(_is_empty_text(one) for one in _inner(part)):
                yield f"missing required field: text [json-pointer:{at}/elements/{index}]"

    def _markdown(self, block: Json, at: str) -> Iterator[str]:
        self._seen["markdown_text"] = self._seen.get("markdown_text", 0) + len(str(block.get("text", "")))
        yield from ()

    def _alert(self, block: Json, at: str) -> Iterator[str]:
        yield from _text(block.get("text"), f"{at}/text", 200)
        if block.get("level", "default") not in ("default", "info", "warning", "error", "success"):
            yield f"unknown level [json-pointer:{at}/level]"

    def _card(self, block: Json, at: str) -> Iterator[str]:
        if not any(block.get(part) for part in ("hero_image", "title", "actions", "body")):
            yield f"must define one of `hero_image`, `title`, `actions`, `body` [json-pointer:{at}]"
        for part, longest in (("title", 150), ("subtitle", 150), ("body", 200), ("subtext", 200)):
            if part in block:
                yield from _text(block[part], f"{at}/{part}", longest)
        if "actions" in block:
            yield from _count(block["actions"], f"{at}/actions", 3)
            for index, one in enumerate(block["actions"] if isinstance(block["actions"], list) else ()):
                yield from self._element(one, f"{at}/actions/{index}", "actions")

    def _carousel(self, block: Json, at: str) -> Iterator[str]:
        cards = block.get("elements")
        yield from _count(cards, f"{at}/elements", 10)
        for index, card in enumerate(cards if isinstance(cards, list) else ()):
            yield from self.block(card, f"{at}/elements/{index}", {"card"})

    def _container(self, block: Json, at: str) -> Iterator[str]:
        if not block.get("title") and not block.get("rich_text_title"):
            yield f"must define either `title` or `rich_text_title` [json-pointer:{at}]"
        if block.get("title"):
            yield from _text(block["title"], f"{at}/title", 150, plain=True)
        if block.get("subtitle"):
            yield from _text(block["subtitle"], f"{at}/subtitle", 150)
        if block.get("width", "standard") not in ("narrow", "standard", "wide", "full"):
            yield f"unknown width [json-pointer:{at}/width]"
        if block.get("default_collapsed") and not block.get("is_collapsible"):
            yield f"`default_collapsed` needs `is_collapsible` [json-pointer:{at}/default_collapsed]"
        inside = block.get("child_blocks")
        yield from _count(inside, f"{at}/child_blocks", 10)
        for index, child in enumerate(inside if isinstance(inside, list) else ()):
            yield from self.block(child, f"{at}/child_blocks/{index}", _IN_CONTAINER)

    def _table(self, block: Json, at: str) -> Iterator[str]:
        yield from _rows(block, at, 100, 20)
        if len(_inner(block, "column_settings")) > 20:
            yield f"no more than 20 items allowed [json-pointer:{at}/column_settings]"

    def _data_table(self, block: Json, at: str) -> Iterator[str]:
        if not block.get("caption"):
            yield f"missing required field: caption [json-pointer:{at}]"
        size = block.get("page_size", 5)
        if not isinstance(size, int) or not 1 <= size <= 100:
            yield f"must be between 1 and 100 [json-pointer:{at}/page_size]"
        yield from _rows(block, at, 201, 20)

    def _data_visualization(self, block: Json, at: str) -> Iterator[str]:
        if not 0 < len(str(block.get("title") or "")) <= 50:
            yield f"must be between 1 and 50 characters [json-pointer:{at}/title]"
        chart = block.get("chart")
        kind = chart.get("type") if isinstance(chart, dict) else None
        if not isinstance(chart, dict) or kind not in ("pie", "bar", "area", "line"):
            yield f"unsupported chart [json-pointer:{at}/chart]"
        else:
            part = "segments" if kind == "pie" else "series"
            yield from _count(chart.get(part), f"{at}/chart/{part}", 12)
            for index, one in enumerate(_inner(chart, "segments")):
                if not isinstance(one, dict) or not _is_positive(one.get("value")):
                    yield f"must be more than 0 [json-pointer:{at}/chart/segments/{index}/value]"

    def _plan(self, block: Json, at: str) -> Iterator[str]:
        for index, task in enumerate(_inner(block, "tasks")):
            if isinstance(task, dict):
                yield from self._task_card(task, f"{at}/tasks/{index}")

    def _task_card(self, block: Json, at: str) -> Iterator[str]:
        if block.get("status", "pending") not in ("pending", "in_progress", "complete", "error"):
            yield f"unknown status [json-pointer:{at}/status]"

    # elements

    def _elements(self, block: Json, at: str, place: str, most: int) -> Iterator[str]:
        inside = block.get("elements")
        yield from _count(inside, f"{at}/elements", most)
        action_ids: set[str] = set()
        for index, element in enumerate(inside if isinstance(inside, list) else ()):
            yield from self._element(element, f"{at}/elements/{index}", place)
            action_id = element.get("action_id") if isinstance(element, dict) else None
            if action_id and str(action_id) in action_ids:
                yield f"`action_id` {action_id} already exists [json-pointer:{at}/elements/{index}/action_id]"
            action_ids.add(str(action_id))

    def _element(self, element: object, at: str, place: str) -> Iterator[str]:
        if not isinstance(element, dict):
            yield f"must provide an object [json-pointer:{at}]"
            return
        kind = str(element.get("type"))
        if kind not in _ELEMENTS[place] or (kind == "file_input" and self._surface != MODAL):
            yield f"unsupported type: {kind} [json-pointer:{at}/type]"
            return
        if kind in ("plain_text", "mrkdwn"):
            yield from _text(element, at, 3000)
            return
        self._focused += element.get("focus_on_load") is True
        if self._focused > 1 and element.get("focus_on_load") is True:
            yield f"only one element may have `focus_on_load` [json-pointer:{at}/focus_on_load]"
        yield from _attributes(element, at)
        yield from _element_attributes(element, kind, at)


def _element_attributes(element: Json, kind: str, at: str) -> Iterator[str]:
    action_id = element.get("action_id")
    if action_id is not None and (not isinstance(action_id, str) or len(action_id) > _LONGEST_ID):
        yield f"must be a string of no more than {_LONGEST_ID} characters [json-pointer:{at}/action_id]"
    if kind == "image":
        yield from _image_source(element, at)
    if "placeholder" in element:
        yield from _text(element["placeholder"], f"{at}/placeholder", 150, plain=True)
    url = element.get("url")
    if url is not None and not str(url).startswith(("https://", "http://", "mailto:", "tel:", "slack://")):
        yield f"invalid url [json-pointer:{at}/url]"
    if kind == "icon_button":
        yield from _string(element, "icon", at, 255, required=True)
        yield from _text(element.get("text"), f"{at}/text", 75, plain=True)
    if kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            one = element.get(name)
            if not isinstance(one, dict):
                yield f"missing required field: {name} [json-pointer:{at}]"
            else:
                yield from _text(one.get("text"), f"{at}/{name}/text", 75, plain=True)
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
    if kind.startswith("multi_") and not _is_positive(element.get("max_selected_items", 1)):
        yield f"must be at least 1 [json-pointer:{at}/max_selected_items]"
    if "confirm" in element and not isinstance(element["confirm"], dict):
        yield f"must provide an object [json-pointer:{at}/confirm]"
    elif "confirm" in element:
        yield from _attributes({**element["confirm"], "type": "confirm"}, f"{at}/confirm")
        yield from _text(element["confirm"].get("text"), f"{at}/confirm/text", 300)


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


def _inner(thing: Json, name: str = "elements") -> Sequence[Any]:
    inside = thing.get(name)
    return inside if isinstance(inside, list) else ()


def _is_empty_text(one: object) -> bool:
    """A text part without text, or an element that rich text does not know."""
    if not isinstance(one, dict) or one.get("type") not in _RICH_PARTS:
        return True
    return one["type"] == "text" and (not isinstance(one.get("text"), str) or not one["text"])


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _options(element: Json, kind: str, at: str) -> Iterator[str]:
    groups = element.get("option_groups")
    if groups is not None and kind.endswith("static_select"):
        if "options" in element:
            yield f"must define either `options` or `option_groups` [json-pointer:{at}]"
        yield from _count(groups, f"{at}/option_groups", 100)
        for index, group in enumerate(groups if isinstance(groups, list) else ()):
            if not isinstance(group, dict):
                yield f"must provide an object [json-pointer:{at}/option_groups/{index}]"
                continue
            yield from _text(group.get("label"), f"{at}/option_groups/{index}/label", 75, plain=True)
            yield from _option_list(group.get("options"), f"{at}/option_groups/{index}/options", 100)
        return
    yield from _option_list(element.get("options"), f"{at}/options", _MOST_OPTIONS[kind])
    initial = element.get("initial_options") or [one for one in [element.get("initial_option")] if one]
    values = {str(option.get("value")) for option in _inner(element, "options") if isinstance(option, dict)}
    if not isinstance(initial, list) or any(
        not isinstance(one, dict) or str(one.get("value")) not in values for one in initial
    ):
        yield f"the initial option must be one of the options [json-pointer:{at}]"


def _option_list(options: object, at: str, most: int) -> Iterator[str]:
    yield from _count(options, at, most)
    for index, option in enumerate(options if isinstance(options, list) else ()):
        if not isinstance(option, dict):
            yield f"must provide an object [json-pointer:{at}/{index}]"
            continue
        yield from _text(option.get("text"), f"{at}/{index}/text", 75)
        yield from _string(option, "value", f"{at}/{index}", 150, required=True)
        if "description" in option:
            yield from _text(option["description"], f"{at}/{index}/description", 75)


def _attributes(thing: Json, at: str) -> Iterator[str]:
    """What the tables above say of a block or element."""
    kind = str(thing.get("type"))
    for name, longest, required in _TEXTS.get(kind, ()):
        if name in thing or required:
            yield from _text(thing.get(name), f"{at}/{name}", longest, plain=True)
    for name, longest, required in _STRINGS.get(kind, ()):
        yield from _string(thing, name, at, longest, required=required)
    if kind in _PROPERTIES:
        yield from _additional(thing, _PROPERTIES[kind] | {"type", "block_id", "action_id"}, at)


def _additional(thing: Json, allowed: set[str], at: str) -> Iterator[str]:
    for name in thing:
        if name not in allowed:
            yield f"invalid additional property: {name} [json-pointer:{at}]"


def _text(text: object, at: str, longest: int, *, plain: bool = False) -> Iterator[str]:
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


def _count(items: object, at: str, most: int, *, least: int = 1) -> Iterator[str]:
    if not isinstance(items, list):
        yield f"must provide an array [json-pointer:{at}]"
    elif len(items) < least:
        yield f"must have at least {least} item [json-pointer:{at}]"
    elif len(items) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"


def _rows(block: Json, at: str, most: int, widest: int) -> Iterator[str]:
    rows = block.get("rows")
    yield from _count(rows, f"{at}/rows", most)
    text = 0
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        yield from _count(row, f"{at}/rows/{index}", widest)
        if not all(isinstance(cell, dict) for cell in (row if isinstance(row, list) else ())):
            yield f"must provide objects [json-pointer:{at}/rows/{index}]"
        text += sum(len(_words(cell)) for cell in (row if isinstance(row, list) else ()))
    if text > _MOST_CELL_TEXT[block["type"]]:
        yield f"the cells must hold no more than {_MOST_CELL_TEXT[block['type']]} characters [json-pointer:{at}/rows]"


def _words(cell: object) -> str:
    if isinstance(cell, dict):
        own = cell.get("text")
        return (own if isinstance(own, str) else "") + "".join(_words(one) for one in _inner(cell))
    return ""


def _image_source(image: Json, at: str) -> Iterator[str]:
    url = image.get("image_url")
    if bool(url) == bool(image.get("slack_file")):
        yield f"must define either `image_url` or `slack_file` [json-pointer:{at}]"
    elif url and not str(url).startswith(("https://", "http://")):
        yield f"invalid url [json-pointer:{at}/image_url]"
