"""Whether a message can be read at all: English, German and Spanish can, by the small words that each of them needs."""

import re
from functools import lru_cache

from bot.escalations.detection.prose import spoken

READ = ("English", "German", "Spanish")
_SMALL_WORDS = frozenset(
    """
        a about after all am an and any are as at be because been but by can could did do does don't for from get go got
        had has have he her here him his how i i'm if in into is it it's its just me more my no not now of on one or our
        out over please she so some still than thanks that the their them then there they this to up us was we were what
        when where which who why will with would yes you your

        aber alle als am an auch auf aus bei bin bis bitte da das dass dem den der des die doch du ein eine einem einen
        einer er es euch fuer für haben hat ich ihr ihnen im in ist ja jetzt kann kein keine mal man mehr mein meine mich
        mir mit nach nicht noch nun nur oder schon seit sich sie sind so und uns unser vom von vor war was wenn wer wie
        wir wird wo zu zum zur

        a al algo ahora aqui asi aún como con cuando de del desde donde el ella ellos en era es esa ese eso esta está están
        estamos estoy este esto fue gracias ha hace hay hemos hoy la las le les lo los mas más me mi mis muy nada ni no nos
        nuestra nuestro o os para pero por porque que qué quiero se ser si sí sin sobre son su sus también te tengo tiene
        todo tu un una usted ustedes y ya yo
    """.split()
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_FEWEST = 10  # words: of less nobody can say
_SHARE = 0.09
_LATIN = 0x250  # where the letters of other scripts begin


@lru_cache(maxsize=2_000)
def is_readable(text: str) -> bool:
    """Whether what is said in *text* may be in one of the languages of READ; true where it is too short to say."""
    text = spoken(text, frozenset())
    letters = [letter for letter in text[:2_000] if letter.isalpha()]
    if len(letters) >= _FEWEST and sum(ord(letter) >= _LATIN for letter in letters) > len(letters) / 2:
        return False
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text[:2_000])]
    if len(words) < _FEWEST:
        return True
    return sum(word in _SMALL_WORDS for word in words) >= _SHARE * len(words)
