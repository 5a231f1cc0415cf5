#!/bin/sh
# Guess: two threads may ask one holiday calendar, `date(2026, 12, 25) in country_holidays("US")`: asking changes nothing.
# Seen: a year's holidays are worked out when the first of its days is asked for, and the year counts as known before they are. A
#       second thread that asks meanwhile is told that Christmas is no holiday. Worse, the year being worked out is kept in the
#       calendar: if the other thread asks for another year, the first year's remaining holidays are dropped, and that calendar
#       says no to them for as long as it lives, whoever asks. No error, no warning. It takes 0.2 ms, so it is rare: here threads
#       are made to take turns each microsecond and it comes within a few tries; with Python's usual 5 ms and four busy threads
#       it came in one of 1,500 to 3,000 new calendars. A calendar that was given its years (years=range(2026, 2030)) is right.
# Versions: holidays 0.109 (PyPI), Python 3.11.7.
# We: bot/followups/days_off.py keeps one calendar for each country, for all threads, and asks it under a lock.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >asks.py <<'PYTHON'
import sys
import threading
from datetime import date

from holidays import country_holidays

ROUNDS = 4000
YEARS = range(2026, 2030)
sys.setswitchinterval(1e-6)


def asked_together(calendar, years):
    gate, heard = threading.Barrier(len(years)), []

    def ask(year):
        gate.wait()
        heard.append(date(year, 12, 25) in calendar)

    threads = [threading.Thread(target=ask, args=(year,)) for year in years]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return all(heard)


def ever(years, *, given=None):
    told_no = lost = False
    for _ in range(ROUNDS):
        calendar = country_holidays("US", years=given)
        told_no |= not asked_together(calendar, years)
        lost |= not all(date(year, 12, 25) in calendar for year in years)
        if told_no and lost:
            break
    return f"a thread was told no: {told_no}; it is still no afterwards: {lost}"


print("Christmas 2026, asked by four threads:", ever([2026] * 4))
print("Christmas 2026 to 2029, one thread each:", ever(YEARS))
print("the same, years given at the start:", ever(YEARS, given=YEARS))
PYTHON

cat >expected <<'TEXT'
Christmas 2026, asked by four threads: a thread was told no: True; it is still no afterwards: False
Christmas 2026 to 2029, one thread each: a thread was told no: True; it is still no afterwards: True
the same, years given at the start: a thread was told no: False; it is still no afterwards: False
TEXT

python3 -m venv env && env/bin/pip install -q holidays==0.109 || exit 2
env/bin/python asks.py >seen
cat seen
diff expected seen >&2 || { echo "This has changed." >&2; exit 1; }
