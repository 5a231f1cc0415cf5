"""What somebody says in a reminder's thread that ends it: it is done, or the customer has answered."""

import re

from bot.followups.said.own_words import LONGEST, OwnSentence, sentences, unquoted

_MOST_WORDS = 40  # of a message that ends a reminder: a longer one tells a story

_DEEDS = (
    r"sent|resent|emailed|e-mailed|mailed|called|rang|phoned|texted|told|informed|notified|updated|shipped|delivered|"
    r"fixed|repaired|resolved|solved|sorted|refunded|credited|replaced|issued|paid|corrected|deployed|completed|finished|"
    r"handled|uploaded|shared|forwarded|submitted|answered|replied|responded|written|wrote|given|gave|did|done|installed|"
    r"closed|booked|confirmed|cancelled|restored|handed|explained|provided|spoken|spoke|talked|met|made|"
    r"took care|taken care|dealt|processed|invoiced|returned|visited|apologi[sz]ed|posted|published|pushed|released"
)
_STARTS = (
    r"(?:(?:ok(?:ay)?|yes|yep|yeah|yup|and|all|finally|just|now|already|hi|thanks|thank you|great|fine|phew|good|so|this|that|it|"
    r"right|everything|team|dear all|hey|it's|that's|is|has been|@[\w.-]+|consider it|have|has)[\s,.:!-]+)*+"
)
_DONE = re.compile(
    rf"^\W*{_STARTS}(?:all\s)?(?:done|{_DEEDS})\b"
    rf"|\b(?:i|we)(?:'ve| have| did)?\s(?:(?:just|already|now|finally|also|both|have)\s)*(?:did send|{_DEEDS})\b"
    r"|\b(?:is|was|are|were|been|'s|got|went|gone|now)\s(?:(?:just|already|now|finally|all|been|both|fully)\s)*"
    r"(?:done|sent|fixed|sorted|resolved|solved|delivered|shipped|completed?|finished|handled|taken care of|dealt with|"
    r"out|closed|refunded|issued|paid|corrected|deployed|updated|installed|gone (?:over|out)|over to (?:them|him|her)|"
    r"with (?:them|him|her)|emailed|processed|informed)\b"
    r"|, (?:sent|installed|fixed|delivered|done) (?:it|them|at|that)\b"
    rf"|[\s,](?:done|sent|fixed|sorted|deployed|shipped|delivered|refunded|installed|informed|resolved|issued)"
    r"(?:(?:,? (?:and (?:\w+|dusted)|now|already|today|cheers|thanks|yesterday|this morning|bot))*)\W*$"
    r"|^\W*(?:✅|☑️?|✔️?|:(?:white_|heavy_|ballot_box_with_)?check(?:_mark)?:)|^\W*(?:erledigt|fertig|gemacht|hecho|listo)\b"
    r"|\bist (?:raus|erledigt|fertig|draußen|gelöst)\b|\bhab\w*\s(?:ich|wir)?\s?.{0,40}\b(?:geschickt|gesendet|erledigt|gemacht|angerufen)\b"
    r"|\b(?:envié|llamé|mandé|enviamos|he enviado|hemos enviado|está hecho|enviado)\b"
    r"|\b(?:that|it|this|they|them|those) off to (?:them|him|her)\b|\bbox is ticked\b",
    re.I,
)
_CHECK = re.compile(r"\W*(?:✅|☑️?|✔️?|:(?:white_|heavy_|ballot_box_with_)?check(?:_mark)?:)\W*", re.I)
_NOT_DONE = re.compile(
    r"\b(?:not|never|nobody|no one|nothing|none|almost|nearly|half|partly|partially|mostly|yet|still|will|won't|"
    r"going to|gonna|shall|should|would|could|might|may|must|can (?:be|some\w+|any\w+|you|we|i|only|they)|cannot|need(?:s|ed)?|want(?:s|ed)?|have to|has to|had to|"
    r"wish|if|when|once|until|unless|as soon as|whether|before i|hope(?:fully)?|maybe|perhaps|probably|supposed(?:ly)?|"
    r"apparently|thought|think|says?|said (?:it|that|they|he|she)|claims?|to be|being|please|pls|let me|let's|get (?:it|this|that)|"
    r"try|tried|trying|wrong|bounced|failed|draft|mistake|forgot|no luck|voicemail|no answer|picked up|"
    r"done (?:with|for|deal|waiting)|so done|deal is done|(?:well|nicely|nice|great|better|than) done|what's done|damage|"
    r"how is|how's|who|anyone|anybody|someone|somebody|remind me|looks like|seems?|how|"
    r"kann|muss|nicht|noch|wird|no|todavía|aún)\b|\d ?%|n't\b|\bi'd\b|'ll\b",
    re.I,
)
_SAID_YES = re.compile(r"\b(?:she|he|they) said (?:yes|ok(?:ay)?|it's fine|fine)\b|\bno (?:problems?|issues?)\b", re.I)
# where it is the other side who did so
_BY_OTHERS = re.compile(
    rf"^\W*(?:(?:and|so|ok|oh|well|btw|yes|now),?\s)*(?:they|she|he|(?:the|our|their) [\w-]+|(?-i:(?!All\b|Already|I'|We|Just|Yes|Ok|Have|Done|Job|That|It|This)[A-Z][\w'&-]+))"
    rf"(?:'ve|'s| have| has| just| also| already)*\s(?:{_DEEDS}|accepted|signed)\b(?! (?:to|over to|with) (?:them|the customer))",
    re.I,
)

