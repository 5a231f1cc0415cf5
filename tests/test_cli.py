"""The command line, as people and scripts use it: as a process of its own."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.clock import SystemClock
from bot.config import shipped_manifest, shipped_playbooks
from bot.delivery.outbox import Outbox
from bot.demo_seed import HARBOUR_SALES
from bot.emulator.faults import held, server_error
from bot.emulator.manifest import read_manifest
from bot.emulator.stories import PATIENCE_S, Person
from bot.emulator.workspace import Workspace
from bot.followups.model import LocalTime, NewFollowUp
from bot.followups.series import Series
from bot.storage.sqlite import open_database
from tests.delivering import follow_ups_of
from tests.wire import wait_for

ROOT = Path(__file__).resolve().parents[1]
OURS = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME") or name.startswith("COV")}


def toughcustomer(
    *words: str, typed: str = "", folder: Path = ROOT, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run the program with a bare environment."""
    cache = os.environ["XDG_CACHE_HOME"]
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        input=typed,
        capture_output=True,
        text=True,
        timeout=10 * PATIENCE_S,
        check=False,
        cwd=folder,
        env={**OURS, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": cache, **environ},
    )


def test_find_shows_the_card_with_lines_to_say_and_why() -> None:
    shown = toughcustomer("find", "he", "wants", "to", "talk", "to", "my", "boss")

    assert shown.returncode == 0
    assert shown.stdout.startswith("Offer your manager before they demand one\n")
    assert "“I'd like my manager to hear this" in shown.stdout
    assert "because of: boss" in shown.stdout


def test_find_admits_that_nothing_fits() -> None:
    shown = toughcustomer("find", "what's for lunch")
    assert shown.stdout.startswith("No good match. What is going on?")


def test_find_reads_standard_input_and_asks_when_there_is_nothing() -> None:
    assert "Offer your manager" in toughcustomer("find", typed="he wants my boss").stdout
    nothing = toughcustomer("find", typed="")
    assert nothing.returncode == 2
    assert "Tell me what is happening" in nothing.stderr


def test_jsonl_answers_each_line_with_a_line_and_a_bad_one_with_an_error() -> None:
    lines = [
        '{"text": "he wants to talk to my boss"}',
        '{"text": "what is for lunch"}',
        "not json",
        '{"txt": "x"}',
        '{"text": 5}',
        '{"text": ""}',
    ]

    shown = toughcustomer("find", "--jsonl", typed="\n".join(lines) + "\n\n")

    answers: list[dict[str, Any]] = [json.loads(line) for line in shown.stdout.splitlines()]
    assert len(answers) == len(lines)
    assert answers[0]["cards"][0]["id"] == "offer-your-manager"
    assert 0 < answers[0]["cards"][0]["score"] <= 1
    assert "boss" in answers[0]["cards"][0]["why"]
    assert answers[0]["ms"] >= 0
    assert answers[1]["cards"] == []
    assert all("each must be of the form" in answer["error"] for answer in answers[2:5])
    assert answers[5]["cards"] == []


def test_jsonl_answers_at_once_and_not_at_the_end() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "find", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write('{"text": "he wants my boss"}\n')
    process.stdin.flush()
    assert "offer-your-manager" in process.stdout.readline()
    process.stdin.close()
    assert process.wait(PATIENCE_S) == 0
    process.stdout.close()


def test_cards_lists_all_by_moment_and_card_shows_one() -> None:
    listed = toughcustomer("cards").stdout
    assert listed.count("\n") == 41 + 9
    assert listed.startswith("They shout or insult me\n")

    shown = toughcustomer("card", "stay", "clam")
    assert "Not when" in shown.stdout
    wrong = toughcustomer("card", "xyzzy")
    assert wrong.returncode == 2
    assert 'There is no card "xyzzy"' in wrong.stderr


def test_cards_used_counts_the_thumbs_beside_a_running_bot(tmp_path: Path) -> None:
    database = open_database(tmp_path / "bot.db")
    for answer, helped in (("a", 1), ("b", 1), ("c", 0)):
        database.execute(
            "INSERT INTO thumbs VALUES ('T', :a, 'stay-calm', :h, NULL, NULL, 'x')", {"a": answer, "h": helped}
        )

    shown = toughcustomer("cards", "--used", DATABASE_URL=f"sqlite:///{tmp_path / 'bot.db'}")

    assert shown.stdout.split() == ["stay-calm", "helped", "2", "did", "not", "1"]
    database.close()


