"""What people, Slack and disks do wrong, and what is made of it. Over HTTP."""

import time
import urllib.parse
from pathlib import Path

import pytest

from bot.app import Application
from tests.conftest import Build
from tests.workspace import Fault, Workspace, eventually, shown

SITUATION = "he wants to talk to my boss right now"


@pytest.fixture
def running(bot: Application, workspace: Workspace) -> Workspace:
    return workspace


def test_forty_thousand_characters_are_answered(running: Workspace) -> None:
    status, answer = running.command("he wants to talk to my boss. " * 1380)

    assert status == 200
    assert answer["text"].startswith("Offer your manager")


def test_three_thousand_characters_are_echoed_shortened(running: Workspace) -> None:
    _, answer = running.command("my boss " * 375)

    (echo,) = [line for line in shown(answer).splitlines() if line.startswith("“my boss")]
    assert len(echo) < 300
    assert echo.endswith("…”")


@pytest.mark.parametrize("text", ["😡😡😡", ":rage: :rage:", "…", "!!!"])
def test_only_emoji_or_signs_show_the_menu(running: Workspace, text: str) -> None:
    status, answer = running.command(text)

    assert status == 200
    assert "Hear them out" in shown(answer)


@pytest.mark.parametrize(
    ("typed", "never"),
    [
        ("<!channel> he wants my boss", "<!channel>"),
        ("&lt;!channel&gt; he wants my boss", "<!channel>"),
        ("<!here|here> he wants my boss", "<!here"),
        ("<@U9|bob> wants my boss", "<@U9"),
        ("<@U9> wants my boss", "<@U9>"),
        ("<https://evil.example|click me> he wants my boss", "<https"),
        ("*he* _wants_ `my` ~boss~ \"now\" & 'here' <b>", "<b>"),
    ],
)
def test_markup_in_a_situation_is_shown_as_text_and_calls_nobody(running: Workspace, typed: str, never: str) -> None:
    _, answer = running.command(typed)

    assert "boss" in shown(answer)
    assert never not in str(answer)
    assert "*he*" not in str(answer)


def test_a_payload_of_another_team_gets_one_sentence_and_leaves_no_trace(
    bot: Application, workspace: Workspace
) -> None:
    status, answer = workspace.command(SITUATION, team_id="T0OTHER")
    assert status == 200
    assert answer["text"].startswith("I belong to another workspace")

    workspace.team = "T0OTHER"
    assert workspace.event(workspace.mention(SITUATION)) == 200
    assert not eventually(lambda: workspace.called("chat.postMessage") != [], within=0.3)
    assert bot._database.rows("SELECT * FROM inbox") == []


def test_a_bad_signature_an_old_timestamp_and_no_timestamp_are_refused(running: Workspace) -> None:
    body = urllib.parse.urlencode(running.command_payload(SITUATION))

    assert running.send(body, secret="f" * 32)[0] == 401
    assert running.send(body, timestamp=str(int(time.time()) - 301))[0] == 401
    assert running.send(body, timestamp="soon")[0] == 401
    assert running.send(body)[0] == 200


@pytest.mark.parametrize("body", ["", "{", "payload=%7B", "[]", "null", "payload=5"])
def test_a_signed_body_that_is_no_request_does_no_harm(running: Workspace, body: str) -> None:
    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        status, _ = running.send(body, content_type=content_type)
        assert 400 <= status <= 599 or status == 200

    assert running.command(SITUATION)[0] == 200


def test_the_same_event_five_times_is_answered_once(running: Workspace) -> None:
    event = running.mention(SITUATION)
    for _ in range(5):
        assert running.event(event, event_id="Ev0SAME") == 200

    running.wait_for("chat.postMessage")
    assert not eventually(lambda: len(running.called("chat.postMessage")) > 1, within=0.4)


def test_one_message_that_comes_as_two_events_is_answered_once(running: Workspace) -> None:
    running.event(running.direct(SITUATION, ts="9.9"))
    running.event(running.direct(SITUATION, ts="9.9"))

    running.wait_for("chat.postMessage")
    assert not eventually(lambda: len(running.called("chat.postMessage")) > 1, within=0.4)


