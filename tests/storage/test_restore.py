"""A backup put back: whole whenever it is killed, and told that time has passed which it knows nothing of."""

import os
import shutil
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database as SqliteUtils

from bot.clock import instant, stamp
from bot.delivery.model import Draft
from bot.delivery.outbox import Outbox
from bot.errors import DatabaseInUse, DatabaseRefused, StorageUnavailable
from bot.followups.store import FollowUpStore
from bot.slack.block_kit import message
from bot.storage.backup import back_up
from bot.storage.marks import counted_from, restored_at
from bot.storage.migrations import APPLICATION_ID, MIGRATIONS, known
from bot.storage.numbers import next_number
from bot.storage.restore import Restored, restore
from bot.storage.sqlite import open_database
from tests.storage.test_migrations import ROWS, STEPS

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
THUMB = "INSERT INTO thumbs VALUES ('T1', :answer, 'stay-calm', 1, NULL, NULL, '2026-11-24T09:00:00.000+00:00')"
CASE = (
    "INSERT INTO cases (team_id, number, channel, thread_ts, owner, policy, state, step, tries, due_at, opened_at) "
    "VALUES ('T1', :number, 'C1', :number, 'U1', :policy, :state, 1, 1, :due, '2026-11-24T09:00:00.000+00:00')"
)
POLICY = '{"steps": [{"who": ["U1"], "wait": 600.0}, {"who": ["U2"], "wait": 300.0}]}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
def copy(tmp_path: Path, path: Path) -> Path:
    """A backup that holds one thumb, "early", of a database that holds "late", too."""
    database = open_database(path)
    database.execute(THUMB, {"answer": "early"})
    back_up(path, tmp_path / "copy.db")
    database.execute(THUMB, {"answer": "late"})
    database.close()
    return tmp_path / "copy.db"


def thumbs(path: Path) -> set[str]:
    """What a bot would find after its next start."""
    database = open_database(path)
    found = {row["answer"] for row in database.rows("SELECT answer FROM thumbs")}
    database.close()
    return found


def draft(key: str, due: datetime) -> Draft:
    return Draft(key, "reminder", key.partition(":")[0], "C1", message(f"{key} is due"), due)


def test_what_was_backed_up_is_there_and_what_stood_there_before_is_kept(path: Path, copy: Path) -> None:
    done = restore(path, copy, NOW)

    assert done.kept == path.with_name("bot.db.before-restore")
    assert str(done.kept) in "\n".join(done.lines())
    assert "2026-11-24 09:00:00 UTC" in done.lines()[0]
    assert thumbs(path) == {"early"}
    shutil.move(done.kept, path.with_name("other.db"))
    assert thumbs(path.with_name("other.db")) == {"early", "late"}


def test_on_a_new_machine_there_is_nothing_to_keep(tmp_path: Path, copy: Path) -> None:
    (tmp_path / "new").mkdir()
    done = restore(tmp_path / "new" / "bot.db", copy, NOW)

    assert done.kept is None
    assert thumbs(tmp_path / "new" / "bot.db") == {"early"}


def test_while_a_bot_runs_nothing_is_restored(path: Path, copy: Path) -> None:
    running = open_database(path)
    with pytest.raises(DatabaseInUse, match="One bot serves one database"):
        restore(path, copy, NOW)
    with pytest.raises(DatabaseInUse, match="A bot runs on"):
        restore(path.with_name("other.db"), path, NOW)
    running.close()
    assert thumbs(path) == {"early", "late"}


def test_while_another_program_has_it_open_nothing_is_restored(path: Path, copy: Path) -> None:
    shell = sqlite3.connect(path)
    shell.execute("SELECT * FROM thumbs").fetchall()
    with pytest.raises(DatabaseInUse, match="Some other program has"):
        restore(path, copy, NOW)
    shell.close()
    assert thumbs(path) == {"early", "late"}


def _empty(copy: Path) -> None:
    copy.write_bytes(b"")


def _damage(copy: Path) -> None:
    raw = bytearray(copy.read_bytes())
    raw[4096 * 9 : 4096 * 12] = b"\xaa" * 4096 * 3
    copy.write_bytes(raw)