def test_version() -> None:
    from bot import __version__

    assert toughcustomer("version").stdout == f"{__version__}\n"


def test_run_without_tokens_says_which_what_shape_and_where_to_find_them() -> None:
    refused = toughcustomer("run", folder=Path("/"))

    assert refused.returncode == 2
    assert "SLACK_BOT_TOKEN is not set: it begins with xoxb-" in refused.stderr
    assert "api.slack.com/apps" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_settings_are_read_from_dot_env_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-file\nLOG_LEVEL=loud\n")

    refused = toughcustomer("run", folder=tmp_path)
    assert 'LOG_LEVEL is "LOUD"' in refused.stderr

    refused = toughcustomer("run", folder=tmp_path, LOG_LEVEL="INFO")
    assert "LOG_LEVEL" not in refused.stderr
    assert "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set" in refused.stderr


def test_check_finds_all_mistakes_at_once(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped_playbooks(), tmp_path / "playbooks"))
    card = folder / "tactics" / "stay-calm.md"
    card.write_text(card.read_text().replace("stage: both", "stage: prospct"))
    (tmp_path / "bot.db").write_text("no database at all " * 100)

    checked = toughcustomer(
        "check", PORT="x", PLAYBOOKS=str(folder), DATABASE_URL=f"sqlite:///{tmp_path / 'bot.db'}", folder=tmp_path
    )

    assert checked.returncode == 2
    assert 'PORT is "x"' in checked.stderr
    assert 'playbooks/tactics/stay-calm.md:5: stage is "prospct"; use prospect, customer or both.' in checked.stderr
    assert "damaged or not a SQLite database" in checked.stderr
    assert "3 mistakes." in checked.stderr


def test_check_says_what_is_in_order(tmp_path: Path) -> None:
    checked = toughcustomer("check", folder=tmp_path)

    assert checked.returncode == 0, checked.stderr
    assert "41 cards" in checked.stdout
    assert "by words and by meaning" in checked.stdout


def test_check_tries_the_token_and_its_scopes(tmp_path: Path) -> None:
    few = replace(read_manifest(shipped_manifest()), scopes=("chat:write", "commands"))
    workspace = Workspace(few, waits_s=PATIENCE_S, seed=HARBOUR_SALES).start()
    known = {"SLACK_BOT_TOKEN": workspace.tokens.bot, "SLACK_API_URL": workspace.api_url}
    checked = toughcustomer("check", folder=tmp_path, **known)
    assert checked.returncode == 2
    assert "The token lacks the scopes app_mentions:read, channels:history" in checked.stderr

    checked = toughcustomer("check", folder=tmp_path, **{**known, "SLACK_BOT_TOKEN": "xoxb-wrong"})
    assert "Slack refused SLACK_BOT_TOKEN (invalid_auth)" in checked.stderr
    workspace.stop()


def test_broken_playbooks_are_told_by_every_command(tmp_path: Path) -> None:
    for words in (("find", "x"), ("cards",), ("card", "x")):
        refused = toughcustomer(*words, PLAYBOOKS=str(tmp_path))
        assert refused.returncode == 2
        assert "PLAYBOOKS names the folder above it" in refused.stderr


def test_slack_being_away_is_told_apart_from_what_somebody_has_to_mend(tmp_path: Path) -> None:
    nobody = {"SLACK_BOT_TOKEN": "xoxb-1-abc", "SLACK_API_URL": "http://127.0.0.1:9/api/"}
    ran = toughcustomer("run", folder=tmp_path, SLACK_SIGNING_SECRET="0" * 32, **nobody)
    assert ran.returncode == 75
    assert "Slack cannot be reached at http://127.0.0.1:9/api/ (URLError). Is this machine on" in ran.stderr

    checked = toughcustomer("check", folder=tmp_path, SLACK_SIGNING_SECRET="0" * 32, **nobody)
    assert checked.returncode == 75
    assert "cannot be reached from here. Is this machine on the network?" in checked.stderr
    mistaken = toughcustomer("check", folder=tmp_path, **nobody)
    assert mistaken.returncode == 2


