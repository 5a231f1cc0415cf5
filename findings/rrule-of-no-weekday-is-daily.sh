#!/bin/sh
# Guess: rrule(WEEKLY, byweekday=days) with an empty list, from a form in which no day was ticked, is as if it had not been
#       given (once a week, on the day of dtstart), or never comes.
# Seen: it comes every day. Any list that is given switches off the default of dtstart's day, and an empty one then excludes no
#       day: WEEKLY, MONTHLY and YEARLY with byweekday=[] are all daily, with bymonthday=[] and byyearday=[] too. bymonth=[] is as
#       if it had not been given. str() of such a rule has no BYDAY, so once it was stored as text and read back by rrulestr() it
#       is weekly, on dtstart's day.
# Versions: python-dateutil 2.9.0.post0 (PyPI), and 4.0.0 alike.
# We: write rules as text, in which a part without values is left out (Recurrence in bot/followups/dates/recurrence.py).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >empty.py <<'PYTHON'
from datetime import datetime

from dateutil.rrule import MONTHLY, WEEKLY, YEARLY, rrule, rrulestr

THURSDAY = datetime(2026, 1, 1, 9)


def told(name, rule):
    print(f"{name}:", *(f"{at:%a-%d.%m.%y}" for at in rule[:3]))


told("WEEKLY", rrule(WEEKLY, dtstart=THURSDAY))
told("WEEKLY, byweekday=None", rrule(WEEKLY, dtstart=THURSDAY, byweekday=None))
told("WEEKLY, byweekday=[]", rrule(WEEKLY, dtstart=THURSDAY, byweekday=[]))
told("  stored and read back", rrulestr(str(rrule(WEEKLY, dtstart=THURSDAY, byweekday=[]))))
told("MONTHLY, byweekday=[]", rrule(MONTHLY, dtstart=THURSDAY, byweekday=[]))
told("MONTHLY, bymonthday=[]", rrule(MONTHLY, dtstart=THURSDAY, bymonthday=[]))
told("YEARLY, byyearday=[]", rrule(YEARLY, dtstart=THURSDAY, byyearday=[]))
told("YEARLY, bymonth=[6], bymonthday=[]", rrule(YEARLY, dtstart=THURSDAY, bymonth=[6], bymonthday=[]))
told("MONTHLY, bymonth=[]", rrule(MONTHLY, dtstart=THURSDAY, bymonth=[]))
PYTHON

cat >expected <<'TEXT'
WEEKLY: Thu-01.01.26 Thu-08.01.26 Thu-15.01.26
WEEKLY, byweekday=None: Thu-01.01.26 Thu-08.01.26 Thu-15.01.26
WEEKLY, byweekday=[]: Thu-01.01.26 Fri-02.01.26 Sat-03.01.26
  stored and read back: Thu-01.01.26 Thu-08.01.26 Thu-15.01.26
MONTHLY, byweekday=[]: Thu-01.01.26 Fri-02.01.26 Sat-03.01.26
MONTHLY, bymonthday=[]: Thu-01.01.26 Fri-02.01.26 Sat-03.01.26
YEARLY, byyearday=[]: Thu-01.01.26 Fri-02.01.26 Sat-03.01.26
YEARLY, bymonth=[6], bymonthday=[]: Mon-01.06.26 Tue-02.06.26 Wed-03.06.26
MONTHLY, bymonth=[]: Thu-01.01.26 Sun-01.02.26 Sun-01.03.26
TEXT

python3 -m venv env && env/bin/pip install -q python-dateutil==2.9.0.post0 || exit 2
env/bin/python empty.py >seen
cat seen
diff expected seen >&2 || { echo "This has changed." >&2; exit 1; }
