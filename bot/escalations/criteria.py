"""
Which criteria a thread meets, and the words that show it.

The whole thread is read, with who speaks. A frame finds the words; guards keep quiet on what only looks like it: negation
with its scope, what is under an "if", settled, asked, joked, another company's. A strong finding pages; weak ones only
when there are two of them. What was learnt from labelled threads has a say, too: it doubts a frame where all the rest
speaks against it, believes a weak one where all the rest speaks for it, and pages alone where it is sure.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.escalations.frames import Frame, Matcher, Span
from bot.escalations.learnt import DOUBTFUL, LIKELY, SURE, Judgement, Learnt
from bot.escalations.words import NEGATION, Role, Sentence, Utterance, sentences

_REACH = 5  # words before a finding in which a negation still concerns it
_US = (Role.REP, Role.COLLEAGUE, Role.MANAGER)
_SUBJECTS = frozenset(["i", "we", "he", "she", "they", "you", "it", "who"])
_ASKING = frozenset(
    """
        did do does is are was were has have had any would could will can anyone anybody what who why how
    """.split()
)
_YES = re.compile(r"^\W*(?:yes|yep|yeah|yup|afraid so|indeed|she did|he did|they did|unfortunately)\b", re.I)
_JOKE = re.compile(
    r"\b(?:lol|lmao|rofl|haha\w*|hehe|jk|just kidding|kidding|joking)\b|[😂🤣😜🙈😝😹]|:(?:joy|rofl|stuck_out_tongue\w*):|(?<!\w)[:;]-?[PpD](?!\w)|/s\b"
)
NOT_NEGATIONS = frozenset({"only", "just", "believe", "first", "wait", "longer", "anymore", "more", "even", "once"})


class Where(StrEnum):
    """In whose words a frame holds."""

    ANYONE = "anyone"
    CUSTOMER = "customer"
    US = "us"


class Guard(StrEnum):
    """
    What keeps quiet, by how far it reaches.

    *ELSEWHERE*: our sentence is about somebody else's customers, a rule, a training; *JOKE* one among us. *SETTLED*: it
    is over, said in the same sentence or later. *TAKEN_BACK*: what was said before, by us, was wrong. *AUTOMATIC*: the
    whole message was written by a machine. *HARMLESS*: the sentence that follows turns it round.
    """

    ELSEWHERE = "elsewhere"
    JOKE = "joke"
    SETTLED = "settled"
    TAKEN_BACK = "taken_back"
    AUTOMATIC = "automatic"
    HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class Criterion:
    """
    One reason to bring in the manager. *lifts* are the guards that do not hold for it ("negation", "if", "settled").

    What words do not show: *above* is the amount of money from which on it holds; *times* how many escalations of one
    customer within *days* make it hold. *learnt*: whether what was learnt has a say in it.
    """

    id: str
    means: str
    urgent: bool
    lifts: frozenset[str] = frozenset()
    above: float | None = None
    times: int | None = None
    days: int = 30
    learnt: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A frame, and what it is for: a criterion with *where*, a criterion's exception, or a guard."""

    frame: Frame
    criterion: Criterion | None = None
    where: Where | None = None
    guard: Guard | None = None

    @property
    def speaks_of_us(self) -> bool:
        """Whether the frame itself says I or we."""
        return self._says({"i", "we", "our", "us", "my", "me"})

    @property
    def says_no(self) -> bool:
        """Whether the frame itself has a negation."""
        return self._says(NEGATION)

    def _says(self, words: Set[str]) -> bool:
        return any(part.first and not words.isdisjoint(part.first) for part in self.frame.parts)