def test_a_429_is_waited_for_as_long_as_slack_asks(running: Workspace) -> None:
    running.faults.append(Fault("chat.postMessage", status=429, headers={"Retry-After": "1"}, body='{"ok": false}'))
    asked_at = time.monotonic()

    running.event(running.mention(SITUATION))

    (posted,) = running.wait_for("chat.postMessage")
    assert posted.at - asked_at >= 1.0


@pytest.mark.parametrize(
    "fault",
    [
        Fault("chat.postMessage", status=500, body="oops", deed=True),
        Fault("chat.postMessage", status=200, body='{"ok": false, "error": "fatal_error"}', deed=True),
        Fault("chat.postMessage", status=200, body="<html>", deed=True),
        Fault("chat.postMessage", hang_s=2.0, body='{"ok": true, "ts": "1.1"}', deed=True),
    ],
    ids=["500", "fatal_error", "garbage", "nothing"],
)
def test_an_answer_that_may_have_arrived_is_not_posted_again(running: Workspace, fault: Fault) -> None:
    running.faults.append(fault)

    running.event(running.mention(SITUATION))

    running.wait_for("chat.postMessage")
    assert not eventually(lambda: len(running.called("chat.postMessage")) > 1, within=2.5)
    assert running.command(SITUATION)[0] == 200  # and the bot goes on


def test_a_private_answer_is_sent_again_once_where_slack_fails(running: Workspace) -> None:
    _, menu = running.command("")
    running.faults.append(Fault("response_url", status=500, body="oops"))

    running.click(menu, "Hear them out")

    (answer,) = running.wait_for("response_url")
    assert "Listen until they feel heard" in answer.text


def test_a_share_that_may_have_arrived_is_not_repeated_and_the_person_is_told(running: Workspace) -> None:
    _, answer = running.command(SITUATION)
    running.faults.append(Fault("response_url", status=500, body="oops", deed=True))

    running.click(answer, "Share")

    calls = running.wait_for("response_url", 2)
    assert [call.body["response_type"] for call in calls] == ["in_channel", "ephemeral"]
    assert "Slack did not say whether that arrived" in calls[1].text
    assert "TC-" in calls[1].text


def _fill_the_disk(bot: Application) -> None:
    """SQLite's own way of saying that there is no room: not one page more."""
    pages = bot._database.rows("PRAGMA page_count")[0]["page_count"]
    bot._database.rows(f"PRAGMA max_page_count = {pages}")
    bot._database.rows("PRAGMA wal_checkpoint(TRUNCATE)")


def _make_read_only(bot: Application) -> None:
    bot._database.execute("PRAGMA query_only = 1")


@pytest.mark.parametrize("spoil", [_fill_the_disk, _make_read_only], ids=["full", "read-only"])
def test_with_a_full_or_read_only_disk_cards_are_shown_thumbs_refused_and_events_left_to_slack(
    bot: Application, workspace: Workspace, spoil: object
) -> None:
    for number in range(200):  # fill the free space of the pages that are there
        bot._inbox.accept("T0TOUGH", workspace.event_payload(workspace.direct("x" * 100, ts=f"{number}.1")))
    assert eventually(lambda: bot._inbox.waiting() == 0)
    workspace.calls.clear()
    spoil(bot)  # type: ignore[operator]

    status, answer = workspace.command(SITUATION)
    assert status == 200
    assert answer["text"].startswith("Offer your manager")

    long_text = "x" * 20_000  # larger than any page, so that a new one is needed
    assert workspace.event(workspace.mention(long_text)) == 503
    assert workspace.called("chat.postMessage") == []

    if spoil is _make_read_only:
        workspace.click(answer, "👍")
        (refused,) = workspace.wait_for("response_url")
        assert "I could not store that" in refused.text
        assert "TC-" in refused.text


