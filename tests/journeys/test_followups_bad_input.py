"""What people, Slack and disks do wrong with follow-ups, and what is made of it. Nothing is ever half done."""

import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.app import Application
from bot.emulator.clock import MovableClock
from bot.emulator.faults import cut, refusal
from bot.emulator.stories import Person, Seen
from bot.emulator.workspace import Workspace
from bot.errors import StorageUnavailable
from bot.storage.backup import back_up
from bot.storage.sqlite import SqliteDatabase, open_database
from tests.conftest import Build
from tests.wire import Wire, shown


@pytest.fixture
def transport() -> str:
    return "http"


@pytest.fixture
def stored(bot: Application) -> Callable[[], int]:
    """How many follow-ups are kept."""
    return lambda: int(bot.core.database.rows("SELECT COUNT(*) AS n FROM followups")[0]["n"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Acme yesterday send the options", "is over. When shall it be?"),
        ("Acme today at 8am send the options", "is over. When shall it be?"),
        ("Acme send the options", "I see no date in that. When?"),
        ("Acme tomorrow 3pm or friday 10am send the options", "I see two dates."),
        ("Acme monday 9am and friday 4pm send the options", "I see two dates."),
        ("Acme 31 February send the options", "There is no 31 February."),
        ("Acme 2027-02-29 send the options", "There is no 29 February 2027."),
        ("Acme 1 May 9999 send the options", "is more than ten years ahead."),
        ("Acme in 30 years send the options", "is more than ten years ahead."),
        ("Acme soon send the options", "could be more than one time."),
        ("Acme tomorrow at 25:00 send the options", "could be more than one time."),
        ("tomorrow 3pm", "What shall I remind you of?"),
        ("Acme tomorrow 3pm " + "x" * 3000, "That text has 3,000 characters; up to 1,500 fit"),
        ("Acme every minute check usage", "is too often for me: the smallest I repeat is every day"),
        ("Acme every year on 31 february check usage", "There is no"),
        ("Acme every monday until 1 november 2026 check usage", "over"),
    ],
)
def test_what_cannot_be_relied_on_is_asked_about_and_not_stored(
    wire: Wire, stored: Callable[[], int], typed: str, said: str
) -> None:
    _, answer = wire.command(f"follow-up {typed}")

    assert said in shown(answer)
    assert "Nothing was stored" in shown(answer) or said.startswith("What shall")
    assert stored() == 0


def test_words_that_only_begin_like_the_subcommand_are_a_situation(wire: Wire, stored: Callable[[], int]) -> None:
    _, answer = wire.command("remind me how to calm down a customer who is shouting?")

    assert "Did you mean `/toughcustomer follow-up CUSTOMER WHEN WHAT`?" in shown(answer)
    assert stored() == 0


def test_a_person_without_a_time_zone_is_told_how_to_get_one(
    wire: Wire, workspace: Workspace, stored: Callable[[], int]
) -> None:
    workspace.state.users["U0MIA"].tz = ""
    _, answer = wire.command("follow-up Acme tomorrow 3pm send it")

    assert "Slack does not tell me your time zone" in shown(answer)
    assert "“tomorrow 3pm CET”" in shown(answer)
    assert stored() == 0


def test_a_channel_that_the_bot_is_not_in_and_how_to_invite_it(mia: Person, stored: Callable[[], int]) -> None:
    mia.goes_to("random").says("/toughcustomer follow-up Acme tomorrow 3pm send it")

    assert "`/invite @toughcustomer`" in mia.sees("I am not in this channel").text
    assert stored() == 0


def test_a_channel_that_is_chosen_in_the_window_and_that_the_bot_is_not_in(
    mia: Person, stored: Callable[[], int]
) -> None:
    mia.uses("Follow up on this", on=mia.sees("Renewals due", where="deals"))
    mia.sees_window("New follow-up")
    mia.fills("Where?", "C0RANDOM")
    mia.submits()

    mia.sees_window("I am not in this channel", "/invite @toughcustomer")
    assert stored() == 0
    mia.fills("Where?", "C0DEALS")
    mia.submits()
    mia.sees_window("Saved as F1")


