"""
Block Kit, checked as Slack checks it: types, required parts, lengths, counts, unique ids, and what fits which surface.

Numbers are from Slack's Block Kit reference and the comments of its own type definitions (@slack/types). Problems read
like Slack's: what is wrong, and a JSON pointer to where.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.emulator.elements import (
    LONGEST_ID,
    attribute_problems,
    count_problems,
    element_problems,
    image_problems,
    inner,
    is_empty_text,
    is_positive,
    row_problems,
    text_problems,
)

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
        yield from attribute_problems(block, at)
        check = getattr(self, f"_{kind}", None)
        if check is not None:
            yield from check(block, at)

    def _block_id(self, block: Json, at: str) -> Iterator[str]:
        block_id = block.get("block_id")
        if block_id is None:
            return
        if not isinstance(block_id, str) or len(block_id) > LONGEST_ID:
            yield f"must be a string of no more than {LONGEST_ID} characters [json-pointer:{at}/block_id]"
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
            yield from text_problems(text, f"{at}/text", 3000)
        if fields is not None:
            yield from count_problems(fields, f"{at}/fields", 10)
            for index, one in enumerate(fields if isinstance(fields, list) else ()):
                yield from text_problems(one, f"{at}/fields/{index}", 2000)
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
        yield from image_problems(block, at)

    def _rich_text(self, block: Json, at: str) -> Iterator[str]:
        kinds = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
        parts = block.get("elements")
        yield from count_problems(parts, f"{at}/elements", 10_000, least=0)
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            if not isinstance(part, dict) or str(part.get("type")) not in kinds:
                yield f"unsupported rich text element [json-pointer:{at}/elements/{index}]"
            elif "elements" not in part or not all(isinstance(one, dict) for one in inner(part)):
                yield f"must provide an array of objects [json-pointer:{at}/elements/{index}/elements]"
            elif any(is_empty_text(one) for one in inner(part)):
                yield f"missing required field: text [json-pointer:{at}/elements/{index}]"

    def _markdown(self, block: Json, at: str) -> Iterator[str]:
        self._seen["markdown_text"] = self._seen.get("markdown_text", 0) + len(str(block.get("text", "")))
        yield from ()

    def _alert(self, block: Json, at: str) -> Iterator[str]:
        yield from text_problems(block.get("text"), f"{at}/text", 200)
        if block.get("level", "default") not in ("default", "info", "warning", "error", "success"):
            yield f"unknown level [json-pointer:{at}/level]"

    def _card(self, block: Json, at: str) -> Iterator[str]:
        if not any(block.get(part) for part in ("hero_image", "title", "actions", "body")):
            yield f"must define one of `hero_image`, `title`, `actions`, `body` [json-pointer:{at}]"
        for part, longest in (("title", 150), ("subtitle", 150), ("body", 200), ("subtext", 200)):
            if part in block:
                yield from text_problems(block[part], f"{at}/{part}", longest)
        if "actions" in block:
            yield from count_problems(block["actions"], f"{at}/actions", 3)
            for index, one in enumerate(block["actions"] if isinstance(block["actions"], list) else ()):
                yield from self._element(one, f"{at}/actions/{index}", "actions")

    def _carousel(self, block: Json, at: str) -> Iterator[str]:
        cards = block.get("elements")
        yield from count_problems(cards, f"{at}/elements", 10)
        for index, card in enumerate(cards if isinstance(cards, list) else ()):
            yield from self.block(card, f"{at}/elements/{index}", {"card"})

    def _container(self, block: Json, at: str) -> Iterator[str]:
        if not block.get("title") and not block.get("rich_text_title"):
            yield f"must define either `title` or `rich_text_title` [json-pointer:{at}]"
        if block.get("title"):
            yield from text_problems(block["title"], f"{at}/title", 150, plain=True)
        if block.get("subtitle"):
            yield from text_problems(block["subtitle"], f"{at}/subtitle", 150)
        if block.get("width", "standard") not in ("narrow", "standard", "wide", "full"):
            yield f"unknown width [json-pointer:{at}/width]"
        if block.get("default_collapsed") and not block.get("is_collapsible"):
            yield f"`default_collapsed` needs `is_collapsible` [json-pointer:{at}/default_collapsed]"
        inside = block.get("child_blocks")
        yield from count_problems(inside, f"{at}/child_blocks", 10)
        for index, child in enumerate(inside if isinstance(inside, list) else ()):
            yield from self.block(child, f"{at}/child_blocks/{index}", _IN_CONTAINER)

    def _table(self, block: Json, at: str) -> Iterator[str]:
        yield from row_problems(block, at, 100, 20)
        if len(inner(block, "column_settings")) > 20:
            yield f"no more than 20 items allowed [json-pointer:{at}/column_settings]"

    def _data_table(self, block: Json, at: str) -> Iterator[str]:
        if not block.get("caption"):
            yield f"missing required field: caption [json-pointer:{at}]"
        size = block.get("page_size", 5)
        if not isinstance(size, int) or not 1 <= size <= 100:
            yield f"must be between 1 and 100 [json-pointer:{at}/page_size]"
        yield from row_problems(block, at, 201, 20)

    def _data_visualization(self, block: Json, at: str) -> Iterator[str]:
        if not 0 < len(str(block.get("title") or "")) <= 50:
            yield f"must be between 1 and 50 characters [json-pointer:{at}/title]"
        chart = block.get("chart")
        kind = chart.get("type") if isinstance(chart, dict) else None
        if not isinstance(chart, dict) or kind not in ("pie", "bar", "area", "line"):
            yield f"unsupported chart [json-pointer:{at}/chart]"
        else:
            part = "segments" if kind == "pie" else "series"
            yield from count_problems(chart.get(part), f"{at}/chart/{part}", 12)
            for index, one in enumerate(inner(chart, "segments")):
                if not isinstance(one, dict) or not is_positive(one.get("value")):
                    yield f"must be more than 0 [json-pointer:{at}/chart/segments/{index}/value]"

    def _plan(self, block: Json, at: str) -> Iterator[str]:
        for index, task in enumerate(inner(block, "tasks")):
            if isinstance(task, dict):
                yield from self._task_card(task, f"{at}/tasks/{index}")

    def _task_card(self, block: Json, at: str) -> Iterator[str]:
        if block.get("status", "pending") not in ("pending", "in_progress", "complete", "error"):
            yield f"unknown status [json-pointer:{at}/status]"

    # elements

    def _elements(self, block: Json, at: str, place: str, most: int) -> Iterator[str]:
        inside = block.get("elements")
        yield from count_problems(inside, f"{at}/elements", most)
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
            yield from text_problems(element, at, 3000)
            return
        self._focused += element.get("focus_on_load") is True
        if self._focused > 1 and element.get("focus_on_load") is True:
            yield f"only one element may have `focus_on_load` [json-pointer:{at}/focus_on_load]"
        yield from attribute_problems(element, at)
        yield from element_problems(element, kind, at)
