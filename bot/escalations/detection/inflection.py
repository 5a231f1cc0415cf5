"""Inflection: the forms of an English word."""

from functools import cache

_IRREGULAR = [
    one.split()
    for one in """
    leave left leaving leaves, go went gone going goes, take took taken taking takes, lose lost losing
    loses, say said saying says, tell told telling tells, speak spoke spoken speaking speaks, sue sued
    suing sues, break broke broken breaking breaks, keep kept keeping keeps, get got gotten getting gets,
    give gave given giving gives, make made making makes, think thought thinking thinks, have has had
    having 've, do does did done doing, send sent sending sends, come came coming comes, pay paid paying
    pays, feel felt feeling feels, see saw seen seeing sees, hear heard hearing hears, find found finding
    finds, run ran running runs, write wrote written writing writes, buy bought buying buys, sell sold
    selling sells, quit quitting quits, cut cutting cuts, put putting puts, let letting lets, set setting
    sets, fall fell fallen falling falls, hold held holding holds, stand stood standing stands, bring
    brought bringing brings, meet met meeting meets, swear swore sworn swearing swears, blow blew blown
    blowing blows, throw threw thrown throwing throws, forget forgot forgotten forgetting forgets, drive
    drove driven driving drives, tear tore torn tearing tears, hang hung hanging hangs, stick stuck
    sticking sticks, lie lied lying lies, spend spent spending spends, hit hitting hits, cost costing
    costs, choose chose chosen choosing chooses, shut shutting shuts, bite bit bitten biting bites, slide
    slid sliding slides, lead led leading leads, fight fought fighting fights, bleed bled bleeding bleeds,
    eat ate eaten eating eats, draw drew drawn drawing draws, mean meant meaning means, build built
    building builds, deal dealt dealing deals, sink sank sunk sinking sinks, be am is are was were been
    being 's 're 'm, read reading reads, become became becoming becomes, slip slipped slipping slips,
    begin began begun beginning begins, know knew known knowing knows, try tried trying tries, die died
    dying dies, person people, man men, woman women, child children, will 'll, would 'd, seek sought
    seeking seeks, show showed shown showing shows, grow grew grown growing grows, rise rose risen rising
    rises, freeze froze frozen freezing freezes, steal stole stolen stealing steals, wake woke woken, ring
    rang rung ringing rings, spin spun, burn burned burnt burning burns, understand understood
    understanding understands
""".split(",")
]
_IRREGULAR_OF = {form: frozenset(forms) for forms in _IRREGULAR for form in forms[:1]}
_FIXED = frozenset(
    """
        i you he she it we they me him her us them my your his its our their the a an this that these those to
        of in on at by for with from up down out off over about as and or but if so than then there here who
        what when where why how all any some each every no not n't never none nothing nobody one two three
        four five six seven eight nine ten more most much many very too also just still yet again ever now
        only own same other another's can could should may might must shall 'll 'd 's 're 've 'm into onto
        after before since until between through during without within twice once both nor neither either else
        rather quite such even back away around
    """.split()
)


@cache
def forms(word: str) -> frozenset[str]:
    """Every way in which *word* may be inflected, itself included; too many do no harm."""
    if word.startswith("="):
        return frozenset({word[1:]})
    if word in _IRREGULAR_OF:
        return _IRREGULAR_OF[word] | {word}
    if word in _FIXED or len(word) < 3 or not word.isalpha():
        return frozenset({word})
    found = {word, f"{word}s", f"{word}ed", f"{word}ing"}
    if word.endswith("e"):
        found |= {f"{word}d", f"{word[:-1]}ing"}
    if word.endswith(("s", "x", "z", "ch", "sh", "o")):
        found.add(f"{word}es")
    if word.endswith("y") and word[-2] not in "aeiou":
        found |= {f"{word[:-1]}ies", f"{word[:-1]}ied"}
    if word[-1] not in "aeiouwxy" and word[-2] in "aeiou" and word[-3] not in "aeiou":
        found |= {f"{word}{word[-1]}ed", f"{word}{word[-1]}ing"}
    return frozenset(found)
