"""
Which criteria a thread meets, and the words that show it.

The whole thread is read, with who speaks. A frame finds the words; guards keep quiet on what only looks like it: negation
with its scope, what is under an "if", settled, asked, joked, another company's. A strong finding pages; weak ones only
when there are two of them. What was learnt from labelled threads has a say, too: it doubts a frame where all the rest
speaks against it, believes a weak one where all the rest speaks for it, and pages alone where it is sure.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from bot.escalations.detection.classifier import CONFIRM, PAGE_ALONE, VETO, Classifier, Score
from bot.escalations.detection.guards import GuardedThread
from bot.escalations.detection.matcher import Matcher
from bot.escalations.detection.money import amounts
from bot.escalations.detection.rules import Criterion, Finding, Rule
from bot.escalations.detection.sentences import Role, Utterance


@dataclass(frozen=True, slots=True)
class Detection:
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
        learnt: Classifier | None = None,
    ) -> None:
        self.all = tuple(criteria)
        self._learnt = learnt if any(one.learnt for one in criteria) else None
        self.rules = tuple(rules)
        self._ours = [rule.speaks_of_us for rule in rules]
        self._matcher = Matcher([rule.frame for rule in rules])
        self.high_value = high_value

    def read(
        self, thread: Sequence[Utterance], high_value: float | None = None, muted: Set[str] = frozenset()
    ) -> Detection:
        """Read *thread*, oldest message first; *high_value* in place of the file's, and without the criteria *muted*."""
        reader = GuardedThread(self.rules, self._ours, self._matcher, thread)
        all_found = reader.findings()
        found = [one for one in all_found if one.criterion.id not in muted]
        doubted: list[Finding] = []
        if self._learnt is not None and thread:
            quieted = [one.message for one in all_found if one.criterion.id in muted]
            found, doubted = self._judged(found, reader, self._learnt, muted, quieted)
        page = any(not one.weak for one in found) or _enough(found)
        if not page:
            return Detection((*found, *doubted), page=False)
        return Detection((*_best(found), *self._value(thread, high_value, muted)), page=True)

    def _judged(
        self,
        found: Sequence[Finding],
        reader: GuardedThread,
        learnt: Classifier,
        muted: Set[str],
        quieted: Sequence[int],
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
            elif likely < VETO:
                doubted.append(replace(one, weak=True))
            else:
                judged.append(replace(one, weak=one.weak and likely < CONFIRM))
        sure = max(judgements, key=lambda by: by.probability)
        if sure.probability < PAGE_ALONE or any(not one.weak for one in judged):
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


def _telling(learnt: Classifier, reader: GuardedThread, sure: Score, among: Sequence[Criterion]) -> Finding | None:
    """The sentence that speaks most for one of the criteria *among*."""
    names = {one.id: one for one in among}
    best: tuple[float, Finding] | None = None
    for at, sentence in reader.speaking(sure.first, sure.last):
        told = learnt.criterion(sentence, list(names))
        if told is not None and (best is None or told[1] > best[0]):
            best = told[1], Finding(names[told[0]], reader.typed(at), sentence.message)
    return best[1] if best else None


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