@dataclass(frozen=True, slots=True)
class Finding:
    """*criterion* is met by *evidence*, word for word in message *message*; *weak* is not enough alone."""

    criterion: Criterion
    evidence: str
    message: int
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was found in a thread, and whether it is enough to page."""

    findings: tuple[Finding, ...]
    page: bool

    def of(self, criterion_id: str) -> Finding | None:
        """The finding for that criterion."""
        return next((one for one in self.findings if one.criterion.id == criterion_id), None)


class Criteria:
    """The criteria in force. Pure: a thread in, a reading out."""

    def __init__(
        self,
        criteria: Sequence[Criterion],
        rules: Sequence[Rule],
        high_value: float | None = None,
        learnt: Learnt | None = None,
    ) -> None:
        self.all = tuple(criteria)
        self._learnt = learnt if any(one.learnt for one in criteria) else None
        self.rules = tuple(rules)
        self._ours = [rule.speaks_of_us for rule in rules]
        self._matcher = Matcher([rule.frame for rule in rules])
        self.high_value = high_value

    def read(
        self, thread: Sequence[Utterance], high_value: float | None = None, muted: Set[str] = frozenset()
    ) -> Reading:
        """Read *thread*, oldest message first; *high_value* in place of the file's, and without the criteria *muted*."""
        reader = _Reader(self.rules, self._ours, self._matcher, thread)
        all_found = reader.findings()
        found = [one for one in all_found if one.criterion.id not in muted]
        doubted: list[Finding] = []
        if self._learnt is not None and thread:
            quieted = [one.message for one in all_found if one.criterion.id in muted]
            found, doubted = self._judged(found, reader, self._learnt, muted, quieted)
        page = any(not one.weak for one in found) or _enough(found)
        if not page:
            return Reading((*found, *doubted), page=False)
        return Reading((*_best(found), *self._value(thread, high_value, muted)), page=True)

    def _judged(
        self, found: Sequence[Finding], reader: "_Reader", learnt: Learnt, muted: Set[str], quieted: Sequence[int]
    ) -> tuple[list[Finding], list[Finding]]:
        """
        *found* with what was learnt, and what is doubted.

        Some are believed for it; where it is sure and no frame has found anything, there is one of its own, but not for
        what people muted, in the messages *quieted* or elsewhere.
        """
        thread = reader.thread
        judgements = learnt.judge(thread, reader.sentences)
        judged: list[Finding] = []
        doubted: list[Finding] = []
        for one in found:
            likely = max(by.probability for by in judgements if by.first <= one.message <= by.last)
            if not one.criterion.learnt:
                judged.append(one)
            elif likely < DOUBTFUL:
                doubted.append(replace(one, weak=True))
            else:
                judged.append(replace(one, weak=one.weak and likely < LIKELY))
        sure = max(judgements, key=lambda by: by.probability)
        if sure.probability < SURE or any(not one.weak for one in judged):
            return judged, doubted
        best = _telling(learnt, reader, sure, [one for one in self.all if one.learnt])
        is_muted = any(sure.first <= message <= sure.last for message in quieted)
        if best is None or is_muted or best.criterion.id in muted:
            return judged, doubted
        return [*judged, best], doubted

    def _value(self, thread: Sequence[Utterance], high_value: float | None, muted: Set[str]) -> list[Finding]:
        """The amount of money that is at stake, where it is above the team's line."""
        for criterion in self.all:
            limit = next((one for one in (high_value, self.high_value, criterion.above) if one is not None), None)
            if criterion.above is None or limit is None or criterion.id in muted:
                continue
            for number, one in enumerate(thread):
                if one.role is Role.BOT:
                    continue
                for text, amount in amounts(one.text):
                    if amount >= limit:
                        return [Finding(criterion, text, number)]
        return []


def _telling(learnt: Learnt, reader: "_Reader", sure: Judgement, among: Sequence[Criterion]) -> Finding | None:
    """The sentence that speaks most for one of the criteria *among*."""
    names = {one.id: one for one in among}
    best: tuple[float, Finding] | None = None
    for at, sentence in reader.speaking(sure.first, sure.last):
        told = learnt.criterion(sentence, list(names))
        if told is not None and (best is None or told[1] > best[0]):
            best = told[1], Finding(names[told[0]], reader.typed(at), sentence.message)
    return best[1] if best else None


_MONEY = re.compile(
    r"(?P<sign>[$€£]|\b(?:USD|EUR|GBP|CHF)\b)?\s?(?P<number>\d{1,3}(?:[,.' ]\d{3})+|\d+(?:\.\d+)?)\s?(?P<times>k|K|m|M|mm|mio|million|thousand|grand|mn)?\b"
    r"(?P<after>\s?(?:[$€£]|usd|eur|gbp|chf|dollars?|euros?|pounds|quid|bucks)\b)?(?P<what>(?:\s?/\s?|\s+(?:in |of |a |per )?)(?:arr|acv|tcv|mrr|year|account|deal|contract|renewal|opportunity|opp|customer|client|pipeline|revenue|over|logo|book)\b)?",
    re.I,
)
_TIMES = {"k": 1e3, "thousand": 1e3, "grand": 1e3, "m": 1e6, "mm": 1e6, "mio": 1e6, "mn": 1e6, "million": 1e6}


