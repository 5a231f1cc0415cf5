"""What the words of a case say besides its criteria: how much it is worth, by when, what is asked of us. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.escalations.detection.money import amounts
from bot.escalations.detection.sentences import US, Role, Utterance

LONGEST_QUOTE = 420  # characters of one message on a page: what is longer is cut to what matters in it
_LONGEST_ASK = 200
_ENDS = re.compile(r"(?<=[.!?…])\s+|\n+")
_DAY = (
    r"(?:today|tonight|tomorrow|(?:this|next)\s+(?:week|month|morning|afternoon|evening|quarter)|"
    r"(?:this\s+|next\s+)?(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?|"
    r"(?:the\s+)?end\s+of\s+(?:the\s+|this\s+|next\s+)?(?:day|week|month|quarter|year|business)|eod|eow|eom|"
    r"noon|midday|midnight|close\s+of\s+business|cob|"
    r"(?:the\s+)?\d{1,2}(?:st|nd|rd|th)(?:(?:\s+of)?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)?|"
    r"\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s+\d{1,2}(?:st|nd|rd|th)?|"
    r"heute|morgen|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|"
    r"hoy|mañana|(?:el\s+)?(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo))"
)
_CLOCK = r"(?:(?:at\s+|um\s+|a\s+las\s+)?\d{1,2}(?:[:.]\d{2})?\s?(?:am|pm|uhr|h\b|o'clock)|\d{1,2}:\d{2}|noon|midnight|morning|evening|eod|close\s+of\s+business)"
_BY = re.compile(
    rf"\b(?:by|until|till|before|no\s+later\s+than|bis|antes\s+del?|para)\s+(?:{_DAY}(?:,?\s+{_CLOCK})?|{_CLOCK}(?:\s+{_DAY})?)(?![\w%€$£])"
    rf"|\b(?:renewal|deadline|decision|go-live|signature)\s+(?:is\s+|meeting\s+is\s+)?(?:on\s+|due\s+|at\s+|by\s+)?(?:{_DAY}(?:,?\s+{_CLOCK})?|{_CLOCK}(?:\s+{_DAY})?)(?![\w%€$£])"
    r"|\b(?:within|in\s+the\s+next|innerhalb\s+von|en\s+las\s+próximas)\s+(?:\d{1,3}|an?|one|two|three|the)\s*(?:hours?|hrs?|h|minutes?|mins?|days?|weeks?|stunden|tagen|horas)\b",
    re.I,
)  # fmt: skip
_ASKS = re.compile(
    r"^(?:@\S+\s+)?(?:(?:so|and|please|pls|also|hi|hey|team|all|folks)[\s,:]+)*"
    r"(?:can|could|would|will|who|what|how|should|shall|which|any(?:one|body)?|some(?:one|body)|i\s+need|we\s+need|need|"
    r"help|advice|kann|können|wer|was|wie|bitte|puede|quién|qué|necesito)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Particulars:
    """*worth* and *deadline* as somebody wrote them, *asks* a sentence of ours that asks for something; "" for none."""

    worth: str = ""
    deadline: str = ""
    asks: str = ""


NOTHING_SAID = Particulars()


def particulars(thread: Sequence[Utterance]) -> Particulars:
    """
    What *thread* says of worth, deadline and what is asked.

    The largest amount counts, and the deadline and the question that were written last.
    """
    said = [one for one in thread if one.role is not Role.BOT]
    found = [pair for one in said for pair in amounts(one.text)]
    worth = max(found, key=lambda pair: pair[1], default=("", 0.0))[0]
    deadline = next((by for one in reversed(said) if (by := _deadline(one.text))), "")
    asks = next((ask for one in reversed(said) if one.role in US and (ask := _ask(one.text))), "")
    return Particulars(_tidy(worth, 40), _tidy(deadline, 50), asks)


def as_spoken(thread: Sequence[Utterance]) -> list[Utterance]:
    """
    A thread as it is read: nothing of it, while only apps have posted.

    The form with which an app began it is somebody's words, once a person has answered.
    """
    if all(one.role is Role.BOT for one in thread):
        return []
    first, *others = thread
    return [replace(first, role=Role.REP, author="") if first.role is Role.BOT else first, *others]


def _deadline(text: str) -> str:
    found = list(_BY.finditer(text))
    return found[-1][0] if found else ""


def _ask(text: str) -> str:
    """The last sentence of *text* that asks for something."""
    for one in reversed(sentences_of(text)):
        if (one.endswith("?") and len(one.split()) > 3) or (_ASKS.match(one) and len(one.split()) > 2):
            return one if len(one) <= _LONGEST_ASK else ""
    return ""


def sentences_of(text: str) -> list[str]:
    """*text* in sentences, as they are typed."""
    return [text[begins:ends].strip() for begins, ends in _spans(text) if text[begins:ends].strip()]


def _spans(text: str) -> list[tuple[int, int]]:
    """Where the sentences of *text* begin and end."""
    found, begins = [], 0
    for one in _ENDS.finditer(text):
        found.append((begins, one.start()))
        begins = one.end()
    return [*found, (begins, len(text))]


def _tidy(words: str, longest: int) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= longest else ""


def part_that_matters(text: str, evidence: Sequence[str], longest: int = LONGEST_QUOTE) -> str:
    """*text* whole where it is short; else the sentences that hold *evidence*, with "…" for what is left out."""
    if len(text) <= longest:
        return text
    places = [(at, at + len(one)) for one in evidence if (at := text.find(one)) >= 0]
    kept: list[str] = []
    cut = False
    for begins, ends in _spans(text):
        if any(begins < end and start < ends for start, end in places):
            kept.append(f"{'… ' if cut else ''}{text[begins:ends].strip()}")
            cut = False
        else:
            cut = True
    shown = " ".join(kept) + (" …" if kept and cut else "")
    return shown if kept and len(shown) <= 2 * longest else " … ".join(evidence)
