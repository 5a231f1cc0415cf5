"""A first word is a subcommand only if the rest fits its grammar."""

import pytest

from bot.commands.help import help_subcommand
from bot.commands.router import Place, Request, Router, Subcommand
from bot.commands.typed import nearly
from bot.slack.block_kit import Message, sentence


class Situations:
    """Answers with what it was asked."""

    def is_quick(self) -> bool:
        return True

    def answer(self, asked: Request, usage: str | None) -> Message:
        return sentence(f"situation: {asked.text} [{usage}]")

    def menu(self, asked: Request) -> Message:
        return sentence("menu")


@pytest.fixture
def router() -> Router:
    def answer(asked: Request, rest: str) -> Message | None:
        return sentence(f"why {rest}") if rest.isdigit() else None

    router = Router()
    router.situations = Situations()
    router.add(Subcommand(("why", "how"), "why NUMBER", "tells why", answer), help_subcommand(router))
    return router


@pytest.mark.parametrize(
    ("typed", "answered"),
    [
        ("", "menu"),
        ("why 7", "why 7"),
        ("WHY 7", "why 7"),
        ("how   7", "why 7"),
        ("why is she so angry", "situation: why is she so angry [why NUMBER]"),
        ("why", "situation: why [why NUMBER]"),
        ("whyever 7", "situation: whyever 7 [None]"),
        ("help me out here", "situation: help me out here [help]"),
        ("she shouts: help", "situation: she shouts: help [None]"),
    ],
)
def test_what_is_typed_goes_to_whoever_answers_it(router: Router, typed: str, answered: str) -> None:
    assert router.answer(Request("T", "U", typed, Place.PRIVATE)).text == answered


def test_help_lists_each_subcommand_once(router: Router) -> None:
    shown = str(router.answer(Request("T", "U", "help", Place.PRIVATE)).blocks)
    assert shown.count("why NUMBER") == 1
    assert "tells why" in shown


@pytest.mark.parametrize(
    ("typed", "answered"),
    [
        ("`why 7`", "why 7"),
        ("\u201cwhy 7\u201d", "why 7"),
        ("/toughcustomer why 7", "why 7"),
        ("/toughcustomer /toughcustomer why 7", "why 7"),
        ("hey, can you please why 7", "why 7"),
        ("w\u00adhy 7", "why 7"),
    ],
)
def test_what_is_typed_around_a_command_does_not_hide_it(router: Router, typed: str, answered: str) -> None:
    assert router.answer(Request("T", "U", typed, Place.PRIVATE)).text == answered


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("folow-up", "follow-up"),
        ("remnid", "remind"),
        ("escallate", "escalate"),
        ("promise", None),
        ("promised", None),
        ("reminder", None),
        ("card", None),
    ],
)
def test_one_slip_of_the_finger_from_a_command_is_noticed(word: str, meant: str | None) -> None:
    assert nearly(word, ["follow-up", "remind", "promise", "escalate", "card"]) == meant
