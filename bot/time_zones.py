"""
The time zone rules in force: the system's or those of the package tzdata, whichever are newer.

Python asks the system first, however old its rules are: a country that no longer changes its clocks would be an hour
off.
"""

import zoneinfo
from contextlib import suppress
from pathlib import Path

import tzdata  # type: ignore[import-untyped]  # it holds a version and files, no code

_SYSTEM = zoneinfo.TZPATH


def system_version() -> str:
    """The version of the system's rules, such as "2026f"; "" where it has none or does not say."""
    for folder in map(Path, _SYSTEM):
        for name, at in (("tzdata.zi", -1), ("+VERSION", 0)):
            with suppress(OSError, IndexError), (folder / name).open(encoding="ascii", errors="replace") as file:
                return file.readline().split()[at]
    return ""


def use_newest_rules() -> None:
    """Have `zoneinfo` read the newer rules, from now on, in the whole process."""
    paths = _SYSTEM if system_version() > tzdata.IANA_VERSION else ()
    if paths != zoneinfo.TZPATH:
        zoneinfo.reset_tzpath(paths)
        zoneinfo.ZoneInfo.clear_cache()


def in_words() -> str:
    """Which rules are in force, for `toughcustomer check`."""
    system = system_version() or "without a version"
    if zoneinfo.TZPATH:
        return f"time zones: the system's rules, {system} (the package tzdata has {tzdata.IANA_VERSION})"
    return f"time zones: rules of the package tzdata, {tzdata.IANA_VERSION} (the system's: {system})"
