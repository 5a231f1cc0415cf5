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
    form,
    infinitive,
    is_for_a_customer,
)

_ADVERBS = (
    r"(?:(?:also|then|just|now|still|definitely|certainly|personally|gladly|surely|happily|both|all|of course|for sure|"
    r"go ahead and|be sure to|obviously|simply|quickly|both|myself|actually|absolutely|therefore|first)\s+)*+"
)
_WILL = (
    r"(?:(?:i|we|me|(?:\w+|me) and (?:i|me)|i and \w+|we both)"
    r"(?:'ll| will| shall|'m going to| am going to|'re going to| are going to|'m gonna|'re gonna| gonna|'m about to)|\bi'?ll?(?= \w)|^(?:ok |right |so )?gonna)(?: be(?= \w+ing\b))?"
)
_OURS = (
    r"(?:our|one of our)\s(?:(?!customer|client)[\w-]+\s){1,3}?|(?<!their )(?:engineering|support|billing|dev(?:s|ops)?|ops|"
    r"logistics|delivery|accounting|the (?:engineering|support|billing|delivery|dev|field|install\w*) team)\s"
)
_TOLD = (
    r"(?:(?:^|[.,:;(]\s*|\b(?:i|we|we both|just|already|also|and|have|so|then|i've|we've|been|both|personally|i also)\s)"
    r"(?:pinky )?(?:told|promised|assured|guaranteed|informed|notified|pledged|(?:agreed|confirmed|settled)(?: (?:with|to))?|"
    r"committed to|advised|let)\b)"
)
_NO_CUSTOMER = (
    r"(?!me\b|us\b|you\b|to (?!the\b|them\b|him\b|her\b|mr|ms|(?-i:[A-Z]))|off\b|myself\b|everybody\b|sales\b|my\b|@)"
)
_CLAUSE = rf"\s{_NO_CUSTOMER}(?:[\w'&.-]+[,:]?\s){{0,6}}?(?:that\s)?"
_WE = r"(?:^|[.,:;(]\s*|\b(?:i|we|i've|we've|have|also|just|and)\s)"

