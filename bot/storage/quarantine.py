"""
Quarantine: rows that cannot be read are left where they are, and set aside until the next start.

One bad row must not stop the others. *kind* says what it is ("followup"), *key* which one, as people or its table call
it ("F12"). Every function raises StorageUnavailable.
"""

from datetime import datetime

from bot.clock import stamp
from bot.storage.database import Database


def put(database: Database, team_id: str, kind: str, key: str, why: str, now: datetime) -> bool:
    """Set *key* aside, because of *why* (no words of people); False if it is already."""
    sql = """
        INSERT INTO quarantine (team_id, kind, key, why, at) VALUES (:team, :kind, :key, :why, :at)
        ON CONFLICT (team_id, kind, key) DO NOTHING
    """
    row = {"team": team_id, "kind": kind, "key": key, "why": why, "at": stamp(now)}
    return database.execute(sql, row) == 1


def keys(database: Database, team_id: str, kind: str) -> set[str]:
    """All of *kind* that is set aside."""
    sql = "SELECT key FROM quarantine WHERE team_id = :team AND kind = :kind"
    return {row["key"] for row in database.rows(sql, {"team": team_id, "kind": kind})}


def names(database: Database, team_id: str) -> list[str]:
    """What is set aside, each as its kind and its key; a hundred at the most."""
    sql = "SELECT kind, key FROM quarantine WHERE team_id = :team LIMIT 100"
    return [f"{row['kind']} {row['key']}" for row in database.rows(sql, {"team": team_id})]


def count(database: Database, team_id: str) -> dict[str, int]:
    """How many are set aside, by kind."""
    sql = "SELECT kind, COUNT(*) AS n FROM quarantine WHERE team_id = :team GROUP BY kind ORDER BY kind"
    return {row["kind"]: row["n"] for row in database.rows(sql, {"team": team_id})}


def release(database: Database, team_id: str, kind: str, key: str) -> None:
    """Try this one again."""
    sql = "DELETE FROM quarantine WHERE team_id = :team AND kind = :kind AND key = :key"
    database.execute(sql, {"team": team_id, "kind": kind, "key": key})


def clear(database: Database, team_id: str) -> None:
    """Try all of it again: somebody may have mended it. Done at every start."""
    database.execute("DELETE FROM quarantine WHERE team_id = :team", {"team": team_id})
