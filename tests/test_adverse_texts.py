"""Whatever is written in a message, in 40,000 characters, is read at once: each door that lets people's words in."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import chain
from zoneinfo import ZoneInfo

import pytest

from bot.commands.help import help_subcommand
from bot.commands.router import Place, Request, Router
from bot.commands.why import WhyTable
from bot.config import shipped_playbooks
from bot.escalations.detection.criteria import Criteria
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.playbook import load
from bot.followups.about import customer_and_text
from bot.followups.dates.questions import NotUnderstood
from bot.followups.dates.reader import read
from bot.slack.modals import without_markup
from bot.slack.text import LONGEST_READ, plain, quote, spoken_to, text_of
from bot.tactics.playbook.watcher import PlaybookWatcher
from bot.tactics.service import Tactics
from bot.tactics.store import ThumbStore
from bot.tactics.subcommands import CardSubcommands
from tests.adverse import COMMON

MOST_S = 2.0  # of processor time: the doors take a tenth of it or less on a machine of its own
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WORDS = (
    *("tomorrow ", "tomorrow", " tomorrow at 3pm ", "every monday ", "friday, ", "12/3 ", "3pm ", "at 5 ", "the 3rd "),
    *("12:30-", "in 2 hours ", "@3 ", "or ", "$5 ", "monday\n", "Monday & ", "next ", "half past ", "i.e. ", "lol "),
    *("they will cancel ", "I want to speak to your manager. ", "no ", "if ", "we lost $5m arr ", "`a", "> ", "1,000 "),
    *(" the", "- ", "x@y.z ", "x@", "a-", "1a", "please ", "remind ", "what ", "?", "follow-up ", "card ", ":a:", "&#"),
)
READABLE = 3_900  # a date is looked for no farther


def adverse() -> list[str]:
    """Texts as long as Slack lets through, made of one thing that is hard to read, alone or with a date."""

    def around(unit: str) -> tuple[str, ...]:
        run = (unit * (LONGEST_READ // len(unit) + 1))[:LONGEST_READ]
        date = f"{run[:READABLE]} tomorrow 3pm x"
        return run, f"tomorrow {run}"[:LONGEST_READ], date, f"tomorrow{run[:READABLE]}3pm", f"{run[:-9]} manager\0"

    return list(chain.from_iterable(around(unit) for unit in (*COMMON, *WORDS)))


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return load(shipped_playbooks()).criteria


def slow(door: Callable[[str], object], begins: str = "") -> list[str]:
    """The texts, shortened, behind *begins* on which *door* takes too long."""
    found = []
    for text in adverse():
        began = time.process_time()
        door(f"{begins}{text}"[:LONGEST_READ])
        took_s = time.process_time() - began
        if took_s > MOST_S:
            found.append(f"{took_s:.1f} s: {text[:40]!r}")
    return found


def test_a_date_is_read_at_once_in_whatever_is_written() -> None:
    def door(text: str) -> None:
        try:
            due = read(text, NOW, ZoneInfo("Europe/Berlin"))
        except NotUnderstood:
            return
        customer_and_text(due, ["Acme", "Initech"])

    assert slow(door) == []


def test_a_thread_is_read_at_once_whatever_is_written_in_it(criteria: Criteria) -> None:
    def door(text: str) -> None:
        criteria.read([Utterance("mia", Role.REP, text), Utterance("stone", Role.CUSTOMER, text)])

    assert slow(door) == []


def test_slacks_markup_is_read_and_quoted_at_once_however_broken_it_is() -> None:
    def door(text: str) -> None:
        plain(text)
        spoken_to("U0BOT", text)
        quote(text)
        without_markup(text)

    assert slow(door) == []
    assert slow(door, "<") == []


@pytest.mark.parametrize("begins", ["", "card ", "why ", "help "])
def test_a_request_is_answered_at_once_whatever_it_says(words_only: PlaybookWatcher, begins: str) -> None:
    class Clock:
        def now(self) -> datetime:
            return NOW

    cards = CardSubcommands(Tactics(words_only, ThumbStore(None), Clock(), "T"))  # type: ignore[arg-type] - no thumb is pressed
    router = Router()
    router.situations = cards
    router.add(*cards.all(), WhyTable().subcommand(), help_subcommand(router))
    assert slow(lambda text: router.answer(Request("T", "U", plain(text), Place.PRIVATE)), begins) == []


def test_what_another_app_has_put_into_a_message_is_read_however_deep_and_long() -> None:
    deep: list[object] = [{"type": "section", "text": {"text": "at the bottom"}}]
    for _ in range(100_000):
        deep = [{"elements": deep}]
    wide = [{"type": "section", "text": {"text": "word " * 1_000}} for _ in range(10_000)]

    began = time.process_time()
    assert text_of({"blocks": deep}) == ""
    assert len(text_of({"blocks": wide})) == LONGEST_READ
    assert len(text_of({"text": "x" * 1_000_000})) == LONGEST_READ
    odd = ["no attachment", {"text": 7, "fallback": "seen"}]
    assert text_of({"blocks": wide[:2], "attachments": odd}).endswith("seen")
    assert time.process_time() - began < MOST_S
    while deep:  # or Python takes it apart by a recursion of its own
        deep = deep[0].get("elements", [])  # type: ignore[attr-defined]