_SAID_OURSELVES = form(rf"(?:^|(?<=[\s,.:;(-])){_WILL}\s{_ADVERBS}(?P<act>(?:{VERB}|{GERUND}\s).*)")
_LATER_VERB = form(rf"(?:^|(?<=[\s,.:;(-])){_WILL}\s[^,.:;]{{3,80}}?\band (?:then |will |i'll |to )?(?P<act>{VERB}.*)")
_WITHOUT_I = form(rf"(?:^|[.,:;(]\s*|\s-+\s|\b(?:and)\s)will\s{_ADVERBS}(?P<act>{VERB}.*)")
_PRESENT = form(
    r"(?:^|[.,:;]\s*|\band\s|(?:to(?:day|morrow|night)|day|noon|morning|afternoon|evening|\d ?(?:am|pm)?)\s)"
    rf"(?P<own>i|we)\s{_ADVERBS}(?P<act>(?:{GIVING}|{SPEAKING})\b.*)"
)
_DOING = form(
    rf"(?:\b(?:i'm|we're|i am|we are)\s{_ADVERBS}|^(?:\w+[.,:]\s|[\w' ]{{2,16}}[.,:]\s)?)(?P<act>{GERUND}\s.*)"
)
_TEAM_WILL = form(
    rf"(?:^|[\s,.:;(-])(?P<act>(?:{_OURS})(?:will|'ll|are going to|is going to)\s{_ADVERBS}(?:(?:{GIVING}|be on[ -]site)\b|{SPEAKING}\b.{{0,40}}?\b{WHOM}).*)"
)
_FOR_THEM = form(
    rf"(?:^|[\s,.:;(-])(?P<act>{NAME}\s(?:will|'ll)\s(?:send|give|get|bring|ship)\s(?:them|him|her)\s(?:the|an?|our)\b.*)"
)
_TOLD_OURS = form(
    rf"{_TOLD}{_CLAUSE}(?:i|we)(?:'?d|'ll| would| will| shall| are going to|'re going to)?\s{_ADVERBS}(?P<act>{VERB}.*)"
)
_TOLD_TEAM = form(
    rf"{_TOLD}{_CLAUSE}(?P<act>(?:(?:an?|our|one of our|the|somebody|someone|another)\s)(?:[\w-]+\s){{0,3}}?"
    rf"(?:(?:will|would|'ll|'d)\s(?:{GIVING}|{SPEAKING})\b|{THIRD}).*)"
)
_TOLD_THEY = form(
    rf"{_TOLD}{_CLAUSE}(?P<act>(?:they|she|he|{NAME})(?:'ll|'d| will| would| shall| can| could)?\s"
    rf"(?:gets?|have|has|receives?|hears? (?:back )?from us|expect|see)\b(?! back to| to\b| us\b| me\b).*)"
)
_TOLD_RESULT = form(
    rf"{_TOLD}{_CLAUSE}(?P<act>(?:the|their|her|his|it|its|that|all|everything)\b[^,.;:]{{0,60}}?{RESULT}.*)"
)
_PROMISED_TO = form(
    rf"{_WE}(?:promised|committed|agreed|pledged|guaranteed)\s"
    rf"(?:{_NO_CUSTOMER}[\w'&.-]+\s){{0,3}}?to\s{_ADVERBS}(?P<act>{VERB}.*|(?:{GERUND}|having|getting)\s.*)"
)
_PROMISED_THING = form(
    rf"{_WE}(?:promised|guaranteed|owe|committed (?:us )?to|told|offered them|quoted)\s"
    rf"(?P<act>{_NO_CUSTOMER}(?:(?!not\b|and\b|that\b|they|she|he\b|he[ds]\b|we\b|i\b)[\w'&.-]+\s){{0,6}}?{THING}(?!\w).*)"
)
_PROMISED_WHOM = form(rf"{_WE}(?:promised|guaranteed)\s(?P<act>{WHOM}\s(?:an?|the|our|that)\s.*)")
_GAVE_WORD = form(
    rf"{_WE}(?:gave|given)\s(?P<act>(?!me\b|us\b|you\b)(?:[\w'&.-]+\s){{0,4}}?"
    r"(?:my word|our word|(?:the|a) (?:firm |fixed |hard )?(?:date|deadline|promise|commitment)|(?:my|our) (?:promise|commitment))"
    r"(?:[:,]|\s(?:that|for|we|i|on|by|of|to)\b).*)"
)
_BEEN_PROMISED = form(
    rf"(?P<act>\b(?:they|she|he|customer|client|{NAME})(?:'ve| have| has)\sbeen\s(?:promised|told)\s"
    rf"(?:\w+\s){{0,4}}?(?:{THING}|{RESULT}).*)"
)
_RECEIVING = form(
    rf"(?:^|[.,:;(]\s*|\b(?:and|so|then|that)\s)(?P<act>(?:they|she|he|you|the customer|the client|{NAME})"
    rf"(?:(?:'ll| will)\s(?:have|get|receive|find|see|hear from)|\sgets)\s(?:from us\s)?(?!back\b|to\b|me\b)"
    rf"(?:(?:our|us)\b|(?:the|an?|your|their|his|her|that|this)\s(?:[\w-]+\s){{0,3}}?(?:{THING}|\w+ from (?:me|us)\b)).*)"
)
_IS_SENT = form(
    r"(?:^|[.,:;(]\s*)(?P<act>(?:the|a|an|all|their|his|her) (?:[\w-]+\s){1,4}?(?:will|shall) be\s(?:sent|shipped|delivered|"
    r"mailed|emailed|issued|paid|refunded|credited|brought)\s(?:out\s)?(?:to|by us|from us|with)\b.*)"
)
_THING_TO_THEM = form(
    rf"(?:^|[.,:;(]\s*)(?P<act>(?:the |a |our |new |revised |final |updated )*(?:[\w-]+\s){{0,3}}?{THING}\s(?:[\w-]+\s){{0,2}}?"
    rf"(?:(?:will (?:go|be)|goes|go)\s(?:out\s)?)(?:to|with) {WHOM}.*)"
)
_TO_YOU_DONE = form(
    r"(?P<act>\byour [\w -]{2,40} will be (?:with you|fixed|restored|refunded|processed|ready|back|shipped|delivered|"
    r"credited|sent|issued|live)\b.*)"
)

_TOLD_FORMS = (
    *(_TOLD_OURS, _TOLD_TEAM, _TOLD_THEY, _TOLD_RESULT, _PROMISED_TO, _GAVE_WORD, _PROMISED_THING, _PROMISED_WHOM),
)
_WAS_TOLD = form(_TOLD)
_GAVE_OR_OWES = form(r"\b(?:gave|given|owe|quoted|promised|offered|committed|agreed)\b")


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
    for one in _TOLD_FORMS if _WAS_TOLD.search(sentence) or _GAVE_OR_OWES.search(sentence) else ():
        if found := one.search(sentence):
            act = _infinitive(found["act"])
            yield Pledge(act, found.start(), told=True, ours=True, led=sentence[found.start() : found.start("act")])
            break
    for one in (_SAID_OURSELVES, _WITHOUT_I, _LATER_VERB, _PRESENT, _DOING):
        found = one.search(sentence)
        if found and is_for_a_customer(act := _infinitive(found["act"])):
            subject = found[0][: found.start("act") - found.start()].lower().strip()
            told = _WAS_TOLD.search(sentence, 0, found.start("act")) is not None
            start = found.start("own") if one is _PRESENT else found.start()
            yield Pledge(act, start, told, ours="we" in subject.split() or "we'll" in subject.split())
            break
    for one in (_TEAM_WILL, _FOR_THEM, _BEEN_PROMISED, _RECEIVING, _IS_SENT, _THING_TO_THEM, _TO_YOU_DONE):
        if found := one.search(sentence):
            told = _WAS_TOLD.search(sentence, 0, found.start("act")) is not None
            yield Pledge(found["act"].strip(), found.start("act"), told or one is _BEEN_PROMISED, ours=True)
            break


def _infinitive(act: str) -> str:
    first, blank, rest = act.strip().partition(" ")
    return f"{infinitive(first)}{blank}{rest}" if re.fullmatch(GERUND, first, re.I) else act.strip()
