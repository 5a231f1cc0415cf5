"""
Which criteria a thread meets, and the words that show it.

The whole thread is read, with who speaks. What was learnt from labelled threads puts together the clauses, the thread and
the frames of the file into one figure for the page and one for each criterion. What a team wrote wins over it: a phrase
under `always` pages, a sentence with a phrase under `unless` shows nothing, and a criterion of its own is met by its frames
alone, a strong one or two weak ones.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from bot.escalations.detection.classifier import ANY, Classifier, Framed, Judgement
from bot.escalations.detection.clause_features import Clause
from bot.escalations.detection.guards import GuardedThread
from bot.escalations.detection.languages import is_readable
from bot.escalations.detection.matcher import Matcher
from bot.escalations.detection.money import amounts
from bot.escalations.detection.prose import is_pasted
from bot.escalations.detection.reasons import in_words
from bot.escalations.detection.rules import Criterion, Finding, Rule, Sensitivity
from bot.escalations.detection.sentences import US, Role, Sentence, Utterance

_REASONS = 3
_FEWEST_WORDS = 7  # of evidence, where there are as many
_LOOKED_AT = 40  # features, of which those that say the same are told once


@dataclass(frozen=True, slots=True)
class Detection:
    """
    All that was found in a thread, and whether it is enough to page.

    *unread* are the numbers of messages in a language that cannot be read, *over* those of messages that no longer count:
    settled or taken back since.
    """

    findings: tuple[Finding, ...]
    page: bool
    unread: tuple[int, ...] = ()
    over: frozenset[int] = frozenset()

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
        learnt: Classifier | None = None,
        sensitivity: Sensitivity = Sensitivity.USUAL,
    ) -> None:
        self.all = tuple(criteria)
        self.rules = tuple(rules)
        self.ours = [rule.speaks_of_us for rule in rules]
        self.matcher = Matcher([rule.frame for rule in rules])
        self.high_value = high_value
        self.sensitivity = sensitivity
        self._by_name = {one.id: one for one in criteria if one.learnt and learnt and one.id in learnt.names}
        self.learnt = learnt if self._by_name else None

    def read(
        self, thread: Sequence[Utterance], high_value: float | None = None, muted: Set[str] = frozenset()
    ) -> Detection:
        """Read *thread*, oldest message first; *high_value* in place of the file's, and without the criteria *muted*."""
        guarded = self.guarded(thread)
        own = [
            one
            for one in guarded.findings()
            if (one.sure or not one.criterion.learnt) and one.criterion.id not in muted
        ]
        found, doubted = self._learnt_of(guarded, muted) if self.learnt is not None else ([], [])
        pages = [one for one in (*own, *found) if one.criterion.pages]
        page = any(not one.weak for one in pages) or _enough(pages)
        quiet = [one for one in (*own, *found) if not one.criterion.pages]
        if not page:
            return Detection(
                tuple(_best([*own, *quiet, *doubted])), page=False, unread=_unread(thread), over=guarded.over()
            )
        shown = (*_best([*pages, *quiet]), *self._value(thread, high_value, muted))
        return Detection(shown, page=True, unread=_unread(thread), over=guarded.over())

    def cards(self, met: Sequence[str], *, manager: bool) -> tuple[str, ...]:
        """The ids of the cards for the criteria *met*, by id: those for the rep, or for the manager where there are own."""
        found: dict[str, None] = {}
        for criterion in self.all:
            if criterion.id in met:
                of_both = criterion.rep_cards
                found |= dict.fromkeys((criterion.manager_cards or of_both) if manager else of_both)
        return tuple(found)

    def guarded(self, thread: Sequence[Utterance]) -> GuardedThread:
        """*thread* with what the file's frames match in it; what one of us pasted is said by a customer."""
        worth = self.learnt.worth if self.learnt is not None else None
        said = [replace(one, role=Role.CUSTOMER) if one.role in US and is_pasted(one.text) else one for one in thread]
        return GuardedThread(self.rules, self.ours, self.matcher, said, worth)

    def why(self, thread: Sequence[Utterance], finding: Finding) -> list[str]:
        """What speaks most for *finding* where it was learnt, in people's words; nothing where a phrase of the file does."""
        if self.learnt is None or finding.clause is None:
            return []
        guarded = self.guarded(thread)
        name, read = finding.criterion.id, guarded.written()
        return in_words(self.learnt.reasons(guarded.thread, read, finding.clause, name, _LOOKED_AT), _REASONS)

    def _learnt_of(self, guarded: GuardedThread, muted: Set[str]) -> tuple[list[Finding], list[Finding]]:
        """What was learnt finds, and what it finds not enough to page."""
        assert self.learnt is not None
        read = guarded.written()
        if not read:
            return [], []
        judged = self.learnt.judge(guarded.thread, read, framed_by(guarded), self.sensitivity)
        found = []
        for name, criterion in sorted(self._by_name.items(), key=lambda one: -judged.criteria[one[0]]):
            clause = self._clause(judged, name, guarded, read)
            if clause is not None and judged.criteria[name] >= 0 and name not in muted:
                found.append(_shown(guarded.thread, read, clause, criterion))
        quiet = any(not one.criterion.pages for one in found)
        if judged.page < 0 or (quiet and not any(one.criterion.pages for one in found)):
            return [one for one in found if not one.criterion.pages], [one for one in found if one.criterion.pages]
        if not any(one.criterion.pages for one in found):
            found += self._likeliest(judged, guarded, read, muted)
        return found, []

    def _likeliest(
        self, judged: Judgement, guarded: GuardedThread, read: Sequence[Sentence], muted: Set[str]
    ) -> list[Finding]:
        """The one criterion that a page is for where none is clear; nothing where people muted it."""
        names = [name for name, one in self._by_name.items() if one.pages]
        likeliest = max(names, key=lambda name: judged.criteria[name])
        clause = self._clause(judged, likeliest, guarded, read)
        if likeliest in muted or clause is None:
            return []
        return [_shown(guarded.thread, read, judged.best.get(ANY, clause), self._by_name[likeliest])]

    def _clause(self, judged: Judgement, name: str, guarded: GuardedThread, read: Sequence[Sentence]) -> Clause | None:
        """The clause that shows criterion *name*; None where a phrase under its `unless` stands in that sentence."""
        clause = judged.best.get(name)
        if clause is None or guarded.is_excepted(name, read[clause.sentence]):
            return None
        return clause

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


