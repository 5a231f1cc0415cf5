"""The forms in which somebody says what we shall do for a customer: "I'll send …", "told them they get …"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.followups.said.deeds_for_customers import (
    GERUND,
    GIVING,
    NAME,
    RESULT,
    SPEAKING,
    THING,
    THIRD,
    VERB,
    WHOM,
    infinitive,
)

_ADVERBS = (
    r"(?:(?:also|then|just|now|still|definitely|certainly|personally|gladly|surely|happily|both|all|of course|for sure|"
    r"go ahead and|be sure to|obviously|simply|quickly|both|myself|actually|absolutely|therefore|first)\s+)*+"
)
_WILL = (
    r"(?:(?:i|we|me|(?:\w+|me) and (?:i|me)|i and \w+|we both)"
    r"(?:'ll| will| shall|'m going to| am going to|'re going to| are going to|'m gonna|'re gonna| gonna|'m about to)|\bill(?= \w))(?: be(?= \w+ing\b))?"
)
_OPENS = r"(?:^|[.,:;(]\s*|\s-+\s|\b(?:and|so|then|but)\s)"
_OURS = (
    r"(?:our|one of our)\s(?:(?!customer|client)[\w-]+\s){1,3}?|(?<!their )(?:engineering|support|billing|dev(?:s|ops)?|ops|"
    r"logistics|delivery|accounting|the (?:engineering|support|billing|delivery|dev|field|install\w*) team)\s"
)
_TOLD = (
    r"(?:(?:^|[.,:;(]\s*|\b(?:i|we|we both|just|already|also|and|have|so|then|i've|we've|been|both|personally|i also)\s)"
    r"(?:pinky )?(?:told|promised|assured|guaranteed|informed|notified|pledged|(?:agreed|confirmed|settled)(?: (?:with|to))?|"
    r"committed to|advised|let)\b)"
)
_NO_CUSTOMER = r"(?!me\b|us\b|you\b|to (?!the\b|them\b|him\b|her\b|mr|ms|(?-i:[A-Z]))|off\b|myself\b|everybody\b|sales\b|my\b|@)"
_CLAUSE = rf"\s{_NO_CUSTOMER}(?P<who>(?:[\w'&.-]+[,:]?\s){{0,6}}?)(?:that\s)?"


def _of(form: str) -> re.Pattern[str]:
    return re.compile(form, re.I)


_SAID_OURSELVES = _of(rf"(?:^|(?<=[\s,.:;(-])){_WILL}\s{_ADVERBS}(?P<act>(?:{VERB}|{GERUND}\s).*)")
_LATER_VERB = _of(rf"(?:^|(?<=[\s,.:;(-])){_WILL}\s[^,.:;]{{3,80}}?\band (?:then |will |i'll |to )?(?P<act>{VERB}.*)")
_WITHOUT_I = _of(rf"(?:^|[.,:;(]\s*|\s-+\s|\b(?:and)\s)will\s{_ADVERBS}(?P<act>{VERB}.*)")
_PRESENT = _of(
    r"(?:^|[.,:;]\s*|\band\s|(?:to(?:day|morrow|night)|day|noon|morning|afternoon|evening|\d ?(?:am|pm)?)\s)"
    rf"(?P<own>i|we)\s{_ADVERBS}(?P<act>(?:{GIVING}|{SPEAKING})\b.*)"
)
_DOING = _of(rf"(?:\b(?:i'm|we're|i am|we are)\s{_ADVERBS}|^(?:\w+[.,:]\s|[\w' ]{{2,16}}[.,:]\s)?)(?P<act>{GERUND}\s.*)")
_TEAM_WILL = _of(
    rf"(?:^|[\s,.:;(-])(?P<act>(?:{_OURS})(?:will|'ll|are going to|is going to)\s{_ADVERBS}(?:(?:{GIVING}|be on[ -]site)\b|{SPEAKING}\b.{{0,40}}?\b{WHOM}).*)"
)
_FOR_THEM = _of(rf"(?:^|[\s,.:;(-])(?P<act>{NAME}\s(?:will|'ll)\s(?:send|give|get|bring|ship)\s(?:them|him|her)\s(?:the|an?|our)\b.*)")
_TOLD_OURS = _of(
    rf"{_TOLD}{_CLAUSE}(?:i|we)(?:'d|'ll| would| will| shall| are going to|'re going to)?\s{_ADVERBS}(?P<act>{VERB}.*)"
)
_TOLD_TEAM = _of(
    rf"{_TOLD}{_CLAUSE}(?P<act>(?:(?:an?|our|one of our|the|somebody|someone|another)\s)(?:[\w-]+\s){{0,3}}?"
    rf"(?:(?:will|would|'ll|'d)\s(?:{GIVING}|{SPEAKING})\b|{THIRD}).*)"
)
_TOLD_THEY = _of(
    rf"{_TOLD}{_CLAUSE}(?P<act>(?:they|she|he|{NAME})(?:'ll|'d| will| would| shall| can| could)?\s"
    rf"(?:gets?|have|has|receives?|hears? (?:back )?from us|expect|see)\b(?! back to| to\b| us\b| me\b).*)"
)
_TOLD_RESULT = _of(rf"{_TOLD}{_CLAUSE}(?P<act>(?:the|their|her|his|it|its|that|all|everything)\b[^,.;:]{{0,60}}?{RESULT}.*)")
_PROMISED_TO = _of(
    rf"(?:^|[.,:;(]\s*|\b(?:i|we|i've|we've|have|also|just|and)\s)(?:promised|committed|agreed|pledged|guaranteed)\s"
    rf"(?:{_NO_CUSTOMER}[\w'&.-]+\s){{0,3}}?to\s{_ADVERBS}(?P<act>{VERB}.*|(?:{GERUND}|having|getting)\s.*)"
)
_PROMISED_THING = _of(
    rf"(?:^|[.,:;(]\s*|\b(?:i|we|i've|we've|have|also|just|and)\s)(?:promised|guaranteed|owe|committed to|told|offered them|quoted)\s"
    rf"(?P<act>{_NO_CUSTOMER}(?:(?!not\b|and\b|that\b)[\w'&.-]+\s){{0,6}}?{THING}(?!\w).*)"
)
_PROMISED_WHOM = _of(
    rf"(?:^|[.,:;(]\s*|\b(?:i|we|i've|we've|have|also|just|and)\s)(?:promised|guaranteed)\s(?P<act>{WHOM}\s(?:an?|the|our|that)\s.*)"
)
_GAVE_WORD = _of(
    r"(?:^|\b(?:i|we|i've|we've|have|also|and)\s)(?:gave|given)\s(?P<act>(?!me\b|us\b|you\b)(?:[\w'&.-]+\s){0,4}?"
    r"(?:my word|our word|(?:the|a) (?:firm |fixed |hard )?(?:date|deadline|promise|commitment)|(?:my|our) (?:promise|commitment))"
    r"(?:[:,]|\s(?:that|for|we|i|on|by|of|to)\b).*)"
)
_BEEN_PROMISED = _of(
    rf"(?P<act>\b(?:they|she|he|customer|client|{NAME})(?:'ve| have| has)\sbeen\s(?:promised|told)\s"
    rf"(?:\w+\s){{0,4}}?(?:{THING}|{RESULT}).*)"
)
_RECEIVING = _of(
    rf"(?:^|[.,:;(]\s*|\b(?:and|so|then|that)\s)(?P<act>(?:they|she|he|you|the customer|the client|{NAME})"
    rf"(?:(?:'ll| will)\s(?:have|get|receive|find|hear from)|\sgets)\s(?:from us\s)?(?!back\b|to\b|me\b)"
    rf"(?:(?:our|us)\b|(?:the|an?|your|their|his|her|that|this)\s(?:[\w-]+\s){{0,3}}?{THING}).*)"
)
_IS_SENT = _of(
    rf"(?:^|[.,:;(]\s*)(?P<act>(?:the|a|an|all|their|his|her) (?:[\w-]+\s){{1,4}}?(?:will|shall) be\s(?:sent|shipped|delivered|"
    rf"mailed|emailed|issued|paid|refunded|credited|brought)\s(?:out\s)?(?:to|by us|from us|with)\b.*)"
)
_THING_TO_THEM = _of(
    rf"(?:^|[.,:;(]\s*)(?P<act>(?:the |a |our |new |revised |final |updated )*(?:[\w-]+\s){{0,3}}?{THING}\s(?:[\w-]+\s){{0,2}}?"
    rf"(?:(?:will (?:go|be)|goes|go)\s(?:out\s)?)(?:to|with) {WHOM}.*)"
)
_TO_YOU_DONE = _of(
    r"(?P<act>\byour [\w -]{2,40} will be (?:with you|fixed|restored|refunded|processed|ready|back|shipped|delivered|"
    r"credited|sent|issued|live)\b.*)"
)

# the verbs that say little by themselves need more behind them
_GIVES = _of(rf"{GIVING}\b")
_SPEAKS = _of(rf"{SPEAKING}\b")
_TO_WHOM = _of(rf"^.{{0,90}}?\b{WHOM}")
_HAS = _of(
    r"have\s(?:[^,.;:]{1,60}?\b(?:over|with (?:them|him|her|you)|in (?:their|his|her|your)|ready|back|out|done|fixed|working|"
    r"live|sorted|resolved|up|unlocked|(?:for|to) (?:you|them|him|her))\b|"
    r"(?:[\w'-]+\s){1,4}?(?:call|send|email|e-mail|reply|resend|ship|fix|contact|ring|install|visit|refund|reset|restore)\b)"
)
_HAS_FOR = _of(rf"have\s[^,.;:]{{1,60}}?\b(?:for|to|with)\s{WHOM}")
_DOES = _of(
    rf"(?:do|make)\s(?:(?:{WHOM}|the|an?)\s)(?:the\s|an?\s)?(?:[\w-]+\s)?(?:{THING}|repair|payment|visit|exchange|correction|booking)\b"
)
_DROPS = _of(rf"(?:drop|shoot)\s{WHOM}\s(?:an?|the)\s(?:\w+\s)?(?:note|line|mail|e-?mail|message|call|text)\b|(?:jump|hop|join)\b.{{0,30}}?\bwith\s{WHOM}")
_GETS = _of(
    rf"get\s(?:back\s(?:in touch\s)?(?:to|with)\s{WHOM}|(?:them|him|her|{NAME}|the customer|the client)\s(?:an?|the|our|their|his|her|that|this|"
    rf"two|some|back|up|live|sorted|over)\b|[^,.;:]{{1,60}}?\b(?:to|with|for)\s{WHOM}|[^,.;:]{{1,40}}?\bto\s(?:{GIVING}|{SPEAKING})\b|"
    r"[^,.;:]{1,50}?\b(?:over|out|fixed|sorted|resolved|shipped|sent|refunded|credited|replaced|restored|delivered)\b)"
)
_SEES_TO = _of(rf"(?:make sure|ensure|see to it|see that)\b.{{1,80}}?(?:{RESULT}|\b(?:gets?|have|has|receives?)\b)")
_AND_THEN = _of(rf"^[^.;:]{{1,80}}?\band\s(?:then\s)?(?:{GIVING}\b|{SPEAKING}\b.{{0,60}}?\b{WHOM}|get\s.{{1,40}}?\b{WHOM})")
_BEING = _of(rf"(?:be|fly)\b.{{0,30}}?\b(?:on[- ]?site|at (?:their|his|her)|over there|back to {WHOM}|to see {WHOM})")
_MEETING = _of(rf"meet\s{WHOM}.{{0,60}}?\bto\s\w")


_EMAILS = _of(rf"(?:e-?mail|mail|share|forward|confirm|present|post)\s(?:the|an?|our|new|revised)?\s?(?:[\w-]+\s){{0,2}}?{THING}")
_ANSWERS = _of(r"(?:answer|reply|respond)\b(?: to)?\s(?:the|that|this)\s(?:[\w-]+\s)?(?:complaint|mail|e-mail|letter|ticket|claim|review|questions?)\b")
_TOLD_FORMS = (
    *(_TOLD_OURS, _TOLD_TEAM, _TOLD_THEY, _TOLD_RESULT, _PROMISED_TO, _GAVE_WORD, _PROMISED_THING, _PROMISED_WHOM),
)
_WAS_TOLD = _of(_TOLD)
_GAVE_OR_OWES = _of(r"\b(?:gave|given|owe|quoted|promised|offered|committed|agreed)\b")


@dataclass(frozen=True, slots=True)
class Pledge:
    """
    Words that promise something in a sentence.

    *act* is what is to be done, with its date where that stands behind; *before* is the sentence up to *start*.
    *told*: somebody was told so, which may have been long ago. *ours*: no single person says "I". *led* are the words
    from *start* to *act*.
    """

    act: str
    start: int
    told: bool
    ours: bool
    led: str = ""


def pledges_in(sentence: str) -> Iterator[Pledge]:
    """What *sentence* promises to do, the surest form first."""
    for form in _TOLD_FORMS if _WAS_TOLD.search(sentence) or _GAVE_OR_OWES.search(sentence) else ():
        if found := form.search(sentence):
            act = _infinitive(found["act"])
            yield Pledge(act, found.start(), told=True, ours=True, led=sentence[found.start() : found.start("act")])
            break
    for form in (_SAID_OURSELVES, _WITHOUT_I, _LATER_VERB, _PRESENT, _DOING):
        found = form.search(sentence)
        if found and _does_it(act := _infinitive(found["act"])):
            subject = found[0][: found.start("act") - found.start()].lower().strip()
            told = _WAS_TOLD.search(sentence, 0, found.start("act")) is not None
            start = found.start("own") if form is _PRESENT else found.start()
            yield Pledge(act, start, told, ours="we" in subject.split() or "we'll" in subject.split())
            break
    for form in (_TEAM_WILL, _FOR_THEM, _BEEN_PROMISED, _RECEIVING, _IS_SENT, _THING_TO_THEM, _TO_YOU_DONE):
        if found := form.search(sentence):
            told = _WAS_TOLD.search(sentence, 0, found.start("act")) is not None
            yield Pledge(found["act"].strip(), found.start("act"), told or form is _BEEN_PROMISED, ours=True)
            break


def _infinitive(act: str) -> str:
    first, blank, rest = act.strip().partition(" ")
    return f"{infinitive(first)}{blank}{rest}" if re.fullmatch(GERUND, first, re.I) else act.strip()


def _does_it(act: str) -> bool:
    """Whether *act* is something that is done for a customer."""
    if _GIVES.match(act):
        return True
    if any(form.match(act) for form in (_HAS, _HAS_FOR, _DOES, _DROPS, _GETS, _SEES_TO, _BEING, _AND_THEN, _EMAILS, _ANSWERS)):
        return True
    if re.match(r"(?:be|fly|meet|drop|jump|hop|join)\b", act, re.I):
        return _MEETING.match(act) is not None
    return _SPEAKS.match(act) is not None and _TO_WHOM.match(act) is not None