def test_slack_that_does_not_answer_about_the_zone(
    mia: Person, workspace: Workspace, stored: Callable[[], int]
) -> None:
    workspace.faults.add(*(cut("users.info", deed=False) for _ in range(3)))
    mia.says("/toughcustomer follow-up Acme tomorrow 3pm send it")

    mia.sees("I could not ask Slack who that is, and in which time zone", "nothing was stored")
    assert stored() == 0


def due(mia: Person, clock: MovableClock) -> Seen:
    mia.says("/toughcustomer follow-up Acme tomorrow 3pm send the three options")
    mia.sees("I will remind you")
    clock.advance(days=1, hours=6)
    return mia.sees(":bell:")


def test_pressed_twice_the_second_hears_who_was_first(
    mia: Person, omar: Person, clock: MovableClock, wire: Wire
) -> None:
    reminder = due(mia, clock)
    mia.clicks("Done", on=reminder)
    omar.sees("Done by <@U0MIA>")
    click = wire.last_click()
    wire.interaction({**click, "user": {**click["user"], "id": "U0OMAR"}})

    assert "F1 was marked done by <@U0MIA>" in mia.sees("was marked done").text
    omar.sees("Done by <@U0MIA>")


@pytest.mark.parametrize("label", ["Done", "Snooze", "Reassign"])
def test_pressed_after_it_was_cancelled_the_message_says_so(
    mia: Person, omar: Person, clock: MovableClock, wire: Wire, workspace: Workspace, label: str
) -> None:
    reminder = due(mia, clock)
    action = {"Done": "followups.done", "Snooze": "followups.snooze", "Reassign": "followups.reassign"}[label]
    mia.clicks("Snooze", on=reminder)
    mia.sees("until when?")
    click = wire.last_click()
    mia.says("/toughcustomer follow-ups")
    mia.clicks("Open", on=mia.sees("Open follow-ups"))
    detail = mia.sees("Due since")
    mia.clicks("Cancel", on=detail)
    drawn_anew = [mia.sees("Cancelled by").message, mia.sees("Cancelled by").message]  # in either order
    assert detail.message in drawn_anew
    assert reminder.message in drawn_anew
    trigger = workspace.call(workspace.interactions._hooks.new_trigger, "U0MIA") if label == "Reassign" else ""
    click["actions"] = [{**click["actions"][0], "action_id": action}]
    status, _ = wire.interaction({**click, **({"trigger_id": trigger} if trigger else {})})

    assert status == 200
    mia.sees("F1 was cancelled by <@U0MIA>")
    omar.sees(":no_entry_sign:")


def test_pressed_in_an_old_message_after_it_was_snoozed(
    mia: Person, omar: Person, clock: MovableClock, wire: Wire
) -> None:
    reminder = due(mia, clock)
    mia.clicks("Snooze", on=reminder)
    old = wire.last_click()
    mia.clicks("1 hour", on=mia.sees("until when?"))
    mia.sees("F1 comes again")
    omar.sees("Comes again")
    wire.interaction(old)

    assert "F1 has a new time already" in mia.sees("has a new time").text
    omar.sees("Comes again")


def test_a_button_of_another_version_is_answered_with_a_sentence(mia: Person, clock: MovableClock, wire: Wire) -> None:
    due(mia, clock)
    mia.clicks("Snooze")
    mia.sees("until when?")
    click = wire.last_click()
    wire.interaction({**click, "actions": [{**click["actions"][0], "value": "F1|3|x"}]})

    mia.sees("This button is from an older version of me")


def test_an_id_that_does_not_exist(wire: Wire) -> None:
    assert "There is no F77" in shown(wire.command("why F77")[1])


