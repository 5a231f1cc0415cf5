"""
The time zone rules in force: the system's or those of the package tzdata, whichever are newer.

Python asks the system first, however old its rules are: a country that no longer changes its clocks would be an hour
off.
"""

import zoneinfo
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

_SYSTEM = zoneinfo.TZPATH


def system_version() -> str:
    """The version of the system's rules, such as "2026f"; "" where it has none or does not say."""
    return _version_in([Path(folder) for folder in _SYSTEM])


def _version_in(folders: Sequence[Path]) -> str:
    for folder in folders:
        for name, at in (("tzdata.zi", -1), ("+VERSION", 0)):
            with suppress(OSError, IndexError), (folder / name).open(encoding="ascii", errors="replace") as file:
                return file.readline().split()[at]
    return ""


def package_version() -> str:
    """The same of the package tzdata; "" where it is not installed."""
    found = find_spec("tzdata")
    folders = found.submodule_search_locations if found else None
    return _version_in([Path(folder) / "zoneinfo" for folder in folders or ()])


def use_newest_rules() -> None:
    """Have `zoneinfo` read the newer rules, from now on, in the whole process."""
    package = package_version()
    paths = () if package and package >= system_version() else _SYSTEM
    if paths != zoneinfo.TZPATH:
        zoneinfo.reset_tzpath(paths)
        zoneinfo.ZoneInfo.clear_cache()


def version_in_force() -> str:
    """The version of the rules that `zoneinfo` reads now, such as "2026f"; "" where they do not say."""
    return system_version() if zoneinfo.TZPATH else package_version()


def in_words() -> str:
    """Which rules are in force, for `toughcustomer check`."""
    system, package = system_version() or "without a version", package_version() or "missing"
    if zoneinfo.TZPATH:
        return f"time zones: the system's rules, {system} (the package tzdata: {package})"
    return f"time zones: rules of the package tzdata, {package} (the system's: {system})"
