"""
A thread as words: what was typed, cut into sentences and clauses, without code, logs and quoted repetitions.

All of it is one pass over the text, so that a very long message costs little more than its length.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.escalations.detection.prose import Worth, spoken

_LONGEST_SENTENCE = 60  # words: what has no full stop for longer is read in pieces
NEGATION = frozenset(
    """
        not n't never no nobody none neither nor without hardly nothing nowhere cannot
    """.split()
)
_BREAKS = frozenset(
    """
        but because so if unless when whenever while although though which who and or then since until
    """.split()
)
_HYPOTHETICAL = frozenset(
    ["if", "when", "whenever", "suppose", "supposing", "imagine", "pretend", "should", "unless", "in-case"]
)
_SHORT = {
    "dont": "don't", "doesnt": "doesn't", "didnt": "didn't", "cant": "can't", "wont": "won't", "isnt": "isn't",
    "arent": "aren't", "wasnt": "wasn't", "havent": "haven't", "hasnt": "hasn't", "couldnt": "couldn't",
    "wouldnt": "wouldn't", "shouldnt": "shouldn't", "werent": "weren't", "hadnt": "hadn't", "aint": "isn't",
    "cannot": "can't",
}  # fmt: skip
_JOINED = {
    "im": ("i", "'m"), "ive": ("i", "'ve"), "theyre": ("they", "'re"), "youre": ("you", "'re"),
    "theyve": ("they", "'ve"), "youve": ("you", "'ve"), "gonna": ("going", "to"), "wanna": ("want", "to"),
    "theyll": ("they", "'ll"), "thats": ("that", "'s"), "whats": ("what", "'s"),
    "hes": ("he", "'s"), "shes": ("she", "'s"), "weve": ("we", "'ve"), "lets": ("let", "us"), "gotta": ("got", "to"),
}  # fmt: skip
_TOKEN = re.compile(r"\d[\d.,:]*\d\w*|\d\w*|[^\W\d_]+(?:[*@#]+[^\W\d_]*)*(?:['’][^\W\d_]+)*|[*]{3,}|[.!?;\n]+|,|:|[-–—]+(?=\s)|[$€£]")  # fmt: skip


class Role(StrEnum):
    """Who speaks. *UNKNOWN* may be anybody."""

    REP = "rep"
    COLLEAGUE = "colleague"
    MANAGER = "manager"
    CUSTOMER = "customer"
    BOT = "bot"
    UNKNOWN = "unknown"


US = (Role.REP, Role.COLLEAGUE, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message: *author* is a name or an id, *text* what was typed, *ts* when, where that is known."""

    author: str
    role: Role
    text: str
    ts: str = field(default="", compare=False)


@dataclass(slots=True)
class Sentence:
    """
    Words of one sentence. *starts* and *ends* are offsets into the text of message *message*.

    *clauses* numbers the clause of each word; *hypothetical* says whether it is under an "if"; *quoted* whether
    somebody else's words are repeated. *ending* is "." or "?" or "!" or "!!" (shouted).
    """

    message: int
    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    clauses: list[int] = field(default_factory=list)
    hypothetical: list[bool] = field(default_factory=list)
    quoted: list[bool] = field(default_factory=list)
    ending: str = "."


def fold(text: str) -> str:
    """Lower case, without accents, straight apostrophes; as long as *text*, letter for letter."""
    if text.isascii():
        return text.lower()
    plain = "".join(unicodedata.normalize("NFKD", letter)[:1] or letter for letter in text)
    lowered = plain.replace("’", "'").replace("‘", "'").lower()
    return lowered if len(lowered) == len(text) else text.lower() if len(text.lower()) == len(text) else text


def split_word(word: str) -> tuple[str, ...]:
    """A folded word as its parts: "won't" as "will" and "n't", "he's" as "he" and "'s"."""
    word = _SHORT.get(word, word).replace("’", "'")
    if word in _JOINED:
        return _JOINED[word]
    if word.endswith("n't") and len(word) > 3:
        head = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}.get(word[:-3], word[:-3])
        return head, "n't"
    head, mark, tail = word.rpartition("'")
    if mark and head and tail in ("s", "re", "ve", "ll", "d", "m"):
        return head, f"'{tail}"
    return (word.rstrip("'"),)


def sentences(thread: Sequence[Utterance], worth: Worth | None = None) -> list[Sentence]:
    """
    All sentences that somebody wrote in *thread*, in order; nothing of bots, code, logs and repeated quotations.

    Of a very long message those between its ends whose words are *worth* most.
    """
    found: list[Sentence] = []
    said: set[str] = set()
    for number, one in enumerate(thread):
        if one.role is not Role.BOT:
            found += _read(number, spoken(one.text, said, worth))
        said.update(line.strip().lower() for line in one.text.splitlines() if len(line.strip()) > 8)
    return found


_ABBREVIATION = frozenset(["mr", "mrs", "ms", "dr", "st", "vs", "e.g", "i.e", "etc", "approx", "no"])


def _goes_on(before: str, behind: str) -> bool:
    """Whether a full stop between these ends no sentence: that of an initial, an abbreviation, an address."""
    return len(before) == 1 or before in _ABBREVIATION or behind.islower() or behind.isdigit()


def _read(message: int, text: str) -> list[Sentence]:  # noqa: C901, PLR0912, PLR0915 - one pass over the tokens, a branch for each kind
    found: list[Sentence] = []
    now = Sentence(message)
    clause, hypothetical, quotes, capitals, letters = 0, False, 0, 0, 0
    last = 0
    for token in _TOKEN.finditer(text):
        raw = token[0]
        between = text[last : token.start()]
        last = token.end()
        if '"' in between or "“" in between or "”" in between:
            quotes += between.count('"') + between.count("“") + between.count("”")
        first = raw[0]
        if first in ".!?;\n":
            if raw == "." and now.words and _goes_on(now.words[-1], text[last : last + 1]):
                continue
            loud = raw.count("!") > 1 or ("!" in raw and "?" in raw) or (letters >= 3 and capitals >= 0.6 * letters)
            now.ending = "!!" if loud else "?" if "?" in raw else "!" if "!" in raw else "."
            if now.words:
                found.append(now)
            now = Sentence(message)
            hypothetical, capitals, letters = False, 0, 0
            clause += 1
            if "\n" in raw:
                quotes = 0
            continue
        if first in ",:-–—":
            clause += 1
            hypothetical = False
            continue
        if len(raw) > 2 and first.isalpha():
            letters += 1
            capitals += raw.isupper()
        folded = fold(raw)
        parts = split_word(folded)
        at = token.start()
        for index, word in enumerate(parts):
            if word in _BREAKS and now.words:
                clause += 1
            if word in _HYPOTHETICAL:
                hypothetical = True
            elif hypothetical and word in ("'ll", "will", "going", "then", "'d", "would") and len(now.words) > 1:
                hypothetical = False
                now.hypothetical[-1] = False
            now.words.append(word)
            end = token.end() if index == len(parts) - 1 else min(token.end(), at + len(word))
            now.starts.append(at)
            now.ends.append(end)
            now.clauses.append(clause)
            now.hypothetical.append(hypothetical)
            now.quoted.append(quotes % 2 == 1)
            at = end
        if len(now.words) >= _LONGEST_SENTENCE:
            found.append(now)
            now = Sentence(message)
    if letters >= 3 and capitals >= 0.6 * letters:
        now.ending = "!!"
    if now.words:
        found.append(now)
    return found