def _make_newer(copy: Path) -> None:
    with sqlite3.connect(copy) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('toughcustomer', 'm999_x', 'x')"
        )


def _make_foreign(copy: Path) -> None:
    with sqlite3.connect(copy) as connection:
        connection.execute("PRAGMA application_id = 7")


def _remove(copy: Path) -> None:
    copy.unlink()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_empty, "is empty"),
        (_damage, "is damaged"),
        (_make_newer, "made by a newer toughcustomer"),
        (_make_foreign, "belongs to some other program"),
        (_remove, "There is no file"),
    ],
)
def test_what_is_no_backup_of_ours_is_refused_and_all_stays_as_it_was(
    path: Path, copy: Path, spoil: object, said: str
) -> None:
    spoil(copy)  # type: ignore[operator]
    before = path.read_bytes()

    with pytest.raises(DatabaseRefused, match=said):
        restore(path, copy, NOW)

    assert path.read_bytes() == before
    assert {one.name for one in path.parent.iterdir()} <= {"bot.db", "bot.db.lock", "copy.db"}


def test_what_an_earlier_restore_kept_is_not_overwritten(path: Path, copy: Path) -> None:
    restore(path, copy, NOW)
    with pytest.raises(DatabaseRefused, match="Move it elsewhere or delete it"):
        restore(path, copy, NOW)
    with pytest.raises(DatabaseRefused, match="is the database itself"):
        restore(path, path, NOW)


