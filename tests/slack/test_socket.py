"""The bot over Socket Mode: it answers, it comes back, and it says when it cannot."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import app
from bot.config import Settings
from bot.emulator.clock import MovableClock
from bot.emulator.faults import server_error
from bot.emulator.stories import PATIENCE_S, Person
from bot.emulator.workspace import Workspace
from bot.errors import SettingsError, SlackAway
from bot.slack import socket as socket_module
from bot.slack.bolt import client_for
from bot.slack.socket import SignsOfLife, SocketConnection
from bot.tactics.playbook.watcher import PlaybookWatcher
from tests.conftest import SLACK_WAITS
from tests.wire import Wire, eventually

SITUATION = "he wants to talk to my boss right now"


def settings(workspace: Workspace, tmp_path: Path, **changed: object) -> Settings:
    values: dict[str, object] = {
        "slack_bot_token": workspace.tokens.bot,
        "slack_app_token": workspace.tokens.app,
        "slack_api_url": workspace.api_url,
        "slack_timeout": timedelta(seconds=PATIENCE_S),
        "database": tmp_path / "bot.db",
        "port": 0,
        **changed,
    }
    return Settings(**values)  # type: ignore[arg-type]


@pytest.fixture
def bot(
    workspace: Workspace, clock: MovableClock, tmp_path: Path, words_only: PlaybookWatcher
) -> Iterator[app.Application]:
    built = app.build(settings(workspace, tmp_path), clock, cards=words_only, slack_waits=SLACK_WAITS)
    built.start()
    yield built
    built.stop()


@pytest.mark.usefixtures("bot")
def test_it_comes_back_after_the_connection_was_cut(workspace: Workspace, mia: Person) -> None:
    (before,) = workspace.call(lambda: list(workspace.sockets.links))
    workspace.drop_sockets()

    assert eventually(lambda: [one.number for one in workspace.sockets.links if one.usable] == [2])
    assert before.ws.closed
    mia.says(f"/toughcustomer {SITUATION}")
    mia.sees("Offer your manager")


@pytest.mark.usefixtures("bot")
def test_told_to_reconnect_it_loses_nothing(workspace: Workspace, mia: Person) -> None:
    workspace.refresh_sockets()

    assert eventually(lambda: any(one.usable and one.number == 2 for one in workspace.sockets.links))
    mia.says(f"/toughcustomer {SITUATION}")
    mia.sees("Offer your manager")


def test_only_health_is_served_beside_socket_mode(bot: app.Application, workspace: Workspace) -> None:
    well, report = bot.core.health.report()
    assert well
    assert report["status"] == "ok"
    assert Wire(workspace, f"http://127.0.0.1:{bot.port}").command(SITUATION)[0] == 404


def opened(workspace: Workspace) -> int:
    """How many connections were asked for, and granted."""
    return sum(call.ok for call in workspace.traffic.calls("apps.connections.open"))


def connection(
    bot: app.Application, workspace: Workspace, gave_up: list[bool], silent_after_s: float
) -> SocketConnection:
    client = client_for(workspace.tokens.bot, workspace.api_url, timedelta(seconds=PATIENCE_S))
    return SocketConnection(
        bot.core.bolt,
        client,
        workspace.tokens.app,
        lambda: gave_up.append(True),
        ping_every_s=0.3,
        silent_after_s=silent_after_s,
    )


def test_a_connection_that_only_looks_alive_is_replaced_and_in_the_end_given_up(
    bot: app.Application, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    gave_up: list[bool] = []
    dumb = connection(bot, workspace, gave_up, 0.8)
    before = opened(workspace)
    workspace.sockets.deaf = True  # takes pings, answers none
    dumb.start()
    monkeypatch.setattr(dumb._handler.client, "auto_reconnect_enabled", False)
    monkeypatch.setattr(dumb._handler.client, "default_auto_reconnect_enabled", False)

    assert eventually(lambda: opened(workspace) > before + 1)  # connected anew
    workspace.faults.add(server_error("apps.connections.open", deed=False, times=20))
    assert eventually(lambda: gave_up == [True])
    assert "silent" in str(dumb.what_is_wrong())
    workspace.sockets.deaf = False
    dumb.stop()


def test_a_live_connection_is_left_alone(bot: app.Application, workspace: Workspace) -> None:
    gave_up: list[bool] = []
    live = connection(bot, workspace, gave_up, 4 * PATIENCE_S)
    live._look_every_s = 0.05
    live.start()
    session = live._handler.client.current_session
    assert session is not None
    assert eventually(lambda: session.last_ping_pong_time is not None)
    live._life.connected(-1e9)  # long ago: only its pongs show that it lives
    before, pongs = opened(workspace), {session.last_ping_pong_time}
    assert eventually(lambda: pongs.add(session.last_ping_pong_time) or len(pongs) > 3)  # type: ignore[func-returns-value]
    assert opened(workspace) == before
    assert gave_up == []
    assert live.what_is_wrong() is None
    live.stop()


def test_a_clock_that_is_set_back_does_not_hide_that_a_connection_is_dead(
    bot: app.Application, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    dumb = connection(bot, workspace, [], 0.8)
    dumb.start()
    monkeypatch.setattr(dumb._handler.client, "auto_reconnect_enabled", False)
    monkeypatch.setattr(dumb._handler.client, "default_auto_reconnect_enabled", False)
    assert eventually(lambda: dumb._handler.client.current_session.last_ping_pong_time is not None)
    before = opened(workspace)

    workspace.sockets.deaf = True
    wall = time.time
    monkeypatch.setattr("time.time", lambda: wall() - 3600)

    assert eventually(lambda: "silent for" in str(dumb.what_is_wrong()))
    assert eventually(lambda: opened(workspace) > before)  # connected anew
    workspace.sockets.deaf = False
    dumb.stop()


def test_silence_is_counted_from_when_the_stamp_of_the_last_pong_changed_whatever_the_stamp_says() -> None:
    life = SignsOfLife(at=100.0)
    assert life.silence(None, 130.0) == 30.0  # no pong yet
    assert life.silence(1_800_000_000.0, 140.0) == 0.0
    assert life.silence(1_800_000_000.0, 190.0) == 50.0
    assert life.silence(1_799_996_400.0, 191.0) == 0.0  # the clock was set back an hour, and a pong came
    assert life.silence(1_799_996_400.0, 260.0) == 69.0
    assert life.silence(None, 261.0) == 70.0  # a new session that is silent, too, is no sign of life
    life.connected(265.0)
    assert life.silence(None, 275.0) == 10.0


def test_the_watchdogs_patience_is_that_of_the_documentation() -> None:
    assert socket_module.SILENT_AFTER_S == 60.0


def test_a_wrong_app_token_is_told_with_where_to_find_the_right_one(
    workspace: Workspace, clock: MovableClock, tmp_path: Path, words_only: PlaybookWatcher
) -> None:
    built = app.build(
        settings(workspace, tmp_path, slack_app_token="xapp-wrong"), clock, cards=words_only, slack_waits=SLACK_WAITS
    )
    with pytest.raises(SettingsError, match=r"SLACK_APP_TOKEN.*invalid_auth.*connections:write"):
        built.start()
    built.stop()


def test_slack_that_does_not_take_the_connection_now_is_away_and_no_mistake_in_the_settings(
    workspace: Workspace, clock: MovableClock, tmp_path: Path, words_only: PlaybookWatcher
) -> None:
    built = app.build(settings(workspace, tmp_path), clock, cards=words_only, slack_waits=SLACK_WAITS)
    workspace.faults.add(server_error("apps.connections.open", deed=False))
    with pytest.raises(SlackAway, match=r"Socket Mode cannot be reached now.*Try again soon"):
        built.start()
    built.stop()


def test_a_wrong_bot_token_is_told_with_where_to_find_the_right_one(
    workspace: Workspace, clock: MovableClock, tmp_path: Path, words_only: PlaybookWatcher
) -> None:
    with pytest.raises(SettingsError, match=r"SLACK_BOT_TOKEN \(invalid_auth\)"):
        app.build(
            settings(workspace, tmp_path, slack_bot_token="xoxb-wrong"),
            clock,
            cards=words_only,
            slack_waits=SLACK_WAITS,
        )


def test_credentials_of_slacks_oauth_in_the_environment_change_nothing(
    workspace: Workspace,
    mia: Person,
    clock: MovableClock,
    tmp_path: Path,
    words_only: PlaybookWatcher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "s")
    built = app.build(settings(workspace, tmp_path), clock, cards=words_only, slack_waits=SLACK_WAITS)
    built.start()

    mia.says(f"/toughcustomer {SITUATION}")

    mia.sees("Offer your manager")
    assert list(tmp_path.glob("**/installer-*")) == []
    built.stop()


class HeardTheSecondTime:
    """The SDK's word that a connection is over, as its reader takes it that is just about to begin: lost at first."""

    def __init__(self) -> None:
        self._told = 0

    @property
    def terminated(self) -> bool:
        return self._told >= 2

    @terminated.setter
    def terminated(self, over: bool) -> None:
        self._told += over


def test_it_ends_even_where_the_sdk_does_not_hear_the_first_time_that_it_is_over(
    bot: app.Application, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slack_sdk.socket_mode.builtin.client.ConnectionState", HeardTheSecondTime)
    brief = connection(bot, workspace, [], PATIENCE_S)
    brief.start()
    client = brief._handler.client
    assert eventually(lambda: client.current_session.last_ping_pong_time is not None)  # its reader reads

    brief.stop()

    assert not client.current_session_runner.is_alive()
