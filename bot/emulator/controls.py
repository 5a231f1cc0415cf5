"""Finding a button, menu or box as people do: by what it says, and by the row that it stands in."""

from bot.emulator.errors import Json
from bot.emulator.text import clickables, words
from bot.emulator.views import options_of

_SMALL = ("context",)  # what may stand between the text of a row and its buttons


def labels_of(element: Json) -> list[str]:
    """What stands on a button, or on the options of a menu."""
    text = element.get("text")
    own = [str(text["text"])] if isinstance(text, dict) else []
    return own + [str(option["text"]["text"]) for option in options_of(element)]


def controls(label: str, blocks: list[Json], row: str = "") -> list[tuple[str, Json]]:
    """Every control that says *label*, as block_id and element; with *row*, only where that can be read in its row."""
    found = [(block, element) for block, element in clickables(blocks) if label in labels_of(element)]
    return [(str(block["block_id"]), element) for block, element in found if row in row_text(block, blocks)]


def row_text(block: Json, blocks: list[Json]) -> str:
    """What can be read in the row of *block*: a block of buttons belongs to the text above it."""
    at = next((index for index, one in enumerate(blocks) if one is block), -1)
    row = [block]
    if block.get("type") == "actions" and at >= 0:
        above = blocks[:at][::-1]
        small = next((index for index, one in enumerate(above) if one.get("type") not in _SMALL), len(above))
        row += above[: small + 1]
    return "\n".join(words(one) for one in row)