_CUSTOMER = r"(?:they|she|he|(?:the |our )?(?:customer|client|buyer)|(?:their|his|her) [\w-]+|(?:mr|mrs|ms|dr)\.? \w+|(?-i:[A-Z][\w'&-]+))"
_LINK = r"(?:'ve|'s| have| has| just| also| already| finally| now| even)*\s"
_ANSWERED = re.compile(
    rf"\b{_CUSTOMER}{_LINK}(?:replied|answered|responded|signed|accepted|agreed|confirmed|texted|"
    r"(?:got|gotten|come|came|gets) back(?: to (?:us|me))?|(?:wrote|written|called|rang|rung|phoned|texted)(?: me| us)? back|"
    r"got in touch|said (?:yes|no|ok)|turned (?:us|it) down|declined|accepts?|agrees?|"
    r"sent (?:us |me |over )?(?:the |a |their )?(?:signed|answer|reply|response|signature|confirmation))\b"
    rf"|\bheard (?:back )?from {_CUSTOMER}|\bheard back\b"
    r"|\b(?:got|have|received|had|there's|there is|here's|finally)\s(?:an?|the|their|her|his|[\w']+)\s(?:\w+ )?"
    r"(?:answer|reply|response|signature|confirmation|email from|mail from|call from)\b"
    r"|\b(?:answer|reply|response|signature|confirmation|signed copy|word)\b[^.?!]{0,40}?\b(?:is in\b|is here|came|arrived|received|has come|just in)"
    r"|^\W*(?:yes\W+|finally )?(?:an? )?(?:answer|reply|response|word) from \w+"
    r"|\b(?:contract|offer|it|paper|document|sow|quote)(?:'s| is| was| has been)(?: now| already)? signed\b"
    r"|\bantwort ist da\b|\bhat (?:geantwortet|unterschrieben|sich gemeldet|zurückgerufen)\b|\b(?:respondi[oó]|contest[oó]|ha (?:respondido|contestado|firmado)|firm[oó])\b",
    re.I,
)
_NOT_ANSWERED = re.compile(
    r"\b(?:no|not|never|nobody|nobody's|no one|nothing|none|yet|still|will|won't|would|should|could|might|may|maybe|if|when|"
    r"once|until|unless|as soon as|whether|hope|doubt|wonder|waiting|wait|awaiting|expect\w*|supposed|need|wants?|promised|"
    r"ask(?:ed|s)?|auto-?reply|out of office|ooo|bounce|voicemail|any|has anyone|who|chasing|silence|unanswered|"
    r"be nice|nicht|keine?|noch|no)\b|n't\b|\b(?:did|has|have|does|would|is|was|wo|do|could|should|are|were)nt\b|^\W*(?:has|have|did|is|does|will)\s|\b\w+'(?:d|ll)\s",
    re.I,
)
# "it's a no", "no problem": an answer, and no denial
_ANSWER_IS_NO = re.compile(
    r"(?:\bit's a no|[:,]\s*(?:a )?no|\ba (?:clear |firm )?no|\bsaid no|\bno (?:problem|questions|worries)|\bwants? (?:a|an|to|the|us)"
    r"|[:,]\s*(?:\w+ )?(?:will|would|wants?|can|might|needs?|could|if|may|asks?)\b.*)(?=\W|$)",
    re.I,
)

