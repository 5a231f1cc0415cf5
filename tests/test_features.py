"""A feature is one folder and one line, and what it draws is listened to."""

import importlib
import re
from pathlib import Path
from types import ModuleType

from bot.emulator.stories import Person
from bot.escalations.listeners import CaseListeners
from bot.features import shipped
from bot.followups.asked_listeners import AskedListeners
from bot.followups.listeners import FollowUpListeners
from bot.followups.offer_listeners import OfferListeners
from bot.home.listeners import HomeListeners
from bot.slack.context import SlackContext
from bot.storage.purge import purge_user
from bot.tactics.listeners import CardListeners
from tests.conftest import Build
from tests.throwaway.install import FEATURE

ROOT = Path(__file__).resolve().parents[1]
NOBODY = SlackContext(None, None, None, None, None, None, "")  # type: ignore[arg-type]


def test_a_feature_of_one_folder_is_added_in_one_line_and_works_over_the_wire(build: Build, mia: Person) -> None:
    bot = build(more=[FEATURE])

    mia.says("/toughcustomer praise Omar")
    praised = mia.sees("P1: Omar was praised once")
    mia.clicks("More", on=praised)
    mia.sees("P1: Omar was praised 2 times")
    mia.says("/toughcustomer why P1")
    mia.sees("P1 is about Omar.")
    mia.says("/toughcustomer help")
    mia.sees("praises somebody", "why F12", "why P12")

    parts = [one.purge for one in (*shipped(), FEATURE) if one.purge]
    assert purge_user(bot.core.database, mia.id, parts)["praise"] == 1
    assert list(FEATURE.stories(bot.core.database, 1, "UTC")) == []  # type: ignore[misc]


def test_every_subcommand_stands_in_the_reference(build: Build) -> None:
    reference = (ROOT / "docs" / "commands.md").read_text()
    for subcommand in build().core.router.all():
        if not subcommand.listed:
            continue  # courtesies
        named = [f"`{start}{word}" for word in subcommand.words for start in ("/toughcustomer ", "")]
        assert any(name in reference for name in named), subcommand.words


def ids_in(module: ModuleType) -> set[str]:
    """The ids of buttons, windows and shortcuts that a module names."""
    found = {value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}
    feature = module.__name__.split(".")[1]
    return {one for one in found if re.fullmatch(rf"{feature}\.[a-z_]+\.?|[a-z]+(?:_[a-z]+)*_this", one)}


def test_every_id_that_is_drawn_is_listened_to_and_the_reverse() -> None:
    heard = [
        CardListeners(None, NOBODY).listening().ids(),  # type: ignore[arg-type]
        FollowUpListeners(None, NOBODY, None, None, None).listening().ids(),  # type: ignore[arg-type]
        AskedListeners(None, None, NOBODY).listening().ids(),  # type: ignore[arg-type]
        OfferListeners(None, NOBODY).listening().ids(),  # type: ignore[arg-type]
        HomeListeners(None, None, None, None, None, None, NOBODY).listening().ids(),  # type: ignore[arg-type]
        CaseListeners(None, None, None, None, None, None, NOBODY, None).listening().ids(),  # type: ignore[arg-type]
    ]
    names = (
        "tactics.blocks",
        "followups.buttons",
        "followups.asked_blocks",
        "escalations.buttons",
        "escalations.settings_modal",
        "home.blocks",
    )
    drawn = [ids_in(importlib.import_module(f"bot.{name}")) for name in names]
    assert set().union(*heard) == set().union(*drawn)
    assert sum(map(len, heard)) == len(set().union(*heard)), "two features listen to the same id"
