"""
Days and times of day in German, Spanish, French and Portuguese; of more languages the words that may be a day.

What is read in part only is asked about: `NOT_READ` are words of time of these languages that no pattern reads.
"""

import re
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from bot.followups.dates.meanings import Ahead, Dated, Elapsed, Meaning, Part, TimeOfDay, Trouble, Weekday
from bot.followups.dates.patterns.registry import Pattern, phrase_in
from bot.followups.dates.vocabulary import any_of, listed

OTHER_LANGUAGES: list[Pattern] = []
_phrase = phrase_in(OTHER_LANGUAGES)

# without accents, as the patterns see the text
_WEEKDAYS = {
    **dict.fromkeys(listed("montag lunes lundi segunda-feira"), 0),
    **dict.fromkeys(listed("dienstag martes mardi terca-feira"), 1),
    **dict.fromkeys(listed("mittwoch miercoles mercredi quarta-feira"), 2),
    **dict.fromkeys(listed("donnerstag jueves jeudi quinta-feira"), 3),
    **dict.fromkeys(listed("freitag viernes vendredi sexta-feira"), 4),
    **dict.fromkeys(listed("samstag sonnabend sabado samedi"), 5),
    **dict.fromkeys(listed("sonntag domingo dimanche"), 6),
}
_DAYS_AHEAD = {
    **dict.fromkeys(("heute", "hoy", "aujourd'hui", "hoje"), 0),
    **dict.fromkeys(("morgen", "manana", "demain", "amanha"), 1),
    **dict.fromkeys(
        ("ubermorgen", "uebermorgen", "pasado manana", "apres-demain", "apres demain", "depois de amanha"), 2
    ),
}
_MONTHS: dict[str, int] = {}
for _at, _names in enumerate(
    (
        "januar janner enero janvier janeiro",
        "februar febrero fevrier fevereiro",
        "marz maerz marzo mars marco",
        "abril avril",
        "mai mayo maio",
        "juni junio juin junho",
        "juli julio juillet julho",
        "agosto aout",
        "septiembre septembre setembro",
        "oktober octubre octobre outubro",
        "noviembre novembre novembro",
        "dezember diciembre decembre dezembro",
    ),
    1,
):
    _MONTHS |= dict.fromkeys(_names.split(), _at)
_NUMBERS = {
    **dict.fromkeys(listed("ein eine einem einer un una une um uma"), 1),
    **dict.fromkeys(listed("zwei dos deux dois duas"), 2), **dict.fromkeys(listed("drei tres trois"), 3),
    **dict.fromkeys(listed("vier cuatro quatre quatro"), 4), **dict.fromkeys(listed("funf cinco cinq"), 5),
}  # fmt: skip
_UNITS: dict[str, timedelta | relativedelta] = {
    **dict.fromkeys(listed("minuten minute minutos minuto minutes min"), timedelta(minutes=1)),
    **dict.fromkeys(listed("stunden stunde horas hora heures heure"), timedelta(hours=1)),
    **dict.fromkeys(listed("tagen dias dia jours jour"), relativedelta(days=1)),
    **dict.fromkeys(listed("wochen woche semanas semana semaines semaine"), relativedelta(weeks=1)),
}
_MORNING, _NOON, _AFTERNOON, _EVENING = Part(9), Part(12, late=True), Part(14, late=True), Part(18, late=True)
_PARTS = {
    **dict.fromkeys(
        ("fruh", "vormittag", "am vormittag", "por la manana", "de la manana", "matin", "au matin", "de manha", "da manha",
         "pela manha"), _MORNING,
    ),
    **dict.fromkeys(("mittag", "am mittag", "al mediodia", "a mediodia", "ao meio-dia", "a midi"), _NOON),
    **dict.fromkeys(
        ("nachmittag", "am nachmittag", "por la tarde", "de la tarde", "apres-midi", "l'apres-midi", "a tarde", "da tarde",
         "de tarde", "de l'apres-midi"), _AFTERNOON,
    ),
    **dict.fromkeys(
        ("abend", "am abend", "por la noche", "de la noche", "soir", "au soir", "du soir", "a noite", "da noite"), _EVENING
    ),
}  # fmt: skip
_THIS_PART = {
    "esta tarde": _AFTERNOON, "esta noche": _EVENING, "ce matin": _MORNING, "cet apres-midi": _AFTERNOON,
    "ce soir": _EVENING, "esta manana": _MORNING, "hoje a noite": _EVENING,
}  # fmt: skip
_LEAD = r"(?:(?:bis |ab )?(?:am|den|dem|kommenden|diesen|el|este|para el|le|ce|na|no|neste|nesta|a partir del?)\s+)?"
_CLOCK = r"(?P<h>\d{1,2})(?: ?(?:[:.h]|uhr) ?(?P<m>[0-5]\d))?"

