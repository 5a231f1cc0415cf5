"""
A bot that dies: at the n-th statement from when it is armed, and then no thread of it does anything any more.

As with SIGKILL, what was not committed is not there, and nothing more leaves for Slack.
"""

import sqlite3
import threading
from typing import Any

from bot.app import Application


class Killed(BaseException):
    """The process is no more. Not an Exception: no handler of the bot's gets to see it."""


class Death:
    """Comes at the *at*-th statement after `arm`; with *at* 0 never. *statements* counts those that were begun."""

    def __init__(self, at: int) -> None:
        self._at = at
        self._is_armed = False
        self._turn = threading.Lock()
        self.is_over = False
        self.statements = 0

    def arm(self) -> None:
        """From here on statements count."""
        self._is_armed = True

    def strike(self) -> None:
        """Called before each statement and each call of Slack. Raises Killed."""
        if self.is_over:
            raise Killed

    def count(self) -> None:
        """Called before each statement. Raises Killed."""
        with self._turn:
            if self._is_armed and not self.is_over:
                self.statements += 1
                self.is_over = self.statements == self._at
        self.strike()


class _Connection:
    """A connection on which death waits."""

    def __init__(self, real: sqlite3.Connection, death: Death) -> None:
        self._real = real
        self._death = death

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        self._death.count()
        return self._real.execute(sql, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def threaten(bot: Application, death: Death) -> None:
    """Let *death* come to *bot*."""
    database: Any = bot.core.database
    database._connection = _Connection(database._connection, death)
    for client in (bot.core.slack.client, bot.core.slack.reader, bot.core.slack.users._client):
        call = client.api_call

        def mortal(*args: Any, _call: Any = call, **named: Any) -> Any:
            death.strike()
            return _call(*args, **named)

        client.api_call = mortal  # type: ignore[method-assign]
    respond = bot.core.slack.replies.respond

    def mortal_respond(*args: Any, **named: Any) -> None:
        death.strike()
        respond(*args, **named)

    bot.core.slack.replies.respond = mortal_respond  # type: ignore[method-assign]


def bury(bot: Application) -> None:
    """Free what the process held: its database, its lock, its port."""
    bot._stopped = True
    bot.oversight.stop()
    if bot.http:
        bot.http.stop(0.0)
    bot.core.deadlines._over.set()
    bot.core.bolt.listener_runner.listener_executor.shutdown(wait=False)
    bot.core.sender._stopping = True
    bot.core.inbox._stopping = True
    bot.core.jobs._stopping.set()
    bot.core.redraws._over.set()
    for worker in bot.core.workers:  # those that look once a second would else die in a test that comes later
        worker.stop(1.0)
    database: Any = bot.core.database
    database._connection._real.close()
    if database._lock_file:
        database._lock_file.close()
