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
from bot.followups.audit import FollowUpAudit
from bot.followups.cli import stories
from bot.followups.listeners import CardNotes, FollowUpListeners
from bot.followups.promises import Promises
from bot.followups.purge import FollowUpPurge
from bot.followups.service import FollowUps
from bot.followups.store import FollowUpStore
from bot.followups.subcommands import FollowUpSubcommands
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
    core.sender.add_timer(follow_ups)
    core.sender.add_timer(follow_ups.promises)
    core.audit.add("follow-ups", FollowUpAudit(core.database, core.team_id).look)
    subcommands = FollowUpSubcommands(follow_ups, core.slack)
    core.router.add(*subcommands.all())
    core.router.add_to_menu(subcommands.open_items)
    core.why.add("F", "a follow-up", subcommands.why)
    cards = cast("CardNotes | None", core.installed.get("tactics"))
    FollowUpListeners(follow_ups, core.slack, core.clock, cards).listening().register(core.bolt)
    return follow_ups


FEATURE = Feature("followups", install, purge=FollowUpPurge(), letter="F", stories=stories)
