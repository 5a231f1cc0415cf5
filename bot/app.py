"""
The only place that builds objects and puts them together.

Slack's libraries are imported inside the functions that need them: `toughcustomer find` answers within a second and
never needs them.
"""

import gc
import logging
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot import __version__
from bot.clock import Clock
from bot.config import Settings
from bot.log import failure
from bot.tactics.playbook.watcher import PlaybookWatcher

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from slack_bolt import App
    from slack_sdk import WebClient

    from bot.delivery.outbox import Outbox
    from bot.delivery.sender import Sender
    from bot.delivery.transport import Transport
    from bot.followups.promises import Promises
    from bot.followups.service import FollowUps
    from bot.periodic import PeriodicJobs
    from bot.slack.ack import AckDeadlines
    from bot.slack.health import Health
    from bot.slack.http import HttpServer
    from bot.slack.inbox import Inbox
    from bot.slack.replies import Replies
    from bot.slack.socket import SocketConnection
    from bot.storage.database import Database

logger = logging.getLogger(__name__)

LOOK_AT_PLAYBOOKS = timedelta(seconds=2)
REDRAW = timedelta(seconds=1)
RETIRE = timedelta(hours=1)
FORGET_OLD_EVENTS = timedelta(minutes=10)
_DRAIN_S = 5.0
_SWITCH_S = 0.0005  # who acknowledges waits no longer for whoever computes; Python's own 5 ms are for batch work


@dataclass
class Application:
    """The whole bot, built and not yet started."""

    bolt: "App"
    library: PlaybookWatcher
    health: "Health"
    _database: "Database"
    _inbox: "Inbox"
    _worker: "PeriodicJobs"
    _sender: "Sender"
    _outgoing: "Replies"
    _deadlines: "AckDeadlines"
    _http: "HttpServer | None"
    _socket: "SocketConnection | None"
    _over: threading.Event
    _failed: bool = False
    _stopped: bool = False

    @property
    def port(self) -> int | None:
        """The port that HTTP is served on, if it is."""
        return self._http.port if self._http else None

    def start(self) -> None:
        """Begin to serve: when this returns, events can arrive. Raises SettingsError where Slack refuses us."""
        self._inbox.start()
        self._worker.start()
        self._sender.start()
        sys.setswitchinterval(_SWITCH_S)
        gc.freeze()  # the cards and what was learnt stay for good: no use in looking through them again and again
        if self._http:
            self._http.start()
        if self._socket:
            self._socket.start()

    def end(self) -> None:
        """Make `wait` return."""
        self._over.set()

    def give_up(self) -> None:
        """Make `wait` return False: something is broken that only a fresh start may mend."""
        self._failed = True
        self._over.set()

    def wait(self) -> bool:
        """Wait for the end; True if it was asked for."""
        self._over.wait()
        return not self._failed

    def stop(self) -> None:
        """Take nothing new, finish what is under way within a few seconds, and close the database. Once is enough."""
        if self._stopped:
            return
        self._stopped = True
        if self._socket:
            self._socket.pause()
        if self._http:
            self._http.stop(_DRAIN_S)
        self._deadlines.stop()
        executor: Executor = self.bolt.listener_runner.listener_executor
        drained = threading.Thread(target=executor.shutdown, daemon=True)
        drained.start()
        drained.join(_DRAIN_S)
        if self._socket:
            self._socket.stop()
        self._outgoing.stop()
        self._inbox.stop(_DRAIN_S)
        self._sender.stop(_DRAIN_S)
        self._worker.stop(1.0)
        self._database.close()


def build(
    settings: Settings,
    clock: Clock,
    *,
    cards: PlaybookWatcher | None = None,
    join: bool = True,
    slack_waits: timedelta | None = None,
) -> Application:
    """
    Build the bot from *settings*; *cards* in place of reading those of `PLAYBOOKS`. *join* is False to measure how
    many messages leave when those due at once in a channel are not joined into one. *slack_waits* is how long Slack
    waits for an acknowledgement, where that is not its usual three seconds.

    Raises SettingsError, PlaybookError or StorageError, each with all that a person needs to mend it.
    """
    was_on = gc.isenabled()
    gc.disable()  # hundreds of thousands of small objects are made, all to stay
    try:
        return _build(settings, clock, cards=cards, join=join, slack_waits=slack_waits)
    finally:
        if was_on:
            gc.enable()


