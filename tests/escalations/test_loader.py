"""A new criterion is a few lines of one file; a broken file is refused with its lines, and the last good one stays."""

import time
from pathlib import Path

import pytest

from bot.errors import PlaybookError
from bot.escalations.playbook import example, read, watched

GOOD = """
lexicon: {spill: [spill, leak]}
criteria:
  - id: wet
    means: Something is wet
    frames: {anyone: ["[spill] .. coffee"]}
    must_match: ["rep: they spilled the coffee"]
policy: {wait: 5m, chain: [{who: [U0OMAR]}, {who: S0MANAGERS, wait: 2m}]}
"""


def test_a_new_criterion_and_another_chain_are_a_change_of_one_file() -> None:
    found = read(GOOD)
    assert found.criteria.read(example("rep: they spilled the coffee")).page
    assert [step.who for step in found.policy.chain] == [("U0OMAR",), ("S0MANAGERS",)]


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("spill, leak", "'(a+)+$'"), 6, "regular expressions are not accepted"),
        (("[spill] ..", "[spil] .."), 6, 'there is no lexicon "[spil]"'),
        (("they spilled the coffee", "all dry"), 7, 'is not found in its example "rep: all dry"'),
        (("must_match", "must_not_match"), 7, "is found in its example"),
        (("means: Something is wet", "meaning: x"), 4, "needs an id and what it means"),
        (("anyone", "everybody"), 6, "frames are anyone, customer, us"),
        (("policy:", "polcy:"), 8, 'there is no "polcy" here'),
        (("wait: 5m", "wait: 5"), 8, "is no duration"),
        (("U0OMAR", "omar"), 8, "is no id of a person"),
        (("id: wet", "id: Wet!"), 4, "is no id; use letters"),
        (("- id", "- [id"), 0, "not valid YAML"),
        (("spill, leak", "spill, off"), 2, "a bare yes, no, on or off is read as false; put it in quotes"),
        (("spill, leak", "spill, 12:30"), 2, "12:30 would be read as a number of sixties; put it in quotes"),
        (("spill, leak", "spill, 1.5"), 2, "1.5 is no word; put odd ones in quotes"),
        (("lexicon:", "sensitivity: high\nlexicon:"), 2, "use usual or strict"),
        (("means: Something is wet", "means: x\n    pages: perhaps"), 6, "use true or false"),
        (
            ("means: Something is wet", "means: x\n    cards: [stay-calm]"),
            6,
            "cards are {rep: [card-id], manager: [card-id]}",
        ),
    ],
)
def test_a_broken_file_is_refused_with_its_line(change: tuple[str, str], line: int, says: str) -> None:
    with pytest.raises(PlaybookError) as refused:
        read(GOOD.replace(*change))
    assert any(says in one and (not line or f":{line}:" in one) for one in refused.value.mistakes), refused.value


def test_two_criteria_of_one_id_are_refused() -> None:
    twice = GOOD.replace("policy:", "  - {id: wet, means: again, frames: {anyone: [drip]}}\npolicy:")
    with pytest.raises(PlaybookError, match='the id "wet" stands here twice'):
        read(twice)


def test_the_bot_takes_up_a_changed_file_and_keeps_the_last_good_one(playbooks: Path) -> None:
    library = watched(playbooks)
    told: list[tuple[str, ...]] = []
    library.on_mistakes(told.append)

    (playbooks / "escalation.yaml").write_text(GOOD)
    assert (library.take_up_changes(), library.take_up_changes()) == (False, True)
    (playbooks / "escalation.yaml").write_text("criteria: no")
    assert (library.take_up_changes(), library.take_up_changes()) == (False, False)

    assert [one.id for one in library.now.criteria.all] == ["wet"]
    assert "criteria: there must be a list" in told[0][0]


def test_a_folder_without_the_file_uses_the_shipped_one(playbooks: Path) -> None:
    (playbooks / "escalation.yaml").unlink()
    assert len(watched(playbooks).now.criteria.all) == 15


def test_a_file_that_would_cost_too_much_is_refused_with_its_worst_line() -> None:
    letters = "bcdfghklmnprstvz"
    words = ", ".join(f"a{x}{y}{z}{w}" for x in letters for y in letters for z in letters for w in letters[:12])
    dear = GOOD.replace("spill, leak", words)
    began = time.perf_counter()
    with pytest.raises(PlaybookError) as refused:
        read(dear)
    assert time.perf_counter() - began < 5
    (said,) = refused.value.mistakes
    assert said.startswith("escalation.yaml:6: the frames spell out")
    many = GOOD.replace('["rep: they spilled the coffee"]', str(["rep: they spilled the coffee"] * 700))
    with pytest.raises(PlaybookError, match=r"escalation.yaml:4: there are 700 examples, 700 of them here"):
        read(many)
    with pytest.raises(PlaybookError, match="characters; up to 400,000 are read"):
        read(GOOD + "#" * 500_000)