# words of time in these languages that no pattern reads
NOT_READ = re.compile(
    r"\b(?:nachsten?[rsm]?|naechsten?[rsm]?|kommende[rsnm]?|wochen?|monate?[ns]?|stunden?|minuten|uhr|halb|viertel|dreiviertel|"
    r"abends?|fruh|vormittags?|nachmittags?|mittags?|nachts?|jeden?[rsm]?|taglich|wochentlich|(?:mon|diens|mitt|donners|"
    r"frei|sams|sonn)(?:tags|wochs)|ubermorgen|heute|morgen|gegen|proxim[oa]s?|que viene|que vem|semanas?|meses|tardes?|noches?|"
    r"mediodia|medianoche|cada|mañanas?|manana|prochaine?s?|semaines?|mois|matins?|soirs?|midi|minuit|chaque|toute?s?|"
    r"heures?|horas?|jours?|dias|tod[oa]s?|noites?|manhas?|meia|media|cuarto|quart|demie?|segunda|terca|quarta|quinta|"
    r"sexta|feira|hier|gestern|ayer|ontem|lendemain|fin de semana|week-end|quinzaine)\b"
    r"|\b(?:um|gegen) (?:eins|zwei|drei|vier|funf|sechs|sieben|acht|neun|zehn|elf|zwolf)\b"
    r"|\ba las? [a-z]+\b|\bas (?:duas|tres|quatro|cinco|seis|sete|oito|nove|dez|onze|doze)\b"
)
# days in languages that are not read at all
MAY_BE_A_DAY = re.compile(
    r"(?<![\w.])(?:mo|di|mi|do|fr|sa|so|lun|mar|mie|jue|vie|sab|dom|seg|ter|qua|qui|sex|jeu|ven|dim)\.(?=\s)|"
    r"\b(?:am|le|el|na) (?:mo|di|mi|do|fr|sa|so)\b|\b(?:xingqi|libai|zhou)[a-z]+\b|"
    r"\b(?:astelehena|asteartea|asteazkena|osteguna|ostirala|larunbata|igandea|bihar|gaur|amarach|aoine|"
    r"luns|mercores|xoves|venres|lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica|domani|oggi|dopodomani|stasera|stamattina|"
    r"maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|overmorgen|vandaag|vanavond|morgenochtend|"
    r"poniedzialek|wtorek|sroda|srode|czwartek|piatek|sobota|sobote|niedziela|niedziele|jutro|dzis|dzisiaj|pojutrze|"
    r"mandag|tisdag|onsdag|torsdag|fredag|lordag|sondag|imorgon|i morgon|idag|i dag|tirsdag|imorgen|i morgen|ikvall|"
    r"maanantai(?:na)?|tiistai(?:na)?|keskiviikko(?:na)?|torstai(?:na)?|perjantai(?:na)?|lauantai(?:na)?|sunnuntai(?:na)?|"
    r"huomenna|tanaan|ylihuomenna|pondeli|utery|streda|stredu|ctvrtek|patek|nedele|nedeli|zitra|dnes|pondelok|utorok|"
    r"stvrtok|piatok|zajtra|hetfo(?:n)?|kedd(?:en)?|szerda(?:n)?|csutortok(?:on)?|pentek(?:en)?|szombat(?:on)?|"
    r"vasarnap|holnap|luni|marti|miercuri|vineri|sambata|duminica|maine|pazartesi|sali|carsamba|persembe|cuma|"
    r"cumartesi|pazar|yarin|bugun|ponedjeljak|utorak|srijeda|cetvrtak|petak|nedjelja|sutra|danas|"
    r"senin|selasa|rabu|kamis|jumat|sabtu|minggu|besok|lusa|segunda|terca|quarta|quinta|sexta|"
    r"kal|parso|aaj|somvaa?r|mangalvaa?r|budhvaa?r|guruvaa?r|shukravaa?r|shanivaa?r|ravivaa?r|esok|isnin|khamis|jumaat|"
    r"ahad|kesho|jumatatu|jumanne|jumatano|alhamisi|ijumaa|jumamosi|jumapili|bukas|mingtian|bokra|boukra|"
    r"dilluns|dimarts|dimecres|dijous|divendres|dissabte|diumenge|dema|avui)\b"
)


