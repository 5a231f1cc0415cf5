#!/bin/sh
# Guess: the VTIMEZONE that icalendar makes of "Africa/Casablanca" has all clock changes of the zone: Morocco, an hour ahead of
#       UTC, goes back to UTC for the five or six weeks around Ramadan.
# Seen: the search goes on in steps of 64 days and looks at their ends only, so that a change which is undone in between is not
#       seen; whether one is depends on where the steps happen to fall. With the default dates 2025, 2026 and 2028 are right, and
#       2012 to 2016, 2019, 2024, 2027 and the winter of 2031 have no Ramadan: dateutil's tzical, reading the VTIMEZONE, is an
#       hour off for all of its weeks. The VTIMEZONE says in a COMMENT that it "only works from 1970-01-01 to 2038-01-01". (By the
#       newer rules of tzdata 2026.6 Morocco is at UTC from September 2026 on, so 2027 has no change; 2024 is missing as well.)
# Versions: icalendar 7.3.2, python-dateutil 2.9.0.post0, tzdata 2025.3 (PyPI), the oldest that icalendar takes.
# We: look for clock changes week by week and write the VTIMEZONE ourselves (bot/followups/ical_zones.py).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >ramadan.py <<'PYTHON'
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.tz import tzical
from icalendar import Calendar, Timezone

KEY = "Africa/Casablanca"
calendar = Calendar()
calendar.add("PRODID", "-//example//EN")
calendar.add("VERSION", "2.0")
calendar.add_component(Timezone.from_tzid(KEY))
read, real = tzical(io.StringIO(calendar.to_ical().decode())).get(KEY), ZoneInfo(KEY)
for year in (2024, 2025, 2026, 2027, 2028):
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=days) for days in range(365)]
    winter = [at for at in noons if not at.astimezone(real).utcoffset()]
    wrong = [at for at in noons if at.astimezone(read).utcoffset() != at.astimezone(real).utcoffset()]
    print(f"{year}: at UTC from {winter[0]:%d %B} to {winter[-1]:%d %B}; days that are an hour off: {len(wrong)}")
off = []
for year in range(1970, 2038):
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=days) for days in range(365)]
    if any(at.astimezone(read).utcoffset() != at.astimezone(real).utcoffset() for at in noons):
        off.append(year)
print("years with such days:", *off)
at = datetime(2027, 2, 15, 9, tzinfo=UTC)
print(f"{at:%d %B %Y, %H:%M} UTC is {at.astimezone(real):%H:%M}; read from the file: {at.astimezone(read):%H:%M}")
PYTHON

cat >expected <<'TEXT'
2024: at UTC from 10 March to 13 April; days that are an hour off: 35
2025: at UTC from 23 February to 05 April; days that are an hour off: 0
2026: at UTC from 15 February to 21 March; days that are an hour off: 0
2027: at UTC from 07 February to 13 March; days that are an hour off: 35
2028: at UTC from 23 January to 04 March; days that are an hour off: 0
years with such days: 2012 2013 2014 2015 2016 2019 2024 2027 2031 2032
15 February 2027, 09:00 UTC is 09:00; read from the file: 10:00
TEXT

python3 -m venv env && env/bin/pip install -q icalendar==7.3.2 python-dateutil==2.9.0.post0 tzdata==2025.3 || exit 2
PYTHONTZPATH="" env/bin/python ramadan.py >seen
cat seen
diff expected seen >&2 || { echo "This has changed." >&2; exit 1; }
