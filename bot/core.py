"""The core: what every feature is given, built once, and where a feature adds its own."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from slack_bolt import App

from bot import __version__
from bot.clock import Clock
from bot.commands.help import help_subcommand
from bot.commands.listeners import CommandListeners
from bot.commands.router import Router
from bot.commands.why import WhyTable
from bot.config import Settings
from bot.delivery.outbox import Outbox
from bot.delivery.queue import DeliveryQueue
from bot.delivery.rate_limit import MethodGates
from bot.delivery.redraw import Redraws
from bot.delivery.sender import Sender
from bot.delivery.transport import SlackTransport
from bot.errors import StorageUnavailable
from bot.log import failure
from bot.periodic import PeriodicJobs
from bot.slack.ack import AckDeadlines
from bot.slack.block_kit import message, section
from bot.slack.bolt import answer_old_buttons, asking_client_for, build_app, client_for, reading_client_for, who_am_i
from bot.slack.channels import Channels
from bot.slack.context import SlackContext
from bot.slack.errors import NotDelivered
from bot.slack.health import Health
from bot.slack.inbox import Inbox
from bot.slack.replies import Replies
from bot.slack.text import quote
from bot.slack.users import Users
from bot.storage.database import Database
from bot.storage.migrations import Migrations
from bot.storage.purge import Purge, retire
from bot.storage.sqlite import open_database

logger = logging.getLogger(__name__)

_RETIRE = timedelta(hours=1)
_FORGET_OLD_EVENTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Core:
    """The parts that features share. What a feature adds, it adds to these: that is all that `install` does."""

    settings: Settings
    clock: Clock
    team_id: str
    database: Database
    bolt: App
    inbox: Inbox
    router: Router
    why: WhyTable
    slack: SlackContext
    outbox: Outbox
    redraws: Redraws
    sender: Sender
    jobs: PeriodicJobs
    health: Health
    deadlines: AckDeadlines
    installed: dict[str, object] = field(default_factory=dict)  # what each feature's `install` gave, by its name

    def tell_admins(self, mistakes: Sequence[str]) -> None:
        """Tell ADMINS directly what is wrong with changed playbooks."""
        text = f"The changed playbooks cannot be used ({len(mistakes)} mistakes); I go on with the last good ones."
        shown = "\n".join(f"• {quote(mistake, 300)}" for mistake in mistakes[:8])
        more = f"\nand {len(mistakes) - 8} more: `toughcustomer check` lists them all." if len(mistakes) > 8 else ""
        for admin in self.settings.admins:
            try:
                self.slack.replies.post(admin, message(text, [section(text), section(f"{shown}{more}")]))
            except NotDelivered as error:  # the others shall hear of it all the same
                failure(logger, f"{admin} of ADMINS could not be told", error)

    def install(self, features: Sequence["Feature"]) -> None:
        """
        Listen to what people type, let each of *features* add its own, and answer buttons of old versions.

        Bolt asks its listeners in their order: the command, answered in the acknowledgement, is first.
        """
        CommandListeners(self.router, self.slack, self.deadlines).register(self.bolt, self.inbox)
        for feature in features:
            self.installed[feature.name] = feature.install(self)
        self.router.add(self.why.subcommand(), help_subcommand(self.router))
        answer_old_buttons(self.bolt)

    def start(self) -> None:
        """Begin what goes on beside the answering."""
        self.inbox.start()
        self.jobs.start()
        self.sender.start()
        self.redraws.start()

    def stop(self, within_s: float) -> None:
        """End it, each part within so many seconds, and close the database."""
        self.slack.replies.stop()
        self.inbox.stop(within_s)
        self.sender.stop(within_s)
        self.redraws.stop(within_s)
        self.jobs.stop(1.0)
        self.database.close()


class Stories(Protocol):
    """Tells at the command line what became of things whose ids begin with a letter."""

    def __call__(self, database: Database, number: int, zone: str, /) -> Iterator[str]:
        """Lines, of every team that has one of that number; none where there is none."""


@dataclass(frozen=True, slots=True)
class Feature:
    """
    One feature: *install* adds it to a core, and returns what others may be told of it.

    The rest is for the program beside a running bot: *purge* removes what it kept, *letter* is what its short ids begin
    with and *stories* what became of one. *tables* are migrations of its own, for a feature that does not ship.
    """

    name: str
    install: Callable[[Core], object]
    purge: Purge | None = None
    letter: str = ""
    stories: Stories | None = None
    tables: Sequence[Migrations] = field(default_factory=tuple)


def build_core(
    settings: Settings, clock: Clock, features: Sequence[Feature], *, join: bool, slack_waits: timedelta
) -> Core:
    """
    Build the core for *features*, which are not installed yet.

    Raises SettingsError or StorageError, each with all that a person needs to mend it.
    """
    client = client_for(settings.slack_bot_token, settings.slack_api_url, settings.slack_timeout)
    reader = reading_client_for(settings.slack_bot_token, settings.slack_api_url, settings.slack_timeout)
    asker = asking_client_for(settings.slack_bot_token, settings.slack_api_url, settings.slack_timeout, slack_waits)
    identity = who_am_i(client)
    database = open_database(settings.database, tables=[one for feature in features for one in feature.tables])
    replies = Replies(client, settings.slack_timeout)
    inbox = Inbox(database, clock, identity.team_id)
    users, channels = Users(asker, settings.admins, settings.timezone), Channels(asker)
    outbox, gates = Outbox(database, identity.team_id), MethodGates()
    outbox.set_aside.admins = tuple(settings.admins)
    settle = settings.slack_timeout + settings.settle
    secret = "" if settings.socket_mode else settings.slack_signing_secret
    core = Core(
        settings=settings,
        clock=clock,
        team_id=identity.team_id,
        database=database,
        bolt=build_app(client, identity, inbox, replies, secret, slack_waits),
        inbox=inbox,
        router=Router(),
        why=WhyTable(),
        slack=SlackContext(users, channels, replies, client, reader, identity.bot_user_id, identity.url),
        outbox=outbox,
        redraws=Redraws(outbox, replies, gates),
        sender=Sender(DeliveryQueue(outbox), SlackTransport(client, client), clock, settle, join=join, gates=gates),
        jobs=PeriodicJobs(),
        health=Health(),
        deadlines=AckDeadlines(slack_waits),
    )
    _look_after(core, [feature.purge for feature in features if feature.purge])
    return core


def _look_after(core: Core, purges: Sequence[Purge]) -> None:
    """What is done every so often, and what `/health` tells."""

    def forget() -> None:
        retire(core.database, core.clock.now() - core.settings.retention, purges)

    def what_cannot_be_stored() -> str | None:
        try:
            core.database.check_writable()
        except StorageUnavailable as error:
            return str(error)
        return None

    core.jobs.every(_RETIRE, "retention", forget)
    core.jobs.every(_FORGET_OLD_EVENTS, "inbox-cleaning", core.inbox.forget_old)
    core.health.check("database", what_cannot_be_stored)
    core.health.check("worker", core.jobs.what_is_wrong)
    core.health.check("delivery", core.sender.what_is_wrong)
    core.health.check("redraws", core.redraws.what_is_wrong)
    core.health.note("version", lambda: __version__)
    core.health.note("events_waiting", core.inbox.waiting)
    core.health.note("messages", core.sender.counts)
