"""What of a message its writer says, without quotations and code; and its sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FEWEST_BLANKS = 2  # in quotation marks, where somebody speaks
LONGEST = 3_000  # characters that are looked at; what is longer was pasted
_SIGNS = str.maketrans("’‘ʼ´`“”„«»\u00a0\t", '\'\'\'\'`"""""  ')
_IN_BACKTICKS = re.compile(r"```[^`]*+(?:```|\Z)|`[^`\n]*+`")
_CITED_LINE = re.compile(r"^[ \t]*+(?:>|&gt;)[^\n]*+", re.M)
_QUOTED = re.compile(r'"[^"\n]*+(?:"|$)|(?<![\w.!?])\'[A-Z][^\'\n]{1,200}+(?:\'\w[^\'\n]{0,200}+){0,4}+\'(?!\w)', re.M)
# what follows on the line, or on the lines up to an empty one, is somebody else's
_ANOTHERS = re.compile(
    r"\b(?:wrote|writes|said|says|replied|answered|from (?:the|their|his|her) (?:mail|email|ticket|chat)"
    r"|(?:their|his|her|the customer's|the client's) (?:words|mail|email|message|reply|answer)|quote|verbatim|transcript"
    r"|reads|per (?:the|their) (?:mail|email)|schrieb|schreibt|sagt|escribi[oó]|dice)"
    r"(?: to (?:us|me)| back| me| us| (?:yester|to)day| this morning)?:[^\n]*+(?:\n(?!\s*\n)[^\n]*+)*+",
    re.I,
)
_SPEAKER = re.compile(
    r"^[ \t]*+(?:customer|client|cust|cx|caller|user|kunde|cliente)[ \t]*:[^\n]*+"
    r"|^[ \t]*+(?:on |am |le )[^\n]{4,60} (?:wrote|schrieb)[^\n]*+",
    re.M | re.I,
)
_AFTER_NO_SHORT_FORM = "".join(
    rf"(?<!\b{one}\.)" for one in ("mr", "ms", "dr", "st", "mrs", "vs", r"a\.m", r"p\.m", "no")
)
_SENTENCE_END = re.compile(rf"(?<=[.!?…]){_AFTER_NO_SHORT_FORM}[)'\"]?\s+|[\n;•]\s*|\s--\s", re.I)


@dataclass(frozen=True, slots=True)
class OwnSentence:
    """One sentence of what somebody says; *asks* where it is a question."""

    text: str
    asks: bool


def unquoted(text: str) -> str:
    """*text* without what is marked as a quotation or as code; its signs as a plain keyboard has them."""
    text = text[:LONGEST].translate(_SIGNS)
    text = _CITED_LINE.sub(" ", _IN_BACKTICKS.sub(" ", text))
    if _QUOTED.fullmatch(text.strip()):
        return ""
    return _QUOTED.sub(lambda found: found[0].replace('"', " ") if _is_a_name(found[0]) else " ", text)


def _is_a_name(quoted: str) -> bool:
    """Whether *quoted* may be what a thing is called: the "Gold" plan."""
    return quoted.count(" ") < _FEWEST_BLANKS


def own_words(text: str) -> str:
    """The same without what is put into another's mouth: "the customer wrote: …"."""
    return _SPEAKER.sub(" ", _ANOTHERS.sub(" ", unquoted(text)))


def sentences(text: str) -> Iterator[OwnSentence]:
    """The sentences of *text*, as `own_words` gives it."""
    start = 0
    for end in (*_SENTENCE_END.finditer(text), None):
        said = text[start : end.start() if end else len(text)].strip()
        if said:
            yield OwnSentence(said, asks=said.rstrip(" )'\"!").endswith("?"))
        start = end.end() if end else start
