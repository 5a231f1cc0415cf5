"""What people, Slack and disks do wrong, and what is made of it. Over HTTP, where wrong requests can be made."""

import copy
import threading
import time
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import Application
from bot.emulator.faults import Fault, cut, garbage, held, refusal, server_error, too_many
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace
from tests.conftest import Build
from tests.wire import JSON, Wire, eventually, shown, wait_for

SITUATION = "he wants to talk to my boss right now"
ASKED = f"/toughcustomer {SITUATION}"
MENTIONED = f"@toughcustomer {SITUATION}"
CARD = "Offer your manager"


@pytest.fixture
def transport() -> str:
    return "http"


def posts(workspace: Workspace) -> int:
    return len(workspace.traffic.calls("chat.postMessage"))


def test_forty_thousand_characters_are_answered(wire: Wire) -> None:
    status, answer = wire.command("he wants to talk to my boss. " * 1380)

    assert status == 200
    assert answer["text"].startswith(CARD)


def test_three_thousand_characters_are_echoed_shortened(wire: Wire) -> None:
    _, answer = wire.command("my boss " * 375)

    (echo,) = [line for line in shown(answer).splitlines() if line.startswith("“my boss")]
    assert len(echo) < 300
    assert echo.endswith("…”")


@pytest.mark.parametrize("text", ["😡😡😡", ":rage: :rage:", "…", "!!!"])
def test_only_emoji_or_signs_show_the_menu(bot: Application, mia: Person, text: str) -> None:
    mia.says(f"/toughcustomer {text}")

    mia.sees("They feel unheard")


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
def test_markup_in_a_situation_is_shown_as_text_and_calls_nobody(wire: Wire, typed: str, never: str) -> None:
    _, answer = wire.command(typed)

    assert "boss" in shown(answer)
    assert never not in str(answer)
    assert "*he*" not in str(answer)


def test_a_payload_of_another_team_gets_one_sentence_and_leaves_no_trace(
    wire: Wire, bot: Application, workspace: Workspace
) -> None:
    status, answer = wire.command(SITUATION, team_id="T0OTHER")
    assert status == 200
    assert answer["text"].startswith("I belong to another workspace")

    assert wire.event({**wire.event_payload(wire.mention(SITUATION)), "team_id": "T0OTHER"}) == 200
    assert not eventually(lambda: posts(workspace) > 0, within=0.3)
    assert bot.core.database.rows("SELECT * FROM inbox") == []


def test_an_event_of_a_shared_channel_that_is_meant_for_us_is_answered(wire: Wire, mia: Person) -> None:
    payload = wire.event_payload(wire.mention(SITUATION, ts=None))
    mia.says("something to hang a thread on")
    payload["event"]["ts"] = next(reversed(mia.workspace.state.channels["C0DEALS"].messages))
    payload |= {"team_id": "T0PARTNER", "authorizations": [{"team_id": "T0TOUGH", "is_bot": True}]}

    wire.event(payload)

    mia.sees(CARD)


def test_a_bad_signature_an_old_timestamp_and_no_timestamp_are_refused(wire: Wire) -> None:
    body = urllib.parse.urlencode(wire.command_payload(SITUATION))

    assert wire.send(body, secret="f" * 32)[0] == 401
    assert wire.send(body, timestamp=str(int(time.time()) - 301))[0] == 401
    assert wire.send(body, timestamp="soon")[0] == 401
    assert wire.send(body)[0] == 200


@pytest.mark.parametrize("body", ["", "{", "payload=%7B", "[]", "null", "payload=5"])
def test_a_signed_body_that_is_no_request_does_no_harm(wire: Wire, body: str) -> None:
    for content_type in (JSON, "application/x-www-form-urlencoded"):
        status, _ = wire.send(body, content_type=content_type)
        assert 400 <= status <= 599 or status == 200

    assert wire.command(SITUATION)[0] == 200


def test_the_same_event_five_times_is_answered_once(wire: Wire, mia: Person, workspace: Workspace) -> None:
    mia.says(MENTIONED)
    mia.sees(CARD)
    (delivery,) = workspace.traffic.deliveries("app_mention")

    for _ in range(5):
        assert wire.event(delivery.sent) == 200

    assert not eventually(lambda: posts(workspace) > 1, within=0.4)


def test_one_message_that_comes_as_two_events_is_answered_once(wire: Wire, mia: Person, workspace: Workspace) -> None:
    mia.goes_to("toughcustomer").says(SITUATION)
    mia.sees(CARD)
    (delivery,) = [entry for entry in workspace.traffic.deliveries("message") if entry.sent["event"]["user"] == "U0MIA"]

    wire.event({**delivery.sent, "event_id": "Ev0OTHER"})

    assert not eventually(lambda: posts(workspace) > 1, within=0.4)