def _build(
    settings: Settings, clock: Clock, *, cards: PlaybookWatcher | None, join: bool, slack_waits: timedelta | None
) -> Application:
    from bot.delivery.outbox import Outbox
    from bot.escalations import blocks as escalations_blocks
    from bot.escalations import listeners as escalations_listeners
    from bot.escalations import settings_modal as escalations_settings
    from bot.escalations import subcommands as escalations_subcommands
    from bot.escalations.on_call import OnCall
    from bot.escalations.playbook import watched
    from bot.escalations.service import Escalations
    from bot.escalations.store import CaseStore
    from bot.followups import listeners as followups_listeners
    from bot.followups import subcommands as followups_subcommands
    from bot.followups.blocks import warning_message
    from bot.followups.promises import Promises
    from bot.periodic import PeriodicJobs
    from bot.reactions import cards_for, hear_of_broken, noted
    from bot.slack.ack import SLACK_WAITS, AckDeadlines
    from bot.slack.bolt import (
        answer_old_buttons,
        asking_client_for,
        build_app,
        client_for,
        reading_client_for,
        who_am_i,
    )
    from bot.slack.channels import Channels
    from bot.slack.health import Health
    from bot.slack.http import HttpServer, wsgi
    from bot.slack.inbox import Inbox
    from bot.slack.replies import Replies
    from bot.slack.socket import SocketConnection
    from bot.slack.users import Users
    from bot.storage.purge import retire
    from bot.storage.sqlite import open_database
    from bot.tactics import listeners as tactics_listeners
    from bot.tactics.service import Tactics
    from bot.tactics.store import ThumbStore

    settings.for_run()
    library = cards or PlaybookWatcher(settings.playbooks, patient=False)
    client = client_for(settings.slack_bot_token, settings.slack_api_url, settings.slack_timeout)
    identity = who_am_i(client)
    database = open_database(settings.database)
    outgoing = Replies(client, settings.slack_timeout)
    inbox = Inbox(database, clock)
    waits = slack_waits or SLACK_WAITS
    deadlines = AckDeadlines(waits)
    health = Health()
    worker = PeriodicJobs()
    secret = "" if settings.socket_mode else settings.slack_signing_secret
    bolt = build_app(client, identity, inbox, outgoing, secret, waits)

    tactics = Tactics(library, ThumbStore(database), clock, identity.team_id)
    router = tactics_listeners.router_for(tactics)
    reader = reading_client_for(settings.slack_bot_token, settings.slack_api_url, settings.slack_timeout)
    tactics_listeners.register(bolt, tactics, router, inbox, outgoing, deadlines, reader, identity.bot_user_id)

    settle = settings.slack_timeout + settings.settle
    outbox = Outbox(database, identity.team_id)
    promises = Promises(database, identity.team_id, outbox, warning_message, lambda: desk.policy().grace)
    follow_ups, sender = delivering(
        database, identity.team_id, clock, client, client, settle=settle, join=join, admins=settings.admins,
        promises=promises,
    )  # fmt: skip
    asker = asking_client_for(settings.slack_bot_token, settings.slack_api_url, settings.slack_timeout, waits)
    people = Users(asker, settings.admins, settings.timezone)
    slack = followups_subcommands.Slack(people, Channels(asker), outgoing, clock)
    followups_subcommands.add_subcommands(router, follow_ups, slack)
    followups_listeners.register(bolt, follow_ups, slack)
    criteria = watched(settings.playbooks)
    store = CaseStore(database, identity.team_id)
    desk = OnCall(
        people,
        slack.places,
        lambda: criteria.now.policy,
        lambda: escalations.policy(),
        managers=settings.managers,
        hours=settings.working_hours,
    )
    escalations = Escalations(
        store,
        outbox,
        clock,
        desk,
        lambda: criteria.now.criteria,
        lambda text: cards_for(tactics, text),
        lambda channel, ts: f"{identity.url}archives/{channel}/p{ts.replace('.', '')}" if identity.url else "",
        escalations_blocks,
        channels=settings.escalation_channels,
        admins=settings.admins,
        noted=lambda case: noted(promises, case),
        customers=follow_ups.customers,
    )
    escalations.on_change(sender.wake)
    sender.add_timer(escalations.chain)
    sender.add_timer(promises)
    promises.on_noted(
        lambda one: escalations.chain.noted(one.wanted.channel, one.wanted.thread_ts, one.wanted.customer)
    )
    beginning = escalations_subcommands.Beginning(escalations, people, slack.places, outgoing, clock)
    escalations_subcommands.add_subcommands(
        router, beginning, escalations_settings.opener(escalations, desk, people, outgoing)
    )
    screen = escalations_listeners.register(bolt, escalations, beginning, desk, inbox, identity.bot_user_id)
    answer_old_buttons(bolt)

    worker.every(REDRAW, "ledgers", screen.redraw)
    worker.every(REDRAW, "promises", lambda: hear_of_broken(promises, escalations, outbox, clock))
    worker.every(LOOK_AT_PLAYBOOKS, "playbooks", library.take_up_changes)
    worker.every(RETIRE, "retention", lambda: retire(database, clock.now() - settings.retention))
    worker.every(FORGET_OLD_EVENTS, "inbox-cleaning", inbox.forget_old)
    worker.every(LOOK_AT_PLAYBOOKS, "criteria", criteria.take_up_changes)
    library.on_mistakes(lambda mistakes: _tell_admins(outgoing, settings.admins, mistakes))
    criteria.on_mistakes(lambda mistakes: _tell_admins(outgoing, settings.admins, mistakes))

    port = settings.port if settings.socket_mode else settings.port or (3000 if settings.port is None else 0)
    http = None
    if port is not None:
        try:
            http = HttpServer(wsgi(health, None if settings.socket_mode else bolt), settings.host, port)
        except BaseException:
            deadlines.stop()
            database.close()
            raise
    application = Application(
        bolt, library, health, database, inbox, worker, sender, outgoing, deadlines, http, None, threading.Event()
    )
    if settings.socket_mode:
        socket = SocketConnection(bolt, client, settings.slack_app_token, application.give_up)
        application._socket = socket
        health.check("slack", socket.what_is_wrong)
    health.check("database", lambda: _cannot_store(database))
    health.check("worker", worker.what_is_wrong)
    health.check("delivery", sender.what_is_wrong)
    health.note("version", lambda: __version__)
    health.note("cards", lambda: len(library.active.playbook.cards))
    health.note("search", lambda: "words and meaning" if library.active.search.is_semantic else "words alone")
    health.note("broken_playbooks", lambda: list(library.mistakes))
    health.note("events_waiting", inbox.waiting)
    health.note("messages", sender.counts)
    return application


