"""Escalations, added to the bot."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.commands.router import COMMAND
from bot.core import Core, Feature
from bot.customers.stored_names import bring_up_to_date
from bot.errors import UserError
from bot.escalations import blocks, playbook
from bot.escalations.audit import CaseAudit
from bot.escalations.cli import stories
from bot.escalations.closing import Closing
from bot.escalations.intake import Intake
from bot.escalations.listeners import CaseListeners, WindowOrders
from bot.escalations.lists import CaseLists
from bot.escalations.on_call import ASK_EVERY, REFRESH_EVERY, OnCall
from bot.escalations.page_context import Gathering, Neighbours
from bot.escalations.paging import Paging
from bot.escalations.posts import CasePosts
from bot.escalations.prefilled import EscalateForms
from bot.escalations.purge import CasePurge
from bot.escalations.service import Escalations
from bot.escalations.settings import EscalationSettings
from bot.escalations.settings_modal import SettingsModal
from bot.escalations.store import CaseStore
from bot.escalations.subcommands import EscalationSubcommands
from bot.escalations.takers import Takers
from bot.escalations.thread_listener import ThreadListener
from bot.slack.block_kit import sentence

LOOK_FOR_CHANNELS = timedelta(minutes=1)
TAKE_UP_CHANGES = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class EscalationParts:
    """What others may be told of escalations, and where they are connected."""

    intake: Intake
    paging: Paging
    settings: EscalationSettings
    on_call: OnCall
    neighbours: Neighbours
    cases: Escalations


def install(core: Core) -> EscalationParts:
    """Watch threads, page managers. Raises PlaybookError where there are no good criteria to begin with."""
    bring_up_to_date(core.database, core.team_id, "cases")
    criteria = playbook.watched(core.settings.playbooks)
    store, neighbours = CaseStore(core.database, core.team_id, core.outbox.set_aside), Neighbours()
    settings = EscalationSettings(
        store,
        lambda: criteria.now,
        channels=core.settings.escalation_channels,
        managers=core.settings.managers,
        hours=core.settings.working_hours,
    )
    link, admins = core.slack.permalink, core.settings.admins
    users, readers = core.slack.users, core.slack.readers
    gathering = Gathering(store, link, neighbours, settings.criteria)
    posts = CasePosts(store, core.outbox, core.redraws, blocks, gathering, readers, admins)
    on_call = OnCall(users, core.slack.channels, settings)
    paging = Paging(store, core.outbox, posts, on_call)
    paging.changed = core.sender.wake
    core.sender.add_timer(paging)
    core.jobs.every(ASK_EVERY, "who is on call", on_call.ask_wanted)
    core.health.check("on_call", on_call.what_is_wrong)
    core.jobs.every(REFRESH_EVERY, "everybody on call", on_call.refresh)
    intake = Intake(store, paging, settings, on_call, neighbours, core.clock, core.deeds, readers)
    verbs = (store, core.outbox, paging, core.clock, readers, lambda user: users.member(user).is_admin)
    cases, closing = Escalations(*verbs), Closing(*verbs)
    lists = CaseLists(cases, core.outbox, users, core.clock)
    modal = SettingsModal(settings, core.slack)
    subcommands = EscalationSubcommands(lists, intake, closing, on_call, modal, core.slack)
    core.undo.add(subcommands.last_deed)
    core.router.add(*subcommands.all())
    core.why.add("E", "a case", subcommands.why)
    takers = Takers(store, cases, paging, core.clock, core.deeds, partial(_may_have, core))
    core.router.leave_to(takers.is_heard)
    threads = ThreadListener(intake, takers, core.slack)
    threads.register(core.inbox)
    core.router.hear_edits(threads.read_if_wanted)
    WindowOrders(subcommands.begin, core.answers, core.slack, core.clock).register(core.inbox)
    forms = EscalateForms(intake, neighbours, gathering.said_in)
    CaseListeners(cases, closing, lists, forms, core.inbox, modal, core.slack, core.clock).listening().register(
        core.bolt
    )
    core.catch_up.channels = settings.channels
    core.catch_up.threads = store.open_threads
    core.catch_up.kept = store.kept
    not_in: set[str] = set()
    look = partial(_look_for_channels, core, settings, not_in)
    core.jobs.every(LOOK_FOR_CHANNELS, "escalation channels", look, at_once=True)
    core.health.check("channels", lambda: f"I am not in {', '.join(sorted(not_in))}" if not_in else None)
    audit = CaseAudit(core.database, core.team_id)
    core.audit.add("cases", audit.look)
    core.figures.add("open_cases", "Cases that are open", audit.counts, labels=("state",))
    criteria.on_mistakes(core.tell_admins)
    core.jobs.every(TAKE_UP_CHANGES, "criteria", criteria.take_up_changes)
    return EscalationParts(intake, paging, settings, on_call, neighbours, cases)


def _may_have(core: Core, user: str, channel: str) -> None:
    """Raise UserError where *user* cannot have a case of *channel*: nobody of ours, or not there to read it."""
    core.slack.users.responsible(user)
    members = core.slack.channels.members(channel)
    if members is not None and user not in members:
        raise UserError(f"<@{user}> is not in this channel. Invite them first, or name somebody else.")


def _look_for_channels(core: Core, settings: EscalationSettings, not_in: set[str]) -> None:
    """Tell admins of escalation channels that the bot is not in: it hears nothing there. They are noted in *not_in*."""
    not_in &= settings.channels()
    for channel in sorted(settings.channels()):
        is_member = core.slack.channels.is_member(channel)
        if is_member:
            not_in.discard(channel)
        elif is_member is False:
            not_in.add(channel)
            text = (
                f"<#{channel}> is an escalation channel, and I am not in it, so I hear nothing that is said there. "
                f"Please invite me, or take it out of `{COMMAND} settings`."
            )
            core.notices.tell(f"not-in:{channel}:{core.clock.now():%Y-%m-%d}", sentence(text))


FEATURE = Feature("escalations", install, purge=CasePurge(), letter="E", stories=stories)