_AWAITS = re.compile(
    r"\b(?:see|check|ask|find out|look|verify|know)\s(?:if|whether|that|up on whether)\b.{0,60}?\b(?:repl|answer|respon|sign|"
    r"got back|get back|gets back|come back|came back|heard|hear|paid|decid|confirm|accept|agree|approv|written|wrote|called back)"
    r"|\b(?:chase|nudge|ping|push|remind|poke|prod|press|bug|nag|call|ask|email|follow up with|mail)\b.{1,60}?\b(?:for|about|on|to get)\s(?:\w+ )?"
    r"(?:an? |the |their |her |his |[\w']+ )?(?:\w+ )?(?:answer|reply|response|signature|decision|feedback|confirmation|approval|po|sign-?off|word|yes)\b"
    r"|\b(?:chase|nudge|remind|push|press)\b.{1,40}?\bto (?:sign|reply|answer|respond|confirm|decide|approve|get back)\b"
    r"|\b(?:wait(?:ing)?|await(?:ing)?|hold)\b\s?(?:for|on)?\s?.{0,50}?\b(?:answer|reply|response|signature|decision|feedback|"
    r"confirmation|approval|po|sign-?off|word|to (?:sign|reply|answer|respond|confirm|decide|get back)|hear)\b"
    r"|\b(?:did|has|have|is)\s(?:they|she|he|the customer|\w+)\s(?:\w+ )?(?:repl|answer|respon|sign|get back|got back|decid|confirm)"
    r"|\b(?:any|no)\s(?:answer|reply|response|news|word|decision|feedback)\b|\bhear(?:d)? back\b|\bawait\w*\b"
    r"|\bget\s(?:their|her|his|the|an?|[\w]+'s)\s(?:\w+ )?(?:answer|reply|response|signature|decision|feedback|confirmation|approval|sign-?off)\b"
    r"|\b(?:follow up on|chase(?: up)?|check on)\s(?:the|their|her|his|an?|[\w]+'s)?\s?(?:\w+ )?"
    r"(?:answer|reply|response|signature|decision|feedback|confirmation|approval|po|sign-?off)\b"
    r"|\b(?:if|whether) (?:they|she|he|the customer|\w+)(?:'ve|'s| has| have)? (?:repl|answer|respon|sign|confirm)\w*",
    re.I,
)
_OUR_ANSWER = re.compile(r"^\W*(?:send|give|write|reply|answer|respond|draft|prepare|sign)\b", re.I)


def says_done(text: str) -> bool:
    """Whether *text*, by the owner of a reminder in its thread, says that it is done: "just sent the options over"."""
    if len(text[:LONGEST].split()) > _MOST_WORDS:
        return False
    return any(_is_done(one) for one in sentences(unquoted(text)))


def says_answered(text: str) -> bool:
    """Whether *text* says that the customer has answered: "Dana got back to us"."""
    if len(text[:LONGEST].split()) > _MOST_WORDS:
        return False
    return any(_is_answered(one) for one in sentences(unquoted(text)))


def awaits_answer(task: str) -> bool:
    """Whether what is to be done waits for an answer of the customer: "chase Dana for the signature"."""
    task = unquoted(task)
    return _OUR_ANSWER.match(task) is None and _AWAITS.search(task) is not None


def _is_done(sentence: OwnSentence) -> bool:
    text = _SAID_YES.sub(" ", sentence.text)
    if _CHECK.fullmatch(text):
        return True
    return not (sentence.asks or _NOT_DONE.search(text) or _BY_OTHERS.search(text)) and _DONE.search(text) is not None


def _is_answered(sentence: OwnSentence) -> bool:
    text = _ANSWER_IS_NO.sub(" ", sentence.text)
    return not (sentence.asks or _NOT_ANSWERED.search(text)) and _ANSWERED.search(text) is not None