def test_an_event_that_was_not_acknowledged_comes_again_and_is_answered_once(
    bot: Application, mia: Person, workspace: Workspace
) -> None:
    bot.core.database.execute("PRAGMA query_only = 1")  # it cannot be kept, so it is not acknowledged
    mia.says(MENTIONED)
    told = workspace.traffic.deliveries
    assert eventually(lambda: [one.problem for one in told("app_mention")] == ["http_error"] * 2)  # at once again
    bot.core.database.execute("PRAGMA query_only = 0")

    workspace.advance(minutes=1)

    mia.sees(CARD)
    first, second, third = workspace.traffic.deliveries("app_mention")
    assert (first.problem, second.retry, third.retry) == ("http_error", 1, 2)
    assert first.sent["event_id"] == third.sent["event_id"]


def test_a_429_is_waited_for_as_long_as_slack_asks(bot: Application, mia: Person, workspace: Workspace) -> None:
    workspace.faults.add(too_many("chat.postMessage", 1))
    asked_at = time.monotonic()

    mia.says(MENTIONED)

    mia.sees(CARD)
    assert time.monotonic() - asked_at >= 1.0
    assert posts(workspace) == 2


@pytest.mark.parametrize(
    "fault",
    [
        server_error("chat.postMessage", deed=True),
        Fault("chat.postMessage", error="fatal_error", deed=True),
        garbage("chat.postMessage", deed=True),
        held("chat.postMessage", threading.Event()),
        cut("chat.postMessage", deed=True),
    ],
    ids=["500", "fatal_error", "garbage", "nothing", "cut"],
)
def test_an_answer_that_may_have_arrived_is_not_posted_again(
    bot: Application, mia: Person, workspace: Workspace, fault: Fault
) -> None:
    workspace.faults.add(copy.copy(fault))
    bot.core.slack.client.timeout = 1

    mia.says(MENTIONED)

    mia.sees(CARD)
    assert not eventually(lambda: posts(workspace) > 1, within=2.5)
    mia.says("/toughcustomer help")
    mia.sees("card NAME")  # and the bot goes on


def test_a_private_answer_is_sent_again_once_where_slack_fails(
    bot: Application, mia: Person, workspace: Workspace
) -> None:
    mia.says("/toughcustomer")
    mia.sees("They feel unheard")
    workspace.faults.add(server_error("response_url", deed=False))

    mia.clicks("They feel unheard")

    mia.sees("Listen until they feel heard")


def test_a_share_that_may_have_arrived_is_not_repeated_and_the_person_is_told(
    bot: Application, mia: Person, omar: Person, workspace: Workspace
) -> None:
    mia.says(ASKED)
    mia.sees(CARD)
    workspace.faults.add(server_error("chat.postMessage", deed=True))

    mia.clicks("Share")

    omar.sees("Shared by <@U0MIA>")
    mia.sees("Slack did not say whether that arrived", "TC-")
    omar.sees_nothing_new()


def _fill_the_disk(bot: Application) -> None:
    """SQLite's own way of saying that there is no room: not one page more."""
    pages = bot.core.database.rows("PRAGMA page_count")[0]["page_count"]
    bot.core.database.rows(f"PRAGMA max_page_count = {pages}")
    bot.core.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")


def _make_read_only(bot: Application) -> None:
    bot.core.database.execute("PRAGMA query_only = 1")


@pytest.mark.parametrize("spoil", [_fill_the_disk, _make_read_only], ids=["full", "read-only"])
def test_with_a_full_or_read_only_disk_cards_are_shown_thumbs_refused_and_events_left_to_slack(
    bot: Application, wire: Wire, mia: Person, workspace: Workspace, spoil: Callable[[Application], None]
) -> None:
    database = bot.core.database
    for number in range(200):  # fill the free space of the pages that are there
        values = {"id": f"Ev{number}", "subject": f"{number}" + "x" * 100}
        database.execute(
            "INSERT INTO inbox (team_id, event_id, subject, kind, received_at, state)"
            " VALUES ('T0TOUGH', :id, :subject, 'message', '2026-01-01', 'done')",
            values,
        )
    spoil(bot)

    mia.says(ASKED)
    mia.sees(CARD)

    long_text = "x" * 20_000  # larger than any page, so that a new one is needed
    assert wire.event(wire.event_payload(wire.mention(long_text))) == 503
    assert posts(workspace) == 0

    if spoil is _make_read_only:
        mia.clicks("👍")
        mia.sees("I could not store that", "TC-")


def test_a_card_broken_while_running_leaves_the_last_good_cards_in_force_and_the_admins_told(
    build: Build, workspace: Workspace, mia: Person, playbooks: Path
) -> None:
    bot = build(playbooks=playbooks, admins=("U0ADA",))
    ada = Person(workspace, "ada")
    card = playbooks / "tactics" / "stay-calm.md"
    card.write_text(card.read_text().replace("stage: both", "stage: prospct"))

    ada.sees('stay-calm.md:5: stage is "prospct"; use prospect, customer or both', where="toughcustomer")
    mia.says("/toughcustomer card stay calm")
    mia.sees("*Not when*", "Stay calm and professional")

    card.write_text(
        card.read_text().replace("stage: prospct", "stage: both").replace("Stay calm and prof", "Be calm and prof")
    )
    assert eventually(lambda: bot.core.health.report()[1]["broken_playbooks"] == [])
    mia.says("/toughcustomer card stay-calm")
    mia.sees("*Not when*", "Be calm and professional")


