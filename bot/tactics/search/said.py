"""What of a typed text is about the situation: without emoji written out, and without the signature under a mail."""

import re

_EMOJI = re.compile(r":[a-z+-][a-z0-9_+'-]*:")  # as Slack writes them
_DIVIDER = frozenset(("--", "—", "__", "___"))
_DEVICE = re.compile(
    r"(?:sent from|get outlook for|gesendet von|envoyé de|envoyé depuis|enviado desde|enviado do)\b[^:.!?]{0,40}"
    r"|von mein\w+ \w+ gesendet",
    re.I,
)
_CLOSING = re.compile(
    r"(?:(?:many|kind|best|warm) |with (?:best|kind) )?(?:thanks|thx|thank you|regards|rgds|wishes|cheers)"
    r"|best|sincerely|yours(?: \w+)?"
    r"|(?:mit )?(?:freundlichen |besten |vielen |viele |lieben |liebe |beste )?(?:grüßen|grüße|gruß|dank)|mfg|lg|vg"
    r"|(?:bien )?cordialement|merci|(?:un )?saludos?(?: cordial(?:es)?)?|atentamente|gracias"
    r"|abraços?|atenciosamente|att|obrigad[oa]",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]+")
_MOST_LINES = 5  # of a signature
_LONGEST_LINE = 70  # characters of one of its lines
_LONGEST_NAME = 3  # words of a name that is typed in small letters


def said(text: str) -> str:
    """*text* without what says nothing of the situation; as it is where nothing else would be left."""
    text = _EMOJI.sub(" ", text) if ":" in text else text
    if "\n" not in text:
        return text
    lines = text.rstrip().split("\n")
    for at in range(max(1, len(lines) - _MOST_LINES - 1), len(lines)):
        if _begins_signature(lines[at].strip(), [one.strip() for one in lines[at + 1 :] if one.strip()]):
            above = "\n".join(lines[:at])
            return above if any(map(str.isalnum, above)) else text
    return text


def _begins_signature(line: str, below: list[str]) -> bool:
    if any(len(one) > _LONGEST_LINE for one in below):
        return False
    begins = line in _DIVIDER or _DEVICE.fullmatch(line) or _CLOSING.fullmatch(line.rstrip(" ,.!-–"))
    return bool(begins) and all(_is_of_signature(one, is_first=at == 0) for at, one in enumerate(below))


def _is_of_signature(line: str, *, is_first: bool) -> bool:
    """Whether *line* is a name, a title or an address, and no sentence that was put under the name."""
    words = _WORD.findall(line)
    if is_first and len(words) <= _LONGEST_NAME:
        return True
    return "@" in line or "|" in line or 2 * sum(word[0].isupper() for word in words) >= len(words)
