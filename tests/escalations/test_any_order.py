"""Events of a thread in any order, late and twice: what is kept and who is paged at the end is the same."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as some

from bot.emulator.clock import MovableClock
from bot.escalations.detection.sentences import Role, Utterance
from bot.storage.sqlite import MEMORY, open_database
from tests.escalations.case_desk import OUTAGE, Desk

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ROOT = f"{NOW.timestamp() - 60:.6f}"
CALM = ("The report is on its way", "Good morning", "They asked for the invoice", OUTAGE)


@dataclass(frozen=True)
class Event:
    """Something that Slack tells: a message, its change at *version*, or (without *text*) its end."""

    ts: str
    version: str
    text: str | None


@some.composite
def histories(draw: some.DrawFn) -> list[Event]:
    """What happened in a thread, in its order: a message begins it, and others are written, changed and deleted."""
    ticks = count(1)
    events = [Event(ROOT, ROOT, draw(some.sampled_from(CALM)))]
    alive = [ROOT]
    for _ in range(draw(some.integers(1, 7))):
        at = f"{float(ROOT) + next(ticks):.6f}"
        deed = draw(some.sampled_from(("say", "say", "edit", "delete")))
        if deed == "say" or not alive:
            events.append(Event(at, at, draw(some.sampled_from(CALM))))
            alive.append(at)
        else:
            ts = draw(some.sampled_from(alive))
            text = draw(some.sampled_from(CALM)) if deed == "edit" else None
            events.append(Event(ts, at, text))
            if text is None:
                alive.remove(ts)
    return events


def told(desk: Desk, event: Event) -> None:
    thread = None if event.ts == ROOT else ROOT
    if event.text is None:
        desk.intake.deleted("C1", thread, event.ts)
    else:
        desk.intake.said("C1", thread, Utterance("U9", Role.REP, event.text, event.ts), event.version)


def opened() -> Desk:
    return Desk(open_database(MEMORY), MovableClock(NOW, running=False))


def kept(desk: Desk) -> list[tuple[str, str]]:
    rows = desk.database.rows("SELECT ts, text FROM thread_messages WHERE deleted = 0 ORDER BY ts")
    return [(row["ts"], row["text"]) for row in rows]


@settings(max_examples=120)
@given(histories(), some.data())
def test_whatever_the_order_and_however_often_the_same_words_are_kept_and_the_same_is_known_of_the_case(
    history: list[Event], data: some.DataObject
) -> None:
    right = opened()
    for event in history:
        told(right, event)

    wrong = opened()
    again = data.draw(some.lists(some.sampled_from(history), max_size=4))
    for event in data.draw(some.permutations([*history, *again])):
        told(wrong, event)

    assert kept(wrong) == kept(right)
    reading = right.intake._triggers.reading(right.intake._store.thread("C1", ROOT), frozenset())
    for desk in (right, wrong):
        still = [row["state"] for row in desk.database.rows("SELECT state FROM cases WHERE state <> 'closed'")]
        assert len(still) <= 1
        pages = [one for case in ("E1", "E2", "E3") for one in desk.outbox.about(case) if one.draft.kind == "page"]
        keys = [one.draft.key for one in pages]
        assert len(keys) == len(set(keys))
        if reading.page:
            assert still == ["paging"]
            assert [one.draft.recipient for one in pages if one.state == "pending"] == ["U1"]
        desk.database.close()
