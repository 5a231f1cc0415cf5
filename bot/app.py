"""The application: the core with every feature installed, served over HTTP or Socket Mode."""

import gc
import logging
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.clock import Clock
from bot.config import Settings
from bot.core import Core, Feature, build_core
from bot.errors import StorageUnavailable
from bot.features import shipped
from bot.oversight import Oversight
from bot.slack.ack import SLACK_WAITS
from bot.slack.http import HttpServer, wsgi
from bot.slack.socket import SocketConnection
from bot.tactics.playbook.watcher import PlaybookWatcher

logger = logging.getLogger(__name__)

_DRAIN_S = 5.0
_DEFAULT_PORT = 3000
_LOOK_AT_THE_DATABASE = timedelta(seconds=2)
_SWITCH_S = 0.002  # as long as an answer takes: who is interrupted more often takes longer, and so do all others


@dataclass
class Application:
    """The whole bot, built and not yet started."""

    core: Core
    oversight: Oversight
    http: HttpServer | None = None
    socket: SocketConnection | None = None
    _over: threading.Event = field(default_factory=threading.Event)
    _failed: bool = False
    _stopped: bool = False

    @property
    def port(self) -> int | None:
        """The port that HTTP is served on, if it is."""
        return self.http.port if self.http else None

    def start(self) -> None:
        """
        Begin to serve: when this returns, events can arrive.

        Raises SettingsError where Slack refuses us, SlackAway where it cannot be reached.
        """
        self.core.start()
        sys.setswitchinterval(_SWITCH_S)
        gc.freeze()  # the cards and what was learnt stay for good: no use in looking through them again and again
        if self.http:
            self.http.start()
        if self.socket:
            self.socket.start()
        self.oversight.start()

    def end(self) -> None:
        """Make `wait` return."""
        self._over.set()

    def give_up(self) -> None:
        """Make `wait` return False: something is broken that only a fresh start may mend."""
        self._failed = True
        self._over.set()

    def give_up_without_database(self) -> None:
        """Give up if the database was deleted or exchanged: what is stored would be gone after the next start."""
        try:
            self.core.database.check_same_file()
        except StorageUnavailable as error:
            logger.error("%s", error)
            self.give_up()

    def wait(self) -> bool:
        """Wait for the end; True if it was asked for."""
        self._over.wait()
        return not self._failed

    def stop(self) -> None:
        """Take nothing new, finish what is under way within a few seconds, and close the database. Once is enough."""
        if self._stopped:
            return
        self._stopped = True
        self.oversight.stop()
        if self.socket:
            self.socket.pause()
        if self.http:
            self.http.stop(_DRAIN_S)
        self.core.deadlines.stop()
        self.core.bolt.finish(_DRAIN_S)
        if self.socket:
            self.socket.stop()
        self.core.stop(_DRAIN_S)


def build(
    settings: Settings,
    clock: Clock,
    *,
    cards: PlaybookWatcher | None = None,
    join: bool = True,
    slack_waits: timedelta = SLACK_WAITS,
    more: Sequence[Feature] = (),
) -> Application:
    """
    Build the bot from *settings*; *cards* in place of reading those of `PLAYBOOKS`, with *more* features than ship.

    *join* is False to measure how many messages leave when those due at once in a channel are not joined into one.
    *slack_waits* is how long Slack waits for an acknowledgement. Raises SettingsError, PlaybookError, SlackAway or
    StorageError, each with all that a person needs to mend it.
    """
    was_on = gc.isenabled()
    gc.disable()  # hundreds of thousands of small objects are made, all to stay
    try:
        settings.for_run()
        features = (*shipped(cards), *more)
        core = build_core(settings, clock, features, join=join, slack_waits=slack_waits)
        try:
            core.install(features)
            return _served(core)
        except BaseException:
            core.deadlines.stop()
            core.database.close()
            raise
    finally:
        if was_on:
            gc.enable()


def _served(core: Core) -> Application:
    """The application with its ways in: HTTP, or Socket Mode with `/health` where `PORT` is set."""
    settings, application = core.settings, Application(core, Oversight(core))
    core.jobs.every(_LOOK_AT_THE_DATABASE, "database-file", application.give_up_without_database)
    if settings.socket_mode:
        application.socket = SocketConnection(
            core.bolt, core.slack.client, settings.slack_app_token, application.give_up
        )
        core.health.check("slack", application.socket.what_is_wrong, needed=True)
        socket = application.socket
        core.catch_up.is_connected = lambda: socket.what_is_wrong() is None
    port = settings.port
    if port is None and not settings.socket_mode:
        port = _DEFAULT_PORT
    if port is not None:
        metrics = core.figures.page(to_all=settings.metrics == "ON")
        served = wsgi(core.health, None if settings.socket_mode else core.bolt, metrics, core.files)
        application.http = HttpServer(served, settings.host, port)
        core.health.alive("http", application.http.what_is_wrong)
    return application
