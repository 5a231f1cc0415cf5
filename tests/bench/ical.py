"""
Calendar files: is every occurrence where the bot posts it, by two libraries, and how much processor does a file take?

`python -m tests.bench.ical` tries each rule that tests/data holds, in each zone at each time, and ends with status 1
where an occurrence is missing or too much, or a file takes longer than its bar. Some two minutes.
"""

import random
import sys
import time
from datetime import timedelta

from bot.followups.ical import CalendarEntry, calendar_bytes
from tests.bench.figures import note
from tests.followups.calendar_cases import (
    LIBRARIES,
    NOW,
    TIMES,
    ZONES,
    cases,
    entry,
    holiday_of,
    posted,
    rules,
    series_of,
)

AT_ONCE = 400  # cases in one file
BARS_S = {500: 0.3, 5_000: 3.0}
NOTES = "They asked for three options at the new price; Dana has the old offer, and the letter of 3 March. " * 3


def compared() -> int:
    """How many cases a library shows otherwise than they are posted; prints the first few."""
    wrong = occurrences = 0
    every = list(cases())
    for begins in range(0, len(every), AT_ONCE):
        entries = [entry(number, one) for number, one in enumerate(every[begins : begins + AT_ONCE])]
        file = calendar_bytes(entries, NOW, "all", holiday_of)
        expected = [posted(one) for one in entries]
        occurrences += sum(map(len, expected))
        for library, shown in LIBRARIES.items():
            found = shown(file)
            for number, one in enumerate(entries):
                if found.get(f"F{number}") != expected[number]:
                    wrong += 1
                    if wrong <= 10:
                        print(f"{library} shows otherwise: {one.series}")
        print(
            f"{begins + len(entries):,} of {len(every):,} cases, {occurrences:,} occurrences, {wrong} wrong", flush=True
        )
    return wrong


def usual(count: int) -> list[CalendarEntry]:
    """So many follow-ups as a team may have them: a third recurring, a third of those without holidays."""
    chance = random.Random(7)
    listed = rules()
    entries = []
    for number in range(count):
        at = chance.choice(TIMES).replace(hour=chance.randint(8, 18))
        country = chance.choice(("", "", "DE"))
        one = entry(number, series_of(chance.choice(listed), at, chance.choice(ZONES), country))
        if chance.random() < 2 / 3:
            due = one.at + timedelta(minutes=number)
            one = CalendarEntry(one.uid, one.title, NOTES, due, one.zone, NOW, is_promise=chance.random() < 0.3)
        entries.append(one)
    return entries


def main() -> None:
    """Print the figures."""
    calendar_bytes(usual(1), NOW, "warm", holiday_of)  # loads the library
    missed = False
    for count, bar in BARS_S.items():
        entries = usual(count)
        began = time.process_time()
        size = len(calendar_bytes(entries, NOW, "usual", holiday_of))
        took = time.process_time() - began
        began = time.process_time()
        calendar_bytes(entries, NOW, "usual", holiday_of)
        again = time.process_time() - began
        print(f"{count:,} follow-ups: {took:.2f} s of processor, and again {again:.2f} s; {size / 1e6:.1f} MB")
        note(f"a calendar of {count:,} follow-ups, CPU s", took, bar)
        missed |= took > bar
    wrong = compared()
    note("series that a library shows otherwise than they are posted", wrong, 0)
    sys.exit(bool(wrong or missed))


if __name__ == "__main__":
    main()
