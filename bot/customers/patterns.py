"""Customers that nobody knows yet: the places in which only a customer's name can stand."""

from collections.abc import Callable, Iterator

from bot.customers.everyday_words import is_everyday
from bot.customers.known_names import NamePlace
from bot.customers.predicates import acts, is_a_person, key_at, past_aside
from bot.customers.sentence_words import (
    ABOUT,
    AT,
    CHANGES,
    COMPANY,
    CUSTOMER,
    DEALS,
    DETERMINERS,
    HAPPENS,
    HEARS,
    LEADS,
    LOSES,
    MILLIONS,
    OWNS,
    RIVAL,
    ROLES,
    TALKS,
    TELLS,
    TITLES,
    WITH,
)
from bot.customers.shapes import (
    ReadMessage,
    Tokens,
    has_legal_form,
    is_company,
    is_first_name,
    is_name,
    is_person,
    is_small_name,
    name_end,
    person_end,
)
from bot.customers.spelling import Token

_ADJECTIVES = {"new", "great", "bad", "good", "big", "old", "poor", "dear", "update", "urgent"}
_BEFORE_NO_SUBJECT = (
    RIVAL | DETERMINERS | AT | WITH | {"for", "in", "on", "into", "onto", "via", "after", "before", "per", "about"}
)
_LOOKING = {"look", "looks", "looking", "looked", "met", "lunch", "dinner", "drinks", "conference", "speaking"}
_ANNOUNCES = COMPANY | CUSTOMER | {"absender", "empfänger"}
_AFTER_A_GENITIVE = {":", "says", "say", "wants", "want", "will", "has", "have", "is", "are", "tells"}
# in small letters, too
_SURE_TITLES = {"mr", "mrs", "ms", "dr", "herr", "herrn", "frau", "señor", "señora", "sr", "sra"}
_SURE_TITLES |= {"monsieur", "madame", "mme"}
_NO_CUSTOMER = RIVAL - WITH
_BEGINS_A_MENTION = CUSTOMER | COMPANY | TITLES | ROLES | TALKS | HEARS | OWNS | LOSES | TELLS | ABOUT
_PEOPLE = TITLES - LEADS - ROLES
_CURRENCIES = {"$", "€", "£", "eur", "usd", "gbp", "chf", "nok", "sek", "dkk", "arr", "mrr", "acv", "k"}


def mentions(message: ReadMessage, people: frozenset[str]) -> Iterator[NamePlace]:
    """Where customers are named by what is said of them, from the first on; *people* are no companies."""
    return _found(message.tokens, people, _mention)


def hints(message: ReadMessage, people: frozenset[str]) -> Iterator[NamePlace]:
    """Where companies are named that may be the customer, if nothing tells surer who is."""
    return _found(message.tokens, people, _hint)


def _found(
    tokens: Tokens, people: frozenset[str], find: Callable[[Tokens, int], NamePlace | None]
) -> Iterator[NamePlace]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        place = None if token.dead or not token.is_word or token.shouted else find(tokens, at)
        if place and not (place.end == place.start + 1 and tokens[place.start].key in people):
            yield place
            at = place.end
            continue
        at = _next(tokens, at)


def _is_title(word: Token) -> bool:
    return word.key in TITLES and not word.raw.isupper() and (word.capital or word.key in _SURE_TITLES)


def _next(tokens: Tokens, at: int) -> int:
    """Behind the name that begins at *at*, a person's or a company's, or behind the one word."""
    token = tokens[at]
    if token.dead or not (token.capital or _is_title(token)):
        return at + 1
    if token.key in _PEOPLE or (token.key in TITLES and not token.begins):
        return person_end(tokens, at)
    end = name_end(tokens, at)
    if end <= at + 1:
        return at + 1
    if is_person(tokens, at, end):
        return person_end(tokens, at)
    return at + 1 if token.begins and token.key in LEADS else end


def _hint(tokens: Tokens, at: int) -> NamePlace | None:
    place = _named(tokens, at) if tokens[at].capital or tokens[at].raw[0].isdigit() else None
    return place if place and _is_hint(tokens, place) else None


