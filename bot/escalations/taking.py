"""Who takes a case, as people write it in a thread: "I have it", "mine", "@dana takes it". Pure; None for anything else."""

import re
from dataclasses import dataclass

_LONGEST = 90  # characters: what is longer tells of something
_PERSON = r"(?-i:@([UW][A-Z0-9]{1,20}))"  # as Slack writes mentions
_IT = r"(?:it|this|that|over|this one|that one|this case|the case|care of (?:it|this|that))"
_ASIDE = r"(?:(?:ok|okay|yes|yep|yeah|sure|thanks|thank you|hi|hey|alright|right|no worries|don't worry|got it|gotcha|cool)[\s,.!:–—-]+)*"
_TAIL = (
    r"(?:[\s,]*(?:from here|now|then|thanks|thank you|ty|today|myself|please|until\s+\S{1,12}(?:\s+\S{1,12}){0,2}|"
    r"(?:for|by|till)\s+\S{1,12}(?:\s+\S{1,12}){0,2}))?"
)
_END = r"[\W_]{0,20}$"  # emoji, full stops
_SELF = re.compile(
    rf"^{_ASIDE}(?:"
    rf"i(?:['’]?ve| have)?(?: just)? (?:got|have|take|took|own) {_IT}"
    rf"|i have {_IT}|i(?:['’]?ll| will)(?: (?:go and|now|gladly|happily))? (?:take|handle|own|do|pick|call) {_IT}(?: up)?(?: over)?"
    rf"|i['’]?m (?:taking|on|handling) {_IT}|(?:i['’]?m )?on it|taking {_IT}|will take {_IT}|got this(?: one)?"
    rf"|(?:this one(?:['’]s| is) |that(?:['’]s| is) |it['’]s |all )?mine|leave {_IT} (?:to|with) me|(?:i )?can take {_IT}"
    rf"|ich (?:übernehme|nehme|mache|hab(?:e)?)(?: (?:das|es|den fall|ihn|sie))?|ich kümmere mich(?: darum)?|übernehme(?: ich)?"
    rf"|lo tengo(?: yo)?|me encargo(?: yo)?|yo me (?:encargo|ocupo)|es mío"
    rf"){_TAIL}{_END}",
    re.I,
)
_SOMEBODY = re.compile(
    rf"^{_ASIDE}(?:"
    rf"{_PERSON}[\s,:]+(?:takes|has|will take|owns|handles|picks up|gets|is on|is taking|is handling|übernimmt|nimmt|hat|se encarga(?: de)?)"
    rf"(?: {_IT}| das| es| esto)?|"
    rf"{_PERSON}[\s,:]+(?:please|pls)[\s,]+(?:take|handle|own|pick up) {_IT}|"
    rf"(?:please|pls)[\s,]+(?:take|handle) {_IT}[\s,]+{_PERSON}|"
    rf"(?:over to|assign(?:ed)?(?: it| this)? to|hand(?:ing|ed)?(?: it| this)? (?:over )?to|this (?:one )?goes to|give (?:it|this) to) {_PERSON}"
    rf"){_TAIL}{_END}",
    re.I,
)
_IN_PASSING = re.compile(r"\bon it\b|\bgot this\b|\bwill take|\bcan take", re.I)
_LAST = re.compile(r"(?<=[.!…;]) | [–—-] ")  # who takes it says so last
_EMOJI = re.compile(r":[a-z0-9_+'-]{1,40}:")
_ASKED = re.compile(r"^(?:take|take it|i have it|mine|have it)$", re.I)  # behind a mention of the bot a word will do


@dataclass(frozen=True, slots=True)
class Taking:
    """
    Somebody takes a case: *who*, by id; "" for whoever wrote it.

    *in_passing*: in words that people say of small things, too ("on it").
    """

    who: str = ""
    in_passing: bool = False


def taking(text: str, *, to_the_bot: bool = False) -> Taking | None:
    """
    What *text* (plain, mentions as "@U0DANA") says of who takes the case.

    Questions take nothing, nor do sentences that go on ("I have it in writing that …"). *to_the_bot*: it mentions the bot.
    """
    said = " ".join(_EMOJI.sub(" ", text).split())
    if not said or "?" in said:
        return None
    said = _LAST.split(said)[-1] if len(said) <= 3 * _LONGEST else said
    if len(said) > _LONGEST:
        return None
    if _SELF.match(said) or (to_the_bot and _ASKED.match(said.strip(".! "))):
        return Taking(in_passing=bool(_IN_PASSING.search(said)))
    found = _SOMEBODY.match(said)
    who = next((one for one in found.groups() if one), "") if found else ""
    return Taking(who.upper()) if who else None