def test_a_database_of_some_other_program_is_not_replaced(path: Path, copy: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE invoices (id)")
    with pytest.raises(DatabaseRefused, match="belongs to some other program"):
        restore(path, copy, NOW)


def test_a_damaged_database_is_replaced_and_kept_with_what_stood_beside_it(path: Path, copy: Path) -> None:
    _damage(path)
    path.with_name("bot.db-wal").write_bytes(b"torn")

    done = restore(path, copy, NOW)

    assert thumbs(path) == {"early"}
    assert done.kept
    assert done.kept.with_name("bot.db.before-restore-wal").read_bytes() == b"torn"


STEPS_OF_A_RESTORE = ["copied", "looked at", "whole", "made ready", "kept", "exchanged"]


def killed_at(step: str, path: Path, copy: Path) -> None:
    """Restore in a process of its own, which dies at *step*."""

    def die(reached: str) -> None:
        if reached == step:
            os._exit(9)

    child = os.fork()
    if child == 0:
        try:
            restore(path, copy, NOW, die)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def leave_a_log(path: Path, more: int = 0) -> None:
    """A bot that is killed: what it stored last stands in the write-ahead log alone."""
    child = os.fork()
    if child == 0:
        try:
            database = open_database(path)
            database.execute("DELETE FROM thumbs WHERE answer = 'last'")
            database.execute(THUMB, {"answer": "last"})
            for number in range(more):
                database.execute(THUMB, {"answer": f"more {number}"})
        finally:
            os._exit(9)
    os.waitpid(child, 0)
    assert path.with_name("bot.db-wal").stat().st_size


@pytest.mark.parametrize("step", STEPS_OF_A_RESTORE)
def test_killed_at_any_step_the_old_or_the_new_one_is_there_whole_and_the_next_start_says_so(
    path: Path, copy: Path, step: str, caplog: pytest.LogCaptureFixture
) -> None:
    leave_a_log(path)
    killed_at(step, path, copy)

    after = thumbs(path)

    if step == "exchanged":
        assert after == {"early"}
        assert "was restored from a backup at 2026-11-24T12:00" in caplog.text
        assert "kept in bot.db.before-restore" in caplog.text
    else:
        assert after == {"early", "late", "last"}
        assert "a restore was begun and not finished" in caplog.text
        restore(path, copy, NOW)
        assert thumbs(path) == {"early"}
    assert not path.with_name("bot.db.restoring").exists()


def test_where_there_was_no_database_a_half_restore_is_not_taken_for_a_beginning(tmp_path: Path, copy: Path) -> None:
    (tmp_path / "new").mkdir()
    killed_at("made ready", tmp_path / "new" / "bot.db", copy)
    with pytest.raises(DatabaseRefused, match="A restore was begun and not finished"):
        open_database(tmp_path / "new" / "bot.db")


def test_a_full_disk_leaves_the_database_of_before(path: Path, copy: Path, caplog: pytest.LogCaptureFixture) -> None:
    def full(step: str) -> None:
        if step == "made ready":
            raise OSError(28, "No space left on device")

    with pytest.raises(StorageUnavailable, match="No space left"):
        restore(path, copy, NOW, full)
    assert thumbs(path) == {"early", "late"}
    assert "no bot has run" not in caplog.text


@pytest.mark.parametrize("last", STEPS)
def test_a_backup_of_each_earlier_version_is_restored_and_brought_up_to_date(tmp_path: Path, last: str) -> None:
    old = tmp_path / "old.db"
    connection = sqlite3.connect(old)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    made = STEPS[: STEPS.index(last) + 1]
    for step in made:
        later = [one for one in sorted(known()) if one > step]
        MIGRATIONS.apply(SqliteUtils(connection), **({"stop_before": later[0]} if later else {}))
        connection.execute(ROWS[step])
    connection.commit()
    connection.close()

    restore(tmp_path / "bot.db", old, NOW)

    database = open_database(tmp_path / "bot.db")
    assert database.rows("SELECT COUNT(*) AS n FROM inbox") == [{"n": 1}]
    assert next_number(database, "T1", "followup") == 2001
    assert counted_from(database, "T1") == 1000
    database.close()


# what the backup is told


def told(path: Path, copy: Path, now: datetime = NOW) -> Restored:
    done = restore(path, copy, now)
    if done.kept:
        done.kept.unlink()
    return done


def test_ids_go_on_far_above_the_last_of_either_for_teams_that_the_backup_never_saw_too(
    path: Path, tmp_path: Path
) -> None:
    database = open_database(path)
    for _ in range(7):
        next_number(database, "T1", "case")
    back_up(path, tmp_path / "copy.db")
    for _ in range(2500):  # more than a thousand, in the time that the backup knows nothing of
        next_number(database, "T1", "followup")
    database.close()

    done = told(path, tmp_path / "copy.db")

    assert done.begun.first_ids == ("F4001", "E2001")
    database = open_database(path)
    assert next_number(database, "T1", "followup") == 4001
    assert next_number(database, "T1", "case") == 2001
    assert next_number(database, "T2", "case") == 2001
    database.close()
    told(path, tmp_path / "copy.db")
    database = open_database(path)
    assert next_number(database, "T1", "case") == 4001  # restored again: what was given meanwhile counts
    assert counted_from(database, "T1") == counted_from(database, "T2") == 2000
    database.close()


def test_what_was_due_is_in_doubt_and_what_is_still_to_come_waits(path: Path, tmp_path: Path) -> None:
    database = open_database(path)
    outbox = Outbox(database, "T1")
    for key, due in (("F1:1", NOW - timedelta(hours=1)), ("F2:1", NOW + timedelta(hours=1))):
        outbox.add(draft(key, due), NOW - timedelta(hours=2))
    back_up(path, tmp_path / "copy.db")
    database.close()

    done = told(path, tmp_path / "copy.db")

    assert done.begun.in_doubt == 1
    database = open_database(path)
    outbox = Outbox(database, "T1")
    (due,), (coming,) = outbox.about("F1"), outbox.about("F2")
    assert (due.state, due.trouble, due.verify_at, due.doubt_until) == ("in_doubt", "restored", NOW, NOW)
    assert coming.state == "pending"
    database.close()


def test_what_fell_due_in_the_lost_time_is_in_doubt_when_it_is_planned_and_what_is_new_is_not(
    path: Path, copy: Path
) -> None:
    told(path, copy)
    database = open_database(path)
    outbox = Outbox(database, "T1")
    later = NOW + timedelta(minutes=5)
    outbox.add(draft("F1:1", NOW - timedelta(minutes=20)), later)
    outbox.add(draft("F2:1", NOW), later)

    (lost,), (fresh,) = outbox.about("F1"), outbox.about("F2")
    assert (lost.state, lost.trouble, lost.verify_at, lost.doubt_until) == ("in_doubt", "restored", later, NOW)
    assert fresh.state == "pending"
    assert restored_at(database, "T1") == stamp(NOW)
    database.close()


def test_cases_that_are_due_get_the_wait_of_their_step_once_more(path: Path, tmp_path: Path) -> None:
    database = open_database(path)
    early, late = stamp(NOW - timedelta(minutes=1)), stamp(NOW + timedelta(minutes=1))
    for number, state, due in (
        (1, "paging", early),
        (2, "paging", late),
        (3, "acknowledged", early),
        (4, "open", None),
    ):
        database.execute(CASE, {"number": number, "policy": POLICY, "state": state, "due": due})
    back_up(path, tmp_path / "copy.db")
    database.close()

    done = told(path, tmp_path / "copy.db")

    assert (done.begun.cases, done.begun.postponed) == (4, 2)
    database = open_database(path)
    due = {row["number"]: row["due_at"] for row in database.rows("SELECT number, due_at FROM cases")}
    assert instant(due[1]) == instant(due[3]) == NOW + timedelta(minutes=5)
    assert (due[2], due[4]) == (late, None)
    logged = database.rows("SELECT number, what FROM case_log ORDER BY number")
    assert logged == [{"number": one, "what": "restored from a backup"} for one in (1, 3)]
    database.close()


def test_promises_that_are_overdue_get_a_while_and_events_are_not_read_twice(path: Path, tmp_path: Path) -> None:
    database = open_database(path)
    database.execute(
        "INSERT INTO promises (team_id, number, made_at, due_at, next_at) VALUES ('T1', 1, :at, :at, :at)",
        {"at": stamp(NOW - timedelta(hours=1))},
    )
    for event, state in (("Ev1", "received"), ("Ev2", "done")):
        database.execute(
            "INSERT INTO inbox (team_id, event_id, kind, received_at, state) VALUES ('T1', :id, 'm', :at, :state)",
            {"id": event, "at": stamp(NOW - timedelta(hours=1)), "state": state},
        )
    back_up(path, tmp_path / "copy.db")
    database.close()

    done = told(path, tmp_path / "copy.db")

    assert (done.begun.postponed, done.begun.events) == (1, 1)
    database = open_database(path)
    assert database.rows("SELECT next_at FROM promises") == [{"next_at": stamp(NOW + timedelta(minutes=15))}]
    assert {row["state"] for row in database.rows("SELECT state FROM inbox")} == {"dead", "done"}
    database.close()


def test_files_are_for_this_user_alone_under_any_umask(path: Path, copy: Path) -> None:
    before = os.umask(0)
    try:
        path.chmod(0o666)
        done = restore(path, copy, NOW)
        database = open_database(path)
        database.execute(THUMB, {"answer": "x"})
        back_up(path, path.with_name("again.db"))
        modes = {one.name: stat.filemode(one.stat().st_mode) for one in path.parent.iterdir()}
        database.close()
    finally:
        os.umask(before)
    assert done.kept
    assert set(modes.values()) == {"-rw-------"}, modes
    assert {"bot.db-wal", "bot.db-shm", "bot.db.lock", "again.db", "bot.db.before-restore"} <= set(modes)


def test_a_snooze_after_a_restore_has_a_number_that_the_lost_time_cannot_have_used(path: Path, copy: Path) -> None:
    told(path, copy)
    database = open_database(path)
    database.execute(
        "INSERT INTO followups (team_id, number, text, owner, maker, channel, due_at, wall, zone, made_at) "
        "VALUES ('T1', 1, 'x', 'U1', 'U1', 'C1', :at, :at, 'UTC', :at)",
        {"at": stamp(NOW)},
    )
    store = FollowUpStore(database, "T1")
    one = store.get(1)
    assert one
    assert store.replace(one, one.wanted)
    again = store.get(1)
    assert again
    assert again.occurrence == 1001
    assert store.replace(again, again.wanted)
    assert database.rows("SELECT occurrence FROM followups") == [{"occurrence": 1002}]
    database.close()
