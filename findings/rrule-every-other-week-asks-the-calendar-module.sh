#!/bin/sh
# Guess: what "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU" means depends on the text and on where it begins. Without WKST a week begins on
#       Monday, says RFC 5545, so that every program that reads the rule finds the same weeks.
# Seen: python-dateutil takes the first day of the week from Python's calendar module. Once anything in the process has called
#       calendar.setfirstweekday(calendar.SUNDAY), to print a month the American way, say, rules that are read from then on have
#       their Sundays a week later: 11 January and not the 4th. Rules that were read before keep to their weeks, so the same text
#       has two meanings in one process. The docstring of rrule mentions it, under wkst; that of rrulestr(), which reads RFC 5545,
#       does not. WKST=MO in the text helps.
# Versions: python-dateutil 2.9.0.post0 (PyPI), and 4.0.0 alike.
# We: expand every rule with WKST=MO (bot/followups/series.py).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >weeks.py <<'PYTHON'
import calendar

from dateutil.rrule import rrulestr

TEXT = "DTSTART:20260101T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;COUNT=4"


def told(name, rule):
    print(f"{name}:", *(f"{at:%a-%d.%m}" for at in rule))


before = rrulestr(TEXT)
told("read at first", before)
calendar.setfirstweekday(calendar.SUNDAY)
told("read after setfirstweekday(SUNDAY)", rrulestr(TEXT))
told("the one read at first", before)
told("read after it, with WKST=MO", rrulestr(TEXT + ";WKST=MO"))
PYTHON

cat >expected <<'TEXT'
read at first: Sun-04.01 Tue-13.01 Sun-18.01 Tue-27.01
read after setfirstweekday(SUNDAY): Sun-11.01 Tue-13.01 Sun-25.01 Tue-27.01
the one read at first: Sun-04.01 Tue-13.01 Sun-18.01 Tue-27.01
read after it, with WKST=MO: Sun-04.01 Tue-13.01 Sun-18.01 Tue-27.01
TEXT

python3 -m venv env && env/bin/pip install -q python-dateutil==2.9.0.post0 || exit 2
env/bin/python weeks.py >seen
cat seen
diff expected seen >&2 || { echo "This has changed." >&2; exit 1; }
