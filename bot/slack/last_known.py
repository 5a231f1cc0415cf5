"""What Slack last said of people, groups and channels, kept: a stand-in for the moments in which it does not answer."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.clock import Clock, instant, stamp
from bot.errors import StorageUnavailable
from bot.storage.database import Database

Kind = Literal["person", "group", "channel", "members", "direct"]


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
        if (kind, ident) not in self._known:
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
        return self._known[kind, ident]

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


_MOST = 50_000
_WRITE_EVERY_S = 86_400.0  # the same answer is not written again within a day
