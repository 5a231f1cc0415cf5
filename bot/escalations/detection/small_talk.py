"""What stands around the point of a message: thanks, greetings, signatures, "any ideas?". None of it changes the point."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.escalations.detection.sentences import Sentence

_DAYS = "monday|tuesday|wednesday|thursday|friday|weekend|day|evening|morning|afternoon|week|one"
_HELPFUL = (
    "time|help|support|call|work|patience|understanding|attention|reply|answer|response|feedback|update|meeting|demo|"
    "consideration|effort|efforts|visit|invoice|mail|email|message|info|information|advance|chat|talk|assistance|cooperation"
)
_POLITE = re.compile(
    rf"""(?:(?:ok|okay|hi|hello|hey|dear|good|so|and|well|ps)\s){0, 3}
    (?:
      (?:many\s|thanks\sand\s|with\s|warm\s|kind\s|best\s){0, 3}(?:regards|wishes|greetings) (?:\s\S+){{0,4}}
    | (?:thank|thanks|thx|ty|cheers|merci|danke|gracias) (?:\s(?:you|u|a\slot|so\smuch|very\smuch|again|all|team|everyone|everybody|both|guys)){0, 4} (?:\s\S+)?
    | (?:many\s)?(?:thank\syou|thanks) (?:\s(?:so|very)\smuch|\sagain)? \sfor (?:\s\S+){{0,4}}\s(?:{_HELPFUL}) (?:\s\S+){{0,3}}
    | thanking\syou (?:\s\S+){{0,3}}
    | (?:best|sincerely|yours|cordially|respectfully) (?:\s(?:truly|sincerely|faithfully|regards|wishes))? (?:\s\S+)?
    | please\s(?:confirm|advise|reply|answer) (?:\s(?:this|that|receipt|by\sreturn|asap|today|in\swriting|back))?
    | (?:any\s(?:ideas?|thoughts?|advice|tips?|suggestions?)|thoughts|ideas|suggestions|advice|help|opinions) (?:\s(?:anyone|anybody|on\sthis|please|pls|welcome|team)){0, 3}
    | (?:what|how)\s(?:do\syou|would\syou|does\sanyone|do\swe|should\si|should\swe|to)\s(?:think|do|proceed|handle\sthis|handle\sit|play\sthis|play\sit) (?:\s(?:now|here|next|about\sthis))?
    | (?:cc|fyi|ccing|tagging|ping|pinging) (?:\s\S+){{0,3}}
    | (?:happy|have\sa|have\sa\snice|have\sa\sgood|have\sa\sgreat|enjoy\s(?:the|your)|nice|good|great)\s(?:nice\s|good\s|great\s|lovely\s)?(?:{_DAYS}) (?:\s(?:all|everyone|team|folks|to\syou))?
    | (?:hope|i\shope)\s(?:you\s(?:are|'re)|all\sis|this\s(?:mail|email|message)\sfinds\syou)\s(?:\s?\S+){{0,3}}
    | (?:brb|more\slater|bbl|lunch|afk|talk\slater|see\syou (?:\s\S+)?)
    | sent\sfrom\smy\s\S+
    )""",
    re.X,
)
_SIGNS = re.compile(r"(?:\S+\s){0,3}(?:regards|wishes|greetings|sincerely)\b|(?:best|thanks|cheers|yours)$")
_ASKS = frozenset(
    """
        do does did is are am was were has have had any would could will can should may anyone anybody who what when where
        why which how whose shall
    """.split()
)
_SIGNATURE = 7  # words of a line of a signature, at most


def without_small_talk(read: Sequence[Sentence]) -> list[Sentence]:
    """
    The sentences *read* without what does not change the point, if anything else is said.

    A "?" behind what is no question ends nothing but a sentence.
    """
    kept: list[Sentence] = []
    signed = -1
    for sentence in read:
        words = " ".join(sentence.words)
        if sentence.message == signed and len(sentence.words) <= _SIGNATURE:
            continue
        if _POLITE.fullmatch(words):
            if _SIGNS.match(words):
                signed = sentence.message
            continue
        kept.append(_trimmed(sentence))
    return kept or [_trimmed(sentence) for sentence in read]


def _trimmed(sentence: Sentence) -> Sentence:
    """*sentence* without small talk in its last clause, and without a "?" that asks nothing."""
    end = len(sentence.words)
    last = next((at for at in range(end - 1, 0, -1) if sentence.clauses[at - 1] != sentence.clauses[at]), 0)
    if last and _POLITE.fullmatch(" ".join(sentence.words[last:])):
        end = last
    ending = "." if sentence.ending == "?" and sentence.words[0] not in _ASKS else sentence.ending
    if end == len(sentence.words) and ending == sentence.ending:
        return sentence
    return replace(
        sentence, words=sentence.words[:end], starts=sentence.starts[:end], ends=sentence.ends[:end],
        clauses=sentence.clauses[:end], hypothetical=sentence.hypothetical[:end], quoted=sentence.quoted[:end],
        ending=ending,
    )  # fmt: skip