def delivering(
    database: "Database",
    team_id: str,
    clock: Clock,
    client: "WebClient",
    reader: "WebClient",
    *,
    settle: timedelta,
    admins: Sequence[str] = (),
    promises: "Promises | None" = None,
    outbox_of: "Callable[[Database, str], Outbox] | None" = None,
    sender_of: "Callable[..., Sender] | None" = None,
    wire_of: "Callable[[WebClient, WebClient], Transport] | None" = None,
    **more: Any,
) -> "tuple[FollowUps, Sender]":
    """
    The part of the bot that remembers and delivers, without the part that listens; *more* goes to the Sender.

    Tests put parts that are broken on purpose in the place of the three classes.
    """
    from bot.delivery.outbox import Outbox
    from bot.delivery.sender import Sender
    from bot.delivery.transport import SlackTransport
    from bot.followups.blocks import given_message, reminder_message, warning_message
    from bot.followups.promises import Promises
    from bot.followups.service import FollowUps
    from bot.followups.store import FollowUpStore

    outbox = (outbox_of or Outbox)(database, team_id)
    store = FollowUpStore(database, team_id)
    promises = promises or Promises(database, team_id, outbox, warning_message)
    follow_ups = FollowUps(store, outbox, clock, reminder_message, given_message, promises, admins=admins)
    wire = (wire_of or SlackTransport)(client, reader)
    sender = (sender_of or Sender)(outbox, wire, clock, settle, timers=[follow_ups], **more)
    follow_ups.on_change(sender.wake)
    return follow_ups, sender


def _cannot_store(database: "Database") -> str | None:
    from bot.errors import StorageUnavailable

    try:
        database.check_writable()
    except StorageUnavailable as error:
        return str(error)
    return None


def _tell_admins(outgoing: "Replies", admins: Sequence[str], mistakes: Sequence[str]) -> None:
    from bot.slack.errors import NotDelivered
    from bot.slack.message import message, quote, section

    text = f"The changed playbooks cannot be used ({len(mistakes)} mistakes); I go on with the last good ones."
    shown = "\n".join(f"• {quote(mistake, 300)}" for mistake in mistakes[:8])
    more = f"\nand {len(mistakes) - 8} more: `toughcustomer check` lists them all." if len(mistakes) > 8 else ""
    for admin in admins:
        try:
            outgoing.post(admin, message(text, [section(text), section(f"{shown}{more}")]))
        except NotDelivered as error:  # the others shall hear of it all the same
            failure(logger, f"{admin} of ADMINS could not be told", error)
