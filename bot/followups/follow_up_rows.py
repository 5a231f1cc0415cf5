"""A row of `followups` as a value, and the parts of one that are read by themselves."""

import io
import json
import re
import struct
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.clock import instant
from bot.followups.model import FollowUp, FollowUpState, Gone, Hint, LocalTime, NewFollowUp, Offer, Seeking
from bot.followups.series import Series
from bot.storage.database import Database, Row
from bot.storage.traces import GONE


def first_time(database: Database, column: str, source: str, values: Row) -> datetime | None:
    """
    The first time in *column* of *source*, which is SQL from its FROM on; None if there is none.

    Raises ValueError or TypeError where the first or the last is none that can be read.
    """
    sql = f"SELECT (SELECT MIN({column}) {source}) AS first, (SELECT MAX({column}) {source}) AS last"
    row = database.rows(sql, values)[0]
    if row["first"] is None:
        return None
    instant(row["last"])
    return instant(row["first"])


def local_text(wall: datetime) -> str:
    """A local time as it is kept."""
    return wall.isoformat(timespec="milliseconds")


def read_follow_up(row: Row) -> FollowUp:
    """*row* as a value. Raises what is wrong with it."""
    due, rule = _local_time(row), row["rule"]
    series = read_series(rule, row["starts"], due.zone, row["holidays"]) if rule else None
    wanted = NewFollowUp(
        text=row["text"],
        owner=row["owner"],
        due=due,
        channel=row["channel"],
        customer=row["customer"],
        thread_ts=row["thread_ts"],
        private=bool(row["private"]),
        series=series,
        promise=bool(row["promise"]),
    )
    return FollowUp(
        number=row["number"],
        wanted=wanted,
        maker=row["maker"],
        state=FollowUpState(row["state"]),
        occurrence=row["occurrence"],
        made_at=instant(row["made_at"]),
        closed_at=instant(row["closed_at"]) if row["closed_at"] else None,
        closed_by=row["closed_by"],
        token=row["token"],
        planned=datetime.fromisoformat(row["planned"]) if row["planned"] else None,
        next_at=instant(row["next_at"]) if row["next_at"] else None,
        missed=row["missed"],
        paused_at=instant(row["paused_at"]) if row["paused_at"] else None,
        offer=Offer(row["offered_to"], row["offered_by"]) if row["offered_to"] else None,
        hint=_hint(row["hint"]) if row["hint"] else None,
        seeking=_seeking(row["seeking"]) if row["seeking"] else None,
        promised_for=instant(row["promised_for"]) if row["promised_for"] else None,
        is_broken=bool(row["broken"]),
    )


def read_series(rule: str, starts: str, zone: ZoneInfo, holidays: str) -> Series:
    """The series of a row. Raises ValueError where its rule or its country is none."""
    if not _RULE.fullmatch(rule) or not _COUNTRY.fullmatch(holidays):
        raise ValueError(f"{rule} {holidays} is no rule")
    return Series(rule, datetime.fromisoformat(starts), zone, holidays)


_RULE = re.compile(r"FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)(?:;[A-Z]{4,10}=[A-Z0-9,+-]{1,60}){0,6}")
_COUNTRY = re.compile(r"(?:[A-Z]{2}(?:-[A-Za-z0-9]{1,12})?)?")


def _seeking(written: str) -> Seeking:
    gone, until = json.loads(written)
    return Seeking(Gone(gone), instant(until) if until else None)


def _hint(written: str) -> Hint:
    said = json.loads(written)
    return Hint(said["what"], said.get("who") or GONE, instant(said["at"]))


def _local_time(row: Row) -> LocalTime:
    """When it is due. Its instant is known, so a zone that this machine does not know is taken as an offset."""
    at, wall = instant(row["due_at"]), datetime.fromisoformat(row["wall"])
    try:
        zone = ZoneInfo(row["zone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = fixed_zone(str(row["zone"]), wall - at.replace(tzinfo=None))
    return LocalTime(at, wall, zone)


def fixed_zone(key: str, offset: timedelta) -> ZoneInfo:
    """A zone of the name *key* whose clocks are always ahead of UTC by *offset*."""
    ahead = max(-86_399, min(86_399, round(offset.total_seconds())))
    header = b"TZif" + bytes(16) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    return ZoneInfo.from_file(io.BytesIO(header + struct.pack(">lbb", ahead, 0, 0) + b"LMT\0"), key=key)