def _unread(thread: Sequence[Utterance]) -> tuple[int, ...]:
    there = ((number, one) for number, one in enumerate(thread) if one.role is not Role.BOT)
    return tuple(number for number, one in there if not is_readable(one.text))


def framed_by(guarded: GuardedThread) -> Framed:
    """What the frames of the file found in the thread of *guarded*."""
    findings = guarded.findings()
    return Framed(
        frozenset(one.criterion.id for one in findings if not one.weak),
        frozenset(one.criterion.id for one in findings if one.weak),
        guarded.doubtful(),
    )


def _shown(thread: Sequence[Utterance], read: Sequence[Sentence], clause: Clause, criterion: Criterion) -> Finding:
    """*criterion*, with the whole clause as it was typed."""
    words = shown_words(thread, read, clause)
    return Finding(criterion, words, read[clause.sentence].message, weak=False, clause=clause)


def shown_words(thread: Sequence[Utterance], read: Sequence[Sentence], clause: Clause) -> str:
    """*clause* as it was typed, of the sentences *read*; with those beside it where it is too short to say anything."""
    first = last = clause.sentence
    message = read[first].message
    begins, ends = read[first].starts[clause.start], read[first].ends[clause.end - 1]
    count = clause.end - clause.start
    if count < _FEWEST_WORDS:
        begins, ends, count = read[first].starts[0], read[first].ends[-1], len(read[first].words)
    while count < _FEWEST_WORDS:
        if first > 0 and read[first - 1].message == message:
            first -= 1
            begins, count = read[first].starts[0], count + len(read[first].words)
        elif last + 1 < len(read) and read[last + 1].message == message:
            last += 1
            ends, count = read[last].ends[-1], count + len(read[last].words)
        else:
            break
    return thread[message].text[begins:ends]


def _best(findings: Sequence[Finding]) -> list[Finding]:
    """One finding for each criterion, strong ones first."""
    best: dict[str, Finding] = {}
    for one in sorted(findings, key=lambda one: one.weak):
        best.setdefault(one.criterion.id, one)
    return list(best.values())


def _enough(weak: Sequence[Finding]) -> bool:
    """Whether weak findings add up: of two criteria, or two of one that share no word."""
    words = [set(one.evidence.lower().split()) for one in weak]
    return any(
        one.criterion != other.criterion or not words[at] & words[after]
        for at, one in enumerate(weak)
        for after, other in enumerate(weak[at + 1 :], at + 1)
    )
