"""The core: what every feature is given, built once, and where a feature adds its own."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Protocol

from bot.audit import SelfAudit
from bot.clock import Clock, stamp
from bot.commands.again import RunButtons
from bot.commands.answers import Answers
from bot.commands.courtesies import courtesies, suggestion_of
from bot.commands.help import help_subcommand
from bot.commands.listeners import CommandListeners
from bot.commands.router import Router
from bot.commands.undo import UndoTable
from bot.commands.why import WhyTable
from bot.config import Settings
from bot.delivery.model import ANSWER, Draft
from bot.delivery.notices import Notices
from bot.delivery.outbox import Outbox
from bot.delivery.queue import DeliveryQueue
from bot.delivery.rate_limit import MethodGates
from bot.delivery.redraw import Redraws
from bot.delivery.sender import Sender
from bot.delivery.transport import SlackTransport
from bot.metrics import Figures
from bot.periodic import PeriodicJobs
from bot.slack.ack import AckDeadlines
from bot.slack.block_kit import message, section
from bot.slack.bolt import (
    LoadedApp,
    answer_old_buttons,
    asking_client_for,
    build_app,
    client_for,
    reading_client_for,
    who_am_i,
)
from bot.slack.calls import CallCounts
from bot.slack.catch_up import CatchUp
from bot.slack.channels import CHANGES, Channels
from bot.slack.context import SlackContext
from bot.slack.event_rows import Event
from bot.slack.health import Health
from bot.slack.http import File
from bot.slack.inbox import Inbox
from bot.slack.last_known import LastKnown
from bot.slack.readers import Readers
from bot.slack.replies import Replies
from bot.slack.text import quote
from bot.slack.users import Users
from bot.storage.database import Database
from bot.storage.deeds import Deeds
from bot.storage.marks import Marks
from bot.storage.migrations import Migrations
from bot.storage.purge import Purge, retire
from bot.storage.sqlite import open_database

logger = logging.getLogger(__name__)

_LAST_ANSWERS_S = 2.0
_RETIRE = timedelta(hours=1)
_FORGET_OLD_EVENTS = timedelta(minutes=10)


class Worker(Protocol):
    """Something of a feature that runs on a thread of its own."""

    def start(self) -> None:
        """Begin."""

    def stop(self, within_s: float) -> None:
        """End, within so many seconds."""


@dataclass(frozen=True, slots=True)
class Core:
    """The parts that features share. What a feature adds, it adds to these: that is all that `install` does."""

    settings: Settings
    clock: Clock
    team_id: str
    database: Database
    bolt: LoadedApp
    inbox: Inbox
    deeds: Deeds
    answers: Answers
    router: Router
    why: WhyTable
    undo: UndoTable
    slack: SlackContext
    outbox: Outbox
    redraws: Redraws
    sender: Sender
    notices: Notices
    catch_up: CatchUp
    jobs: PeriodicJobs
    health: Health
    audit: SelfAudit
    figures: Figures
    calls: CallCounts
    deadlines: AckDeadlines
    workers: list[Worker] = field(default_factory=list)  # what features have running beside the answering
    files: dict[str, File] = field(default_factory=dict)  # what features serve over HTTP, by how its path begins
    installed: dict[str, object] = field(default_factory=dict)  # what each feature's `install` gave, by its name

    def tell_admins(self, mistakes: Sequence[str]) -> None:
        """Tell ADMINS directly what is wrong with changed playbooks."""
        text = f"The changed playbooks cannot be used ({len(mistakes)} mistakes); I go on with the last good ones."
        shown = "\n".join(f"• {quote(mistake, 300)}" for mistake in mistakes[:8])
        more = f"\nand {len(mistakes) - 8} more: `toughcustomer check` lists them all." if len(mistakes) > 8 else ""
        key = f"playbooks:{stamp(self.clock.now())}"
        self.notices.tell(key, message(text, [section(text), section(f"{shown}{more}")]))

    def install(self, features: Sequence["Feature"]) -> None:
        """
        Listen to what people type, let each of *features* add its own, and answer buttons of old versions.

        Bolt asks its listeners in their order: the command, answered in the acknowledgement, is first.
        """
        self.inbox.on_change(CHANGES, self._channel_changed)
        self.inbox.on_change(("user_change",), self._person_changed)
        self.inbox.on_change(("dnd_updated_user",), self._notifications_changed)
        CommandListeners(self.router, self.slack, self.deadlines, self.answers).register(self.bolt, self.inbox)
        for feature in features:
            self.installed[feature.name] = feature.install(self)
        self.router.add(
            self.why.subcommand(), self.undo.subcommand(), *courtesies(self.router), help_subcommand(self.router)
        )
        self.router.nearly = suggestion_of
        RunButtons(self.router, self.slack, self.team_id).listening().register(self.bolt)
        answer_old_buttons(self.bolt)

    def _person_changed(self, event: Event) -> None:
        """Somebody has left, or moved."""
        user = event.get("user")
        if isinstance(user, dict):
            self.slack.users.changed(user)

    def _notifications_changed(self, event: Event) -> None:
        """Somebody has paused notifications, or lets them through again."""
        status = event.get("dnd_status")
        if isinstance(status, dict):
            self.slack.users.paused(str(event.get("user")), status)

    def _channel_changed(self, event: Event) -> None:
        """Who may read what is said there is asked anew."""
        channel = event.get("channel")
        self.slack.channels.forget(str(channel.get("id") if isinstance(channel, dict) else channel))
        self.slack.users.forget_guests()

    def start(self) -> None:
        """Begin what goes on beside the answering."""
        self.inbox.start()
        self.jobs.start()
        self.sender.start()
        self.redraws.start()
        for worker in self.workers:
            worker.start()

    def stop(self, within_s: float) -> None:
        """End it, each part within so many seconds, and close the database."""
        self.slack.replies.stop()
        self.inbox.stop(within_s)
        self.sender.flush(_LAST_ANSWERS_S)
        self.sender.stop(within_s)
        self.redraws.stop(within_s)
        for worker in self.workers:
            worker.stop(within_s)
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

    Raises SettingsError, SlackAway or StorageError, each with all that a person needs to mend it.
    """
    calls, where = CallCounts(), (settings.slack_bot_token, settings.slack_api_url, settings.slack_timeout)
    client, reader = client_for(*where, calls), reading_client_for(*where, calls)
    asker = asking_client_for(*where, slack_waits, calls)
    identity = who_am_i(client)
    database = open_database(settings.database, tables=[one for feature in features for one in feature.tables])
    replies = Replies(client, settings.slack_timeout)
    inbox = Inbox(database, clock, identity.team_id)
    last_known = LastKnown(database, identity.team_id, clock)
    users = Users(asker, settings.admins, settings.timezone, last_known, identity.team_id, clock)
    channels = Channels(asker, last_known)
    readers = Readers(users, channels)
    outbox, gates = Outbox(database, identity.team_id), MethodGates()
    outbox.set_aside.admins = tuple(settings.admins)
    redraws = Redraws(outbox, replies, gates)
    transport, settle = SlackTransport(client, client), settings.slack_timeout + settings.settle
    may_read, may_post = _may_read(readers, redraws), partial(_may_post, channels)
    sender = Sender(
        DeliveryQueue(outbox), transport, clock, settle, join=join, gates=gates, last_known=last_known,
        may_read=may_read, may_post=may_post,
    )  # fmt: skip
    secret = "" if settings.socket_mode else settings.slack_signing_secret
    core = Core(
        settings=settings,
        clock=clock,
        team_id=identity.team_id,
        database=database,
        bolt=build_app(client, identity, inbox, replies, users, channels, secret, slack_waits),
        inbox=inbox,
        deeds=Deeds(database, identity.team_id),
        answers=Answers(outbox, clock, sender.wake),
        router=Router(),
        why=WhyTable(),
        undo=UndoTable(clock, Deeds(database, identity.team_id)),
        slack=SlackContext(users, channels, readers, replies, client, reader, identity.bot_user_id, identity.url),
        outbox=outbox,
        redraws=redraws,
        sender=sender,
        notices=Notices(outbox, settings.admins, clock, sender.wake),
        catch_up=CatchUp(Marks(database, identity.team_id), clock, inbox, reader, identity.bot_user_id),
        jobs=PeriodicJobs(),
        health=Health(),
        audit=SelfAudit(clock),
        figures=Figures(),
        calls=calls,
        deadlines=AckDeadlines(slack_waits),
    )
    purges = [feature.purge for feature in features if feature.purge]
    core.jobs.every(_RETIRE, "retention", partial(_forget, core, purges))
    core.jobs.every(_FORGET_OLD_EVENTS, "inbox-cleaning", inbox.forget_old)
    return core


def _may_read(readers: Readers, redraws: Redraws) -> Callable[[Draft], bool]:
    """Whether whoever gets a draft may read its words now."""

    def may_read(draft: Draft) -> bool:
        if not draft.recipient:
            return readers.may_be_shown(draft.channel, draft.origin)
        answer = readers.may_read(draft.recipient, draft.origin, draft.known_to)
        if answer is None:
            redraws.ask(draft.subject)  # shown in full once Slack says that they may
        return bool(answer)

    return may_read


def _may_post(channels: Channels, draft: Draft) -> bool:
    """Where another organisation reads, nothing of ours is posted but the sentence that answers them."""
    return draft.kind == ANSWER or not channels.is_shared(draft.channel)


def _forget(core: Core, purges: Sequence[Purge]) -> None:
    """What RETENTION asks for."""
    now = core.clock.now()
    retire(core.database, now - core.settings.retention, purges, now=now)
