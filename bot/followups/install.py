"""Follow-ups and promises, added to the bot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import cast

from bot.clock import Clock
from bot.core import Core, Feature
from bot.customers.stored_names import bring_up_to_date
from bot.delivery.model import Delivery
from bot.delivery.outbox import Outbox
from bot.delivery.redraw import Redraws
from bot.followups import offer_blocks, reminder_blocks
from bot.followups.absences import Absences
from bot.followups.asked_listeners import AskedListeners
from bot.followups.audit import FollowUpAudit
from bot.followups.catching import PromiseCatcher
from bot.followups.cli import stories
from bot.followups.coming_due import ComingDue
from bot.followups.dates.scanner import compiled
from bot.followups.days_off import holidays_of
from bot.followups.feeds import PATH, CalendarFeeds
from bot.followups.form_filling import FollowUpForms
from bot.followups.hints import DoneHints
from bot.followups.listeners import CardNotes, FollowUpListeners
from bot.followups.occurrences import Occurrences
from bot.followups.offer_listeners import OfferListeners
from bot.followups.offers import Offers
from bot.followups.promises import Promises
from bot.followups.purge import FollowUpPurge
from bot.followups.series_verbs import SeriesVerbs
from bot.followups.service import FollowUps
from bot.followups.store import FollowUpStore
from bot.followups.subcommands import FollowUpSubcommands
from bot.followups.understanding import Understanding
from bot.followups.undoing import FollowUpUndo
from bot.followups.zone_changes import ZoneChanges
from bot.slack.block_kit import Message
from bot.slack.readers import Readers
from bot.storage.deeds import Deeds
from bot.storage.preferences import Preferences
from bot.time_zones import version_in_force


def build(outbox: Outbox, redraws: Redraws, clock: Clock, readers: Readers, admins: Sequence[str] = ()) -> FollowUps:
    """The verbs, on the outbox's database and for its team."""
    store = FollowUpStore(outbox.database, outbox.team_id, outbox.set_aside)
    promises, deeds = (
        Promises(outbox.database, outbox.team_id, outbox, reminder_blocks),
        Deeds(outbox.database, outbox.team_id),
    )
    past = Occurrences(outbox.database, outbox.team_id)
    series = SeriesVerbs(store, past, outbox, redraws, promises, clock, holidays_of)
    offers = Offers(store, outbox, redraws, clock, offer_blocks)
    timer = ComingDue(store, past, outbox, redraws, reminder_blocks, promises, offers, holidays_of, admins)
    follow_ups = FollowUps(store, outbox, redraws, clock, promises, deeds, readers, series, offers, timer)
    redraws.draw_by(["reminder", "given", "offer", "warning", "lost", "request"], partial(_drawn, follow_ups, past))
    return follow_ups


def _drawn(follow_ups: FollowUps, past: Occurrences, carried: Sequence[Delivery]) -> Message | None:
    """The message that carries *carried*, as it should look now."""
    found, draft = follow_ups.of(carried), carried[0].draft
    if not found or (draft.kind in ("given", "offer") and follow_ups.is_news(carried[0], found[0])):
        return None
    if draft.kind == "offer":
        if follow_ups.moved(carried, found):
            return offer_blocks.not_offered_message(found[0])
        return offer_blocks.offer_over_message(
            found[0], draft.recipient, is_declined=follow_ups.is_declined(found[0], draft.recipient)
        )
    if all(one.draft.kind == "request" for one in carried):
        return reminder_blocks.requests_message(found, follow_ups.moved(carried, found))
    over = {one.number: ended for one in found for each in carried if each.draft.subject == one.id and one.series
            if (ended := past.of(each.draft.key)) is not None}  # fmt: skip
    return reminder_blocks.reminders_message(found, follow_ups.moved(carried, found), over)


@dataclass(frozen=True, slots=True)
class FollowUpParts:
    """What others may be told of follow-ups, and where they are connected."""

    follow_ups: FollowUps
    store: FollowUpStore
    catcher: PromiseCatcher
    feeds: CalendarFeeds


def install(core: Core) -> FollowUpParts:
    """Remember what was promised, and bring it back on time."""
    bring_up_to_date(core.database, core.team_id, "followups")
    store = FollowUpStore(core.database, core.team_id, core.outbox.set_aside)
    follow_ups = build(core.outbox, core.redraws, core.clock, core.slack.readers, core.settings.admins)
    follow_ups.changed = follow_ups.series.changed = core.sender.wake
    follow_ups.timer.has_left = core.slack.users.has_left
    absences = Absences(store, core.outbox, core.redraws, core.clock, reminder_blocks, core.slack.users)
    absences.register(core.inbox)
    DoneHints(store, core.redraws, core.clock, core.slack.bot_user_id).register(core.inbox)
    follow_ups.timer.who_is_gone = absences.gone
    core.jobs.every(timedelta(minutes=1), "who is away", absences.look_ahead)
    core.sender.add_timer(follow_ups.timer)
    core.sender.add_timer(follow_ups.promises)
    core.jobs.once("dates", compiled)
    zones = ZoneChanges(
        store,
        follow_ups.promises,
        core.outbox,
        core.redraws,
        core.clock,
        holidays_of,
        version_in_force,
        core.sender.wake,
    )
    core.jobs.every(timedelta(hours=1), "zone rules", zones.look, at_once=True)
    core.audit.add("follow-ups", FollowUpAudit(core.database, core.team_id).look)
    understanding = Understanding(follow_ups.customers, core.clock)
    preferences = Preferences(core.database, core.team_id)
    subcommands = FollowUpSubcommands(follow_ups, understanding, core.slack, core.clock, preferences)
    catcher = PromiseCatcher(follow_ups, store, understanding, core.deeds, core.slack, core.clock)
    catcher.register(core.inbox)
    core.router.add(*subcommands.all())
    core.router.suggest_by(subcommands.suggestion)
    feeds = CalendarFeeds(core.database, core.team_id, store, core.clock, core.settings.calendar_url)
    feeds.has_left = core.slack.users.has_left
    core.files[PATH] = feeds.answer
    core.undo.add(FollowUpUndo(store, follow_ups, core.outbox, core.redraws, core.clock).last)
    core.router.add_to_menu(subcommands.open_items)
    core.why.add("F", "a follow-up", subcommands.why)
    cards = cast("CardNotes | None", core.installed.get("tactics"))
    forms = FollowUpForms(follow_ups, core.slack, core.clock)
    FollowUpListeners(follow_ups, core.slack, core.clock, forms, cards).listening().register(core.bolt)
    OfferListeners(follow_ups, core.slack).listening().register(core.bolt)
    AskedListeners(follow_ups, forms, core.slack).listening().register(core.bolt)
    return FollowUpParts(follow_ups, store, catcher, feeds)


FEATURE = Feature("followups", install, purge=FollowUpPurge(), letter="F", stories=stories)