@_phrase(rf"{_LEAD}(?P<wd>{any_of(_WEEKDAYS)})")
def _weekday(found: re.Match[str]) -> Meaning:
    return Weekday(_WEEKDAYS[found["wd"]])


@_phrase(rf"(?:nachsten|naechsten|proximo|proxima|el proximo|na proxima) (?:{any_of(_WEEKDAYS)})|(?:{any_of(_WEEKDAYS)}) (?:prochain|proximo|que viene|que vem|nachster woche|nachste woche|la semana que viene|da semana que vem|en huit)")  # fmt: skip
def _next_weekday(found: re.Match[str]) -> Meaning:
    return Trouble("ambiguous")  # the coming one, or that of the next week: speakers differ


@_phrase(rf"(?:a partir de )?(?P<d>{any_of(_DAYS_AHEAD)})")
def _day_ahead(found: re.Match[str]) -> Meaning:
    return Ahead(relativedelta(days=_DAYS_AHEAD[found["d"]]))


@_phrase(rf"(?:(?:um|gegen|a las?|as|vers|pelas|hacia las) {_CLOCK}(?: ?(?:uhr|h|hs|hrs|horas?|heures?))?|a {_CLOCK.replace('<h>', '<h2>').replace('<m>', '<m2>')} ?(?:h|heures?|horas?))(?![:.]?\d)", weak=True)  # fmt: skip
def _clock(found: re.Match[str]) -> Meaning | None:
    return _time(found["h"] or found["h2"], found["m"] or found["m2"])


@_phrase(rf"(?:a |as )?{_CLOCK} ?(?:uhr|heures?|horas?|hs)(?: (?P<more>[0-5]\d))?", weak=True)
def _clock_with_unit(found: re.Match[str]) -> Meaning | None:
    return _time(found["h"], found["m"] or found["more"])


def _time(hour: str, minute: str | None) -> Meaning:
    if int(hour) > 23:
        return Trouble("ambiguous")
    bare = 1 <= int(hour) <= 12
    return TimeOfDay(int(hour), int(minute or 0), bare=bare)


@_phrase(rf"(?P<p>{any_of(_PARTS)})", weak=True)
def _part(found: re.Match[str]) -> Meaning:
    return _PARTS[found["p"]]


@_phrase(rf"(?P<p>{any_of(_THIS_PART)})")
def _this_part(found: re.Match[str]) -> Meaning:
    part = _THIS_PART[found["p"]]
    return Part(part.hour, part.late, this=True)


@_phrase(rf"(?:en|dans|em|in|daqui a|dentro de|d'ici) (?P<n>\d{{1,3}}|{any_of(_NUMBERS)}) (?P<u>{any_of(_UNITS)})")
def _span(found: re.Match[str]) -> Meaning:
    count = int(found["n"]) if found["n"].isdigit() else _NUMBERS[found["n"]]
    unit = _UNITS[found["u"]]
    return Elapsed(unit * count) if isinstance(unit, timedelta) else Ahead(unit * count)


@_phrase(r"(?:dans|en|em|in|daqui a) (?P<h>\d{1,2}) ?h ?(?P<m>[0-5]\d)(?: ?min)?")
def _hours_and_minutes_ahead(found: re.Match[str]) -> Meaning:
    return Elapsed(timedelta(hours=int(found["h"]), minutes=int(found["m"])))


@_phrase(r"(?:a |as |um |vers )?(?P<h>\d{1,2}) ?h(?:eures?|oras?)? ?(?P<m>[0-5]\d)", weak=True)
def _clock_in_parts(found: re.Match[str]) -> Meaning:
    return _time(found["h"], found["m"])


@_phrase(rf"{_LEAD}(?P<d>\d{{1,2}})(?:\.|er|º|o)? ?(?:de )?(?P<m>{any_of(_MONTHS)})(?:,? (?:de |del )?(?P<y>20\d\d))?")
def _date(found: re.Match[str]) -> Meaning:
    return Dated(_MONTHS[found["m"]], int(found["d"]), int(found["y"]) if found["y"] else None)
