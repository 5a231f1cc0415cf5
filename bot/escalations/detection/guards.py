"""The guards: which frames that were matched in a thread still count, once negation, conditions and jokes are seen."""

import re
from collections.abc import Sequence
from functools import cached_property

from bot.escalations.detection.matcher import Matcher, Span
from bot.escalations.detection.prose import Worth
from bot.escalations.detection.rules import Finding, Guard, Rule, Where
from bot.escalations.detection.sentences import NEGATION, US, Role, Sentence, Utterance, sentences
from bot.escalations.detection.small_talk import without_small_talk

_REACH = 5  # words before a finding in which a negation still concerns it
_SUBJECTS = frozenset(["i", "we", "he", "she", "they", "you", "it", "who"])
_ASKING = frozenset(
    """
        did do does is are was were has have had any would could will can anyone anybody what who why how
    """.split()
)
_YES = re.compile(r"^\W*(?:yes|yep|yeah|yup|afraid so|indeed|she did|he did|they did|unfortunately)\b", re.I)
_NO = re.compile(
    r"^\W*(?:no|nope|nah|not yet|not at all|(?:he|she|they) (?:did|does|do|has|have)(?: not|n['’]t))\b", re.I
)
_JOKE = re.compile(
    r"\b(?:lol|lmao|rofl|haha\w*|hehe|jk|just kidding|kidding|joking)\b|[😂🤣😜🙈😝😹]|:(?:joy|rofl|stuck_out_tongue\w*):|(?<!\w)[:;]-?[PpD](?!\w)|/s\b"
)
NOT_NEGATIONS = frozenset({"only", "just", "believe", "first", "wait", "longer", "anymore", "more", "even", "once"})


class GuardedThread:
    """One thread with what its frames match, and the guards that hold in it."""

    def __init__(
        self,
        rules: Sequence[Rule],
        ours: Sequence[bool],
        matcher: Matcher,
        thread: Sequence[Utterance],
        worth: Worth | None = None,
    ) -> None:
        self._rules = rules
        self.thread = thread
        self.sentences = sentences(thread, worth)
        self._ours = ours
        self._criteria: list[tuple[int, Span]] = []
        self._guards: dict[Guard, set[int]] = {guard: set() for guard in Guard}
        self._jokes: dict[int, bool] = {}
        self._except: dict[str, set[int]] = {}
        for at in range(len(self.sentences)):
            for number, span in matcher.find(self.sentences, at):
                rule = rules[number]
                if rule.guard is not None:
                    if not (rule.guard in (Guard.SETTLED, Guard.OVER) and self._is_denied(span)):
                        self._guards[rule.guard].add(at)
                elif rule.where is None and rule.criterion is not None:
                    self._except.setdefault(rule.criterion.id, set()).add(at)
                else:
                    self._criteria.append((number, span))
        self._automatic = {self.sentences[at].message for at in self._guards[Guard.AUTOMATIC]}
        self._elsewhere = {self.sentences[at].message for at in self._guards[Guard.ELSEWHERE]}

    def written(self) -> list[Sentence]:
        """The sentences that a person wrote, without small talk."""
        return [one for one, _ in self._standing]

    def over(self) -> frozenset[int]:
        """The messages that no longer count: settled or taken back since, or turned round by what follows."""
        harmless = self._guards[Guard.HARMLESS]
        counting = {one.message for one, at in self._standing if not self._is_settled(at) and at + 1 not in harmless}
        return frozenset({one.message for one in self.sentences} - counting)

    def doubtful(self) -> list[bool]:
        """Of each of those whether a guard keeps it quiet: not meant, not about us, or over."""
        return [self._is_quiet(at) for _, at in self._standing]

    @cached_property
    def _standing(self) -> list[tuple[Sentence, int]]:
        """The sentences that count, with their places among all."""
        places = {(one.message, one.starts[0]): at for at, one in enumerate(self.sentences)}
        after = max((self.sentences[at].message for at in self._guards[Guard.OVER]), default=0)
        taken_back = max(self._guards[Guard.TAKEN_BACK], default=-1)
        standing = [
            one
            for at, one in enumerate(self.sentences)
            if one.message not in self._automatic
            and one.message >= after
            and at > taken_back
            and not self._is_denied_answer(one)
        ]
        return [(one, places[one.message, one.starts[0]]) for one in without_small_talk(standing)]

    def _is_denied_answer(self, sentence: Sentence) -> bool:
        """Whether one of us asks *sentence*, and hears no."""
        if sentence.ending != "?" or self.thread[sentence.message].role not in US:
            return False
        return any(_NO.match(one.text) for one in self.thread[sentence.message + 1 : sentence.message + 2])

    def is_excepted(self, criterion_id: str, sentence: Sentence) -> bool:
        """Whether a phrase stands in *sentence* under that criterion's `unless`."""
        there = (self.sentences[at] for at in self._except.get(criterion_id, ()))
        return any((one.message, one.starts[0]) == (sentence.message, sentence.starts[0]) for one in there)

    def _is_quiet(self, at: int) -> bool:
        message = self.sentences[at].message
        if self.thread[message].role in US and (message in self._elsewhere or self._is_joke(message)):
            return True
        return self._is_settled(at)

    def _is_settled(self, at: int) -> bool:
        """Whether all of sentence *at* is settled or taken back later."""
        return self._is_over(Span(at, 0, len(self.sentences[at].words), at), later_only=True)

    def findings(self) -> list[Finding]:
        """All that is left after the guards, in order."""
        return self._findings

    @cached_property
    def _findings(self) -> list[Finding]:
        found = []
        for number, span in self._criteria:
            rule = self._rules[number]
            assert rule.criterion is not None
            weight = self._weight(rule, self._ours[number], span)
            if weight is not None:
                message = self.sentences[span.sentence].message
                found.append(Finding(rule.criterion, self._words(span), message, weight, rule.sure))
        return found

    def _weight(self, rule: Rule, ours: bool, span: Span) -> bool | None:  # noqa: C901, PLR0912 - a list of reasons against, read from top to bottom
        """False for a strong finding, True for a weak one, None for none."""
        criterion = rule.criterion
        assert criterion is not None
        sentence = self.sentences[span.sentence]
        role = self.thread[sentence.message].role
        quoted = sentence.quoted[span.start] or self.thread[sentence.message].text.lstrip().startswith((">", "&gt;"))
        if rule.where is Where.CUSTOMER and role in US and not quoted:
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
        if role in US and not quoted:
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
        for at in self._guards[Guard.SETTLED] | self._guards[Guard.OVER]:
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
