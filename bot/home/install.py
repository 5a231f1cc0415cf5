"""The Home tab and the morning list, added to the bot."""

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from bot.core import Core, Feature
from bot.home.gathering import HomeGathering
from bot.home.listeners import HomeListeners
from bot.home.morning import MorningLists
from bot.home.publisher import HomePublisher
from bot.storage.preferences import Preferences

if TYPE_CHECKING:
    from bot.escalations.install import EscalationParts
    from bot.followups.install import FollowUpParts
    from bot.tactics.service import Tactics

_LOOK_FOR_MORNINGS = timedelta(minutes=1)


def install(core: Core) -> HomePublisher:
    """Show each person what is theirs."""
    tactics = cast("Tactics", core.installed["tactics"])
    follow_ups = cast("FollowUpParts", core.installed["followups"])
    escalations = cast("EscalationParts", core.installed["escalations"])
    preferences = Preferences(core.database, core.team_id)
    gathering = HomeGathering(tactics, follow_ups, escalations, preferences, core.slack.users, core.clock)
    publisher = HomePublisher(
        gathering, preferences, core.database, core.team_id, core.slack.client, core.slack.users, core.clock
    )
    core.workers.append(publisher)
    listeners = HomeListeners(
        publisher, gathering, tactics, escalations.cases, follow_ups.feeds, preferences, core.slack
    )
    core.inbox.on_change(("app_home_opened",), listeners.opened)
    listeners.listening().register(core.bolt)
    mornings = MorningLists(gathering, preferences, core.outbox, core.clock)
    core.jobs.every(_LOOK_FOR_MORNINGS, "morning lists", mornings.look)
    return publisher


FEATURE = Feature("home", install)
