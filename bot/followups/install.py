"""Follow-ups and promises, added to the bot."""

from collections.abc import Sequence
from functools import partial
from typing import cast

from bot.clock import Clock
from bot.core import Core, Feature
from bot.customers.stored_names import bring_up_to_date
from bot.delivery.model import Delivery
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import Redraws
from bot.followups import blocks
from bot.followups.asked_listeners import AskedListeners
from bot.followups.audit import FollowUpAudit
from bot.followups.cli import stories
from bot.followups.dates.scanner import compiled
from bot.followups.form_filling import FollowUpForms
from bot.followups.listeners import CardNotes, FollowUpListeners
from bot.followups.promises import Promises
from bot.followups.purge import FollowUpPurge
from bot.followups.service import FollowUps
from bot.followups.store import FollowUpStore
from bot.followups.subcommands import FollowUpSubcommands
from bot.followups.understanding import Understanding
from bot.followups.undoing import FollowUpUndo
from bot.slack.block_kit import Message
from bot.slack.readers import Readers
from bot.storage.deeds import Deeds


def build(outbox: Outbox, redraws: Redraws, clock: Clock, readers: Readers, admins: Sequence[str] = ()) -> FollowUps:
    """The verbs, on the outbox's database and for its team."""
    store = FollowUpStore(outbox.database, outbox.team_id, outbox.set_aside)
    promises = Promises(outbox.database, outbox.team_id, outbox, blocks)
    deeds = Deeds(outbox.database, outbox.team_id)
    follow_ups = FollowUps(store, outbox, redraws, clock, blocks, promises, deeds, readers, admins)
    redraws.draw_by(["reminder", "given", "warning", "lost"], partial(_drawn, follow_ups))
    return follow_ups


def _drawn(follow_ups: FollowUps, carried: Sequence[Delivery]) -> Message | None:
    """The message that carries *carried*, as it should look now."""
    found = follow_ups.of(carried)
    if not found or (carried[0].draft.kind == "given" and follow_ups.is_news(carried[0], found[0])):
        return None
    return blocks.reminders_message(found, follow_ups.moved(carried, found))


def install(core: Core) -> FollowUps:
    """Remember what was promised, and bring it back on time."""
    bring_up_to_date(core.database, core.team_id, "followups")
    follow_ups = build(core.outbox, core.redraws, core.clock, core.slack.readers, core.settings.admins)
    follow_ups.changed = core.sender.wake
    follow_ups.has_left = core.slack.users.has_left
    core.sender.add_timer(follow_ups)
    core.sender.add_timer(follow_ups.promises)
    core.jobs.once("dates", compiled)
    core.audit.add("follow-ups", FollowUpAudit(core.database, core.team_id).look)
    understanding = Understanding(follow_ups.customers, core.clock)
    subcommands = FollowUpSubcommands(follow_ups, understanding, core.slack, core.clock)
    core.router.add(*subcommands.all())
    core.router.suggest_by(subcommands.suggestion)
    store = FollowUpStore(core.database, core.team_id, core.outbox.set_aside)
    core.undo.add(FollowUpUndo(store, follow_ups, core.outbox, core.redraws, core.clock).last)
    core.router.add_to_menu(subcommands.open_items)
    core.why.add("F", "a follow-up", subcommands.why)
    cards = cast("CardNotes | None", core.installed.get("tactics"))
    forms = FollowUpForms(follow_ups, core.slack, core.clock)
    FollowUpListeners(follow_ups, core.slack, core.clock, forms, cards).listening().register(core.bolt)
    AskedListeners(follow_ups, forms, core.slack).listening().register(core.bolt)
    return follow_ups


FEATURE = Feature("followups", install, purge=FollowUpPurge(), letter="F", stories=stories)
