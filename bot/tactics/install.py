"""The cards, added to the bot."""

from datetime import timedelta

from bot.core import Core, Feature
from bot.tactics.listeners import CardListeners
from bot.tactics.playbook.watcher import PlaybookWatcher
from bot.tactics.service import Tactics
from bot.tactics.store import ThumbStore
from bot.tactics.subcommands import CardSubcommands

TAKE_UP_CHANGES = timedelta(seconds=2)


def feature(cards: PlaybookWatcher | None = None) -> Feature:
    """The feature; *cards* in place of reading those of `PLAYBOOKS`."""
    return Feature("tactics", lambda core: install(core, cards))


def install(core: Core, cards: PlaybookWatcher | None = None) -> Tactics:
    """Answer situations with cards. Raises PlaybookError where there is no good playbook to begin with."""
    watcher = cards or PlaybookWatcher(core.settings.playbooks, patient=False)
    tactics = Tactics(watcher, ThumbStore(core.database), core.clock, core.team_id)
    subcommands = CardSubcommands(tactics)
    core.router.situations = subcommands
    core.router.add(*subcommands.all())
    CardListeners(tactics, core.slack).listening().register(core.bolt)
    watcher.on_mistakes(core.tell_admins)
    core.jobs.every(TAKE_UP_CHANGES, "playbooks", watcher.take_up_changes)
    core.health.note("cards", lambda: len(watcher.active.playbook.cards))
    core.health.note("search", lambda: "words and meaning" if watcher.active.search.is_semantic else "words alone")
    core.health.note("broken_playbooks", lambda: list(watcher.mistakes))
    return tactics
