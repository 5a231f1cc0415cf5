"""The words that stand around dates, and what they say of them: verbs, firms, streets, amounts, labels of numbers."""

import re

from bot.followups.dates.vocabulary import listed

# what begins a task: "friday at 3 send the deck"
TASK_VERBS = frozenset(
    (
        *("call", "ring", "phone", "email", "mail", "text", "ping", "buzz", "message", "msg", "write", "tell", "ask"),
        *(
            "nudge",
            "send",
            "resend",
            "share",
            "forward",
            "fwd",
            "give",
            "get",
            "post",
            "invoice",
            "bill",
            "pay",
            "chase",
        ),
        *("remind", "check", "review", "update", "confirm", "prepare", "prep", "book", "schedule", "meet", "talk"),
        *("speak", "follow", "finish", "make", "do", "discuss", "let", "see", "log", "sign", "close", "demo", "please"),
        *("re", "with", "about", "for", "to", "and", "if", "we", "i", "he", "she", "they", "then", "the", "a", "an"),
        *("visit", "inspect", "offer", "show", "invite", "thank", "order", "ship", "buy", "renew", "cancel", "move"),
        *("submit", "draft", "quote", "pitch", "present", "find", "fix", "look", "read", "try", "start", "begin"),
        *("complete", "collect", "deliver", "negotiate", "escalate", "touch", "reach", "catch", "connect", "sync"),
        *("answer", "reply", "respond", "revisit", "rework", "redo", "bring", "take", "pick", "drop", "set", "run"),
        *("plan", "push", "pull", "add", "put", "upload", "download", "print", "open", "clear", "clean", "test"),
        *(
            "owe",
            "lend",
            "wire",
            "assign",
            "grant",
            "promise",
            "approve",
            "reject",
            "request",
            "verify",
            "validate",
            "notify",
            "inform",
            "brief",
            "debrief",
            "warn",
        ),
        *("anrufen", "rufen", "schicken", "senden", "appeler", "envoyer", "llamar", "enviar", "ligar", "mandar"),
    )
)
NOUNS_AS_WELL = frozenset(
    listed(
        "quote order invoice bill demo review post ship log plan test print draft offer show look brief sync run set "
        "fix find move pitch update report"
    )
)
FUNCTION_WORDS = frozenset(
    listed("re with about for to and if we i he she they then the a an on in of at by from or but so")
)
# what somebody does: behind a name it says that the name is one
FINITE = (
    r"(?:is|are|was|were|has|have|had|wants?|needs?|said|says|asked|asks|ask for|owes?|hates?|likes?|loves?|will|would|"
    r"can|could|does|did|wrote|writes|called|sent|got|told|tells|thinks|might|must|should|keeps|made|makes|gave|gives|"
    r"signed|pays|paid|expects?|wonders?|complains?|complained|replied|replies|confirmed|confirms|canceled|cancelled|"
    r"cancels|requested|requests|agreed|agrees|rejected|rejects|insists|offers|offered|refuses|refused|still|never|"
    r"always|isn't|wasn't|doesn't|didn't|won't|can't|plans|hopes|prefers|seems|looks|sounds|wanted|needed|liked|loved)"
)
COMPANY = (
    r"(?:Inc|Ltd|LLC|GmbH|AG|PLC|plc|Plc|Corp|Co|Group|Foods|Health|Media|Capital|Bank|Partners|Systems|Software|Labs?|"
    r"Bikes|Pharma|Holdings?|Brothers|Bros|Networks?|Energy|Insurance|Solutions|Technologies|Tech|Studios?|Books|"
    r"Microsystems|Sons|Consulting|Logistics|Motors|Foundation|Agency|Clinic|Hotels?|Airlines|Records|Press|Magazine|"
    r"Mail|News|Times|Herald|Post|Star|Harvest|Coffee|Bakery|Brewing|Brewery|Kitchen|Restaurant|Wines?|Fashion|Design|"
    r"Designs|Digital|Digitals|Creative|Analytics|Robotics|Dynamics|Industries|Ventures|Trust|Fund|Fitness|Sports|"
    r"Club|Cafe|Café|Company|Collective|Interactive|Entertainment|Productions|Pictures|Films|Games|Gaming|Security|"
    r"Services|Supplies|Supply|Stores?|Shop|Market|Markets|Memorial|Vision|Brands|Apparel|Cosmetics|Beauty|Sleep|"
    r"Mattress|Travel|Tours|Rentals|Auto|Cars|Homes|Realty|Properties|Construction|SA|SE|BV|AB|Oy|SpA|SRL|SARL|Limited)"
)
STREET = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Square|Sq|Lane|Ln|Park|Place|Plaza|Drive|Dr|Court|Row|Way|Terrace|Gardens?|Hill|"
    r"Gate|Wharf|Quay|Boulevard|Blvd|House|Building|Towers?|Mews|Crescent|Close|Broadway|Circus|Yard|Dock|Bridge|"
    r"Centre|Center|Parkway|Pkwy|Highway|Hwy|Alley|Walk|Green|Heights|Floor)"
)
PRICES = frozenset(
    listed(
        "percent pct % dollars euros euro pounds bucks usd eur gbp chf cents points bps grand k m mn bn per x times "
        "people persons heads men women staff kids children feet inches kilos kg km miles gb mb tb more extra "
        "additional different separate other new big small or and"
    )
)
_NO_PLURALS = frozenset(
    listed(
        "discuss process address focus pass press this us is was has does its his yes plus less unless across always "
        "thus sales ss business status bus progress access success thanks regards"
    )
)
# what a number belongs to that stands behind it: "PO 0315", "order 3/12"
LABELS = "|".join(
    listed(
        "po sku ticket order invoice inv case ref reference no nr nro number num item id room ext extension batch lot "
        "part quote deal bug issue version model contract job article claim account acct acc opp opportunity code pin "
        "report size grade type suite unit apt slide page step option chapter section line row gate seat flight bus "
        "train tracking policy permit license licence serial rma rfq rfp so wo sr cr task story build release form "
        "docket parcel locker dept department building office bay dock route channel port zip postcode sow msa nda "
        "asset tag vin sn crm lead art artikel flat lote sala bloco tubo parcela tranche kabel schraube survey plot "
        "clause table figure fig ward studio drawing court lane shop stall cabin hole delivery shipment package "
        "voucher coupon receipt file folder doc document record entry bill statement memo level phase round tier stage "
        "week sprint series sample sheet plan hall booth stand floor platform terminal #"
    )
)
CHANGES = (
    r"(?:cut|lower|lowers?|raise|reduce|reduced|increase|drop|bump|discount|knock|grow|extend|shrink|beat|up|down|slash|"
    r"trim|decrease|improve|lift|hike|adjust|off|multiply|divide|split|change|short|over|under|missed|behind|ahead|late)"
)


