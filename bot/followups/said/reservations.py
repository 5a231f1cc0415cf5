"""What takes a promise back: conditions, wishes, denials, what is over, and what is only talk among colleagues."""

import re

# before the words that promise, in the same sentence
_TAKES_BACK_BEFORE = re.compile(
    r"\b(?:if|unless|whether|in case|provided|assuming|once|as soon as|when|until|supposing|suppose|might|may|maybe|"
    r"perhaps|possibly|probably|hopefully|hope|hoping|wish|ideally|wonder(?:ing)?|guess|think|thinks|thought|doubt|"
    r"believe|assume|assumes|feel like|expect|expects|expecting|wants?|wanted|needs|ask(?:ed|s)?|asking|demand(?:s|ed)?|"
    r"insist(?:s|ed)?|says?|(?<!\bi )(?<!\bi've )(?<!\bwe )(?<!\bwe've )said|saying|complain(?:s|ed|ing)?|reminds?|reminded|claims?|claimed|according to|used to|supposed to|never|not|nobody|no one|"
    r"n't|cannot|pretend|imagine|remember|why|what(?! i've| we've)|who|how|which|would|could|should|"
    r"normally|usually|typically|always|sometimes|because|after|although|though|every|each|originally|back then|heard|reckons?|swears|swore|"
    r"(?:they|he|she|it|vendor|supplier|carrier|customer|client)(?:'ve|'s| have| has)? (?:also )?(?:told|promised|assured|agreed)|"
    r"(?:told|promised|assured|informed) (?:me|us|you)\b|"
    r"be (?:promised|told)|as per|policy|template|script|example)\b|n't\b",
    re.I,
)
# behind them, or anywhere in the clause
_TAKES_BACK_BEHIND = re.compile(
    r"\b(?:if|unless|in case|provided|assuming|once|as soon as|when (?:they|he|she|we|i|it|the|legal|you)|depending|"
    r"subject to|pending|hopefully|maybe|perhaps|possibly|probably|i hope|i think|i guess|fingers crossed|or so|"
    r"at the earliest|earliest|every (?:\w*day|week|month|morning|time|two|second|other|year|quarter)|each|always|usually|daily|weekly|(?:last|past) (?:week|month|year|\w+day)|yesterday|"
    r"or not|not sure|lol|haha|jk|or maybe|worst case|best case|try to|ideally|all being well|touch wood|god willing|"
    r"after (?:they|he|she|legal|the (?:customer|client)) (?:\w+ )?(?:signs?|pays?|confirms?|approves?|sends?|answers?))\b"
    r"|not? (?:before|until|later)|🤞",
    re.I,
)
_NOT_NO_LATER = re.compile(r"\bno later than\b", re.I)
# of the whole message: what was told is over, and was not kept, or was
_OVER = re.compile(
    r"\b(?:yesterday|last (?:week|month|night|\w+day)|\w+ (?:days?|weeks?|hours?) ago|ago|forgot(?:ten)?|missed|overdue|"
    r"late|moved|found out|still (?:nothing|waiting|no|not|hasn't|haven't)|crickets|slipped|broke|failed|late now|"
    r"(?:has|have|did|was|were|does|do|is|are)n'?t|never|nobody|no one|no-one|none of us|nothing|"
    r"(?:it's|its|it is|today's|today is|we're on|this is)\s(?:now |already |the |nearly |only |\w+ to |\w+ past )*"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)?(?:day\b|mon\b|tues?\b|weds?\b|thu(?:rs?)?\b|fri\b|sat\b|sun\b|\d\w*|noon|half|quarter|one|two|three|four|five|six|"
    r"seven|eight|nine|ten)|remembered|chased|"
    r"(?:only|just) (?:now )?remembered|impossible|we won't|i won't|and (?:i|we) did|can't|cannot|should have|"
    r"was promised|were promised|been promised nothing|who (?:told|promised)|which we|(?:went|gone|came|been sent|already sent|sent (?:it|them)|should be done)|fault|(?:I|we) blew)\b",
    re.I,
)
# what colleagues do for one another
_AMONG_US = re.compile(
    r"\b(?:lunch|coffee|beers?|pizza|drinks|cake|breakfast|dinner|stand-?up|retro|sprint|1:1|one-on-one|offsite|forecast|"
    r"pipeline|timesheets?|expenses?|vacation|holiday|pto|agenda|minutes|invite|calendar|all-?hands|training|onboarding|"
    r"team (?:meeting|call|slides|lunch)|our (?:weekly|sync|meeting)|slides|send around|interview|okrs?|review deck|salary|payroll|"
    r"the channel|this channel|this thread|here|in (?:here|slack)|the board(?!-)|dashboard|crm|salesforce|hubspot|jira|"
    r"the (?:night|late|early|next) shift|the queue|my queue|the team|@\w+)\b|<@",
    re.I,
)
TO_CUSTOMERS = re.compile(
    r"\b(?:them|him|her|(?:the|this) (?:[\w-]+ )?(?:customer|client|caller|buyer)|their \w+|"
    r"(?:mr|mrs|ms|dr)\b\.? \w+)\b",
    re.I,
)
_TO_US = re.compile(r"^\S+(?: \S+)? (?:me|us|myself|ourselves)\b", re.I)
_TO_YOU = re.compile(r"\b(?:you|u|ya|y'all|you guys|your)\b", re.I)
_TO_A_CUSTOMER = re.compile(
    r"\b(?:dear|sorry|apolog\w+|thank you for|thanks for (?:your|bearing)|your (?:patience|order|account|refund|"
    r"invoice|ticket|case|contract|business|trust|delivery|team's)|sincerely|kind regards|good (?:morning|day|afternoon))\b",
    re.I,
)


def is_withheld(before: str, behind: str) -> bool:
    """Whether the words *before* a promise or those of it take it back: "if they sign I'll send it Friday"."""
    behind = _NOT_NO_LATER.sub("by", behind)
    return bool(_TAKES_BACK_BEFORE.search(before) or _TAKES_BACK_BEHIND.search(behind))


def is_over(message: str) -> bool:
    """Whether *message* speaks of what was promised earlier: "told them Friday, it's Tuesday"."""
    return bool(_OVER.search(message))


def is_among_us(act: str, message: str, *, ours: bool) -> bool:
    """
    Whether *act*, of *message*, is for a colleague: "ping you tomorrow".

    *ours*: "we" said it, which no one says to a colleague whom he sends something.
    """
    if _TO_US.search(act):
        return True
    if _TO_YOU.search(act) and not ours and not _TO_A_CUSTOMER.search(message):
        return True
    return bool(_AMONG_US.search(act)) and not TO_CUSTOMERS.search(act)
