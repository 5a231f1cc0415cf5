#!/bin/sh
# Guess: country_holidays("DE") gives a holiday one name, so that a name found on one machine is found on the next.
# Seen: without language= the name follows the process's LANG (or LANGUAGE, LC_ALL, LC_MESSAGES), so get_named("Karfreitag")
#       finds Good Friday on one machine and nothing on another, and pop_named("Karfreitag"), to work on it, raises KeyError there. Of
#       English only American counts: with en_GB.UTF-8 the names are German, with en_US.UTF-8 English. C.UTF-8, which many
#       containers have, is American English for Python 3.11 and no language for 3.12: there the names change with Python. The
#       dates are the same in any language. (A docstring says that the environment decides.)
# Versions: holidays 0.109 (PyPI), Python 3.11.7 and 3.12.1.
# We: go by the dates and only show the names, which we ask for in English where the library has them.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >names.py <<'PYTHON'
import sys
from datetime import date

from holidays import country_holidays

calendar = country_holidays("DE", years=2026, language=sys.argv[1] if len(sys.argv) > 1 else None)
name, found = calendar[date(2026, 4, 3)], len(calendar.get_named("Karfreitag"))
try:
    calendar.pop_named("Karfreitag")
    taken_out = "is taken out"
except KeyError:
    taken_out = "raises KeyError"
print(f"{name}; Karfreitag is found {found} times, and {taken_out}; still a holiday: {date(2026, 4, 3) in calendar}")
PYTHON

python3 -m venv env && env/bin/pip install -q holidays==0.109 || exit 2
in_german="Karfreitag; Karfreitag is found 1 times, and is taken out; still a holiday: False"
in_english="Good Friday; Karfreitag is found 0 times, and raises KeyError; still a holiday: True"
if env/bin/python -c 'import sys; sys.exit(sys.version_info >= (3, 12))'; then in_c=$in_english; else in_c=$in_german; fi
cat >expected <<TEXT
LANG=: $in_german
LANG=de_DE.UTF-8: $in_german
LANG=en_GB.UTF-8: $in_german
LANG=en_US.UTF-8: $in_english
LANG=C.UTF-8: $in_c
language="de", LANG=en_US.UTF-8: $in_german
TEXT

unset LANGUAGE LC_ALL LC_MESSAGES
for lang in "" de_DE.UTF-8 en_GB.UTF-8 en_US.UTF-8 C.UTF-8; do
  echo "LANG=$lang: $(LANG=$lang env/bin/python names.py)"
done >seen
echo "language=\"de\", LANG=en_US.UTF-8: $(LANG=en_US.UTF-8 env/bin/python names.py de)" >>seen
cat seen
diff expected seen >&2 || { echo "This has changed." >&2; exit 1; }
