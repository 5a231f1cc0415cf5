"""Escalations, added to the bot."""

from dataclasses import dataclass
from datetime import timedelta

from bot.core import Core, Feature
from bot.escalations import blocks, playbook
from bot.escalations.audit import CaseAudit
from bot.escalations.cli import stories
from bot.escalations.intake import Intake
from bot.escalations.listeners import CaseListeners, ThreadListener
from bot.escalations.on_call import OnCall
from bot.escalations.paging import Paging
from bot.escalations.posts import CasePosts, Neighbours
from bot.escalations.purge import CasePurge
from bot.escalations.service import Escalations
from bot.escalations.settings import EscalationSettings
from bot.escalations.settings_modal import SettingsModal
from bot.escalations.store import CaseStore
from bot.escalations.subcommands import EscalationSubcommands

TAKE_UP_CHANGES = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class EscalationParts:
    """What others may be told of escalations, and where they are connected."""

    intake: Intake
    paging: Paging
    settings: EscalationSettings
    neighbours: Neighbours


def install(core: Core) -> EscalationParts:
    """Watch threads, page managers. Raises PlaybookError where there are no good criteria to begin with."""
    criteria = playbook.watched(core.settings.playbooks)
    store, neighbours = CaseStore(core.database, core.team_id), Neighbours()
    settings = EscalationSettings(
        store,
        lambda: criteria.now,
        channels=core.settings.escalation_channels,
        managers=core.settings.managers,
        hours=core.settings.working_hours,
    )
    link, admins = core.slack.permalink, core.settings.admins
    posts = CasePosts(store, core.outbox, core.redraws, blocks, link, neighbours, admins)
    paging = Paging(store, core.outbox, posts)
    paging.changed = core.sender.wake
    core.sender.add_timer(paging)
    on_call = OnCall(core.slack.users, core.slack.channels, settings)
    intake = Intake(store, paging, settings, on_call, neighbours, core.clock)
    cases, modal = Escalations(store, core.outbox, paging, core.clock), SettingsModal(settings, core.slack)
    subcommands = EscalationSubcommands(cases, intake, modal, core.slack)
    core.router.add(*subcommands.all())
    core.why.add("E", "a case", subcommands.why)
    ThreadListener(intake, core.slack.bot_user_id).register(core.inbox)
    CaseListeners(cases, subcommands.begin, modal, core.slack, core.clock).listening().register(core.bolt)
    audit = CaseAudit(core.database, core.team_id)
    core.audit.add("cases", audit.look)
    core.figures.add("open_cases", "Cases that are open", audit.counts, labels=("state",))
    criteria.on_mistakes(core.tell_admins)
    core.jobs.every(TAKE_UP_CHANGES, "criteria", criteria.take_up_changes)
    return EscalationParts(intake, paging, settings, neighbours)


FEATURE = Feature("escalations", install, purge=CasePurge(), letter="E", stories=stories)
