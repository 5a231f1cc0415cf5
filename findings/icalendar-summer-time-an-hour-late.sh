#!/bin/sh
# Guess: the VTIMEZONE that icalendar makes of "Europe/Berlin" has summer time begin at two o'clock: by RFC 5545 its DTSTART is
#       what clocks show by the offset before the change.
# Seen: Calendar.add_missing_timezones() and Timezone.from_tzid() write what clocks show after it, DTSTART:20260329T030000, each
#       year, in Berlin, New York and Sydney; on Lord Howe, which changes by half an hour, T023000 for T020000. A reader that
#       goes by the VTIMEZONE, as dateutil's tzical does, has the hour after the change (01:00 to 02:00 UTC in Berlin) at the
#       old offset: a call at 01:20 UTC is shown at 02:20, a time that no clock has that night. With the right DTSTART the same
#       reader is right. Autumn is right, as an hour comes twice there. Readers that know the zone by its name see nothing.
# Versions: icalendar 7.3.2, python-dateutil 2.9.0.post0, tzdata 2026.6 (PyPI).
# We: write the VTIMEZONE ourselves (bot/followups/ical_zones.py).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >changes.py <<'PYTHON'
import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.tz import tzical
from icalendar import Calendar, Event

SPRING = {  # the first instant of summer time
    "Europe/Berlin": datetime(2026, 3, 29, 1, tzinfo=UTC),
    "America/New_York": datetime(2026, 3, 8, 7, tzinfo=UTC),
    "Australia/Sydney": datetime(2026, 10, 3, 16, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
}


def written(key):
    event = Event()
    event.add("UID", "1")
    event.add("DTSTAMP", datetime(2026, 1, 1, tzinfo=UTC))
    event.add("DTSTART", datetime(2026, 1, 5, 9, tzinfo=ZoneInfo(key)))
    calendar = Calendar()
    calendar.add("PRODID", "-//example//EN")
    calendar.add("VERSION", "2.0")
    calendar.add_component(event)
    calendar.add_missing_timezones(first_date=date(2026, 1, 1), last_date=date(2027, 1, 1))
    return calendar.to_ical().decode()


def read(text, key, at):
    return f"{at.astimezone(tzical(io.StringIO(text)).get(key)):%H:%M %z}"


for key, change in SPRING.items():
    text, at = written(key), change + timedelta(minutes=20)
    begins = Calendar.from_ical(text).timezones[0].daylight[-1].DTSTART
    before = (change - timedelta(seconds=1)).astimezone(ZoneInfo(key)) + timedelta(seconds=1)
    right = text.replace(f"DTSTART:{begins:%Y%m%dT%H%M%S}", f"DTSTART:{before:%Y%m%dT%H%M%S}")
    print(f"{key}: summer time from {begins:%H:%M} for {before:%H:%M}")
    print(f"  at {at:%H:%M} UTC clocks show {at.astimezone(ZoneInfo(key)):%H:%M %z}; read from the file: {read(text, key, at)}")
    print(f"  with DTSTART {before:%H:%M}: {read(right, key, at)}; around noon: {read(text, key, at + timedelta(hours=9))}")
PYTHON

cat >expected <<'TEXT'
Europe/Berlin: summer time from 03:00 for 02:00
  at 01:20 UTC clocks show 03:20 +0200; read from the file: 02:20 +0100
  with DTSTART 02:00: 03:20 +0200; around noon: 12:20 +0200
America/New_York: summer time from 03:00 for 02:00
  at 07:20 UTC clocks show 03:20 -0400; read from the file: 02:20 -0500
  with DTSTART 02:00: 03:20 -0400; around noon: 12:20 -0400
Australia/Sydney: summer time from 03:00 for 02:00
  at 16:20 UTC clocks show 03:20 +1100; read from the file: 02:20 +1000
  with DTSTART 02:00: 03:20 +1100; around noon: 12:20 +1100
Australia/Lord_Howe: summer time from 02:30 for 02:00
  at 15:50 UTC clocks show 02:50 +1100; read from the file: 02:20 +1030
  with DTSTART 02:00: 02:50 +1100; around noon: 11:50 +1100
TEXT

python3 -m venv env && env/bin/pip install -q icalendar==7.3.2 python-dateutil==2.9.0.post0 tzdata==2026.6 || exit 2
PYTHONTZPATH="" env/bin/python changes.py >seen
cat seen
diff expected seen >&2 || { echo "This has changed." >&2; exit 1; }