def _is_hint(tokens: Tokens, place: NamePlace) -> bool:
    before, after = key_at(tokens, place.start - 1), key_at(tokens, place.end)
    earlier = key_at(tokens, place.start - 2)
    if before == "s" and earlier == "'":
        return False  # "Vicar's Close Insurance"
    if before in _NO_CUSTOMER or (before == "at" and earlier in _LOOKING) or (before in WITH and earlier in CHANGES):
        return False
    if is_company(tokens, place.start, place.end):
        return True
    if after == "'" and key_at(tokens, place.end + 1) == "s":
        return key_at(tokens, place.end + 2) in DEALS
    if after in ROLES and place.end > place.start + 1:
        return False  # "Farida Benkirane, CFO"
    happens = before == "at" and (earlier in HAPPENS or earlier in DEALS or earlier in OWNS)
    return happens or after in DEALS or _is_of_a_case(tokens, place)


def _is_of_a_case(tokens: Tokens, place: NamePlace) -> bool:
    """Whether the name stands beside a case's number or the word for who has it: "#4711 (Acme)", "tenant (Acme)"."""
    opens = key_at(tokens, place.start - 1) == "("
    before = place.start - 1 - opens
    case = before >= 0 and (tokens[before].raw[0] == "#" or tokens[before].raw.isdigit()) and tokens[before].dead
    after = key_at(tokens, place.end)
    if opens:
        return (case or key_at(tokens, before) in CUSTOMER | {"tenant", "case", "ticket"}) and after in (")", ",")
    return case and after in (",", ":", ".")


def in_small_letters(message: ReadMessage) -> NamePlace | None:
    """A customer in a text without capitals: "vp at gantry said", "kettleby wants out"."""
    tokens = message.tokens
    if any(one.capital and not one.dead for one in tokens):
        return None
    for at, token in enumerate(tokens):
        if token.dead or not token.is_word or not is_small_name(token):
            continue
        if key_at(tokens, at - 1) == "at" and key_at(tokens, at - 2) in ROLES:
            return NamePlace(at, at + 1)
        if token.begins and acts(tokens, at + 1, surely=True) and not is_a_person(tokens, at + 1):
            return NamePlace(at, at + 1)
    return None


def _mention(tokens: Tokens, at: int) -> NamePlace | None:
    token = tokens[at]
    if not (token.capital or token.key in _BEGINS_A_MENTION or token.raw[0].isdigit()):
        return None
    return _after_customer(tokens, at) or _after_person(tokens, at) or _after_talk(tokens, at) or _subject(tokens, at)


def with_genitive(tokens: Tokens, end: int) -> int:
    """Where a name ends that is itself one of "O'Hanlon's": said so where a colon or what it does comes next."""
    if key_at(tokens, end) == "'" and key_at(tokens, end + 1) == "s" and not tokens[end].spaced:
        return end + 2 if key_at(tokens, end + 2) in _AFTER_A_GENITIVE else end
    return end


def _named(tokens: Tokens, start: int) -> NamePlace | None:
    """The name that begins at *start*, without the words before it that only begin a sentence."""
    end = name_end(tokens, start)
    while start < end - 1 and _only_leads(tokens[start]) and key_at(tokens, start + 1) != "&":
        start += 1
    return NamePlace(start, with_genitive(tokens, end)) if end > start and is_name(tokens, start, end) else None


def _only_leads(word: Token) -> bool:
    """Whether *word* stands before a name and is no part of it."""
    if word.begins and word.key.endswith(("ed", "ing")) and is_everyday(word.key):
        return True
    return (word.begins and word.key in LEADS and word.key not in _ADJECTIVES) or word.key in _ANNOUNCES


def _after_customer(tokens: Tokens, at: int) -> NamePlace | None:
    """ "customer Acme", "Firma Wagner"."""
    if tokens[at].key not in _ANNOUNCES:
        return None
    start = at + 1
    while key_at(tokens, start) in ('"', "called", "named", "namens"):
        start += 1
    return _named(tokens, start) if (start < len(tokens) and not tokens[start].begins) or start > at + 1 else None


