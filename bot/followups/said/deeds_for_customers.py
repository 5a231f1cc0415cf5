"""The words of what a seller does for a customer: the verbs, and the things that are handed over."""

_ONES = "them|him|her|both|everyone there"
_CUSTOMER = (
    r"(?:the|this|that|our) (?:[\w-]+ ){0,2}?(?:customer|client|caller|buyer|account|prospect|merchant|tenant|lender|lady|gentleman|director|lads|guys|folks|people|team over there)s?\b"
)
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
    r"rerun|switch|transfer|finish|complete|exchange|make (?:it|this|that|things) right|make up for"
)
# what may be for anybody
_SPEAKING = (
    r"call|ring|phone|email|e-mail|mail|write|text|answer|update|reply|respond|inform|visit|meet|invite|tell|give|show|"
    r"offer|bring|share|forward|confirm|present|pay|quote|invoice|brief|notify|follow up|reach out|come back|get back|"
    r"circle back|explain|arrive|come|jump|hop|join|drop|report back|go back|fly|be|drive|set|schedule|book|demo|prepare|walk|post"
)
GIVING, SPEAKING = rf"(?:{_GIVING})", rf"(?:{_SPEAKING})"
_WORKING = "make|do|have|get|make sure|ensure|see to it|see that|escalate|chase|arrange for|ask|keep|extend"
VERB = rf"(?:{_GIVING}|{_SPEAKING}|{_WORKING})\b"
THIRD = r"(?:sends|calls|rings|ships|delivers|fixes|refunds|emails|installs|replaces|visits|restores|issues|credits)\b"

_GERUNDS = {
    **{one: one[:-3] for one in ("sending", "resending", "calling", "refunding", "crediting", "emailing", "mailing")},
    **{one: one[:-3] for one in ("delivering", "fixing", "returning", "presenting", "answering", "visiting", "ringing")},
    **{one: one[:-3] for one in ("phoning", "installing", "restoring", "deploying", "patching", "pushing", "extending")},
    **dict(shipping="ship", replacing="replace", phoning="phone", issuing="issue", releasing="release"),
    **dict(restoring="restore", providing="provide", updating="update", getting="get", waiving="waive"),
    **dict(writing="write", sharing="share", resolving="resolve", migrating="migrate"),
    **dict(going="go", exchanging="exchange", repairing="repair", visiting="visit", joining="join"),
    **dict(invoicing="invoice", replying="reply", giving="give", bringing="bring", meeting="meet"),
}
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
    r"(?:works?\b|working\b|goes? (?:out|live)\b|leaves\b|ships\b|arrives\b|(?:is|are|be|gets?|been)\s(?:\w+ly\s|all\s|back\s|fully\s)?(?:fixed|restored|live|ready|back|up|"
    r"running|working|corrected|done|finished|sorted|issued|refunded|processed|delivered|shipped|sent|resolved|completed?|"
    r"over|credited|there|out|repaired|replaced|reset|unlocked|closed|in place|in (?:their|her|his|your)|with (?:them|her|him|you))\b)"
)


def infinitive(gerund: str) -> str:
    """ "send" of "sending"."""
    return _GERUNDS[gerund.lower()]