@pytest.mark.parametrize("word", ["run", "check"])
def test_slack_that_answers_with_an_error_of_its_own_is_away_too(
    workspace: Workspace, environ: dict[str, str], tmp_path: Path, word: str
) -> None:
    workspace.faults.add(server_error("auth.test", deed=False))
    ended = toughcustomer(word, folder=tmp_path, **{**environ, "SLACK_SIGNING_SECRET": "0" * 32})
    assert ended.returncode == 75
    assert "Slack does not answer properly now" in ended.stderr


@pytest.fixture
def environ(workspace: Workspace, tmp_path: Path) -> dict[str, str]:
    return {
        **OURS,
        "PYTHONPATH": str(ROOT),
        "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],
        "SLACK_BOT_TOKEN": workspace.tokens.bot,
        "SLACK_API_URL": workspace.api_url,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
    }


def start(environ: dict[str, str], folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
        cwd=folder,
    )


def line_with(process: "subprocess.Popen[str]", word: str) -> str:
    """The first line on standard error that holds *word*."""
    assert process.stderr
    for line in process.stderr:
        if word in line:
            return line
    raise AssertionError(f"ended without {word!r}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_says_ready_answers_and_ends_cleanly_when_told(
    workspace: Workspace, environ: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    process = start({**environ, "SLACK_SIGNING_SECRET": workspace.tokens.signing_secret, "PORT": "0"}, tmp_path)
    assert workspace.deliver_to(line_with(process, "ready").split("ready: ")[1].strip()) == ""
    mia = Person(workspace, "mia")
    mia.says("/toughcustomer he wants my boss")
    assert mia.sees("*Say*").headline.startswith("Offer your manager")

    process.send_signal(number)

    assert process.wait(PATIENCE_S) == 0
    left = process.stderr.read() if process.stderr else ""
    assert "Traceback" not in left
    process.stderr.close()  # type: ignore[union-attr]
    process.stdout.close()  # type: ignore[union-attr]
    open_database(tmp_path / "bot.db").close()  # nobody holds it any more


def test_run_over_socket_mode_says_ready_when_events_can_arrive(
    workspace: Workspace, environ: dict[str, str], tmp_path: Path
) -> None:
    process = start({**environ, "SLACK_APP_TOKEN": workspace.tokens.app}, tmp_path)
    assert "Socket Mode" in line_with(process, "ready")
    mia = Person(workspace, "mia")
    mia.says("/toughcustomer he wants my boss")
    mia.sees("Offer your manager")

    second = start({**environ, "SLACK_APP_TOKEN": workspace.tokens.app}, tmp_path)
    assert second.wait(PATIENCE_S) == 2
    assert "One bot serves one database" in second.communicate()[1]

    process.terminate()
    assert process.wait(PATIENCE_S) == 0
    process.communicate()


def test_a_port_in_use_is_told_and_nothing_is_held(
    workspace: Workspace, environ: dict[str, str], tmp_path: Path
) -> None:
    busy = workspace.api_url.split(":")[2].split("/")[0]
    process = start({**environ, "SLACK_SIGNING_SECRET": workspace.tokens.signing_secret, "PORT": busy}, tmp_path)

    assert process.wait(PATIENCE_S) == 2
    assert "Address already in use" in process.communicate()[1]
    open_database(tmp_path / "bot.db").close()


def test_a_command_under_way_is_answered_when_the_bot_is_told_to_end(
    workspace: Workspace, environ: dict[str, str], tmp_path: Path
) -> None:
    patient = {"SLACK_TIMEOUT": f"{10 * PATIENCE_S:.0f}s", "LOG_LEVEL": "ERROR"}
    process = start({**environ, **patient, "SLACK_APP_TOKEN": workspace.tokens.app}, tmp_path)
    line_with(process, "ready")
    workspace.faults.add(held("response_url", threading.Event()))  # for good
    mia = Person(workspace, "mia")
    mia.says("/toughcustomer")
    mia.clicks("They feel unheard")
    wait_for(workspace, "response_url", answered=False)

    process.terminate()

    assert process.wait(PATIENCE_S) == 0  # a call to Slack that hangs does not hold the process
    process.communicate()


def test_thumbs_of_a_database_that_was_never_used_are_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "bot.db").touch()
    refused = toughcustomer("cards", "--used", DATABASE_URL=f"sqlite:///{tmp_path / 'bot.db'}")
    assert refused.returncode == 2
    assert "Start the bot once" in refused.stderr


