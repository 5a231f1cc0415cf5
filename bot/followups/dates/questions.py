"""What is asked in the place of a date that is not sure, and why: the table in `docs/dates.md` is made of it."""

from dataclasses import dataclass

TRY = 'Try "friday 3pm", "in 2 hours", "tomorrow 9:00" or "2026-12-04 15:00".'


@dataclass(frozen=True, slots=True)
class Question:
    """
    One thing that is asked.

    *asks* is the sentence, ``{words}`` what was typed and ``{meant}`` what it may mean; *why*, in half a sentence, is
    for people; *example* is a text that somebody in *zone* is asked about for this reason. *error* is "none", "past" or
    "ambiguous".
    """

    asks: str
    why: str
    example: str
    error: str = "ambiguous"
    zone: str = "Europe/Berlin"


QUESTIONS = {
    "none": Question("I see no date in that.", "nothing in the text is a date", "call Dana", "none"),
    "over": Question("{words} is over.", "the time is over", "yesterday call Dana", "past"),
    "name": Question(
        'Is "{words}" a day or time, or part of a name?',
        "a word of time stands where a name may stand, and no other date does",
        "call Ruby Tuesday about pricing",
    ),
    "amount": Question(
        'Is "{words}" a time, or a number of something?',
        "a number behind at, by, about or round may be a time or an amount",
        "friday cut the price by 5",
    ),
    "number-or-date": Question(
        'Is "{words}" a date, or a name or a number?',
        "a number with a slash, or with a letter, may be a date, a span of time or a name",
        "3M wants 40 seats",
    ),
    "someone": Question(
        'Is "{words}" a date, or somebody and a number?',
        "a month that is a first name, before a number of things",
        "ask Jan 3 questions",
    ),
    "event": Question(
        'Is "{words}" when you want to hear of it, or a part of what it is about?',
        "a time that belongs to what follows it",
        "tomorrow discuss the 5pm cutoff",
    ),
    "zone-or-name": Question(
        'Is "{words}" a time zone, or part of a name?',
        "letters of a time zone before a name",
        "friday 3pm ET Brands deck",
    ),
    "zone-letters": Question(
        "{words} is the name of more than one time zone. Is it {meant}?",
        "letters that stand for one zone where you are, and for another elsewhere",
        "tomorrow 3pm BST call Acme",
        zone="Asia/Dhaka",
    ),
    "unknown-zone": Question(
        "I do not know that time zone.", "a zone is named that is not known", "tomorrow 3pm QST call Dana"
    ),
    "two-zones": Question("I see two time zones.", "two zones are named", "friday CET call Dana at 3pm EST"),
    "two-dates": Question("I see two dates.", "two days, or two times", "monday or tuesday call Dana"),
    "two-times": Question(
        "I see two times.", "two times of day, or from one to another", "tomorrow 3pm to 4 call Dana"
    ),
    "several": Question('"{words}" could be more than one time.', "words that mean no one time", "soon call Dana"),
    "too-often": Question(
        '"{words}" is too often for me: the smallest I repeat is every day.',
        "a recurrence within a day",
        "every hour call Dana",
    ),
    "left-over": Question(
        'I do not know what "{words}" means for it.',
        "a word of time is left over beside the date that was read",
        "friday call Dana at half past",
    ),
    "which-day": Question(
        'I see a time, and do not know which day "{words}" is.',
        "a time, and a word that may be its day",
        "3pm the day of the fair call Dana",
    ),
    "misspelt": Question(
        'Is "{words}" meant to be {meant}?', "a word that is nearly a day", "tomorrow 3pm call Dana, not wednesdy"
    ),
    "other-language": Question(
        'I do not know which day or time "{words}" is.',
        "a word of time in another language that is read in part only",
        "vrijdag 15:00 Acme bellen",
    ),
    "is-a-time": Question('Is "{words}" a time?', "a number that may be the time", "tuesday 3 call Dana"),
    "is-a-date": Question("Is {words} a date?", "a number that may be a date", "9/10 call Dana"),
    "number": Question("I see a number that may be a date.", "an ordinal alone", "the 3rd proposal for Dana"),
    "span": Question(
        "I see a span of time, and not from when.", "so much time, and not from when", "call Dana for 2 hours"
    ),
    "midnight": Question(
        "Midnight before or after that day?", "midnight belongs to two days", "friday midnight call Dana"
    ),
    "noon-or-midnight": Question("Is that noon or midnight?", "12 in the evening", "tonight at 12 call Dana"),
    "today": Question("Today, but at what time?", "today without a time", "today call Dana"),
    "other-weekday": Question("{words}.", "date and weekday do not fit", "tuesday 25 december call Dana"),
    "no-such-day": Question("There is no {words}.", "a day that does not exist", "31 february call Dana"),
    "which-month": Question(
        "Is {words} in {meant}?",
        "day first or month first: your zone and your language disagree",
        "12/3 call Dana",
    ),
    "period": Question(
        "That could be several days, or is over soon.",
        "a part of a period that is no one day",
        "by the middle of the quarter call Dana",
    ),
    "weekday-today": Question(
        "It is {words} today.", "so many weeks from a day that is today", "tuesday week call Dana"
    ),
    "too-far": Question("{words} is more than ten years ahead.", "more than ten years ahead", "1 may 2090 call Dana"),
    "bound": Question(
        "Until when, or from when?", "a recurrence that begins or ends, and not when", "every monday until call Dana"
    ),
    "rule-and-date": Question(
        "I see both a recurrence and another date.", "a recurrence and a date", "every monday 3 december call Dana"
    ),
    "beginning": Question("Beginning when?", "every second day or month, and not from when", "every 2 days call Dana"),
    "which-of-year": Question("On which day of the year?", "once a year, and not when", "every year call Dana"),
}


_WHEN = {"past": "When shall it be?", "ambiguous": "When exactly?", "none": "When?"}


class NotUnderstood(Exception):
    """
    No date that could be relied on. *error* is "none", "past" or "ambiguous"; *ask* is what to ask the person.

    *question* is the key of `QUESTIONS`, *words* what is asked about, *meant* what it may mean. *ask* may hold the
    person's own words; *short* is the same without examples.
    """

    def __init__(self, question: str, words: str = "", meant: str = "") -> None:
        found = QUESTIONS[question]
        super().__init__(found.error)
        self.question = question
        self.words, self.meant = words, meant
        self.error = found.error
        asked = found.asks.format(words=words, meant=meant)
        self.short = f"{asked} {_WHEN.get(found.error, '')}".strip()
        self.ask = f"{self.short} {TRY}"
