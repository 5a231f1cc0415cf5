"""
What of a message somebody said: the rest (code, logs, links, repeated quotations) becomes blanks, letter for letter.

Of a very long message its ends are read, and between them what tells most.
"""

import re
from collections.abc import Callable, Set

LONGEST = 3_000  # characters of one message that are read: its ends, and what tells most between them
_END = 700  # characters at each end of a longer one
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.S)
_NO_PROSE = re.compile(r"[{}\[\]=<>|\\_$]|\w\(|//|;\s*$", re.M)
_PROSE_WORDS = frozenset(
    "i we you they he she it the a an our your my to of and will have has is are that this with for".split()
)
_WRAPPED = re.compile(r"(?<=[^\s.!?:;])[ \t]*\n(?=[a-z])")
_WRAPPED_AT = 40  # a line that long may have been broken by a machine
_LIST_MARK = re.compile(r"^[ \t]*(?:\d{1,2}[.)]|[-*•])[ \t]+", re.M)
_PIECE = re.compile(r"[^.!?\n]+[.!?\n]*")
_ROUGH_WORD = re.compile(r"[\w']+")
_LOG_LINE = re.compile(
    r"^[^\S\n]*+(?:(?:\[?\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d)|(?:\[?(?:FATAL|ERROR|WARN(?:ING)?|INFO|DEBUG|TRACE|FIRING|RESOLVED|CRITICAL)\b[\]:]?)"
    r"|(?:at [\w.$]+\()|Traceback|File \"|(?:SELECT|UPDATE|INSERT|DELETE|ALTER) .*\b(?:FROM|SET|INTO|WHERE|TABLE)\b|[$#] \w|(?:GET|POST|PUT) /"
    r"|[\w.]+(?:Exception|Error):).*$",
    re.M,
)
_REGEX = re.compile(r"(?<!\S)/[^\s/|()\[\]*\\]*+[|()\[\]*\\][^/\n]*+/[gimsux]*")
_QUOTED_LINE = re.compile(r"\s*+(?:>|&gt;)")
_SLASH = re.compile(r"\s/\s")
_LINK = re.compile(r"https?://\S+|<https?://[^<>]*+>|<url>|<code>")

Worth = Callable[[str], float]  # how much a word tells


def spoken(text: str, said: Set[str], worth: Worth | None = None) -> str:
    """*text*, as long as before, with blanks in the place of what nobody said; *said* are the lines said before it."""
    if len(text) > LONGEST:
        text = _shortened(text, worth)
    if "`" in text:
        text = _CODE.sub(lambda found: _unquoted(found[0]) if _is_prose(found[0]) else _blank(found), text)
    text = _LOG_LINE.sub(_blank, text)
    if "\n" in text:
        text = _unwrapped(text)
    text = _LIST_MARK.sub(_blank, text)
    if "/" in text:
        text = _REGEX.sub(_blank, _LINK.sub(_blank, text))
        text = _SLASH.sub(" \n ", text)
    return _without_repeated(text, said) if ">" in text else text


def is_pasted(text: str) -> bool:
    """Whether most of *text* was pasted from somebody else, as a quotation or in backticks."""
    pasted = sum(len(found[0]) for found in _CODE.finditer(text) if _is_prose(found[0]))
    pasted += sum(len(line) for line in text.split("\n") if _QUOTED_LINE.match(line))
    return pasted > len(text.strip()) / 2


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _unquoted(pasted: str) -> str:
    """Prose without its backticks, as lines of its own: what leads up to it is another sentence."""
    return "\n" + pasted[1:-1].replace("`", " ") + "\n"


def _unwrapped(text: str) -> str:
    """*text* without the line breaks that a machine made in the middle of a sentence."""

    def joined(found: re.Match[str]) -> str:
        begins = text.rfind("\n", 0, found.start()) + 1
        return " " * len(found[0]) if found.start() - begins >= _WRAPPED_AT else found[0]

    return _WRAPPED.sub(joined, text)


def _without_repeated(text: str, said: Set[str]) -> str:
    """*text* without the quotation of lines that were *said* already."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        bare = re.sub(r"^\s*+(?:>|&gt;)++\s?", "", line)
        if bare != line and bare.strip().lower() in said:
            lines[at] = " " * len(line)
    return "\n".join(lines)


def _shortened(text: str, worth: Worth | None) -> str:
    """*text*, as long as before, with blanks in the place of what tells least between its ends."""
    pieces = [(one.start(), one.end()) for one in _PIECE.finditer(text, _END, len(text) - _END)]
    told = {}
    for start, end in pieces if worth else ():
        words = _ROUGH_WORD.findall(text[start:end].lower())
        told[start] = sum(max(0.0, worth(word)) for word in words) / (8 + len(words)) if worth else 0.0
    room, kept = LONGEST - 2 * _END, []
    for start, end in sorted(pieces, key=lambda one: (-told.get(one[0], 0.0), one[0])):
        if end - start <= room:
            room -= end - start
            kept.append((start, end))
    found, at = [text[:_END]], _END
    for start, end in sorted(kept):
        found += [re.sub(r"[^\n]", " ", text[at:start]), text[start:end]]
        at = end
    return "".join([*found, re.sub(r"[^\n]", " ", text[at : len(text) - _END]), text[len(text) - _END :]])


def _is_prose(quoted: str) -> bool:
    """Whether what stands in backticks is no code: a mail, say."""
    inside = quoted.strip("`").strip()
    if _NO_PROSE.search(inside) or len(inside.split()) < 4:
        return False
    words = [word.strip(".,!?'\"").lower() for word in inside.split()]
    if sum(word in _PROSE_WORDS for word in words) < 2:
        return False
    return quoted.startswith("```") or (inside[0].isupper() and inside[-1] in ".!?")