def test_check_asks_for_all_that_run_needs(tmp_path: Path) -> None:
    checked = toughcustomer("check", folder=tmp_path, SLACK_SIGNING_SECRET="0" * 32)
    assert checked.returncode == 2
    assert "SLACK_BOT_TOKEN is not set" in checked.stderr


def test_a_dot_env_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"LOG_LEVEL=INFO # caf\xe9\n")
    for command in ("run", "check"):
        refused = toughcustomer(command, folder=tmp_path)
        assert refused.returncode == 2
        assert "is not UTF-8 text" in refused.stderr


def test_when_shows_how_a_text_is_understood_and_what_would_be_asked() -> None:
    said = ("when", "--now", "2026-11-24T10:15:00+01:00", "--tz", "Europe/Berlin")
    shown = toughcustomer(*said, "Acme friday 3pm send the options")
    assert shown.returncode == 0
    assert shown.stdout.splitlines() == [
        "Friday 27 November 2026, 15:00 (Europe/Berlin)",
        "read: friday 3pm",
        "Acme send the options",
    ]

    asked = toughcustomer("when", "Acme send the options")
    assert asked.returncode == 1
    assert asked.stdout.startswith("I see no date in that.")

    wrong = toughcustomer("when", "--tz", "Mars/Olympus", "friday")
    assert wrong.returncode == 2
    assert "Europe/Berlin" in wrong.stderr


def test_when_answers_each_line_with_a_line() -> None:
    asked = {"text": "text Milton in 15 minutes", "now": "2026-12-21T08:40:00-06:00", "tz": "America/Chicago"}
    more = [{"text": "every monday 9:00 check usage"}, {"text": "call Dana"}, {"tz": "x"}]
    lines = [json.dumps(asked), *(json.dumps({**asked, **one}) for one in more), "{"]
    shown = toughcustomer("when", "--jsonl", typed="\n".join(lines))

    instant, repeated, none, unknown, broken = [json.loads(line) for line in shown.stdout.splitlines()]
    assert (instant["kind"], instant["due"], instant["text"]) == ("instant", "2026-12-21T14:55:00Z", "text Milton")
    assert (repeated["kind"], repeated["rule"]) == ("rule", "FREQ=WEEKLY;BYDAY=MO")
    assert repeated["due"] == "2026-12-21T15:00:00Z"
    assert (none["kind"], none["error"]) == ("error", "none")
    assert none["ask"]
    assert "time zone" in unknown["error"]
    assert "must be of the form" in broken["error"]


def test_follow_ups_are_listed_and_written_as_a_calendar_beside_a_running_bot(tmp_path: Path) -> None:
    where = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db", "TIMEZONE": "Europe/Berlin"}
    database = open_database(tmp_path / "bot.db")
    service = follow_ups_of(Outbox(database, "T1"), SystemClock())
    day = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=2)
    due = LocalTime.of(day, ZoneInfo("Europe/Berlin"))
    series = Series("FREQ=DAILY", due.wall, due.zone)
    service.make(NewFollowUp("check usage", "U1", due, "C1", "Acme", series=series), "U1")
    service.make(NewFollowUp("send it", "U2", due, "C1"), "U2")

    listed = toughcustomer("follow-ups", **where)
    assert listed.returncode == 0
    assert f"F1  due {due.wall:%Y-%m-%d %H:%M}, every day  U1  Acme: check usage" in listed.stdout
    assert "2 open. Times are Europe/Berlin." in listed.stdout
    written = toughcustomer("follow-ups", "--ics", str(tmp_path / "mine.ics"), "--owner", "U1", **where)
    assert "mine.ics holds 1 follow-up" in written.stdout
    calendar = (tmp_path / "mine.ics").read_text()
    assert "RRULE:FREQ=DAILY" in calendar
    assert "send it" not in calendar
    refused = toughcustomer("follow-ups", "--ics", str(tmp_path / "no" / "mine.ics"), **where)
    assert refused.returncode == 2
    assert "could not be written" in refused.stderr