@pytest.mark.parametrize("text", ["card", "card !!!", "card 😡", "help?", "help!"])
def test_a_subcommand_with_nothing_of_use_behind_it_gets_an_answer(bot: Application, mia: Person, text: str) -> None:
    mia.says(f"/toughcustomer {text}")

    answer = mia.sees("")
    assert "Something went wrong" not in answer.text
    assert ("Type what the customer is doing" in answer.text) == text.startswith("help")


@pytest.mark.parametrize(
    "text", ["card declined", "card declined again and he is shouting", "card holder is angry", "card is not working"]
)
def test_the_other_kind_of_card_is_a_situation(bot: Application, mia: Person, text: str) -> None:
    mia.says(f"/toughcustomer {text}")

    answer = mia.sees("Did you mean `/toughcustomer card NAME`?")
    assert "There is no card" not in answer.text


def test_one_wrong_admin_does_not_keep_the_others_from_hearing(
    build: Build, workspace: Workspace, playbooks: Path
) -> None:
    build(playbooks=playbooks, admins=("U0GONE", "U0ADA"))
    (playbooks / "sources.yaml").write_text("dragon: 1\n")

    Person(workspace, "ada").sees("The changed playbooks cannot be used")


def test_a_thread_that_cannot_be_read_is_told_in_a_sentence_and_a_429_is_waited_for(
    bot: Application, mia: Person, omar: Person, workspace: Workspace
) -> None:
    mia.says(SITUATION)
    root = omar.sees(SITUATION)
    workspace.faults.add(too_many("conversations.replies", 1))
    omar.says("@toughcustomer", under=root)
    mia.sees(CARD)

    workspace.faults.add(refusal("conversations.replies", "missing_scope"))
    omar.says("@toughcustomer", under=root)
    mia.sees("I could not read this thread (missing_scope)")


def test_what_was_answered_leaves_no_words_in_the_database(bot: Application, mia: Person, workspace: Workspace) -> None:
    let_go = threading.Event()
    workspace.faults.add(held("chat.postMessage", let_go))
    mia.says(MENTIONED)
    mia.sees(CARD)

    let_go.set()
    sent = "SELECT COUNT(*) AS n FROM outbox WHERE kind = 'answer' AND state = 'sent'"
    assert eventually(lambda: bot.core.database.rows(sent) == [{"n": 1}] and bot.core.inbox.waiting() == 0)
    bot.core.inbox.forget_old()
    database = Path(bot.core.database.rows("PRAGMA database_list")[0]["file"])
    for path in database.parent.glob("bot.db*"):
        assert b"talk to my boss" not in path.read_bytes(), path.name


def test_a_mention_without_an_author_or_by_a_bot_is_not_answered(wire: Wire, workspace: Workspace) -> None:
    wire.event(wire.event_payload(wire.mention(SITUATION, bot_id="B9")))
    wire.event(wire.event_payload(wire.mention(SITUATION, user=None)))

    assert not eventually(lambda: posts(workspace) > 0, within=0.4)


def test_a_button_of_an_older_version_and_one_whose_card_is_gone_are_answered_with_a_sentence(
    wire: Wire, mia: Person
) -> None:
    mia.says(ASKED)
    mia.sees(CARD)
    mia.clicks("Open")
    mia.sees(CARD)
    click = wire.last_click()
    (action,) = click["actions"]

    wire.interaction({**click, "actions": [{**action, "action_id": "tactics.juggle"}]})
    mia.sees("older version")

    wire.interaction({**click, "actions": [{**action, "value": "tok no-such-card a,b"}]})
    mia.sees("no longer in the playbook")


def test_a_click_in_an_app_installed_for_a_whole_organization_is_ours(wire: Wire, mia: Person) -> None:
    mia.says(ASKED)
    mia.sees(CARD)
    mia.clicks("👎")
    mia.sees("Noted:", "did not help")

    wire.interaction({**wire.last_click(), "team": None})

    mia.sees("Noted:", "did not help")


@pytest.mark.parametrize("said", ["<@U0TOUGH>: card stay calm", "card stay calm <@U0TOUGH|toughcustomer>"])
def test_a_mention_is_understood_as_other_clients_write_it(wire: Wire, mia: Person, said: str) -> None:
    wire.event(wire.event_payload(wire.direct(said)))

    assert mia.sees("*Not when*").headline.startswith("Stay calm and professional")


def test_a_post_that_slack_paces_is_made_when_its_turn_has_come(
    bot: Application, mia: Person, workspace: Workspace
) -> None:
    mia.goes_to("toughcustomer").says("card stay calm")
    mia.says("card listen until they feel heard")

    mia.sees("Stay calm and professional", "*Not when*")
    mia.sees("Listen until they feel heard", "*Not when*")
    answers = [call.status for call in wait_for(workspace, "chat.postMessage", 2)]
    assert answers.count(200) == 2
    assert set(answers) <= {200, 429}