def test_what_people_typed_calls_nobody(wire: Wire, omar: Person, clock: MovableClock) -> None:
    wire.command(
        urllib.parse.unquote("follow-up &lt;!channel&gt; Acme tomorrow 3pm *send* <https://evil.example|it> `now`")
    )
    clock.advance(days=1, hours=6)

    reminder = omar.sees(":bell:")
    texts = [block["text"]["text"] for block in reminder.message.blocks if block["type"] == "section"]
    assert "<!channel>" not in str(texts)
    assert "<https" not in str(texts)


def test_a_full_disk_is_said_and_nothing_is_half_done(wire: Wire, bot: Application, stored: Callable[[], int]) -> None:
    wire.command("follow-up Acme tomorrow 3pm send it")
    assert stored() == 1
    pages = bot.core.database.rows("PRAGMA page_count")[0]["page_count"]
    bot.core.database.execute(f"PRAGMA max_page_count = {pages}")
    for _ in range(400):
        _, answer = wire.command("follow-up Acme tomorrow 3pm " + "long words " * 100)
        if "full or read-only" in shown(answer):
            break
    assert "I could not store that" in shown(answer)
    before = stored()
    bot.core.database.execute("PRAGMA max_page_count = 1073741823")
    assert "I will remind you" in shown(wire.command("follow-up Acme tomorrow 3pm send it")[1])
    assert stored() == before + 1
    logged = bot.core.database.rows("SELECT COUNT(DISTINCT number) AS n FROM followup_log")[0]["n"]
    assert logged == before + 1


def test_a_disk_that_is_full_while_delivering_loses_nothing(
    build: Build, bot: Application, mia: Person, omar: Person, clock: MovableClock
) -> None:
    mia.says("/toughcustomer follow-up Acme tomorrow 3pm send the three options")
    mia.sees("I will remind you")
    bot.core.database.execute("PRAGMA query_only = ON")
    clock.advance(days=1, hours=6)
    omar.sees_nothing_new(within=2.0)
    bot.core.database.execute("PRAGMA query_only = OFF")

    omar.sees(":bell:")
    omar.sees_nothing_new(within=1.5)


def test_on_a_disk_that_is_read_only_from_the_start_cards_are_shown_and_follow_ups_say_so(
    build: Build, bot: Application, wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workspace: Workspace
) -> None:
    wire.command("follow-up Acme tomorrow 3pm send it")
    bot.stop()

    def read_only(path: Path, **asked: Any) -> SqliteDatabase:
        opened = open_database(path, **asked)
        opened.execute("PRAGMA query_only = ON")
        return opened

    monkeypatch.setattr("bot.core.open_database", read_only)
    again = Wire(workspace, f"http://127.0.0.1:{build().port}")

    assert "Offer your manager" in shown(again.command("he wants to talk to my boss")[1])
    assert "I could not store that" in shown(again.command("follow-up Acme tomorrow 3pm send it")[1])


def test_a_backup_beside_the_running_bot_opens_and_holds_all(wire: Wire, bot: Application, tmp_path: Path) -> None:
    wire.command("follow-up Acme tomorrow 3pm send it")
    back_up(tmp_path / "bot.db", tmp_path / "copy.db")

    copy = open_database(tmp_path / "copy.db")
    assert copy.rows("SELECT text FROM followups") == [{"text": "send it"}]
    copy.close()
    with pytest.raises(StorageUnavailable, match="overwrites nothing"):
        back_up(tmp_path / "bot.db", tmp_path / "copy.db")
    with pytest.raises(StorageUnavailable, match="could not be written"):
        back_up(tmp_path / "bot.db", tmp_path / "nowhere" / "copy.db")
    assert not list(tmp_path.glob("*.part"))


def test_when_slack_refuses_the_redrawing_what_was_done_stays_done(
    mia: Person, clock: MovableClock, workspace: Workspace, bot: Application
) -> None:
    reminder = due(mia, clock)
    workspace.faults.add(refusal("chat.update", "edit_window_closed"))
    mia.clicks("Done", on=reminder)

    assert bot.core.database.rows("SELECT state FROM followups") == [{"state": "done"}]
