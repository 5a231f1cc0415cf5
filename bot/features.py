"""The features that ship, a line each."""

from bot import reactions
from bot.core import Feature
from bot.escalations import install as escalations
from bot.followups import install as followups
from bot.home import install as home
from bot.tactics import install as tactics
from bot.tactics.playbook.watcher import PlaybookWatcher


def shipped(cards: PlaybookWatcher | None = None) -> tuple[Feature, ...]:
    """All of them, in the order of their subcommands; *cards* in place of reading those of `PLAYBOOKS`."""
    return (
        tactics.feature(cards),
        followups.FEATURE,
        escalations.FEATURE,
        home.FEATURE,
        Feature("reactions", reactions.install),
    )