def test_why_and_backup_work_beside_whoever_has_the_database_open(tmp_path: Path) -> None:
    where = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    missing = toughcustomer("why", "F1", **where)
    assert missing.returncode == 2
    assert "There is no database" in missing.stderr
    database = open_database(tmp_path / "bot.db")
    service = follow_ups_of(Outbox(database, "T1"), SystemClock())
    due = LocalTime.of(datetime.now(UTC) + timedelta(days=1), ZoneInfo("UTC"))
    service.make(NewFollowUp("send it", "U1", due, "C1"), "U1")

    told = toughcustomer("why", "f1", **where)
    assert told.returncode == 0
    assert told.stdout.startswith("F1: send it")
    assert f"due {due.wall:%a} {due.wall.day} {due.wall:%b}" in told.stdout
    assert told.stdout.count("UTC") == 1
    assert "There is no F9" in toughcustomer("why", "F9", **where).stderr
    assert "is no id of a follow-up" in toughcustomer("why", "soon", **where).stderr
    assert toughcustomer("backup", str(tmp_path / "copy.db"), **where).returncode == 0
    again = toughcustomer("backup", str(tmp_path / "copy.db"), **where)
    assert again.returncode == 2
    assert "overwrites nothing" in again.stderr
    database.close()


def test_restore_says_what_it_did_and_what_is_in_its_way(tmp_path: Path) -> None:
    where = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    open_database(tmp_path / "bot.db").close()
    assert toughcustomer("backup", str(tmp_path / "copy.db"), **where).returncode == 0

    done = toughcustomer("restore", str(tmp_path / "copy.db"), **where)
    assert done.returncode == 0, done.stderr
    assert "New ids go on from F2001, E2001" in done.stdout
    assert "is kept in" in done.stdout

    refused = toughcustomer("restore", str(tmp_path / "copy.db"), **where)
    assert refused.returncode == 2
    assert "Move it elsewhere or delete it" in refused.stderr


def test_purge_tells_when_a_reader_keeps_what_it_removed(tmp_path: Path) -> None:
    where = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    running = open_database(tmp_path / "bot.db")
    running.execute("INSERT INTO thumbs VALUES ('T', 'a', 'stay-calm', 1, NULL, NULL, '2026-01-01')")
    reader = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM thumbs").fetchall()

    told = toughcustomer("purge", "--before", "2026-01-02", **where)
    assert told.returncode == 0
    assert "Some other program is reading the database" in told.stderr
    reader.close()
    assert toughcustomer("purge", "--before", "2026-01-02", **where).stderr == ""
    running.close()


def test_check_says_which_dot_env_it_read_and_who_else_can_read_it(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("LOG_LEVEL=INFO\n")
    dotenv.chmod(0o644)
    checked = toughcustomer("check", folder=tmp_path)
    assert checked.returncode == 0
    assert f"{dotenv} is read" in checked.stdout
    assert f"chmod 600 {dotenv}" in checked.stderr

    dotenv.chmod(0o600)
    (tmp_path / "inner").mkdir()
    assert "other users" not in toughcustomer("check", folder=tmp_path).stderr
    assert "is read" not in toughcustomer("check", folder=tmp_path / "inner").stdout


def test_purge_of_a_person_asks_who_gets_what_is_open_and_names_the_settings_that_still_page_them(
    tmp_path: Path,
) -> None:
    database = open_database(tmp_path / "bot.db")
    clock = SystemClock()
    follow_ups = follow_ups_of(Outbox(database, "T1"), clock)
    due = LocalTime.of(clock.now() + timedelta(days=1), ZoneInfo("UTC"))
    follow_ups.make(NewFollowUp("send the options", "U012AB3CD", due, "C1"), "U012AB3CD")
    database.execute("""INSERT INTO settings VALUES ('T1', 'policy', '{"chain": ["U012AB3CD"]}')""")
    database.close()
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}", "MANAGERS": "U012AB3CD,U0OMAR"}

    refused = toughcustomer("purge", "--user", "U012AB3CD", **environ)
    assert refused.returncode == 2
    assert "Nothing was removed" in refused.stderr
    assert "(F1)" in refused.stderr
    assert "--to" in refused.stderr
    for wrong in (("--to", "U012AB3CD"), ("--to", "mia")):
        assert toughcustomer("purge", "--user", "U012AB3CD", *wrong, **environ).returncode == 2
    assert toughcustomer("purge", "--customer", "Acme", "--to", "U0OMAR", **environ).returncode == 2

    done = toughcustomer("purge", "--user", "U012AB3CD", "--to", "U0OMAR", **environ)
    assert done.returncode == 0, done.stderr
    assert "Handed over, each to somebody who is told of it: 1" in done.stdout
    assert "settings made in Slack (policy) still name U012AB3CD" in done.stdout
    assert "MANAGERS still names U012AB3CD" in done.stdout