def amounts(text: str) -> list[tuple[str, float]]:
    """Amounts of money in *text*: the words, and how much. A bare number is none."""
    found = []
    for one in _MONEY.finditer(text):
        if not (one["sign"] or one["after"] or one["what"] or (one["times"] or "").lower() in ("million", "grand")):
            continue
        number = one["number"]
        digits = re.sub(r"[,.' ](?=\d{3}(?!\d))", "", number)
        try:
            amount = float(digits.replace(",", ".")) * _TIMES.get((one["times"] or "").lower(), 1)
        except ValueError:
            continue
        found.append((one[0].strip(), amount))
    return found


def _best(findings: Sequence[Finding]) -> list[Finding]:
    """One finding for each criterion, strong ones first."""
    best: dict[str, Finding] = {}
    for one in sorted(findings, key=lambda one: one.weak):
        best.setdefault(one.criterion.id, one)
    return list(best.values())


class _Reader:
    """One reading of one thread."""

    def __init__(
        self, rules: Sequence[Rule], ours: Sequence[bool], matcher: Matcher, thread: Sequence[Utterance]
    ) -> None:
        self._rules = rules
        self.thread = thread
        self.sentences = sentences(thread)
        self._ours = ours
        self._criteria: list[tuple[int, Span]] = []
        self._guards: dict[Guard, set[int]] = {guard: set() for guard in Guard}
        self._jokes: dict[int, bool] = {}
        self._except: dict[str, set[int]] = {}
        for at in range(len(self.sentences)):
            for number, span in matcher.find(self.sentences, at):
                rule = rules[number]
                if rule.guard is not None:
                    if not (rule.guard is Guard.SETTLED and self._is_denied(span)):
                        self._guards[rule.guard].add(at)
                elif rule.where is None and rule.criterion is not None:
                    self._except.setdefault(rule.criterion.id, set()).add(at)
                else:
                    self._criteria.append((number, span))
        self._automatic = {self.sentences[at].message for at in self._guards[Guard.AUTOMATIC]}
        self._elsewhere = {self.sentences[at].message for at in self._guards[Guard.ELSEWHERE]}

    def speaking(self, first: int, last: int) -> Iterator[tuple[int, Sentence]]:
        """The sentences of the messages from *first* to *last*, but for those that a guard keeps quiet."""
        for at, sentence in enumerate(self.sentences):
            if not first <= sentence.message <= last or sentence.message in self._automatic:
                continue
            is_ours = self.thread[sentence.message].role in _US
            if is_ours and (sentence.message in self._elsewhere or self._is_joke(sentence.message)):
                continue
            if not self._is_over(Span(at, 0, len(sentence.words), at), later_only=False):
                yield at, sentence

    def typed(self, at: int) -> str:
        """Sentence *at* as it was typed."""
        return self._words(Span(at, 0, len(self.sentences[at].words), at))

    def findings(self) -> list[Finding]:
        """All that is left after the guards, in order."""
        found = []
        for number, span in self._criteria:
            rule = self._rules[number]
            assert rule.criterion is not None
            weight = self._weight(rule, self._ours[number], span)
            if weight is not None:
                found.append(Finding(rule.criterion, self._words(span), self.sentences[span.sentence].message, weight))
        return found

    def _weight(self, rule: Rule, ours: bool, span: Span) -> bool | None:
        """False for a strong finding, True for a weak one, None for none."""
        criterion = rule.criterion
        assert criterion is not None
        sentence = self.sentences[span.sentence]
        role = self.thread[sentence.message].role
        quoted = sentence.quoted[span.start] or self.thread[sentence.message].text.lstrip().startswith((">", "&gt;"))
        if rule.where is Where.CUSTOMER and role in _US and not quoted:
            return None
        if rule.where is Where.US and role is Role.CUSTOMER:
            return None
        if sentence.message in self._automatic or span.sentence in self._except.get(criterion.id, ()):
            return None
        lifts = criterion.lifts
        if "negation" not in lifts and self._is_negated(span, inside=not rule.says_no):
            return None
        if (
            "if" not in lifts
            and sentence.hypothetical[span.start]
            and not (role is Role.CUSTOMER and rule.where is Where.CUSTOMER)
        ):
            return None
        if self._is_over(span, later_only="settled" in lifts):
            return None
        if role in _US and not quoted:
            if span.sentence in self._guards[Guard.ELSEWHERE]:
                return None
            if sentence.message in self._elsewhere and role is not Role.REP:
                return None
            if not ours and rule.where is not Where.US and self._subject(span) in ("i", "we"):
                return None
            if self._is_joke(sentence.message) or span.sentence in self._guards[Guard.JOKE]:
                return None
            if self._is_asked(span, sentence):
                return None
        if span.sentence + 1 in self._guards[Guard.HARMLESS] or span.sentence in self._guards[Guard.HARMLESS]:
            return None
        return rule.frame.weak

    def _is_joke(self, message: int) -> bool:
        if message not in self._jokes:
            self._jokes[message] = bool(_JOKE.search(self.thread[message].text))
        return self._jokes[message]

    def _is_negated(self, span: Span, *, inside: bool) -> bool:
        """Whether a "not" of the same clause stands just before the finding, or *inside* it where the frame has none."""
        sentence = self.sentences[span.sentence]
        clause = sentence.clauses[span.start]
        last = span.end if inside and span.end_sentence == span.sentence else span.start
        for at in range(last - 1, max(-1, span.start - 1 - _REACH), -1):
            if at < span.start and sentence.clauses[at] != clause:
                return False
            if sentence.words[at] in NEGATION and not NOT_NEGATIONS.intersection(sentence.words[at + 1 : at + 3]):
                return True
        return False

    def _is_denied(self, span: Span) -> bool:
        sentence = self.sentences[span.sentence]
        return any(word in NEGATION for word in sentence.words[max(0, span.start - 3) : span.end])

    def _is_over(self, span: Span, *, later_only: bool) -> bool:
        """Whether it is said to be settled, in the same sentence or later, or was taken back later."""
        for at in self._guards[Guard.SETTLED]:
            if at > span.end_sentence or (at == span.sentence and not later_only):
                same = self.sentences[at].message == self.sentences[span.sentence].message
                if at > span.end_sentence and same and later_only:
                    continue
                return True
        return any(at >= span.sentence for at in self._guards[Guard.TAKEN_BACK])

    def _subject(self, span: Span) -> str | None:
        """The pronoun that stands nearest before the finding in its clause."""
        sentence = self.sentences[span.sentence]
        clause = sentence.clauses[span.start]
        for at in range(span.start, -1, -1):
            if sentence.clauses[at] != clause:
                return None
            if sentence.words[at] in _SUBJECTS and (at < span.start or sentence.words[at] in ("i", "we")):
                return sentence.words[at]
        return None

    def _is_asked(self, span: Span, sentence: Sentence) -> bool:
        """Whether one of us asks if it is so, and nobody says yes."""
        if sentence.ending != "?":
            return False
        if sentence.words[0] not in _ASKING and len(sentence.words) > 6:
            return False
        behind = self.thread[sentence.message + 1 :]
        return not any(_YES.match(one.text) for one in behind[:1])

    def _words(self, span: Span) -> str:
        """The words of *span* as they were typed; of the first message where it goes on in the next."""
        first, last = self.sentences[span.sentence], self.sentences[span.end_sentence]
        text = self.thread[first.message].text
        if last.message == first.message and span.end > 0:
            return text[first.starts[span.start] : last.ends[span.end - 1]]
        return text[first.starts[span.start] : first.ends[-1]]


def _enough(weak: Sequence[Finding]) -> bool:
    """Whether weak findings add up: of two criteria, or two of one that share no word."""
    words = [set(one.evidence.lower().split()) for one in weak]
    return any(
        one.criterion != other.criterion or not words[at] & words[after]
        for at, one in enumerate(weak)
        for after, other in enumerate(weak[at + 1 :], at + 1)
    )
