"""What a seller does for a customer: the verbs, the things that are handed over, and to whom."""

import re

_ONES = "them|him|her|both|everyone there"
_CUSTOMER = r"(?:the|this|that|our) (?:[\w-]+ ){0,2}?(?:customer|client|caller|buyer|account|prospect|merchant|tenant|lender|lady|gentleman|director|lads|guys|folks|people|team over there)s?\b"
_TITLE = r"(?:mr|mrs|ms|dr|miss|madame|frau|herr|señora?)\b\.?"
_NOT_NAMES = (
    r"(?:I|The|A|An|It|This|That|You|We|Our|My|Your|Mon|Tue|Wed|Thu|Fri|Sat|Sun|\w+day|EO[DW]|CO[BP]|IT|HR|PTO|OOO|QA|"
    r"Finance|Legal|Engineering|Support|Billing|Sales|Ops|Marketing|Accounting|Product|Dev|Devops|SE|PM|AM)\b"
)
NAME = rf"(?-i:(?!{_NOT_NAMES})[A-Z][\w'&-]*+(?:\s(?!{_NOT_NAMES})[A-Z][\w'&-]*+){{0,2}})"
# whoever is no colleague, as far as the words tell
WHOM = rf"(?:(?:{_ONES})\b(?! (?:own|boss))|{_CUSTOMER}|(?:their|his|her) [\w-]+|{_TITLE} \w+|(?<!@){NAME})"

# what needs no object to be for a customer
_GIVING = (
    r"send|resend|re-send|ship|deliver|refund|reimburse|credit|replace|repair|restore|deploy|patch|roll (?:\w+ ){0,3}?out|"
    r"issue|provide|waive|install|migrate|return|reinstate|compensate|redeliver|dispatch|swap|turn [\w ]{1,40}? around|"
    r"fix|resolve|correct|rectify|push|release|reset|unlock|extend|reissue|submit|hand|courier|overnight|upgrade|re-run|"
    r"rerun|switch|transfer|finish|complete|exchange|reverse|wire|remit|lift|fit|make (?:it|this|that|things) right|make up for"
)
# what may be for anybody
_SPEAKING = (
    r"call|ring|phone|email|e-mail|mail|write|text|answer|update|reply|respond|inform|visit|meet|invite|tell|give|show|"
    r"offer|bring|share|forward|confirm|present|pay|quote|invoice|brief|notify|follow up|reach out|come back|get back|"
    r"circle back|explain|arrive|come|jump|hop|join|drop|report back|go back|fly|be|drive|set|schedule|book|demo|prepare|walk|post"
)
GIVING, SPEAKING = rf"(?:{_GIVING})", rf"(?:{_SPEAKING})"
_WORKING = "make|do|let|take|have|get|make sure|ensure|see to it|see that|escalate|chase|arrange for|ask|keep|extend"
VERB = rf"(?:{_GIVING}|{_SPEAKING}|{_WORKING})\b"
THIRD = r"(?:sends|calls|rings|ships|delivers|fixes|refunds|emails|installs|replaces|visits|restores|issues|credits)\b"

_GERUNDS = dict(
    pair.split(":")
    for pair in (
        "sending:send resending:resend calling:call refunding:refund crediting:credit emailing:email mailing:mail "
        "delivering:deliver fixing:fix returning:return presenting:present answering:answer visiting:visit "
        "ringing:ring phoning:phone installing:install restoring:restore deploying:deploy patching:patch pushing:push "
        "extending:extend shipping:ship replacing:replace issuing:issue releasing:release providing:provide "
        "updating:update getting:get waiving:waive writing:write sharing:share resolving:resolve migrating:migrate "
        "going:go exchanging:exchange repairing:repair joining:join invoicing:invoice replying:reply giving:give "
        "bringing:bring meeting:meet "
    ).split()
)
GERUND = "(?:" + "|".join(sorted(_GERUNDS, key=len, reverse=True)) + r")\b"

THING = (
    r"(?:fix|hot-?fix|patch|quot(?:e|ation)|credit(?: note)?|refund|invoice|answer|update|report|rca|root cause|contract|"
    r"proposal|offer|replacements?|call(?:-? ?back)?|callback|timeline|plan|workaround|pric(?:e|es|ing)|numbers|"
    r"statement|summary|licen[cs]es?|access|exports?|build|letter|apology|reply|response|documents?|docs?|draft|copy|"
    r"eta|sow|redlines|terms|schedule|units?|shipment|delivery|parts?|samples?|mock-?ups?|migration|import|logins?|"
    r"keys?|deposit|money|options|demo|confirmation|post-?mortem|write-?up|feedback|figures|calculation|manual|codes?|"
    r"order|pallets?|analysis|word|news|engineers?|consultants?|technicians?)\b"
)
RESULT = (
    r"(?:works?\b|working\b|goes? (?:out|live)\b|leaves\b|ships\b|arrives\b|lands\b|(?:is|are|be|gets?|been)\s(?:\w+ly\s|all\s|back\s|fully\s)?(?:fixed|restored|live|ready|back|up|"
    r"running|working|corrected|done|finished|sorted|issued|refunded|processed|delivered|shipped|sent|resolved|completed?|"
    r"over|credited|there|out|repaired|replaced|reset|unlocked|closed|in place|in (?:their|her|his|your)|with (?:them|her|him|you))\b)"
)


