#!/bin/sh
# Guess: FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2,4 is the second and the fourth workday of each week, Tuesday and Thursday, on
#       whatever day the series begins: RFC 5545 counts from the beginning of the week, as it does of the month in FREQ=MONTHLY.
# Seen: in the first week python-dateutil counts from the day on which the series begins. From Thursday, 1 January 2026, the
#       second workday of the week is Friday the 2nd, and Thursday itself, the fourth, is not in it; the weeks after that are right.
#       npm's rrule does the same. "The first workday of each week" is that Thursday and then Mondays. Places from the end (-2)
#       are right, and so is FREQ=MONTHLY from the middle of a month. ical.js takes no notice of BYSETPOS in a weekly rule: it
#       has all five workdays, each week.
# Versions: python-dateutil 2.9.0.post0 (PyPI), and 4.0.0 alike; rrule 2.8.1, ical.js 2.2.1 (npm).
# We: use BYSETPOS in monthly rules only; a weekly rule names its days.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >expand.py <<'PYTHON'
from dateutil.rrule import rrulestr

WORKDAYS = "BYDAY=MO,TU,WE,TH,FR;BYSETPOS"
for starts, rule in (
    ("20260101", "FREQ=WEEKLY;BYDAY=TU,TH"),
    ("20260101", f"FREQ=WEEKLY;{WORKDAYS}=2,4"),
    ("20260101", f"FREQ=WEEKLY;{WORKDAYS}=1"),
    ("20260101", f"FREQ=WEEKLY;{WORKDAYS}=-2"),
    ("20260115", f"FREQ=MONTHLY;{WORKDAYS}=1"),
):
    found = rrulestr(f"DTSTART:{starts}T090000\nRRULE:{rule};COUNT=4")
    print(f"dateutil, {starts}, {rule}:", *(f"{at:%a-%d.%m}" for at in found))
PYTHON

cat >expand.mjs <<'JAVASCRIPT'
import ICAL from "ical.js";
import rrule from "rrule";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const told = (day) => `${DAYS[day.getUTCDay()]}-${day.toISOString().slice(8, 10)}.${day.toISOString().slice(5, 7)}`;
const rule = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2,4";

const found = rrule.rrulestr(`DTSTART:20260101T090000Z\nRRULE:${rule};COUNT=4`).all();
console.log(`rrule, 20260101, ${rule}:`, ...found.map(told));
const coming = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateTimeString("2026-01-01T09:00:00"));
const first = Array.from({ length: 7 }, () => new Date(`${coming.next()}Z`));
console.log(`ical.js, 20260101, ${rule}:`, ...first.map(told));
JAVASCRIPT

cat >expected <<'TEXT'
dateutil, 20260101, FREQ=WEEKLY;BYDAY=TU,TH: Thu-01.01 Tue-06.01 Thu-08.01 Tue-13.01
dateutil, 20260101, FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2,4: Fri-02.01 Tue-06.01 Thu-08.01 Tue-13.01
dateutil, 20260101, FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1: Thu-01.01 Mon-05.01 Mon-12.01 Mon-19.01
dateutil, 20260101, FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2: Thu-01.01 Thu-08.01 Thu-15.01 Thu-22.01
dateutil, 20260115, FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1: Mon-02.02 Mon-02.03 Wed-01.04 Fri-01.05
rrule, 20260101, FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2,4: Fri-02.01 Tue-06.01 Thu-08.01 Tue-13.01
ical.js, 20260101, FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2,4: Thu-01.01 Fri-02.01 Mon-05.01 Tue-06.01 Wed-07.01 Thu-08.01 Fri-09.01
TEXT

python3 -m venv env && env/bin/pip install -q python-dateutil==2.9.0.post0 || exit 2
npm install --silent --no-audit --no-fund rrule@2.8.1 ical.js@2.2.1 >/dev/null || exit 2
{ env/bin/python expand.py; node expand.mjs; } >seen
cat seen
diff expected seen >&2 || { echo "This has changed." >&2; exit 1; }
