#!/bin/sh
# Guess: country_holidays("DE") is "a dict-like object", as the README says: germany | france has the holidays of both, and
#       `if calendar and day in calendar` asks a calendar if there is one.
# Seen: it works out a year when a day of it is asked for, and a new one is empty. So germany | france is a plain dict without
#       anything in it, as are {**germany, **france} and a list of the days: to `day in` it they say False for ever, and there is
#       no error. `calendar and …` is False as well, so the question that would fill it is never asked. Once Germany was asked
#       about a day of 2026, germany | france has Germany's 2026 and nothing else. germany + france is right for both and for all
#       years; with years=2026, "|" is right for 2026 alone. (The docstring does say that the object is empty at first.)
# Versions: holidays 0.109 (PyPI).
# We: ask a calendar for one day at a time and never make anything else of it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >both.py <<'PYTHON'
from datetime import date

from holidays import country_holidays

UNITY, BASTILLE = date(2026, 10, 3), date(2026, 7, 14)


def told(name, days):
    found = UNITY in days, BASTILLE in days, date(2027, 7, 14) in days
    print(f"{name}: {type(days).__name__}; 3 October 2026: {found[0]}, 14 July 2026: {found[1]}, 14 July 2027: {found[2]}")


def new():
    return country_holidays("DE"), country_holidays("FR")


germany, france = new()
told("germany | france", germany | france)
told("{**germany, **france}", {**germany, **france})
told("[*germany, *france]", [*germany, *france])
print(f"germany and 3 October in germany: {bool(germany and UNITY in germany)}")
print(f"3 October in germany: {UNITY in germany}; and now with germany and: {bool(germany and UNITY in germany)}")
told("germany | france, after that", germany | france)
germany, france = country_holidays("DE", years=2026), country_holidays("FR", years=2026)
told("with years=2026, germany | france", germany | france)
germany, france = new()
told("germany + france", germany + france)
PYTHON

cat >expected <<'TEXT'
germany | france: dict; 3 October 2026: False, 14 July 2026: False, 14 July 2027: False
{**germany, **france}: dict; 3 October 2026: False, 14 July 2026: False, 14 July 2027: False
[*germany, *france]: list; 3 October 2026: False, 14 July 2026: False, 14 July 2027: False
germany and 3 October in germany: False
3 October in germany: True; and now with germany and: True
germany | france, after that: dict; 3 October 2026: True, 14 July 2026: False, 14 July 2027: False
with years=2026, germany | france: dict; 3 October 2026: True, 14 July 2026: True, 14 July 2027: False
germany + france: HolidaySum; 3 October 2026: True, 14 July 2026: True, 14 July 2027: True
TEXT

python3 -m venv env && env/bin/pip install -q holidays==0.109 || exit 2
env/bin/python both.py >seen
cat seen
diff expected seen >&2 || { echo "This has changed." >&2; exit 1; }