def test_a_card_broken_while_running_leaves_the_last_good_cards_in_force_and_the_admins_told(
    build: Build, workspace: Workspace, playbooks: Path
) -> None:
    bot = build(playbooks=playbooks, admins=("U0ADA",))
    card = playbooks / "tactics" / "stay-calm.md"
    card.write_text(card.read_text().replace("stage: both", "stage: prospct"))

    assert eventually(lambda: bot.library.mistakes != (), within=10)

    (told,) = workspace.wait_for("chat.postMessage")
    assert told.body["channel"] == "U0ADA"
    assert 'stay-calm.md:5: stage is "prospct"; use prospect, customer or both' in told.text
    _, answer = workspace.command("card stay calm")
    assert answer["text"].startswith("Stay calm and professional")

    card.write_text(
        card.read_text().replace("stage: prospct", "stage: both").replace("Stay calm and prof", "Be calm and prof")
    )
    assert eventually(lambda: bot.library.mistakes == (), within=10)
    _, answer = workspace.command("card stay-calm")
    assert answer["text"].startswith("Be calm and professional")


@pytest.mark.parametrize("text", ["card", "card !!!", "card 😡", "help?", "help!"])
def test_a_subcommand_with_nothing_of_use_behind_it_gets_an_answer(running: Workspace, text: str) -> None:
    status, answer = running.command(text)

    assert status == 200
    assert "Something went wrong" not in answer["text"]
    assert ("Tell me what the customer is doing" in answer["text"]) == text.startswith("help")


@pytest.mark.parametrize(
    "text", ["card declined", "card declined again and he is shouting", "card holder is angry", "card is not working"]
)
def test_the_other_kind_of_card_is_a_situation(running: Workspace, text: str) -> None:
    _, answer = running.command(text)

    assert "There is no card" not in shown(answer)
    assert "The subcommand is written `/toughcustomer card NAME`" in shown(answer)


def test_one_wrong_admin_does_not_keep_the_others_from_hearing(
    build: Build, workspace: Workspace, playbooks: Path
) -> None:
    build(playbooks=playbooks, admins=("U0GONE", "U0ADA"))
    refusal = '{"ok": false, "error": "channel_not_found"}'
    workspace.faults.append(Fault("chat.postMessage", body=refusal))
    (playbooks / "sources.yaml").write_text("dragon: 1\n")

    (told,) = workspace.wait_for("chat.postMessage", within=12)
    assert told.body["channel"] == "U0ADA"


def test_a_thread_that_cannot_be_read_is_told_in_a_sentence_and_a_429_is_waited_for(running: Workspace) -> None:
    running.threads["7.7"] = [{"ts": "0.1", "user": "U2", "text": "he wants to talk to my boss"}]
    running.faults.append(
        Fault("conversations.replies", 429, {"Retry-After": "1"}, '{"ok":false,"error":"ratelimited"}')
    )
    running.event(running.mention("", thread_ts="7.7"))
    assert "Offer your manager" in running.wait_for("chat.postMessage")[0].text

    running.faults.append(Fault("conversations.replies", body='{"ok": false, "error": "missing_scope"}'))
    running.event(running.mention("", thread_ts="7.7"))
    assert "I could not read this thread (missing_scope)" in running.wait_for("chat.postMessage", 2)[1].text


def test_what_is_being_answered_leaves_no_words_in_the_database(bot: Application, workspace: Workspace) -> None:
    workspace.faults.append(Fault("chat.postMessage", hang_s=0.8, body='{"ok": true, "ts": "1.1"}', deed=True))
    workspace.event(workspace.mention(SITUATION))
    workspace.wait_for("chat.postMessage")

    assert bot._database.rows("SELECT state, payload FROM inbox") == [{"state": "working", "payload": None}]
    assert eventually(lambda: bot._inbox.waiting() == 0)
    bot._inbox.forget_old()
    database = Path(bot._database.rows("PRAGMA database_list")[0]["file"])
    for path in database.parent.glob("bot.db*"):
        assert b"talk to my boss" not in path.read_bytes(), path.name
