"""
The bot over Socket Mode, and the watchdog that its connection needs.

The SDK's client reconnects by itself in most cases. What it misses, by its issue tracker: a connection that looks alive
and carries nothing. So the age of the last pong is watched; an old one forces a new connection, and when that does not
help the process ends, for its supervisor to start afresh.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from socket import SHUT_RDWR

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient

from bot.errors import SettingsError, SlackAway
from bot.log import failure
from bot.slack.errors import Fate, judge

logger = logging.getLogger(__name__)

PING_EVERY_S = 10.0
SILENT_AFTER_S = 60.0
_TRIES = 3
_NOT_NOW = "Slack's Socket Mode cannot be reached now ({reason}). Is this machine on the network? Try again soon."
_CONCURRENCY = 32
_CLOSED_WITHIN_S = 5.0


def hang_up(client: SocketModeClient) -> None:
    """
    Close the SDK's client at once, and within a few seconds in any case.

    Left to itself, its reader looks up only after 3 s. One that is just about to begin with a new connection takes the
    word that it is over back, and `close` would wait for it for ever: so it is told again until it has heard.
    """
    client.auto_reconnect_enabled = False
    session = client.current_session
    if session is not None and session.sock is not None:
        with suppress(OSError):
            session.sock.shutdown(SHUT_RDWR)
    closing = threading.Thread(target=client.close, name="socket-closing", daemon=True)
    closing.start()
    deadline = time.monotonic() + _CLOSED_WITHIN_S
    while closing.is_alive() and time.monotonic() < deadline:
        client.current_session_state.terminated = True
        closing.join(0.05)


class SignsOfLife:
    """
    How long a connection has been silent, by the monotonic clock.

    The SDK stamps a pong by the wall clock, which may be set: so only that the stamp has changed counts, not how old it
    is. *at* is when the connection began; all times are monotonic seconds.
    """

    def __init__(self, at: float) -> None:
        self._at = at
        self._stamp: float | None = None

    def connected(self, at: float) -> None:
        """It was connected anew."""
        self._at = at

    def silence(self, stamp: float | None, at: float) -> float:
        """Seconds of silence at *at*, where the last pong carries *stamp*; None where there was none."""
        if stamp is not None and stamp != self._stamp:
            self._stamp, self._at = stamp, at
        return at - self._at


class SocketConnection:
    """
    One Socket Mode connection. *give_up* is called when it cannot be brought back.

    *ping_every_s* and *silent_after_s* are seconds.
    """

    def __init__(
        self,
        app: App,
        client: WebClient,
        app_token: str,
        give_up: Callable[[], None],
        *,
        ping_every_s: float = PING_EVERY_S,
        silent_after_s: float = SILENT_AFTER_S,
    ) -> None:
        self._handler = SocketModeHandler(
            app, app_token, web_client=client, ping_interval=ping_every_s, concurrency=_CONCURRENCY
        )
        self._give_up = give_up
        self._silent_after_s = silent_after_s
        self._look_every_s = min(5.0, silent_after_s / 4)
        self._life = SignsOfLife(time.monotonic())
        self._failures = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="socket-watchdog", daemon=True)

    def start(self) -> None:
        """Connect. Raises SettingsError where Slack refuses the token, SlackAway where it cannot be reached."""
        try:
            self._handler.connect()
        except SlackApiError as error:
            hang_up(self._handler.client)
            if judge(error).fate is not Fate.REFUSED:
                raise SlackAway(_NOT_NOW.format(reason=judge(error).reason)) from error
            mistake = (
                f"Slack refused SLACK_APP_TOKEN ({judge(error).reason}). It begins with xapp-, needs the scope "
                "connections:write, and Socket Mode must be on: api.slack.com/apps, your app, Basic Information, "
                "App-Level Tokens."
            )
            raise SettingsError([mistake]) from error
        except OSError as error:
            hang_up(self._handler.client)
            raise SlackAway(_NOT_NOW.format(reason=type(error).__name__)) from error
        if not self._handler.client.is_connected():  # the SDK logs what went wrong, and says nothing
            hang_up(self._handler.client)
            raise SlackAway(_NOT_NOW.format(reason="the connection was not accepted"))
        self._life.connected(time.monotonic())
        self._thread.start()

    def pause(self) -> None:
        """Take nothing new; what is being answered can still be acknowledged. Slack sends to others, or again."""
        self._stopping.set()
        self._handler.client.socket_mode_request_listeners.clear()

    def stop(self) -> None:
        """Disconnect."""
        self._stopping.set()
        hang_up(self._handler.client)

    def silence(self) -> float:
        """Seconds since the connection last showed a sign of life."""
        session = self._handler.client.current_session
        return self._life.silence(session.last_ping_pong_time if session is not None else None, time.monotonic())

    def what_is_wrong(self) -> str | None:
        """For the health report."""
        if self.silence() <= self._silent_after_s and self._handler.client.is_connected():
            return None
        return f"Socket Mode has been silent for {self.silence():.0f} s"

    def _watch(self) -> None:
        while not self._stopping.wait(self._look_every_s):
            if self.silence() <= self._silent_after_s:
                self._failures = 0
                continue
            self._failures += 1
            if self._failures > _TRIES:
                logger.error("Socket Mode cannot be brought back: ending, to be started afresh")
                self._give_up()
                return
            self._reconnect()

    def _reconnect(self) -> None:
        logger.warning("Socket Mode has been silent for %.0f s: connecting anew", self.silence())
        try:
            self._handler.client.connect_to_new_endpoint(force=True)
            self._life.connected(time.monotonic())
        except Exception as error:  # noqa: BLE001 - a loop that must go on: the next look tries again
            failure(logger, "connecting anew failed", error)
