#!/bin/sh
# Guess: event.add(name, local time, {"TZID": zone}) does for EXDATE and RDATE what it does for DTSTART, whatever the zone.
# Seen: with "UTC" icalendar leaves the parameter out, as RFC 5545 wants it, and gives DTSTART a Z in its place. The lists EXDATE
#       and RDATE lose the parameter and get no Z: they are floating time, that of whoever reads. icalendar, reading its own file
#       back, has a time without a zone there; ical refuses to expand the series (RecurrenceError, "can't compare offset-naive
#       and offset-aware datetimes"); recurring-ical-events reads it as it was meant. "Etc/UTC" and "Europe/Berlin" are right, and
#       so are times that have datetime.UTC themselves, without the parameter.
# Versions: icalendar 7.3.2, ical 14.3.1, recurring-ical-events 3.8.2 (PyPI).
# We: hand UTC to icalendar as aware times without the parameter (in_zone in bot/followups/ical_zones.py).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >writes.py <<'PYTHON'
from datetime import UTC, datetime

from ical.calendar_stream import IcsCalendarStream
from ical.exceptions import RecurrenceError
from icalendar import Calendar, Event
from recurring_ical_events import of


def days(text):
    try:
        return [event.start.day for event in IcsCalendarStream.calendar_from_ics(text).timeline]
    except RecurrenceError as error:
        return f"RecurrenceError, {str(error).rpartition(': ')[2]}"


def shown(first, second, fifth, parameters):
    event = Event()
    event.add("UID", "1")
    event.add("DTSTAMP", datetime(2026, 1, 1, tzinfo=UTC))
    event.add("DTSTART", first, parameters)
    event.add("RRULE", {"FREQ": "DAILY", "COUNT": 3})
    event.add("EXDATE", [second], parameters)
    event.add("RDATE", [fifth], parameters)
    calendar = Calendar()
    calendar.add("PRODID", "-//example//EN")
    calendar.add("VERSION", "2.0")
    calendar.add_component(event)
    text = calendar.to_ical().decode()
    print(*(line for line in text.splitlines() if line.startswith(("DTSTART", "EXDATE", "RDATE"))))
    print("  icalendar reads EXDATE with the zone", Calendar.from_ical(text).events[0].exdates[0].tzinfo)
    again = of(Calendar.from_ical(text)).between((2026, 1, 1), (2026, 2, 1))
    print("  recurring-ical-events:", sorted(one.start.day for one in again))
    print("  ical:", days(text))


local = [datetime(2026, 1, day, 9) for day in (1, 2, 5)]
for key in ("Europe/Berlin", "Etc/UTC", "UTC"):
    shown(*local, {"TZID": key})
shown(*(time.replace(tzinfo=UTC) for time in local), {})
PYTHON

cat >expected <<'TEXT'
DTSTART;TZID=Europe/Berlin:20260101T090000 RDATE;TZID=Europe/Berlin:20260105T090000 EXDATE;TZID=Europe/Berlin:20260102T090000
  icalendar reads EXDATE with the zone Europe/Berlin
  recurring-ical-events: [1, 3, 5]
  ical: [1, 3, 5]
DTSTART;TZID=Etc/UTC:20260101T090000 RDATE;TZID=Etc/UTC:20260105T090000 EXDATE;TZID=Etc/UTC:20260102T090000
  icalendar reads EXDATE with the zone Etc/UTC
  recurring-ical-events: [1, 3, 5]
  ical: [1, 3, 5]
DTSTART:20260101T090000Z RDATE:20260105T090000 EXDATE:20260102T090000
  icalendar reads EXDATE with the zone None
  recurring-ical-events: [1, 3, 5]
  ical: RecurrenceError, can't compare offset-naive and offset-aware datetimes
DTSTART:20260101T090000Z RDATE:20260105T090000Z EXDATE:20260102T090000Z
  icalendar reads EXDATE with the zone UTC
  recurring-ical-events: [1, 3, 5]
  ical: [1, 3, 5]
TEXT

python3 -m venv env && env/bin/pip install -q icalendar==7.3.2 ical==14.3.1 recurring-ical-events==3.8.2 || exit 2
env/bin/python writes.py >seen
cat seen
diff expected seen >&2 || { echo "This has changed." >&2; exit 1; }
