"""The features of the classifier in people's words: why a thread pages."""

import re
from collections.abc import Sequence

from bot.escalations.detection.clause_features import COMMON

_WHO = {"rep": "a rep", "colleague": "a colleague", "manager": "a manager", "customer": "the customer"}
_ENDINGS = {"<!!>": "is shouted", "<!>": "ends with an exclamation mark", "<?>": "is a question"}
_SCOPES = {"!": "denied", "?": "under an “if”", '"': "quoted"}


def in_words(features: Sequence[str], most: int) -> list[str]:
    """Up to *most* of *features*, strongest first, each said once."""
    found: list[str] = []
    told: list[set[str]] = []
    for feature in features:
        kind, _, text = feature.partition(" ")
        words = set(re.findall(r"[\w'#]+", text.partition(": ")[2] if kind == "role" else text))
        if kind in ("scope", "near"):
            words = set(text.split()[1:])
        said = _said(kind, text)
        if said is None or words <= COMMON or any(words <= other or other <= words for other in told):
            continue
        told.append(words)
        found.append(said)
        if len(found) == most:
            break
    return found


def _said(kind: str, text: str) -> str | None:
    if kind == "role":
        who, _, words = text.partition(": ")
        return f"{_quoted(words)}, said by {_WHO[who]}" if who in _WHO else _quoted(words)
    if kind == "scope":
        marks, _, word = text.partition(" ")
        return f"“{word}” is {' and '.join(_SCOPES[mark] for mark in marks)}"
    if kind == "near":
        where, _, word = text.partition(" ")
        return f"“{word}” stands {where} it"
    ending = next((said for mark, said in _ENDINGS.items() if text.endswith(mark)), "")
    bare = " ".join(word for word in text.split() if not word.startswith("<"))
    if not bare:
        return None
    return f"{_quoted(bare)} {ending}".strip()


def _quoted(words: str) -> str:
    joined = words.replace(" n't", "n't").replace(" '", "'").replace("#", "[number]")
    return f"“{joined}”"
