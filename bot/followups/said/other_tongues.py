"""The plainest promises in German and Spanish."""

import re
from collections.abc import Iterator

from bot.followups.said.pledges import Pledge

_GERMAN = (
    r"schick|send|liefer|erstatt|beheb|reparier|tausch|ersetz|überweis|korrigier|rück?erstatt|stell|mail|bring|"
    r"informier|besuch|antwort|meld|ruf|geb|bericht"
)
_GERMAN_WHOM = (
    r"(?:ihm|ihr|ihnen|herrn?|frau|(?:d(?:em|er|en|ie)|unser\w*) (?:\w+ ){0,2}?kund\w+|kund\w+|die ersatz\w*|die ware|"
    r"die rechnung|das angebot|den fehler|die gutschrift|die lieferung|das geld)"
)
_SPANISH = (
    r"enviar|mandar|entregar|llamar|reembolsar|devolver|responder|corregir|arreglar|reparar|facilitar|reemplazar|abonar|"
    r"contestar|visitar|instalar|solucionar|resolver|cambiar|reponer"
)
_FORMS = tuple(
    re.compile(form, re.I)
    for form in (
        rf"(?:^|[\s,.:;])(?:ich|wir)\s(?P<act>(?:{_GERMAN})e?n?\s(?=.{{0,80}}?\b{_GERMAN_WHOM}\b).*)",
        rf"(?:^|[\s,.:;])(?P<act>(?:{_GERMAN})e?n?\s(?:ich|wir)\s(?=.{{0,80}}?\b{_GERMAN_WHOM}\b).*)",
        rf"(?:^|[\s,.:;])(?:ich|wir)\swerden?\s(?P<act>.{{3,120}}?\b(?:zurück|ab|aus|zu)?(?:{_GERMAN})e?n\b.*)",
        r"(?:^|\b(?:ich|wir)\s)hab(?:e|en)?\s(?P<act>(?!mir\b|uns\b|dir\b)[\w. ]{2,40}?\b(?:versprochen|zugesagt|zugesichert)\b.*)",
        rf"(?P<act>\b(?:les?\s|se l[oa]s?\s)?(?:{_SPANISH})(?:é|emos)\b.*)",
        rf"\b(?:voy|vamos)\sa\s(?P<act>(?:{_SPANISH})(?:les?|l[oa]s?)?\b.*)",
        r"(?:^|\s)(?P<act>les?\s(?:prometí|prometimos|dije|dijimos|hemos prometido|he prometido|aseguré)\sque\s.*)",
    )
)
_MAY_BE = re.compile(r"\b(?:ich|wir|hab(?:en?)?|v(?:oy|amos) a|les?)\b|[aei]r(?:é|emos)\b", re.I)
_WITHHELD = re.compile(
    r"\b(?:wenn|falls|sobald|vielleicht|hoffentlich|eventuell|womöglich|nicht|keine?[mnrs]?|könnten?|würden?|sollten?|"
    r"müss\w+|jeden|immer|versuch\w*|gestern|letzte\w*|dir|euch|mir|uns|ob|damals|war|hatten?|"
    r"si|quizás?|tal vez|ojalá|no|cuando|podría\w*|nos|siempre|cada|ayer|te|os|intentar\w*|pasad[oa]|dice que|dicen que)\b",
    re.I,
)


def pledges_abroad(sentence: str) -> Iterator[Pledge]:
    """What *sentence* promises to do in German or Spanish; nothing where anything in it takes that back."""
    for form in _FORMS if _MAY_BE.search(sentence) else ():
        found = form.search(sentence)
        if found and not _WITHHELD.search(sentence):
            yield Pledge(found["act"].strip(), found.start("act"), told=False, ours=True)
            return
