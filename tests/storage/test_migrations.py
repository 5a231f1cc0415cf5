"""A database that an earlier version made is brought up to date, and keeps what is in it."""

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.storage.migrations import APPLICATION_ID, MIGRATIONS, known
from bot.storage.sqlite import open_database

WITHOUT_ROWS = {"m008_statistics"}
STEPS = sorted(known() - WITHOUT_ROWS)
ROWS = {
    "m001_inbox": "INSERT INTO inbox VALUES ('T1', 'Ev1', 'app_mention', 'C1:1', '2026-11-24T09:00', 'done', NULL)",
    "m002_thumbs": "INSERT INTO thumbs VALUES ('T1', 'a', 'stay-calm', 1, NULL, NULL, '2026-11-24T09:00:00+00:00')",
    "m003_outbox": (
        "INSERT INTO outbox (team_id, key, subject, place, body, due_at, planned_at, not_before) "
        "VALUES ('T1', 'F1:1', 'F1', 'C1', '{}', 'x', 'x', 'x')"
    ),
    "m004_followups": (
        "INSERT INTO followups (team_id, number, text, owner, maker, channel, due_at, wall, zone, made_at) "
        "VALUES ('T1', 1, 'x', 'U1', 'U1', 'C1', 'x', 'x', 'UTC', 'x')"
    ),
    "m006_promises": (
        "INSERT INTO promises (team_id, number, made_at, due_at, next_at) VALUES ('T1', 1, 'x', 'x', 'x')"
    ),
    "m007_kinds_redraws_numbers": "INSERT INTO redraws VALUES ('T1', 'F1', 1)",
    "m009_around_the_core": "INSERT INTO deeds VALUES ('T1', 'C1:1', 'F1', 'x')",
    "m010_cases_as_lived": (
        "INSERT INTO watched (team_id, channel, thread_ts, began_at, joined) VALUES ('T1', 'C1', '1', 'x', 1)"
    ),
    "m011_recurrences": ("INSERT INTO preferences (team_id, user, name, value) VALUES ('T1', 'U1', 'morning', 'on')"),
    "m005_cases": (
        "INSERT INTO cases (team_id, number, channel, thread_ts, owner, policy, state, opened_at) "
        "VALUES ('T1', 1, 'C1', '1.2', 'U1', '{}', 'open', 'x')"
    ),
}


@pytest.mark.parametrize("last", STEPS)
def test_a_database_of_each_earlier_schema_opens_migrates_and_keeps_its_rows(tmp_path: Path, last: str) -> None:
    path = tmp_path / "bot.db"
    made = STEPS[: STEPS.index(last) + 1]
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    steps = sorted(known())
    for step in made:
        later = [one for one in steps if one > step]
        MIGRATIONS.apply(Database(connection), **({"stop_before": later[0]} if later else {}))
        connection.execute(ROWS[step])
    connection.commit()
    connection.close()

    database = open_database(path)

    for step in STEPS:
        table = {"m007": "redraws", "m009": "deeds", "m010": "watched WHERE joined = 1", "m011": "preferences"}.get(
            step[:4], step[5:]
        )
        assert database.rows(f"SELECT COUNT(*) AS n FROM {table}")[0]["n"] == (1 if step in made else 0), table
    database.close()


def test_every_step_has_a_row_in_this_test() -> None:
    assert set(ROWS) | WITHOUT_ROWS == known()