def is_plural(word: str) -> bool:
    """Whether *word* (small letters) names several of something, as far as its end says."""
    return (
        len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "'s", "us", "is")) and word not in _NO_PLURALS
    )


def counts_things(word: str) -> bool:
    """Whether what a number stands before makes it an amount: "5 seats", "3 people", "10 euro"."""
    return word in PRICES or is_plural(word)


def begins_a_task(word: str) -> bool:
    """Whether *word* (small letters) is one that a task begins with."""
    return not word or word in TASK_VERBS


FINITE_NEXT = re.compile(rf"(?:\s+(?:&\s+)?[A-Z][\w'&.-]*)*\s+{FINITE}\b")
COMPANY_NEXT = re.compile(rf"(?:\s+[A-Z&][\w'.-]*){{0,2}}\s+{COMPANY}\b(?!')")
LEGAL_NEXT = re.compile(r"(?:\s+[a-z'&.-]+)?\s+(?:inc|ltd|llc|gmbh|corp|plc|pty|bv|srl|llp)\b")
TITLES = frozenset(
    ("mr", "mrs", "ms", "dr", "herr", "herrn", "frau", "dem", "der", "den", "senhor", "senhora", "sr", "sra", "mme")
)
STREET_NEXT = re.compile(rf"(?:\s+[A-Z][\w'.-]*){{0,3}}\s+{STREET}\b")
STREET_BELOW = re.compile(
    r"(?:\s+[a-z][\w'.-]*){0,2}\s+(?:street|st|road|rd|avenue|ave|square|lane|drive|terrace|quay|boulevard|blvd|crescent|"
    r"highway|house|tower|floor|strasse|straße|str|platz|weg|allee)\b"
    r"|\s+(?:rue|quai|place|avenue|boulevard|calle|avenida|plaza|paseo|rua|largo|praca|via|corso|piazza|pabellon)\b"
)
LABEL_BEFORE = re.compile(rf"(?:^|[\s(])(?:{LABELS})\.?:?\s*(?:no\.?|nr\.?|number|#)?\s*$")
LED = re.compile(r"\b(?:on|by|this|next|coming|until|till|every|each|due|before|am|el|le|na|no|den|per|come|say)\s+$")
CHANGED = re.compile(rf"\b{CHANGES}\b[^.;!?]{{0,40}}$")
DETERMINER = re.compile(r"\b(?:the|a|an|our|their|his|her|my|your|its|this|that|no|new|old|last|another)\s+$")