def _after_person(tokens: Tokens, at: int) -> NamePlace | None:
    """ "Ms Duarte (Pinecrest)", "the CFO of Acme", "Arturo at Pinecrest"."""
    token = tokens[at]
    if _is_title(token):
        end = person_end(tokens, at)
        return of_person(tokens, at, end) if tokens[end - 1].capital else None
    if token.key in ROLES:
        return of_person(tokens, at, at + 1)
    if token.capital and key_at(tokens, at + 1) in ("from", "at", "@", "bei") and tokens[at + 1].spaced:
        return of_person(tokens, at, at + 1)
    if token.capital and is_first_name(token.key):
        return of_person(tokens, at, person_end(tokens, at)) if is_person(tokens, at, name_end(tokens, at)) else None
    return None


def of_person(tokens: Tokens, start: int, end: int) -> NamePlace | None:
    """The company behind a person or a role that ends at *end*."""
    if key_at(tokens, end) == "(":
        place = _named(tokens, end + 1)
        return place if place and key_at(tokens, place.end) in (")", ",") else None
    if key_at(tokens, end) in AT and key_at(tokens, end) != "for" and end < len(tokens):
        return _named(tokens, end + 1)
    return None


def _after_talk(tokens: Tokens, at: int) -> NamePlace | None:
    """ "spoke to Borealis", "the renewal of Acme", "losing Acme"."""
    key, after = tokens[at].key, key_at(tokens, at + 1)
    talks = (key in TALKS and after in WITH) or (key in HEARS and after == "from") or (key in OWNS and after in AT)
    about = key in ABOUT and after in ("on", "about")
    if tokens[at].capital and not tokens[at].begins:
        return None  # "the Lost Boys"
    start = at + 2 if talks or about else at + 1 if key in LOSES | TELLS else 0
    place = _named(tokens, start) if start and start < len(tokens) else None
    if place is None or (place.end == place.start + 1 and is_a_person(tokens, place.end)):
        return None
    if key_at(tokens, place.end) in ("from", "at", "@", "bei") and (behind := of_person(tokens, start, place.end)):
        return behind
    listed = key_at(tokens, place.end) == "," and place.end + 1 < len(tokens) and tokens[place.end + 1].capital
    return None if listed else place


def _subject(tokens: Tokens, at: int) -> NamePlace | None:
    """ "Acme wants", "Acme's CFO", "Acme (120k)"; and any name with a legal form."""
    place = _named(tokens, at)
    if place is None:
        return None
    start, end = place.start, place.end
    before = key_at(tokens, start - 1)
    if has_legal_form(tokens, start, end) and before not in RIVAL:
        in_longer = start > 0 and tokens[start - 1].capital and not tokens[start].begins and before not in LEADS
        return None if in_longer else place  # "Chase Solicitors LLP"
    if tokens[start].begins and _is_priced(tokens, end):
        return place
    company = is_company(tokens, start, end)
    if not tokens[start].begins and before in _BEFORE_NO_SUBJECT and not (company and before in DETERMINERS):
        return None
    if before in DETERMINERS and not company:
        return None
    if not acts(tokens, end) or (not company and is_a_person(tokens, end)):
        return None
    return place


def _is_priced(tokens: Tokens, at: int) -> bool:
    """Whether what the customer is worth stands at *at*: "(EUR 420,000)", ", value 95,000"."""
    if key_at(tokens, at) == "(":
        inside = tokens[at + 1 : past_aside(tokens, at)]
        return any(one.raw[0].isdigit() or one.key in _CURRENCIES for one in inside)
    if key_at(tokens, at) != ",":
        return False
    if key_at(tokens, at + 1) in ("value", "worth"):
        return True
    keys = [key_at(tokens, at + ahead) for ahead in range(1, 5)]
    return any(one[:1].isdigit() for one in keys[:2]) and any(
        one in MILLIONS or (one[:1].isdigit() and one[-1:] in "km") for one in keys
    )


def people_in(tokens: Tokens) -> Iterator[str]:
    """The surnames of people who are addressed by a title somewhere."""
    for at, token in enumerate(tokens):
        if _is_title(token):
            after = at + 1 + (key_at(tokens, at + 1) == ".")
            if after < len(tokens) and tokens[after].capital:
                yield tokens[after].key
