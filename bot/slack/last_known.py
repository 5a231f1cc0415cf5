"""What Slack last said of people, groups and channels, kept: a stand-in for the moments in which it does not answer."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.clock import Clock, instant, stamp
from bot.errors import StorageUnavailable
from bot.storage.database import Database

_MOST = 50_000
_WRITE_EVERY_S = 86_400.0  # the same answer is not written again within a day

Kind = Literal["person", "group", "channel", "members", "direct", "pause"]


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was said, and when."""

    value: Any
    at: datetime


class LastKnown:
    """The last answers of one team's Slack, by kind and id; in memory as well, since they are asked for often."""

    def __init__(self, database: Database, team_id: str, clock: Clock) -> None:
        self._database = database
        self._team_id = team_id
        self._clock = clock
        self._known: dict[tuple[str, str], Remembered] = {}
        self._written: dict[tuple[str, str], datetime] = {}

    def get(self, kind: Kind, ident: str) -> Remembered | None:
        """What was said of it last; None if nothing ever was, or nothing can be read now."""
        known = self._known.get((kind, ident))
        if known is not None:
            return known
        try:
            rows = self._database.rows(
                "SELECT value, at FROM last_known WHERE team_id = :team AND kind = :kind AND id = :id",
                {"team": self._team_id, "kind": kind, "id": ident},
            )
            found = [Remembered(json.loads(row["value"]), instant(row["at"])) for row in rows]
        except (StorageUnavailable, ValueError):  # it is a stand-in: without it, Slack is asked
            return None
        if not found:
            return None
        self._known[kind, ident] = found[0]
        return found[0]

    def put(self, kind: Kind, ident: str, value: Any) -> None:
        """Slack says so now. Where the disk is full it is remembered in memory alone."""
        now, before = self._clock.now(), self.get(kind, ident)
        written = self._written.get((kind, ident), before.at if before else now)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[kind, ident] = Remembered(value, now)
        if before is not None and before.value == value and (now - written).total_seconds() < _WRITE_EVERY_S:
            return
        self._written[kind, ident] = now
        try:
            self._database.execute(
                """
                INSERT INTO last_known (team_id, kind, id, value, at) VALUES (:team, :kind, :id, :value, :at)
                ON CONFLICT (team_id, kind, id) DO UPDATE SET value = excluded.value, at = excluded.at
                """,
                {"team": self._team_id, "kind": kind, "id": ident, "value": json.dumps(value), "at": stamp(now)},
            )
        except StorageUnavailable:
            return

    def forget(self, kind: Kind, value: Any) -> str | None:
        """It holds no longer: forget it. Of whom it was said; None if it never was. Raises StorageUnavailable."""
        said = {"team": self._team_id, "kind": kind, "value": json.dumps(value)}
        where = "team_id = :team AND kind = :kind AND value = :value"
        rows = self._database.rows(f"SELECT id FROM last_known WHERE {where}", said)  # noqa: S608 - a constant of ours
        self._database.execute(f"DELETE FROM last_known WHERE {where}", said)  # noqa: S608
        for row in rows:
            self._known.pop((kind, row["id"]), None)
            self._written.pop((kind, row["id"]), None)
        return str(rows[0]["id"]) if rows else None