def infinitive(gerund: str) -> str:
    """ "send" of "sending"."""
    return _GERUNDS[gerund.lower()]


def form(expression: str) -> re.Pattern[str]:
    """*expression*, whichever letters are capitals."""
    return re.compile(expression, re.I)


# the verbs that say little by themselves need more behind them
_GIVES = form(rf"{GIVING}\b")
_SPEAKS = form(rf"{SPEAKING}\b")
_TO_WHOM = form(rf"^.{{0,90}}?\b{WHOM}")
_HAS = form(
    r"have\s(?:[^,.;:]{1,60}?\b(?:over|with (?:them|him|her|you)|in (?:their|his|her|your)|ready|back|out|done|fixed|working|"
    r"live|sorted|resolved|up|unlocked|(?:for|to) (?:you|them|him|her))\b|"
    r"(?:[\w'-]+\s){1,4}?(?:call|send|email|e-mail|reply|resend|ship|fix|contact|ring|install|visit|refund|reset|restore)\b)"
)
_HAS_FOR = form(rf"have\s[^,.;:]{{1,60}}?\b(?:for|to|with)\s{WHOM}")
_DOES = form(
    rf"(?:do|make)\s(?:(?:{WHOM}|the|an?)\s)(?:the\s|an?\s)?(?:[\w-]+\s)?(?:{THING}|repair|payment|visit|exchange|correction|booking)\b"
)
_DROPS = form(
    rf"(?:drop|shoot)\s{WHOM}\s(?:an?|the)\s(?:\w+\s)?(?:note|line|mail|e-?mail|message|call|text)\b|let\s{WHOM}\sknow\b|take\s{WHOM}\sthrough\b|(?:jump|hop|join)\b.{{0,30}}?\bwith\s{WHOM}"
)
_GETS = form(
    rf"get\s(?:back\s(?:in touch\s)?(?:to|with)\s{WHOM}|(?:them|him|her|{NAME}|the customer|the client)\s(?:an?|the|our|their|his|her|that|this|"
    rf"two|some|back|up|live|sorted|over)\b|[^,.;:]{{1,60}}?\b(?:to|with|for)\s{WHOM}|[^,.;:]{{1,40}}?\bto\s(?:{GIVING}|{SPEAKING})\b|"
    r"[^,.;:]{1,50}?\b(?:over|out|fixed|sorted|resolved|shipped|sent|refunded|credited|replaced|restored|delivered)\b)"
)
_SEES_TO = form(rf"(?:make sure|ensure|see to it|see that)\b.{{1,80}}?(?:{RESULT}|\b(?:gets?|have|has|receives?)\b)")
_AND_THEN = form(
    rf"^[^.;:]{{1,80}}?\band\s(?:then\s)?(?:{GIVING}\b|{SPEAKING}\b.{{0,60}}?\b{WHOM}|get\s.{{1,40}}?\b{WHOM})"
)
_BEING = form(rf"(?:be|fly)\b.{{0,30}}?\b(?:on[- ]?site|at (?:their|his|her)|over there|back to {WHOM}|to see {WHOM})")
_MEETING = form(rf"meet\s{WHOM}.{{0,60}}?\bto\s\w")


_EMAILS = form(
    rf"(?:e-?mail|mail|share|forward|confirm|present|post)\s(?:the|an?|our|new|revised)?\s?(?:[\w-]+\s){{0,2}}?{THING}"
)
_ANSWERS = form(
    r"(?:answer|reply|respond)\b(?: to)?\s(?:the|that|this)\s(?:[\w-]+\s)?(?:complaint|mail|e-mail|letter|ticket|claim|review|questions?)\b"
)


def is_for_a_customer(act: str) -> bool:
    """Whether *act*, that begins with a verb, is something that is done for a customer."""
    if re.match(r"(?:finish|complete)\b", act, re.I):
        return _TO_WHOM.match(act) is not None
    if _GIVES.match(act):
        return True
    if any(
        form.match(act)
        for form in (_HAS, _HAS_FOR, _DOES, _DROPS, _GETS, _SEES_TO, _BEING, _AND_THEN, _EMAILS, _ANSWERS)
    ):
        return True
    if re.match(r"(?:be|fly|meet|drop|jump|hop|join)\b", act, re.I):
        return _MEETING.match(act) is not None
    return _SPEAKS.match(act) is not None and _TO_WHOM.match(act) is not None
